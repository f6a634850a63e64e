//! A house with an engine and a delivery in it, and receivers whose answers a test decides. All of it is synthetic.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use meridian_delivery::{Delivery, DestinationConfig, Exchange, Fault, Line, Lines, destinations};
use meridian_engine::{
    Caller, Change, Engine, EngineError, Further, Options, Participant, PersonChange, Role, Sight, create, outbox,
    transaction, update,
};
use meridian_store::{JobState, Store, StoreOptions};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

pub(crate) const IDENTITY: &str = "urn:oid:2.16.156.10011.1.3";

/// What a receiver does with a message: answer with a code, or what happens instead. Several codes are several answers;
/// one behind `~` is about another message, one behind `-` does not say about which.
pub(crate) type Answers = dyn Fn(usize, &str) -> Result<&'static str, Fault> + Send + Sync;

/// What came to all receivers, in order: the institution and the text.
#[derive(Clone, Default)]
pub(crate) struct Arrived(Arc<Mutex<Vec<(String, String)>>>);

impl Arrived {
    pub(crate) fn at(&self, institution: &str) -> Vec<String> {
        let all = self.0.lock().unwrap();
        all.iter().filter(|(to, _)| to == institution).map(|(_, text)| text.clone()).collect()
    }
}

struct Receivers {
    arrived: Arrived,
    answers: Arc<Answers>,
}

impl Lines for Receivers {
    fn line(&self, to: &DestinationConfig) -> Box<dyn Line> {
        let (arrived, answers) = (self.arrived.clone(), Arc::clone(&self.answers));
        Box::new(Receiver { institution: to.institution.clone(), arrived, answers, coming: VecDeque::new() })
    }
}

struct Receiver {
    institution: String,
    arrived: Arrived,
    answers: Arc<Answers>,
    coming: VecDeque<Vec<u8>>,
}

impl Line for Receiver {
    fn exchange<'a>(&'a mut self, message: &'a [u8]) -> Exchange<'a> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let text = String::from_utf8(message.to_vec()).unwrap();
            let count = {
                let mut all = self.arrived.0.lock().unwrap();
                all.push((self.institution.clone(), text.clone()));
                all.len()
            };
            for code in (self.answers)(count, &text)?.split(' ') {
                let (code, about) = match code.split_at(1) {
                    ("~", code) => (code, "ANOTHER"),
                    ("-", code) => (code, ""),
                    _ => (code, control(&text)),
                };
                let answer = format!("MSH|^~\\&|X|X|||20260101||ACK|1|P|2.5.1\rMSA|{code}|{about}|said so\r");
                self.coming.push_back(answer.into_bytes());
            }
            self.coming.pop_front().ok_or(Fault::TimeOut)
        })
    }

    fn answer(&mut self) -> Exchange<'_> {
        Box::pin(async move { self.coming.pop_front().ok_or(Fault::TimeOut) })
    }

    fn hang_up(&mut self) {
        self.coming.clear();
    }
}

/// Joins Patients with the same identity number, as the registry does.
struct Joiner;

impl Participant for Joiner {
    fn kinds(&self) -> &'static [&'static str] {
        &["Patient"]
    }

    fn follow(&self, change: &Change<'_>, sight: &Sight<'_>) -> Result<Vec<Further>, EngineError> {
        let numbers = change.after.and_then(|after| after["identifier"].as_array().cloned()).unwrap_or_default();
        let Some(number) = numbers.iter().find(|number| number["system"] == IDENTITY) else { return Ok(Vec::new()) };
        let key = number["value"].as_str().unwrap().to_owned();
        let person = sight.holder("test", &key)?;
        Ok(vec![Further::Person(PersonChange {
            person,
            join: vec![change.subject],
            take: vec![("test".to_owned(), key)],
            release: Vec::new(),
            golden: json!({"resourceType": "Patient"}),
            why: Default::default(),
        })])
    }
}

pub(crate) struct Bed {
    pub(crate) engine: Engine,
    pub(crate) delivery: Delivery,
    pub(crate) arrived: Arrived,
    pub(crate) store: Store,
    _dir: tempfile::TempDir,
}

impl Bed {
    /// `config` is the text of `[[destination]]` tables without addresses.
    pub(crate) fn new(config: &str) -> Bed {
        let config = config
            .replace("[[destination]]", "[[destination]]\naddress = \"h:1\"\nretry = \"2ms\"\nretry_most = \"8ms\"");
        let dir = tempfile::tempdir().unwrap();
        let options = StoreOptions { readers: 2, cache_mib: 8, ..StoreOptions::default() };
        let store = Store::open(
            meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
            &options,
        )
        .unwrap();
        let delivery = Delivery::new(destinations(&config).unwrap());
        let engine = Engine::new(store.clone(), vec![Arc::new(Joiner), delivery.participant()]);
        Bed { engine, delivery, arrived: Arrived::default(), store, _dir: dir }
    }

    /// Starts the senders; they end when the token is cancelled.
    pub(crate) fn start(
        &self,
        answers: impl Fn(usize, &str) -> Result<&'static str, Fault> + Send + Sync + 'static,
    ) -> (CancellationToken, tokio::task::JoinHandle<()>) {
        let stop = CancellationToken::new();
        let lines = Arc::new(Receivers { arrived: self.arrived.clone(), answers: Arc::new(answers) });
        let (delivery, engine, token) = (self.delivery.clone(), self.engine.clone(), stop.clone());
        let clock = Arc::new(|| jiff::Timestamp::now().as_millisecond());
        let running = tokio::spawn(async move { delivery.run(engine, lines, clock, token).await });
        (stop, running)
    }

    /// Starts the senders, and waits until nothing waits for these institutions.
    pub(crate) async fn deliver(&self, institutions: &[&str]) {
        let (stop, running) = self.start(|_, _| Ok("AA"));
        for institution in institutions {
            self.until(institution, |waiting, _, _| waiting == 0).await;
        }
        stop.cancel();
        running.await.unwrap();
        for institution in institutions {
            let queues = [format!("outbox/{institution}")];
            let parked =
                outbox::messages(&self.engine, &caller("CJ00"), &queues, Some(JobState::Parked), None, 10).unwrap();
            assert!(parked.is_empty(), "set aside: {:?}", parked.iter().map(|job| &job.note).collect::<Vec<_>>());
        }
    }

    /// Waits until the counts of a queue (waiting, done, parked) fit.
    pub(crate) async fn until(&self, institution: &str, fits: impl Fn(i64, i64, i64) -> bool) {
        for _ in 0..2000 {
            let (waiting, done, parked) = self.counts(institution);
            if fits(waiting, done, parked) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{institution} stands at {:?}", self.counts(institution));
    }

    pub(crate) fn counts(&self, institution: &str) -> (i64, i64, i64) {
        let queue = format!("outbox/{institution}");
        let counts = self.store.read::<_, meridian_store::StoreError>(|reader| reader.job_counts(&queue)).unwrap();
        (counts.waiting, counts.done, counts.parked)
    }

    /// Control ids in the order of the queue.
    pub(crate) fn queue(&self, institution: &str) -> Vec<(i64, String, JobState)> {
        let queues = [format!("outbox/{institution}")];
        let mut jobs = outbox::messages(&self.engine, &caller("CJ00"), &queues, None, None, 10_000).unwrap();
        jobs.reverse();
        let control = |head: &str| serde_json::from_str::<Value>(head).unwrap()["control"].as_str().unwrap().to_owned();
        jobs.into_iter().map(|job| (job.id, control(&job.head), job.state)).collect()
    }

    pub(crate) async fn post(&self, institution: &str, kind: &'static str, resource: Value) -> String {
        create(&self.engine, &caller(institution), kind, resource, None).await.unwrap().served.id
    }

    pub(crate) async fn put(&self, institution: &str, kind: &'static str, id: &str, mut resource: Value) {
        resource["id"] = json!(id);
        update(&self.engine, &caller(institution), kind, id, resource, None).await.unwrap();
    }

    /// An operator moves it into another record, for an institution.
    pub(crate) async fn moved(&self, institution: &str, kind: &'static str, id: &str, mut resource: Value) {
        resource["id"] = json!(id);
        let operator = Caller { role: Role::Operator, ..caller(institution) };
        update(&self.engine, &operator, kind, id, resource, None).await.unwrap();
    }

    pub(crate) async fn bundle(&self, institution: &str, entries: Vec<Value>) -> Result<(), EngineError> {
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
        transaction(&self.engine, &caller(institution), bundle, Options::default()).await.map(|_| ())
    }
}

pub(crate) fn caller(institution: &str) -> Caller {
    Caller::system("feed", institution, "test")
}

/// MSH-10.
pub(crate) fn control(text: &str) -> &str {
    text.split('|').nth(9).unwrap()
}

/// A field of the first segment of this name.
pub(crate) fn field<'t>(text: &'t str, segment: &str, number: usize) -> &'t str {
    let line = text.split('\r').find(|line| line.starts_with(segment)).unwrap_or_default();
    line.split('|').nth(number).unwrap_or_default()
}

/// A Patient of an institution with its own number and an identity number.
pub(crate) fn patient(institution: &str, mrn: &str, identity: &str) -> Value {
    json!({"resourceType": "Patient", "name": [{"use": "official", "text": "王试验", "family": "王", "given": ["试验"]}],
        "gender": "female", "birthDate": "1970-01-01",
        "identifier": [{"system": format!("https://meridian.example/id/mrn/{institution}"), "value": mrn},
            {"system": IDENTITY, "value": identity}]})
}

pub(crate) fn report(patient: &str, number: &str, result: &str) -> Value {
    json!({"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "生化"},
        "identifier": [{"system": "https://meridian.example/id/report/CJ01", "value": number}],
        "subject": {"reference": format!("Patient/{patient}")}, "result": [{"reference": result}]})
}

pub(crate) fn glucose(patient: &str, value: &str) -> Value {
    let value: Value = serde_json::from_str(value).unwrap();
    json!({"resourceType": "Observation", "status": "final", "subject": {"reference": format!("Patient/{patient}")},
        "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7"}], "text": "葡萄糖"},
        "valueQuantity": {"value": value, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}})
}

pub(crate) fn entry(full_url: &str, resource: &Value) -> Value {
    let kind = resource["resourceType"].clone();
    json!({"fullUrl": full_url, "resource": resource, "request": {"method": "POST", "url": kind}})
}
