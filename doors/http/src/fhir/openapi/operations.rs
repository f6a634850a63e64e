//! The addresses of operations: `$name` on the system, a type or an instance.

use meridian_engine::operations::{Effect, Level, Operation};
use meridian_model::definitions::Definitions;
use serde_json::{Map, Value, json};

use super::super::describe::pascal;
use super::paths::{Use, sent};
use super::{Tables, formed, good, to_parameter};

pub(super) fn add(tables: &Tables<'_>, paths: &mut Map<String, Value>) {
    for operation in tables.operations {
        let kinds: Vec<&str> = match operation.on {
            "Resource" => Definitions::r4().resource_types().collect(),
            on => vec![on],
        };
        for kind in kinds {
            let (path, here) = match operation.level {
                Level::System => (format!("/${}", operation.name), Vec::new()),
                Level::Type => (format!("/{kind}/${}", operation.name), Vec::new()),
                Level::Instance => (format!("/{kind}/{{id}}/${}", operation.name), vec![to_parameter("id")]),
            };
            let item = paths.entry(path).or_insert_with(|| json!({}));
            let Some(item) = item.as_object_mut() else { continue };
            if !here.is_empty() {
                item.insert("parameters".to_owned(), here.into());
            }
            if operation.effect == Effect::Looks {
                item.insert("get".to_owned(), one(operation, kind, false));
            }
            item.insert("post".to_owned(), one(operation, kind, true));
        }
    }
}

fn one(operation: &Operation, kind: &str, by_post: bool) -> Value {
    let level = match operation.level {
        Level::System => "System",
        Level::Type => "All",
        Level::Instance => "One",
    };
    let how = if by_post { "call" } else { "get" };
    let input = |(name, code, must): &(&str, &str, bool)| json!({"name": name, "in": "query", "required": must, "schema": schema(code), "x-fhir-type": code});
    let simple = |(_, code, _): &&(&str, &str, bool)| code.starts_with(|c: char| c.is_ascii_lowercase());
    let parameters = if by_post { Vec::new() } else { operation.input.iter().filter(simple).map(input).collect() };
    let output = match operation.output {
        "" => "Resource",
        output if Definitions::r4().is_resource_type(output) => output,
        _ => "Resource",
    };
    let mut answer = good("200", "The answer", output, false);
    if !operation.act.forms().is_empty() {
        answer.1 = json!({"description": "The answer", "content": formed(operation.act.forms())});
    }
    Use {
        id: format!("{how}{}On{level}{kind}", pascal(operation.name)),
        tag: if kind.is_empty() { "system" } else { kind },
        says: operation.says.to_owned(),
        parameters,
        body: by_post.then(|| sent(if operation.input.is_empty() { "Resource" } else { "Parameters" })),
        good: vec![answer],
    }
    .value()
}

/// The form of a parameter in an address.
fn schema(code: &str) -> Value {
    match code {
        "integer" | "unsignedInt" | "positiveInt" | "boolean" | "date" | "dateTime" | "instant" | "decimal" => {
            super::to_schema(code)
        }
        _ => json!({"type": "string", "minLength": 1}),
    }
}
