//! What was written is read back with the library's own reader.

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use serde_json::json;

use super::super::{Format, Writer};
use crate::view::View;

#[test]
fn tables_are_read_back_with_their_types() {
    let column = |name: &str, path: &str, kind: &str, tag: &str| {
        let mut column = json!({"name": name, "path": path, "type": kind});
        if !tag.is_empty() {
            column["tag"] = json!([{"name": "ansi/type", "value": tag}]);
        }
        column
    };
    let mut given = column("given", "name.given", "string", "");
    given["collection"] = true.into();
    let view = View::read(&json!({"resource": "Patient", "name": "people", "select": [{"column": [
        column("id", "id", "id", ""), column("active", "active", "boolean", ""), given,
        column("born", "birthDate", "date", "DATE"), column("partial", "birthDate", "date", ""),
        column("births", "multipleBirth.ofType(integer)", "integer", ""),
        column("changed", "meta.lastUpdated", "instant", ""),
        column("weight", "extension('w').value.ofType(decimal)", "decimal", "DECIMAL(10,2)"),
        column("wide", "extension('w').value.ofType(decimal)", "decimal", "DECIMAL(30,2)"),
        column("exact", "extension('w').value.ofType(decimal)", "decimal", ""),
        column("near", "extension('w').value.ofType(decimal)", "decimal", "DOUBLE PRECISION"),
        column("whole", "name.first()", "HumanName", "")]}]}))
    .unwrap();
    let people = [
        r#"{"resourceType": "Patient", "id": "a", "active": true, "birthDate": "1970-01-02", "multipleBirthInteger": 2,
            "meta": {"lastUpdated": "1970-01-01T00:00:00.25Z"}, "name": [{"given": ["x", "y"]}],
            "extension": [{"url": "w", "valueDecimal": -1.50}]}"#,
        r#"{"resourceType": "Patient", "id": "b"}"#,
        r#"{"resourceType": "Patient", "id": "c", "name": [{"given": ["z", null], "_given": [null, {"id": "i"}]}]}"#,
    ];
    let mut writer = Writer::new(&view, Format::Parquet, false).unwrap();
    for text in people {
        let resource = serde_json::from_str(text).unwrap();
        writer.rows(&view.rows(&resource, None).unwrap(), 9).unwrap();
    }
    let bytes = bytes::Bytes::from(writer.finish().unwrap());
    let file = SerializedFileReader::new(bytes).unwrap();
    let rows: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    let field = |row: usize, name: &str| {
        let found = rows[row].get_column_iter().find(|(column, _)| *column == name).unwrap().1;
        found.clone()
    };
    assert_eq!(field(0, "id"), Field::Str("a".into()));
    assert_eq!(field(0, "active"), Field::Bool(true));
    assert_eq!(field(0, "born"), Field::Date(1));
    assert_eq!(field(0, "partial"), Field::Str("1970-01-02".into()));
    assert_eq!(field(0, "births"), Field::Int(2));
    assert_eq!(field(0, "changed"), Field::TimestampMicros(250_000));
    assert_eq!(field(0, "exact"), Field::Str("-1.50".into()));
    assert_eq!(field(0, "near"), Field::Double(-1.5));
    assert_eq!(field(0, "weight").to_string(), "-1.50");
    assert_eq!(field(0, "wide").to_string(), "-1.50");
    assert_eq!(field(0, "given").to_string(), "[\"x\", \"y\"]");
    assert_eq!(field(0, "whole"), Field::Str("{\"given\":[\"x\",\"y\"]}".into()));
    assert_eq!((field(1, "active"), field(1, "given").to_string().as_str()), (Field::Null, "[]"));
    assert_eq!(field(2, "given").to_string(), "[\"z\", null]");
}

#[test]
fn groups_are_written_while_rows_come() {
    let view =
        View::read(&json!({"resource": "Patient", "select": [{"column": [{"name": "id", "path": "id"}]}]})).unwrap();
    let mut writer = Writer::new(&view, Format::Parquet, false).unwrap();
    let mut bytes = Vec::new();
    let resource = json!({"resourceType": "Patient", "id": "x".repeat(1_000)});
    for _ in 0..40_000 {
        writer.rows(&view.rows(&resource, None).unwrap(), 1).unwrap();
        bytes.append(&mut writer.take());
    }
    assert!(bytes.len() > 100, "nothing came before the end");
    bytes.append(&mut writer.finish().unwrap());
    let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    assert!(file.num_row_groups() > 1);
    assert_eq!(file.metadata().file_metadata().num_rows(), 40_000);
}
