//! Which residents and resources there are: found by paging, as any client would.

use anyhow::{Context, bail};
use serde_json::Value;

use crate::http::Client;
use crate::program::Server;

/// Resources that are taken of one patient, by type.
const OF_EACH: [(&str, usize); 4] = [("Observation", 40), ("Encounter", 15), ("Condition", 5), ("Claim", 15)];

pub(crate) struct Harvest {
    pub(crate) patients: Vec<String>,
    /// `Type/id`, spread over all patients.
    pub(crate) resources: Vec<String>,
}

impl Harvest {
    pub(crate) fn says(&self) -> String {
        format!("{} patients; reads draw from {} resources", self.patients.len(), self.resources.len())
    }
}

pub(crate) async fn harvest(server: &Server, quick: bool) -> anyhow::Result<Harvest> {
    let mut client = Client::connect(&server.target).await?;
    let mut patients = Vec::new();
    let mut next = Some("/fhir/Patient?_count=200".to_owned());
    while let Some(path) = next {
        let page = client.json(&path).await?;
        patients.extend(references(&page).filter_map(|r| r.strip_prefix("Patient/").map(str::to_owned)));
        next = following(&page)?;
        if quick && patients.len() >= 200 {
            break;
        }
    }
    if patients.is_empty() {
        bail!("there is no patient to ask about");
    }
    let mut resources: Vec<String> = patients.iter().map(|id| format!("Patient/{id}")).collect();
    for patient in &patients {
        for (kind, count) in OF_EACH {
            let page = client.json(&format!("/fhir/{kind}?patient=Patient/{patient}&_count={count}")).await?;
            resources.extend(references(&page));
        }
    }
    Ok(Harvest { patients, resources })
}

/// `Type/id` of each entry.
pub(crate) fn references(page: &Value) -> impl Iterator<Item = String> {
    let entries = page.get("entry").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter_map(|entry| {
        let text = |name: &str| entry.pointer(name).and_then(Value::as_str);
        Some(format!("{}/{}", text("/resource/resourceType")?, text("/resource/id")?))
    })
}

/// The path of the next page.
fn following(page: &Value) -> anyhow::Result<Option<String>> {
    let links = page.get("link").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let next = links.iter().find(|link| link.get("relation").and_then(Value::as_str) == Some("next"));
    let Some(url) = next.and_then(|link| link.get("url")).and_then(Value::as_str) else { return Ok(None) };
    let path = url.split_once("/fhir/").context("a next link that leads elsewhere")?.1;
    Ok(Some(format!("/fhir/{path}")))
}
