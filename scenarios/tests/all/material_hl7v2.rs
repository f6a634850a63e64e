//! Messages that other projects wrote, over the real door: each answered, most mapped, the rest parked with a reason.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use meridian_testkit::{Fhir, Mllp, Options, Server, materials, say, within};
use serde_json::Value;
use std::time::Duration;

/// The types that the intake maps; the others must be answered too.
const MAPPED: [&str; 4] = ["ADT^A01", "ADT^A04", "ADT^A08", "ORU^R01"];

#[derive(Debug, Default)]
struct Tally {
    sent: usize,
    accepted: usize,
    committed: usize,
    reasons: BTreeMap<String, usize>,
}

#[tokio::test(flavor = "multi_thread")]
async fn material_hl7v2_messages_are_mapped_or_parked_with_a_reason() -> anyhow::Result<()> {
    let server = Server::start(Options::default()).await?;
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut some = false;
    for archive in ["hl7v2_linuxforhealth", "ms_fhir_converter"] {
        let Some(folder) = materials::folder(archive) else { continue };
        some = true;
        for (n, path) in materials::files(&folder, ".hl7")?.iter().enumerate() {
            let control = format!("{}{n:04}", archive.chars().next().unwrap_or('x').to_ascii_uppercase());
            send(&server, &std::fs::read(path)?, &control, &mut tallies)
                .await
                .with_context(|| path.display().to_string())?;
        }
    }
    if !some {
        return Ok(());
    }
    say("type          sent   AA  mapped  parked with reason");
    let (mut sent, mut mapped) = (0, 0);
    for (kind, tally) in &tallies {
        let reasons: Vec<String> = tally.reasons.iter().map(|(reason, count)| format!("{reason} × {count}")).collect();
        say(format_args!(
            "{kind:<12} {:>5} {:>4} {:>7}  {}",
            tally.sent,
            tally.accepted,
            tally.committed,
            reasons.join(", ")
        ));
        if MAPPED.contains(&kind.as_str()) {
            sent += tally.sent;
            mapped += tally.committed;
        }
        let parked: usize = tally.reasons.values().sum();
        ensure!(
            tally.committed + parked == tally.sent,
            "{kind}: {} sent, {} mapped, {parked} parked",
            tally.sent,
            tally.committed
        );
        ensure!(!tally.reasons.contains_key(""), "{kind}: parked without a reason");
    }
    say(format_args!("hl7v2 of the mapped types: {mapped} passed of {sent}"));
    ensure!(mapped * 100 >= sent * 95, "{mapped} of {sent} mapped is less than 95 %");
    Ok(())
}

/// Sends one message under a control id of its own: samples reuse theirs, as no feed would.
async fn send(
    server: &Server,
    bytes: &[u8],
    control: &str,
    tallies: &mut BTreeMap<String, Tally>,
) -> anyhow::Result<()> {
    let Some((kind, message)) = renamed(bytes, control) else { return Ok(()) };
    let tally = tallies.entry(kind).or_default();
    tally.sent += 1;
    let answer = Mllp::connect(&server.ready().mllp).await?.send_bytes(&message).await?;
    ensure!(["AA", "AE", "AR"].contains(&answer.code()), "answered {:?}", answer.text);
    ensure!(answer.control() == control, "acknowledged {:?} instead of {control}", answer.control());
    tally.accepted += usize::from(answer.code() == "AA");
    let fhir = server.operator();
    let (state, reason) = within(Duration::from_secs(10), "the message is settled", async || {
        Ok(inbox(&fhir, control).await?.filter(|(state, _)| state != "waiting"))
    })
    .await?;
    match state.as_str() {
        "committed" => tally.committed += 1,
        _ => *tally.reasons.entry(reason).or_default() += 1,
    }
    Ok(())
}

/// The message with CR line ends and its MSH-10 replaced, and its type as `ADT^A01`.
fn renamed(bytes: &[u8], control: &str) -> Option<(String, Vec<u8>)> {
    let start = bytes
        .windows(4)
        .position(|four| four.starts_with(b"MSH") && four.iter().skip(3).all(u8::is_ascii_punctuation))?;
    let text = String::from_utf8_lossy(bytes.get(start..)?);
    let text = text.trim().replace("\r\n", "\r").replace('\n', "\r");
    let (header, rest) = text.split_once('\r').unwrap_or((&text, ""));
    let separator = header.chars().nth(3)?;
    let mut fields: Vec<&str> = header.split(separator).collect();
    let kind = fields.get(8)?.split('^').take(2).collect::<Vec<_>>().join("^");
    *fields.get_mut(9)? = control;
    let header = fields.join(&separator.to_string());
    Some((kind, format!("{header}\r{rest}\r").into_bytes()))
}

/// State and reason of the message with this control id, by the operator's inbox.
async fn inbox(fhir: &Fhir, control: &str) -> anyhow::Result<Option<(String, String)>> {
    let inbox = fhir.get("$inbox?state=all&_count=50").await?.good()?;
    let messages = inbox.get("parameter").and_then(Value::as_array).cloned().unwrap_or_default();
    let part = |message: &Value, name: &str| -> String {
        let parts = message.get("part").and_then(Value::as_array).cloned().unwrap_or_default();
        let part = parts.into_iter().find(|part| part.get("name").and_then(Value::as_str) == Some(name));
        let value = part.and_then(|part| {
            part.as_object()?.iter().find(|(key, _)| key.starts_with("value")).map(|(_, v)| v.clone())
        });
        value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
    };
    let found = messages.iter().find(|message| part(message, "control") == control);
    Ok(found.map(|message| (part(message, "state"), part(message, "reason"))))
}
