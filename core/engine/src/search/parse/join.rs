//! Two parameters that a composite of R4 holds together (`code` with `value-quantity`) are asked as that composite: its
//! rows answer both at once, where else every resource of that code is looked at.

use meridian_model::definitions::{CUSTOM, Kind};
use meridian_store::search::{Condition, Second};

use crate::search::ground::{Ground, Of, numbers};
use crate::search::wish::Wish;

/// Pairs of one condition.
const MOST_PAIRS: usize = 100;

pub(super) fn join(ground: &Ground<'_>, of: &[Of], wishes: &mut Vec<Wish>) {
    let [of] = of else { return };
    // A person's own rows are few: they lead, and the others are probed.
    if wishes.iter().any(|wish| matches!(wish, Wish::Refers { slots, .. } if slots.iter().any(|slot| slot.own))) {
        return;
    }
    let root = format!(":{}", of.kind);
    for composite in ground.catalogue.params(of.kind).iter().filter(|param| param.kind == Kind::Composite) {
        let [code, value] = composite.parts.as_slice() else { continue };
        if composite.paths != [root.as_str()] || ground.catalogue.building(composite).is_some() {
            continue;
        }
        // The parts must be just what the parameters are: then a resource that both find has both in one pair.
        let slot = |part: &meridian_model::definitions::Part| {
            let slots = ground.slots(&[*of], part.code).ok()?;
            slots.into_iter().next().filter(|slot| slot.param.paths == part.paths)
        };
        let (Some(code), Some(value)) = (slot(code), slot(value)) else { continue };
        let first = wishes.iter().position(|wish| {
            matches!(wish, Wish::Is(Condition::Token { params, any, .. })
                if params == &numbers(&[code]) && any.iter().all(|test| test.code.is_some()))
        });
        let second = wishes
            .iter()
            .position(|wish| matches!(wish, Wish::Is(condition) if seconds(condition, value.number).is_some()));
        let (Some(first), Some(second)) = (first, second) else { continue };
        let (Some(Wish::Is(Condition::Token { any, .. })), Some(Wish::Is(condition))) =
            (wishes.get(first), wishes.get(second))
        else {
            continue;
        };
        let others = seconds(condition, value.number).unwrap_or_default();
        if first == second || any.len() * others.len() > MOST_PAIRS {
            continue;
        }
        let pairs = any.iter().flat_map(|one| others.iter().map(|other| (one.clone(), other.clone()))).collect();
        // Its rows may be dropped by another process.
        ground.posted.set(ground.posted.get() || composite.number >= CUSTOM);
        let number = crate::write::param_number(of.code, composite);
        let pair = Wish::Is(Condition::Pair { params: vec![number], any: pairs });
        wishes.remove(first.max(second));
        wishes.remove(first.min(second));
        wishes.push(pair);
    }
}

/// The tests of a condition on this parameter alone, as halves of pairs.
fn seconds(condition: &Condition, number: u32) -> Option<Vec<Second>> {
    let own = |params: &[u32]| params == [number];
    match condition {
        Condition::Quantity { params, any } if own(params) => Some(any.iter().cloned().map(Second::Quantity).collect()),
        Condition::Token { params, any, .. } if own(params) && any.iter().all(|test| test.code.is_some()) => {
            Some(any.iter().cloned().map(Second::Token).collect())
        }
        Condition::Date { params, any } if own(params) => Some(any.iter().copied().map(Second::Date).collect()),
        _ => None,
    }
}
