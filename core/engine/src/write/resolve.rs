//! What the entries meet in the store: a pure look, on a snapshot or inside the transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use meridian_access::{Act, Caller};
use meridian_model::both;
use meridian_model::definitions::{Catalogue, Definitions};
use meridian_model::language::Both;
use meridian_model::outcome::Issue;
use meridian_model::reference::{Reference, is_id};
use meridian_store::{GOLDEN_PATIENT, Key, Reader, Stored};

use super::ask::{Ask, Entry};
use super::looks::{Kept, Met};
use super::merging::{Merging, successor};
use super::references::Targets;
use super::{NOT_YET, Options, Sent};
use crate::meaning::structures::Law;
use crate::search::{Found, foresee, where_one, where_some};
use crate::sight::permission;
use crate::{Engine, EngineError};

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
    /// All that a condition met.
    DeleteAll {
        rows: Vec<Stored>,
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
    /// A condition that may meet several, and what it met.
    Conditions { kind: &'static str, query: String, most: u32, found: Vec<Key> },
}

/// The result: one for each entry, the targets of references, and what it all rests on.
pub(super) struct Resolution {
    pub(super) entries: Vec<Resolved>,
    pub(super) targets: Targets,
    pub(super) seen: Vec<Seen>,
    /// What was there and comes to be shown.
    pub(super) kept: Vec<Kept>,
    /// The Patients among what is written.
    pub(super) patients: Vec<String>,
    /// What StructureDefinitions are judged by, where there are any.
    pub(super) law: Option<Law>,
}

impl Resolution {
    /// The same with the law for what is written, on the same sight of the store.
    pub(super) fn judged_by(
        mut self,
        engine: &Engine,
        reader: &Reader<'_>,
        entries: &[Entry],
    ) -> Result<Resolution, EngineError> {
        self.law = Law::of(engine, reader, entries)?;
        Ok(self)
    }

    /// The bytes of all that was there and is taken apart.
    pub(super) fn weight(&self) -> usize {
        let rows = self.entries.iter().map(|resolved| match resolved {
            Resolved::Keep { row } | Resolved::Replace { row } | Resolved::Delete { row } => row.body.weight(),
            Resolved::DeleteAll { rows } => rows.iter().map(|row| row.body.weight()).sum(),
            Resolved::New { .. } | Resolved::Same { .. } => 0,
        });
        rows.sum()
    }
}

/// Ids for what may be made, given before the first attempt, so that every attempt gives the same.
pub(super) fn assign(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| id_for(&entry.ask)).collect()
}

/// A new id. Its beginning is the time, which keeps what is written together together in the directory.
fn id_for(ask: &Ask) -> String {
    match ask {
        Ask::Update { id, .. } | Ask::Edit { id, .. } | Ask::Delete { id, .. } => id.clone(),
        Ask::UpdateWhere { resource, .. } => resource.id().map_or_else(fresh, str::to_owned),
        Ask::Create { .. } => fresh(),
        Ask::EditWhere { .. } | Ask::DeleteWhere { .. } => String::new(), // they make nothing
    }
}

fn fresh() -> String {
    uuid::Uuid::now_v7().to_string()
}

pub(super) fn resolve(
    reader: &Reader<'_>,
    caller: &Caller,
    entries: &[Entry],
    ids: &[String],
    catalogue: &Catalogue,
    options: &Options,
    met: &Met,
) -> Result<Resolution, EngineError> {
    met.take(); // an attempt before this one saw another state
    let mut looking = Looking {
        reader,
        caller,
        catalogue,
        entries,
        merging: options.merging.as_deref(),
        update_create: options.update_create,
        met,
        seen: Vec::new(),
        claims: HashMap::new(),
        written: HashMap::new(),
        ends: entries.iter().filter_map(deleted).collect(),
        several: HashMap::new(),
    };
    let conditions = entries.iter().filter_map(|entry| Some((entry.ask.kind(), entry.ask.condition()?)));
    foresee(reader, caller, catalogue, conditions)?;
    looking.what_ends()?;
    let mut resolved = Vec::with_capacity(entries.len());
    for (nth, (entry, id)) in entries.iter().zip(ids).enumerate() {
        resolved.push(looking.entry(nth, entry, id).map_err(|error| error.within(&entry.place))?);
    }
    let mut targets = full_urls(entries, &resolved, ids)?;
    looking.conditional_references(entries, &resolved, &mut targets.texts)?;
    let seen = looking.seen;
    let all = || entries.iter().zip(&resolved);
    let kept = all().filter_map(|(entry, resolved)| kept(entry, resolved)).collect();
    let patients = all().filter(|(entry, _)| entry.ask.kind() == "Patient");
    let patients = patients.filter_map(|(_, resolved)| match resolved {
        Resolved::New { id, .. } => Some(id.clone()),
        Resolved::Replace { row } | Resolved::Delete { row } => Some(row.id.clone()),
        Resolved::Keep { .. } | Resolved::Same { .. } | Resolved::DeleteAll { .. } => None, // they are there
    });
    let patients = patients.collect();
    Ok(Resolution { entries: resolved, targets, seen, kept, patients, law: None })
}

/// What an entry shows of what was there.
fn kept(entry: &Entry, resolved: &Resolved) -> Option<Kept> {
    let (row, word) = match (resolved, &entry.ask) {
        (Resolved::Keep { row }, _) => (row, "condition"),
        (Resolved::Replace { row }, Ask::Edit { edit, .. } | Ask::EditWhere { edit, .. }) => (row, edit.word()),
        _ => return None,
    };
    Some(Kept { kind: entry.ask.kind(), id: row.id.clone(), subject: row.key.subject(), word })
}

struct Looking<'a> {
    reader: &'a Reader<'a>,
    caller: &'a Caller,
    catalogue: &'a Catalogue,
    entries: &'a [Entry],
    merging: Option<&'a dyn Merging>,
    update_create: bool,
    met: &'a Met,
    seen: Vec<Seen>,
    /// Conditions of creates in this set.
    claims: HashMap<String, usize>,
    /// What this set writes, to refuse writing it twice.
    written: HashMap<(&'static str, String), usize>,
    /// What this set deletes: R4 deletes first, so that conditions no longer find it.
    ends: HashSet<(&'static str, String)>,
    /// What the conditions of deletions met, by entry.
    several: HashMap<usize, Vec<Stored>>,
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
                self.check_shown(kind, row.as_ref(), *if_match)?;
                match row {
                    Some(row) => Ok(Resolved::Replace { row: Box::new(row) }),
                    None => self.new_under(kind, id, None),
                }
            }
            Ask::UpdateWhere { kind, query, resource, if_match } => {
                let claim = format!("{kind}?{query}");
                if self.claims.insert(claim.clone(), nth).is_some() {
                    return Err(EngineError::invalid("", both!("two entries write {claim}", "有两个条目写入 {claim}")));
                }
                let row = self.found(nth, kind, query)?;
                check_match(row.as_ref(), *if_match)?;
                match (row, resource.id()) {
                    (Some(row), Some(sent)) if sent != row.id => Err(EngineError::invalid(
                        format!("{kind}.id"),
                        both!(
                            "the condition finds {kind}/{}, not the id of the resource",
                            "条件找到的是 {kind}/{}，与资源的 id 不同",
                            row.id
                        ),
                    )),
                    (Some(row), _) => {
                        self.once(nth, kind, &row.id)?;
                        Ok(Resolved::Replace { row: Box::new(row) })
                    }
                    (None, None) => Ok(Resolved::New { id: id.to_owned(), claim: Some(claim) }),
                    (None, Some(sent)) => {
                        self.once(nth, kind, sent)?;
                        match self.version(kind, sent)? {
                            None => self.new_under(kind, sent, Some(claim)),
                            Some(row) if row.deleted => Ok(Resolved::Replace { row: Box::new(row) }),
                            Some(_) => Err(EngineError::Conflict(both!(
                                "{kind}/{sent} is there, and the condition does not find it",
                                "已有 {kind}/{sent}，但条件没有找到它"
                            ))),
                        }
                    }
                }
            }
            Ask::Edit { kind, id, if_match, edit } => {
                self.once(nth, kind, id)?;
                let row = self.version(kind, id)?;
                let may = permission(self.caller, Act::Look, kind)?;
                let missing = || EngineError::NotFound(Both::alike(format!("{kind}/{id}")));
                let row = row.filter(|row| may.shows(row)).ok_or_else(missing)?;
                if row.deleted {
                    return Err(EngineError::Gone(format!("{kind}/{id}")));
                }
                self.met.note(Kept { kind, id: row.id.clone(), subject: row.key.subject(), word: edit.word() });
                check_match(Some(&row), *if_match)?;
                Ok(Resolved::Replace { row: Box::new(row) })
            }
            Ask::EditWhere { kind, query, if_match, edit } => {
                let row = self.found(nth, kind, query)?;
                let row = row.ok_or_else(|| {
                    EngineError::NotFound(both!("what {kind}?{query} asks for", "符合 {kind}?{query} 的资源"))
                })?;
                self.met.note(Kept { kind, id: row.id.clone(), subject: row.key.subject(), word: edit.word() });
                check_match(Some(&row), *if_match)?;
                self.once(nth, kind, &row.id)?;
                Ok(Resolved::Replace { row: Box::new(row) })
            }
            Ask::DeleteWhere { kind, if_match, .. } => {
                let rows = self.several.remove(&nth).unwrap_or_default();
                for row in &rows {
                    golden_is_not_written(row)?;
                    self.once(nth, kind, &row.id)?;
                    self.seen.push(Seen::Version { kind, id: row.id.clone(), version: row.version });
                }
                if if_match.is_some() {
                    check_match(rows.first(), *if_match)?;
                }
                Ok(Resolved::DeleteAll { rows })
            }
            Ask::Delete { kind, id, if_match } => {
                self.once(nth, kind, id)?;
                let row = self.version(kind, id)?;
                self.check_shown(kind, row.as_ref(), *if_match)?;
                match row {
                    None => Ok(Resolved::DeleteAll { rows: Vec::new() }),
                    Some(row) if row.deleted => {
                        // Where something is withheld, nobody can tell of what is gone whether it was.
                        let shown = permission(self.caller, Act::Look, kind)?.shows(&row);
                        let gone = Resolved::DeleteAll { rows: Vec::new() };
                        Ok(if shown { Resolved::Keep { row: Box::new(row) } } else { gone })
                    }
                    Some(row) => Ok(Resolved::Delete { row: Box::new(row) }),
                }
            }
        }
    }

    /// As [`check_match`]; of what is withheld it says no more than of what never was.
    fn check_shown(&self, kind: &str, row: Option<&Stored>, if_match: Option<i64>) -> Result<(), EngineError> {
        let checked = check_match(row, if_match);
        if checked.is_err()
            && let Some(row) = row
            && !permission(self.caller, Act::Look, kind).is_ok_and(|may| may.shows(row))
        {
            return Err(no_version());
        }
        checked
    }

    /// What is made under an id that was sent, where that is the policy.
    fn new_under(&self, kind: &'static str, id: &str, claim: Option<String>) -> Result<Resolved, EngineError> {
        if !self.update_create {
            let says = both!(
                "{kind}/{id} is not here, and an update makes nothing here: it is created by POST",
                "没有 {kind}/{id}；此处不能用更新来新建，请用 POST 新建"
            );
            return Err(EngineError::NotAllowed(says));
        }
        Ok(Resolved::New { id: id.to_owned(), claim })
    }

    /// Runs the conditions of deletions: R4 deletes first, so that no other entry finds what they meet.
    fn what_ends(&mut self) -> Result<(), EngineError> {
        for (nth, entry) in self.entries.iter().enumerate() {
            let Ask::DeleteWhere { kind, query, most, .. } = &entry.ask else { continue };
            let found = where_some(self.reader, self.caller, self.catalogue, kind, query, *most);
            let (rows, more) = found.map_err(|error| error.within(&entry.place))?;
            if more {
                let says = both!("{kind}?{query} finds more than {most}", "{kind}?{query} 找到的超过 {most} 个");
                return Err(EngineError::Precondition(says).within(&entry.place));
            }
            let keys = rows.iter().map(|row| row.key).collect();
            self.seen.push(Seen::Conditions { kind, query: query.clone(), most: *most, found: keys });
            self.ends.extend(rows.iter().map(|row| (*kind, row.id.clone())));
            self.several.insert(nth, rows);
        }
        Ok(())
    }

    fn once(&mut self, nth: usize, kind: &'static str, id: &str) -> Result<(), EngineError> {
        let Some(first) = self.written.insert((kind, id.to_owned()), nth) else { return Ok(()) };
        let other = self.entries.get(first).map_or("another entry", |entry| entry.place.as_str());
        Err(EngineError::invalid(
            "",
            both!(
                "two entries write {kind}/{id}: this one and {other}",
                "有两个条目写入 {kind}/{id}：本条目和 {other}"
            ),
        ))
    }

    fn version(&mut self, kind: &'static str, id: &str) -> Result<Option<Stored>, EngineError> {
        if !is_id(id) {
            let says =
                both!("an id is 1 to 64 letters, digits, hyphens and dots", "id 应是 1 至 64 个字母、数字、`-` 或 `.`");
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
        let found = match where_one(self.reader, self.caller, self.catalogue, kind, query)? {
            Found::None => None,
            Found::One(row) => Some(*row),
            Found::Many => {
                return Err(EngineError::Precondition(both!(
                    "{kind}?{query} finds more than one resource",
                    "{kind}?{query} 找到不止一个资源，请把条件写得更准确"
                )));
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
                resource.conditions(&mut |text| {
                    if !wanted.contains_key(text) {
                        wanted.insert(text.to_owned(), entry);
                    }
                });
            }
        }
        let conditions = wanted.keys().filter_map(|text| match Reference::parse(text) {
            Reference::Conditional { kind, query } => Some((kind, query)),
            _ => None,
        });
        foresee(self.reader, self.caller, self.catalogue, conditions)?;
        for (text, entry) in wanted {
            let Reference::Conditional { kind, query } = Reference::parse(&text) else { continue };
            let Some(kind) = Definitions::r4().type_code(kind).and_then(|code| Definitions::r4().type_name(code))
            else {
                continue;
            };
            let found = where_one(self.reader, self.caller, self.catalogue, kind, query)?;
            let says = match found {
                Found::One(row) if !self.ends.contains(&(kind, row.id.clone())) => {
                    let key = Some(row.key);
                    self.seen.push(Seen::Condition { kind, query: query.to_owned(), found: key });
                    targets.insert(text.clone(), format!("{kind}/{}", row.id));
                    continue;
                }
                Found::None | Found::One(_) => both!("finds no resource", "没有找到资源，请核对条件"),
                Found::Many => both!("finds more than one resource", "找到不止一个资源"),
            };
            let place = entry.ask.resource().and_then(|resource| resource.place_of(&text));
            let issue = Issue::error("not-found", both!("the reference {text} {}", "引用 {text} {}", says))
                .at(place.unwrap_or_default());
            return Err(EngineError::Unprocessable(vec![issue]).within(&entry.place));
        }
        Ok(())
    }
}

fn golden_is_not_written(row: &Stored) -> Result<(), EngineError> {
    if row.kind == GOLDEN_PATIENT {
        let says = both!(
            "a golden Patient is kept by the registry and cannot be written",
            "主索引患者由系统维护，不能直接写入"
        );
        return Err(EngineError::NotSupported(says));
    }
    Ok(())
}

fn check_match(row: Option<&Stored>, if_match: Option<i64>) -> Result<(), EngineError> {
    match (row, if_match) {
        (_, None) => Ok(()),
        (Some(row), Some(version)) if row.version == version => Ok(()),
        (Some(row), Some(_)) => Err(EngineError::Precondition(both!(
            "the current version is {}",
            "当前版本是 {}，请重新读取后再改",
            row.version
        ))),
        (None, Some(NOT_YET)) => Ok(()),
        (None, Some(_)) => Err(no_version()),
    }
}

fn no_version() -> EngineError {
    EngineError::Precondition(both!("there is no version yet", "还没有任何版本"))
}

fn full_urls(entries: &[Entry], resolved: &[Resolved], ids: &[String]) -> Result<Targets, EngineError> {
    let mut targets = Targets::default();
    for (nth, (entry, resolution)) in entries.iter().zip(resolved).enumerate() {
        let Some(full_url) = &entry.full_url else { continue };
        let (nth, resolution) = match resolution {
            Resolved::Same { entry } => (*entry, resolved.get(*entry).unwrap_or(resolution)),
            own => (nth, own),
        };
        let (id, version) = match resolution {
            Resolved::Keep { row } | Resolved::Delete { row } => (Some(row.id.clone()), row.version),
            Resolved::Replace { row } => (Some(row.id.clone()), row.version + 1),
            Resolved::New { id, .. } => (Some(id.clone()), 1),
            Resolved::Same { .. } => (ids.get(nth).cloned(), 1),
            Resolved::DeleteAll { .. } => (None, 0),
        };
        let Some(id) = id else { continue };
        let target = format!("{}/{id}", entry.ask.kind());
        if let Some(sent) = entry.ask.resource().and_then(Sent::version) {
            targets.versions.insert(full_url.clone(), (sent.to_owned(), version));
        }
        match targets.texts.insert(full_url.clone(), target.clone()) {
            Some(other) if other != target => {
                let says = both!("`{full_url}` stands for two resources", "`{full_url}` 代表了两个资源");
                return Err(EngineError::invalid(format!("{}.fullUrl", entry.place), says));
            }
            _ => {}
        }
    }
    Ok(targets)
}
