//! A score for people and for logs: with the values of both records, or without any.

use serde_json::{Value, json};

use super::fields::Fields;
use super::names::Name;
use super::score::{Evidence, Score};

impl Score {
    /// `Task.input` of a pair: the score, the probability, and one evidence a field with the values of both records.
    #[must_use]
    pub fn inputs(&self, a: &Fields, b: &Fields) -> Vec<Value> {
        let decimal = |name: &str, value: f64| json!({"type": {"text": name}, "valueDecimal": value});
        let mut all =
            vec![decimal("score", round(self.weight)), decimal("probability", (self.probability * 1e6).round() / 1e6)];
        for evidence in &self.evidence {
            let told = json!({"field": evidence.field, "level": evidence.level,
                "a": a.shown(evidence), "b": b.shown(evidence), "weight": round(evidence.weight)});
            all.push(json!({"type": {"text": "evidence"}, "valueString": told.to_string()}));
        }
        all
    }

    /// `weight 21.4 with Patient/x (family equal +3.8, …)`: what an audit row keeps.
    #[must_use]
    pub fn in_words(&self, with: &str) -> String {
        let of = self.evidence.iter().map(|e| format!("{} {} {:+.1}", e.field, e.level, e.weight).replace("  ", " "));
        format!("weight {:.1} with {with} ({})", self.weight, of.collect::<Vec<_>>().join(", "))
    }
}

impl Fields {
    /// What the record says in the field of `evidence`.
    fn shown(&self, evidence: &Evidence) -> String {
        if evidence.of.is_none() {
            return String::new();
        }
        match evidence.field {
            "identity" => self
                .identity
                .iter()
                .map(crate::resident::ResidentNumber::as_str)
                .chain(self.typed.iter().map(String::as_str))
                .collect::<Vec<_>>()
                .join(" "),
            "card" => self.cards.iter().map(|(_, number)| number.as_str()).collect::<Vec<_>>().join(" "),
            "family" | "given" | "name" | "newborn" => {
                self.names.iter().map(|name| part(name, evidence.field)).collect::<Vec<_>>().join(" / ")
            }
            "birthDate" => self.birth.as_ref().map(super::birth::Birth::written).unwrap_or_default(),
            "gender" => self.male.map(|male| if male { "male" } else { "female" }).unwrap_or_default().to_owned(),
            "phone" => self.phones.join(" "),
            "email" => self.emails.join(" "),
            "address" => self
                .places
                .iter()
                .map(|place| format!("{} {}", place.street, place.numbers.join("-")).trim().to_owned())
                .collect::<Vec<_>>()
                .join(" / "),
            "locality" => self.places.iter().map(|place| place.locality.as_str()).collect::<Vec<_>>().join(" / "),
            _ => String::new(),
        }
    }
}

fn part(name: &Name, field: &str) -> String {
    match (name, field) {
        (Name::Chinese { family, .. }, "family") => family.text.clone(),
        (Name::Chinese { given, .. }, "given") => given.text.clone(),
        (Name::Chinese { family, given }, _) => format!("{}{}", family.text, given.text),
        (Name::Long { whole }, _) => whole.text.clone(),
        (Name::Latin { family, .. }, "family") => family.clone(),
        (Name::Latin { given, .. }, "given") => given.clone(),
        (Name::Latin { family, given }, _) => format!("{given} {family}").trim().to_owned(),
        (Name::Newborn { mother, child }, _) => format!("{mother}{child}"),
    }
}

fn round(weight: f64) -> f64 {
    (weight * 100.0).round() / 100.0
}
