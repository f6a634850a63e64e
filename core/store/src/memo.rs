//! What one sight of the store has looked up already. Nobody else writes while it lasts, so that it stays true: a snapshot
//! does not change, and within an act only the act itself writes, which tells the memo.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::search::Foreseen;
use crate::{Key, TypeCode};

/// Places that are remembered at most; a walk through all there are must not fill the memory.
const PLACES: usize = 20_000;
/// The same of systems, whose names may be long.
const SYSTEMS: usize = 2_000;

/// By type and packed id.
type Places = HashMap<(TypeCode, Vec<u8>), Option<Key>>;

#[derive(Default)]
pub(crate) struct Memo {
    places: RefCell<Places>,
    /// Systems that no row uses, among others.
    systems: RefCell<HashMap<String, Option<i64>>>,
    pub(crate) foreseen: Foreseen,
}

impl Memo {
    /// The place of a packed id, if it was looked up.
    pub(crate) fn place(&self, kind: TypeCode, id: &[u8]) -> Option<Option<Key>> {
        self.places.borrow().get(&(kind, id.to_vec())).copied()
    }

    pub(crate) fn note_place(&self, kind: TypeCode, id: Vec<u8>, key: Option<Key>) {
        let mut places = self.places.borrow_mut();
        if places.len() >= PLACES {
            places.clear();
        }
        places.insert((kind, id), key);
    }

    pub(crate) fn system(&self, uri: &str) -> Option<Option<i64>> {
        self.systems.borrow().get(uri).copied()
    }

    pub(crate) fn note_system(&self, uri: &str, id: Option<i64>) {
        let mut systems = self.systems.borrow_mut();
        if systems.len() >= SYSTEMS {
            systems.clear();
        }
        systems.insert(uri.to_owned(), id);
    }
}
