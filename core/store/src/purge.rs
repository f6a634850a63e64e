//! Erasure: versions, search rows and claims of a resource go for good. Numbers are not given out again, and the audit
//! stays as it is.

use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Query};

use crate::db::{About, Dialect, args};
use crate::job::{Job, JobState};
use crate::key::pack_id;
use crate::postgres::{Config, PgConn, Role};
use crate::schema::{DERIVED, LEDGER, TABLES, WORDS};
use crate::sql::{self, Sql};
use crate::{Body, CONDITIONAL_CREATE, Home, Index, Key, Reader, Store, StoreError, Stored, Subject, WriteTx};

/// Pages of the full-text index that one step merges: some milliseconds.
const MERGED: i64 = 500;

static KEYS: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("key").from("resource").and_where(Expr::col("key").gte(0)).and_where(Expr::col("key").lte(0));
    sql::both(select.order_by("key", sea_query::Order::Asc))
});
static TXS: Sql = Sql::new(|| sql::select("past", &["tx"], &["key"]));
static DROP_PAST: Sql = Sql::new(|| sql::delete("past", &["key"]));
static DROP_RESOURCE: Sql = Sql::new(|| sql::delete("resource", &["key"]));
static DROP_PLACE: Sql = Sql::new(|| sql::delete("directory", &["type", "id"]));
static DROP_CLAIM: Sql = Sql::new(|| sql::delete("claim", &["kind", "holder"]));
static DROP_BLOCKS: Sql = Sql::new(|| sql::delete("block", &["subject"]));
static DROP_MEMBERSHIPS: Sql = Sql::new(|| sql::delete("membership", &["subject"]));
static JOBS: Sql = Sql::new(|| sql::select("job", &["id"], &["tx"]));
static BLANK: Sql = Sql::new(|| sql::update("job", &["state", "head", "body", "note"], &["id"]));

impl Reader<'_> {
    /// The numbers of all resources of a subject, deleted ones too.
    pub fn keys_of(&self, subject: Subject) -> Result<Vec<Key>, StoreError> {
        let (first, last) = subject.span();
        self.conn.rows(&KEYS, args![first, last], |row| row.get(0).map(Key))
    }

    /// The jobs that these transactions did.
    pub fn jobs_of(&self, txs: &[i64]) -> Result<Vec<Job>, StoreError> {
        let mut jobs = Vec::new();
        for tx in txs {
            for id in self.conn.rows(&JOBS, args![*tx], |row| row.get::<i64>(0))? {
                jobs.extend(self.job(id)?);
            }
        }
        Ok(jobs)
    }
}

impl Store {
    /// On a server what was deleted stays on its pages until they are tidied: does that now, at once for all that nobody
    /// looks at any more. The server's log and copies of it are its keeper's to tidy.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn vacuum(&self) -> Result<(), StoreError> {
        let Home::Postgres(url) = self.home() else { return Ok(()) };
        let config = Arc::new(Config::read(url)?);
        let work = move || {
            let conn = PgConn::open(&config, Role::Tidying)?;
            let mut done = Ok(());
            for table in TABLES.iter().chain([&WORDS]).filter(|table| table.name != LEDGER.name) {
                // One that fails does not keep the others from it.
                match conn.vacuum(table.name) {
                    Err(StoreError::Database(said)) => done = Err(StoreError::Database(said)),
                    told => told?,
                }
            }
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopping)?
    }
}

impl WriteTx<'_> {
    /// What is deleted from now on in this act is overwritten, not just given free.
    pub fn erase_for_good(&mut self) -> Result<(), StoreError> {
        match self.dialect() {
            Dialect::Sqlite => self.conn.row("PRAGMA secure_delete = ON", &[], |row| row.get::<i64>(0)).map(|_| ()),
            Dialect::Postgres => Ok(()), // see `Store::vacuum`
        }
    }

    /// The end of that.
    pub fn erased_for_good(&mut self) -> Result<(), StoreError> {
        match self.dialect() {
            Dialect::Sqlite => self.conn.row("PRAGMA secure_delete = OFF", &[], |row| row.get::<i64>(0)).map(|_| ()),
            Dialect::Postgres => Ok(()),
        }
    }

    /// A full-text index only notes that a word is gone, until its parts are merged. Does a part of that, `first` for the
    /// first one, and tells whether there is more to do.
    pub fn merge_words(&mut self, first: bool) -> Result<bool, StoreError> {
        if self.dialect() == Dialect::Postgres {
            return Ok(false);
        }
        let changes = |tx: &Self| tx.conn.row("SELECT total_changes()", &[], |row| row.get::<i64>(0));
        let before = changes(self)?;
        let pages = if first { -MERGED } else { MERGED };
        self.conn.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", args![pages])?;
        // SQLite: fewer than two changes mean that there was nothing to merge.
        Ok(changes(self)?.unwrap_or_default() - before.unwrap_or_default() >= 2)
    }

    /// Takes a resource out with all its versions. `index` is what is indexed of it; it does not matter for one that is
    /// deleted. Gives the transactions that wrote it.
    pub fn purge(&mut self, row: &Stored, index: &Index) -> Result<Vec<i64>, StoreError> {
        let key = row.key;
        self.forget_rows(row, index)?;
        let mut txs = self.purge_past(key)?;
        txs.push(row.tx);
        self.conn.execute(&DROP_RESOURCE, args![key.0])?;
        let id = pack_id(&row.id);
        self.conn.execute(&DROP_PLACE, args![row.kind, &id])?;
        self.memo.note_place(row.kind, id, None);
        self.memo.note_head(key, None);
        self.conn.execute(&DROP_CLAIM, args![CONDITIONAL_CREATE, key.0])?;
        Ok(txs)
    }

    /// Takes the versions before the current one out. Gives the transactions that wrote them.
    pub fn purge_past(&mut self, key: Key) -> Result<Vec<i64>, StoreError> {
        let txs = self.conn.rows(&TXS, args![key.0], |row| row.get(0))?;
        self.conn.execute(&DROP_PAST, args![key.0])?;
        Ok(txs)
    }

    /// What is known of a subject besides its resources: to whom it belonged, and what it is found by.
    pub fn purge_subject(&mut self, subject: Subject) -> Result<(), StoreError> {
        self.memo.note_person(subject, None);
        self.conn.execute(&DROP_BLOCKS, args![subject.0])?;
        self.conn.execute(&DROP_MEMBERSHIPS, args![subject.0])
    }

    /// Empties a job; one that waits is done with it.
    pub fn blank_job(&mut self, job: &Job, head: &str, note: &str) -> Result<(), StoreError> {
        let state = if job.state == JobState::Waiting { JobState::Done } else { job.state };
        let nothing = Body::of(b"");
        self.conn.execute(&BLANK, args![state as i64, head, nothing.bytes(), note, job.id])
    }

    /// Search rows: those that the index tells, and whatever else stands under this number.
    fn forget_rows(&mut self, row: &Stored, index: &Index) -> Result<(), StoreError> {
        self.flush()?;
        self.conn.touch(About::Key(row.key.0))?;
        if !row.deleted {
            self.exchange(row.kind, Some((row.key, index)), None)?;
        }
        for table in DERIVED.iter().filter(|table| table.key.first() == Some(&"key") && table.name != "words") {
            let mut delete = Query::delete();
            delete.from_table(table.name).and_where(Expr::col("key").eq(row.key.0));
            let (text, values) = sql::build(self.dialect(), &delete);
            self.conn.execute(&text, &sql::bind(&values))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server only warns of a table that it leaves out, and may give up what takes long.
    #[test]
    fn a_table_that_is_not_tidied_is_a_fault() {
        let Ok(server) = std::env::var(meridian_testkit::postgres::SERVER) else { return };
        let keeper = PgConn::open(&Arc::new(Config::read(&server).unwrap()), Role::Tidying).unwrap();
        keeper.change("DROP ROLE IF EXISTS stranger", &[]).unwrap();
        keeper.change("CREATE ROLE stranger LOGIN", &[]).unwrap();
        keeper.change("ALTER ROLE stranger SET statement_timeout = '1s'", &[]).unwrap();
        let stranger = server.replace("postgres@", "stranger@");
        let stranger = PgConn::open(&Arc::new(Config::read(&stranger).unwrap()), Role::Tidying).unwrap();
        let limit = stranger.row(None, "SELECT current_setting('statement_timeout')", &[], |row| row.get::<String>(0));
        assert_eq!(limit.unwrap().as_deref(), Some("0"));
        assert!(matches!(stranger.vacuum("pg_class"), Err(StoreError::Database(_))));
        keeper.vacuum("pg_class").unwrap();
    }
}
