//! What all parts of a statement share: the dialect, names that are not taken, and sets of resources as statements.

use std::cell::Cell;

use sea_query::{Alias, CaseStatement, Expr, ExprTrait, Func, JoinType, Query, SelectStatement, UnionType};

use super::Condition;
use super::exprs::{Subjects, col, number, patient, subject};
use super::lead::{Purpose, Want, flat};
use crate::db::Dialect;
use crate::{Reader, StoreError, TypeCode};

pub(super) struct Compiler<'r> {
    pub(super) reader: &'r Reader<'r>,
    names: Cell<u32>,
    /// Whether what is asked of candidates stays apart from their statement. SQLite makes one join of it all, the plan of
    /// which takes the square of what is asked.
    apart: bool,
    /// How much is asked of a candidate.
    tests: usize,
}

/// So many tests are planned together.
const TOGETHER: usize = 64;
/// So many tests and leads are repeated at most.
const REPEATED: usize = 2_000;

impl<'r> Compiler<'r> {
    pub(super) fn new(reader: &'r Reader<'r>, conditions: &[Condition]) -> Compiler<'r> {
        let tests = tests(conditions);
        Compiler { reader, names: Cell::new(0), apart: reader.dialect() == Dialect::Sqlite && tests > TOGETHER, tests }
    }

    /// Whether all that is asked may stand in a statement so many times: a database takes 32,766 values.
    pub(super) fn may_repeat(&self, times: usize) -> bool {
        times.saturating_mul(self.tests.saturating_add(1)) <= REPEATED
    }

    /// `EXISTS (…)`.
    pub(super) fn exists(&self, select: &mut SelectStatement) -> Expr {
        if self.apart {
            select.limit(1);
        }
        Expr::exists(select.take())
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.reader.dialect()
    }

    /// A name for a table that no other has.
    pub(super) fn alias(&self, letter: &str) -> String {
        let nth = self.names.get();
        self.names.set(nth + 1);
        format!("{letter}{nth}")
    }

    /// A test that no index answers; the plan need not look into it.
    pub(super) fn opaque(&self, test: Expr) -> Expr {
        if !self.apart {
            return test;
        }
        let held: Expr = CaseStatement::new().case(test, number(1)).finally(number(0)).into();
        held.eq(number(1))
    }

    /// `SELECT key …`: the resources of one type for which all hold. One may come out twice.
    pub(super) fn keys_of(&self, kind: TypeCode, conditions: &[Condition]) -> Result<SelectStatement, StoreError> {
        let want = Want {
            kinds: vec![kind],
            conditions: flat(conditions),
            whose: Vec::new(),
            main: None,
            clinical: None,
            purpose: Purpose::Set,
            cleared: None,
            widened: 0,
        };
        self.keys(&want)
    }

    /// The same for any wish.
    pub(super) fn keys(&self, want: &Want<'_>) -> Result<SelectStatement, StoreError> {
        let mut parts = Vec::new();
        for group in self.groups(want)? {
            for lead in &group.leads {
                let (mut select, candidate) = self.assemble(lead, &group, want, false)?;
                parts.push(select.expr_as(candidate.key, "key").take());
            }
        }
        Ok(union(UnionType::Distinct, parts))
    }

    /// `SELECT subject …`: all sources of the persons whose sources `subjects` (of one column `subject`) gives.
    pub(super) fn persons(&self, subjects: SelectStatement) -> SelectStatement {
        let (s, one, all) = (self.alias("s"), self.alias("m"), self.alias("m"));
        let mut select = Query::select();
        let whole = Func::coalesce([col(&all, "subject"), col(&s, "subject")]);
        select.distinct().expr_as(Expr::from(whole), "subject").from_subquery(subjects, Alias::new(&s));
        let now = |alias: &str| col(alias, "to_tx").is_null();
        let own = col(&one, "subject").eq(col(&s, "subject")).and(now(&one));
        select.join_as(JoinType::LeftJoin, "membership", Alias::new(&one), own);
        let others = col(&all, "person").eq(col(&one, "person")).and(now(&all));
        select.join_as(JoinType::LeftJoin, "membership", Alias::new(&all), others);
        select.take()
    }

    /// `SELECT subject …`: this subject and all others of the same person.
    pub(super) fn subjects_with(&self, own: Expr) -> SelectStatement {
        self.person(own, |subject| subject)
    }

    /// `SELECT subject …`: the keys of their Patients.
    pub(super) fn patients_with(&self, own: Expr) -> SelectStatement {
        self.person(own, patient)
    }

    fn person(&self, own: Expr, as_: fn(Expr) -> Expr) -> SelectStatement {
        let (one, all) = (self.alias("m"), self.alias("m"));
        let now = |alias: &str| col(alias, "to_tx").is_null();
        let mut others = Query::select();
        others.expr_as(as_(col(&all, "subject")), "subject").from_as("membership", Alias::new(&one));
        let same = col(&all, "person").eq(col(&one, "person")).and(now(&all));
        others.join_as(JoinType::InnerJoin, "membership", Alias::new(&all), same);
        others.and_where(col(&one, "subject").eq(own.clone())).and_where(now(&one));
        let mut itself = Query::select();
        itself.expr_as(as_(own), "subject").union(UnionType::Distinct, others);
        itself.take()
    }

    /// The subjects of the Patients that fit, and of whoever is the same person.
    pub(super) fn subjects_of(&self, targets: &[(TypeCode, Vec<Condition>)]) -> Result<Subjects, StoreError> {
        let mut parts = Vec::with_capacity(targets.len());
        for (kind, conditions) in targets {
            let k = self.alias("k");
            let mut select = Query::select();
            select.expr_as(subject(col(&k, "key")), "subject");
            parts.push(select.from_subquery(self.keys_of(*kind, conditions)?, Alias::new(&k)).take());
        }
        Ok(Subjects::Of(Box::new(self.persons(union(UnionType::Distinct, parts)))))
    }
}

/// One statement of several that select the same columns; nothing of none.
pub(super) fn union(kind: UnionType, parts: Vec<SelectStatement>) -> SelectStatement {
    let mut parts = parts.into_iter();
    let Some(mut first) = parts.next() else {
        return Query::select().expr_as(Expr::cust("0"), "key").and_where(super::exprs::never()).take();
    };
    parts.for_each(|part| {
        first.union(kind, part);
    });
    first
}

/// How much is asked, counted roughly.
fn tests(conditions: &[Condition]) -> usize {
    let one = |condition: &Condition| match condition {
        Condition::Text { any, params } | Condition::Contains { any, params } | Condition::Ends { any, params } => {
            any.len() + params.len()
        }
        Condition::Exact { any, params } | Condition::Whole { any, params } => any.len() + params.len(),
        Condition::Token { any, params, .. } => any.len().saturating_mul(params.len()),
        Condition::Date { any, params } => any.len() + params.len(),
        Condition::Number { any, params } => any.len() + params.len(),
        Condition::Quantity { any, params } => any.len() + params.len(),
        Condition::Pair { any, params } => any.len() + params.len(),
        Condition::Reference { any, params } => any.len() + params.len(),
        Condition::Order { params, .. } | Condition::Present { params, .. } => params.len(),
        Condition::Updated(any) => any.len(),
        Condition::Ids(ids) => ids.len(),
        Condition::Kinds(kinds) => kinds.len(),
        Condition::Words { .. } | Condition::Near { .. } | Condition::Who(_) | Condition::Cleared(_) => 1,
        Condition::Chain { targets, .. } => targets.iter().map(|(_, conditions)| tests(conditions) + 1).sum(),
        Condition::Has { conditions, .. } => tests(conditions) + 1,
        Condition::All(list) | Condition::Any(list) => tests(list),
        Condition::Not(condition) | Condition::Other(condition) => tests(std::slice::from_ref(condition)),
    };
    conditions.iter().map(one).fold(0, usize::saturating_add)
}
