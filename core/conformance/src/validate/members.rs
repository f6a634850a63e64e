//! What stands in an object: each element that its definition knows, how often, and nothing else.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::entries;
use super::items::{Item, Pair};
use super::place::{Frame, Place, Within};
use super::run::Run;
use super::walk::{Ask, shape};
use crate::structure::{Element, MANY, Node, Type, is_primitive};

/// The values of one child under one of its keys.
struct Present<'a> {
    child: usize,
    /// The place of the type that was chosen.
    chosen: Option<usize>,
    key: &'a str,
    pair: Pair<'a>,
}

/// One value of a child, with what it was chosen to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct One<'a, 'n> {
    pub(super) item: Item<'a>,
    pub(super) index: Option<usize>,
    pub(super) code: &'n str,
    pub(super) kind: Option<&'n Type>,
    pub(super) is_chosen: bool,
}

impl Run<'_> {
    /// The members of an object, by the children of `ask.node`.
    pub(super) fn members(&mut self, frame: &Frame<'_>, place: &Place<'_>, map: &Map<String, Value>, ask: &Ask<'_>) {
        let present = self.present(place, map, ask);
        for (at, child) in ask.node.children.iter().enumerate() {
            let mut own = present.iter().filter(|one| one.child == at);
            let (first, second) = (own.next(), own.next());
            let Some(first) = first else {
                self.absent(place, child, ask, map);
                continue;
            };
            if let (true, Some(second)) = (ask.is_base, second) {
                let says = format!("only one of `{}` and `{}` may be here", first.key, second.key);
                self.error("structure", place, says);
            }
            let mut values = Vec::new();
            for one in present.iter().filter(|one| one.child == at) {
                self.values(place, one, child, ask.is_base, &mut values);
            }
            self.count(place, values.len(), &child.element, ask);
            if !ask.is_base && !child.slices.is_empty() {
                self.slices(frame, place, &values, child, ask);
            }
            for one in &values {
                self.one(frame, place, one, child, ask);
            }
        }
    }

    /// One value, judged by `node`, which is the child or one of its slices.
    pub(super) fn one(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        one: &One<'_, '_>,
        node: &Arc<Node>,
        ask: &Ask<'_>,
    ) {
        let element = &node.element;
        let kind = match one.code {
            "BackboneElement" | "Element" => element.path.as_str(),
            "" => element.content.as_deref().unwrap_or(one.code),
            code => code,
        };
        let below = Place {
            above: Some(place),
            name: &element.name,
            chosen: one.is_chosen.then_some(one.code),
            index: one.index,
            kind,
            is_resource: false,
            depth: place.depth + 1,
            item: one.item,
        };
        let kind = element.kind(one.code).or(one.kind);
        self.element(frame, &below, one.item, &Ask { node, ..*ask }, one.code, kind);
    }

    fn present<'a>(&mut self, place: &Place<'_>, map: &'a Map<String, Value>, ask: &Ask<'_>) -> Vec<Present<'a>> {
        let mut present: Vec<Present<'a>> = Vec::with_capacity(map.len());
        for (key, value) in map {
            if key == "resourceType" && place.is_resource {
                continue;
            }
            let name = key.strip_prefix('_').unwrap_or(key);
            let Some((child, chosen)) = ask.node.key(name) else {
                self.unknown(place, key, name, ask);
                continue;
            };
            let found = present.iter().position(|one| one.key == name);
            let one = match found.and_then(|at| present.get_mut(at)) {
                Some(one) => one,
                None => {
                    present.push(Present { child, chosen, key: name, pair: Pair::default() });
                    let Some(one) = present.last_mut() else { continue };
                    one
                }
            };
            if name.len() == key.len() {
                one.pair.value = Some(value);
            } else {
                one.pair.sibling = Some(value);
            }
        }
        present
    }

    /// A key that the definition has not.
    fn unknown(&mut self, place: &Place<'_>, key: &str, name: &str, ask: &Ask<'_>) {
        if ask.is_base {
            let says = match name {
                "fhir_comments" => "`fhir_comments` is of older releases; R4 has no comments".to_owned(),
                "resourceType" => "`resourceType` belongs to resources only".to_owned(),
                _ => match nearest(name, ask.node) {
                    Some(near) => format!("`{key}` is not an element of {}; is `{near}` meant?", place.kind),
                    None => format!(
                        "`{key}` is not an element of {}; use an extension for what R4 has no place for",
                        place.kind
                    ),
                },
            };
            return self.error("structure", place, says);
        }
        // In a profile only the type of a choice can be unknown: it was narrowed.
        let choice = ask.node.children.iter().find(|child| {
            let rest = name.strip_prefix(child.element.name.as_str());
            child.element.is_choice && rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
        });
        if let Some(choice) = choice.filter(|choice| choice.element.most() > 0) {
            let types: Vec<&str> = choice.element.types.iter().map(|one| one.code.as_str()).collect();
            let says =
                format!("`{name}` has not a type that {} allows here: {}", ask.structure.canonical(), types.join(", "));
            self.error("structure", place, says);
        } else if let Some(choice) = choice {
            self.count(place, 1, &choice.element, ask);
        }
    }

    /// The values of one child, checked for their JSON shape in the base pass.
    fn values<'a, 'n>(
        &mut self,
        place: &Place<'_>,
        one: &Present<'a>,
        child: &'n Arc<Node>,
        is_base: bool,
        values: &mut Vec<One<'a, 'n>>,
    ) {
        let element = &child.element;
        let kind = one.chosen.map_or_else(|| element.types.first(), |at| element.types.get(at));
        let code = kind.map_or("", |kind| kind.code.as_str());
        if is_base {
            self.json_shape(place, one, element, code);
        }
        for (index, item) in one.pair.items() {
            // A resource says itself which of several types it is.
            let own = item.value.get("resourceType").and_then(Value::as_str).filter(|_| element.types.len() > 1);
            let own = own.and_then(|own| element.kind(own));
            let kind = own.or(kind);
            let code = own.map_or(code, |own| own.code.as_str());
            if item.value.is_null() && item.sibling.is_none() {
                if is_base && one.pair.value.is_some_and(|value| !value.is_null()) {
                    let says = format!("`{}` holds a null that nothing stands beside", one.key);
                    self.error("structure", place, says);
                }
                continue;
            }
            values.push(One { item, index, code, kind, is_chosen: one.chosen.is_some() });
        }
    }

    fn json_shape(&mut self, place: &Place<'_>, one: &Present<'_>, element: &Element, code: &str) {
        let is_many = element.most() > 1;
        for (mark, value) in [("", one.pair.value), ("_", one.pair.sibling)] {
            let Some(value) = value else { continue };
            let says = match value {
                Value::Null => Some(format!("`{mark}{}` is null; leave it out", one.key)),
                Value::Array(items) if is_many && items.is_empty() => {
                    Some(format!("`{mark}{}` is an empty array; leave it out", one.key))
                }
                Value::Array(_) if !is_many => {
                    Some(format!("`{mark}{}` can be there only once, this is an array", one.key))
                }
                Value::Array(_) => None,
                other if is_many => Some(format!("`{mark}{}` is an array always, this is {}", one.key, shape(other))),
                _ => None,
            };
            if let Some(says) = says {
                self.error("structure", place, says);
            }
        }
        if one.pair.sibling.is_some() && !code.is_empty() && !is_primitive(code) {
            self.error("structure", place, format!("`_{}` is not allowed: only primitives have such a part", one.key));
        }
        let lengths = (one.pair.value.and_then(Value::as_array), one.pair.sibling.and_then(Value::as_array));
        if let (Some(values), Some(siblings)) = lengths
            && values.len() < siblings.len()
        {
            let says = format!("`_{0}` is longer than `{0}`; fill `{0}` with null", one.key);
            self.error("structure", place, says);
        }
    }

    fn absent(&mut self, place: &Place<'_>, child: &Arc<Node>, ask: &Ask<'_>, map: &Map<String, Value>) {
        let element = &child.element;
        // The value of a primitive is not a member of what stands beside it.
        let is_value = element.name == "value" && is_primitive(place.kind);
        // A choice whose type the profile does not allow was named already.
        let is_narrowed = !ask.is_base
            && element.is_choice
            && map.keys().any(|key| {
                key.strip_prefix(element.name.as_str())
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
            });
        if !is_value && !is_narrowed {
            self.count(place, 0, element, ask);
            if !ask.is_base {
                self.absent_slices(place, child, ask);
            }
        }
    }

    pub(super) fn count(&mut self, place: &Place<'_>, count: usize, element: &Element, ask: &Ask<'_>) {
        let (least, most) = (element.least(), element.most());
        let is_few = u32::try_from(count).is_ok_and(|count| count < least);
        let is_many = most != MANY && u32::try_from(count).is_ok_and(|count| count > most);
        if !is_few && !is_many {
            return;
        }
        let by = ask.structure.canonical();
        let slice = element.slice.as_deref().map(|slice| format!(" (slice `{slice}`)")).unwrap_or_default();
        let name = if element.is_choice { format!("{}[x]", element.name) } else { element.name.clone() };
        let says = match (is_few, most) {
            (true, _) if count == 0 => {
                format!("`{name}`{slice} is missing; {} asked for by {by}", times(least as usize))
            }
            (true, _) => {
                format!("`{name}`{slice} is here {}, {} asked for by {by}", times(count), times(least as usize))
            }
            (false, 0) => format!("`{name}`{slice} may not be here by {by}; take it out"),
            (false, _) => format!("`{name}`{slice} is here {}, at most {} by {by}", times(count), times(most as usize)),
        };
        self.error(if is_few { "required" } else { "structure" }, place, says);
    }

    /// How a resource stands where it stands.
    pub(super) fn within<'a>(&self, frame: &Frame<'a>, place: &Place<'_>, value: &Value) -> Within<'a> {
        match (place.name, frame.kind) {
            ("contained", _) => Within::Resource,
            ("resource", "Bundle") => {
                let entries = self.bundles.of(frame.resource);
                Within::Entry(entries.around(frame.resource, value).and_then(entries::url))
            }
            _ => Within::Itself,
        }
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// A name of the definition that differs from `name` in case or in one letter.
fn nearest<'n>(name: &str, node: &'n Node) -> Option<&'n str> {
    let close = |own: &str| {
        own.eq_ignore_ascii_case(name)
            || format!("{own}s") == name
            || format!("{name}s") == own
            || (own.len() > 3
                && own.len() == name.len()
                && own.bytes().zip(name.bytes()).filter(|(a, b)| a != b).count() == 1)
    };
    node.children.iter().map(|child| child.element.name.as_str()).find(|own| close(own))
}
