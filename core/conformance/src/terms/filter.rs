//! The filters of value sets, tried on a concept.

use meridian_model::both;

use std::sync::Arc;

use super::fault::{Fault, shown};
use super::grammar::Grammar;
use super::set::{Filter, Operator};
use super::system::CodeSystem;
use crate::says::Says;

/// Properties that every concept has, and that of LOINC by which all that lies above is meant.
const OWN: [&str; 9] =
    ["code", "concept", "display", "definition", "parent", "child", "inactive", "notSelectable", "ancestor"];
/// Bytes of text that a regular expression is tried on for one step.
const TRIED: u64 = 4;

/// Takes steps from what a question may cost.
type Pay<'p> = &'p dyn Fn(u64) -> Result<(), Fault>;

/// A filter on what the system does not know would let nothing or everything through, and nobody would see it.
fn known(filter: &Filter, system: &CodeSystem) -> Result<(), Fault> {
    let asks = matches!(
        filter.operator,
        Operator::Equals | Operator::Regex | Operator::In | Operator::NotIn | Operator::Exists
    );
    let property = filter.property.as_str();
    if asks && !OWN.contains(&property) && !system.keys.iter().any(|key| key.code == property) {
        return Err(Fault::invalid(not_here(filter, &system.head.url)));
    }
    Ok(())
}

/// Properties that every concept has, with their values.
fn own<'s>(system: &'s CodeSystem, at: u32, property: &str) -> Option<Vec<&'s str>> {
    match property {
        "code" | "concept" => Some(vec![system.code(at)]),
        "display" => Some(system.display(at).into_iter().collect()),
        "definition" => Some(system.definition(at).into_iter().collect()),
        "parent" => Some(system.parents(at).iter().map(|parent| system.code(*parent)).collect()),
        "child" => Some(system.children(at).iter().map(|child| system.code(*child)).collect()),
        "inactive" if !system.keys.iter().any(|key| key.code == "inactive") => {
            Some(vec![if system.is_inactive(at) { "true" } else { "false" }])
        }
        "notSelectable" if !system.keys.iter().any(|key| key.code == "notSelectable") => {
            Some(vec![if system.is_abstract(at) { "true" } else { "false" }])
        }
        _ => None,
    }
}

/// The values of a property, as text.
fn values<'s>(system: &'s CodeSystem, at: u32, property: &str) -> Vec<&'s str> {
    let given = system.properties(at).filter(|one| one.key.code == property).map(|one| one.value);
    match own(system, at, property) {
        Some(mut own) => {
            own.extend(given);
            own
        }
        None => given.collect(),
    }
}

/// Whether a value is the one that a filter says; a Coding by its code.
fn same(value: &str, wanted: &str) -> bool {
    if value == wanted {
        return true;
    }
    value.starts_with('{')
        && serde_json::from_str::<serde_json::Value>(value).is_ok_and(|coding| {
            let part = |key: &str| coding.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
            part("code") == wanted || format!("{}|{}", part("system"), part("code")) == wanted
        })
}

/// The concept that a filter of the hierarchy names.
pub(super) fn named(filter: &Filter, system: &CodeSystem) -> Result<u32, Fault> {
    system.find(&filter.value).ok_or_else(|| {
        let url = &system.head.url;
        Fault::invalid(both!(
            "a filter names the code `{}`, which is not in {url}",
            "过滤条件中的代码 `{}` 不在 {url} 中",
            shown(&filter.value)
        ))
    })
}

/// Whether a filter holds for a concept. What is done for it is paid.
///
/// # Errors
/// `Invalid` where it names a code or property that the system does not have.
pub(super) fn holds(filter: &Filter, system: &CodeSystem, at: u32, pay: Pay<'_>) -> Result<bool, Fault> {
    known(filter, system)?;
    tried(filter, system, at, pay)
}

fn tried(filter: &Filter, system: &CodeSystem, at: u32, pay: Pay<'_>) -> Result<bool, Fault> {
    let is_a = |at: u32, ancestor: u32| {
        let (is, walked) = system.walk(at, ancestor);
        pay(walked).map(|()| is)
    };
    Ok(match filter.operator {
        Operator::IsA => is_a(at, named(filter, system)?)?,
        Operator::DescendentOf => {
            let root = named(filter, system)?;
            at != root && is_a(at, root)?
        }
        Operator::IsNotA => !is_a(at, named(filter, system)?)?,
        Operator::Generalizes => is_a(named(filter, system)?, at)?,
        Operator::Equals => match filter.property.as_str() {
            // LOINC's way to say: at any place below.
            "ancestor" => match system.find(&filter.value) {
                Some(root) => at != root && is_a(at, root)?,
                None => false,
            },
            property => values(system, at, property).into_iter().any(|value| same(value, &filter.value)),
        },
        Operator::Regex => {
            let Some(regex) = &filter.regex else { return Ok(false) };
            for value in values(system, at, &filter.property) {
                pay(regex.cost(value.len()) / TRIED)?;
                if regex.is_match(value) {
                    return Ok(true);
                }
            }
            false
        }
        Operator::In => is_one_of(filter, system, at),
        Operator::NotIn => !is_one_of(filter, system, at),
        Operator::Exists => values(system, at, &filter.property).is_empty() == (filter.value == "false"),
    })
}

fn is_one_of(filter: &Filter, system: &CodeSystem, at: u32) -> bool {
    let wanted = filter.values();
    values(system, at, &filter.property).into_iter().any(|value| wanted.iter().any(|wanted| same(value, wanted)))
}

/// A filter that is tried on many concepts of one system: the hierarchy is walked once.
pub(super) enum Prepared<'f> {
    Marks(Vec<bool>),
    Each(&'f Filter),
}

impl Prepared<'_> {
    pub(super) fn of<'f>(filter: &'f Filter, system: &Arc<CodeSystem>) -> Result<Prepared<'f>, Fault> {
        known(filter, system)?;
        let with = |mut marks: Vec<bool>, root: u32, itself: bool| {
            if let Some(mark) = marks.get_mut(root as usize) {
                *mark = itself;
            }
            marks
        };
        Ok(Prepared::Marks(match filter.operator {
            Operator::IsA => {
                let root = named(filter, system)?;
                with(system.below(root), root, true)
            }
            Operator::DescendentOf => system.below(named(filter, system)?),
            Operator::IsNotA => {
                let root = named(filter, system)?;
                let mut marks = with(system.below(root), root, true);
                marks.iter_mut().for_each(|mark| *mark = !*mark);
                marks
            }
            Operator::Generalizes => {
                let root = named(filter, system)?;
                with(system.above(root), root, true)
            }
            Operator::Equals if filter.property == "ancestor" => match system.find(&filter.value) {
                Some(root) => system.below(root),
                None => Vec::new(),
            },
            _ => return Ok(Prepared::Each(filter)),
        }))
    }

    pub(super) fn holds(&self, system: &CodeSystem, at: u32, pay: Pay<'_>) -> Result<bool, Fault> {
        match self {
            Prepared::Marks(marks) => Ok(marks.get(at as usize).copied().unwrap_or_default()),
            Prepared::Each(filter) => tried(filter, system, at, pay),
        }
    }
}

/// A filter on a code of a grammar; `None` where that has no such property.
pub(super) fn of_grammar(filter: &Filter, grammar: &Grammar, code: &str) -> Option<bool> {
    match (filter.operator, filter.property.as_str()) {
        (Operator::Equals, "code" | "concept") => Some(code == filter.value),
        (Operator::Regex, "code" | "concept") => filter.regex.as_ref().map(|regex| regex.is_match(code)),
        (Operator::In, "code" | "concept") => Some(filter.values().iter().any(|value| value == code)),
        (Operator::NotIn, "code" | "concept") => Some(!filter.values().iter().any(|value| value == code)),
        (Operator::Equals, property) => grammar.has(code, property, &filter.value),
        _ => None,
    }
}

pub(super) fn not_here(filter: &Filter, system: &str) -> Says {
    Says::NoProperty { system: system.to_owned(), property: shown(&filter.property) }
}
