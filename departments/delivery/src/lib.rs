//! Delivery (发送): what the record learned is told to the institutions that need to know, as HL7 v2.
//!
//! [`Delivery::participant`] puts a row into the outbox in the transaction of the change; [`Delivery::run`] makes the
//! message of each row and sends it, one line an institution, in order, until it is taken. [`render`] is pure.

mod answer;
mod config;
mod line;
mod look;
mod material;
mod operations;
mod order;
mod pause;
pub mod render;
mod route;
mod sender;
mod trigger;

use std::sync::Arc;

use meridian_engine::{Engine, Participant, operations::Operation};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use config::{ConfigError, DestinationConfig, Residents, Trigger, destinations};
pub use line::{Exchange, Fault, Line, Lines};
pub use sender::Clock;

/// The lines to the receivers of the configuration. Cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    destinations: Arc<Vec<DestinationConfig>>,
}

impl Delivery {
    /// Delivery to these receivers; to none, it does nothing at all.
    #[must_use]
    pub fn new(destinations: Vec<DestinationConfig>) -> Self {
        Self { destinations: Arc::new(destinations) }
    }

    #[must_use]
    pub fn destinations(&self) -> &[DestinationConfig] {
        &self.destinations
    }

    /// The rule that takes part in commits.
    #[must_use]
    pub fn participant(&self) -> Arc<dyn Participant> {
        Arc::new(route::Routes { destinations: Arc::clone(&self.destinations) })
    }

    /// `$outbox`, `$outbox-message` and `$outbox-retry`.
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        operations::operations(self)
    }

    /// Sends until `stop` is cancelled; then messages in hand are brought to their end.
    pub async fn run(&self, engine: Engine, lines: Arc<dyn Lines>, clock: Clock, stop: CancellationToken) {
        let mut senders = JoinSet::new();
        for to in self.destinations.iter() {
            let (to, lines) = (to.clone(), Arc::clone(&lines));
            let (engine, clock, stop) = (engine.clone(), Arc::clone(&clock), stop.clone());
            senders.spawn(keep(move || sender::Sender {
                engine: engine.clone(),
                line: lines.line(&to),
                to: to.clone(),
                clock: Arc::clone(&clock),
                stop: stop.clone(),
                habits: sender::Habits::default(),
            }));
        }
        while senders.join_next().await.is_some() {}
    }
}

/// Works a line until its sender ends. One that fails is replaced: a fault of ours must not silence a receiver.
async fn keep(make: impl Fn() -> sender::Sender + Send) {
    loop {
        let mut one = JoinSet::new();
        one.spawn(make().work());
        match one.join_next().await {
            Some(Err(error)) => tracing::error!(%error, "the sender of a line failed, another takes its place"),
            _ => return,
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}
