//! The registry and the SearchParameters behind it → a catalogue.

use std::sync::Arc;

use meridian_model::definitions::posted::Posted;
use meridian_model::definitions::{Catalogue, Custom, Kind, Progress, Standing};
use meridian_model::outcome::Issue;
use meridian_store::Reader;
use serde_json::Value;

use super::follow::code;
use super::registry::{Entry, Registry, State, generation, places};
use super::{FhirPath, Made};
use crate::EngineError;
use crate::served::value_of;

/// A parameter in force with what its SearchParameter says.
pub(super) struct Source {
    pub(super) entry: Entry,
    pub(super) posted: Result<Posted, Vec<Issue>>,
}

/// The parameters that are in force, or would be if they were understood. `was` is what a SearchParameter said that is being written.
pub(super) fn sources(
    reader: &Reader<'_>,
    registry: &Registry,
    was: Option<(&str, &Value)>,
) -> Result<Vec<Source>, EngineError> {
    let in_force = registry.entries.iter().filter(|entry| entry.state != State::Dropping);
    // What composites are made of is read before them.
    let (composites, others): (Vec<_>, Vec<_>) = in_force.partition(|entry| entry.kind == Kind::Composite.code());
    let mut read: Vec<Posted> = Vec::new();
    let mut found = Vec::new();
    for entry in others.into_iter().chain(composites) {
        let posted = match was.filter(|(id, _)| *id == entry.id) {
            Some((_, was)) => Posted::read(was, &read, Some(&FhirPath)),
            None => {
                let Some(row) = reader.find(code(), &entry.id)?.filter(|row| !row.deleted) else { continue };
                Posted::read(&value_of(&row.body)?, &read, Some(&FhirPath))
            }
        };
        if let Ok(posted) = &posted {
            read.push(posted.clone());
        }
        found.push(Source { entry: entry.clone(), posted });
    }
    Ok(found)
}

pub(super) fn catalogue(reader: &Reader<'_>, made: &mut Made) -> Result<Catalogue, EngineError> {
    let registry = Registry::read(reader)?;
    let places = places(reader)?;
    let mut custom = Vec::new();
    for Source { entry, posted } in sources(reader, &registry, None)? {
        // What a program does not understand nobody may search by, or miss silently: see `mend`.
        let (Ok(posted), true) = (posted, entry.state != State::Failed) else { continue };
        let standing = match entry.state {
            State::Building => {
                let progress = made.progress.entry(entry.number).or_insert_with(|| Arc::new(Progress::default()));
                let place = places.get(&entry.number).cloned().unwrap_or_default();
                progress.set(place.done, place.total);
                Standing::Building(Arc::clone(progress))
            }
            State::Unable => Standing::Unable,
            State::Ready | State::Failed | State::Dropping => Standing::Ready,
        };
        let params = match made.params.get(&entry.number) {
            Some((same, params)) if *same == posted => params.clone(),
            _ => {
                let params = posted.clone().params(entry.number);
                made.params.insert(entry.number, (posted, params.clone()));
                params
            }
        };
        custom.extend(params.into_iter().map(|param| Custom { param, standing: standing.clone() }));
    }
    Ok(Catalogue::with(generation(reader)?, custom))
}

/// Reads anew how far the rows are made of what is being built.
pub(super) fn progress(reader: &Reader<'_>, made: &Made) -> Result<(), EngineError> {
    if !made.progress.is_empty() {
        for (number, place) in places(reader)? {
            if let Some(progress) = made.progress.get(&number) {
                progress.set(place.done, place.total);
            }
        }
    }
    Ok(())
}
