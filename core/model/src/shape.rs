//! How much of a resource is served: `_summary` and `_elements`.
//!
//! What was shaped carries the tag `SUBSETTED`, so that nobody takes it for the whole and writes it back.

mod keep;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::both;
use crate::definitions::Definitions;
use crate::language::Both;
use crate::outcome::Issue;

/// System and code of the tag of what is not whole.
pub const SUBSETTED: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "SUBSETTED");

/// Which part of each resource is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Summary {
    /// Everything.
    #[default]
    False,
    /// The elements that the definitions mark as summary, and what must be there.
    True,
    /// The narrative, `id`, `meta` and what must be there.
    Text,
    /// Everything but the narrative.
    Data,
    /// No resources at all: how many there are.
    Count,
}

impl Summary {
    /// The codes of `_summary`, in the order of the specification.
    pub const CODES: [&str; 5] = ["true", "text", "data", "count", "false"];

    fn read(code: &str) -> Option<Self> {
        Some(match code {
            "true" => Self::True,
            "text" => Self::Text,
            "data" => Self::Data,
            "count" => Self::Count,
            "false" => Self::False,
            _ => return None,
        })
    }
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    pub summary: Summary,
    /// Names of root elements; empty when all are wanted.
    pub elements: Vec<String>,
}

impl Shape {
    /// Reads `_summary` and `_elements` among `params`. `kind` is the one type that is asked for, where it is one.
    ///
    /// # Errors
    /// An issue for each value that means nothing.
    pub fn read(params: &[(String, String)], kind: Option<&str>) -> Result<Self, Vec<Issue>> {
        let mut shape = Self::default();
        let mut issues = Vec::new();
        let mut wrong = |name: &str, says: Both| {
            issues.push(Issue::error("invalid", both!("{name}: {}", "{name}：{}", says)).at(format!("http.{name}")));
        };
        let mut said: Option<Summary> = None;
        for (name, value) in params {
            match name.as_str() {
                "_summary" => match Summary::read(value) {
                    Some(summary) if said.is_none_or(|before| before == summary) => said = Some(summary),
                    Some(_) => {
                        wrong(
                            name,
                            both!("it is given twice, with different values", "给了两次，值却不同，请只留一个"),
                        );
                    }
                    None => wrong(
                        name,
                        both!(
                            "`{value}` is none of {}",
                            "`{value}` 不可用，应是 {} 之一",
                            Both::new(Summary::CODES.join(", "), Summary::CODES.join("、"))
                        ),
                    ),
                },
                "_elements" => {
                    for element in value.split(',').map(str::trim) {
                        if is_root(kind, element) {
                            shape.elements.push(element.to_owned());
                        } else {
                            let of = kind.unwrap_or("Resource");
                            wrong(
                                name,
                                both!("`{element}` is no root element of {of}", "`{element}` 不是 {of} 的根元素"),
                            );
                        }
                    }
                }
                _ => {}
            }
        }
        shape.summary = said.unwrap_or_default();
        if issues.is_empty() { Ok(shape) } else { Err(issues) }
    }

    /// Whether resources are served as they are.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.summary == Summary::False && self.elements.is_empty()
    }

    /// Takes out of one resource what is not wanted, and tags it. With [`Summary::Count`] it stays as it is.
    pub fn apply(&self, resource: &mut Value) {
        if self.is_whole() || self.summary == Summary::Count {
            return;
        }
        let Value::Object(members) = resource else { return };
        let kind = members.get("resourceType").and_then(Value::as_str).unwrap_or_default().to_owned();
        keep::shape(self, &kind, members);
        tag(members);
    }

    /// Shapes the resources of an answer: of a search, a history or an operation that answers with many.
    pub fn apply_to_entries(&self, bundle: &mut Value) {
        let Some(members) = bundle.as_object_mut() else { return };
        if self.summary == Summary::Count {
            let entries = members.shift_remove("entry");
            return only_counted(members, entries.as_ref().and_then(Value::as_array).map_or(0, Vec::len));
        }
        let entries = members.get_mut("entry").and_then(Value::as_array_mut);
        entries.into_iter().flatten().for_each(|entry| self.apply_to_entry(entry));
    }

    /// Shapes one of many. `_elements` is not for what a search includes (R4), nor any of it for outcomes.
    pub fn apply_to_entry(&self, entry: &mut Value) {
        let mode = entry.pointer("/search/mode").and_then(Value::as_str);
        let only_summary = || Self { summary: self.summary, elements: Vec::new() };
        let shape = match mode {
            Some("outcome") => return,
            Some("include") => &only_summary(),
            _ => self,
        };
        if let Some(resource) = entry.get_mut("resource") {
            shape.apply(resource);
        }
    }
}

/// What a Bundle of so many entries says instead of them.
pub fn only_counted(head: &mut Map<String, Value>, entries: usize) {
    if !head.contains_key("total") {
        head.insert("total".to_owned(), entries.into());
    }
}

/// Whether a name is an element at the root of `kind`, or of any resource. A choice goes by its name with or without
/// its type.
fn is_root(kind: Option<&str>, name: &str) -> bool {
    let r4 = Definitions::r4();
    let has = |kind: &str| {
        // Clients name it among the elements, though it is none.
        let known = name == "resourceType" || r4.element(kind, name).is_some();
        known || r4.group(kind).is_some_and(|group| group.child(name).is_some())
    };
    match kind {
        Some(kind) => has(kind),
        None => r4.resource_types().any(has),
    }
}

/// Adds the tag that says that something is missing.
fn tag(members: &mut Map<String, Value>) {
    if !members.contains_key("meta") {
        let after = members.keys().take_while(|key| matches!(key.as_str(), "resourceType" | "id")).count();
        members.shift_insert(after, "meta".to_owned(), json!({}));
    }
    let Some(Value::Object(meta)) = members.get_mut("meta") else { return };
    let (system, code) = SUBSETTED;
    match meta.entry("tag").or_insert_with(|| json!([])) {
        Value::Array(tags) if !tags.iter().any(is_subsetted) => tags.push(json!({"system": system, "code": code})),
        _ => {}
    }
}

fn is_subsetted(tag: &Value) -> bool {
    let text = |key: &str| tag.get(key).and_then(Value::as_str);
    (text("system"), text("code")) == (Some(SUBSETTED.0), Some(SUBSETTED.1))
}

/// Whether a resource says of itself that something is missing in it.
#[must_use]
pub fn is_partial(resource: &Value) -> bool {
    let tags = resource.pointer("/meta/tag").and_then(Value::as_array);
    tags.is_some_and(|tags| tags.iter().any(is_subsetted))
}
