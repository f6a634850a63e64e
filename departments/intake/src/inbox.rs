//! The way of a message: on disk first, then applied in one transaction that also marks it done, then answered.
//!
//! Whatever stops the process in between, the message is in the inbox and is worked off at the next start; the mark
//! that it is done commits with what it did, so nothing is applied twice. What cannot be applied is parked with its
//! reason and does not stop the line.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use meridian_engine::{
    Caller, Class, Engine, EngineError, JobDone, Options,
    jobs::{self, Job, Received},
    transaction,
};
use meridian_hl7v2::{Charset, Limits, Message, ack::salvage_header, read};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    ack,
    map::{FeedConfig, Mapped, Mapper, Park, Reason, TableError},
};

/// Messages that are taken from the inbox at a time when what was left behind is worked off.
const BATCH: u32 = 100;
/// Larger messages are read and mapped on a thread that may block.
const LARGE: usize = 128 << 10;
/// How long after a passing fault waiting messages are tried again.
const PAUSE: Duration = Duration::from_secs(2);

/// The inbox of the HL7 v2 feeds. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    feeds: Vec<FeedConfig>,
    mapper: Result<Mapper, TableError>,
    limits: Limits,
    /// Messages wait that a passing fault left behind; they come before new ones.
    behind: AtomicBool,
    /// Held while what was left behind is worked off.
    recovering: tokio::sync::Mutex<()>,
}

/// What became of a message.
pub(crate) enum Settled {
    Applied,
    Parked(Park),
    /// A passing fault of ours: it is in the inbox and will be tried again.
    Waiting,
}

/// A message read and mapped.
struct Prepared {
    opened: Result<Opened, Park>,
    mapped: Result<Mapped, Park>,
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
        let behind = AtomicBool::new(false);
        let recovering = tokio::sync::Mutex::new(());
        Self { inner: Arc::new(Inner { engine, feeds, mapper, limits: Limits::default(), behind, recovering }) }
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
        if self.inner.behind.load(Ordering::Acquire) {
            self.recover().await;
        }
        let caller = self.caller(opened.as_ref().ok());
        let received = jobs::receive(&self.inner.engine, &caller, key, head, raw.to_vec()).await;
        let id = match received {
            Ok(Received::New(id)) => id,
            Ok(Received::Again(job)) if job.state == jobs::JobState::Done => return respond(raw, &opened, None, now),
            // It waits or was parked, and its sender tries again: so do we.
            Ok(Received::Again(job)) => job.id,
            Err(error) => {
                tracing::error!(%error, "the inbox cannot be written");
                let park = Park::new(Reason::Internal, "", "the message could not be kept");
                return respond(raw, &opened, Some(&park), now);
            }
        };
        match self.settle(id, &opened, mapped).await {
            Settled::Applied => respond(raw, &opened, None, now),
            Settled::Parked(park) => respond(raw, &opened, Some(&park), now),
            Settled::Waiting => {
                self.try_again_later();
                respond(raw, &opened, None, now)
            }
        }
    }

    /// Works off what waits, oldest first; to be called before the doors open. Returns how many were settled.
    pub async fn recover(&self) -> u64 {
        let _one = self.inner.recovering.lock().await;
        let caller = self.caller(None);
        let mut settled = 0;
        loop {
            let waiting = match jobs::waiting(&self.inner.engine, &caller, BATCH) {
                Ok(waiting) => waiting,
                Err(error) => {
                    tracing::error!(%error, "the inbox cannot be read");
                    return settled;
                }
            };
            if waiting.is_empty() {
                self.inner.behind.store(false, Ordering::Release);
                return settled;
            }
            for job in waiting {
                let Prepared { opened, mapped } = self.prepare(&job.body).await;
                if matches!(self.settle(job.id, &opened, mapped).await, Settled::Waiting) {
                    // Order matters: nothing newer overtakes it.
                    self.inner.behind.store(true, Ordering::Release);
                    return settled;
                }
                settled += 1;
            }
        }
    }

    /// Tries a parked or waiting message once more.
    pub(crate) async fn replay(&self, job: &Job) -> Settled {
        let Prepared { opened, mapped } = self.prepare(&job.body).await;
        self.settle(job.id, &opened, mapped).await
    }

    /// Reads and maps; large messages on a thread that may block.
    async fn prepare(&self, raw: &[u8]) -> Prepared {
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
        let (limits, default) = (self.inner.limits, self.default_charset());
        let read = catch_unwind(|| read(raw, &limits, default)).map_err(|_| internal("reading failed"))?;
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
    async fn settle(&self, id: i64, opened: &Result<Opened, Park>, mapped: Result<Mapped, Park>) -> Settled {
        let caller = self.caller(opened.as_ref().ok());
        let head = opened.as_ref().ok().map(|opened| self.head(&opened.message));
        let park = match mapped {
            Err(park) => park,
            Ok(mapped) => match self.apply(id, &caller, head.as_deref().unwrap_or("{}"), mapped).await {
                Settled::Parked(park) => park,
                settled => return settled,
            },
        };
        self.park(id, &caller, head, park).await
    }

    async fn apply(&self, id: i64, caller: &Caller, head: &str, mapped: Mapped) -> Settled {
        let warnings: Vec<String> =
            mapped.warnings.iter().map(|warning| format!("{}: {}", warning.at, warning.what)).collect();
        let note = json!({"patient": mapped.patient_key, "warnings": warnings}).to_string();
        let job = Some(JobDone { id, head: head.to_owned(), note });
        let options = Options { job, ..Options::default() };
        match transaction(&self.inner.engine, caller, mapped.bundle, options).await {
            Ok(_) => Settled::Applied,
            Err(error) => refused(id, &error),
        }
    }

    async fn park(&self, id: i64, caller: &Caller, head: Option<String>, park: Park) -> Settled {
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

    /// Wakes up a little later and works off what waits.
    fn try_again_later(&self) {
        if self.inner.behind.swap(true, Ordering::AcqRel) {
            return;
        }
        let inbox = self.clone();
        tokio::spawn(async move {
            while inbox.inner.behind.load(Ordering::Acquire) {
                tokio::time::sleep(PAUSE).await;
                inbox.recover().await;
            }
        });
    }

    /// The character set for messages that name none, when all feeds agree on it: whose message it is, is only
    /// known once it is text.
    fn default_charset(&self) -> Option<Charset> {
        let first = self.inner.feeds.first()?.charset;
        first.filter(|first| self.inner.feeds.iter().all(|feed| feed.charset == Some(*first)))
    }

    /// The platform itself, for the institution that the message comes from.
    fn caller(&self, opened: Option<&Opened>) -> Caller {
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
        })
        .to_string()
    }

    fn head_of_wreck(&self, raw: &[u8]) -> String {
        salvage_header(raw).map_or_else(|| json!({"door": "mllp"}).to_string(), |(header, _)| self.head(&header))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }
}

/// What an error of the record means for the message.
fn refused(id: i64, error: &EngineError) -> Settled {
    let issue = error.issues().into_iter().next();
    let at = issue.as_ref().and_then(|issue| issue.expression.first().cloned()).unwrap_or_default();
    let says = issue.map(|issue| issue.diagnostics).unwrap_or_default();
    let reason = match (error, error.class()) {
        // Another connection, or the life before a kill, was faster.
        (EngineError::Conflict(says), _) if says == "already applied" => return Settled::Applied,
        (EngineError::Store(_), _) | (_, Class::Unavailable) => {
            tracing::warn!(message = id, %error, "the message stays in the inbox");
            return Settled::Waiting;
        }
        (_, Class::Internal) => {
            tracing::error!(message = id, %error, "the message cannot be applied");
            Reason::Internal
        }
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
