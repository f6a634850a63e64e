//! What the store itself knows of posted parameters, as settings: which there are, and how far their rows are made.

use std::collections::BTreeMap;

use meridian_model::both;
use meridian_model::definitions::posted::Posted;
use meridian_model::definitions::{CUSTOM, Definitions};
use meridian_store::{GOLDEN_PATIENT, Reader, TypeCode, WriteTx};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::EngineError;
use crate::engine::patient_code;

/// Counts the changes of the registry.
pub(crate) const GENERATION: &str = "search-parameters";
const REGISTRY: &str = "search-parameters/registry";
const PLACES: &str = "search-parameters/places";
/// The scope of the sequence that numbers come from.
const NUMBERS: &str = "search-parameters";

/// Where a parameter stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// Writes make its rows; what was there before is being indexed.
    Building,
    Ready,
    /// Out of force: this program does not understand it.
    Failed,
    /// It had no answer for some resource: nobody makes rows of it, and searches that name it are refused.
    Unable,
    /// Out of force; its rows are being dropped.
    Dropping,
}

impl State {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            State::Building => "building",
            State::Ready => "ready",
            State::Failed => "failed",
            State::Unable => "unable",
            State::Dropping => "dropping",
        }
    }

    /// Are its rows made and kept?
    pub(super) fn is_in_force(self) -> bool {
        matches!(self, State::Building | State::Ready)
    }
}

/// One number that was given out and has rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) number: u16,
    /// The SearchParameter. When this number is out of force, it may have another.
    pub(super) id: String,
    pub(super) url: String,
    pub(super) code: String,
    pub(super) kind: String,
    pub(super) bases: Vec<String>,
    pub(super) state: State,
    /// Since when it is in that state, in milliseconds since 1970 UTC.
    pub(super) since: i64,
    /// Its expression is evaluated, rather than walked as paths.
    #[serde(default)]
    pub(super) evaluated: bool,
    /// Why it failed, or is unable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) why: String,
}

impl Entry {
    pub(super) fn new(number: u16, id: &str, posted: &Posted, since: i64) -> Entry {
        let mut entry = Entry {
            number,
            id: id.to_owned(),
            url: String::new(),
            code: String::new(),
            kind: String::new(),
            bases: Vec::new(),
            state: State::Building,
            since,
            evaluated: false,
            why: String::new(),
        };
        entry.says(posted);
        entry
    }

    /// Takes over what is said of it.
    pub(super) fn says(&mut self, posted: &Posted) {
        self.url.clone_from(&posted.url);
        self.code.clone_from(&posted.code);
        self.kind = posted.kind.code().to_owned();
        self.evaluated = posted.is_evaluated();
        self.bases = posted.bases().map(str::to_owned).collect();
    }

    /// The types whose resources have rows of it, in the order in which they are indexed.
    pub(super) fn kinds(&self) -> Vec<TypeCode> {
        let r4 = Definitions::r4();
        let named = r4.resource_types().filter(|kind| self.bases.iter().any(|base| r4.is_a(kind, base)));
        let mut kinds: Vec<TypeCode> = named.filter_map(|kind| r4.type_code(kind)).collect();
        if kinds.contains(&patient_code()) {
            kinds.push(GOLDEN_PATIENT);
        }
        kinds
    }
}

/// All numbers that have rows.
#[derive(Clone, Default, Debug)]
pub(super) struct Registry {
    pub(super) entries: Vec<Entry>,
}

/// How far the rows of a parameter are made.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    /// The type that is being gone through, by its place among those of the parameter.
    pub(super) nth: usize,
    /// The last id of that type that was looked at.
    pub(super) after: String,
    pub(super) done: u64,
    pub(super) total: u64,
}

/// Of each number that is being built or dropped.
pub(super) type Places = BTreeMap<u16, Place>;

/// Which state of the search parameters `reader` sees; 0 where none was ever posted.
pub(crate) fn generation(reader: &Reader<'_>) -> Result<i64, EngineError> {
    Ok(setting(reader, GENERATION)?.unwrap_or_default())
}

impl Registry {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Registry, EngineError> {
        Ok(Registry { entries: setting(reader, REGISTRY)?.unwrap_or_default() })
    }

    /// Writes it, and makes every catalogue of before outdated.
    pub(super) fn write(&self, tx: &mut WriteTx<'_>) -> Result<(), EngineError> {
        put(tx, REGISTRY, &self.entries)?;
        let next = generation(tx)? + 1;
        put(tx, GENERATION, &next)
    }

    /// The entry of a SearchParameter that is in force, or would be.
    pub(super) fn in_force(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.state != State::Dropping && entry.id == id)
    }

    pub(super) fn number(&mut self, number: u16) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.number == number)
    }
}

/// A number that no parameter of this store ever had.
pub(super) fn fresh(tx: &mut WriteTx<'_>) -> Result<u16, EngineError> {
    let number = u16::try_from(tx.next(NUMBERS)?).ok().and_then(|nth| CUSTOM.checked_add(nth - 1));
    number.ok_or_else(|| {
        EngineError::NotSupported(both!(
            "this store has no number left for a search parameter",
            "没有可用的编号了，不能再加检索参数"
        ))
    })
}

pub(super) fn places(reader: &Reader<'_>) -> Result<Places, EngineError> {
    Ok(setting(reader, PLACES)?.unwrap_or_default())
}

pub(super) fn put_places(tx: &mut WriteTx<'_>, places: &Places) -> Result<(), EngineError> {
    put(tx, PLACES, places)
}

fn setting<T: DeserializeOwned>(reader: &Reader<'_>, name: &str) -> Result<Option<T>, EngineError> {
    let Some(bytes) = reader.setting(name)? else { return Ok(None) };
    let value = serde_json::from_slice(&bytes);
    value.map(Some).map_err(|error| EngineError::Internal(format!("the setting {name}: {error}")))
}

fn put<T: Serialize>(tx: &mut WriteTx<'_>, name: &str, value: &T) -> Result<(), EngineError> {
    let bytes = serde_json::to_vec(value).map_err(|error| EngineError::Internal(error.to_string()))?;
    Ok(tx.put_setting(name, &bytes)?)
}
