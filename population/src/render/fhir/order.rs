//! Orders: a ServiceRequest before each laboratory report and each examination, and the reports of the latter.

use super::entries::{Entries, concept, doctor, listed, organization};
use crate::calendar::Moment;
use crate::clinic::panel::Report;
use crate::clinic::study::Study;
use crate::clinic::visit::Visit;
use crate::institution::Institution;
use crate::render::systems::LOINC;
use serde_json::{Value, json};

const SNOMED: &str = "http://snomed.info/sct";

/// What an order asks for.
struct Asked<'a> {
    what: String,
    code: (&'a str, &'a str, &'a str),
    category: (&'a str, &'a str, &'a str),
    status: &'a str,
    body: Value,
    ordered: Moment,
}

fn order(entries: &mut Entries, resident: u64, visit: &Visit, institution: &Institution, asked: &Asked<'_>) -> String {
    let (category, english, chinese) = asked.category;
    let reason = visit.diagnoses.first().map_or(Value::Null, |d| json!([{"text": d.chinese}]));
    let request = json!({
        "resourceType": "ServiceRequest",
        "status": asked.status,
        "intent": "order",
        "category": [concept(SNOMED, category, english, chinese)],
        "code": concept(LOINC, asked.code.0, asked.code.1, asked.code.2),
        "subject": entries.patient(),
        "encounter": entries.encounter(visit),
        "authoredOn": asked.ordered.to_string(),
        "requester": doctor(institution, visit.department, resident),
        "performer": [organization(institution)],
        "reasonCode": reason,
        "bodySite": asked.body,
    });
    entries.put(&asked.what, request)
}

/// Adds the order of a laboratory report.
pub(crate) fn laboratory(
    entries: &mut Entries,
    resident: u64,
    visit: &Visit,
    institution: &Institution,
    (place, report): (usize, &Report),
) -> String {
    let (loinc, chinese) = report.panel.name();
    let asked = Asked {
        what: format!("{}.L{place:02}.order", visit.number),
        code: (loinc, chinese, chinese),
        category: ("108252007", "Laboratory procedure", "检验"),
        status: "completed",
        body: Value::Null,
        ordered: report.ordered,
    };
    order(entries, resident, visit, institution, &asked)
}

/// Adds the examinations of a visit: the order, and the report when there is one.
pub(crate) fn studies(entries: &mut Entries, resident: u64, visit: &Visit, institution: &Institution) {
    for (place, study) in visit.studies.iter().enumerate() {
        let kind = study.kind;
        let asked = Asked {
            what: format!("{}.R{place:02}.order", visit.number),
            code: (kind.loinc, kind.english, kind.chinese),
            category: ("363679005", "Imaging", "检查"),
            status: status(study),
            body: json!([concept(SNOMED, kind.body_code, kind.body, kind.body)]),
            ordered: study.ordered,
        };
        let request = order(entries, resident, visit, institution, &asked);
        let (Some(done), Some(issued), Some(text)) = (study.done, study.issued, &study.text) else { continue };
        let section = match kind.modality {
            "US" => "RUS",
            "CT" => "CT",
            "MR" => "NMR",
            "ECG" => "EC",
            "SM" => "SP",
            _ => "RAD",
        };
        let report = json!({
            "resourceType": "DiagnosticReport",
            "basedOn": [{"reference": request}],
            "status": "final",
            "category": [listed("http://terminology.hl7.org/CodeSystem/v2-0074", section)],
            "code": concept(LOINC, kind.loinc, kind.english, kind.chinese),
            "subject": entries.patient(),
            "encounter": entries.encounter(visit),
            "effectiveDateTime": done.to_string(),
            "issued": issued.to_string(),
            "conclusion": format!("检查所见：{text}\n印象：{}", study.conclusion),
        });
        entries.put(&format!("{}.R{place:02}.report", visit.number), report);
    }
}

const fn status(study: &Study) -> &'static str {
    match (study.cancelled, study.issued) {
        (true, _) => "revoked",
        (false, Some(_)) => "completed",
        (false, None) => "active",
    }
}
