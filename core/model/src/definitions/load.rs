//! Reading `definitions/r4.json` into the tables.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
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
    /// By the URL of the parameter.
    #[serde(borrow)]
    expressions: HashMap<&'static str, Cow<'static, str>>,
    #[serde(borrow)]
    compartments: BTreeMap<&'static str, HashMap<&'static str, Vec<&'static str>>>,
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
    #[serde(default)]
    unsupported: bool,
}

#[derive(Deserialize)]
struct PartRow {
    code: &'static str,
    kind: Kind,
    paths: Vec<&'static str>,
}

/// The tables of the embedded file. A damaged file gives empty tables, which no test survives.
pub(super) fn r4() -> Definitions {
    let file = serde_json::from_str::<File>(TEXT).unwrap_or_else(|_| File {
        resources: Vec::new(),
        groups: HashMap::new(),
        search: HashMap::new(),
        expressions: HashMap::new(),
        compartments: BTreeMap::new(),
    });
    // The tables live as long as the program, and rows of other crates point into them.
    let leaked = |text: Cow<'static, str>| match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => String::leak(text),
    };
    let expressions: HashMap<_, _> = file.expressions.into_iter().map(|(url, text)| (url, leaked(text))).collect();
    let mut search: HashMap<&'static str, Vec<&'static SearchParam>> = HashMap::new();
    for (base, rows) in file.search {
        let params: Vec<SearchParam> = rows
            .into_iter()
            .map(|row| {
                let expression = expressions.get(row.url).copied().unwrap_or_default();
                param(base, row, expression)
            })
            .collect();
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
                facts: OnceLock::new(),
            }
        })
        .collect();
    let codes = (1..).zip(&types).map(|(code, table)| (table.name, code)).collect();
    let groups = file.groups.into_iter().map(|(path, elements)| (path, Group::new(path, elements))).collect();
    Definitions { types, codes, groups, compartments: file.compartments }
}

fn param(base: &'static str, row: Row, expression: &'static str) -> SearchParam {
    SearchParam {
        number: row.n,
        code: row.code,
        base,
        kind: row.kind,
        url: row.url,
        description: row.about,
        targets: row.targets,
        paths: row.paths,
        parts: row.parts.into_iter().map(|part| Part { code: part.code, kind: part.kind, paths: part.paths }).collect(),
        evaluator: None,
        unsupported: row.unsupported.then_some(expression),
        expression,
    }
}
