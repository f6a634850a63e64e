//! How far life has come, kept in a file so that the next run goes on from there.

use std::path::Path;

use anyhow::{Context, bail};
use meridian_population::live::LiveConfig;
use meridian_population::{Moment, Region};
use serde::{Deserialize, Serialize};

/// An event: its day (from 1970-01-01) and its place among the events of that day.
pub(super) type Place = (i32, usize);

/// What the file says.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub(super) struct Position {
    seed: u64,
    residents: u64,
    today: String,
    arrivals: u32,
    /// When life began: day and minute.
    from: (i32, i32),
    /// The first event that may not have been answered.
    pub(super) next: Place,
}

impl Position {
    pub(super) fn new(region: &Region, life: &LiveConfig, next: Place) -> Position {
        Position {
            seed: region.seed(),
            residents: region.count(),
            today: region.today().to_string(),
            arrivals: life.arrivals,
            from: (life.from.day.number(), life.from.minute),
            next,
        }
    }

    /// What an earlier run left, with the beginning of its life; nothing when there is no file.
    pub(super) fn read(path: &Path, region: &Region, life: &mut LiveConfig) -> anyhow::Result<Option<Place>> {
        let bytes = match std::fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            other => other.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let there: Position =
            serde_json::from_slice(&bytes).with_context(|| format!("{} is no position", path.display()))?;
        let mine = Position::new(region, life, (0, 0));
        if (there.seed, there.residents, &there.today, there.arrivals)
            != (mine.seed, mine.residents, &mine.today, mine.arrivals)
        {
            bail!("{} belongs to another life (seed, residents, today or arrivals differ); remove it", path.display());
        }
        life.from = Moment::new(meridian_population::Day::of(1970, 1, 1).plus(there.from.0), there.from.1);
        Ok(Some(there.next))
    }

    /// Writes it whole or not at all.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let part = path.with_extension("part");
        std::fs::write(&part, serde_json::to_vec(self)?)?;
        std::fs::rename(&part, path).with_context(|| format!("cannot write {}", path.display()))
    }
}
