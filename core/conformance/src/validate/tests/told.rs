//! How things are told: in both languages, once, and to the end.

use super::*;
use crate::says::Says;
use meridian_model::outcome::Issue;

fn all(value: &Value, profiles: &[&str], structures: &Structures) -> Vec<Issue> {
    validate(value, profiles, &with(structures))
}

#[test]
fn each_issue_has_a_sentence_in_chinese() {
    let patient = json!({"resourceType": "Patient", "gnder": "x", "birthDate": "1970-13", "active": "yes",
        "contact": [{"gender": "z"}], "identifier": [], "link": [{"other": {"reference": "Dog/1"}}],
        "maritalStatus": {"coding": [{"system": "married", "code": "x"}]}, "text": {"status": "generated", "div": "<p/>"}});
    let found = all(&patient, &["http://nowhere/p"], Structures::r4());
    assert!(found.len() > 8, "{found:#?}");
    for issue in &found {
        let chinese = issue.chinese.as_str();
        assert!(chinese.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}')), "{issue:?}");
    }
    let told = |part: &str| found.iter().find(|one| one.diagnostics.contains(part)).unwrap().chinese.clone();
    assert_eq!(told("gnder"), "Patient 没有元素 `gnder`，请核对名称；R4 没有位置的内容请用扩展（extension）");
    assert_eq!(told("pat-1"), "pat-1：患者联系人必须有姓名、电话、地址或机构之一");
    assert_eq!(told("1970-13"), "不是合法的日期（应为 YYYY、YYYY-MM 或 YYYY-MM-DD）：`1970-13`");
    assert_eq!(
        told("http://nowhere/p"),
        "本机没有规范 http://nowhere/p，请先上传它的 StructureDefinition 或装入它的软件包"
    );
}

#[test]
fn rules_of_profiles_are_told_in_their_own_chinese_or_in_a_frame() {
    let rule = |human: &str| {
        profile(
            "r",
            "Patient",
            json!([{"path": "Patient", "constraint": [{"key": "pat-1", "severity": "error", "human": human, "expression": "false"}]}]),
        )
    };
    let told = |human: &str| {
        let found = all(&json!({"resourceType": "Patient"}), &["http://p/r"], &Structures::r4().with([&rule(human)]));
        found.iter().find(|one| one.diagnostics.starts_with("pat-1")).unwrap().chinese.clone()
    };
    assert_eq!(told("应有姓名 (it has a name)"), "pat-1：应有姓名");
    // Of the same key as one of R4's, and not it.
    assert_eq!(told("it has a name"), "pat-1：不符合这条规则（原文：it has a name）");
}

#[test]
fn one_thing_is_told_once() {
    let sliced = profile(
        "s",
        "Observation",
        json!([
            {"path": "Observation.category", "min": 1, "slicing": {"discriminator": [{"type": "pattern", "path": "$this"}], "rules": "open"}},
            {"path": "Observation.category", "sliceName": "a", "min": 1, "max": "1", "patternCodeableConcept": {"text": "a"}},
            {"path": "Observation.status", "min": 1}]),
    );
    let found = errors(
        &json!({"resourceType": "Observation", "code": {"text": "x"}}),
        &["http://p/s"],
        &Structures::r4().with([&sliced]),
    );
    let about = |name: &str| found.iter().filter(|one| one.contains(name)).count();
    assert_eq!((about("`category`"), about("`status`")), (1, 1), "{found:#?}");
    one(&found, &["`category` (slice `a`) is missing"]);
    let dead = json!({"resourceType": "Patient", "deceasedBoolean": true, "deceasedDateTime": "2020"});
    assert_eq!(base(&dead), ["only one of `deceasedBoolean` and `deceasedDateTime` may be here @ Patient"]);
    let quantity = json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
        "valueQuantity": {"value": 1, "system": "http://unitsofmeasure.org", "code": "mmoll"}});
    assert_eq!(base(&quantity)[0].matches("mmoll").count(), 1);
}

#[test]
fn the_default_slice_takes_the_rest() {
    let slices = |rest: Value| {
        let mut all = json!([
            {"path": "Patient.identifier", "slicing": {"discriminator": [{"type": "value", "path": "system"}], "rules": "closed"}},
            {"path": "Patient.identifier", "sliceName": "a"},
            {"path": "Patient.identifier.system", "fixedUri": "http://a"}]);
        all.as_array_mut().unwrap().extend(rest.as_array().unwrap().clone());
        profile("d", "Patient", all)
    };
    let with_default = slices(
        json!([{"path": "Patient.identifier", "sliceName": "@default"}, {"path": "Patient.identifier.value", "min": 1}]),
    );
    let patient = |other: Value| json!({"resourceType": "Patient", "identifier": [{"system": "http://a"}, other]});
    let said = |structure: &Value, other: Value| {
        let found = all(&patient(other), &["http://p/d"], &Structures::r4().with([structure]));
        found.into_iter().map(|one| one.diagnostics).filter(|says| !says.starts_with("dom-6")).collect::<Vec<_>>()
    };
    assert_eq!(said(&with_default, json!({"system": "http://b", "value": "1"})), [] as [&str; 0]);
    assert!(said(&with_default, json!({"system": "http://b"}))[0].contains("`value` is missing"));
    assert!(said(&slices(json!([])), json!({"system": "http://b", "value": "1"}))[0].contains("none of the slices"));
}

#[test]
fn bounds_of_dates_are_moments() {
    let after = profile(
        "m",
        "Observation",
        json!([{"path": "Observation.effectiveDateTime", "minValueDateTime": "2019-12-31T23:00:00Z"}]),
    );
    let at = |when: &str| {
        let value =
            json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "effectiveDateTime": when});
        errors(&value, &["http://p/m"], &Structures::r4().with([&after]))
    };
    one(&at("2020-01-01T00:30:00+08:00"), &["at least `2019-12-31T23:00:00Z`"]);
    assert_eq!(at("2020-01-01T07:30:00+08:00"), [] as [&str; 0]);
}

#[test]
fn a_profile_may_bind_to_another_set_than_r4() {
    let china = profile(
        "b",
        "Patient",
        json!([{"path": "Patient.identifier.type", "binding": {"strength": "extensible", "valueSet": "http://v/all"}}]),
    );
    let with = Validator { codes: &Both, ..with(Structures::r4()) };
    let structures = Structures::r4().with([&china]);
    let with = Validator { structures: &structures, ..with };
    let patient = |code: &str| json!({"resourceType": "Patient", "identifier": [{"type": {"coding": [{"system": "http://s", "code": code}]}, "value": "1"}]});
    let warned = |code: &str, profiles: &[&str]| {
        let found = validate(&patient(code), profiles, &with).into_iter();
        found.filter(|one| one.code == "code-invalid").map(|one| one.diagnostics).collect::<Vec<_>>()
    };
    assert!(warned("a", &[])[0].contains("identifier-type"));
    assert_eq!(warned("a", &["http://p/b"]), [] as [&str; 0]);
    let other = warned("c", &["http://p/b"]);
    assert!(other.len() == 1 && other[0].contains("http://v/all"), "{other:?}");
}

/// `a` is of the profile's set; R4's has none of these.
struct Both;

impl Codes for Both {
    fn in_value_set(&self, set: &str, coded: Coded<'_>) -> Verdict {
        match (set, coded.code) {
            ("http://v/all", "a") => Verdict::Yes { wrong_display: None, inactive: false },
            (set, code) => Verdict::No { says: format!("the code `{code}` is not in {set}").into() },
        }
    }

    fn in_code_system(&self, _: Coded<'_>) -> Verdict {
        Verdict::Unknown { says: "".into() }
    }

    fn subsumes(&self, _: &str, _: &str, _: &str) -> Option<Subsumes> {
        None
    }
}

#[test]
fn nobody_waits_for_ever() {
    struct Gone;
    impl Lookup for Gone {
        fn is_over(&self) -> bool {
            true
        }
    }
    let names: Vec<Value> = (0..200).map(|n| json!({"family": n.to_string()})).collect();
    let with = Validator { lookup: &Gone, ..with(Structures::r4()) };
    let found = validate(&json!({"resourceType": "Patient", "name": names}), &[], &with);
    assert!(
        found.iter().any(|one| one.code == "too-costly" && one.diagnostics.contains("longer than it may")),
        "{found:#?}"
    );
}

/// Systems that are not here, and one of which a part is.
struct Absent;

impl Codes for Absent {
    fn in_value_set(&self, set: &str, coded: Coded<'_>) -> Verdict {
        match coded.system {
            Some("http://known") => Verdict::No { says: format!("the code is not in {set}").into() },
            _ => Verdict::Unknown { says: Says::SystemMissing { system: coded.system.unwrap_or_default().to_owned() } },
        }
    }

    fn in_code_system(&self, coded: Coded<'_>) -> Verdict {
        match (coded.system, coded.code) {
            (Some("http://known"), "no") => Verdict::No { says: "the system has no such code".into() },
            (Some("http://known"), _) => Verdict::Yes { wrong_display: None, inactive: false },
            (system, _) => {
                Verdict::Unknown { says: Says::PartOfSystem { system: system.unwrap_or_default().to_owned() } }
            }
        }
    }

    fn subsumes(&self, _: &str, _: &str, _: &str) -> Option<Subsumes> {
        None
    }
}

fn absent(value: &Value) -> Vec<(Severity, String, Vec<String>)> {
    let structures = Structures::r4();
    let issues = validate(value, &[], &Validator { codes: &Absent, ..with(structures) });
    let about = issues.into_iter().filter(|one| !one.diagnostics.starts_with("dom-6"));
    about.map(|one| (one.severity, one.diagnostics.to_string(), one.expression)).collect()
}

#[test]
fn codes_that_nobody_checked_are_told_once_for_each_system_and_kind_of_place() {
    let part = |code: usize| json!({"code": {"coding": [{"system": "http://part", "code": code.to_string()}]}});
    let parts: Vec<Value> = (0..50).map(part).collect();
    let found = absent(&json!({"resourceType": "Observation", "status": "final", "component": parts,
        "code": {"coding": [{"system": "http://part", "code": "a"}, {"system": "http://other", "code": "b"}]}}));
    let notes: Vec<_> = found.iter().filter(|one| one.0 == Severity::Information).collect();
    assert_eq!(notes.len(), 3, "{found:#?}");
    assert!(
        notes.iter().any(|one| one.1.starts_with("50 codes") && one.2 == ["Observation.component[0].code.coding[0]"])
    );
    assert!(notes.iter().any(|one| one.1.starts_with("the code is not checked") && one.1.contains("http://other")));
    assert!(found.iter().all(|one| one.0 != Severity::Error), "{found:#?}");
}

#[test]
fn one_fault_of_a_code_is_told_once() {
    // An extensible set of R4's, and a code of another system that is known: whether one of the set fits, nobody can say.
    let marital = |code: &str| json!({"resourceType": "Patient", "maritalStatus": {"coding": [{"system": "http://known", "code": code}]}});
    let known = absent(&marital("yes"));
    assert_eq!(known.iter().map(|one| one.0).collect::<Vec<_>>(), [Severity::Information], "{known:#?}");
    // A code that its own system has not: that is the fault, and the set says nothing new.
    let none = absent(&marital("no"));
    assert_eq!(
        none.iter().map(|one| (one.0, one.1.as_str())).collect::<Vec<_>>(),
        [(Severity::Error, "the system has no such code")]
    );
    let gender = json!({"resourceType": "Patient", "gender": ["male", "female"]});
    assert_eq!(base(&gender), ["`gender` can be there only once, this is an array @ Patient"]);
    let empty = absent(&json!({"resourceType": "Patient", "language": ""}));
    assert_eq!(empty.len(), 1, "{empty:#?}");
}

#[test]
fn what_changes_the_meaning_unknown_to_us_is_an_error() {
    let with = |name: &str, url: &str| json!({"resourceType": "Basic", "code": {"text": "x"}, name: [{"url": url, "valueBoolean": true}]});
    one(&base(&with("modifierExtension", "http://x.y/not")), &["changes the meaning", "@ Basic.modifierExtension[0]"]);
    assert!(base(&with("extension", "http://x.y/not")).is_empty());
}

#[test]
fn a_unit_outside_the_set_is_told_where_nobody_tells_it_for_itself() {
    let bound = |strength: &str| {
        profile(
            "q",
            "Observation",
            json!([{"path": "Observation.value[x]", "type": [{"code": "Quantity"}],
                "binding": {"strength": strength, "valueSet": "http://hl7.org/fhir/ValueSet/marital-status"}}]),
        )
    };
    let told = |strength: &str, system: &str| {
        let value = json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
            "valueQuantity": {"value": 1, "unit": "no", "system": system, "code": "no"}});
        let structures = Structures::r4().with([&bound(strength)]);
        let found = validate(&value, &["http://p/q"], &Validator { codes: &Absent, ..with(&structures) });
        let about = found.into_iter().filter(|one| one.code == "code-invalid");
        about.map(|one| one.severity).collect::<Vec<_>>()
    };
    assert_eq!(told("extensible", "http://known"), [Severity::Warning]);
    assert_eq!(told("preferred", "http://known"), [Severity::Information]);
    // Of UCUM's units it is the unit itself that is at fault.
    assert_eq!(told("extensible", "http://unitsofmeasure.org"), [Severity::Error]);
}
