//! The one writer: two lanes, acts committed in groups, each answered after the commit.
//!
//! An act runs inside a savepoint, so that one that fails takes nothing of its group with it; it is answered with its
//! group all the same, because what it met ("this was applied already") may be of its own group. Interactive acts go
//! first and are committed at once; bulk acts share a commit until somebody interactive waits or the group is full.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{Semaphore, oneshot};

use crate::audit::chain;
use crate::db::{Link, Writing, args};
use crate::intern::Dictionaries;
use crate::pace::{Pace, Second};
use crate::postgres::PgConn;
use crate::shared::Own;
use crate::sql::{self, Sql};
use crate::sqlite::LogCut;
use crate::write::{Counters, audit_head, hash_at};
use crate::{Origin, StoreError, Subject, WriteTx};

/// A group of bulk acts is committed when it has run this long; interactive acts interrupt it between two acts.
const BULK_GROUP: Duration = Duration::from_millis(150);
/// The same while there are interactive acts, which wait for the commit of the group that they come upon.
const SHORT_GROUP: Duration = Duration::from_millis(20);
/// How often and how long after a lost answer it is asked what became of a commit: a server needs a while to start.
const UNANSWERED: u32 = 40;
const UNANSWERED_PAUSE: Duration = Duration::from_millis(250);
/// For how long after an interactive act the next one is expected.
const EXPECTED: Duration = Duration::from_secs(2);
/// Acts that share a commit at most, so that those who came first do not wait for an endless row behind them.
const GROUP: usize = 1024;
/// Acts that may wait in each lane; more callers wait outside, which bounds memory.
const INTERACTIVE_WAITING: usize = 1024;
const BULK_WAITING: usize = 16;

static LAST_TX: Sql = Sql::new(|| sql::select_ordered("tx", &["id"], &[], "id", sea_query::Order::Desc));
static LAST_SUBJECT: Sql = Sql::new(|| sql::select_ordered("subject", &["id"], &[], "id", sea_query::Order::Desc));

/// Which queue an act waits in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lane {
    /// Somebody waits for the answer.
    Interactive,
    /// Imports and rebuilding.
    Bulk,
}

type Fresh = HashMap<String, i64>;
type Waiting = (Lane, Origin, Act);
/// Runs the act, or gives it up (`None`); gives what it leaves (nothing when it failed and must be undone) and what to
/// do when it is known what became of its group.
type Act = Box<dyn FnOnce(Option<WriteTx<'_>>) -> (Option<Fresh>, Answer) + Send>;
type Answer = Box<dyn FnOnce(Outcome) + Send>;

/// What became of a group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Committed,
    Undone,
    /// Undone, as the database went away.
    Away,
    /// The database went away while it committed, and did not come back in time to be asked.
    Unknown,
}

impl Outcome {
    fn fault(self) -> StoreError {
        match self {
            Outcome::Committed | Outcome::Undone => StoreError::WriteAborted,
            Outcome::Away => StoreError::Unavailable("the write was undone".into()),
            Outcome::Unknown => StoreError::Unavailable("whether the write was kept is not known".into()),
        }
    }
}

#[derive(Default)]
struct Queues {
    interactive: VecDeque<(Origin, Act)>,
    bulk: VecDeque<(Origin, Act)>,
    stopping: bool,
}

#[derive(Default)]
struct Shared {
    queues: Mutex<Queues>,
    arrived: Condvar,
    pace: Pace,
}

pub(crate) struct Writer {
    shared: Arc<Shared>,
    interactive: Semaphore,
    bulk: Semaphore,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Writer {
    /// `lock` is held until the last act is written.
    pub(crate) fn start(
        link: Link,
        words: Arc<Dictionaries>,
        lock: Option<Arc<File>>,
        others: Option<(Arc<Own>, String)>,
    ) -> Result<Writer, StoreError> {
        let counters = counters(&link)?;
        let shared = Arc::new(Shared::default());
        let mut state = State {
            link,
            words,
            counters,
            shared: Arc::clone(&shared),
            cut: LogCut::new(),
            in_doubt: false,
            interactive: None,
            clock: None,
            others,
            _lock: lock,
        };
        let thread = std::thread::Builder::new().name("writer".into()).spawn(move || state.work());
        let thread = thread.map_err(|_| StoreError::Stopping)?;
        let (interactive, bulk) = (Semaphore::new(INTERACTIVE_WAITING), Semaphore::new(BULK_WAITING));
        Ok(Writer { shared, interactive, bulk, thread: Some(thread) })
    }

    pub(crate) async fn write<T, E>(
        &self,
        lane: Lane,
        origin: Origin,
        act: impl FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let places = if lane == Lane::Interactive { &self.interactive } else { &self.bulk };
        let place = places.acquire().await.map_err(|_| StoreError::Stopping)?;
        let (answer, answered) = oneshot::channel::<Result<T, E>>();
        let act: Act = Box::new(move |tx| {
            let done = tx.map(|mut tx| act(&mut tx).and_then(|value| Ok((value, tx.finish()?))));
            let (result, fresh) = match done {
                Some(Ok((value, fresh))) => (Some(Ok(value)), Some(fresh)),
                Some(Err(error)) => (Some(Err(error)), None),
                None => (None, None),
            };
            let tell = move |outcome: Outcome| {
                let result = result.filter(|_| outcome == Outcome::Committed);
                let _ = answer.send(result.unwrap_or_else(|| Err(outcome.fault().into())));
            };
            (fresh, Box::new(tell))
        });
        {
            let mut queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
            if queues.stopping {
                return Err(StoreError::Stopping.into());
            }
            match lane {
                Lane::Interactive => queues.interactive.push_back((origin, act)),
                Lane::Bulk => queues.bulk.push_back((origin, act)),
            }
        }
        self.shared.arrived.notify_one();
        // Only an act that panicked gives no answer.
        let result = answered.await.unwrap_or_else(|_| Err(StoreError::WriteAborted.into()));
        drop(place);
        result
    }

    pub(crate) fn waiting(&self) -> (usize, usize) {
        let queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
        (queues.interactive.len(), queues.bulk.len())
    }

    pub(crate) fn pace(&self) -> Vec<Second> {
        self.shared.pace.seconds()
    }
}

impl Drop for Writer {
    /// What waits is still written; then the thread ends. (An act may own the last sight of the store: then this runs
    /// on the writer's own thread, which cannot wait for itself.)
    fn drop(&mut self) {
        self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner).stopping = true;
        self.shared.arrived.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

struct State {
    link: Link,
    words: Arc<Dictionaries>,
    counters: Counters,
    shared: Arc<Shared>,
    cut: LogCut,
    /// Whether it could not be found out what became of the last commit.
    in_doubt: bool,
    /// When the last interactive act came.
    interactive: Option<Instant>,
    /// The time of the server that several processes share, and when it was told.
    clock: Option<(i64, Instant)>,
    /// What this process wrote, and its mark, where there are others.
    others: Option<(Arc<Own>, String)>,
    _lock: Option<Arc<File>>,
}

impl State {
    fn work(&mut self) {
        while let Some(first) = self.wait() {
            let before = self.counters.clone();
            let mut done: Vec<(Fresh, Answer)> = Vec::new();
            let mut next = Some(first);
            self.in_doubt = false;
            let outcome = match self.group(&mut next, &mut done) {
                Ok(()) => {
                    self.shared.pace.committed(done.len());
                    Outcome::Committed
                }
                Err(error) => {
                    self.link.rollback();
                    self.counters = before;
                    tracing::error!(%error, in_doubt = self.in_doubt, "a group of writes failed");
                    match error {
                        _ if self.in_doubt => Outcome::Unknown,
                        StoreError::Unavailable(_) => Outcome::Away,
                        _ => Outcome::Undone,
                    }
                }
            };
            if let Some((_, _, act)) = next {
                done.push((Fresh::new(), act(None).1)); // the group ended before it began
            }
            for (fresh, answer) in done {
                if outcome == Outcome::Committed && !fresh.is_empty() {
                    self.words.publish(fresh);
                }
                answer(outcome);
            }
            match &self.link {
                Link::Lite(conn) => self.cut.after_group(conn),
                Link::Pg(_) => {}
            }
        }
        match &self.link {
            Link::Lite(conn) => LogCut::at_end(conn),
            Link::Pg(_) => {}
        }
    }

    fn wait(&self) -> Option<Waiting> {
        let mut queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(next) = pop(&mut queues, true) {
                return Some(next);
            }
            if queues.stopping {
                return None;
            }
            queues = self.shared.arrived.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// When it fails, `next` is the act that was not begun, if there is one.
    fn group(&mut self, next: &mut Option<Waiting>, done: &mut Vec<(Fresh, Answer)>) -> Result<(), StoreError> {
        self.link.begin(Writing::Record)?;
        if let Link::Pg(conn) = &self.link {
            // Another process may have written since; and all go by the one clock that they share.
            let (counters, now) = counters_there(conn)?;
            self.counters = counters;
            self.clock = Some((now, Instant::now()));
        }
        let first = self.counters.audit_seq;
        let began = Instant::now();
        let expected = self.interactive.is_some_and(|last| last.elapsed() < EXPECTED);
        let longest = if expected { SHORT_GROUP } else { BULK_GROUP };
        let mut somebody_waits = false;
        while next.is_some() {
            self.link.begin_act()?;
            let Some((lane, origin, act)) = next.take() else { break };
            if lane == Lane::Interactive {
                somebody_waits = true;
                self.interactive = Some(began);
            }
            self.run(origin, act, done)?;
            if done.len() >= GROUP {
                break;
            }
            let mut queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
            *next = pop(&mut queues, !somebody_waits && began.elapsed() < longest);
        }
        let (Some((own, mark)), Link::Pg(conn)) = (&self.others, &self.link) else { return self.link.commit() };
        let last = self.counters.audit_seq;
        if last > first {
            conn.announce(mark)?;
        }
        // Until it is known, nobody takes these rows for another's.
        own.while_committing(first, last, || match self.link.commit() {
            Err(StoreError::Unavailable(why)) if last > first => {
                self.link.rollback();
                let became = was_committed(&self.link, &self.counters);
                self.in_doubt = became.is_none();
                if became == Some(true) { Ok(()) } else { Err(StoreError::Unavailable(why)) }
            }
            told => told,
        })
    }

    /// Runs an act that has begun, and ends it.
    fn run(&mut self, origin: Origin, act: Act, done: &mut Vec<(Fresh, Answer)>) -> Result<(), StoreError> {
        let before = self.counters.clone();
        // No later than the server's own, so that it never goes back from one group to the next.
        let at = self.clock.map_or_else(now, |(then, since)| then + milliseconds(since.elapsed()));
        let tx = WriteTx::new(self.link.conn(), &self.words, &mut self.counters, origin, at);
        let kept = match catch_unwind(AssertUnwindSafe(|| act(Some(tx)))) {
            Ok((fresh, answer)) => {
                let kept = fresh.is_some();
                done.push((fresh.unwrap_or_default(), answer));
                kept
            }
            Err(_) => {
                tracing::error!("an act panicked and was undone");
                false
            }
        };
        if kept {
            return Ok(());
        }
        self.counters = before;
        self.link.undo_act()
    }
}

/// Whether a group is there whose commit was not answered: the server may have gone just then. Its last row of the chain
/// tells, for the hash of a row is that of no other. A group that changed no record has none; it counts as undone. `None`
/// when the server did not answer in time.
fn was_committed(link: &Link, counters: &Counters) -> Option<bool> {
    for _ in 0..UNANSWERED {
        match link.begin(Writing::Record).and_then(|()| hash_at(link.conn(), counters.audit_seq)) {
            Ok(found) => {
                link.rollback();
                return Some(found == Some(counters.audit_hash));
            }
            Err(_) => std::thread::sleep(UNANSWERED_PAUSE),
        }
    }
    None
}

/// The numbers that were given out last.
fn counters(link: &Link) -> Result<Counters, StoreError> {
    let conn = link.conn();
    let (audit_seq, audit_hash) = audit_head(conn)?;
    // No row is a new store; one that cannot be read must not begin to count anew.
    let tx = conn.row(&LAST_TX, args![1], |row| row.get(0))?.unwrap_or_default();
    let subject = conn.row(&LAST_SUBJECT, args![1], |row| row.get(0))?.unwrap_or(Subject::COMMON.0);
    Ok(Counters { tx, subject, audit_seq, audit_hash })
}

/// The same on a server, in one answer; and what time it is there.
const COUNTERS: &str = "SELECT (SELECT max(id) FROM tx), (SELECT max(id) FROM subject), \
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint, a.seq, a.hash FROM (SELECT 1) AS one \
    LEFT JOIN (SELECT seq, hash FROM audit_write ORDER BY seq DESC LIMIT 1) AS a ON true";

fn counters_there(conn: &PgConn) -> Result<(Counters, i64), StoreError> {
    let found = conn.row(COUNTERS, &[], |row| {
        let tx = row.get::<Option<i64>>(0)?.unwrap_or_default();
        let subject = row.get::<Option<i64>>(1)?.unwrap_or(Subject::COMMON.0);
        let audit_seq = row.get::<Option<i64>>(3)?.unwrap_or_default();
        let audit_hash = row.get::<Option<[u8; 32]>>(4)?.unwrap_or(chain::START);
        Ok((Counters { tx, subject, audit_seq, audit_hash }, row.get(2)?))
    })?;
    found.ok_or_else(|| StoreError::Database("the numbers that were given out cannot be read".into()))
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn pop(queues: &mut Queues, bulk_too: bool) -> Option<Waiting> {
    let interactive = queues.interactive.pop_front().map(|(origin, act)| (Lane::Interactive, origin, act));
    interactive.or_else(|| {
        let bulk = if bulk_too { queues.bulk.pop_front() } else { None };
        bulk.map(|(origin, act)| (Lane::Bulk, origin, act))
    })
}

/// Milliseconds since 1970 UTC.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, milliseconds)
}
