//! One way to speak to either database: texts in both dialects, values, rows, and a connection that knows which it is.

mod about;
mod acts;
mod lite;
mod pool;
mod value;

pub(crate) use about::About;
pub(crate) use acts::{Snapshot, Writing};
pub(crate) use pool::{Deadline, Link, Pool, Source};
pub(crate) use value::{Row, Value};

use sea_query::QueryStatementWriter;

use crate::StoreError;
pub(crate) use crate::postgres::Answers;
use crate::postgres::PgConn;
use crate::sql::{self, AsSql, Built, ManyTexts};

/// Which SQL is spoken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// How a server plans a statement whose values differ from one time to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Plan {
    /// Once for all values: there is but one good way, by the indexes, whatever is asked for.
    Kept,
    /// For its own values each time.
    Fresh,
    /// It is no matter.
    Either,
}

/// A connection inside a transaction.
#[derive(Clone, Copy)]
pub(crate) enum Conn<'c> {
    Lite(&'c rusqlite::Connection),
    Pg(&'c PgConn),
}

/// The values of a statement, in order: `args![kind, id]`.
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Value::from($value)),*] };
}
pub(crate) use args;

impl Conn<'_> {
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Conn::Lite(_) => Dialect::Sqlite,
            Conn::Pg(_) => Dialect::Postgres,
        }
    }

    /// Writes. Over a network it is sent and not waited for: what goes wrong is told by the next read, or by the end of
    /// the act.
    pub(crate) fn execute(self, text: &(impl AsSql + ?Sized), values: &[Value<'_>]) -> Result<(), StoreError> {
        match self {
            Conn::Lite(conn) => lite::execute(conn, text.on(Dialect::Sqlite), values).map(|_| ()),
            Conn::Pg(conn) => conn.send(text.on(Dialect::Postgres), values),
        }
    }

    /// Writes, waits, and tells how many rows it was.
    pub(crate) fn change(self, text: &(impl AsSql + ?Sized), values: &[Value<'_>]) -> Result<u64, StoreError> {
        match self {
            Conn::Lite(conn) => lite::execute(conn, text.on(Dialect::Sqlite), values),
            Conn::Pg(conn) => conn.change(text.on(Dialect::Postgres), values),
        }
    }

    /// Writes many rows of one table (see [`ManyTexts`]).
    pub(crate) fn many<'v, R: AsRef<[Value<'v>]>>(
        self,
        many: &ManyTexts,
        rows: impl Iterator<Item = R>,
    ) -> Result<(), StoreError> {
        match self {
            Conn::Lite(conn) => lite::many(conn, many.one(), rows),
            Conn::Pg(conn) => conn.many(many, rows),
        }
    }

    /// Says what the rows given to [`Conn::later`] next are about, before they are: rows about the same that wait
    /// already go first.
    pub(crate) fn touch(self, about: About) -> Result<(), StoreError> {
        match self {
            Conn::Lite(_) => Ok(()),
            Conn::Pg(conn) => conn.touch(about),
        }
    }

    /// The same of what several rows of one statement may be about.
    pub(crate) fn touch_some(self, about: About) {
        if let Conn::Pg(conn) = self {
            conn.touch_some(about);
        }
    }

    /// Writes a row, at the latest before the next question that may be about it, together with others of its kind,
    /// those of other acts included: over a network they are one statement. Kinds go out in the order in which they came
    /// first.
    pub(crate) fn later(self, many: &'static ManyTexts, row: &[Value<'_>]) -> Result<(), StoreError> {
        self.all_later(many, std::iter::once(row))
    }

    /// The same for many rows.
    pub(crate) fn all_later<'v, R: AsRef<[Value<'v>]>>(
        self,
        many: &'static ManyTexts,
        rows: impl Iterator<Item = R>,
    ) -> Result<(), StoreError> {
        match self {
            Conn::Lite(conn) => lite::many(conn, many.one(), rows),
            Conn::Pg(conn) => conn.later(many, rows),
        }
    }

    /// The first row, if there is one.
    pub(crate) fn row<T>(
        self,
        text: &(impl AsSql + ?Sized),
        values: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.row_about(None, text, values, read)
    }

    /// The first row of a question that is about nothing but this: rows about something else go on waiting. `None`: it
    /// may be about all that waits.
    pub(crate) fn row_about<T>(
        self,
        about: Option<&[About]>,
        text: &(impl AsSql + ?Sized),
        values: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match self {
            Conn::Lite(conn) => lite::row(conn, text.on(Dialect::Sqlite), values, read),
            Conn::Pg(conn) => conn.row(about, Built(text.on(Dialect::Postgres), text.plan()), values, read),
        }
    }

    /// All rows.
    pub(crate) fn rows<T>(
        self,
        text: &(impl AsSql + ?Sized),
        values: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.rows_about(None, text, values, read)
    }

    /// All rows of a question that is about nothing but this.
    pub(crate) fn rows_about<T>(
        self,
        about: Option<&[About]>,
        text: &(impl AsSql + ?Sized),
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Conn::Lite(conn) => {
                let mut all = Vec::new();
                let see = |row: &Row<'_>| {
                    all.push(read(row)?);
                    Ok(true)
                };
                lite::each(conn, text.on(Dialect::Sqlite), values, see)?;
                Ok(all)
            }
            Conn::Pg(conn) => conn.rows(about, Built(text.on(Dialect::Postgres), text.plan()), values, read),
        }
    }

    /// One row after the other, until `see` has enough (says `false`); for walks whose rows don't fit into memory.
    pub(crate) fn each(
        self,
        text: &(impl AsSql + ?Sized),
        values: &[Value<'_>],
        see: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Conn::Lite(conn) => lite::each(conn, text.on(Dialect::Sqlite), values, see),
            Conn::Pg(conn) => conn.each(Built(text.on(Dialect::Postgres), text.plan()), values, see),
        }
    }

    /// Asks several questions together, of a server: what each gave, in their order.
    pub(crate) fn ask_all(self, all: &[(&str, Vec<Value<'_>>)]) -> Result<Vec<Answers>, StoreError> {
        match self {
            Conn::Lite(_) => Err(StoreError::NotSupported("questions that travel together")),
            Conn::Pg(conn) => conn.ask_all(all),
        }
    }

    /// Whether rows wait to be written.
    pub(crate) fn holds_rows(self) -> bool {
        match self {
            Conn::Lite(_) => false,
            Conn::Pg(conn) => conn.holds_rows(),
        }
    }

    /// How often something was written here, on a server.
    pub(crate) fn written(self) -> u64 {
        match self {
            Conn::Lite(_) => 0,
            Conn::Pg(conn) => conn.written(),
        }
    }

    /// How the database means to find the rows of a statement.
    pub(crate) fn plan(self, text: &str, values: &[Value<'_>], how: Plan) -> Result<Vec<String>, StoreError> {
        match self {
            Conn::Lite(_) => self.rows(&format!("EXPLAIN QUERY PLAN {text}"), values, |row| row.get(3)),
            Conn::Pg(_) => self.rows(&Built(&format!("EXPLAIN {text}"), how), values, |row| row.get(0)),
        }
    }

    /// All rows of a statement that was built for this one question.
    pub(crate) fn ask<T>(
        self,
        statement: &impl QueryStatementWriter,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let (text, values) = sql::build(self.dialect(), statement);
        self.rows(&text, &sql::bind(&values), read)
    }
}
