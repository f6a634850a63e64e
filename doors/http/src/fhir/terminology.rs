//! `GET /fhir/metadata?mode=terminology`: the TerminologyCapabilities, made of what is in force.

use meridian_model::both;

use axum::http::StatusCode;
use axum::response::Response;
use meridian_engine::operations::Level;
use serde_json::{Value, json};

use super::describe::{self, BUILT};
use crate::problem::Problem;
use crate::state::Http;

/// Which of its statements is asked for (R4 http.html#capabilities); its own is the same in full and of normative parts.
pub(super) async fn metadata(state: &Http, params: &[(String, String)]) -> Result<Response, Problem> {
    let mode = params.iter().find(|(name, _)| name == "mode").map_or("full", |(_, mode)| mode.as_str());
    match mode {
        "full" | "normative" => Ok(super::json(StatusCode::OK, describe::capability(state).await?)),
        "terminology" => Ok(super::json(StatusCode::OK, capabilities(state).await?)),
        _ => {
            let says = both!(
                "mode: `full`, `normative` or `terminology` is expected",
                "mode 应为 `full`、`normative` 或 `terminology`"
            );
            Err(Problem::new(StatusCode::BAD_REQUEST, "invalid", says))
        }
    }
}

async fn capabilities(state: &Http) -> Result<String, Problem> {
    let systems = state.engine.code_systems().await?;
    let systems = systems.into_iter().map(|(uri, versions)| {
        let last = versions.len().saturating_sub(1);
        let version = |(nth, code): (usize, Option<String>)| {
            let code = code?;
            Some(json!({"code": code, "isDefault": nth == last}))
        };
        let versions: Vec<Value> = versions.into_iter().enumerate().filter_map(version).collect();
        if versions.is_empty() {
            json!({"uri": uri, "subsumption": true})
        } else {
            json!({"uri": uri, "version": versions, "subsumption": true})
        }
    });
    let expand = state.operations.iter().find(|o| (o.on, o.name, o.level) == ("ValueSet", "expand", Level::Type));
    let parameters = expand.map_or(&[][..], |operation| operation.input).iter().map(|(name, ..)| json!({"name": name}));
    Ok(json!({
        "resourceType": "TerminologyCapabilities",
        "url": format!("{}/metadata?mode=terminology", state.base),
        "version": env!("CARGO_PKG_VERSION"),
        "name": "MeridianTerminology",
        "title": "Terminology of the Meridian regional health information platform",
        "status": "active",
        "date": meridian_engine::instant(*BUILT),
        "publisher": "Meridian",
        "description": "The code systems that are in force now, and how value sets are expanded.",
        "kind": "instance",
        "software": {"name": "Meridian", "version": env!("CARGO_PKG_VERSION")},
        "implementation": {"description": "Meridian regional health information platform", "url": &*state.base},
        "codeSystem": systems.collect::<Vec<Value>>(),
        "expansion": {
            "hierarchical": true,
            "paging": true,
            "incomplete": false,
            "parameter": parameters.collect::<Vec<Value>>(),
            "textFilter": "All words, each anywhere in code, display or a designation, in pinyin or its initials; the best first."
        },
        "codeSearch": "all",
        "validateCode": {"translations": false},
        "translation": {"needsMap": false},
        "closure": {"translation": false}
    })
    .to_string())
}
