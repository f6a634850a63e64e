//! The order in which a search wants resources: as the store has it, so that both can be merged. What has no value comes
//! last, whichever way.

use std::cmp::Ordering;

use meridian_store::search::{Sort, SortBy};

use super::Row;

/// Which of two comes first.
pub(crate) fn compare(one: &Row, other: &Row, sorts: &[Sort]) -> Ordering {
    let by_keys = sorts.iter().map(|sort| {
        let (one, other) = (value(one, sort), value(other, sort));
        match (one, other) {
            (Some(one), Some(other)) if sort.descending => other.compare(&one),
            (Some(one), Some(other)) => one.compare(&other),
            (one, other) => one.is_none().cmp(&other.is_none()),
        }
    });
    by_keys.fold(Ordering::Equal, Ordering::then)
}

#[derive(Clone, Copy)]
enum Value<'r> {
    Text(&'r str),
    Moment(i64),
    Number(f64),
}

impl Value<'_> {
    fn compare(&self, other: &Value<'_>) -> Ordering {
        match (self, other) {
            (Value::Text(one), Value::Text(other)) => one.cmp(other),
            (Value::Moment(one), Value::Moment(other)) => one.cmp(other),
            (Value::Number(one), Value::Number(other)) => one.total_cmp(other),
            _ => Ordering::Equal,
        }
    }
}

/// Of several values the least counts going up, the greatest going down.
fn value<'r>(row: &'r Row, sort: &Sort) -> Option<Value<'r>> {
    let best = |values: &mut dyn Iterator<Item = Value<'r>>| {
        if sort.descending { values.max_by(Value::compare) } else { values.min_by(Value::compare) }
    };
    let index = &row.index;
    match sort.by {
        SortBy::Id => Some(Value::Text(&row.id)),
        SortBy::Updated => Some(Value::Moment(row.at)),
        SortBy::Date(wanted) => {
            best(&mut index.dates.iter().filter(|(param, ..)| *param == wanted).map(|(_, lo, _)| Value::Moment(*lo)))
        }
        SortBy::Text(wanted) => best(
            &mut index.strings.iter().filter(|(param, _)| *param == wanted).map(|(_, text)| Value::Text(&text.folded)),
        ),
        SortBy::Token(wanted) => best(
            &mut index.tokens.iter().filter(|(param, _)| *param == wanted).map(|(_, token)| Value::Text(&token.code)),
        ),
        SortBy::Number(wanted) => best(
            &mut index.numbers.iter().filter(|(param, _)| *param == wanted).map(|(_, value)| Value::Number(*value)),
        ),
        SortBy::Quantity(wanted) => {
            best(
                &mut index.quantities.iter().filter(|(param, _)| *param == wanted).map(|(_, amount)| {
                    Value::Number(amount.canonical.as_ref().map_or(amount.value, |(value, _)| *value))
                }),
            )
        }
        SortBy::Reference(wanted) => {
            best(&mut index.references.iter().filter(|(param, ..)| *param == wanted).map(|(.., id)| Value::Text(id)))
        }
        SortBy::Patient(_) | SortBy::Distance { .. } => None,
    }
}
