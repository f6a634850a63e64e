//! Where the next page begins, as text in a link. It tells the place only; the search itself stands in the link.

use meridian_store::search::Cursor;

pub(super) fn write(cursor: &Cursor) -> String {
    hex::encode(serde_json::to_vec(cursor).unwrap_or_default())
}

pub(super) fn read(text: &str) -> Option<Cursor> {
    serde_json::from_slice(&hex::decode(text).ok()?).ok()
}
