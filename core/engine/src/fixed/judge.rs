//! Whether a search's conditions hold for a resource that is not stored, by the rows that it would have in the store. What
//! is asked is said by the store (`meridian_store::search::Condition`); so is what each means, in SQL.

use meridian_store::search::{
    Condition, DateTest, Field, NumberTest, Op, QuantityTest, Second, SystemTest, TokenTest, Unit,
};
use meridian_store::{Amount, PairValue, Text, Token};

use super::Row;

/// Whether a condition asks about the resource itself, and not about what it points to or what points to it.
pub(crate) fn is_of_one(condition: &Condition) -> bool {
    match condition {
        Condition::Chain { .. } | Condition::Has { .. } => false,
        Condition::All(list) | Condition::Any(list) => list.iter().all(is_of_one),
        Condition::Not(condition) | Condition::Other(condition) => is_of_one(condition),
        _ => true,
    }
}

pub(crate) fn holds(row: &Row, condition: &Condition) -> bool {
    let index = &row.index;
    match condition {
        Condition::Ids(ids) => ids.contains(&row.id),
        Condition::Updated(tests) => tests.iter().any(|test| dated(test, row.at, row.at + 1)),
        Condition::Kinds(kinds) => kinds.contains(&row.kind),
        // None of them is guarded.
        Condition::Cleared(_) => true,
        Condition::Words { field, any } => worded(row, *field, any),
        Condition::Present { params, .. } => present(row, params),
        // None of them lies anywhere or belongs to anybody; the others ask about several resources.
        Condition::Near { .. } | Condition::Who(_) | Condition::Chain { .. } | Condition::Has { .. } => false,
        Condition::All(list) => list.iter().all(|condition| holds(row, condition)),
        Condition::Any(list) => list.iter().any(|condition| holds(row, condition)),
        Condition::Not(condition) => !holds(row, condition),
        Condition::Other(condition) => by_value(row, condition, true),
        Condition::Date { params, any } => {
            let mut dates = index.dates.iter().filter(|(param, ..)| params.contains(param));
            dates.any(|(_, lo, hi)| any.iter().any(|test| dated(test, *lo, *hi)))
        }
        Condition::Number { params, any } => {
            let mut numbers = index.numbers.iter().filter(|(param, _)| params.contains(param));
            numbers.any(|(_, value)| any.iter().any(|test| numbered(test, *value)))
        }
        Condition::Quantity { params, any } => {
            let mut amounts = index.quantities.iter().filter(|(param, _)| params.contains(param));
            amounts.any(|(_, value)| any.iter().any(|test| measured(test, value)))
        }
        Condition::Pair { params, any } => {
            let mut pairs = index.pairs.iter().filter(|(param, ..)| params.contains(param));
            pairs.any(|(_, first, second)| any.iter().any(|(one, other)| coded(one, first) && halved(other, second)))
        }
        _ => by_value(row, condition, false),
    }
}

/// There is a value for which it holds, or (`other`) one for which it does not.
fn by_value(row: &Row, condition: &Condition, other: bool) -> bool {
    let index = &row.index;
    let texts = |params: &[u32], test: &dyn Fn(&Text) -> bool| {
        let mut texts = index.strings.iter().filter(|(param, _)| params.contains(param));
        texts.any(|(_, text)| test(text) != other)
    };
    match condition {
        Condition::Token { params, any, .. } => {
            let mut tokens = index.tokens.iter().filter(|(param, _)| params.contains(param));
            tokens.any(|(_, token)| any.iter().any(|test| coded(test, token)) != other)
        }
        Condition::Reference { params, any } => {
            let mut references = index.references.iter().filter(|(param, ..)| params.contains(param));
            references.any(|(_, kind, id)| any.iter().any(|(of, wanted)| of == kind && wanted == id) != other)
        }
        Condition::Text { params, any } => texts(params, &|text| any.iter().any(|part| text.folded.starts_with(part))),
        Condition::Contains { params, any } => {
            texts(params, &|text| any.iter().any(|part| text.folded.contains(part.as_str())))
        }
        Condition::Ends { params, any } => texts(params, &|text| any.iter().any(|part| text.folded.ends_with(part))),
        Condition::Whole { params, any } => texts(params, &|text| any.iter().any(|whole| written(text, whole))),
        Condition::Exact { params, any } => texts(params, &|text| any.contains(&text.folded)),
        Condition::Order { params, op, text: wanted } => texts(params, &|text| match op {
            Op::Lt | Op::EndsBefore => text.folded < *wanted,
            Op::Le => text.folded <= *wanted,
            Op::Gt | Op::StartsAfter => text.folded > *wanted,
            Op::Ge => text.folded >= *wanted,
            Op::Eq | Op::Overlaps => text.folded == *wanted,
            Op::Ne => text.folded != *wanted,
        }),
        _ => false,
    }
}

/// A text as it was written is just this.
fn written(text: &Text, whole: &str) -> bool {
    text.raw.as_deref().unwrap_or(&text.folded) == whole
}

fn present(row: &Row, params: &[u32]) -> bool {
    let index = &row.index;
    let among = |param: &u32| params.contains(param);
    index.tokens.iter().any(|(param, _)| among(param))
        || index.strings.iter().any(|(param, _)| among(param))
        || index.dates.iter().any(|(param, ..)| among(param))
        || index.references.iter().any(|(param, ..)| among(param))
        || index.numbers.iter().any(|(param, _)| among(param))
        || index.quantities.iter().any(|(param, _)| among(param))
        || index.pairs.iter().any(|(param, ..)| among(param))
}

fn worded(row: &Row, field: Field, any: &[Vec<String>]) -> bool {
    let Some(item) = &row.item else { return false };
    let Ok((resource, _)) = item.resource() else { return false };
    let words = meridian_model::words::of_resource(&resource);
    let words = if field == Field::Narrative { words.narrative } else { words.content };
    any.iter().any(|all| !all.is_empty() && all.iter().all(|word| words.contains(word)))
}

fn coded(test: &TokenTest, token: &Token) -> bool {
    let system = token.system.as_deref().filter(|system| !system.is_empty());
    test.code.as_ref().is_none_or(|code| *code == token.code) && of_system(&test.system, system)
}

fn of_system(test: &SystemTest, system: Option<&str>) -> bool {
    match test {
        SystemTest::Any => true,
        SystemTest::None => system.is_none(),
        SystemTest::Uri(uri) => system == Some(uri),
    }
}

/// R4 §3.1.1.5.5, with the resource's range `[lo, hi)` and the value's `[test.lo, test.hi)`.
fn dated(test: &DateTest, lo: i64, hi: i64) -> bool {
    match test.op {
        Op::Eq => lo >= test.lo && hi <= test.hi,
        Op::Ne => lo < test.lo || hi > test.hi,
        Op::Gt => hi > test.hi,
        Op::Lt => lo < test.lo,
        Op::Ge => lo >= test.lo || hi > test.hi,
        Op::Le => hi <= test.hi || lo < test.lo,
        Op::StartsAfter => lo >= test.hi,
        Op::EndsBefore => hi <= test.lo,
        Op::Overlaps => lo < test.hi && hi > test.lo,
    }
}

fn numbered(test: &NumberTest, value: f64) -> bool {
    let is_one = test.lo.total_cmp(&test.hi).is_eq();
    match test.op {
        _ if test.lo.is_nan() || test.hi.is_nan() => false,
        Op::Eq if is_one => value.total_cmp(&test.lo).is_eq(),
        Op::Ne if is_one => value.total_cmp(&test.lo).is_ne(),
        Op::Eq => value >= test.lo && value < test.hi,
        Op::Ne => value < test.lo || value >= test.hi,
        Op::Gt | Op::StartsAfter => value > test.hi,
        Op::Lt | Op::EndsBefore => value < test.lo,
        Op::Ge => value >= test.lo,
        Op::Le => value <= test.hi,
        Op::Overlaps => value >= test.lo && value <= test.hi,
    }
}

fn measured(test: &QuantityTest, amount: &Amount) -> bool {
    match &test.unit {
        Unit::Any => numbered(&test.number, amount.value),
        Unit::Canonical { code } => match &amount.canonical {
            Some((value, unit)) => unit == code && numbered(&test.number, *value),
            None => amount.code.as_ref() == Some(code) && numbered(&test.number, amount.value),
        },
        Unit::Code { system, code } => {
            let named = *system == SystemTest::Any && amount.unit.as_ref() == Some(code);
            let is_unit = named || amount.code.as_ref() == Some(code);
            is_unit && of_system(system, amount.system.as_deref()) && numbered(&test.number, amount.value)
        }
    }
}

fn halved(test: &Second, value: &PairValue) -> bool {
    match (test, value) {
        (Second::Token(test), PairValue::Token(token)) => coded(test, token),
        (Second::Text(part), PairValue::Text(text)) => text.folded.starts_with(part),
        (Second::Whole(whole), PairValue::Text(text)) => written(text, whole),
        (Second::Date(test), PairValue::Date(lo, hi)) => dated(test, *lo, *hi),
        (Second::Number(test), PairValue::Number(value)) => numbered(test, *value),
        (Second::Quantity(test), PairValue::Quantity(amount)) => measured(test, amount),
        (Second::Span(from, to), PairValue::Span(low, high)) => numbered(from, *low) && numbered(to, *high),
        _ => false,
    }
}
