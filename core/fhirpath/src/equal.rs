//! When two items are equal, equivalent, or one comes before the other.

use meridian_model::both;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::decimal::Decimal;
use crate::eval::Budget;
use crate::fault::Fault;
use crate::item::{Collection, Item};
use crate::quantity::{Quantity, equivalent as equivalent_decimals};
use crate::temporal::Temporal;

/// Steps that converting a unit costs.
pub(crate) const CONVERTING: u64 = 32;

/// `=` of two items; `None` where it is not known.
pub(crate) fn equal(one: &Item<'_>, two: &Item<'_>, budget: &mut Budget) -> Result<Option<bool>, Fault> {
    budget.spend(1)?;
    if let (Some(one), Some(two)) = (one.str(), two.str()) {
        return equal_texts(one, two, budget).map(Some);
    }
    if let (Item::Type(one), Item::Type(two)) = (one, two) {
        return Ok(Some(one == two));
    }
    match (one.scalar(), two.scalar()) {
        (Some(one), Some(two)) => {
            if let (Some(one), Some(two)) = (one.str(), two.str()) {
                return equal_texts(one, two, budget).map(Some);
            }
            converts(&one, &two, budget)?;
            Ok(equal_scalars(&one, &two))
        }
        (None, None) => match (one.as_node(), two.as_node()) {
            (Some(one), Some(two)) if one.address() == two.address() => Ok(Some(true)),
            (Some(one), Some(two)) if one.value().is_null() || two.value().is_null() => {
                same(one.sibling().unwrap_or(&Value::Null), two.sibling().unwrap_or(&Value::Null), budget).map(Some)
            }
            (Some(one), Some(two)) => same(one.value(), two.value(), budget).map(Some),
            _ => Ok(Some(false)),
        },
        _ => Ok(Some(false)),
    }
}

/// `=` of two collections, neither of them empty.
pub(crate) fn equal_all(one: &[Item<'_>], two: &[Item<'_>], budget: &mut Budget) -> Result<Option<bool>, Fault> {
    if one.len() != two.len() {
        return Ok(Some(false));
    }
    let mut known = Some(true);
    for (one, two) in one.iter().zip(two) {
        match equal(one, two, budget)? {
            Some(false) => return Ok(Some(false)),
            Some(true) => {}
            None => known = None,
        }
    }
    Ok(known)
}

/// Pays for units that may have to be converted, with exact numbers of any length.
fn converts(one: &Item<'_>, two: &Item<'_>, budget: &mut Budget) -> Result<(), Fault> {
    let is_converted = matches!((one, two), (Item::Quantity(_), Item::Quantity(_)));
    if is_converted { budget.spend(CONVERTING) } else { Ok(()) }
}

/// Texts of different lengths are told apart at once.
fn equal_texts(one: &str, two: &str, budget: &mut Budget) -> Result<bool, Fault> {
    if one.len() != two.len() {
        return Ok(false);
    }
    budget.compare(one.len(), two.len())?;
    Ok(one == two)
}

fn equal_scalars(one: &Item<'_>, two: &Item<'_>) -> Option<bool> {
    if let (Item::Boolean(one), Item::Boolean(two)) = (one, two) {
        return Some(one == two);
    }
    if let (Some(one), Some(two)) = (one.str(), two.str()) {
        return Some(one == two);
    }
    match order_scalars(one, two) {
        Some(known) => known.map(|order| order == Ordering::Equal),
        None => Some(false),
    }
}

/// The order of two numbers, dates, times or quantities: `None` where these have none, `Some(None)` where it is not known.
fn order_scalars(one: &Item<'_>, two: &Item<'_>) -> Option<Option<Ordering>> {
    if let (Some(one), Some(two)) = (number(one), number(two)) {
        return Some(Some(one.cmp(&two)));
    }
    if let (Some(one), Some(two)) = (quantity(one), quantity(two)) {
        return Some(one.order(&two));
    }
    match (one, two) {
        (Item::Time(one), Item::Time(two)) => Some(one.order(*two)),
        _ => Some(moment(one)?.order(moment(two)?)),
    }
}

/// `<` and its like: the order of two items. `None` where it is not known.
pub(crate) fn order(
    one: &Item<'_>,
    two: &Item<'_>,
    place: usize,
    budget: &mut Budget,
) -> Result<Option<Ordering>, Fault> {
    if let (Some(one), Some(two)) = (one.str(), two.str()) {
        budget.compare(one.len(), two.len())?;
        return Ok(Some(one.cmp(two)));
    }
    let found = match (one.scalar(), two.scalar()) {
        (Some(one), Some(two)) => match (one.str(), two.str()) {
            (Some(one), Some(two)) => {
                budget.compare(one.len(), two.len())?;
                Some(Some(one.cmp(two)))
            }
            _ => {
                converts(&one, &two, budget)?;
                order_scalars(&one, &two)
            }
        },
        _ => None,
    };
    found.ok_or_else(|| {
        let name = |item: &Item<'_>| item.system().map_or(item.type_name().1, crate::types::System::name);
        Fault::execution(place, both!("{} and {} have no order", "{} 与 {} 不能比较大小", name(one), name(two)))
    })
}

pub(crate) fn number(item: &Item<'_>) -> Option<Decimal> {
    match item {
        Item::Integer(number) => Some(Decimal::from(i64::from(*number))),
        Item::Long(number) => Some(Decimal::from(*number)),
        Item::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// A quantity, or a number as one without a unit.
pub(crate) fn quantity(item: &Item<'_>) -> Option<Cow<'static, Quantity>> {
    match item {
        Item::Quantity(quantity) => Some(Cow::Owned((**quantity).clone())),
        other => number(other).map(|number| Cow::Owned(Quantity::number(number))),
    }
}

fn moment(item: &Item<'_>) -> Option<Temporal> {
    match item {
        Item::Date(date) | Item::DateTime(date) => Some(*date),
        _ => None,
    }
}

/// `~` of two items.
pub(crate) fn equivalent(one: &Item<'_>, two: &Item<'_>, budget: &mut Budget) -> Result<bool, Fault> {
    budget.spend(1)?;
    if let (Some(one), Some(two)) = (one.str(), two.str()) {
        return equivalent_texts(one, two, budget);
    }
    match (one.scalar(), two.scalar()) {
        (Some(one), Some(two)) => {
            if let (Some(one), Some(two)) = (one.str(), two.str()) {
                return equivalent_texts(one, two, budget);
            }
            if let (Some(one), Some(two)) = (number(&one), number(&two)) {
                return Ok(equivalent_decimals(one, two));
            }
            converts(&one, &two, budget)?;
            if let (Some(one), Some(two)) = (quantity(&one), quantity(&two)) {
                return Ok(one.is_equivalent(&two));
            }
            Ok(equal_scalars(&one, &two) == Some(true))
        }
        (None, None) => match (one.as_node(), two.as_node()) {
            // Of primitives without values what stands beside them counts.
            (Some(one), Some(two)) if one.value().is_null() || two.value().is_null() => {
                similar(one.sibling().unwrap_or(&Value::Null), two.sibling().unwrap_or(&Value::Null), budget)
            }
            (Some(one), Some(two)) => similar(one.value(), two.value(), budget),
            _ => equal(one, two, budget).map(|known| known == Some(true)),
        },
        _ => Ok(false),
    }
}

/// `~` of two collections: the order does not count.
pub(crate) fn equivalent_all(one: &[Item<'_>], two: &[Item<'_>], budget: &mut Budget) -> Result<bool, Fault> {
    if one.len() != two.len() {
        return Ok(false);
    }
    matched(one, two, |one, two| equivalent(one, two, budget))
}

/// Does each of these have one of its own among those?
fn matched<T>(one: &[T], two: &[T], mut fits: impl FnMut(&T, &T) -> Result<bool, Fault>) -> Result<bool, Fault> {
    let mut free: Vec<&T> = two.iter().collect();
    for item in one {
        let mut found = None;
        for (at, other) in free.iter().enumerate() {
            if fits(item, other)? {
                found = Some(at);
                break;
            }
        }
        match found {
            Some(at) => free.swap_remove(at),
            None => return Ok(false),
        };
    }
    Ok(true)
}

/// Without case, and every blank as a space.
fn equivalent_texts(one: &str, two: &str, budget: &mut Budget) -> Result<bool, Fault> {
    if one.len() == two.len() && equal_texts(one, two, budget)? {
        return Ok(true);
    }
    budget.items(one.len().min(two.len()) / 8)?;
    let plain = |c: char| if c.is_whitespace() { ' ' } else { c }.to_lowercase();
    Ok(one.chars().flat_map(plain).eq(two.chars().flat_map(plain)))
}

/// Equal JSON, where numbers are numbers and not their text.
fn same(one: &Value, two: &Value, budget: &mut Budget) -> Result<bool, Fault> {
    budget.spend(1)?;
    Ok(match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            if one.len() != two.len() {
                return Ok(false);
            }
            return members(one, two, budget, same);
        }
        (Value::Array(one), Value::Array(two)) => {
            if one.len() != two.len() {
                return Ok(false);
            }
            for (one, two) in one.iter().zip(two) {
                if !same(one, two, budget)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::String(one), Value::String(two)) => return equal_texts(one, two, budget),
        (Value::Number(one), Value::Number(two)) => match (Decimal::read(one.as_str()), Decimal::read(two.as_str())) {
            (Some(one), Some(two)) => one == two,
            _ => one == two,
        },
        (one, two) => one == two,
    })
}

fn members(
    one: &Map<String, Value>,
    two: &Map<String, Value>,
    budget: &mut Budget,
    fits: fn(&Value, &Value, &mut Budget) -> Result<bool, Fault>,
) -> Result<bool, Fault> {
    for (key, value) in one {
        budget.items(key.len() / 64)?;
        match two.get(key) {
            Some(other) if fits(value, other, budget)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Equivalent JSON.
fn similar(one: &Value, two: &Value, budget: &mut Budget) -> Result<bool, Fault> {
    budget.spend(1)?;
    Ok(match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            return if one.len() == two.len() { members(one, two, budget, similar) } else { Ok(false) };
        }
        (Value::Array(one), Value::Array(two)) => {
            return if one.len() == two.len() {
                matched(one, two, |one, two| similar(one, two, budget))
            } else {
                Ok(false)
            };
        }
        (Value::String(one), Value::String(two)) => return equivalent_texts(one, two, budget),
        (Value::Number(one), Value::Number(two)) => match (Decimal::read(one.as_str()), Decimal::read(two.as_str())) {
            (Some(one), Some(two)) => equivalent_decimals(one, two),
            _ => one == two,
        },
        (one, two) => one == two,
    })
}

/// Collects items once each.
pub(crate) struct Distinct<'a> {
    pub(crate) items: Collection<'a>,
    texts: HashSet<String>,
    /// Places of those that are no text.
    others: Vec<usize>,
}

impl<'a> Distinct<'a> {
    pub(crate) fn new() -> Self {
        Self { items: Vec::new(), texts: HashSet::new(), others: Vec::new() }
    }

    /// Adds an item, unless one that is equal is there; says whether it did.
    pub(crate) fn add(&mut self, item: Item<'a>, budget: &mut Budget) -> Result<bool, Fault> {
        budget.spend(1)?;
        if self.has(&item, budget)? {
            return Ok(false);
        }
        match item.str() {
            Some(text) => {
                budget.items(text.len() / 16)?;
                self.texts.insert(text.to_owned());
            }
            None => self.others.push(self.items.len()),
        }
        self.items.push(item);
        Ok(true)
    }

    pub(crate) fn has(&self, item: &Item<'a>, budget: &mut Budget) -> Result<bool, Fault> {
        if let Some(text) = item.str() {
            budget.items(text.len() / 64)?;
            return Ok(self.texts.contains(text));
        }
        for at in &self.others {
            if let Some(known) = self.items.get(*at)
                && equal(known, item, budget)? == Some(true)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) fn of(items: impl IntoIterator<Item = Item<'a>>, budget: &mut Budget) -> Result<Self, Fault> {
        let mut all = Self::new();
        for item in items {
            all.add(item, budget)?;
        }
        Ok(all)
    }
}
