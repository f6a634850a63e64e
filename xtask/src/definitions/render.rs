//! The text of `definitions/r4.json`: valid JSON with one line for each group and each parameter, so that a change of
//! one shows as one line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use meridian_model::definitions::Kind;
use serde_json::{Value, json};

use super::elements::{Element, Tree};
use super::search::{Row, Table};
use super::{list, text, texts};

/// Everything in one text; `definitions/README.md` explains the parts.
pub(super) fn file(package: &str, tree: &Tree, table: &Table, compartments: &[&Value]) -> Result<String> {
    let mut out = String::from("{\n");
    writeln!(out, "\"fhirVersion\":\"4.0.1\",")?;
    writeln!(out, "\"source\":{},", json!(format!("npm {package}, content HL7, CC0")))?;
    let resources: Vec<&str> = tree.resources().collect();
    writeln!(out, "\"resources\":{},", json!(resources))?;

    let groups = tree.groups.iter().map(|(path, elements)| {
        let elements: Vec<String> = elements.iter().map(element).collect();
        format!("{}:{}", json!(path), json!(elements))
    });
    section(&mut out, "groups", ('{', '}'), groups)?;

    let rows = table.rows.iter().map(|(base, rows)| {
        let rows: Vec<String> = rows.iter().map(row).collect();
        format!("{}:[\n{}\n]", json!(base), rows.join(",\n"))
    });
    section(&mut out, "search", ('{', '}'), rows)?;

    let all = table.rows.values().flatten().filter(|row| !row.expression.is_empty());
    let all: BTreeMap<&str, &str> = all.map(|row| (row.url.as_str(), row.expression.as_str())).collect();
    let all = all.into_iter().map(|(url, expression)| format!("{}:{}", json!(url), json!(expression)));
    section(&mut out, "expressions", ('{', '}'), all)?;

    let compartments = compartments.iter().map(|compartment| {
        let members = list(compartment, "resource").iter().filter(|entry| !list(entry, "param").is_empty());
        let members = members.map(|entry| format!("{}:{}", json!(text(entry, "code")), json!(texts(entry, "param"))));
        format!("{}:{{\n{}\n}}", json!(text(compartment, "code")), members.collect::<Vec<_>>().join(",\n"))
    });
    section(&mut out, "compartments", ('{', '}'), compartments)?;
    out.truncate(out.trim_end().trim_end_matches(',').len());
    out.push_str("\n}\n");
    Ok(out)
}

fn section(out: &mut String, name: &str, around: (char, char), lines: impl Iterator<Item = String>) -> Result<()> {
    let lines: Vec<String> = lines.collect();
    writeln!(out, "\"{name}\":{}\n{}\n{},", around.0, lines.join(",\n"), around.1)?;
    Ok(())
}

/// `name 0..1 Type|Reference(Patient,Group) sm`
fn element(element: &Element) -> String {
    let types: Vec<String> = element
        .types
        .iter()
        .map(|t| if t.targets.is_empty() { t.code.clone() } else { format!("{}({})", t.code, t.targets.join(",")) })
        .collect();
    let max = if element.many { "*" } else { "1" };
    let flags = match (element.summary, element.modifier) {
        (true, true) => " sm",
        (true, false) => " s",
        (false, true) => " m",
        (false, false) => "",
    };
    format!("{} {}..{max} {}{flags}", element.name, element.min, types.join("|"))
}

fn row(row: &Row) -> String {
    let mut value = json!({"n": row.number, "code": row.code, "kind": row.kind, "url": row.url, "about": row.about});
    let mut put = |name: &str, part: Value| {
        if let Some(map) = value.as_object_mut() {
            map.insert(name.to_owned(), part);
        }
    };
    if !row.targets.is_empty() {
        put("targets", json!(row.targets));
    }
    if !row.paths.is_empty() {
        put("paths", json!(row.paths));
    }
    if !row.parts.is_empty() {
        let part = |(code, kind, paths): &(String, Kind, Vec<String>)| json!({"code": code, "kind": kind.code(), "paths": paths});
        let parts = row.parts.iter().map(part);
        put("parts", parts.collect());
    }
    if row.unsupported {
        put("unsupported", json!(true));
    }
    value.to_string()
}
