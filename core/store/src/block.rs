//! `block(key, subject)`: subjects that a department noted under a number of its own making, to find them again. A number
//! may be noted for many subjects, and a subject under many numbers; nothing is said by it but that.

use sea_query::{Expr, ExprTrait, Order, Query};

use crate::db::args;
use crate::sql::{self, Sql};
use crate::{Reader, StoreError, Subject, WriteTx};

/// The setting that says up to which subject a folder of an older program was gone through since it was opened first by
/// this one. Not there in a folder of this program's own.
pub const CATCH_UP: &str = "catch-up";

static FIND: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("subject").from("block").and_where(Expr::col("key").eq(0));
    sql::both(select.order_by("subject", Order::Asc).limit(1))
});
static NOTE: Sql = Sql::new(|| sql::insert_new("block", &["key", "subject"]));
static DROP: Sql = Sql::new(|| sql::delete("block", &["key", "subject"]));

impl Reader<'_> {
    /// The first `limit` subjects noted under `key`, in the order of their numbers.
    pub fn noted(&self, key: i64, limit: u32) -> Result<Vec<Subject>, StoreError> {
        self.conn.rows(&FIND, args![key, limit], |row| row.get(0).map(Subject))
    }
}

impl WriteTx<'_> {
    /// Notes `subject` under `key`; once is enough.
    pub fn note_under(&mut self, key: i64, subject: Subject) -> Result<(), StoreError> {
        self.conn.execute(&NOTE, args![key, subject.0])
    }

    /// Takes that back.
    pub fn drop_under(&mut self, key: i64, subject: Subject) -> Result<(), StoreError> {
        self.conn.execute(&DROP, args![key, subject.0])
    }
}
