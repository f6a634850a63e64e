//! The district as a whole looks like one: ages, sexes, prevalence, registrations; all numbers are valid and unique.

use super::region;
use meridian_population::people::identity::{AREA_PREFIX, PHONE_PREFIX, is_valid};
use meridian_population::{Person, Sex};
use std::collections::HashSet;

#[test]
fn ages_and_sexes_come_near_the_census_of_2020() {
    let region = region(7, 4_000);
    let today = region.today();
    let residents: Vec<Person> = region.demographics().map(|one| one.truth).collect();
    let percent = |wanted: &dyn Fn(&Person) -> bool| {
        residents.iter().filter(|one| wanted(one)).count() as f64 / residents.len() as f64 * 100.0
    };
    let aged = |from: i32, to: i32| percent(&|one| (from..to).contains(&one.age(today)));
    for (from, to, census) in [(0, 15, 17.95), (15, 60, 63.35), (60, 200, 18.70), (65, 200, 13.50)] {
        let share = aged(from, to);
        assert!((share - census).abs() < 3.5, "{from}..{to}: {share:.1} %, census {census} %");
    }
    let men = percent(&|one| one.sex == Sex::Male);
    assert!((47.0..54.0).contains(&men), "{men}");
    assert!(residents.iter().all(|one| one.birth <= today && one.age(today) < 100));
}

#[test]
fn identity_numbers_are_valid_unique_and_nobodys() {
    let region = region(5, 3_000);
    let mut seen = HashSet::new();
    for resident in region.demographics() {
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
        assert!(class.insert(region.demographic(index).truth.identity_number));
    }
}

#[test]
fn who_knows_a_resident_has_seen_the_resident() {
    let region = region(3, 600);
    for resident in region.residents() {
        assert!(!resident.registrations.is_empty());
        for registration in resident.registrations.iter().filter(|one| !one.second) {
            let seen = resident.visits_to(registration.institution).next().is_some();
            assert!(seen, "{} of resident {}", registration.institution, resident.truth.index);
        }
    }
}
