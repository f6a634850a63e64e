//! Days and moments without a clock: a day is a count from 1970-01-01, a moment adds the minute. Zone +08:00.

use std::fmt;

/// A day of the Gregorian calendar. Prints as `2026-01-05`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The day of a civil date (month 1..=12, day 1..=31; values outside run over into neighbours).
    #[must_use]
    pub const fn of(year: i32, month: i32, day: i32) -> Self {
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let mp = (month + 9) % 12;
        let doy = (153 * mp + 2) / 5 + day - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        Self(era * 146_097 + doe - 719_468)
    }

    /// Year, month, day.
    #[must_use]
    pub const fn ymd(self) -> (i32, i32, i32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400;
        (if month <= 2 { year + 1 } else { year }, month, day)
    }

    #[must_use]
    pub const fn year(self) -> i32 {
        self.ymd().0
    }

    #[must_use]
    pub const fn month(self) -> i32 {
        self.ymd().1
    }

    /// The day `days` later (earlier when negative).
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// The day `years` later, in mean years of 365.25 days.
    #[must_use]
    pub fn plus_years(self, years: f64) -> Self {
        Self(self.0 + (years * 365.25) as i32)
    }

    /// Days from `earlier` to this day.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// Years from `earlier` to this day, in mean years.
    #[must_use]
    pub fn years_since(self, earlier: Self) -> f64 {
        f64::from(self.0 - earlier.0) / 365.25
    }

    /// Completed years of age on `at` of somebody born on this day.
    #[must_use]
    pub const fn age_on(self, at: Self) -> i32 {
        let (by, bm, bd) = self.ymd();
        let (y, m, d) = at.ymd();
        y - by - if m < bm || (m == bm && d < bd) { 1 } else { 0 }
    }

    /// A number that tells the day, for keys.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// `20260105`, as HL7 v2 and the identity number write it.
    #[must_use]
    pub fn compact(self) -> String {
        let (y, m, d) = self.ymd();
        format!("{y:04}{m:02}{d:02}")
    }

    /// `2026年1月5日`.
    #[must_use]
    pub fn chinese(self) -> String {
        let (y, m, d) = self.ymd();
        format!("{y}年{m}月{d}日")
    }
}

impl From<jiff::civil::Date> for Day {
    fn from(date: jiff::civil::Date) -> Self {
        Self::of(i32::from(date.year()), i32::from(date.month()), i32::from(date.day()))
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.ymd();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

/// A minute of a day, local time +08:00. Prints as the FHIR dateTime `2026-01-05T09:12:00+08:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub day: Day,
    /// Minute of the day, 0..=1439.
    pub minute: i32,
}

impl Moment {
    #[must_use]
    pub const fn new(day: Day, minute: i32) -> Self {
        Self { day: day.plus(minute.div_euclid(1440)), minute: minute.rem_euclid(1440) }
    }

    #[must_use]
    pub const fn plus_minutes(self, minutes: i32) -> Self {
        Self::new(self.day, self.minute + minutes)
    }

    /// Minutes from `earlier` to this moment.
    #[must_use]
    pub const fn minutes_since(self, earlier: Self) -> i32 {
        self.day.days_since(earlier.day) * 1440 + self.minute - earlier.minute
    }

    /// `20260105091200+0800`, as HL7 v2 writes it.
    #[must_use]
    pub fn compact(self) -> String {
        let (y, m, d) = self.day.ymd();
        format!("{y:04}{m:02}{d:02}{:02}{:02}00+0800", self.minute / 60, self.minute % 60)
    }
}

impl From<jiff::civil::DateTime> for Moment {
    fn from(at: jiff::civil::DateTime) -> Self {
        Self::new(at.date().into(), i32::from(at.hour()) * 60 + i32::from(at.minute()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{:02}:{:02}:00+08:00", self.day, self.minute / 60, self.minute % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_agree_with_the_calendar() {
        for (text, y, m, d) in [("1970-01-01", 1970, 1, 1), ("2000-02-29", 2000, 2, 29), ("1931-12-31", 1931, 12, 31)] {
            let day = Day::of(y, m, d);
            assert_eq!(day.to_string(), text);
            assert_eq!(day.ymd(), (y, m, d));
        }
        assert_eq!(Day::of(1970, 1, 1).number(), 0);
        let mut date = jiff::civil::date(1920, 1, 1);
        let mut day = Day::from(date);
        while date.year() < 2030 {
            assert_eq!(day.to_string(), date.to_string());
            date = date.tomorrow().unwrap();
            day = day.plus(1);
        }
    }

    #[test]
    fn ages_turn_on_the_birthday() {
        let born = Day::of(1957, 6, 15);
        assert_eq!(born.age_on(Day::of(2026, 6, 14)), 68);
        assert_eq!(born.age_on(Day::of(2026, 6, 15)), 69);
    }

    #[test]
    fn moments_print_for_both_doors() {
        let at = Moment::new(Day::of(2026, 1, 5), 9 * 60 + 12);
        assert_eq!(at.to_string(), "2026-01-05T09:12:00+08:00");
        assert_eq!(at.compact(), "20260105091200+0800");
        assert_eq!(at.plus_minutes(24 * 60).day, Day::of(2026, 1, 6));
    }
}
