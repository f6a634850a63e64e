//! Modifiers: which there are, and to which kinds of parameters they belong.

use meridian_model::both;
use meridian_model::definitions::Kind;
use meridian_model::language::Both;

use crate::search::fault::{Fault, shown};
use crate::search::ground::{Of, Slot};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Modifier {
    Missing,
    Exact,
    Contains,
    Not,
    Text,
    OfType,
    Identifier,
    /// In a value set.
    In,
    NotIn,
    Above,
    Below,
    /// `subject:Patient=…`
    Type(Of),
}

/// Reads the modifier of a parameter; `slots` are the parameter in each of the types.
pub(super) fn read(text: Option<&str>, slots: &[Slot]) -> Result<Option<Modifier>, Fault> {
    let (Some(text), Some(slot)) = (text, slots.first()) else { return Ok(None) };
    let kind = slot.param.kind;
    let (modifier, belongs): (_, &[Kind]) = match text {
        "missing" if kind != Kind::Composite => return Ok(Some(Modifier::Missing)),
        "missing" => {
            return Err(Fault::wrong(both!(
                "the modifier `:missing` does not belong to composite parameters",
                "修饰符 `:missing` 不能用于 composite 类参数"
            )));
        }
        "exact" => (Modifier::Exact, &[Kind::String]),
        "contains" => (Modifier::Contains, &[Kind::String]),
        "not" => (Modifier::Not, &[Kind::Token]),
        "text" => (Modifier::Text, &[Kind::Token]),
        "of-type" => (Modifier::OfType, &[Kind::Token]),
        "identifier" => (Modifier::Identifier, &[Kind::Reference]),
        "above" => (Modifier::Above, &[Kind::Uri, Kind::Token]),
        "below" => (Modifier::Below, &[Kind::Uri, Kind::Token]),
        "in" => (Modifier::In, &[Kind::Token]),
        "not-in" => (Modifier::NotIn, &[Kind::Token]),
        other => match Of::named(other) {
            Some(of) => (Modifier::Type(of), &[Kind::Reference]),
            None => {
                return Err(Fault::unsupported(both!("there is no modifier `:{}`", "没有修饰符 `:{}`", shown(other))));
            }
        },
    };
    if belongs.contains(&kind) {
        return allowed(modifier, slots).map(Some);
    }
    Err(match (text, kind) {
        ("above" | "below", Kind::Reference) => Fault::unsupported(both!(
            "the modifier `:{text}` on references is not supported",
            "引用类参数不支持修饰符 `:{text}`"
        )),
        _ => Fault::wrong(misplaced(text, slot, belongs)),
    })
}

fn misplaced(text: &str, slot: &Slot, belongs: &[Kind]) -> Both {
    let kinds: Vec<&str> = belongs.iter().map(|kind| kind.code()).collect();
    let (code, kind) = (slot.param.code, slot.param.kind.code());
    both!(
        "the modifier `:{}` belongs to {} parameters, and `{code}` is a {kind} parameter",
        "修饰符 `:{}` 只能用于 {} 类参数，`{code}` 是 {kind} 类参数",
        shown(text),
        kinds.join("/")
    )
}

/// A reference narrowed to a type must be able to point there, and only identifiers have a type.
fn allowed(modifier: Modifier, slots: &[Slot]) -> Result<Modifier, Fault> {
    for slot in slots {
        let param = slot.param;
        match modifier {
            Modifier::Type(of) if !param.targets.is_empty() && !param.targets.contains(&of.kind) => {
                return Err(Fault::wrong(both!(
                    "`{}` of {} never points to a {}",
                    "{1} 的 `{0}` 不会指向 {2}",
                    param.code,
                    slot.of.kind,
                    of.kind
                )));
            }
            Modifier::OfType if !param.may_end_in("Identifier") => {
                return Err(Fault::wrong(both!(
                    "the modifier `:of-type` belongs to identifiers, and `{}` of {} is none",
                    "修饰符 `:of-type` 只能用于标识，{1} 的 `{0}` 不是标识",
                    param.code,
                    slot.of.kind
                )));
            }
            _ => {}
        }
    }
    Ok(modifier)
}
