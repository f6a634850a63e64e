//! Random resources over small vocabularies, so that searches meet them: Chinese and accented names, mixed case, missing
//! values, open periods, partial dates, several codings, references of every form.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::units::UCUM;

pub(crate) const SYSTEMS: [&str; 3] = ["urn:s1", "http://s2.example/codes", "http://s2.example/codes/more"];
pub(crate) const CODES: [&str; 6] = ["a", "A", "b", "x,y", "p|q", "d$e"];
pub(crate) const DISPLAYS: [&str; 5] = ["Glucose", "glucose in blood", "Größe", "血糖", "Pain, severe"];
pub(crate) const FAMILIES: [&str; 8] = ["王", "李", "Müller", "MULLER", "O'Neil", "van der Berg", "欧阳", "Zoë"];
pub(crate) const GIVEN: [&str; 8] = ["秀英", "伟", "Anna", "anna-Maria", "José", "jose", "Li", "a%b_c"];
pub(crate) const CITIES: [&str; 5] = ["澄江", "München", "munchen", "New  York", "new york"];
pub(crate) const TEXTS: [&str; 7] =
    ["Fever and cough", "fever", "No fever", "Müdigkeit", "咳嗽", "cough, dry; since May", "Ωmega 3"];
pub(crate) const DATES: [&str; 14] = [
    "2023",
    "2024",
    "2024-02",
    "2024-03",
    "2024-02-28",
    "2024-02-29",
    "2024-03-01",
    "2024-02-29T08:00:00+08:00",
    "2024-02-29T00:00:00Z",
    "2024-02-29T07:59:59.999+08:00",
    "2024-02-29T23:30:00-05:00",
    "2024-12-31T23:59:59Z",
    "1969-12-31",
    "2031-07-04T12:00:00+08:00",
];
/// Canonicals may name a version.
pub(crate) const PROFILES: [&str; 4] = [
    "http://acme.example/fhir/ValueSet/123|2.0",
    "http://acme.example/fhir/ValueSet/123",
    "http://acme.example/fhir/ValueSet/123/history/5",
    "http://acme.example/fhir",
];
pub(crate) const URIS: [&str; 6] = [
    "http://acme.example/fhir",
    "http://acme.example/fhir/ValueSet/123",
    "http://acme.example/fhir/ValueSet/123/history/5",
    "http://acme.example/fhirless",
    "urn:oid:1.2.3.4.5",
    "http://acme.example/FHIR",
];
pub(crate) const NUMBERS: [&str; 17] = [
    "1e2", "1.00e2", "5.4e-3", "0.5", "0.50", "0.54", "0.55", "1", "1.0", "5.4", "5.35", "5.45", "100", "99.5",
    "100.5", "-3", "0",
];
pub(crate) const UNITS: [&str; 8] = ["mg", "g", "kg", "mmol/L", "umol/L", "%", "mm[Hg]", "/min"];
/// Half a million kilometres in small: a town, its neighbour, the other side of the date line, a pole.
pub(crate) const PLACES: [(f64, f64); 6] =
    [(24.67, 102.91), (24.70, 102.95), (24.0, 103.5), (52.52, 13.40), (-17.8, 179.9), (-17.8, -179.9)];

pub(crate) const COUNTS: [(&str, usize); 14] = [
    ("Organization", 6),
    ("Practitioner", 8),
    ("Location", 9),
    ("Patient", 14),
    ("Encounter", 14),
    ("Condition", 14),
    ("Observation", 40),
    ("DiagnosticReport", 9),
    ("MedicationRequest", 9),
    ("RiskAssessment", 9),
    ("ChargeItem", 8),
    ("ValueSet", 7),
    ("Questionnaire", 5),
    ("List", 6),
];

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
        self.put(&mut meta, 30, "security", |m| m.some(1, Self::coding));
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

    /// One resource of this type and place.
    pub(crate) fn resource(&mut self, kind: &str, nth: usize) -> Value {
        self.owner = nth % OWNERS;
        let mut r = Map::new();
        r.insert("resourceType".into(), kind.into());
        r.insert("id".into(), id(self.realm, kind, nth).into());
        let meta = self.meta();
        if meta.as_object().is_some_and(|meta| !meta.is_empty()) {
            r.insert("meta".into(), meta);
        }
        if self.by(30) {
            let words = self.one(&TEXTS);
            let div = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{words}</p></div>");
            r.insert("text".into(), json!({"status": "generated", "div": div}));
        }
        let o = &mut r;
        match kind {
            "Organization" => {
                self.put(o, 60, "active", |m| m.dice.bool().into());
                self.put(o, 50, "address", |m| m.some(2, Self::address));
                self.put(o, 70, "identifier", Self::identifiers);
                self.put(o, 90, "name", |m| m.one(&FAMILIES).into());
                self.put(o, 30, "alias", |m| m.some(2, |m| m.one(&GIVEN).into()));
                self.put(o, 60, "partOf", |m| m.reference(&["Organization"]));
                self.put(o, 60, "type", Self::concepts);
            }
            "Practitioner" => {
                self.put(o, 60, "active", |m| m.dice.bool().into());
                self.put(o, 40, "address", |m| m.some(2, Self::address));
                self.put(o, 50, "communication", Self::concepts);
                self.put(o, 60, "telecom", |m| m.some(2, Self::contact));
                self.put(o, 60, "gender", |m| m.one(&["male", "female"]).into());
                self.put(o, 60, "identifier", Self::identifiers);
                self.put(o, 90, "name", |m| m.some(2, Self::name));
            }
            "Location" => {
                self.put(o, 60, "address", Self::address);
                self.put(o, 50, "identifier", Self::identifiers);
                self.put(o, 90, "name", |m| m.one(&FAMILIES).into());
                self.put(o, 30, "alias", |m| m.some(2, |m| m.one(&GIVEN).into()));
                self.put(o, 80, "position", |m| {
                    let (latitude, longitude) = m.one(&PLACES);
                    json!({"latitude": latitude, "longitude": longitude})
                });
                self.put(o, 50, "operationalStatus", Self::coding);
                self.put(o, 60, "managingOrganization", |m| m.reference(&["Organization"]));
                self.put(o, 60, "partOf", |m| m.reference(&["Location"]));
                self.put(o, 70, "status", |m| m.one(&["active", "suspended"]).into());
                self.put(o, 60, "type", Self::concepts);
            }
            "Patient" => {
                self.put(o, 60, "active", |m| m.dice.bool().into());
                self.put(o, 60, "address", |m| m.some(2, Self::address));
                self.put(o, 80, "birthDate", Self::day);
                match self.dice.u8(0..5) {
                    0 => drop(o.insert("deceasedBoolean".into(), self.dice.bool().into())),
                    1 => drop(o.insert("deceasedDateTime".into(), self.date())),
                    _ => {}
                }
                self.put(o, 80, "gender", |m| m.one(&["male", "female", "other"]).into());
                self.put(o, 50, "generalPractitioner", |m| m.references(&["Practitioner", "Organization"]));
                self.put(o, 80, "identifier", Self::identifiers);
                self.put(o, 40, "communication", |m| json!([{"language": m.concept()}]));
                self.put(o, 95, "name", |m| m.some(2, Self::name));
                self.put(o, 60, "managingOrganization", |m| m.reference(&["Organization"]));
                self.put(o, 70, "telecom", |m| m.some(3, Self::contact));
            }
            "Encounter" => {
                o.insert("status".into(), self.one(&["planned", "finished"]).into());
                let class = self.coding();
                o.insert("class".into(), class);
                self.put(o, 80, "period", Self::period);
                self.put(o, 50, "diagnosis", |m| m.some(2, |m| json!({"condition": m.bound("Condition")})));
                self.put(o, 50, "identifier", Self::identifiers);
                self.put(
                    o,
                    50,
                    "length",
                    |m| json!({"value": m.number(), "system": UCUM, "code": m.one(&["min", "h", "d"])}),
                );
                self.put(o, 60, "location", |m| {
                    m.some(2, |m| json!({"location": m.reference(&["Location"]), "period": m.period()}))
                });
                self.put(o, 40, "partOf", |m| m.reference(&["Encounter"]));
                self.put(o, 60, "participant", |m| {
                    m.some(2, |m| json!({"individual": m.reference(&["Practitioner"]), "type": m.concepts()}))
                });
                self.put(o, 40, "reasonCode", Self::concepts);
                self.put(o, 50, "serviceProvider", |m| m.reference(&["Organization"]));
                self.put(o, 90, "subject", Self::patient);
                self.put(o, 60, "type", Self::concepts);
            }
            "Condition" => {
                match self.dice.u8(0..4) {
                    0 => drop(o.insert("abatementDateTime".into(), self.date())),
                    1 => drop(o.insert("abatementPeriod".into(), self.period())),
                    _ => {}
                }
                match self.dice.u8(0..6) {
                    0 => drop(o.insert("onsetDateTime".into(), self.date())),
                    1 => drop(o.insert("onsetPeriod".into(), self.period())),
                    2 => drop(o.insert("onsetAge".into(), self.age())),
                    3 => drop(o.insert("onsetRange".into(), json!({"low": self.quantity(), "high": self.quantity()}))),
                    4 => drop(o.insert("onsetString".into(), self.one(&TEXTS).into())),
                    _ => {}
                }
                self.put(o, 50, "asserter", |m| m.reference(&["Practitioner", "Patient"]));
                self.put(o, 60, "category", Self::concepts);
                self.put(o, 80, "clinicalStatus", Self::concept);
                self.put(o, 80, "code", Self::concept);
                self.put(o, 50, "encounter", |m| m.bound("Encounter"));
                self.put(o, 60, "recordedDate", Self::date);
                let subject = self.patient();
                o.insert("subject".into(), subject);
            }
            "Observation" => {
                o.insert("status".into(), self.one(&["final", "amended"]).into());
                let code = self.concept();
                o.insert("code".into(), code);
                self.put(o, 60, "category", Self::concepts);
                match self.dice.u8(0..8) {
                    0 => {}
                    1 => drop(o.insert("effectivePeriod".into(), self.period())),
                    2 => drop(o.insert("effectiveInstant".into(), self.instant())),
                    3 => drop(o.insert("effectiveTiming".into(), json!({"event": [self.date(), self.date()]}))),
                    _ => drop(o.insert("effectiveDateTime".into(), self.date())),
                }
                if self.by(85) {
                    self.value(o);
                }
                self.put(o, 40, "component", |m| {
                    m.some(2, |m| {
                        let mut part = Map::new();
                        part.insert("code".into(), m.concept());
                        match m.dice.u8(0..3) {
                            0 => part.insert("valueCodeableConcept".into(), m.concept()),
                            _ => part.insert("valueQuantity".into(), m.quantity()),
                        };
                        Value::Object(part)
                    })
                });
                self.put(o, 25, "derivedFrom", |m| m.some(2, |m| m.bound("Observation")));
                self.put(o, 25, "hasMember", |m| m.some(2, |m| m.bound("Observation")));
                self.put(o, 50, "encounter", |m| m.bound("Encounter"));
                self.put(o, 50, "identifier", Self::identifiers);
                self.put(o, 60, "performer", |m| m.references(&["Practitioner", "Organization", "Patient"]));
                self.put(o, 90, "subject", |m| match m.dice.u8(0..8) {
                    0 => m.reference(&["Location"]),
                    _ => m.patient(),
                });
            }
            "DiagnosticReport" => {
                o.insert("status".into(), self.one(&["final", "partial"]).into());
                let code = self.concept();
                o.insert("code".into(), code);
                self.put(o, 60, "category", Self::concepts);
                self.put(o, 40, "conclusionCode", Self::concepts);
                match self.dice.u8(0..4) {
                    0 => {}
                    1 => drop(o.insert("effectivePeriod".into(), self.period())),
                    _ => drop(o.insert("effectiveDateTime".into(), self.date())),
                }
                self.put(o, 50, "encounter", |m| m.bound("Encounter"));
                self.put(o, 50, "identifier", Self::identifiers);
                self.put(o, 60, "issued", Self::instant);
                self.put(o, 60, "performer", |m| m.references(&["Practitioner", "Organization"]));
                self.put(o, 80, "result", |m| m.some(3, |m| m.bound("Observation")));
                self.put(o, 90, "subject", Self::patient);
            }
            "MedicationRequest" => {
                o.insert("status".into(), self.one(&["active", "stopped"]).into());
                o.insert("intent".into(), self.one(&["order", "plan"]).into());
                let code = self.concept();
                o.insert("medicationCodeableConcept".into(), code);
                self.put(o, 70, "authoredOn", Self::date);
                self.put(o, 60, "category", Self::concepts);
                self.put(o, 60, "dosageInstruction", |m| {
                    m.some(2, |m| json!({"timing": {"event": m.some(2, Self::date)}}))
                });
                self.put(o, 50, "encounter", |m| m.bound("Encounter"));
                self.put(o, 50, "priority", |m| m.one(&["routine", "stat"]).into());
                self.put(o, 60, "requester", |m| m.reference(&["Practitioner", "Organization", "Patient"]));
                let subject = self.patient();
                o.insert("subject".into(), subject);
            }
            "RiskAssessment" => {
                o.insert("status".into(), "final".into());
                self.put(o, 60, "condition", |m| m.reference(&["Condition"]));
                self.put(o, 70, "occurrenceDateTime", Self::date);
                self.put(o, 50, "method", Self::concept);
                self.put(o, 90, "prediction", |m| {
                    m.some(2, |m| json!({"probabilityDecimal": m.number(), "qualitativeRisk": m.concept()}))
                });
                let subject = self.patient();
                o.insert("subject".into(), subject);
            }
            "ChargeItem" => {
                o.insert("status".into(), "billable".into());
                let code = self.concept();
                o.insert("code".into(), code);
                self.put(o, 50, "context", |m| m.bound("Encounter"));
                self.put(o, 60, "enteredDate", Self::date);
                self.put(o, 60, "factorOverride", Self::number);
                match self.dice.u8(0..3) {
                    0 => {}
                    1 => drop(o.insert("occurrencePeriod".into(), self.period())),
                    _ => drop(o.insert("occurrenceDateTime".into(), self.date())),
                }
                self.put(o, 60, "priceOverride", |m| json!({"value": m.number(), "currency": m.one(&["CNY", "EUR"])}));
                self.put(o, 60, "quantity", Self::quantity);
                let subject = self.patient();
                o.insert("subject".into(), subject);
            }
            "ValueSet" => {
                o.insert("status".into(), self.one(&["draft", "active"]).into());
                self.put(o, 70, "compose", |m| {
                    json!({"include": m.some(2, |m| json!({"system": m.one(&URIS), "concept": [{"code": m.one(&CODES)}]}))})
                });
                self.put(o, 60, "useContext", |m| {
                    m.some(2, |m| match m.dice.u8(0..3) {
                        0 => json!({"code": m.coding(), "valueRange": {"low": m.quantity(), "high": m.quantity()}}),
                        _ => json!({"code": m.coding(), "valueQuantity": m.quantity()}),
                    })
                });
                self.put(o, 60, "date", Self::day);
                self.put(o, 60, "description", |m| m.one(&TEXTS).into());
                self.put(o, 60, "identifier", Self::identifiers);
                self.put(o, 40, "jurisdiction", Self::concepts);
                self.put(o, 80, "name", |m| m.one(&GIVEN).into());
                self.put(o, 60, "title", |m| m.one(&TEXTS).into());
                self.put(o, 90, "url", |m| m.one(&URIS).into());
                self.put(o, 50, "version", |m| m.one(&["1", "1.0", "2a", "2A"]).into());
            }
            "Questionnaire" => {
                o.insert("status".into(), self.one(&["draft", "active"]).into());
                self.put(o, 70, "item", |m| {
                    m.some(
                        2,
                        |m| json!({"linkId": "1", "type": "string", "code": [m.coding()], "definition": m.one(&URIS)}),
                    )
                });
                self.put(o, 60, "effectivePeriod", Self::period);
                self.put(o, 80, "name", |m| m.one(&GIVEN).into());
                self.put(o, 60, "subjectType", |m| json!([m.one(&["Patient", "Encounter"])]));
                self.put(o, 60, "title", |m| m.one(&TEXTS).into());
                self.put(o, 90, "url", |m| m.one(&URIS).into());
            }
            _ => {
                o.insert("status".into(), "current".into());
                o.insert("mode".into(), "working".into());
                self.put(o, 50, "code", Self::concept);
                self.put(o, 60, "date", Self::date);
                self.put(o, 90, "entry", |m| {
                    m.some(6, |m| json!({"item": m.reference(&["Observation", "Condition", "Patient", "Encounter", "Location"])}))
                });
                self.put(o, 50, "note", |m| m.some(2, |m| json!({"text": m.one(&TEXTS)})));
                self.put(o, 50, "source", |m| m.reference(&["Practitioner", "Patient"]));
                self.put(o, 70, "subject", Self::patient);
                self.put(o, 60, "title", |m| m.one(&TEXTS).into());
            }
        }
        Value::Object(r)
    }
}
