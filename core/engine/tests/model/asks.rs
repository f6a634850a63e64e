//! Random searches, most of which find something: over all kinds of parameters, modifiers and prefixes.

mod filters;
mod wants;

use fastrand::Rng;

use crate::ask::{Ask, Clause, Modifier, System, Want};
use crate::compartment::compartments;
use crate::judge::{World, id_of, kind_of};
use crate::params::{Kind, Param, TYPES, common, pairs, params};
use crate::values::Found;
use crate::vocabulary::PLACES;

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
        let text =
            self.one(&["fever", "cough", "FEVER cough", "omega", "sodium", "Glucose", "severe pain", "咳嗽", "血糖"]);
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
            Kind::Token if self.on("in", 12) => self.one(&[Modifier::In, Modifier::In, Modifier::NotIn]),
            Kind::Token if self.on("below", 12) => self.one(&[Modifier::Below, Modifier::Above]),
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

    fn key(&mut self, kind: &str) -> Option<(bool, &'static str)> {
        let all: Vec<&'static Param> = params(kind).filter(|param| param.kind != Kind::Near).collect();
        let param = self.one(&all);
        let simple = matches!(param.kind, Kind::Date | Kind::Text | Kind::Token) || param.code.starts_with('_');
        (simple || self.switches.on("sort-any")).then(|| (self.dice.bool(), param.code))
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
