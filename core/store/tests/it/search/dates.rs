//! Every prefix for every way in which two spans of time can lie.

use meridian_store::search::{Condition, DateTest, Op, Search};
use meridian_store::{Index, Subject};

use super::all;
use super::model::fits;
use crate::common::{OBSERVATION, add, house};

const DATE: u32 = 1;

#[tokio::test]
async fn every_prefix_means_what_r4_says() {
    let house = house();
    let spans: Vec<(i64, i64)> = (0..6).flat_map(|lo| (lo..6).map(move |hi| (lo, hi))).collect();
    let own = spans.clone();
    house
        .write(move |tx| {
            for (lo, hi) in own {
                let index = Index { dates: vec![(DATE, lo, hi)], ..Index::default() };
                add(tx, OBSERVATION, &format!("{lo}-{hi}"), Subject::COMMON, &index);
            }
            Ok(())
        })
        .await;
    use Op::{EndsBefore, Eq, Ge, Gt, Le, Lt, Ne, Overlaps, StartsAfter};
    for op in [Eq, Ne, Gt, Lt, Ge, Le, StartsAfter, EndsBefore, Overlaps] {
        for (lo, hi) in &spans {
            let test = DateTest { op, lo: *lo, hi: *hi };
            let condition = Condition::Date { params: vec![DATE], any: vec![test] };
            let search = Search { conditions: vec![condition], ..all(OBSERVATION) };
            let page = house.store.read(|sight| sight.search(&search)).unwrap();
            let mut found: Vec<String> = page.rows.into_iter().map(|row| row.id).collect();
            found.sort();
            let fitting = spans.iter().filter(|(lo, hi)| fits(test, *lo, *hi));
            assert_eq!(found, fitting.map(|(lo, hi)| format!("{lo}-{hi}")).collect::<Vec<_>>(), "{test:?}");
        }
    }
}
