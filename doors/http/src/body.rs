//! Reads bodies within their limit, within what all bodies together may take, and within a time: who sends slowly
//! holds room that others wait for.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use meridian_engine::{BundleLimits, BundleReader, EngineError, Limits, ReadBundle, incoming};
use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::outcome::Issue;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;

use crate::negotiate::Format;
use crate::problem::Problem;
use crate::state::Http;

/// Bodies up to this size, in bytes, take no room: nobody small waits behind somebody large.
const SMALL: usize = 64 << 10;
/// How long a body waits for room.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest pause within a body.
const PAUSE: Duration = Duration::from_secs(15);
/// What a body may take in all: so long, and a second more for so many bytes.
const AT_LEAST: Duration = Duration::from_secs(30);
const BYTES_A_SECOND: usize = 256 << 10;
/// Pieces of a Bundle that came and are not yet read.
const FRAMES: usize = 8;
/// What is held of a Bundle takes less than this part of it.
const PACKED: usize = 2;

/// A body, with the room that it takes until it is worked off.
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    room: Option<OwnedSemaphorePermit>,
}

impl Received {
    /// The room alone, for as long as what was made of the body is held.
    pub(crate) fn into_room(self) -> Option<OwnedSemaphorePermit> {
        self.room
    }

    /// The resource of the body in either form; a large one is read on a thread that may block.
    pub(crate) async fn value(&self, format: Format, limit: usize) -> Result<Value, Problem> {
        if format != Format::Xml {
            return self.json(limit).await;
        }
        let limits = meridian_xml::Limits { bytes: limit, ..meridian_xml::Limits::default() };
        let read = move |bytes: &[u8]| {
            meridian_xml::read(bytes, &limits).map_err(|fault| EngineError::Invalid(vec![Issue::from(&fault)]))
        };
        if self.bytes.len() <= SMALL {
            return Ok(read(&self.bytes)?);
        }
        let bytes = self.bytes.clone();
        Ok(tokio::task::spawn_blocking(move || read(&bytes)).await.map_err(crate::caller::fault)??)
    }

    /// The resource of a body that is to be judged, with what of its XML no value can say.
    pub(crate) async fn judged(&self, format: Format, limit: usize) -> Result<(Value, Vec<Issue>), Problem> {
        if format != Format::Xml {
            return Ok((self.json(limit).await?, Vec::new()));
        }
        let limits = meridian_xml::Limits { bytes: limit, ..meridian_xml::Limits::default() };
        let read = move |bytes: &[u8]| {
            let read = meridian_xml::read_with_faults(bytes, &limits);
            let (value, faults) = read.map_err(|fault| EngineError::Invalid(vec![Issue::from(&fault)]))?;
            Ok::<_, EngineError>((value, faults.iter().map(Issue::from).collect()))
        };
        if self.bytes.len() <= SMALL {
            return Ok(read(&self.bytes)?);
        }
        let bytes = self.bytes.clone();
        Ok(tokio::task::spawn_blocking(move || read(&bytes)).await.map_err(crate::caller::fault)??)
    }

    /// The JSON of the body; a large one is read on a thread that may block.
    pub(crate) async fn json(&self, limit: usize) -> Result<Value, Problem> {
        let limits = Limits { bytes: limit, ..Limits::default() };
        if self.bytes.len() <= SMALL {
            return Ok(incoming::json(&self.bytes, &limits)?);
        }
        let bytes = self.bytes.clone();
        let parsed = tokio::task::spawn_blocking(move || incoming::json(&bytes, &limits)).await;
        Ok(parsed.map_err(crate::caller::fault)??)
    }
}

/// Reads at most `limit` bytes.
pub(crate) async fn read(state: &Http, headers: &HeaderMap, body: Body, limit: usize) -> Result<Received, Problem> {
    let said: Option<usize> =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let expected = match said {
        Some(length) if length > limit => return Err(too_long(limit)),
        Some(length) => length,
        None => limit, // of unknown length: as if it were the longest
    };
    let room = if expected > SMALL { Some(room_for(state, expected).await?) } else { None };
    let seconds = u64::try_from(limit / BYTES_A_SECOND).unwrap_or(u64::MAX);
    let in_time = AT_LEAST.saturating_add(Duration::from_secs(seconds));
    let bytes = timeout(in_time, gather(body, expected, limit)).await.unwrap_or_else(|_| Err(too_slow()))?;
    Ok(Received { bytes, room })
}

/// Reads a Bundle of at most `limit` bytes while it comes: what is held of it is packed. One in XML is read as a whole,
/// so it may be as long as one resource.
pub(crate) async fn bundle(
    state: &Http,
    headers: &HeaderMap,
    body: Body,
    format: Format,
) -> Result<(ReadBundle, Option<OwnedSemaphorePermit>), Problem> {
    let limit = state.limits.bundle;
    let said: Option<usize> =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let limits = BundleLimits { entry: state.limits.resource, entries: state.limits.entries };
    if format == Format::Xml {
        let longest = state.limits.resource;
        let received = read(state, headers, body, longest).await?;
        let value = received.value(format, longest).await?;
        let feeding = tokio::task::spawn_blocking(move || {
            let mut reader = BundleReader::new(limits);
            reader.feed(value.to_string().as_bytes())?;
            reader.end()
        });
        return Ok((feeding.await.map_err(crate::caller::fault)??, received.room));
    }
    if said.is_some_and(|length| length <= SMALL) {
        let received = read(state, headers, body, SMALL).await?;
        let mut reader = BundleReader::new(limits);
        reader.feed(&received.bytes)?;
        return Ok((reader.end()?, None));
    }
    let expected = match said {
        Some(length) if length > limit => return Err(too_long(limit)),
        Some(length) => length,
        None => limit,
    };
    let permit = room_for(state, expected / PACKED).await?;
    let (sender, mut frames) = mpsc::channel::<Bytes>(FRAMES);
    let reading = tokio::task::spawn_blocking(move || {
        let mut reader = BundleReader::new(limits);
        while let Some(frame) = frames.blocking_recv() {
            reader.feed(&frame)?;
        }
        Ok::<_, EngineError>(reader)
    });
    let seconds = u64::try_from(limit / BYTES_A_SECOND).unwrap_or(u64::MAX);
    let in_time = AT_LEAST.saturating_add(Duration::from_secs(seconds));
    // A body that ends too early is told as that, and not as the broken text that it leaves.
    timeout(in_time, pass_on(body, limit, sender)).await.unwrap_or_else(|_| Err(too_slow()))?;
    let reader = reading.await.map_err(crate::caller::fault)??;
    Ok((reader.end()?, Some(permit)))
}

/// Passes a body on piece by piece; when nobody listens any more, the rest is read and thrown away.
async fn pass_on(body: Body, limit: usize, sender: mpsc::Sender<Bytes>) -> Result<(), Problem> {
    let mut frames = body.into_data_stream();
    let mut length = 0;
    loop {
        match timeout(PAUSE, frames.next()).await {
            Err(_) => return Err(too_slow()),
            Ok(None) => return Ok(()),
            Ok(Some(Ok(frame))) => {
                length += frame.len();
                if length > limit {
                    return Err(too_long(limit));
                }
                let _ = sender.send(frame).await;
            }
            Ok(Some(Err(error))) => return Err(broken(&error)),
        }
    }
}

/// Waits for room for so many bytes.
async fn room_for(state: &Http, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
    let most = state.limits.under_way / 1024;
    let room = u32::try_from((bytes / 1024 + 1).min(most.max(1))).unwrap_or(u32::MAX);
    let later = |says: Both| Problem::Http {
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: "transient",
        says,
        retry_after: Some(5),
    };
    match timeout(PATIENCE, std::sync::Arc::clone(&state.room).acquire_many_owned(room)).await {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) => Err(later(both!("the server is stopping", "服务器正在停止，请稍后再试"))),
        Err(_) => Err(later(both!("too many large bodies are under way", "同时上传的大内容太多，请稍后再试"))),
    }
}

async fn gather(body: Body, expected: usize, limit: usize) -> Result<Bytes, Problem> {
    let mut frames = body.into_data_stream();
    let mut bytes = Vec::with_capacity(expected.min(SMALL));
    loop {
        match timeout(PAUSE, frames.next()).await {
            Err(_) => return Err(too_slow()),
            Ok(None) => return Ok(bytes.into()),
            Ok(Some(Ok(frame))) if bytes.len() + frame.len() > limit => return Err(too_long(limit)),
            Ok(Some(Ok(frame))) => bytes.extend_from_slice(&frame),
            Ok(Some(Err(error))) => return Err(broken(&error)),
        }
    }
}

fn broken(error: &axum::Error) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "incomplete",
        both!("the body could not be read: {error}", "请求内容没有传完，请重发"),
    )
}

fn too_long(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-long",
        both!("the body is longer than {limit} bytes", "请求内容超过 {limit} 字节，请分开发送"),
    )
}

fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", both!("the body came too slowly", "请求内容传得太慢"))
}
