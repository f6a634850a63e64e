//! `meridian simulate`: keeps a synthetic region living, through the real doors of a running server.

mod drive;
mod ledger;
mod operation;
mod place;

use std::sync::Arc;

use meridian_population::live::LiveConfig;
use meridian_population::{Moment, Region, RegionConfig};
use tokio_util::sync::CancellationToken;

use crate::cli::SimulateArgs;
use crate::sender::Doorway;
use crate::{clock, say};

pub(crate) use drive::Drive;
pub(crate) use ledger::Ledger;
pub(crate) use operation::operation;

/// A small district is made livelier than it is, so that there is always something to see.
const AT_LEAST: u32 = 1_000;

/// Arrivals of a working day, where nobody asks for another number.
pub(crate) fn arrivals(residents: u64) -> u32 {
    LiveConfig::natural(residents).max(AT_LEAST)
}

pub(crate) async fn simulate(args: SimulateArgs) -> anyhow::Result<()> {
    let today = args.today.unwrap_or_else(clock::today);
    let region = Region::new(RegionConfig { seed: args.seed, residents: args.residents, today });
    let from = Moment::from(args.from.unwrap_or_else(clock::now));
    let arrivals = args.arrivals.unwrap_or_else(|| arrivals(args.residents));
    let ledger = Arc::new(Ledger::default());
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stopping.cancel();
        }
    });
    let drive = Drive {
        doorway: Doorway { http: args.http, mllp: args.mllp, token: args.token },
        region: Arc::new(region),
        life: LiveConfig { seed: args.seed, arrivals, from },
        begin: from,
        speed: args.speed.0.unwrap_or(1.0),
        hours: args.hours,
        position: args.position,
        ledger: Arc::clone(&ledger),
        stop,
    };
    drive.doorway.look().await?;
    let ended = drive.run().await;
    if args.json {
        say(ledger.json());
    } else {
        say(&*ledger);
    }
    ended
}
