//! What stands behind a percent sign.

use meridian_model::both;

use std::sync::Arc;

use super::Eval;
use crate::fault::Fault;
use crate::item::{Collection, Item};

const OWN: [&str; 7] = ["context", "resource", "rootResource", "ucum", "sct", "loinc", "terminologies"];

impl<'a> Eval<'_, 'a> {
    pub(crate) fn variable(&mut self, name: &str, place: usize) -> Result<Collection<'a>, Fault> {
        // An expression may define thousands.
        self.budget.items((self.defined.len() + self.context.variables.len()) / 16)?;
        if let Some((_, value)) = self.defined.iter().rev().find(|(known, _)| &**known == name) {
            self.budget.items(value.len())?;
            return Ok(value.clone());
        }
        let context = self.context;
        if let Some((_, value)) = context.variables.iter().rev().find(|(known, _)| *known == name) {
            return self.copy(value);
        }
        self.budget.items(name.len() / 8)?;
        let item = match name {
            "context" => return self.copy(self.focus),
            "resource" => Item::resource(self.context.resource),
            "rootResource" => Item::resource(self.context.root),
            "ucum" => Item::Text(meridian_model::ucum::SYSTEM),
            "sct" => Item::Text("http://snomed.info/sct"),
            "loinc" => Item::Text("http://loinc.org"),
            "terminologies" => Item::Terminologies,
            _ => match (name.strip_prefix("vs-"), name.strip_prefix("ext-")) {
                (Some(name), _) => Item::made(format!("http://hl7.org/fhir/ValueSet/{name}")),
                (_, Some(name)) => Item::made(format!("http://hl7.org/fhir/StructureDefinition/{name}")),
                _ => {
                    return Err(Fault::semantic(
                        place,
                        both!("there is no variable `%{name}` here", "此处没有变量 `%{name}`"),
                    ));
                }
            },
        };
        Ok(vec![item])
    }

    /// `defineVariable()`: a name is given once.
    pub(crate) fn define(&mut self, name: &str, value: Collection<'a>) -> Result<(), Fault> {
        self.budget.items((self.defined.len() + self.context.variables.len()) / 16 + name.len() / 8)?;
        let is_known = OWN.contains(&name)
            || self.defined.iter().any(|(known, _)| &**known == name)
            || self.context.variables.iter().any(|(known, _)| *known == name);
        if is_known {
            return Err(Fault::execution(0, both!("`%{name}` is defined already", "`%{name}` 已经定义过")));
        }
        self.defined.push((Arc::from(name), value));
        Ok(())
    }
}
