//! Random searches, most of which find something: over all kinds of parameters, modifiers and prefixes.

use fastrand::Rng;

use crate::ask::{Ask, Clause, Filter, Include, Modifier, System, Unit, Want};
use crate::compartment::compartments;
use crate::judge::{World, id_of, kind_of};
use crate::params::{Kind, Param, TYPES, common, pairs, param, params};
use crate::things::{
    CITIES, CODES, DATES, DISPLAYS, FAMILIES, GIVEN, NUMBERS, PLACES, PROFILES, SYSTEMS, TEXTS, UNITS, URIS,
};
use crate::time::Prefix;
use crate::units::UCUM;
use crate::values::Found;

/// What may be asked: everything, unless `MERIDIAN_MODEL_ONLY` or `MERIDIAN_MODEL_WITHOUT` name some.
#[derive(Clone, Debug, Default)]
pub(crate) struct Switches {
    only: Option<Vec<String>>,
    without: Vec<String>,
}

impl Switches {
    pub(crate) fn from_env() -> Switches {
        let list = |name| {
            let named = std::env::var(name).ok().filter(|named| !named.is_empty())?;
            Some(named.split(',').map(str::to_owned).collect::<Vec<_>>())
        };
        Switches { only: list("MERIDIAN_MODEL_ONLY"), without: list("MERIDIAN_MODEL_WITHOUT").unwrap_or_default() }
    }

    fn on(&self, feature: &str) -> bool {
        let is = |named: &String| named == feature;
        self.only.as_ref().is_none_or(|only| only.iter().any(is)) && !self.without.iter().any(is)
    }
}

pub(crate) struct Asker<'a> {
    pub(crate) dice: &'a mut Rng,
    pub(crate) world: &'a World,
    pub(crate) switches: &'a Switches,
}

/// How deep chains go.
const DEEPEST: u8 = 3;

impl Asker<'_> {
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.dice.usize(0..of.len())]
    }

    fn by(&mut self, percent: u8) -> bool {
        self.dice.u8(0..100) < percent
    }

    fn on(&mut self, feature: &str, percent: u8) -> bool {
        let chosen = self.by(percent);
        chosen && self.switches.on(feature)
    }

    pub(crate) fn ask(&mut self) -> Ask {
        if self.on("system", 7) {
            return self.system();
        }
        let all: Vec<&'static str> = TYPES.iter().map(|(kind, _)| *kind).collect();
        let (within, kind) = match self.compartment() {
            Some((of, id, kind)) => (Some((of, id)), kind),
            None => (None, if self.by(35) { "Observation" } else { self.one(&all) }),
        };
        let many = self.one(&[0, 1, 1, 1, 2, 2, 3]);
        let clauses = (0..many).map(|_| self.clause(kind, 0)).collect();
        let keys = self.one(&[0, 0, 1, 1, 2, 3]);
        let mut sort: Vec<(bool, &'static str)> = Vec::new();
        for _ in 0..keys {
            // A key that is named once more says nothing more.
            let key = self.key(kind).filter(|(_, code)| sort.iter().all(|(_, there)| there != code));
            sort.extend(key);
        }
        let includes = if self.on("include", 15) { self.includes(kind) } else { Vec::new() };
        let count = self.count();
        Ask { within, kinds: vec![kind], clauses, sort, count, accurate: self.by(40), includes }
    }

    fn compartment(&mut self) -> Option<(&'static str, String, &'static str)> {
        if !self.on("compartment", 8) {
            return None;
        }
        let (of, kinds) = self.one(&compartments().iter().collect::<Vec<_>>()).clone();
        let Want::Token(_, Some(id)) = self.some_id(of) else { return None };
        Some((of, id, self.one(&kinds)))
    }

    fn count(&mut self) -> u32 {
        self.one(&[1, 2, 3, 5, 7, 10, 50, 50])
    }

    fn system(&mut self) -> Ask {
        let mut kinds: Vec<&'static str> = TYPES.iter().map(|(kind, _)| *kind).collect();
        self.dice.shuffle(&mut kinds);
        let mut within = None;
        if self.on("compartment", 30) {
            let (of, held) = self.one(&compartments().iter().collect::<Vec<_>>()).clone();
            kinds = held;
            if let Want::Token(_, Some(id)) = self.some_id(of) {
                within = Some((of, id));
            }
        }
        kinds.truncate(self.dice.usize(2..5));
        let many = self.one(&[1, 1, 2]);
        let codes: Vec<&'static Param> = common().collect();
        let mut clauses = Vec::new();
        for _ in 0..many {
            let param = self.one(&codes);
            clauses.push(self.of_param(kinds[0], param));
        }
        let sort = match self.dice.u8(0..3) {
            0 => vec![(self.dice.bool(), "_lastUpdated")],
            _ => Vec::new(),
        };
        Ask { within, kinds, clauses, sort, count: self.one(&[3, 10, 50]), accurate: self.by(40), includes: Vec::new() }
    }

    fn clause(&mut self, kind: &'static str, depth: u8) -> Clause {
        if depth < DEEPEST {
            if self.on("chain", 14)
                && let Some(chain) = self.chain(kind, depth)
            {
                return chain;
            }
            if self.on("has", 9)
                && let Some(has) = self.has(kind, depth)
            {
                return has;
            }
        }
        if depth == 0 {
            if self.on("filter", 9) {
                return Clause::Filter(self.filter(kind, 0));
            }
            if self.on("list", 3) {
                return Clause::List(crate::things::id("", "List", self.dice.usize(0..7)));
            }
            if self.on("words", 4) {
                return self.words();
            }
            if kind == "Location" && self.on("near", 25) {
                let (latitude, longitude) = self.one(&PLACES);
                // None of the places is about as far as this from another.
                return Clause::Near(latitude, longitude, self.one(&[0.5, 15.0, 120.0, 300.0, 19_000.0]));
            }
        }
        let composites: Vec<_> = pairs(kind).collect();
        if !composites.is_empty() && self.on("composite", 15) {
            let pair = self.one(&composites);
            return self.pair(kind, pair);
        }
        let all: Vec<&'static Param> = params(kind).filter(|param| param.kind != Kind::Near).collect();
        let param = self.one(&all);
        self.of_param(kind, param)
    }

    fn words(&mut self) -> Clause {
        let text = self.one(&["fever", "cough", "FEVER cough", "omega", "sodium", "Glucose", "severe pain", "咳嗽", "血糖"]);
        Clause::Words { content: self.dice.bool(), text: text.to_owned() }
    }

    fn chain(&mut self, kind: &'static str, depth: u8) -> Option<Clause> {
        let references: Vec<_> = params(kind).filter(|param| param.kind == Kind::Reference).collect();
        let via = *references.get(self.dice.usize(0..references.len().max(1)))?;
        let known: Vec<_> = TYPES.iter().map(|(kind, _)| *kind).collect();
        let targets: Vec<_> =
            known.into_iter().filter(|kind| via.targets.is_empty() || via.targets.contains(kind)).collect();
        if targets.is_empty() {
            return None;
        }
        let target = self.one(&targets);
        let rest = self.clause(target, depth + 1);
        // Without a type every type that the reference may lead to and that has the parameter is meant.
        let told = via.targets.len() != 1 || self.by(30);
        let plain = matches!(rest, Clause::Test { .. });
        let told = told && !(plain && self.on("untyped", 30) && !via.targets.is_empty());
        Some(Clause::Chain { code: via.code, target: told.then_some(target), rest: Box::new(rest) })
    }

    fn has(&mut self, kind: &'static str, depth: u8) -> Option<Clause> {
        let mut ways = Vec::new();
        for (other, _) in TYPES {
            let to = params(other).filter(|param| param.kind == Kind::Reference);
            ways.extend(
                to.filter(|param| param.targets.contains(&kind) || param.targets.is_empty()).map(|p| (*other, p.code)),
            );
        }
        let (other, code) = *ways.get(self.dice.usize(0..ways.len().max(1)))?;
        Some(Clause::Has { kind: other, code, rest: Box::new(self.clause(other, depth + 1)) })
    }

    fn pair(&mut self, kind: &str, pair: &'static crate::params::Pair) -> Clause {
        let met: Vec<(Found, Found)> =
            self.world.resources.iter().filter(|r| kind_of(r) == kind).flat_map(|r| pair.values(r)).collect();
        let many = self.one(&[1, 1, 2]);
        let any = (0..many).map(|_| {
            let known = met.get(self.dice.usize(0..met.len().max(1))).cloned();
            let (first, second) = match known.filter(|_| self.by(80)) {
                Some((first, second)) => (self.like(&first), self.like(&second)),
                None => (self.token(), self.fresh(pair.kind)),
            };
            Want::Pair(Box::new(first), Box::new(second))
        });
        let any = any.collect();
        test(pair.code, Modifier::None, any)
    }

    fn of_param(&mut self, kind: &'static str, param: &'static Param) -> Clause {
        if self.on("missing", 9) {
            let missing = self.dice.bool();
            return test(param.code, Modifier::Missing(missing), vec![Want::Truth(missing)]);
        }
        if param.kind == Kind::Number && !self.switches.on("number")
            || param.kind == Kind::Quantity && !self.switches.on("quantity")
        {
            return test("_id", Modifier::None, vec![self.some_id(kind)]);
        }
        if param.code == "_id" {
            let modifier = if self.on("not", 10) { Modifier::Not } else { Modifier::None };
            let many = self.one(&[1, 2, 5]);
            return test("_id", modifier, (0..many).map(|_| self.some_id(kind)).collect());
        }
        let modifier = match param.kind {
            Kind::Text if self.on("exact", 20) => Modifier::Exact,
            Kind::Text if self.on("contains", 25) => Modifier::Contains,
            Kind::Token if self.on("not", 15) => Modifier::Not,
            Kind::Token if self.on("text", 12) && has_text(param) => Modifier::Text,
            Kind::Token if param.code == "identifier" && self.on("of-type", 40) => Modifier::OfType,
            Kind::Uri if self.on("below", 25) => Modifier::Below,
            Kind::Uri if self.on("above", 15) => Modifier::Above,
            Kind::Reference if self.on("identifier", 12) => Modifier::Identifier,
            Kind::Reference if self.on("type", 20) => {
                let known: Vec<_> =
                    TYPES.iter().map(|(kind, _)| *kind).filter(|kind| param.targets.contains(kind)).collect();
                if known.is_empty() { Modifier::None } else { Modifier::Type(self.one(&known)) }
            }
            _ => Modifier::None,
        };
        let met: Vec<Found> =
            self.world.resources.iter().filter(|r| kind_of(r) == kind).flat_map(|r| param.values(r)).collect();
        let many = self.one(&[1, 1, 1, 2, 3]);
        let any = (0..many).map(|_| {
            let known = met.get(self.dice.usize(0..met.len().max(1))).cloned();
            let known = known.filter(|_| self.by(75));
            self.want(param, modifier, known)
        });
        let any = any.collect();
        test(param.code, modifier, any)
    }

    fn some_id(&mut self, kind: &str) -> Want {
        let of_kind: Vec<&str> = self.world.resources.iter().filter(|r| kind_of(r) == kind).map(id_of).collect();
        let id = if self.by(5) || of_kind.is_empty() { "nobody" } else { self.one(&of_kind) };
        Want::Token(System::Any, Some(id.to_owned()))
    }

    fn want(&mut self, param: &'static Param, modifier: Modifier, known: Option<Found>) -> Want {
        match (modifier, param.kind) {
            (Modifier::Text, _) => {
                let text = self.one(&DISPLAYS);
                Want::Text(self.beginning(text))
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
    fn beginning(&mut self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let length = self.dice.usize(1..=letters.len());
        let part: String = letters[..length].iter().collect();
        match self.dice.u8(0..4) {
            0 => part.to_uppercase(),
            1 => crate::fold::fold(&part),
            _ => part,
        }
    }

    fn token(&mut self) -> Want {
        let system = match self.dice.u8(0..4) {
            0 => System::Absent,
            1 => System::Is(self.one(&SYSTEMS).into()),
            _ => System::Any,
        };
        let whole = self.by(10) && matches!(system, System::Is(_));
        Want::Token(system, (!whole).then(|| self.one(&CODES).into()))
    }

    /// A value of this kind out of the vocabularies.
    fn fresh(&mut self, kind: Kind) -> Want {
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
    fn like(&mut self, found: &Found) -> Want {
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
                    Some(text) => Want::Date(self.one(&Prefix::ALL), text),
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

    fn key(&mut self, kind: &str) -> Option<(bool, &'static str)> {
        let all: Vec<&'static Param> = params(kind).filter(|param| param.kind != Kind::Near).collect();
        let param = self.one(&all);
        let simple = matches!(param.kind, Kind::Date | Kind::Text | Kind::Token) || param.code.starts_with('_');
        (simple || self.switches.on("sort-any")).then(|| (self.dice.bool(), param.code))
    }

    fn filter(&mut self, kind: &'static str, depth: u8) -> Filter {
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

    fn includes(&mut self, kind: &'static str) -> Vec<Include> {
        let many = self.one(&[1, 1, 2, 3]);
        (0..many).filter_map(|_| self.include(kind)).collect()
    }

    fn include(&mut self, kind: &'static str) -> Option<Include> {
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

fn test(code: &'static str, modifier: Modifier, any: Vec<Want>) -> Clause {
    Clause::Test { code, modifier, any }
}

/// Whether its values are more than codes.
fn has_text(param: &Param) -> bool {
    use crate::values::As;
    param.paths.iter().all(|(_, shape)| matches!(shape, As::Coding | As::Concept | As::Identifier))
}
