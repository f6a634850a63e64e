//! All structures in force: R4's own and those that packages and the store add.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, OnceLock};

use serde_json::Value;

use super::table::table;
use crate::terms::{Standing, compare};

use super::{Fault, HL7, Interner, Structure, canonical, definition};
use crate::says::Says;
use crate::snapshot;

/// So many definitions may rest one on the other; each takes some 30 KB of the stack where nothing is optimised.
const DEEPEST: usize = 16;

/// Why there is no structure at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// Nobody has defined it here.
    Unknown,
    /// It is here, and can't be used.
    Broken(Fault),
}

/// All structures in force. A clone is cheap.
#[derive(Debug, Clone)]
pub struct Structures(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// By address without version; the last is meant where none is asked for.
    added: HashMap<String, Vec<Arc<Added>>>,
    /// R4's constraints.
    interner: Arc<Interner>,
}

#[derive(Debug)]
struct Added {
    version: Option<String>,
    standing: Standing,
    resource: Arc<Value>,
    made: OnceLock<Result<Arc<Structure>, Fault>>,
}

static R4: LazyLock<Structures> = LazyLock::new(|| {
    let interner = Interner::default();
    for one in table().constraints.values() {
        interner.put(one);
    }
    Structures(Arc::new(Inner { added: HashMap::new(), interner: Arc::new(interner) }))
});

impl Structures {
    /// Those of R4 alone. The first call looks for the lines of the table (some milliseconds).
    #[must_use]
    pub fn r4() -> &'static Self {
        &R4
    }

    /// These and the StructureDefinitions of `resources`; other resources are left aside. Of one address and version
    /// the later wins. Snapshots are made when first asked for: until then nobody knows whether one can be.
    #[must_use]
    pub fn with<'v>(&self, resources: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut added = self.0.added.clone();
        for resource in resources {
            if resource.get("resourceType").and_then(Value::as_str) == Some("StructureDefinition")
                && let Some(url) = resource.get("url").and_then(Value::as_str)
            {
                let version = resource.get("version").and_then(Value::as_str).map(str::to_owned);
                let rows = added.entry(url.to_owned()).or_default();
                let standing = Standing::of(resource);
                if rows.iter().any(|one| one.version == version && one.standing > standing) {
                    continue;
                }
                rows.retain(|one| one.version != version);
                rows.push(Arc::new(Added {
                    version,
                    standing,
                    resource: Arc::new(resource.clone()),
                    made: OnceLock::new(),
                }));
                rows.sort_by(|one, other| {
                    let by_version = || compare(one.version.as_deref(), other.version.as_deref());
                    one.standing.cmp(&other.standing).then_with(by_version)
                });
            }
        }
        // What was made may rest on what has changed.
        for one in added.values_mut().flatten() {
            let (version, resource) = (one.version.clone(), one.resource.clone());
            let fresh = Added { version, standing: one.standing, resource, made: OnceLock::new() };
            *one = Arc::new(fresh);
        }
        Self(Arc::new(Inner { added, interner: self.0.interner.clone() }))
    }

    /// The structure at a canonical address, with or without version.
    ///
    /// # Errors
    /// Nobody has defined it here, or it can't be used.
    pub fn get(&self, address: &str) -> Result<Arc<Structure>, Missing> {
        self.within(address, &mut Vec::new())
    }

    /// The same while others are being made, whose addresses are in `trail`.
    pub(crate) fn within(&self, address: &str, trail: &mut Vec<String>) -> Result<Arc<Structure>, Missing> {
        let (url, version) = canonical(address);
        let added = self.0.added.get(url).and_then(|rows| choose(rows, version));
        if let Some(one) = added.filter(|one| !one.is_behind_ours(url, version)) {
            return self.make(one, url, trail).map_err(Missing::Broken);
        }
        let is_ours = version.is_none_or(|version| super::table::VERSION.starts_with(version));
        if !is_ours {
            return Err(Missing::Unknown);
        }
        table().get(url).cloned().ok_or(Missing::Unknown)
    }

    fn make(&self, one: &Added, url: &str, trail: &mut Vec<String>) -> Result<Arc<Structure>, Fault> {
        if let Some(made) = one.made.get() {
            return made.clone();
        }
        if trail.iter().any(|above| above == url) {
            return Err(Fault::new(url, Says::RestsOnItself));
        }
        // Each costs a turn of the stack.
        if trail.len() >= DEEPEST {
            return Err(Fault::new(url, Says::RestsTooDeep { most: DEEPEST }));
        }
        trail.push(url.to_owned());
        let made = snapshot::structure(&one.resource, self, trail);
        trail.pop();
        // What failed below others may have failed because of the trail: only a whole answer is kept.
        if made.is_ok() || trail.is_empty() {
            let _ = one.made.set(made.clone());
        }
        made
    }

    /// The structure of a definition that is among these as it stands there; `None` where it is not.
    pub(super) fn of_definition(&self, resource: &Value) -> Option<Result<Arc<Structure>, Fault>> {
        let text = |key: &str| resource.get(key).and_then(Value::as_str);
        let (url, version) = (text("url")?, text("version"));
        let one = self.0.added.get(url)?.iter().find(|one| one.version.as_deref() == version)?;
        is_same(&one.resource, resource).then(|| self.make(one, url, &mut Vec::new()))
    }

    /// The active ones that packages and the store added and that rest, however far above, on one of these addresses: the
    /// address of each with its version, and that on which it rests, in order.
    #[must_use]
    pub fn resting_on(&self, urls: &HashSet<String>) -> Vec<(String, String)> {
        let base = |url: &str| self.0.added.get(url)?.last()?.resource.get("baseDefinition")?.as_str();
        let rests = |one: &Added| {
            let mut above = one.resource.get("baseDefinition").and_then(Value::as_str);
            for _ in 0..DEEPEST {
                let (url, _) = canonical(above?);
                if urls.contains(url) {
                    return Some(url.to_owned());
                }
                above = base(url);
            }
            None
        };
        let all = self.0.added.iter().flat_map(|(url, rows)| rows.iter().map(move |one| (url, one)));
        let others = all.filter(|(url, one)| !urls.contains(*url) && one.standing == Standing::Active);
        let mut found: Vec<(String, String)> = others
            .filter_map(|(url, one)| {
                let on = rests(one)?;
                Some((one.version.as_ref().map_or_else(|| url.clone(), |version| format!("{url}|{version}")), on))
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// The structure of a type of R4 or of a logical model: `Patient`, `HumanName`, `code`.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn of_type(&self, name: &str) -> Result<Arc<Structure>, Missing> {
        if name.contains(':') {
            return self.get(name);
        }
        // The types of R4 themselves can't be redefined.
        let mut url = String::with_capacity(HL7.len() + name.len());
        url.push_str(HL7);
        url.push_str(name);
        table().get(&url).cloned().map_or_else(|| self.get(&url), Ok)
    }

    /// The addresses of all structures, in no order.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        let ours = table().urls().map(|url| -> &str { url });
        ours.chain(self.0.added.keys().map(String::as_str))
    }

    /// Can this StructureDefinition be read? What it rests on is not asked.
    ///
    /// # Errors
    /// The place of what is wrong.
    pub fn check(resource: &Value) -> Result<(), Fault> {
        definition(resource, &Interner::default()).map(|_| ())
    }

    /// Reads the StructureDefinition itself. Its own constraints go with it: only R4's are kept for all.
    pub(crate) fn read(&self, resource: &Value) -> Result<super::Definition, Fault> {
        definition(resource, &Interner::above(&self.0.interner))
    }

    /// Is the structure at `address` the one at `base` or made from it?
    #[must_use]
    pub fn is_from(&self, structure: &Structure, base: &str) -> bool {
        let (base, _) = canonical(base);
        if structure.url == base {
            return true;
        }
        let mut above = structure.base.clone();
        for _ in 0..32 {
            let Some(url) = above else { return false };
            if canonical(&url).0 == base {
                return true;
            }
            above = self.get(&url).ok().and_then(|one| one.base.clone());
        }
        false
    }
}

impl Added {
    /// R4's own goes before a draft, and before what is older, unless that very version is asked for.
    fn is_behind_ours(&self, url: &str, version: Option<&str>) -> bool {
        let ours = super::table::VERSION;
        let is_lower = match version {
            Some(version) => ours.starts_with(version) && self.standing < Standing::Active,
            None => self.standing < Standing::Active || compare(self.version.as_deref(), Some(ours)).is_lt(),
        };
        is_lower && table().get(url).is_some()
    }
}

/// Whether two resources define the same: what is not read of them may differ.
fn is_same(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return false };
    let is_read = |key: &str| !matches!(key, "id" | "meta" | "text" | "date");
    one.iter().filter(|(key, _)| is_read(key)).all(|(key, value)| other.get(key) == Some(value))
        && other.keys().filter(|key| is_read(key)).all(|key| one.contains_key(key))
}

/// The one of this version; without one, the newest of those that are active (`terms/canonical`). `1.2` also means
/// `1.2.x`.
fn choose<'a>(rows: &'a [Arc<Added>], version: Option<&str>) -> Option<&'a Arc<Added>> {
    let Some(version) = version else { return rows.last() };
    let exact = rows.iter().rev().find(|one| one.version.as_deref() == Some(version));
    let starts = |own: &str| own.strip_prefix(version).is_some_and(|rest| rest.starts_with('.'));
    exact.or_else(|| rows.iter().rev().find(|one| one.version.as_deref().is_some_and(starts)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patient(url: &str, version: &str, status: &str, name: &str) -> Value {
        json!({"resourceType": "StructureDefinition", "url": url, "version": version, "name": name, "status": status,
            "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint",
            "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
            "differential": {"element": [{"id": "Patient", "path": "Patient", "short": name}]}})
    }

    #[test]
    fn what_is_active_is_meant_and_of_that_the_newest() {
        const URL: &str = "http://x/sd";
        let found = |all: &[Value], address: &str| {
            let structures = Structures::r4().with(all);
            structures.get(address).unwrap().version.clone()
        };
        let some = |version: &str| Some(version.to_owned());
        let of = |version: &str, status: &str| patient(URL, version, status, "A");
        assert_eq!(found(&[of("2.0", "active"), of("1.0", "active")], URL), some("2.0"));
        assert_eq!(found(&[of("1.9", "active"), of("1.10", "active")], URL), some("1.10"));
        let all = [of("1", "active"), of("2", "draft"), of("3", "retired")];
        assert_eq!((found(&all, URL), found(&all, "http://x/sd|2")), (some("1"), some("2")));
        assert_eq!(found(&all[1..], URL), some("2"));
        // R4's own stand against drafts and against what is older.
        let vital = "http://hl7.org/fhir/StructureDefinition/vitalsigns";
        for (version, status) in [("4.0.1", "draft"), ("9", "draft"), ("1", "active")] {
            assert_eq!(found(&[patient(vital, version, status, "B")], vital), some("4.0.1"), "{version} {status}");
        }
        assert_eq!(found(&[patient(vital, "9", "active", "B")], vital), some("9"));
        assert_eq!(found(&[patient(vital, "9", "draft", "B")], &format!("{vital}|9")), some("9"));
    }
}
