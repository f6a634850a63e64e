//! The prefixes of date, number and quantity searches (`ge2024-05`), after the table of the R4 search page.

use super::DateRange;

/// How a search value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    /// Starts after.
    Sa,
    /// Ends before.
    Eb,
    /// Approximately.
    Ap,
}

impl Prefix {
    /// Splits a search value into its prefix (`eq` where it has none) and the rest.
    #[must_use]
    pub fn split(text: &str) -> (Self, &str) {
        let prefix = match text.get(..2) {
            Some("eq") => Self::Eq,
            Some("ne") => Self::Ne,
            Some("gt") => Self::Gt,
            Some("lt") => Self::Lt,
            Some("ge") => Self::Ge,
            Some("le") => Self::Le,
            Some("sa") => Self::Sa,
            Some("eb") => Self::Eb,
            Some("ap") => Self::Ap,
            _ => return (Self::Eq, text),
        };
        (prefix, text.get(2..).unwrap_or_default())
    }

    /// Does a stored range answer a search for `sought`? `Ap` means: they overlap (widen `sought` first).
    #[must_use]
    pub fn matches(self, stored: DateRange, sought: DateRange) -> bool {
        match self {
            Self::Eq => sought.contains(stored),
            Self::Ne => !sought.contains(stored),
            Self::Gt => stored.hi > sought.hi,
            Self::Lt => stored.lo < sought.lo,
            Self::Ge => stored.hi > sought.hi || sought.contains(stored),
            Self::Le => stored.lo < sought.lo || sought.contains(stored),
            Self::Sa => stored.lo >= sought.hi,
            Self::Eb => stored.hi <= sought.lo,
            Self::Ap => stored.overlaps(sought),
        }
    }
}

impl DateRange {
    /// What `ap` seeks: the range widened by a tenth of its distance from `now` (milliseconds since the epoch).
    #[must_use]
    pub fn widened(self, now: i64) -> Self {
        let by = (self.lo.saturating_sub(now)).saturating_abs() / 10;
        Self { lo: self.lo.saturating_sub(by), hi: self.hi.saturating_add(by) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::Zone;

    #[test]
    fn prefixes_compare_ranges() {
        let range = |text: &str| DateRange::parse(text, Zone::UTC).unwrap();
        let cases = [
            ("2013-01-14", "eq2013-01-14", true),
            ("2013-01-14T10:00:00Z", "2013-01-14", true),
            ("2013-01", "eq2013-01-14", false),
            ("2013-01", "ne2013-01-14", true),
            ("2013-01-14", "lt2013-01-14", false),
            ("2013-01-13", "lt2013-01-14", true),
            ("2013-01-14", "gt2013-01-13", true),
            ("2013-01", "gt2013-01-14", true),
            ("2013-01-14", "ge2013-01-14", true),
            ("2013-01-14", "le2013-01-14", true),
            ("2013-01-15", "le2013-01-14", false),
            ("2013-03-15", "sa2013-03-14", true),
            ("2013-03", "sa2013-03-14", false),
            ("2013-03-13", "eb2013-03-14", true),
            ("2013-03", "ap2013-03-14", true),
        ];
        for (stored, search, expected) in cases {
            let (prefix, sought) = Prefix::split(search);
            assert_eq!(prefix.matches(range(stored), range(sought)), expected, "{stored} {search}");
        }
    }
}
