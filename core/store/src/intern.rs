//! Numbers for words that repeat in millions of rows: the uris of code systems, tamed by who asks.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, RwLock};

use crate::StoreError;
use crate::db::{Conn, args};
use crate::sql::{self, Sql};

/// The number of "no system".
pub(crate) const NO_SYSTEM: i64 = 0;

static FIND_SYSTEM: Sql = Sql::new(|| sql::select("system", &["id"], &["uri"]));
static ADD_SYSTEM: Sql = Sql::new(|| sql::insert("system", &["id", "uri"]));
static NEXT_SYSTEM: Sql = Sql::new(|| sql::select_ordered("system", &["id"], &[], "id", sea_query::Order::Desc));

/// What is committed of the dictionary of systems.
#[derive(Default)]
pub(crate) struct Dictionaries {
    systems: RwLock<HashMap<String, i64>>,
    /// What the user of the store keeps beside it.
    pub(crate) beside: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Dictionaries {
    pub(crate) fn known_system(&self, uri: &str) -> Option<i64> {
        self.systems.read().ok()?.get(uri).copied()
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
