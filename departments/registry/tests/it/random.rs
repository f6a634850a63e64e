//! Whatever is registered, corrected and deleted, in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use meridian_registry::ResidentNumber;
use proptest::prelude::*;
use serde_json::Value;

use crate::bed::{Bed, IDENTITY, INSURANCE, number, patient};

/// What one step does to one of the records: (record, identity number, insurance numbers), or a deletion.
type Step = (u8, Option<(Option<u32>, Vec<u8>)>);

fn record(nth: u8) -> String {
    format!("r{nth}")
}

fn card(nth: u8) -> String {
    format!("YB99000000{nth:02}")
}

fn write_up(nth: u8, identity: Option<u32>, cards: &[u8]) -> Value {
    let identity = identity.map(|order| number("19700305", order));
    let cards: Vec<String> = cards.iter().map(|nth| card(*nth)).collect();
    let cards: Vec<&str> = cards.iter().map(String::as_str).collect();
    patient(&record(nth), identity.as_deref(), &cards)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let said = (prop::option::of(0..4_u32), prop::collection::vec(0..5_u8, 0..3));
    prop::collection::vec((0..8_u8, prop::option::weighted(0.85, said)), 1..25)
}

/// The identity numbers and insurance numbers of a Patient.
fn says(patient: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let all = patient["identifier"].as_array().cloned().unwrap_or_default();
    let of = |system: &str| -> BTreeSet<String> {
        let own = all.iter().filter(|identifier| identifier["system"] == system);
        own.map(|identifier| identifier["value"].as_str().unwrap().to_owned()).collect()
    };
    (of(IDENTITY), of(INSURANCE))
}

/// The rules that hold at any time.
fn check(bed: &Bed, alive: &BTreeMap<u8, Value>, dead: &BTreeSet<u8>) -> Result<(), TestCaseError> {
    let mut of_person: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
    for nth in alive.keys() {
        let person = bed.person(&record(*nth));
        prop_assert!(person.is_some(), "{} belongs to nobody", nth);
        let person = person.unwrap();
        prop_assert!(person.sources.contains(&record(*nth)));
        of_person.entry(person.number.0).or_default().push(*nth);
    }
    for nth in dead {
        prop_assert_eq!(bed.person(&record(*nth)), None);
    }
    let mut person_of: BTreeMap<String, i64> = BTreeMap::new();
    for (person, members) in &of_person {
        let (mut identities, mut supported) = (BTreeSet::new(), BTreeSet::new());
        for nth in members {
            let (identity, cards) = says(&alive[nth]);
            supported.extend(identity.iter().map(|key| ("resident-identity".to_owned(), key.clone())));
            supported.extend(cards.into_iter().map(|key| ("insurance".to_owned(), key)));
            identities.extend(identity);
        }
        prop_assert!(identities.len() <= 1, "two identity numbers in one person: {:?}", identities);
        for identity in identities {
            prop_assert!(ResidentNumber::read(&identity).is_some());
            prop_assert_eq!(bed.read(|reader| reader.holder("resident-identity", &identity)), Some(*person));
            prop_assert_eq!(person_of.insert(identity, *person), None, "an identity number of two persons");
        }
        let held: BTreeSet<_> = bed.person(&record(members[0])).unwrap().claims.into_iter().collect();
        prop_assert!(held.is_subset(&supported), "{:?} held, {:?} supported", held, supported);
        let golden = bed.golden(&record(members[0]));
        let linked = golden["link"].as_array().unwrap().iter();
        let linked: BTreeSet<String> =
            linked.map(|link| link["other"]["reference"].as_str().unwrap().to_owned()).collect();
        prop_assert_eq!(linked, members.iter().map(|nth| format!("Patient/r{nth}")).collect());
        prop_assert_eq!(&golden["active"], &Value::from(true));
    }
    Ok(())
}

/// Connected components over shared numbers.
fn components(records: &BTreeMap<u8, Value>) -> BTreeSet<BTreeSet<u8>> {
    let mut groups: Vec<(BTreeSet<String>, BTreeSet<u8>)> = Vec::new();
    for (nth, patient) in records {
        let (identity, cards) = says(patient);
        let mut keys: BTreeSet<String> = identity.into_iter().chain(cards).collect();
        let mut members = BTreeSet::from([*nth]);
        let (joined, apart) = groups.into_iter().partition::<Vec<_>, _>(|(other, _)| !other.is_disjoint(&keys));
        groups = apart;
        for (other, more) in joined {
            keys.extend(other);
            members.extend(more);
        }
        groups.push((keys, members));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

fn grouping(bed: &Bed, records: &BTreeMap<u8, Value>) -> BTreeSet<BTreeSet<u8>> {
    let mut groups: BTreeMap<i64, BTreeSet<u8>> = BTreeMap::new();
    for nth in records.keys() {
        groups.entry(bed.person(&record(*nth)).unwrap().number.0).or_default().insert(*nth);
    }
    groups.into_values().collect()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Cards that belong to one identity number each, so that no set of such records is in conflict.
fn consistent() -> impl Strategy<Value = Vec<(u32, bool, Vec<u8>)>> {
    prop::collection::vec((0..3_u32, any::<bool>(), prop::collection::vec(0..3_u8, 0..3)), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rules_hold_after_every_step(steps in steps()) {
        run(async {
            let bed = Bed::new();
            let (mut alive, mut dead) = (BTreeMap::new(), BTreeSet::new());
            for (nth, said) in steps {
                match said {
                    Some((identity, cards)) => {
                        let patient = write_up(nth, identity, &cards);
                        bed.put(patient.clone()).await;
                        alive.insert(nth, patient);
                        dead.remove(&nth);
                    }
                    None if alive.remove(&nth).is_some() => {
                        bed.drop(&record(nth)).await;
                        dead.insert(nth);
                    }
                    None => {}
                }
                check(&bed, &alive, &dead)?;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }

    #[test]
    fn the_order_of_registrations_does_not_matter(said in consistent(), seed in any::<u64>()) {
        run(async {
            let written: BTreeMap<u8, Value> = said.iter().enumerate().map(|(nth, (who, shows, cards))| {
                let nth = u8::try_from(nth).unwrap();
                let cards: Vec<u8> = cards.iter().map(|own| u8::try_from(*who).unwrap() * 10 + own).collect();
                (nth, write_up(nth, shows.then_some(*who), &cards))
            }).collect();
            let mut order: Vec<u8> = written.keys().copied().collect();
            order.sort_by_key(|nth| (u64::from(*nth) + 1).wrapping_mul(seed | 1).rotate_left(17));
            let bed = Bed::new();
            for nth in order {
                bed.put(written[&nth].clone()).await;
            }
            prop_assert_eq!(grouping(&bed, &written), components(&written));
            check(&bed, &written, &BTreeSet::new())?;
            Ok::<(), TestCaseError>(())
        })?;
    }

    #[test]
    fn corrections_end_where_first_registrations_would(before in consistent(), after in consistent()) {
        // People change all their records from one consistent set to another, the records of the second set last.
        run(async {
            let bed = Bed::new();
            let mut written = BTreeMap::new();
            for said in [&before, &after] {
                for nth in written.keys().copied().collect::<Vec<u8>>() {
                    bed.put(write_up(nth, None, &[])).await;
                    written.insert(nth, write_up(nth, None, &[]));
                }
                for (nth, (who, shows, cards)) in said.iter().enumerate() {
                    let nth = u8::try_from(nth).unwrap();
                    let cards: Vec<u8> = cards.iter().map(|own| u8::try_from(*who).unwrap() * 10 + own).collect();
                    let patient = write_up(nth, shows.then_some(*who), &cards);
                    bed.put(patient.clone()).await;
                    written.insert(nth, patient);
                }
                prop_assert_eq!(grouping(&bed, &written), components(&written));
                check(&bed, &written, &BTreeSet::new())?;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}
