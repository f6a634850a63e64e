//! Random searches give what the model gives, in its order, on pages that do not overlap while others write, forward
//! and back.

use std::collections::HashMap;

use meridian_store::search::{Condition, Cursor, Page, Scope, Search, Sort, SortBy, Start, Via};
use meridian_store::{Body, Index, Key, NewResource, Replacement, StoreError, Subject, Text, Token, TypeCode};
use proptest::prelude::*;

use super::all;
use super::ask::{Ask, LINK, OWN, PATIENT_CODE, PATIENT_NAME, SUBJECTS, Thing, ask, condition, thing};
use super::model::{PATIENTS, holds, matches, order, same_person, sort_values};
use crate::common::{House, PATIENT, house, source};

struct Bench {
    house: House,
    runtime: tokio::runtime::Runtime,
    subjects: Vec<Subject>,
    /// Every case has two types of its own in the one store, which also shows that types keep apart.
    case: std::cell::Cell<TypeCode>,
}

impl Bench {
    fn new() -> Bench {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let house = house();
        let subjects = runtime.block_on(house.write(|tx| {
            let mut subjects = vec![Subject::COMMON];
            for nth in 1..SUBJECTS {
                let id = format!("p{nth}");
                let (subject, (code, name)) = (source(tx, &id), PATIENTS[nth - 1]);
                let index = Index {
                    tokens: vec![(PATIENT_CODE, Token { system: None, code: code.to_owned() })],
                    strings: vec![(PATIENT_NAME, Text { folded: name.to_owned(), raw: None })],
                    ..Index::default()
                };
                let body = Body::of(b"{}");
                let new =
                    NewResource { kind: PATIENT, name: "Patient", id: &id, subject, at: 0, body: &body, index: &index };
                tx.insert(&new, true)?;
                subjects.push(subject);
            }
            for member in [subjects[1], subjects[2]] {
                tx.join(member, subjects[1])?;
            }
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
pub(super) fn id(nth: usize) -> String {
    match nth % 3 {
        0 => format!("{nth:08x}-4e5f-6071-8293-a4b5c6d7e8f9"),
        1 => format!("sixteen-long-{nth:03}"),
        _ => format!("t{nth}"),
    }
}

fn index(kind: TypeCode, thing: &Thing) -> Index {
    let mut index = thing.index.clone();
    index.references.extend(thing.points.iter().map(|to| (LINK, kind, id(*to))));
    index.tokens.iter_mut().for_each(|row| row.0 += base(kind));
    index.strings.iter_mut().for_each(|row| row.0 += base(kind));
    index.dates.iter_mut().for_each(|row| row.0 += base(kind));
    index.references.iter_mut().for_each(|row| row.0 += base(kind));
    index.numbers.iter_mut().for_each(|row| row.0 += base(kind));
    index.quantities.iter_mut().for_each(|row| row.0 += base(kind));
    index.pairs.iter_mut().for_each(|row| row.0 += base(kind));
    index
}

/// Makes a condition one of these types' and of the house's subjects.
fn real(bench: &Bench, condition: &Condition, kinds: &[TypeCode]) -> Condition {
    let mut condition = condition.clone();
    let list = |list: &[Condition]| list.iter().map(|one| real(bench, one, kinds)).collect::<Vec<_>>();
    match &mut condition {
        Condition::Token { params, .. }
        | Condition::Text { params, .. }
        | Condition::Contains { params, .. }
        | Condition::Ends { params, .. }
        | Condition::Whole { params, .. }
        | Condition::Exact { params, .. }
        | Condition::Order { params, .. }
        | Condition::Reference { params, .. }
        | Condition::Date { params, .. }
        | Condition::Number { params, .. }
        | Condition::Quantity { params, .. }
        | Condition::Pair { params, .. }
        | Condition::Present { params, .. } => {
            *params = kinds.iter().flat_map(|kind| params.iter().map(move |param| param + base(*kind))).collect();
        }
        Condition::Who(subjects) => subjects.iter_mut().for_each(|s| *s = bench.subjects[s.0 as usize]),
        Condition::Chain { via: Via::Reference(param), targets } => {
            let of = |kind: &TypeCode| {
                let inner = |(_, all): &(TypeCode, Vec<Condition>)| {
                    (*kind, all.iter().map(|one| real(bench, one, &[*kind])).collect())
                };
                let targets = targets.iter().map(inner).collect();
                Condition::Chain { via: Via::Reference(*param + base(*kind)), targets }
            };
            return Condition::Any(kinds.iter().map(of).collect());
        }
        Condition::Has { via: Via::Reference(param), conditions, .. } => {
            let of = |kind: &TypeCode| Condition::Has {
                from: *kind,
                via: Via::Reference(*param + base(*kind)),
                conditions: conditions.iter().map(|one| real(bench, one, &[*kind])).collect(),
            };
            return Condition::Any(kinds.iter().map(of).collect());
        }
        Condition::All(inner) => return Condition::All(list(inner)),
        Condition::Any(inner) => return Condition::Any(list(inner)),
        Condition::Not(inner) | Condition::Other(inner) => **inner = real(bench, inner, kinds),
        _ => {}
    }
    condition
}

fn search(bench: &Bench, kind: TypeCode, ask: &Ask) -> Search {
    let kinds = if ask.both { vec![kind, kind + 1] } else { vec![kind] };
    let by = |by| match by {
        SortBy::Date(param) => SortBy::Date(param + base(kind)),
        SortBy::Text(param) => SortBy::Text(param + base(kind)),
        SortBy::Token(param) => SortBy::Token(param + base(kind)),
        SortBy::Number(param) => SortBy::Number(param + base(kind)),
        SortBy::Quantity(param) => SortBy::Quantity(param + base(kind)),
        SortBy::Reference(param) => SortBy::Reference(param + base(kind)),
        own => own,
    };
    let subjects = |list: &Vec<usize>| list.iter().map(|n| bench.subjects[*n]).collect::<Vec<_>>();
    Search {
        scope: match &ask.only {
            None => ask.cleared.clone().map_or(Scope::All, Scope::Cleared),
            Some(list) if list.is_empty() => Scope::Nothing,
            Some(list) => Scope::Only(subjects(list)),
        },
        who: ask.who.as_ref().map(subjects),
        conditions: ask.conditions.iter().map(|condition| real(bench, condition, &kinds)).collect(),
        kinds,
        main: ask.main.then(|| super::ask::MAIN + base(kind)),
        clinical: ask.clinical.then(|| super::ask::CLINICAL + base(kind)),
        sort: ask.sort.iter().map(|sort| Sort { by: by(sort.by), ..*sort }).collect(),
        start: Start::First,
        limit: ask.limit,
    }
}

/// Writes `things` as the places from `first` on.
async fn put(bench: &Bench, kind: TypeCode, first: usize, things: Vec<Thing>) -> Vec<Key> {
    let subjects = bench.subjects.clone();
    let write = move |tx: &mut meridian_store::WriteTx<'_>| {
        let mut keys = Vec::new();
        for (nth, thing) in things.iter().enumerate() {
            let kind = kind + TypeCode::from(thing.second);
            let (id, body) = (id(first + nth), Body::of(b"{}"));
            let (index, subject, name) = (index(kind, thing), subjects[thing.subject], "Thing");
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

/// The pages of `search` from its start on, until there is no other; `between` runs behind each.
async fn walk(
    bench: &Bench,
    mut search: Search,
    most: usize,
    mut between: impl AsyncFnMut(),
) -> Result<Vec<Page>, TestCaseError> {
    let mut pages: Vec<Page> = Vec::new();
    loop {
        let page = bench.house.store.read(|sight| sight.search(&search)).unwrap();
        prop_assert!(page.rows.len() <= search.limit as usize);
        let (on, full) = match &search.start {
            Start::Before(_) => (page.previous.clone(), page.previous.is_none()),
            _ => (page.next.clone(), page.next.is_none()),
        };
        prop_assert!(full || page.rows.len() == search.limit as usize);
        prop_assert!(page.rows.iter().all(|row| search.kinds.contains(&row.kind) && !row.deleted));
        pages.push(page);
        prop_assert!(pages.len() <= most, "the pages do not end");
        let Some(on) = on else { return Ok(pages) };
        let json = serde_json::to_string(&on).unwrap();
        let back: Cursor = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&back, &on, "a cursor survives its way through a link");
        search.start = match &search.start {
            Start::Before(_) => Start::Before(back),
            _ => Start::After(back),
        };
        between().await;
    }
}

async fn check(bench: &Bench, mut things: Vec<Thing>, others: Vec<Thing>, ask: Ask) -> Result<(), TestCaseError> {
    let there = things.len();
    things.iter_mut().for_each(|thing| thing.points.retain(|to| *to < there)); // what they point to stands still
    let kind = bench.case.replace(bench.case.get() + 2);
    let keys = put(bench, kind, 0, things.clone()).await;
    let mut expected: Vec<_> = (0..things.len())
        .filter(|nth| matches(&ask, &things, *nth))
        .map(|nth| (sort_values(&ask, &id(nth), &things[nth]), keys[nth].0, id(nth)))
        .collect();
    expected.sort_by(|a, b| order(&ask, (&a.0, a.1), (&b.0, b.1)));

    let search = search(bench, kind, &ask);
    let store = &bench.house.store;
    let explained = || store.read(|sight| Ok::<_, StoreError>(sight.explain(&search)?.0)).unwrap();
    let count = |search: &Search, cap| store.read(|sight| sight.count(search, cap)).unwrap();
    let full = expected.len() as u64;
    prop_assert_eq!(count(&search, None), full, "{}", explained());
    prop_assert_eq!(count(&search, Some(1)), full.min(2));

    // The first pages as they stand, the rest while others write.
    let mut written = 0;
    let most = things.len() + others.len() + 1;
    let pages = walk(bench, search.clone(), most, async || {
        if written < others.len().min(2) {
            let other = Thing { points: Vec::new(), ..others[written].clone() };
            put(bench, kind, things.len() + written, vec![other]).await;
            written += 1;
        }
    })
    .await?;
    let found: Vec<(Key, String)> = rows(&pages);
    let mut seen: HashMap<Key, usize> = HashMap::new();
    found.iter().for_each(|(key, _)| *seen.entry(*key).or_default() += 1);
    prop_assert!(seen.values().all(|times| *times == 1), "shown twice: {:?}", found);
    let stands = |found: Vec<(Key, String)>| -> Vec<String> {
        found.into_iter().filter(|(key, _)| keys.contains(key)).map(|(_, id)| id).collect()
    };
    let stood = stands(found);
    let wanted: Vec<String> = expected.into_iter().map(|(.., id)| id).collect();
    let in_order = |list: &[String]| {
        let mut list = list.to_vec();
        if ask.sort.is_empty() {
            list.sort();
        }
        list
    };
    if in_order(&stood) != in_order(&wanted) {
        prop_assert_eq!(in_order(&stood), in_order(&wanted), "{}", explained());
    }

    // And back from the last page: the same, in the same order.
    if let Some(previous) = pages.last().and_then(|last| last.previous.clone()) {
        let before = Search { start: Start::Before(previous), ..search.clone() };
        let mut back = walk(bench, before, most, async || {}).await?;
        back.reverse();
        back.extend(pages.last().cloned());
        prop_assert_eq!(stands(rows(&back)), stood, "{}", explained());
    }
    Ok(())
}

fn rows(pages: &[Page]) -> Vec<(Key, String)> {
    pages.iter().flat_map(|page| &page.rows).map(|row| (row.key, row.id.clone())).collect()
}

/// Patients in whose record something stands that fits.
async fn check_records(bench: &Bench, things: Vec<Thing>, conditions: Vec<Condition>) -> Result<(), TestCaseError> {
    let kind = bench.case.replace(bench.case.get() + 2);
    put(bench, kind, 0, things.clone()).await;
    let fits = |nth: usize| conditions.iter().all(|condition| holds(condition, &things, nth));
    let with = |subject: usize| {
        let own = |nth: &usize| {
            let thing: &Thing = &things[*nth];
            !thing.deleted && !thing.second && same_person(subject).contains(&thing.subject)
        };
        (0..things.len()).filter(own).any(fits)
    };
    let expected: Vec<String> = (1..SUBJECTS).filter(|subject| with(*subject)).map(|n| format!("p{n}")).collect();
    let inner = conditions.iter().map(|condition| real(bench, condition, &[kind])).collect();
    let has = Condition::Has { from: kind, via: Via::Patient, conditions: inner };
    for (condition, wanted) in
        [(has.clone(), expected.clone()), (Condition::Not(Box::new(Condition::Not(Box::new(has)))), expected)]
    {
        let sort = vec![Sort { by: SortBy::Id, descending: false }];
        let search = Search { conditions: vec![condition], sort, ..all(PATIENT) };
        let page = bench.house.store.read(|sight| sight.search(&search)).unwrap();
        let found: Vec<String> = page.rows.into_iter().map(|row| row.id).collect();
        let explained = || bench.house.store.read(|sight| Ok::<_, StoreError>(sight.explain(&search)?.0)).unwrap();
        prop_assert_eq!(found, wanted, "{}", explained());
    }
    Ok(())
}

/// As many as the environment says, else 400; on a server, where each step is a way there and back, 100.
fn cases() -> u32 {
    let usual = if std::env::var_os(meridian_testkit::postgres::SERVER).is_some() { 100 } else { 400 };
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]
    #[test]
    fn a_search_gives_what_the_model_gives(
        things in proptest::collection::vec(thing(), 0..12),
        others in proptest::collection::vec(thing(), 0..3),
        ask in ask(),
    ) {
        BENCH.with(|bench| bench.runtime.block_on(check(bench, things, others, ask)))?;
    }

    #[test]
    fn whose_record_holds_something_is_found(
        things in proptest::collection::vec(thing(), 0..8),
        conditions in proptest::collection::vec(condition(), 0..3),
    ) {
        BENCH.with(|bench| bench.runtime.block_on(check_records(bench, things, conditions)))?;
    }
}

/// What stands for the type of a case is never asked for.
const _: () = assert!(OWN < 2000);
