//! Everything that the decision about one record rests on, looked up in the writer's transaction.

use std::collections::{BTreeMap, BTreeSet};

use meridian_engine::{Change, EngineError, Sight, Subject};
use meridian_model::view::PatientView;
use serde_json::Value;

use crate::evidence::{Claim, Evidence};
use crate::identifier::TRUSTED;

/// The most records of one person. A number that more records carry names a placeholder or a flood, and what comes
/// after stays by itself; it also bounds what one write may cost.
pub(crate) const MOST_SOURCES: usize = 1000;

/// One institution's Patient.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) subject: Subject,
    pub(crate) patient: Value,
    pub(crate) evidence: Evidence,
}

impl Source {
    fn of(subject: Subject, patient: Value) -> Source {
        let evidence = Evidence::of(&patient);
        Source { subject, patient, evidence }
    }

    /// `Patient/<id>`.
    pub(crate) fn reference(&self) -> String {
        format!("Patient/{}", PatientView(&self.patient).id().unwrap_or_default())
    }
}

/// A person as it is before the decision.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) number: Subject,
    /// The id of its golden Patient.
    pub(crate) id: String,
    /// Its records, without the one that was written.
    pub(crate) sources: Vec<Source>,
    pub(crate) claims: BTreeSet<Claim>,
    /// Persons that became this one.
    pub(crate) merged: Vec<Merged>,
}

/// A person that was merged into another, and whose number comes back into use if the two come apart.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    pub(crate) number: Subject,
    pub(crate) id: String,
    /// The records that it had: `Patient/<id>`.
    pub(crate) had: BTreeSet<String>,
}

/// What is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scene {
    /// The record as it is now; None when it was deleted.
    pub(crate) written: Option<Source>,
    /// The person that it belonged to until now.
    pub(crate) home: Option<Person>,
    /// The other persons that hold a number of it.
    pub(crate) others: Vec<Person>,
    /// Who holds the numbers that anybody in this scene carries.
    pub(crate) holders: BTreeMap<Claim, Subject>,
}

impl Scene {
    pub(crate) fn around(change: &Change<'_>, sight: &Sight<'_>) -> Result<Scene, EngineError> {
        let written = change.after.map(|patient| Source::of(change.subject, patient.clone()));
        let home = match sight.person(change.subject)? {
            Some(number) => Some(person(number, change.subject, sight)?),
            None => None,
        };
        let mut scene = Scene { written, home, ..Scene::default() };
        let keys: Vec<Claim> = scene.written.iter().flat_map(|source| source.evidence.claims()).collect();
        for (kind, key) in keys {
            let Some(holder) = sight.holder(kind, &key)? else { continue };
            let known = scene.home.iter().chain(&scene.others).any(|person| person.number == holder);
            // The golden Patient is a member too.
            if !known && sight.members(holder)?.len() <= MOST_SOURCES {
                scene.others.push(person(holder, change.subject, sight)?);
            }
            scene.holders.insert((kind, key), holder);
        }
        scene.others.sort_by_key(|person| person.number);
        let people = scene.home.iter().chain(&scene.others);
        let keys: BTreeSet<Claim> = people.flat_map(|p| &p.sources).flat_map(|s| s.evidence.claims()).collect();
        for (kind, key) in keys {
            if let Some(holder) = sight.holder(kind, &key)? {
                scene.holders.insert((kind, key), holder);
            }
        }
        Ok(scene)
    }
}

/// A person without the record `but`.
fn person(number: Subject, but: Subject, sight: &Sight<'_>) -> Result<Person, EngineError> {
    let sources = sight.sources(number)?.into_iter().filter(|(subject, _)| *subject != but);
    // One integer may hold claims of other kinds that mean something else by it.
    let kind = |kind: &str| TRUSTED.iter().map(|row| row.claim).find(|known| *known == kind);
    let claims = sight.claims_of(number)?.into_iter().filter_map(|(of, key)| Some((kind(&of)?, key)));
    let merged = sight.merged(number)?.into_iter().map(|(number, golden)| Merged {
        number,
        id: PatientView(&golden).id().unwrap_or_default().to_owned(),
        had: linked(&golden),
    });
    Ok(Person {
        number,
        id: sight.golden_id(number)?.unwrap_or_default(),
        sources: sources.map(|(subject, patient)| Source::of(subject, patient)).collect(),
        claims: claims.collect(),
        merged: merged.collect(),
    })
}

/// The records that a golden Patient stands for.
fn linked(golden: &Value) -> BTreeSet<String> {
    let links = golden.get("link").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let sources = links.iter().filter(|link| link.get("type").and_then(Value::as_str) == Some("seealso"));
    sources.filter_map(|link| link.pointer("/other/reference")?.as_str().map(str::to_owned)).collect()
}
