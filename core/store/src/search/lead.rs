//! Which table leads: the one that is likely to give the fewest candidates, or gives them in the wanted order.
//!
//! Candidates come from one or several groups of leads. Leads of one group have no candidate in common; groups may.

use sea_query::{Alias, Cond, Expr, ExprTrait, JoinType, Query, SelectStatement};

use super::compiler::Compiler;
use super::cost::{CODED_RECORD, NEVER, RECORD, TYPE, cost};
use super::exprs::{Subjects, always, col, number, one_of};
use super::probe::Candidate;
use super::row::{self, Bounds};
use super::{Clearance, Condition, TokenTest, Via};
use crate::{StoreError, TypeCode};

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
    /// What of the guarded is seen, where not all is.
    pub(super) cleared: Option<&'c Clearance>,
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
    /// The first ones in the order of their numbers.
    ByNumber,
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
    /// Whether a resource may come out several times.
    pub(super) repeats: bool,
    /// The alias of `resource`, if that is the table.
    pub(super) resource: Option<String>,
    pub(super) way: Sure,
}

/// Whether there is but one good way to the rows of a lead, whatever values are asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Sure {
    No,
    /// An index gives its few rows, or its rows in their order, if nothing else is asked of them.
    Alone,
    /// They are few, so that anything may be asked of them by their numbers.
    Few,
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
    pub(super) fn of(select: SelectStatement, d: &str) -> Lead {
        Lead {
            select,
            key: col(d, "key"),
            date: None,
            by_date: false,
            undated: Undated::Some,
            id: None,
            live: true,
            repeats: false,
            resource: None,
            way: Sure::No,
        }
    }

    pub(super) fn dated(self, d: &str, by_date: bool) -> Lead {
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
        let Some(code) = want.conditions.iter().position(single) else { return Ok(None) };
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
            other => self.distinct(&want, other)?,
        };
        Ok(vec![Group { leads, rest: want.conditions, whose: want.whose }])
    }

    /// Rows of these subjects, by code when one is asked for that their rows carry.
    fn record<'c>(&self, want: &Want<'c>, subjects: &Subjects) -> Result<Group<'c>, StoreError> {
        let (mut rest, d, t) = (want.conditions.clone(), self.alias("d"), self.alias("t"));
        let bounds = clinical_bounds(want);
        let few = if subjects.are_listed() { Sure::Few } else { Sure::No };
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
            return Ok(group(Lead { way: few, ..Lead::of(select, &d).dated(&d, false) }, rest));
        };
        rest.remove(nth);
        let coded = row::coded(self.reader, tests)?;
        if let [(Some(_), Some(_))] = coded.as_slice() {
            let mut select = Query::select();
            let rows = own(&d).and(row::of_tokens(self.reader.dialect(), &d, &coded));
            select.from_as("bedside", Alias::new(&d)).and_where(rows);
            return Ok(group(Lead { way: few, ..Lead::of(select, &d).dated(&d, false) }, rest));
        }
        let rows = own(&t).and(row::of_tokens(self.dialect(), &t, &coded));
        Ok(group(Lead { way: few, ..self.each_once("bedside", &t, &d, rows) }, rest))
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
            if lead.resource.is_none() && lead.id.is_none() {
                all = all.add(one_of(col(r, "type"), want.kinds.clone()));
            }
        }
        for condition in &group.rest {
            all = all.add(self.probe(&candidate, condition)?);
        }
        for subjects in &group.whose {
            all = all.add(self.belongs(&candidate, subjects));
        }
        if let Some(clearance) = want.cleared {
            all = all.add(self.cleared(&candidate.key, clearance));
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
pub(super) fn clinical_bounds(want: &Want<'_>) -> Option<Bounds> {
    let clinical = want.clinical?;
    let tests = want.conditions.iter().filter_map(|condition| match condition {
        Condition::Date { params, any } if params.as_slice() == [clinical] && !any.is_empty() => Some(Bounds::of(any)),
        _ => None,
    });
    tests.reduce(Bounds::and)
}
