//! Waiting for what comes a moment later, without sleeping longer than needed.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// Repeats `attempt` until it gives something, for ten seconds at most.
///
/// # Errors
/// When it fails, or gives nothing in time.
pub async fn eventually<T, F>(what: &str, attempt: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: Future<Output = anyhow::Result<Option<T>>>,
{
    within(Duration::from_secs(10), what, attempt).await
}

/// Repeats `attempt` until it gives something, for at most `limit`.
///
/// # Errors
/// When it fails, or gives nothing in time.
pub async fn within<T, F>(limit: Duration, what: &str, mut attempt: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: Future<Output = anyhow::Result<Option<T>>>,
{
    let begun = Instant::now();
    loop {
        if let Some(found) = attempt().await? {
            return Ok(found);
        }
        if begun.elapsed() > limit {
            return None.with_context(|| format!("not within {limit:?}: {what}"));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
