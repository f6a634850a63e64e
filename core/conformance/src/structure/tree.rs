//! The flat list of elements of a StructureDefinition ↔ the tree that we work on.

use meridian_model::both;
use meridian_model::language::Both;

use std::sync::Arc;

use super::{Element, Node};

/// No element of any type lies deeper.
const DEEPEST: usize = 64;
/// Slices of slices; each level costs a turn of the stack when a snapshot is made.
const DEEPEST_SLICE: usize = 8;

/// A node while the tree is built; children and slices by their place in the list of all.
struct Draft {
    element: Element,
    children: Vec<usize>,
    slices: Vec<usize>,
}

struct Builder {
    drafts: Vec<Draft>,
    /// From the root to the last element, by place.
    open: Vec<usize>,
}

/// The tree of a list of elements in the order of a snapshot or a differential. What a differential leaves out on the
/// way to an element is there, and says nothing.
///
/// # Errors
/// In words: what is wrong with the order or the paths.
pub(super) fn build(elements: Vec<Element>) -> Result<Node, Both> {
    let mut elements = elements.into_iter().peekable();
    let root = match elements.peek() {
        None => return Err(both!("there is no element", "没有元素")),
        Some(first) if !first.path.contains('.') => elements.next().unwrap_or_default(),
        Some(first) => Element::at(first.path.split('.').next().unwrap_or_default()),
    };
    let mut builder = Builder { drafts: vec![Draft::of(root)], open: vec![0] };
    for element in elements {
        builder.add(element)?;
    }
    let mut made: Vec<Option<Arc<Node>>> = Vec::new();
    made.resize_with(builder.drafts.len(), || None);
    // Children come after their parents, so that from the end each finds its own made.
    let mut root = None;
    for (at, draft) in builder.drafts.into_iter().enumerate().rev() {
        let mut take = |places: &[usize]| -> Vec<Arc<Node>> {
            places.iter().filter_map(|place| made.get_mut(*place).and_then(Option::take)).collect()
        };
        let (children, slices) = (take(&draft.children), take(&draft.slices));
        let mut node = Node::new(draft.element);
        node.children = children;
        node.slices = slices;
        if at == 0 {
            root = Some(node);
        } else if let Some(place) = made.get_mut(at) {
            *place = Some(Arc::new(node));
        }
    }
    root.ok_or_else(|| both!("there is no element", "没有元素"))
}

impl Draft {
    fn of(element: Element) -> Self {
        Self { element, children: Vec::new(), slices: Vec::new() }
    }
}

impl Builder {
    fn add(&mut self, element: Element) -> Result<(), Both> {
        let path = element.path.clone();
        let names: Vec<&str> = path.split('.').collect();
        if names.len() > DEEPEST {
            return Err(both!("{path} is nested too deeply", "{path} 嵌套太深"));
        }
        if element.slice.as_ref().is_some_and(|name| name.matches('/').count() >= DEEPEST_SLICE) {
            return Err(both!(
                "{path} has slices of slices, more than {DEEPEST_SLICE} deep",
                "{path} 的切片嵌套超过 {DEEPEST_SLICE} 层"
            ));
        }
        let root = self.drafts.first().map(|root| root.element.path.clone()).unwrap_or_default();
        if names.len() < 2 || names.first() != Some(&root.as_str()) {
            return Err(both!("{path} does not lie in {root}", "{path} 不在 {root} 之内"));
        }
        // Back to the deepest open element that this one lies in.
        while let Some(&last) = self.open.last() {
            let around = self.drafts.get(last).map_or("", |draft| draft.element.path.as_str());
            let is_inside = path.strip_prefix(around).is_some_and(|rest| rest.starts_with('.'));
            if is_inside || self.open.len() == 1 {
                break;
            }
            self.open.pop();
        }
        // What was left out on the way.
        loop {
            let parent = *self.open.last().ok_or_else(|| both!("an element without a root", "元素没有根"))?;
            let depth = self.drafts.get(parent).map_or(0, |draft| draft.element.path.split('.').count());
            if depth + 1 >= names.len() {
                return self.put(parent, element);
            }
            let between: Vec<&str> = names.iter().take(depth + 1).copied().collect();
            let between = between.join(".");
            match self.child(parent, &between) {
                Some(present) => self.open.push(present),
                None => self.put(parent, Element::at(&between))?,
            }
        }
    }

    fn put(&mut self, parent: usize, element: Element) -> Result<(), Both> {
        let present = self.child(parent, &element.path);
        let at = self.drafts.len();
        match (element.slice.clone(), present) {
            (None, None) => self.attach(parent, element, false),
            (None, Some(present)) => {
                let Some(draft) = self.drafts.get_mut(present) else { return Ok(()) };
                if draft.element.min.is_some() || draft.element.max.is_some() || !draft.element.types.is_empty() {
                    return Err(both!(
                        "{} is there twice without a slice name",
                        "{} 出现了两次，又没有 sliceName",
                        element.path
                    ));
                }
                draft.element = element;
                self.open.push(present);
                return Ok(());
            }
            (Some(name), present) => {
                let sliced = match present {
                    Some(sliced) => sliced,
                    None => {
                        self.attach(parent, Element::at(&element.path), false);
                        at
                    }
                };
                // `a/b` is a slice of the slice `a`.
                let around = name.rsplit_once('/').and_then(|(around, _)| self.slice(sliced, around)).unwrap_or(sliced);
                if self.slice(sliced, &name).is_some() {
                    return Err(both!("{} has two slices {name}", "{} 有两个名为 {name} 的切片", element.path));
                }
                self.attach(around, element, true);
            }
        }
        self.open.push(self.drafts.len().saturating_sub(1));
        Ok(())
    }

    fn attach(&mut self, parent: usize, element: Element, is_slice: bool) {
        let at = self.drafts.len();
        self.drafts.push(Draft::of(element));
        if let Some(parent) = self.drafts.get_mut(parent) {
            if is_slice { &mut parent.slices } else { &mut parent.children }.push(at);
        }
    }

    fn child(&self, parent: usize, path: &str) -> Option<usize> {
        let children = &self.drafts.get(parent)?.children;
        children.iter().copied().find(|child| self.drafts.get(*child).is_some_and(|draft| draft.element.path == path))
    }

    /// A slice by its name, also a slice of a slice.
    fn slice(&self, sliced: usize, name: &str) -> Option<usize> {
        self.drafts.get(sliced)?.slices.iter().copied().find_map(|at| {
            let own = self.drafts.get(at)?.element.slice.as_deref();
            if own == Some(name) { Some(at) } else { self.slice(at, name) }
        })
    }
}
