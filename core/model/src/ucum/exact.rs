//! Exact numbers: fractions of integers, read from decimals and written as decimals.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One as _, Pow, Signed as _, ToPrimitive as _, Zero as _};

use super::Fault;

/// Most digits and the largest exponent of a decimal; more than FHIR's decimals and f64 have.
const DIGITS: usize = 400;
const EXPONENT: i64 = 400;
/// Most bits of a numerator or denominator.
const BITS: u64 = 8192;

/// An exact number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(BigRational);

impl Exact {
    pub(super) fn one() -> Self {
        Self(BigRational::one())
    }

    pub(super) fn whole(number: BigInt) -> Self {
        Self(BigRational::from_integer(number))
    }

    /// A decimal such as `-1.50e3`.
    ///
    /// # Errors
    /// It is none, or has more than 400 digits or an exponent beyond 400.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let wrong = || Fault::NotANumber(text.chars().take(40).collect());
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (sign, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => (Sign::Minus, digits),
            None => (Sign::Plus, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all: Vec<u8> = whole.bytes().chain(part.bytes()).collect();
        if all.is_empty() || !all.iter().all(u8::is_ascii_digit) {
            return Err(wrong());
        }
        if all.len() > DIGITS || exponent.len() > 8 {
            return Err(Fault::TooLarge);
        }
        let exponent: i64 = exponent.parse().map_err(|_| wrong())?;
        if exponent.abs() > EXPONENT {
            return Err(Fault::TooLarge);
        }
        let number = BigInt::parse_bytes(&all, 10).ok_or_else(wrong)?;
        let number = if sign == Sign::Minus { -number } else { number };
        let shift = exponent - i64::try_from(part.len()).map_err(|_| wrong())?;
        Ok(Self(BigRational::from_integer(number) * power_of_ten(shift)))
    }

    /// The number that an f64 is; `None` for infinity and what is no number.
    pub(super) fn from_f64(number: f64) -> Option<Self> {
        BigRational::from_float(number).map(Self)
    }

    /// The nearest f64; `None` beyond its range.
    #[must_use]
    pub fn to_f64(&self) -> Option<f64> {
        self.0.to_f64().filter(|number| number.is_finite())
    }

    /// The decimal with at most this many significant digits, rounded half to even, without an exponent where it is of
    /// common size, and without trailing zeros.
    #[must_use]
    pub fn to_text(&self, significant: u32) -> String {
        if self.0.is_zero() {
            return "0".to_owned();
        }
        let significant = i64::from(significant.clamp(1, 100));
        let number = self.0.abs();
        // One digit too few or too many at first; the rounded integer tells.
        let bits = |n: &BigInt| i64::try_from(n.bits()).unwrap_or(i64::MAX);
        let guess = (bits(number.numer()) - bits(number.denom())) * 30_103 / 100_000;
        let mut shift = significant - guess - 1;
        let mut digits = (&number * power_of_ten(shift)).round_half_even();
        let length = |digits: &BigInt| i64::try_from(digits.to_string().len()).unwrap_or(i64::MAX);
        while length(&digits) != significant {
            shift += significant - length(&digits);
            let next = (&number * power_of_ten(shift)).round_half_even();
            // 9.99 rounds to 10.0, which has a digit more in every place.
            if length(&next) > significant && length(&digits) < significant {
                digits = next;
                break;
            }
            digits = next;
        }
        let digits = digits.to_string();
        let point = i64::try_from(digits.len()).unwrap_or(0) - shift;
        let sign = if self.0.is_negative() { "-" } else { "" };
        format!("{sign}{}", place_point(digits.trim_end_matches('0'), point))
    }

    /// The numerator without its tens, if that is short, and how many tens it has.
    pub(super) fn numer_by_tens(&self) -> Option<(u64, i32)> {
        by_tens(self.0.numer())
    }

    pub(super) fn denom_by_tens(&self) -> Option<(u64, i32)> {
        by_tens(self.0.denom())
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    pub(super) fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0)
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0)
    }

    /// `None` for a division by zero.
    pub(super) fn over(&self, other: &Self) -> Option<Self> {
        (!other.is_zero()).then(|| Self(&self.0 / &other.0))
    }

    pub(super) fn to_the(&self, exponent: i32) -> Result<Self, Fault> {
        let bits = self.0.numer().bits().max(self.0.denom().bits());
        if bits.saturating_mul(u64::from(exponent.unsigned_abs())) > BITS || (exponent < 0 && self.is_zero()) {
            return Err(Fault::TooLarge);
        }
        Ok(Self(Pow::pow(&self.0, exponent)))
    }

    /// # Errors
    /// The fraction has grown too long.
    pub(super) fn bounded(self) -> Result<Self, Fault> {
        let is_short = self.0.numer().bits() <= BITS && self.0.denom().bits() <= BITS;
        if is_short { Ok(self) } else { Err(Fault::TooLarge) }
    }
}

trait RoundHalfEven {
    fn round_half_even(&self) -> BigInt;
}

impl RoundHalfEven for BigRational {
    fn round_half_even(&self) -> BigInt {
        let floor = self.floor().to_integer();
        let rest = (self - BigRational::from_integer(floor.clone())) * BigInt::from(2);
        let up = rest > BigRational::one() || (rest.is_one() && floor.bit(0));
        if up { floor + 1 } else { floor }
    }
}

fn by_tens(number: &BigInt) -> Option<(u64, i32)> {
    let mut number = number.clone();
    for tens in 0.. {
        let rest: BigInt = &number % 10;
        if !rest.is_zero() || number.is_zero() {
            return Some((number.to_u64()?, tens));
        }
        number /= 10;
    }
    None
}

fn power_of_ten(exponent: i64) -> BigRational {
    let power = BigInt::from(10).pow(u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX));
    if exponent < 0 { BigRational::new_raw(BigInt::one(), power) } else { BigRational::from_integer(power) }
}

/// `digits` with the decimal point after so many of them.
fn place_point(digits: &str, point: i64) -> String {
    let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let zeros = |n: i64| "0".repeat(usize::try_from(n).unwrap_or(0));
    if !(-6..=21).contains(&point) {
        let (first, rest) = digits.split_at(1.min(digits.len()));
        let rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
        return format!("{first}{rest}e{}", point - 1);
    }
    if point <= 0 {
        format!("0.{}{digits}", zeros(-point))
    } else if point >= length {
        format!("{digits}{}", zeros(point - length))
    } else {
        let (whole, part) = digits.split_at(usize::try_from(point).unwrap_or(0).min(digits.len()));
        format!("{whole}.{part}")
    }
}
