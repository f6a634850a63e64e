//! Composite parameters (`code$value`) and `:of-type` (`system|code|value`): values that belong together.

use meridian_model::both;
use meridian_model::definitions::{Kind, Part};
use meridian_model::index::leading;
use meridian_model::reference::{Reference, is_id};
use meridian_store::search::{Condition, Second, SystemTest, TokenTest};

use super::{number, quantity, text};
use crate::search::fault::{Fault, shown};
use crate::search::ground::{Ground, Slot, numbers};
use crate::search::values;

/// More pairs than these are no longer one list.
const MOST_PAIRS: usize = 300;

/// The condition of a composite parameter.
pub(super) fn read(ground: &Ground<'_>, slots: &[Slot], values: &[&str]) -> Result<Condition, Fault> {
    let Some(slot) = slots.first() else { return Ok(Condition::Any(Vec::new())) };
    let parts = slot.param.parts.as_slice();
    let kinds = |slot: &Slot| slot.param.parts.iter().map(|part| part.kind).collect::<Vec<_>>();
    let lead = leading(&kinds(slot)).filter(|_| slots.iter().all(|other| kinds(other) == kinds(slot)));
    let Some(lead) = lead else {
        let says = both!(
            "`{}` is made of parts that cannot be searched together",
            "`{}` 的各部分不能一起检索",
            slot.param.code
        );
        return Err(Fault::unsupported(says));
    };
    let mut any = Vec::new();
    for value in values {
        let pieces = values::split(value, '$');
        if pieces.len() != parts.len() {
            let names: Vec<&str> = parts.iter().map(|part| part.code).collect();
            return Err(Fault::wrong(both!("`{}` is not {}", "`{}` 的形式应为 {}", shown(value), names.join("$"))));
        }
        let mut first = Vec::new();
        let mut others = Vec::new();
        for (nth, (part, piece)) in parts.iter().zip(pieces).enumerate() {
            if nth == lead {
                first = tokens(ground, slot, part, piece)?;
            } else {
                others.push((part, piece));
            }
        }
        let second = match others.as_slice() {
            [(part, piece)] => seconds(ground, slot, part, piece)?,
            [(_, from), (_, to)] => vec![Second::Span(number::read(from)?, number::read(to)?)],
            _ => Vec::new(),
        };
        any.extend(first.iter().flat_map(|first| second.iter().map(|second| (first.clone(), second.clone()))));
        if any.len() > MOST_PAIRS {
            return Err(Fault::wrong(both!(
                "too many pairs; name the types of references",
                "组合太多，请写明引用的类型"
            )));
        }
    }
    ground.spend(any.len())?;
    Ok(Condition::Pair { params: numbers(slots), any })
}

/// A part that is a token; a reference is kept as the token `Type/id`.
fn tokens(ground: &Ground<'_>, slot: &Slot, part: &Part, piece: &str) -> Result<Vec<TokenTest>, Fault> {
    if part.kind == Kind::Token {
        return Ok(vec![super::token(piece)?]);
    }
    let plain = values::plain(piece);
    let link = |code: String| TokenTest { system: SystemTest::None, code: Some(code) };
    match Reference::parse(&plain) {
        Reference::Relative { kind, id, .. } => Ok(vec![link(format!("{kind}/{id}"))]),
        _ if is_id(&plain) => {
            let param = ground.catalogue.param(slot.of.kind, part.code);
            let targets = param.map_or(&[][..], |param| param.targets.as_slice());
            Ok(targets.iter().map(|kind| link(format!("{kind}/{plain}"))).collect())
        }
        _ if plain.is_empty() => Err(Fault::wrong(both!("an empty part", "有一部分为空"))),
        _ => Ok(vec![link(plain)]),
    }
}

fn seconds(ground: &Ground<'_>, slot: &Slot, part: &Part, piece: &str) -> Result<Vec<Second>, Fault> {
    Ok(match part.kind {
        Kind::Token | Kind::Reference => tokens(ground, slot, part, piece)?.into_iter().map(Second::Token).collect(),
        Kind::String => vec![Second::Text(text::folded(piece)?)],
        Kind::Uri => vec![Second::Whole(values::plain(piece))],
        Kind::Date => vec![Second::Date(super::date(piece)?)],
        Kind::Number => vec![Second::Number(number::read(piece)?)],
        Kind::Quantity => vec![Second::Quantity(quantity::read(piece)?)],
        Kind::Composite | Kind::Special => Vec::new(),
    })
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
            _ => Err(Fault::wrong(both!(
                "`{}` is not system|code|value of an identifier",
                "`{}` 不是标识的 system|code|value",
                shown(part)
            ))),
        }
    };
    let any = parts.iter().map(test).collect::<Result<_, _>>()?;
    Ok(Condition::Pair { params: numbers(slots), any })
}
