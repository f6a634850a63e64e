//! What a passing fault, or a stop, left behind: messages that were taken and wait.
//!
//! Each feed keeps its order: while one message of an institution waits, what is newer of it waits behind, and the
//! others go on. What cannot be applied however often it is tried is parked in the end, so that nothing waits for ever
//! behind a fault that does not pass.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use meridian_engine::{
    EngineError,
    jobs::{self, Filter, INBOX, Job, JobState, Page},
};

use crate::{
    inbox::{Inbox, Prepared, Settled, institution_of},
    map::{Park, Reason},
};

/// Messages that are looked up at a time.
const BATCH: usize = 100;
/// How long after an attempt that failed a feed is tried again.
const PAUSE: Duration = Duration::from_secs(2);
/// Attempts after which a message is parked. Only those count that could be written down: while the store takes nothing
/// at all, everything waits.
const MOST_ATTEMPTS: i64 = 100;

/// The feeds of which messages wait.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    /// By institution: when it is tried again.
    feeds: BTreeMap<String, Instant>,
    /// Which feeds wait could not be found out yet: all have to.
    unknown: bool,
    /// Somebody tries again from time to time.
    retrying: bool,
}

impl Inbox {
    /// Works off what waits; to be called before the doors open. Returns how many were settled. What has to wait on is
    /// tried again from time to time.
    pub async fn recover(&self) -> u64 {
        self.behind().unknown = true;
        let settled = self.work_off(true).await;
        self.keep_trying();
        settled
    }

    /// Whether messages of this institution wait, so that what is newer has to.
    pub(crate) fn is_behind(&self, institution: &str) -> bool {
        let behind = self.behind();
        behind.unknown || behind.feeds.contains_key(institution)
    }

    /// A message of this institution waits; it is not tried before `from`.
    pub(crate) fn hold(&self, institution: &str, from: Instant) {
        {
            let mut behind = self.behind();
            let at = behind.feeds.entry(institution.to_owned()).or_insert(from);
            *at = from.max(*at);
        }
        self.keep_trying();
    }

    /// Tries what waits, each feed in the order of arrival up to the first message that has to wait on: the feeds whose
    /// time has come, or all.
    pub(crate) async fn work_off(&self, all: bool) -> u64 {
        let _one = self.inner.recovering.lock().await;
        if self.behind().unknown {
            match self.who_waits().await {
                Ok(institutions) => {
                    let mut behind = self.behind();
                    for institution in institutions {
                        behind.feeds.entry(institution).or_insert_with(Instant::now);
                    }
                    behind.unknown = false;
                }
                Err(error) => {
                    tracing::error!(%error, "the inbox cannot be read");
                    return 0;
                }
            }
        }
        let now = Instant::now();
        let due: Vec<String> =
            self.behind().feeds.iter().filter(|(_, at)| all || **at <= now).map(|(name, _)| name.clone()).collect();
        let mut settled = 0;
        for institution in due {
            if let Err(error) = self.one_feed(&institution, &mut settled).await {
                tracing::error!(%error, "the inbox cannot be read");
                self.hold(&institution, Instant::now() + PAUSE);
            }
        }
        settled
    }

    async fn who_waits(&self) -> Result<BTreeSet<String>, EngineError> {
        let filter = Filter { state: Some(JobState::Waiting), ..Filter::default() };
        let (mut institutions, mut after) = (BTreeSet::new(), 0);
        loop {
            let found = self.find(&filter, after).await?;
            institutions.extend(found.jobs.iter().map(|job| institution_of(&job.head)));
            match found.next {
                Some(next) => after = next,
                None => return Ok(institutions),
            }
        }
    }

    async fn find(&self, filter: &Filter, after: i64) -> Result<jobs::Found, EngineError> {
        jobs::find(self.engine(), &self.caller(None), INBOX, filter, Page::Oldest(after), BATCH).await
    }

    async fn one_feed(&self, institution: &str, settled: &mut u64) -> Result<(), EngineError> {
        let (state, institution) = (Some(JobState::Waiting), institution.to_owned());
        let filter = Filter { state, institution: Some(institution.clone()), ..Filter::default() };
        let (mut after, mut any) = (0, false);
        loop {
            let found = self.find(&filter, after).await?;
            for line in &found.jobs {
                let job = jobs::message(self.engine(), &self.caller(None), line.id)?;
                if !self.is_settled(&job).await {
                    self.hold(&institution, Instant::now() + PAUSE);
                    return Ok(());
                }
                *settled += 1;
                any = true;
            }
            match found.next {
                Some(next) => after = next,
                // Others came meanwhile, perhaps.
                None if any => (after, any) = (0, false),
                None => {
                    self.behind().feeds.remove(&institution);
                    return Ok(());
                }
            }
        }
    }

    /// Tries one message. `false` when it has to wait on.
    async fn is_settled(&self, job: &Job) -> bool {
        if job.state != JobState::Waiting {
            return true;
        }
        let Prepared { opened, mapped } = self.prepare(&job.body).await;
        let caller = self.caller(opened.as_ref().ok());
        if !matches!(self.settle(job.id, &caller, &opened, mapped).await, Settled::Waiting) {
            return true;
        }
        match jobs::failed(self.engine(), &caller, job.id).await {
            Ok(attempts) if attempts >= MOST_ATTEMPTS => {
                tracing::error!(message = job.id, attempts, "the message is given up");
                let says = format!("not applied in {attempts} attempts; the log of the server says why");
                let park = Park::new(Reason::Internal, "", &says);
                let head = Some(job.head.clone());
                !matches!(self.park(job.id, &caller, head, park).await, Settled::Waiting)
            }
            _ => false,
        }
    }

    /// Tries again from time to time until nothing waits.
    fn keep_trying(&self) {
        {
            let mut behind = self.behind();
            if behind.retrying || (behind.feeds.is_empty() && !behind.unknown) {
                return;
            }
            behind.retrying = true;
        }
        let inbox = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                inbox.work_off(false).await;
                let mut behind = inbox.behind();
                if behind.feeds.is_empty() && !behind.unknown {
                    behind.retrying = false;
                    return;
                }
            }
        });
    }

    fn behind(&self) -> MutexGuard<'_, Behind> {
        self.inner.behind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
