//! Parquet: one column for each column of the view, its type by SQL on FHIR's default mapping or by the tag `ansi/type`.
//!
//! Rows are gathered in columns and written in groups, so that memory does not grow with the answer.

mod convert;
mod sort;

use meridian_model::both;
use meridian_model::language::Both;

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use ::parquet::basic::{Compression, LogicalType, Repetition};
use ::parquet::data_type::{BoolType, ByteArrayType, DoubleType, FixedLenByteArrayType, Int32Type, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::{Type, TypePtr};

use super::super::{Cell, Fault, View};
use convert::Cells;
use sort::Sort;

/// Rows of a group.
const GROUP_ROWS: usize = 50_000;
/// What a group may hold before it is written, in bytes.
const GROUP_BYTES: usize = 32 << 20;
/// What the library needs to know of each cell: the two levels.
const LEVELS: usize = 4;

/// A table that is being written.
pub(super) struct Table {
    columns: Vec<Column>,
    sink: Sink,
    /// None after the end.
    writer: Option<SerializedFileWriter<Sink>>,
    rows: usize,
    bytes: usize,
}

struct Column {
    name: String,
    sort: Sort,
    many: bool,
    cells: Cells,
    /// How much of each value is there: nothing, an empty list, a list with a null, a value.
    definitions: Vec<i16>,
    /// Whether a value begins a row (0) or goes on in the list of the one before (1).
    repetitions: Vec<i16>,
}

/// What the library writes into; taken away after each group.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Table {
    pub(super) fn of(view: &View) -> Result<Self, Fault> {
        let mut columns = Vec::with_capacity(view.columns.len());
        for column in &view.columns {
            let sort = Sort::of(column)?;
            columns.push(Column {
                name: column.name.clone(),
                sort,
                many: column.collection,
                cells: Cells::of(sort),
                definitions: Vec::new(),
                repetitions: Vec::new(),
            });
        }
        let schema = schema(view, &columns).map_err(|error| failed(&error))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("meridian".to_owned())
            .build();
        let sink = Sink::default();
        let writer = SerializedFileWriter::new(sink.clone(), schema, Arc::new(properties));
        let writer = Some(writer.map_err(|error| failed(&error))?);
        Ok(Self { columns, sink, writer, rows: 0, bytes: 0 })
    }

    pub(super) fn row(&mut self, row: &[Cell<'_>], out: &mut Vec<u8>) -> Result<(), Fault> {
        for (column, cell) in self.columns.iter_mut().zip(row) {
            self.bytes += column.push(cell)?;
        }
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.group().map_err(|error| failed(&error))?;
            out.append(&mut self.sink.take());
        }
        Ok(())
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        let Some(writer) = self.writer.as_mut().filter(|_| self.rows > 0) else { return Ok(()) };
        let mut group = writer.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut writer) = group.next_column()? else { break };
            let definitions = Some(column.definitions.as_slice());
            let repetitions = column.many.then_some(column.repetitions.as_slice());
            match &column.cells {
                Cells::Bool(values) => writer.typed::<BoolType>().write_batch(values, definitions, repetitions)?,
                Cells::I32(values) => writer.typed::<Int32Type>().write_batch(values, definitions, repetitions)?,
                Cells::I64(values) => writer.typed::<Int64Type>().write_batch(values, definitions, repetitions)?,
                Cells::F64(values) => writer.typed::<DoubleType>().write_batch(values, definitions, repetitions)?,
                Cells::Bytes(values) => {
                    writer.typed::<ByteArrayType>().write_batch(values, definitions, repetitions)?
                }
                Cells::Wide(values) => {
                    writer.typed::<FixedLenByteArrayType>().write_batch(values, definitions, repetitions)?
                }
            };
            writer.close()?;
            column.cells = Cells::of(column.sort);
            column.definitions.clear();
            column.repetitions.clear();
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    pub(super) fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.group().map_err(|error| failed(&error))?;
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(|error| failed(&error))?;
        }
        out.append(&mut self.sink.take());
        Ok(())
    }
}

impl Column {
    /// Adds a cell; says how many bytes are held for it.
    fn push(&mut self, cell: &Cell<'_>) -> Result<usize, Fault> {
        let odd = |says: Both| Fault::new("", both!("column `{}`: {}", "列 `{}`：{}", self.name, says));
        // Lists: 0 none, 1 empty, 2 a null in it, 3 a value. Single values: 0 none, 1 there.
        let (none, there) = if self.many { (2, 3) } else { (0, 1) };
        match cell {
            Cell::Null => {
                self.definitions.push(0);
                self.repetitions.push(0);
                Ok(LEVELS)
            }
            Cell::Many(items) if items.is_empty() => {
                self.definitions.push(1);
                self.repetitions.push(0);
                Ok(LEVELS)
            }
            Cell::One(item) => {
                let added = self.cells.push(self.sort, item).map_err(odd)?;
                self.definitions.push(if added.is_some() { there } else { none });
                self.repetitions.push(0);
                Ok(LEVELS + added.unwrap_or(0))
            }
            Cell::Many(items) => {
                let mut bytes = 0;
                for (nth, item) in items.iter().enumerate() {
                    let added = self.cells.push(self.sort, item).map_err(odd)?;
                    self.definitions.push(if added.is_some() { there } else { none });
                    self.repetitions.push(i16::from(nth > 0));
                    bytes += LEVELS + added.unwrap_or(0);
                }
                Ok(bytes)
            }
        }
    }
}

fn schema(view: &View, columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let mut fields = Vec::with_capacity(columns.len());
    for column in columns {
        fields.push(Arc::new(if column.many {
            let element = Arc::new(column.sort.field("element")?);
            let list =
                Type::group_type_builder("list").with_repetition(Repetition::REPEATED).with_fields(vec![element]);
            Type::group_type_builder(&column.name)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(Some(LogicalType::List))
                .with_fields(vec![Arc::new(list.build()?)])
                .build()?
        } else {
            column.sort.field(&column.name)?
        }));
    }
    let name = view.name.as_deref().unwrap_or("view");
    Ok(Arc::new(Type::group_type_builder(name).with_fields(fields).build()?))
}

fn failed(error: &ParquetError) -> Fault {
    Fault::new("", both!("Parquet: {error}", "写不成 Parquet：{error}"))
}

#[cfg(test)]
mod tests;
