//! `lowBoundary()`, `highBoundary()`, `precision()`: what a value as written may mean.

use std::sync::Arc;

use super::Function;
use crate::ast::Call;
use crate::decimal::Decimal;
use crate::eval::{Eval, Scope, single, wrong};
use crate::fault::Fault;
use crate::item::{Collection, Item};

/// Digits behind the point, where none are asked for.
const DIGITS: i64 = 8;
/// Most digits that may be asked for.
const MOST: i64 = 31;

impl<'a> Eval<'_, 'a> {
    pub(super) fn boundary(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        let Some(item) = single(input, call.place, ("the input", "输入"))? else { return Ok(Vec::new()) };
        let Some(value) = item.scalar() else {
            return Err(wrong(item, ("a number, date or time", "数字、日期或时间"), call.place));
        };
        if call.function == Function::Precision {
            let digits = match &value {
                Item::Decimal(number) => i64::from(number.scale()),
                Item::Integer(_) | Item::Long(_) => 0,
                Item::Date(date) | Item::DateTime(date) => i64::from(date.count_digits(false)),
                Item::Time(time) => i64::from(time.count_digits(true)),
                _ => return Err(wrong(item, ("a Decimal, date or time", "Decimal、日期或时间"), call.place)),
            };
            return Ok(vec![Item::integer(digits)]);
        }
        let digits = self.integer(call, 0, scope)?;
        if digits.is_none() && !call.args.is_empty() {
            return Ok(Vec::new());
        }
        let high = call.function == Function::HighBoundary;
        let edge = match &value {
            Item::Integer(number) => number_edge(Decimal::from(i64::from(*number)), digits, high).map(Item::Decimal),
            Item::Long(number) => number_edge(Decimal::from(*number), digits, high).map(Item::Decimal),
            Item::Decimal(number) => number_edge(*number, digits, high).map(Item::Decimal),
            Item::Quantity(quantity) => {
                number_edge(quantity.value, digits, high).map(|value| Item::Quantity(Arc::new(quantity.with(value))))
            }
            Item::Date(date) => date.boundary(digits.unwrap_or(8), high, false).map(|edge| match digits {
                // A date to the digits of a time is one with a time.
                Some(digits) if digits > 8 => Item::DateTime(edge),
                _ => Item::Date(edge),
            }),
            Item::DateTime(date) => date.boundary(digits.unwrap_or(17), high, false).map(Item::DateTime),
            Item::Time(time) => time.boundary(digits.unwrap_or(9), high, true).map(Item::Time),
            _ => return Err(wrong(item, ("a number, date or time", "数字、日期或时间"), call.place)),
        };
        Ok(edge.into_iter().collect())
    }
}

/// Half a unit of the last digit away; the result has the digits that are asked for. Towards zero these are cut, away from
/// it they are rounded.
fn number_edge(number: Decimal, digits: Option<i64>, high: bool) -> Option<Decimal> {
    let digits = digits.unwrap_or(DIGITS);
    if !(0..=MOST).contains(&digits) {
        return None;
    }
    let digits = u32::try_from(digits).ok()?;
    let half = Decimal::new(5, number.scale() + 1);
    let edge = if high { number.plus(half)? } else { number.minus(half)? };
    if edge.scale() < digits {
        return edge.padded(digits);
    }
    let outwards = high != number.is_negative();
    Some(if outwards { edge.rounded(digits) } else { edge.truncated(digits) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_of_numbers() {
        let edge = |number: &str, digits, high| {
            number_edge(Decimal::read(number).unwrap(), digits, high).map(|edge| edge.to_string())
        };
        for (number, digits, low, high) in [
            ("1.587", None, "1.58650000", "1.58750000"),
            ("1.587", Some(2), "1.58", "1.59"),
            ("1.587", Some(0), "1", "2"),
            ("-1.587", Some(2), "-1.59", "-1.58"),
            ("-1.587", Some(0), "-2", "-1"),
            ("1", Some(0), "0", "2"),
            ("120", Some(2), "119.50", "120.50"),
            ("0.0034", Some(1), "0.0", "0.0"),
            ("12.500", Some(4), "12.4995", "12.5005"),
        ] {
            assert_eq!(edge(number, digits, false).unwrap(), low, "{number} {digits:?}");
            assert_eq!(edge(number, digits, true).unwrap(), high, "{number} {digits:?}");
        }
        assert_eq!((edge("1.5", Some(-1), true), edge("1.5", Some(32), false)), (None, None));
    }
}
