//! Which resources a search means: brute force over all of them, after R4's search page.

use std::collections::HashMap;

use serde_json::Value;

use crate::ask::{Ask, Clause, Filter, Modifier, System, Unit, Want};
use crate::decimal::Decimal;
use crate::fold::{fold, words};
use crate::params::{Kind, Param, pairs, param};
use crate::time::{self, Prefix};
use crate::units::{UCUM, unit};
use crate::values::{Found, Quantity, Reference, Token, at};
use crate::vocabulary::{HIERARCHY, MEANT};

/// All that is there.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) resources: Vec<Value>,
    places: HashMap<String, usize>,
    /// The moment that `ap` counts from, in milliseconds.
    pub(crate) now: i64,
}

pub(crate) fn kind_of(resource: &Value) -> &str {
    resource.get("resourceType").and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn id_of(resource: &Value) -> &str {
    resource.get("id").and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn name_of(resource: &Value) -> String {
    format!("{}/{}", kind_of(resource), id_of(resource))
}

impl World {
    pub(crate) fn new(resources: Vec<Value>, now: i64) -> World {
        let places = resources.iter().enumerate().map(|(nth, resource)| (name_of(resource), nth)).collect();
        World { resources, places, now }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.resources.get(*self.places.get(name)?)
    }

    /// Every resource that the search finds.
    pub(crate) fn matches(&self, ask: &Ask) -> Vec<&Value> {
        let of_kind = self.resources.iter().filter(|resource| {
            let within = ask.within.as_ref().is_none_or(|(of, id)| crate::compartment::holds(of, id, resource));
            within && ask.kinds.contains(&kind_of(resource))
        });
        of_kind.filter(|resource| ask.clauses.iter().all(|clause| self.holds(clause, resource))).collect()
    }

    fn holds(&self, clause: &Clause, resource: &Value) -> bool {
        match clause {
            Clause::Test { code, modifier, any } => self.test(resource, code, *modifier, any),
            Clause::Chain { code, target, rest } => {
                let via = param(kind_of(resource), code);
                via.is_some_and(|via| {
                    self.targets(via, resource)
                        .into_iter()
                        .any(|found| target.is_none_or(|kind| kind == kind_of(found)) && self.holds(rest, found))
                })
            }
            Clause::Has { kind, code, rest } => {
                let via = param(kind, code);
                via.is_some_and(|via| {
                    let pointing = self.resources.iter().filter(|other| kind_of(other) == *kind);
                    let name = name_of(resource);
                    pointing
                        .filter(|other| self.targets(via, other).into_iter().any(|found| name_of(found) == name))
                        .any(|other| self.holds(rest, other))
                })
            }
            Clause::Filter(filter) => self.passes(filter, resource),
            Clause::List(id) => {
                let list = self.get(&format!("List/{id}"));
                let items = list.map(|list| at(list, "entry.item")).unwrap_or_default();
                let own = name_of(resource);
                items.into_iter().any(|item| points_at(&crate::values::reference(item), &own))
            }
            Clause::Words { content, text } => {
                let there = if *content { all_words(resource) } else { narrative(resource) };
                words(text).iter().all(|word| there.contains(word))
            }
            Clause::Near(latitude, longitude, km) => {
                let near = param(kind_of(resource), "near").map(|near| near.values(resource)).unwrap_or_default();
                near.iter().any(|found| match found {
                    Found::Position(lat, lon) => distance((*latitude, *longitude), (*lat, *lon)) <= *km,
                    _ => false,
                })
            }
        }
    }

    /// What a parameter points to, as far as it is here.
    pub(crate) fn targets(&self, via: &Param, resource: &Value) -> Vec<&Value> {
        let references = via.values(resource).into_iter().filter_map(|found| match found {
            Found::Reference(Reference { local: Some((kind, id)), .. }) => Some((kind, id)),
            _ => None,
        });
        let allowed = references.filter(|(kind, _)| via.targets.is_empty() || via.targets.contains(&kind.as_str()));
        allowed.filter_map(|(kind, id)| self.get(&format!("{kind}/{id}"))).collect()
    }

    fn test(&self, resource: &Value, code: &str, modifier: Modifier, any: &[Want]) -> bool {
        let kind = kind_of(resource);
        if let Some(pair) = pairs(kind).find(|pair| pair.code == code) {
            let found = pair.values(resource);
            if let Modifier::Missing(missing) = modifier {
                return found.is_empty() == missing;
            }
            return any.iter().any(|want| match want {
                Want::Pair(first, second) => found.iter().any(|(one, other)| {
                    self.says(one, Modifier::None, first) && self.says(other, Modifier::None, second)
                }),
                _ => false,
            });
        }
        // A chain may lead to types that have no such parameter.
        let Some(param) = param(kind, code) else { return false };
        let found = param.values(resource);
        match modifier {
            Modifier::Missing(missing) => found.is_empty() == missing,
            Modifier::Not => !found.iter().any(|one| any.iter().any(|want| self.says(one, Modifier::None, want))),
            Modifier::NotIn => !found.iter().any(|one| any.iter().any(|want| self.says(one, Modifier::In, want))),
            Modifier::Type(kind) => any.iter().any(|want| {
                let whole = match want {
                    Want::Local(None, id) => Want::Local(Some(kind.to_owned()), id.clone()),
                    other => other.clone(),
                };
                found.iter().any(|one| self.says(one, Modifier::None, &whole))
            }),
            _ => any.iter().any(|want| {
                let want = match want {
                    // An id alone may be of any type that the parameter leads to.
                    Want::Local(None, id) => {
                        return found.iter().any(|one| {
                            matches!(one, Found::Reference(Reference { local: Some((kind, of)), .. })
                                if of == id && (param.targets.is_empty() || param.targets.contains(&kind.as_str())))
                        });
                    }
                    other => other,
                };
                found.iter().any(|one| self.says(one, modifier, want))
            }),
        }
    }

    /// Whether one value of a resource answers one value of the search.
    fn says(&self, found: &Found, modifier: Modifier, want: &Want) -> bool {
        match (found, want) {
            (Found::Text(text), Want::Text(sought)) => match modifier {
                Modifier::Exact => text == sought,
                Modifier::Contains => fold(text).contains(&fold(sought)),
                _ => fold(text).starts_with(&fold(sought)),
            },
            (Found::Token(token), Want::Text(sought)) if modifier == Modifier::Text => {
                token.texts.iter().any(|text| fold(text).starts_with(&fold(sought)))
            }
            (Found::Token(token), Want::Uri(value_set)) => {
                let meant = MEANT.iter().find(|(url, _)| url == value_set).map_or(&[][..], |(_, codes)| codes);
                meant.iter().any(|(system, code)| is_coded(token, system, code))
            }
            (Found::Token(token), Want::Token(System::Is(system), Some(code)))
                if matches!(modifier, Modifier::Below | Modifier::Above) =>
            {
                let around = |other: &str| match modifier {
                    Modifier::Below => stands_below(other, code),
                    _ => stands_below(code, other),
                };
                HIERARCHY.iter().any(|(other, _)| around(other) && is_coded(token, system, other))
            }
            (Found::Token(token), Want::Typed { system, code, value }) => {
                token.code.as_ref() == Some(value)
                    && token.types.iter().any(|(of, is)| of.as_ref() == Some(system) && is.as_ref() == Some(code))
            }
            (Found::Token(token), Want::Token(system, code)) => is_token(token, system, code.as_ref()),
            (Found::Token(token), Want::Truth(truth)) => token.code.as_deref() == Some(&truth.to_string()),
            (Found::Uri(uri), Want::Uri(sought)) => match modifier {
                Modifier::Below => uri.starts_with(sought.as_str()),
                // A path is above what it is a beginning of, whole segments only.
                Modifier::Above => sought
                    .strip_prefix(uri.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || uri.ends_with('/')),
                _ => uri == sought,
            },
            (Found::Date(span), Want::Date(prefix, text)) => {
                let Some(sought) = time::span(text) else { return false };
                let sought = if *prefix == Prefix::Ap { time::about(sought, self.now) } else { sought };
                prefix.fits(*span, sought)
            }
            (Found::Number(number), Want::Number(prefix, text)) => compare(*number, *prefix, text, None),
            (Found::Quantity(quantity), Want::Quantity(prefix, text, unit)) => {
                is_quantity(quantity, *prefix, text, unit)
            }
            (Found::Reference(reference), Want::Local(Some(kind), id)) => points_at(reference, &format!("{kind}/{id}")),
            (Found::Reference(reference), Want::Link(link)) => reference.link.as_ref() == Some(link),
            (Found::Reference(Reference { identifier: Some((system, value)), .. }), Want::Token(sought, code)) => {
                let token = Token { system: system.clone(), code: Some(value.clone()), ..Token::default() };
                is_token(&token, sought, code.as_ref())
            }
            _ => false,
        }
    }

    fn passes(&self, filter: &Filter, resource: &Value) -> bool {
        match filter {
            Filter::And(a, b) => self.passes(a, resource) && self.passes(b, resource),
            Filter::Or(a, b) => self.passes(a, resource) || self.passes(b, resource),
            Filter::Not(a) => !self.passes(a, resource),
            Filter::Test(path, op, want) => match path.as_slice() {
                [code] => self.compares(resource, code, op, want),
                [code, rest @ ..] => param(kind_of(resource), code).is_some_and(|via| {
                    let rest = Filter::Test(rest.to_vec(), op, want.clone());
                    self.targets(via, resource).into_iter().any(|found| self.passes(&rest, found))
                }),
                [] => false,
            },
        }
    }

    fn compares(&self, resource: &Value, code: &str, op: &str, want: &Want) -> bool {
        let Some(param) = param(kind_of(resource), code) else { return false };
        let found = param.values(resource);
        if let ("pr", Want::Truth(there)) = (op, want) {
            return found.is_empty() != *there;
        }
        let text = |test: fn(&str, &str) -> bool| {
            found.iter().any(|one| match (one, want) {
                (Found::Text(text), Want::Text(sought)) => test(&fold(text), &fold(sought)),
                _ => false,
            })
        };
        let prefixed = |prefix: Prefix| {
            let want = match want {
                Want::Date(_, text) => Want::Date(prefix, text.clone()),
                Want::Number(_, text) => Want::Number(prefix, text.clone()),
                Want::Quantity(_, text, unit) => Want::Quantity(prefix, text.clone(), unit.clone()),
                other => other.clone(),
            };
            found.iter().any(|one| self.says(one, Modifier::None, &want))
        };
        match (op, param.kind) {
            ("eq", Kind::Text) => text(|text, sought| text == sought),
            ("co", Kind::Text) => text(|text, sought| text.contains(sought)),
            ("sw", Kind::Text) => text(|text, sought| text.starts_with(sought)),
            ("ew", Kind::Text) => text(|text, sought| text.ends_with(sought)),
            ("eq" | "re", _) => prefixed(Prefix::Eq),
            ("ne", _) => prefixed(Prefix::Ne),
            ("gt", _) => prefixed(Prefix::Gt),
            ("lt", _) => prefixed(Prefix::Lt),
            ("ge", _) => prefixed(Prefix::Ge),
            ("le", _) => prefixed(Prefix::Le),
            ("sa", _) => prefixed(Prefix::Sa),
            ("eb", _) => prefixed(Prefix::Eb),
            ("po", _) => found.iter().any(|one| match (one, want) {
                (Found::Date(span), Want::Date(_, text)) => {
                    time::span(text).is_some_and(|sought| Prefix::Ap.fits(*span, sought))
                }
                _ => false,
            }),
            _ => false,
        }
    }
}

fn points_at(reference: &Reference, name: &str) -> bool {
    reference.local.as_ref().is_some_and(|(kind, id)| format!("{kind}/{id}") == name)
}

/// Whether a code of the hierarchy is another, or stands below it.
fn stands_below(code: &str, above: &str) -> bool {
    let parents = HIERARCHY.iter().find(|(own, _)| *own == code).map_or(&[][..], |(_, parents)| parents);
    code == above || parents.iter().any(|parent| stands_below(parent, above))
}

fn is_coded(token: &Token, system: &str, code: &str) -> bool {
    token.system.as_deref() == Some(system) && token.code.as_deref() == Some(code)
}

fn is_token(token: &Token, system: &System, code: Option<&String>) -> bool {
    let of_system = match system {
        System::Any => true,
        System::Absent => token.system.is_none(),
        System::Is(uri) => token.system.as_ref() == Some(uri),
    };
    // A text alone is no coding.
    let coded = token.code.is_some() || token.system.is_some();
    let same = |is: &String, code: &String| is == code || token.any_case && is.to_lowercase() == code.to_lowercase();
    coded && of_system && code.is_none_or(|code| token.code.as_ref().is_some_and(|is| same(is, code)))
}

/// A number against a number with a prefix, both times `factors`.
fn compare(number: Decimal, prefix: Prefix, text: &str, factors: Option<(Decimal, Decimal)>) -> bool {
    let Some(sought) = Decimal::parse(text) else { return false };
    let own = |decimal: Decimal| factors.map_or(decimal, |(own, _)| decimal.times(own));
    let their = |decimal: Decimal| factors.map_or(decimal, |(_, their)| decimal.times(their));
    let number = own(number);
    let (low, high) = sought.implied();
    let (about_low, about_high) = sought.about();
    let sought = their(sought);
    let within = number >= their(low) && number < their(high);
    match prefix {
        Prefix::None | Prefix::Eq => within,
        Prefix::Ne => !within,
        Prefix::Gt | Prefix::Sa => number > sought,
        Prefix::Lt | Prefix::Eb => number < sought,
        Prefix::Ge => number >= sought,
        Prefix::Le => number <= sought,
        Prefix::Ap => number >= their(about_low) && number <= their(about_high),
    }
}

fn is_quantity(quantity: &Quantity, prefix: Prefix, text: &str, sought: &Unit) -> bool {
    match sought {
        Unit::Any => compare(quantity.value, prefix, text, None),
        Unit::Written(name) => {
            let same = quantity.code.as_ref() == Some(name) || quantity.unit.as_ref() == Some(name);
            same && compare(quantity.value, prefix, text, None)
        }
        Unit::Coded(system, code) => {
            if quantity.system.as_ref() != Some(system) {
                return false;
            }
            if quantity.code.as_ref() == Some(code) {
                return compare(quantity.value, prefix, text, None);
            }
            let both = quantity.code.as_deref().and_then(unit).zip(unit(code));
            match both {
                Some(((what, own), (sought, their))) if system == UCUM && what == sought => {
                    compare(quantity.value, prefix, text, Some((own, their)))
                }
                _ => false,
            }
        }
    }
}

fn narrative(resource: &Value) -> Vec<String> {
    let div = resource.pointer("/text/div").and_then(Value::as_str).unwrap_or_default();
    let mut plain = String::new();
    let mut inside = false;
    for c in div.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                plain.push(' ');
            }
            c if !inside => plain.push(c),
            _ => {}
        }
    }
    words(&plain)
}

/// The words of the narrative and of the texts that people wrote; labels in `meta` are about the resource, not in it.
fn all_words(resource: &Value) -> Vec<String> {
    fn walk(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::String(text) => out.extend(words(text)),
            Value::Array(items) => items.iter().for_each(|item| walk(item, out)),
            Value::Object(members) => members
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "div" | "meta"))
                .for_each(|(_, v)| walk(v, out)),
            _ => {}
        }
    }
    let mut out = narrative(resource);
    walk(resource, &mut out);
    out
}

/// Kilometres along a great circle.
fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (a1, a2) = (a.0.to_radians(), b.0.to_radians());
    let (d1, d2) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
    let h = (d1 / 2.0).sin().powi(2) + a1.cos() * a2.cos() * (d2 / 2.0).sin().powi(2);
    2.0 * 6371.0 * h.sqrt().asin()
}
