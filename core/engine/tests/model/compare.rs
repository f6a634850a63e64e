//! A search through the engine, all pages forth and back, beside what the model says of it.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::ask::{Ask, Clause, Modifier, System, Want};
use crate::house::{House, NOISE, STABLE};
use crate::include::included;
use crate::judge::{World, name_of};
use crate::order::{keys, order};

/// How a search is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    /// Others write meanwhile: what they wrote is left out, and only what is tagged can be counted.
    pub(crate) busy: bool,
    /// The previous links are followed too.
    pub(crate) back: bool,
}

/// The search with the tag that leaves out what others write.
pub(crate) fn tagged(mut ask: Ask) -> Ask {
    let want = Want::Token(System::Is(STABLE.0.into()), Some(STABLE.1.into()));
    ask.clauses.push(Clause::Test { code: "_tag", modifier: Modifier::None, any: vec![want] });
    ask
}

fn is_tagged(ask: &Ask) -> bool {
    let tag = ("_tag".to_owned(), format!("{}|{}", STABLE.0, STABLE.1));
    ask.clauses.iter().any(|clause| clause.pair() == tag)
}

fn ours(name: &str) -> bool {
    !name.split('/').nth(1).is_some_and(|id| id.starts_with(NOISE))
}

/// What is wrong, told for a person; `None` if nothing is.
pub(crate) async fn difference(house: &House, world: &World, ask: &Ask, how: How) -> Option<String> {
    let expected: Vec<&Value> = world.matches(ask);
    let mut request = House::first(ask);
    let mut pages = Vec::new();
    loop {
        let page = match house.page(&request).await {
            Ok(page) => page,
            Err(error) => return Some(format!("refused: {}", told(&error))),
        };
        let next = page.next.clone();
        pages.push(page);
        match next {
            Some(next) if pages.len() < 400 => request = next,
            Some(_) => return Some("the pages have no end".into()),
            None => break,
        }
    }
    let found: Vec<String> = pages.iter().flat_map(|page| page.matches.iter().filter(|n| ours(n)).cloned()).collect();
    if let Some(wrong) = sets(world, &expected, &found).or_else(|| ordered(world, ask, &found)) {
        return Some(wrong);
    }
    if !how.busy || is_tagged(ask) {
        let totals: Vec<Option<u64>> = pages.iter().map(|page| page.total).collect();
        let right = expected.len() as u64;
        let wrong =
            totals.iter().any(|total| total.is_some_and(|total| total != right) || ask.accurate && total.is_none());
        if wrong {
            return Some(format!("totals {totals:?} where there are {right}"));
        }
    }
    for page in &pages {
        let matches: Vec<&Value> = page.matches.iter().filter_map(|name| world.get(name)).collect();
        let right = included(world, ask, &matches);
        let got: BTreeSet<String> = page.included.iter().filter(|name| ours(name)).cloned().collect();
        if right != got {
            let missing: Vec<_> = right.difference(&got).collect();
            let more: Vec<_> = got.difference(&right).collect();
            return Some(format!(
                "with the matches {:?} not included: {missing:?}, included too: {more:?}",
                page.matches
            ));
        }
    }
    if how.back { back(house, &pages, &found).await } else { None }
}

/// From the last page back to the first: the same, turned.
async fn back(house: &House, pages: &[crate::house::Page], found: &[String]) -> Option<String> {
    let last = pages.last()?;
    if last.matches.is_empty() {
        // What stood on it has gone meanwhile; there is nothing on it to go back from.
        return None;
    }
    let mut turned: Vec<Vec<String>> = vec![last.matches.clone()];
    let mut request = last.previous.clone();
    if pages.len() > 1 && request.is_none() {
        return Some(format!("the last of {} pages has no previous link", pages.len()));
    }
    while let Some(asked) = request {
        match house.page(&asked).await {
            Ok(page) => {
                request = page.previous.clone();
                turned.push(page.matches);
            }
            Err(error) => return Some(format!("going back is refused: {}", told(&error))),
        }
        if turned.len() > 400 {
            return Some("the way back has no end".into());
        }
    }
    let again: Vec<String> = turned.into_iter().rev().flatten().filter(|name| ours(name)).collect();
    (again != found).then(|| format!("going back shows {again:?}\n  going forth {found:?}"))
}

fn told(error: &meridian_engine::EngineError) -> String {
    let issues = error.issues();
    issues.iter().map(|issue| format!("{:?} ", issue.diagnostics)).collect::<String>() + &error.to_string()
}

fn sets(world: &World, expected: &[&Value], found: &[String]) -> Option<String> {
    let right: BTreeSet<String> = expected.iter().map(|resource| name_of(resource)).collect();
    let got: BTreeSet<String> = found.iter().cloned().collect();
    if got.len() != found.len() {
        let twice: Vec<_> =
            found.iter().filter(|name| found.iter().filter(|other| other == name).count() > 1).collect();
        return Some(format!("shown more than once: {twice:?}"));
    }
    if right == got {
        return None;
    }
    let mut text = format!("{} right, {} found", right.len(), got.len());
    for (what, names) in [("not found", right.difference(&got)), ("found too", got.difference(&right))] {
        for (nth, name) in names.enumerate() {
            let _ = match world.get(name).filter(|_| nth < 2) {
                Some(resource) => write!(text, "\n  {what}: {resource}"),
                None => write!(text, "\n  {what}: {name}"),
            };
        }
    }
    Some(text)
}

fn ordered(world: &World, ask: &Ask, found: &[String]) -> Option<String> {
    let keyed: Vec<_> = found.iter().filter_map(|name| Some((name, keys(ask, world.get(name)?)))).collect();
    let wrong = keyed.windows(2).find(|pair| order(ask, &pair[0].1, &pair[1].1) == Ordering::Greater)?;
    Some(format!("{} {:?}\n  stands before {} {:?}", wrong[0].0, wrong[0].1, wrong[1].0, wrong[1].1))
}
