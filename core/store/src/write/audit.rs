//! Write-audit rows: one for each subject that an act touched, chained, in the act's own transaction.

use sea_query::{Expr, ExprTrait, Order, Query};

use crate::audit::chain::{self, Nul};
use crate::db::{Conn, Row, args};
use crate::sql::{self, Many, Sql};
use crate::{Origin, Reader, StoreError, Subject, WriteRow, WriteTx};

static ADD: Many = Many::new(|| sql::many_fresh("audit_write", COLUMNS));
static HASH: Sql = Sql::new(|| sql::select("audit_write", &["hash"], &["seq"]));
static OF_TX: Sql = Sql::new(|| sql::select("audit_write", &["subject", "what"], &["tx"]));
static LAST: Sql = Sql::new(|| sql::select_ordered("audit_write", &["seq", "hash"], &[], "seq", Order::Desc));

static AFTER: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(COLUMNS.iter().copied()).from("audit_write").and_where(Expr::col("seq").gt(0));
    sql::both(select.order_by("seq", Order::Asc).limit(1))
});

/// The most characters of a reason that are kept.
const LONGEST_REASON: usize = 500;

/// The columns of a row, the hash of the chain last.
pub(crate) const COLUMNS: &[&str] =
    &["seq", "tx", "at", "actor", "role", "institution", "request", "subject", "what", "hash"];

/// The last number and hash of the chain.
pub(crate) fn head(conn: Conn<'_>) -> Result<(i64, [u8; 32]), StoreError> {
    let last = conn.row(&LAST, args![1], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(last.unwrap_or((0, chain::START)))
}

/// The hash of one row of the chain.
pub(crate) fn hash_at(conn: Conn<'_>, seq: i64) -> Result<Option<[u8; 32]>, StoreError> {
    conn.row(&HASH, args![seq], |row| row.get(0))
}

impl Reader<'_> {
    /// The number of the newest row of the chain, which is how many there are.
    pub fn writes_last(&self) -> Result<i64, StoreError> {
        Ok(head(self.conn)?.0)
    }

    /// The `limit` rows of the chain that follow row `after`, in their order.
    pub fn writes_after(&self, after: i64, limit: u32) -> Result<Vec<WriteRow>, StoreError> {
        self.conn.rows(&AFTER, args![after, limit], |row| write_row(row).map(|found| found.0))
    }

    /// What a transaction wrote, by subject: `C|U|D Type/id/version`, one to a line.
    pub fn written_by(&self, tx: i64) -> Result<Vec<(Subject, String)>, StoreError> {
        self.conn.rows(&OF_TX, args![tx], |row| Ok((Subject(row.get(0)?), row.get(1)?)))
    }
}

/// Reads [`COLUMNS`], with the hash.
pub(crate) fn write_row(row: &Row<'_>) -> Result<(WriteRow, [u8; 32]), StoreError> {
    let origin = Origin { actor: row.get(3)?, role: row.get(4)?, institution: row.get(5)?, request: row.get(6)? };
    let (seq, tx, at, subject, what) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(7)?, row.get(8)?);
    Ok((WriteRow { seq, tx, at, origin, subject, what }, row.get(9)?))
}

impl WriteTx<'_> {
    /// Remembers one change for the audit rows: `C|U|D Type/id/version`, one to a line.
    pub(super) fn note(&mut self, subject: Subject, act: char, name: &str, id: &str, version: i64) {
        use std::fmt::Write;
        let what = self.written.entry(subject).or_default();
        let _ = writeln!(what, "{act} {name}/{id}/{version}");
    }

    /// Remembers that `subject` came to belong (`J`) or belongs no more (`L`) to the person with this golden Patient, and
    /// why.
    pub fn note_membership(&mut self, subject: Subject, act: char, golden: &str, why: &str) {
        use std::fmt::Write;
        let what = self.written.entry(subject).or_default();
        let _ = writeln!(what, "{act} Patient/{golden} {why}");
    }

    /// Remembers that an operator did something (a letter) to `thing`, which is about `subject`, and why.
    pub fn note_act(&mut self, subject: Subject, act: char, thing: &str, why: &str) {
        use std::fmt::Write;
        // One act is one line, whatever was typed.
        let why: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_REASON).collect();
        let what = self.written.entry(subject).or_default();
        let _ = writeln!(what, "{act} {thing} {}", why.trim());
    }

    pub(super) fn write_audit(&mut self) -> Result<(), StoreError> {
        let written = std::mem::take(&mut self.written);
        if written.is_empty() {
            return Ok(());
        }
        let tx = self.tx()?;
        let (at, origin) = (self.at, self.origin.clone());
        let mut row = WriteRow { seq: 0, tx, at, origin, subject: 0, what: String::new() };
        for (subject, what) in written {
            (row.seq, row.subject, row.what) = (self.counters.audit_seq + 1, subject.0, what);
            let hash = chain::link(&self.counters.audit_hash, &chain::write_fields(&row, Nul::Replaced));
            let Origin { actor, role, institution, request } = &row.origin;
            let values = args![row.seq, tx, at, actor, role, institution, request, row.subject, &row.what, &hash];
            self.conn.later(&ADD, values)?;
            (self.counters.audit_seq, self.counters.audit_hash) = (row.seq, hash);
        }
        Ok(())
    }
}
