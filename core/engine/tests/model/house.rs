//! A real store and engine, and a world written into it.

use meridian_engine::{
    Caller, Compartment, Engine, EngineError, Request, Role, Where, delete, read, search_in, split_query, update,
};
use meridian_store::{Home, Store, StoreOptions};
use meridian_testkit::postgres::schema_for;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::judge::{World, id_of, kind_of, name_of};
use crate::params::TYPES;
use crate::things::Maker;
use crate::vocabulary::{CONFIDENTIALITY, COUNTS, HIERARCHY, LEVELS, SYSTEMS};

pub(crate) const BASE: &str = "http://model.example/fhir";
/// What only resources of the model carry, and nothing that the writer writes meanwhile.
pub(crate) const STABLE: (&str, &str) = ("urn:model", "stable");
/// What the ids of the writer's resources begin with.
pub(crate) const NOISE: &str = "noise-";

#[derive(Clone)]
pub(crate) struct House {
    pub(crate) engine: Engine,
    /// Who asks.
    pub(crate) viewer: Caller,
}

/// A store of its own: in a folder, or a schema on the server that `MERIDIAN_TEST_POSTGRES` names.
pub(crate) fn open() -> (tempfile::TempDir, House) {
    let folder = tempfile::tempdir().unwrap();
    let home = schema_for(folder.path()).map_or_else(|| Home::from(folder.path()), Home::Postgres);
    let store = Store::open(home, &StoreOptions::default()).unwrap();
    (folder, House { engine: Engine::new(store, Vec::new()), viewer: Caller::system("model", "CJ01", "t-1") })
}

pub(crate) fn caller() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("model", "CJ01", "t-1") }
}

/// The institution that writes a resource.
fn keeper(id: &str) -> &'static str {
    if id.ends_with(['0', '2', '4', '6', '8']) { "CJ01" } else { "CJ02" }
}

/// Who writes it: a system of that institution.
fn writer(id: &str) -> Caller {
    Caller::system("model", keeper(id), "t-1")
}

/// Writes it as its institution. What would move to another person's record an operator moves, if it is one that an
/// operator sees; else it is taken away before.
async fn write(engine: &Engine, kind: &'static str, id: &str, resource: Value) {
    if update(engine, &writer(id), kind, id, resource.clone(), None).await.is_ok() {
        return;
    }
    let operator = Caller { role: Role::Operator, ..writer(id) };
    if update(engine, &operator, kind, id, resource.clone(), None).await.is_err() {
        delete(engine, &writer(id), kind, id, None).await.unwrap();
        update(engine, &writer(id), kind, id, resource, None).await.unwrap();
    }
}

/// Who asks in a world.
fn viewer(seed: u64) -> Caller {
    let (role, institution) = match seed % 5 {
        0 => (Role::Doctor, "CJ01"),
        1 => (Role::Nurse, "CJ02"),
        2 => (Role::Operator, "CJ01"),
        3 => (Role::System, "CJ02"),
        _ => (Role::Doctor, "CJ03"),
    };
    Caller { role, ..Caller::system("viewer", institution, "t-2") }
}

/// Whether somebody may know of a resource: written down here once more, in other words than the program's.
fn may_know(viewer: &Caller, resource: &Value) -> bool {
    let labels = resource.pointer("/meta/security").and_then(Value::as_array).cloned().unwrap_or_default();
    let coded = |system: &str, codes: &[&str]| {
        labels.iter().any(|label| label["system"] == system && codes.iter().any(|code| label["code"] == *code))
    };
    let highest = coded(LEVELS, &["5"]) || coded(CONFIDENTIALITY, &["V"]);
    let high = highest || coded(LEVELS, &["4"]) || coded(CONFIDENTIALITY, &["R"]);
    let at_home = keeper(id_of(resource)) == viewer.institution;
    match viewer.role {
        _ if !high || kind_of(resource) == "Patient" => true,
        Role::Doctor | Role::System => at_home,
        Role::Nurse => at_home && !highest,
        Role::Operator => false,
    }
}

fn static_kind(kind: &str) -> &'static str {
    TYPES.iter().find(|(of, _)| *of == kind).map_or("Basic", |(of, _)| of)
}

/// What is asked, and where.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) place: Where,
    pub(crate) request: Request,
}

impl From<Request> for Asked {
    fn from(request: Request) -> Asked {
        Asked { place: Where::default(), request }
    }
}

/// A page of a search.
pub(crate) struct Page {
    pub(crate) matches: Vec<String>,
    pub(crate) included: Vec<String>,
    pub(crate) total: Option<u64>,
    pub(crate) next: Option<Asked>,
    pub(crate) previous: Option<Asked>,
}

impl House {
    /// Random resources, some of them changed once more or deleted; what is there then for whoever asks from now on, as
    /// it is read. Of what is kept from them the evaluator knows nothing: no answer may tell that it is there.
    pub(crate) async fn fill(&mut self, seed: u64) -> World {
        self.viewer = viewer(seed);
        let mut dice = fastrand::Rng::with_seed(seed);
        self.terms().await;
        let mut sent: Vec<Value> = Vec::new();
        for (kind, count) in COUNTS {
            for nth in 0..count {
                sent.push(stable(Maker::new(&mut dice, "").resource(kind, nth)));
            }
        }
        for (kind, _) in COUNTS {
            let of_kind: Vec<Value> = sent.iter().filter(|resource| kind_of(resource) == kind).cloned().collect();
            self.put(&of_kind).await;
        }
        let mut changed = Vec::new();
        let mut gone = Vec::new();
        for (nth, resource) in sent.iter_mut().enumerate() {
            match dice.u8(0..20) {
                0..=2 => {
                    let number: usize = id_of(resource).rsplit('-').next().unwrap().parse().unwrap();
                    *resource = stable(Maker::new(&mut dice, "").resource(kind_of(&resource.clone()), number));
                    changed.push(resource.clone());
                }
                3 if kind_of(resource) != "Patient" => gone.push(nth),
                _ => {}
            }
        }
        self.put(&changed).await;
        for nth in gone.into_iter().rev() {
            let resource = sent.remove(nth);
            let id = id_of(&resource);
            delete(&self.engine, &writer(id), static_kind(kind_of(&resource)), id, None).await.unwrap();
        }
        let mut there = Vec::new();
        for resource in &sent {
            let read = self.read_back(resource).await;
            if may_know(&self.viewer, &read) {
                there.push(read);
            }
        }
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
        World::new(there, i64::try_from(now).unwrap())
    }

    /// What the codes mean.
    async fn terms(&self) {
        let above = |parent: &&str| json!({"code": "parent", "valueCode": parent});
        let concept = |(code, parents): &(&str, &[&str])| {
            let parents: Vec<Value> = parents.iter().map(above).collect();
            json!({"code": code, "property": parents})
        };
        let hierarchy: Vec<Value> = HIERARCHY.iter().map(concept).collect();
        for (id, url, whole, concepts) in [
            ("s1", SYSTEMS[0], "http://model.example/vs/s1", json!([{"code": "a"}, {"code": "p|q"}])),
            ("s2", SYSTEMS[1], "http://model.example/vs/s2", Value::Array(hierarchy)),
            ("none", "urn:none", "http://model.example/vs/nothing", json!([])),
        ] {
            let system = json!({
                "resourceType": "CodeSystem", "id": id, "url": url, "valueSet": whole, "status": "active",
                "content": "fragment", "concept": concepts,
            });
            update(&self.engine, &caller(), "CodeSystem", id, system, None).await.unwrap();
        }
    }

    /// Writes these at once.
    async fn put(&self, resources: &[Value]) {
        let mut running = tokio::task::JoinSet::new();
        for resource in resources {
            let (engine, resource) = (self.engine.clone(), resource.clone());
            running.spawn(async move {
                let (kind, id) = (static_kind(kind_of(&resource)), id_of(&resource).to_owned());
                write(&engine, kind, &id, resource).await;
            });
        }
        while let Some(done) = running.join_next().await {
            done.unwrap();
        }
    }

    /// What is read is what was sent, but for what the server adds to `meta`.
    async fn read_back(&self, sent: &Value) -> Value {
        let served = read(&self.engine, &writer(id_of(sent)), kind_of(sent), id_of(sent)).await.unwrap();
        let got: Value = serde_json::from_slice(&served.body).unwrap();
        let mut plain = got.clone();
        let meta = plain["meta"].as_object_mut().unwrap();
        meta.remove("versionId");
        meta.remove("lastUpdated");
        let tags = meta["tag"].as_array_mut().unwrap();
        tags.retain(|tag| tag["system"] != "https://meridian.example/institution");
        assert_eq!(&plain, sent, "read back otherwise than sent");
        got
    }

    /// Changes resources that the model does not know of, until the task is ended.
    pub(crate) async fn write_on(self, seed: u64) {
        let mut dice = fastrand::Rng::with_seed(seed);
        loop {
            let (kind, count) = COUNTS[dice.usize(0..COUNTS.len())];
            let nth = dice.usize(0..count);
            let resource = Maker::new(&mut dice, NOISE).resource(kind, nth);
            let id = id_of(&resource).to_owned();
            let gone = dice.u8(0..10) == 0;
            if gone {
                // It may not be there yet.
                let _ = delete(&self.engine, &writer(&id), kind, &id, None).await;
            } else {
                write(&self.engine, kind, &id, resource).await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn first(ask: &Ask) -> Asked {
        let kind = if let [kind] = ask.kinds[..] { kind } else { "" };
        let request = Request { kind: kind.into(), params: ask.params(), lenient: false };
        let compartment = ask.within.as_ref().map(|(of, id)| Compartment::new(of, id).unwrap());
        Asked { place: Where { compartment, ..Where::default() }, request }
    }

    pub(crate) async fn page(&self, asked: &Asked) -> Result<Page, EngineError> {
        let answer = search_in(&self.engine, &self.viewer, &asked.place, &asked.request).await?;
        let bundle: Value =
            serde_json::from_slice(&answer.bundle(BASE, meridian_model::language::Language::English)).unwrap();
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let of = |mode: &str| {
            let of_mode = entries.iter().filter(|entry| entry["search"]["mode"] == mode);
            of_mode.map(|entry| name_of(&entry["resource"])).collect::<Vec<_>>()
        };
        let link = |relation: &str| {
            let links = bundle["link"].as_array().unwrap();
            let url = links.iter().find(|link| link["relation"] == relation)?["url"].as_str()?;
            let (address, query) = url.split_once('?').unwrap();
            let path: Vec<&str> = address.trim_start_matches(BASE).trim_matches('/').split('/').collect();
            let (compartment, kind) = match path[..] {
                [of, id, kind] => (Some(Compartment::new(of, id).unwrap()), kind.trim_matches('*')),
                [kind] => (None, kind),
                _ => unreachable!("{address}"),
            };
            let request = Request { kind: kind.to_owned(), params: split_query(query).unwrap(), lenient: false };
            Some(Asked { place: Where { compartment, ..Where::default() }, request })
        };
        Ok(Page {
            matches: of("match"),
            included: of("include"),
            total: bundle["total"].as_u64(),
            next: link("next"),
            previous: link("previous"),
        })
    }
}

/// With the tag that only the model's own resources have.
fn stable(mut resource: Value) -> Value {
    let tag = json!({"system": STABLE.0, "code": STABLE.1});
    match resource.pointer_mut("/meta/tag").and_then(Value::as_array_mut) {
        Some(tags) => tags.push(tag),
        None => resource["meta"]["tag"] = json!([tag]),
    }
    resource
}
