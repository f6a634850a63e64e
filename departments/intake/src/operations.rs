//! What operators do with the inbox: `$inbox` (the list), `$inbox-message` (one message), `$inbox-replay`, `$feeds`.

use meridian_engine::{
    Caller, Engine, EngineError, instant,
    jobs::{self, Counts, Filter, INBOX, Job, JobState, Page},
    operations::{Act, Answering, Call, Effect, Operation},
};
use meridian_model::both;
use meridian_model::date::{DateRange, Zone};
use serde_json::{Value, json};

use crate::{inbox::Inbox, replay::replay, watch};

/// Most messages of one page.
const MOST: u32 = 500;

/// The rows of this department for the table of operations.
#[must_use]
pub fn operations(inbox: &Inbox) -> Vec<Operation> {
    let row = |name, effect, input, says, what| {
        Operation::of_the_system(name, effect, input, says, Doing { inbox: inbox.clone(), what })
    };
    vec![
        row(
            "inbox",
            Effect::Looks,
            &[
                ("state", "code", false),
                ("institution", "code", false),
                ("kind", "string", false),
                ("reason", "code", false),
                ("control", "string", false),
                ("from", "dateTime", false),
                ("to", "dateTime", false),
                ("_count", "integer", false),
                ("before", "integer", false),
            ],
            "Messages that came in, newest first, of one state (waiting, committed, parked) or all; by institution, kind, \
             reason, control id and time. How many stand where, and which kinds there are.",
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
            &[
                ("id", "integer", false),
                ("state", "code", false),
                ("institution", "code", false),
                ("kind", "string", false),
                ("reason", "code", false),
                ("control", "string", false),
                ("from", "dateTime", false),
                ("to", "dateTime", false),
                ("_count", "integer", false),
                ("after", "integer", false),
            ],
            "Tries a parked or waiting message again; or, without id, all that fit, oldest first, a page at a call.",
            What::Replay,
        ),
        row(
            "feeds",
            Effect::Looks,
            &[],
            "Every feed: what came, what stands, how long it took, and whether it is silent.",
            What::Feeds,
        ),
    ]
}

#[derive(Clone, Copy)]
enum What {
    List,
    One,
    Replay,
    Feeds,
}

struct Doing {
    inbox: Inbox,
    what: What,
}

impl Act for Doing {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            match self.what {
                What::List => list(engine, caller, &call).await,
                What::One => one(&self.inbox, caller, &call).await,
                What::Replay => replay(&self.inbox, caller, &call).await,
                What::Feeds => watch::feeds(&self.inbox, caller).await,
            }
        })
    }
}

async fn list(engine: &Engine, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let count = call.number("_count", 50_u32)?.clamp(1, MOST);
    let before = call.param("before").map(|_| call.number("before", 0_i64)).transpose()?;
    let filter = filter(call)?;
    let found = jobs::find(engine, caller, INBOX, &filter, Page::Newest(before), count as usize).await?;
    let mut parameters: Vec<Value> =
        found.jobs.iter().map(|job| json!({"name": "message", "part": facts(job)})).collect();
    if let Some(next) = found.next {
        parameters.push(json!({"name": "next", "valueString": next.to_string()}));
    }
    if before.is_none() {
        let kinds = jobs::kinds(engine, caller, INBOX).await?;
        parameters.extend(kinds.into_iter().map(|kind| json!({"name": "kind", "valueString": kind})));
    }
    parameters.push(json!({"name": "counts", "part": totals(&jobs::counts(engine, caller, INBOX).await?)}));
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

/// What of the inbox is asked for.
pub(crate) fn filter(call: &Call) -> Result<Filter, EngineError> {
    let given = |name| call.param(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let state = match given("state").as_deref() {
        None | Some("all") => None,
        Some("waiting") => Some(JobState::Waiting),
        Some("committed") => Some(JobState::Done),
        Some("parked") => Some(JobState::Parked),
        Some(other) => {
            return Err(EngineError::invalid(
                "state",
                both!("`{other}` is no state of a message", "没有消息状态 `{other}`"),
            ));
        }
    };
    let time = |name| {
        let parsed = given(name).map(|text| DateRange::parse(&text, Zone::CHINA).ok_or(text));
        parsed
            .transpose()
            .map_err(|text| EngineError::invalid(name, both!("`{text}` is no date or time", "`{text}` 不是日期或时间")))
    };
    Ok(Filter {
        state,
        institution: given("institution"),
        kind: given("kind"),
        reason: given("reason"),
        control: given("control"),
        from: time("from")?.map(|range| range.lo),
        to: time("to")?.map(|range| range.hi),
    })
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

pub(crate) fn id(call: &Call) -> Result<i64, EngineError> {
    match call.param("id") {
        Some(_) => call.number("id", 0_i64),
        None => Err(EngineError::invalid("id", both!("the number of a message is expected", "缺少消息的编号 `id`"))),
    }
}

fn note(job: &Job) -> Value {
    serde_json::from_str(&job.note).unwrap_or_default()
}

/// The facts of a message as parts.
pub(crate) fn facts(job: &Job) -> Vec<Value> {
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
