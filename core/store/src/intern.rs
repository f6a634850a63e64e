//! Numbers for words that repeat in millions of rows: the uris of code systems, tamed by who asks.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, RwLock};

use crate::StoreError;
use crate::db::{Conn, args};
use crate::sql::{self, Sql};

/// The number of "no system".
pub(crate) const NO_SYSTEM: i64 = 0;

static FIND_SYSTEM: Sql = Sql::new(|| sql::select("system", &["id"], &["uri"]));
static ALL_SYSTEMS: Sql = Sql::new(|| sql::select_ordered("system", &["id", "uri"], &[], "id", sea_query::Order::Asc));
static ADD_SYSTEM: Sql = Sql::new(|| sql::insert("system", &["id", "uri"]));
static NEXT_SYSTEM: Sql = Sql::new(|| sql::select_ordered("system", &["id"], &[], "id", sea_query::Order::Desc));

/// What is committed of the dictionary of systems; and whether all search rows are there, which stays so: only a store of
/// an older program gives them up, when it is opened.
#[derive(Default)]
pub(crate) struct Dictionaries {
    systems: RwLock<HashMap<String, i64>>,
    /// What the user of the store keeps beside it.
    pub(crate) beside: OnceLock<Arc<dyn Any + Send + Sync>>,
    whole: AtomicBool,
}

impl Dictionaries {
    pub(crate) fn are_rows_whole(&self) -> bool {
        self.whole.load(Ordering::Acquire)
    }

    pub(crate) fn note_whole(&self, whole: bool) {
        self.whole.store(whole, Ordering::Release);
    }

    pub(crate) fn known_system(&self, uri: &str) -> Option<i64> {
        self.systems.read().ok()?.get(uri).copied()
    }

    /// Reads what is committed, so that nobody has to ask for it one by one; what is beyond `MOST` is asked for.
    pub(crate) fn learn(&self, conn: Conn<'_>) -> Result<(), StoreError> {
        const MOST: i64 = 20_000;
        let all = conn.rows(&ALL_SYSTEMS, args![MOST], |row| Ok((row.get::<String>(1)?, row.get(0)?)))?;
        self.publish(all.into_iter().collect());
        Ok(())
    }

    /// The number of a system, if any row uses it.
    pub(crate) fn system(&self, conn: Conn<'_>, uri: &str) -> Result<Option<i64>, StoreError> {
        if uri.is_empty() {
            return Ok(Some(NO_SYSTEM));
        }
        if let Some(id) = self.known_system(uri) {
            return Ok(Some(id));
        }
        conn.row(&FIND_SYSTEM, args![uri], |row| row.get(0))
    }

    /// Called once the rows are committed.
    pub(crate) fn publish(&self, fresh: HashMap<String, i64>) {
        if let Ok(mut systems) = self.systems.write() {
            systems.extend(fresh);
        }
    }
}

/// Finds or adds a system inside a write.
pub(crate) fn add_system(conn: Conn<'_>, uri: &str) -> Result<i64, StoreError> {
    if let Some(id) = conn.row(&FIND_SYSTEM, args![uri], |row| row.get(0))? {
        return Ok(id);
    }
    let last: Option<i64> = conn.row(&NEXT_SYSTEM, args![1], |row| row.get(0))?;
    let id = last.unwrap_or(NO_SYSTEM) + 1;
    conn.execute(&ADD_SYSTEM, args![id, uri])?;
    Ok(id)
}
