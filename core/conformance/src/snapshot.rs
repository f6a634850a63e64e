//! Snapshots: everything that a profile says, made from what it changes (its differential) and what it rests on.
//!
//! The base's tree is taken over, and the differential's tree laid over it. Where it goes deeper than the base, the
//! base's leaf is opened with the elements of its type, of its type's profile or of the element that it refers to.

mod merge;
#[cfg(test)]
mod tests;
mod widen;

use meridian_model::both;

use std::sync::Arc;

use serde_json::Value;

use crate::says::Says;
use crate::structure::{Definition, Fault, Kind, Missing, Node, Structure, Structures, canonical};

use merge::Maker;
pub(crate) use merge::follow;
pub(crate) use widen::{At, Widened};

/// The structure of a StructureDefinition resource; `trail` holds the addresses that are being made.
pub(crate) fn structure(
    resource: &Value,
    structures: &Structures,
    trail: &mut Vec<String>,
) -> Result<Arc<Structure>, Fault> {
    let Definition { mut structure, snapshot, differential } = structures.read(resource)?;
    let root = match (snapshot, differential) {
        (Some(snapshot), _) => snapshot,
        (None, Some(differential)) => generate(&structure, &differential, structures, trail, None)?,
        (None, None) => Arc::unwrap_or_clone(base(&structure, structures, trail)?.root.clone()),
    };
    structure.root = Arc::new(root);
    Ok(Arc::new(structure))
}

/// The same with a snapshot made anew, whether or not there is one.
///
/// # Errors
/// What is wrong with the definition.
pub fn made(resource: &Value, structures: &Structures) -> Result<Structure, Fault> {
    let Definition { mut structure, differential, .. } = structures.read(resource)?;
    let mut trail = vec![structure.url.clone()];
    let root = match differential {
        Some(differential) => generate(&structure, &differential, structures, &mut trail, None)?,
        None => Arc::unwrap_or_clone(base(&structure, structures, &mut trail)?.root.clone()),
    };
    structure.root = Arc::new(root);
    Ok(structure)
}

/// What a profile says that its base does not allow, in its differential, or in its snapshot where that is all there is.
/// Of what lies behind a fault nothing is known.
pub(crate) fn widened(resource: &Value, structures: &Structures) -> Vec<Widened> {
    let mut found = Vec::new();
    let Ok(Definition { structure, snapshot, differential }) = structures.read(resource) else { return found };
    if let Some(said) = differential.or(snapshot) {
        let _ = generate(&structure, &said, structures, &mut vec![structure.url.clone()], Some(&mut found));
    }
    found
}

fn base(structure: &Structure, structures: &Structures, trail: &mut Vec<String>) -> Result<Arc<Structure>, Fault> {
    let place = "StructureDefinition.baseDefinition";
    let Some(base) = &structure.base else {
        return Err(Fault::new(place, Says::BaseNeeded));
    };
    structures.within(base, trail).map_err(|missing| match missing {
        Missing::Unknown => Fault::new(place, Says::BaseMissing { base: base.clone() }),
        Missing::Broken(fault) => Fault::new(place, broken(base, &fault)),
    })
}

fn generate(
    structure: &Structure,
    differential: &Node,
    structures: &Structures,
    trail: &mut Vec<String>,
    widened: Option<&mut Vec<Widened>>,
) -> Result<Node, Fault> {
    let base = match base(structure, structures, trail) {
        Ok(base) => base,
        // A logical model may rest on nothing that R4 knows (`Base` is of R5).
        Err(_) if structure.kind == Kind::Logical && !structure.is_constraint => {
            return Ok(differential.clone());
        }
        Err(fault) => return Err(fault),
    };
    if structure.is_constraint && base.type_name != structure.type_name {
        let says = both!(
            "the type is {}, that of its base {} is {}",
            "类型是 {}，基础定义 {} 的类型却是 {}，请改成一致",
            structure.type_name,
            base.url,
            base.type_name
        );
        return Err(Fault::new("StructureDefinition.type", says));
    }
    if structure.is_constraint && differential.element.path != base.root.element.path {
        let says = both!(
            "the elements are those of {}, not of {}",
            "元素是 {} 的，不是 {} 的，请核对路径",
            differential.element.path,
            base.type_name
        );
        return Err(Fault::new("StructureDefinition.differential", says));
    }
    let mut root = Node::clone(&base.root);
    if !structure.is_constraint {
        root.element.path.clone_from(&differential.element.path);
        root.element.name.clone_from(&differential.element.name);
    }
    let mut maker = Maker::new(structures, trail, &base.root, structure.is_constraint, widened);
    maker.apply(&mut root, differential, &differential.element.path)?;
    Ok(root)
}

/// What an address that can't be used is told by.
fn broken(address: &str, fault: &Fault) -> Says {
    Says::BaseBroken { base: address.to_owned(), fault: Box::new(fault.told()) }
}

/// Do two addresses mean the same structure?
pub(crate) fn same(one: &str, other: &str) -> bool {
    canonical(one).0 == canonical(other).0
}
