//! A row as a JSON object; values are printed as they stand in the resource.

use meridian_fhirpath::Item;

use super::super::{Cell, View};

/// `"name":` of each column, printed once.
pub(super) struct Keys {
    keys: Vec<Vec<u8>>,
}

impl Keys {
    pub(super) fn of(view: &View) -> Self {
        let key = |(nth, name): (usize, &str)| {
            let before = if nth == 0 { "" } else { "," };
            format!("{before}{}:", serde_json::Value::from(name)).into_bytes()
        };
        Self { keys: view.columns.iter().map(|column| column.name.as_str()).enumerate().map(key).collect() }
    }

    pub(super) fn row(&self, row: &[Cell<'_>], out: &mut Vec<u8>) {
        out.push(b'{');
        for (key, cell) in self.keys.iter().zip(row) {
            out.extend_from_slice(key);
            value(cell, out);
        }
        out.push(b'}');
    }
}

/// A cell as JSON.
pub(super) fn value(cell: &Cell<'_>, out: &mut Vec<u8>) {
    match cell {
        Cell::Null => out.extend_from_slice(b"null"),
        Cell::One(one) => item(one, out),
        Cell::Many(many) => {
            out.push(b'[');
            for (nth, one) in many.iter().enumerate() {
                if nth > 0 {
                    out.push(b',');
                }
                item(one, out);
            }
            out.push(b']');
        }
    }
}

fn item(item: &Item<'_>, out: &mut Vec<u8>) {
    let before = out.len();
    let printed = match item {
        Item::Node(node) => serde_json::to_writer(&mut *out, node.value()),
        Item::Text(text) => serde_json::to_writer(&mut *out, text),
        other => serde_json::to_writer(&mut *out, &other.to_json()),
    };
    // Memory takes everything; a value that could not be printed would be a fault of the printer.
    if printed.is_err() {
        out.truncate(before);
        out.extend_from_slice(b"null");
    }
}
