//! What came into a queue, by the institution that its heads name.
//!
//! A job is counted once, when it is met. Those that wait or are parked are walked with each question; what is neither is
//! done. Nothing that grows with a queue is kept.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use meridian_store::{Counts, Job, JobState, Reader, StoreError, Walk};
use serde_json::Value;

use super::Recent;

/// New jobs that one question counts at most; the next one goes on.
const MOST: usize = 100_000;
/// Kinds that are remembered.
const KINDS: usize = 200;
/// Jobs of the last hour that were not done when they were met, and are looked for until they are: the newest.
const OPEN: usize = 10_000;
/// Done jobs of the last hour whose time is kept at most, of one institution: the newest.
const MEASURED: usize = 10_000;
const HOUR: i64 = 3_600_000;

/// One institution's part of a queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Share {
    /// All that were met.
    came: i64,
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
    /// Whether there are more than were met so far.
    pub(crate) counting: bool,
    last: i64,
    /// Number and arrival of those whose time is still to be measured.
    open: VecDeque<(i64, i64)>,
}

impl QueueTally {
    /// Counts on, on one snapshot.
    pub(crate) fn advance(&mut self, reader: &Reader<'_>, queue: &str, now: i64) -> Result<(), StoreError> {
        self.advance_by(reader, queue, now, MOST)
    }

    fn advance_by(&mut self, reader: &Reader<'_>, queue: &str, now: i64, most: usize) -> Result<(), StoreError> {
        self.measure(reader, now)?;
        let (mut met, mut outcome) = (0, Ok(()));
        self.counting = false;
        reader.walk_jobs(queue, None, Walk::Up(self.last), |job| {
            if met == most {
                self.counting = true;
                return false;
            }
            met += 1;
            outcome = self.came(reader, &job, now);
            outcome.is_ok()
        })?;
        outcome?;
        for share in self.shares.values_mut() {
            (share.waiting, share.parked) = (0, 0);
        }
        let last = self.last;
        for state in [JobState::Waiting, JobState::Parked] {
            reader.walk_jobs(queue, Some(state), Walk::Up(0), |job| {
                let met = job.id <= last;
                if met {
                    let share = self.shares.entry(head(&job, "institution")).or_default();
                    match state {
                        JobState::Waiting => share.waiting += 1,
                        _ => share.parked += 1,
                    }
                }
                met
            })?;
        }
        for share in self.shares.values_mut() {
            share.forget(now);
        }
        Ok(())
    }

    /// All institutions together.
    pub(crate) fn counts(&self) -> Counts {
        self.shares.values().fold(Counts::default(), |sum, share| Counts {
            waiting: sum.waiting + share.waiting,
            done: sum.done + share.done(),
            parked: sum.parked + share.parked,
        })
    }

    fn came(&mut self, reader: &Reader<'_>, job: &Job, now: i64) -> Result<(), StoreError> {
        self.last = job.id;
        let (institution, kind) = (head(job, "institution"), head(job, "kind"));
        let share = self.shares.entry(institution).or_default();
        share.came += 1;
        share.recent.add(job.at, 1);
        share.last = Some((job.at, kind.clone()));
        if job.at >= now - HOUR {
            match job.state {
                JobState::Done => share.took(reader, job)?,
                JobState::Waiting | JobState::Parked => self.open.push_back((job.id, job.at)),
            }
        }
        if !kind.is_empty() && self.kinds.len() < KINDS {
            self.kinds.insert(kind);
        }
        Ok(())
    }

    /// How long those took that were done since they were met.
    fn measure(&mut self, reader: &Reader<'_>, now: i64) -> Result<(), StoreError> {
        let newest = self.open.len().saturating_sub(OPEN);
        for (id, at) in self.open.split_off(newest) {
            match reader.job(id)?.filter(|_| at >= now - HOUR) {
                Some(job) if job.state == JobState::Done => {
                    self.shares.entry(head(&job, "institution")).or_default().took(reader, &job)?;
                }
                Some(_) => self.open.push_back((id, at)),
                None => {}
            }
        }
        let older = newest.min(self.open.len());
        self.open.drain(..older);
        Ok(())
    }
}

impl Share {
    pub(crate) fn done(&self) -> i64 {
        (self.came - self.waiting - self.parked).max(0)
    }

    fn took(&mut self, reader: &Reader<'_>, job: &Job) -> Result<(), StoreError> {
        if let Some(tx) = job.tx
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

    #[tokio::test]
    async fn what_is_behind_is_said_to_be_and_what_stands_is_counted_without_being_kept() {
        use meridian_store::{Lane, NewJob, Origin, Store, StoreOptions};
        let dir = tempfile::tempdir().unwrap();
        let options = StoreOptions { readers: 2, cache_mib: 8, ..StoreOptions::default() };
        let store = Store::open(dir.path(), &options).unwrap();
        let fill = |from: i64, state: JobState| {
            store.write::<_, StoreError>(Lane::Interactive, Origin::default(), move |tx| {
                for n in from..from + 10 {
                    let head = r#"{"institution":"CJ01","kind":"ADT^A08"}"#.to_owned();
                    let new = NewJob { queue: "inbox".into(), key: n.to_string(), head, body: b"x".to_vec() };
                    let id = tx.add_job(&new)?.unwrap();
                    let job = tx.job(id)?.unwrap();
                    tx.end_job(&job, state, &job.head, "{}")?;
                }
                Ok(())
            })
        };
        fill(0, JobState::Done).await.unwrap();
        fill(10, JobState::Parked).await.unwrap();
        let now = crate::engine::now();
        let mut tally = QueueTally::default();
        let mut advance = |most| {
            store.read::<_, StoreError>(|reader| tally.advance_by(reader, "inbox", now, most)).unwrap();
            let counts = tally.counts();
            (tally.counting, counts.done, counts.parked, tally.open.len())
        };
        assert_eq!(advance(12), (true, 10, 2, 2));
        assert_eq!(advance(12), (false, 10, 10, 10));
        store
            .write::<_, StoreError>(Lane::Interactive, Origin::default(), |tx| {
                let job = tx.job(15)?.unwrap();
                tx.end_job(&job, JobState::Done, &job.head, "{}")
            })
            .await
            .unwrap();
        assert_eq!(advance(12), (false, 11, 9, 9));
        assert_eq!(tally.shares["CJ01"].took.len(), 11);
    }
}
