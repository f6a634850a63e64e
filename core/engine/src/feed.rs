//! The committed-change feed: what others may do later about what was written. It tells of a change, never its content.

use std::sync::Arc;

use meridian_store::{Guard, Subject};
use tokio::sync::broadcast;

/// Changes that a slow listener may lag behind before it is told that it missed some.
const LAG: usize = 4096;

/// What happened to a resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Happened {
    Created,
    Updated,
    Deleted,
}

impl Happened {
    pub fn as_str(self) -> &'static str {
        match self {
            Happened::Created => "create",
            Happened::Updated => "update",
            Happened::Deleted => "delete",
        }
    }
}

/// One committed change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Committed {
    pub happened: Happened,
    pub kind: &'static str,
    pub id: String,
    pub version: i64,
    pub subject: Subject,
    /// The person that the subject belonged to when it was written.
    pub person: Option<Subject>,
    pub institution: String,
    /// Kept from all but operators.
    pub withheld: bool,
    /// How sensitive it is, and where it was written, if not everybody sees that.
    pub guard: Option<Guard>,
}

/// What listeners hear.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// All changes of one act, in its order.
    Changes(Arc<[Committed]>),
    /// A job of a queue came in or changed its state.
    Job { queue: String, id: i64, state: &'static str },
}

/// The sending end.
pub(crate) struct Feed {
    sender: broadcast::Sender<Event>,
}

impl Default for Feed {
    fn default() -> Self {
        Feed { sender: broadcast::channel(LAG).0 }
    }
}

impl Feed {
    pub(crate) fn tell(&self, event: Event) {
        // Nobody listening is no fault.
        let _ = self.sender.send(event);
    }
}

impl crate::Engine {
    /// Tells of a job, here and to the other processes over the same store.
    pub(crate) fn tell_job(&self, queue: String, id: i64, state: &'static str) {
        self.store().say(crate::follow::word(&queue, id, state));
        self.inner.feed.tell(Event::Job { queue, id, state });
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.inner.feed.sender.subscribe()
    }
}
