//! Search rows after any series of changes are those that a fresh store would have.

use meridian_store::{Amount, Guard, Index, Key, Lane, PairValue, StoreError, Subject, Text, Token, Words, WriteTx};
use proptest::prelude::*;

use crate::common::{House, OBSERVATION, add, change, house, origin, source, text};

/// One change to one of the resources of a case.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // a few of them live at a time
enum Step {
    Put { which: usize, subject: usize, index: Index },
    Delete { which: usize },
}

fn token() -> impl Strategy<Value = Token> {
    let system =
        prop_oneof![Just(None), Just(Some(String::new())), Just(Some("urn:a".to_owned())), Just(Some("urn:b".into()))];
    (system, prop_oneof![Just("x"), Just("y"), Just("")]).prop_map(|(system, code)| Token { system, code: code.into() })
}

fn written() -> impl Strategy<Value = Text> {
    ("[ab]{0,2}", proptest::option::of("[AB]")).prop_map(|(folded, raw)| Text { folded, raw })
}

fn index() -> impl Strategy<Value = Index> {
    let date = proptest::option::of((0i64..4, 4i64..6));
    let status = proptest::option::of(prop_oneof![Just("final".to_owned()), Just("amended".to_owned())]);
    let some = 0..4;
    (
        date,
        status,
        proptest::collection::vec(token(), some.clone()),
        proptest::collection::vec((0u32..3, token()), some.clone()),
        proptest::collection::vec((0u32..3, written()), some.clone()),
        proptest::collection::vec((0u32..3, 0i64..3, 3i64..6), some.clone()),
        proptest::collection::vec((0u32..3, 1u16..3, "[ab]"), some.clone()),
        proptest::collection::vec((0u32..3, 0i8..3), some.clone()),
        proptest::collection::vec("[ab]{1,2}", some),
    )
        .prop_map(|(date, status, main, tokens, strings, dates, references, numbers, words)| {
            let numbers: Vec<_> = numbers.into_iter().map(|(param, value)| (param, f64::from(value))).collect();
            let amount = |value: f64| Amount { value, unit: Some("mg".into()), ..Amount::default() };
            Index {
                date,
                status: status.clone(),
                quantities: numbers.iter().map(|(param, value)| (*param, amount(*value))).collect(),
                pairs: (numbers.iter().zip(&tokens))
                    .map(|((param, value), (_, token))| (*param, token.clone(), PairValue::Quantity(amount(*value))))
                    .collect(),
                places: numbers.iter().map(|(_, value)| [*value, 0.0, 1.0]).collect(),
                // What is written over and over is guarded, otherwise, or not.
                guard: status.is_some().then(|| Guard { level: 4 + u8::from(words.len() > 1), keeper: "a".into() }),
                words: Words { narrative: words.clone(), content: words },
                numbers,
                main,
                tokens,
                strings,
                dates,
                references,
            }
        })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..4, 0usize..3, index()).prop_map(|(which, subject, index)| Step::Put { which, subject, index }),
        1 => (0usize..4).prop_map(|which| Step::Delete { which }),
    ]
}

/// The same in the dialect of the store.
fn spoken(sql: &str) -> String {
    if house_is_a_server() {
        sql.replace("CAST(r.id AS TEXT)", "convert_from(r.id, 'UTF8')").replace("hex(t.id)", "encode(t.id, 'hex')")
    } else {
        sql.to_owned()
    }
}

fn house_is_a_server() -> bool {
    matches!(crate::common::home(std::path::Path::new("/")), meridian_store::Home::Postgres(_))
}

/// All search rows of the resources whose ids begin with `prefix`, without their numbers.
fn search_rows(house: &House, prefix: &str) -> Vec<String> {
    let own = format!("CAST(r.id AS TEXT) LIKE '{prefix}%'");
    let id = format!("substr(CAST(r.id AS TEXT), {})", prefix.len() + 1);
    let system = "coalesce((SELECT uri FROM system s WHERE s.id = t.system), '-')";
    let mut texts = Vec::new();
    for (table, columns) in [
        ("bedside", format!("t.subject, t.type, t.code, t.date, {system}, t.span, t.main, coalesce(t.status, '-')")),
        ("token", format!("t.param, t.code, t.date, {system}, t.span")),
        ("held", "t.list".to_owned()),
        ("number", "t.param, t.value".to_owned()),
        ("quantity", "t.param, t.code, t.value, t.own, t.unit_code, t.unit".to_owned()),
        ("pair", "t.param, t.code, t.text, t.value, t.own, t.unit".to_owned()),
        ("place", "t.x, t.y, t.z".to_owned()),
        ("string", "t.param, t.folded, t.raw".to_owned()),
        ("date", "t.param, t.lo, t.hi".to_owned()),
        ("reference", "t.param, t.type, hex(t.id), t.date".to_owned()),
    ] {
        let columns = columns.replace(", ", " || '|' || ");
        let columns = columns
            .replace("t.system) || '|' || '-')", "t.system), '-')")
            .replace("(t.status || '|' || '-')", "(t.status, '-')");
        let text = format!(
            "SELECT '{table} ' || {id} || ' ' || {columns} FROM {table} t JOIN resource r ON r.key = t.key WHERE {own}"
        );
        texts.push(spoken(&text));
    }
    let mut rows = house.ask("meridian.db", &texts.join(" UNION ALL "));
    rows.sort();
    rows
}

/// Rows that no resource stands behind.
fn orphans(house: &House) -> i64 {
    let of = |table: &str, key: &str| {
        format!("(SELECT count(*) FROM {table} WHERE {key} NOT IN (SELECT key FROM resource WHERE deleted = 0))")
    };
    let tables = ["bedside", "token", "held", "string", "date", "reference", "number", "quantity", "pair", "place"];
    let mut counts: Vec<String> = tables.into_iter().map(|table| of(table, "key")).collect();
    counts.push(of("words", if house_is_a_server() { "key" } else { "rowid" }));
    house.number(&format!("SELECT {}", counts.join(" + ")))
}

type State = [Option<(Key, Option<(usize, Index)>)>; 4];

fn apply(
    tx: &mut WriteTx<'_>,
    case: u32,
    subjects: &[Subject],
    steps: Vec<Step>,
    state: &mut State,
) -> Result<(), StoreError> {
    for step in steps {
        let (which, new) = match step {
            Step::Put { which, subject, index } => (which, Some((subject, index))),
            Step::Delete { which } => (which, None),
        };
        let place = new.as_ref().map(|(subject, index)| (subjects[*subject], index));
        let key = match (&state[which], place) {
            (None, None) => continue,
            (None, Some((subject, index))) => add(tx, OBSERVATION, &format!("a{case}-{which}"), subject, index),
            (Some((_, None)), None) => continue,
            (Some((key, old)), place) => {
                let empty = Index::default();
                let old = old.as_ref().map(|(_, index)| index);
                change(tx, *key, old.unwrap_or(&empty), place)?
            }
        };
        state[which] = Some((key, new));
    }
    Ok(())
}

std::thread_local! {
    static HOUSE: (House, tokio::runtime::Runtime) = (house(), tokio::runtime::Builder::new_current_thread().build().unwrap());
    static CASE: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn search_rows_are_those_of_a_fresh_store(
        acts in proptest::collection::vec(proptest::collection::vec(step(), 1..4), 1..6)
    ) {
        let case = CASE.replace(CASE.get() + 1);
        HOUSE.with(|(house, runtime)| runtime.block_on(async {
            let names = move |n: usize| format!("s{case}-{n}");
            let subjects = house.write(move |tx| Ok([0, 1, 2].map(|n| source(tx, &names(n))))).await;
            let mut state: State = [None, None, None, None];
            for steps in acts {
                let mut next = state.clone();
                state = house.write(move |tx| {
                    apply(tx, case, &subjects, steps, &mut next)?;
                    Ok(next)
                }).await;
            }
            let alive: Vec<_> = state.into_iter().enumerate().filter_map(|(which, is)| Some((which, is?.1?))).collect();
            house.write(move |tx| {
                for (which, (subject, index)) in &alive {
                    add(tx, OBSERVATION, &format!("b{case}-{which}"), subjects[*subject], index);
                }
                Ok(())
            }).await;
            let (changed, fresh) = (search_rows(house, &format!("a{case}-")), search_rows(house, &format!("b{case}-")));
            prop_assert_eq!(changed, fresh);
            prop_assert_eq!(orphans(house), 0);
            Ok(())
        }))?;
    }
}

#[tokio::test]
async fn a_doubled_main_code_keeps_its_bedside_row() {
    let house = house();
    let code = || Token { system: Some("urn:a".into()), code: "x".into() };
    let twice = move || Index { main: vec![code(), code()], ..Index::default() };
    let once = move || Index { main: vec![code()], ..Index::default() };
    let key = house
        .write(move |tx| {
            let s = source(tx, "p");
            Ok(add(tx, OBSERVATION, "o1", s, &twice()))
        })
        .await;
    house.write(move |tx| change(tx, key, &twice(), Some((key.subject(), &once())))).await;
    let bedside = || search_rows(&house, "o1").into_iter().filter(|row| row.starts_with("bedside")).collect::<Vec<_>>();
    assert_eq!(bedside().len(), 1);
    house.write(move |tx| change(tx, key, &once(), Some((key.subject(), &twice())))).await;
    assert!(bedside()[0].ends_with("|1|-"), "it is still the main row: {:?}", bedside());
}

#[tokio::test]
async fn rows_written_in_an_act_are_found_in_it_after_a_flush() {
    let house = house();
    let found = house.store.write(Lane::Interactive, origin(), |tx| {
        add(tx, OBSERVATION, "o1", Subject::COMMON, &Index { strings: vec![(7, text("wang"))], ..Index::default() });
        tx.flush()?;
        let search = crate::search::text_search(OBSERVATION, 7, "wa");
        Ok::<_, StoreError>(tx.search(&search)?.rows.len())
    });
    assert_eq!(found.await.unwrap(), 1);
}
