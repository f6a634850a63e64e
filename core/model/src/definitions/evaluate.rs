//! Search parameters whose expression is no path program: whoever has an engine for expressions brings it along.

use crate::language::Both;
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;

use super::compile::Component;

/// A value that an expression finds, and its FHIR type as search parameters name types (`HumanName`, `code`; `Resource`
/// for any resource).
pub type Found<'v> = (Cow<'v, Value>, &'static str);

/// What stands together: of each part of a composite what it finds under one anchor, of other parameters one list.
pub type Together<'v> = Vec<Vec<Found<'v>>>;

/// Finds the values of a search parameter in a resource, by nothing but the resource.
pub trait Evaluate: Debug + Send + Sync {
    /// What it was made of: two of one text find the same.
    fn text(&self) -> &str;

    /// The FHIR types of the values of a part (0 of what is no composite); `None` where they may be any.
    fn ends(&self, part: usize) -> Option<&[&'static str]>;

    /// The values: of a composite for each anchor, else all at once.
    ///
    /// # Errors
    /// The expression has no answer for this resource, or none within its budget: a sentence that says why.
    fn values<'v>(&self, resource: &'v Value) -> Result<Vec<Together<'v>>, String>;
}

/// An [`Evaluate`] as parameters hold it.
#[derive(Debug, Clone)]
pub struct Evaluator(Arc<dyn Evaluate>);

impl Evaluator {
    #[must_use]
    pub fn new(evaluate: impl Evaluate + 'static) -> Self {
        Self(Arc::new(evaluate))
    }
}

impl std::ops::Deref for Evaluator {
    type Target = dyn Evaluate;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl PartialEq for Evaluator {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Evaluator {}

/// Makes evaluators.
pub trait Expressions {
    /// For resources of type `base`; `parts` of a composite, else empty.
    ///
    /// # Errors
    /// A sentence that says what is not understood, or what may not be asked for.
    fn compile(&self, base: &str, expression: &str, parts: &[Component<'_>]) -> Result<Evaluator, Both>;
}
