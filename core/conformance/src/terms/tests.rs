//! Cases: what each operation says of small systems and of R4's own.

mod bounds;
mod compose;
mod laws;
mod mended;
mod operations;
mod r4;

use meridian_model::language::Language;
use serde_json::{Value, json};

use super::{Asked, Terms};

/// A small system: a hierarchy by nesting and by properties, displays in Chinese and English, what is retired.
fn animals() -> Value {
    json!({
        "resourceType": "CodeSystem", "url": "http://x/animals", "version": "1.0", "name": "Animals", "status": "active",
        "content": "complete", "caseSensitive": true, "valueSet": "http://x/all-animals",
        "property": [
            {"code": "legs", "type": "integer", "description": "How many"},
            {"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"},
        ],
        "concept": [
            {"code": "animal", "display": "动物", "property": [{"code": "notSelectable", "valueBoolean": true}], "concept": [
                {"code": "mammal", "display": "哺乳动物", "definition": "有乳腺", "concept": [
                    {"code": "cat", "display": "猫", "designation": [{"language": "en", "value": "Cat"}],
                     "property": [{"code": "legs", "valueInteger": 4}]},
                    {"code": "whale", "display": "鲸", "property": [{"code": "legs", "valueInteger": 0}, {"code": "parent", "valueCode": "swimmer"}]},
                ]},
                {"code": "bird", "display": "鸟", "property": [{"code": "legs", "valueInteger": 2}, {"code": "status", "valueCode": "retired"}]},
                {"code": "swimmer", "display": "水生动物"},
            ]},
        ],
    })
}

fn with(resources: &[Value]) -> Terms {
    Terms::embedded().with(resources).unwrap()
}

/// The parameters of a question: `a=b&c=d`.
fn params(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn asked<'a>(params: &'a [(String, String)], values: &'a [(String, Value)]) -> Asked<'a> {
    Asked { params, values, now: "2026-11-23T00:00:00.000Z", language: Language::English }
}

/// The codes of an expansion, in order; nested ones behind their group.
fn codes(expanded: &Value) -> Vec<String> {
    fn gather(list: &Value, into: &mut Vec<String>) {
        for one in list.as_array().into_iter().flatten() {
            into.push(one["code"].as_str().unwrap().to_owned());
            gather(&one["contains"], into);
        }
    }
    let mut all = Vec::new();
    gather(&expanded["expansion"]["contains"], &mut all);
    all
}

/// The codes of a value set of these includes.
fn expanded(terms: &Terms, compose: &Value, query: &str) -> Result<Vec<String>, String> {
    let set = json!({"resourceType": "ValueSet", "status": "active", "compose": compose});
    let values = [("valueSet".to_owned(), set)];
    terms.expand(&asked(&params(query), &values)).map(|value| codes(&value)).map_err(|fault| fault.says.english)
}

/// The first parameter of a name.
fn answer<'v>(parameters: &'v Value, name: &str) -> &'v Value {
    let all = parameters["parameter"].as_array().unwrap();
    let found = all.iter().find(|one| one["name"] == name).unwrap_or(&Value::Null);
    let value = found.as_object().and_then(|members| members.iter().find(|(key, _)| key.starts_with("value")));
    value.map_or(found, |(_, value)| value)
}
