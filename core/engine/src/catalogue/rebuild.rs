//! All search rows anew, after a change of their form: a store of an older program gave up the old ones when it was
//! opened, and searches are refused until this is done.

use meridian_access::Caller;
use meridian_model::definitions::Catalogue;
use meridian_store::{Index, Key, Lane, REBUILD, Reader, WriteTx};

use super::build::{Step, rows_of};
use super::registry::{Place, places, put_places};
use super::{is_in_force, unable};
use crate::write::{Indexed, Unable, origin};
use crate::{Engine, EngineError};

/// The place of this work among those of the parameters, whose numbers are larger.
const ALL: u16 = 0;

/// How many resources have their rows, and how many there are; None where all have.
pub(super) fn progress(reader: &Reader<'_>) -> Result<Option<(u64, u64)>, EngineError> {
    if reached(reader)?.is_none() {
        return Ok(None);
    }
    match places(reader)?.get(&ALL) {
        Some(place) => Ok(Some((place.done, place.total))),
        None => Ok(Some((0, reader.resource_count()?))),
    }
}

/// The last key whose rows are made, while there are others.
fn reached(reader: &Reader<'_>) -> Result<Option<Key>, EngineError> {
    let Some(text) = reader.setting(REBUILD)? else { return Ok(None) };
    Ok(std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok()).map(Key))
}

/// Gives up all search rows, so that they are made anew; false where that is under way already.
///
/// # Errors
/// Those of the store.
pub async fn give_up(engine: &Engine, caller: &Caller) -> Result<bool, EngineError> {
    let write = |tx: &mut WriteTx<'_>| {
        if reached(tx)?.is_some() {
            return Ok(false);
        }
        tx.drop_all_rows()?;
        tx.put_setting(REBUILD, b"0")?;
        Ok::<_, EngineError>(true)
    };
    engine.store().write(Lane::Bulk, origin(caller), write).await
}

/// Makes the rows of the next resources; None where there was nothing to do.
pub(super) async fn step(engine: &Engine, caller: &Caller, at_once: u32) -> Result<Option<Step>, EngineError> {
    let catalogue = engine.catalogue();
    if engine.store().read(reached)?.is_none() {
        return Ok(None);
    }
    let own = std::sync::Arc::clone(&catalogue);
    let looked = engine.store().ahead(Lane::Bulk, move |reader| look(reader, &own, at_once)).await?;
    let Some((before, place, made, mut cannot)) = looked else { return Ok(None) };
    let write = move |tx: &mut WriteTx<'_>| {
        if reached(tx)? != Some(before) || !is_in_force(tx, &catalogue)? {
            return Ok(Step::Stale);
        }
        let mut all = places(tx)?;
        let Some(last) = made.last().map(|(key, ..)| *key) else {
            all.remove(&ALL);
            put_places(tx, &all)?;
            tx.drop_setting(REBUILD)?;
            return Ok(Step::Done);
        };
        for (key, version, index) in made {
            let Some(row) = tx.current(key)?.filter(|row| !row.deleted) else { continue };
            let index = if row.version == version {
                index
            } else {
                let Indexed { index, unable, .. } = rows_of(&row, &catalogue)?;
                cannot.extend(unable);
                index
            };
            tx.rebuild(row.kind, key, &index)?;
        }
        all.insert(ALL, place);
        put_places(tx, &all)?;
        tx.put_setting(REBUILD, last.0.to_string().as_bytes())?;
        unable::note(tx, &cannot)?;
        Ok::<_, EngineError>(Step::More)
    };
    engine.store().write(Lane::Bulk, origin(caller), write).await.map(Some)
}

type Looked = (Key, Place, Vec<(Key, i64, Index)>, Unable);

fn look(reader: &Reader<'_>, catalogue: &Catalogue, at_once: u32) -> Result<Option<Looked>, EngineError> {
    let Some(before) = reached(reader)? else { return Ok(None) };
    let mut place = match places(reader)?.remove(&ALL) {
        Some(place) => place,
        None => Place { total: reader.resource_count()?, ..Place::default() },
    };
    let rows = reader.resources_after(before, at_once)?;
    place.done = (place.done + rows.len() as u64).min(place.total);
    let (mut made, mut cannot) = (Vec::with_capacity(rows.len()), Unable::new());
    for row in rows {
        let Indexed { index, unable, .. } = if row.deleted { Indexed::default() } else { rows_of(&row, catalogue)? };
        cannot.extend(unable);
        made.push((row.key, row.version, index));
    }
    Ok(Some((before, place, made, cannot)))
}
