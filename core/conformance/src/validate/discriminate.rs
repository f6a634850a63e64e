//! Does a value belong to a slice? Each discriminator looks along its path, in the definition of the slice and in the
//! value, and compares what it finds.

use std::sync::Arc;

use serde_json::Value;

use super::items::{Item, Pair};
use super::members::One;
use super::pinned::{is_equal, is_like};
use super::place::{Frame, Place};
use super::run::Run;
use crate::structure::{By, Discriminator, Node, Slicing, Strength, canonical};

/// A step of a discriminator's path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step<'t> {
    This,
    Name(&'t str),
    Extension(&'t str),
    Resolve,
    OfType(&'t str),
}

/// A value that a path led to.
#[derive(Debug, Clone)]
struct Reached<'a> {
    item: Item<'a>,
    /// Its type, where the key or the resource says it.
    code: Option<String>,
}

impl<'r> Run<'r> {
    pub(super) fn is_in(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        one: &One<'_, '_>,
        slice: &Arc<Node>,
        slicing: &Slicing,
    ) -> bool {
        // A slice may leave one of several discriminators open, but not all.
        let mut is_told = false;
        for by in &slicing.by {
            match self.holds(frame, place, one, slice, by) {
                Some(false) => return false,
                Some(true) => is_told = true,
                None => {}
            }
        }
        if !is_told && self.step() {
            let name = slice.element.slice.as_deref().unwrap_or_default();
            let says = format!("the slice `{name}` gives no value by which it could be told from others");
            self.warning("processing", place, says);
        }
        is_told
    }

    fn holds(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        one: &One<'_, '_>,
        slice: &Arc<Node>,
        by: &Discriminator,
    ) -> Option<bool> {
        let Some(steps) = steps(&by.path) else {
            let says = format!("the path `{}` of a slicing can't be followed; its slices are not checked", by.path);
            self.warning("not-supported", place, says);
            return Some(false);
        };
        let mut nodes = vec![slice.clone()];
        let code = one.item.value.get("resourceType").and_then(Value::as_str).unwrap_or(one.code);
        let mut values = vec![Reached { item: one.item, code: Some(code.to_owned()) }];
        for step in &steps {
            nodes = nodes.iter().flat_map(|node| self.down(node, step)).take(200).collect();
            values = values.iter().flat_map(|value| self.onward(frame, value, step)).take(1000).collect();
        }
        match by.by {
            By::Value => self.by_value(slice, &nodes, &values, by),
            By::Exists => {
                let must_not = nodes.iter().any(|node| node.element.most() == 0);
                let must = nodes.iter().any(|node| node.element.least() > 0);
                (must || must_not).then_some(must != values.is_empty())
            }
            By::Type => {
                let mut types = nodes.iter().flat_map(|node| &node.element.types).peekable();
                let roots =
                    nodes.iter().filter(|node| node.element.types.is_empty()).map(|node| node.element.path.as_str());
                let types: Vec<&str> = if types.peek().is_some() {
                    types.map(|one| one.code.as_str()).chain(roots).collect()
                } else {
                    roots.collect()
                };
                Some(values.iter().any(|value| match &value.code {
                    Some(code) => types.iter().any(|one| one == code || *one == "Resource" || *one == "DomainResource"),
                    None => types.len() == 1,
                }))
            }
            By::Profile => {
                let resolves = steps.contains(&Step::Resolve);
                let mut profiles: Vec<String> = Vec::new();
                for kind in nodes.iter().flat_map(|node| &node.element.types) {
                    profiles.extend(kind.profiles.iter().cloned());
                }
                if resolves {
                    // What `resolve()` leads to is the target itself.
                    profiles = self.targets_along(slice, &steps);
                }
                if profiles.is_empty() {
                    return None;
                }
                Some(values.iter().any(|value| {
                    !value.item.value.is_null()
                        && profiles.iter().any(|profile| self.is_kept(frame, place, value.item, profile))
                }))
            }
        }
    }

    fn by_value(
        &mut self,
        slice: &Arc<Node>,
        nodes: &[Arc<Node>],
        values: &[Reached<'_>],
        by: &Discriminator,
    ) -> Option<bool> {
        // An extension's url is that of its profile, whether or not the profile is here.
        if by.path == "url" {
            let profiles = slice.element.types.iter().flat_map(|one| &one.profiles).map(|url| canonical(url).0);
            let urls = values.iter().filter_map(|value| value.item.value.as_str());
            let mut pairs = profiles.flat_map(|profile| urls.clone().map(move |url| url == profile)).peekable();
            if pairs.peek().is_some() {
                return Some(pairs.any(|is| is));
            }
        }
        let told: Vec<&Arc<Node>> = nodes.iter().filter(|node| tells(node, 0)).collect();
        if told.is_empty() {
            let must_not = nodes.iter().any(|node| node.element.most() == 0);
            let must = nodes.iter().any(|node| node.element.least() > 0);
            return (must || must_not).then_some(must != values.is_empty());
        }
        Some(values.iter().any(|value| told.iter().any(|node| self.fits(node, value.item, value.code.as_deref()))))
    }

    /// Has the value what the node fixes, itself or below it?
    fn fits(&mut self, node: &Arc<Node>, item: Item<'_>, code: Option<&str>) -> bool {
        if !self.step() {
            return false;
        }
        if let Some(fixed) = &node.element.fixed {
            return is_equal(&fixed.value, item.value);
        }
        if let Some(pattern) = &node.element.pattern {
            return is_like(&pattern.value, item.value);
        }
        let below: Vec<&Arc<Node>> = node.children.iter().filter(|child| tells(child, 1)).collect();
        if !below.is_empty() {
            return below.into_iter().all(|child| {
                let values = members(item, &child.element.name);
                let slices: Vec<&Arc<Node>> =
                    child.slices.iter().filter(|slice| slice.element.least() > 0 && tells(slice, 1)).collect();
                let own = !tells_itself(child)
                    || (values.is_empty() && child.element.least() == 0)
                    || values.iter().any(|value| self.fits(child, value.item, value.code.as_deref()));
                own && slices
                    .iter()
                    .all(|slice| values.iter().any(|value| self.fits(slice, value.item, value.code.as_deref())))
            });
        }
        match &node.element.binding {
            Some(binding) if binding.strength == Strength::Required => {
                let code = code.or_else(|| node.element.types.first().map(|one| one.code.as_str())).unwrap_or_default();
                binding.value_set.as_deref().is_some_and(|set| self.is_of_set(set, item.value, code))
            }
            _ => false,
        }
    }

    /// The definitions that a step leads to.
    fn down(&self, node: &Arc<Node>, step: &Step<'_>) -> Vec<Arc<Node>> {
        match step {
            Step::This => vec![node.clone()],
            Step::Name(name) => {
                let mut found: Vec<Arc<Node>> = Vec::new();
                for around in self.opened(node) {
                    if let Some(child) = around.child(name) {
                        found.push(child.clone());
                        slices_of(child, &mut found, 0);
                    }
                }
                found
            }
            Step::Extension(url) => {
                let mut found = Vec::new();
                for around in self.opened(node) {
                    let mut slices = Vec::new();
                    if let Some(child) = around.child("extension") {
                        slices_of(child, &mut slices, 0);
                    }
                    for slice in &slices {
                        let fixed = slice.child("url").and_then(|url| url.element.fixed.as_ref()?.value.as_str());
                        let mut profiles = slice.element.types.iter().flat_map(|one| &one.profiles);
                        if fixed == Some(*url) || profiles.any(|profile| canonical(profile).0 == *url) {
                            found.push(slice.clone());
                        }
                    }
                }
                found
            }
            Step::Resolve => {
                let targets = node.element.types.iter().flat_map(|one| &one.targets);
                targets.filter_map(|target| Some(self.structure(target).ok()?.root.clone())).collect()
            }
            Step::OfType(code) => {
                let slices = node.slices.iter().filter(|slice| slice.element.kind(code).is_some());
                let mut found: Vec<Arc<Node>> = slices.cloned().collect();
                if node.element.kind(code).is_some() {
                    let mut own = Node::clone(node);
                    own.element.types.retain(|one| one.code == *code);
                    found.push(Arc::new(own));
                }
                found
            }
        }
    }

    /// The node itself, what its type's profiles say, and where it is a leaf what its types say.
    fn opened(&self, node: &Arc<Node>) -> Vec<Arc<Node>> {
        let mut found = Vec::new();
        if !node.children.is_empty() {
            found.push(node.clone());
        }
        for kind in &node.element.types {
            for profile in &kind.profiles {
                found.extend(self.part(profile).ok().map(|(_, node)| node));
            }
            if found.is_empty() {
                found.extend(self.with.structures.of_type(&kind.code).ok().map(|one| one.root.clone()));
            }
        }
        found
    }

    /// The target profiles of the references along a path with `resolve()`.
    fn targets_along(&self, slice: &Arc<Node>, steps: &[Step<'_>]) -> Vec<String> {
        let mut nodes = vec![slice.clone()];
        let mut targets = Vec::new();
        for step in steps {
            if *step == Step::Resolve {
                targets = nodes
                    .iter()
                    .flat_map(|node| &node.element.types)
                    .flat_map(|one| one.targets.iter().cloned())
                    .collect();
            }
            nodes = nodes.iter().flat_map(|node| self.down(node, step)).take(200).collect();
        }
        targets
    }

    /// The values that a step leads to.
    fn onward<'a>(&self, frame: &Frame<'a>, value: &Reached<'a>, step: &Step<'_>) -> Vec<Reached<'a>>
    where
        'r: 'a,
    {
        match step {
            Step::This => vec![value.clone()],
            Step::Name(name) => members(value.item, name),
            Step::Extension(url) => {
                let all = members(value.item, "extension");
                all.into_iter().filter(|one| one.item.value.get("url").and_then(Value::as_str) == Some(*url)).collect()
            }
            Step::OfType(code) => {
                if value.code.as_deref().is_none_or(|own| own == *code) {
                    vec![value.clone()]
                } else {
                    Vec::new()
                }
            }
            Step::Resolve => {
                let text =
                    value.item.value.get("reference").and_then(Value::as_str).or_else(|| value.item.value.as_str());
                let Some(text) = text else { return Vec::new() };
                match self.find(frame, text) {
                    Some(found) => {
                        let code = found.get("resourceType").and_then(Value::as_str).map(str::to_owned);
                        vec![Reached { item: Item::of(found), code }]
                    }
                    // What can't be reached still says its type.
                    None => match super::reference::type_of(text, value.item.value) {
                        Some(code) => vec![Reached { item: Item::of(&Value::Null), code: Some(code.to_owned()) }],
                        None => Vec::new(),
                    },
                }
            }
        }
    }
}

/// The slices of an element and theirs.
fn slices_of(node: &Arc<Node>, found: &mut Vec<Arc<Node>>, depth: usize) {
    for slice in &node.slices {
        found.push(slice.clone());
        if depth < 8 {
            slices_of(slice, found, depth + 1);
        }
    }
}

/// Does the node say by which value it is known, itself or below?
fn tells(node: &Node, depth: usize) -> bool {
    let is_bound =
        node.element.binding.as_ref().is_some_and(|one| one.strength == Strength::Required && one.value_set.is_some());
    let own = node.element.fixed.is_some() || node.element.pattern.is_some() || (is_bound && depth == 0);
    own || (depth < 4
        && (node.children.iter().any(|child| tells(child, depth + 1))
            || node.slices.iter().any(|slice| slice.element.least() > 0 && tells(slice, depth + 1))))
}

fn tells_itself(node: &Node) -> bool {
    node.element.fixed.is_some() || node.element.pattern.is_some() || node.children.iter().any(|child| tells(child, 1))
}

/// The values of one element of an object or beside a primitive; of a choice with its type.
fn members<'a>(item: Item<'a>, name: &str) -> Vec<Reached<'a>> {
    let ((Value::Object(map), _) | (_, Some(Value::Object(map)))) = (item.value, item.sibling) else {
        return Vec::new();
    };
    let sibling = map.get(&format!("_{name}"));
    if map.contains_key(name) || sibling.is_some() {
        let pair = Pair { value: map.get(name), sibling };
        let there = pair.items().into_iter().filter(|(_, item)| !item.value.is_null() || item.sibling.is_some());
        return there
            .map(|(_, item)| {
                let code = item.value.get("resourceType").and_then(Value::as_str).map(str::to_owned);
                Reached { item, code }
            })
            .collect();
    }
    let chosen = map.iter().find_map(|(key, value)| {
        let code = key.strip_prefix(name).filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))?;
        Some((code, Pair { value: Some(value), sibling: map.get(&format!("_{key}")) }))
    });
    let Some((code, pair)) = chosen else { return Vec::new() };
    let code = choice_code(code);
    pair.items().into_iter().map(|(_, item)| Reached { item, code: Some(code.clone()) }).collect()
}

/// `Quantity` of `valueQuantity`, `dateTime` of `valueDateTime`.
fn choice_code(suffix: &str) -> String {
    let mut letters = suffix.chars();
    let small: String = letters.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(letters).collect();
    let is_known = crate::structure::Structures::r4().of_type(&small).is_ok();
    if is_known { small } else { suffix.to_owned() }
}

/// The steps of a path; `None` where it is more than a discriminator may be.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    let mut rest = path.trim();
    while !rest.is_empty() {
        let end = rest.find(['.', '(']).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let (step, behind) = match behind.strip_prefix('(') {
            Some(inside) => {
                let (argument, behind) = match inside.strip_prefix('\'') {
                    Some(quoted) => {
                        let (argument, behind) = quoted.split_once('\'')?;
                        (argument, behind.trim_start().strip_prefix(')')?)
                    }
                    None => inside.split_once(')')?,
                };
                let step = match name {
                    "resolve" => Step::Resolve,
                    "extension" => Step::Extension(argument.trim_matches('"')),
                    "ofType" | "as" => Step::OfType(argument.trim().trim_start_matches("FHIR.")),
                    _ => return None,
                };
                (step, behind)
            }
            None if name == "$this" => (Step::This, behind),
            None if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()) => (Step::Name(name), behind),
            None => return None,
        };
        steps.push(step);
        rest = match behind.strip_prefix('.') {
            Some(rest) => rest,
            None if behind.is_empty() => "",
            None => return None,
        };
    }
    (!steps.is_empty()).then_some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_others_refused() {
        let read = |path| steps(path).unwrap();
        assert_eq!(read("$this"), [Step::This]);
        assert_eq!(read("code.coding"), [Step::Name("code"), Step::Name("coding")]);
        assert_eq!(read("$this.resolve().code"), [Step::This, Step::Resolve, Step::Name("code")]);
        assert_eq!(
            read("extension('http://a.b/c').value.ofType(Coding)"),
            [Step::Extension("http://a.b/c"), Step::Name("value"), Step::OfType("Coding")]
        );
        for bad in ["", "where(a = b)", "a..b", "a.", "a b", "extension('x", "[0]"] {
            assert!(bad == "a." || steps(bad).is_none(), "{bad}");
        }
    }
}
