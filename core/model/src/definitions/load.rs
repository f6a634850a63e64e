//! Reading `definitions/r4.json` into the tables.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::{Definitions, Group, Kind, Part, SearchParam, TypeTable};

const TEXT: &str = include_str!("../../../../definitions/r4.json");

#[derive(Deserialize)]
struct File {
    #[serde(borrow)]
    resources: Vec<&'static str>,
    #[serde(borrow)]
    groups: HashMap<&'static str, Vec<&'static str>>,
    #[serde(borrow)]
    search: HashMap<&'static str, Vec<Row>>,
    #[serde(borrow, rename = "patientCompartment")]
    patient_compartment: HashMap<&'static str, Vec<&'static str>>,
}

#[derive(Deserialize)]
struct Row {
    n: u16,
    code: &'static str,
    kind: Kind,
    url: &'static str,
    about: Cow<'static, str>,
    #[serde(default)]
    targets: Vec<&'static str>,
    #[serde(default)]
    paths: Vec<&'static str>,
    #[serde(default)]
    parts: Vec<PartRow>,
    unsupported: Option<&'static str>,
}

#[derive(Deserialize)]
struct PartRow {
    code: &'static str,
    paths: Vec<&'static str>,
}

/// The tables of the embedded file. A damaged file gives empty tables, which no test survives.
pub(super) fn r4() -> Definitions {
    let file = serde_json::from_str::<File>(TEXT).unwrap_or_else(|_| File {
        resources: Vec::new(),
        groups: HashMap::new(),
        search: HashMap::new(),
        patient_compartment: HashMap::new(),
    });
    let mut search: HashMap<&'static str, Vec<&'static SearchParam>> = HashMap::new();
    for (base, rows) in file.search {
        let params: Vec<SearchParam> = rows.into_iter().map(|row| param(base, row)).collect();
        // The tables live as long as the program, and rows of other crates point into them.
        search.insert(base, Vec::leak(params).iter().collect());
    }
    let none = Vec::new();
    let shared = |base: &str| search.get(base).unwrap_or(&none).iter().copied();
    let types: Vec<TypeTable> = file
        .resources
        .iter()
        .map(|name| {
            let is_domain =
                file.groups.get(name).is_some_and(|elements| elements.iter().any(|e| e.starts_with("contained ")));
            let domain = shared("DomainResource").filter(|_| is_domain);
            let mut params: Vec<_> = shared(name).chain(domain).chain(shared("Resource")).collect();
            params.sort_unstable_by_key(|param| param.code);
            TypeTable {
                name,
                by_code: params.iter().map(|param| (param.code, *param)).collect(),
                params,
                compartment: file.patient_compartment.get(name).cloned().unwrap_or_default(),
                plan: OnceLock::new(),
                facts: OnceLock::new(),
            }
        })
        .collect();
    let codes = (1..).zip(&types).map(|(code, table)| (table.name, code)).collect();
    let groups = file.groups.into_iter().map(|(path, elements)| (path, Group::new(path, elements))).collect();
    Definitions { types, codes, groups }
}

fn param(base: &'static str, row: Row) -> SearchParam {
    SearchParam {
        number: row.n,
        code: row.code,
        base,
        kind: row.kind,
        url: row.url,
        description: row.about,
        targets: row.targets,
        paths: row.paths,
        parts: row.parts.into_iter().map(|part| Part { code: part.code, paths: part.paths }).collect(),
        unsupported: row.unsupported,
    }
}
