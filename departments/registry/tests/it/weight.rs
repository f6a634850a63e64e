//! Records without a common number: joined by weight, put before somebody, or left alone.

use meridian_engine::{HistoryOf, HistoryRequest};
use serde_json::{Value, json};

use crate::bed::{Bed, caller, number, operator, weak, with_number};

const HOME: &str = "湖滨路12号3栋402室";
const PHONE: &str = "15400000001";

#[tokio::test]
async fn what_weighs_enough_is_joined_and_comes_apart_when_it_is_corrected() {
    let (bed, id) = (Bed::new(), number("19570305", 18));
    bed.put(with_number(weak("a", "王秀英", "1957-03-05", PHONE, HOME), &id)).await;
    bed.put(weak("b", "王秀瑛", "1957-03-05", PHONE, HOME)).await;
    assert!(bed.same(&["a", "b"]));
    assert_eq!(bed.reviews("requested").await.len(), 0);
    // Written again as it is, by either side, it stays.
    bed.put(with_number(weak("a", "王秀英", "1957-03-05", PHONE, HOME), &id)).await;
    bed.put(weak("b", "王秀瑛", "1957-03-05", PHONE, HOME)).await;
    assert!(bed.same(&["a", "b"]));
    let golden = bed.golden("a");
    assert_eq!(golden["link"].as_array().unwrap().len(), 2);

    bed.put(weak("b", "李建国", "1980-11-17", "15400009999", "南街1号")).await;
    assert!(!bed.same(&["a", "b"]));
    bed.put(weak("b", "王秀英", "1957-03-05", PHONE, HOME)).await;
    assert!(bed.same(&["a", "b"]));
}

#[tokio::test]
async fn a_number_that_says_otherwise_is_stronger_than_any_weight() {
    let bed = Bed::new();
    let twins = [number("20150305", 12), number("20150305", 14)];
    bed.put(with_number(weak("a", "王子涵", "2015-03-05", PHONE, HOME), &twins[0])).await;
    bed.put(with_number(weak("b", "王子涵", "2015-03-05", PHONE, HOME), &twins[1])).await;
    assert!(!bed.same(&["a", "b"]));
    assert_eq!(bed.reviews("requested").await.len(), 0, "two valid numbers leave nothing to look at");
    // One without a number fits both, so it is for somebody to say whose it is.
    bed.put(weak("c", "王子涵", "2015-03-05", PHONE, HOME)).await;
    assert_eq!(bed.person("c").unwrap().sources, ["c"]);
    let open = bed.reviews("requested").await;
    assert_eq!(open.len(), 2);
    assert!(open.iter().all(|task| task["reasonCode"]["text"] == "several"), "{open:?}");
}

#[tokio::test]
async fn one_that_fits_two_is_nobodys_in_whatever_order_they_come() {
    for order in [["a", "b", "c"], ["a", "c", "b"], ["c", "a", "b"]] {
        let bed = Bed::new();
        for id in order {
            let record = weak(id, "王子涵", "2015-03-05", PHONE, HOME);
            bed.put(match id {
                "a" => with_number(record, &number("20150305", 12)),
                "b" => with_number(record, &number("20150305", 14)),
                _ => record,
            })
            .await;
        }
        assert_eq!(bed.person("c").unwrap().sources, ["c"], "{order:?}");
        assert_eq!(bed.reviews("requested").await.len(), 2, "{order:?}");
    }
}

#[tokio::test]
async fn the_grey_band_asks_once_with_its_evidence_and_answers_itself() {
    let bed = Bed::new();
    bed.put(weak("child", "李小明", "2026-01-02", PHONE, HOME)).await;
    bed.put(weak("newborn", "王秀英之女", "2026-01-02", PHONE, HOME)).await;
    bed.put(weak("newborn", "王秀英之女", "2026-01-02", PHONE, HOME)).await;
    assert!(!bed.same(&["child", "newborn"]));
    let open = bed.reviews("requested").await;
    assert_eq!(open.len(), 1);
    let task = &open[0];
    assert_eq!(task["for"]["reference"], "Patient/newborn");
    assert_eq!(task["focus"]["reference"], "Patient/child");
    assert_eq!((&task["intent"], &task["status"]), (&json!("proposal"), &json!("requested")));
    assert_eq!(task["meta"]["tag"][0]["code"], "CJ00");
    let inputs = task["input"].as_array().unwrap();
    let of = |name: &str| inputs.iter().filter(|input| input["type"]["text"] == name).collect::<Vec<_>>();
    let score: f64 = of("score")[0]["valueDecimal"].to_string().parse().unwrap();
    let evidence: Vec<Value> =
        of("evidence").iter().map(|one| serde_json::from_str(one["valueString"].as_str().unwrap()).unwrap()).collect();
    let sum: f64 = evidence.iter().map(|one| one["weight"].to_string().parse::<f64>().unwrap()).sum();
    assert!((sum - score).abs() < 0.1, "{sum} {score}");
    assert!(evidence.iter().any(|one| one["field"] == "phone" && one["a"] == PHONE && one["b"] == PHONE));

    // Both get the same number: one person, and nothing to look at any more.
    let id = number("20260102", 12);
    bed.put(with_number(weak("child", "李小明", "2026-01-02", PHONE, HOME), &id)).await;
    assert_eq!(bed.reviews("requested").await.len(), 1);
    bed.put(with_number(weak("newborn", "李小明", "2026-01-02", PHONE, HOME), &id)).await;
    assert!(bed.same(&["child", "newborn"]));
    assert_eq!(bed.reviews("requested").await.len(), 0);
    let closed = bed.reviews("cancelled").await;
    assert_eq!((closed.len(), &closed[0]["statusReason"]["text"]), (1, &json!("joined")));
}

#[tokio::test]
async fn an_open_review_is_closed_when_a_number_contradicts_it_or_a_record_goes() {
    let bed = Bed::new();
    bed.put(weak("a", "李小明", "2026-01-02", PHONE, HOME)).await;
    bed.put(weak("b", "王秀英之女", "2026-01-02", PHONE, HOME)).await;
    bed.put(with_number(weak("a", "李小明", "2026-01-02", PHONE, HOME), &number("20260102", 12))).await;
    assert_eq!(bed.reviews("requested").await.len(), 1);
    bed.put(with_number(weak("b", "王秀英之女", "2026-01-02", PHONE, HOME), &number("20260102", 14))).await;
    assert_eq!(bed.reviews("requested").await.len(), 0);
    assert_eq!(bed.reviews("cancelled").await[0]["statusReason"]["text"], "contradicted");
    bed.put(weak("b", "王秀英之女", "2026-01-02", PHONE, HOME)).await;
    assert_eq!(bed.reviews("requested").await.len(), 1, "it is open again");
    bed.drop("b").await;
    assert_eq!(bed.reviews("requested").await.len(), 0);
    assert_eq!(bed.reviews("cancelled").await[0]["statusReason"]["text"], "deleted");
}

#[tokio::test]
async fn a_card_of_somebody_whose_number_denies_the_birth_date_is_for_somebody_to_look_at() {
    let bed = Bed::new();
    let card = |mut patient: Value| {
        let card = json!({"system": crate::bed::INSURANCE, "value": "YB9900000001"});
        match patient["identifier"].as_array_mut() {
            Some(all) => all.push(card),
            None => patient["identifier"] = json!([card]),
        }
        patient
    };
    let id = number("19570305", 18);
    bed.put(card(with_number(weak("a", "王秀英", "1957-03-05", PHONE, HOME), &id))).await;
    bed.put(card(weak("b", "王秀英", "1957-05-03", PHONE, HOME))).await;
    assert!(!bed.same(&["a", "b"]), "day and month exchanged");
    let open = bed.reviews("requested").await;
    assert_eq!((open.len(), &open[0]["reasonCode"]["text"]), (1, &json!("held")));
    let task = open[0]["id"].as_str().unwrap();
    bed.call("review-decide", &[("task", task), ("verdict", "same"), ("reason", "日月颠倒")]).await;
    assert!(bed.same(&["a", "b"]));
    assert_eq!(bed.golden("b")["birthDate"], "1957-03-05");
    bed.put(card(weak("b", "王秀英", "1957-05-03", PHONE, HOME))).await;
    assert!(bed.same(&["a", "b"]));
}

#[tokio::test]
async fn reviews_are_seen_and_written_by_operators_alone() {
    let bed = Bed::new();
    bed.put(weak("child", "李小明", "2026-01-02", PHONE, HOME)).await;
    bed.put(weak("newborn", "王秀英之女", "2026-01-02", PHONE, HOME)).await;
    let task = bed.reviews("requested").await.remove(0);
    let id = task["id"].as_str().unwrap().to_owned();
    let own = json!({"resourceType": "Task", "id": "own", "status": "requested", "intent": "order", "for": {"reference": "Patient/child"}});
    for role in [meridian_engine::Role::Doctor, meridian_engine::Role::System] {
        let who = meridian_engine::Caller { role, ..caller("CJ01") };
        meridian_engine::update(&bed.engine, &who, "Task", "own", own.clone(), None).await.unwrap();
        for params in [vec![("patient".to_owned(), "Patient/newborn".to_owned())], Vec::new()] {
            let request = meridian_engine::Request { kind: "Task".to_owned(), params, lenient: false };
            let answer = meridian_engine::search(&bed.engine, &who, &request).await.unwrap();
            assert!(answer.hits.iter().all(|hit| hit.served.id == "own"), "a search shows a review");
        }
        assert!(meridian_engine::read(&bed.engine, &who, "Task", &id).await.is_err());
        let of = HistoryRequest::newest(HistoryOf::Instance("Task".into(), id.clone()), 10);
        assert!(meridian_engine::history(&bed.engine, &who, &of).await.is_err());
        assert!(meridian_engine::update(&bed.engine, &who, "Task", &id, task.clone(), None).await.is_err());
        let mut other = own.clone();
        other["id"] = json!(id);
        assert!(meridian_engine::update(&bed.engine, &who, "Task", &id, other, None).await.is_err());
    }
    assert!(meridian_engine::read(&bed.engine, &operator(), "Task", &id).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_weak_registrations_at_once_leave_each_person_once_and_no_review_doubled() {
    let bed = std::sync::Arc::new(Bed::new());
    let people = 20;
    let together: Vec<_> = (0..200_usize)
        .map(|nth| {
            let bed = std::sync::Arc::clone(&bed);
            tokio::spawn(async move {
                let who = nth % people;
                let names = ["王秀英", "李建国", "张丽华", "刘志强", "陈晓燕"];
                let born = format!("19{}-0{}-1{}", 40 + who * 2, who % 9 + 1, who % 10);
                let phone = format!("154000{who:02}{who:03}");
                let mut patient = weak("", names[who % 5], &born, &phone, &format!("湖滨路{}号", who + 1));
                patient.as_object_mut().unwrap().shift_remove("id");
                if nth >= 180 {
                    patient["name"] = json!([{"text": "王某某之女"}]); // fits by day, telephone and house: somebody looks
                }
                (who, nth, bed.post(&format!("CJ{:02}", nth % 9 + 1), "Patient", patient).await)
            })
        })
        .collect();
    let mut of: std::collections::BTreeMap<usize, Vec<String>> = std::collections::BTreeMap::new();
    for one in together {
        let (who, nth, id) = one.await.unwrap();
        if nth < 180 {
            of.entry(who).or_default().push(id);
        }
    }
    let mut numbers = std::collections::BTreeSet::new();
    for ids in of.values() {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        assert!(bed.same(&ids));
        let person = bed.person(ids[0]).unwrap();
        assert_eq!(person.sources.len(), 9);
        assert!(numbers.insert(person.number.0), "two people in one");
        // No cycle: the person is its own, and its golden Patient stands for sources only.
        assert_eq!(bed.read(|reader| reader.person(person.number)), Some(person.number));
    }
    let open = bed.reviews("requested").await;
    let persons = |task: &Value| {
        let of = |key: &str| {
            bed.person(task[key]["reference"].as_str().unwrap().strip_prefix("Patient/").unwrap()).unwrap().number
        };
        let (one, other) = (of("for"), of("focus"));
        (one.min(other), one.max(other))
    };
    let pairs: std::collections::BTreeSet<_> = open.iter().map(persons).collect();
    assert_eq!((open.len(), pairs.len()), (people, people), "one review for each newborn and person");
}

#[tokio::test]
async fn twins_under_one_card_are_for_somebody_to_tell_apart() {
    let bed = Bed::new();
    let twin = |id: &str, name: &str| {
        let mut twin = weak(id, name, "2015-03-05", PHONE, HOME);
        twin["identifier"] = json!([{"system": "urn:oid:2.16.156.10011.1.19", "value": "A99000001"}]);
        twin
    };
    bed.put(twin("a", "王子涵")).await;
    bed.put(twin("b", "王子轩")).await;
    assert!(!bed.same(&["a", "b"]));
    let open = bed.reviews("requested").await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["reasonCode"]["text"], "held");
}

#[tokio::test]
async fn long_texts_hold_nobody_up() {
    let bed = Bed::new();
    let heavy = |id: &str, letter: &str| {
        let line = letter.repeat(1 << 20);
        let names: Vec<Value> = (0..300).map(|nth| json!({"text": format!("{letter}{nth}")})).collect();
        let mut patient = weak(id, "", "1970-01-01", PHONE, "");
        patient["name"] = names.into();
        patient["address"] = json!([{"line": [line]}, {"line": [format!("x{line}")]}]);
        patient
    };
    let (one, other) = (heavy("a", "a"), heavy("b", "b"));
    let began = std::time::Instant::now();
    bed.put(one).await;
    bed.put(other).await;
    // Uncut, one pair of such lines alone takes minutes.
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(!bed.same(&["a", "b"]));
}

#[tokio::test]
async fn patients_of_a_program_before_weights_are_caught_up_with() {
    use meridian_registry::matching::{Fields, keys};
    use meridian_store::{CATCH_UP, Lane, Origin, StoreError};

    let bed = Bed::new();
    let (old, new) =
        (weak("old", "王秀英", "1957-03-05", PHONE, HOME), weak("new", "王秀瑛", "1957-03-05", PHONE, HOME));
    bed.put(old.clone()).await;
    for nth in 0..40 {
        bed.put(weak(&format!("p{nth}"), "李小明", &format!("19{}-07-11", 40 + nth), "", "")).await;
    }
    // As a folder of before is when it is opened.
    let subject = bed.person("old").unwrap().number;
    let members = bed.read(|reader| reader.members(subject));
    let forget = move |tx: &mut meridian_store::WriteTx<'_>| {
        for subject in members {
            for key in keys(&Fields::of(&old)) {
                tx.drop_under(key, subject)?;
            }
        }
        tx.put_setting(CATCH_UP, b"0")?;
        Ok::<_, StoreError>(())
    };
    bed.store.write(Lane::Interactive, Origin::default(), forget).await.unwrap();
    bed.put(new).await;
    assert!(!bed.same(&["old", "new"]), "nobody finds it");
    let registry = meridian_engine::Caller::system("registry", "CJ00", "catch-up");
    assert_eq!(meridian_engine::catch_up(&bed.engine, &registry).await.unwrap(), 42);
    assert!(bed.same(&["old", "new"]));
    assert_eq!(meridian_engine::catch_up(&bed.engine, &registry).await.unwrap(), 0, "once");
}

#[tokio::test]
async fn a_telephone_that_everybody_has_joins_nobody() {
    let bed = Bed::new();
    for nth in 0..60 {
        let born = format!("19{:02}-0{}-1{}", 30 + nth, nth % 9 + 1, nth % 10);
        bed.put(weak(
            &format!("p{nth}"),
            &format!("王{}", ["伟", "芳", "静", "勇", "磊"][nth % 5]),
            &born,
            "15412345678",
            "",
        ))
        .await;
    }
    assert_eq!(bed.goldens().await.len(), 60);
    assert_eq!(bed.reviews("requested").await.len(), 0);
}
