//! The most memory that a server and its database hold while something goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::machine;

const LOOK: Duration = Duration::from_millis(300);

/// Looks at the memory until it is dropped.
pub(crate) struct Watch {
    /// As its bits: figures that are not negative are in the order of their bits.
    most: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Watch {
    pub(crate) fn of(roots: Vec<u32>) -> Watch {
        let watch = Watch { most: Arc::default(), over: Arc::default() };
        let (most, over) = (Arc::clone(&watch.most), Arc::clone(&watch.over));
        std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                most.fetch_max(machine::memory_below(&roots).to_bits(), Ordering::Relaxed);
                std::thread::sleep(LOOK);
            }
        });
        watch
    }

    /// The most so far, in MiB.
    pub(crate) fn most(&self) -> f64 {
        f64::from_bits(self.most.load(Ordering::Relaxed))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}
