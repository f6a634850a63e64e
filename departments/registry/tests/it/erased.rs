//! Erasure of one institution's record, and of a whole person.

use meridian_engine::operations::{Call, table};
use meridian_store::GOLDEN_PATIENT;
use serde_json::{Value, json};

use crate::bed::{Bed, IDENTITY, operator};

const NUMBER: &str = "990101194912310028";

fn resident(id: &str, name: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"text": name}],
        "identifier": [{"system": IDENTITY, "value": NUMBER}]})
}

async fn erase(bed: &Bed, id: &str) -> Value {
    let all = table();
    let purge = all.iter().find(|operation| operation.name == "purge").unwrap();
    let params = vec![("reason".to_owned(), "asked for".to_owned())];
    let call = Call { kind: "Patient".into(), id: Some(id.to_owned()), params, ..Call::default() };
    purge.act.run(&bed.engine, &operator(), call).await.unwrap()
}

#[tokio::test]
async fn the_rest_of_a_person_stays_and_tells_nothing_of_who_went() {
    let bed = Bed::new();
    bed.put(resident("a", "王留下")).await;
    bed.put(resident("b", "王消失")).await;
    bed.post(
        "CJ01",
        "Observation",
        json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
        "subject": {"reference": "Patient/b"}}),
    )
    .await;
    let person = bed.person("a").unwrap();
    assert_eq!(person.sources, ["a", "b"]);
    let golden = bed.goldens().await[0]["id"].as_str().unwrap().to_owned();

    erase(&bed, "b").await;
    assert_eq!(bed.person("a").unwrap().sources, ["a"]);
    assert_eq!(bed.person("b"), None);
    assert!(bed.find("Observation", &[("patient", &golden)]).await.is_empty());
    let versions = bed.read(|reader| {
        let key = reader.locate(GOLDEN_PATIENT, &golden)?.unwrap();
        let mut versions = Vec::new();
        let newest = reader.current(key)?.unwrap().version;
        for version in 1..=newest {
            versions.extend(
                reader.version(key, version)?.map(|found| String::from_utf8(found.body.json().unwrap()).unwrap()),
            );
        }
        Ok(versions)
    });
    assert_eq!(versions.len(), 1, "of the golden Patient just what it is now");
    assert!(!versions[0].contains("消失") && versions[0].contains("留下"), "{versions:?}");

    // The number is free for who comes with it.
    bed.put(resident("c", "王又来")).await;
    assert_eq!(bed.person("c").unwrap().sources, ["a", "c"]);
}

#[tokio::test]
async fn a_whole_person_goes_with_all_sources() {
    let bed = Bed::new();
    for id in ["a", "b"] {
        bed.put(resident(id, "王某")).await;
    }
    let golden = bed.goldens().await[0]["id"].as_str().unwrap().to_owned();
    let told = erase(&bed, &golden).await;
    assert!(
        told.to_string().contains(r#"{"name":"type","valueCode":"Patient"},{"name":"count","valueInteger":3}"#),
        "{told}"
    );
    assert!(bed.goldens().await.is_empty());
    assert!(bed.find("Patient", &[]).await.is_empty());
    for id in ["a", "b", golden.as_str()] {
        assert!(meridian_engine::read(&bed.engine, &operator(), "Patient", id).await.is_err());
    }
    bed.put(resident("a", "王新人")).await;
    let person = bed.person("a").unwrap();
    assert_eq!(person.sources, ["a"]);
    assert_eq!(bed.goldens().await.len(), 1);
}

#[tokio::test]
async fn the_last_source_takes_its_person_with_it() {
    let bed = Bed::new();
    bed.put(resident("a", "王某")).await;
    let golden = bed.goldens().await[0]["id"].as_str().unwrap().to_owned();
    erase(&bed, "a").await;
    assert!(meridian_engine::read(&bed.engine, &operator(), "Patient", &golden).await.is_err());
}
