//! What a message says is what was true when its change was written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::bed::{Bed, control, entry, field, glucose, patient, report};

const TO: &str = "[[destination]]\ninstitution = \"CJ02\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_message_tells_what_was_true_then() {
    let bed = Bed::new(TO);
    let here = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    let there = bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    let result = bed.post("CJ01", "Observation", glucose(&here, "5.60")).await;
    bed.post("CJ01", "DiagnosticReport", report(&here, "R1", &format!("Observation/{result}"))).await;
    // All of it changes before anything is sent: the result, and both registrations.
    bed.put("CJ01", "Observation", &result, glucose(&here, "9.9")).await;
    let mut later = patient("CJ01", "A9", "1");
    later["name"] = json!([{"use": "official", "text": "张改名"}]);
    bed.put("CJ01", "Patient", &here, later).await;
    bed.put("CJ02", "Patient", &there, patient("CJ02", "B9", "1")).await;
    bed.deliver(&["CJ02"]).await;
    let sent = bed.arrived.at("CJ02");
    assert_eq!(sent.len(), 2, "the report and the new name: {sent:?}");
    let text = &sent[0];
    assert_eq!(field(text, "OBX", 5), "5.60");
    assert_eq!(field(text, "OBX", 6), "mmol/L^mmol/L^UCUM");
    assert_eq!(
        field(text, "PID", 3),
        "B1^^^CJ02^MR~A1^^^CJ01^MR~1^^^&2.16.156.10011.1.3&ISO^NI",
        "the receiver's own number first"
    );
    assert_eq!(field(text, "PID", 5), "王^试验^^^^^L");
    assert_eq!((field(text, "MSH", 8), field(text, "OBR", 3)), ("ORU^R01^ORU_R01", "R1^CJ01"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_under_a_number_that_turned_out_to_be_anothers() {
    let bed = Bed::new(TO);
    let here = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    let there = bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    let result = bed.post("CJ01", "Observation", glucose(&here, "5.6")).await;
    bed.post("CJ01", "DiagnosticReport", report(&here, "R1", &format!("Observation/{result}"))).await;
    // CJ02 is down; meanwhile the two are found to be two.
    bed.put("CJ02", "Patient", &there, patient("CJ02", "B1", "2")).await;
    let (stop, running) = bed.start(|_, _| Ok("AA"));
    bed.until("CJ02", |waiting, _, _| waiting == 0).await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!((bed.counts("CJ02"), bed.arrived.at("CJ02").len()), ((0, 0, 1), 0));
    let queues = ["outbox/CJ02".to_owned()];
    let parked = meridian_engine::outbox::messages(&bed.engine, &crate::bed::caller("CJ00"), &queues, None, None, 9);
    assert!(parked.unwrap()[0].note.contains("no-longer-same-person"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tried_before_is_not_told_either_once_they_are_two() {
    let bed = Bed::new(TO);
    let here = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    let there = bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    bed.post("CJ01", "DiagnosticReport", report(&here, "R1", "#none")).await;
    let result = bed.post("CJ01", "Observation", glucose(&here, "5.6")).await;
    bed.post("CJ01", "DiagnosticReport", report(&here, "R2", &format!("Observation/{result}"))).await;
    let up = Arc::new(AtomicBool::new(false));
    let is_up = Arc::clone(&up);
    let (stop, running) = bed.start(move |_, _| match is_up.load(Ordering::Relaxed) {
        true => Ok("AA"),
        false => Err(meridian_delivery::Fault::TimeOut),
    });
    while bed.arrived.at("CJ02").len() < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    bed.put("CJ02", "Patient", &there, patient("CJ02", "B1", "2")).await;
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    up.store(true, Ordering::Relaxed);
    bed.until("CJ02", |waiting, _, _| waiting == 0).await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(bed.counts("CJ02"), (0, 0, 2), "one without its result, one about somebody else");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stay_is_told_from_admission_to_discharge() {
    let bed = Bed::new(TO);
    let here = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    let stay = |status: &str, ward: &str| {
        json!({"resourceType": "Encounter", "status": status, "class": {"code": "IMP"},
            "subject": {"reference": format!("Patient/{here}")},
            "identifier": [{"system": "https://meridian.example/id/visit/CJ01", "value": "V1"}],
            "period": {"start": "2026-01-05T00:00:00Z"},
            "location": [{"status": "active", "location": {"display": ward,
                "identifier": {"system": "https://meridian.example/id/location/CJ01", "value": format!("{ward}/1/2")}}}]})
    };
    let id = bed.post("CJ01", "Encounter", stay("in-progress", "W1")).await;
    for (status, ward) in
        [("in-progress", "W2"), ("finished", "W2"), ("finished", "W2"), ("in-progress", "W2"), ("cancelled", "W2")]
    {
        bed.put("CJ01", "Encounter", &id, stay(status, ward)).await;
    }
    bed.deliver(&["CJ02"]).await;
    let sent = bed.arrived.at("CJ02");
    let kinds: Vec<&str> = sent.iter().map(|text| field(text, "MSH", 8)).collect();
    assert_eq!(kinds, ["ADT^A01^ADT_A01", "ADT^A02^ADT_A02", "ADT^A03^ADT_A03", "ADT^A13^ADT_A01", "ADT^A11^ADT_A09"]);
    assert_eq!((field(&sent[1], "PV1", 3), field(&sent[1], "PV1", 6)), ("W2^1^2^CJ01", "W1^1^2^CJ01"));
    assert_eq!((field(&sent[0], "PV1", 19), field(&sent[0], "PV1", 44)), ("V1^^^CJ01^VN", "20260105080000+0800"));
    let mut controls: Vec<&str> = sent.iter().map(|text| control(text)).collect();
    controls.sort_unstable();
    controls.dedup();
    assert_eq!(controls.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merger_names_both_numbers() {
    let bed = Bed::new(TO);
    bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    let kept = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    let merged = bed.post("CJ01", "Patient", patient("CJ01", "A2", "1")).await;
    let mut old = patient("CJ01", "A2", "1");
    old["link"] = json!([{"type": "replaced-by", "other": {"reference": format!("Patient/{kept}")}}]);
    bed.put("CJ01", "Patient", &merged, old).await;
    bed.deliver(&["CJ02"]).await;
    let sent = bed.arrived.at("CJ02");
    let text = sent.last().unwrap();
    assert_eq!(field(text, "MSH", 8), "ADT^A40^ADT_A39");
    assert!(field(text, "PID", 3).starts_with("B1^^^CJ02^MR~A1^^^CJ01^MR"), "{text}");
    assert_eq!(field(text, "MRG", 1), "A2^^^CJ01^MR");
}

#[tokio::test(flavor = "multi_thread")]
async fn results_that_come_before_their_resident_are_told_all_the_same() {
    let bed = Bed::new(TO);
    bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    let entries = vec![
        entry(
            "urn:uuid:00000000-0000-4000-8000-000000000003",
            &json!({"resourceType": "DiagnosticReport", "status": "final",
            "code": {"text": "x"}, "subject": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"},
            "result": [{"reference": "urn:uuid:00000000-0000-4000-8000-000000000002"}]}),
        ),
        entry(
            "urn:uuid:00000000-0000-4000-8000-000000000002",
            &json!({"resourceType": "Observation", "status": "final",
            "code": {"text": "y"}, "valueString": "阴性", "subject": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"}}),
        ),
        entry("urn:uuid:00000000-0000-4000-8000-000000000001", &patient("CJ01", "A1", "1")),
    ];
    bed.bundle("CJ01", entries).await.unwrap();
    bed.deliver(&["CJ02"]).await;
    let sent = bed.arrived.at("CJ02");
    let kinds: Vec<&str> = sent.iter().map(|text| field(text, "MSH", 8)).collect();
    assert_eq!(kinds, ["ORU^R01^ORU_R01", "ADT^A31^ADT_A05"]);
    assert_eq!(field(&sent[0], "OBX", 5), "阴性");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_told_whole_or_left_to_people() {
    let bed = Bed::new(TO);
    let here = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    let mut whole = report(&here, "R1", "#o1");
    whole["contained"] = json!([{"resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "x"}, "valueInteger": 7}]);
    bed.post("CJ01", "DiagnosticReport", whole).await;
    let mut part = report(&here, "R2", "https://elsewhere.example/Observation/1");
    part["result"].as_array_mut().unwrap().push(json!({"display": "on paper"}));
    bed.post("CJ01", "DiagnosticReport", part).await;
    let (stop, running) = bed.start(|_, _| Ok("AA"));
    bed.until("CJ02", |waiting, _, _| waiting == 0).await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(bed.counts("CJ02"), (0, 1, 1));
    assert_eq!(field(&bed.arrived.at("CJ02")[0], "OBX", 5), "7");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_and_is_no_longer_so_is_taken_back() {
    let bed = Bed::new(TO);
    let here = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    let result = bed.post("CJ01", "Observation", glucose(&here, "5.6")).await;
    let told = report(&here, "R1", &format!("Observation/{result}"));
    let id = bed.post("CJ01", "DiagnosticReport", told.clone()).await;
    let mut corrected = told.clone();
    corrected["status"] = json!("corrected");
    bed.put("CJ01", "DiagnosticReport", &id, corrected).await;
    meridian_engine::delete(&bed.engine, &crate::bed::caller("CJ01"), "DiagnosticReport", &id, None).await.unwrap();
    bed.deliver(&["CJ02"]).await;
    let sent = bed.arrived.at("CJ02");
    let states: Vec<(&str, &str)> = sent.iter().map(|text| (field(text, "OBR", 25), field(text, "OBX", 11))).collect();
    assert_eq!(states, [("F", "F"), ("C", "F"), ("X", "W")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moves_to_another_person_is_not_mixed_up_with_what_was_told_before() {
    let bed = Bed::new(TO);
    let (one, other) = (
        bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await,
        bed.post("CJ01", "Patient", patient("CJ01", "A2", "2")).await,
    );
    bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    bed.post("CJ02", "Patient", patient("CJ02", "B2", "2")).await;
    let visit = |patient: &str| {
        json!({"resourceType": "Encounter", "status": "in-progress", "class": {"code": "AMB"},
            "subject": {"reference": format!("Patient/{patient}")}})
    };
    let id = bed.post("CJ01", "Encounter", visit(&one)).await;
    bed.moved("CJ01", "Encounter", &id, visit(&other)).await;
    bed.deliver(&["CJ02"]).await;
    let sent = bed.arrived.at("CJ02");
    let numbers: Vec<&str> = sent.iter().map(|text| field(text, "PID", 3)).collect();
    assert!(numbers[0].starts_with("B1^^^CJ02^MR~A1^^^CJ01^MR"), "{numbers:?}");
    assert!(numbers[1].starts_with("B2^^^CJ02^MR~A2^^^CJ01^MR"), "{numbers:?}");
}
