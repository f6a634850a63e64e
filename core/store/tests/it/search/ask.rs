//! Random resources and random searches over few values, so that much of it meets.

use meridian_store::search::{
    Clearance, Condition, DateTest, Field, NumberTest, Op, QuantityTest, Rows, Second, Sort, SortBy, SystemTest,
    TokenTest, Unit, Via,
};
use meridian_store::{Amount, Guard, Index, PairValue, Subject, Text, Token, TypeCode, Words};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;

use crate::common::PATIENT;

/// The parameters of a case, which are added to a base that belongs to its type.
pub(super) const MAIN: u32 = 1;
pub(super) const TOKENS: [u32; 3] = [MAIN, 2, 3];
pub(super) const TEXTS: [u32; 2] = [4, 5];
pub(super) const CLINICAL: u32 = 6;
pub(super) const DATES: [u32; 2] = [CLINICAL, 7];
pub(super) const REFERENCES: [u32; 2] = [8, 9];
pub(super) const NUMBERS: [u32; 2] = [10, 11];
pub(super) const QUANTITIES: [u32; 1] = [12];
/// Points to things of the case.
pub(super) const LINK: u32 = 13;
/// Pairs, by what their other half is.
pub(super) const PAIR_TOKEN: u32 = 20;
pub(super) const PAIR_TEXT: u32 = 21;
pub(super) const PAIR_DATE: u32 = 22;
pub(super) const PAIR_NUMBER: u32 = 23;
pub(super) const PAIR_QUANTITY: u32 = 24;
pub(super) const PAIR_SPAN: u32 = 25;
/// Persons, and the partition of those that belong to nobody.
pub(super) const SUBJECTS: usize = 4;
/// Stands for the type of the case.
pub(super) const OWN: TypeCode = 0;

/// Parameters of Patients, which are the same in all cases.
pub(super) const PATIENT_CODE: u32 = (PATIENT as u32) << 8 | 1;
pub(super) const PATIENT_NAME: u32 = (PATIENT as u32) << 8 | 2;

#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) subject: usize,
    /// Whether it is of the second type of the case.
    pub(super) second: bool,
    pub(super) at: i64,
    pub(super) index: Index,
    /// The places of things that it points to.
    pub(super) points: Vec<usize>,
    pub(super) deleted: bool,
}

/// A search whose subjects and parameters are still the small numbers above.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// Over both types of the case.
    pub(super) both: bool,
    pub(super) conditions: Vec<Condition>,
    pub(super) who: Option<Vec<usize>>,
    /// `None`: all; an empty list: nothing.
    pub(super) only: Option<Vec<usize>>,
    /// Where nothing says which: what of the guarded.
    pub(super) cleared: Option<Clearance>,
    pub(super) main: bool,
    pub(super) clinical: bool,
    pub(super) sort: Vec<Sort>,
    pub(super) limit: u32,
}

fn one_of<T: Clone + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(values)
}

fn code() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just("a"), 2 => Just("A"), 1 => Just("十"), 1 => Just("b")].prop_map(str::to_owned)
}

fn system() -> impl Strategy<Value = Option<String>> {
    one_of(&[None, Some("urn:s1"), Some("urn:s2")]).prop_map(|system| system.map(str::to_owned))
}

fn token() -> impl Strategy<Value = Token> {
    (system(), code()).prop_map(|(system, code)| Token { system, code })
}

const FOLDED: &[&str] = &["", "w", "wang", "wangxi", "li", "王", "王秀", "\u{10FFFF}", "a%b", "'"];

fn folded() -> impl Strategy<Value = String> {
    one_of(FOLDED).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = Text> {
    let raw = weighted(0.4, one_of(&["Wang", "WANG", "王", "wang"]));
    (folded(), raw).prop_map(|(folded, raw)| Text { raw: raw.map(str::to_owned).filter(|raw| *raw != folded), folded })
}

fn moment() -> impl Strategy<Value = i64> {
    // Short dates and such that have an index of their own.
    prop_oneof![6 => -3i64..8, 1 => one_of(&[-200_000_000i64, 100_000_000, 300_000_000])]
}

fn span() -> impl Strategy<Value = (i64, i64)> {
    let length = prop_oneof![6 => 0i64..4, 1 => one_of(&[86_400_000i64, 86_400_001, 250_000_000])];
    (moment(), length).prop_map(|(lo, length)| (lo, lo + length))
}

fn value() -> impl Strategy<Value = f64> {
    one_of(&[-1.5f64, 0.0, 0.1, 1.0, 2.0, 5.4])
}

fn amount() -> impl Strategy<Value = Amount> {
    let unit = one_of(&[None, Some("mg"), Some("milligram")]);
    (value(), system(), of(one_of(&["mg", "g"])), unit).prop_map(|(value, system, code, unit)| Amount {
        canonical: match (&system, code) {
            (Some(_), Some("mg")) => Some((value / 1000.0, "g".to_owned())),
            (Some(_), Some(_)) => Some((value, "g".to_owned())),
            _ => None,
        },
        value,
        system,
        code: code.map(str::to_owned),
        unit: unit.map(str::to_owned),
    })
}

fn pair() -> impl Strategy<Value = (u32, Token, PairValue)> {
    let second = prop_oneof![
        token().prop_map(|token| (PAIR_TOKEN, PairValue::Token(token))),
        text().prop_map(|text| (PAIR_TEXT, PairValue::Text(text))),
        span().prop_map(|(lo, hi)| (PAIR_DATE, PairValue::Date(lo, hi))),
        value().prop_map(|value| (PAIR_NUMBER, PairValue::Number(value))),
        amount().prop_map(|amount| (PAIR_QUANTITY, PairValue::Quantity(amount))),
        (value(), value()).prop_map(|(a, b)| (PAIR_SPAN, PairValue::Span(a, b))),
    ];
    (token(), second).prop_map(|(first, (param, second))| (param, first, second))
}

fn word() -> impl Strategy<Value = String> {
    one_of(&["fever", "高血压", "血压", "a'b", "\"q\"", "x-y", "¤", "5.4", "AND"]).prop_map(str::to_owned)
}

fn words() -> impl Strategy<Value = Words> {
    (vec(word(), 0..3), vec(word(), 0..3)).prop_map(|(narrative, content)| Words { narrative, content })
}

const PLACES: &[[f64; 3]] = &[[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.6, 0.8], [0.0, 0.0, -1.0]];

fn guard() -> impl Strategy<Value = Guard> {
    (4u8..6, one_of(&["", "A", "B"])).prop_map(|(level, keeper)| Guard { level, keeper: keeper.to_owned() })
}

pub(super) fn clearance() -> impl Strategy<Value = Clearance> {
    (one_of(&["A", "B"]), 3u8..6, 3u8..6).prop_map(|(institution, own, others)| Clearance {
        institution: institution.to_owned(),
        own,
        others,
    })
}

fn index() -> impl Strategy<Value = Index> {
    let some = 0..3;
    let tokens = vec((one_of(&TOKENS[1..]), token()), 0..5);
    let texts = vec((one_of(&TEXTS), text()), some.clone());
    let dates = vec((Just(DATES[1]), span()), some.clone());
    let ids = one_of(&["p1", "p2", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"]);
    let references = vec((one_of(&REFERENCES), 1u16..3, ids), some.clone());
    let first = (of(span()), weighted(0.7, vec(token(), 1..4)), tokens, texts, dates, references);
    let numbers = vec((one_of(&NUMBERS), value()), some.clone());
    let quantities = vec((one_of(&QUANTITIES), amount()), some.clone());
    let second = (numbers, quantities, vec(pair(), 0..4), words(), vec(one_of(PLACES), 0..2), weighted(0.3, guard()));
    (first, second).prop_map(|((date, main, tokens, strings, dates, references), second)| {
        let (numbers, quantities, pairs, words, places, guard) = second;
        let main = main.unwrap_or_default();
        let own = main.iter().cloned().map(|token| (MAIN, token));
        let clinical = date.map(|(lo, hi)| (CLINICAL, lo, hi));
        Index {
            date,
            status: None,
            tokens: own.chain(tokens).collect(),
            main,
            strings,
            dates: clinical.into_iter().chain(dates.into_iter().map(|(p, (lo, hi))| (p, lo, hi))).collect(),
            references: references.into_iter().map(|(p, kind, id)| (p, kind, id.to_owned())).collect(),
            numbers,
            quantities,
            pairs,
            words,
            places,
            guard,
        }
    })
}

pub(super) fn thing() -> impl Strategy<Value = Thing> {
    let often = proptest::bool::weighted;
    (0..SUBJECTS, often(0.2), 0i64..5, index(), vec(0usize..12, 0..2), often(0.1))
        .prop_map(|(subject, second, at, index, points, deleted)| Thing { subject, second, at, index, points, deleted })
}

fn op() -> impl Strategy<Value = Op> {
    use Op::{EndsBefore, Eq, Ge, Gt, Le, Lt, Ne, Overlaps, StartsAfter};
    one_of(&[Eq, Ne, Gt, Lt, Ge, Le, StartsAfter, EndsBefore, Overlaps])
}

fn date_test() -> impl Strategy<Value = DateTest> {
    (op(), span()).prop_map(|(op, (lo, hi))| DateTest { op, lo, hi })
}

fn token_test() -> impl Strategy<Value = TokenTest> {
    let uri = one_of(&["urn:s1", "urn:s2", "urn:nobody", ""]).prop_map(|uri| SystemTest::Uri(uri.to_owned()));
    let system = prop_oneof![3 => Just(SystemTest::Any), 1 => Just(SystemTest::None), 3 => uri];
    (system, weighted(0.8, code())).prop_map(|(system, code)| TokenTest { system, code })
}

fn number_test() -> impl Strategy<Value = NumberTest> {
    (op(), value(), one_of(&[0.0, 0.05, 1.0])).prop_map(|(op, value, half)| match op {
        Op::Eq | Op::Ne | Op::Overlaps => NumberTest { op, lo: value - half, hi: value + half },
        _ => NumberTest { op, lo: value, hi: value },
    })
}

fn quantity_test() -> impl Strategy<Value = QuantityTest> {
    let code = || one_of(&["mg", "g", "milligram"]).prop_map(str::to_owned);
    let system = prop_oneof![Just(SystemTest::Any), Just(SystemTest::None), Just(SystemTest::Uri("urn:s1".into()))];
    let unit = prop_oneof![
        Just(Unit::Any),
        (system, code()).prop_map(|(system, code)| Unit::Code { system, code }),
        code().prop_map(|code| Unit::Canonical { code }),
    ];
    (number_test(), unit).prop_map(|(number, unit)| QuantityTest { number, unit })
}

fn pairs() -> impl Strategy<Value = Condition> {
    let whole = one_of(&["Wang", "wang", "王", ""]).prop_map(str::to_owned);
    let one = prop_oneof![
        token_test().prop_map(|test| (PAIR_TOKEN, Second::Token(test))),
        folded().prop_map(|text| (PAIR_TEXT, Second::Text(text))),
        whole.prop_map(|text| (PAIR_TEXT, Second::Whole(text))),
        date_test().prop_map(|test| (PAIR_DATE, Second::Date(test))),
        number_test().prop_map(|test| (PAIR_NUMBER, Second::Number(test))),
        quantity_test().prop_map(|test| (PAIR_QUANTITY, Second::Quantity(test))),
        (number_test(), number_test()).prop_map(|(a, b)| (PAIR_SPAN, Second::Span(a, b))),
    ];
    (vec(token_test(), 1..3), one).prop_map(|(firsts, (param, second))| Condition::Pair {
        params: vec![param],
        any: firsts.into_iter().map(|first| (first, second.clone())).collect(),
    })
}

fn strings() -> impl Strategy<Value = Condition> {
    let list = || vec(folded(), 0..3);
    let params = || one_of(&TEXTS).prop_map(|param| vec![param]);
    let raw = vec(one_of(&["Wang", "WANG", "wang", "王", ""]).prop_map(str::to_owned), 0..3);
    prop_oneof![
        2 => (params(), list()).prop_map(|(params, any)| Condition::Text { params, any }),
        1 => (params(), list()).prop_map(|(params, any)| Condition::Exact { params, any }),
        1 => (params(), list()).prop_map(|(params, any)| Condition::Contains { params, any }),
        1 => (params(), list()).prop_map(|(params, any)| Condition::Ends { params, any }),
        1 => (params(), raw).prop_map(|(params, any)| Condition::Whole { params, any }),
        1 => (params(), op(), folded()).prop_map(|(params, op, text)| Condition::Order { params, op, text }),
    ]
}

fn references() -> impl Strategy<Value = Condition> {
    let target = (1u16..3, one_of(&["p1", "p2", "none"])).prop_map(|(kind, id)| (kind, id.to_owned()));
    (one_of(&REFERENCES), vec(target, 0..3)).prop_map(|(param, any)| Condition::Reference { params: vec![param], any })
}

fn tokens() -> impl Strategy<Value = Condition> {
    (one_of(&TOKENS), vec(token_test(), 0..3), any::<bool>()).prop_map(|(param, any, selective)| Condition::Token {
        params: vec![param],
        any,
        selective,
    })
}

fn present() -> impl Strategy<Value = Condition> {
    let what = one_of(&[
        (TOKENS[1], Rows::Token),
        (TEXTS[0], Rows::Text),
        (DATES[1], Rows::Date),
        (REFERENCES[0], Rows::Reference),
        (NUMBERS[0], Rows::Number),
        (QUANTITIES[0], Rows::Quantity),
        (PAIR_NUMBER, Rows::Pair),
    ]);
    (what, any::<bool>()).prop_map(|((param, rows), patient)| Condition::Present {
        params: vec![param],
        tables: vec![rows],
        patient,
    })
}

fn leaf() -> impl Strategy<Value = Condition> {
    let ids = vec(0usize..14, 0..4).prop_map(|ids| Condition::Ids(ids.into_iter().map(super::pages::id).collect()));
    let words = (one_of(&[Field::Narrative, Field::Content]), vec(vec(word(), 0..3), 0..3));
    let near = (one_of(PLACES), one_of(&[-1.0, 0.0, 0.5, 0.99]));
    let number = (one_of(&NUMBERS), vec(number_test(), 0..3));
    let quantity = (one_of(&QUANTITIES), vec(quantity_test(), 0..3));
    prop_oneof![
        1 => ids,
        1 => vec(date_test(), 0..3).prop_map(Condition::Updated),
        8 => tokens(),
        5 => strings(),
        2 => references(),
        4 => (one_of(&DATES), vec(date_test(), 0..3)).prop_map(|(p, any)| Condition::Date { params: vec![p], any }),
        2 => number.prop_map(|(param, any)| Condition::Number { params: vec![param], any }),
        2 => quantity.prop_map(|(param, any)| Condition::Quantity { params: vec![param], any }),
        3 => pairs(),
        2 => words.prop_map(|(field, any)| Condition::Words { field, any }),
        1 => near.prop_map(|([x, y, z], least)| Condition::Near { x, y, z, least }),
        2 => present(),
        1 => vec(0..SUBJECTS as i64, 0..3).prop_map(|list| Condition::Who(list.into_iter().map(Subject).collect())),
        1 => of_patients(),
        1 => clearance().prop_map(Condition::Cleared),
    ]
}

/// The Patient in whose record it stands.
fn of_patients() -> impl Strategy<Value = Condition> {
    let code = one_of(&["a", "b", "none"]).prop_map(|code| Condition::Token {
        params: vec![PATIENT_CODE],
        any: vec![TokenTest { system: SystemTest::Any, code: Some(code.to_owned()) }],
        selective: true,
    });
    let name = one_of(&["wang", "li", ""])
        .prop_map(|name| Condition::Text { params: vec![PATIENT_NAME], any: vec![name.to_owned()] });
    let conditions = vec(prop_oneof![code, name], 0..3);
    conditions.prop_map(|conditions| Condition::Chain { via: Via::Patient, targets: vec![(PATIENT, conditions)] })
}

pub(super) fn condition() -> impl Strategy<Value = Condition> {
    let other = prop_oneof![tokens(), references(), strings()].prop_map(|one| Condition::Other(Box::new(one)));
    let leaf = prop_oneof![12 => leaf(), 1 => other];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            2 => inner.clone().prop_map(|condition| Condition::Not(Box::new(condition))),
            2 => vec(inner.clone(), 0..4).prop_map(Condition::Any),
            1 => vec(inner.clone(), 0..3).prop_map(Condition::All),
            2 => vec(inner.clone(), 0..3)
                .prop_map(|all| Condition::Chain { via: Via::Reference(LINK), targets: vec![(OWN, all)] }),
            2 => vec(inner, 0..3)
                .prop_map(|conditions| Condition::Has { from: OWN, via: Via::Reference(LINK), conditions }),
        ]
    })
}

fn sort() -> impl Strategy<Value = Sort> {
    let by = prop_oneof![
        Just(SortBy::Id),
        Just(SortBy::Updated),
        one_of(&DATES).prop_map(SortBy::Date),
        Just(SortBy::Date(CLINICAL)),
        one_of(&TEXTS).prop_map(SortBy::Text),
        one_of(&TOKENS).prop_map(SortBy::Token),
        one_of(&NUMBERS).prop_map(SortBy::Number),
        one_of(&QUANTITIES).prop_map(SortBy::Quantity),
        one_of(&REFERENCES).prop_map(SortBy::Reference),
        Just(SortBy::Patient(PATIENT)),
        one_of(PLACES).prop_map(|[x, y, z]| SortBy::Distance { x, y, z }),
    ];
    (by, any::<bool>()).prop_map(|(by, descending)| Sort { by, descending })
}

pub(super) fn ask() -> impl Strategy<Value = Ask> {
    let subjects = || vec(0..SUBJECTS, 0..4);
    let (who, only) = (weighted(0.3, subjects()), weighted(0.3, subjects()));
    let scope = (only, weighted(0.5, clearance()));
    let often = proptest::bool::weighted;
    (often(0.2), vec(condition(), 0..3), who, scope, often(0.8), often(0.7), vec(sort(), 0..4), 1u32..5).prop_map(
        |(both, conditions, who, (only, cleared), main, clinical, sort, limit)| Ask {
            both,
            conditions,
            who,
            cleared: cleared.filter(|_| only.is_none()),
            only,
            main: main && !both,
            clinical: clinical && !both,
            sort: sort.into_iter().filter(|sort| !both || matches!(sort.by, SortBy::Id | SortBy::Updated)).collect(),
            limit,
        },
    )
}
