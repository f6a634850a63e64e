//! Trying messages again: one, or all that fit a filter, oldest first and a page at a call, so that whoever asked sees
//! how far it is. Who asked is written down first, and named by what the messages then write.

use meridian_model::both;

use meridian_engine::{
    Caller, EngineError,
    jobs::{self, INBOX, JobState, Page},
    operations::Call,
};
use serde_json::{Value, json};

use crate::{
    inbox::Inbox,
    operations::{facts, filter, id},
};

/// Most messages that one call tries.
const MOST: usize = 100;

pub(crate) async fn replay(inbox: &Inbox, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    if call.param("id").is_none() {
        return all(inbox, caller, call).await;
    }
    let job = jobs::message(inbox.engine(), caller, id(call)?)?;
    if job.state == JobState::Done {
        return Err(EngineError::Conflict(both!("the message is applied already", "消息已经处理完毕")));
    }
    jobs::asked_again(inbox.engine(), caller, format!("message {}", job.id)).await?;
    inbox.replay(&job, caller).await?;
    let job = jobs::message(inbox.engine(), caller, job.id)?;
    Ok(json!({"resourceType": "Parameters", "parameter": facts(&job)}))
}

/// One page of those that fit. What is applied already is never applied again, whoever asks at the same time.
async fn all(inbox: &Inbox, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let mut filter = filter(call)?;
    match filter.state {
        None => filter.state = Some(JobState::Parked),
        Some(JobState::Done) => {
            return Err(EngineError::invalid(
                "state",
                both!("messages that are applied are not applied again", "已经处理完毕的消息不能再次处理"),
            ));
        }
        Some(_) => {}
    }
    let count = call.number("_count", 50_usize)?.clamp(1, MOST);
    let after = call.number("after", 0_i64)?;
    let which: Vec<String> = call.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    jobs::asked_again(inbox.engine(), caller, format!("messages {}", which.join("&"))).await?;
    let found = jobs::find(inbox.engine(), caller, INBOX, &filter, Page::Oldest(after), count).await?;
    let (mut committed, mut parked, mut waiting) = (0, 0, 0);
    for line in &found.jobs {
        let job = jobs::message(inbox.engine(), caller, line.id)?;
        let state = match job.state {
            // Somebody else was faster.
            JobState::Done => JobState::Done,
            _ => inbox.replay(&job, caller).await?,
        };
        match state {
            JobState::Done => committed += 1,
            JobState::Parked => parked += 1,
            JobState::Waiting => waiting += 1,
        }
    }
    let of = |name: &str, count: usize| json!({"name": name, "valueInteger": count});
    let mut parameters =
        vec![of("tried", found.jobs.len()), of("committed", committed), of("parked", parked), of("waiting", waiting)];
    if let Some(next) = found.next {
        parameters.push(json!({"name": "next", "valueString": next.to_string()}));
    }
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}
