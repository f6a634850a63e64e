//! Pages for people who look at the FHIR service with a browser: a resource, a search, an error.
//!
//! Written whole on the server: no script, one style of its own with a nonce, forms that only ask. Everything that comes
//! from a resource is escaped; narratives are written anew from what is allowed in them.

mod bundle;
mod form;
mod gist;
mod json;
mod narrative;
mod outcome;
mod place;
mod start;
mod words;

use std::fmt::Write as _;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

pub(super) use place::Place;
use words::{Language, Word};

use crate::state::Http;

const CSS: &str = include_str!("page.css");
/// A page of more than this many bytes of JSON would help nobody; browsers stop before.
const LONGEST: usize = 16 << 20;

/// A page with what its headers must say.
pub(super) struct Page {
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: String,
}

/// What the parts of a page are written from.
struct Scene<'a> {
    state: &'a Http,
    place: &'a Place,
    language: Language,
}

impl Scene<'_> {
    fn say(&self, word: Word) -> &'static str {
        words::say(self.language, word)
    }

    /// The address within this site of what a text points to, if that is here.
    fn link(&self, text: &str) -> Option<String> {
        let rest = text.strip_prefix(&*self.state.base).unwrap_or(text);
        let rest = if rest.len() == text.len() {
            use meridian_model::reference::Reference;
            matches!(Reference::parse(text), Reference::Relative { .. }).then(|| format!("/{rest}"))?
        } else {
            rest.to_owned()
        };
        (rest.is_empty() || rest.starts_with(['/', '?'])).then(|| self.place.stay(&format!("/fhir{rest}")))
    }
}

/// The page of an answer.
pub(super) fn page(state: &Http, place: &Place, status: StatusCode, value: &Value) -> Page {
    let scene = Scene { state, place, language: place.language };
    let kind = value.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    let mut main = String::new();
    let title = match kind {
        "Bundle" if value.get("type").and_then(Value::as_str).is_some_and(bundle::is_answer) && place.is_many() => {
            bundle::write(&scene, &mut main, value)
        }
        "OperationOutcome" if place.is_elsewhere(kind) => outcome::write(&scene, &mut main, status, value),
        _ => resource(&scene, &mut main, kind, value),
    };
    frame(&scene, &title, &main)
}

/// The page at `/fhir`.
pub(super) fn start(state: &Http, place: &Place) -> Response {
    let scene = Scene { state, place, language: place.language };
    let mut main = String::new();
    let title = start::write(&scene, &mut main);
    let page = frame(&scene, &title, &main);
    let mut response = page.body.into_response();
    response.headers_mut().extend(page.headers.into_iter().map(|(name, value)| (Some(name), value)));
    response
}

/// One resource: what it is, its narrative, its JSON.
fn resource(scene: &Scene<'_>, out: &mut String, kind: &str, value: &Value) -> String {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let id = text("/id");
    let title = id.map_or_else(|| kind.to_owned(), |id| format!("{kind}/{id}"));
    let _ = write!(out, "<div class=\"head\"><h1>{}</h1><div class=\"facts\">", esc(&title));
    let gist = gist::of(value);
    if !gist.what.is_empty() {
        let _ = write!(out, "<span>{}</span>", esc(&gist.what));
    }
    for (word, pointer) in [(Word::Version, "/meta/versionId"), (Word::Written, "/meta/lastUpdated")] {
        if let Some(text) = text(pointer) {
            let _ = write!(out, "<span>{} <b>{}</b></span>", scene.say(word), esc(&gist::time(text)));
        }
    }
    out.push_str("</div></div>");
    if let Some(id) = id.filter(|_| scene.place.is_resource(kind)) {
        acts(scene, out, kind, id);
    }
    if let Some(div) = text("/text/div") {
        let _ = write!(
            out,
            "<section class=\"card\"><h2>{}</h2><div class=\"inside narrative\">",
            scene.say(Word::Narrative)
        );
        match narrative::clean(scene, div) {
            Some(clean) => out.push_str(&clean),
            None => out.push_str(scene.say(Word::NarrativeBroken)),
        }
        out.push_str("</div></section>");
    }
    let _ = write!(out, "<section class=\"card\"><h2>JSON</h2><pre>");
    if json::size(value) > LONGEST {
        out.push_str(scene.say(Word::TooLarge));
    } else {
        json::write(scene, out, value);
    }
    out.push_str("</pre></section>");
    title
}

/// Where one can go from a resource.
fn acts(scene: &Scene<'_>, out: &mut String, kind: &str, id: &str) {
    out.push_str("<nav class=\"card acts\">");
    let mut link = |to: String, word: &str| {
        let _ = write!(out, "<a href=\"{}\">{}</a>", esc(&scene.place.stay(&to)), esc(word));
    };
    link(format!("/fhir/{kind}/{id}"), scene.say(Word::Newest));
    link(format!("/fhir/{kind}/{id}/_history"), scene.say(Word::History));
    link(format!("/fhir/{kind}"), scene.say(Word::SearchType));
    use meridian_engine::operations::{Effect, Level};
    for operation in scene.state.operations.iter() {
        let asks_nothing = operation.input.iter().all(|(_, _, must)| !must);
        if operation.on == kind
            && operation.level == Level::Instance
            && operation.effect == Effect::Looks
            && asks_nothing
        {
            link(format!("/fhir/{kind}/{id}/${}", operation.name), &format!("${}", operation.name));
        }
    }
    out.push_str("</nav>");
}

/// The page around its main part.
fn frame(scene: &Scene<'_>, title: &str, main: &str) -> Page {
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let place = scene.place;
    let mut body = String::with_capacity(CSS.len() + main.len() + 2048);
    let _ = write!(
        body,
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{} · \
         {}</title><style nonce=\"{nonce}\">{CSS}</style></head><body><header class=\"bar\"><a class=\"brand\" \
         href=\"/\">{}</a><div class=\"path\"><a href=\"{}\">FHIR</a>",
        scene.language.tag(),
        esc(title),
        scene.say(Word::House),
        scene.say(Word::House),
        esc(&place.stay("/fhir/")),
    );
    for (to, name) in place.steps() {
        let _ = write!(body, "<i>/</i><a href=\"{}\">{}</a>", esc(&place.stay(&to)), esc(&name));
    }
    let _ = write!(
        body,
        "</div><nav><a href=\"{}\">JSON</a><a href=\"{}\" lang=\"{}\">{}</a></nav></header><main>{main}</main>\
         <footer>{}</footer></body></html>",
        esc(&place.in_format("json")),
        esc(&place.in_format(scene.language.other().format())),
        scene.language.other().tag(),
        scene.language.other().own_name(),
        scene.say(Word::Foot),
    );
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut headers = vec![
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(scene.language.tag())),
    ];
    headers.extend(HeaderValue::from_str(&policy).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    Page { headers, body }
}

/// Text as it may stand in HTML, between tags and in quoted attributes.
fn esc(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out.into()
}
