//! Rows of a table: `PID-7 -> birthDate : date ; unless x`, and their application to segments.

use std::collections::HashMap;

use meridian_hl7v2::{Part, Path, Segment};
use serde_json::Value;

use super::{
    context::Context,
    convert::{Convert, Deleted},
    place::Place,
    plan::Clear,
    tables::{CodeTable, TableError},
};

/// One row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    from: Path,
    to: Place,
    convert: Convert,
    condition: Option<Condition>,
}

#[derive(Clone, Debug)]
enum Condition {
    /// Only while nothing is there yet.
    Unless(Place),
    /// Only when that field was sent.
    If(Path),
}

pub(crate) fn parse_rows(resource: &str, text: &str) -> Result<Vec<Row>, TableError> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| parse_row(line).map_err(|problem| TableError::new(resource, &format!("{problem}: {line}"))))
        .collect()
}

fn parse_row(line: &str) -> Result<Row, &'static str> {
    let (from, rest) = line.split_once("->").ok_or("no arrow")?;
    let (to, rest) = rest.split_once(" : ").ok_or("no converter")?;
    let (convert, condition) = match rest.split_once(';') {
        Some((convert, condition)) => (convert, Some(parse_condition(condition.trim())?)),
        None => (rest, None),
    };
    Ok(Row {
        from: Path::parse(from.trim()).ok_or("no such place in a message")?,
        to: Place::parse(to.trim()).ok_or("no such place in a resource")?,
        convert: Convert::parse(convert.trim()).ok_or("no such converter")?,
        condition,
    })
}

fn parse_condition(text: &str) -> Result<Condition, &'static str> {
    let bad = "no such condition";
    match text.split_once(' ') {
        Some(("unless", place)) => Place::parse(place.trim()).map(Condition::Unless).ok_or(bad),
        Some(("if", path)) => Path::parse(path.trim()).map(Condition::If).ok_or(bad),
        _ => Err(bad),
    }
}

impl Row {
    pub(crate) fn same_field(&self, other: &Self) -> bool {
        self.from == other.from
    }

    /// The code table that the row names must exist, unless it only gives the system of unmapped codes.
    pub(crate) fn check(&self, resource: &str, codes: &HashMap<String, CodeTable>) -> Result<(), TableError> {
        match self.convert.needs_table() {
            Some(table) if !codes.contains_key(table) => {
                Err(TableError::new(resource, &format!("{} names {table}, which is no table", self.from)))
            }
            _ => Ok(()),
        }
    }
}

/// Applies rows to the segments in scope (the first of each name counts) and puts what they give into `resource`.
pub(crate) fn apply(cx: &mut Context<'_>, rows: &[Row], scope: &[Segment<'_>], resource: &mut Value) {
    for row in rows {
        let find = |name: &str| scope.iter().find(|segment| segment.name() == name);
        let Some(segment) = find(&row.from.segment) else { continue };
        let field = segment.at(&row.from);
        if field.is_null() {
            match row.convert.slot() {
                Deleted::All => cx.clear(Clear { path: row.to.path(), slot: None }),
                Deleted::Slot(slot) => cx.clear(Clear { path: row.to.path(), slot: Some(slot) }),
                Deleted::Nothing => cx.warn(&row.from.to_string(), "numbers are deleted by type or assigner only"),
            }
            continue;
        }
        let holds = match &row.condition {
            None => true,
            Some(Condition::Unless(place)) => !place.is_set(resource),
            Some(Condition::If(path)) => find(&path.segment).is_some_and(|segment| !segment.at(path).is_empty()),
        };
        if field.is_empty() || !holds {
            continue;
        }
        let at = row.from.to_string();
        let sent: Vec<Part<'_>> = field.reps().filter(|rep| !rep.is_empty() && !rep.is_null()).collect();
        let used = if row.to.repeats() { sent.len() } else { 1 };
        for part in sent.into_iter().take(used) {
            if part.comp(1).is_null()
                && let Some(system) = row.convert.deleted_system(cx, part)
            {
                cx.clear(Clear { path: row.to.path(), slot: Some(system) });
            }
            if let Some(value) = row.convert.apply(cx, part, &at) {
                row.to.put(resource, value);
            }
        }
    }
}
