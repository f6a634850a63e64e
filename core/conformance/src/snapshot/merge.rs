//! Laying a differential over the tree of its base.

use meridian_model::both;

use std::sync::Arc;

use super::same;
use super::widen::{self, Widened};
use crate::says::Says;
use crate::structure::{
    By, Discriminator, Element, Fault, Missing, Node, Rules, Slicing, Structures, Type, choice_key, is_primitive,
};

/// More elements than this are not opened for one snapshot.
const MOST: usize = 50_000;

pub(super) struct Maker<'m> {
    structures: &'m Structures,
    trail: &'m mut Vec<String>,
    /// The base as it was: where content references lead.
    base: &'m Arc<Node>,
    /// A profile adds no elements; a new type does.
    is_constraint: bool,
    opened: usize,
    /// Where it is looked for what widens the base: what was found.
    widened: Option<&'m mut Vec<Widened>>,
}

impl<'m> Maker<'m> {
    pub(super) fn new(
        structures: &'m Structures,
        trail: &'m mut Vec<String>,
        base: &'m Arc<Node>,
        is_constraint: bool,
        widened: Option<&'m mut Vec<Widened>>,
    ) -> Self {
        Self { structures, trail, base, is_constraint, opened: 0, widened }
    }

    /// Lays `said` over `node`, which are the same element; `path` is where, for messages.
    pub(super) fn apply(&mut self, node: &mut Node, said: &Node, path: &str) -> Result<(), Fault> {
        self.apply_as(node, said, path, None)
    }

    /// The same of a slice that is new, where the base allows what is sliced so often.
    fn apply_as(&mut self, node: &mut Node, said: &Node, path: &str, most: Option<u32>) -> Result<(), Fault> {
        match self.widened.as_deref_mut().filter(|_| self.is_constraint) {
            Some(found) => {
                let mut base = node.element.clone();
                base.max = most.or(base.max);
                widen::compare(&base, &said.element, self.structures, found);
                merge(&mut node.element, &said.element, path)?;
                widen::rules(&node.element, &base, &said.element, found);
            }
            None => merge(&mut node.element, &said.element, path)?,
        }
        if !said.children.is_empty() {
            self.open(node, path)?;
            for child in &said.children {
                self.child(node, child, &said.children, &format!("{path}.{}", child.element.name))?;
            }
        }
        Ok(())
    }

    fn child(&mut self, node: &mut Node, said: &Node, beside: &[Arc<Node>], path: &str) -> Result<(), Fault> {
        let name = &said.element.name;
        if let Some(at) = node.children.iter().position(|child| child.element.name == *name) {
            let Some(child) = node.children.get_mut(at) else { return Ok(()) };
            let child = Arc::make_mut(child);
            let most = child.element.max;
            self.apply(child, said, path)?;
            for slice in &said.slices {
                self.slice(child, slice, path, most)?;
            }
            return Ok(());
        }
        // `valueQuantity` stands for the slice of `value[x]` that has this type.
        let choice = node.children.iter().enumerate().find_map(|(at, child)| {
            let types = if child.element.is_choice { child.element.types.as_slice() } else { &[] };
            Some((at, types.iter().find(|one| choice_key(&child.element.name, &one.code) == *name)?.clone()))
        });
        if let Some((at, kind)) = choice {
            let Some(child) = node.children.get_mut(at) else { return Ok(()) };
            let child = Arc::make_mut(child);
            let is_only = said.element.slice.is_none() && beside.iter().all(|one| is_apart(&one.element, said, child));
            self.choice(child, said, &kind, path)?;
            if is_only {
                only(&mut child.element, &kind);
            }
            return Ok(());
        }
        if self.is_constraint {
            return Err(Fault::new(path, Says::NoBaseElement { name: name.clone() }));
        }
        node.children.push(Arc::new(said.clone()));
        node.keys = Default::default();
        Ok(())
    }

    fn choice(&mut self, child: &mut Node, said: &Node, kind: &Type, path: &str) -> Result<(), Fault> {
        let mut slice = said.clone();
        let by_type = |one: &Arc<Node>| matches!(one.element.types.as_slice(), [only] if only.code == kind.code);
        let present = child.slices.iter().find(|one| by_type(one)).and_then(|one| one.element.slice.clone());
        slice.element.slice = said.element.slice.clone().or(present).or_else(|| Some(said.element.name.clone()));
        slice.element.name.clone_from(&child.element.name);
        slice.element.is_choice = true;
        if slice.element.types.is_empty() {
            slice.element.types = vec![kind.clone()];
        }
        slice.slices.clear();
        let most = child.element.max;
        self.slice(child, &slice, path, most)?;
        // Slices of the shorthand itself (`valueCodeableConcept:a`) are slices of that slice.
        let name = slice.element.slice.unwrap_or_default();
        for inner in &said.slices {
            let mut inner = Node::clone(inner);
            inner.element.name.clone_from(&child.element.name);
            inner.element.is_choice = true;
            if let Some(at) = child.slices.iter().position(|one| one.element.slice.as_deref() == Some(name.as_str()))
                && let Some(slice) = child.slices.get_mut(at)
            {
                self.slice(Arc::make_mut(slice), &inner, path, most)?;
            }
        }
        Ok(())
    }

    /// Lays a slice of the differential over the slice of this name, which is made if there is none; `most` is how often
    /// the base allows what is sliced.
    fn slice(&mut self, sliced: &mut Node, said: &Node, path: &str, most: Option<u32>) -> Result<(), Fault> {
        let Some(name) = said.element.slice.clone() else { return Ok(()) };
        // `a/b` of a base that has `a`.
        if let Some((around, _)) = name.rsplit_once('/')
            && sliced.element.slice.as_deref() != Some(around)
            && let Some(at) = sliced.slices.iter().position(|one| one.element.slice.as_deref() == Some(around))
            && let Some(around) = sliced.slices.get_mut(at)
        {
            return self.slice(Arc::make_mut(around), said, path, most);
        }
        if sliced.element.slicing.is_none() {
            sliced.element.slicing = Some(implied(&sliced.element));
        }
        let present = sliced.slices.iter().position(|one| one.element.slice.as_deref() == Some(name.as_str()));
        let most = most.filter(|_| present.is_none());
        let at = match present {
            Some(at) => at,
            None => {
                let mut fresh = Node { slices: Vec::new(), ..sliced.clone() };
                fresh.element.slicing = None;
                fresh.element.slice = Some(name.clone());
                // A slice must be there only where it says so.
                fresh.element.min = Some(0);
                let types = fresh.element.types.iter();
                let by_name = types.filter(|one| choice_key(&fresh.element.name, &one.code) == name);
                let by_name: Vec<Type> = by_name.cloned().collect();
                if fresh.element.is_choice && !by_name.is_empty() {
                    fresh.element.types = by_name;
                }
                sliced.slices.push(Arc::new(fresh));
                sliced.slices.len() - 1
            }
        };
        let Some(slice) = sliced.slices.get_mut(at) else { return Ok(()) };
        let slice = Arc::make_mut(slice);
        let path = format!("{path}:{name}");
        self.apply_as(slice, said, &path, most)?;
        for inner in &said.slices {
            self.slice(slice, inner, &path, most)?;
        }
        Ok(())
    }

    /// Gives a leaf the elements of what it is.
    fn open(&mut self, node: &mut Node, path: &str) -> Result<(), Fault> {
        if !node.children.is_empty() {
            return Ok(());
        }
        let children = if let Some(content) = &node.element.content {
            let target = follow(self.base, content).cloned();
            let target = target.ok_or_else(|| {
                Fault::new(path, both!("there is no element {content} to refer to", "没有可供引用的元素 {content}"))
            })?;
            node.element.content = None;
            if node.element.types.is_empty() {
                node.element.types.clone_from(&target.element.types);
            }
            target.children.clone()
        } else {
            self.of_types(&node.element.types, path)?.children.clone()
        };
        self.opened += children.len();
        if self.opened > MOST {
            return Err(Fault::new(
                path,
                both!("the snapshot would have more than {MOST} elements", "snapshot 的元素会超过 {MOST} 个"),
            ));
        }
        node.children = children;
        node.keys = Default::default();
        Ok(())
    }

    fn of_types(&mut self, types: &[Type], path: &str) -> Result<Arc<Node>, Fault> {
        let address = match types {
            [] => {
                return Err(Fault::new(
                    path,
                    both!(
                        "nothing is known of what stands here: the element has no type",
                        "此处的元素没有类型，无从得知它的内容"
                    ),
                ));
            }
            [one] => match one.profiles.as_slice() {
                [profile] => profile.clone(),
                _ => one.code.clone(),
            },
            // Of several types only what all elements have can be told.
            several => {
                let is_resource = several.iter().all(|one| !is_primitive(&one.code) && self.is_resource(&one.code));
                if is_resource { "Resource".to_owned() } else { "Element".to_owned() }
            }
        };
        let found = if address.contains(':') {
            self.structures.within(&address, self.trail)
        } else {
            self.structures.of_type(&address)
        };
        let found = match (found, types) {
            (Ok(found), _) => found,
            // A profile that is not here: its type is better than nothing.
            (Err(Missing::Unknown), [one]) if address != one.code => {
                self.structures.of_type(&one.code).map_err(|_| unknown(path, &one.code))?
            }
            (Err(Missing::Unknown), _) => return Err(unknown(path, &address)),
            (Err(Missing::Broken(fault)), _) => {
                return Err(Fault::new(path, super::broken(&address, &fault)));
            }
        };
        Ok(found.root.clone())
    }

    fn is_resource(&self, code: &str) -> bool {
        self.structures.of_type(code).is_ok_and(|one| one.kind == crate::structure::Kind::Resource)
    }
}

fn unknown(path: &str, address: &str) -> Fault {
    Fault::new(path, Says::BaseMissing { base: address.to_owned() })
}

/// Does an element beside `valueQuantity` say nothing of `value[x]`?
fn is_apart(one: &Element, said: &Node, choice: &Node) -> bool {
    let own = choice.element.types.iter().any(|kind| choice_key(&choice.element.name, &kind.code) == one.name);
    one.name == said.element.name || (one.name != choice.element.name && !own)
}

/// Where a differential says `valueQuantity` alone, R4's own snapshots allow no other type.
fn only(choice: &mut Element, kind: &Type) {
    choice.types.retain(|one| one.code == kind.code);
    if let Some(slicing) = &mut choice.slicing {
        slicing.rules = Rules::Closed;
    }
}

/// The element at a path or id such as `Questionnaire.item`, from the root.
pub(crate) fn follow<'n>(root: &'n Arc<Node>, path: &str) -> Option<&'n Arc<Node>> {
    let mut node = root;
    for name in path.split('.').skip(1) {
        let (name, slice) = name.split_once(':').map_or((name, None), |(name, slice)| (name, Some(slice)));
        node = node.child(name.trim_end_matches("[x]"))?;
        if let Some(slice) = slice {
            node = node.slices.iter().find(|one| one.element.slice.as_deref() == Some(slice))?;
        }
    }
    Some(node)
}

/// How slices are told apart where nobody says it: extensions by their url, choices by their type.
fn implied(element: &Element) -> Slicing {
    let by = match element.name.as_str() {
        "extension" | "modifierExtension" => vec![Discriminator { by: By::Value, path: "url".to_owned() }],
        _ if element.is_choice => vec![Discriminator { by: By::Type, path: "$this".to_owned() }],
        _ => Vec::new(),
    };
    Slicing { by, rules: Rules::Open, ordered: false }
}

/// What the differential says of the element itself.
fn merge(into: &mut Element, said: &Element, path: &str) -> Result<(), Fault> {
    if let (Some(least), Some(most)) = (said.min.or(into.min), said.max.or(into.max))
        && least > most
    {
        return Err(Fault::new(path, Says::Nothing { least, most }));
    }
    if let (Some(above), Some(own)) = (&into.fixed, &said.fixed)
        && above.value != own.value
    {
        let says = both!(
            "the base fixes {}, so that {} can't be fixed here",
            "基础定义已固定为 {}，此处不能固定为 {}",
            above.value.to_string(),
            own.value.to_string()
        );
        return Err(Fault::new(path, says));
    }
    into.min = said.min.or(into.min);
    into.max = said.max.or(into.max);
    if !said.types.is_empty() {
        into.types = said.types.iter().map(|one| narrowed(one, into)).collect();
    }
    if said.content.is_some() {
        into.content.clone_from(&said.content);
    }
    if let Some(binding) = &said.binding {
        let above = into.binding.take();
        let (set, widest, more) =
            above.map_or((None, None, Vec::new()), |above| (above.value_set, above.widest, above.more));
        let mut binding = binding.clone();
        binding.value_set = binding.value_set.or(set);
        binding.widest = binding.widest.or(widest);
        binding.more.extend(more);
        into.binding = Some(binding);
    }
    if let Some(slicing) = &said.slicing {
        let mut slicing = slicing.clone();
        if slicing.by.is_empty()
            && let Some(above) = &into.slicing
        {
            slicing.by.clone_from(&above.by);
        }
        into.slicing = Some(slicing);
    }
    for one in &said.constraints {
        if !into.constraints.iter().any(|present| present.key == one.key && present.expression == one.expression) {
            into.constraints.push(one.clone());
        }
    }
    macro_rules! take {
        ($($field:ident),*) => { $(if said.$field.is_some() { into.$field.clone_from(&said.$field); })* };
    }
    take!(
        fixed,
        pattern,
        min_value,
        max_value,
        max_length,
        regex,
        must_have_value,
        is_modifier,
        must_support,
        is_summary
    );
    Ok(())
}

/// A type that says nothing of profiles or targets keeps those of the base.
fn narrowed(said: &Type, into: &Element) -> Type {
    let mut one = said.clone();
    if let Some(above) = into.kind(&one.code) {
        if one.profiles.is_empty() {
            one.profiles.clone_from(&above.profiles);
        }
        if one.targets.is_empty() {
            one.targets.clone_from(&above.targets);
        }
        one.profiles.dedup_by(|one, other| same(one, other));
    }
    one
}
