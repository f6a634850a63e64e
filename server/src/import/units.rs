//! A file as units of writing.

use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use meridian_model::reader::{Limits, parse};
use meridian_model::reference::is_id;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Lines of NDJSON that share a transaction.
const LINES: usize = 500;
/// The longest file that is read in one piece, in bytes.
const LONGEST: usize = 1 << 30;
const LIMITS: Limits = Limits { bytes: LONGEST, values: LONGEST / 12, depth: 64 };

/// One transaction to be written.
pub(super) struct Unit {
    /// The hash of the bytes that it came from.
    pub(super) key: String,
    pub(super) work: Work,
}

pub(super) enum Work {
    /// Bytes of a file that are read by whoever writes it, so that reading is done side by side.
    Bytes(Vec<u8>),
    /// Bytes of some lines.
    Lines(Vec<u8>),
}

type Units = Box<dyn Iterator<Item = anyhow::Result<Unit>> + Send>;

/// The units of a file, one after the other.
pub(super) fn of(path: &Path) -> anyhow::Result<Units> {
    let cannot = || format!("cannot read {}", path.display());
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("ndjson")) {
        let lines = BufReader::with_capacity(1 << 20, std::fs::File::open(path).with_context(cannot)?);
        return Ok(Box::new(Chunks { lines }));
    }
    let bytes = std::fs::read(path).with_context(cannot)?;
    Ok(Box::new(std::iter::once(Ok(Unit { key: key(&bytes), work: Work::Bytes(bytes) }))))
}

struct Chunks {
    lines: BufReader<std::fs::File>,
}

impl Iterator for Chunks {
    type Item = anyhow::Result<Unit>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = Vec::new();
        for _ in 0..LINES {
            match self.lines.read_until(b'\n', &mut bytes) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => return Some(Err(error.into())),
            }
        }
        (!bytes.is_empty()).then(|| Ok(Unit { key: key(&bytes), work: Work::Lines(bytes) }))
    }
}

/// One resource as it is.
pub(super) fn resource(bytes: Vec<u8>) -> Unit {
    Unit { key: key(&bytes), work: Work::Bytes(bytes) }
}

fn key(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads the bytes of a unit into a Bundle that can be run.
pub(super) fn bundle(work: Work) -> anyhow::Result<Value> {
    let read = |bytes: &[u8]| parse(bytes, &LIMITS).map_err(|fault| anyhow!("{fault}"));
    match work {
        Work::Bytes(bytes) => whole(read(&bytes)?),
        Work::Lines(bytes) => {
            let lines = bytes.split(|b| *b == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
            let entries = lines.map(|line| put(read(line)?)).collect::<anyhow::Result<Vec<_>>>()?;
            Ok(transaction(entries))
        }
    }
}

fn whole(mut value: Value) -> anyhow::Result<Value> {
    if value.get("resourceType").and_then(Value::as_str) != Some("Bundle") {
        return Ok(transaction(vec![put(value)?]));
    }
    match value.get("type").and_then(Value::as_str) {
        Some("transaction" | "batch") => Ok(value),
        Some("collection" | "searchset") => {
            let entries = value.get_mut("entry").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
            let resources = entries.into_iter().filter_map(|mut entry| entry.get_mut("resource").map(Value::take));
            Ok(transaction(resources.map(put).collect::<anyhow::Result<_>>()?))
        }
        _ => Ok(transaction(vec![put(value)?])),
    }
}

fn transaction(entries: Vec<Value>) -> Value {
    // Moved in: `json!` would copy every resource.
    let mut bundle = json!({"resourceType": "Bundle", "type": "transaction"});
    if let Some(members) = bundle.as_object_mut() {
        members.insert("entry".to_owned(), Value::Array(entries));
    }
    bundle
}

/// A resource keeps the id that it comes with, if it is an id; else it gets one.
fn put(mut resource: Value) -> anyhow::Result<Value> {
    let Some(kind) = resource.get("resourceType").and_then(Value::as_str).map(str::to_owned) else {
        bail!("this is no FHIR resource: it has no `resourceType`");
    };
    let request = match resource.get("id").and_then(Value::as_str).filter(|id| is_id(id)) {
        Some(id) => json!({"method": "PUT", "url": format!("{kind}/{id}")}),
        None => json!({"method": "POST", "url": kind}),
    };
    if request.get("method").and_then(Value::as_str) == Some("POST")
        && let Some(members) = resource.as_object_mut()
    {
        members.shift_remove("id");
    }
    let mut entry = json!({"request": request});
    if let Some(members) = entry.as_object_mut() {
        members.insert("resource".to_owned(), resource);
    }
    Ok(entry)
}
