//! Many at once on the same thing: of two hundred conditional creates one wins, a hundred writers with `If-Match` leave
//! one line of versions, and neither is otherwise when the server is killed under them.
#![allow(clippy::indexing_slicing)] // members of JSON objects are set

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use meridian_testkit::{Answer, Fhir, Server, say, within};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::stores::grounds;

const SYSTEM: &str = "urn:test:contention";
const WRITERS: u32 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_conditional_creates_one_wins() -> anyhow::Result<()> {
    for ground in grounds().await? {
        let server = ground.start().await?;
        let fhir = server.operator();
        for (kind, number) in [("Basic", "c1"), ("Patient", "c2"), ("Observation", "c3")] {
            let tries = (0..200).map(|_| conditional(&fhir, kind, number));
            let answers = try_join_all(tries).await?;
            let mut told: BTreeMap<u16, usize> = BTreeMap::new();
            for answer in &answers {
                *told.entry(answer.status).or_default() += 1;
            }
            say(format_args!("{}: 200 conditional creates of one {kind}: {told:?}", ground.name()));
            let created: Vec<String> =
                answers.iter().filter(|answer| answer.status == 201).map(Answer::id).collect::<Result<_, _>>()?;
            ensure!(created.len() == 1, "{} created", created.len());
            // Whoever was not first is shown what is there, or is asked to try again; nothing else.
            for answer in answers.iter().filter(|answer| answer.status != 201) {
                ensure!(matches!(answer.status, 200 | 409 | 503), "{answer}");
                if answer.status == 200 {
                    ensure!(created.first() == Some(&answer.id()?), "another one is shown: {answer}");
                }
            }
            ensure!(told.get(&200).copied().unwrap_or_default() >= 150, "hardly anybody was answered: {told:?}");
            ensure!(fhir.count(&format!("{kind}?identifier={SYSTEM}|{number}")).await? == 1);
        }
    }
    Ok(())
}

async fn conditional(fhir: &Fhir, kind: &str, number: &str) -> anyhow::Result<Answer> {
    let resource = resource(kind, number);
    let headers =
        [("Content-Type", "application/fhir+json"), ("If-None-Exist", &format!("identifier={SYSTEM}|{number}"))];
    fhir.request("POST", &format!("/fhir/{kind}"), &headers, Some(serde_json::to_vec(&resource)?)).await
}

fn resource(kind: &str, number: &str) -> Value {
    let mut resource = json!({"resourceType": kind, "identifier": [{"system": SYSTEM, "value": number}]});
    if kind != "Patient" {
        resource["code"] = json!({"text": "x"});
    }
    if kind == "Observation" {
        resource["status"] = "final".into();
    }
    resource
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_writers_with_if_match_leave_one_line() -> anyhow::Result<()> {
    for ground in grounds().await? {
        let server = ground.start().await?;
        let fhir = server.operator();
        let id = fhir.create(&counter(None, 0, "nobody")).await?.expect(201)?.id()?;
        let writers = (0..WRITERS).map(|writer| {
            let (fhir, id) = (fhir.clone(), id.clone());
            async move {
                loop {
                    match add_one(&fhir, &id, &format!("w{writer}")).await? {
                        Added::Done => return anyhow::Ok(()),
                        Added::Beaten => {}
                        Added::Unknown(answer) => anyhow::bail!("{answer}"),
                    }
                }
            }
        });
        try_join_all(writers).await?;
        let line = line(&fhir, &id).await?;
        ensure!(line.len() == WRITERS as usize + 1, "{} versions", line.len());
        let mut who: Vec<&String> = line.iter().skip(1).collect();
        who.sort();
        who.dedup();
        ensure!(who.len() == WRITERS as usize, "everybody wrote once, but {} did", who.len());
        say(format_args!("{}: {WRITERS} writers, {} versions in one line", ground.name(), line.len()));
    }
    Ok(())
}

enum Added {
    Done,
    /// Somebody else was faster.
    Beaten,
    /// Nobody knows.
    Unknown(String),
}

fn counter(id: Option<&str>, count: u64, who: &str) -> Value {
    let mut counter = json!({"resourceType": "Basic", "code": {"text": who},
        "extension": [{"url": "urn:test:count", "valueInteger": count}]});
    if let Some(id) = id {
        counter["id"] = id.into();
    }
    counter
}

fn count_of(resource: &Value) -> Option<u64> {
    resource.pointer("/extension/0/valueInteger")?.as_u64()
}

/// Reads, adds one, and writes if nobody did meanwhile.
async fn add_one(fhir: &Fhir, id: &str, who: &str) -> anyhow::Result<Added> {
    let read = match fhir.get(&format!("Basic/{id}")).await {
        Ok(read) if read.status == 200 => read,
        Ok(read) => return Ok(Added::Unknown(read.to_string())),
        Err(error) => return Ok(Added::Unknown(format!("{error:#}"))),
    };
    let tag = read.header("etag").context("no ETag")?.to_owned();
    let count = count_of(&read.json()?).context("no count")?;
    let body = serde_json::to_vec(&counter(Some(id), count + 1, who))?;
    let headers = [("Content-Type", "application/fhir+json"), ("If-Match", tag.as_str())];
    Ok(match fhir.request("PUT", &format!("/fhir/Basic/{id}"), &headers, Some(body)).await {
        Ok(answer) if answer.status == 200 => Added::Done,
        Ok(answer) if matches!(answer.status, 409 | 412) => Added::Beaten,
        // Too many at once, and told so: nothing was written.
        Ok(answer) if answer.status == 503 && answer.text.contains("try again") => Added::Beaten,
        Ok(answer) => Added::Unknown(answer.to_string()),
        Err(error) => Added::Unknown(format!("{error:#}")),
    })
}

/// Who wrote each version, oldest first, after a check that each added one to the one before.
async fn line(fhir: &Fhir, id: &str) -> anyhow::Result<Vec<String>> {
    let mut versions = fhir.all(&format!("Basic/{id}/_history?_count=100")).await?;
    versions.reverse();
    for (nth, version) in versions.iter().enumerate() {
        let number = version.pointer("/meta/versionId").and_then(Value::as_str).unwrap_or_default();
        ensure!(number == (nth + 1).to_string(), "version {number} stands at place {}", nth + 1);
        ensure!(count_of(version) == Some(nth as u64), "version {number} counts {:?}", count_of(version));
    }
    let who = versions.iter().map(|version| version.pointer("/code/text").and_then(Value::as_str).unwrap_or_default());
    Ok(who.map(str::to_owned).collect())
}

/// What was told to the senders of one run.
#[derive(Default)]
struct Told {
    /// Who was told that it was written.
    added: Mutex<Vec<String>>,
    /// Pairs that were acknowledged, and all that were sent.
    pairs: Mutex<(Vec<u32>, u32)>,
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_contention_nothing_acknowledged_is_lost() -> anyhow::Result<()> {
    for ground in grounds().await? {
        let mut server = ground.start().await?;
        let id = server.operator().create(&counter(None, 0, "nobody")).await?.expect(201)?.id()?;
        let told = Arc::new(Told::default());
        let victims = ground.kills();
        for round in 0..6 {
            let senders = storm(&server, &id, round, &told);
            tokio::time::sleep(Duration::from_millis(300 + u64::from(round) * 137)).await;
            let killed = victims.get(round as usize % victims.len()).copied().unwrap_or("the server");
            ground.kill(killed, &mut server).await?;
            senders.join_all().await;
            ground.revive(killed, &mut server).await?;
            writes_again(&server).await?;
            check(&server, &id, &told).await.with_context(|| format!("after {killed} was killed"))?;
        }
        let (added, pairs) = (told.added.lock().await.len(), told.pairs.lock().await.0.len());
        ensure!(added > 20 && pairs > 20, "only {added} additions and {pairs} pairs were acknowledged");
        say(format_args!("{}: {added} additions and {pairs} transactions, six kills, nothing lost", ground.name()));
    }
    Ok(())
}

/// A server whose database was killed goes on by itself, and soon.
async fn writes_again(server: &Server) -> anyhow::Result<()> {
    let fhir = server.operator();
    let written = within(Duration::from_secs(30), "the server writes again", async || {
        let answer = fhir.create(&json!({"resourceType": "Basic", "code": {"text": "again"}})).await?;
        Ok((answer.status == 201).then_some(()))
    });
    written.await.with_context(|| server.log())?;
    // Connections that the database has lost are found out one by one.
    let reads = within(Duration::from_secs(30), "the server reads again", async || {
        for _ in 0..12 {
            if fhir.get("Basic?_summary=count").await?.status != 200 {
                return Ok(None);
            }
        }
        Ok(Some(()))
    });
    reads.await.with_context(|| server.log())
}

/// Eight writers of one resource and four senders of transactions, until the line breaks.
fn storm(server: &Server, id: &str, round: u32, told: &Arc<Told>) -> JoinSet<()> {
    let mut senders = JoinSet::new();
    for writer in 0..8 {
        let (fhir, id, told) = (server.operator(), id.to_owned(), Arc::clone(told));
        senders.spawn(async move {
            for nth in 0.. {
                let who = format!("r{round}-w{writer}-{nth}");
                match add_one(&fhir, &id, &who).await {
                    Ok(Added::Done) => told.added.lock().await.push(who),
                    Ok(Added::Beaten) => {}
                    Ok(Added::Unknown(_)) | Err(_) => return,
                }
            }
        });
    }
    for _ in 0..4 {
        let (fhir, told) = (server.operator(), Arc::clone(told));
        senders.spawn(async move {
            loop {
                let number = {
                    let mut pairs = told.pairs.lock().await;
                    pairs.1 += 1;
                    pairs.1
                };
                match fhir.bundle(&pair(number)).await {
                    Ok(answer) if answer.status == 200 => told.pairs.lock().await.0.push(number),
                    Ok(answer) if matches!(answer.status, 409 | 503) && answer.text.contains("try again") => {}
                    Ok(_) | Err(_) => return,
                }
            }
        });
    }
    senders
}

fn pair(number: u32) -> Value {
    let entry = |kind: &str| {
        let resource = resource(kind, &number.to_string());
        json!({"resource": resource, "request": {"method": "POST", "url": kind}})
    };
    json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry("Basic"), entry("Observation")]})
}

async fn check(server: &Server, id: &str, told: &Told) -> anyhow::Result<()> {
    let fhir = server.operator();
    let line = line(&fhir, id).await?;
    let mut times: BTreeMap<&String, usize> = BTreeMap::new();
    for who in &line {
        *times.entry(who).or_default() += 1;
    }
    ensure!(times.values().all(|times| *times == 1), "somebody wrote twice");
    for who in told.added.lock().await.iter() {
        ensure!(times.contains_key(who), "{who} was told that it was written, and it is not there");
    }
    let (acknowledged, sent) = {
        let pairs = told.pairs.lock().await;
        (pairs.0.clone(), pairs.1)
    };
    let count = |kind: &str, number: u32| {
        let (fhir, search) = (fhir.clone(), format!("{kind}?identifier={SYSTEM}|{number}"));
        async move { fhir.count(&search).await }
    };
    // The last ones are those that the kill met.
    for number in sent.saturating_sub(60) + 1..=sent {
        let (one, other) = (count("Basic", number).await?, count("Observation", number).await?);
        ensure!(one == other && one <= 1, "transaction {number} is half there: {one} and {other}");
        ensure!(one == 1 || !acknowledged.contains(&number), "transaction {number} was acknowledged and is not there");
    }
    let all = fhir.count(&format!("Basic?identifier={SYSTEM}|")).await?;
    ensure!(all >= acknowledged.len() as u64, "{all} there, {} acknowledged", acknowledged.len());
    ensure!(all == fhir.count(&format!("Observation?identifier={SYSTEM}|")).await?, "halves of transactions");
    Ok(())
}
