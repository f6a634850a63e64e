//! From a node to its elements.

use serde_json::{Map, Value};

use super::Eval;
use crate::ast::Member;
use crate::fault::Fault;
use crate::item::{Collection, Item, Node};
use crate::quantity::Quantity;
use crate::types::{Element, Form, Key, Kind, Types, types};

/// Objects with at most so many members are looked through; in larger ones hashing is faster.
const FEW: usize = 12;

impl<'a> Eval<'_, 'a> {
    /// The elements of a name. At the start of a path a type's name may stand for the focus itself.
    pub(crate) fn member(
        &mut self,
        input: &[Item<'a>],
        member: &Member,
        is_start: bool,
    ) -> Result<Collection<'a>, Fault> {
        let types = types();
        let mut found = self.fresh();
        for item in input {
            self.budget.spend(1)?;
            match item {
                Item::Node(node) => {
                    if is_start && member.of_type != Kind::UNKNOWN && types.is_a(node.kind(), member.of_type) {
                        found.push(item.clone());
                        self.budget.spend(1)?;
                    } else {
                        let seen = elements(types, node, member, &mut found);
                        self.budget.items(seen)?;
                    }
                }
                Item::Quantity(quantity) => {
                    self.budget.spend(2)?;
                    found.extend(part(quantity, &member.name));
                }
                Item::Type(of) => match &*member.name {
                    "namespace" => found.push(Item::Text(of.model)),
                    "name" => found.push(Item::Text(of.name)),
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(found)
    }

    /// All children of a node, in the order in which they stand.
    pub(crate) fn children(&mut self, node: &Node<'a>, found: &mut Collection<'a>) -> Result<(), Fault> {
        let Some(map) = node.object() else { return Ok(()) };
        let types = types();
        let table = types.table(node.kind());
        self.budget.spend(1)?;
        for (key, value) in map {
            let json = match key.strip_prefix('_') {
                // Beside its value it has been seen with it.
                Some(json) if map.contains_key(json) => continue,
                Some(json) => json,
                None => key,
            };
            if json == "resourceType" || json == "fhir_comments" {
                continue;
            }
            let (kind, under) = match table.key(json) {
                Some((_, of)) => (of.kind, of.under),
                None => (Kind::UNKNOWN, ""),
            };
            let seen = if key.starts_with('_') {
                push(types, &Value::Null, Some(value), kind, found)
            } else {
                push(types, value, if under.is_empty() { None } else { map.get(under) }, kind, found)
            };
            self.budget.items(seen)?;
        }
        Ok(())
    }
}

/// Parts of a quantity that is none of FHIR's.
fn part<'a>(quantity: &Quantity, name: &str) -> Option<Item<'a>> {
    match name {
        "value" => Some(Item::Decimal(quantity.value)),
        "unit" => Some(Item::made(quantity.unit.text())),
        _ => None,
    }
}

/// Says how many values were looked at.
fn elements<'a>(types: &Types, node: &Node<'a>, member: &Member, found: &mut Collection<'a>) -> usize {
    let Some(map) = node.object() else { return 0 };
    let table = types.table(node.kind());
    match member.id.and_then(|id| table.element(id)) {
        Some(Element { choice: false, keys, .. }) => {
            if let Some(key) = keys.first() {
                let (value, sibling) = pair(map, key.json, key.under);
                if value.is_some() || sibling.is_some() {
                    return push(types, value.unwrap_or(&Value::Null), sibling, key.kind, found);
                }
            }
            0
        }
        Some(element) => choice(types, map, element, found),
        // An element that the definitions do not know, unless it is the JSON name of a choice, which is no element.
        None if table.form == Form::Unknown || table.key(&member.name).is_none() => {
            map.get(&*member.name).map_or(0, |value| push(types, value, None, Kind::UNKNOWN, found))
        }
        None => 0,
    }
}

/// The one of a choice that is there.
fn choice<'a>(types: &Types, map: &'a Map<String, Value>, element: &Element, found: &mut Collection<'a>) -> usize {
    let mut looked = map.len() / 16;
    let mut seen: Option<&Key> = None;
    for key in map.keys() {
        let json = key.strip_prefix('_').unwrap_or(key);
        if json.len() > element.name.len()
            && json.starts_with(element.name)
            && let Some(of) = element.keys.iter().find(|of| of.json == json)
            && seen.is_none_or(|seen| seen.json != of.json)
        {
            seen = Some(of);
            let sibling = if of.under.is_empty() { None } else { map.get(of.under) };
            looked += push(types, map.get(of.json).unwrap_or(&Value::Null), sibling, of.kind, found);
        }
    }
    looked
}

/// A member and its sibling.
fn pair<'a>(map: &'a Map<String, Value>, json: &str, under: &str) -> (Option<&'a Value>, Option<&'a Value>) {
    if map.len() > FEW {
        let sibling = if under.is_empty() { None } else { map.get(under) };
        return (map.get(json), sibling);
    }
    let (mut value, mut sibling) = (None, None);
    for (key, member) in map {
        if key == json {
            value = Some(member);
        } else if key == under {
            sibling = Some(member);
        }
    }
    (value, sibling)
}

/// One node for each value, arrays taken apart. Says how many values were looked at.
fn push<'a>(
    types: &Types,
    value: &'a Value,
    sibling: Option<&'a Value>,
    kind: Kind,
    found: &mut Collection<'a>,
) -> usize {
    let mut one = |value: &'a Value, sibling: Option<&'a Value>| {
        let sibling = sibling.filter(|sibling| !sibling.is_null());
        if value.is_null() && sibling.is_none() {
            return;
        }
        // What may be any resource says itself which it is.
        let node = if types.table(kind).form == Form::Resource || (kind == Kind::UNKNOWN && value.is_object()) {
            Node::resource(value)
        } else {
            Node::typed(value, sibling, kind)
        };
        found.push(Item::Node(node));
    };
    match (value, sibling) {
        (Value::Array(values), sibling) => {
            let siblings = sibling.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let many = values.len().max(siblings.len());
            for at in 0..many {
                one(values.get(at).unwrap_or(&Value::Null), siblings.get(at));
            }
            many
        }
        (Value::Null, Some(Value::Array(siblings))) => {
            siblings.iter().for_each(|sibling| one(&Value::Null, Some(sibling)));
            siblings.len()
        }
        (value, sibling) => {
            one(value, sibling);
            1
        }
    }
}
