//! A code system in memory: what stands in its CodeSystem resource, packed so that hundreds of thousands of concepts cost
//! some tens of bytes each besides their texts.
//!
//! A concept is a number: its place in the order in which the resource defines it. All texts lie in one string.

mod build;
mod lists;
mod parse;
mod supplement;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub(super) use build::{Builder, LONGEST_CODE};
use lists::{Lists, Span};

use super::find::Find;

/// So many concepts are looked through one by one.
const FEW: usize = 64;

/// How much of a code system a resource holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Content {
    Complete,
    /// A part: a code that is not in it may still be one.
    Part,
    Supplement,
    NotPresent,
}

/// What is said of the system as a whole.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) url: String,
    pub(super) version: Option<String>,
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) content: Content,
    pub(super) case_sensitive: bool,
    /// The language of the displays.
    pub(super) language: Option<String>,
    /// The value set of all its codes.
    pub(super) value_set: Option<String>,
    /// The canonical that it is a supplement of.
    pub(super) supplements: Option<String>,
    /// The OIDs by which others name it.
    pub(super) oids: Vec<String>,
}

/// A kind of property that concepts have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Key {
    pub(super) code: String,
    pub(super) uri: Option<String>,
    pub(super) description: Option<String>,
}

/// The type of a property's value, as in the name of its element: `valueCode`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ValueType {
    Code,
    Coding,
    String,
    Integer,
    Boolean,
    DateTime,
    Decimal,
}

#[derive(Clone, Copy, Debug)]
struct Concept {
    code: Span,
    /// The code as it is compared: folded where the system does not tell `A` from `a`.
    key: Span,
    display: Span,
    definition: Span,
    inactive: bool,
    is_abstract: bool,
}

#[derive(Clone, Copy, Debug)]
struct Property {
    key: u16,
    kind: ValueType,
    value: Span,
}

#[derive(Clone, Copy, Debug)]
struct Designation {
    /// The place in `labels`; none where it is not said.
    language: Option<u16>,
    /// The place in `labels` of the Coding as JSON.
    usage: Option<u16>,
    value: Span,
}

/// A code system.
#[derive(Debug)]
pub(super) struct CodeSystem {
    pub(super) head: Head,
    pub(super) keys: Vec<Key>,
    concepts: Vec<Concept>,
    /// The concepts in the order of their keys.
    sorted: Vec<u32>,
    text: String,
    labels: Vec<String>,
    parents: Lists<u32>,
    children: Lists<u32>,
    properties: Lists<Property>,
    designations: Lists<Designation>,
    find: OnceLock<Find>,
}

/// A property of one concept.
#[derive(Clone, Copy, Debug)]
pub(super) struct PropertyOf<'s> {
    pub(super) key: &'s Key,
    pub(super) kind: ValueType,
    /// As text; a Coding as JSON.
    pub(super) value: &'s str,
}

/// Another way to say what a concept means.
#[derive(Clone, Copy, Debug)]
pub(super) struct DesignationOf<'s> {
    pub(super) language: Option<&'s str>,
    /// A Coding as JSON.
    pub(super) usage: Option<&'s str>,
    pub(super) value: &'s str,
}

impl CodeSystem {
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.concepts.len()).unwrap_or(u32::MAX)
    }

    /// The concept of a code.
    pub(super) fn find(&self, code: &str) -> Option<u32> {
        let folded;
        let key = if self.head.case_sensitive {
            code
        } else {
            folded = code.to_lowercase();
            &folded
        };
        let at = self.sorted.binary_search_by(|at| self.key(*at).cmp(key)).ok()?;
        self.sorted.get(at).copied()
    }

    fn key(&self, at: u32) -> &str {
        self.at(at).map_or("", |concept| self.span(concept.key))
    }

    fn at(&self, at: u32) -> Option<&Concept> {
        self.concepts.get(at as usize)
    }

    fn span(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    pub(super) fn code(&self, at: u32) -> &str {
        self.at(at).map_or("", |concept| self.span(concept.code))
    }

    pub(super) fn display(&self, at: u32) -> Option<&str> {
        self.at(at).map(|concept| self.span(concept.display)).filter(|text| !text.is_empty())
    }

    pub(super) fn definition(&self, at: u32) -> Option<&str> {
        self.at(at).map(|concept| self.span(concept.definition)).filter(|text| !text.is_empty())
    }

    pub(super) fn is_inactive(&self, at: u32) -> bool {
        self.at(at).is_some_and(|concept| concept.inactive)
    }

    /// It groups others, and is not meant to be used itself.
    pub(super) fn is_abstract(&self, at: u32) -> bool {
        self.at(at).is_some_and(|concept| concept.is_abstract)
    }

    pub(super) fn parents(&self, at: u32) -> &[u32] {
        self.parents.of(at)
    }

    pub(super) fn children(&self, at: u32) -> &[u32] {
        self.children.of(at)
    }

    pub(super) fn properties(&self, at: u32) -> impl Iterator<Item = PropertyOf<'_>> {
        self.properties.of(at).iter().filter_map(|property| {
            let key = self.keys.get(usize::from(property.key))?;
            Some(PropertyOf { key, kind: property.kind, value: self.span(property.value) })
        })
    }

    pub(super) fn designations(&self, at: u32) -> impl Iterator<Item = DesignationOf<'_>> {
        let label = |at: Option<u16>| at.and_then(|at| self.labels.get(usize::from(at))).map(String::as_str);
        self.designations.of(at).iter().map(move |designation| DesignationOf {
            language: label(designation.language),
            usage: label(designation.usage),
            value: self.span(designation.value),
        })
    }

    /// Whether one is the other, or a kind of it by any number of steps.
    pub(super) fn is_a(&self, at: u32, ancestor: u32) -> bool {
        self.walk(at, ancestor).0
    }

    /// The same, and how many concepts were looked at for it.
    pub(super) fn walk(&self, at: u32, ancestor: u32) -> (bool, u64) {
        // Seldom more than some tens: a list is quicker than a set.
        let mut seen = vec![at];
        let mut many: Vec<bool> = Vec::new();
        let mut next = 0;
        while let Some(now) = seen.get(next).copied() {
            if now == ancestor {
                return (true, next as u64);
            }
            next += 1;
            if seen.len() > FEW && many.is_empty() {
                many.resize(self.concepts.len(), false);
                for at in &seen {
                    mark(&mut many, *at);
                }
            }
            for parent in self.parents(now) {
                let is_new = if many.is_empty() { !seen.contains(parent) } else { mark(&mut many, *parent) };
                if is_new {
                    seen.push(*parent);
                }
            }
        }
        (false, next as u64)
    }

    /// All that lies below a concept, without itself; true at its place.
    pub(super) fn below(&self, at: u32) -> Vec<bool> {
        self.reach(at, |at| self.children(at))
    }

    /// All that lies above a concept, without itself; true at its place.
    pub(super) fn above(&self, at: u32) -> Vec<bool> {
        self.reach(at, |at| self.parents(at))
    }

    fn reach<'s>(&'s self, at: u32, next: impl Fn(u32) -> &'s [u32]) -> Vec<bool> {
        let mut reached = vec![false; self.concepts.len()];
        let mut open = vec![at];
        while let Some(now) = open.pop() {
            for other in next(now) {
                if let Some(seen) = reached.get_mut(*other as usize).filter(|seen| !**seen) {
                    *seen = true;
                    open.push(*other);
                }
            }
        }
        reached
    }

    /// The display in a language: the designation that fits it best, or the system's own display.
    pub(super) fn display_in(&self, at: u32, language: Option<&str>) -> Option<&str> {
        let own = self.display(at);
        let Some(wanted) = language else { return own };
        if self.head.language.as_deref().is_some_and(|own| fits(own, wanted)) {
            return own;
        }
        let mut fitting = self.designations(at).filter(|one| one.language.is_some_and(|has| fits(has, wanted)));
        let first = fitting.next();
        // A full name before a synonym, where both are said.
        let full = first.into_iter().chain(fitting).find(|one| one.usage.is_none_or(|usage| usage.contains("display")));
        full.or(first).map(|one| one.value).or(own)
    }

    /// Whether a text is one of the concept's displays, without regard to case and blanks.
    pub(super) fn is_called(&self, at: u32, text: &str) -> bool {
        let folded = meridian_model::fold::fold(text);
        let same = |own: &str| own == text || meridian_model::fold::fold(own) == folded;
        self.display(at).is_some_and(same) || self.designations(at).any(|one| same(one.value))
    }

    /// The index of its texts, made when it is first asked for.
    pub(super) fn index(&self) -> &Find {
        self.find.get_or_init(|| Find::of(self))
    }
}

/// Marks a place; true if it was not marked.
fn mark(marks: &mut [bool], at: u32) -> bool {
    marks.get_mut(at as usize).is_some_and(|mark| !std::mem::replace(mark, true))
}

/// Whether a text in the language `has` answers the wish for `wanted`: `zh-CN` and `zh` answer each other.
pub(super) fn fits(has: &str, wanted: &str) -> bool {
    // A wish may be a header's: the first language of it counts.
    let wanted = wanted.split([',', ';']).next().unwrap_or_default().trim();
    let begins = |long: &str, short: &str| {
        let head = long.get(..short.len()).is_some_and(|head| head.eq_ignore_ascii_case(short));
        head && long.as_bytes().get(short.len()).is_none_or(|next| *next == b'-')
    };
    !wanted.is_empty() && !has.is_empty() && (begins(has, wanted) || begins(wanted, has))
}
