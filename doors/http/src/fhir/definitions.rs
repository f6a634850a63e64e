//! The definitions that this door makes of itself: an OperationDefinition for each operation of the table, and R4's
//! CompartmentDefinitions. The engine has them read and found like stored ones.

use meridian_engine::operations::{EVERY_TYPE, Effect, Level, Operation};
use meridian_model::definitions::Definitions;
use serde_json::{Map, Value, json};

use super::describe::{BUILT, pascal};
use crate::state::Http;

const OPERATION: &str = "OperationDefinition";
const COMPARTMENT: &str = "CompartmentDefinition";

/// All of them.
pub(crate) fn all(state: &Http) -> Vec<Value> {
    let mut all = operations(state);
    all.extend(Definitions::r4().compartments().map(compartment));
    all
}

/// The id of the definition of an operation; one definition for all levels of one type.
pub(super) fn operation_id(operation: &Operation) -> String {
    if operation.on.is_empty() { operation.name.to_owned() } else { format!("{}-{}", operation.on, operation.name) }
}

fn operations(state: &Http) -> Vec<Value> {
    let mut all: Vec<(String, Vec<&Operation>)> = Vec::new();
    for operation in state.operations.iter() {
        let id = operation_id(operation);
        match all.iter_mut().find(|(found, _)| *found == id) {
            Some((_, rows)) => rows.push(operation),
            None => all.push((id, vec![operation])),
        }
    }
    all.into_iter().filter_map(|(id, rows)| operation(state, &id, &rows)).collect()
}

fn operation(state: &Http, id: &str, rows: &[&Operation]) -> Option<Value> {
    let first = rows.first()?;
    let on = |level: Level| rows.iter().any(|row| row.level == level);
    let mut parameters: Vec<Value> = Vec::new();
    for (name, kind, must) in rows.iter().flat_map(|row| row.input) {
        if !parameters.iter().any(|known| known.get("name").and_then(Value::as_str) == Some(*name)) {
            let always = *must && rows.iter().all(|row| row.input.iter().any(|input| input.0 == *name && input.2));
            let min = u8::from(always);
            parameters.push(json!({"name": name, "use": "in", "min": min, "max": "1", "type": kind}));
        }
    }
    if !first.output.is_empty() {
        parameters.push(json!({"name": "return", "use": "out", "min": 1, "max": "1", "type": first.output}));
    }
    let mut resource = Map::new();
    let mut set = |key: &str, value: Value| resource.insert(key.to_owned(), value);
    set("resourceType", OPERATION.into());
    set("id", id.into());
    set("url", format!("{}/{OPERATION}/{id}", state.base).into());
    set("version", env!("CARGO_PKG_VERSION").into());
    set("name", pascal(id).into());
    set("title", format!("${}", first.name).into());
    set("status", "active".into());
    set("kind", "operation".into());
    set("date", meridian_engine::instant(*BUILT).into());
    set("publisher", "Meridian".into());
    set("description", rows.iter().map(|row| row.says).collect::<Vec<_>>().first().copied().unwrap_or_default().into());
    set("affectsState", rows.iter().any(|row| row.effect == Effect::Changes).into());
    set("code", first.name.into());
    // R4 has no code for a type that it doesn't have; the address of such an operation names it all the same.
    if first.on == EVERY_TYPE || Definitions::r4().is_resource_type(first.on) {
        set("resource", json!([first.on]));
    }
    set("system", on(Level::System).into());
    set("type", on(Level::Type).into());
    set("instance", on(Level::Instance).into());
    if !parameters.is_empty() {
        set("parameter", parameters.into());
    }
    Some(Value::Object(resource))
}

/// The address of R4's definition of a compartment.
pub(super) fn compartment_url(leader: &str) -> String {
    format!("http://hl7.org/fhir/{COMPARTMENT}/{}", leader.to_ascii_lowercase())
}

fn compartment(leader: &'static str) -> Value {
    let r4 = Definitions::r4();
    let resources = r4.resource_types().map(|kind| {
        let params = r4.compartment_params(leader, kind);
        if params.is_empty() { json!({"code": kind}) } else { json!({"code": kind, "param": params}) }
    });
    let resources: Vec<Value> = resources.collect();
    json!({
        "resourceType": COMPARTMENT,
        "id": leader.to_ascii_lowercase(),
        "url": compartment_url(leader),
        "version": "4.0.1",
        "name": format!("{leader}Compartment"),
        "status": "active",
        "publisher": "Health Level Seven International (HL7), as served by Meridian",
        "description": format!("The resources that belong to one {leader}, by the search parameters that say so."),
        "code": leader,
        "search": true,
        "resource": resources
    })
}
