//! Two servers over one database: what one writes the other reads, hears of, and does not write again.

use anyhow::ensure;
use meridian_testkit::{Server, eventually};
use serde_json::{Value, json};

use crate::stores::{Ground, grounds};

async fn shared() -> anyhow::Result<Option<Ground>> {
    Ok(grounds().await?.into_iter().find(|ground| ground.kills().len() > 1))
}

fn basic(number: &str) -> Value {
    json!({"resourceType": "Basic", "code": {"text": "x"}, "identifier": [{"system": "urn:n", "value": number}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_hundred_conditional_creates_over_two_servers_wins() -> anyhow::Result<()> {
    let Some(ground) = shared().await? else { return Ok(()) };
    let (one, other) = (ground.start().await?, ground.start().await?);
    let mut asked = tokio::task::JoinSet::new();
    for nth in 0..200 {
        let fhir = if nth % 2 == 0 { one.operator() } else { other.operator() };
        asked.spawn(async move {
            let fhir = fhir.with("if-none-exist", "identifier=urn:n|only");
            fhir.create(&basic("only")).await.map(|answer| answer.status)
        });
    }
    let mut statuses = Vec::new();
    while let Some(status) = asked.join_next().await {
        statuses.push(status??);
    }
    let made = statuses.iter().filter(|status| **status == 201).count();
    ensure!(made == 1, "{made} were made: {statuses:?}");
    for server in [&one, &other] {
        let found = server.operator().count("Basic?identifier=urn:n|only").await?;
        ensure!(found == 1, "{found} are found");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_writes_the_other_reads_and_goes_on_when_it_is_killed() -> anyhow::Result<()> {
    let Some(ground) = shared().await? else { return Ok(()) };
    let (mut one, other) = (ground.start().await?, ground.start().await?);
    let mut ids = Vec::new();
    for nth in 0..40 {
        let server: &Server = if nth % 2 == 0 { &one } else { &other };
        ids.push(server.operator().create(&basic(&nth.to_string())).await?.expect(201)?.id()?);
    }
    for id in &ids {
        for server in [&one, &other] {
            server.operator().get(&format!("Basic/{id}")).await?.expect(200)?;
        }
    }
    one.kill().await?;
    let fhir = other.operator();
    eventually("the other server goes on", || async {
        Ok((fhir.create(&basic("after")).await?.status == 201).then_some(()))
    })
    .await?;
    Ok(())
}
