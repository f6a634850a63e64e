//! Resources by their url and version; each is decoded when it is first asked for.

use meridian_model::both;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::canonical::{Standing, compare};
use super::fault::Fault;

/// One resource.
pub(super) struct Entry<T> {
    pub(super) url: Box<str>,
    pub(super) version: Option<Box<str>>,
    pub(super) standing: Standing,
    make: Make<T>,
    made: OnceLock<Result<Arc<T>, Fault>>,
}

/// How a resource is made of what is kept of it.
type Make<T> = Box<dyn Fn() -> Result<T, Fault> + Send + Sync>;

impl<T> Entry<T> {
    pub(super) fn later(
        url: &str,
        version: Option<&str>,
        make: impl Fn() -> Result<T, Fault> + Send + Sync + 'static,
    ) -> Entry<T> {
        let (url, version, made) = (url.into(), version.map(Into::into), OnceLock::new());
        Entry { url, version, standing: Standing::Active, make: Box::new(make), made }
    }

    pub(super) fn now(url: &str, version: Option<&str>, made: Arc<T>) -> Entry<T> {
        let made = OnceLock::from(Ok(made));
        let make = Box::new(|| Err(Fault::invalid(both!("nothing is kept to make it of", "没有可用的内容"))));
        Entry { url: url.into(), version: version.map(Into::into), standing: Standing::Active, make, made }
    }

    pub(super) fn standing(self, standing: Standing) -> Entry<T> {
        Entry { standing, ..self }
    }

    /// What was made before.
    pub(super) fn peek(&self) -> Option<&Arc<T>> {
        self.made.get()?.as_ref().ok()
    }

    pub(super) fn get(&self) -> Result<Arc<T>, Fault> {
        self.made.get_or_init(|| (self.make)().map(Arc::new)).clone()
    }
}

/// All resources of one type.
pub(super) struct Shelf<T> {
    /// Of each url the versions, the one that is meant where none is named last.
    by_url: HashMap<Box<str>, Vec<Arc<Entry<T>>>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { by_url: HashMap::new() }
    }
}

impl<T> Clone for Shelf<T> {
    fn clone(&self) -> Shelf<T> {
        Shelf { by_url: self.by_url.clone() }
    }
}

impl<T> Shelf<T> {
    /// Puts a resource there, in the place of another with its url and version, unless that has a better standing.
    pub(super) fn put(&mut self, entry: Entry<T>) {
        self.put_shared(Arc::new(entry));
    }

    pub(super) fn put_shared(&mut self, entry: Arc<Entry<T>>) {
        let versions = self.by_url.entry(entry.url.clone()).or_default();
        let same = |other: &&Arc<Entry<T>>| other.version == entry.version;
        if versions.iter().find(same).is_some_and(|other| other.standing > entry.standing) {
            return;
        }
        versions.retain(|other| other.version != entry.version);
        versions.push(entry);
        versions.sort_by(|one, other| {
            let by_version = || compare(one.version.as_deref(), other.version.as_deref());
            one.standing.cmp(&other.standing).then_with(by_version)
        });
    }

    /// The one of this version, or the newest of those that are active.
    pub(super) fn find(&self, url: &str, version: Option<&str>) -> Option<&Arc<Entry<T>>> {
        let versions = self.by_url.get(url)?;
        match version {
            None => versions.last(),
            Some(version) => versions.iter().rev().find(|entry| entry.version.as_deref() == Some(version)),
        }
    }

    /// All of one url, the one that is meant where no version is named last.
    pub(super) fn of(&self, url: &str) -> &[Arc<Entry<T>>] {
        self.by_url.get(url).map_or(&[], Vec::as_slice)
    }

    /// The versions that there are.
    pub(super) fn versions(&self, url: &str) -> Vec<&str> {
        self.of(url).iter().filter_map(|entry| entry.version.as_deref()).collect()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Entry<T>>> {
        self.by_url.values().flatten()
    }
}
