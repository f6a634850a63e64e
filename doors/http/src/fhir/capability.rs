//! `GET /fhir/metadata`: the CapabilityStatement, made from the same tables that requests are decided by.

use meridian_engine::operations::{Level, Operation};
use meridian_model::definitions::{Definitions, Kind};
use serde_json::{Value, json};

use crate::state::Http;

/// The interactions of every type.
const INTERACTIONS: &[&str] = &["read", "vread", "update", "delete", "history-instance", "create", "search-type"];

pub(super) fn statement(state: &Http) -> Vec<u8> {
    let resources: Vec<Value> = Definitions::r4().resource_types().map(|kind| resource(state, kind)).collect();
    let system: Vec<Value> =
        state.operations.iter().filter(|o| o.level == Level::System).map(|o| operation(state, o)).collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-23",
        "publisher": "Meridian",
        "kind": "instance",
        "software": {"name": "Meridian", "version": env!("CARGO_PKG_VERSION")},
        "implementation": {"description": "Meridian regional health information platform", "url": &*state.base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [{
            "mode": "server",
            "security": {"cors": false, "description": "Bearer tokens, or a session cookie with a CSRF token."},
            "resource": resources,
            "interaction": [{"code": "transaction"}, {"code": "batch"}],
            "operation": system
        }]
    })
    .to_string()
    .into_bytes()
}

fn resource(state: &Http, kind: &'static str) -> Value {
    let params = Definitions::r4().search_params(kind);
    let searchable = |k: Kind| matches!(k, Kind::String | Kind::Token | Kind::Reference | Kind::Date | Kind::Uri);
    let search: Vec<Value> = params
        .iter()
        .filter(|param| searchable(param.kind) && param.unsupported.is_none())
        .map(|param| json!({"name": param.code, "type": param.kind.code(), "definition": param.url}))
        .collect();
    let references = params.iter().filter(|param| param.kind == Kind::Reference);
    let includes: Vec<Value> = references.map(|param| format!("{kind}:{}", param.code).into()).collect();
    let mut resource = json!({
        "type": kind,
        "profile": format!("http://hl7.org/fhir/StructureDefinition/{kind}"),
        "interaction": INTERACTIONS.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(),
        "versioning": "versioned-update",
        "readHistory": true,
        "updateCreate": true,
        "conditionalCreate": true,
        "conditionalRead": "not-match",
        "conditionalUpdate": true,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "logical"],
        "searchInclude": includes,
        "searchParam": search
    });
    let own = state.operations.iter().filter(|o| o.on == kind && o.level != Level::System);
    let own: Vec<Value> = own.map(|o| operation(state, o)).collect();
    if let Some(members) = resource.as_object_mut().filter(|_| !own.is_empty()) {
        members.insert("operation".to_owned(), own.into());
    }
    resource
}

fn operation(state: &Http, operation: &Operation) -> Value {
    let definition = format!("{}/OperationDefinition/{}-{}", state.base, operation.on, operation.name);
    json!({"name": operation.name, "definition": definition, "documentation": operation.says})
}
