//! What the entries meet in the store: a pure look, on a snapshot or inside the transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use meridian_access::Caller;
use meridian_model::definitions::Definitions;
use meridian_model::outcome::Issue;
use meridian_model::reference::{Reference, is_id};
use meridian_store::{GOLDEN_PATIENT, Key, Reader, Stored};
use serde_json::Value;

use super::merging::{Merging, successor};
use super::{Ask, Entry, NOT_YET, references};
use crate::EngineError;
use crate::search::{Found, where_one};

/// What an entry will do.
#[derive(Clone, Debug)]
pub(super) enum Resolved {
    New {
        id: String,
        claim: Option<String>,
    },
    /// The resource is there; nothing is written.
    Keep {
        row: Box<Stored>,
    },
    Replace {
        row: Box<Stored>,
    },
    Delete {
        row: Box<Stored>,
    },
    /// The same as another entry of this set.
    Same {
        entry: usize,
    },
}

/// Something that was seen, which commit sees again before it writes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    /// Type and id, with the version that is there (0 for none).
    Version { kind: &'static str, id: String, version: i64 },
    /// A condition and what it found.
    Condition { kind: &'static str, query: String, found: Option<Key> },
}

/// The result: one for each entry, the targets of references, and what it all rests on.
pub(super) struct Resolution {
    pub(super) entries: Vec<Resolved>,
    /// From what references say (`urn:uuid:…`, `Practitioner?identifier=…`) to what they will say.
    pub(super) targets: HashMap<String, String>,
    pub(super) seen: Vec<Seen>,
}

/// Ids for what may be made, given before the first attempt, so that every attempt gives the same.
pub(super) fn assign(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| id_for(&entry.ask)).collect()
}

/// A new id. Its beginning is the time, which keeps what is written together together in the directory.
fn id_for(ask: &Ask) -> String {
    match ask {
        Ask::Update { id, .. } | Ask::Delete { id, .. } => id.clone(),
        Ask::Create { .. } | Ask::UpdateWhere { .. } => uuid::Uuid::now_v7().to_string(),
    }
}

pub(super) fn resolve(
    reader: &Reader<'_>,
    caller: &Caller,
    entries: &[Entry],
    ids: &[String],
    merging: Option<&dyn Merging>,
) -> Result<Resolution, EngineError> {
    let mut looking = Looking {
        reader,
        caller,
        merging,
        seen: Vec::new(),
        claims: HashMap::new(),
        written: HashMap::new(),
        ends: entries.iter().filter_map(deleted).collect(),
    };
    let mut resolved = Vec::with_capacity(entries.len());
    for (nth, (entry, id)) in entries.iter().zip(ids).enumerate() {
        resolved.push(looking.entry(nth, entry, id).map_err(|error| error.within(&entry.place))?);
    }
    let mut targets = full_urls(entries, &resolved, ids)?;
    looking.conditional_references(entries, &resolved, &mut targets)?;
    Ok(Resolution { entries: resolved, targets, seen: looking.seen })
}

struct Looking<'a> {
    reader: &'a Reader<'a>,
    caller: &'a Caller,
    merging: Option<&'a dyn Merging>,
    seen: Vec<Seen>,
    /// Conditions of creates in this set.
    claims: HashMap<String, usize>,
    /// What this set writes, to refuse writing it twice.
    written: HashMap<(&'static str, String), usize>,
    /// What this set deletes: R4 deletes first, so that conditions no longer find it.
    ends: HashSet<(&'static str, String)>,
}

fn deleted(entry: &Entry) -> Option<(&'static str, String)> {
    match &entry.ask {
        Ask::Delete { kind, id, .. } => Some((kind, id.clone())),
        _ => None,
    }
}

impl Looking<'_> {
    fn entry(&mut self, nth: usize, entry: &Entry, id: &str) -> Result<Resolved, EngineError> {
        match &entry.ask {
            Ask::Create { kind, if_none_exist: None, .. } => {
                self.once(nth, kind, id)?;
                Ok(Resolved::New { id: id.to_owned(), claim: None })
            }
            Ask::Create { kind, if_none_exist: Some(query), .. } => {
                let claim = format!("{kind}?{query}");
                if let Some(first) = self.claims.get(&claim) {
                    return Ok(Resolved::Same { entry: *first });
                }
                self.claims.insert(claim.clone(), nth);
                match self.found(nth, kind, query)? {
                    Some(row) => Ok(Resolved::Keep { row: Box::new(row) }),
                    None => Ok(Resolved::New { id: id.to_owned(), claim: Some(claim) }),
                }
            }
            Ask::Update { kind, id, if_match, .. } => {
                self.once(nth, kind, id)?;
                let row = self.version(kind, id)?;
                check_match(row.as_ref(), *if_match)?;
                Ok(match row {
                    Some(row) => Resolved::Replace { row: Box::new(row) },
                    None => Resolved::New { id: id.clone(), claim: None },
                })
            }
            Ask::UpdateWhere { kind, query, resource, if_match } => {
                let claim = format!("{kind}?{query}");
                if self.claims.insert(claim.clone(), nth).is_some() {
                    return Err(EngineError::invalid("", format!("two entries write {claim}")));
                }
                let row = self.found(nth, kind, query)?;
                check_match(row.as_ref(), *if_match)?;
                let sent = resource.get("id").and_then(Value::as_str);
                match row {
                    Some(row) if sent.is_some_and(|sent| sent != row.id) => Err(EngineError::invalid(
                        format!("{kind}.id"),
                        format!("the condition finds {kind}/{}, not the id of the resource", row.id),
                    )),
                    Some(row) => {
                        self.once(nth, kind, &row.id)?;
                        Ok(Resolved::Replace { row: Box::new(row) })
                    }
                    None => Ok(Resolved::New { id: id.to_owned(), claim: Some(claim) }),
                }
            }
            Ask::Delete { kind, id, if_match } => {
                self.once(nth, kind, id)?;
                let row = self.version(kind, id)?;
                check_match(row.as_ref(), *if_match)?;
                match row {
                    None => Err(EngineError::NotFound(format!("{kind}/{id}"))),
                    Some(row) if row.deleted => Ok(Resolved::Keep { row: Box::new(row) }),
                    Some(row) => Ok(Resolved::Delete { row: Box::new(row) }),
                }
            }
        }
    }

    fn once(&mut self, nth: usize, kind: &'static str, id: &str) -> Result<(), EngineError> {
        match self.written.insert((kind, id.to_owned()), nth) {
            None => Ok(()),
            Some(_) => Err(EngineError::invalid("", format!("two entries write {kind}/{id}"))),
        }
    }

    fn version(&mut self, kind: &'static str, id: &str) -> Result<Option<Stored>, EngineError> {
        if !is_id(id) {
            let says = "an id is 1 to 64 letters, digits, hyphens and dots";
            return Err(EngineError::invalid(format!("{kind}.id"), says));
        }
        let code = Definitions::r4().type_code(kind).unwrap_or_default();
        let row = self.reader.find(code, id)?;
        if row.is_none()
            && kind == "Patient"
            && let Some(golden) = self.reader.find(GOLDEN_PATIENT, id)?
        {
            golden_is_not_written(&golden)?;
        }
        let version = row.as_ref().map_or(0, |row| row.version);
        self.seen.push(Seen::Version { kind, id: id.to_owned(), version });
        Ok(row)
    }

    fn condition(&mut self, kind: &'static str, query: &str) -> Result<Option<Stored>, EngineError> {
        let found = match where_one(self.reader, self.caller, kind, query)? {
            Found::None => None,
            Found::One(row) => Some(*row),
            Found::Many => {
                return Err(EngineError::Precondition(format!("{kind}?{query} finds more than one resource")));
            }
        };
        let seen = Seen::Condition { kind, query: query.to_owned(), found: found.as_ref().map(|row| row.key) };
        if !self.seen.contains(&seen) {
            self.seen.push(seen);
        }
        if let Some(row) = &found {
            golden_is_not_written(row)?;
            let version = Seen::Version { kind, id: row.id.clone(), version: row.version };
            self.seen.push(version);
        }
        Ok(found.filter(|row| !self.ends.contains(&(kind, row.id.clone()))))
    }

    /// What a condition finds, or what stands for it now.
    fn found(&mut self, nth: usize, kind: &'static str, query: &str) -> Result<Option<Stored>, EngineError> {
        let found = self.condition(kind, query)?;
        match (self.merging, found) {
            (Some(merging), Some(row)) => successor(self.reader, merging, nth, row, &mut self.seen).map(Some),
            (_, found) => Ok(found),
        }
    }

    /// Finds the one resource behind each `Type?query` reference.
    fn conditional_references(
        &mut self,
        entries: &[Entry],
        resolved: &[Resolved],
        targets: &mut HashMap<String, String>,
    ) -> Result<(), EngineError> {
        let mut wanted: BTreeMap<String, &Entry> = BTreeMap::new();
        for (entry, resolved) in entries.iter().zip(resolved) {
            let writes = matches!(resolved, Resolved::New { .. } | Resolved::Replace { .. });
            if let Some(resource) = entry.ask.resource().filter(|_| writes) {
                references::visit(resource, &mut |text| {
                    if matches!(Reference::parse(text), Reference::Conditional { .. }) && !wanted.contains_key(text) {
                        wanted.insert(text.to_owned(), entry);
                    }
                });
            }
        }
        for (text, entry) in wanted {
            let Reference::Conditional { kind, query } = Reference::parse(&text) else { continue };
            let Some(kind) = Definitions::r4().type_code(kind).and_then(|code| Definitions::r4().type_name(code))
            else {
                continue;
            };
            let found = where_one(self.reader, self.caller, kind, query)?;
            let says = match found {
                Found::One(row) if !self.ends.contains(&(kind, row.id.clone())) => {
                    let key = Some(row.key);
                    self.seen.push(Seen::Condition { kind, query: query.to_owned(), found: key });
                    targets.insert(text.clone(), format!("{kind}/{}", row.id));
                    continue;
                }
                Found::None | Found::One(_) => "finds no resource",
                Found::Many => "finds more than one resource",
            };
            let place = entry.ask.resource().and_then(|resource| references::place_of(resource, &text));
            let issue = Issue::error("not-found", format!("the reference {text} {says}")).at(place.unwrap_or_default());
            return Err(EngineError::Unprocessable(vec![issue]).within(&entry.place));
        }
        Ok(())
    }
}

fn golden_is_not_written(row: &Stored) -> Result<(), EngineError> {
    if row.kind == GOLDEN_PATIENT {
        let says = "a golden Patient is kept by the registry and cannot be written";
        return Err(EngineError::NotSupported(says.to_owned()));
    }
    Ok(())
}

fn check_match(row: Option<&Stored>, if_match: Option<i64>) -> Result<(), EngineError> {
    match (row, if_match) {
        (_, None) => Ok(()),
        (Some(row), Some(version)) if row.version == version => Ok(()),
        (Some(row), Some(_)) => Err(EngineError::Precondition(format!("the current version is {}", row.version))),
        (None, Some(NOT_YET)) => Ok(()),
        (None, Some(_)) => Err(EngineError::Precondition("there is no version yet".to_owned())),
    }
}

fn full_urls(entries: &[Entry], resolved: &[Resolved], ids: &[String]) -> Result<HashMap<String, String>, EngineError> {
    let mut targets = HashMap::new();
    for (nth, (entry, resolution)) in entries.iter().zip(resolved).enumerate() {
        let Some(full_url) = &entry.full_url else { continue };
        let (nth, resolution) = match resolution {
            Resolved::Same { entry } => (*entry, resolved.get(*entry).unwrap_or(resolution)),
            own => (nth, own),
        };
        let id = match resolution {
            Resolved::Keep { row } | Resolved::Replace { row } | Resolved::Delete { row } => Some(row.id.clone()),
            Resolved::New { id, .. } => Some(id.clone()),
            Resolved::Same { .. } => ids.get(nth).cloned(),
        };
        if let Some(id) = id {
            let target = format!("{}/{id}", entry.ask.kind());
            let says = format!("`{full_url}` stands for two resources");
            match targets.insert(full_url.clone(), target.clone()) {
                Some(other) if other != target => {
                    return Err(EngineError::invalid(format!("{}.fullUrl", entry.place), says));
                }
                _ => {}
            }
        }
    }
    Ok(targets)
}
