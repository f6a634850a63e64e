//! The tables that can lead, each for its kind of condition.

use sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, UnionType};

use super::compiler::{Compiler, union};
use super::exprs::{always, col, number, one, one_of, patient, subject};
use super::lead::{Lead, Purpose, Sure, Undated, Want, clinical_bounds};
use super::probe::{dot, updated};
use super::row::{self, Bounds, Coded};
use super::{Condition, DateTest, QuantityTest, TokenTest, Unit, Via};
use crate::db::Dialect;
use crate::key::pack_id;
use crate::schema::WIDE;
use crate::{NO_DATE, StoreError, TypeCode};

impl Compiler<'_> {
    /// Each resource once, of a dated table where several rows of it may fit.
    pub(super) fn each_once(&self, table: &'static str, t: &str, d: &str, rows: Expr) -> Lead {
        let mut keys = Query::select();
        keys.distinct().expr(col(t, "date")).expr(col(t, "key")).expr(col(t, "span"));
        keys.from_as(table, Alias::new(t)).and_where(rows);
        Lead::of(Query::select().from_subquery(keys.take(), Alias::new(d)).take(), d).dated(d, false)
    }

    /// Each resource once, of any table by parameter.
    pub(super) fn distinct(&self, want: &Want<'_>, condition: &Condition) -> Result<Vec<Lead>, StoreError> {
        let t = self.alias("t");
        let Some(row) = row::row(self.reader, condition, &t)? else {
            return Err(StoreError::NotSupported("this condition by itself"));
        };
        let table = row.table;
        if want.purpose != Purpose::ByNumber {
            let rows = row.is(&t);
            return Ok(vec![Lead { way: is_sure(condition), ..self.keys_from(table, &t, rows) }]);
        }
        // Left in one statement with the order that is wanted, the first rows end the reading.
        let rows = match condition {
            Condition::Quantity { params, any }
                if self.dialect() == Dialect::Sqlite && without_unit(any) && self.is_common(params)? =>
            {
                row.in_order(&t)
            }
            _ => row.is(&t),
        };
        let select = Query::select().from_as(table, Alias::new(&t)).and_where(rows).take();
        Ok(vec![Lead { repeats: true, way: is_sure(condition), ..Lead::of(select, &t) }])
    }

    /// Whether a good part of the latest quantities stands under one of these parameters, so that reading them in their
    /// order soon meets some. The answer is the same either way.
    fn is_common(&self, params: &[u32]) -> Result<bool, StoreError> {
        const LATEST: u64 = 256;
        let mut latest = Query::select();
        latest.column("param").from("quantity").order_by("key", Order::Desc).limit(LATEST);
        let found = self.reader.conn.ask(&latest, |row| row.get::<u32>(0))?;
        Ok(found.iter().filter(|param| params.contains(param)).count() * 16 >= found.len())
    }

    pub(super) fn keys_from(&self, table: &'static str, t: &str, rows: Expr) -> Lead {
        let d = self.alias("d");
        let keys = Query::select().distinct().expr(col(t, "key")).from_as(table, Alias::new(t)).and_where(rows).take();
        Lead::of(Query::select().from_subquery(keys, Alias::new(&d)).take(), &d)
    }

    /// Of one code the rows as they lie; of several each code's rows if they are wanted by their date, and so are merged;
    /// else each resource once. (`Err`: a group for each code, whose resources may be the same.)
    #[allow(clippy::type_complexity)]
    pub(super) fn token_groups(
        &self,
        want: &Want<'_>,
        params: &[u32],
        tests: &[TokenTest],
    ) -> Result<Result<Vec<Lead>, Vec<Vec<Lead>>>, StoreError> {
        const MERGED: usize = 8;
        let coded = row::coded(self.reader, tests)?;
        let single = coded.iter().all(|(code, _)| code.is_some());
        let ways = params.len().saturating_mul(coded.len());
        let each = || params.iter().flat_map(|param| coded.iter().map(|coded| (*param, *coded)));
        let by_date = matches!(want.purpose, Purpose::ByDate { .. });
        if single && ways == 1 {
            let leads = each().next().map(|(param, coded)| self.one_code(want, param, coded));
            return Ok(Ok(leads.unwrap_or_default()));
        }
        if single && by_date && (2..=MERGED).contains(&ways) {
            return Ok(Err(each().map(|(param, coded)| self.one_code(want, param, coded)).collect()));
        }
        let (t, d) = (self.alias("t"), self.alias("d"));
        let rows = row::param(&t, params).and(row::of_tokens(self.dialect(), &t, &coded));
        Ok(Ok(vec![self.each_once("token", &t, &d, rows)]))
    }

    pub(super) fn one_code(&self, want: &Want<'_>, param: u32, coded: Coded<'_>) -> Vec<Lead> {
        let (bounds, up) = (clinical_bounds(want), matches!(want.purpose, Purpose::ByDate { up: true, .. }));
        let rows = |alias: &str| row::param(alias, &[param]).and(row::of_tokens(self.dialect(), alias, &[coded]));
        let any_system = coded.1.is_none();
        let lead = |more: fn(&str) -> Expr, bounded: Option<(Bounds, bool)>, undated| {
            let d = self.alias("d");
            let within = |alias: &str| {
                let within = bounded.map_or_else(always, |(bounds, short)| bounds.hold(&col(alias, "date"), short));
                rows(alias).and(within).and(more(alias))
            };
            let mut select = Query::select();
            select.from_as("token", Alias::new(&d)).and_where(within(&d));
            let repeats = any_system && want.purpose == Purpose::Set;
            if any_system && !repeats {
                select.and_where(self.first_of_its_systems(&d));
            }
            Lead { undated, repeats, way: Sure::Alone, ..Lead::of(select, &d).dated(&d, true) }
        };
        let long = |alias: &str| Expr::cust(format!("\"{alias}\".\"span\" > {WIDE}"));
        let short = |alias: &str| Expr::cust(format!("\"{alias}\".\"span\" <= {WIDE}"));
        let dated = |alias: &str| col(alias, "date").gt(number(NO_DATE));
        let undated = |alias: &str| col(alias, "date").eq(number(NO_DATE));
        let any = |_: &str| always();
        match bounds {
            Some(bounds) if bounds.parts_long() && want.purpose != Purpose::Set => {
                vec![lead(short, Some((bounds, true)), Undated::None), lead(long, Some((bounds, false)), Undated::None)]
            }
            Some(bounds) => vec![lead(any, Some((bounds, false)), Undated::None)],
            None if up => vec![lead(dated, None, Undated::None), lead(undated, None, Undated::All)],
            None => vec![lead(any, None, Undated::Some)],
        }
    }

    /// The same code under two systems gives two rows; only the first counts.
    pub(super) fn first_of_its_systems(&self, d: &str) -> Expr {
        let s = self.alias("s");
        let mut earlier = one();
        earlier.from_as("token", Alias::new(&s));
        for column in ["param", "code", "date", "key"] {
            earlier.and_where(col(&s, column).eq(col(d, column)));
        }
        self.exists(earlier.and_where(col(&s, "system").lt(col(d, "system")))).not()
    }

    pub(super) fn references(&self, condition: &Condition, single: bool) -> Result<Vec<Lead>, StoreError> {
        let (t, d) = (self.alias("t"), self.alias("d"));
        let Condition::Reference { params, .. } = condition else { return Ok(Vec::new()) };
        let alias = if single && params.len() == 1 { &d } else { &t };
        let Some(row) = row::row(self.reader, condition, alias)? else { return Ok(Vec::new()) };
        let rows = row.is(alias);
        if alias == &d {
            let mut select = Query::select();
            select.from_as("reference", Alias::new(&d)).and_where(rows);
            return Ok(vec![Lead { way: Sure::Alone, ..Lead::of(select, &d).dated(&d, true) }]);
        }
        Ok(vec![self.each_once("reference", &t, &d, rows)])
    }

    /// Dates in their order; the one of the clinical date stands there once for a resource.
    pub(super) fn date(&self, want: &Want<'_>, params: &[u32], tests: &[DateTest]) -> Vec<Lead> {
        let bounds = if tests.is_empty() { Bounds::default() } else { Bounds::of(tests) };
        let clinical = want.clinical.is_some_and(|clinical| params == [clinical]);
        let bounds = match clinical_bounds(want).filter(|_| clinical) {
            Some(other) => bounds.and(other),
            None => bounds,
        };
        let part = |alias: &str, how: &str, short: bool| {
            let length = Expr::cust(format!("\"{alias}\".\"hi\" - \"{alias}\".\"lo\" {how} {WIDE}"));
            length.and(bounds.hold(&col(alias, "lo"), short))
        };
        let fitting = |alias: &str, within: Expr| {
            let fits = row::dates(tests, &col(alias, "lo"), &col(alias, "hi"));
            row::param(alias, params).and(within).and(fits)
        };
        if !clinical {
            // A resource may have short and long ones: it must come out once.
            let t = self.alias("t");
            let within = if bounds.parts_long() {
                part(&t, "<=", true).or(part(&t, ">", false))
            } else {
                bounds.hold(&col(&t, "lo"), false)
            };
            return vec![self.keys_from("date", &t, fitting(&t, within))];
        }
        let lead = |within: &dyn Fn(&str) -> Expr| {
            let (d, mut select) = (self.alias("d"), Query::select());
            select.from_as("date", Alias::new(&d)).and_where(fitting(&d, within(&d)));
            let date = Some((col(&d, "lo"), col(&d, "hi").sub(col(&d, "lo"))));
            Lead { date, by_date: true, undated: Undated::None, way: Sure::Alone, ..Lead::of(select, &d) }
        };
        if bounds.parts_long() {
            vec![lead(&|d| part(d, "<=", true)), lead(&|d| part(d, ">", false))]
        } else {
            vec![lead(&|d| bounds.hold(&col(d, "lo"), false))]
        }
    }

    pub(super) fn near(&self, [x, y, z]: [f64; 3], least: f64) -> Vec<Lead> {
        let t = self.alias("t");
        // Places no further off than this angle lie between two circles of latitude.
        let (angle, height) = (least.clamp(-1.0, 1.0).acos(), z.clamp(-1.0, 1.0).asin());
        let right = std::f64::consts::FRAC_PI_2;
        let from = if height - angle <= -right { -2.0 } else { (height - angle).sin() - 1e-9 };
        let to = if height + angle >= right { 2.0 } else { (height + angle).sin() + 1e-9 };
        let between = col(&t, "z").gte(from).and(col(&t, "z").lte(to));
        let rows = between.and(dot(&t, x, y, z).gte(least));
        vec![Lead { live: false, ..self.keys_from("place", &t, rows) }]
    }

    pub(super) fn with_words(&self, field: super::Field, lists: &[Vec<String>]) -> Vec<Lead> {
        let (t, d) = (self.alias("t"), self.alias("d"));
        let Some(found) = self.has_words(&t, field, lists) else { return Vec::new() };
        let mut keys = Query::select();
        keys.expr_as(self.word_key(&t), "key").from_as("words", Alias::new(&t)).and_where(found);
        let lead = Lead::of(Query::select().from_subquery(keys.take(), Alias::new(&d)).take(), &d);
        vec![Lead { live: false, ..lead }]
    }

    /// What points to the resources for which all hold.
    pub(super) fn pointing(&self, param: u32, targets: &[(TypeCode, Vec<Condition>)]) -> Result<Vec<Lead>, StoreError> {
        let mut parts = Vec::with_capacity(targets.len());
        for (kind, conditions) in targets {
            let (k, x, t) = (self.alias("k"), self.alias("x"), self.alias("t"));
            let mut rows = Query::select();
            rows.expr(col(&t, "date")).expr(col(&t, "key")).expr(col(&t, "span"));
            rows.from_subquery(self.keys_of(*kind, conditions)?, Alias::new(&k));
            rows.join_as(JoinType::InnerJoin, "resource", Alias::new(&x), col(&x, "key").eq(col(&k, "key")));
            let points = row::param(&t, &[param]).and(col(&t, "type").eq(number((*kind).into())));
            let points = points.and(col(&t, "id").eq(col(&x, "id")));
            parts.push(rows.join_as(JoinType::InnerJoin, "reference", Alias::new(&t), points).take());
        }
        let d = self.alias("d");
        let (mut first, more) = (union(UnionType::Distinct, parts), targets.len() > 1);
        if !more {
            first.distinct();
        }
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        let select = Query::select().from_subquery(first, Alias::new(&d)).take();
        Ok(vec![Lead::of(select, &d).dated(&d, false)])
    }

    /// What the resources for which all hold point to.
    pub(super) fn pointed_at(
        &self,
        want: &Want<'_>,
        from: TypeCode,
        via: Via,
        conditions: &[Condition],
    ) -> Result<Vec<Lead>, StoreError> {
        let (k, d) = (self.alias("k"), self.alias("d"));
        let pointing = self.keys_of(from, conditions)?;
        let mut keys = Query::select();
        match via {
            Via::Patient => {
                let (s, mut subjects) = (self.alias("s"), Query::select());
                subjects.expr_as(subject(col(&k, "key")), "subject").from_subquery(pointing, Alias::new(&k));
                let common = Expr::cust(crate::Subject::COMMON.0.to_string());
                subjects.distinct().and_where(subject(col(&k, "key")).ne(common));
                keys.expr_as(patient(col(&s, "subject")), "key");
                keys.from_subquery(self.persons(subjects.take()), Alias::new(&s));
            }
            Via::Reference(param) => {
                let (t, p) = (self.alias("t"), self.alias("p"));
                keys.distinct().expr(col(&p, "key")).from_subquery(pointing, Alias::new(&k));
                let points = col(&t, "key").eq(col(&k, "key")).and(row::param(&t, &[param]));
                let points = points.and(one_of(col(&t, "type"), want.kinds.clone()));
                keys.join_as(JoinType::InnerJoin, "reference", Alias::new(&t), points);
                let place = col(&p, "type").eq(col(&t, "type")).and(col(&p, "id").eq(col(&t, "id")));
                keys.join_as(JoinType::InnerJoin, "directory", Alias::new(&p), place);
            }
        }
        let select = Query::select().from_subquery(keys.take(), Alias::new(&d)).take();
        Ok(vec![Lead { live: false, ..Lead::of(select, &d) }])
    }

    /// The directory; a lead for each type, each of which lies in the order of ids.
    pub(super) fn directory(&self, kinds: &[TypeCode]) -> Vec<Lead> {
        kinds.iter().map(|kind| self.places(&[*kind], None)).collect()
    }

    pub(super) fn places(&self, kinds: &[TypeCode], ids: Option<&[String]>) -> Lead {
        let d = self.alias("d");
        let mut select = Query::select();
        select.from_as("directory", Alias::new(&d)).and_where(one_of(col(&d, "type"), kinds.to_vec()));
        let way = if ids.is_some() { Sure::Alone } else { Sure::No };
        if let Some(ids) = ids {
            select.and_where(one_of(col(&d, "id"), ids.iter().map(|id| pack_id(id)).collect()));
        }
        Lead { live: false, id: Some(col(&d, "id")), way, ..Lead::of(select, &d) }
    }

    /// Resources in the order of their last change, a lead for each type unless that would be too much.
    pub(super) fn changed(&self, kinds: &[TypeCode], tests: Option<&[DateTest]>) -> Vec<Lead> {
        let lead = |kinds: &[TypeCode]| {
            let d = self.alias("d");
            let mut select = Query::select();
            select.from_as("resource", Alias::new(&d)).and_where(one_of(col(&d, "type"), kinds.to_vec()));
            if let Some(tests) = tests {
                // A moment is shorter than every short date.
                let bounds = Bounds::of(tests);
                let moment =
                    |short: i64| if bounds.parts_long() && tests.len() == 1 { short + WIDE - 1 } else { short };
                let from = bounds.from_short.map(moment);
                let from = from.map(|from| col(&d, "at").gte(from));
                let to = bounds.to.map(|to| col(&d, "at").lte(to));
                from.into_iter().chain(to).for_each(|bound| {
                    select.and_where(bound);
                });
                select.and_where(updated(tests, &col(&d, "at")));
            }
            Lead { live: false, resource: Some(d.clone()), ..Lead::of(select, &d) }
        };
        let parts = if self.may_repeat(kinds.len()) { 1 } else { kinds.len() };
        kinds.chunks(Ord::max(parts, 1)).map(lead).collect()
    }

    pub(super) fn whole_type(&self, want: &Want<'_>) -> Result<Vec<Lead>, StoreError> {
        Ok(match (want.purpose, want.clinical, want.kinds.as_slice()) {
            (Purpose::ByChange, ..) => self.changed(&want.kinds, None),
            (Purpose::ByDate { .. }, Some(clinical), [kind]) => {
                let (d, u) = (self.alias("d"), self.alias("d"));
                let mut dated = Query::select();
                dated.from_as("date", Alias::new(&d)).and_where(row::param(&d, &[clinical]));
                let date = Some((col(&d, "lo"), col(&d, "hi").sub(col(&d, "lo"))));
                let dated = Lead { date, by_date: true, undated: Undated::None, ..Lead::of(dated, &d) };
                let mut undated = Query::select();
                let none = Expr::cust(format!("\"{u}\".\"date\" = {NO_DATE}"));
                undated.from_as("resource", Alias::new(&u)).and_where(col(&u, "type").eq(*kind)).and_where(none);
                let undated = Lead {
                    live: false,
                    resource: Some(u.clone()),
                    undated: Undated::All,
                    date: Some((col(&u, "date"), number(-1))),
                    ..Lead::of(undated, &u)
                };
                vec![dated, undated]
            }
            (Purpose::Set, ..) => vec![self.places(&want.kinds, None)],
            _ if want.kinds.len() > 1 && !self.may_repeat(want.kinds.len()) => vec![self.places(&want.kinds, None)],
            _ => self.directory(&want.kinds),
        })
    }
}

/// No index is by the bare number: any value may be meant, of whatever unit.
fn without_unit(tests: &[QuantityTest]) -> bool {
    tests.iter().all(|test| test.unit == Unit::Any)
}

/// Texts by their beginning are few, and so are whole ones.
fn is_sure(condition: &Condition) -> Sure {
    const BEGINNING: usize = 2;
    match condition {
        Condition::Text { any, .. } if any.iter().all(|text| text.len() > BEGINNING) => Sure::Alone,
        Condition::Exact { .. } => Sure::Alone,
        _ => Sure::No,
    }
}
