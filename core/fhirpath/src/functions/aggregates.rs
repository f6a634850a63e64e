//! `aggregate()`, `sum()`, `min()`, `max()`, `avg()`.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Function;
use crate::ast::Call;
use crate::decimal::Decimal;
use crate::equal;
use crate::eval::{Eval, Scope, wrong};
use crate::fault::Fault;
use crate::item::{Collection, Item};

impl<'a> Eval<'_, 'a> {
    pub(super) fn aggregates(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        if call.function == Function::Aggregate {
            let mut total = self.argument(call, 1, scope)?;
            let Some(aggregator) = call.args.first() else { return Ok(total) };
            for (index, item) in input.iter().enumerate() {
                let scope = Scope { this: std::slice::from_ref(item), index: Some(index), total: Some(&total) };
                total = self.inside(aggregator, scope)?;
            }
            return Ok(total);
        }
        let mut values = input.iter();
        let Some(first) = values.next() else { return Ok(Vec::new()) };
        let unfit =
            |item: &Item<'_>| wrong(item, ("a value of the same type as the first", "与第一个同类型的值"), call.place);
        let mut total = first.scalar().ok_or_else(|| unfit(first))?;
        let is_sum = matches!(call.function, Function::Sum | Function::Avg);
        if is_sum && equal::quantity(&total).is_none() {
            return Err(wrong(first, ("a number or quantity", "数字或 Quantity"), call.place));
        }
        for item in values {
            self.budget.spend(1)?;
            let value = item.scalar().filter(|value| value.system() == total.system()).ok_or_else(|| unfit(item))?;
            if is_sum {
                if let Item::Quantity(_) = value {
                    self.budget.spend(equal::CONVERTING)?;
                }
                let Some(sum) = sum(&total, &value) else { return Ok(Vec::new()) };
                total = sum;
            } else {
                let Some(order) = equal::order(&value, &total, call.place, &mut self.budget)? else {
                    return Ok(Vec::new());
                };
                let wanted = if call.function == Function::Min { Ordering::Less } else { Ordering::Greater };
                if order == wanted {
                    total = value;
                }
            }
        }
        if call.function == Function::Avg {
            let count = Decimal::from(i64::try_from(input.len()).unwrap_or(i64::MAX));
            let mean = match &total {
                Item::Quantity(quantity) => {
                    quantity.value.over(count).map(|mean| Item::Quantity(Arc::new(quantity.with(mean))))
                }
                other => equal::number(other).and_then(|sum| sum.over(count)).map(Item::Decimal),
            };
            return Ok(mean.into_iter().collect());
        }
        Ok(vec![total])
    }
}

fn sum<'a>(one: &Item<'a>, two: &Item<'a>) -> Option<Item<'a>> {
    Some(match (one, two) {
        (Item::Integer(one), Item::Integer(two)) => Item::Integer(one.checked_add(*two)?),
        (Item::Long(one), Item::Long(two)) => Item::Long(one.checked_add(*two)?),
        (Item::Quantity(one), Item::Quantity(two)) => Item::Quantity(Arc::new(one.plus(two)?)),
        (one, two) => Item::Decimal(equal::number(one)?.plus(equal::number(two)?)?),
    })
}
