//! The answer to a Bundle: one entry for each that was sent, in the same order.

use serde_json::Value;

use crate::engine::instant;
use crate::feed::Happened;
use crate::served::Served;
use crate::write::Outcome;
use crate::{Answer, Class, EngineError};

/// What one entry answers.
#[derive(Debug)]
pub enum Reply {
    Written(Outcome),
    Read(Served),
    Found(Answer),
    Failed(EngineError),
}

impl Reply {
    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Reply::Read(served) => served.body.len(),
            Reply::Found(answer) => answer.hits.iter().map(|hit| hit.served.body.len()).sum(),
            Reply::Written(_) | Reply::Failed(_) => 0,
        }
    }
}

/// All answers.
#[derive(Debug)]
pub struct BundleReply {
    pub transaction: bool,
    pub replies: Vec<Reply>,
}

impl BundleReply {
    /// The Bundle as JSON. With `whole`, written resources come back too.
    pub fn json(&self, base: &str, whole: bool) -> Vec<u8> {
        let kind = if self.transaction { "transaction-response" } else { "batch-response" };
        let mut out = Vec::with_capacity(self.replies.len() * 256 + 64);
        out.extend_from_slice(format!("{{\"resourceType\":\"Bundle\",\"type\":\"{kind}\"").as_bytes());
        for (nth, reply) in self.replies.iter().enumerate() {
            out.extend_from_slice(if nth == 0 { b",\"entry\":[" } else { b"," });
            entry(reply, base, whole, &mut out);
        }
        out.extend_from_slice(if self.replies.is_empty() { b"}" } else { b"]}" });
        out
    }
}

fn entry(reply: &Reply, base: &str, whole: bool, out: &mut Vec<u8>) {
    match reply {
        Reply::Written(outcome) => {
            out.push(b'{');
            if whole && !outcome.served.body.is_empty() {
                out.extend_from_slice(b"\"resource\":");
                out.extend_from_slice(&outcome.served.body);
                out.push(b',');
            }
            let status = match outcome.happened {
                Some(Happened::Created) => "201 Created",
                Some(Happened::Deleted) => "204 No Content",
                None if outcome.served.deleted => "204 No Content",
                Some(Happened::Updated) | None => "200 OK",
            };
            response(out, status, Some(&outcome.served));
        }
        Reply::Read(served) => {
            out.extend_from_slice(b"{\"resource\":");
            out.extend_from_slice(&served.body);
            out.push(b',');
            response(out, "200 OK", Some(served));
        }
        Reply::Found(answer) => {
            out.extend_from_slice(b"{\"resource\":");
            out.extend_from_slice(&answer.bundle(base));
            out.push(b',');
            response(out, "200 OK", None);
        }
        Reply::Failed(error) => {
            let outcome = meridian_model::outcome::outcome(&error.issues()).to_string();
            let status = Value::from(status_line(error.class()));
            let body = format!("{{\"response\":{{\"status\":{status},\"outcome\":{outcome}}}}}");
            out.extend_from_slice(body.as_bytes());
        }
    }
}

fn response(out: &mut Vec<u8>, status: &str, served: Option<&Served>) {
    let mut text = format!("\"response\":{{\"status\":\"{status}\"");
    if let Some(s) = served {
        let at = instant(s.at);
        text.push_str(&format!(
            ",\"location\":\"{}/{}/_history/{}\",\"etag\":\"W/\\\"{}\\\"\",\"lastModified\":\"{at}\"",
            s.kind, s.id, s.version, s.version
        ));
    }
    text.push_str("}}");
    out.extend_from_slice(text.as_bytes());
}

fn status_line(class: Class) -> &'static str {
    match class {
        Class::NotFound => "404 Not Found",
        Class::Gone => "410 Gone",
        Class::Denied => "403 Forbidden",
        Class::Invalid | Class::NotSupported => "400 Bad Request",
        Class::Unprocessable => "422 Unprocessable Entity",
        Class::Precondition => "412 Precondition Failed",
        Class::Conflict => "409 Conflict",
        Class::TooCostly | Class::Unavailable => "503 Service Unavailable",
        Class::Internal => "500 Internal Server Error",
    }
}
