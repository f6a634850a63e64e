//! As much of FHIRPath as the expressions of R4's search parameters need, read straight from HL7's own list: an
//! independent way from a resource to its values.

use serde_json::Value;

/// The types that stand behind the name of a choice: `value` and `Quantity` are `valueQuantity`, `version` and `Needed`
/// are no choice.
const CHOICES: &[&str] = &[
    "Address",
    "Age",
    "Boolean",
    "Canonical",
    "Code",
    "CodeableConcept",
    "Coding",
    "Date",
    "DateTime",
    "Decimal",
    "Duration",
    "Id",
    "Identifier",
    "Instant",
    "Integer",
    "Markdown",
    "Money",
    "Period",
    "PositiveInt",
    "Quantity",
    "Range",
    "Ratio",
    "Reference",
    "SampledData",
    "String",
    "Timing",
    "UnsignedInt",
    "Uri",
    "Url",
];

/// A value, and its type where the element's name tells it (`valueQuantity`).
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) value: &'a Value,
    pub(crate) kind: Option<&'a str>,
}

/// The values of `expression` in `resource`; `None` where the expression says more than this reader knows.
pub(crate) fn evaluate<'a>(expression: &str, resource: &'a Value) -> Option<Vec<Node<'a>>> {
    let root = Node { value: resource, kind: None };
    let mut found = Vec::new();
    for term in split(expression, '|') {
        found.extend(term_of(term.trim(), &root)?);
    }
    Some(found)
}

/// Splits where `mark` stands in no parentheses and no quotes.
fn split(text: &str, mark: char) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut quoted) = (Vec::new(), 0, 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            c if c == mark && depth == 0 && !quoted => {
                parts.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

fn term_of<'a>(term: &str, root: &Node<'a>) -> Option<Vec<Node<'a>>> {
    if term.contains(" and ") {
        return None;
    }
    let (path, only) = match split_as(term) {
        Some((path, kind)) => (path, Some(kind)),
        None => (term, None),
    };
    let mut here: Vec<Node<'a>> = vec![root.clone()];
    for (nth, step) in split(path, '.').into_iter().map(str::trim).enumerate() {
        if let Some(inner) = step.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            let mut found = Vec::new();
            for part in split(inner, '|') {
                for node in &here {
                    found.extend(term_of(part.trim(), node)?);
                }
            }
            here = found;
        } else if nth == 0 && step.starts_with(char::is_uppercase) {
            // Of a list of types one is this; `Resource` and `DomainResource` are all.
            let is_this = root.value.get("resourceType").and_then(Value::as_str) == Some(step);
            if !is_this && !step.ends_with("Resource") {
                return Some(Vec::new());
            }
        } else if let Some((name, argument)) = step.strip_suffix(')').and_then(|step| step.split_once('(')) {
            here = call(name, argument, here)?;
        } else {
            let (name, index) = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
                Some((name, index)) => (name, index.parse::<usize>().ok()),
                None => (step, None),
            };
            here = here.iter().flat_map(|node| child(node, name, index)).collect();
        }
    }
    if let Some(kind) = only {
        here.retain(|node| is_of(node, kind));
    }
    Some(here)
}

fn split_as(term: &str) -> Option<(&str, &str)> {
    let at = split(term, ' ');
    match at.as_slice() {
        [path, "as", kind] => Some((path, kind)),
        _ => None,
    }
}

fn is_of(node: &Node<'_>, kind: &str) -> bool {
    node.kind.is_none_or(|of| of.eq_ignore_ascii_case(kind))
}

fn child<'a>(node: &Node<'a>, name: &str, index: Option<usize>) -> Vec<Node<'a>> {
    let Some(members) = node.value.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for (key, value) in members {
        let kind = match key.strip_prefix(name) {
            Some("") => None,
            Some(kind) if CHOICES.contains(&kind) && !members.contains_key(name) => Some(kind),
            _ => continue,
        };
        match value {
            Value::Array(items) => {
                found.extend(items.iter().filter(|item| !item.is_null()).map(|value| Node { value, kind }));
            }
            value => found.push(Node { value, kind }),
        }
    }
    match index {
        Some(nth) => found.into_iter().skip(nth).take(1).collect(),
        None => found,
    }
}

fn call<'a>(name: &str, argument: &str, mut here: Vec<Node<'a>>) -> Option<Vec<Node<'a>>> {
    match name {
        "as" | "ofType" => here.retain(|node| is_of(node, argument)),
        "where" => {
            if let Some(kind) = argument.strip_prefix("resolve() is ") {
                here.retain(|node| points_to(node.value).is_some_and(|of| of == kind.trim()));
            } else {
                let (key, text) = argument.split_once('=')?;
                let text = text.trim().trim_matches('\'');
                here.retain(|node| node.value.get(key.trim()).and_then(Value::as_str) == Some(text));
            }
        }
        _ => return None,
    }
    Some(here)
}

fn points_to(reference: &Value) -> Option<&str> {
    let link = reference.get("reference").and_then(Value::as_str);
    let link = link.map(|link| link.split("/_history/").next().unwrap_or(link));
    let of_link = link.filter(|link| !link.starts_with(['#']) && !link.starts_with("urn:"));
    match of_link {
        Some(link) => link.rsplit('/').nth(1),
        None => reference.get("type").and_then(Value::as_str),
    }
}

#[test]
fn the_forms_of_r4s_expressions_are_read() {
    let resource = serde_json::json!({"resourceType": "Observation", "valueQuantity": {"value": 1}, "code": {"text": "x"},
        "component": [{"valueQuantity": {"value": 2}}, {"valueString": "s"}],
        "subject": {"reference": "Patient/1"}, "telecom": [{"system": "phone"}, {"system": "email"}]});
    let count = |text: &str| evaluate(text, &resource).unwrap().len();
    for (text, expected) in [
        ("(Observation.value as Quantity) | (Observation.component.value as Quantity)", 2),
        ("Observation.value.as(Quantity)", 1),
        ("(Observation.value as string) | (Observation.code).text", 1),
        ("Observation.component[1].value", 1),
        ("Observation.subject.where(resolve() is Patient)", 1),
        ("Observation.subject.where(resolve() is Group)", 0),
        ("Observation.telecom.where(system='phone')", 1),
        ("Patient.telecom | Observation.telecom", 2),
        ("Resource.code", 1),
    ] {
        assert_eq!(count(text), expected, "{text}");
    }
    assert!(evaluate("Patient.deceased.exists() and Patient.deceased != false", &resource).is_none());
}
