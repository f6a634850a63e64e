//! Random searches give what the model gives, in its order, on pages that do not overlap while others write.

use std::collections::HashMap;

use meridian_store::search::{Condition, Scope, Search, Sort, SortBy};
use meridian_store::{Body, Index, Key, NewResource, Replacement, StoreError, Subject, TypeCode};
use proptest::prelude::*;

use super::ask::{Ask, SUBJECTS, Thing, ask, thing};
use super::model::{matches, order, sort_values};
use crate::common::{House, house, source};

struct Bench {
    house: House,
    runtime: tokio::runtime::Runtime,
    subjects: Vec<Subject>,
    /// Every case has a type of its own in the one store, which also shows that types keep apart.
    case: std::cell::Cell<TypeCode>,
}

impl Bench {
    fn new() -> Bench {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let house = house();
        let subjects = runtime.block_on(house.write(|tx| {
            let mut subjects = vec![Subject::COMMON];
            subjects.extend((1..SUBJECTS).map(|n| source(tx, &format!("p{n}"))));
            Ok(subjects)
        }));
        Bench { house, runtime, subjects, case: std::cell::Cell::new(2000) }
    }
}

std::thread_local! {
    static BENCH: Bench = Bench::new();
}

fn base(kind: TypeCode) -> u32 {
    u32::from(kind) << 8
}

/// Ids of the three forms that are kept differently.
fn id(nth: usize) -> String {
    match nth % 3 {
        0 => format!("{nth:08x}-4e5f-6071-8293-a4b5c6d7e8f9"),
        1 => format!("sixteen-long-{nth:03}"),
        _ => format!("t{nth}"),
    }
}

fn index(kind: TypeCode, index: &Index) -> Index {
    let mut index = index.clone();
    index.tokens.iter_mut().for_each(|row| row.0 += base(kind));
    index.strings.iter_mut().for_each(|row| row.0 += base(kind));
    index.dates.iter_mut().for_each(|row| row.0 += base(kind));
    index.references.iter_mut().for_each(|row| row.0 += base(kind));
    index
}

/// Makes a condition one of this type's.
fn shift(condition: &mut Condition, kind: TypeCode) {
    match condition {
        Condition::Token { param, .. }
        | Condition::Text { param, .. }
        | Condition::Exact { param, .. }
        | Condition::Reference { param, .. }
        | Condition::Date { param, .. } => *param += base(kind),
        Condition::Not(condition) => shift(condition, kind),
        Condition::Ids(_) | Condition::Updated(_) => {}
    }
}

fn search(bench: &Bench, kind: TypeCode, ask: &Ask) -> Search {
    let mut conditions = ask.conditions.clone();
    conditions.iter_mut().for_each(|condition| shift(condition, kind));
    conditions.extend(ask.ids.as_ref().map(|ids| Condition::Ids(ids.iter().copied().map(id).collect())));
    let by = |by| match by {
        SortBy::Date(param) => SortBy::Date(param + base(kind)),
        SortBy::Text(param) => SortBy::Text(param + base(kind)),
        SortBy::Token(param) => SortBy::Token(param + base(kind)),
        own => own,
    };
    let subjects = |list: &Vec<usize>| list.iter().map(|n| bench.subjects[*n]).collect::<Vec<_>>();
    Search {
        kind,
        scope: match &ask.only {
            None => Scope::All,
            Some(list) if list.is_empty() => Scope::Nothing,
            Some(list) => Scope::Only(subjects(list)),
        },
        who: ask.who.as_ref().map(subjects),
        conditions,
        main: ask.main.then(|| super::ask::MAIN + base(kind)),
        clinical: ask.clinical.then(|| super::ask::CLINICAL + base(kind)),
        sort: ask.sort.iter().map(|sort| Sort { by: by(sort.by), ..*sort }).collect(),
        after: None,
        limit: ask.limit,
    }
}

/// Writes `things` as the places from `first` on.
async fn put(bench: &Bench, kind: TypeCode, first: usize, things: Vec<Thing>) -> Vec<Key> {
    let subjects = bench.subjects.clone();
    let write = move |tx: &mut meridian_store::WriteTx<'_>| {
        let mut keys = Vec::new();
        for (nth, thing) in things.iter().enumerate() {
            let (id, body) = (id(first + nth), Body::of(b"{}"));
            let (index, subject, name) = (index(kind, &thing.index), subjects[thing.subject], "Thing");
            let new = NewResource { kind, name, id: &id, subject, at: thing.at, body: &body, index: &index };
            let key = tx.insert(&new, false)?;
            if thing.deleted {
                let at = thing.at;
                tx.replace(&Replacement { key, kind, name, id: &id, version: 2, at, old: &index, new: None })?;
            }
            keys.push(key);
        }
        Ok(keys)
    };
    bench.house.write(write).await
}

async fn check(bench: &Bench, things: Vec<Thing>, others: Vec<Thing>, ask: Ask) -> Result<(), TestCaseError> {
    let kind = bench.case.replace(bench.case.get() + 1);
    let keys = put(bench, kind, 0, things.clone()).await;
    let mut expected: Vec<_> = (things.iter().enumerate())
        .filter(|(nth, thing)| matches(&ask, *nth, thing))
        .map(|(nth, thing)| (sort_values(&ask, &id(nth), thing), keys[nth].0, id(nth)))
        .collect();
    expected.sort_by(|a, b| order(&ask, (&a.0, a.1), (&b.0, b.1)));

    let mut search = search(bench, kind, &ask);
    let store = &bench.house.store;
    let count = |search: &Search, cap| store.read(|sight| sight.count(search, cap)).unwrap();
    let full = expected.len() as u64;
    prop_assert_eq!(count(&search, None), full);
    prop_assert_eq!(count(&search, Some(1)), full.min(2));

    // The first pages as they stand, the rest while others write.
    let mut written = 0;
    let mut found: Vec<(Key, String)> = Vec::new();
    loop {
        let page = store.read(|sight| sight.search(&search)).unwrap();
        prop_assert!(page.rows.len() <= ask.limit as usize);
        prop_assert!(page.next.is_none() || page.rows.len() == ask.limit as usize);
        prop_assert!(page.rows.iter().all(|row| row.kind == kind && !row.deleted));
        found.extend(page.rows.into_iter().map(|row| (row.key, row.id)));
        prop_assert!(found.len() <= things.len() + others.len(), "the pages do not end");
        let Some(next) = page.next else { break };
        let json = serde_json::to_string(&next).unwrap();
        let back: meridian_store::search::Cursor = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&back, &next, "a cursor survives its way through a link");
        search.after = Some(back);
        if written < others.len() && written < 2 {
            put(bench, kind, things.len() + written, vec![others[written].clone()]).await;
            written += 1;
        }
    }
    let mut seen: HashMap<Key, usize> = HashMap::new();
    found.iter().for_each(|(key, _)| *seen.entry(*key).or_default() += 1);
    prop_assert!(seen.values().all(|times| *times == 1), "shown twice: {found:?}");
    let mut stood: Vec<String> = found.into_iter().filter(|(key, _)| keys.contains(key)).map(|(_, id)| id).collect();
    let mut wanted: Vec<String> = expected.into_iter().map(|(.., id)| id).collect();
    if ask.sort.is_empty() {
        stood.sort();
        wanted.sort();
    }
    if stood != wanted {
        let explained = store.read(|sight| Ok::<_, StoreError>(sight.explain(&search)?.0)).unwrap();
        prop_assert_eq!(stood, wanted, "{}", explained);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_search_gives_what_the_model_gives(
        things in proptest::collection::vec(thing(), 0..12),
        others in proptest::collection::vec(thing(), 0..3),
        ask in ask(),
    ) {
        BENCH.with(|bench| bench.runtime.block_on(check(bench, things, others, ask)))?;
    }
}
