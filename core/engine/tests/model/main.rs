//! Random resources and random searches against an evaluator of FHIR R4's search page that knows no index and no SQL:
//! equal sets, equal order, equal totals, over all pages both ways, while others write.
//!
//! `MERIDIAN_MODEL_SEARCHES` says how many, `MERIDIAN_SEED` where it begins. A case that fails is told with its seed and
//! number: `MERIDIAN_MODEL_SEED=… MERIDIAN_MODEL_CASE=…` runs it alone. `MERIDIAN_MODEL_ONLY` and
//! `MERIDIAN_MODEL_WITHOUT` choose features (`chain,has,filter,…`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

mod ask;
mod asks;
mod compare;
mod compartment;
mod decimal;
mod examples;
mod fold;
mod house;
mod include;
mod judge;
mod order;
mod params;
mod path;
mod sought;
mod things;
mod time;
mod units;
mod values;
mod vocabulary;

use std::collections::BTreeMap;
use std::sync::Arc;

use ask::Ask;
use asks::{Asker, Switches};
use compare::{How, difference, tagged};
use house::House;
use judge::World;
use tokio::task::JoinSet;

/// Searches in one world.
const A_WORLD: u64 = 250;
/// How many searches go on at once.
const AT_ONCE: u64 = 4;
/// So many failures are told whole.
const TOLD: usize = 12;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn case(seed: u64, nth: u64, world: &World, switches: &Switches, busy: bool) -> Ask {
    let mut dice = fastrand::Rng::with_seed(seed ^ nth.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let ask = Asker { dice: &mut dice, world, switches }.ask();
    if busy && nth.is_multiple_of(2) { tagged(ask) } else { ask }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_searches_agree_with_the_specification() {
    let searches = number("MERIDIAN_MODEL_SEARCHES").unwrap_or(1000);
    let begin = number("MERIDIAN_SEED").unwrap_or(20_261_123);
    let (alone, only) = (number("MERIDIAN_MODEL_SEED"), number("MERIDIAN_MODEL_CASE"));
    println!("MERIDIAN_SEED={begin} MERIDIAN_MODEL_SEARCHES={searches}");
    let switches = Switches::from_env();
    let mut failed = Vec::new();
    let mut told: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut hits = 0;
    for world in 0..searches.div_ceil(A_WORLD) {
        let seed = alone.unwrap_or(begin.wrapping_mul(1000) + world);
        let range = only.map_or(0..A_WORLD.min(searches - world * A_WORLD), |nth| nth..nth + 1);
        let (wrong, met) = in_world(seed, range, &switches, world % 4 != 3).await;
        hits += met;
        for (nth, text) in wrong {
            *told.entry(if text.contains("refused:") { "refused" } else { "different" }).or_default() += 1;
            failed.push(format!("MERIDIAN_MODEL_SEED={seed} MERIDIAN_MODEL_CASE={nth}\n{text}"));
        }
        if alone.is_some() {
            break;
        }
    }
    println!("model: {} of {searches} searches differ {told:?}; {hits} found something", failed.len());
    // What is answered wrongly before what is not answered.
    failed.sort_by_key(|text| text.contains("refused:"));
    for text in failed.iter().take(TOLD) {
        println!("\n{text}");
    }
    assert!(failed.is_empty(), "{} searches differ from the specification", failed.len());
}

/// The failures of some searches in one world, and how many searches found something.
async fn in_world(
    seed: u64,
    range: std::ops::Range<u64>,
    switches: &Switches,
    busy: bool,
) -> (Vec<(u64, String)>, usize) {
    let (_folder, mut house) = house::open();
    let world = Arc::new(house.fill(seed).await);
    let writer = busy.then(|| tokio::spawn(house.clone().write_on(seed)));
    let mut running = JoinSet::new();
    for first in 0..AT_ONCE {
        let (house, world, switches, range) = (house.clone(), Arc::clone(&world), switches.clone(), range.clone());
        running.spawn(async move {
            let (mut wrong, mut met) = (Vec::new(), 0);
            for nth in range.filter(|nth| nth % AT_ONCE == first) {
                let ask = case(seed, nth, &world, &switches, busy);
                met += usize::from(!world.matches(&ask).is_empty());
                let how = How {
                    busy,
                    back: nth.is_multiple_of(3)
                        && !std::env::var("MERIDIAN_MODEL_WITHOUT").is_ok_and(|w| w.contains("previous")),
                };
                if let Some(text) = failure(&house, &world, ask, how).await {
                    wrong.push((nth, text));
                }
            }
            (wrong, met)
        });
    }
    let (mut wrong, mut met) = (Vec::new(), 0);
    while let Some(part) = running.join_next().await {
        let (more, hits) = part.unwrap();
        wrong.extend(more);
        met += hits;
    }
    if let Some(writer) = writer {
        writer.abort();
        assert!(writer.await.is_err_and(|end| end.is_cancelled()), "the writer failed");
    }
    (wrong, met)
}

/// What is wrong with a search, made as small as it can be while it is wrong.
async fn failure(house: &House, world: &World, mut ask: Ask, how: How) -> Option<String> {
    let mut text = difference(house, world, &ask, how).await?;
    'smaller: loop {
        for smaller in smaller(&ask) {
            if let Some(still) = difference(house, world, &smaller, how).await
                && still.contains("refused:") == text.contains("refused:")
            {
                (ask, text) = (smaller, still);
                continue 'smaller;
            }
        }
        return Some(format!("{}\n  {text}", ask.told()));
    }
}

/// The search with one thing less.
fn smaller(ask: &Ask) -> Vec<Ask> {
    let mut all = Vec::new();
    for nth in 0..ask.clauses.len() {
        let mut less = ask.clone();
        less.clauses.remove(nth);
        all.push(less);
    }
    for nth in 0..ask.includes.len() {
        let mut less = ask.clone();
        less.includes.remove(nth);
        all.push(less);
    }
    for nth in 0..ask.sort.len() {
        let mut less = ask.clone();
        less.sort.remove(nth);
        all.push(less);
    }
    for (nth, clause) in ask.clauses.iter().enumerate() {
        if let ask::Clause::Test { code, modifier, any } = clause {
            for out in 0..any.len() * usize::from(any.len() > 1) {
                let mut any = any.clone();
                any.remove(out);
                let mut less = ask.clone();
                less.clauses[nth] = ask::Clause::Test { code, modifier: *modifier, any };
                all.push(less);
            }
        }
    }
    all
}
