//! The addresses: of the system, of each type, of the compartments, of the operations.

use meridian_model::definitions::Definitions;
use serde_json::{Map, Value, json};

use super::parameters::{HISTORY, READ, SEARCH, name};
use super::{Tables, body_of, good, operations, to_parameter, to_schema, with_refusals};

pub(super) fn all(tables: &Tables<'_>) -> Map<String, Value> {
    let mut paths = Map::new();
    system(&mut paths);
    for kind in Definitions::r4().resource_types() {
        kinds(tables, &mut paths, kind);
    }
    for leader in Definitions::r4().compartments() {
        compartment(&mut paths, leader);
    }
    operations::add(tables, &mut paths);
    paths
}

/// One way to use an address.
pub(super) struct Use<'a> {
    pub(super) id: String,
    pub(super) tag: &'a str,
    pub(super) says: String,
    /// References to parameters.
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    pub(super) good: Vec<(String, Value)>,
}

impl Use<'_> {
    pub(super) fn value(self) -> Value {
        let mut all = json!({"operationId": self.id, "tags": [self.tag], "summary": self.says,
            "responses": with_refusals(self.good.into_iter().collect())});
        if let Some(members) = all.as_object_mut() {
            if !self.parameters.is_empty() {
                members.insert("parameters".to_owned(), self.parameters.into());
            }
            if let Some(body) = self.body {
                members.insert("requestBody".to_owned(), body);
            }
        }
        all
    }
}

fn parameters(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| to_parameter(name)).collect()
}

pub(super) fn sent(schema: &str) -> Value {
    json!({"required": true, "content": body_of(schema)})
}

fn patch() -> Value {
    let mut content = body_of("Parameters");
    if let Some(members) = content.as_object_mut() {
        members.insert("application/json-patch+json".to_owned(), json!({"schema": to_schema("JsonPatch")}));
    }
    json!({"required": true, "content": content})
}

/// A search sent as a form.
fn form() -> Value {
    let fields = json!({"type": "object", "additionalProperties": {"type": "string"}});
    json!({"content": {"application/x-www-form-urlencoded": {"schema": fields}}})
}

fn nothing() -> (String, Value) {
    ("204".to_owned(), json!({"$ref": "#/components/responses/Nothing"}))
}

fn bundle(says: &str) -> (String, Value) {
    good("200", says, "Bundle", false)
}

fn system(paths: &mut Map<String, Value>) {
    let open = |mut value: Value| {
        if let Some(members) = value.as_object_mut() {
            members.insert("security".to_owned(), json!([]));
        }
        value
    };
    let one = |id: &str, says: &str, names: &[&str], body: Option<Value>, good: (String, Value)| {
        let (id, says, good) = (id.to_owned(), says.to_owned(), vec![good]);
        Use { id, tag: "system", says, parameters: parameters(names), body, good }.value()
    };
    let all: Vec<&str> =
        SEARCH.iter().copied().chain(["_type", "Resource._id", "Resource._lastUpdated", "Resource._tag"]).collect();
    paths.insert(
        "/".to_owned(),
        json!({
            "get": one("searchSystem", "Searches several types, or all", &all, None, bundle("What was found")),
            "post": one("batch", "A transaction or a batch", &["Prefer"], Some(sent("Bundle")), bundle("An answer to each entry"))
        }),
    );
    paths.insert(
        "/_search".to_owned(),
        json!({"post": one("searchSystemByForm", "Searches several types, or all", &[], Some(form()), bundle("What was found"))}),
    );
    let mut history: Vec<&str> = HISTORY.to_vec();
    history.push("_type");
    paths.insert(
        "/_history".to_owned(),
        json!({"get": one("historySystem", "Versions of everything", &history, None, bundle("Versions, newest first"))}),
    );
    let statement = good("200", "The CapabilityStatement", "CapabilityStatement", false);
    paths.insert(
        "/metadata".to_owned(),
        json!({"get": open(one("capabilities", "What this server can do", &READ, None, statement))}),
    );
    let described = (
        "200".to_owned(),
        json!({"description": "This", "content": {"application/json": {"schema": {"type": "object"}}}}),
    );
    paths.insert(
        "/openapi.json".to_owned(),
        json!({"get": open(one("openapi", "This description", &[], None, described))}),
    );
    let events = json!({"description": "Server-sent events, without end",
        "content": {"text/event-stream": {"schema": {"type": "string"}}}});
    let patient = json!({"name": "patient", "in": "query", "description": "Whose record to listen to",
        "schema": {"type": "string"}});
    let (id, says, good) =
        ("events".to_owned(), "What is committed, as it happens".to_owned(), vec![("200".to_owned(), events)]);
    let events = Use { id, tag: "system", says, parameters: vec![patient], body: None, good };
    paths.insert("/$events".to_owned(), json!({"get": events.value()}));
}

fn kinds(tables: &Tables<'_>, paths: &mut Map<String, Value>, kind: &str) {
    let one = |act: &str, says: String, parameters: Vec<Value>, body: Option<Value>, good: Vec<(String, Value)>| {
        Use { id: format!("{act}{kind}"), tag: kind, says, parameters, body, good }.value()
    };
    let mut found = parameters(&SEARCH);
    let own = tables.catalogue.params(kind).iter().filter(|param| param.unsupported.is_none());
    let own: Vec<Value> = own.map(|param| to_parameter(&name(param))).collect();
    found.extend(own.iter().cloned());
    let with = |names: &[&str]| own.iter().cloned().chain(parameters(names)).collect::<Vec<_>>();
    let current = |says: &str| good("200", says, kind, true);
    let created = || good("201", "The new resource", kind, true);
    let id = json!([to_parameter("id")]);
    paths.insert(
        format!("/{kind}"),
        json!({
            "get": one("search", format!("Searches for {kind}"), found, None, vec![bundle("What was found")]),
            "post": one("create", format!("Creates a {kind}"), parameters(&["If-None-Exist", "Prefer"]), Some(sent(kind)),
                vec![current("It was there already"), created()]),
            "put": one("updateWhere", format!("Updates the {kind} that the search finds"), with(&["If-Match", "Prefer"]),
                Some(sent(kind)), vec![current("The new version"), created()]),
            "patch": one("patchWhere", format!("Patches the {kind} that the search finds"), with(&["If-Match", "Prefer"]),
                Some(patch()), vec![current("The new version")]),
            "delete": one("deleteWhere", format!("Deletes the {kind} that the search finds"), with(&["_count"]), None,
                vec![nothing(), good("200", "What was deleted", "OperationOutcome", false)])
        }),
    );
    paths.insert(
        format!("/{kind}/_search"),
        json!({"post": one("searchByForm", format!("Searches for {kind}"), Vec::new(), Some(form()), vec![bundle("What was found")])}),
    );
    paths.insert(
        format!("/{kind}/_history"),
        json!({"get": one("historyOfAll", format!("Versions of every {kind}"), parameters(&HISTORY), None,
            vec![bundle("Versions, newest first")])}),
    );
    let unchanged = ("304".to_owned(), json!({"$ref": "#/components/responses/Unchanged"}));
    let mut read = parameters(&READ);
    read.push(to_parameter("If-None-Match"));
    paths.insert(
        format!("/{kind}/{{id}}"),
        json!({
            "parameters": id,
            "get": one("read", format!("Reads a {kind}"), read, None, vec![current("The current version"), unchanged]),
            "put": one("update", format!("Updates a {kind}, or creates it"), parameters(&["If-Match", "If-None-Match", "Prefer"]),
                Some(sent(kind)), vec![current("The new version"), created()]),
            "patch": one("patch", format!("Patches a {kind}"), parameters(&["If-Match", "Prefer"]), Some(patch()),
                vec![current("The new version")]),
            "delete": one("delete", format!("Deletes a {kind}"), parameters(&["If-Match"]), None, vec![nothing()])
        }),
    );
    paths.insert(
        format!("/{kind}/{{id}}/_history"),
        json!({"parameters": id, "get": one("history", format!("Versions of a {kind}"), parameters(&HISTORY), None,
            vec![bundle("Versions, newest first")])}),
    );
    paths.insert(
        format!("/{kind}/{{id}}/_history/{{vid}}"),
        json!({"parameters": [to_parameter("id"), to_parameter("vid")],
            "get": one("readVersion", format!("Reads a version of a {kind}"), parameters(&READ), None, vec![current("The version")])}),
    );
}

/// `/Patient/{id}/{type}`: the resources of a compartment.
fn compartment(paths: &mut Map<String, Value>, leader: &str) {
    let r4 = Definitions::r4();
    let inside = r4.resource_types().filter(|kind| !r4.compartment_params(leader, kind).is_empty());
    let kinds: Vec<&str> = ["*"].into_iter().chain(inside).collect();
    let kind = json!({"name": "type", "in": "path", "required": true, "description": "What to search, or `*` for all",
        "schema": {"type": "string", "enum": kinds}});
    let found = Use {
        id: format!("searchInCompartment{leader}"),
        tag: leader,
        says: format!("Searches what belongs to a {leader}"),
        parameters: parameters(&SEARCH),
        body: None,
        good: vec![bundle("What was found")],
    };
    paths.insert(
        format!("/{leader}/{{id}}/{{type}}"),
        json!({"parameters": [to_parameter("id"), kind], "get": found.value()}),
    );
}
