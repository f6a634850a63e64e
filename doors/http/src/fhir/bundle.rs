//! `POST /fhir`: transactions and batches, read while they come and answered piece by piece.

use meridian_model::both;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::stream;
use meridian_engine::{Lane, Options, Returning};

use super::{Asked, json};
use crate::negotiate::body_format;
use crate::problem::Problem;

/// Answers of more entries are sent while they are made.
const WHOLE: usize = 1_000;

pub(super) async fn run(asked: Asked) -> Result<Response, Problem> {
    let format = body_format(&asked.headers)?;
    let header = |name: &str| asked.headers.get(name).and_then(|value| value.to_str().ok());
    let lane = if header("x-meridian-lane") == Some("bulk") { Lane::Bulk } else { Lane::Interactive };
    let once = header("idempotency-key").map(str::to_owned);
    if once.as_ref().is_some_and(|key| key.is_empty() || key.len() > 200) {
        let says = both!("Idempotency-Key: 1 to 200 characters are expected", "Idempotency-Key 应是 1 至 200 个字符");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid", says));
    }
    let once = once.map(|key| format!("{}:{key}", asked.caller.actor));
    let returning = match asked.prefer {
        prefer if prefer.representation => Returning::Representation,
        prefer if prefer.outcome => Returning::Outcome,
        _ => Returning::Minimal,
    };
    let (bundle, room) = crate::body::bundle(&asked.state, &asked.headers, asked.body, format).await?;
    let bodies = returning == Returning::Representation;
    let options = Options { lane, once, bodies, ..asked.state.policy.options() };
    let reply = meridian_engine::run_read(&asked.state.engine, &asked.caller, bundle, options).await?;
    if reply.replies.len() <= WHOLE {
        return Ok(json(StatusCode::OK, reply.json(&asked.state.base, returning, asked.language)));
    }
    let pieces = reply.pieces(asked.state.base.to_string(), returning, asked.language);
    // The room is free again when the last piece is made.
    let pieces = pieces.map(move |piece| {
        let _ = &room;
        Ok::<_, std::convert::Infallible>(piece)
    });
    Ok(json(StatusCode::OK, Body::from_stream(stream::iter(pieces))))
}
