//! Records that bridge two persons, and records that must never meet.

use serde_json::json;

use crate::bed::{Bed, number, patient};

const CARD: &str = "YB9900000001";
const OTHER_CARD: &str = "YB9900000002";

fn claims(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(kind, key)| ((*kind).to_owned(), (*key).to_owned())).collect()
}

#[tokio::test]
async fn a_bridge_merges_the_person_without_an_identity_number_into_the_other() {
    let (bed, id) = (Bed::new(), number("19700305", 17));
    bed.put(patient("a", None, &[CARD])).await;
    bed.put(patient("b", Some(&id), &[])).await;
    assert!(!bed.same(&["a", "b"]));
    let (ended, kept) = (bed.person("a").unwrap().number, bed.person("b").unwrap().number);

    bed.put(patient("c", Some(&id), &[CARD])).await;
    let person = bed.person("c").unwrap();
    assert_eq!((person.number, person.sources.len()), (kept, 3));
    assert_eq!(person.claims, claims(&[("insurance", CARD), ("resident-identity", &id)]));
    let golden = bed.golden("c");
    let into =
        json!([{"other": {"reference": format!("Patient/{}", golden["id"].as_str().unwrap())}, "type": "replaced-by"}]);
    let old = bed.golden_of(ended);
    assert_eq!((&old["active"], &old["link"]), (&json!(false), &into));
    assert_eq!(bed.goldens().await.len(), 1);
    assert!(bed.read(|reader| reader.held_by(ended.0)).iter().all(|(kind, _)| kind != "insurance"));

    // What was written about the ended golden Patient belongs to the person that it became.
    let subject = json!({"reference": format!("Patient/{}", old["id"].as_str().unwrap())});
    let note = json!({"resourceType": "Observation", "status": "final", "code": {"text": "note"}, "subject": subject});
    bed.post("CJ01", "Observation", note).await;
    for id in ["a", "b", old["id"].as_str().unwrap()] {
        assert_eq!(bed.find("Observation", &[("patient", id)]).await.len(), 1, "through {id}");
    }
}

#[tokio::test]
async fn two_people_with_one_insurance_number_stay_two() {
    let bed = Bed::new();
    let (one, two) = (number("19700305", 17), number("19820611", 18));
    bed.put(patient("a", Some(&one), &[CARD])).await;
    bed.put(patient("b", Some(&two), &[CARD])).await;
    assert!(!bed.same(&["a", "b"]));
    assert_eq!(bed.person("a").unwrap().claims, claims(&[("insurance", CARD), ("resident-identity", &one)]));
    assert_eq!(bed.person("b").unwrap().claims, claims(&[("resident-identity", &two)]));

    // A record that knows both cards and no identity number is evidence for neither.
    bed.put(patient("c", Some(&two), &[OTHER_CARD])).await;
    bed.put(patient("d", None, &[CARD, OTHER_CARD])).await;
    assert_eq!(bed.person("d").unwrap().sources, ["d"]);
    assert!(bed.same(&["b", "c"]) && !bed.same(&["a", "c"]));
    assert_eq!(bed.goldens().await.len(), 3);
}

#[tokio::test]
async fn a_child_with_the_mothers_numbers_is_not_the_mother() {
    let (bed, id) = (Bed::new(), number("19900305", 18));
    let born = |mut patient: serde_json::Value, date: &str| {
        patient["birthDate"] = json!(date);
        patient
    };
    bed.put(born(patient("mother", Some(&id), &[CARD]), "1990-03-05")).await;
    bed.put(born(patient("child", Some(&id), &[CARD]), "2024-05-01")).await;
    bed.put(born(patient("twin", None, &[CARD]), "2024-05-01")).await;
    for alone in ["mother", "child", "twin"] {
        assert_eq!(bed.person(alone).unwrap().sources, [alone]);
    }
    // Who came first does not matter.
    let bed = Bed::new();
    bed.put(born(patient("twin", None, &[CARD]), "2024-05-01")).await;
    bed.put(born(patient("child", Some(&id), &[CARD]), "2024-05-01")).await;
    bed.put(born(patient("mother", Some(&id), &[CARD]), "1990-03")).await;
    for alone in ["mother", "child", "twin"] {
        assert_eq!(bed.person(alone).unwrap().sources, [alone]);
    }
    assert_eq!(bed.person("mother").unwrap().claims, claims(&[("resident-identity", &id)]));
}

#[tokio::test]
async fn forms_of_one_number_meet_and_invalid_ones_do_not() {
    let bed = Bed::new();
    let id = number("19491231", 2);
    bed.put(patient("new", Some(&id), &[])).await;
    bed.put(patient("old", Some(&format!("{}{}", &id[..6], &id[8..17])), &[])).await;
    let wide: String = id.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    bed.put(patient("wide", Some(&wide), &[])).await;
    assert_eq!(bed.person("new").unwrap().sources, ["new", "old", "wide"]);
    let wrong = format!("{}{}", &id[..17], if id.ends_with('1') { '2' } else { '1' });
    for nth in ["x", "y"] {
        bed.put(patient(nth, Some(&wrong), &["000000"])).await;
        assert_eq!(bed.person(nth).unwrap().sources, [nth]);
        assert_eq!(bed.person(nth).unwrap().claims, []);
        assert_eq!(bed.golden(nth)["identifier"][0]["value"], json!(wrong), "kept as it was sent");
    }
}

#[tokio::test]
async fn records_of_one_bundle_meet_too() {
    let (bed, id) = (Bed::new(), number("19700305", 17));
    let entry = |patient: serde_json::Value| json!({"resource": patient, "request": {"method": "PUT", "url": format!("Patient/{}", patient["id"].as_str().unwrap())}});
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry(patient("a", None, &[CARD])),
        entry(patient("b", Some(&id), &[])), entry(patient("c", Some(&id), &[CARD]))]});
    let options = meridian_engine::Options::default();
    meridian_engine::transaction(&bed.engine, &crate::bed::caller("CJ11"), bundle, options).await.unwrap();
    assert_eq!(bed.person("a").unwrap().sources, ["a", "b", "c"]);
    assert_eq!(bed.goldens().await.len(), 1);
}
