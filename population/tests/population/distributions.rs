//! The district as a whole looks like one: ages, sexes, prevalence, registrations; all numbers are valid and unique.

use super::region;
use meridian_population::clinic::chronic::Disease;
use meridian_population::people::identity::{AREA_PREFIX, PHONE_PREFIX, is_valid};
use meridian_population::{Flaw, IDENTITY_MISTYPED, Resident, Sex};
use std::collections::HashSet;

fn percent(residents: &[Resident], wanted: impl Fn(&Resident) -> bool) -> f64 {
    residents.iter().filter(|r| wanted(r)).count() as f64 / residents.len() as f64 * 100.0
}

#[test]
fn ages_and_sexes_come_near_the_census_of_2020() {
    let region = region(7, 4_000);
    let today = region.today();
    let residents: Vec<Resident> = region.residents().collect();
    let aged = |from: i32, to: i32| percent(&residents, |r| (from..to).contains(&r.truth.age(today)));
    for (from, to, census) in [(0, 15, 17.95), (15, 60, 63.35), (60, 200, 18.70), (65, 200, 13.50)] {
        let share = aged(from, to);
        assert!((share - census).abs() < 3.5, "{from}..{to}: {share:.1} %, census {census} %");
    }
    let men = percent(&residents, |r| r.truth.sex == Sex::Male);
    assert!((47.0..54.0).contains(&men), "{men}");
    assert!(residents.iter().all(|r| r.truth.birth <= today && r.truth.age(today) < 100));
}

#[test]
fn prevalence_rises_with_age() {
    let region = region(11, 5_000);
    let today = region.today();
    let residents: Vec<Resident> = region.residents().skip(6).collect();
    for disease in [Disease::Hypertension, Disease::Diabetes, Disease::CoronaryHeartDisease] {
        let share = |from: i32, to: i32| {
            let group: Vec<Resident> =
                residents.iter().filter(|r| (from..to).contains(&r.truth.age(today))).cloned().collect();
            percent(&group, |r| r.chronic.iter().any(|c| c.disease == disease))
        };
        let (young, middle, old) = (share(18, 40), share(40, 60), share(60, 100));
        assert!(young < middle && middle < old, "{disease:?}: {young:.1} {middle:.1} {old:.1}");
    }
    let adults: Vec<Resident> = residents.into_iter().filter(|r| r.truth.age(today) >= 18).collect();
    let pressure = percent(&adults, |r| r.chronic.iter().any(|c| c.disease == Disease::Hypertension));
    // 27.5 % of adults in 2018 (PMID 34814612)
    assert!((20.0..32.0).contains(&pressure), "{pressure}");
}

#[test]
fn identity_numbers_are_valid_unique_and_nobodys() {
    let region = region(5, 3_000);
    let mut seen = HashSet::new();
    for resident in region.residents() {
        let truth = &resident.truth;
        let number = &truth.identity_number;
        assert!(is_valid(number), "{number}");
        assert!(number.starts_with(&AREA_PREFIX.to_string()) && !number.starts_with("990100"), "{number}");
        assert_eq!(number[6..14], truth.birth.compact());
        assert_eq!(number[16..17].parse::<u32>().unwrap() % 2, u32::from(truth.sex == Sex::Male));
        assert!(seen.insert(number.clone()), "{number} twice");
        assert!(truth.phone.starts_with(PHONE_PREFIX) && truth.phone.len() == 11);
    }
    // those who would share area and order number: a class of a region of a million
    let mut class = HashSet::new();
    for index in (0..20).map(|k| 77 + k * 99 * 500) {
        assert!(class.insert(region.resident(index).truth.identity_number));
    }
}

#[test]
fn most_residents_are_known_in_two_places_and_some_wrongly() {
    let region = region(3, 4_000);
    let residents: Vec<Resident> = region.residents().collect();
    assert!(residents.iter().all(|r| !r.registrations.is_empty()));
    assert!(residents.iter().all(|r| r.registrations.iter().all(|g| r.visits_to(g.institution).next().is_some())));
    let several = percent(&residents, |r| r.registrations.len() >= 2);
    assert!(several >= 60.0, "{several}");
    assert!(percent(&residents, |r| r.registrations.len() == 3) > 5.0);
    let records: Vec<_> = residents.iter().skip(6).flat_map(|r| r.registrations.iter()).collect();
    let share = |flaw: Flaw| records.iter().filter(|r| r.flaws.contains(&flaw)).count() as f64 / records.len() as f64;
    assert!((share(Flaw::IdentityNumberMistyped) - IDENTITY_MISTYPED).abs() < 0.008);
    assert!((0.02..0.12).contains(&share(Flaw::NoIdentityNumber)), "{}", share(Flaw::NoIdentityNumber));
    for record in &records {
        let mistyped = record.flaws.contains(&Flaw::IdentityNumberMistyped);
        assert_eq!(record.identity_number.as_deref().is_some_and(|n| !is_valid(n)), mistyped);
    }
    let numbers: HashSet<_> = records.iter().map(|r| (r.institution, &r.record_number)).collect();
    assert_eq!(numbers.len(), records.len());
}
