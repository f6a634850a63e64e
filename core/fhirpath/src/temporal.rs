//! Dates, times and both together, with the precision that they were written with.

mod arithmetic;
mod boundary;
mod compare;
mod read;

use std::fmt;

pub(crate) use arithmetic::{Between, Step};

/// How far a value says when it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precision {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    /// With or without a fraction: seconds and milliseconds are one precision.
    Second,
}

/// The parts of a date, a time or both. What lies beyond the precision is at its least.
#[derive(Debug, Clone, Copy)]
pub struct Temporal {
    pub(crate) nanos: u32,
    pub(crate) year: u16,
    /// Minutes east of Greenwich.
    pub(crate) offset: Option<i16>,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
    /// Digits of the fraction of a second, at most 9.
    pub(crate) digits: u8,
    pub(crate) precision: Precision,
}

impl Temporal {
    pub(crate) const fn start(year: u16) -> Self {
        Self {
            nanos: 0,
            year,
            offset: None,
            month: 1,
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
            digits: 0,
            precision: Precision::Year,
        }
    }

    /// A moment: milliseconds since 1970 and the offset of the place.
    pub(crate) fn moment(millis: i64, offset: i16) -> Self {
        let local = millis.saturating_add(i64::from(offset) * 60_000);
        let mut made = Self { precision: Precision::Second, digits: 3, offset: Some(offset), ..Self::start(1) };
        made.set_days(local.div_euclid(arithmetic::DAY_MILLIS));
        made.set_nanos_of_day(i128::from(local.rem_euclid(arithmetic::DAY_MILLIS)) * 1_000_000);
        made
    }

    /// The date of it.
    pub(crate) fn date(self) -> Self {
        let precision = self.precision.min(Precision::Day);
        Self { precision, hour: 0, minute: 0, second: 0, nanos: 0, digits: 0, offset: None, ..self }
    }

    /// The time of the day; `None` where it says none.
    pub(crate) fn time(self) -> Option<Self> {
        (self.precision >= Precision::Hour).then_some(Self { year: 1, month: 1, day: 1, offset: None, ..self })
    }

    /// Digits of precision as FHIRPath counts them: 4 for a year, 17 for milliseconds.
    pub(crate) fn count_digits(self, is_time: bool) -> u8 {
        let full = match self.precision {
            Precision::Year => 4,
            Precision::Month => 6,
            Precision::Day => 8,
            Precision::Hour => 10,
            Precision::Minute => 12,
            Precision::Second => 14 + self.digits,
        };
        if is_time { full.saturating_sub(8) } else { full }
    }

    /// The text of a date.
    pub(crate) fn write_date(self, f: &mut impl fmt::Write) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.precision >= Precision::Month {
            write!(f, "-{:02}", self.month)?;
        }
        if self.precision >= Precision::Day {
            write!(f, "-{:02}", self.day)?;
        }
        Ok(())
    }

    /// The text of a time.
    pub(crate) fn write_time(self, f: &mut impl fmt::Write) -> fmt::Result {
        write!(f, "{:02}", self.hour)?;
        if self.precision >= Precision::Minute {
            write!(f, ":{:02}", self.minute)?;
        }
        if self.precision >= Precision::Second {
            write!(f, ":{:02}", self.second)?;
            if self.digits > 0 {
                let fraction = format!("{:09}", self.nanos);
                write!(f, ".{}", fraction.get(..usize::from(self.digits)).unwrap_or(&fraction))?;
            }
        }
        Ok(())
    }

    /// The text of a date with a time.
    pub(crate) fn write_date_time(self, f: &mut impl fmt::Write) -> fmt::Result {
        self.write_date(f)?;
        if self.precision >= Precision::Hour {
            f.write_char('T')?;
            self.write_time(f)?;
            match self.offset {
                None => {}
                Some(0) => f.write_char('Z')?,
                Some(offset) => {
                    let sign = if offset < 0 { '-' } else { '+' };
                    write!(f, "{sign}{:02}:{:02}", offset.unsigned_abs() / 60, offset.unsigned_abs() % 60)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_its_offset() {
        let text = |moment: Temporal| {
            let mut text = String::new();
            moment.write_date_time(&mut text).unwrap();
            text
        };
        assert_eq!(text(Temporal::moment(0, 0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(Temporal::moment(1_700_000_000_123, 480)), "2023-11-15T06:13:20.123+08:00");
        assert_eq!(text(Temporal::moment(-1, -90)), "1969-12-31T22:29:59.999-01:30");
        assert!(size_of::<Temporal>() <= 20, "{}", size_of::<Temporal>());
    }
}
