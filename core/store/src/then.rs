//! The record as it stood when a transaction was written: versions and memberships are never overwritten, so that what
//! was true then can be read at any time later.

use rusqlite::OptionalExtension;
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SqliteQueryBuilder};

use crate::reader::past;
use crate::sql::Sql;
use crate::{Key, Reader, StoreError, Subject, Version};

/// The newest past version that was there: key, transaction.
static PAST: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(["version", "tx", "at", "deleted", "body"]).from("past");
    select.and_where(Expr::col("key").eq(0)).and_where(Expr::col("tx").lte(0));
    select.order_by("version", Order::Desc).limit(1).build(SqliteQueryBuilder).0
});
/// Subject, transaction, transaction.
static PERSON: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("person").from("membership").and_where(Expr::col("subject").eq(0)).cond_where(open_then());
    select.build(SqliteQueryBuilder).0
});
/// Person, transaction, transaction.
static MEMBERS: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("subject").from("membership").and_where(Expr::col("person").eq(0)).cond_where(open_then());
    select.order_by("subject", Order::Asc).build(SqliteQueryBuilder).0
});

fn open_then() -> Cond {
    let not_ended = Cond::any().add(Expr::col("to_tx").is_null()).add(Expr::col("to_tx").gt(0));
    Cond::all().add(Expr::col("from_tx").lte(0)).add(not_ended)
}

impl Reader<'_> {
    /// The version of a resource that was current once `tx` was written.
    pub fn version_at(&self, key: Key, tx: i64) -> Result<Option<Version>, StoreError> {
        if let Some(now) = self.current(key)?
            && now.tx <= tx
        {
            return self.version(key, now.version);
        }
        Ok(self.conn.prepare_cached(&PAST)?.query_row((key.0, tx, 1), past).optional()?)
    }

    /// The person that `subject` belonged to once `tx` was written.
    pub fn person_at(&self, subject: Subject, tx: i64) -> Result<Option<Subject>, StoreError> {
        let mut statement = self.conn.prepare_cached(&PERSON)?;
        Ok(statement.query_row((subject.0, tx, tx), |row| row.get(0).map(Subject)).optional()?)
    }

    /// The subjects of a person once `tx` was written.
    pub fn members_at(&self, person: Subject, tx: i64) -> Result<Vec<Subject>, StoreError> {
        let mut statement = self.conn.prepare_cached(&MEMBERS)?;
        let rows = statement.query_map((person.0, tx, tx), |row| row.get(0).map(Subject))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
