//! Live days of a small region.

use super::*;
use crate::region::RegionConfig;
use std::collections::{BTreeMap, BTreeSet};

fn region() -> Region {
    Region::new(RegionConfig { seed: 42, residents: 60, today: jiff::civil::date(2026, 1, 5) })
}

fn config(region: &Region, arrivals: u32) -> LiveConfig {
    LiveConfig { seed: 1, arrivals, from: Moment::new(region.today(), 0) }
}

fn days(region: &Region, config: LiveConfig, first: Day, count: usize) -> Vec<Event> {
    let mut live = Live::new(region, config, first);
    (0..count).flat_map(|_| live.next_day().1).collect()
}

fn name(event: &Event) -> (String, Moment) {
    match &event.feed {
        Feed::Hl7v2 { control_id, .. } => (control_id.clone(), event.at),
        Feed::Fhir { bundle, .. } => (bundle.to_string(), event.at),
    }
}

#[test]
fn the_same_configuration_gives_the_same_days_wherever_one_begins() {
    let region = region();
    let config = config(&region, 20);
    let first = region.today();
    let whole = days(&region, config, first, 4);
    assert!(whole.len() > 60, "{}", whole.len());
    let third: Vec<_> = whole.iter().filter(|event| event.at.day >= first.plus(2)).map(name).collect();
    let begun_there: Vec<_> = days(&region, config, first.plus(2), 2).iter().map(name).collect();
    assert_eq!(third, begun_there);
}

#[test]
fn events_come_in_order_and_control_ids_are_their_own() {
    let region = region();
    let events = days(&region, config(&region, 40), region.today(), 2);
    assert!(events.is_sorted_by_key(|event| (event.at, event.second)));
    let mut seen = BTreeSet::new();
    for event in &events {
        if let Feed::Hl7v2 { control_id, .. } = &event.feed {
            assert!(control_id.len() <= 20, "{control_id}");
            assert!(seen.insert(control_id.clone()) || event.fault == Some(Fault::Twice), "{control_id}");
        }
    }
}

#[test]
fn a_day_holds_what_a_district_does() {
    let region = region();
    let events = days(&region, config(&region, 120), region.today(), 2);
    let mut kinds = BTreeMap::new();
    for event in &events {
        let kind = match &event.feed {
            Feed::Fhir { .. } => "FHIR".to_owned(),
            Feed::Hl7v2 { bytes, .. } => {
                let field = bytes.split(|byte| *byte == b'|').nth(8).unwrap_or_default();
                String::from_utf8_lossy(field).chars().take(7).collect()
            }
        };
        *kinds.entry(kind).or_insert(0) += 1;
    }
    for kind in ["ADT^A01", "ADT^A03", "ADT^A04", "ADT^A08", "ADT^A28", "ORU^R01", "FHIR"] {
        assert!(kinds.get(kind).is_some_and(|count| *count > 0), "no {kind} in {kinds:?}");
    }
    let institutions: BTreeSet<_> = events.iter().map(|event| event.feed.institution()).collect();
    assert!(institutions.len() >= 8, "{institutions:?}");
    let faulty = events.iter().filter(|event| event.fault.is_some_and(Fault::parks)).count();
    assert!(faulty * 20 < events.len(), "{faulty} of {}", events.len());
}

#[test]
fn nothing_is_told_before_life_begins() {
    let region = region();
    let from = Moment::new(region.today(), 14 * 60);
    let events = days(&region, LiveConfig { from, ..config(&region, 40) }, region.today(), 1);
    assert!(!events.is_empty() && events.iter().all(|event| event.at >= from));
}
