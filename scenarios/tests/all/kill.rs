//! `kill -9` in the middle of an import, transactions and messages: what was acknowledged is there, once, and the chain verifies.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::ensure;
use meridian_testkit::{Fhir, Mllp, Options, Server, command, identity, materials, meridian, say, within};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::import;

const ROUNDS: u32 = 20;
/// Types that messages and transactions write beside the import.
const OTHERS: [&str; 3] = ["Patient", "Observation", "DiagnosticReport"];
const TRANSACTION: &str = "urn:test:transaction";

/// What was sent so far; each number is one transaction or one message.
#[derive(Debug, Default)]
struct Log {
    next: AtomicU32,
    acknowledged: Mutex<Vec<u32>>,
    /// Sent, and nobody knows what became of it: a real sender sends it again.
    unanswered: Mutex<Vec<u32>>,
}

impl Log {
    async fn next(&self) -> u32 {
        match self.unanswered.lock().await.pop() {
            Some(number) => number,
            None => self.next.fetch_add(1, Ordering::Relaxed),
        }
    }

    async fn done(&self, number: u32, acknowledged: bool) {
        let list = if acknowledged { &self.acknowledged } else { &self.unanswered };
        list.lock().await.push(number);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_lose_nothing_and_apply_nothing_twice() -> anyhow::Result<()> {
    let seed = std::env::var("MERIDIAN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_260_105);
    say(format_args!("MERIDIAN_SEED={seed}"));
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut server = Server::start(Options::default()).await?;
    let (transactions, messages) = (Arc::new(Log::default()), Arc::new(Log::default()));
    let folder = materials::folder("synthea_r4_bundles").map(|folder| folder.to_string_lossy().into_owned());
    let before = match &folder {
        Some(folder) => import::counts(&server.operator(), folder).await?,
        None => BTreeMap::new(),
    };

    for round in 1..=ROUNDS {
        let mut senders = JoinSet::new();
        for _ in 0..4 {
            senders.spawn(send_transactions(server.operator().at("CJ11"), Arc::clone(&transactions)));
        }
        for _ in 0..2 {
            senders.spawn(send_messages(server.ready().mllp.clone(), Arc::clone(&messages)));
        }
        let import = folder.as_deref().map(|folder| start_import(&server, folder)).transpose()?;
        tokio::time::sleep(Duration::from_millis(dice.u64(50..1500))).await;
        server.kill().await?;
        if let Some(mut import) = import {
            // It has lost its server; whether it ends by itself or is ended does not matter.
            let _ = tokio::time::timeout(Duration::from_secs(5), import.wait()).await;
            let _ = import.kill().await;
        }
        senders.join_all().await;
        server.restart().await?;
        let (t, m) = (transactions.acknowledged.lock().await.len(), messages.acknowledged.lock().await.len());
        say(format_args!("kill {round:>2}: {t} transactions and {m} messages acknowledged so far"));
    }
    finish(&server, &transactions, &messages).await?;
    check(&server, &transactions, &messages).await?;
    let data = server.data();
    if let Some(folder) = &folder {
        let whole = command(&["import", "--data-dir", &data.to_string_lossy(), folder, "--json"]).await?;
        say(format_args!("import: {}", String::from_utf8_lossy(&whole.stdout).trim()));
        ensure!(whole.status.success(), "import: {}", String::from_utf8_lossy(&whole.stderr));
        import::are_there(&server.operator(), folder, &before, &OTHERS).await?;
    }
    server.stop().await?;
    let verified = command(&["audit", "verify", "--data-dir", &data.to_string_lossy()]).await?;
    ensure!(verified.status.success(), "audit verify: {}", String::from_utf8_lossy(&verified.stdout));
    say(String::from_utf8_lossy(&verified.stdout).trim());
    Ok(())
}

/// `meridian import` on the folder of the running server, which it finds by itself.
fn start_import(server: &Server, folder: &str) -> anyhow::Result<Child> {
    let data = server.data();
    let mut command = Command::new(meridian()?);
    command.arg("import").arg("--data-dir").arg(data).arg(folder).arg("--json");
    Ok(command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?)
}

/// Sends until the connection breaks.
async fn send_transactions(fhir: Fhir, log: Arc<Log>) {
    loop {
        let number = log.next().await;
        let answer = fhir.bundle(&transaction(number)).await;
        let good = answer.as_ref().is_ok_and(|answer| answer.status == 200);
        log.done(number, good).await;
        if !good {
            return;
        }
    }
}

async fn send_messages(address: String, log: Arc<Log>) {
    let Ok(mut door) = Mllp::connect(&address).await else { return };
    loop {
        let number = log.next().await;
        let good = door.send(&message(number)).await.is_ok_and(|answer| answer.code() == "AA");
        log.done(number, good).await;
        if !good {
            return;
        }
    }
}

/// The last unanswered ones are sent once more, now that nobody kills.
async fn finish(server: &Server, transactions: &Log, messages: &Log) -> anyhow::Result<()> {
    let fhir = server.operator().at("CJ11");
    for number in std::mem::take(&mut *transactions.unanswered.lock().await) {
        fhir.bundle(&transaction(number)).await?.expect(200)?;
        transactions.done(number, true).await;
    }
    let mut door = server.mllp().await?;
    for number in std::mem::take(&mut *messages.unanswered.lock().await) {
        let answer = door.send(&message(number)).await?;
        ensure!(answer.code() == "AA", "{}", answer.text);
        messages.done(number, true).await;
    }
    Ok(())
}

async fn check(server: &Server, transactions: &Log, messages: &Log) -> anyhow::Result<()> {
    let fhir = server.operator();
    let sent = transactions.acknowledged.lock().await.clone();
    say(format_args!("checking {} transactions", sent.len()));
    for number in &sent {
        for kind in ["Basic", "Observation"] {
            let count = fhir.count(&format!("{kind}?identifier={TRANSACTION}|{number}")).await?;
            ensure!(count == 1, "transaction {number}: {count} × {kind}");
        }
    }
    let sent_messages = messages.acknowledged.lock().await.clone();
    say(format_args!("checking {} messages", sent_messages.len()));
    for number in &sent_messages {
        // What waits in the inbox is applied before long.
        let search = format!("Patient?identifier=https://meridian.example/id/mrn/CJ01|K{number}");
        let patients = within(Duration::from_secs(30), "the message is applied", async || {
            Ok(Some(fhir.all(&search).await?).filter(|found| !found.is_empty()))
        })
        .await?;
        ensure!(patients.len() == 1, "message {number}: {} patients", patients.len());
        let id = patients.first().and_then(|patient| patient.get("id")).and_then(Value::as_str).unwrap_or_default();
        let results = fhir.count(&format!("Observation?patient=Patient/{id}")).await?;
        ensure!(results == 1, "message {number}: {results} results");
    }
    let all = fhir.count(&format!("Basic?identifier={TRANSACTION}|")).await?;
    ensure!(all == sent.len() as u64, "{all} in the record, {} sent", sent.len());
    Ok(())
}

fn transaction(number: u32) -> Value {
    let entry = |kind: &str, more: Value| {
        let mut resource = json!({"resourceType": kind, "code": {"text": "x"},
            "identifier": [{"system": TRANSACTION, "value": number.to_string()}]});
        if let (Some(resource), Some(more)) = (resource.as_object_mut(), more.as_object()) {
            resource.extend(more.clone());
        }
        let none = format!("identifier={TRANSACTION}|{number}");
        json!({"resource": resource, "request": {"method": "POST", "url": kind, "ifNoneExist": none}})
    };
    json!({"resourceType": "Bundle", "type": "transaction",
        "entry": [entry("Basic", json!({})), entry("Observation", json!({"status": "final"}))]})
}

fn message(number: u32) -> String {
    let identity = identity::number(number);
    format!(
        "MSH|^~\\&|LIS|CJ01|MERIDIAN|CJ00|20260105083000+0800||ORU^R01^ORU_R01|KILL{number}|P|2.5.1||||||UNICODE UTF-8\n\
         PID|1||K{number}^^^CJ01^MR~{identity}^^^&2.16.156.10011.1.3&ISO^NI||王^试验^^^^^L||19700101|F\n\
         OBR|1||KL{number}^LIS|2345-7^葡萄糖^LN|||20260105080000+0800|||||||||||||||20260105083000+0800||LAB|F\n\
         OBX|1|NM|2345-7^葡萄糖^LN||5.6|mmol/L^mmol/L^UCUM|3.9-6.1|N|||F|||20260105080000+0800"
    )
}
