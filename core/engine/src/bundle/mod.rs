//! Bundles: `POST /fhir` with a transaction (all or nothing) or a batch (each entry for itself).

mod batch;
mod binary;
mod entry;
mod read;
mod reply;
mod transaction;

use meridian_model::both;

use meridian_access::Caller;
use serde_json::Value;

pub use entry::{condition, version_of_tag};
pub use read::{BundleLimits, BundleReader, ReadBundle};
pub use reply::{BundleReply, Reply, Returning};
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
    match kind(&bundle)? {
        Kind::Transaction => transaction(engine, caller, bundle, options).await,
        Kind::Batch => Ok(batch::batch(engine, caller, entry::take(bundle)?, options).await),
    }
}

/// Runs a Bundle that was read piece by piece.
///
/// # Errors
/// As [`run`].
pub async fn run_read(
    engine: &Engine,
    caller: &Caller,
    bundle: ReadBundle,
    options: Options,
) -> Result<BundleReply, EngineError> {
    let ReadBundle { head, entries } = bundle;
    match kind(&head)? {
        Kind::Transaction => transaction::written(engine, caller, entries, options).await,
        Kind::Batch => Ok(batch::batch(engine, caller, entries, options).await),
    }
}

enum Kind {
    Transaction,
    Batch,
}

fn kind(bundle: &Value) -> Result<Kind, EngineError> {
    match bundle.get("resourceType").and_then(Value::as_str) {
        Some("Bundle") => {}
        Some(other) => {
            let says = both!(
                "a Bundle is expected here; a {other} is sent to its own address",
                "此处应是 Bundle；{other} 请发送到它自己的地址（/{other}）"
            );
            return Err(EngineError::invalid("resourceType", says));
        }
        None => {
            return Err(EngineError::invalid("resourceType", both!("a Bundle is expected here", "此处应是 Bundle")));
        }
    }
    match bundle.get("type").and_then(Value::as_str) {
        Some("transaction") => Ok(Kind::Transaction),
        Some("batch") => Ok(Kind::Batch),
        _ => {
            incoming::resource(bundle)?;
            Err(EngineError::invalid(
                "Bundle.type",
                both!("`transaction` or `batch` is expected here", "类型应为 `transaction` 或 `batch`"),
            ))
        }
    }
}
