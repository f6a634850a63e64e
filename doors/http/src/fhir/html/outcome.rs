//! What went wrong, as a page.

use std::fmt::Write as _;

use axum::http::StatusCode;
use serde_json::Value;

use super::words::Word;
use super::{Scene, esc, json};

pub(super) fn write(scene: &Scene<'_>, out: &mut String, status: StatusCode, value: &Value) -> String {
    let title = if status.is_success() { "OperationOutcome" } else { scene.say(Word::NotDone) };
    let _ = write!(out, "<div class=\"head\"><h1>{}</h1><div class=\"facts\">", esc(title));
    if !status.is_success() {
        let _ = write!(out, "<span>HTTP <b>{}</b></span>", esc(&status.to_string()));
    }
    out.push_str("</div></div><section class=\"card\">");
    issues(scene, out, value);
    out.push_str("</section>");
    let (to, word) = match status {
        StatusCode::UNAUTHORIZED => ("/".to_owned(), Word::SignIn),
        _ => (scene.place.stay("/fhir/"), Word::Back),
    };
    out.push_str("<nav class=\"card acts\">");
    if status == StatusCode::UNAUTHORIZED {
        let _ = write!(out, "<span>{}</span>", scene.say(Word::SignInDo));
    }
    let _ = write!(out, "<a href=\"{}\">{}</a></nav>", esc(&to), scene.say(word));
    out.push_str("<details class=\"card\"><summary>JSON</summary><pre>");
    json::write(scene, out, value);
    out.push_str("</pre></details>");
    title.to_owned()
}

/// The issues of an outcome, one below the other.
pub(super) fn issues(scene: &Scene<'_>, out: &mut String, value: &Value) {
    for issue in value.get("issue").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| issue.get(key).and_then(Value::as_str).unwrap_or_default();
        let (class, word) = match text("severity") {
            "fatal" => ("fatal", Word::Fatal),
            "error" => ("error", Word::Error),
            "warning" => ("warning", Word::Warning),
            _ => ("information", Word::Information),
        };
        let _ = write!(out, "<div class=\"issue {class}\"><span class=\"level\">{}</span><div>", scene.say(word));
        let details = issue.pointer("/details/text").and_then(Value::as_str).unwrap_or_default();
        // The sentence of the page's language goes before that for engineers.
        let said = if details.is_empty() { text("diagnostics") } else { details };
        let _ = write!(out, "<p>{}</p>", esc(said));
        let _ = write!(out, "<code>{}", esc(text("code")));
        for place in issue.get("expression").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let _ = write!(out, " · {}", esc(place));
        }
        out.push_str("</code></div></div>");
    }
}
