//! The messages can be read back by the reader of the house, in both character sets.

use super::region;
use meridian_hl7v2::{Limits, Message, read};
use meridian_population::{Feed, Region, Resident};
use std::collections::{HashMap, HashSet};

fn messages(region: &Region, resident: &Resident) -> Vec<(String, Message)> {
    let mut found = Vec::new();
    for feed in resident.feeds(region) {
        if let Feed::Hl7v2 { control_id, bytes, institution } = feed {
            assert_eq!(institution, "CJ01");
            let read = read(&bytes, &Limits::default(), None).unwrap();
            let decoded = format!("{:?}", read.decoded);
            assert!(!read.message.text().contains('\u{fffd}'), "{decoded}\n{}", read.message.text());
            found.push((control_id, read.message));
        }
    }
    found
}

#[test]
fn every_message_reads_back_with_its_names() {
    let region = region(41, 80);
    let mut controls = HashSet::new();
    let mut charsets: HashMap<String, u32> = HashMap::new();
    let mut kinds: HashMap<(String, String), u32> = HashMap::new();
    for resident in region.residents() {
        for (control_id, message) in messages(&region, &resident) {
            assert!(controls.insert(control_id.clone()), "{control_id} twice");
            assert_eq!(message.control_id(), Some(control_id));
            let get = |path: &str| message.get(path).unwrap_or_default();
            assert_eq!((get("MSH-3").as_str(), get("MSH-4").as_str()), ("SYNTHETIC-HIS", "CJ01"));
            let written = resident.registration("CJ01").unwrap();
            assert_eq!(get("PID-3"), written.record_number);
            let name =
                if written.name.dotted { get("PID-5.1") } else { format!("{}{}", get("PID-5.1"), get("PID-5.2")) };
            assert_eq!(name, written.name.text());
            assert!(!get("PV1-19").is_empty());
            *charsets.entry(get("MSH-18")).or_default() += 1;
            *kinds.entry(message.kind()).or_default() += 1;
        }
    }
    let all: u32 = charsets.values().sum();
    assert_eq!(charsets.len(), 2, "{charsets:?}");
    let share = f64::from(charsets["GB 18030-2000"]) / f64::from(all);
    assert!((0.22..0.38).contains(&share), "{share}");
    for (code, event) in [("ADT", "A04"), ("ADT", "A01"), ("ADT", "A08"), ("ORU", "R01")] {
        assert!(kinds.contains_key(&(code.to_owned(), event.to_owned())), "{kinds:?}");
    }
}

#[test]
fn identifiers_are_typed_and_orders_are_numbered_once() {
    let region = region(43, 60);
    for resident in region.residents() {
        let written = resident.registration("CJ01");
        let mut orders = HashSet::new();
        let mut times = Vec::new();
        for (_, message) in messages(&region, &resident) {
            let pid = message.first("PID");
            let numbers: HashMap<String, String> = (1..=3)
                .map(|n| pid.field(3).rep(n))
                .filter(|rep| !rep.is_empty())
                .map(|rep| {
                    let text = |n| rep.comp(n).sub(1).text().unwrap_or_default().into_owned();
                    (text(5), text(1))
                })
                .collect();
            let written = written.unwrap();
            assert_eq!(numbers.get("NI"), written.identity_number.as_ref());
            assert_eq!(numbers.get("HC"), written.insurance_number.as_ref());
            for order in message.segments("OBR") {
                let filler = order.field(3).rep(1).comp(1).sub(1).text().unwrap().into_owned();
                assert!(orders.insert(filler.clone()), "{filler} twice");
            }
            for result in message.segments("OBX") {
                let text = |n| result.field(n).rep(1).comp(1).sub(1).text().unwrap_or_default().into_owned();
                if text(2) == "NM" {
                    assert!(text(5).parse::<f64>().is_ok(), "{}", text(5));
                    assert!(!text(6).is_empty() && text(11) == "F");
                }
            }
            times.push(message.get("PV1-44").unwrap());
        }
        assert!(times.is_sorted(), "visits in order of time");
    }
}
