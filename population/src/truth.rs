//! The truth kept aside: one JSON line a resident, which says who it is, under which numbers the institutions have it
//! and what is wrong with each. A matcher is measured by it, and nothing else may read it.

use crate::people::person::{Person, Role};
use crate::region::Region;
use crate::registration::Registration;
use serde_json::{Value, json};

const fn role(role: Role) -> &'static str {
    match role {
        Role::Head => "head",
        Role::Spouse => "spouse",
        Role::Child => "child",
        Role::Grandparent => "grandparent",
    }
}

fn registration(one: &Registration) -> Value {
    let flaws: Vec<&str> = one.flaws.iter().map(|flaw| flaw.word()).collect();
    json!({
        "institution": one.institution,
        "mrn": one.record_number,
        "second": one.second,
        "corrected": one.corrected.map(|day| day.to_string()),
        "merged": one.merged.map(|day| day.to_string()),
        "errors": flaws,
    })
}

/// The row of one resident: `index`, `household`, facts, `twin`, `newborn` (numbers under the mother's name),
/// `registrations` with `institution`, `mrn`, `second`, `merged` and the planted `errors`.
#[must_use]
pub fn row(person: &Person, registrations: &[Registration]) -> Value {
    let newborn: Vec<&str> = registrations
        .iter()
        .filter(|one| one.flaws.contains(&crate::registration::Flaw::NewbornName))
        .map(|one| one.record_number.as_str())
        .collect();
    json!({
        "index": person.index,
        "household": person.household,
        "role": role(person.role),
        "name": person.name.text(),
        "sex": person.sex.fhir(),
        "birth": person.birth.to_string(),
        "identity": person.identity_number,
        "insurance": person.insurance_number,
        "phone": person.phone,
        "address": person.address.line(),
        "centre": person.address.centre,
        "twin": person.twin,
        "relatives": person.relatives.iter().map(|relative| relative.index).collect::<Vec<_>>(),
        "newborn": newborn,
        "registrations": registrations.iter().map(registration).collect::<Vec<_>>(),
    })
}

impl Region {
    /// The truth about all residents, one JSON line each without its newline, made as they are asked for.
    pub fn truth(&self) -> impl Iterator<Item = String> {
        self.demographics().map(|one| row(&one.truth, &one.registrations).to_string())
    }
}
