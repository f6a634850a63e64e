//! Who may be the same person as a written record: found by its blocking keys, weighed, most likely first.

use std::collections::BTreeMap;

use meridian_engine::{EngineError, Sight, Subject};
use meridian_model::view::PatientView;
use serde_json::Value;

use crate::matching::{Band, Fields, Matcher, Score, keys, number};
use crate::scene::Source;

/// A key under which more records are noted than this tells nobody apart and is passed over.
const LARGEST_BLOCK: u32 = 50;
/// The most records that are weighed for one write: those that share most keys.
const MOST_WEIGHED: usize = 24;
/// The most links of a record that are followed.
const MOST_LINKS: usize = 32;
/// The kind of number under which records that name this one by `Patient.link` are noted.
const LINKED: u8 = 0x81;

/// A record that may be the same person, and what the pair weighs.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) source: Source,
    pub(crate) score: Score,
    pub(crate) band: Band,
}

/// All numbers under which a record is noted: its blocking keys, and the records that it links to.
pub(crate) fn noted_under(fields: &Fields, patient: &Value) -> Vec<i64> {
    let mut all = keys(fields);
    all.extend(links(patient).map(|reference| number(LINKED, &[reference])));
    all
}

/// The records that a Patient says it replaces, or is replaced by: `Patient/<id>`.
pub(crate) fn links(patient: &Value) -> impl Iterator<Item = &str> {
    let all = patient.get("link").and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter();
    let of = |link: &Value| matches!(link.get("type").and_then(Value::as_str), Some("replaced-by" | "replaces"));
    let named = all.filter(move |link| of(link)).filter_map(|link| link.pointer("/other/reference")?.as_str());
    named.take(MOST_LINKS)
}

/// Subjects that are linked with a Patient, by its own word or by theirs.
pub(crate) fn linked(patient: &Value, sight: &Sight<'_>) -> Result<Vec<Subject>, EngineError> {
    let mut all = Vec::new();
    for reference in links(patient) {
        if let Some(id) = reference.strip_prefix("Patient/") {
            all.extend(sight.subject_of(id)?);
        }
    }
    let own = format!("Patient/{}", PatientView(patient).id().unwrap_or_default());
    all.extend(sight.noted(number(LINKED, &[&own]), LARGEST_BLOCK)?);
    Ok(all)
}

/// Whom to weigh, without those that `skip` names: those that share most keys, then those that came first.
pub(crate) fn sharing(
    fields: &Fields,
    sight: &Sight<'_>,
    skip: impl Fn(Subject) -> bool,
) -> Result<Vec<Subject>, EngineError> {
    let mut shared: BTreeMap<Subject, usize> = BTreeMap::new();
    for key in keys(fields) {
        let block = sight.noted(key, LARGEST_BLOCK + 1)?;
        if block.len() <= LARGEST_BLOCK as usize {
            for subject in block {
                *shared.entry(subject).or_default() += 1;
            }
        }
    }
    let mut all: Vec<(Subject, usize)> = shared.into_iter().filter(|(subject, _)| !skip(*subject)).collect();
    all.sort_by_key(|(subject, count)| (std::cmp::Reverse(*count), *subject));
    Ok(all.into_iter().take(MOST_WEIGHED).map(|(subject, _)| subject).collect())
}

/// The records that weigh enough for somebody to look, the heaviest first.
pub(crate) fn candidates(
    matcher: &Matcher,
    fields: &Fields,
    sight: &Sight<'_>,
    skip: impl Fn(Subject) -> bool,
) -> Result<Vec<Candidate>, EngineError> {
    let mut all = Vec::new();
    for subject in sharing(fields, sight, skip)? {
        let Some(patient) = sight.patient(subject)? else { continue };
        let source = Source::of(subject, patient);
        let score = matcher.score(fields, source.fields());
        let band = matcher.band(&score);
        if band > Band::New {
            all.push(Candidate { source, score, band });
        }
    }
    all.sort_by(|a, b| b.score.weight.total_cmp(&a.score.weight).then(a.source.subject.cmp(&b.source.subject)));
    Ok(all)
}
