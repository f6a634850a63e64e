//! Places in a resource, and what is done to them.

use meridian_model::both;
use meridian_model::language::Both;

use serde_json::{Map, Value};

use super::value::{self, New, Target};
use crate::item::Item;
use crate::locate;
use crate::types::Kind;

/// A place in a resource: the steps to it from the root, and its type.
pub(super) struct Place {
    steps: Vec<(String, Option<usize>)>,
    kind: Kind,
    /// The type of the object that it stands in.
    parent: Kind,
}

/// Places that are looked up at most.
const MANY: usize = 10;

/// The places of items that were found in a resource.
pub(super) fn of(resource: &Value, found: &[Item<'_>]) -> Result<Vec<Place>, Both> {
    let outside = || both!("the path leads to no part of the resource", "`path` 没有指向资源的任何部分");
    let mut all = Vec::with_capacity(found.len());
    // Who sees more than one place is told how many; where they are does not matter.
    for item in found.iter().take(MANY) {
        let node = item.as_node().ok_or_else(outside)?;
        let steps = locate::steps(resource, node.address()).0.ok_or_else(outside)?;
        let kinds = locate::kinds(resource, &steps);
        let parent = kinds.iter().rev().nth(1).copied().unwrap_or(Kind::UNKNOWN);
        let owned = steps.iter().map(|(name, at)| (name.strip_prefix('_').unwrap_or(name).to_owned(), *at)).collect();
        all.push(Place { steps: owned, kind: node.kind(), parent });
    }
    Ok(all)
}

impl Place {
    /// An element of what stands here.
    pub(super) fn child(&self, resource: &Value, name: &str) -> Result<Target, Both> {
        if !at(resource, &self.steps).is_some_and(Value::is_object) {
            return Err(both!("what the path leads to has no elements", "`path` 指向的内容没有下级元素"));
        }
        let element = value::element(self.kind, name)
            .ok_or_else(|| both!("there is no element `{name}` here", "此处没有元素 `{name}`，请核对拼写"))?;
        Ok(Target { parent: self.steps.clone(), element, many: element.many })
    }

    /// The element that stands here, as a target.
    pub(super) fn itself(&self, resource: &Value) -> Result<Target, Both> {
        let (parent, (name, _)) = self.split()?;
        let known = value::element(self.parent, name).filter(|_| at(resource, parent).is_some());
        let element =
            known.ok_or_else(|| both!("there is no element `{name}` here", "此处没有元素 `{name}`，请核对拼写"))?;
        Ok(Target { parent: parent.to_vec(), element, many: element.many })
    }

    #[expect(clippy::type_complexity, reason = "the steps but the last, and the last")]
    fn split(&self) -> Result<(&[(String, Option<usize>)], (&str, Option<usize>)), Both> {
        let Some(((name, index), parent)) = self.steps.split_last() else {
            return Err(both!("the path leads to the whole resource", "`path` 指向了整个资源"));
        };
        Ok((parent, (name, *index)))
    }

    pub(super) fn remove(&self, resource: &mut Value) -> Result<(), Both> {
        let (parent, (name, index)) = self.split()?;
        let map = object(resource, parent)?;
        for key in [name.to_owned(), format!("_{name}")] {
            match (map.get_mut(&key), index) {
                (Some(Value::Array(items)), Some(index)) => {
                    if index < items.len() {
                        items.remove(index);
                    }
                    let is_empty = items.iter().all(Value::is_null);
                    if is_empty && (key.starts_with('_') || items.is_empty()) {
                        map.shift_remove(&key);
                    }
                }
                (Some(_), _) => {
                    map.shift_remove(&key);
                }
                (None, _) => {}
            }
        }
        Ok(())
    }

    pub(super) fn replace(&self, resource: &mut Value, new: New) -> Result<(), Both> {
        let (parent, (name, index)) = self.split()?;
        let map = object(resource, parent)?;
        if let (Some(index), true) = (index, new.key == name) {
            put(map, &new.key, index, new.value, new.sibling);
            return Ok(());
        }
        // A choice may get another name with another type.
        if new.key != name {
            map.shift_remove(name);
        }
        let under = format!("_{}", new.key);
        map.shift_remove(&format!("_{name}"));
        map.shift_remove(&under);
        map.insert(new.key, new.value);
        if let Some(sibling) = new.sibling {
            map.insert(under, sibling);
        }
        Ok(())
    }
}

/// Adds a value: at its place in a list, at the end of one, or as the one value of an element.
pub(super) fn add(resource: &mut Value, new: &New, index: Option<usize>) -> Result<(), Both> {
    let map = object(resource, &new.target.parent)?;
    let name = new.target.element.name;
    let under = format!("_{}", new.key);
    if !new.target.many {
        let taken = new.target.element.keys.iter().any(|key| map.contains_key(key.json));
        if taken {
            return Err(both!("`{name}` is there already", "`{name}` 已经存在"));
        }
        if !new.value.is_null() {
            map.insert(new.key.clone(), new.value.clone());
        }
        if let Some(sibling) = &new.sibling {
            map.insert(under, sibling.clone());
        }
        return Ok(());
    }
    let length = length(map, &new.key);
    let index = index.unwrap_or(length);
    if index > length {
        return Err(both!(
            "`{name}` has {length} items; there is no place {index} among them",
            "`{name}` 有 {length} 项，没有位置 {index}"
        ));
    }
    insert_at(map, &new.key, index, new.value.clone(), new.sibling.clone());
    Ok(())
}

/// Moves an item of a list to another place.
pub(super) fn shift(resource: &mut Value, list: &Target, from: usize, to: usize) -> Result<(), Both> {
    let name = list.element.name;
    let map = object(resource, &list.parent)?;
    let length = length(map, name);
    for place in [from, to] {
        if place >= length {
            return Err(both!(
                "`{name}` has {length} items; there is no item {place}",
                "`{name}` 有 {length} 项，没有第 {place} 项（从 0 起）"
            ));
        }
    }
    for key in [name.to_owned(), format!("_{name}")] {
        if let Some(Value::Array(items)) = map.get_mut(&key) {
            items.resize(length, Value::Null);
            let item = items.remove(from);
            items.insert(to, item);
        }
    }
    Ok(())
}

/// Puts a value between others of a list, with or without what stands beside it.
pub(super) fn insert_at(map: &mut Map<String, Value>, key: &str, index: usize, value: Value, sibling: Option<Value>) {
    let under = format!("_{key}");
    let length = length(map, key);
    let needs_sibling = sibling.is_some() || map.contains_key(&under);
    for (key, item, needed) in [(key.to_owned(), value, true), (under, sibling.unwrap_or(Value::Null), needs_sibling)] {
        if !needed {
            continue;
        }
        let list = map.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = list {
            items.resize(length.max(items.len()), Value::Null);
            items.insert(index.min(items.len()), item);
        }
    }
}

/// Puts a value in the place of another of a list.
fn put(map: &mut Map<String, Value>, key: &str, index: usize, value: Value, sibling: Option<Value>) {
    let under = format!("_{key}");
    let length = length(map, key);
    for (key, item) in [(key.to_owned(), Some(value)), (under, sibling)] {
        if item.is_none() && !map.contains_key(&key) {
            continue;
        }
        if let Value::Array(items) = map.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
            items.resize(length.max(items.len()), Value::Null);
            if let Some(slot) = items.get_mut(index) {
                *slot = item.unwrap_or(Value::Null);
            }
        }
    }
}

/// Items of a list, counting those that have no value but something beside it.
fn length(map: &Map<String, Value>, key: &str) -> usize {
    let of = |key: &str| map.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    of(key).max(of(&format!("_{key}")))
}

fn at<'v>(resource: &'v Value, steps: &[(String, Option<usize>)]) -> Option<&'v Value> {
    steps.iter().try_fold(resource, |value, (name, index)| match (value.get(name)?, index) {
        (Value::Array(items), Some(index)) => items.get(*index),
        (value, _) => Some(value),
    })
}

fn object<'v>(resource: &'v mut Value, steps: &[(String, Option<usize>)]) -> Result<&'v mut Map<String, Value>, Both> {
    let found = steps.iter().try_fold(resource, |value, (name, index)| match (value.get_mut(name)?, index) {
        (Value::Array(items), Some(index)) => items.get_mut(*index),
        (value, _) => Some(value),
    });
    found
        .and_then(Value::as_object_mut)
        .ok_or_else(|| both!("what the path leads to has no elements", "`path` 指向的内容没有下级元素"))
}
