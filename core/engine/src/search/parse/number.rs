//! Numbers of searches: the digits say how exact a number is meant.

use meridian_model::both;
use meridian_model::date::Prefix;
use meridian_store::search::{NumberTest, Op};

use crate::search::fault::{Fault, shown};

/// More digits tell nothing in the numbers that are compared.
const MOST_DIGITS: usize = 34;

pub(super) fn op(prefix: Prefix) -> Op {
    match prefix {
        Prefix::Eq => Op::Eq,
        Prefix::Ne => Op::Ne,
        Prefix::Gt => Op::Gt,
        Prefix::Lt => Op::Lt,
        Prefix::Ge => Op::Ge,
        Prefix::Le => Op::Le,
        Prefix::Sa => Op::StartsAfter,
        Prefix::Eb => Op::EndsBefore,
        Prefix::Ap => Op::Overlaps,
    }
}

/// `[prefix]number`.
pub(super) fn read(text: &str) -> Result<NumberTest, Fault> {
    let (prefix, rest) = Prefix::split(text);
    test(op(prefix), rest)
}

/// What a number is compared with.
pub(super) fn test(op: Op, text: &str) -> Result<NumberTest, Fault> {
    let (lo, hi) = bounds(op, text)?;
    // The nearest numbers that the database keeps: the same that the same digits in a resource become.
    let float = |decimal: &str| decimal.parse::<f64>().ok().filter(|number| number.is_finite());
    match (float(&lo), float(&hi)) {
        (Some(lo), Some(hi)) => Ok(NumberTest { op, lo, hi }),
        _ => Err(Fault::wrong(both!("`{}` is too large a number", "`{}` 数值太大", shown(text)))),
    }
}

/// The bounds as decimals. `eq` and `ne` mean the range that the digits imply, `ap` a tenth to each side; the others
/// compare with the number as if it were exact (R4 search.html#number).
pub(super) fn bounds(op: Op, text: &str) -> Result<(String, String), Fault> {
    let says = || Fault::wrong(both!("`{}` is no number", "`{}` 不是数字", shown(text)));
    let decimal = Decimal::read(text).ok_or_else(says)?;
    let (middle, exponent) = (decimal.digits * 10, decimal.exponent - 1);
    let aside = match op {
        Op::Eq | Op::Ne => 5,
        Op::Overlaps => decimal.digits.abs(),
        _ => 0,
    };
    Ok((format!("{}e{exponent}", middle - aside), format!("{}e{exponent}", middle + aside)))
}

/// `digits × 10^exponent`, as far as it was written.
struct Decimal {
    digits: i128,
    exponent: i32,
}

impl Decimal {
    fn read(text: &str) -> Option<Decimal> {
        let (mantissa, power) = match text.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, Some(power)),
            None => (text, None),
        };
        let (negative, mantissa) = match mantissa.as_bytes().first()? {
            b'-' => (true, mantissa.get(1..)?),
            b'+' => (false, mantissa.get(1..)?),
            _ => (false, mantissa),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: String = [whole, part].concat();
        let plain = !all.is_empty() && all.bytes().all(|b| b.is_ascii_digit()) && !whole.is_empty();
        if !plain || mantissa.ends_with('.') {
            return None;
        }
        let shift = match power {
            None => 0,
            Some(power) => {
                let digits = power.strip_prefix(['-', '+']).unwrap_or(power);
                if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return None;
                }
                // What does not fit is far beyond any number that is kept.
                power.parse().unwrap_or(if power.starts_with('-') { -99_999 } else { 99_999 })
            }
        };
        let significant = all.trim_start_matches('0');
        let kept = significant.get(..significant.len().min(MOST_DIGITS))?;
        let dropped = i32::try_from(significant.len() - kept.len()).ok()?;
        let digits: i128 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
        let exponent = shift.clamp(-99_999, 99_999) - i32::try_from(part.len()).ok()? + dropped;
        let decimal = Decimal { digits: if negative { -digits } else { digits }, exponent };
        // R4's own example: 1e2 is searched for as 95 to 105, as if it had a second digit.
        let lone = power.is_some() && kept.len() == 1;
        Some(if lone { Decimal { digits: decimal.digits * 10, exponent: decimal.exponent - 1 } } else { decimal })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(text: &str) -> (f64, f64) {
        let test = read(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        (test.lo, test.hi)
    }

    #[test]
    fn digits_imply_a_range() {
        assert_eq!(range("100"), (99.5, 100.5));
        assert_eq!(range("100.00"), (99.995, 100.005));
        assert_eq!(range("1e2"), (95.0, 105.0));
        assert_eq!(range("5.40e-3"), (0.005_395, 0.005_405));
        assert_eq!(range("-100"), (-100.5, -99.5));
        assert_eq!(range("ne0"), (-0.5, 0.5));
        assert_eq!(range("007"), (6.5, 7.5));
        assert_eq!(range("0.0"), (-0.05, 0.05));
    }

    #[test]
    fn an_order_is_exact_and_about_is_a_tenth() {
        assert_eq!(range("gt100"), (100.0, 100.0));
        assert_eq!(range("ap100"), (90.0, 110.0));
        assert_eq!(range("ap-100"), (-110.0, -90.0));
        assert_eq!(read("le1.5").unwrap().op, Op::Le);
        assert_eq!(read("sa1.5").unwrap().op, Op::StartsAfter);
    }

    #[test]
    fn what_is_no_number_is_told_from_what_is_too_large() {
        for text in ["", "gt", "1.", ".5", "1e", "e5", "1,5", "0x10", "NaN", "inf", "--1", "1e+-2", "1 ", "１"] {
            assert!(matches!(read(text), Err(Fault::Wrong(says)) if says.english.ends_with("is no number")), "{text}");
        }
        for text in ["1e999999", "1e99999999999999999999", "-1e400", &"9".repeat(400)] {
            assert!(
                matches!(read(text), Err(Fault::Wrong(says)) if says.english.ends_with("too large a number")),
                "{text}"
            );
        }
        assert_eq!(range("1e-999999"), (0.0, 0.0));
        assert!(read(&format!("0.{}", "1".repeat(4000))).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_gives_an_answer(text in ".{0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn a_number_lies_in_its_own_range(number in -1e15..1e15_f64, places in 0..9_usize) {
            let text = format!("{number:.places$}");
            let (lo, hi) = range(&text);
            let value: f64 = text.parse().unwrap();
            prop_assert!(lo <= value && value <= hi, "{} {} {}", text, lo, hi);
        }
    }
}
