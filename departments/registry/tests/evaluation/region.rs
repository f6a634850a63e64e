//! A synthetic region: 2,000 residents as their institutions wrote them down.

use meridian_population::{Region, RegionConfig};
use meridian_registry::matching::{Band, Level, Matcher, Score};
use serde_json::{Value, json};

use crate::measure::{Set, floor, heading, line, measure};

fn region(seed: u64, residents: u64) -> Region {
    Region::new(RegionConfig { seed, residents, today: jiff::civil::date(2026, 1, 5) })
}

/// What an institution wrote down, as a Patient.
pub(crate) fn patient(written: &meridian_population::Registration, numbers: bool) -> Value {
    let mut identifiers = Vec::new();
    if let Some(number) = written.identity_number.as_ref().filter(|_| numbers) {
        identifiers.push(json!({"system": "urn:oid:2.16.156.10011.1.3", "value": number}));
    }
    if let Some(number) = written.insurance_number.as_ref().filter(|_| numbers) {
        identifiers.push(json!({"system": "https://meridian.example/id/insurance", "value": number}));
    }
    let phones: Vec<Value> = written.phone.iter().map(|phone| json!({"system": "phone", "value": phone})).collect();
    json!({"resourceType": "Patient", "identifier": identifiers,
        "name": [{"text": written.name.text(), "family": written.name.family, "given": [written.name.given]}],
        "gender": written.sex.fhir(), "birthDate": written.birth.to_string(), "telecom": phones,
        "address": [{"line": [written.address.line()], "city": "云洲市", "district": "澄江区", "postalCode": "990100"}]})
}

fn records(region: &Region, numbers: bool) -> Vec<(Value, String)> {
    let mut records = Vec::new();
    for one in region.demographics() {
        let who = one.truth.index.to_string();
        records.extend(one.registrations.iter().map(|written| (patient(written, numbers), who.clone())));
    }
    records
}

#[test]
fn residents_of_a_region_are_told_apart() {
    heading();
    // A seed on which nothing was looked at while the matcher was made, beside the one of the demo.
    for (seed, residents, numbers) in [(42, 2000, true), (42, 2000, false), (7, 1000, false)] {
        let records = records(&region(seed, residents), numbers);
        let name = format!("region, seed {seed}, {}", if numbers { "all fields" } else { "no numbers" });
        let set = Set::of(&name, &records);
        let matcher = Matcher::default();
        let result = measure(&set, &matcher);
        line(&name, &set, &result);
        let wrong = result.scored.iter().filter(|(_, _, score, same)| matcher.band(score) == Band::Link && !same);
        for (a, b, score, _) in wrong.take(12) {
            println!("wrong: {} | {} | {:.1} {:?}", records[*a].0, records[*b].0, score.weight, score.evidence);
        }
        let joined = |score: &Score| matcher.band(score) > Band::New;
        assert!(result.scored.iter().all(|(_, _, score, _)| !score.is(Level::IdentityConflict) || !joined(score)));
        floor("link precision", result.link.precision(), 0.999);
        floor("link recall", result.link.recall(), if numbers { 0.92 } else { 0.90 });
        floor("review precision", result.review.precision(), 0.98);
        floor("review recall", result.review.recall(), 0.995);
        floor("candidate recall", result.candidate_recall, 0.999);
    }
}
