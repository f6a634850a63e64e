//! What a ViewDefinition may have wrong, and what it means where the suite is silent.

use meridian_analytics::view::View;
use meridian_model::Value;
use serde_json::json;

use super::run;

fn faults(definition: &Value) -> Vec<(String, String)> {
    let faults = View::read(definition).expect_err("a fault is expected");
    faults.into_iter().map(|fault| (fault.path, fault.says.english)).collect()
}

#[test]
fn every_fault_is_named_with_its_path() {
    let column = |name: &str| json!({"name": name, "path": "id", "type": "id"});
    let of = |select: Value| json!({"resource": "Patient", "select": select});
    let cases = [
        (json!({}), "resource", "needed"),
        (json!({"resource": "Patient"}), "select", "at least one"),
        (json!({"resource": "Dog", "select": [{"column": [column("a")]}]}), "resource", "no resource type"),
        (
            json!({"resourceType": "Basic", "resource": "Patient", "select": [{"column": [column("a")]}]}),
            "resourceType",
            "ViewDefinition",
        ),
        (of(json!({})), "select", "array"),
        (of(json!([{}])), "select", "at least one column"),
        (of(json!([{"column": [{"path": "id"}]}])), "select[0].column[0].name", "needed"),
        (of(json!([{"column": [{"name": "a"}]}])), "select[0].column[0].path", "needed"),
        (of(json!([{"column": [column("1a")]}])), "select[0].column[0].name", "letter first"),
        (of(json!([{"column": [column("a"), column("a")]}])), "select[0].column[1].name", "already"),
        (
            of(json!([{"column": [column("a")]}, {"select": [{"column": [column("a")]}]}])),
            "select[1].select[0].column[0].name",
            "already",
        ),
        (of(json!([{"column": [{"name": "a", "path": "name.("}]}])), "select[0].column[0].path", "no FHIRPath"),
        (of(json!([{"column": [{"name": "a", "path": "%x"}]}])), "select[0].column[0].path", "`%x` is not defined"),
        (
            of(json!([{"column": [{"name": "a", "path": "id", "type": "nonsense"}]}])),
            "select[0].column[0].type",
            "no type",
        ),
        (
            of(json!([{"column": [{"name": "a", "path": "id", "colection": true}]}])),
            "select[0].column[0].colection",
            "not known",
        ),
        (
            of(json!([{"column": [{"name": "a", "path": "id", "collection": "yes"}]}])),
            "select[0].column[0].collection",
            "true or false",
        ),
        (
            of(json!([{"forEach": "name", "forEachOrNull": "name", "column": [column("a")]}])),
            "select[0]",
            "not several",
        ),
        (of(json!([{"forEach": "name", "repeat": ["x"], "column": [column("a")]}])), "select[0]", "not several"),
        (of(json!([{"repeat": "item", "column": [column("a")]}])), "select[0].repeat", "array"),
        (of(json!([{"repeat": [1], "column": [column("a")]}])), "select[0].repeat[0]", "text"),
        (of(json!([{"foreach": "name", "column": [column("a")]}])), "select[0].foreach", "not known"),
        (
            of(json!([{"unionAll": [{"column": [column("a")]}, {"column": [column("b")]}]}])),
            "select[0].unionAll[1]",
            "same columns",
        ),
        (
            of(
                json!([{"unionAll": [{"column": [column("a")]}, {"column": [{"name": "a", "path": "active", "type": "boolean"}]}]}]),
            ),
            "select[0].unionAll[1]",
            "different types",
        ),
        (
            json!({"resource": "Patient", "select": [{"column": [column("a")]}], "wheres": [{"path": "active"}]}),
            "wheres",
            "not known",
        ),
        (
            json!({"resource": "Patient", "select": [{"column": [column("a")]}], "Where": [{"path": "active"}]}),
            "Where",
            "not known",
        ),
        (
            json!({"resource": "Patient", "select": [{"column": [column("a")]}],
                "constant": [{"name": "x", "valueString": "y", "descr": "z"}]}),
            "constant[0].descr",
            "not known",
        ),
        (
            json!({"resource": "Patient", "select": [{"column": [column("a")]}], "where": [{}]}),
            "where[0].path",
            "needed",
        ),
        (
            json!({"resource": "Patient", "select": [{"column": [column("a")]}], "constant": [{"name": "x"}]}),
            "constant[0].value[x]",
            "value",
        ),
        (
            json!({"resource": "Patient", "select": [{"column": [column("a")]}], "constant": [{"name": "rowIndex", "valueCode": "x"}]}),
            "constant[0].name",
            "meaning of its own",
        ),
        (
            json!({"resource": "Patient", "select": [{"column": [column("a")]}], "constant": [{"name": "x", "valueCode": 7}]}),
            "constant[0].valueCode",
            "no value",
        ),
        (
            json!({"resource": "Patient", "select": [{"column": [column("a")]}], "constant": [{"name": "x", "valueQuantity": {}}]}),
            "constant[0].valueQuantity",
            "no value",
        ),
        (json!([]), "", "object"),
    ];
    for (definition, path, says) in cases {
        let found = faults(&definition);
        assert!(found.iter().any(|(at, text)| at == path && text.contains(says)), "{definition}: {found:?}");
    }
    let several = faults(&of(json!([{"column": [{"name": "1"}, {"path": "("}]}])));
    assert_eq!(several.len(), 4, "{several:?}");
}

#[test]
fn deep_definitions_are_refused() {
    let mut select = json!({"column": [{"name": "a", "path": "id"}]});
    for _ in 0..60 {
        select = json!({"select": [select]});
    }
    assert!(faults(&json!({"resource": "Patient", "select": [select]}))[0].1.contains("deep"));
}

#[test]
fn values_of_another_type_are_named_and_never_cast() {
    let view = |path: &str, kind: Option<&str>| {
        let mut column = json!({"name": "a", "path": path});
        if let Some(kind) = kind {
            column["type"] = kind.into();
        }
        View::read(&json!({"resource": "Patient", "select": [{"column": [column]}]})).unwrap()
    };
    let patient =
        [json!({"resourceType": "Patient", "active": true, "multipleBirthInteger": 2, "name": [{"family": "x"}]})];
    for (path, kind) in [
        ("active", Some("string")),
        ("name.family", Some("boolean")),
        ("name", None),
        ("name", Some("string")),
        ("active", Some("HumanName")),
        ("multipleBirth", Some("boolean")),
    ] {
        let says = run(&view(path, kind), &patient).unwrap_err();
        assert!(says.contains("column `a`") && says.contains("select[0].column[0].path"), "{says}");
    }
    assert_eq!(run(&view("name", Some("HumanName")), &patient).unwrap(), [json!({"a": {"family": "x"}})]);
    assert_eq!(run(&view("active", None), &patient).unwrap(), [json!({"a": true})]);
    assert_eq!(run(&view("multipleBirth", Some("decimal")), &patient).unwrap(), [json!({"a": 2})]);
}

#[test]
fn products_and_repetitions_are_bounded() {
    let each = |n: usize| json!({"forEach": "name", "column": [{"name": format!("c{n}"), "path": "family"}]});
    let view = View::read(&json!({"resource": "Patient", "select": (0..6).map(each).collect::<Vec<_>>()})).unwrap();
    let names: Vec<Value> = (0..40).map(|n| json!({"family": format!("f{n}")})).collect();
    let patient = [json!({"resourceType": "Patient", "name": names})];
    assert!(run(&view, &patient).unwrap_err().contains("more than"));
    let forever =
        json!({"resource": "Patient", "select": [{"repeat": ["$this"], "column": [{"name": "a", "path": "id"}]}]});
    assert!(run(&View::read(&forever).unwrap(), &patient).unwrap_err().contains("on and on"));
    let roots = json!({"resource": "Patient", "select": [{"repeat": ["%resource", "%resource"], "column": [{"name": "a", "path": "id"}]}]});
    assert!(run(&View::read(&roots).unwrap(), &patient).unwrap_err().contains("on and on"));
}

#[test]
fn what_found_nothing_gives_one_row_of_nulls_with_all_its_columns() {
    let view = json!({"resource": "Patient", "select": [
        {"column": [{"name": "id", "path": "id"}]},
        {"forEachOrNull": "contact", "column": [{"name": "n", "path": "%rowIndex", "type": "integer"}, {"name": "word", "path": "'said'"}],
         "select": [{"forEach": "telecom", "column": [{"name": "t", "path": "value"}]}],
         "unionAll": [{"forEach": "name.given", "column": [{"name": "g", "path": "$this"}]}]}]});
    let rows = run(&View::read(&view).unwrap(), &[json!({"resourceType": "Patient", "id": "p"})]).unwrap();
    assert_eq!(rows, [json!({"id": "p", "n": 0, "word": null, "t": null, "g": null})]);
}

#[test]
fn decimals_keep_their_digits_and_a_primitive_without_a_value_is_null() {
    let view = json!({"resource": "Observation", "select": [{"column": [
        {"name": "v", "path": "value.ofType(Quantity).value", "type": "decimal"},
        {"name": "s", "path": "status", "type": "code"}]}]});
    let resource: Value = serde_json::from_str(
        r#"{"resourceType": "Observation", "valueQuantity": {"value": 1.500}, "_status": {"extension": [{"url": "u"}]}}"#,
    )
    .unwrap();
    let view = View::read(&view).unwrap();
    let rows = view.rows(&resource, None).unwrap();
    let mut writer =
        meridian_analytics::view::write::Writer::new(&view, meridian_analytics::view::write::Format::Ndjson, false)
            .unwrap();
    writer.rows(&rows, 10).unwrap();
    assert_eq!(writer.finish().unwrap(), b"{\"v\":1.500,\"s\":null}\n");
}

#[test]
fn what_a_definition_says_of_itself_is_passed_over() {
    let view = json!({"resourceType": "ViewDefinition", "id": "a", "meta": {"profile": ["urn:p"]}, "url": "urn:v",
        "version": "1", "_version": {"id": "b"}, "name": "v", "title": "V", "status": "draft", "experimental": true,
        "date": "2024", "publisher": "p", "contact": [], "description": "d", "useContext": [], "copyright": "c",
        "fhirVersion": ["4.0.1"], "extension": [], "resource": "Patient", "where": [{"path": "active"}],
        "select": [{"column": [{"name": "id", "path": "id"}]}]});
    assert!(View::read(&view).is_ok());
}
