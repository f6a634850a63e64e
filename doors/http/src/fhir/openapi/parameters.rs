//! Parameters: each search parameter of the catalogue once, and those of the protocol.

use meridian_model::definitions::{Definitions, Kind, SearchParam};
use meridian_model::shape::Summary;
use serde_json::{Map, Value, json};

use super::super::capability::BY_NAME;
use super::Tables;

/// Parameters of every read.
pub(super) const READ: [&str; 4] = ["_format", "_pretty", "_summary", "_elements"];
/// Parameters of every search, beside those of its type.
pub(super) const SEARCH: [&str; 13] = [
    "_format",
    "_pretty",
    "_summary",
    "_elements",
    "_count",
    "_sort",
    "_total",
    "_include",
    "_revinclude",
    "_text",
    "_content",
    "_filter",
    "_list",
];
/// Parameters of every history.
pub(super) const HISTORY: [&str; 7] = ["_format", "_pretty", "_summary", "_elements", "_count", "_since", "_at"];

/// A year, and as much more as is known.
const DATE: &str = r"^(eq|ne|gt|lt|ge|le|sa|eb|ap)?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?)?)?)?$";
const NUMBER: &str = r"^(eq|ne|gt|lt|ge|le|sa|eb|ap)?-?[0-9]{1,12}(\.[0-9]{1,6})?$";
const QUANTITY: &str = r"^(eq|ne|gt|lt|ge|le|sa|eb|ap)?-?[0-9]{1,12}(\.[0-9]{1,6})?(\|[^|,\\$]*\|[^|,\\$]*)?$";

/// The name of a search parameter among the components.
pub(super) fn name(param: &SearchParam) -> String {
    format!("{}.{}", param.base, param.code)
}

pub(super) fn all(tables: &Tables<'_>) -> Map<String, Value> {
    let mut all = Map::new();
    for kind in Definitions::r4().resource_types() {
        for param in tables.catalogue.params(kind).iter().filter(|param| param.unsupported.is_none()) {
            all.entry(name(param)).or_insert_with(|| search(param));
        }
    }
    for (name, kind, about) in BY_NAME.iter().filter(|(name, ..)| *name != "_has") {
        all.insert((*name).to_owned(), query(name, about, &schema(*kind)));
    }
    let text = json!({"type": "string"});
    let one_of = |codes: &[&str]| json!({"type": "string", "enum": codes});
    let instant = json!({"type": "string", "format": "date-time"});
    let flag = one_of(&["true", "false"]);
    for (name, about, schema) in [
        (
            "_format",
            "How the answer is written",
            one_of(&["json", "application/fhir+json", "xml", "application/fhir+xml", "html", "text/html"]),
        ),
        ("_pretty", "Whether JSON is laid out for reading", flag.clone()),
        ("_summary", "How much of each resource is shown", one_of(&Summary::CODES)),
        ("_elements", "Root elements that are shown, by commas", text.clone()),
        ("_count", "Entries a page", json!({"type": "integer", "minimum": 0, "maximum": 2_147_483_647})),
        ("_sort", "Parameters to sort by, `-` before one for descending, by commas", text.clone()),
        ("_total", "How exactly the matches are counted", one_of(&["none", "estimate", "accurate"])),
        ("_include", "What the matches point to: `Type:parameter[:Target]`", text.clone()),
        ("_revinclude", "What points to the matches: `Type:parameter[:Target]`", text.clone()),
        ("_type", "The types to search, by commas", text.clone()),
        ("_since", "Versions written at or after this instant", instant.clone()),
        ("_at", "Versions that were current at some time of this period", json!({"type": "string", "pattern": DATE})),
        ("_explain", "Operators: the statement and its plan instead of the answer", flag),
    ] {
        all.insert(name.to_owned(), query(name, about, &schema));
    }
    for (name, about) in [
        ("If-Match", "The version that is changed: `W/\"1\"`"),
        ("If-None-Match", "The version that the client has, or `*`"),
        ("If-None-Exist", "Create only if this search finds nothing"),
        ("Prefer", "`return=minimal|representation|OperationOutcome`, `handling=strict|lenient`"),
    ] {
        all.insert(name.to_owned(), json!({"name": name, "in": "header", "description": about, "schema": text}));
    }
    let id = json!({"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"});
    for (name, about, schema) in [
        ("id", "The id of the resource", id.clone()),
        ("vid", "The version", json!({"type": "string", "pattern": "^[1-9][0-9]{0,17}$"})),
    ] {
        let parameter = json!({"name": name, "in": "path", "required": true, "description": about, "schema": schema});
        all.insert(name.to_owned(), parameter);
    }
    all
}

fn search(param: &SearchParam) -> Value {
    let mut parameter = query(param.code, &param.description, &schema(param.kind));
    if let Some(members) = parameter.as_object_mut() {
        members.insert("x-fhir-type".to_owned(), param.kind.code().into());
    }
    parameter
}

fn query(name: &str, about: &str, schema: &Value) -> Value {
    json!({"name": name, "in": "query", "description": about, "schema": schema})
}

/// The form of one value. Several, by commas, are any of them; a parameter given twice must hold both times.
pub(super) fn schema(kind: Kind) -> Value {
    match kind {
        Kind::Date => json!({"type": "string", "pattern": DATE}),
        Kind::Number => json!({"type": "string", "pattern": NUMBER}),
        Kind::Quantity => json!({"type": "string", "pattern": QUANTITY}),
        Kind::Uri => json!({"type": "string", "format": "uri"}),
        Kind::String | Kind::Token | Kind::Reference | Kind::Composite | Kind::Special => {
            json!({"type": "string", "minLength": 1})
        }
    }
}
