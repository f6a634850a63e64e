//! Codes and what they mean: code systems, value sets and concept maps in memory.
//!
//! [`Terms`] is what is in force: R4's own (`definitions/terms.json`), those for China (`definitions/cn/terms`) and those
//! that somebody posted. It never changes; with other resources in force there are other `Terms`, which share all that is
//! the same. A resource that came with the program is decoded when it is first asked for.

mod asked;
mod canonical;
mod closure;
mod codes;
mod embedded;
mod expand;
mod fault;
mod filter;
mod find;
mod gather;
mod grammar;
mod hierarchy;
mod implicit;
pub mod import;
mod json;
mod known;
mod loaded;
mod lookup;
mod map;
mod member;
mod search;
mod set;
mod shelf;
mod sound;
mod subsumes;
mod system;
#[cfg(test)]
mod tests;
mod translate;
mod validate;
mod versions;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use asked::Asked;
pub(crate) use canonical::{Standing, compare};
pub use closure::{Pair, SystemCode};
pub use codes::{Coded, Codes, Subsumes, Verdict};
pub use fault::{Fault, Kind};
pub use loaded::Loaded;
pub use search::{Codings, MOST_CODINGS};

pub(crate) use embedded::all_embedded;
use loaded::Held;
use map::ConceptMap;
use member::System;
use set::ValueSet;
use shelf::{Entry, Shelf};
use system::{CodeSystem, Content};

/// All code systems, value sets and maps in force. A clone shares them.
#[derive(Clone)]
pub struct Terms {
    inner: Arc<Inner>,
}

#[derive(Clone, Default)]
struct Inner {
    /// With what supplements say.
    systems: Shelf<CodeSystem>,
    /// Without.
    plain: Shelf<CodeSystem>,
    supplements: Shelf<CodeSystem>,
    sets: Shelf<ValueSet>,
    maps: Shelf<ConceptMap>,
    /// The url of the system that an OID names.
    oids: HashMap<Box<str>, Box<str>>,
    /// The system whose codes are all in the value set of this url.
    wholes: HashMap<Box<str>, Box<str>>,
}

impl Terms {
    /// What comes with the program.
    #[must_use]
    pub fn embedded() -> &'static Terms {
        embedded::terms()
    }

    /// These, and the given CodeSystem, ValueSet and ConceptMap resources: of two with one url and version the later,
    /// unless it is a draft or retired and the other is not.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn with<'v>(&self, resources: impl IntoIterator<Item = &'v serde_json::Value>) -> Result<Terms, Fault> {
        let loaded = resources.into_iter().map(Loaded::read).collect::<Result<Vec<_>, _>>()?;
        Ok(self.and(&loaded))
    }

    /// These, and others that were read before.
    #[must_use]
    pub fn and(&self, loaded: &[Loaded]) -> Terms {
        let mut inner = Inner::clone(&self.inner);
        inner.put_all(loaded);
        Terms { inner: Arc::new(inner) }
    }

    /// Whether it is this very resource that its url leads to, with its version where it has one.
    #[must_use]
    pub fn finds(&self, loaded: &Loaded) -> bool {
        fn is<T>(shelf: &Shelf<T>, loaded: &Loaded, held: &Arc<T>) -> bool {
            let found = shelf.find(loaded.url(), loaded.version());
            found.and_then(|entry| entry.peek()).is_some_and(|found| Arc::ptr_eq(found, held))
        }
        match &loaded.0 {
            Held::System(system) if matches!(system.head.content, Content::Supplement) => {
                is(&self.inner.supplements, loaded, system)
            }
            Held::System(system) => is(&self.inner.plain, loaded, system),
            Held::Set(set) => is(&self.inner.sets, loaded, set),
            Held::Map(map) => is(&self.inner.maps, loaded, map),
        }
    }

    /// The code system of a url, in one version or the newest; `None` where it is not here.
    fn system(&self, url: &str, version: Option<&str>) -> Result<Option<System>, Fault> {
        let Some(entry) = self.inner.systems.find(url, version) else {
            return Ok(grammar::of(url).map(System::Grammar));
        };
        let system = entry.get()?;
        Ok(match system.head.content {
            Content::NotPresent => grammar::of(url).map(System::Grammar),
            _ => Some(System::Table(system)),
        })
    }

    /// The value set of a url, also an implicit one.
    fn value_set(&self, url: &str, version: Option<&str>) -> Result<Option<Arc<ValueSet>>, Fault> {
        if let Some(entry) = self.inner.sets.find(url, version) {
            return entry.get().map(Some);
        }
        if let Some(system) = self.inner.wholes.get(url) {
            return Ok(Some(Arc::new(implicit::whole(url, system, version))));
        }
        Ok(implicit::read(url, version)?.map(Arc::new))
    }

    fn map(&self, url: &str, version: Option<&str>) -> Result<Option<Arc<ConceptMap>>, Fault> {
        self.inner.maps.find(url, version).map(|entry| entry.get()).transpose()
    }

    /// The url of a system that may be named by its OID.
    fn url_of<'a>(&'a self, system: &'a str) -> &'a str {
        if !system.starts_with("urn:oid:") {
            return system;
        }
        match self.inner.oids.get(system) {
            Some(url) => url,
            None => known::url_of(system).unwrap_or(system),
        }
    }

    /// Whether all codes of a system are here, in some version.
    fn is_whole(&self, system: &str) -> bool {
        let has = |entry: &Arc<Entry<CodeSystem>>| {
            entry.get().is_ok_and(|system| matches!(system.head.content, Content::Complete))
        };
        self.inner.systems.of(system).iter().any(has)
    }

    /// Says that a system, or this version of it, is not here.
    fn missing(&self, system: &str, version: Option<&str>) -> String {
        let there = self.inner.systems.versions(system);
        match version {
            Some(version) if !there.is_empty() => {
                let (version, there) = (fault::shown(version), there.join(", "));
                format!("the version {version} of the code system {system} is not here; these are: {there}")
            }
            _ => format!("the code system {} is not here", fault::shown(system)),
        }
    }

    /// The code systems whose codes are here, each with its versions; the last is the one that counts where none is named.
    #[must_use]
    pub fn systems(&self) -> BTreeMap<String, Vec<Option<String>>> {
        let mut all: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
        for entry in self.inner.systems.all() {
            let is_here = match entry.peek() {
                Some(system) => !matches!(system.head.content, Content::NotPresent),
                None => !embedded::codeless().contains(&*entry.url),
            };
            if is_here {
                all.entry(entry.url.to_string()).or_default().push(entry.version.as_deref().map(str::to_owned));
            }
        }
        for form in grammar::all() {
            all.entry(form.url.to_owned()).or_insert_with(|| vec![form.version().map(str::to_owned)]);
        }
        all
    }

    /// Url, version and kind of everything, in order: a list for people.
    #[must_use]
    pub fn list(&self) -> Vec<Line> {
        let line = |kind: &'static str, url: &str, version: Option<&str>| Line {
            kind,
            url: url.to_owned(),
            version: version.map(str::to_owned),
        };
        let systems = self.inner.plain.all().map(|entry| line("CodeSystem", &entry.url, entry.version.as_deref()));
        let sets = self.inner.sets.all().map(|entry| line("ValueSet", &entry.url, entry.version.as_deref()));
        let maps = self.inner.maps.all().map(|entry| line("ConceptMap", &entry.url, entry.version.as_deref()));
        let forms = grammar::all().iter().map(|form| line("CodeSystem", form.url, form.version()));
        let mut all: Vec<Line> = systems.chain(forms).chain(sets).chain(maps).collect();
        all.sort();
        all
    }
}

/// One resource that is in force.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Line {
    pub kind: &'static str,
    pub url: String,
    pub version: Option<String>,
}

impl Inner {
    fn put_all(&mut self, loaded: &[Loaded]) {
        // The systems that are to be joined with their supplements anew.
        let mut touched: Vec<String> = Vec::new();
        for one in loaded {
            match &one.0 {
                Held::System(system) => {
                    let (url, version) = (system.head.url.as_str(), system.head.version.as_deref());
                    touched.push(
                        system.head.supplements.as_deref().map_or(url, |base| canonical::split(base).0).to_owned(),
                    );
                    match system.head.content {
                        Content::Supplement => {
                            self.supplements.put(Entry::now(url, version, Arc::clone(system)).standing(one.1));
                        }
                        _ => self.put_system(Entry::now(url, version, Arc::clone(system)).standing(one.1)),
                    }
                    if one.1 == Standing::Active {
                        self.note(url, &system.head.oids, system.head.value_set.as_deref());
                    }
                }
                Held::Set(set) => {
                    let url = set.url.as_deref().unwrap_or_default();
                    self.sets.put(Entry::now(url, set.version.as_deref(), Arc::clone(set)).standing(one.1));
                }
                Held::Map(map) => {
                    self.maps.put(Entry::now(&map.url, map.version.as_deref(), Arc::clone(map)).standing(one.1));
                }
            }
        }
        self.join(&touched);
    }

    fn put_system(&mut self, entry: Entry<CodeSystem>) {
        let entry = Arc::new(entry);
        self.plain.put_shared(Arc::clone(&entry));
        self.systems.put_shared(entry);
    }

    /// Under what else a system is found.
    fn note(&mut self, url: &str, oids: &[String], value_set: Option<&str>) {
        for oid in oids {
            self.oids.insert(oid.as_str().into(), url.into());
        }
        if let Some(whole) = value_set {
            self.wholes.insert(canonical::split(whole).0.into(), url.into());
        }
    }

    /// Joins systems with their supplements.
    fn join(&mut self, touched: &[String]) {
        for entry in self.supplements.all() {
            let Some(base) = entry.get().ok().and_then(|system| system.head.supplements.clone()) else { continue };
            let (url, version) = canonical::split(&base);
            if !touched.iter().any(|touched| touched == url) {
                continue;
            }
            for plain in self.plain.of(url).iter().filter(|one| version.is_none() || one.version.as_deref() == version)
            {
                // What other supplements said stays.
                let before = self.systems.find(url, plain.version.as_deref()).unwrap_or(plain);
                let (before, supplement) = (Arc::clone(before), Arc::clone(entry));
                let make = move || before.get()?.supplemented(&*supplement.get()?);
                let joined = Entry::later(url, plain.version.as_deref(), make).standing(plain.standing);
                self.systems.put(joined);
            }
        }
    }
}
