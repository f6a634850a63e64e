//! One connection that posts transactions.

use std::time::Instant;

use reqwest::StatusCode;
use tokio::sync::mpsc;

use super::{Doorway, Parcel, Payload, Try, Verdict, Way};

pub(super) async fn run(
    doorway: Doorway,
    web: reqwest::Client,
    bulk: bool,
    mut parcels: mpsc::Receiver<Parcel>,
    way: Way,
) {
    while let Some(parcel) = parcels.recv().await {
        let Payload::Fhir(body) = parcel.payload else { continue };
        let (began, body) = (Instant::now(), bytes::Bytes::from(body));
        let verdict = loop {
            match post(&doorway, &web, bulk, parcel.institution, body.clone()).await {
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
}

async fn post(doorway: &Doorway, web: &reqwest::Client, bulk: bool, institution: &str, body: bytes::Bytes) -> Try {
    let request = web
        .post(format!("{}/fhir", doorway.http))
        .bearer_auth(&doorway.token)
        .header("content-type", "application/fhir+json")
        .header("prefer", "return=minimal")
        .header("x-meridian-institution", institution)
        .header("x-meridian-lane", if bulk { "bulk" } else { "interactive" })
        .body(body);
    match request.send().await {
        Ok(response) => settle(response).await,
        Err(error) => Try::Again(error.to_string()),
    }
}

async fn settle(response: reqwest::Response) -> Try {
    let status = response.status();
    let text = match response.text().await {
        Ok(text) => text,
        Err(error) => return Try::Again(error.to_string()),
    };
    match status {
        status if status.is_success() => Try::Settled(Verdict::Accepted),
        StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS => Try::Again(format!("{status} {text}")),
        status if status.is_server_error() => Try::Again(format!("{status} {text}")),
        _ => Try::Settled(Verdict::Refused(format!("{status} {text}"))),
    }
}
