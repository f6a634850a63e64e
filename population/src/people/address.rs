//! Streets of the fictional 澄江区 and the houses in them.

use super::person::Address;
use crate::draw::{Rng, between};

const STREETS: &str = include_str!("../../tables/streets.tsv");

/// The district's name and its fictional city.
pub const DISTRICT: &str = "澄江区";
pub const CITY: &str = "云洲市";
/// Postal code: mainland codes do not begin with 99.
pub const POSTAL_CODE: &str = "990100";

/// One street of the table.
#[derive(Clone, Copy)]
pub struct Street {
    pub name: &'static str,
    pub subdistrict: &'static str,
    pub committee: &'static str,
    pub centre: &'static str,
}

/// Reads the street table.
#[must_use]
pub fn streets() -> Vec<Street> {
    STREETS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut parts = line.split('\t');
            Some(Street {
                name: parts.next()?,
                subdistrict: parts.next()?,
                committee: parts.next()?,
                centre: parts.next()?,
            })
        })
        .collect()
}

/// A house in one of the streets; in a street of `centre` when one is wanted.
pub(crate) fn house(rng: &mut Rng, streets: &[Street], centre: Option<&str>) -> Address {
    let fitting: Vec<&Street> = streets.iter().filter(|s| centre.is_none_or(|wanted| s.centre == wanted)).collect();
    let street = rng.choice(&fitting).copied().or(streets.first());
    let (gate, block, floor, door) =
        (between(rng, 1, 188), between(rng, 1, 9), between(rng, 1, 18), between(rng, 1, 4));
    Address {
        street: street.map_or("湖滨路", |s| s.name),
        subdistrict: street.map_or("东湖街道", |s| s.subdistrict),
        committee: street.map_or("湖滨社区", |s| s.committee),
        house: format!("{gate}号{block}栋{floor}{door:02}室"),
        centre: street.map_or("CJ12", |s| s.centre),
    }
}
