//! Exact decimals: a whole number of at most 38 digits and how many of them stand behind the point.
//!
//! Addition, subtraction and multiplication are exact as long as they fit; what is longer is rounded behind the point,
//! and what does not fit before it is no number (FHIRPath: overflow is empty).

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigInt;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};

/// Most digits behind the point.
pub(crate) const MOST_SCALE: u32 = 37;
/// Longest text that is read as a number, in bytes.
const LONGEST: usize = 1024;
/// Digits of a quotient that does not end.
const QUOTIENT_DIGITS: u32 = 28;

/// A decimal with the precision that it was written with: `1.0` and `1.00` are equal but not the same text.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    // Two halves, so that an item stays at the alignment of a pointer.
    high: i64,
    low: u64,
    scale: u32,
}

impl Decimal {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "split in halves")]
    pub(crate) const fn new(mantissa: i128, scale: u32) -> Self {
        Self { high: (mantissa >> 64) as i64, low: mantissa as u64, scale }
    }

    pub(crate) const fn mantissa(self) -> i128 {
        ((self.high as i128) << 64) | self.low as i128
    }

    /// Digits behind the point as written.
    #[must_use]
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// A decimal as FHIR and FHIRPath write it: `-1.50`, `1e3`. `None` for other text and for what is too long.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) if exponent.len() <= 6 => (digits, exponent.parse::<i32>().ok()?),
            Some(_) => return None,
            None => (text, 0),
        };
        let (unsigned, negative) = match digits.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (digits.strip_prefix('+').unwrap_or(digits), false),
        };
        let (mut mantissa, mut scale, mut point, mut any) = (0_i128, 0_i32, false, false);
        for b in unsigned.bytes() {
            match b {
                b'0'..=b'9' => {
                    mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(b - b'0'))?;
                    scale += i32::from(point);
                    any = true;
                }
                b'.' if !point && any => point = true,
                _ => return None,
            }
        }
        if !any || unsigned.ends_with('.') {
            return None;
        }
        scale = scale.checked_sub(exponent)?;
        if scale < 0 {
            mantissa = mantissa.checked_mul(power(scale.unsigned_abs())?)?;
            scale = 0;
        }
        let scale = u32::try_from(scale).ok().filter(|scale| *scale <= MOST_SCALE)?;
        Some(Self::new(if negative { -mantissa } else { mantissa }, scale))
    }

    /// The nearest decimal of 15 digits, which are those that an f64 holds.
    #[must_use]
    pub fn from_f64(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let text = format!("{number:.14e}");
        let (digits, exponent) = text.split_once('e')?;
        let exponent: i32 = exponent.parse().ok()?;
        if exponent < -30 {
            return Some(Self::new(0, 0));
        }
        let read = Self::read(digits)?;
        let scale = i32::try_from(read.scale).ok()? - exponent;
        let (mantissa, scale) = if scale < 0 {
            (read.mantissa().checked_mul(power(scale.unsigned_abs())?)?, 0)
        } else {
            (read.mantissa(), scale.unsigned_abs())
        };
        Some(fit(BigInt::from(mantissa), scale)?.trimmed())
    }

    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    #[must_use]
    pub fn is_zero(self) -> bool {
        self.mantissa() == 0
    }

    #[must_use]
    pub fn is_negative(self) -> bool {
        self.mantissa() < 0
    }

    /// Without zeros at the end.
    #[must_use]
    pub fn trimmed(self) -> Self {
        let (mut mantissa, mut scale) = (self.mantissa(), self.scale);
        while scale > 0 && mantissa % 10 == 0 {
            (mantissa, scale) = (mantissa / 10, scale - 1);
        }
        Self::new(mantissa, scale)
    }

    /// As a whole number, if it is one.
    #[must_use]
    pub fn whole(self) -> Option<i64> {
        let trimmed = self.trimmed();
        if trimmed.scale == 0 { i64::try_from(trimmed.mantissa()).ok() } else { None }
    }

    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if let Some((one, two, scale)) = aligned(self, other)
            && let Some(sum) = one.checked_add(two)
        {
            return Some(Self::new(sum, scale));
        }
        let (one, two, scale) = aligned_long(self, other);
        fit(one + two, scale)
    }

    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated()?)
    }

    #[must_use]
    pub fn negated(self) -> Option<Self> {
        Some(Self::new(self.mantissa().checked_neg()?, self.scale))
    }

    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let scale = self.scale + other.scale;
        match self.mantissa().checked_mul(other.mantissa()) {
            Some(product) if scale <= MOST_SCALE => Some(Self::new(product, scale)),
            _ => fit(BigInt::from(self.mantissa()) * BigInt::from(other.mantissa()), scale),
        }
    }

    /// The quotient; exact if it ends within 28 digits, else rounded to so many. `None` for a division by zero.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let (one, two, _) = aligned_long(self, other);
        if one.is_zero() {
            return Some(Self::new(0, 0));
        }
        let lead = digits(&(&one / &two));
        let scale = QUOTIENT_DIGITS.saturating_sub(lead).clamp(8, MOST_SCALE);
        let scaled = one * BigInt::from(power(scale)?);
        Some(fit(round_half_away(&scaled, &two), scale)?.trimmed())
    }

    /// The whole quotient, cut towards zero.
    #[must_use]
    pub fn whole_over(self, other: Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let (one, two, _) = aligned_long(self, other);
        (one / two).to_i128().map(|whole| Self::new(whole, 0))
    }

    /// What the whole quotient leaves.
    #[must_use]
    pub fn rest_over(self, other: Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let (one, two, scale) = aligned_long(self, other);
        fit(one % two, scale)
    }

    /// Rounded to so many digits behind the point, halves away from zero. Fewer digits stay as they are.
    #[must_use]
    pub fn rounded(self, scale: u32) -> Self {
        self.cut(scale, |rest, half| rest.unsigned_abs() >= half)
    }

    /// Cut to so many digits behind the point, towards zero.
    #[must_use]
    pub fn truncated(self, scale: u32) -> Self {
        self.cut(scale, |_, _| false)
    }

    #[must_use]
    pub fn floor(self) -> Self {
        self.cut(0, |rest, _| rest < 0)
    }

    #[must_use]
    pub fn ceiling(self) -> Self {
        self.cut(0, |rest, _| rest > 0)
    }

    /// Cuts to a scale; `away` says from the rest and half a unit whether the digit before it moves away from zero.
    fn cut(self, scale: u32, away: impl Fn(i128, u128) -> bool) -> Self {
        let Some(unit) = self.scale.checked_sub(scale).filter(|by| *by > 0).and_then(power) else { return self };
        let mantissa = self.mantissa();
        let (whole, rest) = (mantissa / unit, mantissa % unit);
        let moved = if rest != 0 && away(rest, unit.unsigned_abs() / 2) { whole + rest.signum() } else { whole };
        Self::new(moved, scale)
    }

    /// With exactly so many digits behind the point, zeros added; `None` where these do not fit.
    #[must_use]
    pub fn padded(self, scale: u32) -> Option<Self> {
        let by = scale.checked_sub(self.scale)?;
        if scale > MOST_SCALE {
            return None;
        }
        Some(Self::new(self.mantissa().checked_mul(power(by)?)?, scale))
    }

    /// To the power of a whole number.
    #[must_use]
    pub fn to_the(self, exponent: i64) -> Option<Self> {
        let (mut result, mut base) = (Self::new(1, 0), self);
        let mut left = exponent.unsigned_abs();
        while left > 0 {
            if left & 1 == 1 {
                result = result.times(base)?;
            }
            left >>= 1;
            if left > 0 {
                base = base.times(base)?;
            }
        }
        if exponent < 0 { Self::new(1, 0).over(result) } else { Some(result) }
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self::new(i128::from(number), 0)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match aligned(*self, *other) {
            Some((one, two, _)) => one.cmp(&two),
            None => {
                let (one, two, _) = aligned_long(*self, *other);
                one.cmp(&two)
            }
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mantissa, scale) = (self.mantissa(), self.scale as usize);
        if scale == 0 {
            return write!(f, "{mantissa}");
        }
        let sign = if mantissa < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", mantissa.unsigned_abs(), width = scale + 1);
        let (whole, part) = digits.split_at(digits.len() - scale);
        write!(f, "{sign}{whole}.{part}")
    }
}

/// Ten to the power; `None` beyond what 128 bits hold.
fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

fn aligned(one: Decimal, two: Decimal) -> Option<(i128, i128, u32)> {
    let scale = one.scale.max(two.scale);
    if one.scale == two.scale {
        return Some((one.mantissa(), two.mantissa(), scale));
    }
    let left = one.mantissa().checked_mul(power(scale - one.scale)?)?;
    Some((left, two.mantissa().checked_mul(power(scale - two.scale)?)?, scale))
}

fn aligned_long(one: Decimal, two: Decimal) -> (BigInt, BigInt, u32) {
    let scale = one.scale.max(two.scale);
    let long = |it: Decimal| BigInt::from(it.mantissa()) * BigInt::from(10).pow(scale - it.scale);
    (long(one), long(two), scale)
}

/// Rounds behind the point until it fits.
fn fit(mut mantissa: BigInt, mut scale: u32) -> Option<Decimal> {
    while scale > 0 && (scale > MOST_SCALE || mantissa.bits() > 126) {
        let by = digits(&mantissa).saturating_sub(38).max(scale.saturating_sub(MOST_SCALE)).clamp(1, scale);
        mantissa = round_half_away(&mantissa, &BigInt::from(10).pow(by));
        scale -= by;
    }
    Some(Decimal::new(mantissa.to_i128()?, scale))
}

fn round_half_away(numerator: &BigInt, denominator: &BigInt) -> BigInt {
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    if (&rest * 2_i32).abs() < denominator.abs() {
        return whole;
    }
    if numerator.is_negative() == denominator.is_negative() { whole + 1 } else { whole - 1 }
}

/// Decimal digits of a whole number; zero has none.
fn digits(number: &BigInt) -> u32 {
    if number.is_zero() { 0 } else { u32::try_from(number.abs().to_string().len()).unwrap_or(u32::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::read(text).unwrap()
    }

    #[test]
    fn text_stays_as_written() {
        for text in ["0", "-0.5", "1.50", "12345678901234567890.123456789", "0.00000001"] {
            assert_eq!(d(text).to_string(), text);
        }
        assert_eq!(d("1e3").to_string(), "1000");
        assert_eq!(d("1.5e-3").to_string(), "0.0015");
        for text in ["", ".", "1.", ".5", "1e", "--1", "1.2.3", "x", "1e99999999"] {
            assert!(Decimal::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(d("0.1").plus(d("0.2")).unwrap(), d("0.3"));
        assert_eq!(d("1.8").minus(d("1.2")).unwrap(), d("0.6"));
        assert_eq!(d("1.2").times(d("1.8")).unwrap(), d("2.16"));
        assert_eq!(d("1.2").over(d("1.8")).unwrap().rounded(2), d("0.67"));
        assert_eq!(d("1").over(d("8")).unwrap().to_string(), "0.125");
        assert!(d("1").over(d("0.0")).is_none());
        assert_eq!(d("2.2").whole_over(d("1.8")).unwrap(), d("1"));
        assert_eq!(d("2.2").rest_over(d("1.8")).unwrap(), d("0.4"));
        assert_eq!(d("-5").rest_over(d("3")).unwrap(), d("-2"));
        assert_eq!(d("2.5").to_the(2).unwrap(), d("6.25"));
        assert_eq!(d("2").to_the(-1).unwrap(), d("0.5"));
        assert!(d("10").to_the(40).is_none());
    }

    #[test]
    fn rounding_goes_where_it_should() {
        assert_eq!(d("3.14159").rounded(3).to_string(), "3.142");
        assert_eq!(d("-0.5").rounded(0).to_string(), "-1");
        assert_eq!(d("2.1").floor().to_string(), "2");
        assert_eq!(d("-2.1").floor().to_string(), "-3");
        assert_eq!(d("1.1").ceiling().to_string(), "2");
        assert_eq!(d("-1.1").ceiling().to_string(), "-1");
        assert_eq!(d("1.10"), d("1.1"));
        assert!(d("99999999999999999999999999999999999999") > d("0.0000000001"));
    }

    #[test]
    fn long_products_are_rounded_and_floats_lose_their_noise() {
        let long = d("1.2345678901234567890123456789");
        assert!(long.times(long).unwrap().scale() <= MOST_SCALE);
        assert_eq!(Decimal::from_f64(1000_f64.ln() / 10_f64.ln()).unwrap().to_string(), "3");
        assert_eq!(Decimal::from_f64(1e300), None);
        assert_eq!(Decimal::from_f64(1e-40).unwrap(), d("0"));
    }
}
