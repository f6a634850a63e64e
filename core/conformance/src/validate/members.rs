//! What stands in an object: each element that its definition knows, how often, and nothing else.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::entries;
use super::items::{Item, Pair};
use super::place::{Frame, Place, Within};
use super::run::Run;
use super::walk::Ask;
use crate::says::{Says, Shape, Slice, Times};
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
                let says = Says::OnlyOneOf { first: first.key.to_owned(), second: second.key.to_owned() };
                self.error("structure", place, says);
            }
            let mut values = Vec::new();
            for one in present.iter().filter(|one| one.child == at) {
                self.values(place, one, child, ask.is_base, &mut values);
            }
            // Several types of one choice were named already, and so was an array where one value stands.
            let is_blamed = first.pair.value.is_some_and(|value| self.blamed.contains(&Item::of(value).address()));
            if second.is_none() && !is_blamed {
                self.count(place, values.len(), &child.element, ask);
            }
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
            let (own, of) = (key.to_owned(), place.kind.to_owned());
            let says = match name {
                "fhir_comments" => Says::NoComments,
                "resourceType" => Says::ResourceTypeMisplaced,
                _ => match nearest(name, ask.node) {
                    Some(near) => Says::NotAnElementNear { key: own, of, near: near.to_owned() },
                    None => Says::NotAnElement { key: own, of },
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
            let types = choice.element.types.iter().map(|one| one.code.as_str()).collect();
            let says = Says::OtherChoice { name: name.to_owned(), by: ask.structure.canonical(), types };
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
                    self.error("structure", place, Says::NullAlone { key: one.key.to_owned() });
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
            let key = || format!("{mark}{}", one.key);
            let says = match value {
                Value::Null => Some(Says::IsNull { key: key() }),
                Value::Array(items) if is_many && items.is_empty() => Some(Says::EmptyArray { key: key() }),
                Value::Array(_) if !is_many => Some(Says::NoArray { key: key() }),
                Value::Array(_) => None,
                other if is_many => Some(Says::ArrayExpected { key: key(), found: Shape::of(other) }),
                _ => None,
            };
            if let Some(says) = says {
                if matches!(says, Says::NoArray { .. }) {
                    self.blamed.insert(Item::of(value).address());
                }
                self.error("structure", place, says);
            }
        }
        if one.pair.sibling.is_some() && !code.is_empty() && !is_primitive(code) {
            self.error("structure", place, Says::NoSibling { key: one.key.to_owned() });
        }
        let lengths = (one.pair.value.and_then(Value::as_array), one.pair.sibling.and_then(Value::as_array));
        if let (Some(values), Some(siblings)) = lengths
            && values.len() < siblings.len()
        {
            self.error("structure", place, Says::SiblingLonger { key: one.key.to_owned() });
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
        if is_value || is_narrowed {
            return;
        }
        // A slice that is missing says more than that the element is.
        if ask.is_base || !self.absent_slices(place, child, ask) {
            self.count(place, 0, element, ask);
        }
    }

    pub(super) fn count(&mut self, place: &Place<'_>, count: usize, element: &Element, ask: &Ask<'_>) {
        let (least, most) = (element.least(), element.most());
        let is_few = u32::try_from(count).is_ok_and(|count| count < least);
        let is_many = most != MANY && u32::try_from(count).is_ok_and(|count| count > most);
        if !is_few && !is_many {
            return;
        }
        // A profile asks again for what its base asks for.
        let mut hasher = DefaultHasher::new();
        (&element.name, &element.slice, is_few, least, most).hash(&mut hasher);
        let rule = usize::try_from(hasher.finish() >> 1).unwrap_or_default();
        if !self.is_new(rule, &place.item) {
            return;
        }
        let by = ask.structure.canonical();
        let slice = Slice(element.slice.clone());
        let name = if element.is_choice { format!("{}[x]", element.name) } else { element.name.clone() };
        let (least, many) = (Times(least as usize), Times(most as usize));
        let says = match (is_few, most) {
            (true, _) if count == 0 => Says::Missing { name, slice, least, by },
            (true, _) => Says::TooFew { name, slice, count: Times(count), least, by },
            (false, 0) => Says::NotAllowed { name, slice, by },
            (false, _) => Says::TooMany { name, slice, count: Times(count), most: many, by },
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
