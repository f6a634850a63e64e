//! All path programs of a type as one tree, so that what several parameters share is walked once.

use serde_json::Value;

use super::IndexKind;
use super::emit::{EndType, emit};
use super::evaluated::Evaluated;
use super::pair::Composite;
use super::value::is_any_case;
use crate::date::Zone;
use crate::definitions::{CUSTOM, ChildKind, Definitions, End, Filter, Kind, Program, SearchParam, Step};
use crate::reference::Reference;

/// The tree of a type.
#[derive(Debug)]
pub(crate) struct Plan {
    root: Node<(&'static SearchParam, Goal)>,
    truths: Vec<(&'static SearchParam, Vec<&'static str>)>,
    composites: Vec<Composite>,
    evaluated: Vec<Evaluated>,
}

/// What a parameter wants of the value at its end.
#[derive(Debug, Clone, Copy)]
enum Goal {
    Value(EndType),
    /// It anchors the composite of this place in the plan.
    Anchor(usize),
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

    /// As [`Self::walk`], but what is wanted of `item` itself too.
    pub(super) fn arrive<'v>(&self, item: &'v Value, found: &mut impl FnMut(&T, &'v Value)) {
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
        Some(Filter::Only(kind)) => points_to(item, kind) || is_silent(item),
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

/// A logical reference that does not say what it is to.
fn is_silent(reference: &Value) -> bool {
    reference.get("identifier").is_some() && ["reference", "type"].iter().all(|key| reference.get(key).is_none())
}

/// Filters by type, at elements that may point to that type only, say so.
fn informed(base: &'static str, mut steps: Vec<Step>) -> Vec<Step> {
    let mut path = base;
    for step in &mut steps {
        let Some(child) = Definitions::r4().group(path).and_then(|group| group.child(step.key)) else { break };
        if let Some(Filter::Is(kind)) = step.filter
            && child.element.types.iter().all(|of| of.targets == [kind])
        {
            step.filter = Some(Filter::Only(kind));
        }
        let ChildKind::Group(next) = child.kind else { break };
        path = next;
    }
    steps
}

impl Plan {
    pub(crate) fn new(params: impl Iterator<Item = &'static SearchParam>) -> Self {
        let (truths, composites, evaluated) = (Vec::new(), Vec::new(), Vec::new());
        let mut plan = Self { root: Node::default(), truths, composites, evaluated };
        for param in params {
            if param.evaluator.is_some() {
                plan.evaluated.extend(Evaluated::of(param));
                continue;
            }
            let anchor = if param.kind == Kind::Composite {
                let Some(composite) = Composite::new(param) else { continue };
                plan.composites.push(composite);
                Some(Goal::Anchor(plan.composites.len() - 1))
            } else {
                None
            };
            for path in &param.paths {
                match Program::read(path) {
                    Some(Program { end: End::Truth(keys), .. }) => plan.truths.push((param, keys)),
                    Some(Program { steps, end: End::Type(end) }) => {
                        if let Some(goal) = anchor.or_else(|| end_type(param, end).map(Goal::Value)) {
                            plan.root.add(informed(param.base, steps), (param, goal));
                        }
                    }
                    None => {}
                }
            }
        }
        plan
    }

    /// `unable`: what could not be evaluated, and why.
    pub(super) fn run(
        &self,
        resource: &Value,
        zone: Zone,
        found: &mut dyn FnMut(&'static SearchParam, IndexKind),
        unable: &mut dyn FnMut(&'static SearchParam, String),
    ) {
        self.root.arrive(resource, &mut |(param, goal), item| match goal {
            Goal::Value(end) => emit(param.kind, *end, item, zone, &mut |value| found(param, value)),
            Goal::Anchor(at) => {
                if let Some(composite) = self.composites.get(*at) {
                    composite.run(resource, item, zone, &mut |value| found(param, value));
                }
            }
        });
        for (param, keys) in &self.truths {
            let holds = keys.iter().any(|key| resource.get(key).is_some_and(|value| *value != Value::Bool(false)));
            found(param, IndexKind::Token { system: None, code: holds.to_string() });
        }
        for one in &self.evaluated {
            if let Err(says) = one.run(resource, zone, &mut |value| found(one.param, value)) {
                unable(one.param, says);
            }
        }
    }
}

fn end_type(param: &SearchParam, end: &str) -> Option<EndType> {
    let by_sound = param.code == "pinyin" && (10_000..CUSTOM).contains(&param.number);
    match end {
        "HumanName" if by_sound => Some(EndType::Pinyin),
        "string" if is_any_case(param) => Some(EndType::AnyCase),
        end => EndType::of(param.kind, end),
    }
}
