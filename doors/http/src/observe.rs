//! Around every request: its id, its guard against panics, its time in the metrics, and a log line that names no one.

use meridian_model::both;

use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::headers::guard;
use crate::problem::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request under way.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) String);

pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = id_of(&request);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("pages", |path| shown(path.as_str()));
    request.extensions_mut().insert(RequestId(id.clone()));
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| {
        tracing::error!(request = %id, "a request panicked");
        let says =
            both!("the server could not do this; its log says why", "服务器内部出错，未能完成；原因见服务器日志");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", says).into_response()
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    guard(response.headers_mut());
    let (status, took) = (response.status(), began.elapsed());
    let class = ["", "1xx", "2xx", "3xx", "4xx", "5xx"].get(usize::from(status.as_u16() / 100)).copied();
    let class = class.unwrap_or_default();
    metrics::histogram!("meridian_http_seconds", "route" => route, "status" => class).record(took.as_secs_f64());
    if status.is_server_error() {
        tracing::warn!(request = %id, %method, route, status = status.as_u16(), ms = took.as_millis(), "answered");
    } else {
        tracing::debug!(request = %id, %method, route, status = status.as_u16(), ms = took.as_millis(), "answered");
    }
    response
}

/// The route as the log shows it; paths with ids in them are not logged.
fn shown(path: &str) -> &'static str {
    match path {
        "/fhir" | "/fhir/" | "/fhir/{*rest}" => "fhir",
        "/auth/sign-in" | "/auth/sign-out" | "/auth/me" => "auth",
        "/healthz" => "health",
        "/metrics" => "metrics",
        _ => "pages",
    }
}

/// What the client calls the request, if that is a harmless word, else a number of our own.
fn id_of(request: &Request) -> String {
    static START: LazyLock<String> = LazyLock::new(|| uuid::Uuid::new_v4().simple().to_string().split_off(20));
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let sent = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    match sent.filter(harmless) {
        Some(id) => id.to_owned(),
        None => format!("{}-{}", *START, COUNT.fetch_add(1, Ordering::Relaxed)),
    }
}
