//! Places for validations that people ask for. Each takes a processor, and while it waits it holds what was sent: so nobody
//! waits long, and nobody has all places for himself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// So many callers are remembered before those who have gone are forgotten.
const REMEMBERED: usize = 256;

/// All places, and those of each caller.
pub(crate) struct Places {
    all: Arc<Semaphore>,
    /// Of these so many are one caller's.
    own: usize,
    of: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// A place; held as long as somebody works there.
pub(crate) struct Place {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Default for Places {
    /// For the processors that this process has.
    fn default() -> Places {
        Places::on(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
    }
}

impl Places {
    /// A place for each processor, two at least: of these one caller has half, and never more than two.
    fn on(processors: usize) -> Places {
        let all = processors.max(2);
        Places { all: Arc::new(Semaphore::new(all)), own: (all / 2).min(2), of: Mutex::default() }
    }

    /// A place for a caller; `None` where none was free so long.
    pub(crate) async fn take(&self, caller: &str, wait: Duration) -> Option<Place> {
        let own = self.of_caller(caller);
        let taken = async {
            let own = own.acquire_owned().await.ok()?;
            let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some(Place { _own: own, _all: all })
        };
        timeout(wait, taken).await.ok().flatten()
    }

    fn of_caller(&self, caller: &str) -> Arc<Semaphore> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = of.get(caller).and_then(Weak::upgrade) {
            return own;
        }
        if of.len() >= REMEMBERED {
            of.retain(|_, own| own.strong_count() > 0);
        }
        let own = Arc::new(Semaphore::new(self.own));
        of.insert(caller.to_owned(), Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn nobody_has_all_places_and_nobody_waits_for_ever() {
        let places = Places::on(1);
        let first = places.take("a", SOON).await;
        assert!(first.is_some());
        assert!(places.take("a", SOON).await.is_none(), "one of two is all that one caller has");
        let other = places.take("b", SOON).await;
        assert!(other.is_some());
        assert!(places.take("c", SOON).await.is_none(), "all are taken");
        drop(other);
        assert!(places.take("c", SOON).await.is_some());
        drop(first);
        assert!(places.take("a", SOON).await.is_some());
    }

    #[tokio::test]
    async fn who_waits_gets_the_place_that_becomes_free() {
        let places = Arc::new(Places::on(8));
        let held = [places.take("a", SOON).await, places.take("a", SOON).await];
        assert!(places.take("a", SOON).await.is_none(), "two of eight");
        let waiting = tokio::spawn({
            let places = Arc::clone(&places);
            async move { places.take("a", Duration::from_secs(60)).await.is_some() }
        });
        tokio::task::yield_now().await;
        drop(held);
        assert!(waiting.await.unwrap());
        // Callers who have gone are forgotten.
        for nth in 0..2 * REMEMBERED {
            assert!(places.take(&nth.to_string(), SOON).await.is_some());
        }
        assert!(places.of.lock().unwrap().len() <= REMEMBERED);
    }
}
