//! When people come: arrivals by hour of the day, by what they come for.
//!
//! Outpatient arrivals have two peaks, about two thirds of them before noon (bimodal arrivals in five departments of a
//! large hospital in Chongqing: He et al. 2019, doi 10.1007/978-981-15-1899-7_24; the weights by hour are assumed).
//! Emergency rooms have their peaks at 10 to 13 and 19 to 20 (Karas 1977, PMID 904128; weights assumed); parents bring
//! children after work as well (assumed).

use crate::calendar::Day;
use crate::draw::Rng;

/// What somebody comes for, as far as the hour depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Group {
    Clinic,
    Child,
    Emergency,
    CheckUp,
    Admission,
    Centre,
}

pub(super) const GROUPS: [Group; 6] =
    [Group::Clinic, Group::Child, Group::Emergency, Group::CheckUp, Group::Admission, Group::Centre];

type Hours = [u8; 24];

#[rustfmt::skip]
const CLINIC: Hours = [0, 0, 0, 0, 0, 0, 1, 6, 18, 17, 13, 7, 2, 5, 12, 10, 6, 2, 1, 0, 0, 0, 0, 0];
#[rustfmt::skip]
const CHILD: Hours = [1, 0, 0, 0, 0, 0, 1, 4, 12, 11, 9, 5, 3, 5, 8, 7, 6, 5, 7, 8, 6, 3, 1, 1];
#[rustfmt::skip]
const EMERGENCY: Hours = [3, 2, 2, 1, 1, 2, 2, 4, 5, 6, 7, 7, 6, 5, 5, 5, 5, 5, 6, 7, 7, 6, 5, 4];
#[rustfmt::skip]
const CHECK_UP: Hours = [0, 0, 0, 0, 0, 0, 2, 24, 32, 20, 8, 2, 0, 4, 5, 2, 1, 0, 0, 0, 0, 0, 0, 0];
#[rustfmt::skip]
const ADMISSION: Hours = [1, 1, 1, 1, 1, 1, 1, 3, 10, 16, 15, 9, 4, 5, 9, 8, 6, 4, 3, 2, 2, 2, 1, 1];
#[rustfmt::skip]
const CENTRE: Hours = [0, 0, 0, 0, 0, 0, 0, 4, 18, 17, 13, 6, 1, 3, 12, 11, 8, 3, 1, 1, 0, 0, 0, 0];

impl Group {
    const fn hours(self) -> &'static Hours {
        match self {
            Self::Clinic => &CLINIC,
            Self::Child => &CHILD,
            Self::Emergency => &EMERGENCY,
            Self::CheckUp => &CHECK_UP,
            Self::Admission => &ADMISSION,
            Self::Centre => &CENTRE,
        }
    }

    /// What is left of it on a Saturday or Sunday (assumed).
    const fn weekend(self) -> f64 {
        match self {
            Self::Emergency => 1.15,
            Self::Child => 0.9,
            Self::Admission => 0.5,
            Self::Clinic | Self::Centre => 0.45,
            Self::CheckUp => 0.3,
        }
    }

    /// How many come on `day`, of those who come on a working day.
    pub(super) fn on(self, day: Day, working: f64) -> f64 {
        // 1970-01-01 was a Thursday
        let weekend = matches!((day.number() + 3).rem_euclid(7), 5 | 6);
        working * if weekend { self.weekend() } else { 1.0 }
    }

    /// A minute of the day.
    pub(super) fn minute(self, rng: &mut Rng) -> i32 {
        let hours = self.hours();
        let all: u32 = hours.iter().map(|weight| u32::from(*weight)).sum();
        let mut left = rng.u32(0..all.max(1));
        for (hour, weight) in (0..).zip(hours) {
            if left < u32::from(*weight) {
                return hour * 60 + rng.i32(0..60);
            }
            left -= u32::from(*weight);
        }
        9 * 60
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_thirds_of_a_clinic_come_before_noon_and_nobody_at_night() {
        let mut rng = Rng::with_seed(7);
        let minutes: Vec<i32> = (0..10_000).map(|_| Group::Clinic.minute(&mut rng)).collect();
        let before_noon = minutes.iter().filter(|minute| **minute < 12 * 60).count();
        assert!((5_900..6_900).contains(&before_noon), "{before_noon}");
        assert!(minutes.iter().all(|minute| (6 * 60..19 * 60).contains(minute)));
    }

    #[test]
    fn weekends_are_quiet_but_for_emergencies() {
        let (friday, saturday) = (Day::of(2026, 1, 2), Day::of(2026, 1, 3));
        assert!(Group::Clinic.on(saturday, 100.0) < Group::Clinic.on(friday, 100.0));
        assert!(Group::Emergency.on(saturday, 100.0) > Group::Emergency.on(friday, 100.0));
    }
}
