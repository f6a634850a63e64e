//! Search parameters that somebody posted: in force from the commit of their SearchParameter on, indexed behind it.
//!
//! A SearchParameter is an ordinary resource. In the transaction that writes an active one, `follow` gives it a number
//! that is never given again and notes it in the `registry`. From then on every write makes its rows, for each looks in
//! its own transaction whether the catalogue it worked by is still in force. What was there before is indexed by `keep`,
//! in the bulk lane; until that is done, searches that name the parameter are refused. Another meaning under the same
//! SearchParameter is another number; rows of numbers that are out of force are dropped.
//!
//! What is beyond the path programs of the model is evaluated by FHIRPath (`expressions`); where that has no answer for a
//! resource, the parameter answers no more (`unable`).

mod build;
mod expressions;
mod follow;
mod keep;
mod load;
mod mend;
mod rebuild;
mod registry;
mod show;
pub(crate) mod unable;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use meridian_model::definitions::posted::Posted;
use meridian_model::definitions::{Catalogue, Progress, SearchParam};
use meridian_store::Reader;

pub use expressions::FhirPath;
pub(crate) use follow::{SEARCH_PARAMETER, follow};
pub use keep::{keep, settle};
pub use rebuild::give_up;
pub(crate) use registry::{GENERATION, generation};
pub(crate) use show::operation;

use crate::{Engine, EngineError};

/// The queue under which listeners hear what becomes of posted parameters.
const QUEUE: &str = "search-parameters";

/// What this process knows of the parameters of its store.
pub(crate) struct Known {
    catalogue: RwLock<Arc<Catalogue>>,
    made: Mutex<Made>,
}

/// Parameters stay as long as the program, so each is made once.
#[derive(Default)]
struct Made {
    /// By number, with what they were made of.
    params: HashMap<u16, (Posted, Vec<&'static SearchParam>)>,
    progress: HashMap<u16, Arc<Progress>>,
}

impl Default for Known {
    fn default() -> Known {
        Known { catalogue: RwLock::new(Arc::clone(Catalogue::r4())), made: Mutex::default() }
    }
}

impl Known {
    fn made(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `catalogue` is what is in force as `reader` sees it. A search that relies on a posted parameter asks this on
/// its own snapshot: another process may have dropped it.
pub(crate) fn is_in_force(reader: &Reader<'_>, catalogue: &Catalogue) -> Result<bool, EngineError> {
    Ok(generation(reader)? == catalogue.generation())
}

impl Engine {
    /// The search parameters in force, as far as this process knows: a write looks again in its transaction.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.inner.parameters.catalogue.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads anew which search parameters are in force.
    pub(crate) fn renew_catalogue(&self) -> Result<(), EngineError> {
        let known = &self.inner.parameters;
        // Held while reading: what was read later must not be replaced by what was read before.
        let mut made = known.made();
        let now = self.catalogue();
        let renewed = self.store().read(|reader| match is_in_force(reader, &now)? {
            true => load::progress(reader, &made).map(|()| None),
            false => load::catalogue(reader, &mut made).map(Some),
        })?;
        if let Some(renewed) = renewed {
            *known.catalogue.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(renewed);
        }
        Ok(())
    }

    /// What is in force as `reader` sees it, which may be a transaction that is not committed.
    pub(crate) fn catalogue_of(&self, reader: &Reader<'_>) -> Result<Arc<Catalogue>, EngineError> {
        let now = self.catalogue();
        if is_in_force(reader, &now)? {
            return Ok(now);
        }
        load::catalogue(reader, &mut self.inner.parameters.made()).map(Arc::new)
    }

    /// Tells listeners what became of a parameter.
    fn tell_of_parameter(&self, number: u16, state: &'static str) {
        self.tell_job(QUEUE.to_owned(), number.into(), state);
    }
}
