//! `GET /fhir/openapi.json`: OpenAPI 3.1 of everything under `/fhir`, made from the tables that requests are decided by.

mod operations;
mod parameters;
mod paths;
mod schemas;

use meridian_engine::operations::Operation;
use meridian_model::definitions::Catalogue;
use serde_json::{Map, Value, json};

use crate::state::Http;

const FHIR: &str = "application/fhir+json";
const XML: &str = "application/fhir+xml";

/// What the parts of the description are made from.
struct Tables<'a> {
    catalogue: &'a Catalogue,
    operations: &'a [Operation],
}

pub(super) fn description(state: &Http) -> Vec<u8> {
    make(&state.base, &state.engine.catalogue(), &state.operations).to_string().into_bytes()
}

fn make(base: &str, catalogue: &Catalogue, operations: &[Operation]) -> Value {
    let tables = Tables { catalogue, operations };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Meridian: FHIR R4",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "FHIR R4 (4.0.1) over HTTP. Every error is an OperationOutcome. Elements, types and search \
                parameters are those of the tables that the server decides requests by. Search parameters also take \
                modifiers (`name:exact`), chains (`subject.name`) and `_has`, which no list can name.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": base}],
        "security": [{"bearer": []}, {"session": []}],
        "paths": paths::all(&tables),
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "meridian_session",
                    "description": "What changes something also needs the header X-CSRF-Token of the session."
                }
            },
            "parameters": parameters::all(&tables),
            "responses": responses(),
            "schemas": schemas::all()
        }
    })
}

fn to_schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn to_parameter(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

fn body_of(schema: &str) -> Value {
    json!({FHIR: {"schema": to_schema(schema)}, XML: xml()})
}

/// FHIR XML has a schema of its own, which JSON Schema can't say.
fn xml() -> Value {
    json!({"schema": {"type": "string", "contentMediaType": XML}})
}

/// The same as an answer, which may also be a page for people.
fn shown(schema: &str) -> Value {
    json!({FHIR: {"schema": to_schema(schema)}, XML: xml(), "text/html": {"schema": {"type": "string"}}})
}

/// An answer in forms of its own.
fn formed(forms: &[&str]) -> Value {
    let one = |form: &&str| ((*form).to_owned(), json!({"schema": {"type": "string", "contentMediaType": form}}));
    Value::Object(forms.iter().map(one).collect())
}

fn responses() -> Value {
    let refused = |says: &str| {
        json!({"description": says, "content": shown("OperationOutcome"),
            "headers": {"X-Request-Id": {"schema": {"type": "string"}}}})
    };
    json!({
        "Refused": refused("The request was not carried out; the OperationOutcome says why and where."),
        "Later": refused("Not now: the server is busy, a search would take too long, or a parameter is being indexed."),
        "Nothing": {"description": "Done; there is nothing to show."},
        "Unchanged": {"description": "What the client has is still the current version."}
    })
}

/// The responses of an operation: those that are good, and what every one may answer.
fn with_refusals(good: Map<String, Value>) -> Value {
    let mut all = good;
    all.insert("4XX".to_owned(), json!({"$ref": "#/components/responses/Refused"}));
    all.insert("503".to_owned(), json!({"$ref": "#/components/responses/Later"}));
    Value::Object(all)
}

/// An answer with a body of this schema.
fn good(status: &str, says: &str, schema: &str, with_version: bool) -> (String, Value) {
    let mut response = json!({"description": says, "content": shown(schema)});
    if let Some(members) = response.as_object_mut().filter(|_| with_version) {
        let text = json!({"schema": {"type": "string"}});
        members.insert("headers".to_owned(), json!({"ETag": text, "Last-Modified": text}));
    }
    (status.to_owned(), response)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn references<'a>(value: &'a Value, into: &mut HashSet<&'a str>) {
        match value {
            Value::Object(members) => {
                into.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, into));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, into)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_operation_has_its_name() {
        let all = make("http://x/fhir", Catalogue::r4(), &meridian_engine::operations::table());
        let mut found = HashSet::new();
        references(&all, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(all.pointer(pointer).is_some(), "{reference}");
        }
        let paths = all["paths"].as_object().unwrap();
        let mut names = HashSet::new();
        for (path, item) in paths {
            for (method, operation) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name), "{name} of {method} {path}");
                assert!(operation["responses"]["4XX"].is_object() || path == "/metadata", "{path}");
                let named = path.matches('{').count();
                let here = item.get("parameters").and_then(Value::as_array).map_or(0, Vec::len);
                assert_eq!(named, here, "{path}");
            }
        }
        assert!(paths.contains_key("/Patient/{id}/$who-looked") && paths.contains_key("/Observation/_search"));
        assert!(names.len() > 1900, "{}", names.len());
        println!("{} operations, {} bytes", names.len(), all.to_string().len());
    }
}
