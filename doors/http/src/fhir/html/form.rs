//! The search of a type as a form: one field for each of its parameters.

use std::fmt::Write as _;

use meridian_model::definitions::SearchParam;

use super::words::Word;
use super::{Scene, esc};

/// What is asked most often; shown before the rest.
const USUAL: [&str; 16] = [
    "name",
    "pinyin",
    "identifier",
    "birthdate",
    "gender",
    "patient",
    "code",
    "category",
    "status",
    "date",
    "period",
    "encounter",
    "title",
    "type",
    "value-quantity",
    "url",
];
/// Parameters of the answer, with fields of their own or none.
const OWN: [&str; 5] = ["_sort", "_count", "_format", "_cursor", "_pretty"];

pub(super) fn write(scene: &Scene<'_>, out: &mut String, kind: &str) {
    let catalogue = scene.state.engine.catalogue();
    let params = catalogue.params(kind);
    let asked = &scene.place.params;
    let shown = |param: &&&SearchParam| USUAL.contains(&param.code) || asked.iter().any(|(name, _)| name == param.code);
    let _ = write!(
        out,
        "<details class=\"card\"{}><summary>{}</summary><form method=\"get\" action=\"{}\"><div class=\"fields\">",
        if asked.iter().all(|(name, _)| OWN.contains(&name.as_str())) { " open" } else { "" },
        scene.say(Word::SearchFor),
        esc(&scene.place.here())
    );
    for param in params.iter().filter(shown) {
        fields(scene, out, param);
    }
    // What was asked with a modifier, a chain or an include, as it was.
    for (name, value) in asked {
        if !OWN.contains(&name.as_str()) && !params.iter().any(|param| param.code == name) {
            field(out, name, "", "", value);
        }
    }
    let value = |name: &str| asked.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.as_str());
    field(out, "_sort", scene.say(Word::Sort), "", value("_sort"));
    field(out, "_count", scene.say(Word::Count), "", value("_count"));
    let _ = write!(out, "</div><details><summary>{}</summary><div class=\"fields\">", scene.say(Word::MoreParameters));
    for param in params.iter().filter(|param| !shown(param) && param.unsupported.is_none()) {
        field(out, param.code, param.code, param.kind.code(), "");
    }
    out.push_str("</div></details>");
    let format = value("_format");
    if !format.is_empty() {
        let _ = write!(out, "<input type=\"hidden\" name=\"_format\" value=\"{}\">", esc(format));
    }
    let _ = write!(out, "<div class=\"send\"><button>{}</button></div></form></details>", scene.say(Word::Search));
}

/// A field for each value that was asked for, or an empty one.
fn fields(scene: &Scene<'_>, out: &mut String, param: &SearchParam) {
    let mut values = scene.place.params.iter().filter(|(name, _)| name == param.code).peekable();
    if values.peek().is_none() {
        field(out, param.code, param.code, param.kind.code(), "");
    }
    for (_, value) in values {
        field(out, param.code, param.code, param.kind.code(), value);
    }
}

fn field(out: &mut String, name: &str, label: &str, kind: &str, value: &str) {
    let label = if label.is_empty() { name } else { label };
    let _ = write!(
        out,
        "<label>{} <small>{kind}</small><input name=\"{}\" value=\"{}\" autocomplete=\"off\"></label>",
        esc(label),
        esc(name),
        esc(value)
    );
}
