//! The page at `/fhir`: the types, and what the service says of itself.

use std::fmt::Write as _;

use meridian_engine::operations::{Effect, Level};
use meridian_model::definitions::Definitions;

use super::words::Word;
use super::{Scene, esc};

pub(super) fn write(scene: &Scene<'_>, out: &mut String) -> String {
    let title = "FHIR R4";
    let _ = write!(
        out,
        "<div class=\"head\"><h1>{title}</h1><div class=\"facts\"><span>{}</span></div></div>",
        esc(&scene.state.base)
    );
    let link = |out: &mut String, to: &str, name: &str| {
        let _ = write!(out, "<a href=\"{}\">{}</a>", esc(&scene.place.stay(to)), esc(name));
    };
    let _ = write!(out, "<section class=\"card\"><h2>{}</h2><div class=\"acts\">", scene.say(Word::Descriptions));
    for name in ["metadata", "OperationDefinition", "SearchParameter", "CompartmentDefinition"] {
        link(out, &format!("/fhir/{name}"), name);
    }
    out.push_str("<a href=\"/fhir/openapi.json\">OpenAPI 3.1</a></div></section>");
    let _ = write!(out, "<section class=\"card\"><h2>{}</h2><div class=\"acts\">", scene.say(Word::WholeSystem));
    link(out, "/fhir/_history", "_history");
    for operation in scene.state.operations.iter() {
        let asks_nothing = operation.input.iter().all(|(_, _, must)| !must);
        if operation.level == Level::System && operation.effect == Effect::Looks && asks_nothing {
            link(out, &format!("/fhir/${}", operation.name), &format!("${}", operation.name));
        }
    }
    let _ =
        write!(out, "</div></section><section class=\"card\"><h2>{}</h2><div class=\"types\">", scene.say(Word::Types));
    for kind in Definitions::r4().resource_types() {
        link(out, &format!("/fhir/{kind}"), kind);
    }
    out.push_str("</div></section>");
    title.to_owned()
}
