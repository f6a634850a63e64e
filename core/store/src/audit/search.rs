//! Searching both chains at once: who looked at or wrote what, when, at whom; newest first.

use sea_query::extension::postgres::PgExpr;
use sea_query::{Cond, Expr, ExprTrait, LikeExpr, Order, Query, SelectStatement};

use super::log::{COLUMNS as LOOK_COLUMNS, row_of};
use super::{AuditLog, LookRow, WriteRow};
use crate::db::Dialect;
use crate::write::{WRITE_COLUMNS, write_row};
use crate::{Reader, Store, StoreError, Subject};

/// Which rows are wanted. What is not given does not narrow.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub actor: Option<String>,
    pub institution: Option<String>,
    /// Rows about any of these subjects; None for all rows.
    pub subjects: Option<Vec<Subject>>,
    pub act: AuditAct,
    /// From this time on, and before that one, in milliseconds since 1970 UTC.
    pub from: Option<i64>,
    pub to: Option<i64>,
    /// Stands in the query of a look, or names a resource that was seen or written.
    pub text: Option<String>,
    /// Rows after this one in the order of the answer.
    pub after: Option<AuditPlace>,
}

/// Which acts are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AuditAct {
    #[default]
    All,
    /// Looks: all, or those of this name (`read`, `search`, the name of an operation).
    Looks(Option<String>),
    /// Writes: all, or those with a change of this letter (`C`, `U`, `D`).
    Writes(Option<char>),
}

/// A place in the order of the answer: newest first, at the same moment looks before writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditPlace {
    pub at: i64,
    pub look: bool,
    pub seq: i64,
}

/// A row of either chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditRow {
    Look(LookRow),
    Write(WriteRow),
}

impl AuditRow {
    pub fn place(&self) -> AuditPlace {
        match self {
            AuditRow::Look(row) => AuditPlace { at: row.at, look: true, seq: row.seq },
            AuditRow::Write(row) => AuditPlace { at: row.at, look: false, seq: row.seq },
        }
    }
}

impl Store {
    /// The first `limit` rows that `filter` wants, newest first.
    ///
    /// # Errors
    /// `TooLong` when a rare text is looked for in too many rows.
    pub async fn search_audit(&self, filter: AuditFilter, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let mut rows = Vec::new();
        if !matches!(filter.act, AuditAct::Writes(_)) {
            let (log, filter, time) = (self.audit().clone(), filter.clone(), self.search_limit());
            let looks = tokio::task::spawn_blocking(move || log.search(&filter, limit, time));
            rows.extend(looks.await.map_err(|_| StoreError::Stopping)??.into_iter().map(AuditRow::Look));
        }
        if !matches!(filter.act, AuditAct::Looks(_)) {
            let writes = self.search(move |reader| reader.search_writes(&filter, limit)).await?;
            rows.extend(writes.into_iter().map(AuditRow::Write));
        }
        rows.sort_by_key(|row| {
            let AuditPlace { at, look, seq } = row.place();
            std::cmp::Reverse((at, look, seq))
        });
        rows.truncate(limit as usize);
        Ok(rows)
    }
}

impl AuditLog {
    fn search(&self, filter: &AuditFilter, limit: u32, time: std::time::Duration) -> Result<Vec<LookRow>, StoreError> {
        let dialect = self.dialect();
        let mut wanted = common(filter, true);
        if let AuditAct::Looks(Some(act)) = &filter.act {
            wanted = wanted.add(Expr::col("act").eq(act.as_str()));
        }
        if let Some(subjects) = &filter.subjects {
            let mut which = Query::select();
            which.column("seq").from("look_subject");
            which.and_where(Expr::col("subject").is_in(subjects.iter().map(|s| s.0)));
            wanted = wanted.add(Expr::col("seq").in_subquery(which));
        }
        if let Some(text) = &filter.text {
            let name = Expr::cust("\"type\" || '/' || \"id\"");
            let (query, name) = (like(dialect, Expr::col("query"), part(text)), like(dialect, name, part(text)));
            wanted = wanted.add(Cond::any().add(query).add(name));
        }
        let select = ordered("look", LOOK_COLUMNS, wanted, filter, limit);
        self.searching(time, |conn| conn.ask(&select, |row| Ok(row_of(row)?.0)))
    }
}

impl Reader<'_> {
    fn search_writes(&self, filter: &AuditFilter, limit: u32) -> Result<Vec<WriteRow>, StoreError> {
        let mut wanted = common(filter, false);
        if let AuditAct::Writes(Some(letter)) = filter.act {
            // A row lists its changes a line each: the letter begins the row, or a line of it.
            let what = |pattern: String| like(self.dialect(), Expr::col("what"), pattern);
            wanted = wanted.add(Cond::any().add(what(format!("{letter} %"))).add(what(format!("%\n{letter} %"))));
        }
        if let Some(subjects) = &filter.subjects {
            wanted = wanted.add(Expr::col("subject").is_in(subjects.iter().map(|s| s.0)));
        }
        if let Some(text) = &filter.text {
            wanted = wanted.add(like(self.dialect(), Expr::col("what"), part(text)));
        }
        self.conn.ask(&ordered("audit_write", WRITE_COLUMNS, wanted, filter, limit), |row| Ok(write_row(row)?.0))
    }
}

/// What both chains have in common.
fn common(filter: &AuditFilter, look: bool) -> Cond {
    let mut wanted = Cond::all();
    if let Some(actor) = &filter.actor {
        wanted = wanted.add(Expr::col("actor").eq(actor.as_str()));
    }
    if let Some(institution) = &filter.institution {
        wanted = wanted.add(Expr::col("institution").eq(institution.as_str()));
    }
    if let Some(from) = filter.from {
        wanted = wanted.add(Expr::col("at").gte(from));
    }
    if let Some(to) = filter.to {
        wanted = wanted.add(Expr::col("at").lt(to));
    }
    let Some(after) = filter.after else { return wanted };
    let older = Expr::col("at").lt(after.at);
    let wanted = wanted.add(Expr::col("at").lte(after.at));
    match (look, after.look) {
        // At this very moment rows of the same chain go on below the place, writes come after all looks.
        (true, true) | (false, false) => wanted.add(Cond::any().add(older).add(Expr::col("seq").lt(after.seq))),
        (true, false) => wanted.add(older),
        (false, true) => wanted,
    }
}

/// Newest first. Rows about somebody are found by whom they are about and then put in order; others are walked in it.
fn ordered(
    table: &'static str,
    columns: &'static [&'static str],
    wanted: Cond,
    filter: &AuditFilter,
    limit: u32,
) -> SelectStatement {
    let mut select = Query::select();
    select.columns(columns.iter().copied()).from(table).cond_where(wanted);
    match &filter.subjects {
        Some(_) => select.order_by_expr(Expr::cust("+\"at\""), Order::Desc),
        None => select.order_by("at", Order::Desc),
    };
    select.order_by("seq", Order::Desc).limit(u64::from(limit)).take()
}

/// A pattern that does not care for the case of letters.
fn like(dialect: Dialect, text: Expr, pattern: String) -> Expr {
    match dialect {
        Dialect::Sqlite => text.like(LikeExpr::new(pattern).escape('\\')),
        Dialect::Postgres => text.ilike(pattern),
    }
}

/// A pattern for text that contains `text`.
fn part(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
