//! The same seed gives the same bytes, in any order.

use std::hash::{DefaultHasher, Hasher};

use super::region;
use meridian_population::{Feed, Region, Resident};

fn bytes(region: &Region, resident: &Resident) -> Vec<u8> {
    let mut all = Vec::new();
    for feed in resident.feeds(region) {
        match feed {
            Feed::Hl7v2 { bytes, control_id, .. } => {
                all.extend(control_id.into_bytes());
                all.extend(bytes);
            }
            Feed::Fhir { bundle, .. } => all.extend(serde_json::to_vec(&bundle).unwrap()),
        }
    }
    all
}

#[test]
fn same_seed_same_bytes_in_any_order() {
    let (one, two) = (region(42, 12), region(42, 12));
    let forwards: Vec<Vec<u8>> = one.residents().map(|r| bytes(&one, &r)).collect();
    let backwards: Vec<Vec<u8>> = (0..12).rev().map(|i| bytes(&two, &two.resident(i))).collect();
    assert!(forwards.iter().eq(backwards.iter().rev()));
    assert_eq!(one.set_up(), two.set_up());
}

#[test]
fn the_count_changes_nobody() {
    let (small, large) = (region(42, 3), region(42, 1_000_000));
    assert_eq!(bytes(&small, &small.resident(2)), bytes(&large, &large.resident(2)));
    assert_eq!(small.residents().count(), 3);
}

/// A whole region as one number.
fn fingerprint(residents: u64) -> u64 {
    let region = region(42, residents);
    let mut hash = DefaultHasher::new();
    region.residents().for_each(|resident| hash.write(&bytes(&region, &resident)));
    hash.finish()
}

/// Residents with all that is sent about them, and the registrations of 5,000. `make conformance` does it for 2,000 and
/// 20,000, in release.
#[test]
fn a_region_made_twice_has_the_same_bytes() {
    let residents = std::env::var("POPULATION").ok().and_then(|count| count.parse().ok()).unwrap_or(200);
    let other = std::thread::spawn(move || fingerprint(residents));
    let one = fingerprint(residents);
    assert_eq!(one, other.join().unwrap());
    let rows = move || {
        let mut hash = DefaultHasher::new();
        region(42, residents.max(5_000)).truth().for_each(|row| hash.write(row.as_bytes()));
        hash.finish()
    };
    let other = std::thread::spawn(rows);
    assert_eq!(rows(), other.join().unwrap());
}

#[test]
fn another_seed_is_another_region() {
    let (one, two) = (region(1, 40), region(2, 40));
    let same = one.residents().zip(two.residents()).filter(|(a, b)| a.truth.name == b.truth.name).count();
    assert!(same < 5, "{same} of 40 names alike");
}
