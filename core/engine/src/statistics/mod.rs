//! Numbers about the work itself, counted once and then only forward: what was written, what came into queues.
//!
//! Nothing here is stored. After a start the first question counts from the audit chain and the queues what is there
//! already; later ones count only what has come since.

mod queue;
mod recent;
mod record;

pub(crate) use queue::QueueTally;
pub(crate) use recent::Recent;
pub(crate) use record::RecordTally;

use std::collections::HashMap;

use tokio::sync::Mutex;

/// What was counted so far; whoever asks counts on.
#[derive(Default)]
pub(crate) struct Statistics {
    pub(crate) record: Mutex<RecordTally>,
    pub(crate) queues: Mutex<HashMap<String, QueueTally>>,
}
