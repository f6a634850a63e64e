//! From a CodeSystem resource.

use meridian_model::both;

use serde_json::Value;

use super::{Builder, CodeSystem, Content, Head, Key, ValueType};
use crate::terms::fault::Fault;
use crate::terms::json::{list, owned, text};

/// Concepts in concepts: as deep as a resource may be.
const DEEPEST: usize = 500;

impl CodeSystem {
    /// Reads a CodeSystem.
    ///
    /// # Errors
    /// `Invalid` naming what is wrong with it.
    pub(in crate::terms) fn parse(resource: &Value) -> Result<CodeSystem, Fault> {
        let mut builder = Builder::new(head(resource)?);
        for property in list(resource, "property") {
            let Some(code) = owned(property, "code") else { continue };
            let (uri, description) = (owned(property, "uri"), owned(property, "description"));
            builder.key(Key { code, uri, description })?;
        }
        // What is left to read, and below which concept it stands.
        let mut open: Vec<(std::slice::Iter<'_, Value>, Option<u32>)> = vec![(list(resource, "concept").iter(), None)];
        while let Some((rest, parent)) = open.last_mut() {
            let parent = *parent;
            let Some(next) = rest.next() else {
                open.pop();
                continue;
            };
            let at = concept(&mut builder, next, parent)?;
            let inside = list(next, "concept");
            if !inside.is_empty() {
                if open.len() >= DEEPEST {
                    return Err(Fault::invalid(both!(
                        "concepts lie more than {DEEPEST} deep in each other",
                        "概念嵌套超过 {DEEPEST} 层"
                    )));
                }
                open.push((inside.iter(), Some(at)));
            }
        }
        builder.build()
    }
}

fn head(resource: &Value) -> Result<Head, Fault> {
    let url = owned(resource, "url").ok_or_else(|| {
        Fault::invalid(both!("a CodeSystem without url cannot be in force", "没有 url 的 CodeSystem 不能生效"))
    })?;
    let content = match text(resource, "content") {
        Some("complete") => Content::Complete,
        Some("not-present") => Content::NotPresent,
        Some("supplement") => Content::Supplement,
        Some("example" | "fragment") => Content::Part,
        _ => {
            return Err(Fault::invalid(both!(
                "the CodeSystem {url} does not say its content",
                "CodeSystem {url} 没有写 content"
            )));
        }
    };
    let identifiers = match resource.get("identifier") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let oids = identifiers.iter().filter_map(|one| owned(one, "value")).filter(|value| value.starts_with("urn:oid:"));
    Ok(Head {
        version: owned(resource, "version"),
        name: owned(resource, "name"),
        title: owned(resource, "title"),
        content,
        case_sensitive: resource.get("caseSensitive").and_then(Value::as_bool).unwrap_or(true),
        language: owned(resource, "language"),
        value_set: owned(resource, "valueSet"),
        supplements: owned(resource, "supplements"),
        oids: oids.collect(),
        url,
    })
}

fn concept(builder: &mut Builder, concept: &Value, parent: Option<u32>) -> Result<u32, Fault> {
    let part = |key: &str| text(concept, key).unwrap_or_default();
    let at = builder.concept(part("code"), part("display"), part("definition"), parent)?;
    for property in list(concept, "property") {
        let Some(code) = owned(property, "code") else { continue };
        let Some((kind, value)) = value_of(property) else { continue };
        let key = builder.key(Key { code, uri: None, description: None })?;
        builder.property(at, key, kind, &value)?;
    }
    for designation in list(concept, "designation") {
        let Some(value) = text(designation, "value") else { continue };
        let usage = designation.get("use").map(Value::to_string);
        builder.designation(at, text(designation, "language"), usage.as_deref(), value)?;
    }
    Ok(at)
}

/// The value of a property, with its type.
fn value_of(property: &Value) -> Option<(ValueType, String)> {
    let kinds = [
        ("valueCode", ValueType::Code),
        ("valueCoding", ValueType::Coding),
        ("valueString", ValueType::String),
        ("valueInteger", ValueType::Integer),
        ("valueBoolean", ValueType::Boolean),
        ("valueDateTime", ValueType::DateTime),
        ("valueDecimal", ValueType::Decimal),
    ];
    kinds.iter().find_map(|(name, kind)| {
        let value = property.get(*name)?;
        Some((*kind, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    })
}
