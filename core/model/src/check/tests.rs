//! Broken resources are named, good ones pass, and nothing at all panics.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::check;
use crate::date::Zone;
use crate::definitions::Catalogue;
use crate::facts::facts;
use crate::index::extract;

/// Code and place of the only issue.
fn only(resource: &Value) -> (&'static str, String) {
    let issues = check(resource);
    assert_eq!(issues.len(), 1, "{issues:?}");
    (issues[0].code, issues[0].expression.join(","))
}

#[test]
fn a_good_resource_passes_with_unknown_elements_and_siblings() {
    let patient = json!({
        "resourceType": "Patient", "id": "a", "active": true, "shoeSize": [[{}]], "birthDate": "1970-03",
        "_birthDate": {"extension": [{"url": "http://x", "valueTime": "10:00:00"}]},
        "name": [{"given": ["秀", null], "_given": [null, {"id": "x"}], "period": {"start": "2000-01-01T00:00:00+08:00"}}],
        "multipleBirthInteger": 2,
        "contained": [{"resourceType": "Organization", "id": "o", "name": "x"}],
        "contact": [{"telecom": [{"rank": 1}]}]
    });
    assert_eq!(check(&patient), []);
}

#[test]
fn each_fault_names_its_place() {
    let patient = |key: &str, value: Value| {
        let mut resource = json!({"resourceType": "Patient"});
        resource[key] = value;
        only(&resource)
    };
    let place = |text: &str| text.to_owned();
    assert_eq!(patient("name", json!({"family": "x"})), ("structure", place("Patient.name")));
    assert_eq!(patient("name", json!([{"family": 1}])), ("structure", place("Patient.name[0].family")));
    assert_eq!(patient("name", json!(["x"])), ("structure", place("Patient.name[0]")));
    assert_eq!(patient("name", json!([null])), ("structure", place("Patient.name[0]")));
    assert_eq!(patient("active", json!("true")), ("structure", place("Patient.active")));
    assert_eq!(patient("active", json!([true])), ("structure", place("Patient.active")));
    assert_eq!(patient("birthDate", json!("1970-02-30")), ("value", place("Patient.birthDate")));
    assert_eq!(patient("birthDate", json!("1970-02-03T00:00:00Z")), ("value", place("Patient.birthDate")));
    assert_eq!(patient("deceasedDateTime", json!("1970-02-03T00:00:00")), ("value", place("Patient.deceasedDateTime")));
    assert_eq!(patient("id", json!("a b")), ("value", place("Patient.id")));
    assert_eq!(patient("id", json!(7)), ("structure", place("Patient.id")));
    assert_eq!(patient("gender", json!(" male")), ("value", place("Patient.gender")));
    assert_eq!(patient("_name", json!([])), ("structure", place("Patient._name")));
    assert_eq!(patient("_active", json!([])), ("structure", place("Patient._active")));
    assert_eq!(patient("photo", json!([{"data": "a==="}])), ("value", place("Patient.photo[0].data")));
    assert_eq!(
        patient("multipleBirthInteger", json!(3_000_000_000_u64)),
        ("value", place("Patient.multipleBirthInteger"))
    );
    assert_eq!(patient("contained", json!([{"id": "x"}])), ("structure", place("Patient.contained[0]")));
    assert_eq!(
        patient("contained", json!([{"resourceType": "Observation", "status": 1}])),
        ("structure", place("Patient.contained[0].status"))
    );
}

#[test]
fn what_is_no_resource_is_said_to_be_none() {
    for value in
        [json!(null), json!([]), json!("x"), json!({}), json!({"resourceType": 1}), json!({"resourceType": "Dog"})]
    {
        assert_eq!(only(&value), ("structure", String::new()));
    }
    assert_eq!(only(&json!({"resourceType": "Resource"})).0, "structure");
}

#[test]
fn the_number_of_issues_is_bounded() {
    let names: Vec<Value> = (0..1000).map(Value::from).collect();
    assert_eq!(check(&json!({"resourceType": "Patient", "name": names})).len(), 100);
}

fn anything() -> impl Strategy<Value = Value> {
    let keys = "(resourceType|id|name|value|valueQuantity|code|coding|subject|reference|identifier|period|start|extension|contained|_name|text|effectiveDateTime|[a-z]{1,5})";
    let texts = "(Patient|Observation|Bundle|Patient/1|2020-01|urn:uuid:x|#a|[ -~]{0,8}|王秀英)";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts.prop_map(Value::from)
    ];
    leaf.prop_recursive(6, 96, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..8).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn touch(value: &Value) {
    let _ = (check(value), extract(value, Zone::CHINA, Catalogue::r4()), facts(value, Zone::CHINA));
}

proptest! {
    #[test]
    fn any_json_gives_an_answer(mut value in anything(), kind in "(Patient|Observation|Bundle|Condition|Task|Questionnaire)") {
        touch(&value);
        if let Value::Object(members) = &mut value {
            members.insert("resourceType".to_owned(), kind.into());
            touch(&value);
        }
    }
}
