//! The number of a resource: its subject and its slot there, packed into one integer.
//!
//! All rows of one subject lie side by side in every table that is ordered by key, which makes a person's record a
//! few range scans, and lets a distributed database place a subject on one shard.

use std::fmt;

/// Bits of a key that number the resources of one subject: 16,777,215 of them.
const SLOT_BITS: u32 = 24;

/// The small integer of a resource type, from the definition tables; [`GOLDEN_PATIENT`] is ours.
pub type TypeCode = u16;

/// Golden Patients are kept under a type of their own, so that a search for what institutions sent does not meet them.
pub const GOLDEN_PATIENT: TypeCode = 1000;

/// The immutable integer of a subject: one institution's Patient, one golden Patient, or a partition of resources
/// that belong to nobody.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Subject(pub i64);

impl Subject {
    /// Where resources without a patient live.
    pub const COMMON: Subject = Subject(1);

    /// The key of the Patient that this subject is.
    pub fn patient(self) -> Key {
        Key::new(self, 1)
    }

    /// The first and the last key that the subject can hold.
    pub fn span(self) -> (i64, i64) {
        (self.0 << SLOT_BITS, (self.0 << SLOT_BITS) | ((1 << SLOT_BITS) - 1))
    }
}

/// What a subject stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SubjectKind {
    Common = 0,
    Source = 1,
    Golden = 2,
}

/// The number of a resource: `subject << 24 | slot`. It never changes while the resource stays with its subject.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub i64);

impl Key {
    pub fn new(subject: Subject, slot: i64) -> Key {
        Key((subject.0 << SLOT_BITS) | slot)
    }

    pub fn subject(self) -> Subject {
        Subject(self.0 >> SLOT_BITS)
    }

    /// The largest slot a subject can give out.
    pub const MAX_SLOT: i64 = (1 << SLOT_BITS) - 1;

    pub(crate) const SLOT_BITS: u32 = SLOT_BITS;
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 >> SLOT_BITS, self.0 & ((1 << SLOT_BITS) - 1))
    }
}

/// A logical id as it is stored: a lower-case UUID takes 16 bytes, anything else its own text.
pub(crate) fn pack_id(id: &str) -> Vec<u8> {
    if id.len() == 36
        && let Some(uuid) = uuid_bytes(id)
    {
        return uuid;
    }
    let mut text = Vec::with_capacity(id.len() + 1);
    if id.len() == 16 {
        text.push(0); // tells a text of sixteen letters from a UUID
    }
    text.extend_from_slice(id.as_bytes());
    text
}

/// The text of a packed id.
pub(crate) fn unpack_id(bytes: &[u8]) -> String {
    match bytes {
        [0, text @ ..] if text.len() == 16 => String::from_utf8_lossy(text).into_owned(),
        uuid if uuid.len() == 16 => {
            let hex = hex::encode(uuid);
            let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
            [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
        }
        text => String::from_utf8_lossy(text).into_owned(),
    }
}

fn uuid_bytes(id: &str) -> Option<Vec<u8>> {
    let mut digits = String::with_capacity(32);
    for (at, c) in id.char_indices() {
        match (at, c) {
            (8 | 13 | 18 | 23, '-') => {}
            (8 | 13 | 18 | 23, _) => return None,
            (_, '0'..='9' | 'a'..='f') => digits.push(c),
            _ => return None,
        }
    }
    hex::decode(digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_uuid_takes_sixteen_bytes() {
        let id = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
        assert_eq!(pack_id(id).len(), 16);
        assert_eq!(unpack_id(&pack_id(id)), id);
    }

    #[test]
    fn an_upper_case_uuid_is_another_id() {
        let id = "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9";
        assert_eq!(unpack_id(&pack_id(id)), id);
    }

    proptest! {
        #[test]
        fn any_id_survives(id in "[A-Za-z0-9\\-\\.]{1,64}") {
            prop_assert_eq!(unpack_id(&pack_id(&id)), id);
        }

        #[test]
        fn packing_is_one_to_one(a in "[a-f0-9\\-\\.]{15,37}", b in "[a-f0-9\\-\\.]{15,37}") {
            prop_assert_eq!(a == b, pack_id(&a) == pack_id(&b));
        }
    }
}
