//! The structures of R4 as StructureDefinition resources, as far as the table knows them: no texts and mappings of elements.

use meridian_model::outcome::Severity;
use serde_json::{Map, Value, json};

use super::table::{VERSION, table};
use super::{Binding, Constraint, Element, HL7, MANY, Pinned, Slicing, Type};
use crate::json::{flag, list, text};

/// The resource of a row of the table.
pub(super) fn resource(row: &'static str) -> Option<Value> {
    let row: Value = serde_json::from_str(row).ok()?;
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    // R4 (resource.html#SUBSETTED): what is not whole says so.
    put(
        "meta",
        json!({"tag": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}]}),
    );
    put("url", text(&row, "url")?.into());
    put("version", text(&row, "version").unwrap_or(VERSION).into());
    for key in ["name", "title", "status", "date", "description"] {
        if let Some(said) = text(&row, key) {
            put(key, said.into());
        }
    }
    put("fhirVersion", VERSION.into());
    put("kind", text(&row, "kind")?.into());
    put("abstract", flag(&row, "abstract").unwrap_or(false).into());
    let contexts = list(&row, "context").iter().filter_map(|one| {
        let (kind, expression) = one.as_str()?.split_once(' ')?;
        Some(json!({"type": kind, "expression": expression}))
    });
    let contexts: Vec<Value> = contexts.collect();
    if !contexts.is_empty() {
        put("context", contexts.into());
    }
    if let Some(invariants) = row.get("contextInvariant") {
        put("contextInvariant", invariants.clone());
    }
    put("type", text(&row, "type")?.into());
    if let Some(base) = text(&row, "base") {
        let base = if base.contains(':') { base.to_owned() } else { format!("{HL7}{base}") };
        put("baseDefinition", base.into());
        let is_constraint = flag(&row, "constraint").unwrap_or(false);
        put("derivation", if is_constraint { "constraint" } else { "specialization" }.into());
    }
    put("snapshot", json!({"element": elements(&table().elements(&row))}));
    Some(Value::Object(out))
}

/// Elements with their ids, which follow from the order: what stands behind a slice and below its path is the slice's.
fn elements(all: &[Element]) -> Vec<Value> {
    let mut open: Vec<String> = Vec::new();
    let one = |element: &Element| {
        let names: Vec<&str> = element.path.split('.').collect();
        open.truncate(names.len().saturating_sub(1));
        let last = names.last().copied().unwrap_or_default();
        open.push(element.slice.as_ref().map_or_else(|| last.to_owned(), |slice| format!("{last}:{slice}")));
        definition(element, &open.join("."))
    };
    all.iter().map(one).collect()
}

fn definition(element: &Element, id: &str) -> Value {
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("id", id.into());
    put("path", element.path.as_str().into());
    if let Some(slice) = &element.slice {
        put("sliceName", slice.as_str().into());
    }
    if let Some(said) = &element.slicing {
        put("slicing", slicing(said));
    }
    put("min", element.least().into());
    put("max", if element.most() == MANY { "*".to_owned() } else { element.most().to_string() }.into());
    if let Some(content) = &element.content {
        put("contentReference", format!("#{content}").into());
    }
    if !element.types.is_empty() {
        put("type", element.types.iter().map(kind).collect());
    }
    let pinned = [
        ("fixed", &element.fixed),
        ("pattern", &element.pattern),
        ("minValue", &element.min_value),
        ("maxValue", &element.max_value),
    ];
    for (name, said) in pinned {
        if let Some(Pinned { kind, value }) = said {
            put(&super::choice_key(name, kind), value.clone());
        }
    }
    if let Some(longest) = element.max_length {
        put("maxLength", longest.into());
    }
    if !element.constraints.is_empty() {
        put("constraint", element.constraints.iter().map(|one| constraint(one)).collect());
    }
    for (name, said) in [("mustSupport", element.must_support), ("isModifier", element.is_modifier)] {
        if said == Some(true) {
            put(name, true.into());
        }
    }
    if element.is_summary == Some(true) {
        put("isSummary", true.into());
    }
    if let Some(said) = &element.binding {
        put("binding", binding(said));
    }
    Value::Object(out)
}

fn slicing(said: &Slicing) -> Value {
    let by = said.by.iter().map(|one| json!({"type": one.by.code(), "path": one.path}));
    let mut out = json!({"discriminator": by.collect::<Vec<_>>(), "ordered": said.ordered, "rules": said.rules.code()});
    if let Some(members) = out.as_object_mut().filter(|_| said.by.is_empty()) {
        members.shift_remove("discriminator");
    }
    out
}

fn kind(said: &Type) -> Value {
    let mut out = Map::new();
    out.insert("code".to_owned(), said.code.as_str().into());
    for (key, urls) in [("profile", &said.profiles), ("targetProfile", &said.targets)] {
        if !urls.is_empty() {
            out.insert(key.to_owned(), json!(urls));
        }
    }
    Value::Object(out)
}

fn constraint(said: &Constraint) -> Value {
    let severity = if said.severity == Severity::Warning { "warning" } else { "error" };
    let mut out = json!({"key": said.key, "severity": severity, "human": said.human});
    if let Some(members) = out.as_object_mut().filter(|_| !said.expression.is_empty()) {
        members.insert("expression".to_owned(), said.expression.as_str().into());
    }
    out
}

fn binding(said: &Binding) -> Value {
    let mut out = Map::new();
    if let Some(widest) = &said.widest {
        let url = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";
        out.insert("extension".to_owned(), json!([{"url": url, "valueCanonical": widest}]));
    }
    out.insert("strength".to_owned(), said.strength.code().into());
    if let Some(set) = &said.value_set {
        out.insert("valueSet".to_owned(), set.as_str().into());
    }
    Value::Object(out)
}
