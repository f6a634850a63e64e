//! CSV after RFC 4180, lines ended by a line feed. What is no primitive is printed as JSON.

use std::borrow::Cow;

use meridian_model::Value;

use super::super::{Cell, View};
use super::json;

pub(super) fn header(view: &View, out: &mut Vec<u8>) {
    let names: Vec<&str> = view.columns.iter().map(|column| column.name.as_str()).collect();
    out.extend_from_slice(names.join(",").as_bytes());
    out.push(b'\n');
}

pub(super) fn row(row: &[Cell<'_>], out: &mut Vec<u8>) {
    for (nth, cell) in row.iter().enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        match cell {
            Cell::Null => {}
            Cell::One(item) => match item.as_node().map(meridian_fhirpath::Node::value) {
                Some(Value::Null) => {}
                Some(Value::Bool(value)) => field(if *value { "true" } else { "false" }, out),
                Some(Value::Object(_) | Value::Array(_)) => as_json(cell, out),
                _ => match item.to_text() {
                    Some(text) => field(&text, out),
                    None => as_json(cell, out),
                },
            },
            Cell::Many(_) => as_json(cell, out),
        }
    }
    // A line that is empty would be none.
    if matches!(row, [Cell::Null]) {
        out.extend_from_slice(b"\"\"");
    }
    out.push(b'\n');
}

fn as_json(cell: &Cell<'_>, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    json::value(cell, &mut text);
    field(&String::from_utf8_lossy(&text), out);
}

fn field(text: &str, out: &mut Vec<u8>) {
    let is_plain = !text.is_empty()
        && !text.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'))
        && !text.starts_with(' ')
        && !text.ends_with(' ');
    if is_plain {
        return out.extend_from_slice(text.as_bytes());
    }
    let text: Cow<'_, str> = if text.contains('"') { text.replace('"', "\"\"").into() } else { text.into() };
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}
