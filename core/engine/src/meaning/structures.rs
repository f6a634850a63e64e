//! Which StructureDefinitions are in force: R4's own, those for China, those of packages, and those that were posted.
//!
//! As with the terms each write gives the store another mark, and whoever needs the structures compares it, on the sight
//! that he has, with that of what this process has read: another process's changes are heeded at once.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use meridian_conformance::structure::Structures;
use meridian_model::definitions::Definitions;
use meridian_model::outcome::Issue;
use meridian_store::{Reader, TypeCode, WriteTx};
use serde_json::Value;

use crate::fixed::Posted;
use crate::served::value_of;
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
}

pub(crate) fn is_one(kind: &str) -> bool {
    kind == KIND
}

/// Refuses an active StructureDefinition that could not be in force.
pub(crate) fn check(kind: &str, resource: &Value) -> Result<(), EngineError> {
    let is_active = resource.get("status").is_some_and(|status| status == "active");
    if !is_one(kind) || !is_active {
        return Ok(());
    }
    let says = |fault| Issue::error("business-rule", format!("it cannot be in force: {fault}")).at(KIND);
    Structures::check(resource).map_err(|fault| EngineError::Unprocessable(vec![says(fault)]))
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
        super::terms::install(self, resources)
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
