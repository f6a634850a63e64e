//! The day of birth that a resident ends with, such that no two identity numbers are alike.

use super::household::{self, Member};
use super::identity::CODES_A_DAY;
use crate::calendar::Day;
use std::collections::HashSet;

/// Role, sex and final day of birth of resident `index`.
///
/// Residents whose indices are equal modulo [`CODES_A_DAY`] would share a number if they shared day and sex; from the
/// lowest upwards each takes the nearest earlier day that is still free. At a million residents that is a look at
/// twenty others, below 49,500 at nobody.
pub(crate) fn settled(seed: u64, today: Day, index: u64) -> Member {
    if index < CODES_A_DAY {
        return household::member(seed, today, index);
    }
    let mut taken = HashSet::new();
    let mut at = index % CODES_A_DAY;
    loop {
        let mut member = household::member(seed, today, at);
        while !taken.insert((member.birth, member.sex)) {
            member.birth = member.birth.plus(-1);
        }
        if at == index {
            return member;
        }
        at += CODES_A_DAY;
    }
}
