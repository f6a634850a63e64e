//! What came into a queue, by the institution that its heads name.
//!
//! A job that is done is counted once and never looked at again; those that wait or are parked are few, and counted anew
//! with each question.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use meridian_store::{Job, JobState, Reader, StoreError, Walk};
use serde_json::Value;

use super::Recent;

/// New jobs that one question counts at most; the next one goes on.
const MOST: usize = 100_000;
/// Kinds that are remembered.
const KINDS: usize = 200;
/// Done jobs of the last hour whose time is kept at most, of one institution: the newest.
const MEASURED: usize = 10_000;
const HOUR: i64 = 3_600_000;

/// One institution's part of a queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Share {
    pub(crate) done: i64,
    pub(crate) waiting: i64,
    pub(crate) parked: i64,
    pub(crate) recent: Recent,
    /// When the last job came (in milliseconds since 1970 UTC), and of which kind it is.
    pub(crate) last: Option<(i64, String)>,
    /// When jobs of the last hour came, and the milliseconds from then to being done.
    took: VecDeque<(i64, i64)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct QueueTally {
    pub(crate) shares: BTreeMap<String, Share>,
    pub(crate) kinds: BTreeSet<String>,
    last: i64,
    open: HashSet<i64>,
}

impl QueueTally {
    /// Counts on, on one snapshot.
    pub(crate) fn advance(&mut self, reader: &Reader<'_>, queue: &str, now: i64) -> Result<(), StoreError> {
        let mut fresh = Vec::new();
        reader.walk_jobs(queue, None, Walk::Up(self.last), |job| {
            fresh.push(job);
            fresh.len() < MOST
        })?;
        for job in &fresh {
            self.came(reader, job, now)?;
        }
        for share in self.shares.values_mut() {
            (share.waiting, share.parked) = (0, 0);
        }
        let (last, mut still) = (self.last, HashSet::new());
        for state in [JobState::Waiting, JobState::Parked] {
            let mut standing = Vec::new();
            reader.walk_jobs(queue, Some(state), Walk::Up(0), |job| {
                let counted = job.id <= last;
                if counted {
                    standing.push(job);
                }
                counted
            })?;
            for job in standing {
                still.insert(job.id);
                let share = self.shares.entry(head(&job, "institution")).or_default();
                match state {
                    JobState::Waiting => share.waiting += 1,
                    _ => share.parked += 1,
                }
            }
        }
        let settled: Vec<i64> = self.open.difference(&still).copied().collect();
        for id in settled {
            if let Some(job) = reader.job(id)? {
                self.shares.entry(head(&job, "institution")).or_default().done(reader, &job, now)?;
            }
        }
        self.open = still;
        for share in self.shares.values_mut() {
            share.forget(now);
        }
        Ok(())
    }

    fn came(&mut self, reader: &Reader<'_>, job: &Job, now: i64) -> Result<(), StoreError> {
        self.last = job.id;
        let (institution, kind) = (head(job, "institution"), head(job, "kind"));
        let share = self.shares.entry(institution).or_default();
        match job.state {
            JobState::Done => share.done(reader, job, now)?,
            JobState::Waiting | JobState::Parked => {
                self.open.insert(job.id);
            }
        }
        share.recent.add(job.at, 1);
        share.last = Some((job.at, kind.clone()));
        if !kind.is_empty() && self.kinds.len() < KINDS {
            self.kinds.insert(kind);
        }
        Ok(())
    }
}

impl Share {
    fn done(&mut self, reader: &Reader<'_>, job: &Job, now: i64) -> Result<(), StoreError> {
        self.done += 1;
        if job.at >= now - HOUR
            && let Some(tx) = job.tx
            && let Some(at) = reader.written_at(tx)?
        {
            self.took.push_back((job.at, (at - job.at).max(0)));
        }
        Ok(())
    }

    fn forget(&mut self, now: i64) {
        while self.took.len() > MEASURED || self.took.front().is_some_and(|(at, _)| *at < now - HOUR) {
            self.took.pop_front();
        }
    }

    /// The milliseconds within which each of `percents` of a hundred were done; None when none were.
    pub(crate) fn within<const N: usize>(&self, percents: [usize; N]) -> [Option<i64>; N] {
        let mut took: Vec<i64> = self.took.iter().map(|(_, took)| *took).collect();
        took.sort_unstable();
        percents.map(|percent| took.get((took.len() * percent).div_ceil(100).max(1) - 1).copied())
    }
}

/// A text of a job's head.
pub(crate) fn head(job: &Job, name: &str) -> String {
    let head: Value = serde_json::from_str(&job.head).unwrap_or_default();
    head.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let share = |took: Vec<i64>| Share { took: took.into_iter().map(|ms| (0, ms)).collect(), ..Share::default() };
        assert_eq!(share(vec![]).within([50]), [None]);
        assert_eq!(share(vec![7]).within([95]), [Some(7)]);
        assert_eq!(share((1..=20).rev().collect()).within([50, 95]), [Some(10), Some(19)]);
    }
}
