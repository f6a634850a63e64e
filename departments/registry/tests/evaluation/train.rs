//! Rates of a set without its truth: `u` from pairs drawn at random, `m` by expectation maximisation.

use std::collections::HashMap;

use meridian_registry::matching::levels::ROWS;
use meridian_registry::matching::{Matcher, Score};

use crate::measure::Set;

const ROUNDS: usize = 12;
const DRAWN: u64 = 60_000;

/// A matcher with the rates that this set teaches.
pub(crate) fn trained(set: &Set) -> Matcher {
    let count = set.fields.len() as u64;
    let fixed = Matcher::default().for_size(count as u32);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % count) as usize
    };
    let mut random: HashMap<u8, f64> = HashMap::new();
    for _ in 0..DRAWN {
        let (a, b) = (draw(), draw());
        if a != b {
            tally(&fixed.score(&set.fields[a], &set.fields[b]), 1.0, &mut random);
        }
    }
    let mut rates: Vec<(f64, f64)> = ROWS.iter().map(|row| (row.m, row.u)).collect();
    blend(&random, &mut rates, |rate| &mut rate.1, |row| row.1);
    let pairs = set.candidates();
    let mut matcher = fixed.clone().with_rates(&rates);
    for _ in 0..ROUNDS {
        let mut expected: HashMap<u8, f64> = HashMap::new();
        for (a, b) in &pairs {
            let score = matcher.score(&set.fields[*a], &set.fields[*b]);
            if score.probability > 1e-4 {
                tally(&score, score.probability, &mut expected);
            }
        }
        blend(&expected, &mut rates, |rate| &mut rate.0, |row| row.0);
        matcher = fixed.clone().with_rates(&rates);
    }
    matcher
}

fn tally(score: &Score, weight: f64, into: &mut HashMap<u8, f64>) {
    for level in score.evidence.iter().filter_map(|evidence| evidence.of) {
        *into.entry(level as u8).or_default() += weight;
    }
}

/// Shares of the levels of each field, with ten pairs of what is known already, so that what was never seen is not never.
fn blend(
    counts: &HashMap<u8, f64>,
    rates: &mut [(f64, f64)],
    which: impl Fn(&mut (f64, f64)) -> &mut f64,
    known: impl Fn(&(f64, f64)) -> f64,
) {
    let default: Vec<f64> = ROWS.iter().map(|row| known(&(row.m, row.u))).collect();
    for field in ROWS.iter().map(|row| row.field).collect::<std::collections::BTreeSet<_>>() {
        let of: Vec<usize> = (0..ROWS.len()).filter(|nth| ROWS[*nth].field == field).collect();
        let count = |nth: &usize| counts.get(&(*nth as u8)).copied().unwrap_or(0.0);
        let all: f64 = of.iter().map(count).sum();
        if all < 50.0 {
            continue;
        }
        let base: f64 = of.iter().map(|nth| default[*nth]).sum();
        for nth in &of {
            *which(&mut rates[*nth]) = (count(nth) + 10.0 * default[*nth] / base) / (all + 10.0);
        }
    }
}
