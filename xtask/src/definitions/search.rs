//! SearchParameter resources → one row for each base type and code.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::elements::Tree;
use super::{entries, expression, list, text, texts};

/// One search parameter of one base type.
pub(super) struct Row {
    /// Stable number, see `Table::standard`.
    pub(super) number: u32,
    pub(super) code: String,
    pub(super) kind: String,
    pub(super) url: String,
    pub(super) about: String,
    /// Types that a reference may point to; empty where any may.
    pub(super) targets: Vec<String>,
    /// Path programs; for composites those of the anchor.
    pub(super) paths: Vec<String>,
    /// Composites only: code and programs (relative to the anchor) of each part.
    pub(super) parts: Vec<(String, Vec<String>)>,
    /// The expression, where no program was made of it.
    pub(super) unsupported: Option<String>,
}

/// All rows by base type, with what is worth saying about the work.
#[derive(Default)]
pub(super) struct Table {
    pub(super) rows: BTreeMap<String, Vec<Row>>,
    pub(super) notes: Vec<String>,
}

impl Table {
    /// Adds HL7's parameters. R4 is frozen, so their place in the order of (base, code) is a number that never changes.
    pub(super) fn standard(&mut self, bundle: &Value, tree: &Tree) -> Result<()> {
        let mut by_key = BTreeMap::new();
        let by_url: BTreeMap<&str, &Value> = entries(bundle).map(|p| (text(p, "url"), p)).collect();
        for parameter in entries(bundle) {
            for base in texts(parameter, "base") {
                if tree.kinds.contains_key(base) && by_key.insert((base, text(parameter, "code")), parameter).is_some()
                {
                    bail!("two definitions of {base}.{}", text(parameter, "code"));
                }
            }
        }
        for (number, ((base, _), parameter)) in by_key.into_iter().enumerate() {
            let row = self.row(parameter, base, u32::try_from(number + 1)?, tree, &by_url)?;
            self.rows.entry(base.to_owned()).or_default().push(row);
        }
        Ok(())
    }

    /// Adds the parameters of `definitions/meridian-search.json`, whose numbers are written there.
    pub(super) fn own(&mut self, file: &Value, tree: &Tree) -> Result<()> {
        for parameter in list(file, "parameters") {
            let base = text(parameter, "base");
            let number = parameter.get("number").and_then(Value::as_u64).context("own parameters need a number")?;
            let row = self.row(parameter, base, u32::try_from(number)?, tree, &BTreeMap::new())?;
            if row.unsupported.is_some() || row.number < 10_000 {
                bail!("{base}.{} needs an expression that compiles and a number from 10000", row.code);
            }
            self.rows.entry(base.to_owned()).or_default().push(row);
        }
        Ok(())
    }

    fn row(
        &mut self,
        parameter: &Value,
        base: &str,
        number: u32,
        tree: &Tree,
        by_url: &BTreeMap<&str, &Value>,
    ) -> Result<Row> {
        let (code, kind) = (text(parameter, "code"), text(parameter, "type"));
        let expression = text(parameter, "expression");
        let targets: Vec<String> = texts(parameter, "target").into_iter().map(str::to_owned).collect();
        let mut row = Row {
            number,
            code: code.to_owned(),
            kind: kind.to_owned(),
            url: text(parameter, "url").to_owned(),
            about: about(text(parameter, "description"), base),
            // HL7 spells `any` as a list of all types, or all but the newest one.
            targets: if targets.len() + 1 >= tree.resources().count() { vec![] } else { targets },
            paths: vec![],
            parts: vec![],
            unsupported: None,
        };
        let compiled = if expression.is_empty() { None } else { expression::compile(tree, base, base, expression) };
        let programs = match kind {
            "composite" => self.composite(parameter, base, tree, by_url, &mut row.parts)?,
            "special" => None,
            _ => compiled.map(|programs| self.fitting(base, &row, programs)).filter(|programs| !programs.is_empty()),
        };
        match programs {
            Some(programs) => row.paths = programs,
            None => {
                self.notes.push(format!("unsupported: {base}.{code} ({kind}): {expression}"));
                row.unsupported = Some(expression.to_owned());
            }
        }
        Ok(row)
    }

    /// Keeps the programs that end in a type that this kind of parameter can index.
    fn fitting(&mut self, base: &str, row: &Row, programs: Vec<String>) -> Vec<String> {
        let mut kept = Vec::new();
        for program in programs {
            let end = program.rsplit(':').next().unwrap_or_default();
            if fits(&row.kind, end) {
                // Some R4 `patient` parameters forget the filter that the others have; their target list says it.
                let only = row.code == "patient" && row.targets == ["Patient"] && !program.contains("[is ");
                kept.push(if only { program.replace(":Reference", "[is Patient]:Reference") } else { program });
            } else {
                self.notes.push(format!("not indexed: {base}.{} ({}): {program}", row.code, row.kind));
            }
        }
        kept
    }

    fn composite(
        &mut self,
        parameter: &Value,
        base: &str,
        tree: &Tree,
        by_url: &BTreeMap<&str, &Value>,
        parts: &mut Vec<(String, Vec<String>)>,
    ) -> Result<Option<Vec<String>>> {
        let mut anchors = Vec::new();
        for anchor in text(parameter, "expression").split('|').map(str::trim) {
            if anchor == base {
                anchors.push((String::new(), base.to_owned()));
            } else if let Some(keys) = anchor.strip_prefix(base).and_then(|rest| rest.strip_prefix('.')) {
                let programs = expression::compile(tree, base, base, keys).context("anchor of a composite")?;
                let end = programs.first().and_then(|p| p.split_once(':')).context("anchor of a composite")?;
                anchors.push((end.0.to_owned(), end.1.to_owned()));
            }
        }
        for part in list(parameter, "component") {
            let definition = by_url.get(text(part, "definition")).context("definition of a composite's part")?;
            let mut programs = Vec::new();
            for (_, group) in &anchors {
                let Some(compiled) = expression::compile(tree, base, group, text(part, "expression")) else {
                    return Ok(None);
                };
                let fitting = compiled.into_iter().filter(|p| fits(text(definition, "type"), end_of(p)));
                programs.extend(fitting);
            }
            programs.dedup();
            let mut unique: Vec<String> = Vec::new();
            for program in programs {
                if !unique.contains(&program) {
                    unique.push(program);
                }
            }
            parts.push((text(definition, "code").to_owned(), unique));
        }
        Ok(Some(anchors.into_iter().map(|(keys, group)| format!("{keys}:{group}")).collect()))
    }
}

fn end_of(program: &str) -> &str {
    program.rsplit(':').next().unwrap_or_default()
}

/// May a parameter of this kind index a value of this type? After the R4 search page, table by parameter type.
fn fits(kind: &str, end: &str) -> bool {
    let types: &[&str] = match kind {
        "token" => &[
            "Coding",
            "CodeableConcept",
            "Identifier",
            "ContactPoint",
            "code",
            "boolean",
            "string",
            "id",
            "uri",
            "oid",
            "uuid",
            "canonical",
            "url",
            "integer",
            "positiveInt",
            "unsignedInt",
        ],
        "string" => &["string", "markdown", "HumanName", "Address", "code", "uri", "url", "id"],
        "reference" => &["Reference", "canonical", "uri", "url", "Resource"],
        "date" => &["date", "dateTime", "instant", "Period", "Timing"],
        "uri" => &["uri", "url", "canonical", "oid", "uuid"],
        "number" => &["integer", "decimal", "positiveInt", "unsignedInt"],
        "quantity" => &["Quantity", "Age", "Duration", "Count", "Distance", "Money", "Range"],
        _ => &[],
    };
    types.contains(&end)
}

/// The line about this base type in a description that covers several, or the whole description on one line.
fn about(description: &str, base: &str) -> String {
    let mark = format!("* [{base}](");
    let own = description.lines().find_map(|line| line.trim().strip_prefix(&mark)?.split_once("): ").map(|(_, d)| d));
    own.unwrap_or(description).split_whitespace().collect::<Vec<_>>().join(" ")
}
