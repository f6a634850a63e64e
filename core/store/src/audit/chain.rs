//! The hash chain of audit rows: each row's hash covers all its fields and the hash before it (SHA-256).

use sha2::{Digest, Sha256};

use crate::{Look, WriteRow};

/// What the first row is chained to.
pub(crate) const START: [u8; 32] = [0; 32];

/// The hash of a row whose fields are given as bytes that cannot be read in two ways.
pub(crate) fn link(before: &[u8; 32], fields: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(fields);
    hash.finalize().into()
}

fn number(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(&value.to_be_bytes());
}

/// How a NUL in a text is hashed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nul {
    /// As a sign that PostgreSQL can keep too.
    Replaced,
    /// As it is: so it was done while there were files alone.
    AsItIs,
}

/// Whether `hash` is that of a row behind this one.
pub(crate) fn is_behind(before: &[u8; 32], hash: &[u8; 32], fields: impl Fn(Nul) -> Vec<u8>) -> bool {
    [Nul::Replaced, Nul::AsItIs].into_iter().any(|nul| link(before, &fields(nul)) == *hash)
}

fn text(out: &mut Vec<u8>, value: &str, nul: Nul) {
    if nul == Nul::Replaced && value.contains('\0') {
        bytes(out, value.replace('\0', "\u{FFFD}").as_bytes());
    } else {
        bytes(out, value.as_bytes());
    }
}

fn bytes(out: &mut Vec<u8>, value: &[u8]) {
    out.extend_from_slice(&(value.len() as u64).to_be_bytes());
    out.extend_from_slice(value);
}

pub(crate) fn look_fields(seq: i64, at: i64, look: &Look, subjects: &[u8], nul: Nul) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    number(&mut out, seq);
    number(&mut out, at);
    for field in [
        &look.actor,
        &look.display,
        &look.role,
        &look.institution,
        &look.act,
        &look.kind,
        &look.id,
        &look.query,
        &look.request,
    ] {
        text(&mut out, field, nul);
    }
    bytes(&mut out, subjects);
    out
}

pub(crate) fn write_fields(row: &WriteRow, nul: Nul) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    for value in [row.seq, row.tx, row.at, row.subject] {
        number(&mut out, value);
    }
    let origin = &row.origin;
    for field in [&origin.actor, &origin.role, &origin.institution, &origin.request, &row.what] {
        text(&mut out, field, nul);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_letter_between_fields_changes_the_hash() {
        let look =
            |actor: &str, display: &str| Look { actor: actor.into(), display: display.into(), ..Look::default() };
        let hash = |look: &Look| link(&START, &look_fields(1, 2, look, &[], Nul::Replaced));
        assert_ne!(hash(&look("ab", "c")), hash(&look("a", "bc")));
        assert_eq!(hash(&look("a\0", "")), hash(&look("a\u{FFFD}", "")), "as PostgreSQL keeps it");
    }

    #[test]
    fn a_nul_of_old_is_not_tampering() {
        let look = |display: &str| Look { display: display.into(), ..Look::default() };
        let hash = |display: &str, nul: Nul| link(&START, &look_fields(1, 2, &look(display), &[], nul));
        let fits =
            |display: &str, hash: [u8; 32]| is_behind(&START, &hash, |nul| look_fields(1, 2, &look(display), &[], nul));
        assert_ne!(hash("a\0", Nul::AsItIs), hash("a\0", Nul::Replaced));
        assert!(fits("a\0", hash("a\0", Nul::AsItIs)) && fits("a\0", hash("a\0", Nul::Replaced)));
        assert!(fits("a\u{FFFD}", hash("a\0", Nul::Replaced)));
        assert!(!fits("a", hash("a\0", Nul::AsItIs)) && !fits("b\0", hash("a\0", Nul::AsItIs)));
    }
}
