//! Records without numbers find the same persons in whatever order they come, as long as none fits two that cannot be one.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bed::{Bed, number, weak, with_number};

/// How a record of one of the people differs from the truth: at most in one thing.
#[derive(Clone, Copy, Debug)]
enum Slip {
    None,
    Homophone,
    Swapped,
    Phone,
    House,
    WithNumber,
}

const PEOPLE: [(&str, &str, &str, &str); 4] = [
    ("王秀英", "王秀瑛", "1957-03-05", "1957-05-03"),
    ("李建国", "李健国", "1949-10-01", "1949-01-10"),
    ("陈晓燕", "陈小燕", "1988-06-09", "1988-09-06"),
    ("欧阳文", "欧阳雯", "2001-02-11", "2001-11-02"),
];

fn record(nth: usize, who: usize, slip: Slip) -> Value {
    let (name, heard, born, swapped) = PEOPLE[who];
    let (home, phone) = (format!("湖滨路{}号3栋402室", who + 1), format!("1540000{who:04}"));
    let id = format!("r{nth}");
    let gender = |mut patient: Value| {
        patient["gender"] = json!(if who.is_multiple_of(2) { "female" } else { "male" });
        patient
    };
    gender(match slip {
        Slip::None => weak(&id, name, born, &phone, &home),
        Slip::Homophone => weak(&id, heard, born, &phone, &home),
        Slip::Swapped => weak(&id, name, swapped, &phone, &home),
        Slip::Phone => weak(&id, name, born, "15499990000", &home),
        Slip::House => weak(&id, name, born, &phone, "南街77号"),
        Slip::WithNumber => {
            let order = if who.is_multiple_of(2) { 18 } else { 17 };
            with_number(weak(&id, name, born, &phone, &home), &number(&born.replace('-', ""), order))
        }
    })
}

fn slips() -> impl Strategy<Value = Vec<(usize, Slip)>> {
    let slip = prop_oneof![
        3 => Just(Slip::None),
        1 => Just(Slip::Homophone),
        1 => Just(Slip::Swapped),
        1 => Just(Slip::Phone),
        1 => Just(Slip::House),
        1 => Just(Slip::WithNumber),
    ];
    prop::collection::vec((0..PEOPLE.len(), slip), 2..9)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_weak_registrations_does_not_matter(said in slips(), seed in any::<u64>()) {
        // A swapped date is denied by the number of the same person, which is a review and not a join: left out here.
        let numbered: BTreeSet<usize> = said.iter().filter(|(_, slip)| matches!(slip, Slip::WithNumber)).map(|(who, _)| *who).collect();
        let said: Vec<(usize, Slip)> = said.into_iter().map(|(who, slip)| match slip {
            Slip::Swapped if numbered.contains(&who) => (who, Slip::None),
            slip => (who, slip),
        }).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut groupings = Vec::new();
            for turn in [0, seed | 1] {
                let mut order: Vec<usize> = (0..said.len()).collect();
                order.sort_by_key(|nth| (*nth as u64 + 1).wrapping_mul(turn).rotate_left(17));
                let bed = Bed::new();
                for nth in &order {
                    bed.put(record(*nth, said[*nth].0, said[*nth].1)).await;
                }
                let mut groups: BTreeMap<i64, BTreeSet<usize>> = BTreeMap::new();
                for nth in 0..said.len() {
                    groups.entry(bed.person(&format!("r{nth}")).unwrap().number.0).or_default().insert(nth);
                }
                for group in groups.values() {
                    let who: BTreeSet<usize> = group.iter().map(|nth| said[*nth].0).collect();
                    prop_assert_eq!(who.len(), 1, "two people in one: {:?}", said);
                }
                groupings.push(groups.into_values().collect::<BTreeSet<_>>());
            }
            prop_assert_eq!(&groupings[0], &groupings[1], "{:?}", said);
            Ok::<(), TestCaseError>(())
        })?;
    }
}
