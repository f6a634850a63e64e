//! Second numbers of one resident at one institution: newborns under the mother's name, and people who came without a
//! card; some are found later and merged.

use super::membership::birthplace;
use super::rates::{
    NEWBORN_NAME, NEWBORN_NAMED, SECOND_AT_CENTRE, SECOND_AT_HOSPITAL, SECOND_MERGED, SECOND_NO_IDENTITY,
};
use super::{Flaw, Registration, write};
use crate::calendar::Day;
use crate::draw::{Rng, between, chance};
use crate::institution::{Institution, Kind, Protocol};
use crate::people::casting;
use crate::people::person::{Name, Person, Role, Sex};
use crate::region::Region;

/// Added to a resident's index for the second record number: far beyond any region.
const SECOND_SERIES: u64 = 40_000_000;
/// Completed years below which the place of birth still has the newborn's record.
const RECORDED_YEARS: i32 = 6;

/// 王秀英之子.
fn newborn_name(person: &Person) -> Option<Name> {
    let mother =
        person.relatives.iter().find(|r| r.sex == Sex::Female && matches!(r.role, Role::Head | Role::Spouse))?;
    let child = if person.sex == Sex::Male { "之子" } else { "之女" };
    (person.role == Role::Child && !mother.name.dotted)
        .then(|| Name { given: format!("{}{child}", mother.name.given), ..mother.name.clone() })
}

/// The day of a merge some weeks after `until`, when it is past.
fn merge(rng: &mut Rng, today: Day, until: Day) -> Option<Day> {
    let found = until.plus(between(rng, 2, 90));
    (chance(rng, SECOND_MERGED) && found < today).then_some(found)
}

fn number(person: &Person, institution: &Institution, window: (Day, Day)) -> Registration {
    let mut second = write::plain(person, institution, person.index + SECOND_SERIES);
    second.second = true;
    second.window = Some(window);
    second.flaws.push(Flaw::SecondNumber);
    second
}

/// The newborn's record under the mother's name. It remains the only one, or the child gets a number of its own later.
fn newborn(
    rng: &mut Rng,
    region: &Region,
    person: &Person,
    institution: &Institution,
    first: &mut Registration,
) -> Option<Registration> {
    let today = region.today();
    let name = newborn_name(person).filter(|_| person.age(today) < RECORDED_YEARS)?;
    if birthplace(region.seed(), person.household) != institution.code || !chance(rng, NEWBORN_NAME) {
        return None;
    }
    let until = person.birth.plus(between(rng, 40, 120));
    let named = chance(rng, NEWBORN_NAMED) && until < today;
    let mut record = number(person, institution, (person.birth, until));
    record.name = name;
    record.identity_number = None;
    record.phone.clone_from(&first.phone);
    record.flaws.extend([Flaw::NewbornName, Flaw::NoIdentityNumber]);
    if named {
        record.merged = merge(rng, today, until);
        return Some(record);
    }
    record.record_number.clone_from(&first.record_number);
    (record.second, record.window) = (false, None);
    record.flaws.retain(|flaw| *flaw != Flaw::SecondNumber);
    *first = record;
    None
}

/// Somebody who came without a card and was not found.
fn forgotten(rng: &mut Rng, region: &Region, person: &Person, institution: &Institution) -> Option<Registration> {
    let today = region.today();
    let hospital = institution.kind == Kind::Hospital;
    let rate = if hospital { SECOND_AT_HOSPITAL } else { SECOND_AT_CENTRE };
    if !chance(rng, rate) || person.birth.days_since(today) > -400 {
        return None;
    }
    let from = today.plus(-between(rng, 200, 1_500)).max(person.birth.plus(130));
    let until = from.plus(between(rng, 30, 240));
    let mut record = number(person, institution, (from, until));
    if institution.protocol == Protocol::Hl7v2 {
        record.insurance_number = Some(person.insurance_number.clone());
        record.merged = merge(rng, today, until);
    }
    if chance(rng, SECOND_NO_IDENTITY) {
        record.identity_number = None;
        record.flaws.push(Flaw::NoIdentityNumber);
        if chance(rng, 0.7) {
            record.insurance_number = None;
        }
    }
    write::err(rng, region, person, institution, &mut record);
    Some(record)
}

/// The first registration, and a second one where there is one.
pub(super) fn numbers(
    region: &Region,
    person: &Person,
    institution: &Institution,
    mut first: Registration,
) -> impl Iterator<Item = Registration> + use<> {
    let mut rng = write::clerk(region, person, institution, 1);
    let exact = casting::cast(person.index).is_some_and(|cast| cast.everywhere);
    let second = if exact {
        None
    } else {
        newborn(&mut rng, region, person, institution, &mut first)
            .or_else(|| forgotten(&mut rng, region, person, institution))
    };
    std::iter::once(first).chain(second)
}
