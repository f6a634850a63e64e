//! `:missing`: whether there is any value.

use meridian_model::both;
use meridian_model::definitions::Kind;
use meridian_store::TypeCode;
use meridian_store::search::{Condition, Rows};

use crate::search::fault::{Fault, shown};
use crate::search::ground::{Slot, numbers};
use crate::search::wish::Wish;

pub(super) fn read(slots: &[Slot], value: &str) -> Result<Wish, Fault> {
    Ok(if truth(value)? { Wish::not(present(slots)) } else { present(slots) })
}

/// `true` or `false`.
pub(super) fn truth(value: &str) -> Result<bool, Fault> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(Fault::wrong(both!("`{}` is neither true nor false", "`{}` 应为 true 或 false", shown(other)))),
    }
}

/// There is a value of the parameter.
pub(in crate::search) fn present(slots: &[Slot]) -> Wish {
    let tables = match slots.first().map(|slot| (slot.param.code, slot.param.kind)) {
        // Every resource has these.
        None | Some(("_id" | "_lastUpdated", _)) => return Wish::All(Vec::new()),
        Some((_, Kind::Token)) => vec![Rows::Token, Rows::Text],
        Some((_, Kind::String | Kind::Uri)) => vec![Rows::Text],
        Some((_, Kind::Reference)) => vec![Rows::Reference, Rows::Text, Rows::Token],
        Some((_, Kind::Date)) => vec![Rows::Date],
        Some((_, Kind::Number)) => vec![Rows::Number],
        Some((_, Kind::Quantity)) => vec![Rows::Quantity],
        Some((_, Kind::Composite)) => vec![Rows::Pair],
        Some((_, Kind::Special)) => vec![Rows::Place],
    };
    let (own, others): (Vec<Slot>, Vec<Slot>) = slots.iter().partition(|slot| slot.own);
    let test = |slots: &[Slot], patient| {
        Wish::Is(Condition::Present { params: numbers(slots), tables: tables.clone(), patient })
    };
    if own.is_empty() || others.is_empty() {
        return test(slots, !own.is_empty());
    }
    let kinds: Vec<TypeCode> = own.iter().map(|slot| slot.of.code).collect();
    Wish::Any(vec![Wish::All(vec![Wish::Is(Condition::Kinds(kinds)), test(&own, true)]), test(&others, false)])
}
