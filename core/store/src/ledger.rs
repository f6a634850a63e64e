//! `ledger(account)`: movements that are only added to, and a balance that is never below nothing. The database holds it:
//! by the constraint on each balance, by the number of a movement in its account, and by its key.
//!
//! Amounts are whole numbers of the smallest unit: fen, tablets, vials.

use sea_query::{Expr, ExprTrait, Order, Query};

use crate::db::{Row, args};
use crate::sql::{self, Sql};
use crate::tame::{LONG, tame};
use crate::{Reader, StoreError, WriteTx};

/// A movement that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    pub account: String,
    /// What comes in; what goes out is below nothing.
    pub amount: i64,
    /// Tells it from every other movement of the account: what is there already is not done again.
    pub key: String,
    /// What it was for, as a reference to a resource.
    pub what: String,
}

/// A movement as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its place in the account, from 1.
    pub nth: i64,
    pub amount: i64,
    /// What the account held after it.
    pub balance: i64,
    pub key: String,
    pub what: String,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// The transaction that wrote it.
    pub tx: i64,
}

/// Why an amount was not moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The account holds less than was to go out.
    Short { balance: i64 },
    /// The account would hold more than can be counted.
    Full { balance: i64 },
    /// The key stands for a movement of another amount.
    Another(Moved),
}

const COLUMNS: &[&str] = &["account", "nth", "amount", "balance", "key", "what", "at", "tx"];

static ADD: Sql = Sql::new(|| sql::insert("ledger", COLUMNS));
static BY_KEY: Sql = Sql::new(|| sql::select("ledger", COLUMNS, &["account", "key"]));
static LAST: Sql = Sql::new(|| sql::select_ordered("ledger", COLUMNS, &["account"], "nth", Order::Desc));
/// Account, number, how many: what stands before it, newest first.
static BEFORE: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(COLUMNS.iter().copied()).from("ledger");
    select.and_where(Expr::col("account").eq(0)).and_where(Expr::col("nth").lt(0));
    sql::both(select.order_by("nth", Order::Desc).limit(1))
});

impl Reader<'_> {
    /// What an account holds; one that was never moved holds nothing.
    pub fn balance(&self, account: &str) -> Result<i64, StoreError> {
        Ok(self.last_moved(account)?.map_or(0, |last| last.balance))
    }

    /// The newest `limit` movements of an account before the one with this number, newest first.
    pub fn movements(&self, account: &str, before: Option<i64>, limit: u32) -> Result<Vec<Moved>, StoreError> {
        let before = before.unwrap_or(i64::MAX);
        self.conn.rows(&BEFORE, args![&*tame(account, LONG), before, limit], moved)
    }

    /// The movement of an account with this key.
    pub fn movement(&self, account: &str, key: &str) -> Result<Option<Moved>, StoreError> {
        self.conn.row(&BY_KEY, args![&*tame(account, LONG), &*tame(key, LONG)], moved)
    }

    fn last_moved(&self, account: &str) -> Result<Option<Moved>, StoreError> {
        self.conn.row(&LAST, args![&*tame(account, LONG), 1], moved)
    }
}

impl WriteTx<'_> {
    /// Moves an amount, or tells why not. The same movement once more is the one that is there.
    ///
    /// # Errors
    /// Only those of the database: an account that holds too little is `Ok(Err(Refused::Short))`.
    pub fn move_amount(&mut self, movement: &Movement) -> Result<Result<Moved, Refused>, StoreError> {
        let Movement { account, amount, key, what } = movement;
        if let Some(there) = self.movement(account, key)? {
            return Ok(if there.amount == *amount { Ok(there) } else { Err(Refused::Another(there)) });
        }
        let last = self.last_moved(account)?;
        let (nth, held) = last.map_or((0, 0), |last| (last.nth, last.balance));
        let balance = match held.checked_add(*amount) {
            Some(balance) if balance >= 0 => balance,
            Some(_) => return Ok(Err(Refused::Short { balance: held })),
            None => return Ok(Err(Refused::Full { balance: held })),
        };
        let (tx, at) = (self.tx()?, self.at());
        let (account, key) = (tame(account, LONG), tame(key, LONG));
        self.conn.execute(&ADD, args![&*account, nth + 1, *amount, balance, &*key, what, at, tx])?;
        let (key, what) = (key.into_owned(), what.clone());
        Ok(Ok(Moved { nth: nth + 1, amount: *amount, balance, key, what, at, tx }))
    }
}

fn moved(row: &Row<'_>) -> Result<Moved, StoreError> {
    Ok(Moved {
        nth: row.get(1)?,
        amount: row.get(2)?,
        balance: row.get(3)?,
        key: row.get(4)?,
        what: row.get(5)?,
        at: row.get(6)?,
        tx: row.get(7)?,
    })
}
