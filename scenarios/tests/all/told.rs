//! Every scenario under `told/`, against one server with an empty region.

use std::path::Path;

use meridian_scenarios::{Teller, read_all};
use meridian_testkit::{Options, Server, say};

#[tokio::test(flavor = "multi_thread")]
async fn every_told_scenario_holds() -> anyhow::Result<()> {
    let server = Server::start(Options::default()).await?;
    let teller = Teller::new(&server);
    // One scenario while working on it: MERIDIAN_TELL=fhir/update
    let only = std::env::var("MERIDIAN_TELL").unwrap_or_default();
    let (mut held, mut failed) = (0, Vec::new());
    for (name, scenario) in read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("told"))? {
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
