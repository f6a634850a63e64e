//! The record as it stood when a transaction was written: versions and memberships are never overwritten, so that what
//! was true then can be read at any time later.

use sea_query::{Cond, Expr, ExprTrait, Order, Query};

use crate::db::args;
use crate::reader::past;
use crate::sql::{self, Sql};
use crate::{Key, Reader, StoreError, Subject, Version};

/// The newest past version that was there: key, transaction.
static PAST: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(["version", "tx", "at", "deleted", "body"]).from("past");
    select.and_where(Expr::col("key").eq(0)).and_where(Expr::col("tx").lte(0));
    sql::both(select.order_by("version", Order::Desc).limit(1))
});
/// Subject, transaction, transaction.
static PERSON: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("person").from("membership").and_where(Expr::col("subject").eq(0)).cond_where(open_then());
    sql::both(&select)
});
/// Person, transaction, transaction.
static MEMBERS: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("subject").from("membership").and_where(Expr::col("person").eq(0)).cond_where(open_then());
    sql::both(select.order_by("subject", Order::Asc))
});

static LAST: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("id").from("tx").and_where(Expr::col("id").gt(0)).order_by("id", Order::Desc).limit(1);
    sql::both(&select)
});

fn open_then() -> Cond {
    let not_ended = Cond::any().add(Expr::col("to_tx").is_null()).add(Expr::col("to_tx").gt(0));
    Cond::all().add(Expr::col("from_tx").lte(0)).add(not_ended)
}

impl Reader<'_> {
    /// The last transaction that this sight knows, 0 where there is none. The writer numbers them in the order of their
    /// commits, so none that comes to light later has a number below.
    pub fn last_tx(&self) -> Result<i64, StoreError> {
        Ok(self.conn.row(&LAST, args![0, 1], |row| row.get(0))?.unwrap_or_default())
    }

    /// The version of a resource that was current once `tx` was written.
    pub fn version_at(&self, key: Key, tx: i64) -> Result<Option<Version>, StoreError> {
        if let Some(now) = self.current(key)?
            && now.tx <= tx
        {
            return self.version(key, now.version);
        }
        self.conn.row(&PAST, args![key.0, tx, 1], past)
    }

    /// The person that `subject` belonged to once `tx` was written.
    pub fn person_at(&self, subject: Subject, tx: i64) -> Result<Option<Subject>, StoreError> {
        self.conn.row(&PERSON, args![subject.0, tx, tx], |row| row.get(0).map(Subject))
    }

    /// The subjects of a person once `tx` was written.
    pub fn members_at(&self, person: Subject, tx: i64) -> Result<Vec<Subject>, StoreError> {
        self.conn.rows(&MEMBERS, args![person.0, tx, tx], |row| row.get(0).map(Subject))
    }
}
