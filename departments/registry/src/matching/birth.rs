//! Birth dates, whole and partial.

use super::levels::Level;
use super::text::one_edit;

/// A birth date as far as it is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Birth {
    pub(super) year: u16,
    pub(super) month: Option<u8>,
    pub(super) day: Option<u8>,
}

impl Birth {
    /// Reads `1970`, `1970-03` or `1970-03-05`.
    pub(super) fn read(text: &str) -> Option<Birth> {
        let mut parts = text.split('-');
        let year = parts.next()?.parse().ok().filter(|year| (1850..=2150).contains(year))?;
        let month = parts.next().and_then(|part| part.parse().ok());
        let day = month.and_then(|_: u8| parts.next()).and_then(|part| part.get(..2)?.parse().ok());
        Some(Birth { year, month, day })
    }

    /// Month and day with the smaller first, which are the same when the two were exchanged.
    pub(super) fn turned(&self) -> Option<(u8, u8)> {
        let (month, day) = (self.month?, self.day?);
        Some((month.min(day), month.max(day)))
    }

    /// As far as it is known: `1970-03`.
    pub(super) fn written(&self) -> String {
        let more = [self.month, self.day].into_iter().flatten().map(|part| format!("-{part:02}"));
        format!("{:04}{}", self.year, more.collect::<String>())
    }

    fn digits(&self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month.unwrap_or(0), self.day.unwrap_or(0))
    }
}

/// What two birth dates come to.
pub(super) fn compare(a: &Birth, b: &Birth) -> Level {
    let (Some(month_a), Some(month_b)) = (a.month, b.month) else {
        return if a.year == b.year { Level::BirthYear } else { far(a, b) };
    };
    let (Some(day_a), Some(day_b)) = (a.day, b.day) else {
        return if (a.year, month_a) == (b.year, month_b) { Level::BirthMonth } else { far(a, b) };
    };
    if a == b {
        return Level::BirthEqual;
    }
    if a.year == b.year && (month_a, day_a) == (day_b, month_b) {
        return Level::BirthSwapped;
    }
    if one_edit(&a.digits(), &b.digits()) {
        return Level::BirthOneDigit;
    }
    match (a.year == b.year, month_a == month_b, day_a == day_b) {
        (false, true, true) => Level::BirthYearOff,
        (true, true, false) => Level::BirthSameMonth,
        _ => far(a, b),
    }
}

fn far(a: &Birth, b: &Birth) -> Level {
    if a.year == b.year { Level::BirthSameYear } else { Level::BirthDifferent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_told_from_another_date() {
        let level = |a: &str, b: &str| compare(&Birth::read(a).unwrap(), &Birth::read(b).unwrap());
        assert_eq!(level("1970-03-05", "1970-03-05"), Level::BirthEqual);
        assert_eq!(level("1970-03-05", "1970-05-03"), Level::BirthSwapped);
        assert_eq!(level("1970-03-05", "1970-03-06"), Level::BirthOneDigit);
        assert_eq!(level("1970-03-15", "1970-03-27"), Level::BirthSameMonth);
        assert_eq!(level("1970-03-05", "1982-03-05"), Level::BirthYearOff);
        assert_eq!(level("1970-03-05", "1971-03-05"), Level::BirthOneDigit);
        assert_eq!(level("1970-03-05", "1970"), Level::BirthYear);
        assert_eq!(level("1970-03-05", "1970-03"), Level::BirthMonth);
        assert_eq!(level("1970-03-05", "1970-04"), Level::BirthSameYear);
        assert_eq!(level("1970-03-05", "1982-11-17"), Level::BirthDifferent);
        assert_eq!(Birth::read("unknown"), None);
        assert_eq!(Birth::read("1970-03-05T08:00:00Z"), Birth::read("1970-03-05"));
    }
}
