//! FHIR R4 transactions: one Bundle for a resident and an institution.
//!
//! Every entry is a POST with `ifNoneExist` on an identifier of the institution, so sending it again creates nothing.

mod clinical;
mod document;
mod encounter;
mod entries;
mod observation;
mod patient;
pub(crate) mod set_up;

use crate::institution::Institution;
use crate::region::Region;
use crate::registration::Registration;
use crate::resident::Resident;
use entries::Entries;
use serde_json::Value;

/// Everything that `institution` sends about the resident.
pub(crate) fn bundle(
    region: &Region,
    resident: &Resident,
    registration: &Registration,
    institution: &Institution,
) -> Value {
    let mut entries = Entries::new(region.seed(), institution.code, resident.truth.index);
    patient::put(&mut entries, resident, registration, institution);
    clinical::allergies(&mut entries, resident);
    for visit in resident.visits_to(institution.code) {
        encounter::put(&mut entries, resident, visit, institution);
        observation::vital_signs(&mut entries, visit);
        observation::reports(&mut entries, visit);
        if visit.noted {
            document::note(&mut entries, resident, visit, institution);
        }
    }
    clinical::conditions(&mut entries, resident, institution.code);
    clinical::medicines(&mut entries, region, resident, institution);
    clinical::doses(&mut entries, resident, institution);
    document::discharge_copies(&mut entries, region, resident, institution);
    entries.bundle()
}
