//! What a Patient says about who it is: valid numbers of trusted systems, and whether it contradicts itself.

use std::collections::BTreeSet;

use meridian_model::view::PatientView;
use serde_json::Value;

use crate::identifier::{IDENTITY, INSURANCE, in_force, trusted};
use crate::resident::ResidentNumber;

/// The kind and key of a claim.
pub(crate) type Claim = (&'static str, String);

/// More insurance numbers than one resident can have: such a record is a list of people.
const MOST_INSURANCE: usize = 4;

/// What one record says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) identity: Option<ResidentNumber>,
    insurance: BTreeSet<String>,
    /// `Patient.birthDate`, whole or partial.
    pub(crate) birth_date: Option<String>,
}

impl Evidence {
    /// Reads a Patient.
    ///
    /// A record that contradicts itself is no evidence at all, neither by its identity number nor by its insurance
    /// number: two different valid identity numbers, or a birth date that its own identity number denies. The typical
    /// case is a child that was registered with the mother's card. To join that record by either number would give a
    /// newborn the mother's allergies, while to leave it alone costs one duplicate until it is corrected. (A sex that
    /// the number denies is no contradiction: forms default it, and the check character has already proved the digit.)
    pub(crate) fn of(patient: &Value) -> Evidence {
        let view = PatientView(patient);
        let birth_date = view.birth_date().map(str::to_owned);
        let (mut identities, mut insurance) = (BTreeSet::new(), BTreeSet::new());
        for identifier in view.identifiers().filter(|identifier| in_force(identifier.usage)) {
            let Some(row) = identifier.system.and_then(trusted) else { continue };
            match row.claim {
                IDENTITY => identities.extend(ResidentNumber::read(identifier.value)),
                _ => insurance.extend((row.read)(identifier.value)),
            }
        }
        if insurance.len() > MOST_INSURANCE {
            insurance.clear();
        }
        let identity = identities.pop_first();
        let denied =
            identity.as_ref().is_some_and(|number| birth_date.as_ref().is_some_and(|date| !number.agrees(date)));
        if denied || !identities.is_empty() {
            return Evidence { birth_date, ..Evidence::default() };
        }
        Evidence { identity, insurance, birth_date }
    }

    /// The claims that this record supports.
    pub(crate) fn claims(&self) -> impl Iterator<Item = Claim> {
        let identity = self.identity.iter().map(|number| (IDENTITY, number.as_str().to_owned()));
        identity.chain(self.insurance.iter().map(|number| (INSURANCE, number.clone())))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(patient: &Value) -> Vec<Claim> {
        Evidence::of(patient).claims().collect()
    }

    fn identifiers(numbers: &[(&str, &str)]) -> Value {
        let all = numbers.iter().map(|(system, value)| {
            let system =
                if *system == "id" { "urn:oid:2.16.156.10011.1.3" } else { "https://meridian.example/id/insurance" };
            json!({"system": system, "value": value})
        });
        all.collect()
    }

    #[test]
    fn valid_numbers_are_evidence_and_others_are_not() {
        let patient = json!({"birthDate": "1949-12", "identifier": identifiers(&[("id", "990101491231002"),
            ("id", "990101194912310028"), ("id", "990101194912310029"), ("in", "yb99000123"), ("in", "none")])});
        let expected = [(IDENTITY, "990101194912310028".to_owned()), (INSURANCE, "YB99000123".to_owned())];
        assert_eq!(claims(&patient), expected);
        let old = json!({"identifier": [{"use": "old", "system": "https://meridian.example/id/insurance", "value": "YB99000123"},
            {"system": "https://meridian.example/id/mrn/CJ01", "value": "H0000123"}, {"value": "990101194912310028"}]});
        assert_eq!(claims(&old), []);
        assert_eq!(claims(&json!(null)), []);
    }

    #[test]
    fn a_record_that_contradicts_itself_is_no_evidence() {
        let numbers = [("id", "990101194912310028"), ("in", "YB99000123")];
        assert_eq!(claims(&json!({"birthDate": "1949-12-13", "identifier": identifiers(&numbers)})), []);
        let two = [("id", "990101194912310028"), ("id", "990101195001010010"), ("in", "YB99000123")];
        assert!(ResidentNumber::read(two[1].1).is_some(), "the second number is valid");
        assert_eq!(claims(&json!({"identifier": identifiers(&two)})), []);
        let list: Vec<String> = (0..5).map(|n| format!("YB9900012{n}")).collect();
        let list: Vec<(&str, &str)> = list.iter().map(|number| ("in", number.as_str())).collect();
        assert_eq!(claims(&json!({"identifier": identifiers(&list)})), []);
    }
}
