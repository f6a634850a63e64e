//! The district after it is loaded: the live day in this process, through the same doors.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use meridian_population::live::LiveConfig;
use meridian_population::{Day, Moment, Region};
use tokio_util::sync::CancellationToken;

use crate::sender::Doorway;
use crate::simulate::{Drive, Ledger, arrivals};
use crate::{clock, say};

/// The hours in which there is enough to see, in minutes of the day.
const MORNING: i32 = 8 * 60;
const EVENING: i32 = 18 * 60;
/// Between two notes of how far it has come.
const KEEP: Duration = Duration::from_secs(5);

/// What the live day needs to know.
pub(super) struct Life {
    pub(super) doorway: Doorway,
    pub(super) region: Arc<Region>,
    pub(super) speed: f64,
    pub(super) ledger: Arc<Ledger>,
    pub(super) stop: CancellationToken,
    /// Where it is kept how far it came.
    pub(super) kept: PathBuf,
}

impl Life {
    /// Runs until it is stopped.
    pub(super) async fn run(self) {
        let begin = begin(Moment::from(clock::now()));
        let begin = kept(&self.kept).map_or(begin, |kept| kept.max(begin));
        say(format!("the district lives on from {begin} at speed {}; `--live off` lets it rest", self.speed));
        let first = self.region.today().min(begin.day);
        let life = LiveConfig {
            seed: self.region.seed(),
            arrivals: arrivals(self.region.count()),
            from: Moment::new(first, 0),
        };
        let drive = Drive {
            doorway: self.doorway,
            region: self.region,
            life,
            begin,
            speed: self.speed,
            hours: None,
            position: None,
            ledger: Arc::clone(&self.ledger),
            stop: self.stop.clone(),
        };
        let keeping = tokio::spawn(keep(self.ledger, self.kept, self.stop.clone()));
        match drive.run().await {
            Err(error) if !self.stop.is_cancelled() => say(format!("the live day ended: {error:#}")),
            _ => {}
        }
        keeping.abort();
    }
}

/// Notes from time to time how far it has come.
async fn keep(ledger: Arc<Ledger>, file: PathBuf, stop: CancellationToken) {
    while tokio::time::timeout(KEEP, stop.cancelled()).await.is_err() {
        if let Some(at) = ledger.at() {
            let text = format!("{} {}", at.day.number(), at.minute);
            if let Err(error) = std::fs::write(&file, text) {
                say(format!("cannot write {}: {error}", file.display()));
                return;
            }
        }
    }
}

fn kept(file: &Path) -> Option<Moment> {
    let text = std::fs::read_to_string(file).ok()?;
    let (day, minute) = text.trim().split_once(' ')?;
    Some(Moment::new(Day::of(1970, 1, 1).plus(day.parse().ok()?), minute.parse().ok()?))
}

/// Now by day; at night the morning before, so that a newcomer sees a district at work. Never in the future.
fn begin(now: Moment) -> Moment {
    match now.minute {
        MORNING..EVENING => now,
        ..MORNING => Moment::new(now.day.plus(-1), MORNING),
        _ => Moment::new(now.day, MORNING),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn life_begins_when_there_is_something_to_see() {
        let day = Day::of(2026, 1, 5);
        let at = |hour| Moment::new(day, hour * 60);
        assert_eq!(begin(at(10)), at(10));
        assert_eq!(begin(at(22)), at(8));
        assert_eq!(begin(at(3)), Moment::new(day.plus(-1), 8 * 60));
    }

    #[test]
    fn how_far_it_came_is_read_back() {
        let file = std::env::temp_dir().join(format!("meridian-life-{}", std::process::id()));
        assert_eq!(kept(&file), None);
        std::fs::write(&file, "20458 615").unwrap();
        assert_eq!(kept(&file), Some(Moment::new(Day::of(2026, 1, 5), 615)));
        std::fs::remove_file(&file).unwrap();
    }
}
