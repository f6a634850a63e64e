//! Write-audit rows: one for each subject that an act touched, chained, in the act's own transaction.

use rusqlite::{Connection, OptionalExtension};
use sea_query::Order;

use crate::audit::chain;
use crate::sql::{self, Sql};
use crate::{Reader, StoreError, Subject, WriteTx};

static ADD: Sql = Sql::new(|| {
    let columns = ["seq", "tx", "at", "actor", "role", "institution", "request", "subject", "what", "hash"];
    sql::insert("audit_write", &columns)
});
static OF_TX: Sql = Sql::new(|| sql::select("audit_write", &["subject", "what"], &["tx"]));
static LAST: Sql = Sql::new(|| sql::select_ordered("audit_write", &["seq", "hash"], &[], "seq", Order::Desc));

/// The last number and hash of the chain.
pub(crate) fn head(conn: &Connection) -> Result<(i64, [u8; 32]), StoreError> {
    let last = conn.prepare_cached(&LAST)?.query_row([1], |row| Ok((row.get(0)?, row.get::<_, [u8; 32]>(1)?)));
    Ok(last.optional()?.unwrap_or((0, chain::START)))
}

impl Reader<'_> {
    /// What a transaction wrote, by subject: `C|U|D Type/id/version`, one to a line.
    pub fn written_by(&self, tx: i64) -> Result<Vec<(Subject, String)>, StoreError> {
        let mut statement = self.conn.prepare_cached(&OF_TX)?;
        let rows = statement.query_map([tx], |row| Ok((Subject(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    /// Remembers one change for the audit rows: `C|U|D Type/id/version`, one to a line.
    pub(super) fn note(&mut self, subject: Subject, act: char, name: &str, id: &str, version: i64) {
        use std::fmt::Write;
        let what = self.written.entry(subject).or_default();
        let _ = writeln!(what, "{act} {name}/{id}/{version}");
    }

    pub(super) fn write_audit(&mut self) -> Result<(), StoreError> {
        let written = std::mem::take(&mut self.written);
        if written.is_empty() {
            return Ok(());
        }
        let tx = self.tx()?;
        let (at, o) = (self.at, self.origin.clone());
        for (subject, what) in written {
            let seq = self.counters.audit_seq + 1;
            let fields = chain::write_fields(seq, tx, at, &o, subject.0, &what);
            let hash = chain::link(&self.counters.audit_hash, &fields);
            self.conn.prepare_cached(&ADD)?.execute((
                seq,
                tx,
                at,
                &o.actor,
                &o.role,
                &o.institution,
                &o.request,
                subject.0,
                &what,
                hash,
            ))?;
            self.counters.audit_seq = seq;
            self.counters.audit_hash = hash;
        }
        Ok(())
    }
}
