//! The examples of both READMEs, as they are written there, beside a demo of the default seed.

use std::path::Path;

use anyhow::{Context as _, ensure};
use meridian_testkit::{Options, Server, say};

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_the_readmes_works_as_written() -> anyhow::Result<()> {
    // One resident is enough: the one of the tour.
    let server = Server::start(Options { residents: 1, ..Options::default() }).await?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no root")?;
    for name in ["README.md", "README.zh-CN.md"] {
        let text = std::fs::read_to_string(root.join(name))?;
        let examples: Vec<&str> = text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        let script: String = examples
            .into_iter()
            // What builds the program, and what asks for a folder of the reader's own, is told elsewhere.
            .filter(|example| !example.contains("make ") && !example.contains(" DIR"))
            .collect();
        ensure!(script.matches("curl").count() >= 6, "{name} has lost its examples");
        let output = run(&server, &script).await?;
        for expected in ["MSA|AA|README-", "韦玲", "\t8.6\tCJ01", "\"versionId\": \"1\"", "event: hello"] {
            ensure!(output.contains(expected), "{name}: no {expected:?} in\n{output}");
        }
        say(format_args!("{name}: its examples work"));
    }
    Ok(())
}

/// Runs an example with the ports of this server; a stream without an end gets two seconds.
async fn run(server: &Server, script: &str) -> anyhow::Result<String> {
    let ready = server.ready();
    let mllp = ready.mllp.replace(':', " ");
    let script = script
        .replace(".demo/ready.json", &server.folder().join("ready.json").to_string_lossy())
        .replace("http://127.0.0.1:8080", &ready.http)
        .replace("127.0.0.1 2575", &mllp)
        .replace("curl -sN", "timeout 2 curl -sN");
    let script = format!("set -u\n{script}\ntrue\n");
    let output = tokio::process::Command::new("bash").arg("-c").arg(&script).kill_on_drop(true).output().await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    Ok(said)
}
