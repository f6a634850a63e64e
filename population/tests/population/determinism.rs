//! The same seed gives the same bytes, in any order.

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

#[test]
fn another_seed_is_another_region() {
    let (one, two) = (region(1, 40), region(2, 40));
    let same = one.residents().zip(two.residents()).filter(|(a, b)| a.truth.name == b.truth.name).count();
    assert!(same < 5, "{same} of 40 names alike");
}
