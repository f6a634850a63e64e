//! The answer to a Bundle: one entry for each that was sent, in the same order.

use meridian_model::both;
use meridian_model::language::Language;
use meridian_model::outcome::{Issue, Severity, outcome_in};
use serde_json::Value;

use crate::engine::instant;
use crate::feed::Happened;
use crate::history::History;
use crate::served::Served;
use crate::write::Outcome;
use crate::{Answer, Class, EngineError};

/// How many entries make a piece of the answer.
const PIECE: usize = 256;

/// What the client wants back of what it wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Returning {
    #[default]
    Minimal,
    Representation,
    Outcome,
}

/// What one entry answers.
#[derive(Debug)]
pub enum Reply {
    Written(Outcome),
    Read(Served),
    /// The client has this version already.
    Known(Served),
    History(History),
    Found(Answer),
    Failed(EngineError),
}

impl Reply {
    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Reply::Read(served) => served.body.len(),
            Reply::Found(answer) => answer.hits.iter().map(|hit| hit.served.body.len()).sum(),
            Reply::History(history) => history.versions.iter().map(|version| version.body.len()).sum(),
            Reply::Written(_) | Reply::Known(_) | Reply::Failed(_) => 0,
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
    /// The Bundle as JSON; what went wrong is told in `language`.
    pub fn json(self, base: &str, returning: Returning, language: Language) -> Vec<u8> {
        self.pieces(base.to_owned(), returning, language).flatten().collect()
    }

    /// The same in pieces; each is made when it is asked for, and what it told of is let go.
    pub fn pieces(
        self,
        base: String,
        returning: Returning,
        language: Language,
    ) -> impl Iterator<Item = Vec<u8>> + Send {
        let kind = if self.transaction { "transaction-response" } else { "batch-response" };
        let empty = self.replies.is_empty();
        let mut replies = self.replies.into_iter().enumerate().peekable();
        let head = format!("{{\"resourceType\":\"Bundle\",\"type\":\"{kind}\"").into_bytes();
        let body = std::iter::from_fn(move || {
            replies.peek()?;
            let mut out = Vec::with_capacity(PIECE * 256);
            for (nth, reply) in replies.by_ref().take(PIECE) {
                out.extend_from_slice(if nth == 0 { b",\"entry\":[" } else { b"," });
                entry(&reply, &base, (returning, language), &mut out);
            }
            Some(out)
        });
        std::iter::once(head).chain(body).chain(std::iter::once(if empty { b"}".to_vec() } else { b"]}".to_vec() }))
    }
}

fn entry(reply: &Reply, base: &str, (returning, language): (Returning, Language), out: &mut Vec<u8>) {
    match reply {
        Reply::Written(outcome) => {
            out.push(b'{');
            if returning == Returning::Representation && !outcome.served.body.is_empty() {
                out.extend_from_slice(b"\"resource\":");
                out.extend_from_slice(&outcome.served.body);
                out.push(b',');
            }
            let (status, says) = match outcome.happened {
                Some(Happened::Created) => ("201 Created", both!("created", "已新建")),
                Some(Happened::Deleted) => ("204 No Content", both!("{} deleted", "已删除 {} 个", outcome.count)),
                None if outcome.served.deleted => ("204 No Content", both!("nothing was there", "没有可删除的内容")),
                Some(Happened::Updated) => ("200 OK", both!("updated", "已更新")),
                None => ("200 OK", both!("it was there already", "内容已经存在")),
            };
            // Hints and warnings have their place in every answer (R4, Bundle.entry.response.outcome).
            let told = (returning == Returning::Outcome || !outcome.notes.is_empty()).then(|| {
                let mut issues = vec![Issue::new(Severity::Information, "informational", says)];
                issues.extend(outcome.notes.iter().cloned());
                outcome_in(&issues, language).to_string()
            });
            // A condition that met nothing has nothing to name.
            let served = Some(&outcome.served).filter(|served| !served.id.is_empty());
            response(out, status, served, told.as_deref());
        }
        Reply::Read(served) => {
            out.extend_from_slice(b"{\"resource\":");
            out.extend_from_slice(&served.body);
            out.push(b',');
            response(out, "200 OK", Some(served), None);
        }
        Reply::Known(served) => {
            out.push(b'{');
            response(out, "304 Not Modified", Some(served), None);
        }
        Reply::History(history) => {
            out.extend_from_slice(b"{\"resource\":");
            out.extend_from_slice(&history.bundle(base));
            out.push(b',');
            response(out, "200 OK", None, None);
        }
        Reply::Found(answer) => {
            out.extend_from_slice(b"{\"resource\":");
            out.extend_from_slice(&answer.bundle(base, language));
            out.push(b',');
            response(out, "200 OK", None, None);
        }
        Reply::Failed(error) => {
            let outcome = outcome_in(&error.issues(), language).to_string();
            let status = Value::from(status_line(error.class()));
            let body = format!("{{\"response\":{{\"status\":{status},\"outcome\":{outcome}}}}}");
            out.extend_from_slice(body.as_bytes());
        }
    }
}

fn response(out: &mut Vec<u8>, status: &str, served: Option<&Served>, outcome: Option<&str>) {
    let mut text = format!("\"response\":{{\"status\":\"{status}\"");
    if let Some(s) = served {
        let at = instant(s.at);
        text.push_str(&format!(
            ",\"location\":\"{}/{}/_history/{}\",\"etag\":\"W/\\\"{}\\\"\",\"lastModified\":\"{at}\"",
            s.kind, s.id, s.version, s.version
        ));
    }
    if let Some(outcome) = outcome {
        text.push_str(&format!(",\"outcome\":{outcome}"));
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
        Class::NotAllowed => "405 Method Not Allowed",
        Class::Unprocessable => "422 Unprocessable Entity",
        Class::Precondition => "412 Precondition Failed",
        Class::Conflict => "409 Conflict",
        Class::TooCostly | Class::Unavailable => "503 Service Unavailable",
        Class::Internal => "500 Internal Server Error",
    }
}
