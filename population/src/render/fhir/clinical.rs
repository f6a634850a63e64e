//! Problems, allergies, medicines, vaccinations.

use super::entries::{Entries, coded, concept, doctor, listed};
use crate::calendar::Moment;
use crate::clinic::allergy::{AllergenKind, Allergy, Severity};
use crate::clinic::medicine::Course;
use crate::clinic::visit::Purpose;
use crate::institution::Institution;
use crate::region::Region;
use crate::render::systems;
use crate::resident::Resident;
use serde_json::{Map, Value, json};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFIED: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";

/// Adds the chronic problems that the institution has seen, and the short illnesses with their visit; a cancer is told
/// to the centre of the resident's street by the hospital.
pub(crate) fn conditions(entries: &mut Entries, region: &Region, resident: &Resident, institution: &'static str) {
    let last = resident.death.map_or(region.today(), |death| death.at.day);
    if let Some(cancer) = resident.cancer.filter(|_| resident.truth.address.centre == institution) {
        let told = cancer.diagnosed.plus(20);
        let known = resident.death.is_none_or(|death| told < death.at.day);
        let condition = json!({
            "resourceType": "Condition",
            "clinicalStatus": listed(CLINICAL, "active"),
            "verificationStatus": listed(VERIFIED, "confirmed"),
            "category": [concept(CATEGORY, "problem-list-item", "Problem List Item", "肿瘤")],
            "code": coded(systems::ICD10, cancer.site.icd, cancer.site.chinese),
            "subject": entries.patient(),
            "onsetDateTime": cancer.diagnosed.to_string(),
            "recordedDate": Moment::new(told, 9 * 60).to_string(),
            "note": [{"text": format!("{}；由上级医院出院小结转录。", cancer.stage_text())}],
        });
        if known {
            entries.put("problem.cancer", condition);
        }
    }
    for chronic in &resident.chronic {
        let row = chronic.disease.row();
        let seen = |visit: &&crate::clinic::visit::Visit| visit.diagnoses.iter().any(|d| d.icd == row.icd);
        let Some(first) = resident.visits_to(institution).find(seen) else { continue };
        let condition = json!({
            "resourceType": "Condition",
            "clinicalStatus": listed(CLINICAL, "active"),
            "verificationStatus": listed(VERIFIED, "confirmed"),
            "category": [concept(CATEGORY, "problem-list-item", "Problem List Item", "慢性病")],
            "code": coded(systems::ICD10, row.icd, row.chinese),
            "subject": entries.patient(),
            "encounter": entries.encounter(first),
            "onsetDateTime": chronic.onset.to_string(),
            "recordedDate": first.start.to_string(),
        });
        entries.put(&format!("problem.{}", row.icd), condition);
    }
    for visit in resident.visits_to(institution).filter(|visit| visit.purpose == Purpose::Illness) {
        let over = visit.end.day.plus(10);
        let (status, abated) =
            if over < last { ("resolved", json!(over.to_string())) } else { ("active", Value::Null) };
        for diagnosis in visit.diagnoses.iter().filter(|d| d.onset.is_none()) {
            let condition = json!({
                "resourceType": "Condition",
                "clinicalStatus": listed(CLINICAL, status),
                "verificationStatus": listed(VERIFIED, "confirmed"),
                "category": [concept(CATEGORY, "encounter-diagnosis", "Encounter Diagnosis", "就诊诊断")],
                "code": coded(systems::ICD10, diagnosis.icd, diagnosis.chinese),
                "subject": entries.patient(),
                "encounter": entries.encounter(visit),
                "onsetDateTime": visit.start.day.to_string(),
                "abatementDateTime": abated,
                "recordedDate": visit.start.to_string(),
            });
            entries.put(&format!("{}.{}", visit.number, diagnosis.icd), condition);
        }
    }
}

const fn severity(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Mild => ("mild", "low"),
        Severity::Moderate => ("moderate", "low"),
        Severity::Severe => ("severe", "high"),
    }
}

fn allergy(entries: &Entries, allergy: &Allergy) -> Value {
    let allergen = allergy.allergen;
    let (kind, category, system) = match allergen.kind {
        AllergenKind::Medication => ("allergy", "medication", systems::ATC),
        AllergenKind::Food => ("allergy", "food", systems::ALLERGEN),
        AllergenKind::Environment => ("allergy", "environment", systems::ALLERGEN),
    };
    let (severity, criticality) = severity(allergy.severity);
    json!({
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": listed("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
        "verificationStatus": listed("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "confirmed"),
        "type": kind,
        "category": [category],
        "criticality": criticality,
        "code": coded(system, allergen.code, allergen.chinese),
        "patient": entries.patient(),
        "recordedDate": allergy.recorded.to_string(),
        "reaction": [{"manifestation": [{"text": allergen.reaction}], "severity": severity}],
    })
}

/// Adds the allergies.
pub(crate) fn allergies(entries: &mut Entries, resident: &Resident) {
    for found in &resident.allergies {
        let resource = allergy(entries, found);
        entries.put(&format!("allergy.{}", found.allergen.code), resource);
    }
}

fn dosage(course: &Course) -> Value {
    let medicine = course.medicine;
    let mut dosage = Map::new();
    dosage.insert("text".to_owned(), json!(medicine.dose));
    if medicine.daily > 0 {
        let repeat = json!({"repeat": {"frequency": medicine.daily, "period": 1, "periodUnit": "d"}});
        dosage.insert("timing".to_owned(), repeat);
    } else {
        dosage.insert("asNeededBoolean".to_owned(), json!(medicine.dose.contains("必要时")));
    }
    dosage.insert("route".to_owned(), json!({"text": medicine.route}));
    Value::Object(dosage)
}

/// Adds the medicines that this institution prescribed.
pub(crate) fn medicines(entries: &mut Entries, region: &Region, resident: &Resident, institution: &Institution) {
    for (place, course) in resident.courses.iter().enumerate().filter(|(_, c)| c.institution == institution.code) {
        let last = resident.death.map_or(region.today(), |death| death.at.day);
        let over = course.end.is_some_and(|end| end <= last);
        let status = match (over, course.stopped) {
            (true, Some(_)) => "stopped",
            (true, None) => "completed",
            (false, _) => "active",
        };
        let reason = course.stopped.map_or(Value::Null, |why| json!({"text": why}));
        let mut validity = Map::new();
        validity.insert("start".to_owned(), json!(course.start.to_string()));
        validity.extend(course.end.map(|end| ("end".to_owned(), json!(end.to_string()))));
        let kind =
            if course.disease.is_some() { ("community", "长期用药") } else { ("outpatient", "短期用药") };
        let request = json!({
            "resourceType": "MedicationRequest",
            "status": status,
            "statusReason": reason,
            "intent": "order",
            "category": [concept("http://terminology.hl7.org/CodeSystem/medicationrequest-category", kind.0, kind.0, kind.1)],
            "medicationCodeableConcept": {
                "coding": [{"system": systems::ATC, "code": course.medicine.atc, "display": course.medicine.chinese}],
                "text": format!("{} {}", course.medicine.chinese, course.medicine.form),
            },
            "subject": entries.patient(),
            "authoredOn": Moment::new(course.start, 9 * 60 + 30).to_string(),
            "requester": doctor(institution, "全科医疗科", resident.truth.index),
            "reasonCode": [{"text": course.reason}],
            "dosageInstruction": [dosage(course)],
            "dispenseRequest": {"validityPeriod": validity},
        });
        entries.put(&format!("medicine.{place}"), request);
    }
}

/// Adds the vaccinations that this institution gave.
pub(crate) fn doses(entries: &mut Entries, resident: &Resident, institution: &Institution) {
    for dose in resident.doses.iter().filter(|dose| dose.institution == institution.code) {
        let immunization = json!({
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": coded(systems::CVX, dose.vaccine.cvx, dose.vaccine.chinese),
            "patient": entries.patient(),
            "occurrenceDateTime": dose.day.to_string(),
            "primarySource": true,
            "lotNumber": dose.lot,
            "performer": [{"actor": doctor(institution, "预防保健科", resident.truth.index)}],
            "protocolApplied": [{"doseNumberPositiveInt": dose.number}],
        });
        entries.put(&format!("dose.{}.{}", dose.day.compact(), dose.vaccine.cvx), immunization);
    }
}

/// Adds the mother of a child whose birth is in the record.
pub(crate) fn mother(entries: &mut Entries, resident: &Resident, institution: &'static str) {
    let Some(mother) = resident.mother.as_ref().filter(|_| resident.truth.address.centre == institution) else {
        return;
    };
    let related = json!({
        "resourceType": "RelatedPerson",
        "identifier": [{"system": systems::IDENTITY_NUMBER, "value": mother.identity_number}],
        "active": true,
        "patient": entries.patient(),
        "relationship": [concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH", "mother", "母亲")],
        "name": [{"text": mother.name.text(), "family": mother.name.family, "given": [mother.name.given]}],
        "gender": "female",
    });
    entries.put("mother", related);
}
