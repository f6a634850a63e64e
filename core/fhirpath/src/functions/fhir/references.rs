//! Where references lead: into the resource itself, to an entry of its Bundle, or outside.

use meridian_model::reference::Sought;
use serde_json::Value;

use crate::eval::Eval;
use crate::fault::Fault;
use crate::item::{Collection, Item, Node};

impl<'a> Eval<'_, 'a> {
    /// `resolve()`: what leads nowhere is left out.
    pub(super) fn resolve(&mut self, input: &[Item<'a>]) -> Result<Collection<'a>, Fault> {
        let mut found = Vec::new();
        for item in input {
            self.budget.spend(1)?;
            let (target, says) = match item {
                Item::Node(node) => match node.value() {
                    Value::String(text) => (Some(text.as_str()), None),
                    value => (value.get("reference").and_then(Value::as_str), Some(value)),
                },
                other => (other.str(), None),
            };
            let there = match target {
                Some(target) => self.target(target)?,
                None => None,
            };
            let there = there.or_else(|| self.context.outside.said(says?));
            found.extend(there.map(|resource| Item::Node(Node::resource(resource))));
        }
        Ok(found)
    }

    fn target(&mut self, reference: &str) -> Result<Option<&'a Value>, Fault> {
        let (resource, root) = (self.context.resource, self.context.root);
        if let Some(id) = reference.strip_prefix('#') {
            if id.is_empty() {
                return Ok(Some(root));
            }
            let contained = |of: &'a Value| of.get("contained").and_then(Value::as_array).into_iter().flatten();
            self.budget.items((contained(resource).count() + contained(root).count()) / 4)?;
            let mut all = contained(resource).chain(contained(root));
            return Ok(all.find(|one| one.get("id").and_then(Value::as_str) == Some(id)));
        }
        if root.get("resourceType").and_then(Value::as_str) == Some("Bundle") {
            let entries = root.get("entry").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            self.budget.spend(u64::try_from(entries.len()).unwrap_or(u64::MAX))?;
            let own = entries.iter().find(|entry| entry.get("resource").is_some_and(|one| std::ptr::eq(one, resource)));
            let own = own.and_then(|entry| entry.get("fullUrl")).and_then(Value::as_str);
            let sought = Sought::of(own, reference);
            if let Some(entry) = entries.iter().find(|entry| sought.is(entry)) {
                return Ok(entry.get("resource"));
            }
        }
        Ok(self.context.outside.resolve(reference))
    }
}

/// The key of a resource: its id.
pub(super) fn resource_key<'a>(item: &Item<'a>) -> Option<Item<'a>> {
    item.as_node()?.value().get("id")?.as_str().map(Item::Text)
}

/// The key of what a reference leads to; of another type than asked for, none.
pub(super) fn reference_key<'a>(item: &Item<'a>, of_type: Option<&str>) -> Option<Item<'a>> {
    let node = item.as_node()?;
    let text = node.value().get("reference").unwrap_or(node.value()).as_str()?;
    let bare = text.split("/_history/").next().unwrap_or(text);
    let mut parts = bare.rsplit('/');
    let id = parts.next().filter(|id| !id.is_empty() && !bare.starts_with('#') && !bare.starts_with("urn:"))?;
    let target = parts.next()?;
    of_type.is_none_or(|wanted| wanted == target).then_some(Item::Text(id))
}
