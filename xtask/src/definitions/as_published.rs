//! R4 as HL7 published it. The package has changed elements of some structures in its copy of HL7's bundles: fields of
//! its own in `Meta`, elements of later drafts in `ResearchStudy` and `EvidenceVariable`. `definitions/r4-as-published.json`
//! holds, for each of them, what R4 does not have and what it has instead.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

const TABLE: &str = include_str!("../../../definitions/r4-as-published.json");
const STRUCTURE: &str = "http://hl7.org/fhir/StructureDefinition/";

/// Puts the structures of a bundle right.
///
/// # Errors
/// An element that the table names is not there any more: the package has changed again.
pub(crate) fn put_right(bundle: &mut Value) -> Result<()> {
    let table: Map<String, Value> = serde_json::from_str(TABLE).context("definitions/r4-as-published.json")?;
    let entries = bundle.get_mut("entry").and_then(Value::as_array_mut).into_iter().flatten();
    for resource in entries.filter_map(|entry| entry.get_mut("resource")) {
        let url = resource.get("url").and_then(Value::as_str).unwrap_or_default();
        let Some(said) = url.strip_prefix(STRUCTURE).and_then(|name| table.get(name)) else { continue };
        let elements = resource.pointer_mut("/snapshot/element").and_then(Value::as_array_mut);
        structure(elements.context("a structure without a snapshot")?, said)?;
    }
    Ok(())
}

fn structure(elements: &mut Vec<Value>, said: &Value) -> Result<()> {
    for path in super::texts(said, "without") {
        let before = elements.len();
        let inner = format!("{path}.");
        elements.retain(|one| {
            let own = super::text(one, "id");
            own != path && !own.starts_with(&inner)
        });
        if elements.len() == before {
            bail!("{path} is not in the package; take it out of definitions/r4-as-published.json");
        }
    }
    for row in super::list(said, "with") {
        let place = |id: &str| elements.iter().position(|one| super::text(one, "id") == id);
        let mut row = row.clone();
        let after = row.as_object_mut().and_then(|row| row.remove("after"));
        match after.as_ref().and_then(Value::as_str) {
            Some(after) => {
                let at = place(after).with_context(|| format!("there is no {after}"))?;
                elements.insert(at + 1, row);
            }
            None => {
                let id = super::text(&row, "id").to_owned();
                let at = place(&id).with_context(|| format!("there is no {id}"))?;
                if let Some(own) = elements.get_mut(at) {
                    *own = row;
                }
            }
        }
    }
    Ok(())
}
