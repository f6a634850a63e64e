//! Where a page begins or ends, as text in a link. It tells the place and the order only; the search itself stands in
//! the link.

use meridian_store::search::{Cursor, Start};

/// `sort` is the wish for order: a place in one order is none in another.
pub(super) fn write(start: &Start, sort: &str) -> Option<String> {
    let (way, cursor) = match start {
        Start::First => return None,
        Start::After(cursor) => ("n", cursor),
        Start::Before(cursor) => ("p", cursor),
    };
    Some(format!("{way}{}", hex::encode(serde_json::to_vec(&(mark(sort), cursor)).ok()?)))
}

pub(super) fn read(text: &str, sort: &str) -> Option<Start> {
    let way = text.get(..1)?;
    let (of, cursor): (u32, Cursor) = serde_json::from_slice(&hex::decode(text.get(1..)?).ok()?).ok()?;
    match way {
        "n" if of == mark(sort) => Some(Start::After(cursor)),
        "p" if of == mark(sort) => Some(Start::Before(cursor)),
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
        let start = Start::Before(Cursor { values: Vec::new(), key: 7 });
        let text = write(&start, "-date").unwrap();
        assert_eq!(read(&text, "-date"), Some(start));
        assert_eq!(read(&text, "date"), None);
        for wrong in ["", "n", "p00", "é", "nzz", "x5b5d"] {
            assert_eq!(read(wrong, ""), None, "{wrong}");
        }
        assert_eq!(write(&Start::First, ""), None);
    }
}
