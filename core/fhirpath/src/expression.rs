//! An expression, read once and evaluated often.

use std::sync::Arc;

use crate::ast::Expr;
use crate::check;
use crate::context::Context;
use crate::eval::Eval;
use crate::fault::Fault;
use crate::item::{Collection, Item};
use crate::parser;

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

    /// Whether the expression makes sense for foci of a type: elements that there are not, types that can't be, arguments
    /// that don't fit. `Patient`, `Patient.contact`, `HumanName`.
    ///
    /// # Errors
    /// What does not, as [`crate::FaultKind::Semantic`].
    pub fn check(&self, type_name: &str) -> Result<(), Fault> {
        check::check(&self.inner.expr, type_name)
    }
}
