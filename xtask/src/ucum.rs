//! `cargo xtask ucum`: compiles UCUM's own table (`ucum-essence.xml`) into the compact file `definitions/ucum.json`.
//!
//! The crate below carries that file unchanged; nothing else of it is used. The output is deterministic, and `--check`
//! compares instead of writing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use crate::task::Task;

const CRATE: (&str, &str) = ("octofhir-ucum", "0.9.2");
const OUTPUT: &str = "definitions/ucum.json";
/// UCUM's terms ask for this with every copy and excerpt.
const NOTICE: &str = "This material contains content from UCUM (http://unitsofmeasure.org). The UCUM table, UCUM codes, \
and UCUM definitions are copyright © 1995-2009, Regenstrief Institute, Inc. and the Unified Codes for Units of Measures \
(UCUM) Organization. All rights reserved. They are available at no cost under the terms at https://ucum.org/license. \
THE UCUM TABLE (IN ALL FORMATS), UCUM DEFINITIONS, AND SPECIFICATION ARE PROVIDED \"AS IS.\" ANY EXPRESS OR IMPLIED \
WARRANTIES ARE DISCLAIMED, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A \
PARTICULAR PURPOSE.";

/// Runs the command. `root` is the workspace root; `args` are `[--from FILE] [--check]`.
///
/// # Errors
/// Unknown arguments, a failing `cargo fetch`, input of an unexpected shape, or (with `--check`) a stale output file.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let task = Task::read("ucum", OUTPUT, args)?;
    let file = task.input(|| fetch(root))?;
    let essence = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let text = compile(&essence)?;
    task.settle(root, &text, &[format!("{} lines", text.lines().count())])
}

/// Lets cargo fetch the crate into its registry, and returns the file there.
fn fetch(root: &Path) -> Result<PathBuf> {
    let (name, version) = CRATE;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = target.join("ucum");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         {name} = {{ version = \"={version}\", default-features = false }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let vendored = Command::new("cargo").args(["vendor", "--quiet", "vendor"]).current_dir(&folder).output()?;
    if !vendored.status.success() {
        bail!("cargo vendor {name} failed: {}", String::from_utf8_lossy(&vendored.stderr));
    }
    Ok(folder.join("vendor").join(name).join("ucum-essence.xml"))
}

/// One line for each prefix, base unit and unit, in the order of the input.
fn compile(essence: &str) -> Result<String> {
    let root = tags(essence).find(|tag| tag.name == "root").context("no root element")?;
    let (mut prefixes, mut units) = (Vec::new(), Vec::new());
    let mut current: Option<(&str, Map<String, Value>)> = None;
    for tag in tags(essence) {
        match tag.name {
            "prefix" | "base-unit" | "unit" => {
                let mut row = Map::new();
                row.insert("code".into(), json!(tag.attribute("Code").context("a unit without code")?));
                for (flag, name) in [("isMetric", "metric"), ("isArbitrary", "arbitrary")] {
                    if tag.attribute(flag) == Some("yes") {
                        row.insert(name.into(), json!(true));
                    }
                }
                if tag.name == "base-unit" {
                    row.insert("base".into(), json!(true));
                }
                current = Some((tag.name, row));
            }
            "name" | "property" | "value" | "function" => {
                let Some((kind, row)) = &mut current else { continue };
                match tag.name {
                    "value" => {
                        // Special units say theirs in the function, whose text is not a unit.
                        for (from, to) in [("value", "value"), ("Unit", "unit")] {
                            if let Some(text) =
                                tag.attribute(from).filter(|text| !text.contains('(') || *kind != "unit")
                            {
                                row.insert(to.into(), json!(text));
                            }
                        }
                    }
                    "function" => {
                        for (from, to) in [("name", "function"), ("value", "value"), ("Unit", "unit")] {
                            row.insert(to.into(), json!(tag.attribute(from).context("a function without its parts")?));
                        }
                    }
                    name => {
                        row.entry(name).or_insert_with(|| json!(plain(tag.text)));
                    }
                }
            }
            "/prefix" | "/base-unit" | "/unit" => {
                let Some((kind, row)) = current.take() else { continue };
                if kind == "prefix" { &mut prefixes } else { &mut units }.push(Value::Object(row).to_string());
            }
            _ => {}
        }
    }
    if prefixes.len() < 20 || units.len() < 300 {
        bail!("{} prefixes and {} units are not all of UCUM", prefixes.len(), units.len());
    }
    let (name, version) = CRATE;
    let head = [
        ("notice", NOTICE.to_owned()),
        ("version", root.attribute("version").unwrap_or_default().to_owned()),
        ("source", format!("ucum-essence.xml in the crate {name} {version}")),
    ];
    let head: Vec<String> = head.iter().map(|(key, text)| format!("{}:{}", json!(key), json!(text))).collect();
    Ok(format!(
        "{{\n{},\n\"prefixes\":[\n{}\n],\n\"units\":[\n{}\n]\n}}\n",
        head.join(",\n"),
        prefixes.join(",\n"),
        units.join(",\n")
    ))
}

/// A tag with the text up to the next one.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    text: &'a str,
}

impl<'a> Tag<'a> {
    fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        loop {
            let (key, after) = rest.split_once("=\"")?;
            let (value, tail) = after.split_once('"')?;
            if key.trim() == name {
                return Some(value);
            }
            rest = tail;
        }
    }
}

/// The tags of a text without comments inside tags, which is what UCUM's file is.
fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    text.split('<').skip(1).filter_map(|piece| {
        let (tag, text) = piece.split_once('>')?;
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag.trim_end_matches('/'), ""));
        Some(Tag { name, attributes, text })
    })
}

/// The text in one line, its character references resolved.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("&#") {
        out.push_str(before);
        let (number, tail) = after.split_once(';').unwrap_or((after, ""));
        out.extend(number.parse().ok().and_then(char::from_u32).map(|c| if c == '\u{a0}' { ' ' } else { c }));
        rest = tail;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_give_their_attributes_and_text() {
        let all: Vec<_> = tags("<a x=\"1\"\n  y=\"2\"><b/>t</a>").collect();
        assert_eq!((all[0].name, all[0].attribute("y"), all[0].attribute("z")), ("a", Some("2"), None));
        assert_eq!((all[1].name, all[1].text, all[2].name), ("b", "t", "/a"));
    }

    #[test]
    fn a_part_of_ucum_is_refused() {
        assert!(compile("<root version=\"2.2\"></root>").is_err());
    }
}
