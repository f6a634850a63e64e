//! `block(key, subject)`: subjects that a department noted under a number of its own making, to find them again. A number
//! may be noted for many subjects, and a subject under many numbers; nothing is said by it but that.

use sea_query::{Expr, ExprTrait, Order, Query};

use crate::db::{About, args};
use crate::sql::{self, Many, Sql};
use crate::{Reader, StoreError, Subject, WriteTx};

/// The setting that says up to which subject a folder of an older program was gone through since it was opened first by
/// this one. Not there in a folder of this program's own.
pub const CATCH_UP: &str = "catch-up";

static FIND: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("subject").from("block").and_where(Expr::col("key").eq(0));
    sql::both(select.order_by("subject", Order::Asc).limit(1))
});
static NOTE: Many = Many::new(|| sql::many_new("block", &["key", "subject"]));
static DROP: Many = Many::new(|| sql::many_delete("block", &["key", "subject"]));

impl Reader<'_> {
    /// The first `limit` subjects noted under `key`, in the order of their numbers.
    pub fn noted(&self, key: i64, limit: u32) -> Result<Vec<Subject>, StoreError> {
        self.conn.rows_about(Some(&[About::Block(key)]), &FIND, args![key, limit], |row| row.get(0).map(Subject))
    }
}

impl WriteTx<'_> {
    /// Notes `subject` under `key`; once is enough.
    pub fn note_under(&mut self, key: i64, subject: Subject) -> Result<(), StoreError> {
        self.touch_block(key, subject)?;
        self.conn.later(&NOTE, args![key, subject.0])
    }

    /// Takes that back.
    pub fn drop_under(&mut self, key: i64, subject: Subject) -> Result<(), StoreError> {
        self.touch_block(key, subject)?;
        self.conn.later(&DROP, args![key, subject.0])
    }

    fn touch_block(&mut self, key: i64, subject: Subject) -> Result<(), StoreError> {
        self.conn.touch(About::Noted(key, subject.0))?;
        self.conn.touch_some(About::Block(key));
        Ok(())
    }
}
