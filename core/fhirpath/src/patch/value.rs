//! What an operation puts in: the value of a part, or an object made of its parts.

use meridian_model::both;
use meridian_model::language::Both;

use serde_json::{Map, Value};

use crate::types::{Element, Form, Kind, types};

/// Where a value goes: an element of an object.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// From the root to the object.
    pub(super) parent: Vec<(String, Option<usize>)>,
    pub(super) element: &'static Element,
    /// The element is a list.
    pub(super) many: bool,
}

/// A value with its name in JSON.
#[derive(Debug)]
pub(super) struct New {
    pub(super) target: Target,
    pub(super) key: String,
    pub(super) value: Value,
    pub(super) sibling: Option<Value>,
}

pub(super) fn new(part: &Value, target: Target) -> Result<New, Both> {
    let (key, value, sibling) = taken(part, target.element)?;
    Ok(New { target, key, value, sibling })
}

/// The JSON name, the value and its sibling that a part gives an element.
fn taken(part: &Value, element: &Element) -> Result<(String, Value, Option<Value>), Both> {
    let name = element.name;
    let map = part.as_object().ok_or_else(|| both!("a part is no object", "部分（part）应是对象"))?;
    let single = || element.keys.first().filter(|_| !element.choice);
    if let Some(parts) = map.get("part").and_then(Value::as_array) {
        let key = single()
            .ok_or_else(|| both!("`{name}` needs a value that says its type", "`{name}` 的值要写明类型（value[x]）"))?;
        return Ok((key.json.to_owned(), made(parts, key.kind)?, None));
    }
    if let Some(resource) = map.get("resource") {
        let is_resource = single().is_some_and(|key| types().table(key.kind).form == Form::Resource);
        if !is_resource {
            return Err(both!("`{name}` takes no resource", "`{name}` 不能是资源"));
        }
        return Ok((name.to_owned(), resource.clone(), None));
    }
    let found = map.iter().map(|(key, value)| (key.strip_prefix('_').unwrap_or(key), key.starts_with('_'), value));
    let mut values = found.filter_map(|(key, under, value)| Some((key.strip_prefix("value")?, under, value)));
    let (suffix, under, first) =
        values.next().ok_or_else(|| both!("the new `{name}` has no value", "新的 `{name}` 没有值"))?;
    let second = values.next().map(|(_, _, value)| value.clone());
    let (value, sibling) = match (under, second) {
        (false, sibling) => (first.clone(), sibling),
        (true, value) => (value.unwrap_or(Value::Null), Some(first.clone())),
    };
    let key = if element.choice {
        let json = format!("{name}{suffix}");
        let known = element.keys.iter().find(|key| key.json == json);
        known.ok_or_else(|| both!("`{name}` can't be a {suffix}", "`{name}` 不能是 {suffix}"))?
    } else {
        let key = single().ok_or_else(|| both!("`{name}` has no type", "`{name}` 没有类型"))?;
        // Types of primitives stand in for each other (a string for a code); an object does not stand in for them.
        let is_primitive = matches!(types().table(key.kind).form, Form::Primitive(_));
        if is_primitive == (value.is_object() || value.is_array()) && !value.is_null() {
            return Err(both!(
                "`{name}` is a {} and can't be a {suffix}",
                "`{name}` 的类型是 {}，不能是 {suffix}",
                types().table(key.kind).name
            ));
        }
        key
    };
    Ok((key.json.to_owned(), value, sibling))
}

/// An object of a type, made of parts.
fn made(parts: &[Value], kind: Kind) -> Result<Value, Both> {
    let table = types().table(kind);
    let mut map = Map::new();
    for part in parts {
        let name = part.get("name").and_then(Value::as_str).unwrap_or("");
        let element = element(kind, name)
            .ok_or_else(|| both!("`{}` has no element `{name}`", "`{}` 没有元素 `{name}`", table.name))?;
        let (key, value, sibling) = taken(part, element)?;
        if !element.many {
            if map.contains_key(&key) {
                return Err(both!("`{name}` is given twice", "`{name}` 给了两次"));
            }
            if !value.is_null() {
                map.insert(key.clone(), value);
            }
            if let Some(sibling) = sibling {
                map.insert(format!("_{key}"), sibling);
            }
            continue;
        }
        let length = map.get(&key).and_then(Value::as_array).map_or(0, Vec::len);
        super::place::insert_at(&mut map, &key, length, value, sibling);
    }
    Ok(Value::Object(map))
}

/// An element of a type by its name, which may end with `[x]` or be that of JSON.
pub(super) fn element(kind: Kind, name: &str) -> Option<&'static Element> {
    let types = types();
    let table = types.table(kind);
    let plain = name.strip_suffix("[x]").unwrap_or(name);
    let by_name = types.name_id(plain).and_then(|id| table.element(id));
    by_name.or_else(|| table.key(plain).map(|(element, _)| element))
}
