//! A small region in all forms.

use super::*;
use crate::region::RegionConfig;
use std::collections::HashSet;

fn region() -> Region {
    Region::new(RegionConfig { seed: 42, residents: 6, today: jiff::civil::date(2026, 1, 5) })
}

fn all(demographics_only: bool) -> Wanted {
    let formats = if demographics_only { vec![Format::Ndjson, Format::Csv] } else { ALL.to_vec() };
    Wanted { formats, truth: true, demographics_only }
}

const ALL: [Format; 4] = [Format::Bundles, Format::Ndjson, Format::Hl7v2, Format::Csv];

/// The whole region, made in blocks of this size.
fn whole(writer: &Writer<'_>, block: u64) -> Pieces {
    let mut whole = writer.beginning();
    let mut from = 0;
    while from < 6 {
        let pieces = writer.residents(from, from + block);
        for (name, bytes) in pieces.streams {
            whole.streams.entry(name).or_default().extend(bytes);
        }
        whole.files.extend(pieces.files);
        whole.resources += pieces.resources;
        from += block;
    }
    whole
}

fn text(pieces: &Pieces, name: &str) -> String {
    String::from_utf8(pieces.streams.get(name).cloned().unwrap_or_default()).unwrap()
}

#[test]
fn blocks_do_not_matter() {
    let region = region();
    let writer = Writer::new(&region, all(false));
    assert_eq!(whole(&writer, 1), whole(&writer, 4));
}

#[test]
fn ndjson_stands_by_itself() {
    let region = region();
    let pieces = whole(&Writer::new(&region, all(false)), 6);
    let lines: Vec<Value> = pieces
        .streams
        .iter()
        .filter(|(name, _)| name.starts_with("ndjson/"))
        .flat_map(|(_, bytes)| std::str::from_utf8(bytes).unwrap().lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let name = |r: &Value| format!("{}/{}", r["resourceType"].as_str().unwrap(), r["id"].as_str().unwrap());
    let known: HashSet<String> = lines.iter().map(name).collect();
    assert_eq!(known.len(), lines.len(), "ids are unique");
    assert!(lines.len() > 500, "{}", lines.len());
    for line in &lines {
        refers_to_known(line, &known);
    }
}

fn refers_to_known(value: &Value, known: &HashSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| refers_to_known(value, known)),
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("reference") {
                assert!(known.contains(reference), "{reference} leads nowhere");
            }
            members.values().for_each(|value| refers_to_known(value, known));
        }
        _ => {}
    }
}

#[test]
fn tables_hold_what_the_lines_hold() {
    let region = region();
    let pieces = whole(&Writer::new(&region, all(false)), 6);
    let lines = text(&pieces, "ndjson/Patient.ndjson").lines().count();
    let table = text(&pieces, "csv/patients.csv");
    let mut rows = table.split("\r\n").filter(|row| !row.is_empty());
    let columns = rows.next().unwrap().split(',').count();
    assert_eq!(rows.clone().count(), lines);
    assert!(rows.all(|row| row.split(',').count() == columns), "no cell of a registration holds a comma");
    assert!(text(&pieces, "csv/results.csv").lines().count() > 200);
}

#[test]
fn demographics_are_the_registrations_of_the_lives() {
    let region = region();
    let (lives, alone) = (Writer::new(&region, all(false)), Writer::new(&region, all(true)));
    let (lives, alone) = (whole(&lives, 6), whole(&alone, 6));
    assert_eq!(text(&lives, "truth.jsonl"), text(&alone, "truth.jsonl"));
    assert_eq!(text(&lives, "truth.jsonl").lines().count(), 6);
    assert_eq!(text(&lives, "csv/patients.csv"), text(&alone, "csv/patients.csv"));
    assert!(!alone.streams.contains_key("csv/visits.csv"));
}
