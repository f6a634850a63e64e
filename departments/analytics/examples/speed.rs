//! How fast views are made: `cargo run --release -p meridian-analytics --example speed -- FOLDER` reads the Bundles of a
//! folder and runs some views over their resources on one core.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement, not a part of the house

use std::time::{Duration, Instant};

use meridian_analytics::view::View;
use meridian_analytics::view::write::{Format, Writer};
use meridian_model::Value;
use meridian_model::reader::{Limits, parse};
use serde_json::json;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder of Bundles");
    let limits = Limits { bytes: usize::MAX, ..Limits::default() };
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let Ok(mut bundle) = parse(&std::fs::read(entry.unwrap().path()).unwrap(), &limits) else { continue };
        for entry in bundle.get_mut("entry").and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(resource) = entry.get("resource") else { continue };
            let kind = resource["resourceType"].as_str().unwrap_or_default().to_owned();
            texts.push((kind, resource.to_string().into_bytes()));
        }
    }
    for view in views() {
        let view = View::read(&view).expect("a view without faults");
        let of_type: Vec<&Vec<u8>> =
            texts.iter().filter(|(kind, _)| *kind == view.resource).map(|(_, text)| text).collect();
        let parsed: Vec<Value> = of_type.iter().map(|text| parse(text, &limits).unwrap()).collect();
        let name = view.name.clone().unwrap_or_default();
        for format in [Format::Ndjson, Format::Csv, Format::Parquet] {
            let plain = rate(parsed.len(), || {
                let mut writer = Writer::new(&view, format, true).unwrap();
                let mut bytes = 0;
                for resource in &parsed {
                    writer.rows(&view.rows(resource, None).unwrap(), usize::MAX).unwrap();
                    bytes += writer.take().len();
                }
                bytes + writer.finish().unwrap().len()
            });
            let whole = rate(parsed.len(), || {
                let mut writer = Writer::new(&view, format, true).unwrap();
                let mut bytes = 0;
                for text in &of_type {
                    let resource = parse(text, &limits).unwrap();
                    writer.rows(&view.rows(&resource, None).unwrap(), usize::MAX).unwrap();
                    bytes += writer.take().len();
                }
                bytes + writer.finish().unwrap().len()
            });
            println!(
                "{name:20} {format:?}: {plain:>9.0} resources/s, with reading JSON {whole:>8.0} ({} resources)",
                parsed.len()
            );
        }
    }
}

/// Resources a second of work that is repeated for two seconds.
fn rate(resources: usize, mut work: impl FnMut() -> usize) -> f64 {
    let start = Instant::now();
    let mut rounds = 0_u32;
    while start.elapsed() < Duration::from_secs(2) {
        std::hint::black_box(work());
        rounds += 1;
    }
    f64::from(rounds) * resources as f64 / start.elapsed().as_secs_f64()
}

fn views() -> Vec<Value> {
    let column = |name: &str, path: &str| json!({"name": name, "path": path});
    vec![
        json!({"resource": "Patient", "name": "demographics", "select": [
            {"column": [column("id", "getResourceKey()"), column("gender", "gender"), column("born", "birthDate")]},
            {"forEachOrNull": "name.where(use = 'official').first()",
             "column": [column("given", "given.join(' ')"), column("family", "family")]}]}),
        json!({"resource": "Patient", "name": "addresses", "select": [
            {"column": [column("id", "getResourceKey()")]},
            {"forEach": "address", "column": [column("street", "line.join('\\n')"), column("city", "city"), column("zip", "postalCode")]}]}),
        json!({"resource": "Encounter", "name": "encounters", "select": [{"column": [
            column("id", "getResourceKey()"), column("status", "status"), column("class", "class.code"),
            column("patient", "subject.getReferenceKey(Patient)"), column("start", "period.start"), column("end", "period.end")]}]}),
        json!({"resource": "Condition", "name": "conditions", "select": [
            {"column": [column("id", "getResourceKey()"), column("patient", "subject.getReferenceKey(Patient)"),
                column("onset", "onset.ofType(dateTime)")]},
            {"forEachOrNull": "code.coding", "column": [column("system", "system"), column("code", "code"), column("display", "display")]}]}),
        json!({"resource": "Observation", "name": "blood_pressures", "constant": [{"name": "bp", "valueCode": "85354-9"},
                {"name": "sys", "valueCode": "8480-6"}, {"name": "dia", "valueCode": "8462-4"}],
            "where": [{"path": "code.coding.exists(system = 'http://loinc.org' and code = %bp)"}],
            "select": [
                {"column": [column("id", "getResourceKey()"), column("patient", "subject.getReferenceKey(Patient)"), column("at", "effective.ofType(dateTime)")]},
                {"forEach": "component.where(code.coding.exists(system = 'http://loinc.org' and code = %sys)).first()",
                 "column": [column("systolic", "value.ofType(Quantity).value"), column("unit", "value.ofType(Quantity).unit")]},
                {"forEach": "component.where(code.coding.exists(system = 'http://loinc.org' and code = %dia)).first()",
                 "column": [column("diastolic", "value.ofType(Quantity).value")]}]}),
        json!({"resource": "Observation", "name": "observations", "select": [{"column": [
            column("id", "getResourceKey()"), column("patient", "subject.getReferenceKey(Patient)"), column("status", "status"),
            column("code", "code.coding.first().code"), column("value", "value.ofType(Quantity).value"),
            column("unit", "value.ofType(Quantity).unit"), column("at", "effective.ofType(dateTime)")]}]}),
    ]
}
