//! How fast the writer commits: commits and acts of each second of the last hour, counted in memory since the start.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::writer::now;

/// Seconds that are remembered.
const KEPT: i64 = 3600;

/// What one second saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    /// Seconds since 1970 UTC.
    pub at: i64,
    pub commits: u32,
    /// Acts that these commits made durable.
    pub acts: u32,
}

#[derive(Default)]
pub(crate) struct Pace {
    seconds: Mutex<VecDeque<Second>>,
}

impl Pace {
    pub(crate) fn committed(&self, acts: usize) {
        let at = now() / 1000;
        let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        if seconds.back().is_none_or(|last| last.at < at) {
            seconds.push_back(Second { at, ..Second::default() });
        }
        if let Some(last) = seconds.back_mut() {
            last.commits += 1;
            last.acts = last.acts.saturating_add(u32::try_from(acts).unwrap_or(u32::MAX));
        }
        while seconds.front().is_some_and(|first| first.at <= at - KEPT) {
            seconds.pop_front();
        }
    }

    /// The seconds in which there was a commit, oldest first.
    pub(crate) fn seconds(&self) -> Vec<Second> {
        self.seconds.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}
