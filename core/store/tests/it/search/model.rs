//! What a search means, over a list in memory.

use std::cmp::Ordering;

use meridian_store::search::{
    Clearance, Condition, DateTest, Field, NumberTest, Op, QuantityTest, Rows, Second, Sort, SortBy, SystemTest,
    TokenTest, Unit, Via,
};
use meridian_store::{Amount, Index, NO_DATE, PairValue, Text, Token, Words};

use super::ask::{Ask, CLINICAL, LINK, PATIENT_CODE, PATIENT_NAME, Thing};
use super::pages::id;

/// A value to sort by; one parameter gives values of one form.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(super) enum Key {
    Number(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The Patients of all cases: code and name of each subject; the first two are one person.
pub(super) const PATIENTS: [(&str, &str); 3] = [("a", "wang"), ("b", "li"), ("a", "zhao")];

/// The subjects (of the numbers of a case) that are the same person.
pub(super) fn same_person(subject: usize) -> Vec<usize> {
    match subject {
        1 | 2 => vec![1, 2],
        other => vec![other],
    }
}

/// Whether the thing of place `nth` is asked for.
pub(super) fn matches(ask: &Ask, things: &[Thing], nth: usize) -> bool {
    let thing = &things[nth];
    let within = |list: &Option<Vec<usize>>| list.as_ref().is_none_or(|list| list.contains(&thing.subject));
    !thing.deleted
        && (ask.both || !thing.second)
        && within(&ask.who)
        && within(&ask.only)
        && ask.cleared.as_ref().is_none_or(|c| holds(&Condition::Cleared(c.clone()), things, nth))
        && ask.conditions.iter().all(|condition| holds(condition, things, nth))
}

fn rows<'i, T>(list: &'i [(u32, T)], params: &[u32]) -> impl Iterator<Item = &'i T> {
    list.iter().filter(move |(of, _)| params.contains(of)).map(|(_, value)| value)
}

pub(super) fn holds(condition: &Condition, things: &[Thing], nth: usize) -> bool {
    let thing = &things[nth];
    let index = &thing.index;
    let text = |params: &[u32], fits: &dyn Fn(&Text) -> bool| rows(&index.strings, params).any(fits);
    match condition {
        Condition::Ids(ids) => ids.contains(&id(nth)),
        Condition::Updated(any) => any.iter().any(|test| fits(*test, thing.at, thing.at + 1)),
        Condition::Kinds(_) => unreachable!("not asked"),
        Condition::Token { params, any, .. } => {
            rows(&index.tokens, params).any(|token| any.iter().any(|test| says(test, token)))
        }
        Condition::Text { params, any } => text(params, &|text| any.iter().any(|p| text.folded.starts_with(p))),
        Condition::Contains { params, any } => text(params, &|text| any.iter().any(|p| text.folded.contains(p))),
        Condition::Ends { params, any } => text(params, &|text| any.iter().any(|p| text.folded.ends_with(p))),
        Condition::Whole { params, any } => text(params, &|text| any.contains(written(text))),
        Condition::Exact { params, any } => text(params, &|text| any.contains(&text.folded)),
        Condition::Order { params, op, text: than } => text(params, &|text| ordered(*op, &text.folded, than)),
        Condition::Reference { params, any } => {
            index.references.iter().any(|(of, kind, id)| params.contains(of) && any.contains(&(*kind, id.clone())))
        }
        Condition::Date { params, any } => {
            index.dates.iter().any(|(of, lo, hi)| params.contains(of) && any.iter().any(|test| fits(*test, *lo, *hi)))
        }
        Condition::Number { params, any } => {
            rows(&index.numbers, params).any(|value| any.iter().any(|test| compared(*test, *value)))
        }
        Condition::Quantity { params, any } => {
            rows(&index.quantities, params).any(|amount| any.iter().any(|test| measured(test, amount)))
        }
        Condition::Pair { params, any } => (index.pairs.iter()).any(|(of, first, second)| {
            params.contains(of) && any.iter().any(|(test, other)| says(test, first) && seconds(other, second))
        }),
        Condition::Words { field, any } => any.iter().any(|all| worded(*field, all, &index.words)),
        Condition::Near { x, y, z, least } => index.places.iter().any(|place| dot(*place, [*x, *y, *z]) >= *least),
        Condition::Present { params, tables, patient } => {
            (*patient && thing.subject > 0) || tables.iter().any(|table| present(*table, params, thing))
        }
        Condition::Who(subjects) => subjects.iter().any(|subject| subject.0 == thing.subject as i64),
        Condition::Cleared(Clearance { institution, own, others }) => index.guard.as_ref().is_none_or(|guard| {
            let highest = if guard.keeper == *institution { own } else { others };
            guard.level <= *highest
        }),
        Condition::Chain { via: Via::Patient, targets } => {
            let of = |subject: usize| subject > 0 && targets.iter().any(|(_, all)| is_patient(subject, all));
            same_person(thing.subject).into_iter().any(of)
        }
        Condition::Chain { via: Via::Reference(_), targets } => thing.points.iter().any(|to| {
            let there = things.get(*to).is_some_and(|to| !to.deleted && to.second == thing.second);
            there && targets.iter().any(|(_, all)| all.iter().all(|condition| holds(condition, things, *to)))
        }),
        Condition::Has { conditions, .. } => things.iter().enumerate().any(|(from, other)| {
            let points = !other.deleted && other.second == thing.second && other.points.contains(&nth);
            points && conditions.iter().all(|condition| holds(condition, things, from))
        }),
        Condition::All(list) => list.iter().all(|condition| holds(condition, things, nth)),
        Condition::Any(list) => list.iter().any(|condition| holds(condition, things, nth)),
        Condition::Not(condition) => !holds(condition, things, nth),
        Condition::Other(condition) => other(condition, index),
    }
}

/// Some row does not fit: asked of each row as if it were alone.
fn other(condition: &Condition, index: &Index) -> bool {
    let alone = |index: Index| {
        let thing = Thing { subject: 0, second: false, at: 0, index, points: Vec::new(), deleted: false };
        !holds(condition, &[thing], 0)
    };
    match condition {
        Condition::Token { params, .. } => (index.tokens.iter().filter(|row| params.contains(&row.0)))
            .any(|row| alone(Index { tokens: vec![row.clone()], ..Index::default() })),
        Condition::Reference { params, .. } => (index.references.iter().filter(|row| params.contains(&row.0)))
            .any(|row| alone(Index { references: vec![row.clone()], ..Index::default() })),
        Condition::Text { params, .. }
        | Condition::Exact { params, .. }
        | Condition::Contains { params, .. }
        | Condition::Ends { params, .. }
        | Condition::Whole { params, .. }
        | Condition::Order { params, .. } => (index.strings.iter().filter(|row| params.contains(&row.0)))
            .any(|row| alone(Index { strings: vec![row.clone()], ..Index::default() })),
        other => unreachable!("{other:?}"),
    }
}

fn is_patient(subject: usize, conditions: &[Condition]) -> bool {
    let (code, name) = PATIENTS[subject - 1];
    conditions.iter().all(|condition| match condition {
        Condition::Token { params, any, .. } => {
            params == &[PATIENT_CODE] && any.iter().any(|test| test.code.as_deref() == Some(code))
        }
        Condition::Text { params, any } => params == &[PATIENT_NAME] && any.iter().any(|p| name.starts_with(p)),
        other => unreachable!("{other:?}"),
    })
}

fn written(text: &Text) -> &String {
    text.raw.as_ref().unwrap_or(&text.folded)
}

fn ordered(op: Op, a: &str, b: &str) -> bool {
    match op {
        Op::Lt | Op::EndsBefore => a < b,
        Op::Le => a <= b,
        Op::Gt | Op::StartsAfter => a > b,
        Op::Ge => a >= b,
        Op::Eq | Op::Overlaps => a == b,
        Op::Ne => a != b,
    }
}

fn worded(field: Field, all: &[String], words: &Words) -> bool {
    let list = if field == Field::Narrative { &words.narrative } else { &words.content };
    !all.is_empty() && all.iter().all(|word| list.contains(word))
}

fn present(table: Rows, params: &[u32], thing: &Thing) -> bool {
    let (index, has) = (&thing.index, |of: &u32| params.contains(of));
    match table {
        Rows::Token => index.tokens.iter().any(|row| has(&row.0)),
        Rows::Text => index.strings.iter().any(|row| has(&row.0)),
        Rows::Reference => index.references.iter().any(|row| has(&row.0)) || (has(&LINK) && !thing.points.is_empty()),
        Rows::Date => index.dates.iter().any(|row| has(&row.0)),
        Rows::Number => index.numbers.iter().any(|row| has(&row.0)),
        Rows::Quantity => index.quantities.iter().any(|row| has(&row.0)),
        Rows::Pair => index.pairs.iter().any(|row| has(&row.0)),
        Rows::Place => !index.places.is_empty(),
        Rows::Words => !index.words.narrative.is_empty() || !index.words.content.is_empty(),
    }
}

fn seconds(test: &Second, value: &PairValue) -> bool {
    match (test, value) {
        (Second::Token(test), PairValue::Token(token)) => says(test, token),
        (Second::Text(prefix), PairValue::Text(text)) => text.folded.starts_with(prefix),
        (Second::Whole(whole), PairValue::Text(text)) => whole == written(text),
        (Second::Date(test), PairValue::Date(lo, hi)) => fits(*test, *lo, *hi),
        (Second::Number(test), PairValue::Number(value)) => compared(*test, *value),
        (Second::Quantity(test), PairValue::Quantity(amount)) => measured(test, amount),
        (Second::Span(from, to), PairValue::Span(a, b)) => compared(*from, *a) && compared(*to, *b),
        _ => unreachable!("one parameter has halves of one kind"),
    }
}

#[allow(clippy::float_cmp)]
fn compared(test: NumberTest, value: f64) -> bool {
    let inside = if test.lo == test.hi { value == test.lo } else { value >= test.lo && value < test.hi };
    match test.op {
        Op::Eq => inside,
        Op::Ne => !inside,
        Op::Gt | Op::StartsAfter => value > test.hi,
        Op::Lt | Op::EndsBefore => value < test.lo,
        Op::Ge => value >= test.lo,
        Op::Le => value <= test.hi,
        Op::Overlaps => value >= test.lo && value <= test.hi,
    }
}

fn measured(test: &QuantityTest, amount: &Amount) -> bool {
    match &test.unit {
        Unit::Any => compared(test.number, amount.value),
        Unit::Canonical { code } => {
            // Without a canonical unit its own stands for it.
            let own = || (amount.value, amount.code.clone().unwrap_or_default());
            let (value, unit) = amount.canonical.clone().unwrap_or_else(own);
            unit == *code && compared(test.number, value)
        }
        Unit::Code { system, code } => {
            let coded = amount.code.as_ref().is_some_and(|own| own == code);
            let unit = match system {
                SystemTest::Any => coded || amount.unit.as_ref().is_some_and(|own| own == code),
                SystemTest::None => coded && amount.system.is_none(),
                SystemTest::Uri(uri) => coded && amount.system.as_ref() == Some(uri),
            };
            unit && compared(test.number, amount.value)
        }
    }
}

pub(super) fn dot(place: [f64; 3], of: [f64; 3]) -> f64 {
    place[0] * of[0] + place[1] * of[1] + place[2] * of[2]
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
        Op::Eq => inside,
        Op::Ne => !inside,
        Op::Gt => hi > test.hi,
        Op::Lt => lo < test.lo,
        Op::Ge => inside || hi > test.hi,
        Op::Le => inside || lo < test.lo,
        Op::StartsAfter => lo >= test.hi,
        Op::EndsBefore => hi <= test.lo,
        Op::Overlaps => lo < test.hi && hi > test.lo,
    }
}

/// The values that a thing is sorted by: the least going up, the greatest going down, none behind all others.
pub(super) fn sort_values(ask: &Ask, id: &str, thing: &Thing) -> Vec<Key> {
    ask.sort.iter().map(|sort| sort_value(ask, *sort, id, thing)).collect()
}

fn sort_value(ask: &Ask, sort: Sort, id: &str, thing: &Thing) -> Key {
    let (index, down) = (&thing.index, sort.descending);
    let text = |value: Option<String>| {
        Key::Text(value.unwrap_or_else(|| if down { String::new() } else { "\u{10FFFF}".to_owned() }))
    };
    let real = |values: Vec<f64>| {
        let values = values.into_iter().map(|value| if down { value } else { -value });
        let best = values.fold(f64::NEG_INFINITY, f64::max);
        Key::Real(if down { best } else { -best })
    };
    let bytes = |value: Option<Vec<u8>>| Key::Bytes(value.unwrap_or(if down { vec![] } else { vec![255; 17] }));
    match sort.by {
        SortBy::Id => Key::Bytes(packed(id)),
        SortBy::Updated => Key::Number(thing.at),
        SortBy::Date(CLINICAL) if ask.clinical => match index.date {
            None => Key::Number(if down { NO_DATE } else { i64::MAX }),
            Some((lo, _)) => Key::Number(lo),
        },
        SortBy::Date(param) => {
            let values = index.dates.iter().filter(|(of, ..)| *of == param).map(|(_, lo, _)| *lo);
            Key::Number(pick(values, down).unwrap_or(if down { i64::MIN } else { i64::MAX }))
        }
        SortBy::Text(param) => text(pick(rows(&index.strings, &[param]).map(|text| text.folded.clone()), down)),
        SortBy::Token(param) => text(pick(rows(&index.tokens, &[param]).map(|token| token.code.clone()), down)),
        SortBy::Number(param) => real(rows(&index.numbers, &[param]).copied().collect()),
        SortBy::Quantity(param) => {
            let params = [param];
            let values = rows(&index.quantities, &params);
            real(values.map(|amount| amount.canonical.as_ref().map_or(amount.value, |(value, _)| *value)).collect())
        }
        SortBy::Reference(param) => {
            bytes(pick(index.references.iter().filter(|row| row.0 == param).map(|row| packed(&row.2)), down))
        }
        SortBy::Patient(_) => bytes((thing.subject > 0).then(|| packed(&format!("p{}", thing.subject)))),
        SortBy::Distance { x, y, z } => real(index.places.iter().map(|place| -dot(*place, [x, y, z])).collect()),
    }
}

fn pick<T: Ord>(values: impl Iterator<Item = T>, descending: bool) -> Option<T> {
    if descending { values.max() } else { values.min() }
}

/// How two things of one search follow each other; `number` is the store's own, which decides last.
pub(super) fn order(ask: &Ask, a: (&[Key], i64), b: (&[Key], i64)) -> Ordering {
    let turned = |descending: bool, order: Ordering| if descending { order.reverse() } else { order };
    for (sort, (a, b)) in ask.sort.iter().zip(a.0.iter().zip(b.0)) {
        match turned(sort.descending, a.partial_cmp(b).unwrap()) {
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
