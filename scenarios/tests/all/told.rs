//! Every scenario under `told/`, against one server with an empty region.

use std::path::Path;

use anyhow::Context as _;
use meridian_scenarios::{Receivers, Teller, read_all};
use meridian_testkit::{Options, Server, say};

#[tokio::test(flavor = "multi_thread")]
async fn every_told_scenario_holds() -> anyhow::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The demo's own institutions, with receivers that a scenario can make do anything.
    let feeds = std::fs::read_to_string(here.join("../server/src/demo/feeds.toml")).context("the demo's feeds")?;
    let receivers = Receivers::play(&feeds).await?;
    let folder = tempfile::tempdir()?;
    let file = receivers.write(folder.path())?;
    let more = vec!["--feeds".to_owned(), file.to_string_lossy().into_owned()];
    let server = Server::start(Options { more, ..Options::default() }).await?;
    let teller = Teller::new(&server, &receivers);
    // One scenario while working on it: MERIDIAN_TELL=fhir/update
    let only = std::env::var("MERIDIAN_TELL").unwrap_or_default();
    let (mut held, mut failed) = (0, Vec::new());
    for (name, scenario) in read_all(&here.join("told"))? {
        if !name.contains(&only) {
            continue;
        }
        match teller.tell(&scenario).await {
            Ok(()) => {
                held += 1;
                say(format_args!("  holds  {name}: {}", scenario.rule));
            }
            Err(error) => {
                say(format_args!("  FAILS  {name}: {}\n         {error:#}", scenario.rule));
                failed.push(name);
            }
        }
    }
    say(format_args!("{held} scenarios hold, {} fail", failed.len()));
    anyhow::ensure!(failed.is_empty(), "{} scenario(s) fail: {}\n{}", failed.len(), failed.join(", "), server.log());
    Ok(())
}
