//! Answers that refuse, lines that fail, and what operators do about it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use meridian_delivery::Fault;
use meridian_engine::Caller;
use meridian_engine::operations::{Call, Operation};
use meridian_store::JobState;
use serde_json::{Value, json};

use crate::bed::{Bed, caller, field, patient};

const TO: &str = "[[destination]]\ninstitution = \"CJ90\"\nresidents = \"all\"\n";

/// A person who runs the platform.
fn operator() -> Caller {
    let mut caller = caller("CJ00");
    caller.actor = "chen".to_owned();
    caller
}

async fn call(bed: &Bed, name: &str, params: &[(&str, &str)]) -> Value {
    let operations: Vec<Operation> = bed.delivery.operations();
    let operation = operations.iter().find(|one| one.name == name).unwrap();
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    operation.act.run(&bed.engine, &operator(), Call { params, ..Call::default() }).await.unwrap()
}

/// The parts of the first parameter of this name, as a JSON object.
fn parts(answer: &Value, name: &str) -> Value {
    let all = answer["parameter"].as_array().unwrap();
    let found = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {answer}"));
    let list = found.get("part").and_then(Value::as_array).unwrap();
    let value =
        |part: &Value| part.as_object().unwrap().iter().find(|(name, _)| name.starts_with("value")).unwrap().1.clone();
    list.iter().map(|part| (part["name"].as_str().unwrap().to_owned(), value(part))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_set_aside_and_the_line_goes_on() {
    let bed = Bed::new(TO);
    for n in 0..4 {
        bed.post("CJ01", "Patient", patient("CJ01", &format!("A{n}"), &n.to_string())).await;
    }
    let good = Arc::new(AtomicBool::new(false));
    let now_good = Arc::clone(&good);
    let (stop, running) = bed.start(move |_, text| match field(text, "PID", 3).as_bytes()[1] {
        b'1' if !now_good.load(Ordering::Relaxed) => Ok("AE"),
        b'2' if !now_good.load(Ordering::Relaxed) => Ok("AR"),
        _ => Ok("AA"),
    });
    bed.until("CJ90", |waiting, _, _| waiting == 0).await;
    assert_eq!(bed.counts("CJ90"), (0, 2, 2));
    let answer = call(&bed, "outbox", &[("state", "parked")]).await;
    let newest = parts(&answer, "message");
    assert_eq!((&newest["reason"], &newest["detail"]), (&json!("rejected"), &json!("said so")));
    assert_eq!((&newest["kind"], &newest["source"]), (&json!("ADT^A28"), &json!("CJ01")));
    let line = parts(&answer, "destination");
    assert_eq!((&line["state"], &line["done"], &line["parked"]), (&json!("idle"), &json!(2), &json!(2)));
    let id = newest["id"].as_str().unwrap().to_owned();
    let message = call(&bed, "outbox-message", &[("id", &id)]).await;
    assert!(message.to_string().contains("ADT^A28") && message.to_string().contains("MSA|AR"), "{message}");

    good.store(true, Ordering::Relaxed);
    let retried = call(&bed, "outbox-retry", &[("id", &id)]).await;
    assert_eq!(retried["parameter"][0]["valueInteger"], 1);
    bed.until("CJ90", |_, done, _| done == 3).await;
    call(&bed, "outbox-retry", &[("institution", "CJ90")]).await;
    bed.until("CJ90", |_, done, _| done == 4).await;
    stop.cancel();
    running.await.unwrap();
    let again = call_fails(&bed, &id).await;
    assert!(again.contains("sent already"), "{again}");
}

async fn call_fails(bed: &Bed, id: &str) -> String {
    let operations = bed.delivery.operations();
    let retry = operations.iter().find(|one| one.name == "outbox-retry").unwrap();
    let params = vec![("id".to_owned(), id.to_owned())];
    retry.act.run(&bed.engine, &caller("CJ00"), Call { params, ..Call::default() }).await.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_fails_is_tried_again_for_ever_and_its_reason_is_shown() {
    let bed = Bed::new(TO);
    for n in 0..2 {
        bed.post("CJ01", "Patient", patient("CJ01", &format!("A{n}"), &n.to_string())).await;
    }
    let up = Arc::new(AtomicBool::new(false));
    let is_up = Arc::clone(&up);
    let (stop, running) = bed.start(move |count, _| match (is_up.load(Ordering::Relaxed), count % 3) {
        (true, _) => Ok("AA"),
        (_, 0) => Err(Fault::TimeOut),
        (_, 1) => Err(Fault::Closed),
        _ => Ok("What?"),
    });
    loop {
        let line = parts(&call(&bed, "outbox", &[]).await, "destination");
        if line["attempts"].as_i64().is_some_and(|attempts| attempts > 8) {
            assert_eq!(line["state"], "failing");
            assert!(["timeout", "closed", "garbled"].contains(&line["reason"].as_str().unwrap()), "{line}");
            assert!(line["due"].is_string() && line["oldest"].is_string());
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let first = bed.queue("CJ90")[0].1.clone();
    assert!(bed.arrived.at("CJ90").iter().all(|text| text.contains(&first)), "the second waits for the first");
    up.store(true, Ordering::Relaxed);
    bed.until("CJ90", |waiting, _, _| waiting == 0).await;
    stop.cancel();
    running.await.unwrap();
    assert!(bed.queue("CJ90").iter().all(|(.., state)| *state == JobState::Done));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_disclosure_is_a_look_in_the_audit() {
    let bed = Bed::new(TO);
    let id = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    bed.deliver(&["CJ90"]).await;
    let table = meridian_engine::operations::table();
    let who_looked = table.iter().find(|one| one.name == "who-looked").unwrap();
    let call = Call { id: Some(id.clone()), ..Call::default() };
    let looks = who_looked.act.run(&bed.engine, &caller("CJ00"), call).await.unwrap();
    let text = looks.to_string();
    assert!(text.contains("system:delivery") && text.contains("CJ90"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_place_in_the_receivers_character_set_is_not_sent_damaged() {
    let bed = Bed::new("[[destination]]\ninstitution = \"CJ90\"\nresidents = \"all\"\ncharset = \"8859/1\"\n");
    bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    let (stop, running) = bed.start(|_, _| Ok("AA"));
    bed.until("CJ90", |waiting, _, _| waiting == 0).await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(bed.counts("CJ90"), (0, 0, 1));
    assert_eq!(bed.arrived.at("CJ90"), [""; 0]);
}

/// The lines of the audit that tell of messages, with who it was.
fn acts(bed: &Bed) -> Vec<(String, String)> {
    let rows = bed.store.read(|reader| reader.writes_after(0, 1000)).unwrap();
    let lines = rows.iter().flat_map(|row| row.what.lines().map(|line| (row.origin.actor.clone(), line.to_owned())));
    lines.filter(|(_, line)| line.contains("outbox/")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sets_aside_and_who_sends_again_is_in_the_audit_of_the_resident() {
    let bed = Bed::new(TO);
    let patient = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    let id = bed.queue("CJ90")[0].0;
    let number = id.to_string();
    call(&bed, "outbox-park", &[("id", &number), ("reason", "wrong\nperson")]).await;
    assert_eq!(acts(&bed), [("chen".to_owned(), format!("P outbox/CJ90/{id} wrong person"))]);
    call(&bed, "outbox-retry", &[("institution", "CJ90"), ("reason", "it was the right one")]).await;
    assert_eq!(acts(&bed)[1], ("chen".to_owned(), format!("R outbox/CJ90/{id} it was the right one")));
    let table = meridian_engine::operations::table();
    let audit = table.iter().find(|one| one.name == "audit").unwrap();
    let call = Call { params: vec![("patient".to_owned(), patient)], ..Call::default() };
    let told = audit.act.run(&bed.engine, &operator(), call).await.unwrap().to_string();
    assert!(told.contains("set aside: wrong person") && told.contains("send again: it was"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_sent_again_from_its_oldest_on_and_the_overtaken_stay() {
    let bed = Bed::new(TO);
    let ids: Vec<String> = {
        let mut ids = Vec::new();
        for n in 0..1005 {
            ids.push(bed.post("CJ01", "Patient", patient("CJ01", &format!("A{n}"), &n.to_string())).await);
        }
        ids
    };
    let queue = bed.queue("CJ90");
    for (id, ..) in &queue {
        meridian_engine::outbox::set_aside(&bed.engine, &caller("CJ00"), *id, "{}".to_owned()).await.unwrap();
    }
    // A newer word about the first resident is delivered meanwhile.
    let mut newer = patient("CJ01", "A0", "0");
    newer["gender"] = json!("male");
    bed.put("CJ01", "Patient", &ids[0], newer).await;
    let (stop, running) = bed.start(|_, _| Ok("AA"));
    bed.until("CJ90", |_, done, _| done == 1).await;
    stop.cancel();
    running.await.unwrap();

    let answer = call(&bed, "outbox-retry", &[("institution", "CJ90")]).await;
    assert_eq!(answer["parameter"][0]["valueInteger"], 999);
    let newest = bed.queue("CJ90").last().unwrap().0.to_string();
    assert_eq!(parts(&answer, "overtaken"), json!({"id": queue[0].0.to_string(), "newer": newest}));
    let waiting: Vec<i64> =
        bed.queue("CJ90").iter().filter(|(.., state)| *state == JobState::Waiting).map(|(id, ..)| *id).collect();
    assert_eq!(waiting, queue[1..1000].iter().map(|(id, ..)| *id).collect::<Vec<_>>(), "the oldest");
    let next = answer["parameter"].as_array().unwrap().last().unwrap()["valueString"].as_str().unwrap().to_owned();
    let rest = call(&bed, "outbox-retry", &[("institution", "CJ90"), ("after", &next)]).await;
    assert_eq!(rest["parameter"][0]["valueInteger"], 5);

    let overtaken = queue[0].0.to_string();
    assert!(call_fails(&bed, &overtaken).await.contains("delivered since"));
    let forced = call(&bed, "outbox-retry", &[("id", &overtaken), ("force", "true")]).await;
    assert_eq!(forced["parameter"][0]["valueInteger"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_belongs_to_the_message_that_it_names() {
    let bed = Bed::new(TO);
    for n in 0..6 {
        bed.post("CJ01", "Patient", patient("CJ01", &format!("A{n}"), &n.to_string())).await;
    }
    let (stop, running) = bed.start(|count, _| {
        Ok(match count {
            1 => "~AA AE",  // a late one, and its own
            2 => "CA AE",   // kept, and then refused
            3 => "CA AA",   // kept, and then taken
            4 => "CA",      // kept, and no more is said
            5 => "~AE -AA", // a late one; after it nobody knows whom the nameless one means
            6 => "-AA",     // the same again on a new line: it can mean no other
            _ => "AA",
        })
    });
    bed.until("CJ90", |waiting, _, _| waiting == 0).await;
    stop.cancel();
    running.await.unwrap();
    let states: Vec<JobState> = bed.queue("CJ90").into_iter().map(|(.., state)| state).collect();
    let (done, parked) = (JobState::Done, JobState::Parked);
    assert_eq!(states, [parked, parked, done, done, done, done]);
    assert_eq!(bed.arrived.at("CJ90").len(), 7, "only the nameless answer was not believed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_is_done_even_when_it_was_set_aside_on_its_way() {
    let bed = Bed::new(TO);
    bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    let id = bed.queue("CJ90")[0].0;
    call(&bed, "outbox-park", &[("id", &id.to_string())]).await;
    meridian_engine::outbox::done(&bed.engine, &caller("CJ00"), id, "{}".to_owned()).await.unwrap();
    assert_eq!(bed.counts("CJ90"), (0, 1, 0));
}
