//! The HTTP door: FHIR R4 at `/fhir`, sign-in at `/auth`, events, health, metrics, and the embedded pages.
//!
//! Protocol only: it decodes a request, knows whose it is before it reads a body, calls one use-case and encodes what
//! that says.

mod auth;
mod body;
mod caller;
mod dressing;
mod events;
mod fhir;
mod headers;
mod listener;
mod negotiate;
mod observe;
mod problem;
mod state;
mod web;

use std::future::Future;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

pub use state::{Http, Limits, Metrics};

/// All routes.
pub fn router(state: Http) -> Router {
    let compressed = SizeAbove::new(1024).and(NotForContentType::SSE).and(NotForContentType::IMAGES);
    Router::new()
        .route("/fhir", any(fhir::handle))
        .route("/fhir/", any(fhir::handle))
        .route("/fhir/{*rest}", any(fhir::handle))
        .route("/auth/sign-in", post(auth::sign_in))
        .route("/auth/sign-out", post(auth::sign_out))
        .route("/auth/me", get(auth::me))
        .route("/healthz", get(health))
        .route("/metrics", get(render_metrics))
        .fallback(web::page)
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(axum::middleware::from_fn(observe::observe))
        .with_state(state)
}

/// Serves until `stop` is done; requests under way are finished, streams of events are ended.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    listener: TcpListener,
    state: Http,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let closing = std::sync::Arc::clone(&state.closing);
    let stop = async move {
        stop.await;
        closing.send_replace(true);
    };
    listener::serve(listener, router(state), stop, listener::HEAD).await;
    Ok(())
}

async fn health(State(state): State<Http>) -> impl IntoResponse {
    let (interactive, bulk) = state.engine.waiting();
    axum::Json(serde_json::json!({"status": "ok", "waiting": {"interactive": interactive, "bulk": bulk}}))
}

async fn render_metrics(State(state): State<Http>) -> impl IntoResponse {
    let (interactive, bulk) = state.engine.waiting();
    metrics::gauge!("meridian_writes_waiting", "lane" => "interactive").set(as_f64(interactive));
    metrics::gauge!("meridian_writes_waiting", "lane" => "bulk").set(as_f64(bulk));
    ([("content-type", "text/plain; version=0.0.4")], (state.metrics)())
}

fn as_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
