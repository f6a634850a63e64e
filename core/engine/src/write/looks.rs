//! The looks that writes are: what a condition shows or tells, and what a change of what is there had to see.

use meridian_access::Caller;
use meridian_store::{Look, Subject};

use super::ask::Entry;
use crate::sight::look;

/// Something that was there and that the caller comes to see.
pub(super) struct Kept {
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) subject: Subject,
    /// `condition`, or the word of an edit.
    pub(super) word: &'static str,
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
pub(super) fn told(caller: &Caller, entries: &[Entry]) -> Option<Look> {
    let condition = |entry: &Entry| entry.ask.condition().map(|query| format!("{}?{query}", entry.ask.kind()));
    let mut conditions: Vec<String> = entries.iter().filter_map(condition).collect();
    for resource in entries.iter().filter_map(|entry| entry.ask.resource()) {
        resource.conditions(&mut |text| conditions.push(text.to_owned()));
    }
    let mut look = look(caller, "condition", entries.first()?.ask.kind());
    look.query = conditions.join(" ");
    Some(look).filter(|look| !look.query.is_empty())
}
