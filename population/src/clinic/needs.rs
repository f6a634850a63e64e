//! What a life will ask of the institutions, told cheaply: before the life is made, and for a million people.

use super::cancer;
use super::chronic::{Chronic, Disease};
use super::plan::HOSPITAL_YEARS;
use super::pregnancy;
use crate::calendar::Day;
use crate::people::person::Person;
use crate::registration::membership::Needs;

/// The needs of a person.
pub(crate) fn of_person(seed: u64, today: Day, person: &Person, chronic: &[Chronic]) -> Needs {
    let since = today.plus_years(-HOSPITAL_YEARS);
    let severe = |c: &&Chronic| {
        let stay = matches!(c.disease, Disease::Stroke | Disease::CoronaryHeartDisease);
        (stay && c.onset >= since) || c.disease == Disease::ChronicKidneyDisease
    };
    Needs {
        chronic: !chronic.is_empty(),
        maternal: !pregnancy::births(seed, today, person).is_empty()
            || pregnancy::current(seed, today, person).is_some(),
        chinese: false,
        hospital: chronic.iter().find(severe).is_some() || cancer::of_person(seed, today, person).is_some(),
    }
}
