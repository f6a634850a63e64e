//! Referrals of a centre to the hospitals: a ServiceRequest for each.

use super::entries::{Entries, concept, doctor, organization};
use crate::institution::Institution;
use crate::region::Region;
use crate::resident::Resident;
use serde_json::{Value, json};

const SNOMED: &str = "http://snomed.info/sct";

/// Adds the referrals that this centre made.
pub(crate) fn put(entries: &mut Entries, region: &Region, resident: &Resident, institution: &Institution) {
    for visit in &resident.visits {
        let Some(sender) = resident.sent_by(visit).filter(|one| one.institution == institution.code) else { continue };
        let Some(hospital) = region.institution(visit.institution) else { continue };
        let department = hospital.department(visit.department).map_or("", |found| found.name);
        let reason = sender.diagnoses.first().map_or(Value::Null, |d| json!([{"text": d.chinese}]));
        let request = json!({
            "resourceType": "ServiceRequest",
            "status": "completed",
            "intent": "order",
            "category": [concept(SNOMED, "3457005", "Patient referral", "转诊")],
            "code": {"text": format!("转诊至{}{department}", hospital.name)},
            "subject": entries.patient(),
            "encounter": entries.encounter(sender),
            "occurrenceDateTime": visit.start.to_string(),
            "authoredOn": sender.end.to_string(),
            "requester": doctor(institution, sender.department, resident.truth.index),
            "performer": [organization(hospital)],
            "reasonCode": reason,
        });
        entries.put(&format!("{}.referral.{}", sender.number, visit.number), request);
    }
}
