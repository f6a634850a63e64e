//! `$match` through the engine.

use serde_json::{Value, json};

use crate::bed::{Bed, caller, number, operator, weak, with_number};

const HOME: &str = "湖滨路12号3栋402室";
const PHONE: &str = "15400000001";

fn grades(bundle: &Value) -> Vec<(String, String)> {
    let entries = bundle["entry"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    entries.map(|entry| (text(&entry["resource"]["id"]), text(&entry["search"]["extension"][0]["valueCode"]))).collect()
}

#[tokio::test]
async fn it_tells_who_it_may_be_and_how_sure_that_is() {
    let bed = Bed::new();
    let id = number("19570305", 18);
    bed.put(with_number(weak("a", "王秀英", "1957-03-05", PHONE, HOME), &id)).await;
    bed.put(weak("b", "王秀芳", "1957-03-05", PHONE, HOME)).await;
    bed.put(weak("z", "赵大海", "1990-07-21", "15400007777", "南街1号")).await;
    let nurse = meridian_engine::Caller { role: meridian_engine::Role::Nurse, ..caller("CJ01") };
    let asked = |params: Vec<(&'static str, &'static str)>, patient: Value| {
        let (bed, nurse) = (&bed, &nurse);
        async move { bed.call_as(nurse, "match", &params, Some(patient)).await }
    };
    let answer = asked(Vec::new(), weak("x", "王秀瑛", "1957-03-05", PHONE, HOME)).await.unwrap();
    assert_eq!(grades(&answer), [("a".to_owned(), "certain".to_owned()), ("b".to_owned(), "probable".to_owned())]);
    assert!(answer["entry"][0]["search"]["score"].to_string().parse::<f64>().unwrap() > 0.99);
    let answer =
        asked(vec![("onlyCertainMatches", "true")], weak("x", "王秀瑛", "1957-03-05", PHONE, HOME)).await.unwrap();
    assert_eq!(grades(&answer).len(), 1);
    let by_number = json!({"resourceType": "Patient", "identifier": [{"system": crate::bed::IDENTITY, "value": id}]});
    let answer = asked(vec![("count", "1")], by_number).await.unwrap();
    assert_eq!(grades(&answer)[0].0, "a");
    let stranger = asked(Vec::new(), weak("x", "钱多多", "2001-01-01", "", "")).await.unwrap();
    assert_eq!(stranger["total"], 0);
    assert!(asked(Vec::new(), json!({"resourceType": "Patient"})).await.is_err());
    assert!(asked(Vec::new(), json!({"resourceType": "Observation"})).await.is_err());
    let rows = bed.store.audit().looks_at(&[bed.person("a").unwrap().number], 10).unwrap();
    assert!(rows.is_empty(), "the source was shown, not the golden Patient");
    assert!(
        bed.call_as(&operator(), "match", &[("count", "x")], Some(weak("x", "王秀瑛", "1957-03-05", PHONE, HOME)))
            .await
            .is_err()
    );
}
