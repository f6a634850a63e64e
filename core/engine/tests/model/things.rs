//! Random values for resources: missing ones, open periods, several codings, references of every form.

mod kinds;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::units::UCUM;

use crate::vocabulary::*;

/// Makes resources. Those of different `realm`s do not know of each other.
pub(crate) struct Maker<'r> {
    pub(crate) dice: &'r mut Rng,
    pub(crate) realm: &'static str,
    /// Whose record is written: what binds a resource to its care (`encounter`, `result` …) never leads to another person's.
    owner: usize,
}

/// People with a record.
const OWNERS: usize = 5;

pub(crate) fn id(realm: &str, kind: &str, nth: usize) -> String {
    let short: String = kind.to_lowercase().chars().take(3).collect();
    format!("{realm}{short}-{nth:02}")
}

fn count(kind: &str) -> usize {
    COUNTS.iter().find(|(of, _)| *of == kind).map_or(1, |(_, count)| *count)
}

impl<'r> Maker<'r> {
    pub(crate) fn new(dice: &'r mut Rng, realm: &'static str) -> Maker<'r> {
        Maker { dice, realm, owner: 0 }
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.dice.usize(0..of.len())]
    }

    /// True `percent` times of a hundred.
    fn by(&mut self, percent: u8) -> bool {
        self.dice.u8(0..100) < percent
    }

    fn some(&mut self, most: usize, make: impl Fn(&mut Self) -> Value) -> Value {
        let many = self.dice.usize(1..=most);
        (0..many).map(|_| make(self)).collect()
    }

    fn put(&mut self, into: &mut Map<String, Value>, percent: u8, key: &str, make: impl Fn(&mut Self) -> Value) {
        if self.by(percent) {
            let value = make(self);
            into.insert(key.to_owned(), value);
        }
    }

    pub(crate) fn coding(&mut self) -> Value {
        let mut coding = Map::new();
        self.put(&mut coding, 75, "system", |m| m.one(&SYSTEMS).into());
        let code = self.one(&CODES);
        coding.insert("code".into(), code.into());
        self.put(&mut coding, 40, "display", |m| m.one(&DISPLAYS).into());
        Value::Object(coding)
    }

    pub(crate) fn concept(&mut self) -> Value {
        let mut concept = Map::new();
        self.put(&mut concept, 90, "coding", |m| m.some(2, Self::coding));
        if concept.is_empty() || self.by(30) {
            let text = self.one(&DISPLAYS);
            concept.insert("text".into(), text.into());
        }
        Value::Object(concept)
    }

    fn concepts(&mut self) -> Value {
        self.some(2, Self::concept)
    }

    fn identifier(&mut self) -> Value {
        let mut identifier = Map::new();
        self.put(&mut identifier, 80, "system", |m| m.one(&SYSTEMS).into());
        let value = self.one(&CODES);
        identifier.insert("value".into(), value.into());
        self.put(&mut identifier, 50, "type", Self::concept);
        Value::Object(identifier)
    }

    fn identifiers(&mut self) -> Value {
        self.some(2, Self::identifier)
    }

    fn name(&mut self) -> Value {
        let mut name = Map::new();
        self.put(&mut name, 80, "family", |m| m.one(&FAMILIES).into());
        self.put(&mut name, 80, "given", |m| m.some(2, |m| m.one(&GIVEN).into()));
        self.put(&mut name, 30, "text", |m| format!("{} {}", m.one(&GIVEN), m.one(&FAMILIES)).into());
        if name.is_empty() {
            name.insert("text".into(), "无名".into());
        }
        Value::Object(name)
    }

    fn address(&mut self) -> Value {
        let mut address = Map::new();
        self.put(&mut address, 80, "city", |m| m.one(&CITIES).into());
        self.put(&mut address, 40, "line", |m| json!([m.one(&["东湖路1号", "Main St. 5", "main st. 50"])]));
        self.put(&mut address, 40, "postalCode", |m| m.one(&["000100", "0001", "99999"]).into());
        self.put(&mut address, 40, "use", |m| m.one(&["home", "work"]).into());
        if address.is_empty() {
            address.insert("city".into(), "澄江".into());
        }
        Value::Object(address)
    }

    fn contact(&mut self) -> Value {
        match self.dice.u8(0..3) {
            0 => json!({"system": "email", "value": self.one(&["a@x.example", "B@x.example"])}),
            _ => json!({"system": "phone", "value": self.one(&["19900000001", "19900000002", "0877-1"])}),
        }
    }

    fn date(&mut self) -> Value {
        self.one(&DATES).into()
    }

    /// A date without a time.
    fn day(&mut self) -> Value {
        self.one(&["1969-12-31", "2024-02-28", "2024-02-29", "2024-02", "2023", "2024"]).into()
    }

    fn instant(&mut self) -> Value {
        self.one(&["2024-02-29T08:00:00+08:00", "2024-02-29T00:00:00.500Z", "2031-07-04T12:00:00+08:00"]).into()
    }

    /// Often open at one end.
    fn period(&mut self) -> Value {
        let (a, b) = (self.one(&DATES), self.one(&DATES));
        let (first, last) = if crate::time::span(a) <= crate::time::span(b) { (a, b) } else { (b, a) };
        match self.dice.u8(0..4) {
            0 => json!({"start": first}),
            1 => json!({"end": last}),
            _ => json!({"start": first, "end": last}),
        }
    }

    fn number(&mut self) -> Value {
        serde_json::from_str(self.one(&NUMBERS)).unwrap()
    }

    fn quantity(&mut self) -> Value {
        let mut quantity = json!({"value": self.number()});
        let unit = self.one(&UNITS);
        match self.dice.u8(0..10) {
            0 => quantity["unit"] = self.one(&["mg", "tablets"]).into(),
            1 => {
                quantity["system"] = "urn:units".into();
                quantity["code"] = "mg".into();
            }
            2 => {}
            _ => {
                quantity["system"] = UCUM.into();
                quantity["code"] = unit.into();
                if self.by(50) {
                    quantity["unit"] = unit.into();
                }
            }
        }
        quantity
    }

    fn age(&mut self) -> Value {
        json!({"value": self.number(), "system": UCUM, "code": "a"})
    }

    /// A reference to one of these types; seldom to what is not here, elsewhere, by its number only, by a urn.
    pub(crate) fn reference(&mut self, kinds: &[&str]) -> Value {
        let kind = self.one(kinds);
        let nth = self.dice.usize(0..count(kind));
        self.form(kind, nth)
    }

    /// The same, within the record that is written.
    fn bound(&mut self, kind: &str) -> Value {
        let same = self.dice.usize(0..count(kind).div_ceil(OWNERS)) * OWNERS + self.owner;
        self.form(kind, if same < count(kind) { same } else { self.owner })
    }

    fn form(&mut self, kind: &str, nth: usize) -> Value {
        let own = format!("{kind}/{}", id(self.realm, kind, nth));
        match self.dice.u8(0..30) {
            0 => json!({"reference": format!("{own}/_history/1")}),
            1 => json!({"reference": format!("https://other.example/fhir/{own}")}),
            2 | 3 => json!({"type": kind, "identifier": {"system": self.one(&SYSTEMS), "value": self.one(&CODES)}}),
            4 => json!({"reference": format!("urn:uuid:c757873d-ec9a-4326-a141-55604352{nth:04}")}),
            5 => json!({"reference": own, "identifier": {"value": self.one(&CODES)}}),
            _ => json!({"reference": own}),
        }
    }

    fn references(&mut self, kinds: &[&str]) -> Value {
        self.some(2, |m| m.reference(kinds))
    }

    /// Whose it is.
    fn patient(&mut self) -> Value {
        self.form("Patient", self.owner)
    }

    fn meta(&mut self) -> Value {
        let mut meta = Map::new();
        self.put(&mut meta, 50, "tag", |m| m.some(2, Self::coding));
        self.put(&mut meta, 45, "security", |m| {
            let sensitive = (m.one(&[LEVELS, CONFIDENTIALITY]), m.one(&["4", "5", "2"]), m.one(&["R", "V", "N"]));
            let (system, level, letter) = sensitive;
            let code = if system == LEVELS { level } else { letter };
            if m.by(60) { json!([{"system": system, "code": code}]) } else { m.some(1, Self::coding) }
        });
        self.put(&mut meta, 40, "profile", |m| m.some(2, |m| m.one(&PROFILES).into()));
        self.put(&mut meta, 40, "source", |m| m.one(&URIS).into());
        Value::Object(meta)
    }

    fn value(&mut self, into: &mut Map<String, Value>) {
        match self.dice.u8(0..8) {
            0 => into.insert("valueCodeableConcept".into(), self.concept()),
            1 => into.insert("valueString".into(), self.one(&TEXTS).into()),
            2 => into.insert("valueDateTime".into(), self.date()),
            3 => into.insert("valuePeriod".into(), self.period()),
            4 => into.insert("dataAbsentReason".into(), self.concept()),
            _ => into.insert("valueQuantity".into(), self.quantity()),
        };
    }
}
