//! The registry as a participant: what follows, in the same transaction, when an institution's Patient is written, or a
//! pair of them is decided on.

use meridian_model::both;

use std::collections::BTreeSet;

use meridian_engine::{Change, EngineError, Further, Participant, Sight};
use serde_json::Value;

use crate::evidence::Evidence;
use crate::golden::is_synthetic;
use crate::matching::{Fields, Matcher};
use crate::near::noted_under;
use crate::pair::{Pair, is_review, paired};
use crate::regroup::regroup;
use crate::review::reviews;
use crate::scene::{About, Scene};
use crate::settle::settle;

/// Joins the Patients of institutions to persons: by the numbers that they carry, by what somebody said about them, and
/// by the weight of everything else.
///
/// The person of a record is decided in this order: who holds its identity number; else who holds its insurance number,
/// unless that person is known to be somebody else; else whom somebody said it is; else whom it weighs enough to be;
/// else a new one. A record that belongs to two persons by these rules makes them one. When what it rested on is
/// corrected, what it joined comes apart again.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    matcher: Matcher,
}

impl Registry {
    /// With another matcher than that of the first form.
    #[must_use]
    pub fn with(matcher: Matcher) -> Registry {
        Registry { matcher }
    }

    fn decide(&self, about: About, synthetic: bool, sight: &Sight<'_>) -> Result<Vec<Further>, EngineError> {
        let subject = about.subject;
        let scene = Scene::around(about, self.matcher.clone(), sight)?;
        let grouping = regroup(&scene);
        let reviews = reviews(&scene, &grouping, subject, sight)?;
        let mut further = settle(&scene, grouping.groups, subject, synthetic);
        further.extend(reviews);
        Ok(further)
    }

    fn patient(&self, change: &Change<'_>, sight: &Sight<'_>) -> Result<Vec<Further>, EngineError> {
        let said = |patient: Option<&Value>| patient.map(|patient| (Fields::of(patient), Evidence::of(patient)));
        let (was, is) = (said(change.before), said(change.after));
        let keys = |said: &Option<(Fields, Evidence)>, patient: Option<&Value>| -> BTreeSet<i64> {
            let all = said.iter().zip(patient).flat_map(|((fields, _), patient)| noted_under(fields, patient));
            all.collect()
        };
        let (before, after) = (keys(&was, change.before), keys(&is, change.after));
        // Asked again about what is there, nothing is new but what it rests on.
        let again = change.before == change.after;
        let about = About { subject: change.subject, patient: change.after.cloned(), news: again || was != is };
        let mut further = self.decide(about, change.before.is_some_and(is_synthetic), sight)?;
        // All keys, also those of before: a record that an older program wrote is not noted yet.
        let no_longer = before.difference(&after).copied().collect();
        further.push(Further::Note { subject: change.subject, under: after.into_iter().collect(), no_longer });
        Ok(further)
    }

    /// A pair was decided on, or opened again: its records find their persons anew.
    fn task(&self, change: &Change<'_>, sight: &Sight<'_>) -> Result<Vec<Further>, EngineError> {
        let Some(pair) = Pair::named(change.id) else { return Ok(Vec::new()) };
        if !change.after.or(change.before).is_some_and(is_review) {
            let says = both!(
                "Task/{} is kept by the registry for a pair of Patients",
                "Task/{} 由主索引维护，不能直接修改",
                change.id
            );
            return Err(EngineError::Conflict(says));
        }
        let mut further: Vec<Further> = Vec::new();
        for subject in pair.both() {
            let beside = pair.beside(subject);
            further.push(Further::Note { subject: beside, under: vec![paired(subject)], no_longer: Vec::new() });
        }
        let first = change.after.or(change.before).and_then(|task| task.pointer("/for/reference")?.as_str());
        let first = first.and_then(|reference| reference.strip_prefix("Patient/"));
        let centre = match first.map(|id| sight.subject_of(id)).transpose()?.flatten() {
            Some(subject) if pair.has(subject) => subject,
            _ => pair.beside(pair.both()[0]),
        };
        further.push(Further::Again(centre));
        Ok(further)
    }
}

impl Participant for Registry {
    fn kinds(&self) -> &'static [&'static str] {
        &["Patient", "Task"]
    }

    fn follow(&self, change: &Change<'_>, sight: &Sight<'_>) -> Result<Vec<Further>, EngineError> {
        if change.kind == "Task" { self.task(change, sight) } else { self.patient(change, sight) }
    }
}
