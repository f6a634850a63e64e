//! Where in a Bundle an entry is, found in one step however many there are.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// The Bundles that references of one validation were looked for in, each by its address in memory.
#[derive(Default)]
pub(super) struct Bundles(Mutex<HashMap<usize, Arc<Entries>>>);

impl Bundles {
    pub(super) fn of(&self, bundle: &Value) -> Arc<Entries> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(std::ptr::from_ref(bundle).addr()).or_insert_with(|| Arc::new(Entries::of(bundle))).clone()
    }
}

/// The places of a Bundle's entries, in their order: by `fullUrl`, by type and id, by the address of the resource.
pub(super) struct Entries {
    by_url: HashMap<u64, Vec<usize>>,
    by_id: HashMap<u64, Vec<usize>>,
    by_resource: HashMap<usize, usize>,
}

impl Entries {
    fn of(bundle: &Value) -> Entries {
        let mut all = Entries { by_url: HashMap::new(), by_id: HashMap::new(), by_resource: HashMap::new() };
        for (nth, entry) in list(bundle).iter().enumerate() {
            if let Some(url) = url(entry) {
                all.by_url.entry(hash(url)).or_default().push(nth);
            }
            let Some(resource) = entry.get("resource") else { continue };
            all.by_resource.entry(std::ptr::from_ref(resource).addr()).or_insert(nth);
            if let Some(name) = name(resource) {
                all.by_id.entry(hash(&name)).or_default().push(nth);
            }
        }
        all
    }

    /// The place of the first entry with this `fullUrl` that is meant.
    pub(super) fn at(&self, bundle: &Value, wanted: &str, is_meant: impl Fn(&Value) -> bool) -> Option<usize> {
        let is_it = |entry: &Value| url(entry) == Some(wanted) && is_meant(entry);
        first(self.by_url.get(&hash(wanted))?, bundle, is_it)
    }

    /// The place of the first entry with a resource of this type and id that is meant.
    pub(super) fn named(
        &self,
        bundle: &Value,
        wanted: (&str, &str),
        is_meant: impl Fn(&Value) -> bool,
    ) -> Option<usize> {
        let is_it = |entry: &Value| entry.get("resource").and_then(name) == Some(wanted) && is_meant(entry);
        first(self.by_id.get(&hash(&wanted))?, bundle, is_it)
    }

    /// The entry that holds this very resource.
    pub(super) fn around<'b>(&self, bundle: &'b Value, resource: &Value) -> Option<&'b Value> {
        list(bundle).get(*self.by_resource.get(&std::ptr::from_ref(resource).addr())?)
    }
}

/// Versions of one resource are few; who sends thousands under one name does not want to be understood.
const MOST_ALIKE: usize = 64;

fn first(places: &[usize], bundle: &Value, is_it: impl Fn(&Value) -> bool) -> Option<usize> {
    places.iter().copied().take(MOST_ALIKE).find(|nth| list(bundle).get(*nth).is_some_and(&is_it))
}

fn list(bundle: &Value) -> &[Value] {
    bundle.get("entry").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn url(entry: &Value) -> Option<&str> {
    entry.get("fullUrl").and_then(Value::as_str)
}

fn name(resource: &Value) -> Option<(&str, &str)> {
    let text = |key: &str| resource.get(key).and_then(Value::as_str);
    text("resourceType").zip(text("id"))
}

fn hash(of: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
