//! `timer(due, what)`: work that is due at a time and survives a stop. A timer fires once for each time at which it is due.
//!
//! Who takes a timer has it to himself for a while, as with a lease, and ends it in the transaction of what it made him
//! do: what is written in the record because of it is written once. What is done outside may be done again after a
//! crash; [`Timer::mark`] is the same then. One that is done is remembered until it is forgotten with what it was about,
//! so that it is not done once more when that is written again.

use sea_query::{Expr, ExprTrait, Order, Query};

use crate::db::{Row, args};
use crate::lease::LONGEST;
use crate::sql::{self, Sql};
use crate::tame::{LONG, tame};
use crate::{Reader, StoreError, WriteTx};

/// A timer that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTimer {
    /// Whose work it is.
    pub kind: String,
    /// Tells it from every other timer of its kind.
    pub key: String,
    /// In milliseconds since 1970 UTC.
    pub due: i64,
    /// What it is about, as text of the department's own; names resources and tells nothing of them.
    pub what: String,
}

/// A timer that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    pub kind: String,
    pub key: String,
    pub due: i64,
    pub what: String,
    /// How often it was taken for this time.
    pub attempts: i64,
}

impl Timer {
    /// The same as often as it is taken for this time, and never again.
    pub fn mark(&self) -> String {
        format!("{}/{}/{}", self.kind, self.due, self.key)
    }
}

const COLUMNS: &[&str] = &["kind", "key", "due", "what", "attempts"];

static ADD: Sql =
    Sql::new(|| sql::insert("timer", &["kind", "key", "due", "fired", "what", "attempts", "holder", "until"]));
static FIND: Sql = Sql::new(|| sql::select("timer", &["due", "fired", "what"], &["kind", "key"]));
static BY_KEY: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(COLUMNS.iter().copied()).from("timer").and_where(Expr::col("due").is_not_null());
    sql::both(select.and_where(Expr::col("kind").eq(0)).and_where(Expr::col("key").eq(0)))
});
static SET: Sql = Sql::new(|| sql::update("timer", &["due", "what", "attempts", "holder", "until"], &["kind", "key"]));
static SAY: Sql = Sql::new(|| sql::update("timer", &["what"], &["kind", "key"]));
static DROP: Sql = Sql::new(|| sql::delete("timer", &["kind", "key"]));
static TAKE: Sql = Sql::new(|| sql::update("timer", &["attempts", "holder", "until"], &["kind", "key", "due"]));
static PUT_OFF: Sql = Sql::new(|| sql::update("timer", &["holder", "until"], &["kind", "key", "due", "attempts"]));
static END: Sql = Sql::new(|| {
    let mut update = Query::update();
    update.table("timer").value("fired", Expr::col("due")).value("due", Expr::cust("NULL"));
    for column in ["kind", "key", "due"] {
        update.and_where(Expr::col(column).eq(0));
    }
    sql::both(&update)
});
/// Kind, now, now, the latest until which one may be taken, how many.
static DUE: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(COLUMNS.iter().copied()).from("timer").and_where(Expr::col("kind").eq(0));
    select.and_where(Expr::col("due").lte(0));
    select.and_where(Expr::col("until").lte(0).or(Expr::col("until").gt(0)));
    sql::both(select.order_by("due", Order::Asc).order_by("key", Order::Asc).limit(1))
});
/// Kind, time, key, how many: what waits behind that.
static BEHIND: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(COLUMNS.iter().copied()).from("timer").and_where(Expr::col("kind").eq(0));
    let place = Expr::tuple([Expr::col("due"), Expr::col("key")]);
    select.and_where(place.gt(Expr::tuple([Expr::val(0), Expr::val("")])));
    sql::both(select.order_by("due", Order::Asc).order_by("key", Order::Asc).limit(1))
});

impl Reader<'_> {
    /// A timer that waits.
    pub fn timer(&self, kind: &str, key: &str) -> Result<Option<Timer>, StoreError> {
        self.conn.row(&BY_KEY, args![kind, &*tame(key, LONG)], timer)
    }

    /// The next `limit` timers of a kind that wait behind this time and key, by their time.
    pub fn timers(&self, kind: &str, behind: Option<(i64, &str)>, limit: u32) -> Result<Vec<Timer>, StoreError> {
        let (due, key) = behind.unwrap_or((i64::MIN, ""));
        self.conn.rows(&BEHIND, args![kind, due, &*tame(key, LONG), limit], timer)
    }
}

impl WriteTx<'_> {
    /// Sets a timer, or sets it to another time. One that was done at this very time is not done again.
    pub fn set_timer(&mut self, new: &NewTimer) -> Result<(), StoreError> {
        let (kind, key, due, what) = (&new.kind, &*tame(&new.key, LONG), new.due, &new.what);
        let there = self.conn.row(&FIND, args![kind, key], |row| {
            Ok((row.get::<Option<i64>>(0)?, row.get::<Option<i64>>(1)?, row.get::<String>(2)?))
        })?;
        match there {
            None => self.conn.execute(&ADD, args![kind, key, due, None::<i64>, what, 0, "", 0]),
            Some((None, Some(fired), _)) if fired == due => Ok(()),
            // Nor does it wait for another time any longer.
            Some((Some(_), Some(fired), _)) if fired == due => {
                self.conn.execute(&SET, args![None::<i64>, what, 0, "", 0, kind, key])
            }
            // Who has it now keeps it.
            Some((Some(waiting), _, said)) if waiting == due => {
                if said == *what {
                    Ok(())
                } else {
                    self.conn.execute(&SAY, args![what, kind, key])
                }
            }
            Some(_) => self.conn.execute(&SET, args![due, what, 0, "", 0, kind, key]),
        }
    }

    /// Forgets a timer, and that it was ever there.
    pub fn drop_timer(&mut self, kind: &str, key: &str) -> Result<(), StoreError> {
        self.conn.execute(&DROP, args![kind, &*tame(key, LONG)])
    }

    /// Takes timers of a kind that are due, the oldest first: for `time` milliseconds nobody else gets them, and for twice
    /// as long each time that they were taken before, an hour at most. Those that are not ended by then are given out
    /// again.
    pub fn take_due(&mut self, kind: &str, holder: &str, time: i64, limit: u32) -> Result<Vec<Timer>, StoreError> {
        let now = self.at();
        let mut due = self.conn.rows(&DUE, args![kind, now, now, now + LONGEST, limit], timer)?;
        for one in &mut due {
            let doubled = u32::try_from(one.attempts.clamp(0, 62)).unwrap_or_default();
            let until = now + Ord::min(time.saturating_mul(1 << doubled), LONGEST);
            one.attempts += 1;
            self.conn.execute(&TAKE, args![one.attempts, holder, until, kind, &one.key, one.due])?;
        }
        Ok(due)
    }

    /// Ends a timer in the transaction of what it made somebody do. `false`: it was ended, set to another time or
    /// forgotten since it was taken, so that this must not be done.
    pub fn end_timer(&mut self, timer: &Timer) -> Result<bool, StoreError> {
        Ok(self.conn.change(&END, args![&timer.kind, &timer.key, timer.due])? == 1)
    }

    /// Lets a timer go that could not be done; it is given out again `time` milliseconds from now, in an hour at most
    /// (what is due later is set so). Nothing happens when somebody else has taken it meanwhile.
    pub fn put_off_timer(&mut self, timer: &Timer, time: i64) -> Result<(), StoreError> {
        let until = self.at() + Ord::min(time, LONGEST);
        self.conn.execute(&PUT_OFF, args!["", until, &timer.kind, &timer.key, timer.due, timer.attempts])
    }
}

fn timer(row: &Row<'_>) -> Result<Timer, StoreError> {
    Ok(Timer { kind: row.get(0)?, key: row.get(1)?, due: row.get(2)?, what: row.get(3)?, attempts: row.get(4)? })
}
