//! Where references lead: into the resource itself, to an entry of its Bundle, or outside.

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
            let target = match item {
                Item::Node(node) => match node.value() {
                    Value::String(text) => Some(text.as_str()),
                    value => value.get("reference").and_then(Value::as_str),
                },
                other => other.str(),
            };
            let Some(target) = target else { continue };
            if let Some(resource) = self.target(target)? {
                found.push(Item::Node(Node::resource(resource)));
            }
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
            if let Some(entry) = entries.iter().find(|entry| is_target(entry, reference)) {
                return Ok(entry.get("resource"));
            }
        }
        Ok(self.context.outside.resolve(reference))
    }
}

/// Is this entry what a reference means: by its full URL, or by type and id?
fn is_target(entry: &Value, reference: &str) -> bool {
    let full = entry.get("fullUrl").and_then(Value::as_str).unwrap_or("");
    // Whatever the version: a Bundle holds one of each.
    let reference = reference.split("/_history/").next().unwrap_or(reference);
    if full == reference {
        return true;
    }
    let Some((of_type, id)) = reference.split_once('/').filter(|(_, id)| !id.contains('/')) else { return false };
    let Some(resource) = entry.get("resource") else { return false };
    let text = |key: &str| resource.get(key).and_then(Value::as_str);
    text("resourceType") == Some(of_type)
        && (text("id") == Some(id) || full.strip_suffix(reference).is_some_and(|base| base.ends_with('/')))
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
