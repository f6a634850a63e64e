//! What somebody said about two Patients is honoured by whatever is written later, and can be taken back.

use meridian_engine::{HistoryOf, HistoryRequest};
use serde_json::{Value, json};

use crate::bed::{Bed, caller, number, operator, patient, weak, with_number};

const HOME: &str = "湖滨路12号3栋402室";
const PHONE: &str = "15400000001";
const CARD: &str = "YB9900000001";

fn stranger(id: &str) -> Value {
    weak(id, "赵大海", "1990-07-21", "15400007777", "南街1号")
}

fn woman(id: &str) -> Value {
    weak(id, "王秀英", "1957-03-05", PHONE, HOME)
}

async fn review_of_two(bed: &Bed) -> String {
    bed.put(weak("child", "李小明", "2026-01-02", PHONE, HOME)).await;
    bed.put(weak("newborn", "王秀英之女", "2026-01-02", PHONE, HOME)).await;
    bed.reviews("requested").await[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn merged_patients_stay_one_and_unmerging_gives_both_sides_back() {
    let bed = Bed::new();
    bed.put(woman("a")).await;
    bed.put(woman("a2")).await;
    bed.put(stranger("b")).await;
    let (left, right) = (bed.person("a").unwrap(), bed.person("b").unwrap());
    let golden = (bed.golden("a")["id"].clone(), bed.golden("b")["id"].clone());
    let task = bed.call("merge", &[("source", "Patient/b"), ("target", "a"), ("reason", "二代身份证已核对")]).await;
    assert_eq!(
        (&task["status"], &task["businessStatus"]["text"], &task["intent"]),
        (&json!("completed"), &json!("same"), &json!("order"))
    );
    assert_eq!(bed.person("b").unwrap().sources, ["a", "a2", "b"]);
    for again in [stranger("b"), woman("a"), woman("a2")] {
        bed.put(again).await;
        assert_eq!(bed.person("b").unwrap().sources, ["a", "a2", "b"]);
    }
    bed.put(weak("b", "钱多多", "1991-01-01", "", "")).await;
    assert!(bed.same(&["a", "b"]), "what it says now does not matter");
    bed.put(stranger("b")).await;

    let undone = bed.call("unmerge", &[("patient", "b"), ("reason", "误合并")]).await;
    assert_eq!(undone["parameter"].as_array().unwrap().len(), 2);
    assert_eq!((bed.person("a").unwrap(), bed.person("b").unwrap()), (left, right));
    assert_eq!((bed.golden("a")["id"].clone(), bed.golden("b")["id"].clone()), golden);
    assert!(bed.golden("a")["active"] == json!(true) && bed.golden("b")["active"] == json!(true));
    for again in [stranger("b"), woman("a"), woman("a2")] {
        bed.put(again).await;
    }
    assert!(!bed.same(&["a", "b"]) && bed.same(&["a", "a2"]));
    // And merged once more.
    bed.call("merge", &[("source", "a2"), ("target", "b"), ("reason", "再次核对")]).await;
    assert!(bed.same(&["a", "a2", "b"]));
}

#[tokio::test]
async fn a_patient_that_was_unmerged_stays_away_whatever_number_it_carries() {
    let (bed, id) = (Bed::new(), number("19570305", 18));
    for nth in ["a", "b", "c"] {
        bed.put(with_number(woman(nth), &id)).await;
    }
    bed.call("unmerge", &[("patient", "b"), ("reason", "冒用身份证")]).await;
    assert!(!bed.same(&["a", "b"]) && bed.same(&["a", "c"]));
    for nth in ["b", "a", "c", "b"] {
        bed.put(with_number(woman(nth), &id)).await;
        assert_eq!(bed.person("b").unwrap().sources, ["b"]);
        assert_eq!(bed.person("a").unwrap().sources, ["a", "c"]);
    }
    assert_eq!(bed.person("a").unwrap().claims, [("resident-identity".to_owned(), id)]);
    let alone = bed.call_as(&operator(), "unmerge", &[("patient", "b"), ("reason", "x")], None).await.unwrap_err();
    assert_eq!(alone.class(), meridian_engine::Class::Conflict);
}

#[tokio::test]
async fn a_review_is_decided_once_and_remembered_in_both_directions() {
    for (verdict, joined) in [("same", true), ("different", false)] {
        let bed = Bed::new();
        let id = review_of_two(&bed).await;
        let decision = [("task", id.as_str()), ("verdict", verdict), ("reason", "电话核实")];
        let task = bed.call("review-decide", &decision).await;
        assert_eq!((&task["status"], &task["businessStatus"]["text"]), (&json!("completed"), &json!(verdict)));
        assert_eq!(task["statusReason"]["text"], "电话核实");
        assert_eq!(task["owner"]["identifier"]["value"], "system:operator");
        assert!(task["input"].as_array().unwrap().len() > 3, "the evidence stays");
        assert_eq!(bed.same(&["child", "newborn"]), joined);
        for nth in ["child", "newborn"] {
            let name = if nth == "child" { "李小明" } else { "王秀英之女" };
            bed.put(weak(nth, name, "2026-01-02", PHONE, HOME)).await;
            assert_eq!(bed.same(&["child", "newborn"]), joined, "{verdict}, after {nth}");
        }
        // Even when all they say is the same now, or nothing is.
        bed.put(weak("newborn", "李小明", "2026-01-02", PHONE, HOME)).await;
        assert_eq!(bed.same(&["child", "newborn"]), joined);
        assert_eq!(bed.reviews("requested").await.len(), 0);
        let twice = bed.call_as(&operator(), "review-decide", &decision, None).await.unwrap_err();
        assert_eq!(twice.class(), meridian_engine::Class::Conflict);
        let of = HistoryRequest::newest(HistoryOf::Instance("Task".into(), id.clone()), 10);
        let history = meridian_engine::history(&bed.engine, &operator(), &of).await.unwrap().versions;
        assert_eq!(history.len(), 2, "asked, decided");
    }
}

#[tokio::test]
async fn no_word_makes_one_person_of_two_valid_numbers() {
    let bed = Bed::new();
    let numbers = [number("19570305", 18), number("19900721", 13)];
    bed.put(with_number(woman("a"), &numbers[0])).await;
    bed.put(with_number(stranger("b"), &numbers[1])).await;
    let refused = bed.call_as(&operator(), "merge", &[("source", "a"), ("target", "b"), ("reason", "x")], None).await;
    assert_eq!(refused.unwrap_err().class(), meridian_engine::Class::Unprocessable);
    for (name, params) in [
        ("merge", vec![("source", "a"), ("target", "a"), ("reason", "x")]),
        ("merge", vec![("source", "a"), ("target", "nobody"), ("reason", "x")]),
        ("merge", vec![("source", "a"), ("target", "b"), ("reason", " ")]),
        ("review-decide", vec![("task", "review-1-2"), ("verdict", "same"), ("reason", "x")]),
        ("review-decide", vec![("task", "x"), ("verdict", "perhaps"), ("reason", "x")]),
    ] {
        assert!(bed.call_as(&operator(), name, &params, None).await.is_err(), "{name} {params:?}");
    }
    // A decision does not survive a number that says otherwise.
    bed.put(stranger("b")).await;
    bed.call("merge", &[("source", "a"), ("target", "b"), ("reason", "x")]).await;
    assert!(bed.same(&["a", "b"]));
    bed.put(with_number(stranger("b"), &numbers[1])).await;
    assert!(!bed.same(&["a", "b"]));
}

#[tokio::test]
async fn nobody_but_an_operator_decides() {
    let bed = Bed::new();
    let id = review_of_two(&bed).await;
    for role in [meridian_engine::Role::Doctor, meridian_engine::Role::Nurse, meridian_engine::Role::System] {
        let who = meridian_engine::Caller { role, ..caller("CJ01") };
        for (name, params) in [
            ("merge", vec![("source", "child"), ("target", "newborn"), ("reason", "x")]),
            ("review-decide", vec![("task", id.as_str()), ("verdict", "same"), ("reason", "x")]),
            ("unmerge", vec![("patient", "child"), ("reason", "x")]),
        ] {
            assert!(bed.call_as(&who, name, &params, None).await.is_err(), "{role} {name}");
        }
    }
    assert!(!bed.same(&["child", "newborn"]));
}

#[tokio::test]
async fn what_an_institution_merged_is_one_person() {
    let bed = Bed::new();
    let link = |mut patient: Value, to: &str, kind: &str| {
        patient["link"] = json!([{"other": {"reference": format!("Patient/{to}")}, "type": kind}]);
        patient
    };
    bed.put(woman("kept")).await;
    bed.put(stranger("gone")).await;
    bed.put(link(stranger("gone"), "kept", "replaced-by")).await;
    assert!(bed.same(&["kept", "gone"]));
    bed.put(woman("kept")).await;
    assert!(bed.same(&["kept", "gone"]), "the word of either is enough");
    bed.put(stranger("gone")).await;
    assert!(!bed.same(&["kept", "gone"]), "taken back");
    // One institution cannot speak for another.
    let foreign = link(weak("x", "孙小小", "2001-02-03", "", ""), "kept", "replaced-by");
    meridian_engine::update(&bed.engine, &caller("CJ11"), "Patient", "x", foreign, None).await.unwrap();
    assert!(!bed.same(&["kept", "x"]));
    // An operator's word is stronger.
    bed.put(link(stranger("gone"), "kept", "replaced-by")).await;
    bed.call("unmerge", &[("patient", "gone"), ("reason", "误合并")]).await;
    bed.put(link(stranger("gone"), "kept", "replaced-by")).await;
    assert!(!bed.same(&["kept", "gone"]));
}

#[tokio::test]
async fn memberships_are_told_in_the_audit_with_why() {
    let bed = Bed::new();
    bed.put(woman("a")).await;
    bed.put(woman("b")).await;
    bed.call("unmerge", &[("patient", "b"), ("reason", "误合并")]).await;
    bed.put(patient("c", None, &[CARD])).await;
    bed.put(patient("d", None, &[CARD])).await;
    bed.drop("d").await;
    let rows = bed.read(|reader| reader.writes_after(0, 1000));
    let told: Vec<&str> =
        rows.iter().flat_map(|row| row.what.lines()).filter(|line| line.starts_with(['J', 'L'])).collect();
    let has = |start: char, part: &str| told.iter().any(|line| line.starts_with(start) && line.contains(part));
    assert!(has('J', " weight ") && has('J', "with Patient/a") && has('J', "phone equal +"), "{told:#?}");
    assert!(has('J', " alone") && has('J', " number") && has('L', " deleted"), "{told:#?}");
    assert!(told.iter().all(|line| !line.contains("王") && !line.contains(PHONE)), "no values: {told:#?}");
    let unmerge = rows.iter().find(|row| row.what.contains("Task/") && row.origin.role == "operator").unwrap();
    assert_eq!(unmerge.origin.actor, "system:operator");
}
