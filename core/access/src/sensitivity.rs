//! How sensitive a resource is, and how much of that a caller may see.
//!
//! Levels run from 1 (public) to 5 (most sensitive). A resource says its own in `meta.security`, by a code of
//! [`LEVELS`], by HL7's confidentiality or by a class of sensitive information; the highest counts. What says nothing
//! is [`Sensitivity::ORDINARY`]: that is what everybody in care sees of every institution. What lies above is guarded:
//! it is seen where it was written, by those who care there.

use serde_json::Value;

use crate::{Caller, Role};

/// The code system of our own levels, with the codes `1` to `5`.
pub const LEVELS: &str = "https://meridian.example/fhir/CodeSystem/sensitivity";
const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// Classes of information (v3-ActCode, `_InformationSensitivityPolicy`) that raise a resource above the ordinary. Those
/// that a person is shunned for are of the highest level.
const CLASSES: &[(&str, Sensitivity)] = &[
    ("ALCHABUSE", Sensitivity(4)),
    ("DIA", Sensitivity(4)),
    ("DRGIS", Sensitivity(4)),
    ("DVD", Sensitivity(5)),
    ("ETH", Sensitivity(4)),
    ("ETHUD", Sensitivity(4)),
    ("GDIS", Sensitivity(4)),
    ("HIV", Sensitivity(5)),
    ("MH", Sensitivity(4)),
    ("OPIOIDUD", Sensitivity(4)),
    ("PREGNANT", Sensitivity(4)),
    ("PSY", Sensitivity(5)),
    ("PSYTHPN", Sensitivity(5)),
    ("SDV", Sensitivity(5)),
    ("SEX", Sensitivity(4)),
    ("SEXAR", Sensitivity(4)),
    ("STD", Sensitivity(5)),
    ("SUD", Sensitivity(4)),
    ("TBOO", Sensitivity(5)),
    ("VIO", Sensitivity(5)),
];

/// A level, 1 to 5.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sensitivity(u8);

impl Sensitivity {
    /// What is above this is guarded.
    pub const ORDINARY: Sensitivity = Sensitivity(3);
    pub const HIGHEST: Sensitivity = Sensitivity(5);

    pub fn number(self) -> u8 {
        self.0
    }

    /// The level that `meta.security` gives a resource. A code that one of the two systems of levels does not have is
    /// taken for the highest: who wrote it wanted something kept.
    pub fn of(resource: &Value) -> Sensitivity {
        let labels = resource.pointer("/meta/security").and_then(Value::as_array).map(Vec::as_slice);
        labels.unwrap_or_default().iter().filter_map(of_label).max().unwrap_or(Sensitivity::ORDINARY)
    }

    pub fn is_guarded(self) -> bool {
        self > Sensitivity::ORDINARY
    }

    /// The level that keeps a resource from some. Who somebody is, is never kept: care that does not find the resident
    /// is care for the wrong one.
    pub fn guarding(resource: &Value) -> Option<Sensitivity> {
        let is_patient = resource.get("resourceType").and_then(Value::as_str) == Some("Patient");
        Some(Sensitivity::of(resource)).filter(|level| level.is_guarded() && !is_patient)
    }
}

fn of_label(label: &Value) -> Option<Sensitivity> {
    let text = |key| label.get(key).and_then(Value::as_str).map(str::trim);
    let code = text("code")?;
    match text("system")? {
        LEVELS => Some(match code {
            "1" => Sensitivity(1),
            "2" => Sensitivity(2),
            "3" => Sensitivity(3),
            "4" => Sensitivity(4),
            _ => Sensitivity::HIGHEST,
        }),
        CONFIDENTIALITY => Some(match code {
            "U" => Sensitivity(1),
            "L" | "M" => Sensitivity(2),
            "N" => Sensitivity(3),
            "R" => Sensitivity(4),
            _ => Sensitivity::HIGHEST,
        }),
        ACT_CODE => CLASSES.iter().find(|(class, _)| *class == code).map(|(_, level)| *level),
        _ => None,
    }
}

/// The highest levels that a caller sees: of what the own institution wrote, and of what others did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clearance {
    pub institution: String,
    pub own: Sensitivity,
    pub others: Sensitivity,
}

impl Clearance {
    /// Whether what `keeper` wrote and is so sensitive may be seen. What nobody is known to keep is another's.
    pub fn shows(&self, level: Sensitivity, keeper: Option<&str>) -> bool {
        level <= if keeper == Some(&self.institution) { self.own } else { self.others }
    }
}

/// What a caller's role is cleared for. Those who run the platform need no guarded record for it, at any institution.
pub fn clearance(caller: &Caller) -> Clearance {
    let own = match caller.role {
        Role::Doctor | Role::System => Sensitivity::HIGHEST,
        Role::Nurse => Sensitivity(4),
        Role::Operator => Sensitivity::ORDINARY,
    };
    Clearance { institution: caller.institution.clone(), own, others: Sensitivity::ORDINARY }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn level(security: &Value) -> u8 {
        Sensitivity::of(&json!({"meta": {"security": security}})).number()
    }

    #[test]
    fn the_highest_label_counts() {
        assert_eq!(Sensitivity::of(&json!({"resourceType": "Observation"})), Sensitivity::ORDINARY);
        assert_eq!(level(&json!([])), 3);
        assert_eq!(level(&json!([{"system": CONFIDENTIALITY, "code": "L"}])), 2);
        assert_eq!(level(&json!([{"system": CONFIDENTIALITY, "code": "L"}, {"system": ACT_CODE, "code": "HIV"}])), 5);
        assert_eq!(level(&json!([{"system": CONFIDENTIALITY, "code": "R"}, {"system": LEVELS, "code": "3"}])), 4);
    }

    #[test]
    fn a_level_that_is_not_known_is_the_highest_and_a_label_of_another_kind_is_none() {
        assert_eq!(level(&json!([{"system": LEVELS, "code": "9"}])), 5);
        assert_eq!(level(&json!([{"system": CONFIDENTIALITY, "code": "r"}])), 5);
        assert_eq!(
            level(&json!([{"system": ACT_CODE, "code": "NOREUSE"}, {"system": "urn:x", "code": "V"}, {}, 7])),
            3
        );
    }

    #[test]
    fn a_patient_is_found_whatever_the_label() {
        let labelled =
            |kind: &str| json!({"resourceType": kind, "meta": {"security": [{"system": LEVELS, "code": "5"}]}});
        assert_eq!(Sensitivity::guarding(&labelled("Patient")), None);
        assert_eq!(Sensitivity::guarding(&labelled("Condition")), Some(Sensitivity::HIGHEST));
        assert_eq!(Sensitivity::guarding(&json!({"resourceType": "Condition"})), None);
    }

    #[test]
    fn what_is_guarded_is_seen_where_it_was_written() {
        let cleared = |role| clearance(&Caller { role, ..Caller::system("x", "CJ01", "1") });
        for (role, at_home) in [(Role::Doctor, 5), (Role::Nurse, 4), (Role::System, 5), (Role::Operator, 3)] {
            let cleared = cleared(role);
            for level in (1..=5).map(Sensitivity) {
                assert_eq!(cleared.shows(level, Some("CJ01")), level.number() <= at_home, "{role} {level:?}");
                assert_eq!(cleared.shows(level, Some("CJ11")), !level.is_guarded(), "{role} {level:?}");
                assert_eq!(cleared.shows(level, None), !level.is_guarded(), "{role} {level:?}");
            }
        }
    }
}
