//! Functions of numbers.

use meridian_model::both;
use meridian_model::language::Both;

use std::sync::Arc;

use super::Function;
use crate::ast::Call;
use crate::decimal::{Decimal, MOST_SCALE};
use crate::equal;
use crate::eval::{Eval, Scope, single, wrong};
use crate::fault::Fault;
use crate::item::{Collection, Item};

impl<'a> Eval<'_, 'a> {
    pub(super) fn maths(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        use Function as F;
        let Some(item) = single(input, call.place, ("the input of a function of numbers", "数值函数的输入"))?
        else {
            return Ok(Vec::new());
        };
        let Some(value) = item.scalar() else { return Err(wrong(item, ("a number", "数字"), call.place)) };
        let (number, quantity) = match &value {
            Item::Quantity(quantity) => (quantity.value, Some(quantity.clone())),
            other => (equal::number(other).ok_or_else(|| wrong(item, ("a number", "数字"), call.place))?, None),
        };
        let takes_quantities = matches!(call.function, F::Abs | F::Ceiling | F::Floor | F::Round | F::Truncate);
        if quantity.is_some() && !takes_quantities {
            return Err(wrong(item, ("a number without a unit", "不带单位的数字"), call.place));
        }
        let argument = match self.one(call, 0, scope)? {
            None if call.args.is_empty() => None,
            None => return Ok(Vec::new()),
            Some(found) => {
                let number = found.scalar().as_ref().and_then(equal::number);
                Some(number.ok_or_else(|| wrong(&found, ("a number", "数字"), call.place))?)
            }
        };
        let refused = |says: Both| Err(Fault::execution(call.place, says));
        let is_whole = matches!(value, Item::Integer(_) | Item::Long(_));
        let found = match call.function {
            F::Abs => (if number.is_negative() { number.negated() } else { Some(number) }).map(|it| (it, is_whole)),
            F::Ceiling => Some((number.ceiling(), true)),
            F::Floor => Some((number.floor(), true)),
            F::Truncate => Some((number.truncated(0), true)),
            F::Round => {
                let digits = argument.map_or(Some(0), Decimal::whole);
                match digits.and_then(|digits| u32::try_from(digits).ok()) {
                    Some(digits) => Some((number.rounded(digits.min(MOST_SCALE)), false)),
                    None => {
                        return refused(both!(
                            "`round()` takes a whole number of digits that is not negative",
                            "`round()` 的位数应是非负整数"
                        ));
                    }
                }
            }
            F::Sqrt if number.is_negative() => None,
            F::Sqrt => Decimal::from_f64(number.to_f64().sqrt()).map(|it| (it, false)),
            F::Exp => Decimal::from_f64(number.to_f64().exp()).map(|it| (it, false)),
            F::Ln | F::Log if number.is_zero() || number.is_negative() => {
                return refused(both!("a logarithm is known of numbers above zero only", "只有大于 0 的数有对数"));
            }
            F::Ln => Decimal::from_f64(number.to_f64().ln()).map(|it| (it, false)),
            F::Log => {
                let Some(base) = argument else { return Ok(Vec::new()) };
                if base.is_zero() || base.is_negative() {
                    return refused(both!("the base of a logarithm lies above zero", "对数的底必须大于 0"));
                }
                Decimal::from_f64(number.to_f64().ln() / base.to_f64().ln()).map(|it| (it, false))
            }
            _ => {
                let Some(exponent) = argument else { return Ok(Vec::new()) };
                power(number, exponent).map(|it| (it, is_whole && !exponent.is_negative()))
            }
        };
        let Some((number, whole)) = found else { return Ok(Vec::new()) };
        Ok(match quantity {
            Some(quantity) => vec![Item::Quantity(Arc::new(quantity.with(number)))],
            None if whole => match (number.whole(), &value) {
                (Some(long), Item::Long(_)) => vec![Item::Long(long)],
                (Some(whole), _) => i32::try_from(whole).ok().map(Item::Integer).into_iter().collect(),
                // What is no whole number after all, and what is too large for one.
                (None, _) => Vec::new(),
            },
            None => vec![Item::Decimal(number)],
        })
    }
}

fn power(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    match exponent.whole() {
        // A whole power is exact as long as it fits.
        Some(whole) if whole.unsigned_abs() <= 1_000 => base.to_the(whole),
        _ => Decimal::from_f64(base.to_f64().powf(exponent.to_f64())),
    }
}
