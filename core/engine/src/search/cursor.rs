//! Where a page begins or ends, as text in a link. It tells the place and the order only; the search itself stands in
//! the link.

use meridian_store::search::{Cursor, Start};

/// Where a page begins, among what is stored and among what the server has by itself.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Further {
    pub(super) start: Start,
    /// How many of the server's own have been shown.
    pub(super) own: usize,
    /// All that is stored has been shown.
    pub(super) done: bool,
}

/// Nothing of the server's own comes any more.
const PASSED: usize = usize::MAX;

impl Further {
    /// A place where only what is stored is left.
    pub(super) fn stored(start: Start) -> Further {
        Further { start, own: PASSED, done: false }
    }
}

/// `sort` is the wish for order: a place in one order is none in another.
pub(super) fn write(further: &Further, sort: &str) -> Option<String> {
    let text = |value: Result<Vec<u8>, _>| value.ok().map(hex::encode);
    let mark = mark(sort);
    match &further.start {
        Start::After(cursor) if further.own == PASSED => {
            Some(format!("n{}", text(serde_json::to_vec(&(mark, cursor)))?))
        }
        Start::Before(cursor) => Some(format!("p{}", text(serde_json::to_vec(&(mark, cursor)))?)),
        start => {
            let cursor = if let Start::After(cursor) = start { Some(cursor) } else { None };
            Some(format!("o{}", text(serde_json::to_vec(&(mark, further.own, further.done, cursor)))?))
        }
    }
}

pub(super) fn read(text: &str, sort: &str) -> Option<Further> {
    let way = text.get(..1)?;
    let json = hex::decode(text.get(1..)?).ok()?;
    if way == "o" {
        let (of, own, done, cursor): (u32, usize, bool, Option<Cursor>) = serde_json::from_slice(&json).ok()?;
        return (of == mark(sort)).then(|| Further { start: cursor.map(Start::After).unwrap_or_default(), own, done });
    }
    let (of, cursor): (u32, Cursor) = serde_json::from_slice(&json).ok()?;
    match way {
        "n" if of == mark(sort) => Some(Further::stored(Start::After(cursor))),
        "p" if of == mark(sort) => Some(Further::stored(Start::Before(cursor))),
        _ => None,
    }
}

/// Tells one order from another (FNV-1a).
fn mark(sort: &str) -> u32 {
    sort.bytes().fold(0x811c_9dc5, |mark, byte| (mark ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_one_order() {
        let cursor = Cursor { values: Vec::new(), key: 7 };
        for further in [
            Further::stored(Start::Before(cursor.clone())),
            Further::stored(Start::After(cursor.clone())),
            Further { start: Start::First, own: 50, done: false },
            Further { start: Start::First, own: 7, done: true },
            Further { start: Start::After(cursor), own: 3, done: false },
        ] {
            let text = write(&further, "-date").unwrap();
            assert_eq!(read(&text, "-date"), Some(further));
            assert_eq!(read(&text, "date"), None);
        }
        for wrong in ["", "n", "p00", "é", "nzz", "x5b5d", "o5b5d"] {
            assert_eq!(read(wrong, ""), None, "{wrong}");
        }
    }
}
