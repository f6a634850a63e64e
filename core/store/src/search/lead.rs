//! Which table leads: the one that is likely to give the fewest candidates, or gives them in the wanted order.
//!
//! Candidates come from one or several groups of leads. Leads of one group have no candidate in common; groups may.

use sea_query::{Alias, Cond, Expr, ExprTrait, JoinType, Query, SelectStatement, UnionType};

use super::compiler::{Compiler, union};
use super::cost::{CODED_RECORD, NEVER, RECORD, TYPE, cost};
use super::exprs::{Subjects, always, col, number, one, one_of, patient, subject};
use super::probe::{Candidate, dot, updated};
use super::row::{self, Bounds, Coded};
use super::{Condition, DateTest, TokenTest, Via};
use crate::key::pack_id;
use crate::schema::WIDE;
use crate::{NO_DATE, StoreError, TypeCode};

/// What is wanted.
#[derive(Clone)]
pub(super) struct Want<'c> {
    pub(super) kinds: Vec<TypeCode>,
    /// All must hold; none is an `All`.
    pub(super) conditions: Vec<&'c Condition>,
    /// The resource belongs to one of each.
    pub(super) whose: Vec<Subjects>,
    pub(super) main: Option<u32>,
    pub(super) clinical: Option<u32>,
    pub(super) purpose: Purpose,
    /// How many alternatives were taken apart on the way here.
    pub(super) widened: u8,
}

/// What for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Purpose {
    /// All of them, in any order.
    Set,
    /// The first ones in the order of the clinical date; `up`: those without one come last.
    ByDate { up: bool, rows: u64 },
    /// The first ones in the order of their last change.
    ByChange,
    /// The first ones in another order.
    Page,
}

/// A table that leads, or a part of it.
pub(super) struct Lead {
    /// `FROM … d WHERE …`, without columns.
    pub(super) select: SelectStatement,
    pub(super) key: Expr,
    /// Its clinical date and the length of that.
    pub(super) date: Option<(Expr, Expr)>,
    /// Whether it lies in the order of that date.
    pub(super) by_date: bool,
    pub(super) undated: Undated,
    /// The logical id, if it lies in that order.
    pub(super) id: Option<Expr>,
    /// Whether its rows are those of resources of the wanted types that are not deleted.
    pub(super) live: bool,
    /// The alias of `resource`, if that is the table.
    pub(super) resource: Option<String>,
}

/// Whether the clinical dates of a lead may be missing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Undated {
    Some,
    None,
    All,
}

/// Leads that have no candidate in common, and what is left to ask of their candidates.
pub(super) struct Group<'c> {
    pub(super) leads: Vec<Lead>,
    pub(super) rest: Vec<&'c Condition>,
    pub(super) whose: Vec<Subjects>,
}

enum Way {
    Condition(usize),
    Whose(usize),
    Type,
}

/// Lists inside lists become one list.
pub(super) fn flat(conditions: &[Condition]) -> Vec<&Condition> {
    let mut out = Vec::with_capacity(conditions.len());
    for condition in conditions {
        match condition {
            Condition::All(list) => out.extend(flat(list)),
            Condition::Any(list) if list.len() == 1 => out.extend(flat(list)),
            other => out.push(other),
        }
    }
    out
}

impl Lead {
    fn of(select: SelectStatement, d: &str) -> Lead {
        Lead {
            select,
            key: col(d, "key"),
            date: None,
            by_date: false,
            undated: Undated::Some,
            id: None,
            live: true,
            resource: None,
        }
    }

    fn dated(self, d: &str, by_date: bool) -> Lead {
        Lead { date: Some((col(d, "date"), col(d, "span"))), by_date, ..self }
    }
}

impl<'r> Compiler<'r> {
    /// Where candidates come from.
    pub(super) fn groups<'c>(&self, want: &Want<'c>) -> Result<Vec<Group<'c>>, StoreError> {
        match self.way(want)? {
            Way::Whose(nth) => {
                let mut rest = want.clone();
                let subjects = rest.whose.remove(nth);
                self.record(&rest, &subjects).map(|group| vec![group])
            }
            Way::Type => Ok(vec![Group {
                leads: self.whole_type(want)?,
                rest: want.conditions.clone(),
                whose: want.whose.clone(),
            }]),
            Way::Condition(nth) => {
                let mut rest = want.clone();
                let condition = rest.conditions.remove(nth);
                self.by_condition(rest, condition)
            }
        }
    }

    fn way(&self, want: &Want<'_>) -> Result<Way, StoreError> {
        let coded = main_codes(want).is_some();
        let each = if coded { CODED_RECORD } else { RECORD };
        let whose = want.whose.iter().enumerate().map(|(nth, subjects)| match subjects {
            Subjects::List(list) => (each.saturating_mul(list.len() as u64), Way::Whose(nth)),
            Subjects::Of(_) => (0, Way::Whose(nth)),
        });
        let conditions = want.conditions.iter().enumerate().map(|(nth, condition)| {
            let taken_apart = want.widened > 1 && matches!(condition, Condition::Any(_));
            (if taken_apart { NEVER } else { cost(condition, want.main) }, Way::Condition(nth))
        });
        let best = whose.chain(conditions).min_by_key(|(cost, _)| *cost);
        match best {
            Some((_, Way::Whose(nth))) => match self.in_order(want, nth)? {
                Some(condition) => Ok(Way::Condition(condition)),
                None => Ok(Way::Whose(nth)),
            },
            Some((cost, way)) if cost < TYPE => Ok(way),
            _ => Ok(Way::Type),
        }
    }

    /// Many subjects, and few rows wanted in an order in which a code gives them: the first rows of that code are soon
    /// found to belong to them when they are a good part of all subjects.
    fn in_order(&self, want: &Want<'_>, nth: usize) -> Result<Option<usize>, StoreError> {
        const MANY: usize = 200;
        const LOOKED_AT: u64 = 20_000;
        let (Purpose::ByDate { rows, .. }, Some(Subjects::List(list))) = (want.purpose, want.whose.get(nth)) else {
            return Ok(None);
        };
        let single = |condition: &&Condition| matches!(condition, Condition::Token { params, any, .. } if params.len() == 1 && is_one_code(any));
        let Some(code) = want.conditions.iter().position(|condition| single(condition)) else { return Ok(None) };
        if list.len() < MANY {
            return Ok(None);
        }
        let others = self.reader.subjects()? / Ord::max(list.len() as u64, 1);
        Ok((rows.saturating_mul(others + 1) <= LOOKED_AT).then_some(code))
    }

    fn by_condition<'c>(&self, want: Want<'c>, condition: &'c Condition) -> Result<Vec<Group<'c>>, StoreError> {
        let leads = match condition {
            Condition::Any(list) => {
                let mut groups = Vec::new();
                for alternative in list {
                    let mut one = want.clone();
                    one.widened += 1;
                    one.conditions.extend(flat(std::slice::from_ref(alternative)));
                    groups.extend(self.groups(&one)?);
                }
                return Ok(groups);
            }
            Condition::Who(subjects) => {
                return self.record(&want, &Subjects::List(subjects.clone())).map(|group| vec![group]);
            }
            Condition::Chain { via: Via::Patient, targets } => {
                let subjects = self.subjects_of(targets)?;
                return self.record(&want, &subjects).map(|group| vec![group]);
            }
            Condition::Token { params, any, .. } => match self.token_groups(&want, params, any)? {
                Ok(leads) => leads,
                Err(each) => {
                    let group = |leads| Group { leads, rest: want.conditions.clone(), whose: want.whose.clone() };
                    return Ok(each.into_iter().map(group).collect());
                }
            },
            Condition::Ids(ids) => vec![self.places(&want.kinds, Some(ids))],
            Condition::Updated(tests) => self.changed(&want.kinds, Some(tests)),
            Condition::Date { params, any } => self.date(&want, params, any),
            Condition::Reference { any, .. } => self.references(condition, any.len() == 1)?,
            Condition::Chain { via: Via::Reference(param), targets } => self.pointing(*param, targets)?,
            Condition::Has { from, via, conditions } => self.pointed_at(&want, *from, *via, conditions)?,
            Condition::Near { x, y, z, least } => self.near([*x, *y, *z], *least),
            Condition::Words { field, any } => self.with_words(*field, any),
            other => self.distinct(other)?,
        };
        Ok(vec![Group { leads, rest: want.conditions, whose: want.whose }])
    }

    /// Rows of these subjects, by code when one is asked for that their rows carry.
    fn record<'c>(&self, want: &Want<'c>, subjects: &Subjects) -> Result<Group<'c>, StoreError> {
        let (mut rest, d, t) = (want.conditions.clone(), self.alias("d"), self.alias("t"));
        let bounds = clinical_bounds(want);
        let own = |alias: &str| {
            let bounds = bounds.map_or_else(always, |bounds| bounds.hold(&col(alias, "date"), false));
            subjects
                .hold(self.dialect(), col(alias, "subject"))
                .and(one_of(col(alias, "type"), want.kinds.clone()))
                .and(bounds)
        };
        let group = |lead: Lead, rest| Group { leads: vec![lead], rest, whose: want.whose.clone() };
        let Some((nth, tests)) = main_codes(want) else {
            let rows = own(&d).and(col(&d, "main").eq(number(1)));
            let mut select = Query::select();
            select.from_as("bedside", Alias::new(&d)).and_where(rows);
            return Ok(group(Lead { by_date: false, ..Lead::of(select, &d).dated(&d, false) }, rest));
        };
        rest.remove(nth);
        let coded = row::coded(self.reader, tests)?;
        if let [(Some(_), Some(_))] = coded.as_slice() {
            let mut select = Query::select();
            select.from_as("bedside", Alias::new(&d)).and_where(own(&d).and(row::of_tokens(&d, &coded)));
            return Ok(group(Lead::of(select, &d).dated(&d, false), rest));
        }
        let rows = own(&t).and(row::of_tokens(&t, &coded));
        Ok(group(self.each_once("bedside", &t, &d, rows), rest))
    }

    /// Each resource once, of a dated table where several rows of it may fit.
    fn each_once(&self, table: &'static str, t: &str, d: &str, rows: Expr) -> Lead {
        let mut keys = Query::select();
        keys.distinct().expr(col(t, "date")).expr(col(t, "key")).expr(col(t, "span"));
        keys.from_as(table, Alias::new(t)).and_where(rows);
        Lead::of(Query::select().from_subquery(keys.take(), Alias::new(d)).take(), d).dated(d, false)
    }

    /// Each resource once, of any table by parameter.
    fn distinct(&self, condition: &Condition) -> Result<Vec<Lead>, StoreError> {
        let t = self.alias("t");
        let Some(row) = row::row(self.reader, condition, &t)? else {
            return Err(StoreError::NotSupported("this condition by itself"));
        };
        let table = row.table;
        let rows = row.is(&t);
        Ok(vec![self.keys_from(table, &t, rows)])
    }

    fn keys_from(&self, table: &'static str, t: &str, rows: Expr) -> Lead {
        let d = self.alias("d");
        let keys = Query::select().distinct().expr(col(t, "key")).from_as(table, Alias::new(t)).and_where(rows).take();
        Lead::of(Query::select().from_subquery(keys, Alias::new(&d)).take(), &d)
    }

    /// Of one code the rows as they lie; of several each code's rows if they are wanted by their date, and so are merged;
    /// else each resource once. (`Err`: a group for each code, whose resources may be the same.)
    #[allow(clippy::type_complexity)]
    fn token_groups(
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
        let rows = row::param(&t, params).and(row::of_tokens(&t, &coded));
        Ok(Ok(vec![self.each_once("token", &t, &d, rows)]))
    }

    fn one_code(&self, want: &Want<'_>, param: u32, coded: Coded<'_>) -> Vec<Lead> {
        let (bounds, up) = (clinical_bounds(want), matches!(want.purpose, Purpose::ByDate { up: true, .. }));
        let rows = |alias: &str| row::param(alias, &[param]).and(row::of_tokens(alias, &[coded]));
        let any_system = coded.1.is_none();
        let lead = |more: fn(&str) -> Expr, bounded: Option<(Bounds, bool)>, undated| {
            let d = self.alias("d");
            let within = |alias: &str| {
                let within = bounded.map_or_else(always, |(bounds, short)| bounds.hold(&col(alias, "date"), short));
                rows(alias).and(within).and(more(alias))
            };
            if any_system && want.purpose == Purpose::Set {
                let t = self.alias("t");
                return Lead { undated, ..self.each_once("token", &t, &d, within(&t)) };
            }
            let mut select = Query::select();
            select.from_as("token", Alias::new(&d)).and_where(within(&d));
            if any_system {
                select.and_where(self.first_of_its_systems(&d));
            }
            Lead { undated, ..Lead::of(select, &d).dated(&d, true) }
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
    fn first_of_its_systems(&self, d: &str) -> Expr {
        let s = self.alias("s");
        let mut earlier = one();
        earlier.from_as("token", Alias::new(&s));
        for column in ["param", "code", "date", "key"] {
            earlier.and_where(col(&s, column).eq(col(d, column)));
        }
        self.exists(earlier.and_where(col(&s, "system").lt(col(d, "system")))).not()
    }

    fn references(&self, condition: &Condition, single: bool) -> Result<Vec<Lead>, StoreError> {
        let (t, d) = (self.alias("t"), self.alias("d"));
        let Condition::Reference { params, .. } = condition else { return Ok(Vec::new()) };
        let alias = if single && params.len() == 1 { &d } else { &t };
        let Some(row) = row::row(self.reader, condition, alias)? else { return Ok(Vec::new()) };
        let rows = row.is(alias);
        if alias == &d {
            let mut select = Query::select();
            select.from_as("reference", Alias::new(&d)).and_where(rows);
            return Ok(vec![Lead::of(select, &d).dated(&d, true)]);
        }
        Ok(vec![self.each_once("reference", &t, &d, rows)])
    }

    /// Dates in their order; the one of the clinical date stands there once for a resource.
    fn date(&self, want: &Want<'_>, params: &[u32], tests: &[DateTest]) -> Vec<Lead> {
        let bounds = if tests.is_empty() { Bounds::default() } else { Bounds::of(tests) };
        let bounds = match (want.clinical, clinical_bounds(want)) {
            (Some(clinical), Some(other)) if params == [clinical] => bounds.and(other),
            _ => bounds,
        };
        let clinical = want.clinical.is_some_and(|clinical| params == [clinical]);
        let lead = |more: Option<&str>, short: bool| {
            let (t, d) = (self.alias("t"), self.alias("d"));
            let alias = if clinical { &d } else { &t };
            let (lo, hi) = (col(alias, "lo"), col(alias, "hi"));
            let fits = row::dates(tests, &lo, &hi);
            let mut rows = row::param(alias, params).and(bounds.hold(&lo, short)).and(fits);
            if let Some(how) = more {
                rows = rows.and(Expr::cust(format!("\"{alias}\".\"hi\" - \"{alias}\".\"lo\" {how} {WIDE}")));
            }
            if !clinical {
                return self.keys_from("date", &t, rows);
            }
            let mut select = Query::select();
            select.from_as("date", Alias::new(&d)).and_where(rows);
            let date = Some((lo.clone(), hi.sub(lo)));
            Lead { date, by_date: true, undated: Undated::None, ..Lead::of(select, &d) }
        };
        if bounds.parts_long() { vec![lead(Some("<="), true), lead(Some(">"), false)] } else { vec![lead(None, false)] }
    }

    fn near(&self, [x, y, z]: [f64; 3], least: f64) -> Vec<Lead> {
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

    fn with_words(&self, field: super::Field, lists: &[Vec<String>]) -> Vec<Lead> {
        let (t, d) = (self.alias("t"), self.alias("d"));
        let Some(found) = self.has_words(&t, field, lists) else { return Vec::new() };
        let mut keys = Query::select();
        keys.expr_as(self.word_key(&t), "key").from_as("words", Alias::new(&t)).and_where(found);
        let lead = Lead::of(Query::select().from_subquery(keys.take(), Alias::new(&d)).take(), &d);
        vec![Lead { live: false, ..lead }]
    }

    /// What points to the resources for which all hold.
    fn pointing(&self, param: u32, targets: &[(TypeCode, Vec<Condition>)]) -> Result<Vec<Lead>, StoreError> {
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
    fn pointed_at(
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
    fn directory(&self, kinds: &[TypeCode]) -> Vec<Lead> {
        kinds.iter().map(|kind| self.places(&[*kind], None)).collect()
    }

    fn places(&self, kinds: &[TypeCode], ids: Option<&[String]>) -> Lead {
        let d = self.alias("d");
        let mut select = Query::select();
        select.from_as("directory", Alias::new(&d)).and_where(one_of(col(&d, "type"), kinds.to_vec()));
        if let Some(ids) = ids {
            select.and_where(one_of(col(&d, "id"), ids.iter().map(|id| pack_id(id)).collect()));
        }
        Lead { live: false, id: Some(col(&d, "id")), ..Lead::of(select, &d) }
    }

    /// Resources in the order of their last change, a lead for each type.
    fn changed(&self, kinds: &[TypeCode], tests: Option<&[DateTest]>) -> Vec<Lead> {
        let lead = |kind: &TypeCode| {
            let d = self.alias("d");
            let mut select = Query::select();
            select.from_as("resource", Alias::new(&d)).and_where(col(&d, "type").eq(*kind));
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
        kinds.iter().map(lead).collect()
    }

    fn whole_type(&self, want: &Want<'_>) -> Result<Vec<Lead>, StoreError> {
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
            _ => self.directory(&want.kinds),
        })
    }

    /// The candidates of a lead that meet the rest: a statement without columns, and what stands for a candidate in it.
    pub(super) fn assemble(
        &self,
        lead: &Lead,
        group: &Group<'_>,
        want: &Want<'_>,
        with_resource: bool,
    ) -> Result<(SelectStatement, Candidate), StoreError> {
        let mut select = lead.select.clone();
        let mut candidate = Candidate {
            key: lead.key.clone(),
            resource: lead.resource.clone(),
            date: lead.date.clone(),
            by_date: lead.by_date,
            clinical: want.clinical,
        };
        if candidate.resource.is_none() && (with_resource || !lead.live) {
            let r = self.alias("r");
            let same = col(&r, "key").eq(lead.key.clone());
            select.join_as(JoinType::InnerJoin, "resource", Alias::new(&r), same);
            candidate.resource = Some(r);
        }
        let mut all = Cond::all();
        if let (false, Some(r)) = (lead.live, &candidate.resource) {
            all = all.add(col(r, "deleted").eq(number(0)));
            if lead.resource.is_none() {
                all = all.add(one_of(col(r, "type"), want.kinds.clone()));
            }
        }
        for condition in &group.rest {
            all = all.add(self.probe(&candidate, condition)?);
        }
        for subjects in &group.whose {
            all = all.add(self.belongs(&candidate, subjects));
        }
        select.cond_where(all);
        Ok((select, candidate))
    }
}

/// The condition on the main code that rows at the bedside answer, and its place.
fn main_codes<'c>(want: &Want<'c>) -> Option<(usize, &'c [TokenTest])> {
    want.conditions.iter().enumerate().find_map(|(nth, condition)| match condition {
        // A resource without a main code has a bedside row all the same: a test that names nothing would find it.
        Condition::Token { params, any, .. }
            if want.main.is_some_and(|main| params.as_slice() == [main]) && any.iter().all(names_something) =>
        {
            Some((nth, any.as_slice()))
        }
        _ => None,
    })
}

fn names_something(test: &TokenTest) -> bool {
    test.code.as_ref().is_some_and(|code| !code.is_empty())
        || matches!(&test.system, super::SystemTest::Uri(uri) if !uri.is_empty())
}

fn is_one_code(tests: &[TokenTest]) -> bool {
    matches!(tests, [one] if one.code.is_some())
}

/// What the conditions say about the clinical date, if they say that there is one.
fn clinical_bounds(want: &Want<'_>) -> Option<Bounds> {
    let clinical = want.clinical?;
    let tests = want.conditions.iter().filter_map(|condition| match condition {
        Condition::Date { params, any } if params.as_slice() == [clinical] && !any.is_empty() => Some(Bounds::of(any)),
        _ => None,
    });
    tests.reduce(Bounds::and)
}
