//! The profiles for China that come with the program (`definitions/cn/profiles`).

use std::sync::LazyLock;

use serde_json::Value;

use super::Structures;
use super::resource::resource;
use super::table::{VERSION, table};
use crate::embedded::Embedded;
use crate::json::text;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../definitions/cn/profiles/", $name)))),*]
    };
}

const FILES: &[(&str, &str)] = files![
    "cn-allergy-intolerance.json",
    "cn-composition.json",
    "cn-condition.json",
    "cn-consent.json",
    "cn-coverage.json",
    "cn-diagnostic-report.json",
    "cn-document-reference.json",
    "cn-encounter.json",
    "cn-immunization.json",
    "cn-laboratory-result.json",
    "cn-location.json",
    "cn-medication-request.json",
    "cn-organization.json",
    "cn-patient.json",
    "cn-practitioner-role.json",
    "cn-practitioner.json",
    "cn-vital-signs.json",
    "ext-education.json",
    "ext-employment.json",
    "ext-ethnic-group.json",
    "ext-hospital-level.json",
    "ext-institution-class.json",
    "ext-institution-management.json",
];

static EMBEDDED: LazyLock<Structures> = LazyLock::new(|| {
    let read = FILES.iter().filter_map(|(_, text)| serde_json::from_str::<Value>(text).ok());
    let read: Vec<Value> = read.collect();
    Structures::r4().with(&read)
});

/// All of them, each by itself.
pub(crate) fn all_embedded() -> Vec<Embedded> {
    const KIND: &str = "StructureDefinition";
    let last = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
    let of_r4 = table().rows().map(|(url, row)| {
        let head = row.lines().next().unwrap_or_default();
        let version = head.split_once("\"version\":\"").and_then(|(_, rest)| rest.split('"').next());
        let version = Some(version.unwrap_or(VERSION).to_owned());
        Embedded { kind: KIND, id: last(url), url: url.to_owned(), version, of: row, made: resource }
    });
    let mut all: Vec<Embedded> = of_r4.collect();
    all.extend(FILES.iter().filter_map(|(name, body)| {
        let read: Value = serde_json::from_str(body).ok()?;
        let id = text(&read, "id").map_or_else(|| name.trim_end_matches(".json").to_owned(), str::to_owned);
        let (url, version) = (text(&read, "url")?.to_owned(), text(&read, "version").map(str::to_owned));
        Some(Embedded { kind: KIND, id, url, version, of: body, made: |body| serde_json::from_str(body).ok() })
    }));
    all
}

impl Structures {
    /// Those of R4 and the profiles for China.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed_and_every_profile_can_be_used() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/cn/profiles");
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(".json"));
        names.sort();
        assert_eq!(FILES.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
        for (name, text) in FILES {
            let definition: Value = serde_json::from_str(text).unwrap();
            let url = definition["url"].as_str().unwrap();
            Structures::embedded().get(url).unwrap_or_else(|missing| panic!("{name}: {missing:?}"));
        }
    }
}
