//! Reads bodies within their limit, and within what all bodies together may take.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use tokio::sync::OwnedSemaphorePermit;

use crate::problem::Problem;
use crate::state::Http;

/// A body, with the room that it takes until it is worked off.
pub(crate) struct Received {
    pub(crate) bytes: axum::body::Bytes,
    _room: OwnedSemaphorePermit,
}

/// Reads at most `limit` bytes.
pub(crate) async fn read(state: &Http, headers: &HeaderMap, body: Body, limit: usize) -> Result<Received, Problem> {
    let too_long = || {
        let says = format!("the body is longer than {limit} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-long", says)
    };
    let said: Option<usize> =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let expected = match said {
        Some(length) if length > limit => return Err(too_long()),
        Some(length) => length,
        None => limit, // of unknown length: as if it were the longest
    };
    let most = state.limits.under_way / 1024;
    let room = u32::try_from((expected / 1024 + 1).min(most.max(1))).unwrap_or(u32::MAX);
    let stopping = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "transient", "the server is stopping");
    let permit = std::sync::Arc::clone(&state.room).acquire_many_owned(room).await.map_err(stopping)?;
    match to_bytes(body, limit).await {
        Ok(bytes) => Ok(Received { bytes, _room: permit }),
        Err(error) if error.to_string().contains("length limit") => Err(too_long()),
        Err(error) => {
            Err(Problem::new(StatusCode::BAD_REQUEST, "incomplete", format!("the body could not be read: {error}")))
        }
    }
}
