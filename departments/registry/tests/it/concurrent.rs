//! Many institutions register one resident at the same moment.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::bed::{Bed, IDENTITY, number, patient};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_first_registrations_leave_one_person() {
    let bed = Arc::new(Bed::new());
    let number = number("19700305", 17);
    let together: Vec<_> = (0..200)
        .map(|nth: usize| {
            let (bed, number) = (Arc::clone(&bed), number.clone());
            tokio::spawn(async move {
                let institution = format!("CJ{:02}", nth % 9 + 1);
                let mut patient = patient("", Some(&number), &[]);
                patient.as_object_mut().unwrap().shift_remove("id");
                let id = bed.post(&institution, "Patient", patient).await;
                let observation = json!({"resourceType": "Observation", "status": "final",
                    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
                    "subject": {"reference": format!("Patient/{id}")}});
                bed.post(&institution, "Observation", observation).await;
                id
            })
        })
        .collect();
    let mut ids = Vec::new();
    for one in together {
        ids.push(one.await.unwrap());
    }
    ids.sort();

    let person = bed.person(&ids[0]).unwrap();
    assert_eq!(person.sources, ids, "200 sources in one person");
    assert_eq!(person.claims, [("resident-identity".to_owned(), number.clone())]);
    assert_eq!(bed.read(|reader| reader.holder("resident-identity", &number)), Some(person.number.0));
    assert_eq!(bed.read(|reader| reader.members(person.number)).len(), 201, "and the golden one");

    let goldens = bed.goldens().await;
    assert_eq!(goldens.len(), 1);
    assert_eq!(goldens[0]["link"].as_array().unwrap().len(), 200);
    assert!(goldens[0].get("managingOrganization").is_none());

    let token = format!("{IDENTITY}|{number}");
    let golden_tag = ("_tag", "https://meridian.example/record|golden");
    let golden = bed.find("Patient", &[golden_tag, ("identifier", &token)]).await;
    assert_eq!(golden, goldens);
    let sources = bed.find("Patient", &[("identifier", &token), ("_count", "1000")]).await;
    assert_eq!(sources.len(), 200);
    let institution = |patient: &Value| patient["meta"]["tag"][0]["code"].as_str().unwrap().to_owned();
    let institutions: std::collections::BTreeSet<String> = sources.iter().map(institution).collect();
    assert_eq!(institutions.len(), 9);

    for id in [&ids[0], &ids[199], goldens[0]["id"].as_str().unwrap()] {
        let query = [("patient", &*format!("Patient/{id}")), ("_count", "1000")];
        assert_eq!(bed.find("Observation", &query).await.len(), 200, "through {id}");
    }
}
