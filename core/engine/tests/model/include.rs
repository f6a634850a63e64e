//! What a page includes besides its matches.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::ask::{Ask, Include};
use crate::judge::{World, kind_of, name_of};
use crate::params::{Kind, params};

/// The names of what comes with these matches and is none of them. Without `:iterate` only from the matches; with it from what is
/// included too, until nothing new comes.
pub(crate) fn included(world: &World, ask: &Ask, matches: &[&Value]) -> BTreeSet<String> {
    let own: BTreeSet<String> = matches.iter().map(|resource| name_of(resource)).collect();
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut fresh: Vec<&Value> = matches.to_vec();
    let mut first = true;
    while !fresh.is_empty() {
        let mut next = Vec::new();
        for include in ask.includes.iter().filter(|include| first || include.iterate) {
            for resource in &fresh {
                for other in step(world, include, resource) {
                    let name = name_of(other);
                    if !own.contains(&name) && found.insert(name) {
                        next.push(other);
                    }
                }
            }
        }
        fresh = next;
        first = false;
    }
    found
}

fn step<'w>(world: &'w World, include: &Include, resource: &'w Value) -> Vec<&'w Value> {
    if include.reverse {
        let target = include.target.is_none_or(|kind| kind == kind_of(resource));
        let pointing = world.resources.iter().filter(|other| {
            target && links(world, include, other).into_iter().any(|found| name_of(found) == name_of(resource))
        });
        pointing.collect()
    } else {
        let all = links(world, include, resource);
        all.into_iter().filter(|found| include.target.is_none_or(|kind| kind == kind_of(found))).collect()
    }
}

/// What a resource points to by the parameters that the include names.
fn links<'w>(world: &'w World, include: &Include, resource: &Value) -> Vec<&'w Value> {
    if include.source.is_some_and(|source| source != kind_of(resource)) {
        return Vec::new();
    }
    let references = params(kind_of(resource)).filter(|param| param.kind == Kind::Reference);
    let named = references.filter(|param| include.code.is_none_or(|code| code == param.code));
    named.flat_map(|param| world.targets(param, resource)).collect()
}
