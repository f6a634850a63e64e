//! Dates and times against each other: as moments, not as texts.

use std::cmp::Ordering;

use meridian_model::date::{DateRange, Zone};

/// How two dates, date-times, instants or times compare, as far as both are known: a day and an hour of it are equal.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let range = |text: &str| DateRange::parse(text, Zone::UTC);
    match (range(one), range(other)) {
        (Some(one), Some(other)) if one.hi <= other.lo => Some(Ordering::Less),
        (Some(one), Some(other)) if one.lo >= other.hi => Some(Ordering::Greater),
        (Some(_), Some(_)) => Some(Ordering::Equal),
        // Times of the day have no zone, and are as long as they are exact.
        _ => {
            let length = one.len().min(other.len());
            Some(one.get(..length)?.cmp(other.get(..length)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_and_precision_count() {
        use Ordering::{Equal, Greater, Less};
        for (one, other, wanted) in [
            ("2020-01-01T00:30:00+08:00", "2019-12-31T23:00:00Z", Some(Less)),
            ("2020-01-01T08:00:00+08:00", "2020-01-01T00:00:00Z", Some(Equal)),
            ("2020-01-02", "2020-01-01", Some(Greater)),
            ("2020-01", "2020-01-15", Some(Equal)),
            ("2019", "2020-01-15", Some(Less)),
            ("08:30:00", "09:00:00", Some(Less)),
            ("09:00:00.5", "09:00:00", Some(Equal)),
        ] {
            assert_eq!(compare(one, other), wanted, "{one} {other}");
        }
    }
}
