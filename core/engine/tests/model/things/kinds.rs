//! A random resource of each type.

use serde_json::{Map, Value, json};

use super::{Maker, OWNERS, id};
use crate::units::UCUM;
use crate::vocabulary::*;

impl Maker<'_> {
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
                self.put(o, 50, "performer", |m| m.reference(&["Practitioner"]));
                self.put(o, 50, "encounter", |m| m.bound("Encounter"));
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
                self.put(o, 60, "date", Self::day);
                self.put(o, 60, "description", |m| m.one(&TEXTS).into());
                self.put(o, 60, "useContext", |m| {
                    m.some(2, |m| json!({"code": m.coding(), "valueCodeableConcept": m.concept()}))
                });
                self.put(o, 50, "version", |m| m.one(&["1", "2a", "2A"]).into());
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
