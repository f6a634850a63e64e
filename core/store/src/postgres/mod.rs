//! PostgreSQL behind [`crate::db::Conn`]: a connection that finds its server again, and sessions for each purpose.

mod answer;
mod client;
mod listen;
mod migrate;
mod url;
mod values;
mod wire;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use answer::{Answer, Column};
use client::Client;

use crate::StoreError;
use crate::db::{Deadline, Row, Value, Writing};
use crate::sql::ManyTexts;

pub(crate) use answer::PgRow;
pub(crate) use listen::Listener;
pub(crate) use migrate::migrate;
pub(crate) use url::Config;

/// Rows of a long walk that are held at a time.
const STEP: i32 = 128;
/// What one statement's arrays weigh at most, more or less.
const HEAVIEST_ARRAYS: usize = 4 << 20;

/// Questions that travel together: so few that they fit into the socket while their answers wait there.
const AT_ONCE: usize = 12;

/// How much longer than a statement may take the server may be silent about it.
const GRACE: Duration = Duration::from_secs(10);

/// A statement and its values as one key.
fn question(text: &str, values: &[Value<'_>]) -> Vec<u8> {
    use std::io::Write;
    let mut key = Vec::with_capacity(text.len() + values.len() * 16);
    let _ = write!(key, "{text}{values:?}");
    key
}

/// The server's own limit is for each statement; this is for all of them together.
fn in_time() -> Result<(), StoreError> {
    if Deadline::is_over() { Err(StoreError::TooLong) } else { Ok(()) }
}

/// What a session is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    /// One moment a transaction; a statement may take so long.
    Reading(Option<Duration>),
    Writing,
    /// Words of other processes.
    Listening,
}

/// A connection that is made anew when it broke.
pub(crate) struct PgConn {
    config: Arc<Config>,
    role: Role,
    client: RefCell<Option<Client>>,
    /// Whether a reading has begun in which nothing was asked yet.
    unasked: Cell<bool>,
    /// Answers to questions that will be asked, as long as nothing is written.
    foreseen: RefCell<HashMap<Vec<u8>, Vec<PgRow>>>,
}

impl PgConn {
    pub(crate) fn open(config: &Arc<Config>, role: Role) -> Result<PgConn, StoreError> {
        let conn = PgConn {
            config: Arc::clone(config),
            role,
            client: RefCell::new(None),
            unasked: Cell::new(false),
            foreseen: RefCell::default(),
        };
        conn.revive()?;
        Ok(conn)
    }

    /// Makes sure that the server is there, connecting anew if it has gone.
    pub(crate) fn revive(&self) -> Result<(), StoreError> {
        let mut slot = self.client.borrow_mut();
        if slot.as_mut().is_some_and(Client::is_open) {
            return Ok(());
        }
        *slot = None;
        let silence = match self.role {
            Role::Reading(limit) => limit.map(|limit| limit + GRACE),
            Role::Writing | Role::Listening => None,
        };
        *slot = Some(Client::open(&self.config, &self.settings(), silence)?);
        Ok(())
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("application_name", "meridian".to_owned()),
            ("client_encoding", "UTF8".to_owned()),
            ("jit", "off".to_owned()),
        ];
        if let Some(schema) = &self.config.schema {
            settings.push(("search_path", schema.clone()));
        }
        match self.role {
            Role::Reading(limit) => {
                settings.push(("default_transaction_isolation", "repeatable read".to_owned()));
                settings.push(("default_transaction_read_only", "on".to_owned()));
                settings.push(("random_page_cost", "1.1".to_owned()));
                if let Some(limit) = limit {
                    // What is asked differs from one search to the next: each is planned for its own values.
                    settings.push(("plan_cache_mode", "force_custom_plan".to_owned()));
                    settings.push(("statement_timeout", limit.as_millis().to_string()));
                }
            }
            Role::Listening => {}
            Role::Writing => {
                settings.push(("synchronous_commit", "on".to_owned()));
                // Whatever the role or the database says: the numbers are read as they are behind the lock.
                settings.push(("default_transaction_isolation", "read committed".to_owned()));
                settings.push(("default_transaction_read_only", "off".to_owned()));
                settings.push(("statement_timeout", "0".to_owned()));
                settings.push(("lock_timeout", "0".to_owned()));
                // A process that stands still must not keep all others from writing.
                settings.push(("idle_in_transaction_session_timeout", "60s".to_owned()));
            }
        }
        settings
    }

    fn with<T>(&self, act: impl FnOnce(&mut Client) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut slot = self.client.borrow_mut();
        let client = slot.as_mut().ok_or_else(|| StoreError::Unavailable("no connection to the database".into()))?;
        act(client)
    }

    pub(crate) fn send(&self, text: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.foreseen.borrow_mut().clear();
        self.with(|client| client.send(text, values))
    }

    fn ask(&self, text: &str, values: &[Value<'_>]) -> Result<Answer, StoreError> {
        self.first_twice(|client| client.ask(text, values))
    }

    /// Asks; the first question of a reading once more on a new connection if the server went away since the last
    /// reading, which can be known only now.
    fn first_twice<T>(&self, question: impl Fn(&mut Client) -> Result<T, StoreError>) -> Result<T, StoreError> {
        in_time()?;
        let first = self.unasked.replace(false);
        match self.with(&question) {
            Err(StoreError::Unavailable(_)) if first => {
                self.client.replace(None);
                self.begin_reading()?;
                self.unasked.set(false);
                self.with(question)
            }
            answer => answer,
        }
    }

    pub(crate) fn change(&self, text: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        self.foreseen.borrow_mut().clear();
        Ok(self.ask(text, values)?.written)
    }

    pub(crate) fn many<'v, R: AsRef<[Value<'v>]>>(
        &self,
        many: &ManyTexts,
        rows: impl Iterator<Item = R>,
    ) -> Result<(), StoreError> {
        let mut columns: Vec<Column> = many.kinds().iter().map(|kind| Column::new(values::kind_of(kind))).collect();
        let mut waiting = false;
        self.foreseen.borrow_mut().clear();
        let send = |columns: &mut [Column]| {
            let arrays: Vec<Vec<u8>> = columns.iter_mut().map(Column::take).collect();
            self.with(|client| client.send_arrays(many.all(), &arrays))
        };
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row.as_ref()) {
                column.push(*value);
            }
            waiting = true;
            if columns.iter().map(Column::weight).sum::<usize>() > HEAVIEST_ARRAYS {
                send(&mut columns)?;
                waiting = false;
            }
        }
        if waiting { send(&mut columns) } else { Ok(()) }
    }

    pub(crate) fn row<T>(
        &self,
        text: &str,
        values: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let answer = self.ask(text, values)?;
        answer.rows.first().map(|row| read(&Row::Pg(row))).transpose()
    }

    pub(crate) fn rows<T>(
        &self,
        text: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.ask(text, values)?.rows.iter().map(|row| read(&Row::Pg(row))).collect()
    }

    pub(crate) fn each(
        &self,
        text: &str,
        values: &[Value<'_>],
        mut see: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        if let Some(rows) = self.take_foreseen(text, values) {
            for row in &rows {
                if !see(&Row::Pg(row))? {
                    break;
                }
            }
            return Ok(());
        }
        let (portal, mut answer) = self.first_twice(|client| client.open_portal(text, values, STEP))?;
        loop {
            for row in &answer.rows {
                if !see(&Row::Pg(row))? {
                    return self.with(|client| client.close_portal(&portal));
                }
            }
            if !answer.more {
                return self.with(|client| client.close_portal(&portal));
            }
            in_time()?;
            answer = self.with(|client| client.go_on(text, &portal, STEP))?;
        }
    }

    /// Asks all at once what will be asked one by one (by [`PgConn::each`]).
    pub(crate) fn foresee(&self, all: &[(String, Vec<Value<'_>>)]) -> Result<(), StoreError> {
        for some in all.chunks(AT_ONCE) {
            let asked: Vec<(&str, Vec<Value<'_>>)> =
                some.iter().map(|(text, values)| (text.as_str(), values.clone())).collect();
            let answers = self.first_twice(|client| client.ask_all(&asked))?;
            let keys = some.iter().map(|(text, values)| question(text, values));
            self.foreseen.borrow_mut().extend(keys.zip(answers));
        }
        Ok(())
    }

    fn take_foreseen(&self, text: &str, values: &[Value<'_>]) -> Option<Vec<PgRow>> {
        let mut foreseen = self.foreseen.borrow_mut();
        if foreseen.is_empty() { None } else { foreseen.remove(&question(text, values)) }
    }

    /// One moment to read from; it is the moment of the first question.
    pub(crate) fn begin_reading(&self) -> Result<(), StoreError> {
        self.revive()?;
        self.unasked.set(true);
        self.send("BEGIN", &[])
    }

    /// Lets it go; nobody waits for that.
    pub(crate) fn end_reading(&self) -> Result<(), StoreError> {
        self.with(|client| {
            client.send("COMMIT", &[])?;
            client.push()
        })
    }

    /// Begins a group once no other process has one of its kind: in the order in which they get here they commit, and
    /// in that order their numbers are given out.
    pub(crate) fn begin(&self, writing: Writing) -> Result<(), StoreError> {
        self.revive()?;
        self.send("BEGIN", &[])?;
        let lock = match writing {
            Writing::Record => "SELECT pg_advisory_xact_lock(1296388689, hashtext(current_schema()))",
            Writing::Looks => "SELECT pg_advisory_xact_lock(1296388690, hashtext(current_schema()))",
        };
        self.send(lock, &[])
    }

    /// Says to the other processes that something was written, once it is committed.
    pub(crate) fn announce(&self, own: &str) -> Result<(), StoreError> {
        let word = format!("{own}\tw");
        self.send(listen::NOTIFY, &[Value::Text(&self.config.channel()), Value::Text(&word)])
    }

    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        self.with(|client| {
            client.settle()?;
            if client.status == b'E' {
                return Err(StoreError::WriteAborted);
            }
            client.ask("COMMIT", &[]).map(|_| ())
        })
    }

    pub(crate) fn rollback(&self) {
        let undone = self.with(|client| {
            let _ = client.settle();
            client.ask("ROLLBACK", &[]).map(|_| ())
        });
        if undone.is_err() {
            self.client.replace(None);
        }
    }

    pub(crate) fn begin_act(&self) -> Result<(), StoreError> {
        self.send("SAVEPOINT act", &[])
    }

    /// All that the act sent must have been done before others build on it.
    pub(crate) fn keep_act(&self) -> Result<(), StoreError> {
        self.with(|client| {
            client.send("RELEASE SAVEPOINT act", &[])?;
            client.settle()
        })
    }

    pub(crate) fn undo_act(&self) -> Result<(), StoreError> {
        self.with(|client| {
            let _ = client.settle();
            client.forgive();
            client.send("ROLLBACK TO SAVEPOINT act", &[])?;
            client.send("RELEASE SAVEPOINT act", &[])?;
            client.settle()
        })
    }
}
