//! Departments of an institution.

use super::{Kind, is_about, rows};

const TABLE: &str = include_str!("../../tables/district/departments.tsv");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Sees patients.
    Clinical,
    /// Laboratory, imaging, pharmacy, theatre.
    Technical,
    Office,
}

/// A department.
#[derive(Clone, Debug)]
pub struct Department {
    /// `D01`, unique in the institution.
    pub code: &'static str,
    pub name: &'static str,
    pub english: &'static str,
    pub work: Work,
    /// Names under which other institutions have the same work.
    pub also: Vec<&'static str>,
    /// First of its doctors in the institution's staff, and their number.
    pub(super) doctors: (usize, usize),
    /// How many doctors and technicians it has.
    pub(super) strength: (usize, usize),
}

/// The departments of an institution.
pub(super) fn of(code: &str, kind: Kind) -> Vec<Department> {
    let read = |row: Vec<&'static str>| {
        let [place, number, name, english, word, doctors, technicians, also] = *row.as_slice() else { return None };
        is_about(place, code, kind).then_some(())?;
        Some(Department {
            code: number,
            name,
            english,
            work: match word {
                "clinical" => Work::Clinical,
                "technical" => Work::Technical,
                _ => Work::Office,
            },
            also: also.split_whitespace().collect(),
            doctors: (0, 0),
            strength: (doctors.parse().ok()?, technicians.parse().ok()?),
        })
    };
    rows(TABLE).filter_map(read).collect()
}
