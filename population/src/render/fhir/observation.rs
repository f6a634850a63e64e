//! Observations: vital signs and laboratory results, and the DiagnosticReports that bind the latter.

use super::entries::{Entries, concept, listed, quantity};
use crate::clinic::panel::{Finding, Report, interval_text};
use crate::clinic::visit::Visit;
use crate::fixed::Fixed;
use crate::render::systems::{INTERPRETATION, LOINC, OBSERVATION_CATEGORY};
use serde_json::{Map, Value, json};

/// Minutes from the beginning of a visit to the result.
const RESULT_AFTER: i32 = 95;

fn category(code: &str, display: &str, chinese: &str) -> Value {
    json!([concept(OBSERVATION_CATEGORY, code, display, chinese)])
}

/// Adds the vital signs of a visit; blood pressure is one Observation with two components.
pub(crate) fn vital_signs(entries: &mut Entries, visit: &Visit) {
    let Some(vitals) = visit.vitals else { return };
    let at = visit.start.plus_minutes(5).to_string();
    let (patient, encounter) = (entries.patient(), entries.encounter(visit));
    let common = |code: Value| {
        json!({
            "resourceType": "Observation",
            "status": "final",
            "category": category("vital-signs", "Vital Signs", "生命体征"),
            "code": code,
            "subject": patient,
            "encounter": encounter,
            "effectiveDateTime": at,
        })
    };
    if let Some((systolic, diastolic)) = vitals.pressure {
        let component = |loinc: &str, english: &str, chinese: &str, value: i64| {
            json!({
                "code": concept(LOINC, loinc, english, chinese),
                "valueQuantity": quantity(Fixed::whole(value), "mmHg", "mm[Hg]"),
            })
        };
        let mut pressure = common(concept(LOINC, "85354-9", "Blood pressure panel with all children optional", "血压"));
        if let Some(pressure) = pressure.as_object_mut() {
            let parts = json!([
                component("8480-6", "Systolic blood pressure", "收缩压", systolic),
                component("8462-4", "Diastolic blood pressure", "舒张压", diastolic),
            ]);
            pressure.insert("component".to_owned(), parts);
        }
        entries.put(&format!("{}.85354-9", visit.number), pressure);
    }
    for sign in vitals.signs() {
        let mut whole = common(concept(LOINC, sign.loinc, sign.english, sign.chinese));
        if let Some(whole) = whole.as_object_mut() {
            whole.insert("valueQuantity".to_owned(), quantity(sign.value, sign.unit, sign.ucum));
        }
        entries.put(&format!("{}.{}", visit.number, sign.loinc), whole);
    }
}

fn range(finding: &Finding) -> Value {
    let row = finding.analyte.row();
    let (low, high) = finding.interval;
    let mut range = Map::new();
    let limit = |value: f64| quantity(Fixed::short(value), row.unit, row.ucum);
    range.extend(low.map(|low| ("low".to_owned(), limit(low))));
    range.extend(high.map(|high| ("high".to_owned(), limit(high))));
    range.insert("text".to_owned(), Value::String(interval_text(finding.interval)));
    Value::Object(range)
}

fn result(entries: &mut Entries, visit: &Visit, report: &Report, finding: &Finding) -> String {
    let row = finding.analyte.row();
    let flag = finding.flag;
    let observation = json!({
        "resourceType": "Observation",
        "status": "final",
        "category": category("laboratory", "Laboratory", "检验"),
        "code": concept(LOINC, row.loinc, row.english, row.chinese),
        "subject": entries.patient(),
        "encounter": entries.encounter(visit),
        "effectiveDateTime": visit.start.plus_minutes(15).to_string(),
        "issued": visit.start.plus_minutes(RESULT_AFTER).to_string(),
        "valueQuantity": quantity(finding.value, row.unit, row.ucum),
        "interpretation": [concept(INTERPRETATION, flag.code(), flag.english(), flag.chinese())],
        "referenceRange": [range(finding)],
    });
    entries.put(&format!("{}.{}{}", visit.number, report.panel.letter(), row.loinc), observation)
}

/// Adds the laboratory reports of a visit with their results.
pub(crate) fn reports(entries: &mut Entries, visit: &Visit) {
    for report in &visit.reports {
        let results: Vec<Value> = report
            .findings
            .iter()
            .map(|finding| json!({"reference": result(entries, visit, report, finding)}))
            .collect();
        if results.len() < 2 {
            continue; // one item alone needs no report around it
        }
        let (loinc, chinese) = report.panel.name();
        let whole = json!({
            "resourceType": "DiagnosticReport",
            "status": "final",
            "category": [listed("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB")],
            "code": concept(LOINC, loinc, chinese, chinese),
            "subject": entries.patient(),
            "encounter": entries.encounter(visit),
            "effectiveDateTime": visit.start.plus_minutes(15).to_string(),
            "issued": visit.start.plus_minutes(RESULT_AFTER).to_string(),
            "result": results,
        });
        entries.put(&format!("{}.{}report", visit.number, report.panel.letter()), whole);
    }
}
