//! What the synthetic region sends is valid, by R4 and by the profiles for China: what its centres send as FHIR, and what
//! comes of the messages of its hospitals, message by message as the record would hold it.
//!
//! `MERIDIAN_LIVES` residents of the region `MERIDIAN_SEED`; the seed of a case that fails is printed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use meridian_conformance::structure::Structures;
use meridian_conformance::terms::Terms;
use meridian_conformance::validate::{Habits, Limits, Nowhere, Validator, validate};
use meridian_fhirpath::Moment;
use meridian_hl7v2::{Assumed, read};
use meridian_intake::feeds;
use meridian_intake::map::{FeedConfig, Mapper, Met};
use meridian_model::outcome::Severity;
use meridian_population::{Feed, Flaw, Region, RegionConfig, Resident, systems};
use serde_json::Value;

/// How the demo reads its hospitals.
const FEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../server/src/demo/feeds.toml");
const CN: &str = "https://meridian.example/fhir/StructureDefinition/";

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The profile for China of a resource, if there is one.
fn profile(resource: &Value) -> Option<String> {
    let has = |code: &str| {
        let codings = resource["category"].as_array().into_iter().flatten();
        codings.flat_map(|one| one["coding"].as_array().into_iter().flatten()).any(|coding| coding["code"] == code)
    };
    let name = match resource["resourceType"].as_str().unwrap() {
        "Patient" => "cn-patient",
        "Practitioner" => "cn-practitioner",
        "PractitionerRole" => "cn-practitioner-role",
        "Organization" => "cn-organization",
        "Location" => "cn-location",
        "Encounter" => "cn-encounter",
        "Condition" => "cn-condition",
        "AllergyIntolerance" => "cn-allergy-intolerance",
        "Observation" if has("vital-signs") => "cn-vital-signs",
        "Observation" if has("laboratory") => "cn-laboratory-result",
        "DiagnosticReport" => "cn-diagnostic-report",
        "MedicationRequest" => "cn-medication-request",
        "Immunization" => "cn-immunization",
        "Coverage" => "cn-coverage",
        "DocumentReference" => "cn-document-reference",
        _ => return None,
    };
    Some(format!("{CN}{name}"))
}

/// What was judged, and what was wrong with it.
#[derive(Default)]
struct Seen {
    /// By type and way of sending.
    kinds: BTreeMap<(String, &'static str), u64>,
    profiles: BTreeSet<String>,
    /// What is wrong, with how often and an example.
    wrong: BTreeMap<String, (u64, String)>,
    planted: u64,
}

impl Seen {
    /// `mistyped`: the identity numbers that were written down wrong on purpose.
    fn judge(&mut self, resource: &Value, way: &'static str, from: &str, mistyped: &[String]) {
        let kind = resource["resourceType"].as_str().unwrap();
        *self.kinds.entry((kind.to_owned(), way)).or_default() += 1;
        let profile = profile(resource);
        let with = Validator {
            structures: Structures::embedded(),
            codes: Terms::embedded(),
            lookup: &Nowhere,
            now: Moment { millis: 1_798_761_600_000, offset_minutes: 480 },
            limits: Limits::default(),
            habits: Habits::default(),
        };
        let profiles: Vec<&str> = profile.iter().map(String::as_str).collect();
        for issue in validate(resource, &profiles, &with) {
            if !matches!(issue.severity, Severity::Error | Severity::Fatal) {
                continue;
            }
            if issue.diagnostics.starts_with("cn-id-check:") && holds(resource, mistyped) {
                self.planted += 1;
                continue;
            }
            let says = format!("{way} {kind}: {} @ {}", issue.diagnostics, issue.expression.join(" "));
            let entry = self.wrong.entry(says).or_insert_with(|| (0, format!("{from}: {resource}")));
            entry.0 += 1;
        }
        self.profiles.extend(profile);
    }
}

fn holds(resource: &Value, mistyped: &[String]) -> bool {
    let numbers = resource["identifier"].as_array().into_iter().flatten();
    numbers.filter_map(|one| one["value"].as_str()).any(|own| mistyped.iter().any(|number| number == own))
}

fn resources(bundle: &Value) -> impl Iterator<Item = &Value> {
    bundle["entry"].as_array().into_iter().flatten().map(|entry| &entry["resource"])
}

/// Identity numbers that an institution mistyped.
fn mistyped(resident: &Resident) -> Vec<String> {
    let flawed = resident.registrations.iter().filter(|one| one.flaws.contains(&Flaw::IdentityNumberMistyped));
    flawed.filter_map(|one| one.identity_number.clone()).collect()
}

/// Puts what a message says together with what the ones before it said, as the record would hold it.
fn receive(
    mapper: &Mapper,
    feed: &FeedConfig,
    bytes: &[u8],
    record: &mut HashMap<String, Value>,
    told: &mut Seen,
) -> Option<()> {
    let assumed = feed.charset.map_or(Assumed::Nothing, Assumed::Unless);
    let message = read(bytes, &meridian_hl7v2::Limits::default(), assumed).ok()?.message;
    let mapped = match mapper.map(&message, feed) {
        Ok(mapped) => mapped,
        Err(park) => {
            told.wrong.entry(format!("{park:?}")).or_insert_with(|| (0, message.text().to_owned())).0 += 1;
            return None;
        }
    };
    for (nth, entry) in mapped.bundle["entry"].as_array()?.iter().enumerate() {
        let url = entry["request"]["url"].as_str()?;
        let key = entry["request"]["ifNoneExist"].as_str().map_or_else(|| url.to_owned(), |key| format!("{url}?{key}"));
        let sent = entry["resource"].clone();
        let now = match record.get(&key) {
            None => sent,
            Some(before) => match mapped.meet(nth, before, sent) {
                Met::Kept(kept, _) => kept,
                _ => continue,
            },
        };
        record.insert(key, now);
    }
    Some(())
}

#[test]
fn what_the_region_sends_is_valid() {
    let seed = number("MERIDIAN_SEED").unwrap_or(42);
    let residents = number("MERIDIAN_LIVES").unwrap_or(12);
    println!("MERIDIAN_SEED={seed} MERIDIAN_LIVES={residents}");
    let region = Region::new(RegionConfig { seed, residents, today: jiff::civil::date(2026, 11, 23) });
    let feeds = feeds::read(&std::fs::read_to_string(FEEDS).unwrap()).unwrap();
    let mapper = Mapper::load().unwrap();
    let mut seen = Seen::default();
    // Of the staff and beds of a region hundreds are alike: a part of each bundle.
    for (institution, bundle) in region.set_up() {
        let mut of_kind: HashMap<&str, u32> = HashMap::new();
        for resource in resources(&bundle) {
            let count = of_kind.entry(resource["resourceType"].as_str().unwrap()).or_default();
            *count += 1;
            if *count <= 5 {
                seen.judge(resource, "FHIR", institution, &[]);
            }
        }
    }
    for resident in region.residents() {
        let mistyped = mistyped(&resident);
        let from = format!("resident {}", resident.truth.index);
        let mut record = HashMap::new();
        for feed in resident.feeds(&region) {
            match feed {
                Feed::Fhir { bundle, .. } => {
                    resources(&bundle).for_each(|resource| seen.judge(resource, "FHIR", &from, &mistyped));
                }
                Feed::Hl7v2 { institution, bytes, .. } => {
                    let config = feeds.iter().find(|one| one.institution == institution).unwrap();
                    receive(&mapper, config, &bytes, &mut record, &mut seen);
                }
            }
        }
        record.values().for_each(|resource| seen.judge(resource, "HL7 v2", &from, &mistyped));
    }
    let total: u64 = seen.kinds.values().sum();
    println!("{total} resources, {} with a number mistyped on purpose: {:?}", seen.planted, seen.kinds);
    assert!(seen.profiles.len() >= 13, "only {:?}", seen.profiles);
    for way in ["FHIR", "HL7 v2"] {
        for kind in ["Patient", "Encounter", "Condition", "Observation"] {
            assert!(seen.kinds.contains_key(&(kind.to_owned(), way)), "no {kind} by {way}");
        }
    }
    let told: Vec<String> =
        seen.wrong.iter().map(|(says, (count, example))| format!("{count} × {says}\n    {example}")).collect();
    assert!(told.is_empty(), "{} kinds of faults:\n{}", told.len(), told.join("\n"));
    assert_eq!(systems::IDENTITY_NUMBER, "urn:oid:2.16.156.10011.1.3", "whose check character is judged");
}
