//! The values of reference parameters: `Type/id`, `id`, a URL, a canonical.

use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::reference::{Reference, is_id};
use meridian_store::TypeCode;

use crate::search::fault::{Fault, shown};
use crate::search::ground::{Of, Slot};
use crate::search::values;
use crate::search::wish::{Target, Wish};

/// `own` is the address of this service, whose resources are local.
pub(super) fn read(own: &str, slots: &[Slot], narrowed: Option<Of>, parts: &[&str]) -> Result<Wish, Fault> {
    let targets = parts.iter().map(|part| target(own, slots, narrowed, &values::plain(part)));
    Ok(Wish::Refers { slots: slots.to_vec(), targets: targets.collect::<Result<_, _>>()? })
}

fn target(own: &str, slots: &[Slot], narrowed: Option<Of>, value: &str) -> Result<Target, Fault> {
    match Reference::parse(value) {
        Reference::Relative { kind, id, .. } => {
            let Some(of) = Of::named(kind) else { return Err(no_reference(value)) };
            if narrowed.is_some_and(|narrowed| narrowed != of) {
                let says =
                    both!("`{}` is of another type than the modifier says", "`{}` 的类型与修饰符不同", shown(value));
                return Err(Fault::wrong(says));
            }
            Ok(Target::Local(vec![of.code], id.to_owned()))
        }
        Reference::Absolute { base, kind, id, .. } if !own.is_empty() && base == own => {
            target(own, slots, narrowed, &format!("{kind}/{id}"))
        }
        Reference::Absolute { .. } | Reference::Urn(_) => Ok(Target::Url(value.to_owned())),
        _ if is_id(value) => {
            let kinds: Vec<TypeCode> = match narrowed {
                Some(of) => vec![of.code],
                None => kinds(slots).map(|of| of.code).collect(),
            };
            Ok(Target::Local(kinds, value.to_owned()))
        }
        _ if value.contains("://") => Ok(Target::Url(value.to_owned())),
        _ => Err(no_reference(value)),
    }
}

fn no_reference(value: &str) -> Fault {
    Fault::wrong(both!("`{}` is no reference", "`{}` 不是引用", shown(value)))
}

/// The types that the parameter may point to, in any of the types that are searched.
fn kinds(slots: &[Slot]) -> impl Iterator<Item = Of> {
    let any = slots.iter().any(|slot| slot.param.targets.is_empty());
    let fits = move |kind: &str| any || slots.iter().any(|slot| slot.param.targets.contains(&kind));
    Definitions::r4().resource_types().filter(move |kind| fits(kind)).filter_map(Of::named)
}
