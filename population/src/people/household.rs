//! Households: blocks of 24 residents are cut into households, so that a resident finds the family without a census.
//!
//! Sizes and ages are chosen so that the district comes near the age shares of the 2020 census (0–14: 17.95 %,
//! 15–59: 63.35 %, 60 and over: 18.70 %, 65 and over: 13.50 %); the weights themselves are assumed. They hold for those
//! who are alive today: about one in thirty has died within the recorded years.

use super::casting::{self, FIRST_HOUSEHOLDS};
use super::person::{Role, Sex};
use crate::calendar::Day;
use crate::draw::{Rng, Stream, chance, normal, range, rng, weighted};

/// Residents in a block.
const BLOCK: u64 = 24;

/// Household sizes and their weights. Mean near the 2.6 of the 2020 census; the weights are assumed.
const SIZES: [(u8, f64); 5] = [(1, 0.20), (2, 0.30), (3, 0.25), (4, 0.14), (5, 0.11)];

/// Ages of people who live alone: from, to, weight.
const ALONE: [((f64, f64), f64); 4] =
    [((20.0, 35.0), 0.34), ((35.0, 60.0), 0.22), ((60.0, 75.0), 0.24), ((75.0, 92.0), 0.20)];
/// Ages of the elder of a couple without others.
const COUPLE: [((f64, f64), f64); 4] =
    [((24.0, 34.0), 0.10), ((44.0, 60.0), 0.42), ((60.0, 72.0), 0.30), ((72.0, 88.0), 0.18)];
/// Ages of the elder parent of a family.
const PARENT: [((f64, f64), f64); 4] =
    [((27.0, 33.0), 0.14), ((33.0, 42.0), 0.42), ((42.0, 52.0), 0.32), ((52.0, 64.0), 0.12)];

/// Share of pairs of children in one household who are twins. Births in China have twins in about 2 of 100 (assumed);
/// raised, so that a small region has pairs to tell apart.
pub(crate) const TWINS: f64 = 0.05;
/// Places of the two children of a household of four.
const CHILDREN: (u8, u8) = (2, 3);

/// Where resident `index` lives: the household, its place in it, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) household: u64,
    /// Index of the household's first resident.
    pub(crate) first: u64,
    pub(crate) slot: u8,
    pub(crate) size: u8,
}

/// Role, sex and day of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) role: Role,
    pub(crate) sex: Sex,
    pub(crate) birth: Day,
    /// Slot of the elder twin, for the younger.
    pub(crate) twin_of: Option<u8>,
}

/// Finds the household of a resident.
pub(crate) fn locate(seed: u64, index: u64) -> Place {
    let block = index / BLOCK;
    let mut rng = rng(seed, Stream::Block, block);
    let mut first = block * BLOCK;
    let end = first + BLOCK;
    let mut household = first;
    loop {
        let drawn = weighted(&mut rng, &SIZES, 1);
        let fixed = if block == 0 { FIRST_HOUSEHOLDS.get((household - first_of(block)) as usize) } else { None };
        let left = u8::try_from(end - first).unwrap_or(u8::MAX);
        let size = fixed.copied().unwrap_or(drawn).min(left);
        if index < first + u64::from(size) || size == 0 {
            let slot = u8::try_from(index - first).unwrap_or(0);
            return Place { household, first, slot, size };
        }
        first += u64::from(size);
        household += 1;
    }
}

const fn first_of(block: u64) -> u64 {
    block * BLOCK
}

/// What all members of a household draw from.
pub(crate) fn household_rng(seed: u64, household: u64) -> Rng {
    rng(seed, Stream::Household, household)
}

fn age_of(rng: &mut Rng, table: &[((f64, f64), f64)]) -> f64 {
    let (low, high) = weighted(rng, table, (30.0, 40.0));
    range(rng, low, high)
}

/// The ages, sexes and roles of a household by slot; the same draws for every member.
fn plan(rng: &mut Rng, size: u8) -> ([(Role, Sex, f64); 5], bool) {
    let head = if chance(rng, 0.66) { Sex::Male } else { Sex::Female };
    let elder = match size {
        1 => age_of(rng, &ALONE),
        2 => age_of(rng, &COUPLE),
        _ => age_of(rng, &PARENT),
    };
    let gap = (2.0 + 2.2 * normal(rng)).clamp(-3.0, 10.0);
    let (man, woman) = if gap > 0.0 { (elder, elder - gap) } else { (elder + gap, elder) };
    let (man, woman) = (man.max(20.5), woman.max(20.5));
    let (head_age, spouse_age) = if head == Sex::Male { (man, woman) } else { (woman, man) };
    let mut child = |latest: f64| {
        let mother_at = range(rng, 22.0, 34.0).min(woman - 0.3);
        // 111 boys to 100 girls: 2020 census, at birth
        let sex = if chance(rng, 0.527) { Sex::Male } else { Sex::Female };
        (Role::Child, sex, (woman - mother_at).clamp(0.05, latest))
    };
    let (elder_child, younger_child) = (child(38.0), child(30.0));
    let man_of_old = (Role::Grandparent, Sex::Male, (man + range(rng, 22.0, 31.0)).min(93.0));
    let woman_of_old = (Role::Grandparent, Sex::Female, (man + range(rng, 20.0, 29.0)).min(94.0));
    let alone_parent = size == 2 && elder < 58.0 && elder > 30.0 && chance(rng, 0.3);
    let grandmother_joins = chance(rng, 0.4);
    let second = if alone_parent { elder_child } else { (Role::Spouse, head.other(), spouse_age) };
    let twins = chance(rng, TWINS) && !grandmother_joins && size > CHILDREN.1;
    // two of three pairs are of one sex
    let twin_sex = if chance(rng, 0.67) { elder_child.1 } else { elder_child.1.other() };
    let fourth = match (grandmother_joins, twins) {
        (true, _) => woman_of_old,
        (false, true) => (Role::Child, twin_sex, elder_child.2),
        (false, false) => younger_child,
    };
    let fifth = if grandmother_joins { man_of_old } else { woman_of_old };
    let head_age = if size == 1 { elder } else { head_age };
    ([(Role::Head, head, head_age), second, elder_child, fourth, fifth], twins)
}

/// Role, sex and birth of resident `index`, before `birth::settled` has moved a clashing day.
pub(crate) fn member(seed: u64, today: Day, index: u64) -> Member {
    let place = locate(seed, index);
    let mut rng = household_rng(seed, place.household);
    let (plan, twins) = plan(&mut rng, place.size);
    let twin_of = (twins && place.slot == CHILDREN.1).then_some(CHILDREN.0);
    let (role, sex, age) = plan.get(usize::from(place.slot)).copied().unwrap_or((Role::Head, Sex::Male, 40.0));
    match casting::cast(index) {
        // completed years as cast: the birthday lies within the past year
        Some(cast) => {
            let since = 0.06 + 0.88 * rng.f64();
            Member { role, sex: cast.sex, birth: today.plus_years(-(f64::from(cast.age) + since)), twin_of: None }
        }
        None => Member { role, sex, birth: today.plus_years(-age), twin_of },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resident_has_one_place() {
        for seed in [1, 2, 3] {
            let mut index = 0;
            while index < 240 {
                let place = locate(seed, index);
                assert_eq!((place.first, place.slot), (index, 0), "a household begins where the last ended");
                for slot in 0..place.size {
                    let same = locate(seed, index + u64::from(slot));
                    assert_eq!((same.household, same.slot), (place.household, slot));
                }
                index += u64::from(place.size);
            }
            assert_eq!(index, 240);
        }
    }

    #[test]
    fn the_cast_have_their_ages() {
        let today = Day::of(2026, 1, 5);
        for seed in 0..50 {
            let member = member(seed, today, 0);
            assert_eq!((member.sex, member.birth.age_on(today)), (Sex::Female, 68));
        }
    }
}
