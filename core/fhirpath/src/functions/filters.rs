//! Functions that look at each item by an expression: `where()`, `select()`, `repeat()`, `sort()`; `iif()` and
//! `coalesce()`, which evaluate only what they need.

use meridian_model::both;

use std::cmp::Ordering;
use std::collections::VecDeque;

use super::Function;
use crate::ast::{Call, Direction};
use crate::equal::{self, Distinct};
use crate::eval::{Budget, Eval, Scope, check_type, is_of, single};
use crate::fault::Fault;
use crate::item::{Collection, Item};

impl<'a> Eval<'_, 'a> {
    pub(super) fn filter(
        &mut self,
        call: &Call,
        input: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        match (call.function, call.args.first(), &call.of_type) {
            (Function::Where, Some(criterion), _) => {
                let mut found = Vec::new();
                for (index, item) in input.into_iter().enumerate() {
                    if self.holds(criterion, &item, index, scope, call.place)? == Some(true) {
                        found.push(item);
                    }
                }
                Ok(found)
            }
            (Function::Select, Some(projection), _) => {
                let mut found = Vec::new();
                for (index, item) in input.iter().enumerate() {
                    let mut more = self.inside(projection, scope.of(item, index))?;
                    self.budget.items(more.len())?;
                    found.append(&mut more);
                }
                Ok(found)
            }
            (Function::Repeat | Function::RepeatAll, ..) => self.repeat(call, input, scope),
            (Function::OfType, _, Some(of_type)) => {
                check_type(of_type)?;
                self.budget.items(input.len())?;
                Ok(input.into_iter().filter(|item| is_of(item, of_type, false)).collect())
            }
            (Function::Sort, ..) => self.sort(call, input, scope),
            (Function::Coalesce, ..) => {
                for at in 0..call.args.len() {
                    let found = self.argument(call, at, scope)?;
                    if !found.is_empty() {
                        return Ok(found);
                    }
                }
                Ok(Vec::new())
            }
            _ => self.iif(call, &input, scope),
        }
    }

    fn iif(&mut self, call: &Call, input: &[Item<'a>], scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        single(input, call.place, ("the input of `iif()`", "`iif()` 的输入"))?;
        let scope = Scope { this: input, ..scope };
        let criterion = self.argument(call, 0, scope)?;
        let holds = match single(&criterion, call.place, ("the criterion of `iif()`", "`iif()` 的条件"))? {
            None => false,
            Some(item) => item.bool().ok_or_else(|| {
                Fault::semantic(
                    call.place,
                    both!("the criterion of `iif()` must be a Boolean", "`iif()` 的条件必须是 Boolean"),
                )
            })?,
        };
        self.argument(call, if holds { 1 } else { 2 }, scope)
    }

    fn repeat(&mut self, call: &Call, input: Collection<'a>, scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        let Some(projection) = call.args.first() else { return Ok(Vec::new()) };
        let mut waiting: VecDeque<Item<'a>> = input.into();
        let mut found = Distinct::new();
        while let Some(item) = waiting.pop_front() {
            let scope = Scope { this: std::slice::from_ref(&item), ..scope };
            for next in self.inside(projection, scope)? {
                self.budget.spend(1)?;
                if call.function == Function::RepeatAll {
                    found.items.push(next.clone());
                    waiting.push_back(next);
                } else if found.add(next.clone(), &mut self.budget)? {
                    waiting.push_back(next);
                }
            }
        }
        Ok(found.items)
    }

    fn sort(&mut self, call: &Call, input: Collection<'a>, scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        let mut rows = Vec::with_capacity(input.len());
        for item in input {
            let mut keys = Vec::with_capacity(call.args.len().max(1));
            if call.args.is_empty() {
                keys.push(Some(item.clone()));
            }
            for key in &call.args {
                let scope = Scope { this: std::slice::from_ref(&item), index: None, ..scope };
                let mut found = self.inside(key, scope)?;
                single(&found, call.place, ("a key of `sort()`", "`sort()` 的排序键"))?;
                keys.push(found.pop());
            }
            rows.push((keys, item));
        }
        let length = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        self.budget.spend(length.saturating_mul(u64::from(length.checked_ilog2().unwrap_or(0)) + 1))?;
        let rows = sorted(rows, &mut |one, two| order(call, &one.0, &two.0, &mut self.budget))?;
        Ok(rows.into_iter().map(|(_, item)| item).collect())
    }
}

type Keys<'a> = Vec<Option<Item<'a>>>;

fn order(call: &Call, one: &Keys<'_>, two: &Keys<'_>, budget: &mut Budget) -> Result<Ordering, Fault> {
    let directions = call.directions.iter().copied().chain(std::iter::repeat(Direction::Ascending));
    for ((one, two), direction) in one.iter().zip(two).zip(directions) {
        let order = match (one, two) {
            (Some(one), Some(two)) => {
                // What has no known order stays as it stands.
                let order = equal::order(one, two, call.place, budget)?.unwrap_or(Ordering::Equal);
                if direction == Direction::Ascending { order } else { order.reverse() }
            }
            // What has no key is lower than all others; a negated key leaves it there.
            (one, two) => {
                let order = one.is_some().cmp(&two.is_some());
                if direction == Direction::Descending { order.reverse() } else { order }
            }
        };
        if order != Ordering::Equal {
            return Ok(order);
        }
    }
    Ok(Ordering::Equal)
}

/// Sorts by merging, in the order in which equal ones stand. Partial dates and units that do not meet have no total order,
/// which the standard library's sort does not forgive.
fn sorted<T>(rows: Vec<T>, order: &mut impl FnMut(&T, &T) -> Result<Ordering, Fault>) -> Result<Vec<T>, Fault> {
    let mut runs: Vec<Vec<T>> = rows.into_iter().map(|row| vec![row]).collect();
    while runs.len() > 1 {
        let mut longer = Vec::with_capacity(runs.len().div_ceil(2));
        let mut rest = runs.into_iter();
        while let Some(one) = rest.next() {
            longer.push(match rest.next() {
                Some(two) => merged(one, two, order)?,
                None => one,
            });
        }
        runs = longer;
    }
    Ok(runs.pop().unwrap_or_default())
}

fn merged<T>(
    one: Vec<T>,
    two: Vec<T>,
    order: &mut impl FnMut(&T, &T) -> Result<Ordering, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut all = Vec::with_capacity(one.len() + two.len());
    let (mut one, mut two) = (one.into_iter().peekable(), two.into_iter().peekable());
    while let (Some(left), Some(right)) = (one.peek(), two.peek()) {
        let next = if order(left, right)? == Ordering::Greater { two.next() } else { one.next() };
        all.extend(next);
    }
    all.extend(one);
    all.extend(two);
    Ok(all)
}
