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
    let kind = note::sort(visit);
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

/// Adds copies of the hospitals' papers, as the centre of the resident's street receives them: the record of an
/// admission, the summary of a discharge, reports of CT, MR and pathology.
pub(crate) fn discharge_copies(entries: &mut Entries, region: &Region, resident: &Resident, institution: &Institution) {
    if resident.truth.address.centre != institution.code {
        return;
    }
    for visit in &resident.visits {
        let Some(hospital) = region.institution(visit.institution).filter(|i| i.kind == Kind::Hospital) else {
            continue;
        };
        let mut papers = Vec::new();
        if visit.class == Class::Inpatient && !visit.open {
            let kind = note::sort(visit);
            papers.push((
                "discharge".to_owned(),
                Paper {
                    kind,
                    title: format!("{}(上级医院转来) {}", kind.2, visit.end.day),
                    written: visit.end,
                    text: note::of_visit(resident, visit, hospital),
                },
            ));
            let kind = note::ADMISSION;
            if visit.purpose == Purpose::Illness {
                papers.push((
                    "admission".to_owned(),
                    Paper {
                        kind,
                        title: format!("{}(上级医院转来) {}", kind.2, visit.start.day),
                        written: visit.start.plus_minutes(180).min(visit.end),
                        text: note::admission(resident, visit, hospital),
                    },
                ));
            }
        }
        for (place, study) in visit.studies.iter().enumerate() {
            let large = matches!(study.kind.modality, "CT" | "MR" | "SM");
            let text = note::examined(resident, visit, study, hospital).filter(|_| large);
            papers.extend(text.zip(study.issued).map(|(text, issued)| {
                let kind = note::EXAMINATION;
                let title = format!("{} {}", study.kind.chinese, issued.day);
                (format!("R{place:02}.paper"), Paper { kind, title, written: issued, text })
            }));
        }
        let context = json!({"period": {"start": visit.start.to_string(), "end": visit.end.to_string()}});
        let author = json!({"display": format!("{} {}", hospital.name, visit.department)});
        let custodian = organization(institution);
        for (what, paper) in papers {
            let resource = document(entries, &paper, &author, &custodian, &context);
            entries.put(&format!("{}.{what}", visit.number), resource);
        }
    }
}
