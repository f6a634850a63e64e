//! Tells the events of live days when they are due, and keeps the books.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::bail;
use meridian_population::live::{Event, Live, LiveConfig};
use meridian_population::{Day, Feed, Moment, Region};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::ledger::{Entry, Ledger};
use super::place::{Place, Position};
use crate::sender::{Answered, Doorway, Parcel, Payload, Sender, Ways};

const WAYS: Ways = Ways { lines: 2, posters: 2, bulk: false };
/// Between two writings of the position.
const KEEP: Duration = Duration::from_secs(1);

/// A life to be driven.
pub(crate) struct Drive {
    pub(crate) doorway: Doorway,
    pub(crate) region: Arc<Region>,
    pub(crate) life: LiveConfig,
    /// What is due before is passed over.
    pub(crate) begin: Moment,
    pub(crate) speed: f64,
    /// Ends so many hours after `begin`, in the district's time.
    pub(crate) hours: Option<f64>,
    pub(crate) position: Option<PathBuf>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) stop: CancellationToken,
}

/// What is sent and not answered, by ticket: when it was due.
type Open = Arc<Mutex<HashMap<u64, (Entry, Instant)>>>;

impl Drive {
    /// Runs until the end, or until it is stopped: then what is under way is answered first.
    ///
    /// # Errors
    /// When the position cannot be read or written, or a door does not answer any more.
    pub(crate) async fn run(mut self) -> anyhow::Result<()> {
        let resumed = match &self.position {
            Some(path) => Position::read(path, &self.region, &mut self.life)?,
            None => None,
        };
        if resumed.is_some() {
            self.begin = self.life.from;
        }
        let end = self.hours.map(|hours| minutes(self.begin) + hours * 60.0);
        let first = resumed.map_or(self.begin.day, |(day, _)| Day::of(1970, 1, 1).plus(day));
        let from: Place = resumed.unwrap_or((first.number(), 0));
        self.ledger.begin(from);
        self.ledger.speed(self.speed);
        self.ledger.state("running");
        let (mut sender, answers) = Sender::new(self.doorway.clone(), WAYS, self.stop.clone())?;
        let open = Open::default();
        let hearing = tokio::spawn(hear(answers, Arc::clone(&open), Arc::clone(&self.ledger)));
        let days = days(Arc::clone(&self.region), self.life, first);
        let told = self.tell(days, from, end, &mut sender, &open).await;
        sender.finish().await;
        hearing.await?;
        self.keep()?;
        self.ledger.state("stopped");
        told
    }

    async fn tell(
        &self,
        mut days: mpsc::Receiver<(Day, Vec<Event>)>,
        from: Place,
        end: Option<f64>,
        sender: &mut Sender,
        open: &Open,
    ) -> anyhow::Result<()> {
        let (mut ticket, mut kept) = (0, Instant::now());
        // The moment at which the clock is started, once the first event is at hand.
        let mut started: Option<(Instant, f64)> = None;
        loop {
            let next = tokio::select! {
                () = self.stop.cancelled() => return Ok(()),
                next = days.recv() => next,
            };
            let Some((day, events)) = next else { bail!("no more days are made") };
            for (number, event) in events.into_iter().enumerate() {
                let (place, at) = ((day.number(), number), minutes(event.at) + f64::from(event.second) / 60.0);
                if place < from || event.at < self.begin {
                    continue;
                }
                if end.is_some_and(|end| at >= end) {
                    return Ok(());
                }
                let begun = if from.1 > 0 || day > self.begin.day { at } else { minutes(self.begin) };
                let (start, zero) = *started.get_or_insert_with(|| (Instant::now(), begun));
                let due = start + Duration::from_secs_f64(((at - zero) * 60.0 / self.speed).max(0.0));
                tokio::select! {
                    () = self.stop.cancelled() => return Ok(()),
                    () = tokio::time::sleep_until(due) => {}
                }
                ticket += 1;
                self.ledger.clock(event.at);
                self.send(sender, open, event, place, ticket, due).await?;
                if kept.elapsed() > KEEP {
                    kept = Instant::now();
                    self.keep()?;
                }
            }
        }
    }

    async fn send(
        &self,
        sender: &mut Sender,
        open: &Open,
        event: Event,
        place: Place,
        ticket: u64,
        due: Instant,
    ) -> anyhow::Result<()> {
        let institution = event.feed.institution();
        let (kind, payload) = match event.feed {
            Feed::Hl7v2 { bytes, .. } => (kind(&bytes), Payload::Hl7v2(bytes)),
            Feed::Fhir { bundle, .. } => {
                ("FHIR transaction".to_owned(), Payload::Fhir(bundle.to_string().into_bytes()))
            }
        };
        let entry = Entry { place, ticket, fault: event.fault };
        self.ledger.sent(&entry, kind);
        open.lock().unwrap_or_else(PoisonError::into_inner).insert(ticket, (entry, due));
        sender.send(Parcel { ticket, institution, about: event.about, payload }).await
    }

    fn keep(&self) -> anyhow::Result<()> {
        match &self.position {
            Some(path) => Position::new(&self.region, &self.life, self.ledger.next()).write(path),
            None => Ok(()),
        }
    }
}

/// Makes days ahead on a thread of its own, one at a time, until nobody takes them.
fn days(region: Arc<Region>, life: LiveConfig, first: Day) -> mpsc::Receiver<(Day, Vec<Event>)> {
    let (made, days) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let mut live = Live::new(&region, life, first);
        while made.blocking_send(live.next_day()).is_ok() {}
    });
    days
}

async fn hear(mut answers: mpsc::Receiver<Answered>, open: Open, ledger: Arc<Ledger>) {
    while let Some(answered) = answers.recv().await {
        let known = open.lock().unwrap_or_else(PoisonError::into_inner).remove(&answered.ticket);
        if let Some((entry, due)) = known {
            ledger.answered(&entry, &answered.verdict, due.elapsed());
        }
    }
}

/// MSH-9: `ADT^A01`.
fn kind(message: &[u8]) -> String {
    let field = message.split(|byte| *byte == b'|').nth(8).unwrap_or_default();
    String::from_utf8_lossy(field).split('^').take(2).collect::<Vec<_>>().join("^")
}

/// Minutes since 1970 in the district's time.
fn minutes(at: Moment) -> f64 {
    f64::from(at.day.number()) * 1440.0 + f64::from(at.minute)
}
