//! The district's master data: nine institutions and the CDC, beds that are each one bed, transactions of a fair size.

use super::region;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

#[test]
fn the_bed_table_is_consistent() {
    let region = region(1, 10);
    let mut beds = HashSet::new();
    for institution in region.institutions() {
        for ward in &institution.wards {
            let mut numbers = HashSet::new();
            for bed in &ward.beds {
                assert_eq!(bed.ward, ward.code);
                assert!(numbers.insert(bed.number.clone()), "a bed's number stands once in its ward");
                assert!(beds.insert((institution.code, bed.location())), "{}", bed.location());
            }
            assert!(ward.rooms().count() >= 1 && !ward.departments.is_empty());
        }
    }
    assert_eq!(beds.len(), 800 + 240 + 180 + 6 * 6);
}

#[test]
fn set_up_is_whole_and_in_portions() {
    let region = region(1, 10);
    let mut kinds: HashMap<(&str, String), usize> = HashMap::new();
    let set_up = region.set_up();
    for (institution, bundle) in &set_up {
        let entries = bundle["entry"].as_array().unwrap();
        assert!(entries.len() <= 1_000, "{institution}: {}", entries.len());
        for entry in entries {
            let kind = entry["resource"]["resourceType"].as_str().unwrap().to_owned();
            *kinds.entry((institution, kind)).or_default() += 1;
        }
    }
    let count = |code: &'static str, kind: &str| kinds.get(&(code, kind.to_owned())).copied().unwrap_or(0);
    assert_eq!(set_up.iter().map(|(code, _)| code).collect::<HashSet<_>>().len(), 11);
    for code in ["CJ00", "CJ01", "CJ02", "CJ03", "CJ11", "CJ16", "CJ90"] {
        assert_eq!(count(code, "Organization"), 1, "{code}");
    }
    for kind in ["Location", "Device", "Practitioner", "PractitionerRole", "Schedule", "HealthcareService"] {
        assert!(count("CJ01", kind) > 20 && count("CJ12", kind) > 0, "{kind}");
    }
    let prices = count("CJ01", "ChargeItemDefinition");
    assert_eq!(prices, count("CJ01", "HealthcareService"));
    let price = set_up
        .iter()
        .flat_map(|(_, bundle)| bundle["entry"].as_array().unwrap())
        .find(|entry| entry["resource"]["url"].as_str().is_some_and(|url| url.ends_with("CJ02/LAB-CBC")));
    let amount: &Value = &price.unwrap()["resource"]["propertyGroup"][0]["priceComponent"][0]["amount"];
    assert_eq!(amount["value"].to_string(), "18.00");
    let total: usize = kinds.values().sum();
    assert!((2_500..8_000).contains(&total), "{total}");
}
