//! Partial dates as ranges of time.
//!
//! `2024-05` is not a moment but the whole of that May: every date here is a half-open range of milliseconds since
//! 1970-01-01T00:00Z. What has no zone is taken in the zone that the caller gives.

mod calendar;
mod prefix;
mod text;

pub use prefix::Prefix;
pub use text::{Precision, format_instant, precision};

use serde_json::Value;

/// Offset from UTC in minutes, east positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(pub i32);

impl Zone {
    pub const UTC: Self = Self(0);
    /// +08:00, the zone of the region.
    pub const CHINA: Self = Self(480);
}

impl Default for Zone {
    fn default() -> Self {
        Self::CHINA
    }
}

/// Milliseconds since the epoch, `lo` inclusive and `hi` exclusive. An open end is `i64::MIN` or `i64::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateRange {
    pub lo: i64,
    pub hi: i64,
}

impl DateRange {
    /// A FHIR `date`, `dateTime` or `instant`, or a date of a search (which may stop at the minute).
    /// `None` for what is none of these: 24:00, the 30th of February, years outside 0001 to 9999.
    /// A leap second (`:60`) is the second after `:59`.
    #[must_use]
    pub fn parse(text: &str, zone: Zone) -> Option<Self> {
        text::parse(text, zone)
    }

    /// A `Period`: from the start of its start to the end of its end, open where one is missing.
    /// `None` when it has neither, or when what it has is no date.
    #[must_use]
    pub fn period(period: &Value, zone: Zone) -> Option<Self> {
        let bound = |key: &str| period.get(key).and_then(Value::as_str);
        let (start, end) = (bound("start"), bound("end"));
        if start.is_none() && end.is_none() {
            return None;
        }
        let lo = start.map_or(Some(i64::MIN), |text| Some(Self::parse(text, zone)?.lo))?;
        let hi = end.map_or(Some(i64::MAX), |text| Some(Self::parse(text, zone)?.hi))?;
        (lo < hi).then_some(Self { lo, hi })
    }

    /// A `Timing`: from its first to its last event, or its bounds.
    #[must_use]
    pub fn timing(timing: &Value, zone: Zone) -> Option<Self> {
        let events = timing.get("event").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let events = events.iter().filter_map(|event| Self::parse(event.as_str()?, zone));
        let bounds = timing.get("repeat").and_then(|repeat| Self::period(repeat.get("boundsPeriod")?, zone));
        events.chain(bounds).reduce(Self::hull)
    }

    /// A date, period or timing, told apart by its JSON shape.
    #[must_use]
    pub fn of(value: &Value, zone: Zone) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text, zone),
            Value::Object(_) => Self::period(value, zone).or_else(|| Self::timing(value, zone)),
            _ => None,
        }
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.lo <= other.lo && other.hi <= self.hi
    }

    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.lo < other.hi && other.lo < self.hi
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const DAY: i64 = 86_400_000;

    fn range(text: &str) -> DateRange {
        DateRange::parse(text, Zone::UTC).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_partial_date_is_a_range() {
        assert_eq!(range("1970"), DateRange { lo: 0, hi: 365 * DAY });
        assert_eq!(range("1970-02"), DateRange { lo: 31 * DAY, hi: 59 * DAY });
        assert_eq!(range("1970-01-02"), DateRange { lo: DAY, hi: 2 * DAY });
        assert_eq!(range("1970-01-01T00:01Z"), DateRange { lo: 60_000, hi: 120_000 });
        assert_eq!(range("1970-01-01T00:00:01.5Z"), DateRange { lo: 1500, hi: 1600 });
        assert_eq!(range("1970-01-01T00:00:00.0019Z"), DateRange { lo: 1, hi: 2 });
    }

    #[test]
    fn zones_move_the_range() {
        assert_eq!(range("1970-01-01T08:00:00+08:00").lo, 0);
        assert_eq!(range("1969-12-31T19:00:00-05:00").lo, 0);
        assert_eq!(DateRange::parse("1970-01-01", Zone::CHINA).unwrap().lo, -8 * 3_600_000);
        assert_eq!(DateRange::parse("1970-01-01T08:00:00", Zone::CHINA).unwrap().lo, 0);
        assert_eq!(DateRange::parse("1970-01-01T00:00:00Z", Zone::CHINA).unwrap().lo, 0);
    }

    #[test]
    fn a_leap_second_is_the_next_second_and_24_00_is_no_time() {
        assert_eq!(range("2016-12-31T23:59:60Z"), range("2017-01-01T00:00:00Z"));
        for text in [
            "2016-12-31T24:00:00Z",
            "2016-12-31T23:60:00Z",
            "2016-12-31T23:59:61Z",
            "2015-02-29",
            "1900-02-29",
            "2015-13",
            "2015-00",
            "2015-01-00",
            "0000",
            "10000",
            "2015-1",
            "15",
            "",
            "2015-01-01T",
            "2015-01-01T10",
            "2015-01T10:00",
            "2015-01-01T10:00:00+15:00",
            "2015-01-01T10:00:00.Z",
            "2015-01-01 10:00:00",
            "2015-01-01T10:00:00Zx",
            "２０１５",
        ] {
            assert_eq!(DateRange::parse(text, Zone::UTC), None, "{text}");
        }
        assert!(DateRange::parse("0001", Zone::UTC).is_some() && DateRange::parse("9999-12-31", Zone::UTC).is_some());
        assert!(DateRange::parse("2000-02-29", Zone::UTC).is_some());
    }

    #[test]
    fn periods_may_be_open() {
        let period = |value: Value| DateRange::period(&value, Zone::UTC);
        assert_eq!(period(json!({"start": "1970"})), Some(DateRange { lo: 0, hi: i64::MAX }));
        assert_eq!(period(json!({"start": "1970", "end": "1970-01-01"})), Some(DateRange { lo: 0, hi: DAY }));
        assert_eq!(period(json!({})), None);
        assert_eq!(period(json!({"start": "1971", "end": "1970"})), None);
        assert_eq!(period(json!({"start": "soon"})), None);
    }

    #[test]
    fn a_timing_spans_its_events() {
        let timing = json!({"event": ["1970-01-01", "1970-01-03"], "repeat": {"frequency": 1}});
        assert_eq!(DateRange::of(&timing, Zone::UTC), Some(DateRange { lo: 0, hi: 3 * DAY }));
    }

    proptest! {
        #[test]
        fn a_range_holds_its_own_points(ms in -62_135_596_800_000_i64..253_402_300_799_999, zone in -840..840_i32) {
            let text = format_instant(ms, Zone(zone));
            // Beside year 1 and year 9999 a zone can leave the calendar.
            prop_assume!(text.len() == "2000-01-01T00:00:00.000+00:00".len() && !text.starts_with("0000"));
            prop_assert_eq!(DateRange::parse(&text, Zone::UTC), Some(DateRange { lo: ms, hi: ms + 1 }));
            for length in [4, 7, 10] {
                let partial = DateRange::parse(&text[..length], Zone(zone)).unwrap();
                prop_assert!(partial.lo <= ms && ms < partial.hi, "{} {:?}", &text[..length], partial);
            }
            for length in [16, 19, 21, 22, 23] {
                let part = format!("{}{}", &text[..length], &text[23..]);
                let partial = DateRange::parse(&part, Zone::UTC).unwrap();
                prop_assert!(partial.lo <= ms && ms < partial.hi, "{} {:?}", part, partial);
            }
        }

        #[test]
        fn any_text_gives_an_answer(text in ".{0,40}") {
            let _ = DateRange::parse(&text, Zone::UTC);
        }
    }
}
