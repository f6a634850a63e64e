//! CSV after RFC 4180: a header, CRLF, quotes where they are needed.

use super::kinds::{Column, Kind};
use serde_json::Value;

/// The file of a kind.
pub(super) fn file(kind: &Kind) -> String {
    format!("csv/{}.csv", kind.file)
}

pub(super) fn header(kind: &Kind, out: &mut Vec<u8>) {
    row(kind.columns.iter().map(|(name, _)| (*name).to_owned()), out);
}

/// The row of a resource; of an Observation with components, one for each.
pub(super) fn rows(kind: &Kind, resource: &Value, institution: &str, out: &mut Vec<u8>) {
    let parts = if kind.by_component { resource.get("component").and_then(Value::as_array) } else { None };
    match parts {
        Some(parts) => parts.iter().for_each(|part| one(kind, resource, part, institution, out)),
        None => one(kind, resource, resource, institution, out),
    }
}

fn one(kind: &Kind, resource: &Value, part: &Value, institution: &str, out: &mut Vec<u8>) {
    row(kind.columns.iter().map(|(_, column)| cell(column, resource, part, institution)), out);
}

fn cell(column: &Column, resource: &Value, part: &Value, institution: &str) -> String {
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(truth)) => truth.to_string(),
        _ => String::new(),
    };
    match column {
        Column::Institution => institution.to_owned(),
        Column::At(path) => text(resource.pointer(path)),
        Column::Part(path) => text(part.pointer(path)),
        Column::Reference(path) => {
            let reference = text(resource.pointer(path));
            reference.rsplit_once('/').map_or(reference.clone(), |(_, id)| id.to_owned())
        }
        Column::First(paths) => {
            paths.iter().map(|path| text(resource.pointer(path))).find(|t| !t.is_empty()).unwrap_or_default()
        }
        Column::Identifier(system) => {
            let list = resource.get("identifier").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let fits = |i: &&Value| i.get("system").and_then(Value::as_str).is_some_and(|s| s.starts_with(system));
            text(list.iter().find(fits).and_then(|identifier| identifier.get("value")))
        }
    }
}

fn row(cells: impl Iterator<Item = String>, out: &mut Vec<u8>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            out.push(b'"');
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut out = Vec::new();
        row(["a", "b,c", "say \"so\"", "two\nlines", ""].into_iter().map(str::to_owned), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "a,\"b,c\",\"say \"\"so\"\"\",\"two\nlines\",\r\n");
    }
}
