//! Functions of whole collections: existence, parts, unions.

use super::Function;
use crate::ast::Call;
use crate::equal::Distinct;
use crate::eval::{Eval, Scope, single, truth, wrong};
use crate::fault::Fault;
use crate::item::{Collection, Item};

impl<'a> Eval<'_, 'a> {
    pub(super) fn collection(
        &mut self,
        call: &Call,
        mut input: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        Ok(match call.function {
            Function::Empty => truth(Some(input.is_empty())),
            Function::Exists => match call.args.first() {
                None => truth(Some(!input.is_empty())),
                Some(criterion) => {
                    for (index, item) in input.iter().enumerate() {
                        if self.holds(criterion, item, index, scope, call.place)? == Some(true) {
                            return Ok(truth(Some(true)));
                        }
                    }
                    truth(Some(false))
                }
            },
            Function::All => {
                if let Some(criterion) = call.args.first() {
                    for (index, item) in input.iter().enumerate() {
                        if self.holds(criterion, item, index, scope, call.place)? != Some(true) {
                            return Ok(truth(Some(false)));
                        }
                    }
                }
                truth(Some(true))
            }
            Function::AllTrue | Function::AnyTrue | Function::AllFalse | Function::AnyFalse => {
                let wanted = matches!(call.function, Function::AllTrue | Function::AnyTrue);
                let all = matches!(call.function, Function::AllTrue | Function::AllFalse);
                let mut answer = all;
                for item in &input {
                    let value = item.bool().ok_or_else(|| wrong(item, ("a Boolean", "Boolean"), call.place))?;
                    if (value == wanted) != all {
                        answer = !all;
                    }
                }
                truth(Some(answer))
            }
            Function::Count => vec![Item::integer(i64::try_from(input.len()).unwrap_or(i64::MAX))],
            Function::Distinct => Distinct::of(input, &mut self.budget)?.items,
            Function::IsDistinct => {
                let count = input.len();
                truth(Some(Distinct::of(input, &mut self.budget)?.items.len() == count))
            }
            Function::Not => truth(self.bool_of(&input, call.place)?.map(|value| !value)),
            Function::Single => {
                single(&input, call.place, ("the input of `single()`", "`single()` 的输入"))?;
                input
            }
            Function::First => {
                input.truncate(1);
                input
            }
            Function::Last => input.pop().into_iter().collect(),
            Function::Tail => {
                self.budget.items(input.len())?;
                input.into_iter().skip(1).collect()
            }
            Function::Skip | Function::Take => {
                let Some(count) = self.integer(call, 0, scope)? else { return Ok(Vec::new()) };
                let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
                if call.function == Function::Take {
                    input.truncate(count);
                    input
                } else {
                    self.budget.items(input.len())?;
                    input.into_iter().skip(count).collect()
                }
            }
            _ => {
                let other = self.argument(call, 0, scope)?;
                self.two(call, input, other, scope)?
            }
        })
    }

    fn two(
        &mut self,
        call: &Call,
        mut input: Collection<'a>,
        other: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        Ok(match call.function {
            Function::Union => Distinct::of(input.into_iter().chain(other), &mut self.budget)?.items,
            Function::Combine => {
                // Both collections keep their order anyway, which the second argument may ask for.
                self.one(call, 1, scope)?;
                self.budget.items(input.len().saturating_add(other.len()))?;
                input.extend(other);
                input
            }
            Function::SubsetOf => truth(Some(self.is_within(&input, other)?)),
            Function::SupersetOf => truth(Some(self.is_within(&other, input)?)),
            Function::Intersect | Function::Exclude => {
                let is_intersection = call.function == Function::Intersect;
                let other = Distinct::of(other, &mut self.budget)?;
                let mut found = Vec::new();
                for item in input {
                    self.budget.spend(1)?;
                    if other.has(&item, &mut self.budget)? == is_intersection {
                        found.push(item);
                    }
                }
                if is_intersection { Distinct::of(found, &mut self.budget)?.items } else { found }
            }
            _ => input,
        })
    }

    fn is_within(&mut self, part: &[Item<'a>], whole: Collection<'a>) -> Result<bool, Fault> {
        let whole = Distinct::of(whole, &mut self.budget)?;
        for item in part {
            if !whole.has(item, &mut self.budget)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
