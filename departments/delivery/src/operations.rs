//! What operators do with the outbox: `$outbox` (lines and messages), `$outbox-message` (one message),
//! `$outbox-retry`, `$outbox-park`.

use meridian_model::both;

use meridian_engine::{
    Caller, Engine, EngineError, instant,
    jobs::{Job, JobState},
    operations::{Act, Answering, Call, Effect, Operation},
    outbox::{self, Again, OUTBOX, Standing},
};
use serde_json::{Value, json};

use crate::Delivery;
use crate::config::{DestinationConfig, Trigger};
use crate::order::queue;
use crate::sender::{Note, Unrenderable, rendered};

/// Most messages of one page.
const MOST: u32 = 500;

/// The rows of this department for the table of operations.
pub(crate) fn operations(delivery: &Delivery) -> Vec<Operation> {
    let row = |name, effect, input, says, what| {
        Operation::of_the_system(name, effect, input, says, Doing { delivery: delivery.clone(), what })
    };
    vec![
        row(
            "outbox",
            Effect::Looks,
            &[
                ("institution", "code", false),
                ("state", "code", false),
                ("_count", "integer", false),
                ("before", "integer", false),
            ],
            "The lines to other institutions, and the messages for them, newest first, of one state (waiting, done, parked) or all.",
            What::List,
        ),
        row(
            "outbox-message",
            Effect::Looks,
            &[("id", "integer", true)],
            "One outgoing message: its text and what became of it.",
            What::One,
        ),
        row(
            "outbox-retry",
            Effect::Changes,
            &[
                ("id", "integer", false),
                ("institution", "code", false),
                ("after", "integer", false),
                ("force", "boolean", false),
                ("reason", "string", false),
            ],
            "Puts a message, or those that were set aside for an institution (the oldest first, a page at a call), back to \
             its place and tries at once. What newer messages about the same have overtaken is sent only by force.",
            What::Retry,
        ),
        row(
            "outbox-park",
            Effect::Changes,
            &[("id", "integer", true), ("reason", "string", false)],
            "Sets a waiting message aside, so that those behind it go on.",
            What::Park,
        ),
    ]
}

#[derive(Clone, Copy)]
enum What {
    List,
    One,
    Retry,
    Park,
}

struct Doing {
    delivery: Delivery,
    what: What,
}

impl Act for Doing {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            match self.what {
                What::List => list(&self.delivery, engine, caller, &call).await,
                What::One => one(&self.delivery, engine, caller, &call).await,
                What::Retry => retry(engine, caller, &call).await,
                What::Park => park(engine, caller, &call).await,
            }
        })
    }
}

async fn list(delivery: &Delivery, engine: &Engine, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let state = match call.param("state").unwrap_or("all") {
        "all" => None,
        "waiting" => Some(JobState::Waiting),
        "done" => Some(JobState::Done),
        "parked" => Some(JobState::Parked),
        other => {
            return Err(EngineError::invalid(
                "state",
                both!("`{other}` is no state of a message", "没有消息状态 `{other}`"),
            ));
        }
    };
    let count = call.number("_count", 50_u32)?.clamp(1, MOST);
    let before = call.param("before").map(|_| call.number("before", 0_i64)).transpose()?;
    let wanted = |institution: &str| call.param("institution").is_none_or(|only| only == institution);
    let standing = outbox::standing(engine, caller).await?;
    let mut names: Vec<&str> = delivery.destinations().iter().map(|to| to.institution.as_str()).collect();
    // What waits for a receiver that the configuration no longer names is not hidden.
    names.extend(standing.iter().map(|one| receiver(&one.line.queue)));
    names.sort_unstable();
    names.dedup();
    names.retain(|name| wanted(name));
    let queues: Vec<String> = names.iter().map(|name| queue(name)).collect();
    let messages = outbox::messages(engine, caller, &queues, state, before, count)?;
    let mut parameters: Vec<Value> =
        messages.iter().map(|job| json!({"name": "message", "part": facts(job)})).collect();
    let mut total = meridian_engine::jobs::Counts::default();
    for name in names {
        let found = standing.iter().find(|one| receiver(&one.line.queue) == name);
        if let Some(counts) = found.map(|one| one.line.counts) {
            total.waiting += counts.waiting;
            total.done += counts.done;
            total.parked += counts.parked;
        }
        let to = delivery.destinations().iter().find(|to| to.institution == name);
        parameters.push(json!({"name": "destination", "part": line(name, to, found)}));
    }
    let of = |name, count: i64| json!({"name": name, "valueInteger": count});
    let counts = vec![of("waiting", total.waiting), of("done", total.done), of("parked", total.parked)];
    parameters.push(json!({"name": "counts", "part": counts}));
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

/// How a line stands.
fn line(institution: &str, to: Option<&DestinationConfig>, standing: Option<&Standing>) -> Vec<Value> {
    let mut parts = vec![word("institution", institution)];
    if let Some(to) = to {
        parts.extend(to.name.iter().map(|name| word("name", name)));
        parts.push(word("address", &to.address));
        parts.push(word("charset", to.charset.name()));
        let triggers: Vec<&str> = to.triggers.iter().copied().map(Trigger::as_str).collect();
        parts.push(word("triggers", &triggers.join(",")));
    }
    let counts = standing.map(|one| one.line.counts).unwrap_or_default();
    for (name, count) in [("waiting", counts.waiting), ("done", counts.done), ("parked", counts.parked)] {
        parts.push(json!({"name": name, "valueInteger": count}));
    }
    if standing.is_some_and(|one| one.line.counting) {
        parts.push(json!({"name": "counting", "valueBoolean": true}));
    }
    let time = |name: &str, at: i64| json!({"name": name, "valueInstant": instant(at)});
    parts.extend(standing.and_then(|one| one.line.oldest).map(|at| time("oldest", at)));
    let head = standing.and_then(|one| one.head.as_ref());
    let state = match head {
        _ if to.is_none() => "unconfigured",
        None => "idle",
        Some(head) if head.attempts > 0 => "failing",
        Some(_) => "sending",
    };
    parts.push(word("state", state));
    if let Some(head) = head.filter(|head| head.attempts > 0) {
        parts.extend(why(head));
    }
    let last = standing.and_then(|one| one.last.as_ref()).map(|job| Note::of(job).at).filter(|at| *at > 0);
    parts.extend(last.map(|at| time("last", at)));
    parts
}

async fn one(delivery: &Delivery, engine: &Engine, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let job = outbox::message(engine, caller, id(call)?)?;
    let mut parameters = facts(&job);
    let to = delivery.destinations().iter().find(|to| to.institution == receiver(&job.queue));
    let to =
        to.ok_or_else(|| EngineError::NotFound(both!("the receiver of message {}", "消息 {} 的接收机构", job.id)))?;
    match rendered(engine, caller, "outbox-message", to, &job).await? {
        Ok(message) => parameters.push(word("raw", &message.text.replace('\r', "\n"))),
        Err(Unrenderable { says, .. }) => parameters.push(word("unrenderable", &says)),
    }
    let answer = Note::of(&job).answer;
    if !answer.is_empty() {
        parameters.push(word("answer", &answer));
    }
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

async fn retry(engine: &Engine, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let which = match (call.param("id"), call.param("institution")) {
        (Some(_), _) => Again::One(call.number("id", 0_i64)?),
        (None, Some(institution)) => Again::Parked { queue: queue(institution), after: call.number("after", 0_i64)? },
        (None, None) => {
            return Err(EngineError::invalid(
                "id",
                both!("a message or an institution is expected", "缺少 `id` 或 `institution`"),
            ));
        }
    };
    let force = call.param("force") == Some("true");
    let put_back = outbox::again(engine, caller, which, force, call.param("reason").unwrap_or_default()).await?;
    let mut parameters = vec![json!({"name": "retried", "valueInteger": put_back.again.len()})];
    for (id, newer) in put_back.overtaken {
        let part = [word("id", &id.to_string()), word("newer", &newer.to_string())];
        parameters.push(json!({"name": "overtaken", "part": part}));
    }
    parameters.extend(put_back.next.map(|next| word("next", &next.to_string())));
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

async fn park(engine: &Engine, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let id = id(call)?;
    let job = outbox::message(engine, caller, id)?;
    let detail = call.param("reason").unwrap_or_default().to_owned();
    let note = Note { reason: "operator".to_owned(), detail: detail.clone(), due: 0, ..Note::of(&job) };
    outbox::park(engine, caller, id, &detail, note.text()).await?;
    Ok(json!({"resourceType": "Parameters", "parameter": facts(&outbox::message(engine, caller, id)?)}))
}

fn id(call: &Call) -> Result<i64, EngineError> {
    match call.param("id") {
        Some(_) => call.number("id", 0_i64),
        None => Err(EngineError::invalid("id", both!("the number of a message is expected", "缺少消息的编号 `id`"))),
    }
}

/// The receiver that a queue is for.
fn receiver(queue: &str) -> &str {
    queue.strip_prefix(OUTBOX).unwrap_or(queue)
}

fn word(name: &str, value: &str) -> Value {
    json!({"name": name, "valueString": value})
}

/// The facts of a message as parts.
fn facts(job: &Job) -> Vec<Value> {
    let head: Value = serde_json::from_str(&job.head).unwrap_or_default();
    let state = match job.state {
        JobState::Waiting => "waiting",
        JobState::Done => "done",
        JobState::Parked => "parked",
    };
    let mut parts = vec![word("id", &job.id.to_string()), word("queue", &job.queue)];
    for name in ["institution", "source", "kind", "control", "resource"] {
        parts.extend(head.get(name).and_then(Value::as_str).map(|value| word(name, value)));
    }
    parts.extend(head.get("version").map(|version| json!({"name": "version", "valueInteger": version})));
    parts.push(word("state", state));
    parts.push(json!({"name": "received", "valueInstant": instant(job.at)}));
    parts.extend(why(job));
    parts
}

/// Attempts, the next of them, and why the last one failed.
fn why(job: &Job) -> Vec<Value> {
    let note = Note::of(job);
    let mut parts = vec![json!({"name": "attempts", "valueInteger": job.attempts})];
    if note.due > 0 && job.state == JobState::Waiting {
        parts.push(json!({"name": "due", "valueInstant": instant(note.due)}));
    }
    for (name, value) in [("reason", &note.reason), ("detail", &note.detail)] {
        if !value.is_empty() {
            parts.push(word(name, value));
        }
    }
    parts
}
