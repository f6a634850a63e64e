//! `Patient/$match`: who may be the person that a Patient describes.

use meridian_model::both;

use std::collections::BTreeSet;
use std::sync::Arc;

use meridian_engine::operations::Call;
use meridian_engine::{Caller, Engine, EngineError, glance};
use serde_json::{Value, json};

use crate::identifier::{IDENTITY, INSURANCE};
use crate::matching::{Band, Fields, Matcher, Score};
use crate::near::sharing;
use crate::scene::Source;

const DEFAULT_COUNT: usize = 10;
const MOST: usize = 50;
/// log2 of the odds from which on a Patient is told at all.
const POSSIBLE: f64 = -4.0;
/// The most records of a person that are weighed when a number names the person.
const MOST_OF_PERSON: usize = 20;
const GRADE: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";

pub(super) async fn run(
    engine: &Engine,
    caller: &Caller,
    call: Call,
    matcher: Arc<Matcher>,
) -> Result<Value, EngineError> {
    let count = call.number("count", DEFAULT_COUNT)?.clamp(1, MOST);
    let certain = match call.param("onlyCertainMatches") {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            return Err(EngineError::invalid(
                "onlyCertainMatches",
                both!("`{other}` is not true or false", "`{other}` 应为 true 或 false"),
            ));
        }
    };
    let described = call.body.filter(|body| body.get("resourceType").and_then(Value::as_str) == Some("Patient"));
    let described =
        described.ok_or_else(|| EngineError::invalid("resource", both!("a Patient is expected", "缺少 Patient")))?;
    let asked = Source::of(meridian_engine::Subject(0), described);
    if asked.fields() == &Fields::default() {
        return Err(EngineError::invalid(
            "resource",
            both!("the Patient says nothing that can be compared", "Patient 中没有可以比对的内容"),
        ));
    }
    // What was asked about is told by the kinds of fields: the values are nobody's in the record, or somebody's name.
    let query = format!("$match {}", asked.fields().said().join(" "));
    let found = glance(engine, caller, "match", &query, move |sight, may_see| {
        let mut subjects = sharing(asked.fields(), sight, |subject| !may_see(subject))?;
        for (kind, key) in asked.evidence.claims().filter(|(kind, _)| [IDENTITY, INSURANCE].contains(kind)) {
            if let Some(holder) = sight.holder(kind, &key)? {
                let members = sight.members(holder)?.into_iter().take(MOST_OF_PERSON);
                subjects.extend(members.filter(|subject| may_see(*subject)));
            }
        }
        subjects.sort_unstable();
        subjects.dedup();
        let mut found: Vec<(Score, Source)> = Vec::new();
        for subject in subjects {
            let Some(patient) = sight.patient(subject)? else { continue };
            let source = Source::of(subject, patient);
            let score = matcher.score(asked.fields(), source.fields());
            let wanted = if certain {
                matcher.band(&score) == Band::Link
            } else {
                score.weight >= POSSIBLE && !score.contradicted
            };
            if wanted {
                found.push((score, source));
            }
        }
        found.sort_by(|(a, one), (b, other)| b.weight.total_cmp(&a.weight).then(one.subject.cmp(&other.subject)));
        if certain {
            // Certain means one: what fits two persons is not.
            let mut persons = BTreeSet::new();
            for (_, source) in &found {
                persons.insert(sight.person(source.subject)?);
            }
            if persons.len() > 1 {
                found.clear();
            }
        }
        found.truncate(count);
        let shown = found.iter().map(|(_, source)| source.subject).collect();
        let entries: Vec<(f64, &'static str, Value)> = found
            .into_iter()
            .map(|(score, source)| (score.probability, grade(matcher.band(&score)), source.patient.clone()))
            .collect();
        Ok((entries, shown))
    })
    .await?;
    let entries: Vec<Value> = found
        .into_iter()
        .map(|(probability, grade, patient)| {
            let id = patient.get("id").and_then(Value::as_str).unwrap_or_default();
            let score = (probability * 1e6).round() / 1e6;
            json!({"fullUrl": format!("{}/Patient/{id}", call.base), "resource": patient, "search": {
            "extension": [{"url": GRADE, "valueCode": grade}], "mode": "match", "score": score}})
        })
        .collect();
    Ok(json!({"resourceType": "Bundle", "type": "searchset", "total": entries.len(), "entry": entries}))
}

/// HL7's code for how sure this is.
fn grade(band: Band) -> &'static str {
    match band {
        Band::Link => "certain",
        Band::Review => "probable",
        Band::New => "possible",
    }
}
