//! `trace()`, `defineVariable()`, `comparable()`, and the functions of types.

use meridian_model::both;

use std::sync::Arc;

use super::Function;
use crate::ast::Call;
use crate::equal;
use crate::eval::{Eval, Scope, single, truth};
use crate::fault::Fault;
use crate::item::{Collection, Item, TypeInfo};
use crate::types::types;

impl<'a> Eval<'_, 'a> {
    pub(super) fn utility(
        &mut self,
        call: &Call,
        input: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        match (call.function, &call.of_type) {
            (Function::Trace, _) => {
                let name = self.text(call, 0, scope)?;
                let name = name.as_ref().and_then(Item::str).unwrap_or("");
                self.budget.items(input.len())?;
                match call.args.get(1) {
                    None => self.context.outside.trace(name, &input),
                    Some(projection) => {
                        let mut traced = Vec::new();
                        for (index, item) in input.iter().enumerate() {
                            let mut more = self.inside(projection, scope.of(item, index))?;
                            self.budget.items(more.len())?;
                            traced.append(&mut more);
                        }
                        self.context.outside.trace(name, &traced);
                    }
                }
                Ok(input)
            }
            (Function::DefineVariable, _) => {
                let name = self.text(call, 0, scope)?;
                let Some(name) = name.as_ref().and_then(Item::str) else {
                    return Err(Fault::execution(call.place, both!("a variable needs a name", "变量要有名称")));
                };
                let value = match call.args.get(1) {
                    // Seen from the collection whose steps follow.
                    Some(projection) => self.inside(projection, Scope { this: &input, ..scope })?,
                    None => self.copy(&input)?,
                };
                self.define(name, value)?;
                Ok(input)
            }
            (Function::Is, Some(of_type)) => self.is(&input, of_type),
            (Function::As, Some(of_type)) => self.r#as(input, of_type),
            (Function::Type, _) => {
                self.budget.items(input.len())?;
                Ok(input.iter().map(type_of).collect())
            }
            _ => {
                let one = single(&input, call.place, ("the input of `comparable()`", "`comparable()` 的输入"))?;
                let two = self.one(call, 0, scope)?;
                let quantity = |item: &Item<'_>| item.scalar().as_ref().and_then(equal::quantity);
                let (Some(one), Some(two)) = (one.and_then(quantity), two.as_ref().and_then(quantity)) else {
                    return Ok(Vec::new());
                };
                self.budget.spend(equal::CONVERTING)?;
                Ok(truth(Some(one.order(&two).is_some())))
            }
        }
    }
}

/// The model and the name of a type. The elements inside of a resource's own structure are backbones.
fn type_of<'a>(item: &Item<'a>) -> Item<'a> {
    let (model, name) = match item {
        Item::Node(node) => {
            let types = types();
            let table = types.table(node.kind());
            ("FHIR", if table.name.contains('.') { types.table(table.base).name } else { table.name })
        }
        other => other.type_name(),
    };
    Item::Type(Arc::new(TypeInfo { model, name }))
}
