//! What was sent and what was said to it. Bounded: counts, and a histogram of lags.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use meridian_population::Moment;
use meridian_population::live::Fault;
use serde_json::{Value, json};

use super::place::Place;
use crate::sender::Verdict;

/// Bounds of the histogram grow by a tenth: from 0.1 ms to half an hour.
const FINEST: f64 = 1e-4;
const STEP: f64 = 1.1;
const BUCKETS: usize = 180;
/// Kinds of surprises that are told.
const TOLD: usize = 10;

/// The books of a live day.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    state: &'static str,
    speed: f64,
    clock: Option<Moment>,
    sent: u64,
    /// Sent by kind: `ADT^A01`, `FHIR`.
    kinds: BTreeMap<String, u64>,
    /// Of those sent, again on purpose.
    twice: u64,
    accepted: u64,
    /// Refused, as their fault deserves.
    parked: u64,
    /// Refused without a fault.
    refused: u64,
    /// Accepted in spite of their fault.
    lenient: u64,
    lost: u64,
    surprises: BTreeMap<String, u64>,
    /// What is not answered yet.
    open: BTreeSet<(Place, u64)>,
    /// The event behind the last one sent.
    next: Place,
    lags: Lags,
}

/// How long answers took.
#[derive(Debug)]
struct Lags([u64; BUCKETS]);

impl Default for Lags {
    fn default() -> Self {
        Self([0; BUCKETS])
    }
}

impl Lags {
    fn add(&mut self, took: Duration) {
        let place = (took.as_secs_f64() / FINEST).max(1.0).log(STEP).floor();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // not negative, and bounded
        let place = (place as usize).min(BUCKETS - 1);
        if let Some(bucket) = self.0.get_mut(place) {
            *bucket += 1;
        }
    }

    /// Within how many milliseconds this share was answered (the upper bound of its bucket).
    fn within(&self, share: f64) -> f64 {
        let all: u64 = self.0.iter().sum();
        #[allow(clippy::cast_precision_loss)]
        let wanted = all as f64 * share;
        let mut sum = 0.0;
        for (place, count) in (1..).zip(&self.0) {
            #[allow(clippy::cast_precision_loss)]
            {
                sum += *count as f64;
            }
            if sum >= wanted && all > 0 {
                return FINEST * STEP.powi(place) * 1000.0;
            }
        }
        0.0
    }
}

/// One thing that was sent.
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) ticket: u64,
    pub(super) fault: Option<Fault>,
}

impl Ledger {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self, state: &'static str) {
        self.books().state = state;
    }

    pub(super) fn speed(&self, speed: f64) {
        self.books().speed = speed;
    }

    pub(super) fn clock(&self, at: Moment) {
        self.books().clock = Some(at);
    }

    /// The district's time of what was sent last.
    pub(crate) fn at(&self) -> Option<Moment> {
        self.books().clock
    }

    /// The position before anything is sent.
    pub(super) fn begin(&self, next: Place) {
        self.books().next = next;
    }

    pub(super) fn sent(&self, entry: &Entry, kind: String) {
        let mut books = self.books();
        books.sent += 1;
        books.twice += u64::from(entry.fault == Some(Fault::Twice));
        *books.kinds.entry(kind).or_default() += 1;
        books.open.insert((entry.place, entry.ticket));
        books.next = (entry.place.0, entry.place.1 + 1);
    }

    /// The answer; what was lost stays open, so that it is sent again by the next run.
    pub(super) fn answered(&self, entry: &Entry, verdict: &Verdict, lag: Duration) {
        let mut books = self.books();
        let planned = entry.fault.is_some_and(Fault::parks);
        if !matches!(verdict, Verdict::Lost(_)) {
            books.open.remove(&(entry.place, entry.ticket));
            books.lags.add(lag);
        }
        let surprise = match verdict {
            Verdict::Accepted if planned => {
                books.accepted += 1;
                books.lenient += 1;
                Some(format!("accepted in spite of its fault: {:?}", entry.fault))
            }
            Verdict::Accepted => {
                books.accepted += 1;
                None
            }
            Verdict::Refused(_) if planned => {
                books.parked += 1;
                None
            }
            Verdict::Refused(says) => {
                books.refused += 1;
                Some(format!("refused: {}", gist(says)))
            }
            Verdict::Lost(says) => {
                books.lost += 1;
                Some(format!("lost: {}", gist(says)))
            }
        };
        if let Some(surprise) = surprise
            && (books.surprises.len() < TOLD || books.surprises.contains_key(&surprise))
        {
            *books.surprises.entry(surprise).or_default() += 1;
        }
    }

    /// The first event that may not have been answered.
    pub(super) fn next(&self) -> Place {
        let books = self.books();
        books.open.first().map_or(books.next, |(place, _)| *place)
    }

    /// All figures.
    pub(crate) fn json(&self) -> Value {
        let books = self.books();
        json!({
            "state": books.state, "speed": books.speed, "clock": books.clock.map(|at| at.to_string()),
            "sent": books.sent, "kinds": books.kinds, "twice": books.twice, "accepted": books.accepted,
            "parkedAsPlanned": books.parked, "refused": books.refused, "acceptedWithFault": books.lenient,
            "lost": books.lost, "unanswered": books.open.len(), "surprises": books.surprises,
            "lagP50Ms": books.lags.within(0.5), "lagP95Ms": books.lags.within(0.95),
        })
    }
}

/// What is alike in two refusals.
pub(crate) fn gist(says: &str) -> String {
    let error = says.split(" | ").find(|segment| segment.starts_with("ERR")).unwrap_or(says);
    error.chars().take(200).collect()
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let books = self.books();
        let clock = books.clock.map(|at| at.to_string()).unwrap_or_default();
        writeln!(f, "live until {clock}: {} sent ({} of them twice on purpose)", books.sent, books.twice)?;
        writeln!(
            f,
            "  accepted {}, parked as planned {}, refused {}, lost {}, unanswered {}",
            books.accepted,
            books.parked,
            books.refused,
            books.lost,
            books.open.len()
        )?;
        let (half, most) = (books.lags.within(0.5), books.lags.within(0.95));
        write!(f, "  answered within {half:.0} ms (half) and {most:.0} ms (95 %)")?;
        for (kind, count) in &books.kinds {
            write!(f, "\n  {count:>7}  {kind}")?;
        }
        for (surprise, count) in &books.surprises {
            write!(f, "\n  {count:>7} × {surprise}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lags_are_known_within_a_tenth() {
        let mut lags = Lags::default();
        for ms in 1..=1000 {
            lags.add(Duration::from_millis(ms));
        }
        let (half, most) = (lags.within(0.5), lags.within(0.95));
        assert!((450.0..=560.0).contains(&half) && (900.0..=1_060.0).contains(&most), "{half} {most}");
        assert_eq!(Lags::default().within(0.95), 0.0);
    }

    #[test]
    fn what_is_not_answered_is_where_the_next_run_begins() {
        let ledger = Ledger::default();
        let entry = |n| Entry { place: (7, n), ticket: n as u64, fault: None };
        for n in 0..3 {
            ledger.sent(&entry(n), "FHIR".to_owned());
        }
        ledger.answered(&entry(0), &Verdict::Accepted, Duration::ZERO);
        ledger.answered(&entry(2), &Verdict::Accepted, Duration::ZERO);
        assert_eq!(ledger.next(), (7, 1));
        ledger.answered(&entry(1), &Verdict::Lost("broken".into()), Duration::ZERO);
        assert_eq!(ledger.next(), (7, 1), "lost is sent again");
        ledger.answered(&entry(1), &Verdict::Refused("AE".into()), Duration::ZERO);
        assert_eq!(ledger.next(), (7, 3));
    }
}
