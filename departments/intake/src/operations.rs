//! What operators do with the inbox: `$inbox` (the list), `$inbox-message` (one message), `$inbox-replay`.

use meridian_engine::{
    Caller, Engine, EngineError, instant,
    jobs::{self, Counts, Job, JobState},
    operations::{Act, Answering, Call, Effect, Level, Operation},
};
use serde_json::{Value, json};

use crate::inbox::Inbox;

/// Most messages of one page.
const MOST: u32 = 500;

/// The rows of this department for the table of operations.
#[must_use]
pub fn operations(inbox: &Inbox) -> Vec<Operation> {
    let row = |name, effect, input, says, what| Operation {
        on: "",
        name,
        level: Level::System,
        effect,
        roles: &[],
        input,
        output: "Parameters",
        says,
        act: Box::new(Doing { inbox: inbox.clone(), what }),
    };
    vec![
        row(
            "inbox",
            Effect::Looks,
            &[("state", "code", false), ("_count", "integer", false), ("before", "integer", false)],
            "Messages that came in, newest first, of one state (waiting, committed, parked) or all, and how many stand where.",
            What::List,
        ),
        row(
            "inbox-message",
            Effect::Looks,
            &[("id", "integer", true)],
            "One message: its text and what it became.",
            What::One,
        ),
        row(
            "inbox-replay",
            Effect::Changes,
            &[("id", "integer", true)],
            "Tries a parked or waiting message again.",
            What::Replay,
        ),
    ]
}

#[derive(Clone, Copy)]
enum What {
    List,
    One,
    Replay,
}

struct Doing {
    inbox: Inbox,
    what: What,
}

impl Act for Doing {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            match self.what {
                What::List => list(engine, caller, &call),
                What::One => one(&self.inbox, caller, &call).await,
                What::Replay => replay(&self.inbox, caller, &call).await,
            }
        })
    }
}

fn list(engine: &Engine, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let state = match call.param("state").unwrap_or("all") {
        "all" => None,
        "waiting" => Some(JobState::Waiting),
        "committed" => Some(JobState::Done),
        "parked" => Some(JobState::Parked),
        other => return Err(EngineError::invalid("state", format!("`{other}` is no state of a message"))),
    };
    let count = call.number("_count", 50_u32)?.clamp(1, MOST);
    let before = call.param("before").map(|_| call.number("before", 0_i64)).transpose()?;
    let (messages, counts) = jobs::messages(engine, caller, state, before, count)?;
    let mut parameters: Vec<Value> =
        messages.iter().map(|job| json!({"name": "message", "part": facts(job)})).collect();
    parameters.push(json!({"name": "counts", "part": totals(&counts)}));
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

async fn one(inbox: &Inbox, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let job = jobs::message(inbox.engine(), caller, id(call)?)?;
    let mut parameters = facts(&job);
    let opened = inbox.open(&job.body);
    let text = match &opened {
        Ok(opened) => opened.message.text().replace('\r', "\n"),
        Err(_) => String::from_utf8_lossy(&job.body).replace('\r', "\n"),
    };
    parameters.push(json!({"name": "raw", "valueString": text}));
    for warning in note(&job).get("warnings").and_then(Value::as_array).into_iter().flatten() {
        parameters.push(json!({"name": "warning", "valueString": warning}));
    }
    for reference in jobs::open(inbox.engine(), caller, &job).await? {
        parameters.push(json!({"name": "result", "valueString": reference}));
    }
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

async fn replay(inbox: &Inbox, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let job = jobs::message(inbox.engine(), caller, id(call)?)?;
    if job.state == JobState::Done {
        return Err(EngineError::Conflict("the message is applied already".to_owned()));
    }
    inbox.replay(&job).await;
    let job = jobs::message(inbox.engine(), caller, job.id)?;
    Ok(json!({"resourceType": "Parameters", "parameter": facts(&job)}))
}

fn id(call: &Call) -> Result<i64, EngineError> {
    match call.param("id") {
        Some(_) => call.number("id", 0_i64),
        None => Err(EngineError::invalid("id", "the number of a message is expected")),
    }
}

fn note(job: &Job) -> Value {
    serde_json::from_str(&job.note).unwrap_or_default()
}

/// The facts of a message as parts.
fn facts(job: &Job) -> Vec<Value> {
    let head: Value = serde_json::from_str(&job.head).unwrap_or_default();
    let note = note(job);
    let state = match job.state {
        JobState::Waiting => "waiting",
        JobState::Done => "committed",
        JobState::Parked => "parked",
    };
    let text = |from: &Value, name: &str| from.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut detail = text(&note, "detail");
    let at = text(&note, "at");
    if !at.is_empty() {
        detail = format!("{at}: {detail}");
    }
    let mut parts = vec![json!({"name": "id", "valueString": job.id.to_string()})];
    parts.push(json!({"name": "received", "valueInstant": instant(job.at)}));
    for (name, value) in [
        ("door", text(&head, "door")),
        ("institution", text(&head, "institution")),
        ("kind", text(&head, "kind")),
        ("control", text(&head, "control")),
        ("state", state.to_owned()),
        ("reason", text(&note, "reason")),
        ("detail", detail),
    ] {
        if !value.is_empty() {
            parts.push(json!({"name": name, "valueString": value}));
        }
    }
    parts.push(json!({"name": "attempts", "valueInteger": job.attempts}));
    parts
}

fn totals(counts: &Counts) -> Vec<Value> {
    let of = |name, count: i64| json!({"name": name, "valueInteger": count});
    vec![of("waiting", counts.waiting), of("committed", counts.done), of("parked", counts.parked)]
}
