//! Logs: lines for people or JSON for machines, to stderr. They name requests and routes, never residents.

use tracing_subscriber::EnvFilter;

pub(crate) fn start(json: bool) {
    let filter = EnvFilter::try_from_env("MERIDIAN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start (in one process) keeps the first.
    let _ = if json { logs.json().try_init() } else { logs.compact().try_init() };
}
