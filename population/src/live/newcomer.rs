//! People whom an institution sees for the first time: new residents, residents who come without a number that says
//! who they are, and newborns.

use super::catalogue::Pattern;
use super::episode::{Episode, moved, pick};
use crate::calendar::Moment;
use crate::draw::{Rng, chance, mix};
use crate::institution::Institution;
use crate::people::identity;
use crate::people::person::{Name, Sex};
use crate::region::Region;
use crate::registration::{Flaw, Registration};

/// New residents that are looked at until one is known to the institution.
const TRIES: u64 = 16;
/// New residents of an institution and day that have numbers of their own; the last ones are for children.
const SLOTS: u64 = 64;
const CHILDREN: u64 = 8;
/// Institutions that have numbers of their own.
const PLACES: u64 = 16;

/// The first number of the `nth` somebody new: beyond the region, different for each day and institution, and no larger
/// than it must be.
fn index(region: &Region, institution: &Institution, start: Moment, nth: u64) -> u64 {
    let day = u64::try_from(start.day.days_since(region.today()) + 1).unwrap_or(0);
    let place = region.institutions().iter().position(|i| i.code == institution.code).unwrap_or(0) as u64;
    region.count() + ((day * PLACES + place % PLACES) * SLOTS + nth) * TRIES
}

/// A registration of which nothing is known but what it says.
fn plain(known: Registration) -> Registration {
    Registration { second: false, window: None, merged: None, corrected: None, ..known }
}

/// A new resident, with the first visit.
pub(super) fn new(
    region: &Region,
    institution: &Institution,
    start: Moment,
    number: u32,
    (nth, lot): (u32, u64),
) -> Option<Episode> {
    let first = index(region, institution, start, u64::from(nth) % (SLOTS - CHILDREN));
    for further in 0..TRIES {
        let resident = region.resident(first + further);
        if resident.death.is_some() {
            continue;
        }
        let Some(visit) = resident.visits_to(institution.code).find(|visit| !visit.died).cloned() else { continue };
        let Some(registration) = resident.registration(institution.code).cloned() else { continue };
        let visit = moved(&visit, &resident.truth, start, number, lot);
        return Some(Episode::of_new(resident, registration, visit, number));
    }
    None
}

/// A resident of the region at a place that did not know him or her, who brings no number and is written down by ear.
pub(super) fn unsure(
    region: &Region,
    institution: &Institution,
    patterns: &[Pattern],
    start: Moment,
    number: u32,
    lot: u64,
) -> Option<Episode> {
    let mut dice = Rng::with_seed(mix(lot));
    // the visit is somebody's, the person is somebody else
    let (of, place) = pick(patterns, lot)?;
    let pattern = region.resident(of).visits.get(place)?.clone();
    let stranger = (0..TRIES).find_map(|_| {
        let resident = region.resident(dice.u64(0..region.count().max(1)));
        let fits = resident.truth.sex == region.resident(of).truth.sex && resident.death.is_none();
        (fits && resident.registration(institution.code).is_none()).then_some(resident)
    });
    let mut resident = stranger?;
    let known = resident.registrations.first()?.clone();
    let mut flaws = vec![Flaw::NoIdentityNumber];
    let misheard = if chance(&mut dice, 0.6) { region.names().misheard(&mut dice, &resident.truth.name) } else { None };
    flaws.extend(misheard.is_some().then_some(Flaw::NameMisheard));
    let phone = if chance(&mut dice, 0.5) { Some(resident.truth.phone.clone()) } else { None };
    flaws.extend(phone.is_none().then_some(Flaw::PhoneStale));
    let registration = Registration {
        institution: institution.code,
        record_number: identity::record_number(institution.letter, resident.truth.index),
        name: misheard.unwrap_or_else(|| resident.truth.name.clone()),
        birth: resident.truth.birth,
        identity_number: None,
        insurance_number: None,
        phone,
        flaws,
        ..plain(known)
    };
    let visit = moved(&pattern, &resident.truth, start, number, lot);
    resident.allergies.clear();
    resident.chronic.clear();
    Some(Episode::of_new(resident, registration, visit, number))
}

/// A child that is born now: written down under the mother's name, with no number yet.
pub(super) fn born(
    region: &Region,
    institution: &Institution,
    births: &[Pattern],
    start: Moment,
    number: u32,
    (nth, lot): (u32, u64),
) -> Option<Episode> {
    let here: Vec<Pattern> = births
        .iter()
        .copied()
        .filter(|(index, place)| {
            region.resident(*index).visits.get(*place).is_some_and(|visit| visit.institution == institution.code)
        })
        .collect();
    let (of, place) = pick(&here, lot)?;
    let mut child = region.resident(of);
    let pattern = child.visits.get(place)?.clone();
    let known = child.registration(institution.code)?.clone();
    let mother = child.truth.relatives.iter().find(|r| r.sex == Sex::Female && r.age >= 18).cloned()?;
    let index = index(region, institution, start, SLOTS - CHILDREN + u64::from(nth) % CHILDREN);
    let called = if child.truth.sex == Sex::Male { "之子" } else { "之女" };
    let name = Name { given: format!("{}{called}", mother.name.given), ..mother.name.clone() };
    (child.truth.index, child.truth.birth, child.truth.name) = (index, start.day, name.clone());
    child.truth.phone.clone_from(&mother.phone);
    let registration = Registration {
        record_number: identity::record_number(institution.letter, index),
        name,
        birth: start.day,
        identity_number: None,
        insurance_number: None,
        phone: Some(mother.phone),
        flaws: vec![Flaw::NewbornName, Flaw::NoIdentityNumber],
        ..plain(known)
    };
    let visit = moved(&pattern, &child.truth, start, number, lot);
    child.allergies.clear();
    child.chronic.clear();
    Some(Episode::of_new(child, registration, visit, number))
}
