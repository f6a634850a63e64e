//! Messages of a sender with its own words, read by its configuration.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use meridian_hl7v2::{Limits, parse};
use meridian_intake::{feeds, map::Mapper};
use serde_json::{Value, json};

const FEEDS: &str = r#"
[[feed]]
institution = "CJ02"
name = "澄江区中医医院"
charset = "GB 18030"
zone = "+08:00"
silence = "30m"
own = ["TCM"]
[feed.assigners]
"医保" = "https://meridian.example/id/insurance"
[feed.types]
"病案号" = "MRN"
[feed.systems]
"国标诊断" = "http://hl7.org/fhir/sid/icd-10"
[feed.units]
"毫摩尔每升" = "mmol/L"
[feed.tables.HL70001]
"甲" = "M"
"乙" = "F"
[feed.tables.HL70004]
"日间" = ["SS", "short stay"]
"留观" = "E"
[feed.tables.HL70063]
"1" = ["SPS", "配偶"]
"2" = ["SONC", "子"]
[feed.tables.HL70085]
"终" = "F"
[feed.tables.HL70123]
"终" = "F"
[feed.tables.HL70078]
"危" = "HH"
[feed.codes.99CJ02]
"XT001" = ["2345-7", "葡萄糖", "LN"]
[feed.rows]
Patient = "PID-12 -> extension[] : extension https://meridian.example/extension/street person"
"#;

fn map(rest: &str) -> Vec<Value> {
    let feed = feeds::read(FEEDS).unwrap().remove(0);
    let text = format!("MSH|^~\\&|SYNTHETIC-TCM|CJ02|M|CJ00|20260105083000||{rest}").replace('\n', "\r");
    let message = parse(&text, &Limits::default()).unwrap();
    let mapped = Mapper::load().unwrap().map(&message, &feed).unwrap();
    let entries = mapped.bundle["entry"].as_array().unwrap();
    entries.iter().map(|entry| entry["resource"].clone()).collect()
}

fn one(all: &[Value], kind: &str) -> Value {
    all.iter().find(|r| r["resourceType"] == kind).unwrap().clone()
}

#[test]
fn own_words_are_understood() {
    let all = map(
        "ADT^A01|1|P|2.4\nPID|1||77^^^TCM^病案号~I5^^^医保||王秀英||19570304|乙||||街\nNK1|1|王^建国|1||15400001111\nPV1|1|日间|W1^1^1||||||||||||||||V1\nDG1|1||I10^高血压^国标诊断||20260105|出院\n",
    );
    let patient = one(&all, "Patient");
    assert_eq!(patient["identifier"][0]["system"], "https://meridian.example/id/mrn/CJ02");
    assert_eq!(patient["identifier"][1]["system"], "https://meridian.example/id/insurance");
    assert_eq!((&patient["gender"], &patient["name"][0]["family"]), (&json!("female"), &json!("王")));
    assert_eq!(patient["contact"][0]["relationship"][0]["coding"][0]["code"], "SPS");
    let street = json!({"url": "https://meridian.example/extension/street", "valueString": "街"});
    assert!(patient["extension"].as_array().unwrap().contains(&street), "a row of the feed's own: {patient}");
    let visit = one(&all, "Encounter");
    assert_eq!(
        (&visit["class"]["code"], &visit["serviceProvider"]["display"]),
        (&json!("SS"), &json!("澄江区中医医院"))
    );
    assert_eq!(visit["diagnosis"][0]["use"]["coding"][0]["code"], "DD");
    assert_eq!(one(&all, "Condition")["code"]["coding"][0]["system"], "http://hl7.org/fhir/sid/icd-10");
    assert_eq!(visit["location"][0]["period"]["start"], "2026-01-05T08:30:00+08:00", "the feed's zone");
    let all = map("ADT^A04|2|P|2.4\nPID|1||77||王秀英\nPV1|1|留观||||||||||||||||||V2\n");
    assert_eq!(one(&all, "Encounter")["class"]["code"], "EMER", "what its HL7 code means");
}

#[test]
fn own_items_are_translated_and_kept() {
    let all = map(
        "ORU^R01|3|P|2.4\nPID|1||77||王秀英\nOBR|1||L1|XT^生化^99CJ02|||20260105080000|||||||||||||||20260105090000||检验|终\nOBX|1|NM|XT001^空腹血糖^99CJ02||17.8|毫摩尔每升|3.9-6.1|危|||终\n",
    );
    let result = one(&all, "Observation");
    assert_eq!(
        result["code"],
        json!({"coding": [
            {"system": "http://loinc.org", "code": "2345-7", "display": "葡萄糖"},
            {"system": "https://meridian.example/code/CJ02/99CJ02", "code": "XT001", "display": "空腹血糖"}
        ], "text": "空腹血糖"})
    );
    assert_eq!((&result["valueQuantity"]["code"], &result["status"]), (&json!("mmol/L"), &json!("final")));
    assert_eq!(result["interpretation"][0]["coding"][0]["code"], "HH");
    assert_eq!(result["category"][0]["coding"][0]["code"], "laboratory");
    let report = one(&all, "DiagnosticReport");
    assert_eq!((&report["status"], &report["category"][0]["coding"][0]["code"]), (&json!("final"), &json!("LAB")));
}

#[test]
fn a_code_that_its_system_has_not_is_no_translation() {
    let refused = |from: &str, to: &str| feeds::read(&FEEDS.replace(from, to)).unwrap_err().to_string();
    assert!(refused("\"危\" = \"HH\"", "\"危\" = \"HUGE\"").contains("its system has no such code"));
    let told = refused("\"葡萄糖\", \"LN\"", "\"葡萄糖\", \"HL70078\"");
    assert!(told.contains("codes.99CJ02.XT001") && told.contains("its system has no such code"), "{told}");
}
