//! `POST /fhir`: transactions and batches.

use axum::http::StatusCode;
use axum::response::Response;
use meridian_engine::{Lane, Options};

use super::{Asked, json};
use crate::negotiate::is_json_body;
use crate::problem::Problem;

pub(super) async fn run(asked: Asked) -> Result<Response, Problem> {
    is_json_body(&asked.headers)?;
    let header = |name: &str| asked.headers.get(name).and_then(|value| value.to_str().ok());
    let lane = if header("x-meridian-lane") == Some("bulk") { Lane::Bulk } else { Lane::Interactive };
    let once = header("idempotency-key").map(str::to_owned);
    if once.as_ref().is_some_and(|key| key.is_empty() || key.len() > 200) {
        let says = "Idempotency-Key: 1 to 200 characters are expected";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid", says));
    }
    let once = once.map(|key| format!("{}:{key}", asked.caller.actor));
    let limit = asked.state.limits.bundle;
    let received = crate::body::read(&asked.state, &asked.headers, asked.body, limit).await?;
    let value = received.json(limit).await?;
    let options = Options { lane, once, ..Options::default() };
    let reply = meridian_engine::run_bundle(&asked.state.engine, &asked.caller, value, options).await?;
    Ok(json(StatusCode::OK, reply.json(&asked.state.base, asked.prefer.representation)))
}
