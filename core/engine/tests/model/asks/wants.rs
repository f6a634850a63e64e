//! The values of a search: most of them such as something answers to.

use super::Asker;
use crate::ask::{Modifier, System, Unit, Want};
use crate::params::{Kind, Param};
use crate::time::Prefix;
use crate::units::UCUM;
use crate::values::Found;
use crate::vocabulary::*;

impl Asker<'_> {
    pub(super) fn want(&mut self, param: &'static Param, modifier: Modifier, known: Option<Found>) -> Want {
        match (modifier, param.kind) {
            (Modifier::Text, _) => {
                let text = self.one(&DISPLAYS);
                Want::Text(self.beginning(text))
            }
            (Modifier::In | Modifier::NotIn, _) => Want::Uri(self.one(&MEANT).0.into()),
            (Modifier::Below | Modifier::Above, Kind::Token) => {
                let (code, _) = self.one(&HIERARCHY);
                Want::Token(System::Is(SYSTEMS[1].into()), Some(code.into()))
            }
            (Modifier::OfType, _) => match known {
                Some(Found::Token(token)) if !token.types.is_empty() => {
                    let (system, code) = self.one(&token.types.iter().collect::<Vec<_>>()).clone();
                    Want::Typed {
                        system: system.unwrap_or_else(|| "urn:none".into()),
                        code: code.unwrap_or_default(),
                        value: token.code.unwrap_or_default(),
                    }
                }
                _ => Want::Typed {
                    system: self.one(&SYSTEMS).into(),
                    code: self.one(&CODES).into(),
                    value: self.one(&CODES).into(),
                },
            },
            (Modifier::Identifier, _) => match known {
                Some(Found::Reference(crate::values::Reference { identifier: Some((system, value)), .. })) => {
                    Want::Token(system.map_or(System::Absent, System::Is), Some(value))
                }
                _ => self.token(),
            },
            (Modifier::Type(kind), _) => Want::Local(None, crate::things::id("", kind, self.dice.usize(0..16))),
            (Modifier::Exact, Kind::Text) => match known {
                Some(Found::Text(text)) => Want::Text(if self.by(20) { text.to_lowercase() } else { text }),
                _ => self.fresh(Kind::Text),
            },
            (Modifier::Contains, Kind::Text) => match known {
                Some(Found::Text(text)) => {
                    let letters: Vec<char> = text.chars().collect();
                    let from = self.dice.usize(0..letters.len());
                    let to = self.dice.usize(from..letters.len()) + 1;
                    let part: String = letters[from..to].iter().collect();
                    Want::Text(if part.trim().is_empty() { text } else { part.trim().to_owned() })
                }
                _ => self.fresh(Kind::Text),
            },
            (_, Kind::Reference) => match known {
                Some(found) => self.like(&found),
                None => {
                    let kind = if param.targets.is_empty() { "Patient" } else { param.targets[0] };
                    Want::Local(Some(kind.to_owned()), crate::things::id("", kind, self.dice.usize(0..9)))
                }
            },
            (_, Kind::Token) => match known {
                Some(found) => self.like(&found),
                None if param.code == "version" => Want::Token(System::Any, Some(self.one(&["2A", "2a", "1"]).into())),
                None if matches!(param.code, "active" | "deceased") => Want::Truth(self.dice.bool()),
                None => self.token(),
            },
            _ => match known {
                Some(found) => self.like(&found),
                None if param.code == "_profile" => Want::Uri(self.one(&PROFILES).into()),
                None => self.fresh(param.kind),
            },
        }
    }

    /// The beginning of a text, perhaps in other letters.
    pub(super) fn beginning(&mut self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let length = self.dice.usize(1..=letters.len());
        let part: String = letters[..length].iter().collect();
        match self.dice.u8(0..4) {
            0 => part.to_uppercase(),
            1 => crate::fold::fold(&part),
            _ => part,
        }
    }

    pub(super) fn token(&mut self) -> Want {
        let system = match self.dice.u8(0..4) {
            0 => System::Absent,
            1 => System::Is(self.one(&SYSTEMS).into()),
            _ => System::Any,
        };
        let whole = self.by(10) && matches!(system, System::Is(_));
        Want::Token(system, (!whole).then(|| self.one(&CODES).into()))
    }

    /// A value of this kind out of the vocabularies.
    pub(super) fn fresh(&mut self, kind: Kind) -> Want {
        match kind {
            Kind::Text => {
                let all = [&FAMILIES[..], &GIVEN, &CITIES, &TEXTS].concat();
                let text = self.one(&all);
                Want::Text(self.beginning(text))
            }
            Kind::Uri => Want::Uri(self.one(&URIS).into()),
            Kind::Date => Want::Date(self.one(&Prefix::ALL), self.one(&DATES).into()),
            Kind::Number => Want::Number(self.one(&Prefix::ALL), self.one(&NUMBERS).into()),
            Kind::Quantity => {
                let unit = match self.dice.u8(0..6) {
                    0 | 1 => Unit::Any,
                    2 => Unit::Written(self.one(&["mg", "tablets", "g"]).into()),
                    3 => Unit::Coded("urn:units".into(), "mg".into()),
                    _ => Unit::Coded(UCUM.into(), self.one(&UNITS).into()),
                };
                Want::Quantity(self.one(&Prefix::ALL), self.one(&NUMBERS).into(), unit)
            }
            _ => self.token(),
        }
    }

    /// A value that this one answers to, or nearly.
    pub(super) fn like(&mut self, found: &Found) -> Want {
        match found {
            Found::Text(text) => Want::Text(self.beginning(text)),
            Found::Token(token) => {
                let Some(code) = token.code.clone() else { return self.token() };
                let system = match (&token.system, self.dice.u8(0..3)) {
                    (None, 0) => System::Absent,
                    (Some(system), 0) => System::Is(system.clone()),
                    _ => System::Any,
                };
                Want::Token(system, Some(code))
            }
            Found::Uri(uri) => Want::Uri(uri.clone()),
            Found::Date((lo, _)) if self.by(20) => {
                // To the millisecond, as `_lastUpdated` says it.
                match crate::time::instant(*lo) {
                    // Nearly now is a moving thing.
                    Some(text) => match self.one(&Prefix::ALL) {
                        Prefix::Ap => Want::Date(Prefix::Ge, text),
                        prefix => Want::Date(prefix, text),
                    },
                    None => self.fresh(Kind::Date),
                }
            }
            Found::Date(_) => self.fresh(Kind::Date),
            Found::Number(_) => self.fresh(Kind::Number),
            Found::Quantity(quantity) => {
                let fresh = self.fresh(Kind::Quantity);
                match (fresh, &quantity.system, &quantity.code) {
                    (Want::Quantity(prefix, number, Unit::Coded(..)), Some(system), Some(code)) if self.by(50) => {
                        Want::Quantity(prefix, number, Unit::Coded(system.clone(), code.clone()))
                    }
                    (fresh, ..) => fresh,
                }
            }
            Found::Reference(reference) => match (&reference.local, &reference.link) {
                (Some((kind, id)), _) => {
                    let told = self.by(60);
                    Want::Local(told.then(|| kind.clone()), id.clone())
                }
                (None, Some(link)) => Want::Link(link.clone()),
                (None, None) => Want::Local(None, "nobody".into()),
            },
            Found::Position(..) => self.token(),
        }
    }
}
