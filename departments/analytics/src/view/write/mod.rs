//! Rows as NDJSON, JSON, CSV or Parquet, piece by piece: what was printed is taken away before more comes.

mod csv;
mod json;
mod parquet;

use meridian_fhirpath::Item;
use meridian_model::Value;
use meridian_model::both;

use super::{Cell, Fault, Rows, View};

/// Longest row, in bytes of the texts in it: many columns may hold the same long text.
const LONGEST_ROW: usize = 64 << 20;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON object on each line.
    Ndjson,
    /// One JSON array.
    Json,
    Csv,
    Parquet,
}

impl Format {
    /// By its short name or its media type.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let name = name.split(';').next().unwrap_or_default().trim();
        Some(match name {
            "ndjson" | "application/x-ndjson" | "application/ndjson" | "application/fhir+ndjson" => Self::Ndjson,
            "json" | "application/json" | "application/fhir+json" => Self::Json,
            "csv" | "text/csv" => Self::Csv,
            "parquet" | "application/vnd.apache.parquet" | "application/octet-stream" => Self::Parquet,
            _ => return None,
        })
    }

    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Prints the rows of one view.
pub struct Writer {
    form: Form,
    out: Vec<u8>,
}

enum Form {
    Ndjson(json::Keys),
    Json(json::Keys, bool),
    Csv,
    Parquet(Box<parquet::Table>),
}

impl Writer {
    /// `header` is for CSV: the names of the columns in the first line.
    ///
    /// # Errors
    /// A column whose `ansi/type` is not known, for Parquet.
    pub fn new(view: &View, format: Format, header: bool) -> Result<Self, Fault> {
        let mut out = Vec::new();
        let form = match format {
            Format::Ndjson => Form::Ndjson(json::Keys::of(view)),
            Format::Json => {
                out.push(b'[');
                Form::Json(json::Keys::of(view), true)
            }
            Format::Csv => {
                if header {
                    csv::header(view, &mut out);
                }
                Form::Csv
            }
            Format::Parquet => Form::Parquet(Box::new(parquet::Table::of(view)?)),
        };
        Ok(Self { form, out })
    }

    /// Prints the first `most` of these rows.
    ///
    /// # Errors
    /// A value that does not fit the table type that its column asks for, in Parquet.
    pub fn rows(&mut self, rows: &Rows<'_>, most: usize) -> Result<(), Fault> {
        rows.iter().take(most).try_for_each(|row| self.row(row))
    }

    /// Prints a row.
    ///
    /// # Errors
    /// As [`Self::rows`]; a row that is too long.
    pub fn row(&mut self, row: &[Cell<'_>]) -> Result<(), Fault> {
        let mut left = LONGEST_ROW;
        if row.iter().any(|cell| !fits(cell, &mut left)) {
            let says = both!(
                "a row of this resource has more than {} MB of text",
                "这个资源的一行文字超过 {} MB",
                LONGEST_ROW >> 20
            );
            return Err(Fault::new("select", says));
        }
        match &mut self.form {
            Form::Ndjson(keys) => {
                keys.row(row, &mut self.out);
                self.out.push(b'\n');
            }
            Form::Json(keys, is_first) => {
                self.out.extend_from_slice(if *is_first { b"\n" } else { b",\n" });
                *is_first = false;
                keys.row(row, &mut self.out);
            }
            Form::Csv => csv::row(row, &mut self.out),
            Form::Parquet(table) => table.row(row, &mut self.out)?,
        }
        Ok(())
    }

    /// Bytes that are ready.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.out.len()
    }

    /// Takes what is ready.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// The end of the answer, with what is still there.
    ///
    /// # Errors
    /// Those of the Parquet library.
    pub fn finish(mut self) -> Result<Vec<u8>, Fault> {
        match self.form {
            Form::Json(..) => self.out.extend_from_slice(b"\n]\n"),
            Form::Parquet(table) => table.finish(&mut self.out)?,
            Form::Ndjson(_) | Form::Csv => {}
        }
        Ok(self.out)
    }
}

/// Takes the length of a cell's texts from what is left; false when that is not enough.
fn fits(cell: &Cell<'_>, left: &mut usize) -> bool {
    let mut take = |bytes: usize| match left.checked_sub(bytes) {
        Some(less) => {
            *left = less;
            true
        }
        None => false,
    };
    match cell {
        Cell::Null => true,
        Cell::One(item) => item_fits(item, &mut take),
        Cell::Many(items) => items.iter().all(|item| item_fits(item, &mut take)),
    }
}

fn item_fits(item: &Item<'_>, take: &mut impl FnMut(usize) -> bool) -> bool {
    match item {
        Item::Node(node) => value_fits(node.value(), take),
        Item::Text(text) => take(text.len()),
        Item::Shared(text) => take(text.len()),
        _ => take(16),
    }
}

fn value_fits(value: &Value, take: &mut impl FnMut(usize) -> bool) -> bool {
    match value {
        Value::String(text) => take(text.len()),
        Value::Array(items) => take(2) && items.iter().all(|item| value_fits(item, take)),
        Value::Object(members) => members.iter().all(|(key, member)| take(key.len()) && value_fits(member, take)),
        Value::Null | Value::Bool(_) | Value::Number(_) => take(8),
    }
}
