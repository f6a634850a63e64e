//! `$tour-crash`: a server over a scratch folder is fed, killed in the middle, started again and fed on; then the record
//! is counted. What was acknowledged must be there once.

use meridian_model::both;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use meridian_engine::EngineError;
use meridian_mllp::client::{Client, ack_code};
use meridian_population::{Analyte, Region, RegionConfig, live};
use serde_json::{Value, json};

use super::scratch::Scratch;

/// Messages of the whole feed, each with one result.
const MESSAGES: usize = 300;
/// The server is killed at a message between a third and two thirds of the feed.
const KILLED_FROM: usize = MESSAGES / 3;
const PATIENCE: Duration = Duration::from_secs(20);

/// The last rehearsal. One runs at a time.
#[derive(Clone, Default)]
pub(super) struct Rehearsal(Arc<Mutex<Report>>);

#[derive(Clone, Default)]
struct Report {
    running: bool,
    steps: Vec<Step>,
    failed: Option<String>,
    /// Messages acknowledged so far.
    acknowledged: usize,
}

/// Something that has happened.
#[derive(Clone)]
struct Step {
    what: &'static str,
    /// Since the start.
    milliseconds: u128,
    counts: Vec<(&'static str, usize)>,
}

impl Rehearsal {
    /// Begins; the state tells how it goes on.
    ///
    /// # Errors
    /// `Conflict` while one is running.
    pub(super) fn start(&self, region: RegionConfig) -> Result<Value, EngineError> {
        {
            let mut report = self.report();
            if report.running {
                return Err(EngineError::Conflict(both!("a rehearsal is running already", "演练正在进行")));
            }
            *report = Report { running: true, ..Report::default() };
        }
        let rehearsal = self.clone();
        tokio::spawn(async move {
            let running = rehearsal.clone();
            // In a task of its own: whatever happens in it, the rehearsal ends.
            let done = tokio::spawn(async move { running.run(&Region::new(region)).await }).await;
            let mut report = rehearsal.report();
            report.running = false;
            report.failed = match done {
                Ok(done) => done.err().map(|error| format!("{error:#}")),
                Err(fault) => Some(fault.to_string()),
            };
        });
        Ok(self.state())
    }

    pub(super) fn state(&self) -> Value {
        let report = self.report().clone();
        let mut parameters = vec![
            json!({"name": "running", "valueBoolean": report.running}),
            json!({"name": "messages", "valueInteger": MESSAGES}),
            json!({"name": "acknowledged", "valueInteger": report.acknowledged}),
        ];
        for Step { what, milliseconds, counts } in &report.steps {
            let mut parts = vec![
                json!({"name": "what", "valueCode": what}),
                json!({"name": "milliseconds", "valueInteger": milliseconds}),
            ];
            parts.extend(counts.iter().map(|(name, count)| json!({"name": name, "valueInteger": count})));
            parameters.push(json!({"name": "step", "part": parts}));
        }
        if let Some(failed) = &report.failed {
            parameters.push(json!({"name": "failed", "valueString": failed}));
        }
        json!({"resourceType": "Parameters", "parameter": parameters})
    }

    fn report(&self) -> std::sync::MutexGuard<'_, Report> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(&self, region: &Region) -> anyhow::Result<()> {
        let began = Instant::now();
        let step = |what, counts| {
            self.report().steps.push(Step { what, milliseconds: began.elapsed().as_millis(), counts });
        };
        let messages = feed(region)?;
        let mut scratch = Scratch::start().await?;
        step("started", vec![]);

        // A place that nobody chose: the clock's last digits.
        let chosen = usize::try_from(jiff::Timestamp::now().subsec_nanosecond()).unwrap_or_default();
        let killed_at = KILLED_FROM + chosen % KILLED_FROM;
        let mut line = Client::connect(scratch.mllp(), PATIENCE).await?;
        for message in messages.get(..killed_at).unwrap_or_default() {
            take(&line.send(message).await?)?;
            self.report().acknowledged += 1;
        }
        // One more is under way when the server dies: its sender does not learn what became of it.
        let next = messages.get(killed_at).context("the feed is too short")?;
        line.post(next).await?;
        scratch.kill().await?;
        step("killed", vec![("acknowledged", killed_at), ("unanswered", 1)]);

        scratch.restart().await?;
        let after = counted(&scratch).await?;
        step("restarted", vec![("acknowledged", killed_at), ("inRecord", after)]);
        if after < killed_at {
            bail!("{killed_at} were acknowledged and {after} are in the record");
        }

        // The sender goes on as senders do: what was not answered is sent again, and the last answered one too.
        let mut line = Client::connect(scratch.mllp(), PATIENCE).await?;
        let again = killed_at.saturating_sub(1);
        for (nth, message) in messages.iter().enumerate().skip(again) {
            take(&line.send(message).await?)?;
            self.report().acknowledged = nth + 1;
        }
        let found = counted(&scratch).await?;
        step("counted", vec![("sent", messages.len()), ("sentTwice", 2), ("inRecord", found)]);
        if found != messages.len() {
            bail!("{} results were sent and {found} are in the record", messages.len());
        }
        Ok(())
    }
}

/// Results of the tour's resident, each of another minute.
fn feed(region: &Region) -> anyhow::Result<Vec<Vec<u8>>> {
    let resident = region.tour_resident();
    let now = crate::clock::now();
    let mut messages = Vec::with_capacity(MESSAGES);
    for nth in 0..MESSAGES {
        let minutes = i64::try_from(MESSAGES - nth).unwrap_or_default();
        let at = now.checked_sub(jiff::Span::new().minutes(minutes))?;
        let value = 5.0 + f64::from(u32::try_from(nth % 40).unwrap_or_default()) / 10.0;
        let control = format!("CRASH{nth:05}");
        let message = live::new_result(region, &resident, Analyte::FastingGlucose, value, at, &control)
            .context("the hospital does not know the tour's resident")?;
        messages.push(message);
    }
    Ok(messages)
}

fn take(answer: &[u8]) -> anyhow::Result<()> {
    match ack_code(answer).as_str() {
        "AA" => Ok(()),
        other => bail!("the message was answered `{other}`"),
    }
}

/// How many results the record holds.
async fn counted(scratch: &Scratch) -> anyhow::Result<usize> {
    let web = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let url = format!("{}/fhir/Observation?_summary=count", scratch.http());
    let body = web.get(url).bearer_auth(scratch.token()).send().await?.error_for_status()?.bytes().await?;
    let bundle: Value = serde_json::from_slice(&body)?;
    let total = bundle.get("total").and_then(Value::as_u64).context("the answer has no total")?;
    Ok(usize::try_from(total)?)
}
