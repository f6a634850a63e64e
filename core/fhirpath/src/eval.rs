//! Walks an expression: paths, variables and operators. Functions are in [`crate::functions`].

mod navigate;
mod operators;
mod variables;

pub(crate) use operators::{check_type, is_of, single, truth, wrong};

use meridian_model::both;

use crate::ast::{Expr, Link, Operand, Operator, Step};
use crate::context::Context;
use crate::equal::equal;
use crate::fault::Fault;
use crate::item::{Collection, Item};

/// What is left of the work that an evaluation may do.
#[derive(Debug)]
pub(crate) struct Budget {
    left: u64,
}

/// Longest text that an expression may make.
const LONGEST_TEXT: usize = 1 << 20;

impl Budget {
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    pub(crate) fn spend(&mut self, steps: u64) -> Result<(), Fault> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                Err(Fault::budget(0, both!("the expression takes more steps than it may", "表达式的计算步骤超过限制")))
            }
        }
    }

    /// Pays for so many items that are copied, moved or looked through.
    pub(crate) fn items(&mut self, count: usize) -> Result<(), Fault> {
        self.spend(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// Pays for comparing texts of these lengths for their order, which ends with the shorter.
    pub(crate) fn compare(&mut self, one: usize, two: usize) -> Result<(), Fault> {
        self.items(one.min(two) / 64)
    }

    /// Pays for reading a text of this length.
    pub(crate) fn read(&mut self, length: usize) -> Result<(), Fault> {
        self.spend(1 + u64::try_from(length / 64).unwrap_or(u64::MAX))
    }

    /// Pays for a text of this length that is made.
    pub(crate) fn text(&mut self, length: usize) -> Result<(), Fault> {
        if length > LONGEST_TEXT {
            return Err(Fault::budget(
                0,
                both!(
                    "the expression makes a text of more than {LONGEST_TEXT} bytes",
                    "表达式产生的文字超过 {LONGEST_TEXT} 字节"
                ),
            ));
        }
        self.spend(1 + u64::try_from(length / 8).unwrap_or(u64::MAX))
    }
}

/// What `$this`, `$index` and `$total` are at the moment.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s, 'a> {
    pub(crate) this: &'s [Item<'a>],
    pub(crate) index: Option<usize>,
    pub(crate) total: Option<&'s [Item<'a>]>,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// The scope of one item of a collection.
    pub(crate) fn of(self, item: &'s Item<'a>, index: usize) -> Self {
        Self { this: std::slice::from_ref(item), index: Some(index), total: self.total }
    }
}

pub(crate) struct Eval<'e, 'a> {
    pub(crate) context: &'e Context<'a>,
    /// `%context`
    pub(crate) focus: &'e [Item<'a>],
    pub(crate) budget: Budget,
    /// `as` lets through what is of the type, however many there are.
    pub(crate) as_filters: bool,
    /// A collection that is no longer used; its memory is.
    spare: Collection<'a>,
    /// Variables of `defineVariable()`, the innermost last.
    pub(crate) defined: Vec<(std::sync::Arc<str>, Collection<'a>)>,
}

impl<'e, 'a> Eval<'e, 'a> {
    pub(crate) fn new(context: &'e Context<'a>, focus: &'e [Item<'a>]) -> Self {
        let budget = Budget { left: context.allowance() };
        Self { context, focus, budget, as_filters: context.as_filters, spare: Vec::new(), defined: Vec::new() }
    }

    pub(crate) fn run(&mut self, expr: &Expr) -> Result<Collection<'a>, Fault> {
        self.eval(expr, Scope { this: self.focus, index: Some(0), total: None })
    }

    /// An empty collection.
    pub(crate) fn fresh(&mut self) -> Collection<'a> {
        std::mem::take(&mut self.spare)
    }

    /// Takes a collection back.
    pub(crate) fn give_back(&mut self, mut items: Collection<'a>) {
        if items.capacity() > self.spare.capacity() {
            items.clear();
            self.spare = items;
        }
    }

    /// A copy of a collection, which is paid for before it is made.
    pub(crate) fn copy(&mut self, items: &[Item<'a>]) -> Result<Collection<'a>, Fault> {
        self.budget.items(items.len())?;
        Ok(items.to_vec())
    }

    /// Evaluates; what `defineVariable()` defines stays for the steps that follow.
    pub(crate) fn eval(&mut self, expr: &Expr, scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        self.budget.spend(1)?;
        match expr {
            Expr::Empty => Ok(Vec::new()),
            Expr::Literal(item) => Ok(vec![item.clone()]),
            Expr::Variable { name, place } => self.variable(name, *place),
            Expr::This => self.copy(scope.this),
            Expr::Index => {
                Ok(scope.index.map(|index| Item::integer(index.try_into().unwrap_or(i64::MAX))).into_iter().collect())
            }
            Expr::Total { place } => match scope.total {
                Some(total) => self.copy(total),
                None => Err(Fault::semantic(
                    *place,
                    both!("`$total` is known inside `aggregate()` only", "`$total` 只能用在 `aggregate()` 中"),
                )),
            },
            Expr::Path { start, steps } => self.path(start.as_deref(), steps, scope),
            Expr::Chain { first, rest } => self.chain(first, rest, scope),
            Expr::Negate { operand, place } => self.signed(operand, true, *place, scope),
            Expr::Plus { operand, place } => self.signed(operand, false, *place, scope),
            Expr::Inside(inner) => self.inside(inner, scope),
        }
    }

    /// Evaluates what may define variables for itself only.
    pub(crate) fn inside(&mut self, expr: &Expr, scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        let known = self.defined.len();
        let found = self.eval(expr, scope);
        self.defined.truncate(known);
        found
    }

    fn path(&mut self, start: Option<&Expr>, steps: &[Step], scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        let mut rest = steps.iter();
        let mut items = match (start, steps.first()) {
            (Some(start), _) => self.eval(start, scope)?,
            // The usual start needs no copy of the focus.
            (None, Some(Step::Member(member))) => {
                rest.next();
                self.member(scope.this, member, true)?
            }
            (None, _) => self.copy(scope.this)?,
        };
        for step in rest {
            items = match step {
                Step::Member(member) => {
                    let found = self.member(&items, member, false)?;
                    self.give_back(items);
                    found
                }
                Step::Call(call) => self.call(call, items, scope).map_err(|fault| placed(fault, call.place))?,
                Step::At { index, place } => {
                    let found = self.inside(index, scope)?;
                    let index = self.integer_of(&found, *place, ("an index", "序号"))?;
                    let item =
                        index.and_then(|index| usize::try_from(index).ok()).and_then(|index| items.get(index).cloned());
                    item.into_iter().collect()
                }
            };
        }
        Ok(items)
    }

    /// The answer of a condition. Questions and their logic need no collection for their answers.
    pub(crate) fn condition(&mut self, expr: &Expr, scope: Scope<'_, 'a>, place: usize) -> Result<Option<bool>, Fault> {
        if let Expr::Chain { first, rest } = expr
            && let [Link { operator, operand: Operand::Expr(right), place }] = rest.as_slice()
        {
            match operator {
                Operator::And | Operator::Or | Operator::Implies => {
                    self.budget.spend(1)?;
                    let left = self.condition(first, scope, *place)?;
                    return self.logic(*operator, left, right, scope, *place);
                }
                Operator::Equal | Operator::NotEqual if matches!(right, Expr::Literal(_)) => {
                    self.budget.spend(1)?;
                    let left = self.inside(first, scope)?;
                    let Expr::Literal(literal) = right else { return Ok(None) };
                    let known = match left.as_slice() {
                        [] => None,
                        [item] => equal(item, literal, &mut self.budget)?,
                        _ => Some(false),
                    };
                    self.give_back(left);
                    return Ok(known.map(|known| known == (*operator == Operator::Equal)));
                }
                _ => {}
            }
        }
        let found = self.inside(expr, scope)?;
        let known = self.bool_of(&found, place);
        self.give_back(found);
        known
    }

    /// What a path finds before its last step, if that is a name.
    pub(crate) fn parents<'x>(&mut self, expr: &'x Expr) -> Result<Option<(Collection<'a>, &'x str)>, Fault> {
        let Expr::Path { start, steps } = expr else { return Ok(None) };
        let Some((Step::Member(last), before)) = steps.split_last() else { return Ok(None) };
        let scope = Scope { this: self.focus, index: Some(0), total: None };
        Ok(Some((self.path(start.as_deref(), before, scope)?, &last.name)))
    }

    fn chain(&mut self, first: &Expr, rest: &[Link], scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        let mut left = self.inside(first, scope)?;
        for link in rest {
            self.budget.spend(1)?;
            left = match &link.operand {
                Operand::Type(of_type) if link.operator == Operator::Is => self.is(&left, of_type)?,
                Operand::Type(of_type) => self.r#as(left, of_type)?,
                Operand::Expr(right) => self
                    .operate(link.operator, left, right, scope, link.place)
                    .map_err(|fault| placed(fault, link.place))?,
            };
        }
        Ok(left)
    }
}

/// A fault that knows no place of its own shows where the work was asked for.
fn placed(fault: Fault, place: usize) -> Fault {
    if fault.place == 0 { Fault { place, ..fault } } else { fault }
}
