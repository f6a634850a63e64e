//! Wards (护理单元), their rooms and beds.

use super::{Kind, is_about, rows};

const TABLE: &str = include_str!("../../tables/district/wards.tsv");

/// A ward.
#[derive(Clone, Debug)]
pub struct Ward {
    /// `W05`, unique in the institution.
    pub code: &'static str,
    pub name: &'static str,
    /// Names of the departments whose patients lie here; the first leads it.
    pub departments: Vec<&'static str>,
    pub floor: u8,
    pub beds: Vec<Bed>,
}

/// A bed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bed {
    /// Code of its ward.
    pub ward: &'static str,
    /// `0503`: number of the ward and of the room in it.
    pub room: String,
    /// `07`: unique in the ward.
    pub number: String,
}

impl Bed {
    /// The number of the bed's Location: `W05-0503-07`.
    #[must_use]
    pub fn location(&self) -> String {
        format!("{}-{}-{}", self.ward, self.room, self.number)
    }
}

impl Ward {
    /// The rooms of the ward, in order.
    pub fn rooms(&self) -> impl Iterator<Item = &str> {
        let mut last = "";
        self.beds.iter().map(|bed| bed.room.as_str()).filter(move |room| {
            let new = *room != last;
            last = room;
            new
        })
    }
}

/// The wards of an institution.
pub(super) fn of(code: &str, kind: Kind) -> Vec<Ward> {
    let read = |row: Vec<&'static str>| {
        let [place, number, name, departments, floor, beds, in_room] = *row.as_slice() else { return None };
        is_about(place, code, kind).then_some(())?;
        let (beds, in_room): (usize, usize) = (beds.parse().ok()?, in_room.parse().ok()?);
        let bed = |n: usize| Bed {
            ward: number,
            room: format!("{}{:02}", number.trim_start_matches('W'), n / in_room.max(1) + 1),
            number: format!("{:02}", n + 1),
        };
        Some(Ward {
            code: number,
            name,
            departments: departments.split_whitespace().collect(),
            floor: floor.parse().ok()?,
            beds: (0..beds).map(bed).collect(),
        })
    };
    rows(TABLE).filter_map(read).collect()
}
