//! Who is told, who is not, and that no loop can arise.

use serde_json::json;

use crate::bed::{Bed, entry, field, glucose, patient, report};

#[tokio::test(flavor = "multi_thread")]
async fn those_where_the_resident_is_registered_are_told_and_the_sender_is_not() {
    let bed = Bed::new(
        "[[destination]]\ninstitution = \"CJ01\"\n[[destination]]\ninstitution = \"CJ02\"\ntriggers = [\"oru\"]\n\
         [[destination]]\ninstitution = \"CJ03\"\nfrom = [\"CJ11\"]\n[[destination]]\ninstitution = \"CJ90\"\nresidents = \"all\"\n\
         [[destination]]\ninstitution = \"CJ12\"\n",
    );
    let here = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    for institution in ["CJ02", "CJ03"] {
        bed.post(institution, "Patient", patient(institution, "B1", "1")).await;
    }
    bed.post("CJ12", "Patient", patient("CJ12", "C1", "another")).await;
    let result = bed.post("CJ01", "Observation", glucose(&here, "5.6")).await;
    bed.post("CJ01", "DiagnosticReport", report(&here, "R1", &format!("Observation/{result}"))).await;
    bed.deliver(&["CJ01", "CJ02", "CJ03", "CJ90", "CJ12"]).await;
    let kinds = |institution: &str| -> Vec<String> {
        bed.arrived.at(institution).iter().map(|text| field(text, "MSH", 8)[..7].to_owned()).collect()
    };
    assert_eq!(kinds("CJ01"), ["ADT^A31", "ADT^A31"], "of the registrations at CJ02 and CJ03, not of its own");
    assert_eq!(kinds("CJ02"), ["ORU^R01"], "only results");
    assert_eq!(kinds("CJ03"), [""; 0], "only what CJ11 says");
    assert_eq!(kinds("CJ12"), [""; 0], "another person");
    assert_eq!(kinds("CJ90"), ["ADT^A28", "ADT^A28", "ADT^A28", "ADT^A28", "ORU^R01"], "everybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_ends_where_it_began() {
    let bed = Bed::new("[[destination]]\ninstitution = \"CJ01\"\n[[destination]]\ninstitution = \"CJ02\"\n");
    let here = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    let there = bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await;
    let result = bed.post("CJ01", "Observation", glucose(&here, "5.6")).await;
    bed.post("CJ01", "DiagnosticReport", report(&here, "R1", &format!("Observation/{result}"))).await;
    // CJ02 sends back what it was told, as its own: report, visit, and the resident again and again.
    let types = "http://terminology.hl7.org/CodeSystem/v2-0203";
    let mut copy = report(&there, "R1", &format!("Observation/{result}"));
    copy["result"] = json!([]);
    copy["identifier"] = json!([{"type": {"coding": [{"system": types, "code": "FILL"}]},
        "system": "https://meridian.example/id/local/CJ02/CJ01", "value": "R1"}]);
    bed.post("CJ02", "DiagnosticReport", copy).await;
    bed.post("CJ02", "Encounter", json!({"resourceType": "Encounter", "status": "in-progress", "class": {"code": "AMB"},
        "subject": {"reference": format!("Patient/{there}")},
        "identifier": [{"system": "https://meridian.example/id/visit/CJ02", "value": "V1", "assigner": {"display": "CJ01"}}]})).await;
    let mut again = patient("CJ02", "B1", "1");
    again["meta"] = json!({"source": "urn:another-message"});
    again["identifier"]
        .as_array_mut()
        .unwrap()
        .push(json!({"system": "https://meridian.example/id/local/CJ02/CJ01", "value": "A1"}));
    for _ in 0..3 {
        bed.put("CJ02", "Patient", &there, again.clone()).await;
    }
    bed.deliver(&["CJ01", "CJ02"]).await;
    let to_first = bed.arrived.at("CJ01");
    assert_eq!(to_first.len(), 1, "only that CJ02 has registered the resident: {to_first:?}");
    assert_eq!(bed.arrived.at("CJ02").len(), 1, "only the report");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_is_refused_leaves_nothing_to_be_told() {
    let bed = Bed::new("[[destination]]\ninstitution = \"CJ90\"\nresidents = \"all\"\n");
    let one = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    let other = bed.post("CJ01", "Patient", patient("CJ01", "A2", "2")).await;
    let before = bed.counts("CJ90");
    let visit = "urn:uuid:00000000-0000-4000-8000-000000000001";
    let entries = vec![
        entry(
            visit,
            &json!({"resourceType": "Encounter", "status": "in-progress", "class": {"code": "AMB"},
            "subject": {"reference": format!("Patient/{one}")}}),
        ),
        entry(
            "urn:uuid:00000000-0000-4000-8000-000000000002",
            &json!({"resourceType": "Observation", "status": "final",
            "code": {"text": "x"}, "subject": {"reference": format!("Patient/{other}")}, "encounter": {"reference": visit}}),
        ),
    ];
    assert!(bed.bundle("CJ01", entries.clone()).await.is_err(), "a visit of one and a result of another");
    assert_eq!(bed.counts("CJ90"), before);
    bed.bundle("CJ01", entries[..1].to_vec()).await.unwrap();
    assert_eq!(bed.counts("CJ90").0, before.0 + 1, "the message is there when the change is");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_repeat_what_they_are_told_come_to_rest() {
    let bed = Bed::new("[[destination]]\ninstitution = \"CJ01\"\n[[destination]]\ninstitution = \"CJ02\"\n");
    let ids = [
        bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await,
        bed.post("CJ02", "Patient", patient("CJ02", "B1", "1")).await,
    ];
    bed.deliver(&["CJ01", "CJ02"]).await;
    let reachable = |institution: &str, number: &str, phone: &str| {
        let mut patient = patient(institution, number, "1");
        patient["telecom"] = json!([{"system": "phone", "value": phone}]);
        patient
    };
    let at = [("CJ01", "A1"), ("CJ02", "B1")];
    let mut seen = [bed.arrived.at("CJ01").len(), bed.arrived.at("CJ02").len()];
    let before = seen.iter().sum::<usize>();
    bed.put("CJ01", "Patient", &ids[0], reachable("CJ01", "A1", "333")).await;
    bed.put("CJ02", "Patient", &ids[1], reachable("CJ02", "B1", "444")).await;
    for round in 0.. {
        assert!(round < 6, "they go on: {:?}", bed.arrived.at("CJ01"));
        bed.deliver(&["CJ01", "CJ02"]).await;
        let mut quiet = true;
        for (n, (institution, number)) in at.into_iter().enumerate() {
            for text in bed.arrived.at(institution).into_iter().skip(seen[n]) {
                (quiet, seen[n]) = (false, seen[n] + 1);
                let phone = field(&text, "PID", 13).split('^').next().unwrap().to_owned();
                bed.put(institution, "Patient", &ids[n], reachable(institution, number, &phone)).await;
            }
        }
        if quiet {
            break;
        }
    }
    assert!(seen.iter().sum::<usize>() - before <= 3);
    // What is really new is told again.
    bed.put("CJ02", "Patient", &ids[1], reachable("CJ02", "B1", "555")).await;
    bed.deliver(&["CJ01"]).await;
    assert!(bed.arrived.at("CJ01").last().unwrap().contains("555"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_one_registration_without_end() {
    let bed = Bed::new("[[destination]]\ninstitution = \"CJ90\"\nresidents = \"all\"\n");
    let id = bed.post("CJ01", "Patient", patient("CJ01", "A1", "1")).await;
    for n in 0..30 {
        let mut other = patient("CJ01", "A1", "1");
        other["telecom"] = json!([{"system": "phone", "value": n.to_string()}]);
        bed.put("CJ01", "Patient", &id, other).await;
    }
    assert_eq!(bed.counts("CJ90").0, 20);
}
