//! Real resources: every official R4 example and every Synthea resource is read, printed back the same, passes the
//! structural check, and is indexed without complaint.
#![cfg(test)]

mod found;
mod units;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use meridian_model::Value;
use meridian_model::check::check;
use meridian_model::date::Zone;
use meridian_model::definitions::{Catalogue, Definitions};
use meridian_model::facts::facts;
use meridian_model::index::{IndexKind, extract};
use meridian_model::reader::{Limits, parse};
use meridian_model::rewrite::rewrite;
use meridian_model::words::of_resource;
use serde_json::json;

/// The folder of an archive, or `None` with a word about it.
fn archive(name: &str) -> Option<PathBuf> {
    let folder =
        std::env::var_os("MERIDIAN_MATERIALS").map(|root| PathBuf::from(root).join(name)).filter(|f| f.is_dir());
    if folder.is_none() {
        println!("SKIPPED {name}: MERIDIAN_MATERIALS does not hold it");
    }
    folder
}

/// All `.json` files under a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ext| ext == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Value {
    let limits = Limits { bytes: 64 << 20, ..Limits::default() };
    let bytes = std::fs::read(path).unwrap();
    let value = parse(&bytes, &limits).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    let again = parse(value.to_string().as_bytes(), &limits).unwrap();
    assert_eq!(value, again, "{}", path.display());
    value
}

/// The numbers of a text as they are written, in order.
fn numbers(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Number(number) => out.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| numbers(item, out)),
        Value::Object(members) => members.values().for_each(|item| numbers(item, out)),
        _ => {}
    }
}

#[test]
fn the_official_examples_pass() {
    let Some(folder) = archive("fhir_r4_examples") else { return };
    let mut by_fault: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut count = 0;
    for path in files(&folder) {
        let value = read(&path);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        count += 1;
        for issue in check(&value) {
            let fault = format!("{} at {}", issue.diagnostics, issue.expression.join(","));
            by_fault.entry(name.clone()).or_default().push(fault);
        }
        let _ = facts(&value, Zone::CHINA);
        let values = extract(&value, Zone::CHINA, Catalogue::r4());
        if value.get("id").is_some() && value["resourceType"].is_string() {
            assert!(values.iter().any(|v| v.param.code == "_id"), "{name}");
        }
    }
    println!("{count} examples");
    assert!(count > 2_000);
    for (name, faults) in &by_fault {
        println!("{name}: {faults:?}");
    }
    // The first is the description of a package and no resource; the second has an id of more than 64 characters.
    let odd = ["package-min-ver.json", "questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json"];
    assert_eq!(by_fault.keys().map(String::as_str).collect::<Vec<_>>(), odd);
}

#[test]
fn synthea_bundles_of_the_old_shape_pass() {
    entries_pass("synthea_r4_bundles");
}

#[test]
fn synthea_bundles_of_the_new_shape_pass() {
    entries_pass("synthea_r4_blaze");
}

/// Each bundle and each of its entries passes, and what belongs to a patient's record knows whose it is.
fn entries_pass(name: &str) {
    let Some(folder) = archive(name) else { return };
    let (mut resources, mut values) = (0, 0);
    for path in files(&folder) {
        let mut bundle = read(&path);
        assert_eq!(check(&bundle), [], "{}", path.display());
        for entry in bundle["entry"].as_array_mut().unwrap() {
            let mut resource = entry["resource"].take();
            // Links between entries are urns; facts are taken after the transaction has rewritten them.
            rewrite::<()>(&mut resource, &mut |_, link| {
                Ok(link.starts_with("urn:uuid:").then(|| "Patient/p".to_owned()))
            })
            .unwrap();
            let kind = resource["resourceType"].as_str().unwrap().to_owned();
            assert_eq!(check(&resource), [], "{kind}");
            let found = extract(&resource, Zone::CHINA, Catalogue::r4());
            assert!(found.iter().all(|v| !matches!(&v.value, IndexKind::Str { folded, .. } if folded.is_empty())));
            let is_member = !Definitions::r4().compartment_params("Patient", &kind).is_empty();
            assert!(facts(&resource, Zone::CHINA).patient.is_some() || !is_member, "{kind}");
            resources += 1;
            values += found.len();
        }
    }
    println!("{name}: {resources} resources, {values} values");
}

/// The `n`-th value inside `value`, counted in the order of a walk.
fn nth<'a>(value: &'a mut Value, n: &mut usize) -> Option<&'a mut Value> {
    if *n == 0 {
        return Some(value);
    }
    *n -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, n)),
        Value::Object(members) => members.values_mut().find_map(|item| nth(item, n)),
        _ => None,
    }
}

#[test]
fn examples_with_a_part_replaced_give_an_answer() {
    let Some(folder) = archive("fhir_r4_examples") else { return };
    let odd =
        [json!(null), json!(1.50), json!("王\u{1}"), json!([[]]), json!({"reference": {"value": [1]}}), json!(true)];
    let small = files(&folder).into_iter().filter(|path| path.metadata().unwrap().len() < 8_000).step_by(5);
    let mut tried = 0;
    for (turn, path) in small.enumerate() {
        let original = read(&path);
        for place in (1..).step_by(3) {
            let mut mutant = original.clone();
            let Some(part) = nth(&mut mutant, &mut (place + turn % 3)) else { break };
            *part = odd[(place + turn) % odd.len()].clone();
            let _ = (
                check(&mutant),
                extract(&mutant, Zone::CHINA, Catalogue::r4()),
                facts(&mutant, Zone::CHINA),
                of_resource(&mutant),
            );
            tried += 1;
        }
    }
    println!("{tried} mutants");
}

#[test]
fn decimals_of_the_examples_keep_their_digits() {
    let Some(folder) = archive("fhir_r4_examples") else { return };
    let mut with_zeros = 0;
    for path in files(&folder).into_iter().filter(|path| path.to_string_lossy().contains("observation")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut found = Vec::new();
        numbers(&read(&path), &mut found);
        for number in found {
            assert!(text.contains(&number), "{}: {number}", path.display());
            with_zeros += usize::from(number.contains('.') && number.ends_with('0'));
        }
    }
    println!("{with_zeros} decimals with a last zero");
    assert!(with_zeros > 0);
}
