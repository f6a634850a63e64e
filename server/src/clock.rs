//! The district's time: +08:00, whatever the machine's zone is.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// Now, in the district.
pub(crate) fn now() -> DateTime {
    let zone = Offset::from_hours(8).map_or(TimeZone::UTC, TimeZone::fixed);
    jiff::Timestamp::now().to_zoned(zone).datetime()
}

/// The day that it is in the district.
pub(crate) fn today() -> Date {
    now().date()
}
