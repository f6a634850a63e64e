//! `meridian serve`: every door over a data folder.

use meridian_engine::Policy;
use meridian_http::Limits;
use meridian_intake::FeedConfig;

use crate::cli::ServeArgs;
use crate::feeds::Feeds;
use crate::house::{Doors, House, Open};
use crate::{logging, packages, run_file, say};

pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    logging::start(args.json_logs);
    let Feeds { mut feeds, destinations } = args.feeds.as_deref().map(Feeds::open).transpose()?.unwrap_or_default();
    feeds.extend(args.feed.iter().map(|code| FeedConfig::for_institution(code)));
    let house = House::telling(&args.kept.home()?, destinations)?;
    packages::apply(&house, &args.rules, feeds.iter().map(|feed| feed.institution.clone()))?;
    let limits = Limits { bundle: args.max_bundle_mib << 20, entries: args.max_entries, ..Limits::default() };
    let open = Open {
        http: args.http,
        mllp: args.mllp,
        base_url: args.base_url,
        limits,
        policy: Policy { update_create: !args.no_update_create },
        feeds,
        tour: None,
        simulation: None,
    };
    let doors = Doors::open(&house, open).await?;
    let _run = match args.kept.folder() {
        Some(folder) => Some(run_file::RunFile::write(folder, &doors).await?),
        None => None,
    };
    say(format!("FHIR and pages  http://{}", doors.http));
    say(format!("HL7 v2 (MLLP)   {}", doors.mllp));
    doors.wait().await
}
