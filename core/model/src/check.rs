//! Does a resource have the shape that R4 gives it?
//!
//! This is the check of every write: the type is known, and each element that R4 knows has its JSON shape and its
//! primitive's format. Unknown elements are kept and no error; cardinalities, bindings and invariants are the
//! validator's business, not this one's.

mod primitive;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub use primitive::fault as primitive_fault;

use crate::both;
use crate::definitions::{Child, ChildKind, Definitions, Group};
use crate::language::Both;
use crate::outcome::Issue;

/// No more issues than this are collected for one resource.
const MOST: usize = 100;
/// Deeper than the reader reads; a value that was built otherwise stops here.
const DEEPEST: usize = 128;

/// The issues of a resource; empty for one that may be stored. Each names its place, such as `Patient.name[0].family`.
#[must_use]
pub fn check(resource: &Value) -> Vec<Issue> {
    let mut check = Check { path: Path::default(), issues: Vec::new() };
    check.resource(resource, 0);
    check.issues
}

/// The place where the check is, from the outside in.
#[derive(Default)]
struct Path<'a> {
    steps: Vec<Step<'a>>,
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl Path<'_> {
    fn text(&self) -> String {
        let mut text = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(key);
                }
                Step::Index(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text
    }
}

struct Check<'a> {
    path: Path<'a>,
    issues: Vec<Issue>,
}

impl<'a> Check<'a> {
    fn issue(&mut self, code: &'static str, text: Both) {
        if self.issues.len() < MOST {
            let place = self.path.text();
            self.issues.push(Issue::error(code, text).at(place));
        }
    }

    fn within(&mut self, step: Step<'a>, run: impl FnOnce(&mut Self)) {
        self.path.steps.push(step);
        run(self);
        self.path.steps.pop();
    }

    fn resource(&mut self, value: &'a Value, depth: usize) {
        let Value::Object(members) = value else {
            return self.issue(
                "structure",
                both!("a resource is a JSON object, this is {}", "资源应是 JSON 对象，现在是{}", shape(value)),
            );
        };
        let Some(kind) = members.get("resourceType") else {
            return self.issue("structure", both!("`resourceType` is missing", "缺少 `resourceType`，请写明资源类型"));
        };
        let known = kind.as_str().filter(|kind| Definitions::r4().is_resource_type(kind));
        let Some(group) = known.and_then(|kind| Definitions::r4().group(kind)) else {
            return self.issue(
                "structure",
                both!(
                    "{kind} is not a resource type of FHIR R4",
                    "FHIR R4 没有资源类型 {kind}，请核对 `resourceType` 的拼写"
                ),
            );
        };
        let is_root = self.path.steps.is_empty();
        if is_root {
            self.path.steps.push(Step::Key(group.path));
        }
        self.members(group, members, depth);
    }

    fn members(&mut self, group: &'static Group, members: &'a Map<String, Value>, depth: usize) {
        if depth > DEEPEST {
            return self.issue("too-costly", both!("the resource is nested too deeply", "资源嵌套太深，请减少层次"));
        }
        for (key, value) in members {
            if let Some(child) = group.child(key) {
                self.within(Step::Key(key), |check| check.child(&child, key, value, members, depth));
            } else if let Some(child) = key.strip_prefix('_').and_then(|name| group.child(name)) {
                self.within(Step::Key(key), |check| check.sibling(&child, value, depth));
            }
        }
    }

    fn child(&mut self, child: &Child<'_>, key: &str, value: &'a Value, around: &Map<String, Value>, depth: usize) {
        match (child.element.many, value) {
            (true, Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    // A null stands for a value that has only an id or extensions, in the array beside.
                    if item.is_null() && has_sibling(around, key, index) {
                        continue;
                    }
                    self.within(Step::Index(index), |check| check.value(child.kind, item, depth));
                }
            }
            (true, other) => self.issue(
                "structure",
                both!("an array is expected, this is {}", "此处必须写成数组，现在是{}", shape(other)),
            ),
            (false, other) => self.value(child.kind, other, depth),
        }
    }

    fn value(&mut self, kind: ChildKind, value: &'a Value, depth: usize) {
        match kind {
            ChildKind::Primitive(kind) => {
                if let Some((code, text)) = primitive::fault(kind, value) {
                    self.issue(code, text);
                }
            }
            ChildKind::Resource => self.resource(value, depth + 1),
            ChildKind::Group(path) => match (value, Definitions::r4().group(path)) {
                (Value::Object(members), Some(group)) => self.members(group, members, depth + 1),
                (Value::Object(_), None) => {}
                (other, _) => self.issue(
                    "structure",
                    both!("an object is expected, this is {}", "此处应是对象，现在是{}", shape(other)),
                ),
            },
        }
    }

    /// `_name`: id and extensions of a primitive, or an array of them with nulls.
    fn sibling(&mut self, child: &Child<'_>, value: &'a Value, depth: usize) {
        if !matches!(child.kind, ChildKind::Primitive(_)) {
            return self.issue(
                "structure",
                both!(
                    "only primitive elements have a part with an underscore",
                    "只有简单类型的元素才有下划线开头的部分，请删去"
                ),
            );
        }
        let element = ChildKind::Group("Element");
        match (child.element.many, value) {
            (true, Value::Array(items)) => {
                for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
                    self.within(Step::Index(index), |check| check.value(element, item, depth));
                }
            }
            (true, other) => self.issue(
                "structure",
                both!("an array is expected, this is {}", "此处必须写成数组，现在是{}", shape(other)),
            ),
            (false, other) => self.value(element, other, depth),
        }
    }
}

fn has_sibling(members: &Map<String, Value>, key: &str, index: usize) -> bool {
    let sibling = members.get(&format!("_{key}")).and_then(|value| value.get(index));
    sibling.is_some_and(|value| !value.is_null())
}

/// How a JSON value is called in a message.
fn shape(value: &Value) -> Both {
    match value {
        Value::Null => both!("null", "null"),
        Value::Bool(_) => both!("a boolean", "布尔值"),
        Value::Number(_) => both!("a number", "数字"),
        Value::String(_) => both!("a string", "字符串"),
        Value::Array(_) => both!("an array", "数组"),
        Value::Object(_) => both!("an object", "对象"),
    }
}
