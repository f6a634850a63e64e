//! `_filter`, `_include` and `_revinclude`.

use super::Asker;
use crate::ask::{Filter, Include, System, Want};
use crate::judge::kind_of;
use crate::params::{Kind, Param, TYPES, param, params};
use crate::time::Prefix;
use crate::values::Found;
use crate::vocabulary::*;

impl Asker<'_> {
    pub(super) fn filter(&mut self, kind: &'static str, depth: u8) -> Filter {
        if depth < 2 && self.by(45) {
            let first = Box::new(self.filter(kind, depth + 1));
            return match self.dice.u8(0..3) {
                0 => Filter::Not(first),
                1 => Filter::And(first, Box::new(self.filter(kind, depth + 1))),
                _ => Filter::Or(first, Box::new(self.filter(kind, depth + 1))),
            };
        }
        let mut path = Vec::new();
        let mut here = kind;
        if self.on("chain", 20) {
            let single: Vec<_> = params(kind)
                .filter(|p| p.kind == Kind::Reference && p.targets.len() == 1 && param(p.targets[0], "_id").is_some())
                .collect();
            if !single.is_empty() {
                let via = self.one(&single);
                if TYPES.iter().any(|(of, _)| *of == via.targets[0]) {
                    path.push(via.code);
                    here = via.targets[0];
                }
            }
        }
        let all: Vec<&'static Param> =
            params(here).filter(|p| !matches!(p.kind, Kind::Near) && !p.code.starts_with('_')).collect();
        let param = self.one(&all);
        path.push(param.code);
        if self.by(10) {
            return Filter::Test(path, "pr", Want::Truth(self.dice.bool()));
        }
        let met: Vec<Found> =
            self.world.resources.iter().filter(|r| kind_of(r) == here).flat_map(|r| param.values(r)).collect();
        let known = met.get(self.dice.usize(0..met.len().max(1))).cloned();
        let (op, want) = match param.kind {
            Kind::Text => {
                let op = self.one(&["eq", "co", "sw", "ew"]);
                let text = match known {
                    Some(Found::Text(text)) if op == "sw" => self.beginning(&text),
                    Some(Found::Text(text)) => text,
                    _ => "nothing".into(),
                };
                (op, Want::Text(text.replace(['"', '\\'], "")))
            }
            Kind::Date => (
                self.one(&["eq", "gt", "lt", "ge", "le", "sa", "eb", "po"]),
                Want::Date(Prefix::None, self.one(&DATES).into()),
            ),
            Kind::Number => {
                (self.one(&["eq", "gt", "lt", "ge", "le"]), Want::Number(Prefix::None, self.one(&NUMBERS).into()))
            }
            Kind::Quantity => {
                let op = self.one(&["eq", "gt", "lt", "ge", "le"]);
                match self.fresh(Kind::Quantity) {
                    Want::Quantity(_, number, unit) => (op, Want::Quantity(Prefix::None, number, unit)),
                    other => (op, other),
                }
            }
            Kind::Reference => match known {
                Some(Found::Reference(crate::values::Reference { local: Some((kind, id)), .. })) => {
                    (self.one(&["eq", "re", "eq"]), Want::Local(Some(kind), id))
                }
                _ => ("eq", Want::Local(Some("Patient".into()), "nobody".into())),
            },
            Kind::Uri => ("eq", Want::Uri(self.one(&URIS).into())),
            // What the grammar cannot write without quotes is left to the other searches.
            _ => ("eq", Want::Token(System::Any, Some(self.one(&["a", "A", "b", "final", "true", "male"]).into()))),
        };
        Filter::Test(path, op, want)
    }

    pub(super) fn includes(&mut self, kind: &'static str) -> Vec<Include> {
        let many = self.one(&[1, 1, 2, 3]);
        (0..many).filter_map(|_| self.include(kind)).collect()
    }

    pub(super) fn include(&mut self, kind: &'static str) -> Option<Include> {
        let iterate = self.on("iterate", 25);
        let reverse = self.dice.bool();
        if self.on("wildcard", 15) {
            let source = if reverse { self.one(&[None, Some("Observation")]) } else { self.one(&[None, Some(kind)]) };
            return Some(Include { reverse, iterate: false, source, code: None, target: None });
        }
        let mut ways = Vec::new();
        for (other, _) in TYPES {
            for param in params(other).filter(|param| param.kind == Kind::Reference) {
                let fits =
                    if reverse { param.targets.is_empty() || param.targets.contains(&kind) } else { *other == kind };
                if fits || iterate {
                    ways.push((*other, param));
                }
            }
        }
        let (source, param) = *ways.get(self.dice.usize(0..ways.len().max(1)))?;
        let target = (self.by(25) && !param.targets.is_empty()).then(|| {
            let at = self.dice.usize(0..param.targets.len());
            if reverse && param.targets.contains(&kind) { kind } else { param.targets[at] }
        });
        Some(Include { reverse, iterate, source: Some(source), code: Some(param.code), target })
    }
}
