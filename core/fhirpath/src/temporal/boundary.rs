//! The first and the last moment that a partial value may mean.

use super::arithmetic::days_in;
use super::{Precision, Temporal};

impl Temporal {
    /// To a precision as FHIRPath counts digits (4, 6, 8, 10, 12, 14, 17; a time 2, 4, 6, 9); `None` for another.
    ///
    /// An hour without minutes is FHIR's `hh:00`, since FHIR has no hours alone.
    pub(crate) fn boundary(self, digits: i64, high: bool, is_time: bool) -> Option<Self> {
        let (precision, fraction) = match if is_time { digits + 8 } else { digits } {
            4 if !is_time => (Precision::Year, 0),
            6 if !is_time => (Precision::Month, 0),
            8 if !is_time => (Precision::Day, 0),
            10 => (Precision::Hour, 0),
            12 => (Precision::Minute, 0),
            14 => (Precision::Second, 0),
            17 => (Precision::Second, 3),
            _ => return None,
        };
        let mut edge = self;
        if high {
            if self.precision < Precision::Month {
                edge.month = 12;
            }
            if self.precision < Precision::Day {
                edge.day = days_in(edge.year, edge.month);
            }
            if self.precision < Precision::Hour {
                (edge.hour, edge.minute) = (23, 59);
            }
            if self.precision < Precision::Second {
                (edge.second, edge.nanos) = (59, 999_000_000);
            } else if self.digits < 3 {
                // The digits that it has stand; nines follow.
                let unit = 10_u32.pow(9 - u32::from(self.digits));
                edge.nanos = self.nanos / unit * unit + (unit - 1) / 1_000_000 * 1_000_000;
            }
        }
        if !is_time && precision >= Precision::Hour && edge.offset.is_none() {
            // The earliest moment of a date is that of the easternmost place, the latest that of the westernmost.
            edge.offset = Some(if high { -12 * 60 } else { 14 * 60 });
        }
        Some(edge.cut(precision, fraction))
    }

    /// With less precision.
    fn cut(self, precision: Precision, digits: u8) -> Self {
        let unit = 10_u32.pow(9 - u32::from(digits));
        let mut cut = Self { precision, digits, nanos: self.nanos / unit * unit, ..self };
        if precision < Precision::Second {
            (cut.second, cut.nanos, cut.digits) = (0, 0, 0);
        }
        if precision < Precision::Minute {
            cut.minute = 0;
        }
        if precision < Precision::Hour {
            (cut.hour, cut.offset) = (0, None);
        }
        if precision < Precision::Day {
            cut.day = 1;
        }
        if precision < Precision::Month {
            cut.month = 1;
        }
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(text: &str, digits: i64, high: bool) -> String {
        let mut written = String::new();
        let edge = Temporal::read_date_time(text).unwrap().boundary(digits, high, false).unwrap();
        edge.write_date_time(&mut written).unwrap();
        written
    }

    #[test]
    fn edges_of_dates() {
        assert_eq!(edge("2014", 6, false), "2014-01");
        assert_eq!(edge("2014", 6, true), "2014-12");
        assert_eq!(edge("2024-02", 8, true), "2024-02-29");
        assert_eq!(edge("2014-01-01T08", 17, false), "2014-01-01T08:00:00.000+14:00");
        assert_eq!(edge("2014-01-01T08:05+08:00", 17, false), "2014-01-01T08:05:00.000+08:00");
        assert_eq!(edge("2014-01-01T08", 17, true), "2014-01-01T08:00:59.999-12:00");
        assert_eq!(edge("2014-01-01T08", 8, false), "2014-01-01");
        assert_eq!(edge("2014-01-01T08:05:00.5Z", 17, true), "2014-01-01T08:05:00.599Z");
        assert!(Temporal::read_date("2014").unwrap().boundary(5, true, false).is_none());
    }
}
