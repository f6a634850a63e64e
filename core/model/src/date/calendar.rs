//! The proleptic Gregorian calendar in whole days, both ways.

/// Days from 1970-01-01 to a date that exists; `None` for one that does not. Years 1 to 9999.
pub(super) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let exists = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
    exists.then(|| ordinal(year, month) + day - 1)
}

/// The year, month and day of a count of days from 1970-01-01.
pub(super) fn date(days: i64) -> (i64, i64, i64) {
    // A year that is not too late; the loop then moves up to the right one in a few steps.
    let mut year = 1970 + days.div_euclid(366).min(days.div_euclid(365));
    while ordinal(year + 1, 1) <= days {
        year += (days - ordinal(year + 1, 1)) / 366 + 1;
    }
    let mut month = 1;
    while month < 12 && ordinal(year, month + 1) <= days {
        month += 1;
    }
    (year, month, days - ordinal(year, month) + 1)
}

/// Days of a month.
pub(super) fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

/// Days from 1970-01-01 to the first of a month.
fn ordinal(year: i64, month: i64) -> i64 {
    let before = year - 1;
    let leap_days = before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let months: i64 = match month {
        1 => 0,
        2 => 31,
        3 => 59,
        4 => 90,
        5 => 120,
        6 => 151,
        7 => 181,
        8 => 212,
        9 => 243,
        10 => 273,
        11 => 304,
        _ => 334,
    };
    let leap_day = i64::from(month > 2 && is_leap(year));
    before * 365 + leap_days + months + leap_day - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        assert_eq!(days(1970, 1, 1), Some(0));
        assert_eq!(days(2000, 3, 1), Some(11_017));
        assert_eq!(days(1, 1, 1), Some(-719_162));
        assert_eq!(days(2023, 2, 29), None);
    }

    #[test]
    fn every_day_of_the_calendar_goes_both_ways() {
        let mut expected = days(1, 1, 1).unwrap();
        for year in 1..=9999 {
            for month in 1..=12 {
                for day in [1, length(year, month)] {
                    let count = days(year, month, day).unwrap();
                    assert_eq!(date(count), (year, month, day));
                    if day == 1 {
                        assert_eq!(count, expected);
                    } else {
                        expected = count + 1;
                    }
                }
            }
        }
    }
}
