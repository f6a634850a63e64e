//! The calendar: adding durations, and how many periods lie between two dates.

use std::cmp::Ordering;

use super::{Precision, Temporal};

pub(super) const DAY_MILLIS: i64 = 86_400_000;
pub(super) const DAY_NANOS: i128 = 86_400_000_000_000;

/// A unit of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

/// How two dates are set off against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Between {
    /// Whole periods.
    Whole,
    /// Boundaries crossed.
    Crossed,
}

impl Step {
    /// By FHIRPath's keyword, singular or plural.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "year" | "years" => Self::Year,
            "month" | "months" => Self::Month,
            "week" | "weeks" => Self::Week,
            "day" | "days" => Self::Day,
            "hour" | "hours" => Self::Hour,
            "minute" | "minutes" => Self::Minute,
            "second" | "seconds" => Self::Second,
            "millisecond" | "milliseconds" => Self::Millisecond,
            _ => return None,
        })
    }

    /// The unit of UCUM with the same meaning; a year and a month have none, their length is not definite.
    pub(crate) const fn ucum(self) -> &'static str {
        match self {
            Self::Year => "a",
            Self::Month => "mo",
            Self::Week => "wk",
            Self::Day => "d",
            Self::Hour => "h",
            Self::Minute => "min",
            Self::Second => "s",
            Self::Millisecond => "ms",
        }
    }

    pub(crate) fn of_ucum(code: &str) -> Option<Self> {
        Some(match code {
            "a" => Self::Year,
            "mo" => Self::Month,
            "wk" => Self::Week,
            "d" => Self::Day,
            "h" => Self::Hour,
            "min" => Self::Minute,
            "s" => Self::Second,
            "ms" => Self::Millisecond,
            _ => return None,
        })
    }

    const fn nanos(self) -> i128 {
        match self {
            Self::Year => 365 * DAY_NANOS,
            Self::Month => 30 * DAY_NANOS,
            Self::Week => 7 * DAY_NANOS,
            Self::Day => DAY_NANOS,
            Self::Hour => 3_600_000_000_000,
            Self::Minute => 60_000_000_000,
            Self::Second => 1_000_000_000,
            Self::Millisecond => 1_000_000,
        }
    }

    pub(crate) const fn precision(self) -> Precision {
        match self {
            Self::Year => Precision::Year,
            Self::Month => Precision::Month,
            Self::Week | Self::Day => Precision::Day,
            Self::Hour => Precision::Hour,
            Self::Minute => Precision::Minute,
            Self::Second | Self::Millisecond => Precision::Second,
        }
    }
}

impl Temporal {
    /// `amount` steps later (or earlier). Where the value does not say as much as the step, the step is first taken to
    /// what it says, by 12 months, 365 days and 30 days, and what is left of it falls away. `None` beyond the years 1 to
    /// 9999.
    pub(crate) fn plus(self, amount: i64, step: Step, is_time: bool) -> Option<Self> {
        if step.precision() > self.precision {
            let (amount, step) = self.coarser(amount, step);
            return if amount == 0 { Some(self) } else { self.plus(amount, step, is_time) };
        }
        match step {
            Step::Year => self.plus_months(amount.checked_mul(12)?),
            Step::Month => self.plus_months(amount),
            _ => self.plus_nanos(i128::from(amount).checked_mul(step.nanos())?, is_time),
        }
    }

    /// A step in units that the value knows.
    fn coarser(self, amount: i64, step: Step) -> (i64, Step) {
        let nanos = i128::from(amount) * step.nanos();
        let (by, target) = match self.precision {
            Precision::Year if step == Step::Month => return (amount / 12, Step::Year),
            Precision::Year => (Step::Year.nanos(), Step::Year),
            Precision::Month => (Step::Month.nanos(), Step::Month),
            Precision::Day => (DAY_NANOS, Step::Day),
            Precision::Hour => (Step::Hour.nanos(), Step::Hour),
            Precision::Minute => (Step::Minute.nanos(), Step::Minute),
            Precision::Second => (Step::Second.nanos(), Step::Second),
        };
        (i64::try_from(nanos / by).unwrap_or(0), target)
    }

    fn plus_months(self, by: i64) -> Option<Self> {
        let months = (i64::from(self.year) * 12 + i64::from(self.month) - 1).checked_add(by)?;
        let year = u16::try_from(months.div_euclid(12)).ok().filter(|year| (1..=9999).contains(year))?;
        let month = u8::try_from(months.rem_euclid(12) + 1).ok()?;
        Some(Self { year, month, day: self.day.min(days_in(year, month)), ..self })
    }

    /// Nanoseconds later; a time alone turns around midnight. Digits appear where a fraction does.
    fn plus_nanos(self, by: i128, is_time: bool) -> Option<Self> {
        let nanos = self.nanos_of_day().checked_add(by)?;
        let mut moved = self;
        moved.set_nanos_of_day(nanos.rem_euclid(DAY_NANOS));
        if !moved.nanos.is_multiple_of(1_000_000) {
            moved.digits = moved.digits.max(9);
        } else if moved.nanos != 0 {
            moved.digits = moved.digits.max(3);
        }
        if !is_time {
            let days = i64::try_from(nanos.div_euclid(DAY_NANOS)).ok()?;
            let days = self.days().checked_add(days)?;
            if !(days_of(1, 1, 1)..=days_of(9999, 12, 31)).contains(&days) {
                return None;
            }
            moved.set_days(days);
        }
        Some(moved)
    }

    /// Periods from here to there; negative where that lies before. `None` where one says too little.
    pub(crate) fn between(self, other: Self, step: Step, how: Between) -> Option<i64> {
        if self.precision < step.precision() || other.precision < step.precision() {
            return None;
        }
        if step >= Step::Hour
            && self.offset.is_some()
            && other.offset.is_some()
            && (self.offset, other.offset) != (Some(0), Some(0))
        {
            return Self { offset: Some(0), ..self.to_utc() }.between(
                Self { offset: Some(0), ..other.to_utc() },
                step,
                how,
            );
        }
        let (one, two) = (self.whole_nanos(), other.whole_nanos());
        let months =
            i64::from(other.year) * 12 + i64::from(other.month) - i64::from(self.year) * 12 - i64::from(self.month);
        let answer = match (step, how) {
            (Step::Year, Between::Crossed) => i64::from(other.year) - i64::from(self.year),
            (Step::Month, Between::Crossed) => months,
            (Step::Year | Step::Month, Between::Whole) => {
                let unit = if step == Step::Year { 12 } else { 1 };
                // What is left of the last month decides whether it is whole.
                let rest = |it: Self| (it.day, it.nanos_of_day());
                let months = match (months.cmp(&0), rest(other).cmp(&rest(self))) {
                    (Ordering::Greater, Ordering::Less) => months - 1,
                    (Ordering::Less, Ordering::Greater) => months + 1,
                    _ => months,
                };
                months / unit
            }
            (step, Between::Whole) => i64::try_from((two - one) / step.nanos()).ok()?,
            // Weeks begin on Sunday; the first of January of the year 1970 was a Thursday.
            (Step::Week, Between::Crossed) => (other.days() + 4).div_euclid(7) - (self.days() + 4).div_euclid(7),
            (step, Between::Crossed) => {
                i64::try_from(two.div_euclid(step.nanos()) - one.div_euclid(step.nanos())).ok()?
            }
        };
        Some(answer)
    }

    /// Days since 1970-01-01.
    pub(crate) fn days(self) -> i64 {
        days_of(i64::from(self.year), i64::from(self.month), i64::from(self.day))
    }

    pub(super) fn set_days(&mut self, days: i64) {
        // Howard Hinnant's calendar of eras: 400 years have 146,097 days.
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        self.day = u8::try_from(doy - (153 * mp + 2) / 5 + 1).unwrap_or(1);
        self.month = u8::try_from(if mp < 10 { mp + 3 } else { mp - 9 }).unwrap_or(1);
        self.year = u16::try_from(yoe + era * 400 + i64::from(self.month <= 2)).unwrap_or(9999);
    }

    pub(super) fn nanos_of_day(self) -> i128 {
        let seconds = i128::from(self.hour) * 3_600 + i128::from(self.minute) * 60 + i128::from(self.second);
        seconds * 1_000_000_000 + i128::from(self.nanos)
    }

    pub(super) fn set_nanos_of_day(&mut self, nanos: i128) {
        let seconds = u32::try_from(nanos / 1_000_000_000).unwrap_or(0);
        self.nanos = u32::try_from(nanos % 1_000_000_000).unwrap_or(0);
        let part = |number: u32| u8::try_from(number).unwrap_or(0);
        (self.hour, self.minute, self.second) = (part(seconds / 3_600), part(seconds / 60 % 60), part(seconds % 60));
    }

    fn whole_nanos(self) -> i128 {
        i128::from(self.days()) * DAY_NANOS + self.nanos_of_day()
    }
}

/// The days of a month.
pub(super) fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let yoe = year.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plus(text: &str, amount: i64, step: Step) -> Option<String> {
        let mut written = String::new();
        let moved = Temporal::read_date_time(text).unwrap().plus(amount, step, false)?;
        moved.write_date_time(&mut written).unwrap();
        Some(written)
    }

    #[test]
    fn the_calendar_is_kept() {
        assert_eq!(plus("1973-12-25", 7, Step::Day).unwrap(), "1974-01-01");
        assert_eq!(plus("2026-01-31", 1, Step::Month).unwrap(), "2026-02-28");
        assert_eq!(plus("2020-02-29", 1, Step::Year).unwrap(), "2021-02-28");
        assert_eq!(plus("2019-03-01", 24, Step::Month).unwrap(), "2021-03-01");
        assert_eq!(
            plus("1973-12-25T00:00:00.000+10:00", 10, Step::Millisecond).unwrap(),
            "1973-12-25T00:00:00.010+10:00"
        );
        assert_eq!(plus("2020-01-01T23:30", 45, Step::Minute).unwrap(), "2020-01-02T00:15");
        assert!(plus("9999-12-31", 1, Step::Day).is_none() && plus("0001-01-01", -1, Step::Year).is_none());
        assert!(plus("2020", i64::MAX, Step::Year).is_none());
    }

    #[test]
    fn what_a_partial_date_does_not_say_is_taken_to_what_it_says() {
        for (date, amount, step, answer) in [
            ("2014", 24, Step::Month, "2016"),
            ("2014", 23, Step::Month, "2015"),
            ("2016", 365, Step::Day, "2017"),
            ("2014", -1, Step::Month, "2014"),
            ("2026-02", 5, Step::Week, "2026-03"),
            ("2026-02", 4, Step::Week, "2026-02"),
            ("2026-02-01", 25, Step::Hour, "2026-02-02"),
        ] {
            assert_eq!(plus(date, amount, step).unwrap(), answer, "{date} {amount} {step:?}");
        }
    }

    #[test]
    fn a_time_turns_around_midnight() {
        let moved = Temporal::read_time("23:30:00").unwrap().plus(1, Step::Hour, true).unwrap();
        let mut written = String::new();
        moved.write_time(&mut written).unwrap();
        assert_eq!(written, "00:30:00");
    }

    #[test]
    fn periods_and_boundaries() {
        let date = |text: &str| Temporal::read_date_time(text).unwrap();
        let between = |one, two, step, how| date(one).between(date(two), step, how);
        assert_eq!(between("2025-01-02", "2025-01-07", Step::Week, Between::Whole), Some(0));
        assert_eq!(between("2025-01-02", "2025-01-07", Step::Week, Between::Crossed), Some(1));
        assert_eq!(between("2024-12-01", "2025-09-01", Step::Year, Between::Whole), Some(0));
        assert_eq!(between("2024-12-01", "2025-09-01", Step::Year, Between::Crossed), Some(1));
        assert_eq!(between("2025-09-01", "2024-12-01", Step::Month, Between::Whole), Some(-9));
        assert_eq!(between("2025", "2026-01-01", Step::Day, Between::Whole), None);
    }

    #[test]
    fn days_go_there_and_back() {
        for days in [-719_162, -1, 0, 1, 11_016, 19_000, 2_932_896] {
            let mut made = Temporal::start(1);
            made.set_days(days);
            assert_eq!(made.days(), days);
        }
    }
}
