//! Walks both audit chains from their first row and names the first row that does not fit.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Order, Query};

use super::{chain, log};
use crate::db::{Conn, Link, Snapshot, Source, args};
use crate::postgres::Config;
use crate::write::{WRITE_COLUMNS, write_row};
use crate::{Home, Origin, StoreError, Subject, sql, sqlite};

/// What a walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub looks: i64,
    pub writes: i64,
    /// Which chain and which row do not fit, if any.
    pub broken: Option<String>,
}

/// A write-audit row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteRow {
    pub seq: i64,
    pub tx: i64,
    pub at: i64,
    pub origin: Origin,
    pub subject: i64,
    /// `C|U|D Type/id/version`, one to a line.
    pub what: String,
}

impl Verified {
    /// Verifies the audit of a store, read only; it may be open meanwhile.
    ///
    /// The chain finds what was changed, removed from the middle or put in another order. It cannot find that its end
    /// was cut off: for that, a head noted elsewhere must be compared with `looks` and `writes`.
    ///
    /// # Errors
    /// When it cannot be opened or read.
    pub fn of(place: impl Into<Home>) -> Result<Verified, StoreError> {
        let mut found = Verified::default();
        let (read, written) = match place.into() {
            Home::Folder(dir) => (read_only(&dir.join(sqlite::AUDIT_FILE))?, read_only(&dir.join(sqlite::FILE))?),
            Home::Postgres(url) => {
                let source = Source::Server(Arc::new(Config::read(&url)?));
                (source.reading(None)?, source.reading(None)?)
            }
        };
        looks(Snapshot::of(&read)?.conn(), &mut found)?;
        if found.broken.is_none() {
            writes(Snapshot::of(&written)?.conn(), &mut found)?;
        }
        Ok(found)
    }
}

/// Looks that are walked through before it is asked whether they are listed.
const STEP: i64 = 1000;

fn looks(conn: Conn<'_>, found: &mut Verified) -> Result<(), StoreError> {
    let of_subject = sql::select("look_subject", &["seq"], &["subject", "seq"]);
    let (mut hash, mut listed, mut behind) = (chain::START, 0_i64, i64::MIN);
    loop {
        let (before, mut seen) = (found.looks, Vec::new());
        conn.each(&*log::BEHIND, args![behind, STEP], |row| {
            let expected = found.looks + 1;
            let fits = log::row_of(row).ok().filter(|(line, subjects, stored)| {
                let fields = |nul| chain::look_fields(line.seq, line.at, &line.look, subjects, nul);
                let fits = line.seq == expected && chain::is_behind(&hash, stored, fields);
                hash = *stored;
                fits
            });
            let Some((line, ..)) = fits else {
                found.broken = Some(format!("look {expected}"));
                return Ok(false);
            };
            let subjects: BTreeSet<Subject> = line.look.subjects.into_iter().collect();
            seen.extend(subjects.into_iter().map(|subject| (expected, subject)));
            found.looks = expected;
            Ok(true)
        })?;
        for (seq, subject) in seen {
            if conn.row(&of_subject, args![subject.0, seq], |_| Ok(()))?.is_none() {
                found.looks = seq - 1;
                found.broken = Some(format!("look {seq} is not listed under subject {}", subject.0));
                return Ok(());
            }
            listed += 1;
        }
        if found.broken.is_some() || found.looks == before {
            break;
        }
        behind = found.looks;
    }
    if found.broken.is_none() {
        let mut all = Query::select();
        let all = conn.ask(all.expr(Expr::col("seq").count()).from("look_subject"), |row| row.get::<i64>(0))?;
        if all != [listed] {
            found.broken = Some("a subject is listed with a look that was not at it".into());
        }
    }
    Ok(())
}

fn writes(conn: Conn<'_>, found: &mut Verified) -> Result<(), StoreError> {
    let mut select = Query::select();
    select.columns(WRITE_COLUMNS.iter().copied()).from("audit_write").order_by("seq", Order::Asc);
    let mut hash = chain::START;
    conn.each(&sql::both(&select), args![], |row| {
        let expected = found.writes + 1;
        let fits = write_row(row).ok().filter(|(line, stored)| {
            let fits = line.seq == expected && chain::is_behind(&hash, stored, |nul| chain::write_fields(line, nul));
            hash = *stored;
            fits
        });
        if fits.is_none() {
            found.broken = Some(format!("write {expected}"));
            return Ok(false);
        }
        found.writes = expected;
        Ok(true)
    })
}

fn read_only(path: &Path) -> Result<Link, StoreError> {
    let conn = rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    conn.busy_timeout(sqlite::BUSY)?;
    Ok(Link::Lite(conn))
}
