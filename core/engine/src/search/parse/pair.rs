//! Composite parameters (`code$value`) and `:of-type` (`system|code|value`): two halves of one value.

use meridian_model::definitions::Kind;
use meridian_store::search::{Condition, Second, SystemTest, TokenTest};

use super::{number, quantity, text};
use crate::search::fault::{Fault, shown};
use crate::search::ground::{Ground, Slot, numbers};
use crate::search::values;

/// The condition of a composite parameter.
pub(super) fn read(ground: &Ground<'_>, slots: &[Slot], parts: &[&str]) -> Result<Condition, Fault> {
    let mut any = Vec::new();
    let second = second_kind(ground, slots)?;
    for part in parts {
        let halves = values::split(part, '$');
        let [first, last] = halves.as_slice() else {
            return Err(Fault::wrong(format!("`{}` is not two values with a `$` between them", shown(part))));
        };
        let last = match second {
            Kind::Token => Second::Token(super::token(last)?),
            Kind::String => Second::Text(text::folded(last)?),
            Kind::Uri => Second::Whole(values::plain(last)),
            Kind::Date => Second::Date(super::date(last)?),
            Kind::Number => Second::Number(number::read(last)?),
            Kind::Quantity => Second::Quantity(quantity::read(last)?),
            Kind::Reference | Kind::Composite | Kind::Special => return Err(unsupported(slots)),
        };
        any.push((super::token(first)?, last));
    }
    Ok(Condition::Pair { params: numbers(slots), any })
}

fn unsupported(slots: &[Slot]) -> Fault {
    let code = slots.first().map_or("", |slot| slot.param.code);
    Fault::unsupported(format!("`{code}` is not made of a code and one other value"))
}

/// The kind of the second part, the same in all types; the first is a token.
fn second_kind(ground: &Ground<'_>, slots: &[Slot]) -> Result<Kind, Fault> {
    let mut kinds = slots.iter().map(|slot| {
        let [first, second] = slot.param.parts.as_slice() else { return None };
        let kind = |code| ground.catalogue.param(slot.of.kind, code).map(|param| param.kind);
        let there = !first.paths.is_empty() && !second.paths.is_empty();
        if there && kind(first.code)? == Kind::Token { kind(second.code) } else { None }
    });
    let first = kinds.next().flatten().ok_or_else(|| unsupported(slots))?;
    if kinds.all(|kind| kind == Some(first)) { Ok(first) } else { Err(unsupported(slots)) }
}

/// `system|code|value`: an identifier of this type.
pub(super) fn of_type(slots: &[Slot], parts: &[&str]) -> Result<Condition, Fault> {
    let test = |part: &&str| {
        let pieces: Vec<String> = values::split(part, '|').into_iter().map(values::plain).collect();
        match pieces.as_slice() {
            [system, code, value] if !code.is_empty() && !value.is_empty() => {
                let system = if system.is_empty() { SystemTest::Any } else { SystemTest::Uri(system.clone()) };
                Ok((TokenTest { system, code: Some(code.clone()) }, Second::Whole(value.clone())))
            }
            _ => Err(Fault::wrong(format!("`{}` is not system|code|value of an identifier", shown(part)))),
        }
    };
    let any = parts.iter().map(test).collect::<Result<_, _>>()?;
    Ok(Condition::Pair { params: numbers(slots), any })
}

