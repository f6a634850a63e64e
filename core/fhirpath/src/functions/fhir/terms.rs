//! Terminology: what is known of codes is asked of the outside.

use meridian_model::both;

use serde_json::Value;

use super::Function;
use crate::ast::Call;
use crate::eval::{Eval, Scope, single, truth, wrong};
use crate::fault::Fault;
use crate::item::{Collection, Item, Node};
use crate::types::System;

impl<'a> Eval<'_, 'a> {
    pub(super) fn terms(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        let is_service = matches!(input, [Item::Terminologies]);
        match call.function {
            Function::MemberOf => {
                let one = single(input, call.place, ("the input of `memberOf()`", "`memberOf()` 的输入"))?;
                let value_set = self.text(call, 0, scope)?;
                let (Some(one), Some(value_set)) = (one, value_set) else { return Ok(Vec::new()) };
                let value_set = value_set.str().unwrap_or("");
                self.budget.spend(super::ASKING)?;
                let made;
                let (value, name) = match one {
                    Item::Node(node) => (node.value(), node.type_name()),
                    other => {
                        made = other.to_json();
                        (&made, "string")
                    }
                };
                Ok(truth(self.context.outside.member_of(value, name, value_set)))
            }
            Function::Subsumes | Function::SubsumedBy if !is_service => {
                let Some(one) = single(input, call.place, ("the input", "输入"))? else { return Ok(Vec::new()) };
                let Some(two) = self.one(call, 0, scope)? else { return Ok(Vec::new()) };
                let (general, special) = if call.function == Function::Subsumes { (one, &two) } else { (&two, one) };
                let codings =
                    |item: &Item<'a>| codings(item).ok_or_else(|| wrong(item, ("a Coding", "Coding"), call.place));
                Ok(truth(self.subsumes(&codings(general)?, &codings(special)?)?))
            }
            _ if is_service => self.service(call, scope),
            _ => Err(Fault::execution(
                call.place,
                both!("this function belongs to `%terminologies`", "这个函数只能用于 `%terminologies`"),
            )),
        }
    }

    /// Is one of the codes the other's, or above it? Codes of different systems say nothing of each other.
    fn subsumes(&mut self, general: &[(&str, &str)], special: &[(&str, &str)]) -> Result<Option<bool>, Fault> {
        let mut known = Some(false);
        for (system, above) in general {
            for (other, below) in special {
                self.budget.spend(1)?;
                self.budget.compare(system.len(), other.len())?;
                if system != other {
                    continue;
                }
                let answer =
                    if above == below { Some(true) } else { self.context.outside.subsumes(system, above, below) };
                match answer {
                    Some(true) => return Ok(Some(true)),
                    Some(false) => {}
                    None => known = None,
                }
            }
        }
        Ok(known)
    }

    /// Pays for a copy of a value.
    fn weigh(&mut self, value: &Value) -> Result<(), Fault> {
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            self.budget.spend(1)?;
            match value {
                Value::String(text) => self.budget.items(text.len() / 8)?,
                Value::Array(all) => open.extend(all),
                Value::Object(map) => open.extend(map.values()),
                _ => {}
            }
        }
        Ok(())
    }

    /// An operation of `%terminologies`.
    fn service(&mut self, call: &Call, scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        let mut arguments = Vec::with_capacity(call.args.len());
        for at in 0..call.args.len() {
            let argument = self.one(call, at, scope)?;
            if let Some(node) = argument.as_ref().and_then(Item::as_node) {
                self.weigh(node.value())?;
            }
            arguments.push(argument.map_or(Value::Null, |item| item.to_json()));
        }
        self.budget.spend(super::ASKING)?;
        let act = match call.function {
            Function::Expand => "expand",
            Function::Lookup => "lookup",
            Function::ValidateVs => "validateVS",
            Function::ValidateCs => "validateCS",
            Function::Subsumes => "subsumes",
            _ => "translate",
        };
        let Some(made) = self.context.outside.terminology(act, &arguments) else { return Ok(Vec::new()) };
        if let Value::String(text) = made {
            return Ok(vec![Item::made(text)]);
        }
        match self.context.kept {
            Some(kept) => Ok(vec![Item::Node(Node::resource(kept.keep(made)))]),
            None => Err(Fault::execution(
                call.place,
                both!(
                    "there is no place here to keep the answer of a terminology function",
                    "此处不能使用术语函数的结果"
                ),
            )),
        }
    }
}

/// Systems and codes of a Coding or CodeableConcept.
fn codings<'a>(item: &Item<'a>) -> Option<Vec<(&'a str, &'a str)>> {
    let node = item.as_node()?;
    if item.system() == Some(System::String) {
        return None;
    }
    let coding = |value: &'a Value| {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        Some((text("system").unwrap_or(""), text("code")?))
    };
    match node.value().get("coding").and_then(Value::as_array) {
        Some(all) => Some(all.iter().filter_map(coding).collect()),
        None => Some(coding(node.value()).into_iter().collect()),
    }
}
