//! Clients without a pause, and what they met as one figure.

use std::future::Future;
use std::time::{Duration, Instant};

use super::Figure;
use super::system::Running;
use super::watch::Watch;
use crate::machine;
use crate::times::Times;

/// Lets a system end what it began (checkpoints, vacuums) before the next workload.
pub(crate) async fn rest() {
    tokio::time::sleep(Duration::from_secs(3)).await;
}

/// What one client met.
#[derive(Default)]
pub(crate) struct Met {
    pub(crate) times: Times,
    pub(crate) errors: u64,
    pub(crate) first_error: Option<String>,
    /// How many the first answer said that there are.
    pub(crate) found: Option<u64>,
}

impl Met {
    pub(crate) fn join(&mut self, other: Met) {
        self.times.append(&other.times);
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
        self.found = self.found.or(other.found);
    }

    pub(crate) fn failed(&mut self, says: impl FnOnce() -> String) {
        self.errors += 1;
        if self.first_error.is_none() {
            self.first_error = Some(says());
        }
    }
}

/// When a load counts.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from: Instant,
    pub(crate) until: Instant,
}

impl Span {
    pub(crate) fn of(warm_up: Duration, run_for: Duration) -> Span {
        let from = Instant::now() + warm_up;
        Span { from, until: from + run_for }
    }

    pub(crate) fn counts(&self, began: Instant, ended: Instant) -> bool {
        began >= self.from && ended <= self.until
    }

    pub(crate) fn over(&self) -> bool {
        Instant::now() >= self.until
    }
}

/// Runs `clients` at once and gives what they met together.
pub(crate) async fn load<F>(running: &Running, span: Span, clients: impl Iterator<Item = F>) -> anyhow::Result<Figure>
where
    F: Future<Output = anyhow::Result<Met>> + Send + 'static,
{
    let mut all = tokio::task::JoinSet::new();
    for client in clients {
        all.spawn(client);
    }
    tokio::time::sleep_until(span.from.into()).await;
    let watch = Watch::of(running.roots.clone());
    let before = machine::used_below(&running.roots);
    tokio::time::sleep_until(span.until.into()).await;
    let used = machine::used_below(&running.roots) - before;
    let memory = watch.most();
    let mut met = Met::default();
    while let Some(done) = all.join_next().await {
        met.join(done??);
    }
    Ok(figure(&met, (span.until - span.from).as_secs_f64(), used, memory))
}

/// The figure of what was met in so many seconds.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn figure(met: &Met, seconds: f64, used: f64, memory: f64) -> Figure {
    let count = met.times.count() as f64;
    Figure {
        rate: count / seconds,
        p50: met.times.within(0.5),
        p95: met.times.within(0.95),
        p99: met.times.within(0.99),
        processor: used * 1e6 / count.max(1.0),
        memory,
        errors: met.errors,
        first_error: met.first_error.clone(),
        found: met.found,
    }
}
