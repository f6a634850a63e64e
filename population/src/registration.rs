//! How institutions wrote a resident down: the truth with the errors that registers have.
//!
//! Rates are frozen here before any matcher is measured on them. Published anchors: about 18 % of records are
//! duplicates in practice (Verato primer); a homophone or variant character is the typical error of Chinese names.
//! The single rates are assumed.

use crate::calendar::Day;
use crate::draw::{Rng, Stream, between, chance, key, one_of, rng};
use crate::institution::{Institution, Kind};
use crate::people::identity;
use crate::people::person::{Address, Name, Person, Role, Sex};
use crate::region::Region;

/// A hospital record without an identity number (emergency, forgotten card).
pub const HOSPITAL_NO_IDENTITY: f64 = 0.05;
/// A centre's record without an identity number.
pub const CENTRE_NO_IDENTITY: f64 = 0.03;
/// A record at the centre before the move that knows the insurance number only.
pub const FORMER_CENTRE_INSURANCE_ONLY: f64 = 0.35;
/// A record of any centre that holds the insurance number besides the identity number.
pub const CENTRE_INSURANCE: f64 = 0.45;
/// A typing error in the identity number; the check character then no longer fits.
pub const IDENTITY_MISTYPED: f64 = 0.015;
/// A character of the given name written with another of the same sound.
pub const NAME_MISHEARD: f64 = 0.02;
/// Month and day of birth exchanged, where that makes a date.
pub const BIRTH_SWAPPED: f64 = 0.004;
/// A telephone that is no longer the resident's, or none.
pub const PHONE_STALE: f64 = 0.10;
/// A newborn written down under the mother's name at the hospital.
pub const NEWBORN_NAME: f64 = 0.6;

/// What is wrong with a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    NoIdentityNumber,
    IdentityNumberMistyped,
    NameMisheard,
    BirthSwapped,
    PhoneStale,
    AddressFormer,
    NewbornName,
}

/// A resident as one institution has him or her.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub institution: &'static str,
    /// The institution's own record number.
    pub record_number: String,
    pub name: Name,
    pub sex: Sex,
    pub birth: Day,
    pub identity_number: Option<String>,
    pub insurance_number: Option<String>,
    pub phone: Option<String>,
    pub address: Address,
    pub flaws: Vec<Flaw>,
}

/// Changes one digit or exchanges two neighbours, so that the check character does not fit any more.
fn mistype(rng: &mut Rng, number: &str) -> String {
    let mut digits: Vec<char> = number.chars().collect();
    let at = usize::try_from(between(rng, 6, 15)).unwrap_or(6);
    let (here, next) = (digits.get(at).copied().unwrap_or('0'), digits.get(at + 1).copied().unwrap_or('0'));
    if here != next && chance(rng, 0.5) {
        digits.swap(at, at + 1);
    } else if let Some(digit) = digits.get_mut(at) {
        let value = digit.to_digit(10).unwrap_or(0);
        *digit = char::from_digit((value + 1 + rng.u32(0..8)) % 10, 10).unwrap_or('0');
    }
    digits.into_iter().collect()
}

fn swapped(birth: Day) -> Option<Day> {
    let (year, month, day) = birth.ymd();
    (day <= 12 && day != month).then(|| Day::of(year, day, month))
}

/// How `institution` wrote `person` down. `former` is set for the centre before a move.
pub(crate) fn write_down(
    region: &Region,
    person: &Person,
    institution: &Institution,
    former: bool,
    exact: bool,
) -> Registration {
    let stream = key(region.seed(), Stream::Registration, person.index);
    let mut rng = rng(stream, Stream::Registration, u64::from(institution.letter));
    let hospital = institution.kind == Kind::Hospital;
    let mut written = Registration {
        institution: institution.code,
        record_number: identity::record_number(institution.letter, person.index),
        name: person.name.clone(),
        sex: person.sex,
        birth: person.birth,
        identity_number: Some(person.identity_number.clone()),
        insurance_number: None,
        phone: Some(person.phone.clone()),
        address: person.address.clone(),
        flaws: Vec::new(),
    };
    let draws: [f64; 8] = std::array::from_fn(|_| rng.f64());
    let [no_identity, insurance, mistyped, misheard, swap, stale, newborn, only] = draws;
    if former {
        written.address = crate::people::address::house(&mut rng, region.streets(), Some(institution.code));
        written.flaws.push(Flaw::AddressFormer);
    }
    if hospital || insurance < CENTRE_INSURANCE {
        written.insurance_number = Some(person.insurance_number.clone());
    }
    // the tour's centre before the move knows the insurance number only: the hospital's record joins the two
    if former && (if exact { person.index == 0 } else { only < FORMER_CENTRE_INSURANCE_ONLY }) {
        written.identity_number = None;
        written.insurance_number = Some(person.insurance_number.clone());
        written.flaws.push(Flaw::NoIdentityNumber);
    }
    if exact {
        return written;
    }
    let missing = if hospital { HOSPITAL_NO_IDENTITY } else { CENTRE_NO_IDENTITY };
    if written.identity_number.is_some() && no_identity < missing {
        written.identity_number = None;
        written.flaws.push(Flaw::NoIdentityNumber);
    }
    if hospital && person.age(region.today()) == 0 && newborn < NEWBORN_NAME {
        let mother =
            person.relatives.iter().find(|r| r.sex == Sex::Female && matches!(r.role, Role::Head | Role::Spouse));
        if let Some(mother) = mother.filter(|mother| !mother.name.dotted) {
            let child = if person.sex == Sex::Male { "之子" } else { "之女" };
            written.name = Name { given: format!("{}{child}", mother.name.given), ..mother.name.clone() };
            written.flaws.push(Flaw::NewbornName);
            if written.identity_number.take().is_some() {
                written.flaws.push(Flaw::NoIdentityNumber);
            }
        }
    }
    if mistyped < IDENTITY_MISTYPED
        && let Some(number) = &written.identity_number
    {
        written.identity_number = Some(mistype(&mut rng, number));
        written.flaws.push(Flaw::IdentityNumberMistyped);
    }
    if misheard < NAME_MISHEARD
        && !written.flaws.contains(&Flaw::NewbornName)
        && let Some(name) = region.names().misheard(&mut rng, &person.name)
    {
        written.name = name;
        written.flaws.push(Flaw::NameMisheard);
    }
    if swap < BIRTH_SWAPPED
        && let Some(birth) = swapped(person.birth).filter(|birth| *birth <= region.today())
    {
        written.birth = birth;
        written.flaws.push(Flaw::BirthSwapped);
    }
    if stale < PHONE_STALE {
        written.phone = (stale < PHONE_STALE / 2.0).then(|| identity::phone(person.index + 50_000_000));
        written.flaws.push(Flaw::PhoneStale);
    }
    written
}

/// Which institutions know a resident: the hospital, the centre of the street, and perhaps the centre before a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) hospital: Option<&'static str>,
    pub(crate) centre: Option<&'static str>,
    pub(crate) former: Option<(&'static str, Day)>,
}

/// Shares of residents who are known to the hospital, to their centre, and to a former centre: without and with a
/// chronic disease. Assumed, so that most residents are known in more than one place.
const KNOWN: [(f64, f64); 3] = [(0.76, 0.93), (0.88, 0.97), (0.15, 0.24)];

/// Draws the memberships of a resident.
pub(crate) fn memberships(region: &Region, person: &Person, chronic: bool, everywhere: bool) -> Membership {
    let mut rng = rng(region.seed(), Stream::Registration, person.index);
    let mut known = |(without, with): (f64, f64)| chance(&mut rng, if chronic { with } else { without }) || everywhere;
    let [hospital, centre, former] = KNOWN.map(&mut known);
    let age = person.age(region.today());
    let centre = centre || age < 7 || !hospital;
    let home = person.address.centre;
    let moved = region.today().plus(-between(&mut rng, 500, 1200));
    let code = |institution: &&Institution| institution.code;
    let others: Vec<&'static str> =
        region.institutions().iter().filter(|i| i.kind == Kind::Centre && i.code != home).map(|i| code(&i)).collect();
    let hospitals: Vec<&'static str> =
        region.institutions().iter().filter(|i| i.kind == Kind::Hospital).map(|i| code(&i)).collect();
    let old_enough = moved > person.birth.plus(200);
    Membership {
        hospital: hospital.then(|| one_of(&mut rng, &hospitals)),
        centre: centre.then_some(home),
        former: (former && centre && old_enough).then(|| (one_of(&mut rng, &others), moved)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_never_keeps_the_check_character() {
        let number = identity::identity_number(0, Day::of(1957, 6, 15), Sex::Female);
        for seed in 0..5_000 {
            let wrong = mistype(&mut rng(seed, Stream::Registration, 0), &number);
            assert_ne!(wrong, number);
            assert!(!identity::is_valid(&wrong), "{number} {wrong}");
        }
    }

    #[test]
    fn a_swap_makes_a_date_or_nothing() {
        assert_eq!(swapped(Day::of(1980, 3, 9)), Some(Day::of(1980, 9, 3)));
        assert_eq!(swapped(Day::of(1980, 3, 19)), None);
        assert_eq!(swapped(Day::of(1980, 3, 3)), None);
    }
}
