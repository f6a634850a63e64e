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
pub(crate) struct Known {
    /// By type and packed id.
    places: Map<(TypeCode, Vec<u8>), Option<Key>>,
    /// Version and whether it is a deletion.
    heads: Map<Key, Option<(i64, bool)>>,
    persons: Map<Subject, Option<Subject>>,
    /// Never forgotten: they may wait to be written.
    slots: Map<Subject, i64>,
    settings: Map<String, Option<Vec<u8>>>,
}

impl Default for Known {
    fn default() -> Known {
        Known::new(false)
    }
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
    fn new(undone: bool) -> Known {
        Known {
            places: Map::new(MOST, undone),
            heads: Map::new(MOST, undone),
            persons: Map::new(MOST, undone),
            slots: Map::new(usize::MAX, undone),
            settings: Map::new(MOST, undone),
        }
    }

    /// For acts that may be undone one by one.
    pub(crate) fn of_a_group() -> Known {
        Known::new(true)
    }

    /// Another act begins: what is known now stays known.
    pub(crate) fn begin(&self) {
        self.places.begin();
        self.heads.begin();
        self.persons.begin();
        self.slots.begin();
        self.settings.begin();
    }

    /// The act that runs is undone: nothing that it wrote is true any more.
    pub(crate) fn undo(&self) {
        self.places.undo();
        self.heads.undo();
        self.persons.undo();
        self.slots.undo();
        self.settings.undo();
    }

    /// Whether it may not hold all that was told it.
    pub(crate) fn forgot(&self) -> bool {
        self.places.forgot.get() || self.heads.forgot.get() || self.persons.forgot.get()
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
        self.slots.get(&subject)
    }

    pub(crate) fn note_slot(&self, subject: Subject, next: i64) {
        self.slots.note(subject, next);
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
    most: usize,
    forgot: Cell<bool>,
    /// What stood there before the act that runs noted something else, where that may be undone.
    was: Option<RefCell<Was<K, V>>>,
}

/// Keys with what they stood for, in the order in which that was noted anew.
type Was<K, V> = Vec<(K, Option<V>)>;

impl<K: Hash + Eq + Clone, V: Clone> Map<K, V> {
    fn new(most: usize, undone: bool) -> Map<K, V> {
        Map { all: RefCell::default(), most, forgot: Cell::new(false), was: undone.then(RefCell::default) }
    }

    fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.all.borrow().get(key).cloned()
    }

    fn note(&self, key: K, value: V) {
        let mut map = self.all.borrow_mut();
        if map.len() >= self.most {
            map.clear();
            self.forgot.set(true);
        }
        match &self.was {
            None => drop(map.insert(key, value)),
            Some(was) => {
                let before = map.insert(key.clone(), value);
                was.borrow_mut().push((key, before));
            }
        }
    }

    fn begin(&self) {
        if let Some(was) = &self.was {
            was.borrow_mut().clear();
        }
    }

    fn undo(&self) {
        let mut map = self.all.borrow_mut();
        for (key, before) in self.was.iter().flat_map(RefCell::take).rev() {
            match before {
                Some(value) => map.insert(key, value),
                None => map.remove(&key),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_act_noted_is_undone_and_what_was_there_before_is_not() {
        let known = Known::of_a_group();
        let [one, other] = [Subject(2), Subject(3)];
        known.begin();
        known.note_slot(one, 5);
        known.note_head(Key(7), Some((1, false)));
        known.begin();
        known.note_slot(one, 6);
        known.note_slot(one, 7);
        known.note_person(other, Some(one));
        known.note_head(Key(7), Some((2, true)));
        known.undo();
        assert_eq!((known.slot(one), known.person(other)), (Some(5), None));
        assert_eq!(known.head(Key(7)), Some(Some((1, false))));
        known.undo();
        assert_eq!(known.slot(one), Some(5), "the act before it stays");
        assert!(!known.forgot());
    }

    #[test]
    fn what_is_forgotten_stays_so_when_the_act_is_undone() {
        let known = Known::of_a_group();
        known.begin();
        known.note_person(Subject(1), None);
        known.begin();
        for nth in 2..=20_001 {
            known.note_person(Subject(nth), None);
        }
        assert!(known.forgot());
        known.undo();
        assert_eq!((known.person(Subject(1)), known.person(Subject(20_001))), (None, None));
    }
}
