//! How rows are printed.

use meridian_analytics::view::View;
use meridian_analytics::view::write::{Format, Writer};
use meridian_model::Value;
use serde_json::json;

fn view() -> View {
    let column = |name: &str, path: &str, kind: &str| json!({"name": name, "path": path, "type": kind});
    let mut given = column("given", "name.given", "string");
    given["collection"] = true.into();
    let mut born = column("born", "birthDate", "date");
    born["tag"] = json!([{"name": "ansi/type", "value": "DATE"}]);
    View::read(&json!({"resource": "Patient", "name": "people", "select": [{"column": [
        column("id", "id", "id"), column("active", "active", "boolean"), given, born,
        column("births", "multipleBirth.ofType(integer)", "integer"), column("changed", "meta.lastUpdated", "instant"),
        column("first", "name.first()", "HumanName")]}]}))
    .unwrap()
}

fn people() -> Vec<Value> {
    vec![
        json!({"resourceType": "Patient", "id": "a", "active": true, "birthDate": "1970-01-02", "multipleBirthInteger": 2,
            "meta": {"lastUpdated": "1970-01-01T08:00:00.5+08:00"},
            "name": [{"family": "王, \"x\"", "given": ["小", "明\n"]}]}),
        json!({"resourceType": "Patient", "id": "b"}),
        json!({"resourceType": "Basic", "id": "c"}),
    ]
}

fn written(format: Format, header: bool, people: &[Value]) -> Vec<u8> {
    let view = view();
    let mut writer = Writer::new(&view, format, header).unwrap();
    let mut out = Vec::new();
    for one in people {
        writer.rows(&view.rows(one, None).unwrap(), usize::MAX).unwrap();
        out.append(&mut writer.take());
    }
    out.append(&mut writer.finish().unwrap());
    out
}

#[test]
fn csv_quotes_what_needs_it() {
    let text = String::from_utf8(written(Format::Csv, true, &people())).unwrap();
    assert_eq!(
        text,
        "id,active,given,born,births,changed,first\n\
         a,true,\"[\"\"小\"\",\"\"明\\n\"\"]\",1970-01-02,2,1970-01-01T08:00:00.5+08:00,\"{\"\"family\"\":\"\"王, \\\"\"x\\\"\"\"\",\"\"given\"\":[\"\"小\"\",\"\"明\\n\"\"]}\"\n\
         b,,[],,,,\n"
    );
    assert!(written(Format::Csv, false, &people()).starts_with(b"a,true"));
}

#[test]
fn json_is_one_array_also_of_nothing() {
    let rows: Value = serde_json::from_slice(&written(Format::Json, true, &people())).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!(
        rows[1],
        json!({"id": "b", "active": null, "given": [], "born": null, "births": null, "changed": null, "first": null})
    );
    let none: Value = serde_json::from_slice(&written(Format::Json, true, &[])).unwrap();
    assert_eq!(none, json!([]));
    assert!(written(Format::Ndjson, true, &[]).is_empty());
}

#[test]
fn formats_have_names_and_media_types() {
    for format in [Format::Ndjson, Format::Json, Format::Csv, Format::Parquet] {
        assert_eq!(Format::of(format.media_type()), Some(format));
    }
    assert_eq!((Format::of("csv"), Format::of("xml")), (Some(Format::Csv), None));
}

#[test]
fn a_value_that_fits_no_table_type_is_a_fault() {
    let view = view();
    let mut writer = Writer::new(&view, Format::Parquet, false).unwrap();
    let partial = json!({"resourceType": "Patient", "birthDate": "1970-01"});
    let fault = writer.rows(&view.rows(&partial, None).unwrap(), 1).unwrap_err();
    assert!(fault.says.english.contains("column `born`") && fault.says.english.contains("1970-01"), "{fault}");
    let odd = View::read(&json!({"resource": "Patient", "select": [{"column": [
        {"name": "a", "path": "id", "tag": [{"name": "ansi/type", "value": "GEOMETRY"}]}]}]}))
    .unwrap();
    assert!(Writer::new(&odd, Format::Parquet, false).err().unwrap().says.english.contains("GEOMETRY"));
    assert!(Writer::new(&odd, Format::Csv, false).is_ok());
}
