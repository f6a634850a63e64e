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
                    } else {
                        elements(types, node, member, &mut found);
                    }
                }
                Item::Quantity(quantity) => found.extend(part(quantity, &member.name)),
                Item::Type(of) => match &*member.name {
                    "namespace" => found.push(Item::Text(of.model)),
                    "name" => found.push(Item::Text(of.name)),
                    _ => {}
                },
                _ => {}
            }
        }
        self.budget.spend(found.len().try_into().unwrap_or(u64::MAX))?;
        Ok(found)
    }

    /// All children of a node, in the order in which they stand.
    pub(crate) fn children(&mut self, node: &Node<'a>, found: &mut Collection<'a>) -> Result<(), Fault> {
        let Some(map) = node.object() else { return Ok(()) };
        let types = types();
        let table = types.table(node.kind());
        let before = found.len();
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
            if key.starts_with('_') {
                push(types, &Value::Null, Some(value), kind, found);
            } else {
                push(types, value, if under.is_empty() { None } else { map.get(under) }, kind, found);
            }
        }
        self.budget.spend(1 + u64::try_from(found.len() - before).unwrap_or(u64::MAX))
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

fn elements<'a>(types: &Types, node: &Node<'a>, member: &Member, found: &mut Collection<'a>) {
    let Some(map) = node.object() else { return };
    let table = types.table(node.kind());
    match member.id.and_then(|id| table.element(id)) {
        Some(Element { choice: false, keys, .. }) => {
            if let Some(key) = keys.first() {
                let (value, sibling) = pair(map, key.json, key.under);
                if value.is_some() || sibling.is_some() {
                    push(types, value.unwrap_or(&Value::Null), sibling, key.kind, found);
                }
            }
        }
        Some(element) => choice(types, map, element, found),
        // An element that the definitions do not know, unless it is the JSON name of a choice, which is no element.
        None if table.form == Form::Unknown || table.key(&member.name).is_none() => {
            if let Some(value) = map.get(&*member.name) {
                push(types, value, None, Kind::UNKNOWN, found);
            }
        }
        None => {}
    }
}

/// The one of a choice that is there.
fn choice<'a>(types: &Types, map: &'a Map<String, Value>, element: &Element, found: &mut Collection<'a>) {
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
            push(types, map.get(of.json).unwrap_or(&Value::Null), sibling, of.kind, found);
        }
    }
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

/// One node for each value, arrays taken apart.
fn push<'a>(types: &Types, value: &'a Value, sibling: Option<&'a Value>, kind: Kind, found: &mut Collection<'a>) {
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
            for at in 0..values.len().max(siblings.len()) {
                one(values.get(at).unwrap_or(&Value::Null), siblings.get(at));
            }
        }
        (Value::Null, Some(Value::Array(siblings))) => {
            siblings.iter().for_each(|sibling| one(&Value::Null, Some(sibling)));
        }
        (value, sibling) => one(value, sibling),
    }
}
