//! A store in a folder of its own with an engine on it, and Patients to write. All of it is synthetic.

use std::sync::Arc;

use meridian_engine::operations::Call;
use meridian_engine::{Caller, Engine, EngineError, Mode, Request, Role, Subject, create, delete, search, update};
use meridian_registry::matching::Matcher;
use meridian_registry::{Registry, ResidentNumber, operations};
use meridian_store::{GOLDEN_PATIENT, Reader, Store, StoreError, StoreOptions};
use serde_json::{Value, json};

pub(crate) const IDENTITY: &str = "urn:oid:2.16.156.10011.1.3";
pub(crate) const INSURANCE: &str = "https://meridian.example/id/insurance";

pub(crate) struct Bed {
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    _dir: tempfile::TempDir,
}

/// A person as the store has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Person {
    pub(crate) number: Subject,
    /// The ids of its source Patients, sorted.
    pub(crate) sources: Vec<String>,
    /// Its claims of this registry, sorted.
    pub(crate) claims: Vec<(String, String)>,
}

impl Bed {
    pub(crate) fn new() -> Bed {
        let dir = tempfile::tempdir().unwrap();
        let options = StoreOptions { readers: 2, cache_mib: 8, ..StoreOptions::default() };
        let store = Store::open(
            meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
            &options,
        )
        .unwrap();
        Bed { engine: Engine::new(store.clone(), vec![Arc::new(Registry::default())]), store, _dir: dir }
    }

    pub(crate) async fn put(&self, patient: Value) {
        let id = patient["id"].as_str().unwrap().to_owned();
        update(&self.engine, &caller("CJ01"), "Patient", &id, patient, None).await.unwrap();
    }

    pub(crate) async fn post(&self, institution: &str, kind: &'static str, resource: Value) -> String {
        create(&self.engine, &caller(institution), kind, resource, None).await.unwrap().served.id
    }

    pub(crate) async fn drop(&self, id: &str) {
        delete(&self.engine, &caller("CJ01"), "Patient", id, None).await.unwrap();
    }

    /// The resources that a search matches.
    pub(crate) async fn find(&self, kind: &str, query: &[(&str, &str)]) -> Vec<Value> {
        let params = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Request { kind: kind.to_owned(), params, lenient: false };
        let answer = search(&self.engine, &operator(), &request).await.unwrap();
        let hits = answer.hits.iter().filter(|hit| hit.mode == Mode::Match);
        hits.map(|hit| serde_json::from_slice(&hit.served.body).unwrap()).collect()
    }

    /// Calls an operation of this department as somebody.
    pub(crate) async fn call_as(
        &self,
        who: &Caller,
        name: &str,
        params: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Value, EngineError> {
        let all = operations(Matcher::default());
        let operation = all.iter().find(|operation| operation.name == name).unwrap();
        meridian_engine::operations::permitted(who, operation)?;
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        operation.act.run(&self.engine, who, Call { params, body, ..Call::default() }).await
    }

    /// Calls an operation as an operator.
    pub(crate) async fn call(&self, name: &str, params: &[(&str, &str)]) -> Value {
        self.call_as(&operator(), name, params, None).await.unwrap()
    }

    /// The reviews in a state.
    pub(crate) async fn reviews(&self, status: &str) -> Vec<Value> {
        let code = "https://meridian.example/task|review-identity";
        self.find("Task", &[("code", code), ("status", status), ("_count", "1000")]).await
    }

    /// The golden Patients that are in use.
    pub(crate) async fn goldens(&self) -> Vec<Value> {
        let tag = "https://meridian.example/record|golden";
        self.find("Patient", &[("_tag", tag), ("active", "true"), ("_count", "1000")]).await
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>) -> T {
        self.store.read(look).unwrap()
    }

    /// The person of a source Patient.
    pub(crate) fn person(&self, id: &str) -> Option<Person> {
        let patient = patient_code(self, id)?;
        self.read(|reader| {
            let Some(key) = reader.locate(patient, id)? else { return Ok(None) };
            let Some(number) = reader.person(key.subject())? else { return Ok(None) };
            let mut sources = Vec::new();
            for subject in reader.members(number)? {
                if let Some(row) = reader.current(subject.patient())?
                    && row.kind != GOLDEN_PATIENT
                {
                    sources.push(row.id);
                }
            }
            sources.sort();
            let mut claims = reader.held_by(number.0)?;
            claims.retain(|(kind, _)| kind == "resident-identity" || kind == "insurance");
            claims.sort();
            Ok(Some(Person { number, sources, claims }))
        })
    }

    /// The golden Patient of a source Patient.
    pub(crate) fn golden(&self, id: &str) -> Value {
        let person = self.person(id).unwrap();
        self.golden_of(person.number)
    }

    pub(crate) fn golden_of(&self, person: Subject) -> Value {
        let row = self.read(|reader| reader.current(person.patient())).unwrap();
        serde_json::from_slice(&row.body.json().unwrap()).unwrap()
    }

    /// Which of the Patients are one person.
    pub(crate) fn same(&self, ids: &[&str]) -> bool {
        let numbers: Vec<_> = ids.iter().map(|id| self.person(id).map(|person| person.number)).collect();
        numbers.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// The number of Patient in the directory, asked of the store itself.
fn patient_code(bed: &Bed, id: &str) -> Option<u16> {
    bed.read(|reader| {
        for code in 1..GOLDEN_PATIENT {
            if reader.locate(code, id)?.is_some() {
                return Ok(Some(code));
            }
        }
        Ok(None)
    })
}

pub(crate) fn caller(institution: &str) -> Caller {
    Caller::system("feed", institution, "test")
}

pub(crate) fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("operator", "CJ00", "test") }
}

/// Who a Patient without numbers is: name, birth date, telephone, street and house.
pub(crate) fn weak(id: &str, name: &str, born: &str, phone: &str, house: &str) -> Value {
    let mut patient =
        json!({"resourceType": "Patient", "id": id, "name": [{"text": name}], "birthDate": born, "gender": "female"});
    if !phone.is_empty() {
        patient["telecom"] = json!([{"system": "phone", "value": phone}]);
    }
    if !house.is_empty() {
        patient["address"] = json!([{"line": [house]}]);
    }
    patient
}

/// The same with an identity number.
pub(crate) fn with_number(mut patient: Value, number: &str) -> Value {
    patient["identifier"] = json!([{"system": IDENTITY, "value": number}]);
    patient
}

/// The identity number of somebody born on a day (`19700305`), with its check character. Area 990101 does not exist.
pub(crate) fn number(born: &str, order: u32) -> String {
    let marks = "0123456789X".chars().map(|mark| format!("990101{born}{order:03}{mark}"));
    marks.into_iter().find(|number| ResidentNumber::read(number).is_some()).unwrap()
}

/// A Patient with an identity number and insurance numbers, where they are given.
pub(crate) fn patient(id: &str, identity: Option<&str>, insurance: &[&str]) -> Value {
    let identity = identity.map(|value| json!({"system": IDENTITY, "value": value}));
    let insurance = insurance.iter().map(|value| json!({"system": INSURANCE, "value": value}));
    let identifiers: Vec<Value> = identity.into_iter().chain(insurance).collect();
    let mut patient = json!({"resourceType": "Patient", "id": id, "name": [{"text": format!("测试{id}")}]});
    if !identifiers.is_empty() {
        patient["identifier"] = Value::from(identifiers);
    }
    patient
}
