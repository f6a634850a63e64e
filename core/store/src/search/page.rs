//! The whole statement: candidates with their sort values inside, bodies for one page outside.

use sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement, UnionType};

use super::compiler::{Compiler, union};
use super::exprs::{Subjects, col};
use super::lead::{Group, Lead, Purpose, Sure, Want, flat};
use super::order::{By, SortKey, Sorting, alias, wanted};
use super::{Condition, Scope, Search, Start};
use crate::db::Plan;
use crate::reader::stored_columns;
use crate::{Reader, StoreError};

/// A statement, and how to read it.
pub(super) struct Asked {
    pub(super) statement: SelectStatement,
    pub(super) keys: Vec<SortKey>,
    pub(super) plan: Plan,
}

/// One page and one row more, which tells whether another page follows. `None`: nothing can fit.
pub(super) fn page(reader: &Reader<'_>, search: &Search) -> Result<Option<Asked>, StoreError> {
    let compiler = Compiler::new(reader, &search.conditions);
    let Some(mut want) = want(reader, search, Purpose::Page)? else { return Ok(None) };
    let rows = u64::from(search.limit) + 1;
    let mut keys = wanted(search);
    if search.sort.is_empty() {
        keys = cheapest(&Compiler::new(reader, &search.conditions).groups(&want)?);
    }
    want.purpose = match keys.first() {
        Some(SortKey { by: By::Clinical, descending }) => Purpose::ByDate { up: !descending, rows },
        Some(SortKey { by: By::Updated, .. }) => Purpose::ByChange,
        None => Purpose::ByNumber,
        _ => Purpose::Page,
    };
    let sorting = Sorting::new(keys, matches!(search.start, Start::Before(_)));
    let groups = compiler.groups(&want)?;
    let mut parts = Vec::new();
    for group in &groups {
        for lead in &group.leads {
            let needs = sorting.keys.iter().any(|key| key.needs_resource(lead));
            let (mut select, candidate) = compiler.assemble(lead, group, &want, needs)?;
            let values: Vec<Expr> = sorting.keys.iter().map(|key| compiler.value(*key, lead, &candidate)).collect();
            if lead.repeats {
                select.distinct();
            }
            select.expr_as(candidate.key.clone(), "key");
            for (nth, value) in values.iter().enumerate() {
                select.expr_as(value.clone(), alias(nth));
            }
            if let Start::After(cursor) | Start::Before(cursor) = &search.start {
                sorting.check(cursor)?;
                select.cond_where(sorting.after(&values, &candidate.key, cursor));
            }
            sorting.sort(&mut select, None);
            parts.push(select.limit(rows).take());
        }
    }
    let kind = if groups.len() == 1 { UnionType::All } else { UnionType::Distinct };
    let Some(inner) = merged(&compiler, &sorting, kind, parts, rows) else { return Ok(None) };
    let mut outer = Query::select();
    for column in stored_columns() {
        outer.expr(col("b", column));
    }
    for nth in 0..sorting.keys.len() {
        outer.column((Alias::new("p"), alias(nth)));
    }
    outer.from_subquery(inner, "p");
    outer.join_as(JoinType::InnerJoin, "resource", "b", Expr::col(("b", "key")).equals(("p", "key")));
    sorting.sort(&mut outer, Some("p"));
    Ok(Some(Asked { statement: outer, plan: planned(&groups, &sorting.keys), keys: sorting.keys }))
}

/// Where the leads lie as they are wanted and nothing else is asked that could go before them, a plan is good for all
/// values. Elsewhere a rare value and a common one want different ways.
fn planned(groups: &[Group<'_>], keys: &[SortKey]) -> Plan {
    let [group] = groups else { return Plan::Fresh };
    let by_number = |condition: &&Condition| match condition {
        Condition::Date { .. } => true,
        Condition::Token { any, .. } => any.iter().all(|test| test.code.is_some()),
        _ => false,
    };
    let sure = |lead: &Lead| match (lead.way, keys) {
        (Sure::Few, [] | [SortKey { by: By::Clinical | By::Updated | By::Id, .. }]) => group.rest.iter().all(by_number),
        (Sure::Alone, []) => group.rest.is_empty(),
        (Sure::Alone, [SortKey { by: By::Clinical, .. }]) => group.rest.is_empty() && lead.date.is_some(),
        (Sure::Alone, [SortKey { by: By::Id, .. }]) => group.rest.is_empty() && lead.id.is_some(),
        _ => false,
    };
    let all = group.whose.is_empty() && group.leads.iter().all(sure);
    if all { Plan::Kept } else { Plan::Fresh }
}

/// The parts, each of which is in order and no longer than the page, as one list in order.
fn merged(
    compiler: &Compiler<'_>,
    sorting: &Sorting,
    kind: UnionType,
    mut parts: Vec<SelectStatement>,
    rows: u64,
) -> Option<SelectStatement> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let columns = |table: &str| {
        let mut select = Query::select();
        select.expr(col(table, "key"));
        for nth in 0..sorting.keys.len() {
            select.column((Alias::new(table), alias(nth)));
        }
        select.take()
    };
    let wrapped = parts.into_iter().map(|part| {
        let q = compiler.alias("q");
        columns(&q).from_subquery(part, Alias::new(&q)).take()
    });
    let mut select = columns("u").from_subquery(union(kind, wrapped.collect()), "u").take();
    sorting.sort(&mut select, None);
    Some(select.limit(rows).take())
}

/// The number of candidates, counting at most `cap` and one more.
pub(super) fn count(
    reader: &Reader<'_>,
    search: &Search,
    cap: Option<u64>,
) -> Result<Option<(SelectStatement, Plan)>, StoreError> {
    let compiler = Compiler::new(reader, &search.conditions);
    let Some(want) = want(reader, search, Purpose::Set)? else { return Ok(None) };
    let groups = compiler.groups(&want)?;
    let kind = if groups.len() == 1 { UnionType::All } else { UnionType::Distinct };
    let mut parts = Vec::new();
    for group in &groups {
        for lead in &group.leads {
            let (mut select, candidate) = compiler.assemble(lead, group, &want, false)?;
            select.expr_as(candidate.key, "key");
            parts.push(if lead.repeats { compiler.once(select, lead) } else { select });
        }
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let mut inner = union(kind, parts);
    if let Some(cap) = cap {
        inner.limit(cap.saturating_add(1));
    }
    let mut outer = Query::select();
    outer.expr(Expr::cust("COUNT(*)")).from_subquery(inner, "p");
    Ok(Some((outer, planned(&groups, &[]))))
}

impl Compiler<'_> {
    /// Each resource once. With its date first, rows of a table that lies by date are told apart as they come.
    fn once(&self, mut select: SelectStatement, lead: &Lead) -> SelectStatement {
        if let Some((date, _)) = &lead.date {
            select.expr_as(date.clone(), "date");
        }
        let q = self.alias("q");
        let mut keys = Query::select();
        keys.expr(col(&q, "key")).from_subquery(select.distinct().take(), Alias::new(&q));
        keys.take()
    }
}

/// `SELECT key …`: all that match, in no order.
pub(crate) fn keys(reader: &Reader<'_>, search: &Search) -> Result<SelectStatement, StoreError> {
    match want(reader, search, Purpose::Set)? {
        Some(want) => Compiler::new(reader, &search.conditions).keys(&want),
        None => Ok(union(UnionType::All, Vec::new())),
    }
}

fn want<'s>(reader: &Reader<'_>, search: &'s Search, purpose: Purpose) -> Result<Option<Want<'s>>, StoreError> {
    let mut whose = Vec::new();
    match &search.scope {
        Scope::Nothing => return Ok(None),
        Scope::Only(subjects) => whose.push(Subjects::List(subjects.clone())),
        Scope::Cleared(_) | Scope::All => {}
    }
    whose.extend(search.who.iter().map(|who| Subjects::List(who.clone())));
    if whose.iter().any(|subjects| matches!(subjects, Subjects::List(list) if list.is_empty())) {
        return Ok(None);
    }
    let kinds = if search.kinds.is_empty() { reader.kinds()? } else { search.kinds.clone() };
    Ok(Some(Want {
        kinds,
        conditions: flat(&search.conditions),
        whose,
        main: search.main,
        clinical: search.clinical,
        purpose,
        cleared: match &search.scope {
            Scope::Cleared(clearance) => Some(clearance),
            _ => None,
        },
        widened: 0,
    }))
}

/// The order in which leads lie, for those who want none: the same for every page, since it follows from the conditions.
fn cheapest(groups: &[Group<'_>]) -> Vec<SortKey> {
    let all = |has: fn(&Lead) -> bool| groups.iter().flat_map(|group| &group.leads).all(has);
    if all(|lead| lead.date.is_some()) {
        vec![SortKey { by: By::Clinical, descending: true }]
    } else if all(|lead| lead.id.is_some()) {
        vec![SortKey { by: By::Id, descending: false }]
    } else {
        Vec::new()
    }
}
