//! What the server has by itself, beside what is stored: the terminology and the structures that came with the program,
//! R4's search parameters, and the definitions that a door gives of itself. None of it can be changed.
//!
//! It is read by id and found by search like what is stored, in one list (`search/fixed.rs`). A stored resource of the same
//! id, or of the same url and version, stands in its place. A resource is made when it is shown; the rows that searches
//! look at are made once for each type.

mod judge;
mod order;
mod parameters;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};

use meridian_conformance::embedded::{self, Embedded};
use meridian_model::date::Zone;
use meridian_model::definitions::{Catalogue, Definitions};
use meridian_store::{Index, Stored, TypeCode};
use serde_json::{Map, Value, json};

pub(crate) use judge::{holds, is_of_one};
pub(crate) use order::compare;

use crate::catalogue::SEARCH_PARAMETER;
use crate::engine::instant;
use crate::served::{Served, value_of};
use crate::{Engine, EngineError};

/// When R4 (4.0.1) was published, in milliseconds since 1970 UTC: what says no date of its own is as old.
const PUBLISHED: i64 = 1_572_393_600_000;

/// One of them.
pub(crate) struct Item {
    kind: &'static str,
    code: TypeCode,
    pub(crate) id: String,
    url: Option<String>,
    version: Option<String>,
    source: Source,
}

enum Source {
    Embedded(Embedded),
    Made(Value),
}

/// By type.
type Shelves = HashMap<TypeCode, Vec<Arc<Item>>>;

/// What came with the program.
static PROGRAM: LazyLock<Shelves> = LazyLock::new(|| {
    let embedded = embedded::all().into_iter().filter_map(Item::embedded);
    shelves(embedded.chain(parameters::all().into_iter().filter_map(Item::made)))
});

fn shelves(items: impl Iterator<Item = Item>) -> Shelves {
    let mut shelves = Shelves::new();
    for item in items {
        shelves.entry(item.code).or_default().push(Arc::new(item));
    }
    for shelf in shelves.values_mut() {
        shelf.sort_by(|one, other| one.id.cmp(&other.id));
    }
    shelves
}

/// The types that they are of.
const KINDS: [&str; 5] = ["CodeSystem", "ConceptMap", SEARCH_PARAMETER, "StructureDefinition", "ValueSet"];

/// Those of a type; who asks for another type does not have them all looked up.
fn program(code: TypeCode) -> Option<&'static Vec<Arc<Item>>> {
    let is_one = Definitions::r4().type_name(code).is_some_and(|kind| KINDS.contains(&kind));
    if is_one { PROGRAM.get(&code) } else { None }
}

/// The one of this type and id among what came with the program.
pub(crate) fn of_program(code: TypeCode, id: &str) -> Option<&'static Arc<Item>> {
    let shelf = program(code)?;
    shelf.get(shelf.binary_search_by(|one| one.id.as_str().cmp(id)).ok()?)
}

impl Item {
    fn embedded(one: Embedded) -> Option<Item> {
        let (url, version) = (Some(one.url.clone()), one.version.clone());
        let code = Definitions::r4().type_code(one.kind)?;
        Some(Item { kind: one.kind, code, id: one.id.clone(), url, version, source: Source::Embedded(one) })
    }

    fn made(resource: Value) -> Option<Item> {
        let text = |key: &str| resource.get(key).and_then(Value::as_str).map(str::to_owned);
        let code = Definitions::r4().type_code(&text("resourceType")?)?;
        let kind = Definitions::r4().type_name(code)?;
        let (id, url, version) = (text("id")?, text("url"), text("version"));
        Some(Item { kind, code, id, url, version, source: Source::Made(resource) })
    }

    /// The resource, and when it was last changed.
    pub(crate) fn resource(&self) -> Result<(Value, i64), EngineError> {
        let made = match &self.source {
            Source::Embedded(one) => one.resource(),
            Source::Made(resource) => Some(resource.clone()),
        };
        let Some(Value::Object(read)) = made else {
            return Err(EngineError::Internal(format!("{}/{} cannot be made", self.kind, self.id)));
        };
        let date = read.get("date").and_then(Value::as_str);
        let at = date.and_then(|date| meridian_model::date::DateRange::parse(date, Zone::CHINA));
        let at = at.map_or(PUBLISHED, |range| range.lo);
        let mut meta = json!({"versionId": "1", "lastUpdated": instant(at)});
        if let (Some(meta), Some(Value::Object(own))) = (meta.as_object_mut(), read.get("meta")) {
            meta.extend(own.clone());
        }
        let mut out = Map::with_capacity(read.len() + 1);
        for (key, value) in read {
            if key != "meta" {
                let is_id = key == "id";
                out.insert(key, value);
                if is_id {
                    out.insert("meta".to_owned(), meta.take());
                }
            }
        }
        Ok((Value::Object(out), at))
    }

    pub(crate) fn served(&self) -> Result<Served, EngineError> {
        let (resource, at) = self.resource()?;
        let body = serde_json::to_vec(&resource).map_err(|error| EngineError::Internal(error.to_string()))?;
        Ok(Served { kind: self.kind, id: self.id.clone(), version: 1, at, deleted: false, body })
    }
}

/// What searches look at of a resource.
pub(crate) struct Row {
    /// None for a stored one.
    pub(crate) item: Option<Arc<Item>>,
    pub(crate) kind: TypeCode,
    pub(crate) id: String,
    pub(crate) at: i64,
    pub(crate) index: Index,
}

impl Row {
    fn of_item(item: &Arc<Item>, catalogue: &Catalogue) -> Result<Row, EngineError> {
        let (resource, at) = item.resource()?;
        let mut index = crate::write::index(&resource, item.kind, item.code, catalogue).index;
        // They are many and seldom asked for: made again when they are.
        index.words = meridian_store::Words::default();
        Ok(Row { item: Some(Arc::clone(item)), kind: item.code, id: item.id.clone(), at, index })
    }

    /// That of a stored one, to be put in order with others.
    pub(crate) fn of_stored(row: &Stored, catalogue: &Catalogue) -> Result<Row, EngineError> {
        let kind = crate::engine::type_name(row.kind);
        let index = crate::write::index(&value_of(&row.body)?, kind, row.kind, catalogue).index;
        Ok(Row { item: None, kind: row.kind, id: row.id.clone(), at: row.at, index })
    }
}

/// The rows of a type, and of which generation of the search parameters they are.
type Rows = (i64, Arc<Vec<Row>>);

/// What this process has of its own.
#[derive(Default)]
pub(crate) struct Known {
    /// What a door has besides. Before one said so, searches find nothing of all this.
    given: RwLock<Option<Arc<Shelves>>>,
    rows: Mutex<HashMap<TypeCode, Rows>>,
}

impl Engine {
    /// Has the server's own resources found by searches, with those that a door makes of itself.
    pub fn find_own(&self, definitions: Vec<Value>) {
        let known = &self.inner.fixed;
        let given = shelves(definitions.into_iter().filter_map(Item::made));
        *known.given.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(given));
        known.rows.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn given(&self) -> Option<Arc<Shelves>> {
        self.inner.fixed.given.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The server's own resource of this type and id.
    pub(crate) fn own(&self, code: TypeCode, id: &str) -> Option<Arc<Item>> {
        let given = || self.given()?.get(&code)?.iter().find(|one| one.id == id).cloned();
        of_program(code, id).cloned().or_else(given)
    }

    /// What searches of a type look at; `None` where there is nothing of it.
    pub(crate) fn own_rows(&self, code: TypeCode, catalogue: &Catalogue) -> Result<Option<Arc<Vec<Row>>>, EngineError> {
        let Some(given) = self.given() else { return Ok(None) };
        let (program, given) = (program(code), given.get(&code));
        if program.is_none() && given.is_none() {
            return Ok(None);
        }
        let mut rows = self.inner.fixed.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rows)) = rows.get(&code).filter(|(of, _)| *of == catalogue.generation()) {
            return Ok(Some(Arc::clone(rows)));
        }
        let items = program.into_iter().chain(given).flatten();
        let made = Arc::new(items.map(|item| Row::of_item(item, catalogue)).collect::<Result<Vec<_>, _>>()?);
        rows.insert(code, (catalogue.generation(), Arc::clone(&made)));
        Ok(Some(made))
    }
}

/// What is stored in the place of what the server has by itself.
#[derive(Default, Debug)]
pub(crate) struct Posted {
    ids: HashSet<(TypeCode, String)>,
    canonicals: HashSet<(TypeCode, String, Option<String>)>,
}

impl Posted {
    pub(crate) fn note(&mut self, kind: TypeCode, id: &str, canonical: Option<(&str, Option<&str>)>) {
        self.ids.insert((kind, id.to_owned()));
        if let Some((url, version)) = canonical {
            self.canonicals.insert((kind, url.to_owned(), version.map(str::to_owned)));
        }
    }

    pub(crate) fn replaces(&self, item: &Item) -> bool {
        let canonical = |url: &String| (item.code, url.clone(), item.version.clone());
        self.ids.contains(&(item.code, item.id.clone()))
            || item.url.as_ref().is_some_and(|url| self.canonicals.contains(&canonical(url)))
    }
}
