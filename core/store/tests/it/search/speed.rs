//! A million results of one code: how long the field's questions take. It fills a million resources, so it is run by
//! hand, on a quiet machine:
//! `MERIDIAN_SPEED=1 cargo nextest run --cargo-profile demo -p meridian-store --no-capture a_million`

use std::time::{Duration, Instant};

use meridian_store::search::{
    Condition, DateTest, Field, NumberTest, Op, QuantityTest, Scope, Search, Second, Sort, SortBy, Start, SystemTest,
    TokenTest, Unit, Via,
};
use meridian_store::{
    Amount, Body, Index, Key, Lane, NewResource, PairValue, StoreError, StoreOptions, Subject, Text, Words,
};

use super::all;
use crate::common::{OBSERVATION, PATIENT, origin, source, token};

const CODE: u32 = 1;
const DATE: u32 = 2;
const STATUS: u32 = 3;
const CATEGORY: u32 = 4;
const IDENTIFIER: u32 = 5;
const ENCOUNTER: u32 = 6;
const VALUE: u32 = 7;
const CODE_VALUE: u32 = 8;
const PATIENT_IDENTIFIER: u32 = 100;
const PATIENT_NAME: u32 = 101;

const PERSONS: i64 = 20_000;
const YEAR: i64 = 365 * 86_400_000;

fn observation(person: i64, nth: i64) -> Index {
    // Ten years, in no order.
    let at = (person * 7_919 + nth * 104_729) % 3_650 * 86_400_000 + nth * 60_000;
    let code = token("http://loinc.org", "8867-4");
    let value = 50.0 + ((person * 31 + nth * 17) % 1_000) as f64 / 10.0;
    let amount = Amount {
        value,
        system: Some("http://unitsofmeasure.org".into()),
        code: Some("/min".into()),
        unit: Some("/min".into()),
        canonical: Some((value / 60.0, "s-1".into())),
    };
    let status = if nth % 5 == 0 { "preliminary" } else { "final" };
    let tokens = vec![
        (CODE, code.clone()),
        (STATUS, token("http://hl7.org/fhir/observation-status", status)),
        (CATEGORY, token("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs")),
        (IDENTIFIER, token("urn:lab", &format!("{person}-{nth}"))),
        (9, token("https://meridian.example/institution", "CJ01")),
        (10, code.clone()),
    ];
    Index {
        date: Some((at, at + 1000)),
        status: Some(status.into()),
        main: vec![code.clone()],
        tokens,
        strings: vec![(11, Text { folded: "heart rate".into(), raw: Some("Heart rate".into()) })],
        dates: vec![(DATE, at, at + 1000)],
        references: vec![(ENCOUNTER, 40, format!("e{person}-{}", nth % 5)), (12, 50, format!("d{}", person % 200))],
        quantities: vec![(VALUE, amount.clone())],
        pairs: vec![(CODE_VALUE, code, PairValue::Quantity(amount))],
        words: Words {
            narrative: vec![],
            content: ["heart", "rate", "心率", "final", "CJ01", "xl"].map(str::to_owned).into(),
        },
        ..Index::default()
    }
}

#[tokio::test]
async fn a_million_results() {
    if std::env::var_os("MERIDIAN_SPEED").is_none() {
        eprintln!("SKIPPED a million results: it measures, and is asked for with MERIDIAN_SPEED");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let options = StoreOptions { cache_mib: 256, ..StoreOptions::default() };
    let store = meridian_store::Store::open(crate::common::home(dir.path()), &options).unwrap();
    let each: i64 = std::env::var("EACH").ok().and_then(|each| each.parse().ok()).unwrap_or(50);
    let began = Instant::now();
    let mut subjects = Vec::new();
    for first in (0..PERSONS).step_by(20) {
        let batch = move |tx: &mut meridian_store::WriteTx<'_>| {
            let mut made = Vec::new();
            for person in first..first + 20 {
                let (id, text) = (format!("p{person}"), format!("person {}", person % 500));
                let subject = source(tx, &id);
                let index = Index {
                    tokens: vec![(PATIENT_IDENTIFIER, token("urn:id", &id))],
                    strings: vec![(PATIENT_NAME, Text { folded: text, raw: None })],
                    ..Index::default()
                };
                put(tx, PATIENT, &id, subject, &index, true)?;
                for nth in 0..each {
                    put(tx, OBSERVATION, &format!("o{person}-{nth}"), subject, &observation(person, nth), false)?;
                }
                made.push(subject);
            }
            Ok::<_, StoreError>(made)
        };
        subjects.extend(store.write(Lane::Bulk, origin(), batch).await.unwrap());
    }
    let total = PERSONS * (each + 1);
    let took = began.elapsed();
    let size = std::fs::metadata(dir.path().join("meridian.db")).unwrap().len();
    eprintln!("{total} resources: {:.0}/s, {} bytes each", total as f64 / took.as_secs_f64(), size / total as u64);
    questions(&store, &subjects);
}

fn put(
    tx: &mut meridian_store::WriteTx<'_>,
    kind: u16,
    id: &str,
    subject: Subject,
    index: &Index,
    patient: bool,
) -> Result<Key, StoreError> {
    let body = Body::of(&crate::common::json(id, 1));
    tx.insert(&NewResource { kind, name: "Thing", id, subject, at: 1000, body: &body, index }, patient)
}

fn coded(param: u32, system: &str, code: &str) -> Condition {
    let system = if system.is_empty() { SystemTest::Any } else { SystemTest::Uri(system.into()) };
    let any = vec![TokenTest { system, code: Some(code.into()) }];
    Condition::Token { params: vec![param], any, selective: param == IDENTIFIER || param == PATIENT_IDENTIFIER }
}

fn questions(store: &meridian_store::Store, subjects: &[Subject]) {
    let base = Search { main: Some(CODE), clinical: Some(DATE), ..all(OBSERVATION) };
    let code = || coded(CODE, "http://loinc.org", "8867-4");
    let date = |op, lo, hi| Condition::Date { params: vec![DATE], any: vec![DateTest { op, lo, hi }] };
    let (ten_years, one_year) = (date(Op::Lt, 20 * YEAR, 20 * YEAR), date(Op::Eq, 3 * YEAR, 4 * YEAR));
    let since = date(Op::Ge, 9 * YEAR, 9 * YEAR + 1);
    let some: Vec<Subject> = subjects.iter().step_by(4).copied().collect();
    let newest = vec![Sort { by: SortBy::Date(DATE), descending: true }];
    let oldest = vec![Sort { by: SortBy::Date(DATE), descending: false }];
    let number = NumberTest { op: Op::Gt, lo: 140.0 / 60.0, hi: 140.0 / 60.0 };
    let test = QuantityTest { number, unit: Unit::Canonical { code: "s-1".into() } };
    let first = TokenTest { system: SystemTest::Uri("http://loinc.org".into()), code: Some("8867-4".into()) };
    let pair = Condition::Pair { params: vec![CODE_VALUE], any: vec![(first, Second::Quantity(test.clone()))] };
    let value = Condition::Quantity { params: vec![VALUE], any: vec![test] };
    let of_patient = |condition| Condition::Chain { via: Via::Patient, targets: vec![(PATIENT, vec![condition])] };
    let has = |conditions| Condition::Has { from: OBSERVATION, via: Via::Patient, conditions };
    let name = Condition::Text { params: vec![PATIENT_NAME], any: vec!["person 17".into()] };
    let words = Condition::Words { field: Field::Content, any: vec![vec!["心率".into()]] };
    let asked = [
        ("code", vec![code()]),
        ("code, any system", vec![coded(CODE, "", "8867-4")]),
        ("code + date, all of a million", vec![code(), ten_years]),
        ("code + date, a year", vec![code(), one_year.clone()]),
        ("code + date, since", vec![code(), since.clone()]),
        ("date, a year", vec![one_year]),
        ("date, since", vec![since]),
        ("code + value", vec![pair]),
        ("code + value, apart", vec![code(), value]),
        ("two tokens", vec![code(), coded(STATUS, "", "preliminary")]),
        ("two codes", vec![Condition::Any(vec![code(), coded(STATUS, "", "final")])]),
        ("identifier", vec![coded(IDENTIFIER, "urn:lab", "77-7")]),
        ("patient.identifier", vec![of_patient(coded(PATIENT_IDENTIFIER, "", "p77"))]),
        ("code + patient.name", vec![code(), of_patient(name.clone())]),
        ("encounter", vec![Condition::Reference { params: vec![ENCOUNTER], any: vec![(40, "e77-1".into())] }]),
        ("words", vec![words]),
    ];
    for (what, conditions) in asked {
        for (who, scope) in [("all", Scope::All), ("5,000", Scope::Only(some.clone()))] {
            let search = Search { conditions: conditions.clone(), scope, ..base.clone() };
            let count = time(store, |sight| sight.count(&search, None));
            let page = |sort: &Vec<Sort>| {
                let page = time(store, |sight| sight.search(&Search { sort: sort.clone(), ..search.clone() }));
                let next = page.1.next.map_or(Start::First, Start::After);
                let next = Search { sort: sort.clone(), start: next, ..search.clone() };
                (page.0, time(store, |sight| sight.search(&next)).0)
            };
            eprintln!(
                "{what:32} {who:6} {:>8} in {:>9.1?}; pages: any {:?}, newest {:?}, oldest {:?}",
                count.1,
                count.0,
                page(&vec![]),
                page(&newest),
                page(&oldest)
            );
        }
    }
    for (what, condition) in [
        ("patients with code", has(vec![code()])),
        ("patients with name", name),
        ("patients with an identifier", has(vec![coded(IDENTIFIER, "", "77-7")])),
    ] {
        let search = Search { conditions: vec![condition], ..all(PATIENT) };
        let count = time(store, |sight| sight.count(&search, None));
        eprintln!("{what:39} {:>8} in {:>9.1?}; page {:?}", count.1, count.0, time(store, |s| s.search(&search)).0);
    }
    let changed = Search { sort: vec![Sort { by: SortBy::Updated, descending: true }], ..base };
    eprintln!("last changed: {:?}", time(store, |sight| sight.search(&changed)).0);
}

/// The best of three.
fn time<T>(
    store: &meridian_store::Store,
    look: impl Fn(&meridian_store::Reader<'_>) -> Result<T, StoreError>,
) -> (Duration, T) {
    let once = || {
        let began = Instant::now();
        let answer = store.read(&look).unwrap();
        (began.elapsed(), answer)
    };
    (0..3).map(|_| once()).min_by_key(|(took, _)| *took).unwrap()
}
