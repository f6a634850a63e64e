//! `_explain=true`: the statement of a search and the database's plan for it, for operators.

use meridian_model::both;

use meridian_access::{Caller, Denied, Role};
use meridian_store::Reader;
use meridian_store::search::Search;
use serde_json::{Value, json};

use crate::EngineError;

/// # Errors
/// `Denied` to all but operators.
pub(super) fn permitted(caller: &Caller) -> Result<(), EngineError> {
    if caller.role == Role::Operator {
        return Ok(());
    }
    Err(EngineError::Denied(Denied {
        role: caller.role, what: both!("ask how a search is run", "查看检索的执行计划")
    }))
}

/// A Parameters resource. Values are bound to the statement and do not stand in it.
pub(super) fn told(reader: &Reader<'_>, search: &Search) -> Result<Value, EngineError> {
    let (statement, plan) = reader.explain(search)?;
    let text = |name: &str, value: &str| json!({"name": name, "valueString": value});
    let mut parameters = vec![text("statement", &statement)];
    parameters.extend(drives(&plan).map(|line| text("drives", line)));
    parameters.extend(plan.iter().map(|line| text("plan", line)));
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

/// The first rows that the plan goes through: what the others are probed for.
fn drives(plan: &[String]) -> impl Iterator<Item = &str> {
    let rows = |line: &&String| line.starts_with("SEARCH ") || line.starts_with("SCAN ") || line.contains(" Scan ");
    plan.iter().filter(rows).map(String::as_str).take(1)
}
