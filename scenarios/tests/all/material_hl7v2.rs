//! Messages that other projects wrote, over the real door: each answered, most mapped, the rest parked with a reason.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use meridian_testkit::{Fhir, Mllp, Options, Server, materials, say, within};
use serde_json::Value;
use std::time::Duration;

/// The types that the intake maps; the others must be answered too.
const MAPPED: [&str; 4] = ["ADT^A01", "ADT^A04", "ADT^A08", "ORU^R01"];

/// Mapped since; ORM of other kinds than OBR and without a patient are parked.
const SINCE: [&str; 25] = [
    "ADT^A02", "ADT^A03", "ADT^A05", "ADT^A06", "ADT^A07", "ADT^A09", "ADT^A10", "ADT^A11", "ADT^A13", "ADT^A18",
    "ADT^A28", "ADT^A31", "ADT^A34", "ADT^A40", "OMG^O19", "OML^O21", "ORM^O01", "SIU^S12", "SIU^S13", "SIU^S14",
    "SIU^S15", "SIU^S16", "SIU^S17", "SIU^S26", "ADT^A12",
];

#[derive(Debug, Default)]
struct Tally {
    sent: usize,
    accepted: usize,
    committed: usize,
    reasons: BTreeMap<String, usize>,
}

#[tokio::test(flavor = "multi_thread")]
async fn material_hl7v2_messages_are_mapped_or_parked_with_a_reason() -> anyhow::Result<()> {
    // One feed that nothing narrows takes the messages of every sender.
    let feeds = tempfile::NamedTempFile::new()?;
    std::fs::write(feeds.path(), "[[feed]]\ninstitution = \"CJ01\"\n")?;
    let more = vec!["--feeds".to_owned(), feeds.path().to_string_lossy().into_owned()];
    let server = Server::start(Options { more, ..Options::default() }).await?;
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
    let (mut sent, mut mapped, mut sent_since, mut mapped_since) = (0, 0, 0, 0);
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
        if SINCE.contains(&kind.as_str()) {
            sent_since += tally.sent;
            mapped_since += tally.committed;
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
    say(format_args!("hl7v2 of the types mapped since: {mapped_since} passed of {sent_since}"));
    ensure!(mapped_since * 100 >= sent_since * 80, "{mapped_since} of {sent_since} mapped is less than 80 %");
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

/// The message with CR line ends, its MSH-4, MSH-10 and numbers of its own, and its type as `ADT^A01`.
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
    // A sender that the demo's feeds know.
    *fields.get_mut(3)? = "CJ01";
    *fields.get_mut(9)? = control;
    let header = fields.join(&separator.to_string());
    let rest: Vec<String> = rest.split('\r').map(|segment| own(segment, separator, control)).collect();
    Some((kind, format!("{header}\r{}\r", rest.join("\r")).into_bytes()))
}

/// Samples of different residents share visit and order numbers, which would mix them up: each gets its own.
fn own(segment: &str, separator: char, control: &str) -> String {
    let numbers: &[usize] = match segment.get(..3) {
        Some("PV1") => &[19],
        Some("ORC" | "OBR") => &[2, 3],
        _ => return segment.to_owned(),
    };
    let fields = segment.split(separator).enumerate().map(|(n, field)| match field.find('^').unwrap_or(field.len()) {
        end if end > 0 && numbers.contains(&n) => format!("{}-{control}{}", &field[..end], &field[end..]),
        _ => field.to_owned(),
    });
    fields.collect::<Vec<_>>().join(&separator.to_string())
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
