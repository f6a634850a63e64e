//! A resident without the life: who it is and who wrote it down. A stream of a million of these is cheap.

use crate::calendar::Day;
use crate::clinic::{chronic, ending, needs};
use crate::people::make;
use crate::people::person::Person;
use crate::region::Region;
use crate::registration::membership::Membership;
use crate::registration::{self, Registration};
use crate::render::fhir;
use serde_json::Value;

/// The truth about a resident and all registrations.
#[derive(Clone, Debug)]
pub struct Demographic {
    pub truth: Person,
    pub registrations: Vec<Registration>,
}

/// Who knows a person: what the life will ask of the institutions decides it.
pub(crate) fn known(region: &Region, person: &Person) -> Membership {
    let (seed, today) = (region.seed(), region.today());
    let chronic = chronic::of_person(seed, today, person);
    registration::memberships(region, person, needs::of_person(seed, today, person, &chronic))
}

/// Everything that was written down about a person until `until`, the day called today or the day of death.
pub(crate) fn registrations(region: &Region, person: &Person, known: &Membership, until: Day) -> Vec<Registration> {
    let mut all = registration::of_person(region, person, known);
    all.retain(|one| one.window.is_none_or(|(from, _)| from < until));
    for one in &mut all {
        one.merged = one.merged.filter(|day| *day < until);
    }
    all
}

impl Demographic {
    pub(crate) fn make(region: &Region, index: u64) -> Self {
        let truth = make::person(region, index);
        let known = known(region, &truth);
        let until = ending::of_person(region, &truth, &known).until;
        let registrations = registrations(region, &truth, &known, until);
        Self { truth, registrations }
    }

    /// One registration as a FHIR transaction with the Patient alone. Institutions that speak HL7 v2 are no exception.
    #[must_use]
    pub fn bundle(&self, region: &Region, registration: &Registration) -> Option<Value> {
        let institution = region.institution(registration.institution)?;
        Some(fhir::patient_bundle(region, &self.truth, registration, institution))
    }
}
