//! The room in which answers are shaped, written as XML or made into pages: one for all requests.
//!
//! An answer that waits for it is in memory already, so the wait has a bound of its own: who comes when as much is
//! waiting is refused at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many times its length an answer takes as a value, and one that is shaped entry by entry.
pub(crate) const AS_VALUE: u64 = 10;
pub(crate) const BY_ENTRY: u64 = 2;

/// How long an answer waits for room.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub(crate) struct Dressing {
    /// Kibibytes that may still be worked in.
    room: Arc<Semaphore>,
    /// Kibibytes of answers that may still wait or be worked on.
    hall: Arc<Semaphore>,
    kibibytes: u32,
}

/// Room for one answer; dropped when what is made of it stands.
pub(crate) struct Room {
    _room: OwnedSemaphorePermit,
    _hall: OwnedSemaphorePermit,
}

impl Dressing {
    /// Room for so many bytes, and as many that wait for it.
    pub(crate) fn new(bytes: usize) -> Dressing {
        let kibibytes = u32::try_from(bytes / 1024).unwrap_or(u32::MAX).max(1);
        let all = || Arc::new(Semaphore::new(kibibytes as usize));
        Dressing { room: all(), hall: all(), kibibytes }
    }

    /// Waits for the room of an answer so long in bytes, `None` where that is not known, that takes so many times its
    /// length. `None` if too much waits already, or for too long.
    pub(crate) async fn room(&self, long: Option<u64>, times: u64) -> Option<Room> {
        let hall = Arc::clone(&self.hall).try_acquire_many_owned(self.takes(long, 1)).ok()?;
        let room = Arc::clone(&self.room).acquire_many_owned(self.takes(long, times));
        let room = tokio::time::timeout(PATIENCE, room).await.ok()?.ok()?;
        Some(Room { _room: room, _hall: hall })
    }

    /// The kibibytes of all that there are; an answer whose length is not known, or that is too long, has to be alone.
    fn takes(&self, long: Option<u64>, times: u64) -> u32 {
        let kibibytes = |long: u64| u32::try_from(long.saturating_mul(times) / 1024).unwrap_or(u32::MAX);
        long.map_or(self.kibibytes, |long| kibibytes(long).min(self.kibibytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_answers_wait_for_each_other() {
        let all = Dressing::new(256 << 20);
        assert_eq!(all.takes(Some(4 << 20), BY_ENTRY), 8 << 10);
        assert_eq!(all.takes(Some(4 << 20), AS_VALUE), 40 << 10);
        for alone in
            [all.takes(None, BY_ENTRY), all.takes(Some(u64::MAX), AS_VALUE), all.takes(Some(30 << 20), AS_VALUE)]
        {
            assert_eq!(alone, 256 << 10);
        }
        assert_eq!(Dressing::new(0).takes(Some(100), AS_VALUE), 0, "what is small passes in any case");
    }

    /// What comes at once, without a wait.
    async fn at_once<T>(coming: impl Future<Output = T>) -> Option<T> {
        tokio::select! { biased; came = coming => Some(came), () = std::future::ready(()) => None }
    }

    #[tokio::test]
    async fn what_waits_is_bounded_too() {
        let dressing = Dressing::new(100 << 10);
        let ask = |kibibytes: u64, times| at_once(dressing.room(Some(kibibytes << 10), times));
        let inside = ask(30, 3).await.expect("no wait").expect("the room is empty");
        let mut second = std::pin::pin!(dressing.room(Some(60 << 10), AS_VALUE));
        assert!(at_once(second.as_mut()).await.is_none(), "it waits for all of the room");
        assert!(ask(20, BY_ENTRY).await.expect("no wait").is_none(), "90 of 100 KiB are held already");
        drop(inside);
        let inside = second.await.expect("the first has gone");
        assert!(ask(10, BY_ENTRY).await.is_none(), "it may wait");
        drop(inside);
        assert!(ask(10, BY_ENTRY).await.expect("no wait").is_some());
    }
}
