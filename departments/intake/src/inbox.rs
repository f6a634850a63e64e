//! The way of a message: its bytes and what they say are written in one transaction, then it is answered.
//!
//! Whatever stops the process in between, nothing is on disk and nothing was answered: its sender sends it again. What
//! cannot be applied is kept by its bytes alone and parked with its reason, and does not stop the line; what a passing
//! fault holds up waits in the inbox (`behind.rs`) and is tried before anything newer of its feed. A message is done by a
//! mark that commits with what it did, so nothing is applied twice.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    time::Instant,
};

use meridian_engine::{
    Caller, Class, Engine, EngineError, JobDone, Options, Which,
    jobs::{self, Job, JobState, Received},
    transaction,
};
use meridian_hl7v2::{Assumed, Charset, Dtm, Limits, Message, Offset, ack::salvage_header, read};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    ack,
    behind::Behind,
    map::{FeedConfig, Mapped, Mapper, Park, Reason, TableError},
    meeting::Meeting,
};

/// Larger messages are read and mapped on a thread that may block.
const LARGE: usize = 128 << 10;
/// The inbox of the HL7 v2 feeds. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    engine: Engine,
    feeds: Vec<FeedConfig>,
    mapper: Result<Mapper, TableError>,
    limits: Limits,
    /// What a passing fault left behind, which comes before what is newer of its feed.
    pub(crate) behind: Mutex<Behind>,
    /// Held while what was left behind is worked off.
    pub(crate) recovering: tokio::sync::Mutex<()>,
    began: Instant,
}

/// What became of a message.
pub(crate) enum Settled {
    Applied,
    Parked(Park),
    /// A passing fault of ours: it is in the inbox and will be tried again.
    Waiting,
}

/// A message read and mapped.
pub(crate) struct Prepared {
    pub(crate) opened: Result<Opened, Park>,
    pub(crate) mapped: Result<Mapped, Park>,
}

/// A message as it was read.
pub(crate) struct Opened {
    pub(crate) message: Message,
    pub(crate) charset: Charset,
    damaged: bool,
}

impl Inbox {
    /// An inbox for these feeds.
    #[must_use]
    pub fn new(engine: Engine, feeds: Vec<FeedConfig>) -> Self {
        let mapper = Mapper::load();
        let behind = Mutex::default();
        let recovering = tokio::sync::Mutex::new(());
        let (limits, began) = (Limits::default(), Instant::now());
        Self { inner: Arc::new(Inner { engine, feeds, mapper, limits, behind, recovering, began }) }
    }

    /// Takes one message and answers it. `now` is the time in milliseconds since 1970 UTC.
    ///
    /// The answer is the bytes of an ACK: `AA` when the message is applied (or safe, and will be applied after a
    /// passing fault of ours), `AE` or `AR` with the reason when it is parked. Empty for bytes that hold no header
    /// to answer to, which are not kept.
    pub async fn receive(&self, raw: &[u8], now: i64) -> Vec<u8> {
        let Prepared { opened, mapped } = self.prepare(raw).await;
        let (key, head) = match &opened {
            Ok(opened) => (self.key(&opened.message, raw), self.head(&opened.message)),
            Err(_) if salvage_header(raw).is_none() => return Vec::new(),
            Err(_) => (format!("unparseable|{}", hash(raw)), self.head_of_wreck(raw)),
        };
        let caller = self.caller(opened.as_ref().ok());
        if self.is_behind(&caller.institution) {
            self.work_off(false).await;
        }
        // The usual way: the bytes and what they say are on disk together.
        let settled = match mapped {
            Err(park) => Settled::Parked(park),
            // What was acknowledged before it still waits: it waits behind that.
            Ok(_) if self.is_behind(&caller.institution) => Settled::Waiting,
            Ok(mapped) => {
                let job = Which::New { key: key.clone(), body: Arc::from(raw), at: now };
                self.apply(job, &caller, &head, mapped).await
            }
        };
        let park = match settled {
            Settled::Applied => return respond(raw, &opened, None, now),
            Settled::Parked(park) => Some(park),
            Settled::Waiting => {
                self.hold(&caller.institution, Instant::now());
                None
            }
        };
        // Nothing was written: the bytes alone are kept, with the reason or to be tried again.
        let kept = match jobs::receive(&self.inner.engine, &caller, key, head.clone(), raw.to_vec()).await {
            Ok(Received::Again(job)) if job.state == JobState::Done => return respond(raw, &opened, None, now),
            // Its sender is about to hear that it is safe: it may not stay set aside.
            Ok(Received::Again(job)) if park.is_none() && job.state == JobState::Parked => {
                match jobs::wait(&self.inner.engine, &caller, job.id).await {
                    Err(error) if error.class() == Class::Conflict => return respond(raw, &opened, None, now),
                    back => back.map(|()| job.id),
                }
            }
            Ok(Received::Again(job)) => Ok(job.id),
            Ok(Received::New(id)) => Ok(id),
            Err(error) => Err(error),
        };
        let id = match kept {
            Ok(id) => id,
            Err(error) => {
                tracing::error!(%error, "the inbox cannot be written");
                let park = Park::new(Reason::Internal, "", "the message could not be kept");
                return respond(raw, &opened, Some(&park), now);
            }
        };
        let settled = match park {
            Some(park) => self.park(id, &caller, Some(head), park).await,
            None => Settled::Waiting,
        };
        match settled {
            Settled::Applied => respond(raw, &opened, None, now),
            Settled::Parked(park) => respond(raw, &opened, Some(&park), now),
            Settled::Waiting => {
                self.hold(&caller.institution, Instant::now());
                respond(raw, &opened, None, now)
            }
        }
    }

    /// Tries a parked message once more, for a person; a waiting one in its turn. What it writes names that person.
    ///
    /// # Errors
    /// When the message cannot be read.
    pub(crate) async fn replay(&self, job: &Job, by: &Caller) -> Result<JobState, EngineError> {
        if job.state == JobState::Waiting {
            self.hold(&institution_of(&job.head), Instant::now());
            self.work_off(true).await;
            return Ok(jobs::message(&self.inner.engine, by, job.id)?.state);
        }
        let Prepared { opened, mapped } = self.prepare(&job.body).await;
        let caller = self.caller(opened.as_ref().ok());
        let request = format!("replay-{}", caller.request);
        let caller = Caller { actor: by.actor.clone(), display: by.display.clone(), request, ..caller };
        Ok(match self.settle(job.id, &caller, &opened, mapped).await {
            Settled::Applied => JobState::Done,
            Settled::Parked(_) => JobState::Parked,
            Settled::Waiting => {
                jobs::wait(&self.inner.engine, &caller, job.id).await?;
                self.hold(&caller.institution, Instant::now());
                JobState::Waiting
            }
        })
    }

    /// Reads and maps; large messages on a thread that may block.
    pub(crate) async fn prepare(&self, raw: &[u8]) -> Prepared {
        let work = |inbox: &Self, raw: &[u8]| {
            let opened = inbox.open(raw);
            let mapped = opened.as_ref().map_err(Clone::clone).and_then(|opened| inbox.map(opened));
            Prepared { opened, mapped }
        };
        if raw.len() <= LARGE {
            return work(self, raw);
        }
        let (inbox, raw) = (self.clone(), raw.to_vec());
        let done = tokio::task::spawn_blocking(move || work(&inbox, &raw)).await;
        done.unwrap_or_else(|_| Prepared { opened: Err(internal("stopped")), mapped: Err(internal("stopped")) })
    }

    /// Reads a message, behind a wall that holds a panic back: its bytes come from outside.
    pub(crate) fn open(&self, raw: &[u8]) -> Result<Opened, Park> {
        let (limits, assumed) = (self.inner.limits, self.assumed(raw));
        let read = catch_unwind(|| read(raw, &limits, assumed)).map_err(|_| internal("reading failed"))?;
        let read = read.map_err(|error| Park::new(Reason::Unparseable, "", &error.to_string()))?;
        // A set that nobody knows matters only where a byte is more than plain ASCII.
        let unknown = |name: &String| !name.is_empty() && Charset::from_name(name).is_none();
        let guessed = read.decoded.guessed && read.decoded.declared.as_ref().is_some_and(unknown) && !raw.is_ascii();
        let damaged = read.decoded.replaced || guessed;
        Ok(Opened { message: read.message, charset: read.decoded.used, damaged })
    }

    /// Maps a message that was read.
    pub(crate) fn map(&self, opened: &Opened) -> Result<Mapped, Park> {
        if opened.damaged {
            let says = "bytes without a meaning in the character set that MSH-18 names";
            return Err(Park::new(Reason::WrongCharset, "MSH-18", says));
        }
        let Some(feed) = FeedConfig::find(&self.inner.feeds, &opened.message) else {
            return Err(Park::new(Reason::UnknownSender, "MSH-4", "no feed is configured for this sender"));
        };
        let mapper = self.inner.mapper.as_ref().map_err(|error| internal(&error.to_string()))?;
        catch_unwind(AssertUnwindSafe(|| mapper.map(&opened.message, feed)))
            .unwrap_or_else(|_| Err(internal("the mapping failed")))
    }

    /// Applies or parks the message with this number.
    pub(crate) async fn settle(
        &self,
        id: i64,
        caller: &Caller,
        opened: &Result<Opened, Park>,
        mapped: Result<Mapped, Park>,
    ) -> Settled {
        let head = opened.as_ref().ok().map(|opened| self.head(&opened.message));
        let park = match mapped {
            Err(park) => park,
            Ok(mapped) => match self.apply(Which::There(id), caller, head.as_deref().unwrap_or("{}"), mapped).await {
                Settled::Parked(park) => park,
                settled => return settled,
            },
        };
        self.park(id, caller, head, park).await
    }

    async fn apply(&self, which: Which, caller: &Caller, head: &str, mut mapped: Mapped) -> Settled {
        let warnings: Vec<String> =
            mapped.warnings.iter().map(|warning| format!("{}: {}", warning.at, warning.what)).collect();
        let note = json!({"patient": mapped.patient_key, "warnings": warnings}).to_string();
        let job = Some(JobDone { job: which, head: head.to_owned(), note });
        let bundle = mapped.bundle.take();
        let options = Options { job, merging: Some(Arc::new(Meeting::new(mapped))), ..Options::default() };
        match transaction(&self.inner.engine, caller, bundle, options).await {
            Ok(_) => Settled::Applied,
            Err(error) => refused(&caller.request, &error),
        }
    }

    pub(crate) async fn park(&self, id: i64, caller: &Caller, head: Option<String>, park: Park) -> Settled {
        let note = json!({"reason": park.reason.as_str(), "at": park.at, "detail": park.detail}).to_string();
        let head = match head {
            Some(head) => head,
            None => jobs::message(&self.inner.engine, caller, id).map(|job| job.head).unwrap_or_else(|_| "{}".into()),
        };
        match jobs::park(&self.inner.engine, caller, id, head, note).await {
            Ok(()) => Settled::Parked(park),
            Err(error) if error.class() == Class::Conflict => Settled::Applied,
            Err(error) => {
                tracing::error!(message = id, %error, "the message cannot be parked");
                Settled::Waiting
            }
        }
    }

    /// What the feed's configuration says of the character set: whose message it is, its header tells whatever the
    /// set is.
    fn assumed(&self, raw: &[u8]) -> Assumed {
        if self.inner.feeds.iter().all(|feed| feed.charset.is_none()) {
            return Assumed::Nothing;
        }
        let header = salvage_header(raw);
        let feed = header.as_ref().and_then(|(header, _)| FeedConfig::find(&self.inner.feeds, header));
        match feed.and_then(|feed| Some((feed.charset?, feed.force_charset))) {
            Some((charset, true)) => Assumed::Always(charset),
            Some((charset, false)) => Assumed::Unless(charset),
            None => Assumed::Nothing,
        }
    }

    /// The platform itself, for the institution that the message comes from.
    pub(crate) fn caller(&self, opened: Option<&Opened>) -> Caller {
        let institution = opened.map_or_else(String::new, |opened| self.institution(&opened.message));
        let control = opened.and_then(|opened| opened.message.control_id()).unwrap_or_default();
        Caller::system("intake", &institution, &format!("hl7v2-{control}"))
    }

    fn institution(&self, message: &Message) -> String {
        FeedConfig::find(&self.inner.feeds, message).map(|feed| feed.institution.clone()).unwrap_or_default()
    }

    /// A message is the same again when sender, control id and content are. A sender that uses a control id twice
    /// for different content loses nothing.
    fn key(&self, message: &Message, raw: &[u8]) -> String {
        let text = |path| message.get(path).unwrap_or_default();
        let control = message.control_id().unwrap_or_default();
        format!("{}|{}|{}|{control}|{}", self.institution(message), text("MSH-4"), text("MSH-3"), hash(raw))
    }

    /// Small facts for lists.
    fn head(&self, message: &Message) -> String {
        let (code, event) = message.kind();
        json!({
            "door": "mllp",
            "institution": self.institution(message),
            "facility": message.get("MSH-4"),
            "kind": if event.is_empty() { code } else { format!("{code}^{event}") },
            "control": message.control_id().unwrap_or_default(),
            "sent": self.sent(message),
        })
        .to_string()
    }

    /// MSH-7 in the feed's zone.
    fn sent(&self, message: &Message) -> Option<String> {
        let zone = FeedConfig::find(&self.inner.feeds, message).map_or(Offset::CHINA, |feed| feed.zone);
        Some(Dtm::parse(&message.get("MSH-7")?)?.date_time(zone))
    }

    fn head_of_wreck(&self, raw: &[u8]) -> String {
        salvage_header(raw).map_or_else(|| json!({"door": "mllp"}).to_string(), |(header, _)| self.head(&header))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    pub(crate) fn feeds(&self) -> &[FeedConfig] {
        &self.inner.feeds
    }

    /// How long the inbox has been listening, in milliseconds.
    pub(crate) fn up_ms(&self) -> i64 {
        i64::try_from(self.inner.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// What an error of the record means for the message.
fn refused(message: &str, error: &EngineError) -> Settled {
    let issue = error.issues().into_iter().next();
    let at = issue.as_ref().and_then(|issue| issue.expression.first().cloned()).unwrap_or_default();
    let mixed = issue.as_ref().is_some_and(|issue| issue.code == "business-rule");
    let says = issue.map(|issue| issue.diagnostics).unwrap_or_default();
    let reason = match (error, error.class()) {
        // Another connection, or the life before a kill, was faster.
        (EngineError::Conflict(says), _) if says.english == "already applied" => return Settled::Applied,
        _ if error.passes() => {
            tracing::warn!(message, %error, "the message stays in the inbox");
            return Settled::Waiting;
        }
        (_, Class::Internal) => {
            tracing::error!(message, %error, "the message cannot be applied");
            Reason::Internal
        }
        _ if mixed => Reason::OtherPerson,
        (_, Class::Invalid | Class::Unprocessable) => Reason::InvalidValue,
        (_, Class::Precondition) => Reason::AmbiguousKey,
        _ => Reason::Refused,
    };
    Settled::Parked(Park { reason, at, detail: says })
}

fn respond(raw: &[u8], opened: &Result<Opened, Park>, parked: Option<&Park>, now: i64) -> Vec<u8> {
    match opened {
        Ok(opened) => ack::answer(&opened.message, opened.charset, parked, now),
        Err(park) => ack::salvage(raw, parked.unwrap_or(park), now),
    }
}

/// The institution in the facts of a message.
pub(crate) fn institution_of(head: &str) -> String {
    let head: serde_json::Value = serde_json::from_str(head).unwrap_or_default();
    head.get("institution").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

fn internal(says: &str) -> Park {
    Park::new(Reason::Internal, "", says)
}

fn hash(raw: &[u8]) -> String {
    let mut out = String::with_capacity(32);
    for byte in Sha256::digest(raw).iter().take(16) {
        out.push_str(&format!("{byte:02x}"));
    }
    out
}
