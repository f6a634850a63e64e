//! Functions that FHIR adds: extensions, values, references, conformance and terminology; keys of SQL on FHIR.

mod references;
mod terms;

use meridian_model::both;

use super::Function;
use crate::ast::{Call, Member};
use crate::eval::{Eval, Scope, single, truth, wrong};
use crate::fault::Fault;
use crate::item::{Collection, Item};
use crate::types::{Form, Kind, types};

/// Steps that asking the outside costs, beside what it reckons itself.
const ASKING: u64 = 50;

impl<'a> Eval<'_, 'a> {
    pub(super) fn fhir(
        &mut self,
        call: &Call,
        input: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        use Function as F;
        match call.function {
            F::Extension => {
                let Some(url) = self.text(call, 0, scope)? else { return Ok(Vec::new()) };
                let url = url.str().unwrap_or("");
                let extensions = self.member(&input, extension(), false)?;
                self.budget.items(extensions.len().saturating_mul(url.len() / 64))?;
                Ok(extensions.into_iter().filter(|item| has_url(item, url)).collect())
            }
            F::HasValue => Ok(truth(Some(matches!(input.as_slice(), [item] if is_primitive(item))))),
            F::GetValue => match input.as_slice() {
                [item] if is_primitive(item) => Ok(item.scalar().into_iter().collect()),
                _ => Ok(Vec::new()),
            },
            F::Resolve => self.resolve(&input),
            F::GetResourceKey => {
                self.budget.items(input.len())?;
                Ok(input.iter().filter_map(references::resource_key).collect())
            }
            F::GetReferenceKey => {
                let of_type = self.text(call, 0, scope)?;
                let of_type = of_type.as_ref().and_then(Item::str).map(|name| name.trim_start_matches("FHIR."));
                self.budget.items(input.len())?;
                Ok(input.iter().filter_map(|item| references::reference_key(item, of_type)).collect())
            }
            F::CheckModifiers => self.check_modifiers(call, input, scope),
            F::HtmlChecks => {
                let Some(item) = single(&input, call.place, ("the input of `htmlChecks()`", "`htmlChecks()` 的输入"))?
                else {
                    return Ok(Vec::new());
                };
                let text = match item.as_node() {
                    Some(node) => node.value().as_str().or_else(|| node.value().get("div")?.as_str()),
                    None => item.str(),
                };
                let Some(text) = text else { return Ok(truth(Some(false))) };
                self.budget.spend(u64::try_from(text.len() / 16).unwrap_or(u64::MAX))?;
                Ok(truth(Some(crate::narrative::faults(text).is_empty())))
            }
            F::ConformsTo => {
                let one = single(&input, call.place, ("the input of `conformsTo()`", "`conformsTo()` 的输入"))?;
                let structure = self.text(call, 0, scope)?;
                let (Some(one), Some(structure)) = (one, structure) else { return Ok(Vec::new()) };
                let Some(node) = one.as_node() else {
                    return Err(wrong(one, ("a part of a resource", "资源的一部分"), call.place));
                };
                let structure = structure.str().unwrap_or("");
                self.budget.spend(ASKING)?;
                match self.context.outside.conforms_to(node.value(), node.type_name(), structure) {
                    Some(answer) => Ok(truth(Some(answer))),
                    None => Err(Fault::execution(
                        call.place,
                        both!("the structure `{structure}` is not known here", "本机没有结构定义 `{structure}`"),
                    )),
                }
            }
            _ => self.terms(call, &input, scope),
        }
    }

    /// Gives the input back, if no modifier extensions but those named are in it.
    fn check_modifiers(
        &mut self,
        call: &Call,
        input: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        let mut allowed = Vec::new();
        for at in 0..call.args.len() {
            allowed.extend(self.argument(call, at, scope)?.iter().filter_map(Item::str).map(str::to_owned));
        }
        self.budget.items(input.len())?;
        for node in input.iter().filter_map(Item::as_node) {
            let modifiers = node.object().and_then(|map| map.get("modifierExtension")?.as_array());
            for modifier in modifiers.into_iter().flatten() {
                self.budget.items(1 + allowed.len())?;
                let url = modifier.get("url").and_then(serde_json::Value::as_str).unwrap_or("");
                if !allowed.iter().any(|known| known == url) {
                    let says = both!(
                        "the modifier extension `{url}` changes the meaning and is not expected here",
                        "修饰扩展 `{url}` 会改变含义，此处不能有"
                    );
                    return Err(Fault::execution(call.place, says));
                }
            }
        }
        Ok(input)
    }
}

fn extension() -> &'static Member {
    static EXTENSION: std::sync::LazyLock<Member> = std::sync::LazyLock::new(|| Member {
        name: "extension".into(),
        id: types().name_id("extension"),
        of_type: Kind::UNKNOWN,
        place: 0,
    });
    &EXTENSION
}

fn has_url(item: &Item<'_>, url: &str) -> bool {
    item.as_node().and_then(|node| node.value().get("url")?.as_str()) == Some(url)
}

/// A primitive of FHIR that has a value.
fn is_primitive(item: &Item<'_>) -> bool {
    let Some(node) = item.as_node() else { return true };
    let form = types().table(node.kind()).form;
    let is_scalar = !node.value().is_null() && !node.value().is_object() && !node.value().is_array();
    is_scalar && matches!(form, Form::Primitive(_) | Form::Unknown)
}
