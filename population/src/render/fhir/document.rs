//! Documents: notes of visits, and the copies of discharge summaries that a centre gets from the hospital.

use super::entries::{Entries, concept, doctor, organization};
use crate::calendar::Moment;
use crate::clinic::acute::Class;
use crate::clinic::note;
use crate::clinic::visit::{Purpose, Visit};
use crate::institution::{Institution, Kind};
use crate::region::Region;
use crate::render::base64;
use crate::render::systems::LOINC;
use crate::resident::Resident;
use serde_json::{Value, json};

/// What a document says of itself.
struct Paper {
    /// LOINC code, English and Chinese name.
    kind: (&'static str, &'static str, &'static str),
    title: String,
    written: Moment,
    text: String,
}

fn document(entries: &Entries, paper: &Paper, author: &Value, custodian: &Value, context: &Value) -> Value {
    let (loinc, english, chinese) = paper.kind;
    json!({
        "resourceType": "DocumentReference",
        "status": "current",
        "docStatus": "final",
        "type": concept(LOINC, loinc, english, chinese),
        "category": [{"text": "病历文书"}],
        "subject": entries.patient(),
        "date": paper.written.to_string(),
        "author": [author],
        "custodian": custodian,
        "content": [{"attachment": {
            "contentType": "text/plain; charset=utf-8",
            "language": "zh-CN",
            "data": base64::encode(paper.text.as_bytes()),
            "size": paper.text.len(),
            "title": paper.title,
            "creation": paper.written.to_string(),
        }}],
        "context": context,
    })
}

/// Adds the note of a visit.
pub(crate) fn note(entries: &mut Entries, resident: &Resident, visit: &Visit, institution: &Institution) {
    let kind = match (visit.purpose, visit.class) {
        (Purpose::FollowUp, _) => ("11506-3", "Progress note", "慢病随访记录"),
        (Purpose::CheckUp, _) => ("11488-4", "Consult note", "健康体检小结"),
        (_, Class::Inpatient) => ("18842-5", "Discharge summary", "出院小结"),
        _ => ("34108-1", "Outpatient Note", "门诊病历"),
    };
    let paper = Paper {
        kind,
        title: format!("{} {}", kind.2, visit.start.day),
        written: visit.end,
        text: note::of_visit(resident, visit, institution),
    };
    let context = json!({
        "encounter": [entries.encounter(visit)],
        "period": {"start": visit.start.to_string(), "end": visit.end.to_string()},
    });
    let author = doctor(institution, visit.department, resident.truth.index);
    let resource = document(entries, &paper, &author, &organization(institution), &context);
    entries.put(&format!("{}.note", visit.number), resource);
}

/// Adds copies of the hospital's discharge summaries, as the centre of the resident's street receives them.
pub(crate) fn discharge_copies(entries: &mut Entries, region: &Region, resident: &Resident, institution: &Institution) {
    if resident.truth.address.centre != institution.code {
        return;
    }
    for visit in resident.visits.iter().filter(|visit| visit.class == Class::Inpatient) {
        let Some(hospital) = region.institution(visit.institution).filter(|i| i.kind == Kind::Hospital) else {
            continue;
        };
        let paper = Paper {
            kind: ("18842-5", "Discharge summary", "出院小结"),
            title: format!("出院小结(上级医院转来) {}", visit.end.day),
            written: visit.end,
            text: note::of_visit(resident, visit, hospital),
        };
        let context = json!({"period": {"start": visit.start.to_string(), "end": visit.end.to_string()}});
        let author = json!({"display": format!("{} {}", hospital.name, visit.department)});
        let custodian = organization(institution);
        let resource = document(entries, &paper, &author, &custodian, &context);
        entries.put(&format!("{}.discharge", visit.number), resource);
    }
}
