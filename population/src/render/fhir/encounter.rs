//! Encounters.

use super::entries::{Entries, coded, doctor, organization};
use crate::clinic::acute::Class;
use crate::clinic::visit::{Purpose, Visit};
use crate::institution::Institution;
use crate::render::systems;
use crate::resident::Resident;
use serde_json::{Value, json};

const fn class_name(class: Class) -> &'static str {
    match class {
        Class::Ambulatory => "ambulatory",
        Class::Emergency => "emergency",
        Class::Inpatient => "inpatient encounter",
    }
}

pub(crate) const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Illness => "门诊就诊",
        Purpose::Clinic => "专科复诊",
        Purpose::FollowUp => "慢病随访",
        Purpose::CheckUp => "健康体检",
        Purpose::Antenatal => "产前检查",
        Purpose::Delivery => "住院分娩",
        Purpose::Birth => "新生儿出生",
        Purpose::ChildCheck => "儿童保健",
        Purpose::Treatment => "治疗",
    }
}

/// Adds the Encounter of a visit.
pub(crate) fn put(entries: &mut Entries, resident: &Resident, visit: &Visit, institution: &Institution) {
    let reasons: Vec<Value> = visit.diagnoses.iter().map(|d| coded(systems::ICD10, d.icd, d.chinese)).collect();
    let encounter = json!({
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": systems::ACT_CODE, "code": visit.class.code(), "display": class_name(visit.class)},
        "type": [{"text": purpose_name(visit.purpose)}],
        "serviceType": {"text": visit.department},
        "subject": entries.patient(),
        "participant": [{"individual": doctor(institution, visit.department, resident.truth.index)}],
        "period": {"start": visit.start.to_string(), "end": visit.end.to_string()},
        "reasonCode": reasons,
        "serviceProvider": organization(institution),
    });
    entries.put(&format!("{}.visit", visit.number), encounter);
}
