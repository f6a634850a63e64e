//! Numbers that are corrected, and records that are deleted: what was joined comes apart as it was.

use serde_json::json;

use crate::bed::{Bed, number, patient};

const CARD: &str = "YB9900000001";

#[tokio::test]
async fn a_corrected_number_moves_the_record_and_back() {
    let bed = Bed::new();
    let (one, two) = (number("19700305", 17), number("19820611", 18));
    bed.put(patient("a", Some(&one), &[])).await;
    bed.put(patient("b", Some(&two), &[])).await;
    bed.put(patient("s", Some(&one), &[])).await;
    let (first, second) = (bed.person("a").unwrap(), bed.person("b").unwrap());
    bed.put(patient("s", Some(&two), &[])).await;
    assert_eq!(bed.person("s").unwrap().number, second.number);
    assert_eq!(bed.person("a").unwrap().sources, ["a"]);
    bed.put(patient("s", Some(&one), &[])).await;
    assert_eq!(bed.person("a").unwrap(), first);
    assert_eq!(bed.person("b").unwrap(), second);
    // The membership has a history; the sources say what they said.
    assert_eq!(bed.find("Patient", &[("_id", "s")]).await[0]["meta"]["versionId"], json!("3"));
}

#[tokio::test]
async fn a_bridge_that_was_a_mistake_gives_both_sides_their_persons_back() {
    let (bed, id) = (Bed::new(), number("19700305", 17));
    bed.put(patient("a", None, &[CARD])).await;
    bed.put(patient("a2", None, &[CARD])).await;
    bed.put(patient("b", Some(&id), &[])).await;
    let (left, right) = (bed.person("a").unwrap(), bed.person("b").unwrap());
    let (left_golden, right_golden) = (bed.golden("a"), bed.golden("b"));
    bed.put(patient("bridge", Some(&id), &[CARD])).await;
    assert_eq!(bed.person("a").unwrap().sources, ["a", "a2", "b", "bridge"]);

    bed.put(patient("bridge", Some(&id), &[])).await;
    assert_eq!(bed.person("a").unwrap(), left, "the number of before");
    assert_eq!(bed.person("b").unwrap().sources, ["b", "bridge"]);
    let same = |one: &serde_json::Value, two: &serde_json::Value| {
        ["id", "identifier", "name", "link", "active"].iter().all(|key| one[key] == two[key])
    };
    assert!(same(&bed.golden("a"), &left_golden), "{}", bed.golden("a"));

    bed.drop("bridge").await;
    assert_eq!(bed.person("b").unwrap(), right);
    assert!(same(&bed.golden("b"), &right_golden));
    assert_eq!(bed.goldens().await.len(), 2);
}

#[tokio::test]
async fn a_removed_number_is_released_when_nobody_supports_it() {
    let (bed, id) = (Bed::new(), number("19700305", 17));
    let holder = |key: &str| bed.read(|reader| reader.holder("insurance", key));
    bed.put(patient("a", Some(&id), &[CARD])).await;
    bed.put(patient("b", Some(&id), &[CARD])).await;
    bed.put(patient("a", Some(&id), &[])).await;
    assert!(holder(CARD).is_some(), "b still says it");
    bed.put(patient("b", Some(&id), &[])).await;
    assert_eq!(holder(CARD), None);
    bed.put(patient("c", None, &[CARD])).await;
    assert!(!bed.same(&["a", "c"]));
    bed.put(patient("b", None, &[])).await;
    assert_eq!(bed.person("b").unwrap().sources, ["b"]);
    assert_eq!(bed.goldens().await.len(), 3);
}

#[tokio::test]
async fn a_deleted_record_leaves_and_the_last_one_ends_the_person() {
    let (bed, id) = (Bed::new(), number("19700305", 17));
    bed.put(patient("a", Some(&id), &[CARD])).await;
    bed.put(patient("b", Some(&id), &[])).await;
    let person = bed.person("a").unwrap();
    bed.drop("a").await;
    assert_eq!(bed.person("a"), None);
    assert_eq!(bed.person("b").unwrap().claims, [("resident-identity".to_owned(), id.clone())]);
    assert_eq!(bed.golden("b")["link"].as_array().unwrap().len(), 1);
    bed.drop("b").await;
    assert_eq!(bed.goldens().await, [] as [serde_json::Value; 0]);
    assert_eq!(bed.golden_of(person.number)["active"], json!(false));
    assert_eq!(bed.read(|reader| reader.holder("resident-identity", &id)), None);
    bed.put(patient("a", Some(&id), &[CARD])).await;
    bed.put(patient("c", None, &[CARD])).await;
    assert_eq!(bed.person("c").unwrap().sources, ["a", "c"]);
}

#[tokio::test]
async fn ended_persons_follow_the_person_that_they_became() {
    let (bed, id) = (Bed::new(), number("19700305", 17));
    let card = |n: u32| format!("YB990000000{n}");
    bed.put(patient("a", None, &[&card(1)])).await;
    bed.put(patient("b", None, &[&card(2)])).await;
    bed.put(patient("c", Some(&id), &[])).await;
    let (first, second) = (bed.person("a").unwrap().number, bed.person("b").unwrap().number);
    bed.put(patient("ab", None, &[&card(1), &card(2)])).await;
    assert_eq!(bed.person("b").unwrap().number, first, "the older one stays");
    bed.put(patient("bc", Some(&id), &[&card(2)])).await;
    let golden = bed.golden("c");
    for ended in [first, second] {
        let link = json!([{"other": {"reference": format!("Patient/{}", golden["id"].as_str().unwrap())}, "type": "replaced-by"}]);
        assert_eq!(bed.golden_of(ended)["link"], link);
    }
    bed.drop("bc").await;
    assert_eq!(bed.person("ab").unwrap().sources, ["a", "ab", "b"]);
    bed.drop("ab").await;
    let numbers = [bed.person("a").unwrap().number, bed.person("b").unwrap().number];
    assert!(numbers.contains(&first) && numbers.contains(&second) && numbers[0] == first);
    assert_eq!(bed.goldens().await.len(), 3);
}

#[tokio::test]
async fn a_person_that_ends_leaves_behind_what_takes_its_own_number_back() {
    let (bed, id) = (Bed::new(), number("19700305", 17));
    let card = |n: u32| format!("YB990000000{n}");
    bed.put(patient("a", None, &[&card(1)])).await;
    bed.put(patient("b", None, &[&card(2)])).await;
    let (first, second) = (bed.person("a").unwrap(), bed.person("b").unwrap());
    bed.put(patient("x", Some(&id), &[])).await;
    bed.put(patient("ab", None, &[&card(1), &card(2)])).await;
    // Now `a` and `ab` go over to the person of `x`, and `b` stays behind.
    bed.put(patient("ab", Some(&id), &[&card(1)])).await;
    assert_eq!(bed.person("x").unwrap().sources, ["a", "ab", "x"]);
    assert_eq!(bed.person("b").unwrap(), second);
    assert_eq!(bed.golden("b")["active"], json!(true));
    assert_eq!(bed.golden_of(first.number)["active"], json!(false));
    assert_eq!(bed.goldens().await.len(), 2);
}
