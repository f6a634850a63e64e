//! Versions in the order of time: of one resource, of a type, of all. Pages begin behind a version, so that what stood
//! still is neither skipped nor shown twice, whatever is written meanwhile.

use sea_query::{
    ColumnDef, Cond, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SqliteQueryBuilder, Table,
    UnionType,
};

use crate::db::{Dialect, args};
use crate::reader::{past, stored};
use crate::search::{Scope, Subjects, cleared};
use crate::sql::{self, Sql};
use crate::{Key, Reader, StoreError, Stored, TypeCode, Version};

static NEXT_KIND: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("type").from("resource").and_where(Expr::col("type").gt(0)).order_by("type", Order::Asc).limit(1);
    sql::both(&select)
});

/// The versions of one answer weigh at most this.
const HEAVIEST: usize = 32 << 20;

/// Which versions are wanted.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Span {
    /// Those written at this time or later, in milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Those that were current at some time of `[from, to)`.
    pub during: Option<(i64, i64)>,
}

/// A version's place in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub at: i64,
    pub key: i64,
    pub version: i64,
}

impl Reader<'_> {
    /// Versions of one resource below `before`, newest first, and whether there are more.
    pub fn versions(
        &self,
        key: Key,
        span: Span,
        before: Option<i64>,
        limit: u32,
    ) -> Result<(Vec<Version>, bool), StoreError> {
        let mut select = Query::select();
        select.columns(["version", "tx", "at", "deleted", "body"].map(|column| ("c", column))).from_as("past", "c");
        select.and_where(Expr::col(("c", "key")).eq(key.0)).cond_where(span.condition(true));
        if let Some(before) = before {
            select.and_where(Expr::col(("c", "version")).lt(before));
        }
        select.order_by(("c", "version"), Order::Desc).limit(u64::from(limit) + 1);
        let now = self.current(key)?.filter(|now| before.is_none_or(|before| now.version < before));
        let now = now.filter(|now| span.holds_now(now.at)).map(|now| Version {
            version: now.version,
            tx: now.tx,
            at: now.at,
            deleted: now.deleted,
            body: now.body,
        });
        let mut page = Page::of(limit);
        let enough = now.is_some_and(|now| !page.take(now, |v| v.body.weight()));
        if !enough {
            let (text, values) = sql::build(self.dialect(), &select);
            self.conn.each(&text, &sql::bind(&values), |row| Ok(page.take(past(row)?, |v| v.body.weight())))?;
        }
        Ok((page.rows, page.more))
    }

    /// Which of their past versions were deletions.
    pub fn deletions(&self, keys: &[Key]) -> Result<Vec<(Key, i64)>, StoreError> {
        let mut found = Vec::new();
        for some in keys.chunks(256) {
            let mut select = Query::select();
            select.columns(["key", "version"]).from("past").and_where(Expr::col("deleted").eq(1));
            select.and_where(Expr::col("key").is_in(some.iter().map(|key| key.0)));
            found.extend(self.conn.ask(&select, |row| Ok((Key(row.get(0)?), row.get(1)?)))?);
        }
        Ok(found)
    }

    /// The types of which anything was ever written.
    pub fn changed_kinds(&self) -> Result<Vec<TypeCode>, StoreError> {
        let mut kinds: Vec<TypeCode> = Vec::new();
        loop {
            let last = kinds.last().map_or(-1, |kind| i64::from(*kind));
            match self.conn.row(&NEXT_KIND, args![last, 1], |row| row.get(0))? {
                Some(kind) => kinds.push(kind),
                None => return Ok(kinds),
            }
        }
    }

    /// Versions of resources of these types behind `after`, newest first, and whether there are more. One statement.
    pub fn changes(
        &self,
        kinds: &[(TypeCode, Scope)],
        span: Span,
        after: Option<Place>,
        limit: u32,
    ) -> Result<(Vec<Stored>, bool), StoreError> {
        let mut all: Option<SelectStatement> = None;
        for ((kind, scope), table) in kinds.iter().flat_map(|kind| [(kind, "resource"), (kind, "past")]) {
            let one = of_kind(self.dialect(), (*kind, table), scope, span, after, limit);
            let one = Query::select().columns(["at", "key", "version"]).from_subquery(one, "k").take();
            all = Some(match all {
                None => one,
                Some(mut before) => before.union(UnionType::All, one).take(),
            });
        }
        let Some(all) = all else { return Ok((Vec::new(), false)) };
        let mut page_of = Query::select();
        page_of.columns(["at", "key", "version"]).from_subquery(all, "a");
        in_order(&mut page_of, "a");
        page_of.limit(u64::from(limit) + 1);

        let now = || Expr::col(("r", "version")).equals(("c", "version"));
        let either =
            |column: &'static str| Expr::case(now(), Expr::col(("r", column))).finally(Expr::col(("p", column)));
        let mut select = Query::select();
        select.columns([("c", "key"), ("r", "type"), ("r", "id"), ("c", "version")]);
        select.expr(either("tx")).column(("c", "at")).expr(either("deleted")).expr(either("body"));
        select.from_subquery(page_of, "c");
        let same = |alias: &'static str, column: &'static str| Expr::col((alias, column)).equals(("c", column));
        select.join_as(JoinType::InnerJoin, "resource", "r", same("r", "key"));
        select.join_as(JoinType::LeftJoin, "past", "p", same("p", "key").and(same("p", "version")));
        in_order(&mut select, "c");
        let (text, values) = sql::build(self.dialect(), &select);
        let mut page = Page::of(limit);
        self.conn.each(&text, &sql::bind(&values), |row| Ok(page.take(stored(row)?, |row| row.body.weight())))?;
        Ok((page.rows, page.more))
    }
}

/// At most so many rows, fewer when they are heavy.
struct Page<T> {
    rows: Vec<T>,
    more: bool,
    limit: usize,
    weight: usize,
}

impl<T> Page<T> {
    fn of(limit: u32) -> Page<T> {
        Page { rows: Vec::new(), more: false, limit: limit as usize, weight: 0 }
    }

    /// Whether another row may come.
    fn take(&mut self, row: T, weigh: impl Fn(&T) -> usize) -> bool {
        self.weight += weigh(&row);
        self.more = self.rows.len() == self.limit || (self.weight > HEAVIEST && !self.rows.is_empty());
        if !self.more {
            self.rows.push(row);
        }
        !self.more
    }
}

fn of_kind(
    dialect: Dialect,
    (kind, table): (TypeCode, &'static str),
    scope: &Scope,
    span: Span,
    after: Option<Place>,
    limit: u32,
) -> SelectStatement {
    let col = |column: &'static str| Expr::col(("c", column));
    let mut select = Query::select();
    select.columns([("c", "at"), ("c", "key"), ("c", "version")]).from_as(table, "c");
    select.and_where(col("type").eq(kind)).cond_where(span.condition(table == "past"));
    match scope {
        Scope::All => {}
        Scope::Nothing => {
            select.and_where(Expr::cust("1 = 0"));
        }
        Scope::Only(subjects) => {
            let subject = col("key").right_shift(Key::SLOT_BITS);
            select.and_where(Subjects::List(subjects.clone()).hold(dialect, subject));
        }
        Scope::Cleared(clearance) => {
            select.and_where(cleared(col("key"), clearance));
        }
    }
    if let Some(Place { at, key, version }) = after {
        let same_key = Cond::all().add(col("key").eq(key)).add(col("version").lt(version));
        let same_time = Cond::any().add(col("key").lt(key)).add(same_key);
        let behind = Cond::any().add(col("at").lt(at)).add(Cond::all().add(col("at").eq(at)).add(same_time));
        select.and_where(col("at").lte(at)).cond_where(behind);
    }
    in_order(&mut select, "c");
    select.limit(u64::from(limit) + 1).take()
}

fn in_order(select: &mut SelectStatement, table: &'static str) {
    for column in ["at", "key", "version"] {
        select.order_by((table, column), Order::Desc);
    }
}

impl Span {
    /// Of versions `c`; those of the past were followed by another.
    fn condition(self, past: bool) -> Cond {
        let mut all = Cond::all();
        if let Some(since) = self.since {
            all = all.add(Expr::col(("c", "at")).gte(since));
        }
        if let Some((from, to)) = self.during {
            all = all.add(Expr::col(("c", "at")).lt(to));
            for table in ["past", "resource"].into_iter().filter(|_| past) {
                all = all.add(Expr::exists(followed(table, from)).not());
            }
        }
        all
    }

    fn holds_now(self, at: i64) -> bool {
        self.since.is_none_or(|since| at >= since) && self.during.is_none_or(|(_, to)| at < to)
    }
}

/// The version that took the place of `c` no later than `from`.
fn followed(table: &'static str, from: i64) -> SelectStatement {
    let col = |column: &'static str| Expr::col(("n", column));
    let mut select = Query::select();
    select.expr(Expr::val(1)).from_as(table, "n").and_where(col("key").equals(("c", "key")));
    select.and_where(col("version").eq(Expr::col(("c", "version")).add(1))).and_where(col("at").lte(from));
    select.take()
}

/// Tells the past versions of a file of an older program what types they are of.
pub(crate) fn past_types(conn: &rusqlite::Connection) -> Result<(), StoreError> {
    let mut column = ColumnDef::new("type");
    let column = column.big_integer().not_null().default(0);
    conn.execute(&Table::alter().table("past").add_column(column).to_string(SqliteQueryBuilder), [])?;
    let mut kind = Query::select();
    kind.column(("r", "type")).from_as("resource", "r").and_where(Expr::col(("r", "key")).equals(("past", "key")));
    let mut update = Query::update();
    let kind = Func::coalesce([Expr::from(kind), Expr::cust("0")]);
    update.table("past").value("type", kind);
    conn.execute(&update.build(SqliteQueryBuilder).0, [])?;
    Ok(())
}
