//! Bundles: `POST /fhir` with a transaction (all or nothing) or a batch (each entry for itself).

mod batch;
mod entry;
mod reply;
mod transaction;

use meridian_access::Caller;
use serde_json::Value;

pub use entry::{condition, version_of_tag};
pub use reply::{BundleReply, Reply};
pub use transaction::transaction;

use crate::write::Options;
use crate::{Engine, EngineError, incoming};

/// Runs a Bundle of type transaction or batch.
///
/// # Errors
/// For a transaction those of its entries, placed at `Bundle.entry[n]`; for a batch only those of the Bundle itself.
pub async fn run(
    engine: &Engine,
    caller: &Caller,
    bundle: Value,
    options: Options,
) -> Result<BundleReply, EngineError> {
    match bundle.get("resourceType").and_then(Value::as_str) {
        Some("Bundle") => {}
        Some(other) => {
            let says = format!("a Bundle is expected here; a {other} is sent to its own address");
            return Err(EngineError::invalid("resourceType", says));
        }
        None => return Err(EngineError::invalid("resourceType", "a Bundle is expected here")),
    }
    match bundle.get("type").and_then(Value::as_str) {
        Some("transaction") => transaction(engine, caller, bundle, options).await,
        Some("batch") => {
            let entries = entry::take(bundle)?;
            Ok(batch::batch(engine, caller, entries).await)
        }
        _ => {
            incoming::resource(&bundle)?;
            Err(EngineError::invalid("Bundle.type", "`transaction` or `batch` is expected here"))
        }
    }
}
