//! Exact decimals, as FHIR writes them: digits are kept, nothing is rounded.

use std::cmp::Ordering;

/// `digits` × 10^`exponent`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal {
    digits: i128,
    exponent: i32,
    /// The place of the last digit that counts, below `exponent` where R4 reads more out of it than is written.
    last: i32,
}

impl Decimal {
    pub(crate) fn parse(text: &str) -> Option<Decimal> {
        let (plain, power) = match text.split_once(['e', 'E']) {
            Some((plain, power)) => (plain, power.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let exponent = power - i32::try_from(fraction.len()).ok()?;
        // R4's example: 1e2 is 95 to 105, as if it were 1.0e2.
        let single = text.contains(['e', 'E']) && digits.abs() < 10;
        Some(Decimal { digits, exponent, last: exponent - i32::from(single) })
    }

    fn of(digits: i128, exponent: i32) -> Decimal {
        Decimal { digits, exponent, last: exponent }
    }

    pub(crate) fn times(self, other: Decimal) -> Decimal {
        Decimal::of(self.digits * other.digits, self.exponent + other.exponent)
    }

    /// Half of the last digit that is written, below and above: what a number without a prefix means (R4 §3.1.1.5.3:
    /// `100` is 99.5 to 100.5, `1e2` is 95 to 105).
    pub(crate) fn implied(self) -> (Decimal, Decimal) {
        let place = self.last - 1;
        let by = |half: i128| Decimal::of(self.scaled(place) + half, place);
        (by(-5), by(5))
    }

    /// A tenth of it below and above: what `ap` means.
    pub(crate) fn about(self) -> (Decimal, Decimal) {
        let tenth = self.digits.abs();
        let by = |tenth: i128| Decimal::of(self.digits * 10 + tenth, self.exponent - 1);
        (by(-tenth), by(tenth))
    }

    fn scaled(self, exponent: i32) -> i128 {
        self.digits * 10_i128.pow(u32::try_from(self.exponent - exponent).unwrap_or(0))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let exponent = self.exponent.min(other.exponent);
        self.scaled(exponent).cmp(&other.scaled(exponent))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

#[test]
fn a_number_means_its_last_digit() {
    let d = |text| Decimal::parse(text).unwrap();
    for (text, low, high) in [
        ("5.40e-3", "0.005395", "0.005405"),
        ("100", "99.5", "100.5"),
        ("100.00", "99.995", "100.005"),
        ("1e2", "95", "105"),
        ("-0.3", "-0.35", "-0.25"),
    ] {
        assert_eq!(d(text).implied(), (d(low), d(high)), "{text}");
    }
    assert_eq!(d("-20").about(), (d("-22"), d("-18")));
}
