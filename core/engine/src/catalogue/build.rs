//! Rows of one posted parameter for what was stored before it came: a step at a time, in the bulk lane. A step's rows
//! and how far they reach are one transaction, so a stop in the middle loses nothing and repeats nothing.

use std::sync::Arc;

use meridian_access::Caller;
use meridian_model::definitions::Catalogue;
use meridian_store::{Index, Key, Lane, Reader, Stored, TypeCode, WriteTx};

use super::registry::{Entry, Place, Registry, State, places, put_places};
use super::{is_in_force, unable};
use crate::engine::type_name;
use crate::served::value_of;
use crate::write::{Indexed, Unable, index, origin};
use crate::{Engine, EngineError};

/// Resources of one step, where others wait for its transaction, and where nobody does.
pub(super) const A_FEW: u32 = 128;
pub(super) const MANY: u32 = 1_024;
/// Rows that are dropped in one step, of each table and type.
const DROPPED: u32 = 2_000;

/// A resource with the rows that it has to have.
struct Made {
    kind: TypeCode,
    key: Key,
    id: String,
    version: i64,
    index: Index,
}

/// What a step came to.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Step {
    More,
    Done,
    /// A parameter has no answer for one of the resources.
    Unable,
    /// What it rested on is no longer so: nothing was written.
    Stale,
}

/// Indexes the next resources.
pub(super) async fn build(engine: &Engine, caller: &Caller, entry: &Entry, at_once: u32) -> Result<Step, EngineError> {
    let catalogue = engine.catalogue();
    let (number, kinds) = (entry.number, Arc::new(entry.kinds()));
    let (own, wanted) = (Arc::clone(&catalogue), Arc::clone(&kinds));
    let (before, place, made, cannot) =
        engine.store().ahead(Lane::Bulk, move |reader| look(reader, number, &wanted, &own, at_once)).await?;
    let write = move |tx: &mut WriteTx<'_>| {
        let mut registry = Registry::read(tx)?;
        let mut all = places(tx)?;
        let entry = registry.number(number).filter(|entry| entry.state == State::Building);
        let (Some(entry), true) = (entry, is_in_force(tx, &catalogue)?) else { return Ok(Step::Stale) };
        if all.get(&number) != before.as_ref() {
            return Ok(Step::Stale);
        }
        if !cannot.is_empty() {
            unable::note(tx, &cannot)?;
            return Ok(Step::Unable);
        }
        let mut cannot = Unable::new();
        for made in made {
            put(tx, made, number, &catalogue, &mut cannot)?;
        }
        if !cannot.is_empty() {
            unable::note(tx, &cannot)?;
            return Ok(Step::Unable);
        }
        if place.nth >= kinds.len() {
            (entry.state, entry.since) = (State::Ready, tx.at());
            all.remove(&number);
            put_places(tx, &all)?;
            registry.write(tx)?;
            return Ok::<_, EngineError>(Step::Done);
        }
        all.insert(number, place);
        put_places(tx, &all)?;
        Ok(Step::More)
    };
    engine.store().write(Lane::Bulk, origin(caller), write).await
}

/// Where the work stands, where it will stand, what is to be written for that, and what could not be evaluated.
type Looked = (Option<Place>, Place, Vec<Made>, Unable);

fn look(
    reader: &Reader<'_>,
    number: u16,
    kinds: &[TypeCode],
    catalogue: &Catalogue,
    at_once: u32,
) -> Result<Looked, EngineError> {
    let before = places(reader)?.remove(&number);
    let mut place = match &before {
        Some(place) => place.clone(),
        None => {
            let counts = kinds.iter().map(|kind| reader.places(*kind)).collect::<Result<Vec<_>, _>>()?;
            Place { total: counts.into_iter().sum(), ..Place::default() }
        }
    };
    let (mut made, mut cannot) = (Vec::new(), Unable::new());
    // Types of which there is nothing are passed at once.
    while let Some(kind) = kinds.get(place.nth) {
        let rows = reader.resources_of(*kind, &place.after, at_once)?;
        if let Some(last) = rows.last() {
            place.after.clone_from(&last.id);
            place.done = (place.done + rows.len() as u64).min(place.total);
            for row in rows.iter().filter(|row| !row.deleted) {
                let Indexed { index, unable, .. } = rows_of(row, catalogue)?;
                cannot.extend(unable);
                made.push(Made { index, ..Made::of(row) });
            }
            break;
        }
        (place.nth, place.after) = (place.nth + 1, String::new());
    }
    Ok((before, place, made, cannot))
}

impl Made {
    fn of(row: &Stored) -> Made {
        let index = Index::default();
        Made { kind: row.kind, key: row.key, id: row.id.clone(), version: row.version, index }
    }
}

/// All rows of a resource.
pub(super) fn rows_of(row: &Stored, catalogue: &Catalogue) -> Result<Indexed, EngineError> {
    Ok(index(&value_of(&row.body)?, type_name(row.kind), row.kind, catalogue))
}

fn put(
    tx: &mut WriteTx<'_>,
    made: Made,
    number: u16,
    catalogue: &Catalogue,
    cannot: &mut Unable,
) -> Result<(), EngineError> {
    let Made { kind, key, id, version, index } = made;
    // What was written meanwhile has the rows that its change made, which may not be all: what stayed the same is not
    // written again.
    let (key, index) = if tx.version_of(kind, &id)? == Some(version) {
        (key, index)
    } else {
        let Some(row) = tx.find(kind, &id)?.filter(|row| !row.deleted) else { return Ok(()) };
        let Indexed { index, unable, .. } = rows_of(&row, catalogue)?;
        cannot.extend(unable);
        (row.key, index)
    };
    let old = without(&index, number);
    Ok(tx.reindex(kind, key, &old, &index)?)
}

/// The rows but for those of a parameter.
fn without(index: &Index, number: u16) -> Index {
    let of = |param: u32| param & 0xFFFF == u32::from(number);
    let mut rest = index.clone();
    rest.tokens.retain(|(param, _)| !of(*param));
    rest.strings.retain(|(param, _)| !of(*param));
    rest.dates.retain(|(param, ..)| !of(*param));
    rest.references.retain(|(param, ..)| !of(*param));
    rest.numbers.retain(|(param, _)| !of(*param));
    rest.quantities.retain(|(param, _)| !of(*param));
    rest.pairs.retain(|(param, ..)| !of(*param));
    rest
}

/// Drops rows of a parameter that is out of force.
pub(super) async fn dismantle(engine: &Engine, caller: &Caller, entry: &Entry) -> Result<Step, EngineError> {
    let (number, kinds) = (entry.number, entry.kinds());
    let write = move |tx: &mut WriteTx<'_>| {
        let mut registry = Registry::read(tx)?;
        if registry.number(number).is_none_or(|entry| entry.state != State::Dropping) {
            return Ok(Step::Stale);
        }
        for kind in &kinds {
            let param = u32::from(*kind) << 16 | u32::from(number);
            if tx.drop_rows(param, DROPPED)? > 0 {
                return Ok(Step::More);
            }
        }
        registry.entries.retain(|entry| entry.number != number);
        registry.write(tx)?;
        Ok::<_, EngineError>(Step::Done)
    };
    engine.store().write(Lane::Bulk, origin(caller), write).await
}
