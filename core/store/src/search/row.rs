//! Conditions that one row of one table answers.

use std::collections::{BTreeMap, BTreeSet};

use sea_query::{Expr, ExprTrait, Func};

use super::exprs::{all, always, any, col, holds, length, never, number, one_of, one_of_texts, part};
use super::{Condition, DateTest, NumberTest, Op, QuantityTest, Second, SystemTest, TokenTest, Unit};
use crate::db::Dialect;
use crate::intern::NO_SYSTEM;
use crate::key::pack_id;
use crate::rows::near;
use crate::tame::{LONG, SHORT, tame, tame_prefix};
use crate::write::moment;
use crate::{Reader, StoreError, TypeCode};

/// The rows of `table` under one of `params` for which `test` holds; columns are those of the alias that was given.
pub(super) struct Row<'c> {
    pub(super) table: &'static str,
    pub(super) params: &'c [u32],
    pub(super) test: Expr,
}

impl Row<'_> {
    /// That a row is one of them.
    pub(super) fn is(self, alias: &str) -> Expr {
        param(alias, self.params).and(self.test)
    }

    /// The same, for SQLite to read the table in the order of its key: the sign keeps it from an index by parameter,
    /// which it would prefer and then sort.
    pub(super) fn in_order(self, alias: &str) -> Expr {
        let param = Expr::cust(format!("+\"{alias}\".\"param\""));
        one_of(param, self.params.to_vec()).and(self.test)
    }
}

/// That a row stands under one of these parameters.
pub(super) fn param(alias: &str, params: &[u32]) -> Expr {
    one_of(col(alias, "param"), params.to_vec())
}

/// The rows by which a condition is answered, if it is by rows of one table.
pub(super) fn row<'c>(
    reader: &Reader<'_>,
    condition: &'c Condition,
    alias: &str,
) -> Result<Option<Row<'c>>, StoreError> {
    let dialect = reader.dialect();
    let folded = || col(alias, "folded");
    let (table, params, test) = match condition {
        Condition::Token { params, any, .. } => ("token", params, tokens(reader, alias, any)?),
        Condition::Text { params, any: list } => {
            ("string", params, any(list.iter().map(|prefix| begins(folded(), prefix, LONG)).collect()))
        }
        Condition::Contains { params, any: list } => {
            ("string", params, any(list.iter().map(|part| holds(dialect, folded(), part)).collect()))
        }
        Condition::Ends { params, any: list } => {
            ("string", params, any(list.iter().map(|end| ends(folded(), end)).collect()))
        }
        Condition::Whole { params, any: list } => {
            ("string", params, any(list.iter().map(|text| whole(folded(), col(alias, "raw"), text, LONG)).collect()))
        }
        Condition::Exact { params, any: list } => {
            ("string", params, one_of(folded(), list.iter().map(|text| tame(text, LONG).into_owned()).collect()))
        }
        Condition::Order { params, op, text } => {
            let text = tame(text, LONG).into_owned();
            let test = match op {
                Op::Lt | Op::EndsBefore => folded().lt(text),
                Op::Le => folded().lte(text),
                Op::Gt | Op::StartsAfter => folded().gt(text),
                Op::Ge => folded().gte(text),
                Op::Eq | Op::Overlaps => folded().eq(text),
                Op::Ne => folded().ne(text),
            };
            ("string", params, test)
        }
        Condition::Reference { params, any } => ("reference", params, targets(alias, any)),
        Condition::Date { params, any } => ("date", params, dates(any, &col(alias, "lo"), &col(alias, "hi"))),
        Condition::Number { params, any: list } => {
            let test = list.iter().map(|test| compared(*test, &col(alias, "value")));
            ("number", params, any(test.collect()))
        }
        Condition::Quantity { params, any: list } => {
            let tests = list.iter().map(|test| quantity(reader, alias, "code", test));
            ("quantity", params, any(tests.collect::<Result<_, _>>()?))
        }
        Condition::Pair { params, any: list } => {
            let tests = list.iter().map(|(first, second)| pair(reader, alias, first, second));
            ("pair", params, any(tests.collect::<Result<_, _>>()?))
        }
        _ => return Ok(None),
    };
    Ok(Some(Row { table, params, test }))
}

/// The number of the wanted system; `None` when any will do, `Some(None)` when no row uses it.
fn system(reader: &Reader<'_>, test: &SystemTest) -> Result<Option<Option<i64>>, StoreError> {
    Ok(match test {
        SystemTest::Any => None,
        SystemTest::None => Some(Some(NO_SYSTEM)),
        SystemTest::Uri(uri) => Some(reader.system_number(uri)?),
    })
}

/// A token test with the number of its system: code and system, each if one is asked for.
pub(super) type Coded<'c> = (Option<&'c str>, Option<i64>);

/// What is asked of tokens, without what no row can answer.
pub(super) fn coded<'c>(reader: &Reader<'_>, tests: &'c [TokenTest]) -> Result<Vec<Coded<'c>>, StoreError> {
    let mut out = Vec::with_capacity(tests.len());
    for test in tests {
        match system(reader, &test.system)? {
            Some(None) => {} // no row uses this system
            Some(Some(id)) => out.push((test.code.as_deref(), Some(id))),
            None => out.push((test.code.as_deref(), None)),
        }
    }
    Ok(out)
}

/// Codes are gathered by what is asked of their system, so that a long list is one `IN` and no tree.
pub(super) fn tokens(reader: &Reader<'_>, alias: &str, tests: &[TokenTest]) -> Result<Expr, StoreError> {
    Ok(of_tokens(reader.dialect(), alias, &coded(reader, tests)?))
}

/// The same for tests whose systems are numbers already.
pub(super) fn of_tokens(dialect: Dialect, alias: &str, tests: &[Coded<'_>]) -> Expr {
    token_tests(dialect, tests, &col(alias, "code"), &col(alias, "system"), LONG)
}

fn token_tests(dialect: Dialect, tests: &[Coded<'_>], code: &Expr, system: &Expr, longest: usize) -> Expr {
    let mut by_system: BTreeMap<Option<i64>, Vec<String>> = BTreeMap::new();
    let mut rest = Vec::new();
    for (wanted, of) in tests {
        match (wanted, of) {
            (Some(code), of) => by_system.entry(*of).or_default().push(tame(code, longest).into_owned()),
            (None, Some(of)) => rest.push(system.clone().eq(*of)),
            (None, None) => rest.push(always()),
        }
    }
    rest.extend(by_system.into_iter().map(|(of, codes)| {
        let codes = one_of_texts(dialect, code.clone(), codes);
        match of {
            Some(of) => codes.and(system.clone().eq(of)),
            None => codes,
        }
    }));
    any(rest)
}

/// A prefix as a range, which an ordered index answers; an empty prefix matches every text.
fn begins(column: Expr, prefix: &str, longest: usize) -> Expr {
    let prefix = tame_prefix(prefix, longest);
    let from = column.clone().gte(prefix.as_ref());
    match after_prefix(&prefix) {
        Some(end) => from.and(column.lt(end)),
        None => from,
    }
}

/// The first text that no longer begins with `prefix`.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = u32::from(last) + 1;
        let next = if (0xD800..0xE000).contains(&next) { 0xE000 } else { next };
        if let Some(next) = char::from_u32(next) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

fn ends(column: Expr, end: &str) -> Expr {
    if end.is_empty() {
        return always();
    }
    let from = Expr::from(Func::cust("length").arg(column.clone())).sub(number(length(end) - 1));
    part(column, from, None).eq(end)
}

fn whole(folded: Expr, raw: Expr, text: &str, longest: usize) -> Expr {
    let text = tame(text, longest).into_owned();
    if text.is_empty() {
        // An empty `raw` says that the text was like its folded form.
        return raw.eq("").and(folded.eq(""));
    }
    raw.clone().eq(text.as_str()).or(raw.eq("").and(folded.eq(text)))
}

/// Ids are gathered by type, and types by their ids: an id without a type means it in each of a hundred types.
fn targets(alias: &str, list: &[(TypeCode, String)]) -> Expr {
    let mut ids: BTreeMap<TypeCode, BTreeSet<&str>> = BTreeMap::new();
    for (kind, id) in list {
        ids.entry(*kind).or_default().insert(id);
    }
    let mut kinds: BTreeMap<BTreeSet<&str>, Vec<TypeCode>> = BTreeMap::new();
    for (kind, ids) in ids {
        kinds.entry(ids).or_default().push(kind);
    }
    let each = kinds.into_iter().map(|(ids, kinds)| {
        let ids = ids.into_iter().map(pack_id).collect();
        one_of(col(alias, "type"), kinds).and(one_of(col(alias, "id"), ids))
    });
    any(each.collect())
}

pub(super) fn dates(list: &[DateTest], lo: &Expr, hi: &Expr) -> Expr {
    any(list.iter().map(|test| range(*test, lo.clone(), hi.clone())).collect())
}

/// R4 §3.1.1.5.5, with the resource's range `[lo, hi)` and the value's `[test.lo, test.hi)`.
pub(super) fn range(test: DateTest, lo: Expr, hi: Expr) -> Expr {
    match test.op {
        Op::Eq => lo.gte(test.lo).and(hi.lte(test.hi)),
        Op::Ne => lo.lt(test.lo).or(hi.gt(test.hi)),
        Op::Gt => hi.gt(test.hi),
        Op::Lt => lo.lt(test.lo),
        Op::Ge => lo.gte(test.lo).or(hi.gt(test.hi)),
        Op::Le => hi.lte(test.hi).or(lo.lt(test.lo)),
        Op::StartsAfter => lo.gte(test.hi),
        Op::EndsBefore => hi.lte(test.lo),
        Op::Overlaps => lo.lt(test.hi).and(hi.gt(test.lo)),
    }
}

fn compared(test: NumberTest, value: &Expr) -> Expr {
    let value = || value.clone();
    match test.op {
        _ if test.lo.is_nan() || test.hi.is_nan() => never(),
        Op::Eq if test.lo.total_cmp(&test.hi).is_eq() => value().eq(test.lo),
        Op::Ne if test.lo.total_cmp(&test.hi).is_eq() => value().ne(test.lo),
        Op::Eq => value().gte(test.lo).and(value().lt(test.hi)),
        Op::Ne => value().lt(test.lo).or(value().gte(test.hi)),
        Op::Gt | Op::StartsAfter => value().gt(test.hi),
        Op::Lt | Op::EndsBefore => value().lt(test.lo),
        Op::Ge => value().gte(test.lo),
        Op::Le => value().lte(test.hi),
        Op::Overlaps => value().gte(test.lo).and(value().lte(test.hi)),
    }
}

/// `ordered` is the column of the canonical unit, or of the own code where there is none.
fn quantity(reader: &Reader<'_>, alias: &str, ordered: &'static str, test: &QuantityTest) -> Result<Expr, StoreError> {
    let own = || compared(test.number, &col(alias, "own"));
    Ok(match &test.unit {
        Unit::Any => own(),
        Unit::Canonical { code } => {
            col(alias, ordered).eq(tame(code, SHORT).into_owned()).and(compared(test.number, &col(alias, "value")))
        }
        Unit::Code { system: wanted, code } => {
            let code = tame(code, SHORT).into_owned();
            let coded = col(alias, "unit_code").eq(code.as_str());
            match system(reader, wanted)? {
                Some(Some(id)) => own().and(coded).and(col(alias, "system").eq(id)),
                Some(None) => never(),
                None => own().and(coded.or(col(alias, "unit").eq(code))),
            }
        }
    })
}

fn pair(reader: &Reader<'_>, alias: &str, first: &TokenTest, second: &Second) -> Result<Expr, StoreError> {
    let column = |name| col(alias, name);
    let token = |test: &TokenTest, code, system| {
        let coded = coded(reader, std::slice::from_ref(test))?;
        Ok::<_, StoreError>(token_tests(reader.dialect(), &coded, &column(code), &column(system), SHORT))
    };
    let first = token(first, "code", "first")?;
    let second = match second {
        Second::Token(test) => token(test, "text", "system")?,
        Second::Text(prefix) => begins(column("text"), prefix, SHORT),
        Second::Whole(text) => whole(column("text"), column("unit"), text, SHORT),
        Second::Date(test) => {
            let (lo, hi) = (moment(test.lo), moment(test.hi));
            // Compared with the same numbers that the dates became.
            pair_dates(test.op, lo, hi, &column("value"), &column("own"))
        }
        Second::Number(test) => compared(*test, &column("value")),
        Second::Quantity(test) => quantity(reader, alias, "text", test)?,
        Second::Span(from, to) => compared(*from, &column("value")).and(compared(*to, &column("own"))),
    };
    Ok(first.and(second))
}

fn pair_dates(op: Op, from: f64, to: f64, lo: &Expr, hi: &Expr) -> Expr {
    let (lo, hi) = (|| lo.clone(), || hi.clone());
    match op {
        Op::Eq => lo().gte(from).and(hi().lte(to)),
        Op::Ne => lo().lt(from).or(hi().gt(to)),
        Op::Gt => hi().gt(to),
        Op::Lt => lo().lt(from),
        Op::Ge => lo().gte(from).or(hi().gt(to)),
        Op::Le => hi().lte(to).or(lo().lt(from)),
        Op::StartsAfter => lo().gte(to),
        Op::EndsBefore => hi().lte(from),
        Op::Overlaps => lo().lt(to).and(hi().gt(from)),
    }
}

/// Between which moments the dates begin that can fit, and whether that holds for short dates only.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    pub(super) from: Option<i64>,
    /// The same for dates that are no longer than [`crate::schema::WIDE`].
    pub(super) from_short: Option<i64>,
    pub(super) to: Option<i64>,
}

impl Bounds {
    /// Of one parameter's tests, of which any may hold.
    pub(super) fn of(tests: &[DateTest]) -> Bounds {
        let one = |test: &DateTest| {
            let (lo, hi) = (near(test.lo), near(test.hi));
            let short = |from: i64| Some(from.saturating_sub(crate::schema::WIDE));
            match test.op {
                Op::Eq => Bounds { from: Some(lo), from_short: Some(lo), to: Some(hi) },
                Op::Ne => Bounds::default(),
                Op::Gt => Bounds { from_short: short(hi), ..Bounds::default() },
                Op::Ge => Bounds { from_short: short(lo), ..Bounds::default() },
                Op::Lt => Bounds { to: Some(lo), ..Bounds::default() },
                Op::Le => Bounds { to: Some(Ord::max(hi, lo)), ..Bounds::default() },
                Op::StartsAfter => Bounds { from: Some(hi), from_short: Some(hi), to: None },
                Op::EndsBefore => Bounds { to: Some(lo), ..Bounds::default() },
                Op::Overlaps => Bounds { from: None, from_short: short(lo), to: Some(hi) },
            }
        };
        let least = |a: Option<i64>, b: Option<i64>| a.zip(b).map(|(a, b)| Ord::min(a, b));
        let both = |a: Bounds, b: Bounds| Bounds {
            from: least(a.from, b.from),
            from_short: least(a.from_short, b.from_short),
            to: a.to.zip(b.to).map(|(a, b)| Ord::max(a, b)),
        };
        tests.iter().map(one).reduce(both).unwrap_or_default()
    }

    /// Of two parameters' tests, which both must hold.
    pub(super) fn and(self, other: Bounds) -> Bounds {
        let greatest = |a: Option<i64>, b: Option<i64>| a.into_iter().chain(b).max();
        Bounds {
            from: greatest(self.from, other.from),
            from_short: greatest(self.from_short, other.from_short),
            to: self.to.into_iter().chain(other.to).min(),
        }
    }

    /// What follows for the beginning of a date.
    pub(super) fn hold(self, lo: &Expr, short: bool) -> Expr {
        let from = if short { self.from_short } else { self.from };
        let from = from.map(|from| lo.clone().gte(from));
        all(from.into_iter().chain(self.to.map(|to| lo.clone().lte(to))).collect())
    }

    /// Whether long dates must be looked for by themselves.
    pub(super) fn parts_long(self) -> bool {
        self.from_short != self.from
    }
}

/// Whether a text holds one of the needles, for the list of what a resource holds.
pub(super) fn lists(dialect: Dialect, text: &Expr, needles: &[String]) -> Expr {
    any(needles.iter().map(|needle| holds(dialect, text.clone(), needle)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_prefix_range_holds_just_what_begins_with_it(prefix in ".{1,6}", other in ".{0,8}") {
            let end = after_prefix(&prefix).unwrap();
            let inside = other.as_str() >= prefix.as_str() && other < end;
            prop_assert_eq!(inside, other.starts_with(&prefix));
        }
    }
}
