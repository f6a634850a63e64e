//! Registers err as often as their rates say, numbers are unique, and the truth joins back to what was sent.

use super::region;
use meridian_hl7v2::{Assumed, Charset, Limits, read};
use meridian_population::people::identity::is_valid;
use meridian_population::registration::rates;
use meridian_population::{Demographic, Feed, Flaw, Protocol, Region, Registration, systems};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Observed share against a rate: within five standard deviations and a little.
fn near(seen: usize, of: usize, rate: f64, what: &str) {
    let share = seen as f64 / of.max(1) as f64;
    let bound = 5.0 * (rate * (1.0 - rate) / of.max(1) as f64).sqrt() + 0.0005;
    assert!((share - rate).abs() <= bound, "{what}: {share:.4} of {of}, rate {rate}");
}

#[test]
fn errors_come_as_often_as_their_rates() {
    let region = region(3, 20_000);
    let mut firsts = Vec::new();
    let mut seconds = 0_usize;
    let mut hospitals = 0_usize;
    for one in region.demographics().skip(10) {
        let born = one.truth.birth.year();
        let moved = one.registrations.iter().any(|r| r.flaws.contains(&Flaw::AddressFormer));
        for record in one.registrations {
            let hospital = region.institution(record.institution).unwrap().protocol == Protocol::Hl7v2;
            hospitals += usize::from(hospital && !record.second);
            seconds += usize::from(hospital && record.second && !record.flaws.contains(&Flaw::NewbornName));
            if !record.second && !record.flaws.contains(&Flaw::NewbornName) {
                firsts.push((record, hospital, born, one.truth.name.clone(), moved));
            }
        }
    }
    let count = |flaw: Flaw| firsts.iter().filter(|(r, ..)| r.flaws.contains(&flaw)).count();
    let all = firsts.len();
    assert!(all > 35_000, "{all}");
    near(count(Flaw::SexWrong), all, rates::SEX_WRONG, "sex");
    near(count(Flaw::PhoneStale), all, rates::PHONE_STALE, "phone");
    near(count(Flaw::PhoneWide), all, rates::PHONE_WIDE * (1.0 - rates::PHONE_STALE), "wide phone");
    let numbered = firsts.iter().filter(|(r, ..)| !r.flaws.contains(&Flaw::NoIdentityNumber)).count();
    near(count(Flaw::IdentityNumberMistyped), numbered, rates::IDENTITY_MISTYPED, "mistyped");
    let old = |(r, hospital, born, ..): &&(Registration, bool, i32, _, bool)| {
        *hospital && *born < rates::IDENTITY_OLD_BEFORE && !r.flaws.contains(&Flaw::NoIdentityNumber)
    };
    let holders = firsts.iter().filter(old).count();
    near(count(Flaw::IdentityNumberOld), holders, rates::IDENTITY_OLD * (1.0 - rates::IDENTITY_MISTYPED), "15 digits");
    let (dotted, plain): (Vec<_>, Vec<_>) = firsts.iter().partition(|(_, _, _, name, _)| name.dotted);
    near(count(Flaw::NameDot), dotted.len(), rates::NAME_DOT, "dot");
    near(count(Flaw::NameSpaced), plain.len(), rates::NAME_SPACED, "spaced");
    // not every name has a character with a homophone, a look-alike or another form
    for (flaw, rate) in [
        (Flaw::NameMisheard, rates::NAME_MISHEARD),
        (Flaw::NameMisread, rates::NAME_MISREAD),
        (Flaw::NameVariant, rates::NAME_VARIANT),
        (Flaw::NameCut, rates::NAME_CUT),
    ] {
        let share = count(flaw) as f64 / plain.len() as f64;
        assert!(share <= rate * 1.2 && share >= rate * 0.35, "{flaw:?}: {share:.4}, rate {rate}");
    }
    // birth dates whose day is above 12 have no other order
    let swapped = count(Flaw::BirthSwapped) as f64 / all as f64;
    assert!((0.25..0.5).contains(&(swapped / rates::BIRTH_SWAPPED)), "{swapped}");
    let second = seconds as f64 / hospitals as f64;
    assert!((second / rates::SECOND_AT_HOSPITAL - 1.0).abs() < 0.15, "{second}");
    let missing = count(Flaw::NoIdentityNumber) as f64 / all as f64;
    assert!((0.03..0.12).contains(&missing), "{missing}");
}

#[test]
fn what_is_written_is_the_truth_but_for_the_planted_errors() {
    let region = region(5, 4_000);
    for one in region.demographics() {
        for record in &one.registrations {
            let has = |flaw: Flaw| record.flaws.contains(&flaw);
            let truth = &one.truth;
            let misnamed = [
                Flaw::NameMisheard,
                Flaw::NameMisread,
                Flaw::NameVariant,
                Flaw::NameCut,
                Flaw::NameSpaced,
                Flaw::NameDot,
                Flaw::NewbornName,
            ];
            assert_eq!(record.name != truth.name, misnamed.into_iter().any(has), "{record:?}");
            assert_eq!(record.sex != truth.sex, has(Flaw::SexWrong));
            assert_eq!(record.birth != truth.birth, has(Flaw::BirthSwapped));
            assert_eq!(record.identity_number.is_none(), has(Flaw::NoIdentityNumber), "{record:?}");
            if let Some(number) = &record.identity_number {
                let wrong = has(Flaw::IdentityNumberMistyped) || has(Flaw::IdentityNumberOld);
                assert_eq!(*number != truth.identity_number, wrong);
                assert_eq!(is_valid(number), !wrong);
                assert_eq!(number.len() == 15, has(Flaw::IdentityNumberOld));
            }
            assert_eq!(record.second, has(Flaw::SecondNumber));
            assert_eq!(record.second, record.window.is_some());
        }
        if one.truth.index < 7 {
            let only_moved = |r: &Registration| {
                r.flaws.iter().all(|flaw| matches!(flaw, Flaw::AddressFormer | Flaw::NoIdentityNumber))
            };
            assert!(one.registrations.iter().all(only_moved), "the cast are written down well");
        }
    }
}

#[test]
fn the_hard_cases_are_there() {
    let region = region(8, 20_000);
    let all: Vec<Demographic> = region.demographics().collect();
    let mut twins = 0;
    for one in &all {
        let Some(other) = one.truth.twin.and_then(|twin| all.get(usize::try_from(twin).unwrap())) else { continue };
        twins += 1;
        assert_eq!(other.truth.twin, Some(one.truth.index));
        assert_eq!((one.truth.birth, &one.truth.address), (other.truth.birth, &other.truth.address));
        assert_ne!(one.truth.identity_number, other.truth.identity_number);
        let (a, b) = (one.truth.name.text(), other.truth.name.text());
        assert_ne!(a, b);
        if !one.truth.name.dotted {
            let differ = a.chars().zip(b.chars()).filter(|(a, b)| a != b).count();
            assert_eq!((differ, a.chars().count()), (1, b.chars().count()), "{a} {b}");
        }
    }
    assert!(twins >= 20, "{twins}");
    let newborn = |one: &&Demographic| one.registrations.iter().any(|r| r.flaws.contains(&Flaw::NewbornName));
    let babies: Vec<&Demographic> = all.iter().filter(newborn).collect();
    assert!(babies.len() > 50, "{}", babies.len());
    for baby in &babies {
        let record = baby.registrations.iter().find(|r| r.flaws.contains(&Flaw::NewbornName)).unwrap();
        assert!(record.name.given.ends_with("之子") || record.name.given.ends_with("之女"));
        assert!(record.institution == "CJ03" || record.institution == "CJ01");
    }
    assert!(babies.iter().any(|b| b.registrations.iter().any(|r| r.merged.is_some())), "some are merged");
    for code in ["CJ01", "CJ02", "CJ03", "CJ11", "CJ12", "CJ13", "CJ14", "CJ15", "CJ16"] {
        let known = all.iter().filter(|one| one.registrations.iter().any(|r| r.institution == code)).count();
        assert!(known > 1_000, "{code}: {known}");
    }
    assert!(all.iter().all(|one| !one.registrations.is_empty()));
    let numbers = all.iter().flat_map(|one| one.registrations.iter().map(|r| (r.institution, &r.record_number)));
    let records = numbers.clone().count();
    assert_eq!(numbers.collect::<HashSet<_>>().len(), records, "a record number stands once in its institution");
    let several = all.iter().filter(|one| one.registrations.len() >= 2).count() as f64 / all.len() as f64;
    assert!(several >= 0.6, "{several}");
}

/// Numbers by which the institutions name residents in what they send.
fn sent(region: &Region) -> HashMap<(String, String), HashSet<u64>> {
    let mut found: HashMap<(String, String), HashSet<u64>> = HashMap::new();
    for resident in region.residents() {
        let mut note = |institution: &str, number: String| {
            found.entry((institution.to_owned(), number)).or_default().insert(resident.truth.index);
        };
        for feed in resident.feeds(region) {
            match &feed {
                Feed::Hl7v2 { institution, bytes, .. } => {
                    let message = read(bytes, &Limits::default(), Assumed::Unless(Charset::Gb18030)).unwrap().message;
                    note(institution, message.get("PID-3").unwrap());
                    if let Some(old) = message.get("MRG-1") {
                        note(institution, old);
                    }
                }
                Feed::Fhir { institution, bundle } => {
                    let system = format!("{}{institution}", systems::RECORD_NUMBER);
                    for entry in bundle["entry"].as_array().unwrap() {
                        let resource = &entry["resource"];
                        if resource["resourceType"] == "Patient" {
                            let own = resource["identifier"].as_array().unwrap().iter().find(|i| i["system"] == system);
                            note(institution, own.unwrap()["value"].as_str().unwrap().to_owned());
                        }
                    }
                }
            }
        }
    }
    found
}

#[test]
fn the_truth_joins_back_to_the_registers() {
    let region = region(42, 60);
    let mut truth: HashMap<(String, String), u64> = HashMap::new();
    for line in region.truth() {
        let row: Value = serde_json::from_str(&line).unwrap();
        for one in row["registrations"].as_array().unwrap() {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            let before = truth.insert((text("institution"), text("mrn")), row["index"].as_u64().unwrap());
            assert!(before.is_none(), "a number stands for one resident: {one}");
        }
    }
    let sent = sent(&region);
    assert!(!sent.is_empty());
    for (number, residents) in &sent {
        assert_eq!(residents.len(), 1, "{number:?}");
        assert_eq!(truth.get(number), residents.iter().next(), "{number:?}");
    }
    for number in truth.keys() {
        assert!(sent.contains_key(number), "{number:?} was never sent");
    }
}

#[test]
fn the_same_seed_writes_the_same_registers() {
    let print = |region: &Region| {
        region.demographics().fold(0_u64, |sum, one| {
            format!("{:?}{:?}", one.truth, one.registrations)
                .bytes()
                .fold(sum, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        })
    };
    let one = print(&region(42, 2_000));
    assert_eq!(one, print(&region(42, 2_000)));
    assert_ne!(one, print(&region(43, 2_000)));
}

#[test]
fn identity_numbers_of_a_larger_region_are_unique() {
    // neighbours in area and order number: classes of a region of two million
    let region = region(9, 10);
    let mut numbers = HashSet::new();
    for class in [0_u64, 1, 4_711, 49_499] {
        for round in 0..40 {
            let truth = region.demographic(class + round * 99 * 500).truth;
            assert!(is_valid(&truth.identity_number) && numbers.insert(truth.identity_number.clone()));
        }
    }
}

#[test]
fn centres_send_residents_to_the_hospitals() {
    let region = region(42, 60);
    let (mut sent, mut written) = (0, 0);
    for resident in region.residents() {
        let wanted = resident.visits.iter().filter_map(|visit| Some((visit, resident.sent_by(visit)?)));
        for (visit, by) in wanted {
            sent += 1;
            assert!(by.end < visit.start && visit.start.day.days_since(by.start.day) <= 14);
            assert!(by.institution.starts_with("CJ1") && visit.institution < "CJ10");
        }
        let bundles = resident.feeds(&region).into_iter().filter_map(|feed| match feed {
            Feed::Fhir { bundle, .. } => Some(bundle),
            Feed::Hl7v2 { .. } => None,
        });
        for bundle in bundles {
            let entries = bundle["entry"].as_array().unwrap();
            written += entries.iter().filter(|entry| entry["resource"]["category"][0]["text"] == "转诊").count();
        }
    }
    assert!(sent > 5, "{sent}");
    assert_eq!(sent, written);
}
