//! The looks that writes are: what a condition shows or tells, and what a change of what is there had to see.

use std::sync::{Mutex, PoisonError};

use meridian_access::Caller;
use meridian_store::{Look, Reader, Subject};

use super::ask::Entry;
use crate::search::named;
use crate::sight::look;
use crate::{Engine, EngineError};

/// Most conditions of one refused set whose persons are looked up for the audit.
const MOST_NAMING: usize = 1_000;

/// Something that was there and that the caller comes to see.
pub(super) struct Kept {
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) subject: Subject,
    /// `condition`, or the word of an edit.
    pub(super) word: &'static str,
}

/// What edits met so far: when they are refused, how far they came tells of it.
#[derive(Default)]
pub(super) struct Met(Mutex<Vec<Kept>>);

impl Met {
    pub(super) fn note(&self, kept: Kept) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
    }

    pub(super) fn take(&self) -> Vec<Kept> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The looks at what was there already: a conditional create shows it instead of what was sent, an edit with its change.
pub(super) fn shown(caller: &Caller, kept: &[Kept]) -> Vec<Look> {
    let people: Vec<_> = kept.iter().filter(|kept| kept.subject != Subject::COMMON).collect();
    let mut words: Vec<&'static str> = people.iter().map(|kept| kept.word).collect();
    words.sort_unstable();
    words.dedup();
    let one = |word: &'static str| {
        let mut all = people.iter().filter(|kept| kept.word == word).peekable();
        let mut look = look(caller, word, all.peek()?.kind);
        (look.query, look.subjects) = all.map(|kept| (format!("{}/{}", kept.kind, kept.id), kept.subject)).fold(
            (String::new(), Vec::new()),
            |(mut query, mut subjects), (name, subject)| {
                query.push_str(if query.is_empty() { "" } else { " " });
                query.push_str(&name);
                subjects.push(subject);
                (query, subjects)
            },
        );
        look.subjects.sort_unstable();
        look.subjects.dedup();
        Some(look)
    };
    words.into_iter().filter_map(one).collect()
}

/// The look of conditions whose refusal tells how many they met.
pub(super) async fn told(engine: &Engine, caller: &Caller, entries: &[Entry]) -> Option<Look> {
    let condition = |entry: &Entry| entry.ask.condition().map(|query| format!("{}?{query}", entry.ask.kind()));
    let mut conditions: Vec<String> = entries.iter().filter_map(condition).collect();
    for resource in entries.iter().filter_map(|entry| entry.ask.resource()) {
        resource.conditions(&mut |text| conditions.push(text.to_owned()));
    }
    let mut look = look(caller, "condition", entries.first()?.ask.kind());
    look.query = conditions.join(" ");
    if look.query.is_empty() {
        return None;
    }
    let (who, catalogue) = (caller.clone(), engine.catalogue());
    let work = move |reader: &Reader<'_>| {
        let parts = conditions.iter().take(MOST_NAMING).filter_map(|condition| condition.split_once('?'));
        let (mut subjects, mut missed) = (Vec::<Subject>::new(), None);
        for (kind, query) in parts {
            match named(reader, &who, &catalogue, kind, query) {
                Ok(some) => subjects.extend(some),
                Err(error) if error.is_ours() => drop(missed.get_or_insert(error)),
                Err(_) => {} // a condition that cannot be read tells nothing
            }
        }
        Ok::<_, EngineError>((subjects, missed))
    };
    let missed = match engine.store().search(work).await {
        Ok((subjects, missed)) => {
            look.subjects = subjects;
            missed
        }
        Err(error) => Some(error),
    };
    if let Some(error) = missed {
        tracing::warn!(%error, request = %caller.request, "not all whom conditions name are written down");
    }
    look.subjects.sort_unstable();
    look.subjects.dedup();
    Some(look)
}
