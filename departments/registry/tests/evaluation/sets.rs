//! Public sets, read into Patients.

use std::path::PathBuf;

use meridian_registry::matching::Matcher;
use serde_json::{Value, json};

use crate::measure::{Result, Set, floor, heading, line, measure};
use crate::train::trained;

fn folder(archive: &str) -> Option<PathBuf> {
    let found = std::env::var_os("MERIDIAN_MATERIALS").map(|root| PathBuf::from(root).join(archive));
    let found = found.filter(|folder| folder.is_dir());
    if found.is_none() {
        println!("SKIPPED {archive}: MERIDIAN_MATERIALS does not hold it");
    }
    found
}

/// The rows of a file as columns by name.
fn rows(path: &std::path::Path) -> Vec<Vec<(String, String)>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let cells = |line: &str| -> Vec<String> { line.split(',').map(|cell| cell.trim().to_owned()).collect() };
    let names = cells(lines.next().unwrap());
    lines.map(|line| names.iter().cloned().zip(cells(line)).collect()).collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    row.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value.as_str())
}

/// Sets what is there.
fn put(patient: &mut Value, key: &str, value: Value, unless: bool) {
    if !unless {
        patient[key] = value;
    }
}

fn person(given: &str, family: &str, born: &str) -> Value {
    let mut name = json!({});
    put(&mut name, "family", json!(family), family.is_empty());
    put(&mut name, "given", json!([given]), given.is_empty());
    let mut patient = json!({"resourceType": "Patient"});
    put(&mut patient, "name", json!([name]), given.is_empty() && family.is_empty());
    put(&mut patient, "birthDate", json!(born), born.is_empty());
    patient
}

/// FEBRL: the truth is the number in `rec_id`, which no field of the Patient holds.
fn febrl(file: &str, with_number: bool) -> Option<Vec<(Value, String)>> {
    let rows = rows(&folder("febrl")?.join(file));
    let record = |row: &Vec<(String, String)>| {
        let date = cell(row, "date_of_birth");
        let born =
            if date.len() == 8 { format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]) } else { String::new() };
        let mut patient = person(cell(row, "given_name"), cell(row, "surname"), &born);
        let line = format!("{} {}", cell(row, "street_number"), cell(row, "address_1"));
        patient["address"] =
            json!([{"line": [line.trim()], "city": cell(row, "suburb"), "postalCode": cell(row, "postcode")}]);
        let number = cell(row, "soc_sec_id");
        let card = json!([{"system": "urn:oid:2.16.156.10011.1.19", "value": number}]);
        put(&mut patient, "identifier", card, number.is_empty() || !with_number);
        (patient, cell(row, "rec_id").split('-').nth(1).unwrap().to_owned())
    };
    Some(rows.iter().map(record).collect())
}

fn fake1000() -> Option<Vec<(Value, String)>> {
    let rows = rows(&folder("rl_splink_fake1000")?.join("fake_1000_from_splink_demos.csv"));
    let record = |row: &Vec<(String, String)>| {
        let mut patient = person(cell(row, "first_name"), cell(row, "surname"), cell(row, "dob"));
        let (city, mail) = (cell(row, "city"), cell(row, "email"));
        put(&mut patient, "address", json!([{"city": city}]), city.is_empty());
        put(&mut patient, "telecom", json!([{"system": "email", "value": mail}]), mail.is_empty());
        (patient, cell(row, "cluster").to_owned())
    };
    Some(rows.iter().map(record).collect())
}

fn rldata() -> Option<Vec<(Value, String)>> {
    let rows = rows(&folder("rl_rldata_r")?.join("RLdata500.csv"));
    let record = |row: &Vec<(String, String)>| {
        let number = |name: &str| cell(row, name).parse::<f64>().unwrap_or(0.0) as u32;
        let born = format!("{:04}-{:02}-{:02}", number("by"), number("bm"), number("bd"));
        let both = |one: &str, two: &str| {
            format!("{} {}", cell(row, one), cell(row, two)).trim().replace("NA", "").trim().to_owned()
        };
        let patient = person(&both("fname_c1", "fname_c2"), &both("lname_c1", "lname_c2"), &born);
        (patient, cell(row, "true_id").to_owned())
    };
    Some(rows.iter().map(record).collect())
}

/// Measures a set with the constants of the first form and with what it teaches, and prints both.
fn both(name: &str, records: Option<Vec<(Value, String)>>) -> Option<(Result, Result)> {
    let set = Set::of(name, &records?);
    let first = measure(&set, &Matcher::default().for_size(set.fields.len() as u32));
    let taught = measure(&set, &trained(&set));
    heading();
    line(&set.name, &set, &first);
    line(&format!("{}, trained", set.name), &set, &taught);
    Some((first, taught))
}

/// The floors of a set: candidate recall, F1 from a probability of a half, best F1, and the second of trained rates.
fn hold((first, taught): &(Result, Result), floors: [f64; 4]) {
    let [candidates, half, best, trained] = floors;
    floor("link precision", first.link.precision(), 0.9995);
    floor("candidate recall", first.candidate_recall, candidates);
    floor("F1 from a half on", first.half.f1(), half);
    floor("best F1", first.best.f1(), best);
    floor("F1 from a half on, trained", taught.half.f1(), trained);
}

#[test]
fn febrl_1_with_the_number() {
    let Some(results) = both("FEBRL1, all fields", febrl("dataset1.csv", true)) else { return };
    hold(&results, [0.996, 0.993, 0.997, 0.994]);
}

#[test]
fn febrl_1_without_the_number() {
    let Some(results) = both("FEBRL1, no number", febrl("dataset1.csv", false)) else { return };
    hold(&results, [0.99, 0.966, 0.991, 0.975]);
}

#[test]
fn febrl_3_with_the_number() {
    let Some(results) = both("FEBRL3, all fields", febrl("dataset3.csv", true)) else { return };
    hold(&results, [0.996, 0.986, 0.996, 0.993]);
}

#[test]
fn febrl_3_without_the_number() {
    let Some(results) = both("FEBRL3, no number", febrl("dataset3.csv", false)) else { return };
    hold(&results, [0.969, 0.930, 0.974, 0.971]);
}

#[test]
fn splink_fake_1000() {
    let Some(results) = both("fake_1000", fake1000()) else { return };
    hold(&results, [0.914, 0.83, 0.938, 0.81]);
}

#[test]
fn rldata_500() {
    let Some(results) = both("RLdata500", rldata()) else { return };
    hold(&results, [0.98, 0.80, 0.979, 0.77]);
}
