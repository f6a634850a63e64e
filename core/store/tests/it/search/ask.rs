//! Random resources and random searches over few values, so that much of it meets.

use meridian_store::search::{Condition, DateOp, DateTest, Sort, SortBy, SystemTest, TokenTest};
use meridian_store::{Index, Token};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

/// The parameters of a case, which are added to a base that belongs to its type.
pub(super) const MAIN: u32 = 1;
pub(super) const TOKENS: [u32; 3] = [MAIN, 2, 3];
pub(super) const TEXTS: [u32; 2] = [4, 5];
pub(super) const CLINICAL: u32 = 6;
pub(super) const DATES: [u32; 2] = [CLINICAL, 7];
pub(super) const REFERENCES: [u32; 2] = [8, 9];
/// Persons, and the partition of those that belong to nobody.
pub(super) const SUBJECTS: usize = 4;

#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) subject: usize,
    pub(super) at: i64,
    pub(super) index: Index,
    pub(super) deleted: bool,
}

/// A search whose subjects and parameters are still the small numbers above.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// Which things `_id` names.
    pub(super) ids: Option<Vec<usize>>,
    pub(super) conditions: Vec<Condition>,
    pub(super) who: Option<Vec<usize>>,
    /// `None`: all; an empty list: nothing.
    pub(super) only: Option<Vec<usize>>,
    pub(super) main: bool,
    pub(super) clinical: bool,
    pub(super) sort: Vec<Sort>,
    pub(super) limit: u32,
}

fn one_of<T: Clone + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(values)
}

fn code() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just("a"), 2 => Just("A"), 1 => Just("十")].prop_map(str::to_owned)
}

fn system() -> impl Strategy<Value = Option<String>> {
    one_of(&[None, Some("urn:s1"), Some("urn:s2")]).prop_map(|system| system.map(str::to_owned))
}

fn token() -> impl Strategy<Value = Token> {
    (system(), code()).prop_map(|(system, code)| Token { system, code })
}

fn text() -> impl Strategy<Value = String> {
    one_of(&["", "w", "wang", "wangxi", "li", "王", "王秀", "\u{10FFFF}", "a%b", "'"]).prop_map(str::to_owned)
}

fn moment() -> impl Strategy<Value = i64> {
    -3i64..8
}

fn span() -> impl Strategy<Value = (i64, i64)> {
    (moment(), 0i64..4).prop_map(|(lo, length)| (lo, lo + length))
}

fn index() -> impl Strategy<Value = Index> {
    let some = 0..3;
    let tokens = vec((one_of(&TOKENS[1..]), token()), 0..5);
    let texts = vec((one_of(&TEXTS), text()), some.clone());
    let dates = vec((Just(DATES[1]), span()), some.clone());
    let references =
        vec((one_of(&REFERENCES), 1u16..3, one_of(&["p1", "p2", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"])), some);
    (of(span()), proptest::option::weighted(0.7, vec(token(), 1..4)), tokens, texts, dates, references).prop_map(
        |(date, main, tokens, strings, dates, references)| {
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
            }
        },
    )
}

pub(super) fn thing() -> impl Strategy<Value = Thing> {
    (0..SUBJECTS, 0i64..5, index(), proptest::bool::weighted(0.1)).prop_map(|(subject, at, index, deleted)| Thing {
        subject,
        at,
        index,
        deleted,
    })
}

fn date_test() -> impl Strategy<Value = DateTest> {
    use DateOp::{EndsBefore, Eq, Ge, Gt, Le, Lt, Ne, Overlaps, StartsAfter};
    (one_of(&[Eq, Ne, Gt, Lt, Ge, Le, StartsAfter, EndsBefore, Overlaps]), span()).prop_map(|(op, (lo, hi))| DateTest {
        op,
        lo,
        hi,
    })
}

fn token_test() -> impl Strategy<Value = TokenTest> {
    let uri = one_of(&["urn:s1", "urn:s2", "urn:nobody", ""]).prop_map(|uri| SystemTest::Uri(uri.to_owned()));
    let system = prop_oneof![3 => Just(SystemTest::Any), 1 => Just(SystemTest::None), 3 => uri];
    (system, of(code())).prop_map(|(system, code)| TokenTest { system, code })
}

fn condition() -> impl Strategy<Value = Condition> {
    let denied = holding().prop_map(|condition| Condition::Not(Box::new(condition)));
    prop_oneof![8 => holding(), 1 => denied]
}

fn holding() -> impl Strategy<Value = Condition> {
    let some = 0..3;
    prop_oneof![
        1 => vec(date_test(), some.clone()).prop_map(Condition::Updated),
        8 => (one_of(&TOKENS), vec(token_test(), 0..3), any::<bool>())
            .prop_map(|(param, any, selective)| Condition::Token { param, any, selective }),
        2 => (one_of(&TEXTS), vec(text(), some.clone())).prop_map(|(param, any)| Condition::Text { param, any }),
        1 => (one_of(&TEXTS), vec(text(), some.clone())).prop_map(|(param, any)| Condition::Exact { param, any }),
        2 => (one_of(&REFERENCES), vec((1u16..3, one_of(&["p1", "p2", "none"])), some.clone())).prop_map(|(param, any)| {
            Condition::Reference { param, any: any.into_iter().map(|(kind, id)| (kind, id.to_owned())).collect() }
        }),
        2 => (one_of(&DATES), vec(date_test(), some)).prop_map(|(param, any)| Condition::Date { param, any }),
    ]
}

fn sort() -> impl Strategy<Value = Sort> {
    let by = prop_oneof![
        Just(SortBy::Id),
        Just(SortBy::Updated),
        one_of(&DATES).prop_map(SortBy::Date),
        one_of(&TEXTS).prop_map(SortBy::Text),
        one_of(&TOKENS).prop_map(SortBy::Token),
    ];
    (by, any::<bool>()).prop_map(|(by, descending)| Sort { by, descending })
}

pub(super) fn ask() -> impl Strategy<Value = Ask> {
    let ids = proptest::option::weighted(0.15, vec(0usize..12, 0..4));
    let subjects = || vec(0..SUBJECTS, 0..4);
    let who = proptest::option::weighted(0.4, subjects());
    let only = proptest::option::weighted(0.3, subjects());
    (ids, vec(condition(), 0..3), who, only, proptest::bool::weighted(0.8), any::<bool>(), vec(sort(), 0..4), 1u32..5)
        .prop_map(|(ids, conditions, who, only, main, clinical, sort, limit)| Ask {
            ids,
            conditions,
            who,
            only,
            main,
            clinical,
            sort,
            limit,
        })
}
