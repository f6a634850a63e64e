//! Bad input from every side, and the server goes on in bounded memory.

use std::time::Duration;

use anyhow::ensure;
use futures_util::{StreamExt as _, stream};
use meridian_testkit::{Fhir, Mllp, Options, Server, resident_bytes, say};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What the server may hold after all of this.
const BOUND: u64 = 700 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_in_bounded_memory() -> anyhow::Result<()> {
    let server = Server::start(Options::default()).await?;
    let process = server.id().unwrap_or_default();
    let before = resident_bytes(process)?;
    let peak = tokio::spawn(watch(process));
    let mut wrong = Vec::new();

    bodies(&server.operator(), &mut wrong).await?;
    huge_bodies(&server.operator(), &mut wrong).await?;
    announced(server.ready().http.trim_start_matches("http://")).await?;
    requests(&server.operator(), &mut wrong).await?;
    frames(&server, &mut wrong).await?;
    huge_frame(&server.ready().mllp).await?;

    peak.abort();
    for error in &wrong {
        say(format_args!("not refused as it should be: {error:#}"));
    }
    let after = resident_bytes(process)?;
    say(format_args!("memory: {} MB before, {} MB after", before >> 20, after >> 20));
    ensure!(after < BOUND, "the server holds {} MB", after >> 20);
    server.operator().get("metadata").await?.expect(200)?;
    server.operator().create(&json!({"resourceType": "Basic", "code": {"text": "x"}})).await?.expect(201)?;
    let message = "MSH|^~\\&|HIS|CJ01|MERIDIAN|CJ00|20260105083000+0800||ADT^A04^ADT_A01|AFTER1|P|2.5.1||||||UNICODE UTF-8\n\
                   EVN|A04|20260105083000+0800\nPID|1||AFTER1^^^CJ01^MR||李^试验^^^^^L||19800101|M\nPV1|1|O|^^^CJ01";
    let answer = server.mllp().await?.send(message).await?;
    ensure!(answer.code() == "AA", "after all of this: {}", answer.text);
    ensure!(wrong.is_empty(), "{} bad inputs were not refused as they should be", wrong.len());
    Ok(())
}

/// Tells how the server grows.
async fn watch(process: u32) {
    let mut most = 0;
    while let Ok(now) = resident_bytes(process) {
        if now > most + (64 << 20) {
            most = now;
            say(format_args!("memory: {} MB", now >> 20));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Every body is answered with 4xx and an OperationOutcome, eight at a time.
async fn bodies(fhir: &Fhir, wrong: &mut Vec<anyhow::Error>) -> anyhow::Result<()> {
    let mut dice = fastrand::Rng::with_seed(7);
    let good = r#"{"resourceType":"Patient","name":[{"family":"王","given":["试验"]}],"birthDate":"1970-01-01"}"#;
    let mut bad: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"null".to_vec(),
        b"\"Patient\"".to_vec(),
        b"{\"resourceType\": 7}".to_vec(),
        b"{\"resourceType\": \"Patient\", \"resourceType\": \"Patient\"}".to_vec(),
        b"\xff\xfe\x00{}".to_vec(),
        b"{\"a\":".repeat(100_000),
        [b"{\"resourceType\":\"Patient\",\"name\":".as_slice(), &b"[".repeat(70), &b"]".repeat(70), b"}"].concat(),
        b"{\"resourceType\":\"Observation\",\"status\":\"final\",\"valueInteger\":1e999999}".to_vec(),
        b"{\"resourceType\":\"Patient\",\"birthDate\":\"0000-00-00\"}".to_vec(),
        b"{\"resourceType\":\"Patient\",\"name\":\"x\"}".to_vec(),
        b"{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{\"method\":\"STEAL\",\"url\":\"Patient\"}}]}".to_vec(),
    ];
    // A good body, cut at a random place: never whole.
    bad.extend((0..200).map(|_| good.as_bytes().iter().copied().take(dice.usize(0..good.len())).collect()));
    bad.extend((0..50).map(|_| (0..dice.usize(1..5000)).map(|_| dice.u8(..)).collect()));
    let answers: Vec<_> = stream::iter(bad)
        .map(|body| async move {
            let shown: String = String::from_utf8_lossy(&body).chars().take(60).collect();
            let is_bundle = shown.contains("Bundle");
            let path = if is_bundle {
                "/fhir"
            } else if shown.contains("Observation") {
                "/fhir/Observation"
            } else {
                "/fhir/Patient"
            };
            let headers = [("Content-Type", "application/fhir+json")];
            (shown, fhir.request("POST", path, &headers, Some(body)).await)
        })
        .buffer_unordered(8)
        .collect()
        .await;
    for (shown, answer) in answers {
        wrong.extend(refused(&shown, &answer?).err());
    }
    Ok(())
}

/// A hundred megabytes, only announced: refused with 413 before they come.
async fn announced(address: &str) -> anyhow::Result<()> {
    let mut line = TcpStream::connect(address).await?;
    let head = format!(
        "POST /fhir/Patient HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/fhir+json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{{",
        100 << 20
    );
    line.write_all(head.as_bytes()).await?;
    let mut answer = vec![0; 64];
    let count = tokio::time::timeout(Duration::from_secs(10), line.read(&mut answer)).await??;
    let status = String::from_utf8_lossy(answer.get(..count).unwrap_or_default()).into_owned();
    // A stranger is not even told that it is too much.
    ensure!(status.starts_with("HTTP/1.1 401") || status.starts_with("HTTP/1.1 413"), "100 MB announced: {status:?}");
    Ok(())
}

/// A hundred megabytes, announced and sent: refused, or the connection is closed on the sender.
async fn huge_bodies(fhir: &Fhir, wrong: &mut Vec<anyhow::Error>) -> anyhow::Result<()> {
    for path in ["/fhir/Patient", "/fhir"] {
        let body = b"{\"resourceType\":\"Bundle\",\"x\":\""
            .iter()
            .copied()
            .chain(std::iter::repeat_n(b'a', 100 << 20))
            .collect();
        match fhir.request("POST", path, &[("Content-Type", "application/fhir+json")], Some(body)).await {
            Ok(answer) => wrong.extend(refused("100 MB", &answer).err()),
            Err(error) => say(format_args!("100 MB to {path}: {error:#}")),
        }
    }
    Ok(())
}

async fn requests(fhir: &Fhir, wrong: &mut Vec<anyhow::Error>) -> anyhow::Result<()> {
    let long = format!("Patient?name={}", "x".repeat(40_000));
    let many = format!("Patient?{}", "name=x&".repeat(3_000));
    let wide = format!("Patient?_id={}", "x,".repeat(15_000));
    for path in [
        long.as_str(),
        &many,
        &wide,
        "Patient?name=%00%ff%fe",
        "Patient?birthdate=ge99999-99-99",
        "Patient?_count=99999999999999999999",
        "Patient?_count=x",
        "Patient?_sort=-----",
        "Patient?:::=|||",
        "Patient?_include=*:*:*:*",
        "Patient/..%2f..%2fetc%2fpasswd",
        "Patient/%00",
        "Patient?_page=forged",
        "Patient?_cursor=forged",
    ] {
        match fhir.get(path).await {
            Ok(answer) => wrong.extend(refused(&path.chars().take(40).collect::<String>(), &answer).err()),
            Err(_closed) => say(format_args!("{}…: the line was closed", path.chars().take(40).collect::<String>())),
        }
    }
    for (name, value) in
        [("Content-Type", "application/xml"), ("Content-Encoding", "x-unknown"), ("Content-Type", "\u{7f}")]
    {
        let body = Some(b"{\"resourceType\":\"Patient\"}".to_vec());
        if let Ok(answer) = fhir.request("POST", "/fhir/Patient", &[(name, value)], body).await {
            wrong.extend(refused(value, &answer).err());
        }
    }
    Ok(())
}

fn refused(what: &str, answer: &meridian_testkit::Answer) -> anyhow::Result<()> {
    ensure!((400..500).contains(&answer.status), "{what}: {answer}");
    if answer.status != 431 && answer.status != 414 {
        let body: Value = answer.json()?;
        ensure!(body.get("resourceType") == Some(&json!("OperationOutcome")), "{what}: {answer}");
    }
    Ok(())
}

/// Halves of frames, rubbish, wrong charsets: AR or AE, or the line is closed; and the next sender is served.
async fn frames(server: &Server, wrong: &mut Vec<anyhow::Error>) -> anyhow::Result<()> {
    let mut dice = fastrand::Rng::with_seed(8);
    let address = server.ready().mllp.as_str();
    let mut held = Vec::new();
    for _ in 0..50 {
        let mut half = Mllp::connect(address).await?;
        half.send_raw(b"\x0bMSH|^~\\&|HIS|CJ01").await?;
        held.push(half);
    }
    for _ in 0..50 {
        let mut line = Mllp::connect(address).await?;
        let rubbish: Vec<u8> = (0..dice.usize(1..4000)).map(|_| dice.u8(..)).collect();
        line.send_raw(&rubbish).await?;
        // The other side may have closed already; that is an answer too.
        let _ = line.send_raw(b"\x1c\r").await;
    }
    for message in [
        b"".as_slice(),
        b"MSH",
        b"MSH|",
        b"MSH|^~\\&",
        b"PID|1||x",
        b"MSH|^~\\&|HIS|CJ01|M|CJ00|2026||ADT^A04|WRONG1|P|2.5.1||||||NO-SUCH-SET\rPID|1||\xff\xfe^^^CJ01^MR\r",
        b"MSH|^~\\&|HIS|CJ01|M|CJ00|2026||ZZZ^Z99|WRONG2|P|2.5.1\r",
        b"MSH|^~\\&|HIS|CJ01|M|CJ00|2026||ADT^A04|WRONG3|P|2.5.1||||||UNICODE UTF-8\rPID|\x80\x81\x82\r",
    ] {
        let mut line = Mllp::connect(address).await?;
        match tokio::time::timeout(Duration::from_secs(5), line.send_bytes(message)).await {
            Ok(Ok(answer)) if ["AE", "AR"].contains(&answer.code()) => {}
            Ok(Ok(answer)) => {
                wrong.push(anyhow::anyhow!(
                    "{:?}: {}",
                    String::from_utf8_lossy(message),
                    answer.text.replace('\r', " ⏎ ")
                ));
            }
            Ok(Err(_closed)) => {}
            Err(_) => wrong.push(anyhow::anyhow!("{:?} was not answered", String::from_utf8_lossy(message))),
        }
    }
    drop(held);
    Ok(())
}

/// A frame without an end, a hundred megabytes of it: the line is closed long before.
async fn huge_frame(address: &str) -> anyhow::Result<()> {
    let mut line = Mllp::connect(address).await?;
    line.send_raw(b"\x0bMSH|^~\\&|HIS|CJ01|M|CJ00|2026||ORU^R01|HUGE1|P|2.5.1\rOBX|1|TX|").await?;
    let piece = vec![b'a'; 1 << 20];
    for megabyte in 0..100 {
        if line.send_raw(&piece).await.is_err() {
            say(format_args!("the line was closed after {megabyte} MB"));
            return Ok(());
        }
    }
    let _ = line.send_raw(b"\r\x1c\r").await;
    match line.receive().await {
        Ok(answer) => ensure!(
            ["AE", "AR"].contains(&answer.code()),
            "100 MB: {}",
            answer.text.chars().take(200).collect::<String>()
        ),
        Err(closed) => say(format_args!("100 MB frame: {closed:#}")),
    }
    Ok(())
}
