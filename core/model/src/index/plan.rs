//! All path programs of a type as one tree, so that what several parameters share is walked once.

use serde_json::Value;

use super::emit::EndType;
use crate::definitions::{End, Filter, Program, SearchParam, Step};
use crate::reference::Reference;

/// The tree of a type.
#[derive(Debug)]
pub(crate) struct Plan {
    root: Node<(&'static SearchParam, EndType)>,
    truths: Vec<(&'static SearchParam, Vec<&'static str>)>,
}

/// A step's place in a tree of programs; `T` is what is wanted at the ends.
#[derive(Debug)]
pub(crate) struct Node<T> {
    children: Vec<(Step, Self)>,
    ends: Vec<T>,
}

impl<T> Default for Node<T> {
    fn default() -> Self {
        Self { children: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Node<T> {
    /// Adds an end after these steps.
    pub(crate) fn add(&mut self, steps: Vec<Step>, end: T) {
        let mut node = self;
        for step in steps {
            let at = node.children.iter().position(|(present, _)| *present == step).unwrap_or(node.children.len());
            if at == node.children.len() {
                node.children.push((step, Self::default()));
            }
            let Some((_, child)) = node.children.get_mut(at) else { return };
            node = child;
        }
        node.ends.push(end);
    }

    /// Calls `found` with each end and each value there.
    pub(crate) fn walk<'v>(&self, value: &'v Value, found: &mut impl FnMut(&T, &'v Value)) {
        let Value::Object(members) = value else { return };
        for (step, child) in &self.children {
            match members.get(step.key) {
                None => {}
                Some(Value::Array(items)) => match step.filter {
                    Some(Filter::Index(at)) => {
                        if let Some(item) = items.get(at) {
                            child.arrive(item, found);
                        }
                    }
                    _ => {
                        for item in items.iter().filter(|item| passes(step.filter.as_ref(), item)) {
                            child.arrive(item, found);
                        }
                    }
                },
                Some(item) if passes(step.filter.as_ref(), item) => child.arrive(item, found),
                Some(_) => {}
            }
        }
    }

    fn arrive<'v>(&self, item: &'v Value, found: &mut impl FnMut(&T, &'v Value)) {
        for end in &self.ends {
            found(end, item);
        }
        if !self.children.is_empty() {
            self.walk(item, found);
        }
    }
}

fn passes(filter: Option<&Filter>, item: &Value) -> bool {
    match filter {
        None | Some(Filter::Index(0)) => true,
        Some(Filter::Index(_)) => false,
        Some(Filter::Equals(key, text)) => item.get(key).and_then(Value::as_str) == Some(text),
        Some(Filter::Is(kind)) => points_to(item, kind),
    }
}

/// Is this a Reference to a resource of `kind`, as far as it says itself?
fn points_to(reference: &Value, kind: &str) -> bool {
    let text = |key: &str| reference.get(key).and_then(Value::as_str);
    match text("reference").and_then(|text| Reference::parse(text).target()) {
        Some((target, _)) => target == kind,
        None => text("type") == Some(kind),
    }
}

impl Plan {
    pub(crate) fn new(params: &[&'static SearchParam]) -> Self {
        let mut plan = Self { root: Node::default(), truths: Vec::new() };
        for param in params {
            for path in &param.paths {
                match Program::read(path) {
                    Some(Program { end: End::Truth(keys), .. }) => plan.truths.push((param, keys)),
                    Some(Program { steps, end: End::Type(end) }) => {
                        if let Some(end) = EndType::of(param, end) {
                            plan.root.add(steps, (param, end));
                        }
                    }
                    None => {}
                }
            }
        }
        plan
    }

    pub(super) fn run<'v>(
        &self,
        resource: &'v Value,
        found: &mut impl FnMut(&'static SearchParam, EndType, &'v Value),
    ) {
        static TRUE: Value = Value::Bool(true);
        static FALSE: Value = Value::Bool(false);
        self.root.walk(resource, &mut |(param, end), item| found(param, *end, item));
        for (param, keys) in &self.truths {
            let holds = keys.iter().any(|key| resource.get(key).is_some_and(|value| *value != FALSE));
            found(param, EndType::Boolean, if holds { &TRUE } else { &FALSE });
        }
    }
}
