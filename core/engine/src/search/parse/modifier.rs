//! Modifiers: which there are, and to which kinds of parameters they belong.

use meridian_model::definitions::Kind;

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
        "missing" => return Err(Fault::wrong("the modifier `:missing` does not belong to composite parameters")),
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
            None => return Err(Fault::unsupported(format!("there is no modifier `:{}`", shown(other)))),
        },
    };
    if belongs.contains(&kind) {
        return allowed(modifier, slots).map(Some);
    }
    Err(match (text, kind) {
        ("above" | "below", Kind::Reference) => {
            Fault::unsupported(format!("the modifier `:{text}` on references is not supported"))
        }
        _ => Fault::wrong(misplaced(text, slot, belongs)),
    })
}

fn misplaced(text: &str, slot: &Slot, belongs: &[Kind]) -> String {
    let kinds: Vec<&str> = belongs.iter().map(|kind| kind.code()).collect();
    let (code, kind) = (slot.param.code, slot.param.kind.code());
    format!(
        "the modifier `:{}` belongs to {} parameters, and `{code}` is a {kind} parameter",
        shown(text),
        kinds.join(" and ")
    )
}

/// A reference narrowed to a type must be able to point there, and only identifiers have a type.
fn allowed(modifier: Modifier, slots: &[Slot]) -> Result<Modifier, Fault> {
    for slot in slots {
        let param = slot.param;
        match modifier {
            Modifier::Type(of) if !param.targets.is_empty() && !param.targets.contains(&of.kind) => {
                return Err(Fault::wrong(format!(
                    "`{}` of {} never points to a {}",
                    param.code, slot.of.kind, of.kind
                )));
            }
            Modifier::OfType if !param.paths.iter().any(|path| path.ends_with(":Identifier")) => {
                let says = "the modifier `:of-type` belongs to identifiers, and";
                return Err(Fault::wrong(format!("{says} `{}` of {} is none", param.code, slot.of.kind)));
            }
            _ => {}
        }
    }
    Ok(modifier)
}
