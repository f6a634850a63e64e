//! `_sort`: any number of keys of any kind.

use meridian_model::both;
use meridian_model::definitions::Kind;
use meridian_store::search::{Sort, SortBy};

use super::near::Point;
use crate::engine::patient_code;
use crate::search::fault::{Fault, shown};
use crate::search::ground::{Ground, Of};

const MOST_KEYS: usize = 8;

/// Reads the keys between commas; `near` is the place that the search is about.
pub(super) fn read(ground: &Ground<'_>, of: &[Of], near: Option<Point>, value: &str) -> Result<Vec<Sort>, Fault> {
    let keys: Vec<&str> = value.split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
    if keys.len() > MOST_KEYS {
        return Err(Fault::wrong(both!("more than {MOST_KEYS} keys", "排序键超过 {MOST_KEYS} 个")));
    }
    keys.into_iter().map(|text| key(ground, of, near, text)).collect()
}

fn key(ground: &Ground<'_>, of: &[Of], near: Option<Point>, text: &str) -> Result<Sort, Fault> {
    let (descending, code) = text.strip_prefix('-').map_or((false, text), |code| (true, code));
    let by = match code {
        "_id" => SortBy::Id,
        "_lastUpdated" => SortBy::Updated,
        "_score" => return Err(Fault::unsupported(both!("there is no score to sort by", "没有可供排序的评分"))),
        _ => {
            let slots = ground.slots(of, code)?;
            let [slot] = slots.as_slice() else {
                return Err(Fault::unsupported(both!(
                    "several types together are sorted by `_id` and `_lastUpdated` alone",
                    "跨类型检索只能按 `_id` 和 `_lastUpdated` 排序"
                )));
            };
            let number = slot.number;
            match slot.param.kind {
                Kind::Date => SortBy::Date(number),
                Kind::String | Kind::Uri => SortBy::Text(number),
                Kind::Token => SortBy::Token(number),
                Kind::Number => SortBy::Number(number),
                Kind::Quantity => SortBy::Quantity(number),
                Kind::Reference if slot.own => SortBy::Patient(patient_code()),
                Kind::Reference => SortBy::Reference(number),
                Kind::Special => match near {
                    Some(Point { x, y, z }) => SortBy::Distance { x, y, z },
                    None => {
                        return Err(Fault::wrong(both!(
                            "to sort by distance, `near` must say from where",
                            "按距离排序时要用 `near` 写明起点"
                        )));
                    }
                },
                Kind::Composite => {
                    return Err(Fault::unsupported(both!(
                        "`{}` is a pair, which has no order",
                        "`{}` 是组合参数，不能排序",
                        shown(code)
                    )));
                }
            }
        }
    };
    Ok(Sort { by, descending })
}
