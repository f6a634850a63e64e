//! The official suite of SQL on FHIR v2. Where `MERIDIAN_REPORTS` names a folder, `test_report.json` is left there, in
//! the form that the suite's page reads.

use std::path::PathBuf;

use meridian_analytics::view::View;
use meridian_model::Value;
use serde_json::{Map, json};

use super::run;

#[test]
fn the_suite_passes() {
    let folder = std::env::var_os("MERIDIAN_MATERIALS").map(|root| PathBuf::from(root).join("sql_on_fhir/tests"));
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        println!("SKIPPED sql_on_fhir: MERIDIAN_MATERIALS does not hold it");
        return;
    };
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let (mut passed, mut all) = (0, 0);
    let mut report = Map::new();
    for path in names.iter().filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
        let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let resources = file["resources"].as_array().unwrap();
        let mut tests = Vec::new();
        for test in file["tests"].as_array().unwrap() {
            let outcome = check(test, resources);
            all += 1;
            passed += usize::from(outcome.is_ok());
            let title = test["title"].as_str().unwrap();
            tests.push(match outcome {
                Ok(()) => json!({"name": title, "result": {"passed": true}}),
                Err(says) => {
                    println!("{name}: {title}: {says}");
                    json!({"name": title, "result": {"passed": false, "reason": says}})
                }
            });
        }
        report.insert(name, json!({"tests": tests}));
    }
    println!("SQL on FHIR: {passed} of {all}");
    if let Some(folder) = std::env::var_os("MERIDIAN_REPORTS") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(PathBuf::from(folder).join("test_report.json"), Value::from(report).to_string()).unwrap();
    }
    assert!(all >= 134 && passed == all, "{passed} of {all}");
}

fn check(test: &Value, resources: &[Value]) -> Result<(), String> {
    let made = View::read(&test["view"]).map_err(|faults| faults[0].to_string());
    let rows = made.as_ref().map_err(Clone::clone).and_then(|view| run(view, resources));
    if test["expectError"] == true {
        return match rows {
            Err(_) => Ok(()),
            Ok(rows) => Err(format!("an error is expected, {} rows came", rows.len())),
        };
    }
    let rows = rows?;
    if let Some(columns) = test["expectColumns"].as_array() {
        let view = made.as_ref().unwrap();
        let ours: Vec<&str> = view.columns.iter().map(|column| column.name.as_str()).collect();
        if !columns.iter().map(|name| name.as_str().unwrap()).eq(ours.iter().copied()) {
            return Err(format!("the columns are {ours:?}"));
        }
    }
    if let Some(count) = test["expectCount"].as_u64() {
        return if rows.len() as u64 == count { Ok(()) } else { Err(format!("{} rows", rows.len())) };
    }
    let mut expected: Vec<Value> = test["expect"].as_array().unwrap().clone();
    for row in &rows {
        match expected.iter().position(|other| same(other, row)) {
            Some(at) => drop(expected.swap_remove(at)),
            None => return Err(format!("{row} is not expected")),
        }
    }
    if expected.is_empty() { Ok(()) } else { Err(format!("{} is missing", expected[0])) }
}

/// Equal, numbers by their value.
fn same(one: &Value, two: &Value) -> bool {
    match (one, two) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}
