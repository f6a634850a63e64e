//! The hash chain of audit rows: each row's hash covers all its fields and the hash before it (SHA-256).

use sha2::{Digest, Sha256};

use crate::{Look, Origin};

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

/// As it is kept: PostgreSQL knows no NUL.
fn text(out: &mut Vec<u8>, value: &str) {
    if value.contains('\0') {
        bytes(out, value.replace('\0', "\u{FFFD}").as_bytes());
    } else {
        bytes(out, value.as_bytes());
    }
}

fn bytes(out: &mut Vec<u8>, value: &[u8]) {
    out.extend_from_slice(&(value.len() as u64).to_be_bytes());
    out.extend_from_slice(value);
}

pub(crate) fn look_fields(seq: i64, at: i64, look: &Look, subjects: &[u8]) -> Vec<u8> {
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
        text(&mut out, field);
    }
    bytes(&mut out, subjects);
    out
}

pub(crate) fn write_fields(seq: i64, tx: i64, at: i64, origin: &Origin, subject: i64, what: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    for value in [seq, tx, at, subject] {
        number(&mut out, value);
    }
    for field in [&origin.actor, &origin.role, &origin.institution, &origin.request] {
        text(&mut out, field);
    }
    text(&mut out, what);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_letter_between_fields_changes_the_hash() {
        let look =
            |actor: &str, display: &str| Look { actor: actor.into(), display: display.into(), ..Look::default() };
        let hash = |look: &Look| link(&START, &look_fields(1, 2, look, &[]));
        assert_ne!(hash(&look("ab", "c")), hash(&look("a", "bc")));
        assert_eq!(hash(&look("a\0", "")), hash(&look("a\u{FFFD}", "")), "as PostgreSQL keeps it");
    }
}
