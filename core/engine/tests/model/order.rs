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
    Moment(i64),
    Text(String),
    Number(Decimal),
}

/// The keys of a resource, one for each of the search's.
pub(crate) fn keys(ask: &Ask, resource: &Value) -> Vec<Option<Key>> {
    ask.sort.iter().map(|(down, code)| key(resource, code, *down)).collect()
}

fn key(resource: &Value, code: &str, down: bool) -> Option<Key> {
    let found = param(kind_of(resource), code)?.values(resource);
    let keys = found.into_iter().filter_map(|one| match one {
        Found::Date((lo, _)) => Some(Key::Moment(lo)),
        Found::Text(text) => Some(Key::Text(fold(&text))),
        Found::Uri(uri) => Some(Key::Text(uri)),
        Found::Token(token) => token.code.map(Key::Text),
        Found::Number(number) => Some(Key::Number(number)),
        Found::Quantity(quantity) => {
            let known = quantity.code.as_deref().filter(|_| quantity.system.as_deref() == Some(UCUM)).and_then(unit);
            Some(Key::Number(known.map_or(quantity.value, |(_, factor)| quantity.value.times(factor))))
        }
        Found::Reference(reference) => reference.local.map(|(_, id)| Key::Text(id)),
        Found::Position(..) => None,
    });
    if down { keys.max() } else { keys.min() }
}

/// How two resources follow each other, as far as the search says.
pub(crate) fn order(ask: &Ask, a: &[Option<Key>], b: &[Option<Key>]) -> Ordering {
    for ((down, _), (a, b)) in ask.sort.iter().zip(a.iter().zip(b)) {
        let decided = match (a, b) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) if *down => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
        };
        if decided != Ordering::Equal {
            return decided;
        }
    }
    Ordering::Equal
}
