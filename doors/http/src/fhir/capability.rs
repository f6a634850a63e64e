//! `GET /fhir/metadata`: the CapabilityStatement, made from the same tables that requests are decided by.

use std::collections::BTreeMap;

use meridian_engine::operations::{Level, Operation};
use meridian_model::definitions::{Catalogue, Definitions, Kind, SearchParam};
use serde_json::{Value, json};

use super::definitions::{compartment_url, operation_id};
use super::describe::BUILT;
use crate::state::Http;

/// The interactions of every type.
const INTERACTIONS: [&str; 9] =
    ["read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type"];
const SYSTEM_INTERACTIONS: [&str; 4] = ["transaction", "batch", "search-system", "history-system"];

/// Parameters that are no rows of the tables: R4 gives them no expression, and the search knows them by name.
pub(super) const BY_NAME: [(&str, Kind, &str); 5] = [
    ("_text", Kind::String, "Words of the narrative"),
    ("_content", Kind::String, "Words anywhere in the resource"),
    ("_list", Kind::Reference, "What this List has"),
    ("_has", Kind::String, "Reverse chaining: what points to it"),
    ("_filter", Kind::Special, "A filter expression"),
];

pub(super) fn statement(state: &Http) -> Vec<u8> {
    let catalogue = state.engine.catalogue();
    let includes = Includes::of(&catalogue);
    let resources: Vec<Value> =
        Definitions::r4().resource_types().map(|kind| resource(state, &catalogue, &includes, kind)).collect();
    let compartments: Vec<String> = Definitions::r4().compartments().map(compartment_url).collect();
    let everywhere = ["_id", "_lastUpdated", "_tag", "_profile", "_security", "_source"];
    let mut params: Vec<Value> =
        everywhere.iter().filter_map(|code| Some(param(&catalogue, catalogue.param("Basic", code)?))).collect();
    params.extend(BY_NAME.iter().map(by_name));
    params.push(json!({"name": "_type", "type": "token", "documentation": "The types to search"}));
    json!({
        "resourceType": "CapabilityStatement",
        "url": format!("{}/metadata", state.base),
        "version": env!("CARGO_PKG_VERSION"),
        "name": "Meridian",
        "title": "Meridian regional health information platform",
        "status": "active",
        "date": meridian_engine::instant(*BUILT),
        "publisher": "Meridian",
        "description": "What this server does, made from the tables that it decides requests by.",
        "kind": "instance",
        "software": {
            "name": "Meridian",
            "version": env!("CARGO_PKG_VERSION"),
            "releaseDate": meridian_engine::instant(*BUILT)
        },
        "implementation": {"description": "Meridian regional health information platform", "url": &*state.base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json", "application/fhir+xml", "xml", "text/html", "html"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json", "application/fhir+xml"],
        "rest": [{
            "mode": "server",
            "documentation": format!("OpenAPI 3.1: {}/openapi.json", state.base),
            "security": {"cors": false, "description": "Bearer tokens, or a session cookie with a CSRF token."},
            "resource": resources,
            "interaction": codes(&SYSTEM_INTERACTIONS),
            "searchParam": params,
            // What stands at an address that is no type of R4 has no other place here.
            "operation": operations(state, |o| o.level == Level::System || is_foreign(o.on)),
            "compartment": compartments
        }]
    })
    .to_string()
    .into_bytes()
}

/// Whether an operation stands at the address of a type that R4 does not have.
fn is_foreign(on: &str) -> bool {
    !matches!(on, "" | "Resource") && !Definitions::r4().is_resource_type(on)
}

fn codes(interactions: &[&str]) -> Vec<Value> {
    interactions.iter().map(|code| json!({"code": code})).collect()
}

fn resource(state: &Http, catalogue: &Catalogue, includes: &Includes, kind: &'static str) -> Value {
    let params = catalogue.params(kind).iter().filter(|param| param.unsupported.is_none());
    let mut search: Vec<Value> = params.map(|row| param(catalogue, row)).collect();
    search.extend(BY_NAME.iter().map(by_name));
    let mut resource = json!({
        "type": kind,
        "profile": format!("http://hl7.org/fhir/StructureDefinition/{kind}"),
        "interaction": codes(&INTERACTIONS),
        "versioning": "versioned-update",
        "readHistory": true,
        "updateCreate": state.policy.update_create,
        "conditionalCreate": true,
        "conditionalRead": "full-support",
        "conditionalUpdate": true,
        "conditionalDelete": "multiple",
        "referencePolicy": ["literal", "logical"],
        "searchInclude": includes.from.get(kind).map_or(&[][..], Vec::as_slice),
        "searchRevInclude": includes.to(kind),
        "searchParam": search
    });
    let own = operations(state, |o| (o.on == kind || o.on == "Resource") && o.level != Level::System);
    if let Some(members) = resource.as_object_mut() {
        // R4: no empty arrays.
        members.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
        if !own.is_empty() {
            members.insert("operation".to_owned(), own.into());
        }
    }
    resource
}

/// A parameter, and whether a posted one can be relied on yet.
fn param(catalogue: &Catalogue, param: &SearchParam) -> Value {
    let mut row = json!({"name": param.code, "type": param.kind.code(), "definition": param.url});
    let about = match catalogue.building(param) {
        Some(percent) => {
            format!("{} (being indexed, {percent} %: searches that name it are refused until then)", param.description)
        }
        None => param.description.to_string(),
    };
    if let Some(members) = row.as_object_mut().filter(|_| !about.is_empty()) {
        members.insert("documentation".to_owned(), about.into());
    }
    row
}

fn by_name((name, kind, about): &(&str, Kind, &str)) -> Value {
    json!({"name": name, "type": kind.code(), "documentation": about})
}

/// The operations of a place, each once whatever levels it has there.
fn operations(state: &Http, here: impl Fn(&Operation) -> bool) -> Vec<Value> {
    let mut seen: Vec<&str> = Vec::new();
    let mut all = Vec::new();
    for operation in state.operations.iter().filter(|operation| here(operation)) {
        if !seen.contains(&operation.name) {
            seen.push(operation.name);
            let definition = format!("{}/OperationDefinition/{}", state.base, operation_id(operation));
            all.push(json!({"name": operation.name, "definition": definition, "documentation": operation.says}));
        }
    }
    all
}

/// What may be included with what.
pub(super) struct Includes {
    /// By the type that points: `Observation:subject`.
    pub(super) from: BTreeMap<&'static str, Vec<String>>,
    /// By the type that is pointed to.
    by_target: BTreeMap<&'static str, Vec<String>>,
    /// By those that may point to anything.
    to_any: Vec<String>,
}

impl Includes {
    pub(super) fn of(catalogue: &Catalogue) -> Includes {
        let mut all = Includes { from: BTreeMap::new(), by_target: BTreeMap::new(), to_any: Vec::new() };
        for kind in Definitions::r4().resource_types() {
            let references = catalogue.params(kind).iter().filter(|p| p.kind == Kind::Reference);
            for param in references.filter(|param| param.unsupported.is_none()) {
                let name = format!("{kind}:{}", param.code);
                if param.targets.is_empty() {
                    all.to_any.push(name.clone());
                }
                for target in &param.targets {
                    all.by_target.entry(target).or_default().push(name.clone());
                }
                all.from.entry(kind).or_insert_with(|| vec!["*".to_owned()]).push(name);
            }
        }
        all
    }

    pub(super) fn to(&self, kind: &str) -> Vec<&str> {
        let named = self.by_target.get(kind).map_or(&[][..], Vec::as_slice);
        let mut all: Vec<&str> = named.iter().chain(&self.to_any).map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
