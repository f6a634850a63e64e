//! Tries to break the order: many write at once, lines fail at random, senders are cut off in the middle.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use meridian_delivery::Fault;
use meridian_store::JobState;
use serde_json::json;

use crate::bed::{Bed, control, field, patient};

const AUTHORS: usize = 8;
const EACH: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_overtakes_nothing_is_lost_and_a_retry_is_the_same() {
    let bed = std::sync::Arc::new(Bed::new(
        "[[destination]]\ninstitution = \"CJ02\"\n[[destination]]\ninstitution = \"CJ90\"\nresidents = \"all\"\n",
    ));
    let mut people = Vec::new();
    for author in 0..AUTHORS {
        let number = author.to_string();
        people.push(bed.post("CJ01", "Patient", patient("CJ01", &format!("A{number}"), &number)).await);
        bed.post("CJ02", "Patient", patient("CJ02", &format!("B{number}"), &number)).await;
    }
    let mut writing = tokio::task::JoinSet::new();
    for (author, person) in people.into_iter().enumerate() {
        let bed = std::sync::Arc::clone(&bed);
        writing.spawn(async move {
            for n in 0..EACH {
                let report = json!({"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "x"},
                    "identifier": [{"system": "https://meridian.example/id/report/CJ01", "value": format!("{author}.{n}")}],
                    "subject": {"reference": format!("Patient/{person}")}});
                bed.post("CJ01", "DiagnosticReport", report).await;
            }
        });
    }
    // Senders come and go while everybody writes; a fifth of the exchanges fail, before or after the message arrived.
    let mut dice = fastrand::Rng::with_seed(7);
    for _ in 0..12 {
        let luck = Mutex::new(fastrand::Rng::with_seed(dice.u64(..)));
        let (_, running) = bed.start(move |_, _| match luck.lock().unwrap().u8(..10) {
            0 => Err(Fault::TimeOut),
            1 => Err(Fault::Connection("reset".to_owned())),
            _ => Ok("AA"),
        });
        tokio::time::sleep(Duration::from_millis(dice.u64(5..60))).await;
        running.abort(); // as a kill: in the middle of whatever it did
        let _ = running.await;
    }
    while writing.join_next().await.is_some() {}
    bed.deliver(&["CJ02", "CJ90"]).await;

    for institution in ["CJ02", "CJ90"] {
        let queue = bed.queue(institution);
        assert!(queue.iter().all(|(.., state)| *state == JobState::Done));
        let place: HashMap<&str, usize> =
            queue.iter().enumerate().map(|(at, (_, control, _))| (control.as_str(), at)).collect();
        let sent = bed.arrived.at(institution);
        let (mut reached, mut first): (usize, HashMap<&str, &str>) = (0, HashMap::new());
        for text in &sent {
            let at = place[control(text)];
            // Either the next one, or the last one again: nothing else may ever be seen on a line.
            assert!(at == reached || at + 1 == reached, "{institution}: {at} came when {reached} was expected");
            reached = reached.max(at + 1);
            assert_eq!(*first.entry(control(text)).or_insert(text), text.as_str(), "a retry is byte-identical");
        }
        assert_eq!(reached, queue.len(), "{institution}: none is missing");
        // What one author wrote one after the other is told one after the other.
        let mut next = [0; AUTHORS];
        let mut told: Vec<&str> = Vec::new();
        for text in sent.iter().filter(|text| text.contains("ORU^R01")) {
            if told.contains(&control(text)) {
                continue;
            }
            told.push(control(text));
            let number = field(text, "OBR", 3).split('^').next().unwrap();
            let (author, n) = number.split_once('.').unwrap();
            let author: usize = author.parse().unwrap();
            assert_eq!(n, next[author].to_string(), "{institution}: author {author}");
            next[author] += 1;
        }
        assert_eq!(next, [EACH; AUTHORS]);
    }
}
