//! What every use-case works on: the store, the rules of the record, and who follows its changes.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use meridian_model::definitions::Definitions;
use meridian_store::{GOLDEN_PATIENT, Store, TypeCode};

use crate::catalogue::Known;
use crate::feed::Feed;
use crate::meaning::places::Places;
use crate::participant::Participant;
use crate::statistics::Statistics;

/// The engine. Clones share it.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) definitions: &'static Definitions,
    pub(crate) parameters: Known,
    pub(crate) participants: Vec<Arc<dyn Participant>>,
    pub(crate) feed: Feed,
    pub(crate) statistics: Statistics,
    pub(crate) fixed: crate::fixed::Known,
    pub(crate) structures: crate::meaning::structures::Known,
    pub(crate) validation: std::sync::RwLock<crate::meaning::judge::Validation>,
    /// Places for `$validate`, which takes a processor and no connection.
    pub(crate) judging: Places,
    /// Whether somebody lets go what was erased.
    pub(crate) settling: AtomicBool,
}

impl Engine {
    /// Joins a store with the participants that `server` wires.
    pub fn new(store: Store, participants: Vec<Arc<dyn Participant>>) -> Engine {
        store.put_beside(Arc::new(crate::meaning::terms::Known::default()));
        let inner = Inner {
            store,
            definitions: Definitions::r4(),
            parameters: Known::default(),
            participants,
            feed: Feed::default(),
            statistics: Statistics::default(),
            fixed: crate::fixed::Known::default(),
            structures: crate::meaning::structures::Known::default(),
            validation: std::sync::RwLock::default(),
            judging: Places::default(),
            settling: AtomicBool::new(false),
        };
        let engine = Engine { inner: Arc::new(inner) };
        // A store that cannot be read now says so at the first write, whose catalogue is then out of force.
        if let Err(error) = engine.renew_catalogue() {
            tracing::error!(%error, "the search parameters in force cannot be read");
        }
        engine
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn definitions(&self) -> &'static Definitions {
        self.inner.definitions
    }

    /// How many acts wait for the writer, in the interactive and in the bulk lane.
    pub fn waiting(&self) -> (usize, usize) {
        self.inner.store.waiting()
    }
}

/// The code of Patient in the tables of R4.
pub(crate) fn patient_code() -> TypeCode {
    Definitions::r4().type_code("Patient").unwrap_or_default()
}

/// The name of a type by its code in the store.
pub(crate) fn type_name(code: TypeCode) -> &'static str {
    if code == GOLDEN_PATIENT { "Patient" } else { Definitions::r4().type_name(code).unwrap_or("Resource") }
}

/// Milliseconds since 1970 UTC.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The form of `Last-Modified`, from milliseconds since 1970 UTC.
pub fn http_date(at: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Milliseconds since 1970 UTC from the form of `If-Modified-Since`.
pub fn read_http_date(text: &str) -> Option<i64> {
    let time = jiff::civil::DateTime::strptime("%a, %d %b %Y %H:%M:%S GMT", text.trim()).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// A FHIR instant from milliseconds since 1970 UTC.
pub fn instant(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}
