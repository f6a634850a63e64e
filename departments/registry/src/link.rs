//! The registry as a participant: what follows, in the same transaction, when an institution's Patient is written.

use meridian_engine::{Change, EngineError, Further, Participant, Sight};

use crate::scene::Scene;
use crate::settle::settle;

/// Joins the Patients of institutions to persons by the numbers that they carry.
///
/// The person of a record is decided in this order: who holds its identity number; else who holds its insurance number,
/// unless that person is known to be somebody else; else the person that it belongs to already; else a new one. A
/// record that belongs to two persons by these rules makes them one. When a number is corrected, what it joined comes
/// apart again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Registry;

impl Participant for Registry {
    fn kinds(&self) -> &'static [&'static str] {
        &["Patient"]
    }

    fn follow(&self, change: &Change<'_>, sight: &Sight<'_>) -> Result<Vec<Further>, EngineError> {
        let scene = Scene::around(change, sight)?;
        Ok(settle(&scene, change))
    }
}
