//! Looking for messages: of a state, an institution, a kind, a reason, a time. Bounded: a page, and a number of
//! messages that are looked at for it.

use meridian_access::{Act, Caller, decide};
use meridian_store::{Job, JobState, StoreError, Walk};
use serde_json::Value;

use crate::{Engine, EngineError};

/// Messages that one page looks at, at most; it may then be shorter than asked for, and goes on behind them.
const LOOKED_AT: usize = 50_000;

/// Which jobs are wanted. What is not given does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<JobState>,
    pub institution: Option<String>,
    /// `ORU^R01`, or `ORU` for all of its events.
    pub kind: Option<String>,
    /// Why it was parked.
    pub reason: Option<String>,
    /// The beginning of a control id.
    pub control: Option<String>,
    /// Came in from this time on, and before that one, in milliseconds since 1970 UTC.
    pub from: Option<i64>,
    pub to: Option<i64>,
}

/// Which part of those that fit.
#[derive(Clone, Copy, Debug)]
pub enum Page {
    /// The newest below this number, newest first.
    Newest(Option<i64>),
    /// The oldest above this number, oldest first.
    Oldest(i64),
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Without their bodies.
    pub jobs: Vec<Job>,
    /// Where the next page goes on; None at the end.
    pub next: Option<i64>,
}

impl Filter {
    fn wants(&self, job: &Job) -> bool {
        if self.from.is_some_and(|from| job.at < from) || self.to.is_some_and(|to| job.at >= to) {
            return false;
        }
        if self.institution.is_some() || self.kind.is_some() || self.control.is_some() {
            let head: Value = serde_json::from_str(&job.head).unwrap_or_default();
            let text = |name: &str| head.get(name).and_then(Value::as_str).unwrap_or_default();
            let kind = |wanted: &String| {
                let found = text("kind");
                found == wanted || found.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('^'))
            };
            if self.institution.as_ref().is_some_and(|wanted| text("institution") != wanted)
                || self.kind.as_ref().is_some_and(|wanted| !kind(wanted))
                || self.control.as_ref().is_some_and(|wanted| !text("control").starts_with(wanted.as_str()))
            {
                return false;
            }
        }
        self.reason.as_ref().is_none_or(|wanted| {
            let note: Value = serde_json::from_str(&job.note).unwrap_or_default();
            note.get("reason").and_then(Value::as_str) == Some(wanted)
        })
    }
}

/// One page of the jobs of `queue` that fit.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub async fn find(
    engine: &Engine,
    caller: &Caller,
    queue: &str,
    filter: &Filter,
    page: Page,
    limit: usize,
) -> Result<Found, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let (queue, filter) = (queue.to_owned(), filter.clone());
    let walk = match page {
        Page::Newest(before) => Walk::Down(before),
        Page::Oldest(after) => Walk::Up(after),
    };
    let found = engine.store().search::<_, StoreError>(move |reader| {
        let (mut found, mut looked_at, mut last, mut ended) = (Found::default(), 0, None, true);
        reader.walk_jobs(&queue, filter.state, walk, |job| {
            if found.jobs.len() >= limit || looked_at >= LOOKED_AT {
                ended = false;
                return false;
            }
            looked_at += 1;
            last = Some(job.id);
            if filter.wants(&job) {
                found.jobs.push(job);
            }
            true
        })?;
        found.next = last.filter(|_| !ended);
        Ok(found)
    });
    Ok(found.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Job {
        Job {
            id: 1,
            queue: "inbox".into(),
            key: String::new(),
            state: JobState::Parked,
            at: 1000,
            attempts: 1,
            head: r#"{"institution":"CJ01","kind":"ORU^R01","control":"A77"}"#.into(),
            body: Vec::new(),
            note: r#"{"reason":"wrong-charset"}"#.into(),
            tx: None,
        }
    }

    #[test]
    fn each_condition_narrows() {
        let yes = |filter: Filter| filter.wants(&job());
        let text = |text: &str| Some(text.to_owned());
        assert!(yes(Filter::default()));
        assert!(yes(Filter {
            institution: text("CJ01"),
            kind: text("ORU"),
            reason: text("wrong-charset"),
            ..Filter::default()
        }));
        assert!(yes(Filter {
            kind: text("ORU^R01"),
            control: text("A7"),
            from: Some(1000),
            to: Some(1001),
            ..Filter::default()
        }));
        for wrong in [
            Filter { institution: text("CJ02"), ..Filter::default() },
            Filter { kind: text("OR"), ..Filter::default() },
            Filter { kind: text("ORU^R0"), ..Filter::default() },
            Filter { reason: text("internal"), ..Filter::default() },
            Filter { control: text("77"), ..Filter::default() },
            Filter { from: Some(1001), ..Filter::default() },
            Filter { to: Some(1000), ..Filter::default() },
        ] {
            assert!(!yes(wrong.clone()), "{wrong:?}");
        }
    }
}
