//! The same records give the same golden Patient, and nothing is written that says nothing new.

use meridian_engine::{Policy, update_where};
use serde_json::{Value, json};

use crate::bed::{Bed, caller, number, patient};

fn told(golden: &Value) -> Value {
    let mut golden = golden.clone();
    let members = golden.as_object_mut().unwrap();
    members.shift_remove("id");
    members.shift_remove("meta");
    golden
}

#[tokio::test]
async fn two_regions_with_the_same_records_say_the_same() {
    let id = number("19700305", 17);
    let mut said = Vec::new();
    for _ in 0..2 {
        let bed = Bed::new();
        for nth in ["a", "b", "c"] {
            let mut patient = patient(nth, Some(&id), &[]);
            patient["telecom"] = json!([{"system": "phone", "value": format!("1540000{nth}")}]);
            patient["gender"] = json!("male");
            bed.put(patient).await;
        }
        said.push(told(&bed.golden("a")).to_string());
    }
    assert_eq!(said[0], said[1]);
    assert!(said[0].contains("1970-03-05"));
}

#[tokio::test]
async fn a_record_written_again_does_not_touch_the_golden_patient() {
    let (bed, id) = (Bed::new(), number("19700305", 17));
    bed.put(patient("a", Some(&id), &[])).await;
    let before = bed.golden("a");
    bed.put(patient("a", Some(&id), &[])).await;
    assert_eq!(bed.golden("a"), before);
    let since: Vec<_> = bed.read(|reader| reader.members(bed.person("a").unwrap().number));
    assert_eq!(since.len(), 2);
}

#[tokio::test]
async fn golden_patients_are_found_by_what_they_say_and_cannot_be_written() {
    let (bed, id) = (Bed::new(), number("19700305", 17));
    bed.put(patient("a", Some(&id), &["yb9900000001"])).await;
    let golden = bed.golden("a");
    let tag = ("_tag", "https://meridian.example/record|golden");
    for query in [("identifier", "YB9900000001"), ("name", "测试a"), ("birthdate", "1970-03-05"), ("link", "Patient/a")]
    {
        assert_eq!(bed.find("Patient", &[tag, query]).await, std::slice::from_ref(&golden), "{query:?}");
    }
    assert_eq!(bed.find("Patient", &[("birthdate", "1970-03-05")]).await.len(), 0, "the source says no date");
    let id = golden["id"].as_str().unwrap();
    let caller = crate::bed::caller("CJ01");
    let written = meridian_engine::update(&bed.engine, &caller, "Patient", id, golden.clone(), None).await;
    assert!(written.is_err());
}

#[tokio::test]
async fn a_condition_that_finds_a_golden_patient_writes_nothing() {
    let bed = Bed::new();
    bed.put(patient("a", Some("990101194912310028"), &[])).await;
    let before = bed.goldens().await;
    let evil = serde_json::json!({"resourceType": "Patient", "name": [{"text": "x"}]});
    let query = "_tag=https://meridian.example/record|golden&active=true";
    let refused = update_where(&bed.engine, &caller("CJ01"), ("Patient", query), evil, None, Policy::default())
        .await
        .unwrap_err();
    assert_eq!(refused.class(), meridian_engine::Class::NotSupported);
    assert_eq!(bed.goldens().await, before);
}
