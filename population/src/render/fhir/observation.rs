//! Observations: vital signs and laboratory results, and the DiagnosticReports that bind the latter.

use super::entries::{Entries, concept, listed, quantity};
use super::order;
use crate::clinic::panel::{Finding, Report, interval_text};
use crate::clinic::visit::{Measured, Visit};
use crate::fixed::Fixed;
use crate::institution::Institution;
use crate::render::systems::{INTERPRETATION, LOINC, OBSERVATION_CATEGORY};
use serde_json::{Map, Value, json};

fn category(code: &str, display: &str, chinese: &str) -> Value {
    json!([concept(OBSERVATION_CATEGORY, code, display, chinese)])
}

/// Adds the vital signs of a visit; blood pressure is one Observation with two components.
pub(crate) fn vital_signs(entries: &mut Entries, visit: &Visit) {
    for (place, measured) in visit.vitals.iter().enumerate() {
        signs(entries, visit, place, measured);
    }
}

fn signs(entries: &mut Entries, visit: &Visit, place: usize, measured: &Measured) {
    let vitals = &measured.vitals;
    let at = measured.at.to_string();
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
        entries.put(&format!("{}.N{place:02}.85354-9", visit.number), pressure);
    }
    for sign in vitals.signs() {
        let mut whole = common(concept(LOINC, sign.loinc, sign.english, sign.chinese));
        if let Some(whole) = whole.as_object_mut() {
            whole.insert("valueQuantity".to_owned(), quantity(sign.value, sign.unit, sign.ucum));
        }
        entries.put(&format!("{}.N{place:02}.{}", visit.number, sign.loinc), whole);
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

/// What all parts of a report share.
struct Frame<'a> {
    visit: &'a Visit,
    report: &'a Report,
    /// Place of the report in the visit.
    place: usize,
}

impl Frame<'_> {
    fn observation(&self, entries: &mut Entries, code: (&str, &str, &str), more: Map<String, Value>) -> Value {
        let mut whole = Map::new();
        whole.insert("resourceType".to_owned(), json!("Observation"));
        whole.insert("status".to_owned(), json!("final"));
        whole.insert("category".to_owned(), category("laboratory", "Laboratory", "检验"));
        whole.insert("code".to_owned(), concept(LOINC, code.0, code.1, code.2));
        whole.insert("subject".to_owned(), entries.patient());
        whole.insert("encounter".to_owned(), entries.encounter(self.visit));
        whole.insert("effectiveDateTime".to_owned(), json!(self.report.observed.to_string()));
        whole.insert("issued".to_owned(), json!(self.report.issued.to_string()));
        whole.extend(more);
        let what = format!("{}.L{:02}.{}", self.visit.number, self.place, code.0);
        json!({"reference": entries.put(&what, Value::Object(whole))})
    }

    fn results(&self, entries: &mut Entries) -> Vec<Value> {
        let mut results = Vec::new();
        for finding in &self.report.findings {
            let (row, flag) = (finding.analyte.row(), finding.flag);
            let mut more = Map::new();
            more.insert("valueQuantity".to_owned(), quantity(finding.value, row.unit, row.ucum));
            more.insert(
                "interpretation".to_owned(),
                json!([concept(INTERPRETATION, flag.code(), flag.english(), flag.chinese())]),
            );
            more.insert("referenceRange".to_owned(), json!([range(finding)]));
            results.push(self.observation(entries, (row.loinc, row.english, row.chinese), more));
        }
        for test in &self.report.tests {
            let mut more = Map::new();
            let known = matches!(test.word.code, "POS" | "NEG");
            let value = if known {
                let english = if test.word.abnormal { "Positive" } else { "Negative" };
                concept(INTERPRETATION, test.word.code, english, test.word.chinese)
            } else {
                json!({"text": test.word.chinese})
            };
            more.insert("valueCodeableConcept".to_owned(), value);
            let (code, english) = if test.word.abnormal { ("A", "Abnormal") } else { ("N", "Normal") };
            more.insert("interpretation".to_owned(), json!([listed_as(INTERPRETATION, code, english)]));
            let assay = test.assay;
            results.push(self.observation(entries, (assay.loinc, assay.english, assay.chinese), more));
        }
        results
    }
}

fn listed_as(system: &str, code: &str, english: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": english}]})
}

/// Adds the laboratory orders of a visit with their reports and results.
pub(crate) fn reports(entries: &mut Entries, resident: u64, visit: &Visit, institution: &Institution) {
    for (place, report) in visit.reports.iter().enumerate() {
        let frame = Frame { visit, report, place };
        let results = frame.results(entries);
        let (loinc, chinese) = report.panel.name();
        let code = concept(LOINC, loinc, chinese, chinese);
        let order = order::laboratory(entries, resident, visit, institution, (place, report));
        let whole = json!({
            "resourceType": "DiagnosticReport",
            "basedOn": [{"reference": order}],
            "status": "final",
            "category": [listed("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB")],
            "code": code,
            "subject": entries.patient(),
            "encounter": entries.encounter(visit),
            "effectiveDateTime": report.observed.to_string(),
            "issued": report.issued.to_string(),
            "result": results,
        });
        entries.put(&format!("{}.L{place:02}.report", visit.number), whole);
    }
}
