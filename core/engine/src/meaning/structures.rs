//! Which StructureDefinitions are in force: R4's own, those for China, those of packages, and those that were posted.
//!
//! As with the terms each write gives the store another mark, and whoever needs the structures compares it, on the sight
//! that he has, with that of what this process has read: another process's changes are heeded at once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use meridian_conformance::says::Says;
use meridian_conformance::structure::{Fault, Judgement, Missing, Structures, canonical};
use meridian_conformance::terms::{Codes, Terms};
use meridian_model::definitions::Definitions;
use meridian_model::language::Both;
use meridian_model::outcome::{Issue, Severity};
use meridian_store::{Reader, TypeCode, WriteTx};
use serde_json::Value;

use crate::fixed::Posted;
use crate::served::value_of;
use crate::write::{Ask, Entry};
use crate::{Engine, EngineError};

const KIND: &str = "StructureDefinition";
/// The setting that holds the mark.
const MARK: &str = "structures";
/// Resources that are read at a time.
const AT_ONCE: u32 = 128;

/// What is in force under a mark, and what of it was posted.
type Now = (Vec<u8>, Structures, Arc<Posted>);

/// What this process knows of the structures of its store.
#[derive(Default)]
pub(crate) struct Known {
    /// Those of packages; posted ones come on top.
    packages: RwLock<Option<Structures>>,
    now: RwLock<Option<Now>>,
    reading: Mutex<()>,
    /// Held by the write that is on its way.
    writing: tokio::sync::Mutex<()>,
}

pub(crate) fn is_one(kind: &str) -> bool {
    kind == KIND
}

/// What the StructureDefinitions of a write are judged by, as it stands when the write looks at the store.
pub(crate) struct Law {
    mark: Mark,
    structures: Structures,
    terms: Terms,
    /// The value sets that are written with them.
    sets: HashSet<String>,
}

/// Which state of the structures a law is of; a write compares it in its transaction.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mark(Option<Vec<u8>>);

impl Mark {
    pub(crate) const SETTING: &str = MARK;

    pub(crate) fn is_now(&self, reader: &Reader<'_>) -> Result<bool, EngineError> {
        Ok(self.0 == reader.setting(MARK)?)
    }
}

/// What became of a definition: why it is refused, or what is to be said of it.
pub(crate) type Judged = Result<Vec<Issue>, Vec<Issue>>;

/// So many notes of one write anybody reads.
const NOTES: usize = 50;

impl Law {
    /// The law for what `entries` write, where there is a StructureDefinition among it.
    pub(crate) fn of(engine: &Engine, reader: &Reader<'_>, entries: &[Entry]) -> Result<Option<Law>, EngineError> {
        if !entries.iter().any(|entry| writes_one(&entry.ask)) {
            return Ok(None);
        }
        let mut sets = HashSet::new();
        for resource in entries.iter().filter(|entry| entry.ask.kind() == "ValueSet").filter_map(|e| e.ask.resource()) {
            sets.extend(resource.value()?.get("url").and_then(Value::as_str).map(str::to_owned));
        }
        let mark = Mark(reader.setting(MARK)?);
        let (structures, terms) = (engine.structures(reader)?, super::terms::in_force(reader)?);
        Ok(Some(Law { mark, structures, terms, sets }))
    }

    pub(crate) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Judges all definitions of a write beside each other and what is in force, each once; by the place of its entry.
    ///
    /// An active one that can never be in force is refused. What rests on something that is not here is taken: that may
    /// come. So are told those that were in force and can't be any more with a base that is written here.
    pub(crate) fn judge(&self, made: &[(usize, Value)]) -> HashMap<usize, Judged> {
        let after = self.structures.with(made.iter().map(|(_, resource)| resource));
        let has_set = |set: &str| self.sets.contains(canonical(set).0) || self.terms.has_value_set(set);
        let mut judged: HashMap<usize, Judged> = HashMap::with_capacity(made.len());
        let mut written = HashMap::new();
        for (nth, resource) in made {
            written.extend(resource.get("url").and_then(Value::as_str).map(|url| (url.to_owned(), *nth)));
            if is_active(resource) {
                judged.insert(*nth, verdict(&after.judge(resource, &has_set)));
            }
        }
        let urls: HashSet<String> = written.keys().cloned().collect();
        let mut left = NOTES;
        for (address, on) in after.resting_on(&urls) {
            if left == 0 {
                break;
            }
            if let Err(Missing::Broken(fault)) = after.get(&address)
                && self.structures.get(&address).is_ok()
                && let Some(nth) = written.get(&on)
                && let Ok(notes) = judged.entry(*nth).or_insert_with(|| Ok(Vec::new()))
            {
                let says = Says::LosesItsBase { address, says: Box::new(fault.told()) };
                notes.push(issue(Severity::Warning, "business-rule", &says).at(KIND));
                left -= 1;
            }
        }
        judged
    }
}

fn verdict(judgement: &Judgement) -> Judged {
    let place = |fault: &Fault| if fault.place.is_empty() { KIND.to_owned() } else { fault.place.clone() };
    let wrong = |fault: &Fault| {
        let says = Says::CannotBeInForce { says: Box::new(fault.says.clone()) };
        issue(Severity::Error, "business-rule", &says).at(place(fault))
    };
    if !judgement.never.is_empty() {
        return Err(judgement.never.iter().map(wrong).collect());
    }
    let not_yet = judgement.not_yet.iter().map(|fault| {
        let says = Says::NotYetInForce { says: Box::new(fault.says.clone()) };
        issue(Severity::Warning, "not-found", &says).at(place(fault))
    });
    let besides = judgement.besides.iter().map(|fault| {
        let code = if fault.says.is_absence() { "not-found" } else { "business-rule" };
        issue(Severity::Warning, code, &fault.says).at(place(fault))
    });
    Ok(not_yet.chain(besides).collect())
}

/// Whether a StructureDefinition comes of it.
pub(crate) fn writes_one(ask: &Ask) -> bool {
    is_one(ask.kind()) && !matches!(ask, Ask::Delete { .. } | Ask::DeleteWhere { .. })
}

fn is_active(resource: &Value) -> bool {
    resource.get("status").is_some_and(|status| status == "active")
}

/// The issue of a message.
pub(super) fn issue(severity: Severity, code: &'static str, says: &Says) -> Issue {
    Issue::new(severity, code, Both::of(says))
}

/// Follows the write of one: what was read before is out of force.
pub(crate) fn follow(tx: &mut WriteTx<'_>) -> Result<(), EngineError> {
    Ok(tx.put_setting(MARK, uuid::Uuid::new_v4().as_bytes())?)
}

impl Engine {
    /// Puts the conformance resources of packages in force, beneath what is posted. Asked once, at the start.
    ///
    /// # Errors
    /// A value set, code system or map that cannot be understood.
    pub fn install(&self, resources: &[Value]) -> Result<(), EngineError> {
        let known = &self.inner.structures;
        *known.packages.write().unwrap_or_else(PoisonError::into_inner) = Some(Structures::embedded().with(resources));
        *known.now.write().unwrap_or_else(PoisonError::into_inner) = None;
        super::terms::install(self, resources)?;
        self.show_packages(resources);
        Ok(())
    }

    /// Waits until no other write of StructureDefinitions of this process is on its way: they would only disturb each other.
    pub(crate) async fn alone_with_structures(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.structures.writing.lock().await
    }

    /// The structures in force as `reader` sees them.
    pub(crate) fn structures(&self, reader: &Reader<'_>) -> Result<Structures, EngineError> {
        self.structures_and_posted(reader).map(|(structures, _)| structures)
    }

    /// The same, and what of them was posted.
    fn structures_and_posted(&self, reader: &Reader<'_>) -> Result<(Structures, Arc<Posted>), EngineError> {
        let known = &self.inner.structures;
        let packages = known.packages.read().unwrap_or_else(PoisonError::into_inner).clone();
        let base = packages.unwrap_or_else(|| Structures::embedded().clone());
        let Some(mark) = reader.setting(MARK)? else { return Ok((base, Arc::default())) };
        let same = || {
            let now = known.now.read().unwrap_or_else(PoisonError::into_inner);
            let now = now.as_ref().filter(|(of, ..)| *of == mark);
            now.map(|(_, structures, posted)| (structures.clone(), Arc::clone(posted)))
        };
        if let Some(known) = same() {
            return Ok(known);
        }
        // One reads, the others wait for it.
        let _reading = known.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = same() {
            return Ok(known);
        }
        let all = posted(reader)?;
        let mut posted = Posted::default();
        let code = Definitions::r4().type_code(KIND).unwrap_or_default();
        for one in &all {
            let text = |key: &str| one.get(key).and_then(Value::as_str);
            let canonical = text("url").map(|url| (url, text("version")));
            posted.note(code, text("id").unwrap_or_default(), canonical);
        }
        let (structures, posted) = (base.with(&all), Arc::new(posted));
        let now = Some((mark, structures.clone(), Arc::clone(&posted)));
        *known.now.write().unwrap_or_else(PoisonError::into_inner) = now;
        Ok((structures, posted))
    }

    /// What is stored of a type in the place of what the server has by itself.
    pub(crate) fn posted_in_place(
        &self,
        reader: &Reader<'_>,
        kind: TypeCode,
    ) -> Result<Option<Arc<Posted>>, EngineError> {
        Ok(match Definitions::r4().type_name(kind) {
            Some(KIND) => Some(self.structures_and_posted(reader)?.1),
            Some(kind) if super::terms::is_one(kind) => Some(super::terms::posted(reader)?),
            _ => None,
        })
    }
}

/// All that was posted; of two with one url and version the one that was written later is in force.
fn posted(reader: &Reader<'_>) -> Result<Vec<Value>, EngineError> {
    let mut found: Vec<(i64, Value)> = Vec::new();
    let kind = Definitions::r4().type_code(KIND).unwrap_or_default();
    let mut after = String::new();
    loop {
        let rows = reader.resources_of(kind, &after, AT_ONCE)?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.id);
        for row in rows.iter().filter(|row| !row.deleted) {
            found.push((row.at, value_of(&row.body)?));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().map(|(_, value)| value).collect())
}
