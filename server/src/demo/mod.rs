//! `meridian demo`: a synthetic district that streams in through the real doors while the newcomer already looks, and
//! then lives on.

mod life;
mod ready;
mod receivers;
mod users;

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use meridian_engine::Policy;
use meridian_http::Limits;
use meridian_population::{Region, RegionConfig};
use meridian_store::{Lane, Origin, Store, StoreError, WriteTx};
use tokio_util::sync::CancellationToken;

use crate::cli::DemoArgs;
use crate::feeds::Feeds;
use crate::house::{Doors, House, Open};
use crate::sender::Doorway;
use crate::simulate::Ledger;
use crate::{clock, feeder, logging, packages, run_file, say};
use life::Life;
use ready::Ready;
use users::DemoUser;

/// The hospitals that speak HL7 v2, and those that are told.
const FEEDS: &str = include_str!("feeds.toml");

pub(crate) async fn demo(args: DemoArgs) -> anyhow::Result<()> {
    logging::start(false);
    let began = Instant::now();
    let receiving = CancellationToken::new();
    let Feeds { feeds, destinations } = match &args.feeds {
        Some(file) => Feeds::open(file)?,
        None => {
            let mut feeds = Feeds::read(FEEDS)?;
            receivers::open(&mut feeds.destinations, &receiving).await?;
            feeds
        }
    };
    let house = House::telling(&args.home()?, destinations)?;
    // The folder is ours from here on: no other demo reads these files.
    if let Some(file) = &args.ready_file {
        Ready::forget(file);
    }
    let today = first_day(&house.store).await?;
    let config = RegionConfig { seed: args.seed, residents: args.residents.into(), today };
    let region = Arc::new(Region::new(config));
    let own = region.institutions().iter().map(|institution| institution.code.to_string());
    packages::apply(&house, &args.rules, own.chain(feeds.iter().map(|feed| feed.institution.clone())))?;
    let ledger = Arc::new(Ledger::default());
    let simulation = Some(Arc::clone(&ledger));
    let (limits, policy) = (Limits::default(), Policy::default());
    let (http, mllp, tour) = (args.http, args.mllp, Some(config));
    let open = Open { http, mllp, base_url: None, limits, policy, feeds, tour, simulation };
    let doors = Doors::open(&house, open).await?;
    let _run = run_file::RunFile::write(&args.data_dir, &doors).await?;
    let ready = Ready {
        http: format!("http://{}", doors.http),
        mllp: doors.mllp.to_string(),
        users: users::make(&doors.identity).await?,
        token: run_file::token(&doors.identity, "operator", "CJ00").await?,
        complete: false,
    };
    welcome(&ready, args.residents);
    if let Some(file) = &args.ready_file {
        ready.doors_are_open(file)?;
    }
    if !args.no_open {
        open_browser(&ready.http);
    }
    let stop = doors.closing();
    tokio::spawn(async move {
        let doorway = Doorway { http: ready.http.clone(), mllp: ready.mllp.clone(), token: ready.token.clone() };
        ledger.state("loading");
        match load(&house.store, doorway.clone(), Arc::clone(&region), stop.clone(), began).await {
            Err(_) if stop.is_cancelled() => {
                say(
                    "stopped while the district was streaming in; the next start sends it again, and what is there is not written twice",
                );
                return;
            }
            Err(error) => return say(format!("{error:#}")),
            Ok(()) => ledger.state("off"),
        }
        if let Some(file) = &args.ready_file
            && let Err(error) = ready.all_is_there(file)
        {
            say(format!("{error:#}"));
        }
        if let Some(speed) = args.live.0 {
            Life { doorway, region, speed, ledger, stop, kept: args.data_dir.join("live") }.run().await;
        }
    });
    let stopped = doors.wait().await;
    receiving.cancel();
    stopped
}

/// Everybody comes in, unless an earlier start has seen to it.
async fn load(
    store: &Store,
    doorway: Doorway,
    region: Arc<Region>,
    stop: CancellationToken,
    began: Instant,
) -> anyhow::Result<()> {
    const NAME: &str = "demo.complete";
    let residents = region.count();
    let this = format!("{residents} residents of seed {} on {}", region.seed(), region.today());
    if setting(store, NAME)?.as_deref() == Some(this.as_str()) {
        say(format!("district complete: {residents} residents are there from before"));
        return Ok(());
    }
    let counts = feeder::stream(doorway, region, stop).await.context("the district could not be streamed in")?;
    let seconds = began.elapsed().as_secs_f64();
    say(format!(
        "district complete: {residents} residents, {} HL7 v2 messages, {} FHIR transactions in {seconds:.1} s",
        counts.messages, counts.bundles
    ));
    for (says, times) in &counts.says {
        say(format!("  refused {times} times: {says}"));
    }
    if counts.refused == 0 {
        keep(store, NAME, this).await?;
    }
    Ok(())
}

/// The day on which this folder's district began. A demo that is started again goes on with the same lives.
async fn first_day(store: &Store) -> anyhow::Result<jiff::civil::Date> {
    const NAME: &str = "demo.today";
    if let Some(known) = setting(store, NAME)? {
        return Ok(known.parse()?);
    }
    let today = clock::today();
    keep(store, NAME, today.to_string()).await?;
    Ok(today)
}

fn setting(store: &Store, name: &str) -> anyhow::Result<Option<String>> {
    let known = store.read::<_, StoreError>(|reader| reader.setting(name))?;
    Ok(known.map(String::from_utf8).transpose()?)
}

async fn keep(store: &Store, name: &'static str, value: String) -> anyhow::Result<()> {
    let write = move |tx: &mut WriteTx<'_>| tx.put_setting(name, value.as_bytes());
    Ok(store.write::<_, StoreError>(Lane::Interactive, Origin::default(), write).await?)
}

fn welcome(ready: &Ready, residents: u32) {
    say("");
    say("  Meridian 经络 · demo · every person in it is synthetic (演示数据全部为合成)");
    say("");
    say(format!("  pages and FHIR   {0}    (FHIR at {0}/fhir)", ready.http));
    say(format!("  HL7 v2 (MLLP)    {}", ready.mllp));
    say("");
    for DemoUser { username, password, role, institution } in &ready.users {
        say(format!("  sign in as  {username:<16} password  {password:<26} {role} · {institution}"));
    }
    say("");
    say(format!("  {residents} residents come in through the doors; you may sign in now. Ctrl-C stops."));
    say("");
}

/// Where there is a desktop; a failure is no matter.
fn open_browser(address: &str) {
    let _ = std::process::Command::new("xdg-open")
        .arg(address)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
}
