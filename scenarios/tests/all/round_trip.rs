//! What the platform says in HL7 v2 its own intake reads back with the same values: results, residents, visits.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use meridian_delivery::render::{Material, message};
use meridian_delivery::{DestinationConfig, destinations};
use meridian_hl7v2::{Assumed, Charset, Dtm, Limits, Offset, read};
use meridian_intake::FeedConfig;
use meridian_intake::map::Mapper;
use proptest::prelude::*;
use serde_json::{Value, json};

const IDENTITY: &str = "urn:oid:2.16.156.10011.1.3";
const INSURANCE: &str = "https://meridian.example/id/insurance";
const LOINC: &str = "http://loinc.org";
const UCUM: &str = "http://unitsofmeasure.org";

fn receiver(charset: Charset) -> DestinationConfig {
    let table = "[[destination]]\ninstitution = \"CJ02\"\naddress = \"h:1\"\n";
    let mut to = destinations(table).unwrap().remove(0);
    to.charset = charset;
    to
}

/// The resources that the receiver's intake makes of the message, by type.
fn read_back(material: &Material, charset: Charset) -> Result<BTreeMap<String, Vec<Value>>, TestCaseError> {
    let sent = message(material, &receiver(charset), "M1", 1_790_000_000_000);
    let (bytes, lost) = sent.to_bytes(charset);
    prop_assert!(!lost);
    let got =
        read(&bytes, &Limits::default(), Assumed::Nothing).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(!got.decoded.replaced && got.decoded.used == charset);
    prop_assert_eq!(got.message.text(), sent.text());
    let mapped = Mapper::load().unwrap().map(&got.message, &FeedConfig::for_institution("CJ02"));
    let mapped = mapped.map_err(|park| TestCaseError::fail(format!("{park:?}\n{}", sent.text())))?;
    let mut by_type: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for entry in mapped.bundle["entry"].as_array().into_iter().flatten() {
        let kind = entry["resource"]["resourceType"].as_str().unwrap_or_default().to_owned();
        by_type.entry(kind).or_default().push(entry["resource"].clone());
    }
    Ok(by_type)
}

/// Words with everything that HL7 v2 uses to separate and escape.
fn words() -> impl Strategy<Value = String> {
    r"[a-zA-Z0-9王李检验结果|^~&\\ .,:;()%+-]{1,30}"
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("empty", |text| !text.is_empty())
}

fn lines() -> impl Strategy<Value = String> {
    prop::collection::vec(words(), 1..4).prop_map(|lines| lines.join("\n"))
}

/// A piece of a name: without the blanks that would cut it.
fn piece() -> impl Strategy<Value = String> {
    r"[a-zA-Z王李张秀英|^~&\\-]{1,4}"
}

fn number() -> impl Strategy<Value = String> {
    (any::<bool>(), 0_u32..100_000, prop::option::of("[0-9]{1,4}")).prop_map(|(minus, whole, fraction)| {
        let sign = if minus { "-" } else { "" };
        let point = if fraction.is_some() { "." } else { "" };
        format!("{sign}{whole}{point}{}", fraction.unwrap_or_default())
    })
}

/// A moment as FHIR writes it somewhere, and as it reads in the receiver's zone.
fn moment() -> impl Strategy<Value = (String, String)> {
    (0_i64..2_000_000_000, prop::sample::select(vec![0_i16, 480, -300])).prop_map(|(seconds, zone)| {
        let there = |zone| Dtm::parse(&Dtm::from_unix(seconds, Offset(zone))).unwrap().date_time(Offset(zone));
        (there(zone), there(480))
    })
}

fn json_number(digits: &str) -> Value {
    serde_json::from_str(digits).unwrap()
}

fn quantity() -> impl Strategy<Value = Value> {
    let units = prop::sample::select(vec![
        Some(("mmol/L", Some("mmol/L"))),
        Some(("×10^9/L", Some("10*9/L"))),
        Some(("次/分", Some("/min"))),
        Some(("片", None)),
        None,
    ]);
    let comparators = prop::option::of(prop::sample::select(vec!["<", "<=", ">", ">="]));
    (number(), units, comparators).prop_map(|(digits, unit, comparator)| {
        let mut out = json!({"value": json_number(&digits)});
        if let Some(comparator) = comparator {
            out["comparator"] = json!(comparator);
        }
        if let Some((shown, ucum)) = unit {
            out["unit"] = json!(shown);
            if let Some(code) = ucum {
                out["system"] = json!(UCUM);
                out["code"] = json!(code);
            }
        }
        out
    })
}

fn value() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        4 => quantity().prop_map(|quantity| ("valueQuantity", quantity)),
        2 => lines().prop_map(|text| ("valueString", json!(text))),
        1 => (words(), "[A-Z0-9-]{1,8}").prop_map(|(text, code)| {
            ("valueCodeableConcept", json!({"text": text, "coding": [{"system": "http://snomed.info/sct", "code": code}]}))
        }),
        1 => moment().prop_map(|(_, there)| ("valueDateTime", json!(there))),
    ]
}

prop_compose! {
    fn observation()(
        code in "[0-9]{4,5}-[0-9]",
        text in words(),
        (name, value) in value(),
        status in prop::sample::select(vec!["final", "preliminary", "corrected"]),
        flag in prop::option::of(prop::sample::select(vec!["H", "L", "HH", "N", "A"])),
        range in prop::option::of((0_u32..50, 50_u32..100)),
        when in moment(),
        note in prop::option::of(lines()),
    ) -> (Value, String) {
        let mut out = json!({"resourceType": "Observation", "status": status, "effectiveDateTime": when.0,
            "code": {"text": text, "coding": [{"system": LOINC, "code": code}]}, name: value});
        if let Some(flag) = flag {
            out["interpretation"] = json!([{"coding": [{"code": flag}]}]);
        }
        if let (Some((low, high)), "valueQuantity") = (range, name) {
            out["referenceRange"] = json!([{"low": {"value": low}, "high": {"value": high}}]);
        }
        if let Some(note) = note {
            out["note"] = json!([{"text": note}]);
        }
        (out, when.1)
    }
}

prop_compose! {
    fn patient()(
        family in piece(),
        given in piece(),
        gender in prop::sample::select(vec!["male", "female", "other", "unknown"]),
        birth in prop::sample::select(vec!["1970", "1970-05", "1970-05-06"]),
        identity in "[1-9][0-9]{16}[0-9X]",
        insurance in prop::option::of("[0-9]{10}"),
        phone in prop::option::of("154[0-9]{8}"),
        work in prop::option::of("0[0-9]{9}"),
        street in prop::option::of(words()),
        city in prop::option::of(words()),
        married in prop::option::of(prop::sample::select(vec!["M", "S", "W", "D"])),
        died in prop::option::of(moment()),
    ) -> (Value, Option<String>) {
        let mut identifiers = vec![json!({"system": "https://meridian.example/id/mrn/CJ01", "value": "A1"}),
            json!({"system": IDENTITY, "value": identity})];
        identifiers.extend(insurance.map(|number| json!({"system": INSURANCE, "value": number})));
        let mut telecom: Vec<Value> = Vec::new();
        telecom.extend(phone.map(|number| json!({"system": "phone", "value": number, "use": "mobile"})));
        telecom.extend(work.map(|number| json!({"system": "phone", "value": number, "use": "work"})));
        let mut out = json!({"resourceType": "Patient", "identifier": identifiers, "gender": gender, "birthDate": birth,
            "name": [{"use": "official", "family": family, "given": [given]}], "telecom": telecom});
        if street.is_some() || city.is_some() {
            let mut address = json!({"use": "home"});
            if let Some(street) = street { address["line"] = json!([street]); }
            if let Some(city) = city { address["city"] = json!(city); }
            out["address"] = json!([address]);
        }
        if let Some(code) = married {
            let system = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus";
            out["maritalStatus"] = json!({"coding": [{"system": system, "code": code}]});
        }
        if let Some((here, _)) = &died {
            out["deceasedDateTime"] = json!(here);
        }
        (out, died.map(|(_, there)| there))
    }
}

fn registration() -> Value {
    json!({"resourceType": "Patient", "meta": {"tag": [{"system": "https://meridian.example/institution", "code": "CJ02"}]},
        "identifier": [{"system": "https://meridian.example/id/mrn/CJ02", "value": "B1"}]})
}

fn material(event: &str, patient: Value, subject: Value) -> Material {
    Material {
        event: event.to_owned(),
        source: "CJ01".to_owned(),
        at: 1_790_000_000_000,
        subject,
        patient,
        registrations: vec![registration()],
        ..Material::default()
    }
}

/// Whether everything in `sent` is in what came back.
fn same(sent: &Value, got: &Value, members: &[&str], text: &str) -> Result<(), TestCaseError> {
    for member in members {
        let (sent, got) = (sent.pointer(member), got.pointer(member));
        // The record writes no empty lists.
        if sent.is_none_or(|sent| sent.as_array().is_none_or(|list| !list.is_empty())) || got.is_some() {
            prop_assert_eq!(sent, got, "{} of {}", member, text);
        }
    }
    Ok(())
}

fn check_person(sent: &Value, died: Option<&String>, got: &Value) -> Result<(), TestCaseError> {
    let numbers = |system: &str| -> Vec<Value> {
        let all = got["identifier"].as_array().cloned().unwrap_or_default();
        all.into_iter().filter(|number| number["system"] == system).map(|number| number["value"].clone()).collect()
    };
    prop_assert_eq!(numbers("https://meridian.example/id/mrn/CJ02"), vec![json!("B1")], "the receiver's own number");
    prop_assert_eq!(numbers("https://meridian.example/id/local/CJ02/CJ01"), vec![json!("A1")], "and the sender's");
    for number in sent["identifier"].as_array().into_iter().flatten().skip(1) {
        prop_assert_eq!(numbers(number["system"].as_str().unwrap_or_default()), vec![number["value"].clone()]);
    }
    let members = [
        "/name/0/family",
        "/name/0/given",
        "/name/0/use",
        "/gender",
        "/birthDate",
        "/telecom",
        "/address/0/line",
        "/address/0/city",
        "/address/0/use",
        "/maritalStatus/coding/0/code",
    ];
    same(sent, got, &members, &got.to_string())?;
    prop_assert_eq!(died.map(|at| json!(at)), got.get("deceasedDateTime").cloned());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn results_are_read_back(
        (person, died) in patient(),
        observations in prop::collection::vec(observation(), 1..6),
        utf8 in any::<bool>(),
        conclusion in prop::option::of(lines()),
    ) {
        let charset = if utf8 { Charset::Utf8 } else { Charset::Gb18030 };
        let mut report = json!({"resourceType": "DiagnosticReport", "status": "final",
            "identifier": [{"system": "https://meridian.example/id/report/CJ01", "value": "R1"}],
            "code": {"text": "生化", "coding": [{"system": LOINC, "code": "24323-8"}]},
            "result": (0..observations.len()).map(|n| json!({"reference": format!("Observation/o{n}")})).collect::<Vec<_>>()});
        if let Some(conclusion) = &conclusion {
            report["conclusion"] = json!(conclusion);
        }
        let mut material = material("R01", person.clone(), report);
        for (n, (observation, _)) in observations.iter().enumerate() {
            material.related.insert(format!("Observation/o{n}"), observation.clone());
        }
        let got = read_back(&material, charset)?;
        check_person(&person, died.as_ref(), &got["Patient"][0])?;
        let back = &got["Observation"];
        prop_assert_eq!(back.len(), observations.len());
        for ((sent, there), got) in observations.iter().zip(back) {
            let members = ["/status", "/code/text", "/code/coding/0/code", "/valueQuantity", "/valueString",
                "/valueCodeableConcept/text", "/valueCodeableConcept/coding/0/code", "/valueDateTime",
                "/interpretation/0/coding/0/code", "/referenceRange/0/low/value", "/referenceRange/0/high/value", "/note/0/text"];
            same(sent, got, &members, &got.to_string())?;
            prop_assert_eq!(&got["effectiveDateTime"], &json!(there));
        }
        let report = &got["DiagnosticReport"][0];
        prop_assert_eq!(&report["status"], "final");
        prop_assert_eq!(report["code"].pointer("/coding/0/code"), Some(&json!("24323-8")));
        // What a result says already is not said again.
        let said = |line: &str| observations.iter().any(|(one, _)| {
            one.get("valueString").and_then(Value::as_str).is_some_and(|text| text.lines().any(|part| part == line))
        });
        let rest: Vec<&str> = conclusion.iter().flat_map(|text| text.lines()).filter(|line| !said(line)).collect();
        prop_assert_eq!(report.get("conclusion").and_then(Value::as_str).unwrap_or_default(), rest.join("\n"));
    }

    #[test]
    fn visits_are_read_back(
        (person, died) in patient(),
        class in prop::sample::select(vec!["AMB", "IMP", "EMER"]),
        event in prop::sample::select(vec![("A01", "in-progress"), ("A02", "in-progress"), ("A03", "finished"), ("A04", "in-progress"),
            ("A08", "in-progress"), ("A11", "cancelled"), ("A13", "in-progress")]),
        start in moment(),
        place in prop::collection::vec(r"[a-zA-Z0-9内科病区|^&\\]{1,6}", 3),
        reason in words(),
        utf8 in any::<bool>(),
    ) {
        let charset = if utf8 { Charset::Utf8 } else { Charset::Gb18030 };
        let (event, status) = event;
        let percent = |text: &String| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let mut visit = json!({"resourceType": "Encounter", "status": status, "class": {"code": class},
            "identifier": [{"system": "https://meridian.example/id/visit/CJ01", "value": "V1"}],
            "period": {"start": start.0},
            "location": [{"status": "active", "location": {"identifier": {"system": "https://meridian.example/id/location/CJ01",
                "value": place.iter().map(percent).collect::<Vec<_>>().join("/")}}}],
            "participant": [{"individual": {"reference": "Practitioner/d1", "display": "李医生"}}],
            "reasonCode": [{"text": reason}]});
        if event == "A03" {
            visit["period"]["end"] = json!(start.0);
        }
        let mut material = material(event, person.clone(), visit.clone());
        material.encounter = Some(visit.clone());
        material.related.insert("Practitioner/d1".to_owned(), json!({"resourceType": "Practitioner",
            "identifier": [{"system": "https://meridian.example/id/staff/CJ01", "value": "D1"}],
            "name": [{"family": "李", "given": ["医生"]}]}));
        let got = read_back(&material, charset)?;
        check_person(&person, died.as_ref(), &got["Patient"][0])?;
        let back = &got["Encounter"][0];
        same(&visit, back, &["/status", "/class/code", "/reasonCode/0/text"], &back.to_string())?;
        prop_assert_eq!(&back["period"]["start"], &json!(start.1));
        prop_assert_eq!(&back["identifier"][0]["value"], "V1");
        // Who was never admitted lies nowhere.
        let bed = if event == "A11" { Value::Null } else { json!(place.join(" ")) };
        prop_assert_eq!(&back["location"][0]["location"]["display"], &bed);
        prop_assert_eq!(&back["participant"][0]["individual"]["display"], "李医生");
        prop_assert_eq!(&got["Practitioner"][0]["identifier"][0]["value"], "D1");
    }
}
