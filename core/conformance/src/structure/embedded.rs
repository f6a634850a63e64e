//! The profiles for China and the program's own extensions (`definitions/cn/profiles`, `definitions/meridian`).

use std::sync::LazyLock;

use serde_json::Value;

use super::Structures;
use super::resource::resource;
use super::table::{VERSION, table};
use crate::embedded::Embedded;
use crate::json::text;

macro_rules! files {
    ($($folder:literal: $($name:literal),* $(,)?);* $(;)?) => {
        &[$($(($folder, $name, include_str!(concat!("../../../../definitions/", $folder, "/", $name)))),*),*]
    };
}

/// Folder, name and text of each.
const FILES: &[(&str, &str, &str)] = files![
    "cn/profiles":
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
    "ext-institution-management.json";
    "meridian":
    "ext-event-time.json",
    "ext-found-by.json",
    "ext-location-role.json",
    "ext-parted-from.json",
];

static EMBEDDED: LazyLock<Structures> = LazyLock::new(|| {
    let read = FILES.iter().filter_map(|(.., text)| serde_json::from_str::<Value>(text).ok());
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
    all.extend(FILES.iter().filter_map(|(_, name, body)| {
        let read: Value = serde_json::from_str(body).ok()?;
        let id = text(&read, "id").map_or_else(|| name.trim_end_matches(".json").to_owned(), str::to_owned);
        let (url, version) = (text(&read, "url")?.to_owned(), text(&read, "version").map(str::to_owned));
        Some(Embedded { kind: KIND, id, url, version, of: body, made: |body| serde_json::from_str(body).ok() })
    }));
    all
}

impl Structures {
    /// Those of R4, the profiles for China and the program's own extensions.
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
        for folder in ["cn/profiles", "meridian"] {
            let path = format!("{}/../../definitions/{folder}", env!("CARGO_MANIFEST_DIR"));
            let entries = std::fs::read_dir(path).unwrap();
            let mut names: Vec<String> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.retain(|name| name.ends_with(".json"));
            names.sort();
            let listed = FILES.iter().filter(|(of, ..)| *of == folder);
            assert_eq!(listed.map(|(_, name, _)| *name).collect::<Vec<_>>(), names);
        }
        for (_, name, text) in FILES {
            let definition: Value = serde_json::from_str(text).unwrap();
            let url = definition["url"].as_str().unwrap();
            Structures::embedded().get(url).unwrap_or_else(|missing| panic!("{name}: {missing:?}"));
        }
    }
}
