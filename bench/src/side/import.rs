//! Twenty writers bring the bundles in, each one transaction after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::Figure;
use super::data::Bundles;
use super::hot::{Met, figure};
use super::system::Running;
use super::watch::Watch;
use crate::http::Client;
use crate::machine;

const WRITERS: usize = 20;
/// What was sent need not come back; of Meridian the lane of imports is asked for.
const BULK: &str = "application/fhir+json\r\nprefer: return=minimal\r\nx-meridian-lane: bulk";

/// The figure counts resources; its times are those of a bundle. Gives how many resources were taken.
#[allow(clippy::cast_precision_loss)]
pub(crate) async fn run(running: &Running, bundles: &Bundles) -> anyhow::Result<(Figure, f64)> {
    let next = Arc::new(AtomicUsize::new(0));
    let all = Arc::new(bundles.all.clone());
    let watch = Watch::of(running.roots.clone());
    let before = machine::used_below(&running.roots);
    let began = Instant::now();
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let (mut client, next, all) = (Client::connect(&running.target).await?, Arc::clone(&next), Arc::clone(&all));
        writers.spawn(async move {
            let (mut met, mut taken) = (Met::default(), 0);
            while let Some(bundle) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                let began = Instant::now();
                let answer = client.send("POST", "", bundle, BULK).await?;
                if answer.status == 200 {
                    met.times.add(began.elapsed());
                    taken += count(answer.body, b"\"status\":\"201");
                } else {
                    let said = String::from_utf8_lossy(answer.body).chars().take(300).collect::<String>();
                    let status = answer.status;
                    met.failed(|| format!("{status}: {said}"));
                }
            }
            anyhow::Ok((met, taken))
        });
    }
    let (mut met, mut resources) = (Met::default(), 0);
    while let Some(done) = writers.join_next().await {
        let (one, taken) = done??;
        met.join(one);
        resources += taken;
    }
    let seconds = began.elapsed().as_secs_f64();
    let used = machine::used_below(&running.roots) - before;
    let mut figure = figure(&met, seconds, used, watch.most());
    figure.rate = resources as f64 / seconds;
    figure.processor = used * 1e6 / (resources.max(1)) as f64;
    Ok((figure, resources as f64))
}

/// How often `part` stands in `text`.
fn count(text: &[u8], part: &[u8]) -> usize {
    text.windows(part.len()).filter(|window| *window == part).count()
}
