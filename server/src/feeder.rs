//! Streams a whole synthetic region in: master data first, then every institution speaks at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use meridian_population::{Feed, Region};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::sender::{Answered, Doorway, Parcel, Payload, Sender, Verdict, Ways};

/// Lines and connections of a load. Acts that wait together share a commit, so more lines cost less.
const WAYS: Ways = Ways { lines: 8, posters: 2, bulk: true };
/// Residents that are made ahead of what is sent.
const AHEAD: usize = 8;
/// Kinds of refusals that are told.
const TOLD: usize = 8;

/// What was sent and what was said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) messages: u64,
    pub(crate) bundles: u64,
    pub(crate) refused: u64,
    /// What refusals said, and how often; some of them.
    pub(crate) says: BTreeMap<String, u64>,
}

impl Counts {
    fn refusal(&mut self, says: String) {
        self.refused += 1;
        if self.says.len() < TOLD || self.says.contains_key(&says) {
            *self.says.entry(says).or_default() += 1;
        }
    }
}

/// Streams the region. Whoever is stopped begins again and doubles nothing.
///
/// # Errors
/// When a door does not answer any more, or the master data are refused.
pub(crate) async fn stream(doorway: Doorway, region: Arc<Region>, stop: CancellationToken) -> anyhow::Result<Counts> {
    let mut counts = set_up(&doorway, &region, &stop).await?;
    let bar = bar(region.count());
    let (mut sender, answers) = Sender::new(doorway, WAYS, stop.clone())?;
    let hearing = tokio::spawn(hear(answers, stop));
    let (made, mut residents) = mpsc::channel::<(u64, Vec<Parcel>)>(AHEAD);
    let making = tokio::task::spawn_blocking(move || make(&region, &made));
    while let Some((index, parcels)) = residents.recv().await {
        for parcel in parcels {
            match parcel.payload {
                Payload::Hl7v2(_) => counts.messages += 1,
                Payload::Fhir(_) => counts.bundles += 1,
            }
            if sender.send(parcel).await.is_err() || hearing.is_finished() {
                break;
            }
        }
        bar.set_position(index + 1);
        if hearing.is_finished() {
            break;
        }
    }
    drop(residents);
    sender.finish().await;
    making.await?;
    bar.finish_and_clear();
    for (says, times) in hearing.await?? {
        (0..times).for_each(|_| counts.refusal(says.clone()));
    }
    Ok(counts)
}

/// Master data, one institution after the other: everything else refers to them.
async fn set_up(doorway: &Doorway, region: &Region, stop: &CancellationToken) -> anyhow::Result<Counts> {
    let mut counts = Counts::default();
    let ways = Ways { posters: 1, ..WAYS };
    for (institution, bundle) in region.set_up() {
        let (mut sender, mut answers) = Sender::new(doorway.clone(), ways, stop.clone())?;
        counts.bundles += 1;
        let payload = Payload::Fhir(serde_json::to_vec(&bundle)?);
        sender.send(Parcel { ticket: 0, institution, about: 0, payload }).await?;
        sender.finish().await;
        match answers.recv().await.map(|answered| answered.verdict) {
            Some(Verdict::Accepted) => {}
            Some(Verdict::Refused(says) | Verdict::Lost(says)) => bail!("the master data of {institution}: {says}"),
            None => bail!("the master data of {institution} were not answered"),
        }
    }
    Ok(counts)
}

/// Makes residents one after the other, until nobody takes them.
fn make(region: &Region, made: &mpsc::Sender<(u64, Vec<Parcel>)>) {
    for (index, resident) in (0_u64..).zip(region.residents()) {
        let parcel = |feed: Feed| {
            let institution = feed.institution();
            let payload = match feed {
                Feed::Hl7v2 { bytes, .. } => Payload::Hl7v2(bytes),
                Feed::Fhir { bundle, .. } => Payload::Fhir(bundle.to_string().into_bytes()),
            };
            Parcel { ticket: index, institution, about: index, payload }
        };
        let parcels = resident.feeds(region).into_iter().map(parcel).collect();
        if made.blocking_send((index, parcels)).is_err() {
            return;
        }
    }
}

/// Hears the answers; gives what refusals said. Ends early when something is lost.
async fn hear(mut answers: mpsc::Receiver<Answered>, stop: CancellationToken) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut refusals = BTreeMap::new();
    while let Some(answered) = answers.recv().await {
        match answered.verdict {
            Verdict::Accepted => {}
            Verdict::Refused(says) => *refusals.entry(gist(&says)).or_default() += 1,
            Verdict::Lost(_) if stop.is_cancelled() => bail!("stopped"),
            Verdict::Lost(says) => bail!("something of resident {} was not answered: {says}", answered.ticket),
        }
    }
    Ok(refusals)
}

/// What makes refusals alike: without times, control ids and numbers of residents.
fn gist(says: &str) -> String {
    let error = says.split(" | ").find(|segment| segment.starts_with("ERR")).unwrap_or(says);
    error.chars().take(160).collect()
}

/// Residents on their way; nothing where nobody watches.
fn bar(residents: u64) -> ProgressBar {
    let bar = ProgressBar::new(residents);
    if let Ok(style) = ProgressStyle::with_template("  {bar:40} {pos}/{len} residents {elapsed} (left: {eta})") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}
