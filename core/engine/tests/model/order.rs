//! The order that `_sort` asks for. Of several values the one that comes first in that order counts; what has no value
//! comes last, whichever way.

use std::cmp::Ordering;

use serde_json::Value;

use crate::ask::Ask;
use crate::decimal::Decimal;
use crate::fold::fold;
use crate::judge::kind_of;
use crate::params::param;
use crate::units::{UCUM, unit};
use crate::values::Found;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Unknown,
    Moment(i64),
    Text(String),
    Number(Decimal),
    /// Amounts are told apart by what is measured: how milligrams and minutes follow each other is nobody's matter.
    Amount(Option<&'static str>, Decimal),
}

/// The keys of a resource, one for each of the search's.
pub(crate) fn keys(ask: &Ask, resource: &Value) -> Vec<Option<Key>> {
    ask.sort.iter().map(|(down, code)| key(resource, code, *down)).collect()
}

fn key(resource: &Value, code: &str, down: bool) -> Option<Key> {
    let found = param(kind_of(resource), code)?.values(resource);
    let what: Vec<_> = found.iter().filter_map(measured).collect();
    if what.windows(2).any(|pair| pair[0].0 != pair[1].0) {
        return Some(Key::Unknown);
    }
    let keys = found.into_iter().filter_map(|one| match one {
        Found::Date((lo, _)) => Some(Key::Moment(lo)),
        Found::Text(text) => Some(Key::Text(fold(&text))),
        Found::Uri(uri) => Some(Key::Text(uri)),
        // As it is written comes first: capitals stand before small letters.
        Found::Token(token) if token.any_case && down => token.code.map(|code| Key::Text(code.to_lowercase())),
        Found::Token(token) => token.code.map(Key::Text),
        Found::Number(number) => Some(Key::Number(number)),
        Found::Quantity(quantity) => {
            measured(&Found::Quantity(quantity)).map(|(what, amount)| Key::Amount(what, amount))
        }
        // Whose record it is: what belongs to no Patient has no place among them.
        Found::Reference(reference) if matches!(code, "subject" | "patient") => {
            reference.local.filter(|(kind, _)| kind == "Patient").map(|(_, id)| Key::Text(id))
        }
        Found::Reference(reference) => reference.local.map(|(_, id)| Key::Text(id)),
        Found::Position(..) => None,
    });
    if down { keys.max() } else { keys.min() }
}

fn measured(found: &Found) -> Option<(Option<&'static str>, Decimal)> {
    let Found::Quantity(quantity) = found else { return None };
    let known = quantity.code.as_deref().filter(|_| quantity.system.as_deref() == Some(UCUM)).and_then(unit);
    Some(known.map_or((None, quantity.value), |(what, factor)| (Some(what), quantity.value.times(factor))))
}

/// How two resources follow each other, as far as the search says.
pub(crate) fn order(ask: &Ask, a: &[Option<Key>], b: &[Option<Key>]) -> Ordering {
    for ((down, _), (a, b)) in ask.sort.iter().zip(a.iter().zip(b)) {
        let decided = match (a, b) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(Key::Unknown), _) | (_, Some(Key::Unknown)) => return Ordering::Equal,
            (Some(Key::Amount(a, _)), Some(Key::Amount(b, _))) if a != b => return Ordering::Equal,
            (Some(a), Some(b)) if *down => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
        };
        if decided != Ordering::Equal {
            return decided;
        }
    }
    Ordering::Equal
}
