//! Explicit conversions: `toInteger()`, `convertsToInteger()` and their like.

use std::sync::Arc;

use super::{Function, dates::by_format};
use crate::ast::Call;
use crate::decimal::Decimal;
use crate::eval::{Eval, Scope, single, truth};
use crate::fault::Fault;
use crate::item::{Collection, Item};
use crate::quantity::Quantity;
use crate::temporal::Temporal;

impl<'a> Eval<'_, 'a> {
    pub(super) fn conversion(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        use Function as F;
        let Some(item) = single(input, call.place, ("the input of a conversion", "转换函数的输入"))? else {
            return Ok(Vec::new());
        };
        let argument = self.text(call, 0, scope)?;
        if let Some(text) = item.str() {
            self.budget.read(text.len())?;
        }
        if matches!(call.function, F::ToQuantity | F::ConvertsToQuantity) {
            self.budget.spend(crate::equal::CONVERTING)?;
        }
        if !call.args.is_empty() && argument.is_none() {
            return Ok(Vec::new());
        }
        let argument = argument.as_ref().and_then(Item::str);
        let value = item.scalar();
        let converted = value.and_then(|value| match call.function {
            F::ToBoolean | F::ConvertsToBoolean => boolean(&value),
            F::ToInteger | F::ConvertsToInteger => match &value {
                Item::Integer(_) => Some(value),
                Item::Long(long) => i32::try_from(*long).ok().map(Item::Integer),
                Item::Boolean(value) => Some(Item::Integer(i32::from(*value))),
                other => whole(other.str()?).and_then(|number| i32::try_from(number).ok()).map(Item::Integer),
            },
            F::ToLong | F::ConvertsToLong => match &value {
                Item::Integer(number) => Some(Item::Long(i64::from(*number))),
                Item::Long(_) => Some(value),
                Item::Boolean(value) => Some(Item::Long(i64::from(*value))),
                other => whole(other.str()?).map(Item::Long),
            },
            F::ToDecimal | F::ConvertsToDecimal => decimal(&value),
            F::ToDate | F::ConvertsToDate => match &value {
                Item::Date(_) => Some(value),
                Item::DateTime(date) => Some(Item::Date(date.date())),
                other => match argument {
                    Some(format) => by_format(other.str()?, format).map(|date| Item::Date(date.date())),
                    None => Temporal::read_date(other.str()?).map(Item::Date),
                },
            },
            F::ToDateTime | F::ConvertsToDateTime => match &value {
                Item::DateTime(_) => Some(value),
                Item::Date(date) => Some(Item::DateTime(*date)),
                other => match argument {
                    Some(format) => by_format(other.str()?, format).map(Item::DateTime),
                    None => Temporal::read_date_time(other.str()?).map(Item::DateTime),
                },
            },
            F::ToTime | F::ConvertsToTime => match &value {
                Item::Time(_) => Some(value),
                other => {
                    let text = other.str()?;
                    Temporal::read_time(text.strip_prefix('T').unwrap_or(text)).map(Item::Time)
                }
            },
            F::ToQuantity | F::ConvertsToQuantity => {
                let quantity = match &value {
                    Item::Quantity(quantity) => Some((**quantity).clone()),
                    Item::Boolean(value) => Some(Quantity::number(Decimal::new(if *value { 10 } else { 0 }, 1))),
                    other => match other.str() {
                        Some(text) => Quantity::read(text),
                        None => crate::equal::number(other).map(Quantity::number),
                    },
                }?;
                match argument {
                    Some(unit) => quantity.to_unit(unit),
                    None => Some(quantity),
                }
                .map(|quantity| Item::Quantity(Arc::new(quantity)))
            }
            _ => match value.str() {
                Some(_) => Some(value),
                None => value.to_text().map(|text| Item::made(text.as_ref())),
            },
        });
        let asks = matches!(
            call.function,
            F::ConvertsToBoolean
                | F::ConvertsToInteger
                | F::ConvertsToLong
                | F::ConvertsToDecimal
                | F::ConvertsToDate
                | F::ConvertsToDateTime
                | F::ConvertsToTime
                | F::ConvertsToQuantity
                | F::ConvertsToString
        );
        Ok(if asks { truth(Some(converted.is_some())) } else { converted.into_iter().collect() })
    }
}

fn boolean<'a>(value: &Item<'a>) -> Option<Item<'a>> {
    let known = match value {
        Item::Boolean(value) => return Some(Item::Boolean(*value)),
        other => match other.str() {
            Some(text) if text.len() > 5 => return None,
            Some(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "t" | "yes" | "y" | "1" | "1.0" => true,
                "false" | "f" | "no" | "n" | "0" | "0.0" => false,
                _ => return None,
            },
            None => match crate::equal::number(other)?.whole()? {
                1 => true,
                0 => false,
                _ => return None,
            },
        },
    };
    Some(Item::Boolean(known))
}

fn decimal<'a>(value: &Item<'a>) -> Option<Item<'a>> {
    match value {
        Item::Boolean(value) => Some(Item::Decimal(Decimal::new(if *value { 10 } else { 0 }, 1))),
        other => match other.str() {
            // FHIRPath's decimals have no exponent.
            Some(text) if text.contains(['e', 'E']) => None,
            Some(text) => Decimal::read(text).map(Item::Decimal),
            None => crate::equal::number(other).map(Item::Decimal),
        },
    }
}

/// `(\+|-)?\d+`
fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}
