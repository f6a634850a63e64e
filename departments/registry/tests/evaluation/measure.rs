//! Records with their truth, the pairs that blocking gives, and what comes of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use meridian_registry::matching::{Band, Fields, Matcher, Score, keys};
use serde_json::Value;

/// Records that share a key with more others than this are not compared by it, as in the registry.
const LARGEST_BLOCK: usize = 50;

/// Records and who each of them is.
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) fields: Vec<Fields>,
    pub(crate) truth: Vec<String>,
}

impl Set {
    pub(crate) fn of(name: &str, records: &[(Value, String)]) -> Set {
        Set {
            name: name.to_owned(),
            fields: records.iter().map(|(patient, _)| Fields::of(patient)).collect(),
            truth: records.iter().map(|(_, who)| who.clone()).collect(),
        }
    }

    /// Pairs of records that share a key.
    pub(crate) fn candidates(&self) -> Vec<(usize, usize)> {
        let mut blocks: HashMap<i64, Vec<usize>> = HashMap::new();
        for (nth, fields) in self.fields.iter().enumerate() {
            for key in keys(fields) {
                blocks.entry(key).or_default().push(nth);
            }
        }
        let mut pairs = HashSet::new();
        for block in blocks.values().filter(|block| block.len() <= LARGEST_BLOCK) {
            for (nth, a) in block.iter().enumerate() {
                pairs.extend(block[nth + 1..].iter().map(|b| (*a, *b)));
            }
        }
        let mut pairs: Vec<(usize, usize)> = pairs.into_iter().collect();
        pairs.sort_unstable();
        pairs
    }

    /// How many pairs are of one person.
    pub(crate) fn true_pairs(&self) -> usize {
        let mut of: BTreeMap<&str, usize> = BTreeMap::new();
        for who in &self.truth {
            *of.entry(who).or_default() += 1;
        }
        of.values().map(|count| count * (count - 1) / 2).sum()
    }
}

/// Right and wrong among what was said to be one person.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rates {
    pub(crate) right: usize,
    pub(crate) wrong: usize,
    pub(crate) all: usize,
}

impl Rates {
    pub(crate) fn precision(&self) -> f64 {
        if self.right + self.wrong == 0 { 1.0 } else { self.right as f64 / (self.right + self.wrong) as f64 }
    }

    pub(crate) fn recall(&self) -> f64 {
        if self.all == 0 { 1.0 } else { self.right as f64 / self.all as f64 }
    }

    pub(crate) fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) }
    }

    fn cell(&self) -> String {
        format!("{:.4} / {:.4} / {:.4}", self.precision(), self.recall(), self.f1())
    }
}

/// What a matcher makes of a set.
pub(crate) struct Result {
    pub(crate) link: Rates,
    pub(crate) review: Rates,
    pub(crate) half: Rates,
    pub(crate) best: Rates,
    pub(crate) best_at: f64,
    pub(crate) candidate_recall: f64,
    pub(crate) compared: usize,
    /// Pairs in the review band, right and wrong.
    pub(crate) reviews: usize,
    /// Mean square of probability less truth, over the compared pairs.
    pub(crate) brier: f64,
    pub(crate) scored: Vec<(usize, usize, Score, bool)>,
}

pub(crate) fn measure(set: &Set, matcher: &Matcher) -> Result {
    let all = set.true_pairs();
    let mut scored: Vec<(usize, usize, Score, bool)> = set
        .candidates()
        .into_iter()
        .map(|(a, b)| (a, b, matcher.score(&set.fields[a], &set.fields[b]), set.truth[a] == set.truth[b]))
        .collect();
    let rates = |says: &dyn Fn(&Score) -> bool| {
        let said: Vec<bool> = scored.iter().filter(|(_, _, score, _)| says(score)).map(|(.., same)| *same).collect();
        let right = said.iter().filter(|same| **same).count();
        Rates { right, wrong: said.len() - right, all }
    };
    let link = rates(&|score| matcher.band(score) == Band::Link);
    let review = rates(&|score| matcher.band(score) >= Band::Review);
    let half = rates(&|score| score.weight >= 0.0 && !score.contradicted);
    let brier = scored.iter().map(|(.., score, same)| (score.probability - f64::from(u8::from(*same))).powi(2));
    let brier = brier.sum::<f64>() / scored.len().max(1) as f64;
    let found = scored.iter().filter(|(.., same)| *same).count();
    scored.sort_by(|(.., a, _), (.., b, _)| b.weight.total_cmp(&a.weight));
    let (mut best, mut best_at, mut so_far) =
        (Rates { all, ..Rates::default() }, 0.0, Rates { all, ..Rates::default() });
    for (nth, (.., score, same)) in scored.iter().enumerate() {
        if *same {
            so_far.right += 1;
        } else {
            so_far.wrong += 1;
        }
        let last = scored.get(nth + 1).is_none_or(|(.., next, _)| next.weight < score.weight);
        if last && so_far.f1() > best.f1() {
            (best, best_at) = (so_far, score.weight);
        }
    }
    Result {
        reviews: (review.right + review.wrong) - (link.right + link.wrong),
        link,
        review,
        half,
        best,
        best_at,
        candidate_recall: found as f64 / all.max(1) as f64,
        compared: scored.len(),
        brier,
        scored,
    }
}

pub(crate) fn heading() {
    println!(
        "| set | records | true pairs | compared | candidate recall | link P / R / F1 | review P / R / F1 | p≥.5 P / R / F1 | best F1 (at) | in review | Brier |"
    );
    println!("|---|--:|--:|--:|--:|---|---|---|---|--:|--:|");
}

pub(crate) fn line(name: &str, set: &Set, result: &Result) {
    println!(
        "| {name} | {} | {} | {} | {:.4} | {} | {} | {} | {:.4} ({:.1}) | {} | {:.4} |",
        set.fields.len(),
        set.true_pairs(),
        result.compared,
        result.candidate_recall,
        result.link.cell(),
        result.review.cell(),
        result.half.cell(),
        result.best.f1(),
        result.best_at,
        result.reviews,
        result.brier,
    );
}

/// Fails when a figure falls below what it was.
pub(crate) fn floor(what: &str, figure: f64, floor: f64) {
    assert!(figure >= floor, "{what} is {figure:.4}, was {floor}");
}
