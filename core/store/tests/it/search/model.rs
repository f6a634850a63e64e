//! What a search means, over a list in memory.

use std::cmp::Ordering;

use meridian_store::search::{Condition, DateOp, DateTest, Sort, SortBy, SystemTest, TokenTest};
use meridian_store::{NO_DATE, Token};

use super::ask::{Ask, CLINICAL, Thing};

/// A value to sort by; one parameter gives values of one form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// Whether `thing`, whose logical id is the one of place `nth`, is asked for.
pub(super) fn matches(ask: &Ask, nth: usize, thing: &Thing) -> bool {
    let within = |list: &Option<Vec<usize>>| list.as_ref().is_none_or(|list| list.contains(&thing.subject));
    !thing.deleted
        && within(&ask.who)
        && within(&ask.only)
        && ask.ids.as_ref().is_none_or(|ids| ids.contains(&nth))
        && ask.conditions.iter().all(|condition| holds(condition, thing))
}

fn holds(condition: &Condition, thing: &Thing) -> bool {
    let index = &thing.index;
    match condition {
        Condition::Ids(_) => unreachable!("asked by place"),
        Condition::Updated(any) => any.iter().any(|test| fits(*test, thing.at, thing.at + 1)),
        Condition::Token { param, any, .. } => {
            index.tokens.iter().any(|(of, token)| of == param && any.iter().any(|test| says(test, token)))
        }
        Condition::Text { param, any } => {
            index.strings.iter().any(|(of, text)| of == param && any.iter().any(|prefix| text.starts_with(prefix)))
        }
        Condition::Exact { param, any } => index.strings.iter().any(|(of, text)| of == param && any.contains(text)),
        Condition::Reference { param, any } => {
            index.references.iter().any(|(of, kind, id)| of == param && any.contains(&(*kind, id.clone())))
        }
        Condition::Date { param, any } => {
            index.dates.iter().any(|(of, lo, hi)| of == param && any.iter().any(|test| fits(*test, *lo, *hi)))
        }
        Condition::Not(condition) => !holds(condition, thing),
    }
}

fn says(test: &TokenTest, token: &Token) -> bool {
    let system = match &test.system {
        SystemTest::Any => true,
        SystemTest::None => token.system.is_none(),
        SystemTest::Uri(uri) if uri.is_empty() => token.system.is_none(),
        SystemTest::Uri(uri) => token.system.as_ref() == Some(uri),
    };
    system && test.code.as_ref().is_none_or(|code| *code == token.code)
}

/// FHIR R4 §3.1.1.5.5, told for the resource's range `[lo, hi)`.
pub(super) fn fits(test: DateTest, lo: i64, hi: i64) -> bool {
    let inside = lo >= test.lo && hi <= test.hi;
    match test.op {
        DateOp::Eq => inside,
        DateOp::Ne => !inside,
        DateOp::Gt => hi > test.hi,
        DateOp::Lt => lo < test.lo,
        DateOp::Ge => inside || hi > test.hi,
        DateOp::Le => inside || lo < test.lo,
        DateOp::StartsAfter => lo >= test.hi,
        DateOp::EndsBefore => hi <= test.lo,
        DateOp::Overlaps => lo < test.hi && hi > test.lo,
    }
}

/// The values that a thing is sorted by: the least going up, the greatest going down, none behind all others. (The
/// clinical date is kept for every resource: one that has none has `NO_DATE`.)
pub(super) fn sort_values(ask: &Ask, id: &str, thing: &Thing) -> Vec<Key> {
    ask.sort.iter().map(|sort| sort_value(ask, *sort, id, thing)).collect()
}

fn sort_value(ask: &Ask, sort: Sort, id: &str, thing: &Thing) -> Key {
    let index = &thing.index;
    match sort.by {
        SortBy::Id => Key::Bytes(packed(id)),
        SortBy::Updated => Key::Number(thing.at),
        SortBy::Date(CLINICAL) if ask.clinical => Key::Number(match index.date {
            None => NO_DATE,
            Some((NO_DATE, _)) => NO_DATE + 1,
            Some((lo, _)) => lo,
        }),
        SortBy::Date(param) => {
            let values = index.dates.iter().filter(|(of, ..)| *of == param).map(|(_, lo, _)| *lo);
            let missing = if sort.descending { i64::MIN } else { i64::MAX };
            Key::Number(pick(values, sort.descending).unwrap_or(missing))
        }
        SortBy::Text(param) => {
            let values = index.strings.iter().filter(|(of, _)| *of == param).map(|(_, text)| text.clone());
            Key::Text(pick(values, sort.descending).unwrap_or_else(|| missing_text(sort)))
        }
        SortBy::Token(param) => {
            let values = index.tokens.iter().filter(|(of, _)| *of == param).map(|(_, token)| token.code.clone());
            Key::Text(pick(values, sort.descending).unwrap_or_else(|| missing_text(sort)))
        }
    }
}

fn pick<T: Ord>(values: impl Iterator<Item = T>, descending: bool) -> Option<T> {
    if descending { values.max() } else { values.min() }
}

fn missing_text(sort: Sort) -> String {
    if sort.descending { String::new() } else { "\u{10FFFF}".to_owned() }
}

/// How two things of one search follow each other; `number` is the store's own, which decides last.
pub(super) fn order(ask: &Ask, a: (&[Key], i64), b: (&[Key], i64)) -> Ordering {
    let turned = |descending: bool, order: Ordering| if descending { order.reverse() } else { order };
    for (sort, (a, b)) in ask.sort.iter().zip(a.0.iter().zip(b.0)) {
        match turned(sort.descending, a.cmp(b)) {
            Ordering::Equal => {}
            decided => return decided,
        }
    }
    turned(ask.sort.first().is_some_and(|first| first.descending), a.1.cmp(&b.1))
}

/// An id in the order that the store keeps: a UUID by its sixteen bytes, sixteen letters behind a zero, other text as it is.
fn packed(id: &str) -> Vec<u8> {
    match id.len() {
        36 => hex::decode(id.replace('-', "")).unwrap(),
        16 => [&[0], id.as_bytes()].concat(),
        _ => id.as_bytes().to_vec(),
    }
}
