//! Parameters whose values an engine for expressions finds.

use serde_json::Value;

use super::IndexKind;
use super::emit::{EndType, emit};
use super::pair::{beside, pairs};
use super::value::{is_any_case, leading};
use crate::date::Zone;
use crate::definitions::compile::fits;
use crate::definitions::{Evaluator, Found, Kind, SearchParam};

/// One of them.
#[derive(Debug)]
pub(super) struct Evaluated {
    pub(super) param: &'static SearchParam,
    evaluator: Evaluator,
    /// Of a composite: the kinds of its parts, and which of them leads.
    parts: Option<(Vec<Kind>, usize)>,
}

impl Evaluated {
    /// `None` for a parameter that path programs find, and for a composite without rows.
    pub(super) fn of(param: &'static SearchParam) -> Option<Self> {
        let evaluator = param.evaluator.clone()?;
        let parts = if param.kind == Kind::Composite {
            let kinds: Vec<Kind> = param.parts.iter().map(|part| part.kind).collect();
            let lead = leading(&kinds)?;
            Some((kinds, lead))
        } else {
            None
        };
        Some(Self { param, evaluator, parts })
    }

    /// # Errors
    /// The evaluator's: then nothing was put.
    pub(super) fn run(&self, resource: &Value, zone: Zone, put: &mut dyn FnMut(IndexKind)) -> Result<(), String> {
        for together in self.evaluator.values(resource)? {
            match &self.parts {
                None => {
                    for found in together.iter().flatten() {
                        one(self.param.kind, is_any_case(self.param), found, zone, put);
                    }
                }
                Some((kinds, lead)) => {
                    let part = |(kind, found): (&Kind, &Vec<Found<'_>>)| {
                        let mut values = Vec::new();
                        for found in found {
                            one(*kind, false, found, zone, &mut |value| values.extend(beside(*kind, value)));
                        }
                        values
                    };
                    let mut rest: Vec<Vec<IndexKind>> = kinds.iter().zip(&together).map(part).collect();
                    if *lead < rest.len() {
                        let first = rest.remove(*lead);
                        pairs(first, &rest, put);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The values of what was found, if a parameter of this kind indexes such a thing.
fn one(kind: Kind, any_case: bool, (value, end): &Found<'_>, zone: Zone, put: &mut dyn FnMut(IndexKind)) {
    if !fits(kind, end) {
        return;
    }
    let end = if any_case { Some(EndType::AnyCase) } else { EndType::of(kind, end) };
    if let Some(end) = end {
        emit(kind, end, value, zone, put);
    }
}
