//! FHIR R4 transactions: one Bundle for a resident and an institution.
//!
//! Every entry is a POST with `ifNoneExist` on an identifier of the institution, so sending it again creates nothing.

mod clinical;
mod document;
mod encounter;
mod entries;
mod observation;
mod order;
mod patient;
mod referral;
pub(crate) mod set_up;

use crate::institution::{Institution, Kind};
use crate::people::person::Person;
use crate::region::Region;
use crate::registration::Registration;
use crate::resident::Resident;
use entries::Entries;
use serde_json::Value;

/// The Patient of one registration alone.
pub(crate) fn patient_bundle(
    region: &Region,
    person: &Person,
    registration: &Registration,
    institution: &Institution,
) -> Value {
    let mut entries = if registration.second {
        Entries::second(region.seed(), institution.code, person.index)
    } else {
        Entries::new(region.seed(), institution.code, person.index)
    };
    patient::put(&mut entries, person, None, registration, institution);
    entries.bundle()
}

/// Everything that `institution` sends about the resident.
pub(crate) fn bundle(
    region: &Region,
    resident: &Resident,
    registration: &Registration,
    institution: &Institution,
) -> Value {
    if registration.second {
        return patient_bundle(region, &resident.truth, registration, institution);
    }
    let mut entries = Entries::new(region.seed(), institution.code, resident.truth.index);
    // the centre of the street closes the file; a former centre does not hear of it
    let told = institution.kind == Kind::Hospital || resident.truth.address.centre == institution.code;
    let died = resident.death.as_ref().filter(|_| told).map(|death| death.at);
    patient::put(&mut entries, &resident.truth, died, registration, institution);
    clinical::allergies(&mut entries, resident);
    for visit in resident.visits_to(institution.code) {
        encounter::put(&mut entries, resident, visit, institution);
        observation::vital_signs(&mut entries, visit);
        observation::reports(&mut entries, resident.truth.index, visit, institution);
        order::studies(&mut entries, resident.truth.index, visit, institution);
        if visit.noted {
            document::note(&mut entries, resident, visit, institution);
        }
    }
    referral::put(&mut entries, region, resident, institution);
    clinical::conditions(&mut entries, region, resident, institution.code);
    clinical::mother(&mut entries, resident, institution.code);
    clinical::medicines(&mut entries, region, resident, institution);
    clinical::doses(&mut entries, resident, institution);
    document::discharge_copies(&mut entries, region, resident, institution);
    entries.bundle()
}
