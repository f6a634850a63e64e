//! Many resources: what a search, a history or an operation found, line by line.

use std::fmt::Write as _;

use serde_json::Value;

use super::words::Word;
use super::{LONGEST, Scene, esc, form, gist, json, outcome};

/// Bundles that answer a request, and are not documents or messages.
pub(super) fn is_answer(kind: &str) -> bool {
    matches!(kind, "searchset" | "history" | "collection" | "batch-response" | "transaction-response")
}

pub(super) fn write(scene: &Scene<'_>, out: &mut String, bundle: &Value) -> String {
    let entries = bundle.get("entry").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let title = scene.place.path.join("/");
    let title = if title.is_empty() { "FHIR R4".to_owned() } else { title };
    let _ = write!(out, "<div class=\"head\"><h1>{}</h1><div class=\"facts\">", esc(&title));
    if let Some(total) = bundle.get("total") {
        let _ = write!(out, "<span>{} <b>{}</b></span>", scene.say(Word::Found), esc(&total.to_string()));
    }
    let _ = write!(out, "<span>{} <b>{}</b></span></div></div>", scene.say(Word::Shown), entries.len());
    if let Some(kind) = scene.place.searched() {
        form::write(scene, out, kind);
    }
    out.push_str("<section class=\"card\">");
    if entries.is_empty() {
        let (nothing, advice) = (scene.say(Word::NothingFound), scene.say(Word::NothingFoundDo));
        let _ = write!(out, "<div class=\"empty\">{nothing} {advice}</div>");
    } else {
        out.push_str("<div class=\"row titles\" aria-hidden=\"true\">");
        for word in [Word::Resource, Word::What, Word::Whose, Word::When, Word::Status] {
            let _ = write!(out, "<span>{}</span>", scene.say(word));
        }
        out.push_str("<span></span></div><ol class=\"hits\">");
        let mut left = LONGEST;
        for entry in entries {
            line(scene, out, entry, &mut left);
        }
        out.push_str("</ol>");
    }
    pages(scene, out, bundle);
    out.push_str("</section><details class=\"card\"><summary>Bundle</summary><pre>");
    let mut shell = bundle.clone();
    if let Some(members) = shell.as_object_mut() {
        members.shift_remove("entry");
    }
    json::write(scene, out, &shell);
    out.push_str("</pre></details>");
    title
}

fn line(scene: &Scene<'_>, out: &mut String, entry: &Value, left: &mut usize) {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str);
    let resource = entry.get("resource");
    if text("/resource/resourceType") == Some("OperationOutcome") && text("/search/mode") == Some("outcome") {
        out.push_str("<li>");
        outcome::issues(scene, out, resource.unwrap_or(&Value::Null));
        out.push_str("</li>");
        return;
    }
    out.push_str("<li><div class=\"row\"><span>");
    let name = match (text("/resource/resourceType"), text("/resource/id")) {
        (Some(kind), Some(id)) => format!("{kind}/{id}"),
        (Some(kind), None) => kind.to_owned(),
        (None, _) => text("/request/url").or_else(|| text("/response/location")).unwrap_or_default().to_owned(),
    };
    let version = text("/resource/meta/versionId").filter(|_| text("/request/method").is_some());
    let (to, shown) = match version {
        Some(version) => (format!("{name}/_history/{version}"), format!("{name} · {version}")),
        None => (name.clone(), name.clone()),
    };
    match scene.link(&to) {
        Some(to) => {
            let _ = write!(out, "<a href=\"{}\">{}</a>", esc(&to), esc(&shown));
        }
        None => out.push_str(&esc(&shown)),
    }
    let mark = match (text("/search/mode"), text("/request/method")) {
        (Some("include"), _) => Some(scene.say(Word::Included)),
        (_, Some("DELETE")) => Some(scene.say(Word::Deleted)),
        _ => None,
    };
    if let Some(mark) = mark {
        let _ = write!(out, " <span class=\"mode\">{mark}</span>");
    }
    let gist = resource.map(gist::of).unwrap_or_default();
    let _ = write!(out, "</span><span>{}</span><span>", esc(&gist.what));
    if let Some((to, name)) = &gist.whose {
        match scene.link(to) {
            Some(to) => {
                let _ = write!(out, "<a href=\"{}\">{}</a>", esc(&to), esc(name));
            }
            None => out.push_str(&esc(name)),
        }
    }
    // In a history the time of the version says more than that of the thing.
    let when = text("/response/lastModified").map_or(gist.when, gist::time);
    let status = text("/response/status").map_or(gist.status, str::to_owned);
    let _ = write!(out, "</span><span class=\"soft\">{}</span><span>{}</span>", esc(&when), esc(&status));
    let shown = resource.unwrap_or(entry);
    let size = json::size(shown);
    if size <= *left {
        *left -= size;
        let _ = write!(out, "<details><summary>JSON</summary><pre>");
        json::write(scene, out, shown);
        out.push_str("</pre></details>");
    }
    out.push_str("</div></li>");
}

/// The links to the pages around this one.
fn pages(scene: &Scene<'_>, out: &mut String, bundle: &Value) {
    let links = bundle.get("link").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let url = |relation: &str| {
        let named = links.iter().find(|link| link.get("relation").and_then(Value::as_str) == Some(relation))?;
        scene.link(named.get("url")?.as_str()?)
    };
    let all = [
        (Word::First, url("first")),
        (Word::Previous, url("previous").or_else(|| url("prev"))),
        (Word::Next, url("next")),
        (Word::Last, url("last")),
    ];
    if all.iter().all(|(_, url)| url.is_none()) {
        return;
    }
    out.push_str("<nav class=\"pages\">");
    for (word, url) in all {
        if let Some(url) = url {
            let _ = write!(out, "<a href=\"{}\">{}</a>", esc(&url), scene.say(word));
        }
    }
    out.push_str("</nav>");
}
