//! `children()`, `descendants()`, `pathname()`.

use super::Function;
use crate::ast::Call;
use crate::eval::{Eval, Scope};
use crate::fault::Fault;
use crate::item::{Collection, Item};
use crate::locate;

impl<'a> Eval<'_, 'a> {
    pub(super) fn tree(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        let mut found = Vec::new();
        if call.function == Function::Pathname {
            let short = self.one(call, 0, scope)?.and_then(|item| item.bool()).unwrap_or(false);
            let root = self.context.root;
            for node in input.iter().filter_map(Item::as_node) {
                let (steps, seen) = locate::steps(root, node.address());
                self.budget.spend(seen)?;
                let written = steps.map(|steps| locate::written(root, &steps, short));
                self.budget.text(written.as_ref().map_or(0, String::len))?;
                found.extend(written.map(Item::made));
            }
            return Ok(found);
        }
        for item in input {
            if let Item::Node(node) = item {
                self.children(node, &mut found)?;
            }
        }
        if call.function == Function::Descendants {
            // Each level stands behind the one above it.
            let mut at = 0;
            while let Some(item) = found.get(at).cloned() {
                if let Item::Node(node) = &item {
                    self.children(node, &mut found)?;
                }
                at += 1;
            }
        }
        Ok(found)
    }
}
