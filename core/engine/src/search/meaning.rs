//! What tokens mean on one sight of the store: a value set or a place in a hierarchy becomes the list of its codes, which
//! is bound to the one statement as one value.

use std::collections::HashSet;

use meridian_conformance::terms::{Fault, MOST_CODINGS};
use meridian_model::both;
use meridian_model::outcome::Issue;
use meridian_model::reference::Reference;
use meridian_store::Reader;
use meridian_store::search::{Condition, SystemTest, TokenTest};

use super::ground::Slot;
use super::wish::Meaning;
use crate::EngineError;
use crate::meaning::terms::{addressed, in_force, refused};

/// How many codes the conditions of one search may still mean.
pub(super) struct Allowance(usize);

impl Default for Allowance {
    fn default() -> Allowance {
        Allowance(MOST_CODINGS)
    }
}

impl Allowance {
    fn take(&mut self, codes: usize) -> Result<(), EngineError> {
        let says = || {
            both!("the search means more than {MOST_CODINGS} codes", "检索涉及的代码超过 {MOST_CODINGS} 个，请缩小范围")
        };
        let left = self.0.checked_sub(codes);
        self.0 = left.ok_or_else(|| EngineError::Invalid(vec![Issue::error("too-costly", says())]))?;
        Ok(())
    }
}

/// The condition that a token is one of these, asked for by the parameter `name`.
pub(super) fn tokens(
    reader: &Reader<'_>,
    slots: &[Slot],
    any: &[Meaning],
    name: &str,
    allowance: &mut Allowance,
) -> Result<Condition, EngineError> {
    codes(reader, slots, any, allowance).map_err(|error| match error {
        EngineError::Invalid(issues) => {
            EngineError::Invalid(issues.into_iter().map(|issue| named(issue, name)).collect())
        }
        other => other,
    })
}

/// The issue with the parameter that it is about, as those that reading a search finds.
fn named(mut issue: Issue, name: &str) -> Issue {
    issue.diagnostics = format!("{name}: {}", issue.diagnostics);
    issue.expression = vec![format!("http.{name}")];
    issue
}

fn codes(
    reader: &Reader<'_>,
    slots: &[Slot],
    any: &[Meaning],
    allowance: &mut Allowance,
) -> Result<Condition, EngineError> {
    let terms = in_force(reader)?;
    let (implied, told): (Vec<&Slot>, Vec<&Slot>) = slots.iter().partition(|slot| is_implied(slot));
    let (mut bare, mut tests) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for meaning in any.iter().filter(|meaning| seen.insert(*meaning)) {
        let codings = match meaning {
            Meaning::In(value_set) => {
                let url = canonical(reader, value_set)?;
                terms.codes_in(&url).map_err(not_done)?
            }
            Meaning::Around { system, code, below } => {
                vec![(system.clone(), terms.codes_around(system, code, *below).map_err(not_done)?)]
            }
        };
        for (system, codes) in codings {
            allowance.take(codes.len())?;
            for code in codes {
                if !implied.is_empty() {
                    bare.push(TokenTest { system: SystemTest::None, code: Some(code.clone()) });
                }
                tests.push(TokenTest { system: SystemTest::Uri(system.clone()), code: Some(code) });
            }
        }
    }
    let token = |slots: Vec<&Slot>, any: Vec<TokenTest>| Condition::Token {
        params: slots.iter().map(|slot| slot.number).collect(),
        any,
        selective: false,
    };
    bare.extend_from_slice(&tests);
    Ok(match (implied.is_empty(), told.is_empty()) {
        (true, _) => token(told, tests),
        (_, true) => token(implied, bare),
        _ => Condition::Any(vec![token(implied, bare), token(told, tests)]),
    })
}

/// Parameters of `code` elements that no value set is bound to: of which system a code is stands beside it in the resource,
/// or nowhere (R4: ValueSet.compose.include, CodeSystem.url, ConceptMap.group; names of operations and of parameters).
const UNBOUND: [(&str, &str); 6] = [
    ("CodeSystem", "code"),
    ("ConceptMap", "source-code"),
    ("ConceptMap", "target-code"),
    ("OperationDefinition", "code"),
    ("SearchParameter", "code"),
    ("ValueSet", "code"),
];

/// Whether the element says of which system its codes are, which have none in their rows then.
fn is_implied(slot: &Slot) -> bool {
    slot.param.may_end_in("code") && !UNBOUND.contains(&(slot.of.kind, slot.param.code))
}

/// The canonical of a value set that may be named as a resource of this server.
fn canonical(reader: &Reader<'_>, named: &str) -> Result<String, EngineError> {
    let Reference::Relative { kind: "ValueSet", id, .. } = Reference::parse(named) else {
        return Ok(named.to_owned());
    };
    let found = addressed(reader, "ValueSet", id, |_| true)?;
    let found = found.ok_or_else(|| EngineError::invalid("", both!("{named} is not here", "没有 {named}")))?;
    let canonical = found.canonical();
    let canonical = canonical.ok_or_else(|| {
        EngineError::invalid("", both!("{named} has no url, and so is not in force", "{named} 没有 url，因此没有生效"))
    })?;
    if !found.in_force {
        let says = both!(
            "{named} is not in force, its url leads to another value set: search by {canonical} for that",
            "{named} 没有生效，它的 url 指向另一个值集：请按 {canonical} 检索"
        );
        return Err(EngineError::invalid("", says));
    }
    Ok(canonical)
}

/// A search that names what is not here is a wrong search, and finds neither nothing nor all.
fn not_done(fault: Fault) -> EngineError {
    match refused(Fault { at: None, ..fault }) {
        EngineError::Absent(says) => EngineError::Invalid(vec![Issue::error("not-found", says)]),
        other => other,
    }
}
