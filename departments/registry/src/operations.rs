//! What people do with persons: `$match`, and the operators' `$merge`, `$unmerge` and `$review-decide`.

mod decide;
mod find;

use meridian_model::both;

use std::sync::Arc;

use meridian_engine::operations::{Act, Answering, Call, Effect, Level, Operation};
use meridian_engine::{Caller, Engine, EngineError, Role};

use crate::matching::Matcher;

/// The rows of this department for the table of operations.
#[must_use]
pub fn operations(matcher: Matcher) -> Vec<Operation> {
    let matcher = Arc::new(matcher);
    let row = |name, effect, roles, input, output, says, what| Operation {
        on: "Patient",
        name,
        level: Level::Type,
        effect,
        roles,
        input,
        output,
        says,
        versions: false,
        act: Box::new(Doing { matcher: Arc::clone(&matcher), what }),
    };
    vec![
        row(
            "match",
            Effect::Looks,
            &[Role::Doctor, Role::Nurse],
            &[("resource", "Resource", false), ("onlyCertainMatches", "boolean", false), ("count", "integer", false)],
            "Bundle",
            "Patients that may be the person whom `resource` describes, the likeliest first.",
            What::Match,
        ),
        row(
            "merge",
            Effect::Changes,
            &[],
            &[("source", "string", true), ("target", "string", true), ("reason", "string", true)],
            "Task",
            "Says that two institutions' Patients are one person. Remembered; `$unmerge` takes it back.",
            What::Merge,
        ),
        row(
            "unmerge",
            Effect::Changes,
            &[],
            &[("patient", "string", true), ("reason", "string", true)],
            "Parameters",
            "Says that an institution's Patient is not the person that it was joined to. Remembered.",
            What::Unmerge,
        ),
        row(
            "review-decide",
            Effect::Changes,
            &[],
            &[("task", "string", true), ("verdict", "code", true), ("reason", "string", true)],
            "Task",
            "Answers the review of a pair of Patients: `same` or `different`.",
            What::Decide,
        ),
    ]
}

#[derive(Clone, Copy)]
enum What {
    Match,
    Merge,
    Unmerge,
    Decide,
}

struct Doing {
    matcher: Arc<Matcher>,
    what: What,
}

impl Act for Doing {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        let matcher = Arc::clone(&self.matcher);
        Box::pin(async move {
            match self.what {
                What::Match => find::run(engine, caller, call, matcher).await,
                What::Merge => decide::merge(engine, caller, &call, matcher).await,
                What::Unmerge => decide::unmerge(engine, caller, &call, matcher).await,
                What::Decide => decide::review(engine, caller, &call).await,
            }
        })
    }
}

/// The id in `x` or `Kind/x`.
fn id(call: &Call, name: &str, kind: &str) -> Result<String, EngineError> {
    let text = call.param(name).unwrap_or_default();
    let id = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')).unwrap_or(text);
    if id.is_empty() {
        return Err(EngineError::invalid(name, both!("the id of a {kind} is expected", "应是 {kind} 的 id")));
    }
    Ok(id.to_owned())
}

/// Why somebody does it: it is kept, so it may not be empty.
fn reason(call: &Call) -> Result<String, EngineError> {
    let text = call.param("reason").unwrap_or_default().trim();
    if text.is_empty() || text.len() > 2000 {
        return Err(EngineError::invalid(
            "reason",
            both!("a reason in at most 2,000 bytes is expected", "缺少原因 `reason`（最长 2000 字节）"),
        ));
    }
    Ok(text.to_owned())
}
