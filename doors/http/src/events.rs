//! `GET /fhir/$events`: server-sent events of what was committed. They tell what changed, not what it says.

use std::convert::Infallible;

use axum::http::{HeaderMap, Method};
use axum::response::sse::{Event as Sse, KeepAlive, Sse as Stream};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use meridian_engine::{Caller, Event, Watch};
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use crate::problem::Problem;
use crate::state::Http;

/// Listens to one person's record (`patient`), or, as an operator, to everything.
pub(crate) async fn events(
    state: &Http,
    caller: &Caller,
    headers: HeaderMap,
    patient: Option<&str>,
) -> Result<Response, Problem> {
    let feed = state.engine.listen();
    let watch = match patient {
        Some(patient) => {
            let id = patient.strip_prefix("Patient/").unwrap_or(patient);
            Watch::person(&state.engine, caller, id).await?
        }
        None => Watch::everything(caller)?,
    };
    let hello = Sse::default().event("hello").data("{}");
    let closing = state.closing.subscribe();
    let listening = Listening { feed, watch, state: state.clone(), headers, ready: vec![hello], closing };
    let stream = stream::unfold(listening, |mut listening| async move {
        let next = listening.next().await?;
        Some((Ok::<_, Infallible>(next), listening))
    });
    Ok(Stream::new(stream).keep_alive(KeepAlive::default()).into_response())
}

struct Listening {
    feed: Receiver<Event>,
    watch: Watch,
    state: Http,
    /// What the listener showed to be let in.
    headers: HeaderMap,
    /// To be sent, the next one last.
    ready: Vec<Sse>,
    closing: watch::Receiver<bool>,
}

impl Listening {
    async fn next(&mut self) -> Option<Sse> {
        loop {
            if let Some(next) = self.ready.pop() {
                return Some(next);
            }
            let heard = tokio::select! {
                heard = self.feed.recv() => heard,
                // An open page does not hold up the end of the process.
                _ = self.closing.wait_for(|closing| *closing) => return None,
            };
            match heard {
                // Who signed out, or was shut out, hears nothing more.
                Ok(_) if crate::caller::caller(&self.state, &Method::GET, &self.headers, "").await.is_err() => {
                    return None;
                }
                Ok(event) => self.take(&event),
                // The client missed some: it reads anew what it shows.
                Err(RecvError::Lagged(_)) => self.ready.push(Sse::default().event("lagged").data("{}")),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn take(&mut self, event: &Event) {
        match event {
            Event::Changes(changes) => {
                for change in changes.iter().rev().filter(|change| self.watch.hears(change)) {
                    let golden = self.watch.golden_id(&self.state.engine, change);
                    let data = json!({"type": change.kind, "id": change.id, "version": change.version.to_string(),
                        "action": change.happened.as_str(), "patient": golden, "institution": change.institution});
                    self.ready.push(Sse::default().event("change").data(data.to_string()));
                }
            }
            Event::Job { queue, id, state } if self.watch.hears_jobs() => {
                // `inbox`, or `outbox` whoever the receiver is: a page listens to names that it knows.
                let name = queue.split('/').next().unwrap_or(queue);
                let data = json!({"queue": queue, "id": id, "state": state});
                self.ready.push(Sse::default().event(name).data(data.to_string()));
            }
            Event::Job { .. } => {}
        }
    }
}
