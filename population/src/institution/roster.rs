//! Duty rosters by rule: who works when in the fortnight that begins with a day.

use super::staff::{Job, Staff};
use crate::calendar::{Day, Moment};

/// Days of a roster.
pub const FORTNIGHT: i32 = 14;

/// One turn of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty {
    pub from: Moment,
    pub to: Moment,
    /// 门诊, 病房, 值班, 白班, 小夜班, 大夜班.
    pub name: &'static str,
}

const MORNING: (i32, i32) = (8 * 60, 12 * 60);
const AFTERNOON: (i32, i32) = (13 * 60 + 30, 17 * 60 + 30);
const WHOLE: (i32, i32) = (8 * 60, 17 * 60 + 30);
const EVENING: (i32, i32) = (16 * 60, 24 * 60);
const NIGHT: (i32, i32) = (0, 8 * 60);
const WATCH: (i32, i32) = (17 * 60 + 30, 32 * 60);

/// Day of the week, 0 = Monday.
#[must_use]
pub const fn weekday(day: Day) -> i32 {
    // 1970-01-01 was a Thursday
    (day.number() + 3).rem_euclid(7)
}

/// The half days of the week on which a doctor sees outpatients: (weekday, morning).
pub(crate) fn clinics(staff: &Staff) -> impl Iterator<Item = (i32, bool)> {
    let place = i32::try_from(staff.place).unwrap_or(0);
    (0..10).filter(move |half| (half + place) % 3 == 0).map(|half| (half / 2, half % 2 == 0))
}

/// What `staff` works in the fortnight from `first`, in order of time.
#[must_use]
pub fn duties(staff: &Staff, first: Day) -> Vec<Duty> {
    let place = i32::try_from(staff.place).unwrap_or(0);
    let mut duties = Vec::new();
    for day in (0..FORTNIGHT).map(|n| first.plus(n)) {
        let mut work = |(from, to): (i32, i32), name| {
            duties.push(Duty { from: Moment::new(day, from), to: Moment::new(day, to), name });
        };
        let week = weekday(day);
        match (staff.job, staff.ward) {
            (Job::Doctor | Job::FamilyDoctor, _) => {
                for half in [true, false].into_iter().filter(|_| week < 5) {
                    let clinic = clinics(staff).any(|one| one == (week, half));
                    work(if half { MORNING } else { AFTERNOON }, if clinic { "门诊" } else { "病房" });
                }
                if (day.number() + place).rem_euclid(6) == 0 {
                    work(WATCH, "值班");
                }
            }
            // a nurse of a ward turns: two days, an evening, a night, a day off
            (Job::Nurse, Some(_)) => match (day.number() + place).rem_euclid(5) {
                0 | 1 => work(WHOLE, "白班"),
                2 => work(EVENING, "小夜班"),
                3 => work(NIGHT, "大夜班"),
                _ => {}
            },
            _ if week < 5 => work(WHOLE, "白班"),
            _ => {}
        }
    }
    duties
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::person::{Name, Sex};

    fn somebody(job: Job, ward: Option<&'static str>, place: usize) -> Staff {
        let name = Name { family: "王".into(), given: "明".into(), dotted: false };
        Staff {
            code: "CJ01-X001".into(), name, sex: Sex::Male, job, department: "儿科", ward, title: "医师", place
        }
    }

    #[test]
    fn a_ward_is_never_without_a_nurse_and_nobody_is_in_two_places() {
        let monday = Day::of(2026, 1, 5);
        assert_eq!(weekday(monday), 0);
        let nurses: Vec<Staff> = (0..5).map(|place| somebody(Job::Nurse, Some("W01"), place)).collect();
        let all: Vec<Duty> = nurses.iter().flat_map(|nurse| duties(nurse, monday)).collect();
        for hour in 0..24 * FORTNIGHT {
            let at = Moment::new(monday, hour * 60 + 30);
            assert!(all.iter().any(|duty| duty.from <= at && at < duty.to), "nobody at {at}");
        }
        for place in 0..7 {
            let duties = duties(&somebody(Job::Doctor, None, place), monday);
            assert!(duties.windows(2).all(|pair| pair[0].to <= pair[1].from), "{duties:?}");
            assert!(duties.iter().filter(|duty| duty.name == "门诊").count() >= 6);
        }
    }
}
