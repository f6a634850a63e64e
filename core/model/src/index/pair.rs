//! Composite parameters: values that stand together under one anchor.

use serde_json::Value;

use super::emit::{EndType, emit};
use super::plan::Node;
use super::value::leading;
use super::{IndexKind, Real};
use crate::date::Zone;
use crate::definitions::{End, Kind, Part, Program, SearchParam};

/// Most pairs under one anchor; so many come of no record of a person.
const MOST: usize = 10_000;

/// The parts of a composite, seen from its anchor.
#[derive(Debug)]
pub(super) struct Composite {
    lead: Branch,
    rest: Vec<Branch>,
}

/// One part: what is found from the anchor, and what from the whole resource.
#[derive(Debug, Default)]
struct Branch {
    here: Node<(Kind, EndType)>,
    above: Node<(Kind, EndType)>,
}

impl Composite {
    /// `None` for a composite without rows.
    pub(super) fn new(param: &SearchParam) -> Option<Self> {
        let kinds: Vec<Kind> = param.parts.iter().map(|part| part.kind).collect();
        let at = leading(&kinds)?;
        let mut rest: Vec<Branch> = param.parts.iter().map(Branch::new).collect();
        let lead = rest.remove(at);
        Some(Self { lead, rest })
    }

    pub(super) fn run(&self, resource: &Value, anchor: &Value, zone: Zone, put: &mut impl FnMut(IndexKind)) {
        let leads = self.lead.values(resource, anchor, zone);
        if !leads.is_empty() {
            let rest: Vec<_> = self.rest.iter().map(|part| part.values(resource, anchor, zone)).collect();
            pairs(leads, &rest, put);
        }
    }
}

/// What stands together under one anchor, as pairs: what leads, with what the other parts find.
pub(super) fn pairs(leads: Vec<IndexKind>, rest: &[Vec<IndexKind>], put: &mut (impl FnMut(IndexKind) + ?Sized)) {
    let leads: Vec<_> = leads.into_iter().filter_map(token).collect();
    let between;
    let seconds = match rest {
        [only] => only,
        [from, to] => {
            between = spans(from, to);
            &between
        }
        _ => return,
    };
    let all = leads.iter().flat_map(|lead| seconds.iter().map(move |second| (lead, second)));
    for ((system, code), second) in all.take(MOST) {
        let second = match second {
            IndexKind::Reference { .. } | IndexKind::Uri(_) | IndexKind::ReferenceUrl(_) => {
                let Some((system, code)) = token(second.clone()) else { continue };
                IndexKind::Token { system, code }
            }
            other => other.clone(),
        };
        put(IndexKind::Pair { system: system.clone(), code: code.clone(), second: Box::new(second) });
    }
}

/// A value of a part; the texts and types that a token has beside it belong to no composite.
pub(super) fn beside(kind: Kind, value: IndexKind) -> Option<IndexKind> {
    let fits = match value {
        IndexKind::Str { .. } => kind == Kind::String,
        IndexKind::Token { .. } => kind == Kind::Token,
        IndexKind::Pair { .. } => false,
        _ => true,
    };
    fits.then_some(value)
}

impl Branch {
    fn new(part: &Part) -> Self {
        let mut branch = Self::default();
        for path in &part.paths {
            // `%` leads from the anchor to the whole resource.
            let (node, path) = match path.strip_prefix('%') {
                Some(path) => (&mut branch.above, path),
                None => (&mut branch.here, *path),
            };
            if let Some(Program { steps, end: End::Type(end) }) = Program::read(path)
                && let Some(end) = EndType::of(part.kind, end)
            {
                node.add(steps, (part.kind, end));
            }
        }
        branch
    }

    fn values(&self, resource: &Value, anchor: &Value, zone: Zone) -> Vec<IndexKind> {
        let mut values = Vec::new();
        for (node, start) in [(&self.here, anchor), (&self.above, resource)] {
            node.arrive(start, &mut |(kind, end), item| {
                emit(*kind, *end, item, zone, &mut |value| values.extend(beside(*kind, value)));
            });
        }
        values
    }
}

fn spans(from: &[IndexKind], to: &[IndexKind]) -> Vec<IndexKind> {
    let number = |value: &IndexKind| if let IndexKind::Number(number) = value { Some(*number) } else { None };
    let to: Vec<Real> = to.iter().filter_map(number).collect();
    let pairs = from.iter().filter_map(number).flat_map(|from| to.iter().map(move |to| (from, *to)));
    pairs.take(MOST).map(|(from, to)| IndexKind::Span(from, to)).collect()
}

/// What leads a pair, as system and code.
fn token(value: IndexKind) -> Option<(Option<String>, String)> {
    match value {
        IndexKind::Token { system, code } => Some((system, code)),
        IndexKind::Reference { target_type, id } => {
            let kind = crate::definitions::Definitions::r4().type_name(target_type)?;
            Some((None, format!("{kind}/{id}")))
        }
        IndexKind::ReferenceUrl(url) | IndexKind::Uri(url) => Some((None, url)),
        _ => None,
    }
}
