//! An expression, read once and evaluated often.

use std::sync::Arc;

use crate::asks::{self, Ask};
use crate::ast::{Expr, Operand, Operator, Step};
use crate::check;
use crate::context::Context;
use crate::eval::Eval;
use crate::fault::Fault;
use crate::item::{Collection, Item, TypeInfo};
use crate::parser;
use crate::types::Kind;

/// An expression that has been read. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Expression {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    text: Box<str>,
    expr: Expr,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// The text is none, or names a function that there is not; or it is too long or nested too deep.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Ok(Self { inner: Arc::new(Inner { text: text.into(), expr: parser::parse(text)? }) })
    }

    /// Reads an expression and takes it apart at the `|` outside of everything: what each branch finds is found together.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn branches(text: &str) -> Result<Vec<Self>, Fault> {
        let (mut branches, mut left) = (Vec::new(), vec![parser::parse(text)?]);
        while let Some(expr) = left.pop() {
            match expr {
                Expr::Inside(inner) => left.push(*inner),
                Expr::Path { start: Some(start), steps } if steps.is_empty() => left.push(*start),
                Expr::Chain { first, rest } if rest.iter().all(|link| link.operator == Operator::Union) => {
                    let operands = rest.into_iter().rev().filter_map(|link| match link.operand {
                        Operand::Expr(expr) => Some(expr),
                        Operand::Type(_) => None,
                    });
                    left.extend(operands);
                    left.push(*first);
                }
                expr => branches.push(Self { inner: Arc::new(Inner { text: text.into(), expr }) }),
            }
        }
        Ok(branches)
    }

    /// The names of types with which its paths begin: `Patient` of `Patient.name.count() > 1`, both of
    /// `(Person.name | Patient.name).family`. Arguments of functions are not looked at.
    #[must_use]
    pub fn heads(&self) -> Vec<&str> {
        let mut heads = Vec::new();
        let mut rest = vec![&self.inner.expr];
        while let Some(expr) = rest.pop() {
            match expr {
                Expr::Inside(inner) | Expr::Path { start: Some(inner), .. } => rest.push(inner),
                Expr::Negate { operand, .. } | Expr::Plus { operand, .. } => rest.push(operand),
                Expr::Chain { first, rest: links } => {
                    rest.push(first);
                    rest.extend(links.iter().filter_map(|link| match &link.operand {
                        Operand::Expr(operand) => Some(operand),
                        Operand::Type(_) => None,
                    }));
                }
                Expr::Path { start: None, steps } => {
                    if let Some(Step::Member(member)) = steps.first()
                        && member.of_type != Kind::UNKNOWN
                    {
                        heads.push(&*member.name);
                    }
                }
                _ => {}
            }
        }
        heads
    }

    /// What the expression asks for that is not in the resource itself.
    #[must_use]
    pub fn asks(&self) -> Vec<Ask> {
        asks::of(&self.inner.expr)
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// Everything that the expression means for a focus, in order.
    ///
    /// # Errors
    /// What the specification calls one: several items where one is asked for, types that do not go together, a variable
    /// that is not there; or the budget of the context is spent.
    pub fn evaluate<'a>(&self, focus: Item<'a>, context: &Context<'a>) -> Result<Collection<'a>, Fault> {
        let focus = [focus];
        Self::run(&mut Eval::new(context, &focus), &self.inner.expr)
    }

    /// The answer of a condition, where one item that is no Boolean counts as true: `None` if it is empty.
    ///
    /// # Errors
    /// As [`Self::evaluate`], and for several items.
    pub fn truth<'a>(&self, focus: Item<'a>, context: &Context<'a>) -> Result<Option<bool>, Fault> {
        let focus = [focus];
        let mut eval = Eval::new(context, &focus);
        let found = Self::run(&mut eval, &self.inner.expr)?;
        eval.bool_of(&found, 0)
    }

    /// Evaluates, and takes what it cost out of the purse of the context.
    fn run<'a>(eval: &mut Eval<'_, 'a>, expr: &Expr) -> Result<Collection<'a>, Fault> {
        let before = eval.budget.left();
        let found = eval.run(expr);
        eval.context.pay(before - eval.budget.left());
        found
    }

    /// What the path finds before its last step, and the name that this is; `None` where it is none.
    pub(crate) fn parents<'a>(&self, eval: &mut Eval<'_, 'a>) -> Result<Option<(Collection<'a>, &str)>, Fault> {
        eval.parents(&self.inner.expr)
    }

    /// The types of what the expression finds in resources of a type; `None` where it may be anything, empty where it finds
    /// nothing. A path that begins with another resource's name finds nothing: search expressions are written for many.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn found_in(&self, type_name: &str) -> Result<Option<Vec<TypeInfo>>, Fault> {
        check::found_in(&self.inner.expr, type_name)
    }

    /// Whether the expression makes sense for foci of a type: elements that there are not, types that can't be, arguments
    /// that don't fit. `Patient`, `Patient.contact`, `HumanName`.
    ///
    /// # Errors
    /// What does not, as [`crate::FaultKind::Semantic`].
    pub fn check(&self, type_name: &str) -> Result<(), Fault> {
        check::check(&self.inner.expr, type_name)
    }

    /// The same for foci that may be of any of these types; `None` where one of them is not known.
    #[must_use]
    pub fn check_of(&self, type_names: &[&str]) -> Option<Result<(), Fault>> {
        check::check_of(&self.inner.expr, type_names)
    }
}
