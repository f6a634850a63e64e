//! One HL7 v2 line: a message, its acknowledgement, the next message.

use std::time::Instant;

use meridian_mllp::client::{Client, ack_code};
use tokio::sync::mpsc;

use super::{PATIENCE, Parcel, Payload, Try, Verdict, Way};

pub(super) async fn run(address: String, mut parcels: mpsc::Receiver<Parcel>, way: Way) {
    let mut line: Option<Client> = None;
    while let Some(parcel) = parcels.recv().await {
        let Payload::Hl7v2(bytes) = parcel.payload else { continue };
        let began = Instant::now();
        let verdict = loop {
            match send(&mut line, &address, &bytes).await {
                Try::Settled(verdict) => break verdict,
                Try::Again(why) => {
                    if let Some(lost) = way.again(began, why).await {
                        break lost;
                    }
                }
            }
        };
        way.tell(parcel.ticket, verdict).await;
    }
    if let Some(mut line) = line {
        let _ = line.finish().await;
    }
}

async fn send(line: &mut Option<Client>, address: &str, bytes: &[u8]) -> Try {
    if line.is_none() {
        match Client::connect(address, PATIENCE).await {
            Ok(connected) => *line = Some(connected),
            Err(error) => return Try::Again(error.to_string()),
        }
    }
    let Some(open) = line else { return Try::Again("no line".to_owned()) };
    match open.send(bytes).await {
        Ok(answer) => Try::Settled(verdict(&answer)),
        Err(error) => {
            *line = None;
            Try::Again(error.to_string())
        }
    }
}

/// An answer in which the segment MSA says `AA`, or what else it says.
fn verdict(answer: &[u8]) -> Verdict {
    match ack_code(answer).as_str() {
        "AA" | "CA" => Verdict::Accepted,
        _ => Verdict::Refused(String::from_utf8_lossy(answer).trim_end().replace('\r', " | ")),
    }
}
