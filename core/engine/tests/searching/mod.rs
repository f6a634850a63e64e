//! A small record to search in.
#![allow(dead_code)] // each test file uses its part

use meridian_engine::{Answer, Caller, Compartment, Engine, EngineError, Request, Role, Where, search_in, update};
use meridian_model::language::Language;
use meridian_store::{Store, StoreOptions};
use serde_json::Value;

pub(crate) struct World {
    _dir: tempfile::TempDir,
    pub(crate) engine: Engine,
}

pub(crate) fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("test", "CJ01", "t-1") }
}

pub(crate) fn doctor() -> Caller {
    Caller { actor: "doctor".into(), role: Role::Doctor, ..Caller::system("test", "CJ01", "t-2") }
}

/// What a refused search says.
pub(crate) fn denied(answer: Result<Answer, EngineError>) -> String {
    answer.err().map(|error| format!("{:?} {error}", error.issues())).unwrap_or_default()
}

impl World {
    pub(crate) fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(
            meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
            &StoreOptions::default(),
        )
        .unwrap();
        World { _dir: dir, engine: Engine::new(store, Vec::new()) }
    }

    pub(crate) async fn put(&self, resource: Value) {
        let text = |key: &str| resource[key].as_str().unwrap().to_owned();
        let (kind, id) = (text("resourceType"), text("id"));
        let kind = meridian_engine::incoming::type_name(&kind).unwrap();
        update(&self.engine, &operator(), kind, &id, resource, None).await.unwrap();
    }

    pub(crate) async fn find_as(&self, caller: &Caller, kind: &str, query: &str) -> Result<Answer, EngineError> {
        self.find_in(caller, None, kind, query).await
    }

    async fn find_in(
        &self,
        caller: &Caller,
        compartment: Option<Compartment>,
        kind: &str,
        query: &str,
    ) -> Result<Answer, EngineError> {
        let params = meridian_engine::split_query(query)?;
        let request = Request { kind: kind.to_owned(), params, lenient: false };
        let place = Where { compartment, base: "http://x/fhir".into() };
        search_in(&self.engine, caller, &place, &request).await
    }

    pub(crate) async fn bundle(&self, kind: &str, query: &str) -> Value {
        let answer = answered(self.find_as(&operator(), kind, query).await, query);
        serde_json::from_slice(&answer.bundle("http://x/fhir", Language::English)).unwrap()
    }

    /// The ids of an answer, in its order.
    pub(crate) async fn order(&self, kind: &str, query: &str) -> Vec<String> {
        ids(self.find_as(&operator(), kind, query).await, query)
    }

    pub(crate) async fn ids_as(&self, caller: &Caller, kind: &str, query: &str) -> Vec<String> {
        let mut ids = ids(self.find_as(caller, kind, query).await, query);
        ids.sort_unstable();
        ids
    }

    /// The ids of an answer in the order of the alphabet.
    pub(crate) async fn ids(&self, kind: &str, query: &str) -> Vec<String> {
        self.ids_as(&operator(), kind, query).await
    }

    pub(crate) async fn within(&self, of: &str, id: &str, kind: &str, query: &str) -> Vec<String> {
        let place = Compartment::new(of, id).unwrap();
        let mut ids = ids(self.find_in(&operator(), Some(place), kind, query).await, query);
        ids.sort_unstable();
        ids
    }

    /// What a search that must be refused as bad input says.
    pub(crate) async fn refused(&self, kind: &str, query: &str) -> String {
        let answer = self.find_as(&operator(), kind, query).await;
        let class = answer.as_ref().err().map(EngineError::class);
        assert_eq!(class, Some(meridian_engine::Class::Invalid), "{query:.200}");
        denied(answer)
    }
}

/// A search that must find; else the test says which one did not, and why.
fn answered(answer: Result<Answer, EngineError>, query: &str) -> Answer {
    answer.map_err(|error| format!("{query}: {:?}", error.issues())).unwrap()
}

fn ids(answer: Result<Answer, EngineError>, query: &str) -> Vec<String> {
    answered(answer, query).hits.into_iter().map(|hit| hit.served.id).collect()
}
