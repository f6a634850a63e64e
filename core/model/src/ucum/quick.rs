//! The usual case of a canonical number without long arithmetic: one multiplication or division of integers that an f64
//! holds exactly gives the nearest f64, as the exact fraction does.

use super::exact::Exact;

/// Most digits of a number that is read here.
const DIGITS: usize = 28;
/// Integers up to here are exact in an f64.
const EXACT: u128 = 1 << 53;
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// A factor as `numer / denom * 10 ^ shift`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quick {
    numer: u64,
    denom: u64,
    shift: i32,
}

impl Quick {
    pub(super) fn new(factor: &Exact) -> Option<Self> {
        let (numer, up) = factor.numer_by_tens()?;
        let (denom, down) = factor.denom_by_tens()?;
        Some(Self { numer, denom, shift: up - down })
    }

    /// The decimal times the factor; `None` where that takes the long way.
    pub(super) fn times(&self, text: &str) -> Option<f64> {
        let (digits, is_negative) = text.strip_prefix('-').map_or((text, false), |digits| (digits, true));
        let (mut mantissa, mut shift, mut length, mut point) = (0_u128, self.shift, 0_usize, false);
        for b in digits.bytes() {
            match b {
                b'0'..=b'9' if length < DIGITS + 1 => {
                    mantissa = mantissa * 10 + u128::from(b - b'0');
                    shift -= i32::from(point);
                    length += 1;
                }
                b'.' if !point && length > 0 => point = true,
                _ => return None,
            }
        }
        if length == 0 || length > DIGITS || digits.ends_with('.') {
            return None;
        }
        let (mut numer, mut denom) = (mantissa.checked_mul(u128::from(self.numer))?, u128::from(self.denom));
        while shift < 0 && numer != 0 && numer % 10 == 0 {
            (numer, shift) = (numer / 10, shift + 1);
        }
        let number = if denom == 1 && numer < EXACT && shift.unsigned_abs() <= 22 {
            let power = POWERS.get(usize::try_from(shift.unsigned_abs()).ok()?)?;
            if shift < 0 { float(numer) / power } else { float(numer) * power }
        } else if denom == 1 {
            // The standard library takes any decimal to the nearest f64.
            format!("{numer}e{shift}").parse().ok().filter(|number: &f64| number.is_finite())?
        } else {
            let power = 10_u128.checked_pow(shift.unsigned_abs())?;
            let side = if shift < 0 { &mut denom } else { &mut numer };
            *side = side.checked_mul(power)?;
            if numer >= EXACT || denom >= EXACT {
                return None;
            }
            float(numer) / float(denom)
        };
        Some(if is_negative { -number } else { number })
    }
}

/// Exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "the callers have looked")]
fn float(number: u128) -> f64 {
    number as f64
}
