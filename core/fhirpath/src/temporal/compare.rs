//! Which of two comes first, when one or both say it only in part.

use std::cmp::Ordering;

use super::arithmetic::DAY_NANOS;
use super::{Precision, Temporal};

/// Offsets lie between 14 hours east and 12 hours west.
const EAST: i128 = 14 * 3_600_000_000_000;
const WEST: i128 = 12 * 3_600_000_000_000;

impl Temporal {
    /// The order; `None` where the lesser precision leaves it open.
    pub(crate) fn order(self, other: Self) -> Option<Ordering> {
        match (self.offset, other.offset) {
            (Some(_), Some(_)) => self.to_utc().by_parts(other.to_utc()),
            (None, None) => self.by_parts(other),
            (Some(_), None) => self.beside(other),
            (None, Some(_)) => other.beside(self).map(Ordering::reverse),
        }
    }

    /// Part by part, until one differs or one says no more.
    fn by_parts(self, other: Self) -> Option<Ordering> {
        let both = self.precision.min(other.precision);
        let parts = |it: Self| [it.month, it.day, it.hour, it.minute];
        let mut order = self.year.cmp(&other.year);
        let depth = match both {
            Precision::Year => 0,
            Precision::Month => 1,
            Precision::Day => 2,
            Precision::Hour => 3,
            Precision::Minute | Precision::Second => 4,
        };
        for (one, two) in parts(self).iter().zip(parts(other)).take(depth) {
            order = order.then(one.cmp(&two));
        }
        if both == Precision::Second {
            order = order.then((self.second, self.nanos).cmp(&(other.second, other.nanos)));
        }
        (order != Ordering::Equal || self.precision == other.precision).then_some(order)
    }

    /// A value with an offset beside one without: only what holds at every place of the earth is known.
    fn beside(self, other: Self) -> Option<Ordering> {
        let (start, end) = self.span();
        let (local_start, local_end) = other.span();
        if end <= local_start - EAST {
            return Some(Ordering::Less);
        }
        (start >= local_end + WEST).then_some(Ordering::Greater)
    }

    /// From when to when it may be, in nanoseconds; in UTC where it has an offset.
    fn span(self) -> (i128, i128) {
        let offset = i128::from(self.offset.unwrap_or(0)) * 60_000_000_000;
        let start = i128::from(self.days()) * DAY_NANOS + self.nanos_of_day() - offset;
        let length = match self.precision {
            Precision::Year => 366 * DAY_NANOS,
            Precision::Month => 31 * DAY_NANOS,
            Precision::Day => DAY_NANOS,
            Precision::Hour => 3_600_000_000_000,
            Precision::Minute => 60_000_000_000,
            Precision::Second => 1,
        };
        (start, start + length)
    }

    /// The same moment at Greenwich.
    pub(crate) fn to_utc(self) -> Self {
        let Some(offset) = self.offset.filter(|offset| *offset != 0 && self.precision >= Precision::Hour) else {
            return self;
        };
        let nanos = self.nanos_of_day() - i128::from(offset) * 60_000_000_000;
        let mut moved = Self { offset: Some(0), ..self };
        let days = i64::try_from(nanos.div_euclid(DAY_NANOS)).unwrap_or(0);
        moved.set_days(self.days() + days);
        moved.set_nanos_of_day(nanos.rem_euclid(DAY_NANOS));
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(one: &str, two: &str) -> Option<Ordering> {
        Temporal::read_date_time(one).unwrap().order(Temporal::read_date_time(two).unwrap())
    }

    #[test]
    fn the_same_precision_is_always_decided() {
        assert_eq!(order("2012-04-15", "2012-04-16"), Some(Ordering::Less));
        assert_eq!(order("2012-04-15T15:30:31", "2012-04-15T15:30:31.0"), Some(Ordering::Equal));
        assert_eq!(order("2012-04-15T15:30:31.1", "2012-04-15T15:30:31"), Some(Ordering::Greater));
        assert_eq!(order("2012-04-15T15:00:00+02:00", "2012-04-15T16:00:00+03:00"), Some(Ordering::Equal));
        assert_eq!(order("2017-11-05T01:30:00.0-04:00", "2017-11-05T01:15:00.0-05:00"), Some(Ordering::Less));
    }

    #[test]
    fn what_one_does_not_say_is_open() {
        assert_eq!(order("2018-03", "2018-03-01"), None);
        assert_eq!(order("2018-02", "2018-03-01"), Some(Ordering::Less));
        assert_eq!(order("2018-03-01T10:30", "2018-03-01T10:30:00"), None);
        assert_eq!(order("2012-04-15T15:00:00Z", "2012-04-15T10:00:00"), None);
        assert_eq!(order("2012-04-15T15:00:00Z", "2012-04-20T10:00:00"), Some(Ordering::Less));
        assert_eq!(order("1974-12-25", "2020-01-01T00:00:00Z"), Some(Ordering::Less));
    }
}
