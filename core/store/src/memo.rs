//! What one sight of the store has looked up already. Nobody else writes while it lasts, so that it stays true: a snapshot
//! does not change, and within an act only the act itself writes, which tells the memo.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Deref;
use std::rc::Rc;

use crate::search::Foreseen;
use crate::{Key, Subject, TypeCode};

/// Entries of one kind that are remembered at most; a walk through all there are must not fill the memory.
const MOST: usize = 20_000;
/// The same of systems, whose names may be long.
const SYSTEMS: usize = 2_000;

#[derive(Default)]
pub(crate) struct Memo {
    known: Rc<Known>,
    /// Systems that no row uses, among others.
    systems: RefCell<HashMap<String, Option<i64>>>,
    pub(crate) foreseen: Foreseen,
}

/// What stays true for all acts of a group that are done together, as long as each of them tells what it writes.
#[derive(Default)]
pub(crate) struct Known {
    /// By type and packed id.
    places: Map<(TypeCode, Vec<u8>), Option<Key>>,
    /// Version and whether it is a deletion.
    heads: Map<Key, Option<(i64, bool)>>,
    persons: Map<Subject, Option<Subject>>,
    /// Never forgotten: they may wait to be written.
    slots: RefCell<HashMap<Subject, i64>>,
    settings: Map<String, Option<Vec<u8>>>,
    /// Whether the act that runs has written.
    wrote: Cell<bool>,
    /// Whether there was more that others may not see yet.
    forgot: Cell<bool>,
}

impl Memo {
    /// A memo that goes on with what others know.
    pub(crate) fn over(known: Rc<Known>) -> Memo {
        Memo { known, ..Memo::default() }
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

impl Deref for Memo {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.known
    }
}

impl Known {
    /// Nothing is known, though something may wait to be written.
    pub(crate) fn anew() -> Rc<Known> {
        let known = Known::default();
        known.forgot.set(true);
        Rc::new(known)
    }

    /// Says that the act that runs has written: if it fails, nothing of this is true any more.
    pub(crate) fn wrote(&self) {
        self.wrote.set(true);
    }

    /// Another act begins; whether the one before it has written.
    pub(crate) fn begin(&self) -> bool {
        self.wrote.replace(false)
    }

    /// Whether it may not hold all that was told it.
    pub(crate) fn forgot(&self) -> bool {
        self.forgot.get() || self.places.forgot.get() || self.heads.forgot.get() || self.persons.forgot.get()
    }

    /// The place of a packed id, if it was looked up.
    pub(crate) fn place(&self, kind: TypeCode, id: &[u8]) -> Option<Option<Key>> {
        self.places.get(&(kind, id.to_vec()))
    }

    pub(crate) fn note_place(&self, kind: TypeCode, id: Vec<u8>, key: Option<Key>) {
        self.places.note((kind, id), key);
    }

    /// The current version, and whether it is a deletion; nothing where only a place is.
    pub(crate) fn head(&self, key: Key) -> Option<Option<(i64, bool)>> {
        self.heads.get(&key)
    }

    pub(crate) fn note_head(&self, key: Key, head: Option<(i64, bool)>) {
        self.heads.note(key, head);
    }

    pub(crate) fn person(&self, subject: Subject) -> Option<Option<Subject>> {
        self.persons.get(&subject)
    }

    pub(crate) fn note_person(&self, subject: Subject, person: Option<Subject>) {
        self.persons.note(subject, person);
    }

    /// The slot that a subject gives out next.
    pub(crate) fn slot(&self, subject: Subject) -> Option<i64> {
        self.slots.borrow().get(&subject).copied()
    }

    pub(crate) fn note_slot(&self, subject: Subject, next: i64) {
        self.slots.borrow_mut().insert(subject, next);
    }

    pub(crate) fn setting(&self, name: &str) -> Option<Option<Vec<u8>>> {
        self.settings.get(name)
    }

    pub(crate) fn note_setting(&self, name: &str, value: Option<Vec<u8>>) {
        self.settings.note(name.to_owned(), value);
    }
}

/// A map that forgets all when it is full.
struct Map<K, V> {
    all: RefCell<HashMap<K, V>>,
    forgot: Cell<bool>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map { all: RefCell::default(), forgot: Cell::new(false) }
    }
}

impl<K: Hash + Eq, V: Clone> Map<K, V> {
    fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.all.borrow().get(key).cloned()
    }

    fn note(&self, key: K, value: V) {
        let mut map = self.all.borrow_mut();
        if map.len() >= MOST {
            map.clear();
            self.forgot.set(true);
        }
        map.insert(key, value);
    }
}
