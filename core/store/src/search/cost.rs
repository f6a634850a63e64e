//! How many candidates a condition is likely to leave, told by its kind alone: who leads must not depend on what is
//! stored, or the order of pages would change under way.

use super::{Condition, TokenTest, Via};

/// A condition that cannot lead.
pub(super) const NEVER: u64 = u64::MAX;
/// All of a type.
pub(super) const TYPE: u64 = 10_000_000;
/// Alternatives that may lead side by side.
const MOST_WAYS: usize = 32;

/// The rows of one subject at the bedside, and those of one code there.
pub(super) const RECORD: u64 = 10;
pub(super) const CODED_RECORD: u64 = 1;

const IDENTIFIER: u64 = 2;
const PLACES: u64 = 20;
const REFERENCES: u64 = 50;
const NAMES: u64 = 200;
const WORDS: u64 = 500;
const PAIRS: u64 = 2_000;
const MAIN_CODES: u64 = 10_000;
const CODES: u64 = 20_000;
const VALUES: u64 = 50_000;
const DATES: u64 = 100_000;
const CHANGES: u64 = 200_000;
const ALL_OF_A_PARAMETER: u64 = 300_000;

pub(super) fn cost(condition: &Condition, main: Option<u32>) -> u64 {
    // However long a list is, its rows are fewer than all of the type.
    let times = |each: u64, count: usize| Ord::min(each.saturating_mul(count as u64), TYPE / 2);
    match condition {
        Condition::Ids(ids) => times(1, ids.len()),
        Condition::Who(subjects) => times(RECORD, subjects.len()),
        Condition::Token { params, any, selective } if any.iter().all(is_coded) => {
            let is_main = main.is_some_and(|main| params.as_slice() == [main]);
            let each = if *selective {
                IDENTIFIER
            } else if is_main {
                MAIN_CODES
            } else {
                CODES
            };
            times(each, any.len())
        }
        Condition::Near { .. } => PLACES,
        Condition::Exact { any, .. } => times(REFERENCES, any.len()),
        Condition::Reference { any, .. } => times(REFERENCES, any.len()),
        Condition::Text { any, .. } => {
            let short = any.iter().any(|prefix| prefix.len() < 2);
            times(if short { CODES } else { NAMES }, any.len())
        }
        Condition::Words { any, .. } => times(WORDS, any.len()),
        Condition::Pair { any, .. } => {
            let coded = any.iter().all(|(first, _)| is_coded(first));
            times(if coded { PAIRS } else { VALUES }, any.len())
        }
        Condition::Number { .. } | Condition::Quantity { .. } => VALUES,
        Condition::Date { .. } => DATES,
        Condition::Updated(_) => CHANGES,
        Condition::Token { .. }
        | Condition::Contains { .. }
        | Condition::Ends { .. }
        | Condition::Order { .. }
        | Condition::Whole { .. } => ALL_OF_A_PARAMETER,
        Condition::Chain { via, targets } => {
            let each = if *via == Via::Patient { 20 } else { 10 };
            let all = targets.iter().map(|(_, conditions)| least(conditions));
            all.fold(0, u64::saturating_add).saturating_mul(each)
        }
        Condition::Has { conditions, .. } => least(conditions).saturating_mul(2),
        Condition::All(list) => list.iter().map(|condition| cost(condition, main)).min().unwrap_or(NEVER),
        Condition::Any(list) if list.len() > MOST_WAYS => NEVER,
        Condition::Any(list) => list.iter().map(|condition| cost(condition, main)).fold(0, u64::saturating_add),
        Condition::Kinds(_)
        | Condition::Present { .. }
        | Condition::Cleared(_)
        | Condition::Not(_)
        | Condition::Other(_) => NEVER,
    }
}

/// What the best of them leaves.
fn least(conditions: &[Condition]) -> u64 {
    conditions.iter().map(|condition| cost(condition, None)).min().unwrap_or(TYPE).min(TYPE)
}

fn is_coded(test: &TokenTest) -> bool {
    test.code.is_some()
}
