//! What operators do.

use meridian_model::both;
use meridian_model::language::Both;

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Budget, Eval, Scope};
use crate::ast::{Expr, Operator, TypeName};
use crate::equal::{self, Distinct};
use crate::fault::Fault;
use crate::item::{Collection, Item};
use crate::quantity::Quantity;
use crate::temporal::Temporal;
use crate::types::{Form, Kind, System, types};

impl<'a> Eval<'_, 'a> {
    pub(crate) fn operate(
        &mut self,
        operator: Operator,
        left: Collection<'a>,
        right: &Expr,
        scope: Scope<'_, 'a>,
        place: usize,
    ) -> Result<Collection<'a>, Fault> {
        use Operator as O;
        if let O::And | O::Or | O::Implies = operator {
            let left = self.bool_of(&left, place)?;
            return Ok(truth(self.logic(operator, left, right, scope, place)?));
        }
        // The usual question needs no collection for its literal.
        if let (O::Equal | O::NotEqual, Expr::Literal(literal), [item]) = (operator, right, left.as_slice()) {
            let known = equal::equal(item, literal, &mut self.budget)?;
            return Ok(truth(known.map(|known| known == (operator == O::Equal))));
        }
        let right = self.inside(right, scope)?;
        Ok(match operator {
            O::Equal | O::NotEqual => {
                if left.is_empty() || right.is_empty() {
                    return Ok(Vec::new());
                }
                let known = equal::equal_all(&left, &right, &mut self.budget)?;
                truth(known.map(|known| known == (operator == O::Equal)))
            }
            O::Equivalent | O::NotEquivalent => {
                let known = equal::equivalent_all(&left, &right, &mut self.budget)?;
                truth(Some(known == (operator == O::Equivalent)))
            }
            O::Less | O::LessOrEqual | O::Greater | O::GreaterOrEqual => {
                compare(operator, &left, &right, place, &mut self.budget)?
            }
            O::Union => Distinct::of(left.into_iter().chain(right), &mut self.budget)?.items,
            O::In => self.contains(&right, &left, place)?,
            O::Contains => self.contains(&left, &right, place)?,
            O::Xor => match (self.bool_of(&left, place)?, self.bool_of(&right, place)?) {
                (Some(one), Some(two)) => truth(Some(one != two)),
                _ => Vec::new(),
            },
            O::Concat => {
                let text = |side: &[Item<'a>]| match single(side, place, ("an operand of `&`", "`&` 的操作数"))? {
                    None => Ok(std::borrow::Cow::Borrowed("")),
                    Some(item) => item.to_text().ok_or_else(|| wrong(item, ("a String", "String"), place)),
                };
                let (one, two) = (text(&left)?, text(&right)?);
                self.budget.text(one.len() + two.len())?;
                vec![Item::made([one, two].concat())]
            }
            _ => self.math(operator, &left, &right, place)?,
        })
    }

    /// Three-valued logic, where the left side is known and may decide alone: false and …, true or …, false implies ….
    pub(crate) fn logic(
        &mut self,
        operator: Operator,
        left: Option<bool>,
        right: &Expr,
        scope: Scope<'_, 'a>,
        place: usize,
    ) -> Result<Option<bool>, Fault> {
        let decides = operator == Operator::Or;
        if left == Some(decides) {
            return Ok(Some(operator != Operator::And));
        }
        let right = self.condition(right, scope, place)?;
        Ok(match (operator, left, right) {
            (Operator::And, _, Some(false)) => Some(false),
            (Operator::And, Some(true), Some(true)) => Some(true),
            (Operator::Or | Operator::Implies, _, Some(true)) => Some(true),
            (Operator::Or, Some(false), Some(false)) => Some(false),
            (Operator::Implies, Some(true), right) => right,
            _ => None,
        })
    }

    /// Is the one item of `one` in `all`?
    fn contains(&mut self, all: &[Item<'a>], one: &[Item<'a>], place: usize) -> Result<Collection<'a>, Fault> {
        let Some(item) = single(one, place, ("what is looked for", "要找的值"))? else { return Ok(Vec::new()) };
        for known in all {
            if equal::equal(known, item, &mut self.budget)? == Some(true) {
                return Ok(truth(Some(true)));
            }
        }
        Ok(truth(Some(false)))
    }

    /// A collection as a Boolean: one that is none counts as true, and of a primitive without a value nothing is known.
    pub(crate) fn bool_of(&self, items: &[Item<'a>], place: usize) -> Result<Option<bool>, Fault> {
        Ok(single(items, place, ("a condition", "条件"))?.and_then(|item| match item {
            Item::Node(node) if node.value().is_null() => None,
            item => Some(item.bool().unwrap_or(true)),
        }))
    }

    pub(crate) fn integer_of(&self, items: &[Item<'a>], place: usize, what: Name) -> Result<Option<i64>, Fault> {
        let Some(item) = single(items, place, what)? else { return Ok(None) };
        match item.scalar() {
            Some(Item::Integer(number)) => Ok(Some(i64::from(number))),
            Some(Item::Long(number)) => Ok(Some(number)),
            _ => Err(wrong(item, ("an Integer", "Integer"), place)),
        }
    }

    pub(crate) fn is(&self, items: &[Item<'a>], of_type: &TypeName) -> Result<Collection<'a>, Fault> {
        check_type(of_type)?;
        let item = single(items, of_type.place, ("the left side of `is`", "`is` 的左边"))?;
        Ok(truth(item.map(|item| is_of(item, of_type, true))))
    }

    /// The items that are of a type. One at most, unless many are let through (R4's own invariants need it).
    pub(crate) fn r#as(&mut self, mut items: Collection<'a>, of_type: &TypeName) -> Result<Collection<'a>, Fault> {
        check_type(of_type)?;
        if !self.as_filters {
            single(&items, of_type.place, ("the left side of `as`", "`as` 的左边"))?;
        }
        self.budget.items(items.len())?;
        items.retain(|item| is_of(item, of_type, false));
        Ok(items)
    }

    pub(crate) fn signed(
        &mut self,
        operand: &Expr,
        negative: bool,
        place: usize,
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        let items = self.inside(operand, scope)?;
        let Some(item) = single(&items, place, ("the operand of a sign", "正负号后的值"))? else {
            return Ok(Vec::new());
        };
        let value = item.scalar().ok_or_else(|| wrong(item, ("a number", "数字"), place))?;
        let turned = match &value {
            Item::Integer(number) => number.checked_neg().map(Item::Integer),
            Item::Long(number) => number.checked_neg().map(Item::Long),
            Item::Decimal(number) => number.negated().map(Item::Decimal),
            Item::Quantity(quantity) => quantity.negated().map(|it| Item::Quantity(Arc::new(it))),
            _ => return Err(wrong(item, ("a number", "数字"), place)),
        };
        Ok(if negative { turned } else { Some(value) }.into_iter().collect())
    }

    fn math(
        &mut self,
        operator: Operator,
        left: &[Item<'a>],
        right: &[Item<'a>],
        place: usize,
    ) -> Result<Collection<'a>, Fault> {
        let one = single(left, place, ("the left operand", "左边的操作数"))?;
        let two = single(right, place, ("the right operand", "右边的操作数"))?;
        let (Some(one), Some(two)) = (one, two) else { return Ok(Vec::new()) };
        let unfit = || {
            let name = |item: &Item<'_>| item.system().map_or(item.type_name().1, System::name);
            let says = both!(
                "`{}` does not go with {} and {}",
                "`{}` 不能用于 {} 与 {}",
                operator.text(),
                name(one),
                name(two)
            );
            Fault::execution(place, says)
        };
        let (Some(one), Some(two)) = (one.scalar(), two.scalar()) else { return Err(unfit()) };
        if let (Some(one), Some(two), Operator::Add) = (one.str(), two.str(), operator) {
            self.budget.text(one.len() + two.len())?;
            return Ok(vec![Item::made([one, two].concat())]);
        }
        if let (Item::Quantity(_), Item::Quantity(_)) = (&one, &two) {
            self.budget.spend(equal::CONVERTING)?;
        }
        let found = match (&one, &two) {
            (Item::Integer(one), Item::Integer(two)) => integers(operator, i64::from(*one), i64::from(*two))
                .map(|found| found.filter(|item| !matches!(item, Item::Long(_)))),
            (Item::Integer(_) | Item::Long(_), Item::Integer(_) | Item::Long(_)) => {
                let long = |item: &Item<'_>| match item {
                    Item::Integer(number) => i64::from(*number),
                    Item::Long(number) => *number,
                    _ => 0,
                };
                integers(operator, long(&one), long(&two)).map(|found| match found {
                    Some(Item::Integer(number)) => Some(Item::Long(i64::from(number))),
                    other => other,
                })
            }
            (Item::Date(date) | Item::DateTime(date), Item::Quantity(by)) => {
                let is_date = matches!(one, Item::Date(_));
                return Ok(shift(operator, *date, by, false, place)?
                    .map(|moved| if is_date { Item::Date(moved) } else { Item::DateTime(moved) })
                    .into_iter()
                    .collect());
            }
            (Item::Time(time), Item::Quantity(by)) => {
                return Ok(shift(operator, *time, by, true, place)?.map(Item::Time).into_iter().collect());
            }
            _ => match (equal::number(&one), equal::number(&two)) {
                (Some(one), Some(two)) => decimals(operator, one, two),
                _ => match (equal::quantity(&one), equal::quantity(&two)) {
                    (Some(one), Some(two)) => quantities(operator, &one, &two),
                    _ => None,
                },
            },
        };
        Ok(found.ok_or_else(unfit)?.into_iter().collect())
    }
}

/// Whole numbers: `None` for an operator that they have not, `Some(None)` for an overflow or a division by zero.
#[expect(clippy::option_option, reason = "the two ways of having no answer differ")]
fn integers(operator: Operator, one: i64, two: i64) -> Option<Option<Item<'static>>> {
    Some(
        match operator {
            Operator::Add => one.checked_add(two),
            Operator::Subtract => one.checked_sub(two),
            Operator::Times => one.checked_mul(two),
            Operator::Div => one.checked_div(two),
            Operator::Mod => one.checked_rem(two),
            Operator::Over => return decimals(operator, one.into(), two.into()),
            _ => return None,
        }
        .map(Item::integer),
    )
}

#[expect(clippy::option_option, reason = "the two ways of having no answer differ")]
fn decimals(
    operator: Operator,
    one: crate::decimal::Decimal,
    two: crate::decimal::Decimal,
) -> Option<Option<Item<'static>>> {
    Some(
        match operator {
            Operator::Add => one.plus(two),
            Operator::Subtract => one.minus(two),
            Operator::Times => one.times(two),
            Operator::Over => one.over(two),
            Operator::Div => {
                return Some(one.whole_over(two).map(|whole| match whole.whole().map(i32::try_from) {
                    Some(Ok(integer)) => Item::Integer(integer),
                    _ => Item::Decimal(whole),
                }));
            }
            Operator::Mod => one.rest_over(two),
            _ => return None,
        }
        .map(Item::Decimal),
    )
}

#[expect(clippy::option_option, reason = "the two ways of having no answer differ")]
fn quantities(operator: Operator, one: &Quantity, two: &Quantity) -> Option<Option<Item<'static>>> {
    // A number without a unit takes that of the other side where it is added to one.
    let adopted = |it: &Quantity, other: &Quantity| if it.unit.is_one() { other.with(it.value) } else { it.clone() };
    Some(
        match operator {
            Operator::Add => adopted(one, two).plus(&adopted(two, one)),
            Operator::Subtract => two.negated().and_then(|two| adopted(one, &two).plus(&adopted(&two, one))),
            Operator::Times => one.times(two),
            Operator::Over => one.over(two),
            _ => return None,
        }
        .map(|quantity| Item::Quantity(Arc::new(quantity))),
    )
}

/// A date or time, moved by a duration.
fn shift(
    operator: Operator,
    from: Temporal,
    by: &Quantity,
    is_time: bool,
    place: usize,
) -> Result<Option<Temporal>, Fault> {
    let sign = match operator {
        Operator::Add => 1,
        Operator::Subtract => -1,
        _ => {
            return Err(Fault::execution(
                place,
                both!("`{}` does not go with dates", "`{}` 不能用于日期", operator.text()),
            ));
        }
    };
    let Some(step) = by.unit.step() else {
        let says = both!(
            "`{}` is no duration that can be added to a date or time",
            "`{}` 不是可以与日期时间相加减的时长",
            by.unit.text()
        );
        return Err(Fault::execution(place, says));
    };
    if is_time && step < crate::temporal::Step::Hour {
        let says = both!(
            "to a time hours, minutes, seconds and milliseconds can be added; it has no days",
            "时间只能加减时、分、秒和毫秒"
        );
        return Err(Fault::execution(place, says));
    }
    // Parts of a unit fall away: durations are those of the calendar. Of a keyword's seconds the parts count.
    let is_second = matches!(by.unit, crate::quantity::Unit::Calendar(crate::temporal::Step::Second, _));
    let (amount, step) = match by.value.times(1000.into()) {
        Some(millis) if is_second && by.value.whole().is_none() => (millis, crate::temporal::Step::Millisecond),
        _ => (by.value, step),
    };
    let Some(amount) = amount.truncated(0).whole() else { return Ok(None) };
    match amount.checked_mul(sign).and_then(|amount| from.plus(amount, step, is_time)) {
        Some(moved) => Ok(Some(moved)),
        None => {
            Err(Fault::execution(place, both!("the date lies beyond the years 1 to 9999", "日期超出 1 至 9999 年")))
        }
    }
}

fn compare<'a>(
    operator: Operator,
    left: &[Item<'_>],
    right: &[Item<'_>],
    place: usize,
    budget: &mut Budget,
) -> Result<Collection<'a>, Fault> {
    let one = single(left, place, ("the left side of a comparison", "比较的左边"))?;
    let two = single(right, place, ("the right side of a comparison", "比较的右边"))?;
    let (Some(one), Some(two)) = (one, two) else { return Ok(Vec::new()) };
    let order = equal::order(one, two, place, budget)?;
    Ok(truth(order.map(|order| match operator {
        Operator::Less => order == Ordering::Less,
        Operator::LessOrEqual => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })))
}

/// What a message calls a thing, in English and in Chinese.
pub(crate) type Name = (&'static str, &'static str);

/// The one item of a collection, `None` if it is empty.
pub(crate) fn single<'c, 'a>(items: &'c [Item<'a>], place: usize, what: Name) -> Result<Option<&'c Item<'a>>, Fault> {
    match items {
        [] => Ok(None),
        [item] => Ok(Some(item)),
        items => Err(Fault::execution(place, {
            let count = items.len();
            Both::new(
                format!("{} must be one item; there are {count}", what.0),
                format!("{}只能有一个，现有 {count} 个", what.1),
            )
        })),
    }
}

pub(crate) fn truth<'a>(known: Option<bool>) -> Collection<'a> {
    known.map(Item::Boolean).into_iter().collect()
}

pub(crate) fn wrong(item: &Item<'_>, wanted: Name, place: usize) -> Fault {
    let (model, name) = item.type_name();
    Fault::execution(
        place,
        Both::new(
            format!("{} is wanted here, not {model}.{name}", wanted.0),
            format!("此处应是 {}，不能是 {model}.{name}", wanted.1),
        ),
    )
}

/// A name that no model knows is a fault.
pub(crate) fn check_type(of_type: &TypeName) -> Result<(), Fault> {
    if of_type.kind == Kind::UNKNOWN && of_type.system.is_none() && !of_type.foreign {
        return Err(Fault::execution(of_type.place, both!("there is no type `{}`", "没有类型 `{}`", of_type.text)));
    }
    Ok(())
}

/// Is it of this type? `or_special`: the types that are made from a primitive count as it (`code` is a `string`);
/// `as` and `ofType()` take a primitive for what it is.
pub(crate) fn is_of(item: &Item<'_>, of_type: &TypeName, or_special: bool) -> bool {
    let types = types();
    match item {
        Item::Node(node) => {
            let is_primitive = matches!(types.table(node.kind()).form, Form::Primitive(_));
            let fits = of_type.kind != Kind::UNKNOWN
                && if is_primitive && !or_special {
                    node.kind() == of_type.kind
                } else {
                    types.is_a(node.kind(), of_type.kind)
                };
            fits || of_type.system == Some(System::Any)
        }
        other => match (other.system(), of_type.system) {
            (_, Some(System::Any)) => true,
            (Some(one), Some(two)) => one == two,
            _ => false,
        },
    }
}
