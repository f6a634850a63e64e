//! `claim(kind, key)`: at most one holder at a time, by primary key; a long key is kept as `tame` has it. `sequence(scope)`: numbers without gaps or doubles.

use crate::db::{About, args};
use crate::sql::{self, Many, Sql};
use crate::tame::{LONG, tame};
use crate::{Reader, StoreError, WriteTx};

static HOLDER: Sql = Sql::new(|| sql::select("claim", &["holder"], &["kind", "key"]));
static TAKE: Sql = Sql::new(|| sql::insert_new("claim", &["kind", "key", "holder", "tx"]));
static PASS: Many = Many::new(|| sql::many_upsert("claim", &["kind", "key", "holder", "tx"], &["kind", "key"]));
static DROP: Sql = Sql::new(|| sql::delete("claim", &["kind", "key", "holder"]));
static HELD: Sql = Sql::new(|| sql::select("claim", &["kind", "key"], &["holder"]));
static NEXT: Sql = Sql::new(|| sql::select("sequence", &["next"], &["scope"]));
static STEP: Sql = Sql::new(|| sql::upsert("sequence", &["scope", "next"], &["scope"]));

impl Reader<'_> {
    /// Who holds the claim.
    pub fn holder(&self, kind: &str, key: &str) -> Result<Option<i64>, StoreError> {
        self.conn.row(&HOLDER, args![kind, &*tame(key, LONG)], |row| row.get(0))
    }

    /// All claims of one holder, as (kind, key).
    pub fn held_by(&self, holder: i64) -> Result<Vec<(String, String)>, StoreError> {
        self.conn.rows_about(Some(&[About::Claims]), &HELD, args![holder], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

impl WriteTx<'_> {
    /// Takes the claim, or tells who holds it. A holder that takes it again keeps it.
    ///
    /// # Errors
    /// Only those of the database: a claim that is taken is `Ok(Err(holder))`.
    pub fn claim(&mut self, kind: &str, key: &str, holder: i64) -> Result<Result<(), i64>, StoreError> {
        let tx = self.tx()?;
        self.conn.execute(&TAKE, args![kind, &*tame(key, LONG), holder, tx])?;
        match self.holder(kind, key)? {
            Some(other) if other != holder => Ok(Err(other)),
            _ => Ok(Ok(())),
        }
    }

    /// Passes a claim on, whoever held it.
    pub fn pass_claim(&mut self, kind: &str, key: &str, holder: i64) -> Result<(), StoreError> {
        let tx = self.tx()?;
        let key = tame(key, LONG);
        self.conn.touch(About::Claim(kind.to_owned(), key.clone().into_owned()))?;
        self.conn.touch_some(About::Claims);
        self.conn.later(&PASS, args![kind, &*key, holder, tx])
    }

    /// Lets the claim go if `holder` holds it.
    pub fn release(&mut self, kind: &str, key: &str, holder: i64) -> Result<(), StoreError> {
        self.conn.execute(&DROP, args![kind, &*tame(key, LONG), holder])
    }

    /// The next number of `scope`, from 1.
    pub fn next(&mut self, scope: &str) -> Result<i64, StoreError> {
        let next: Option<i64> = self.conn.row(&NEXT, args![scope], |row| row.get(0))?;
        let number = next.unwrap_or(1);
        self.conn.execute(&STEP, args![scope, number + 1])?;
        Ok(number)
    }
}
