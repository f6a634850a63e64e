//! The one writer: two lanes, acts committed in groups, each answered after the commit.
//!
//! An act runs inside a savepoint, so that one that fails takes nothing of its group with it; it is answered with its
//! group all the same, because what it met ("this was applied already") may be of its own group. Interactive acts go
//! first and are committed at once; bulk acts share a commit until somebody interactive waits or the group is full.
//!
//! To a server every question is a way there and back. Acts whose callers can do them over are done *together*, in groups
//! of their own: what they will look at is asked in one question before they begin, what they write waits and goes out
//! when the group ends. A fault that is met only then is nobody's: all of them are told to come again, alone.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{Semaphore, oneshot};

use crate::audit::chain;
use crate::db::{Conn, Link, Row, Writing, args};
use crate::intern::Dictionaries;
use crate::memo::Known;
use crate::pace::{Pace, Second};
use crate::shared::Own;
use crate::sql::{self, Sql};
use crate::sqlite::LogCut;
use crate::write::{Counters, Learning, TxMark, audit_head, hash_at, learn, tx_at};
use crate::{Origin, StoreError, Subject, Want, WriteTx};

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
/// Acts of a group that are looked ahead for at a time, and what they may want to look at together: fewer than are
/// remembered.
const WAVE: usize = 128;
const WANTED: usize = 4_000;
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

/// An act that waits for its turn.
struct Waiting {
    lane: Lane,
    origin: Origin,
    /// What it will look at, where it may be done together with others.
    together: Option<Vec<Want>>,
    act: Act,
}

/// Runs the act, or gives it up (`None`); gives what it leaves (nothing when it failed and must be undone) and what to
/// do when it is known what became of its group.
type Act = Box<dyn FnOnce(Option<WriteTx<'_>>) -> (Option<Fresh>, Answer) + Send>;
type Answer = Box<dyn FnOnce(Outcome) + Send>;

/// What became of a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Committed,
    Undone,
    /// Undone, maybe for a fault of another: each is to be done over alone.
    Again,
    /// Undone, as the database went away.
    Away,
    /// The database went away while it committed, and did not come back in time to be asked.
    Unknown,
}

impl Outcome {
    fn fault(self) -> StoreError {
        match self {
            Outcome::Committed | Outcome::Undone => StoreError::WriteAborted,
            Outcome::Again => StoreError::Again,
            Outcome::Away => StoreError::Unavailable("the write was undone".into()),
            Outcome::Unknown => StoreError::Unavailable("whether the write was kept is not known".into()),
        }
    }
}

#[derive(Default)]
struct Queues {
    interactive: VecDeque<Waiting>,
    bulk: VecDeque<Waiting>,
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
            lost: None,
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
        together: Option<Vec<Want>>,
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
                Lane::Interactive => &mut queues.interactive,
                Lane::Bulk => &mut queues.bulk,
            }
            .push_back(Waiting { lane, origin, together, act });
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
    /// What became of the last group, where the answer to its commit was lost.
    lost: Option<Outcome>,
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
        while let Some(mut wave) = self.wait() {
            let before = self.counters.clone();
            let mut done: Vec<(Fresh, Answer)> = Vec::new();
            let together = self.together(&wave);
            self.lost = None;
            let outcome = match self.group(&mut wave, together, &mut done) {
                Ok(()) => {
                    self.shared.pace.committed(done.len());
                    Outcome::Committed
                }
                Err(error) => {
                    let stands = self.link.stands();
                    self.link.rollback();
                    self.counters = before;
                    tracing::error!(%error, lost = ?self.lost, together, "a group of writes failed");
                    match (error, self.lost) {
                        (_, Some(found)) => found,
                        // A server that stands and has no room or no way to its disk for one may have it for the others.
                        (StoreError::Unavailable(_), None) if !(together && stands) => Outcome::Away,
                        _ if together => Outcome::Again,
                        _ => Outcome::Undone,
                    }
                }
            };
            for waiting in wave {
                done.push((Fresh::new(), (waiting.act)(None).1)); // the group ended before it began
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

    /// Whether acts are done together: a file answers at once, there is nothing to be gained.
    fn together(&self, wave: &VecDeque<Waiting>) -> bool {
        matches!(&self.link, Link::Pg(_)) && wave.front().is_some_and(|first| first.together.is_some())
    }

    fn wait(&self) -> Option<VecDeque<Waiting>> {
        let mut queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(first) = pop(&mut queues, true, |_| true) {
                let mut wave = VecDeque::from([first]);
                let together = self.together(&wave);
                self.gather(&mut queues, &mut wave, together, false);
                return Some(wave);
            }
            if queues.stopping {
                return None;
            }
            queues = self.shared.arrived.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes the acts that come next: one, or the interactive ones that may be done together.
    fn gather(&self, queues: &mut Queues, wave: &mut VecDeque<Waiting>, together: bool, bulk_too: bool) {
        let server = matches!(&self.link, Link::Pg(_));
        let fits = |next: &Waiting| !server || next.together.is_some() == together;
        if wave.is_empty() {
            wave.extend(pop(queues, bulk_too, fits));
        }
        let mut wanted = wants(wave).count();
        let interactive = wave.back().is_some_and(|last| last.lane == Lane::Interactive);
        while together && interactive && wave.len() < WAVE {
            let room = |next: &Waiting| wanted + next.together.as_ref().map_or(0, Vec::len) <= WANTED;
            let Some(next) = pop(queues, false, |next| fits(next) && room(next)) else { return };
            wanted += next.together.as_ref().map_or(0, Vec::len);
            wave.push_back(next);
        }
    }

    /// When it fails, those left in `wave` were not begun.
    fn group(
        &mut self,
        wave: &mut VecDeque<Waiting>,
        together: bool,
        done: &mut Vec<(Fresh, Answer)>,
    ) -> Result<(), StoreError> {
        let known = Rc::new(Known::of_a_group());
        self.begin(wave, &known)?;
        let before = self.counters.clone();
        let began = Instant::now();
        let expected = self.interactive.is_some_and(|last| last.elapsed() < EXPECTED);
        let longest = if expected { SHORT_GROUP } else { BULK_GROUP };
        let mut somebody_waits = false;
        while !wave.is_empty() {
            self.link.begin_act(together)?;
            let Some(Waiting { lane, origin, act, .. }) = wave.pop_front() else { break };
            if lane == Lane::Interactive {
                somebody_waits = true;
                self.interactive = Some(began);
            }
            known.begin();
            if !self.run(origin, act, together.then(|| Rc::clone(&known)), done)? {
                known.undo();
            }
            if !wave.is_empty() {
                continue;
            }
            // One that forgot would ask again and again, with everything sent before.
            if done.len() >= GROUP || known.forgot() {
                break;
            }
            {
                let mut queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
                self.gather(&mut queues, wave, together, !somebody_waits && began.elapsed() < longest);
            }
            if let Link::Pg(conn) = &self.link {
                learn(conn, wants(wave), &known)?;
            }
        }
        let (Some((own, mark)), Link::Pg(conn)) = (&self.others, &self.link) else { return self.link.commit() };
        let (first, last) = (before.audit_seq, self.counters.audit_seq);
        if last > first {
            conn.announce(mark)?;
        }
        // Until it is known, nobody takes these rows for another's.
        own.while_committing(first, last, || match self.link.commit() {
            Err(error) if conn.lost_commit() => {
                self.link.rollback();
                self.lost = match was_committed(&self.link, &before, &self.counters) {
                    Some(true) => return Ok(()),
                    Some(false) => Some(Outcome::Away),
                    None => Some(Outcome::Unknown),
                };
                Err(error)
            }
            told => told,
        })
    }

    /// Begins a group. On a server another process may have written since, and all go by the one clock that they share:
    /// both are asked together with what the first acts want.
    fn begin(&mut self, wave: &VecDeque<Waiting>, known: &Known) -> Result<(), StoreError> {
        let Link::Pg(conn) = &self.link else { return self.link.begin(Writing::Record) };
        let learning = Learning::of(wants(wave), known);
        let mut questions = vec![(COUNTERS, Vec::new())];
        questions.extend(learning.questions());
        let mut answers = conn.begin_asking(Writing::Record, questions)?;
        let learned = answers.split_off(1);
        let mut told = None;
        if let Some(answer) = answers.first() {
            answer.each(|row| {
                told = Some(counters_there(row)?);
                Ok(false)
            })?;
        }
        let (counters, now) =
            told.ok_or_else(|| StoreError::Database("the numbers that were given out cannot be read".into()))?;
        learning.note(&learned, known)?;
        self.counters = counters;
        self.clock = Some((now, Instant::now()));
        Ok(())
    }

    /// Runs an act that has begun, and ends it; whether it was kept.
    fn run(
        &mut self,
        origin: Origin,
        act: Act,
        known: Option<Rc<Known>>,
        done: &mut Vec<(Fresh, Answer)>,
    ) -> Result<bool, StoreError> {
        let before = self.counters.clone();
        // No later than the server's own, so that it never goes back from one group to the next.
        let at = self.clock.map_or_else(now, |(then, since)| then + milliseconds(since.elapsed()));
        let tx = WriteTx::new(self.link.conn(), &self.words, &mut self.counters, origin, at, known);
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
        if !kept {
            self.counters = before;
            self.link.undo_act()?;
        }
        Ok(kept)
    }
}

/// Whether a group is there whose commit was not answered: the server may have gone just then. What it wrote last tells:
/// the row of the chain, whose hash is that of no other, or that of its last transaction. `None` when it wrote neither,
/// or the server did not answer in time.
fn was_committed(link: &Link, before: &Counters, counters: &Counters) -> Option<bool> {
    let is_there = |conn: Conn<'_>| match counters {
        Counters { audit_seq, audit_hash, .. } if *audit_seq > before.audit_seq => {
            Ok(hash_at(conn, *audit_seq)? == Some(*audit_hash))
        }
        // Its number alone may be another's by now, who began when this was undone.
        _ => Ok(tx_at(conn, counters.tx)? == Some(counters.tx_mark.clone())),
    };
    if counters.audit_seq == before.audit_seq && counters.tx == before.tx {
        return None;
    }
    for _ in 0..UNANSWERED {
        match link.begin(Writing::Record).and_then(|()| is_there(link.conn())) {
            Ok(found) => {
                link.rollback();
                return Some(found);
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
    Ok(Counters { tx, tx_mark: TxMark::default(), subject, audit_seq, audit_hash })
}

/// The same on a server, in one answer; and what time it is there.
const COUNTERS: &str = "SELECT (SELECT max(id) FROM tx), (SELECT max(id) FROM subject), \
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint, a.seq, a.hash FROM (SELECT 1) AS one \
    LEFT JOIN (SELECT seq, hash FROM audit_write ORDER BY seq DESC LIMIT 1) AS a ON true";

fn counters_there(row: &Row<'_>) -> Result<(Counters, i64), StoreError> {
    let tx = row.get::<Option<i64>>(0)?.unwrap_or_default();
    let subject = row.get::<Option<i64>>(1)?.unwrap_or(Subject::COMMON.0);
    let audit_seq = row.get::<Option<i64>>(3)?.unwrap_or_default();
    let audit_hash = row.get::<Option<[u8; 32]>>(4)?.unwrap_or(chain::START);
    Ok((Counters { tx, tx_mark: TxMark::default(), subject, audit_seq, audit_hash }, row.get(2)?))
}

fn wants(wave: &VecDeque<Waiting>) -> impl Iterator<Item = &Want> {
    wave.iter().filter_map(|waiting| waiting.together.as_ref()).flatten()
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// The next act, if it `fits`.
fn pop(queues: &mut Queues, bulk_too: bool, fits: impl Fn(&Waiting) -> bool) -> Option<Waiting> {
    let lane = match &mut queues.interactive {
        interactive if !interactive.is_empty() => interactive,
        _ if bulk_too => &mut queues.bulk,
        _ => return None,
    };
    lane.pop_front_if(|next| fits(next))
}

/// Milliseconds since 1970 UTC.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, milliseconds)
}
