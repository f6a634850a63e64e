//! What the routes share.

use std::sync::Arc;

use meridian_engine::operations::Operation;
use meridian_engine::{Engine, Policy};
use meridian_identity::Identity;
use tokio::sync::{Semaphore, watch};

use crate::dressing::Dressing;

/// Renders the metrics of the process.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// How much one request, and all together, may ask of memory.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest body of one resource, in bytes.
    pub resource: usize,
    /// Longest Bundle, in bytes.
    pub bundle: usize,
    /// Most entries of a Bundle.
    pub entries: usize,
    /// Bytes of all bodies that are read and worked on at one time; more wait.
    pub under_way: usize,
    /// Bytes that all answers together may take while they are shaped or made into pages; as many may wait for it.
    pub dressed: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { resource: 16 << 20, bundle: 192 << 20, entries: 50_000, under_way: 96 << 20, dressed: 256 << 20 }
    }
}

/// The state of the door. Clones share it.
#[derive(Clone)]
pub struct Http {
    pub(crate) engine: Engine,
    pub(crate) identity: Identity,
    pub(crate) operations: Arc<Vec<Operation>>,
    /// The address of the FHIR service, without a slash at its end.
    pub(crate) base: Arc<str>,
    pub(crate) metrics: Metrics,
    pub(crate) limits: Limits,
    pub(crate) policy: Policy,
    /// Kibibytes that may still be read.
    pub(crate) room: Arc<Semaphore>,
    /// Where answers are shaped.
    pub(crate) dressing: Dressing,
    /// Whether cookies may travel in clear (on loopback alone).
    pub(crate) secure: bool,
    /// True once the door is closing: what never ends by itself ends then.
    pub(crate) closing: Arc<watch::Sender<bool>>,
    /// What the server says of itself.
    pub(crate) described: Arc<crate::fhir::Described>,
}

impl Http {
    /// `base` is the address of the FHIR service, such as `http://127.0.0.1:8080/fhir`.
    pub fn new(
        engine: Engine,
        identity: Identity,
        operations: Vec<Operation>,
        base: &str,
        metrics: Metrics,
        limits: Limits,
    ) -> Http {
        let room = Arc::new(Semaphore::new((limits.under_way / 1024).max(1)));
        let dressing = Dressing::new(limits.dressed);
        let secure = base.starts_with("https:");
        let closing = Arc::new(watch::Sender::new(false));
        let (operations, base) = (Arc::new(operations), base.into());
        let described = Arc::default();
        let policy = Policy::default();
        let http = Http {
            engine,
            identity,
            operations,
            base,
            metrics,
            limits,
            policy,
            room,
            dressing,
            secure,
            closing,
            described,
        };
        http.engine.find_own(crate::fhir::definitions(&http));
        http
    }

    /// What clients may do here.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Http {
        Http { policy, ..self }
    }
}
