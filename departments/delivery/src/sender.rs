//! The sender of one line: the oldest message first, the next one only when that one is taken or set aside.
//!
//! Nothing is held but the message that heads the line. What became of it is on disk before the next one is touched;
//! whatever stops the process in between, the same message is sent again under the same control id, byte for byte.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use meridian_engine::{Caller, Class, Engine, EngineError, Event, as_of, jobs::Job, outbox, still_one};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::answer::{Verdict, shown, verdict};
use crate::config::DestinationConfig;
use crate::line::{Fault, Line};
use crate::material::gather;
use crate::order::{Order, queue};
use crate::{pause, render};

/// The time in milliseconds since 1970 UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// After this time the queue is looked at even when nothing was heard of it.
const LOOK: Duration = Duration::from_secs(30);
/// Answers to other messages, and to none, that are read while one is waited for.
const MOST_OTHERS: usize = 16;
/// The pause while another process has the line.
const THEIRS: Duration = Duration::from_secs(5);
/// The pause after a passing fault of our own store.
const OURS: Duration = Duration::from_secs(1);

/// What is known of a message besides its state, kept as JSON beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Note {
    /// Why the last attempt failed, or why it was set aside: a word of a closed list.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) detail: String,
    /// When that was, in milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) at: i64,
    /// Not to be tried before.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) due: i64,
    /// The receiver's last answer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) answer: String,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde asks for
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Note {
    pub(crate) fn of(job: &Job) -> Note {
        serde_json::from_str(&job.note).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// A message as it is sent.
pub(crate) struct Rendered {
    id: i64,
    pub(crate) control: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: String,
    /// Who must be one person for it to be told.
    one: Vec<String>,
}

/// Why a message cannot be made: a word, and the rest of it.
pub(crate) struct Unrenderable {
    pub(crate) reason: &'static str,
    pub(crate) says: String,
}

impl Unrenderable {
    fn new(says: &impl ToString) -> Unrenderable {
        Unrenderable { reason: "unrenderable", says: says.to_string() }
    }
}

/// The message of a row. Reading it for a receiver is a look at the record of its resident.
///
/// # Errors
/// Passing faults of the store; whatever else stands in the way is an [`Unrenderable`].
pub(crate) async fn rendered(
    engine: &Engine,
    caller: &Caller,
    act: &'static str,
    to: &DestinationConfig,
    job: &Job,
) -> Result<Result<Rendered, Unrenderable>, EngineError> {
    let order = match Order::read(&job.body) {
        Ok(order) => order,
        Err(error) => return Ok(Err(Unrenderable::new(&error))),
    };
    let control = order.control(&job.queue);
    let version = (order.kind.as_str(), order.id.as_str(), order.version);
    let gathered = as_of(engine, caller, act, version, |then| gather(then, &order, &to.institution)).await;
    let (material, one) = match gathered {
        Ok(Ok(gathered)) => gathered,
        Ok(Err(unfit)) => return Ok(Err(Unrenderable { reason: unfit.reason(), says: unfit.says().to_owned() })),
        Err(error) if passes(&error) => return Err(error),
        Err(error) => return Ok(Err(Unrenderable::new(&error))),
    };
    let Ok(message) = catch_unwind(AssertUnwindSafe(|| render::message(&material, to, &control, job.at))) else {
        return Ok(Err(Unrenderable::new(&"the message could not be put together")));
    };
    let (bytes, lost) = message.to_bytes(to.charset);
    if lost {
        let says = format!("characters without a place in {}", to.charset.name());
        return Ok(Err(Unrenderable::new(&says)));
    }
    Ok(Ok(Rendered { id: job.id, control, bytes, text: message.text().to_owned(), one }))
}

fn passes(error: &EngineError) -> bool {
    matches!(error, EngineError::Store(_)) || matches!(error.class(), Class::Unavailable | Class::TooCostly)
}

/// Who sends, in the audit: the platform, to this receiver.
pub(crate) fn caller(to: &DestinationConfig) -> Caller {
    Caller::system("delivery", &to.institution, "outbox")
}

/// One line.
pub(crate) struct Sender {
    pub(crate) engine: Engine,
    pub(crate) to: DestinationConfig,
    pub(crate) line: Box<dyn Line>,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
    pub(crate) habits: Habits,
}

/// What a receiver was seen to do.
#[derive(Default)]
pub(crate) struct Habits {
    /// Nothing follows its `CA`.
    commits_only: bool,
    /// An answer to an earlier message may still come on this connection.
    owes: bool,
}

/// What is to be done after one turn.
enum Turn {
    Next,
    /// Nothing before this time has passed, or something new is heard of.
    Rest(Duration),
}

impl Sender {
    /// Works until it is told to stop; a message in hand is brought to its end first.
    pub(crate) async fn work(mut self) {
        let queue = queue(&self.to.institution);
        // Listening begins before the first look: what comes in between is heard.
        let mut feed = self.engine.listen();
        let mut held: Option<Rendered> = None;
        let mut until = None;
        while !self.stop.is_cancelled() {
            let turn = self.turn(&queue, &mut held, &mut until).await.unwrap_or_else(|error| {
                tracing::warn!(to = %self.to.institution, %error, "the outbox cannot be worked on");
                Turn::Rest(OURS)
            });
            if let Turn::Rest(time) = turn {
                self.rest(time, &queue, &mut feed).await;
            }
        }
        if until.is_some()
            && let Err(error) = outbox::let_go(&self.engine, &caller(&self.to), &queue).await
        {
            tracing::warn!(to = %self.to.institution, %error, "another process sends only after a while");
        }
    }

    async fn turn(
        &mut self,
        queue: &str,
        held: &mut Option<Rendered>,
        until: &mut Option<Instant>,
    ) -> Result<Turn, EngineError> {
        let caller = caller(&self.to);
        let Some(job) = outbox::next(&self.engine, &caller, queue)? else {
            *held = None;
            return Ok(Turn::Rest(LOOK));
        };
        if !outbox::mine(&self.engine, &caller, queue, until).await? {
            return Ok(Turn::Rest(THEIRS));
        }
        let note = Note::of(&job);
        // A clock that was set back must not silence a line.
        let rest = note.due.saturating_sub((self.clock)()).min(millis(self.to.retry_most));
        if rest > 0 {
            return Ok(Turn::Rest(Duration::from_millis(rest.unsigned_abs())));
        }
        // What was made for an earlier attempt is sent as it is, as long as it is still about one person.
        let mut kept = held.take().filter(|held| held.id == job.id);
        if let Some(message) = &kept
            && !still_one(&self.engine, &caller, &message.one)?
        {
            kept = None;
        }
        let message = match kept {
            Some(message) => message,
            None => match rendered(&self.engine, &caller, "deliver", &self.to, &job).await? {
                Ok(message) => message,
                Err(Unrenderable { reason, says }) => {
                    self.set_aside(&job, reason, says, String::new()).await?;
                    return Ok(Turn::Next);
                }
            },
        };
        let answer = self.ask(&message).await;
        let turn = self.settle(&job, answer).await?;
        *held = Some(message);
        Ok(turn)
    }

    /// Sends a message, and reads until its own answer has come. An answer that names another message came late. We ask for
    /// the original mode (MSH-15 and MSH-16 are empty); of a receiver that says `CA` all the same, the application's answer
    /// is awaited too, as long as it is one that sends any: it may be a refusal.
    async fn ask(&mut self, message: &Rendered) -> Result<(Verdict, Vec<u8>), Fault> {
        let mut answer = self.line.exchange(&message.bytes).await?;
        let mut committed = None;
        for _ in 0..MOST_OTHERS {
            match verdict(&answer, &message.control, self.to.charset, !self.habits.owes) {
                Verdict::Other => {
                    tracing::warn!(to = %self.to.institution, "an answer to an earlier message came late");
                    (self.habits.owes, self.habits.commits_only) = (true, false);
                }
                Verdict::Committed if self.habits.commits_only => {
                    self.habits.owes = true;
                    return Ok((Verdict::Accepted, answer));
                }
                Verdict::Committed => committed = Some(answer),
                verdict => return Ok((verdict, answer)),
            }
            answer = match (self.line.answer().await, committed.take()) {
                (Ok(answer), kept) => {
                    committed = kept;
                    answer
                }
                (Err(fault), Some(committed)) => {
                    self.habits.commits_only = fault == Fault::TimeOut;
                    self.habits.owes = true;
                    return Ok((Verdict::Accepted, committed));
                }
                (Err(fault), None) => return Err(fault),
            };
        }
        match committed {
            Some(committed) => Ok((Verdict::Accepted, committed)),
            None => Ok((Verdict::Garbled("only answers to other messages came"), answer)),
        }
    }

    /// Writes down what became of a message.
    async fn settle(&mut self, job: &Job, answer: Result<(Verdict, Vec<u8>), Fault>) -> Result<Turn, EngineError> {
        let (verdict, answer) = match answer {
            Ok(answer) => answer,
            Err(fault) => return self.failed(job, fault.reason(), fault.says(), String::new()).await,
        };
        match verdict {
            Verdict::Accepted | Verdict::Committed => {
                if job.attempts > 0 {
                    tracing::info!(to = %self.to.institution, message = job.id, "the line carries again");
                }
                let note = Note { at: (self.clock)(), answer: shown(&answer, self.to.charset), ..Note::default() };
                outbox::done(&self.engine, &caller(&self.to), job.id, note.text()).await?;
            }
            Verdict::Refused(reason, says) => {
                self.set_aside(job, reason, says, shown(&answer, self.to.charset)).await?;
            }
            Verdict::Other => {
                return self
                    .failed(job, "garbled", "the answer is about another message".to_owned(), String::new())
                    .await;
            }
            Verdict::Garbled(says) => {
                return self.failed(job, "garbled", says.to_owned(), shown(&answer, self.to.charset)).await;
            }
        }
        Ok(Turn::Next)
    }

    /// The message keeps its place and is tried again after a pause.
    async fn failed(&mut self, job: &Job, reason: &str, detail: String, answer: String) -> Result<Turn, EngineError> {
        self.line.hang_up();
        self.habits.owes = false;
        let now = (self.clock)();
        let rest = pause::after(job.attempts + 1, self.to.retry, self.to.retry_most, now);
        let due = now.saturating_add(millis(rest));
        if job.attempts == 0 {
            tracing::warn!(to = %self.to.institution, message = job.id, reason, "the line does not carry; trying again");
        }
        let note = Note { reason: reason.to_owned(), detail, at: now, due, answer };
        outbox::failed(&self.engine, &caller(&self.to), job.id, note.text()).await?;
        Ok(Turn::Rest(rest))
    }

    async fn set_aside(&self, job: &Job, reason: &str, detail: String, answer: String) -> Result<(), EngineError> {
        tracing::warn!(to = %self.to.institution, message = job.id, reason, "an outgoing message is set aside");
        let note = Note { reason: reason.to_owned(), detail, at: (self.clock)(), due: 0, answer };
        outbox::set_aside(&self.engine, &caller(&self.to), job.id, note.text()).await
    }

    /// Rests for a time, or until something comes into the queue or is put back, or until the end.
    async fn rest(&self, time: Duration, queue: &str, feed: &mut Receiver<Event>) {
        let end = tokio::time::sleep(time);
        tokio::pin!(end);
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                () = &mut end => return,
                event = feed.recv() => match event {
                    Ok(Event::Job { queue: of, state: "waiting", .. }) if of == queue => return,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return,
                    // The engine is going down.
                    Err(RecvError::Closed) => return self.stop.cancelled().await,
                },
            }
        }
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
