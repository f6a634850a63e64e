//! What comes with the program: R4's own terms, those of ISO and those for China.
//!
//! Only the beginning of each resource is read at first; the rest waits until it is asked for.

mod files;

use meridian_model::both;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::fault::Fault;
use super::json::{owned, text};
use super::map::ConceptMap;
use super::set::ValueSet;
use super::shelf::Entry;
use super::system::{CodeSystem, Content};
use super::{Inner, Terms, canonical, import};
use crate::embedded::Embedded;

const R4: &str = include_str!("../../../../definitions/terms.json");

pub(super) fn terms() -> &'static Terms {
    static TERMS: OnceLock<Terms> = OnceLock::new();
    TERMS.get_or_init(|| {
        let mut inner = Inner::default();
        inner.r4();
        for (name, text) in files::FILES {
            inner.file(name, text);
        }
        let supplements: Vec<_> = inner.supplements.all().filter_map(|entry| entry.get().ok()).collect();
        let bases = supplements.iter().filter_map(|system| system.head.supplements.as_deref());
        let bases: Vec<String> = bases.map(|base| canonical::split(base).0.to_owned()).collect();
        inner.join(&bases);
        Terms { inner: Arc::new(inner) }
    })
}

impl Inner {
    fn r4(&mut self) {
        let mut kind = "";
        for line in R4.lines() {
            if let Some((name, _)) = line.strip_prefix('"').and_then(|rest| rest.split_once("\":[")) {
                kind = name;
                continue;
            }
            let Some(head) = LineHead::of(line) else { continue };
            let (url, version) = (head.url, head.version);
            let body = line.strip_suffix(',').unwrap_or(line);
            match kind {
                // The one supplement is an example of R4's.
                "codeSystems" if body.contains("\"content\":\"supplement\"") => {
                    self.supplements.put(Entry::later(url, version, move || CodeSystem::parse(&json(body)?)));
                }
                "codeSystems" => {
                    self.put_system(Entry::later(url, version, move || CodeSystem::parse(&json(body)?)));
                    head.oids(|oid| {
                        self.oids.insert(oid.into(), url.into());
                    });
                }
                "valueSets" => self.sets.put(Entry::later(url, version, move || ValueSet::parse(&json(body)?))),
                "conceptMaps" => self.maps.put(Entry::later(url, version, move || ConceptMap::parse(&json(body)?))),
                _ => {}
            }
        }
    }

    /// A file of its own: JSON, or a table with a head.
    fn file(&mut self, name: &'static str, body: &'static str) {
        if name.ends_with(".csv") {
            let head = import::csv::head(body);
            let part = |wanted: &str| head.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
            let url = part("url").unwrap_or_default().to_owned();
            let version = part("version").map(str::to_owned);
            let read = move || import::csv::read(body);
            if part("resourceType") == Some("ConceptMap") {
                self.maps.put(Entry::later(&url, version.as_deref(), move || ConceptMap::parse(&read()?)));
                return;
            }
            let oids: Vec<String> =
                head.iter().filter(|(key, _)| key == "identifier").map(|(_, oid)| oid.clone()).collect();
            self.note(&url, &oids, part("valueSet"));
            let entry = Entry::later(&url, version.as_deref(), move || CodeSystem::parse(&read()?));
            match part("content") {
                Some("supplement") => self.supplements.put(entry),
                _ => self.put_system(entry),
            }
            return;
        }
        let Ok(resource) = json(body) else { return };
        let (url, version) = (owned(&resource, "url").unwrap_or_default(), owned(&resource, "version"));
        let version = version.as_deref();
        match text(&resource, "resourceType") {
            Some("CodeSystem") => {
                let Ok(system) = CodeSystem::parse(&resource) else { return };
                self.note(&url, &system.head.oids.clone(), system.head.value_set.as_deref());
                match system.head.content {
                    Content::Supplement => self.supplements.put(Entry::now(&url, version, Arc::new(system))),
                    _ => self.put_system(Entry::now(&url, version, Arc::new(system))),
                }
            }
            Some("ValueSet") => self.sets.put(Entry::later(&url, version, move || ValueSet::parse(&resource))),
            Some("ConceptMap") => self.maps.put(Entry::later(&url, version, move || ConceptMap::parse(&resource))),
            _ => {}
        }
    }
}

fn json(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text)
        .map_err(|error| Fault::invalid(both!("an embedded resource is broken: {error}", "自带的资源有误：{error}")))
}

/// The beginning of a line of `terms.json`.
struct LineHead<'t> {
    url: &'t str,
    version: Option<&'t str>,
    rest: &'t str,
}

impl<'t> LineHead<'t> {
    fn of(line: &'t str) -> Option<LineHead<'t>> {
        let (url, rest) = line.strip_prefix("{\"url\":\"")?.split_once('"')?;
        let (version, rest) = match rest.strip_prefix(",\"version\":\"").and_then(|rest| rest.split_once('"')) {
            Some((version, rest)) => (Some(version), rest),
            None => (None, rest),
        };
        Some(LineHead { url, version, rest })
    }

    fn oids(&self, mut found: impl FnMut(&str)) {
        let mut rest = self.rest.strip_prefix(",\"identifier\":[").unwrap_or_default();
        while let Some((oid, after)) = rest.strip_prefix("{\"value\":\"").and_then(|rest| rest.split_once('"')) {
            found(oid);
            rest = after.trim_start_matches(['}', ',']);
        }
    }
}

/// The code systems of R4 of which it has no codes.
pub(super) fn codeless() -> &'static HashSet<&'static str> {
    static CODELESS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    CODELESS.get_or_init(|| {
        let without = R4.lines().filter(|line| line.contains("\"content\":\"not-present\""));
        without.filter_map(|line| LineHead::of(line).map(|head| head.url)).collect()
    })
}

/// All of them, each by itself.
pub(crate) fn all_embedded() -> Vec<Embedded> {
    let mut all = Vec::with_capacity(2600);
    let mut kind = "";
    for line in R4.lines() {
        if let Some((name, _)) = line.strip_prefix('"').and_then(|rest| rest.split_once("\":[")) {
            kind = match name {
                "codeSystems" => "CodeSystem",
                "valueSets" => "ValueSet",
                _ => "ConceptMap",
            };
            continue;
        }
        let Some(head) = LineHead::of(line) else { continue };
        let Some(id) = line.split_once("\"id\":\"").and_then(|(_, rest)| rest.split('"').next()) else { continue };
        let (url, version) = (head.url.to_owned(), head.version.map(str::to_owned));
        let of = line.strip_suffix(',').unwrap_or(line);
        all.push(Embedded { kind, id: id.to_owned(), url, version, of, made: |line| json(line).ok() });
    }
    for (name, body) in files::FILES {
        let name = name.rsplit('/').next().unwrap_or_default();
        if name.ends_with(".csv") { tabled(name, body, &mut all) } else { written(name, body, &mut all) }
    }
    all
}

fn written(name: &str, of: &'static str, all: &mut Vec<Embedded>) {
    let Ok(resource) = json(of) else { return };
    let kind = match text(&resource, "resourceType") {
        Some("CodeSystem") => "CodeSystem",
        Some("ConceptMap") => "ConceptMap",
        _ => "ValueSet",
    };
    let id = owned(&resource, "id").unwrap_or_else(|| name.trim_end_matches(".json").to_owned());
    let (url, version) = (owned(&resource, "url").unwrap_or_default(), owned(&resource, "version"));
    all.push(Embedded { kind, id, url, version, of, made: |body| json(body).ok() });
}

/// A table, and the value set of all its codes that its head may name.
fn tabled(name: &str, of: &'static str, all: &mut Vec<Embedded>) {
    let head = import::csv::head(of);
    let part = |wanted: &str| head.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.clone());
    let (url, version) = (part("url").unwrap_or_default(), part("version"));
    let id = name.trim_end_matches(".csv").to_owned();
    let kind = if part("resourceType").as_deref() == Some("ConceptMap") { "ConceptMap" } else { "CodeSystem" };
    let whole = part("valueSet").map(|url| Embedded {
        kind: "ValueSet",
        id: url.rsplit('/').next().unwrap_or_default().to_owned(),
        url,
        version: version.clone(),
        of,
        made: whole_set,
    });
    all.push(Embedded { kind, id, url, version, of, made: |body| import::csv::read(body).ok() });
    all.extend(whole);
}

/// The value set of all codes of a table.
fn whole_set(of: &'static str) -> Option<Value> {
    let head = import::csv::head(of);
    let part = |wanted: &str| head.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
    let mut out = serde_json::Map::new();
    out.insert("url".to_owned(), part("valueSet")?.into());
    for key in ["version", "name", "title", "status", "date", "publisher", "copyright"] {
        out.extend(part(key).map(|said| (key.to_owned(), said.into())));
        out.extend(import::csv::translations(&head, key).map(|beside| (format!("_{key}"), beside)));
    }
    out.insert("compose".to_owned(), serde_json::json!({"include": [{"system": part("url")?}]}));
    Some(Value::Object(out))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The names of the files in a folder below `definitions/`.
    fn names(folder: &str) -> Vec<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions").join(folder);
        let files = std::fs::read_dir(path).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let tables = |name: &String| name.ends_with(".csv") || name.ends_with(".json");
        files.filter(tables).map(|name| format!("{folder}/{name}")).collect()
    }

    #[test]
    fn every_file_is_embedded() {
        let mut there = [names("cn/terms"), names("iso")].concat();
        there.sort();
        let mut listed: Vec<&str> = files::FILES.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(there, listed);
    }

    #[test]
    fn every_file_is_whole() {
        for (name, body) in files::FILES {
            let resource = if name.ends_with(".csv") { import::csv::read(body) } else { json(body) };
            let resource = resource.unwrap_or_else(|fault| panic!("{name}: {fault}"));
            crate::terms::Loaded::read(&resource).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        }
    }

    #[test]
    fn every_resource_of_r4_is_whole() {
        let terms = terms();
        let (mut systems, mut sets, mut maps) = (0, 0, 0);
        for entry in terms.inner.plain.all().chain(terms.inner.supplements.all()) {
            entry.get().unwrap_or_else(|fault| panic!("{}: {fault}", entry.url));
            systems += 1;
        }
        for entry in terms.inner.sets.all() {
            entry.get().unwrap_or_else(|fault| panic!("{}: {fault}", entry.url));
            sets += 1;
        }
        for entry in terms.inner.maps.all() {
            entry.get().unwrap_or_else(|fault| panic!("{}: {fault}", entry.url));
            maps += 1;
        }
        assert!(systems > 1060 && sets > 1310 && maps > 18, "{systems} {sets} {maps}");
        assert_eq!(terms.url_of("urn:oid:2.16.840.1.113883.5.4"), "http://terminology.hl7.org/CodeSystem/v3-ActCode");
    }
}
