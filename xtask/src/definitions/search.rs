//! SearchParameter resources → one row for each base type and code.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use meridian_model::definitions::Kind;
use meridian_model::definitions::compile::{self, Compiled, Component};
use meridian_model::language::Both;
use serde_json::Value;

use super::elements::Tree;
use super::{entries, list, text, texts};

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
    pub(super) expression: String,
    /// Composites only: code, kind and programs (relative to the anchor) of each part.
    pub(super) parts: Vec<(String, Kind, Vec<String>)>,
    /// No program was made of the expression.
    pub(super) unsupported: bool,
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
            if row.unsupported || row.number < 10_000 {
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
        let kind = Kind::of(kind).with_context(|| format!("{base}.{code}: a parameter type that R4 has not"))?;
        let expression = text(parameter, "expression");
        let targets: Vec<String> = texts(parameter, "target").into_iter().map(str::to_owned).collect();
        let mut row = Row {
            number,
            code: code.to_owned(),
            kind: kind.code().to_owned(),
            url: text(parameter, "url").to_owned(),
            about: about(text(parameter, "description"), base),
            expression: expression.to_owned(),
            // HL7 spells `any` as a list of all types, or all but the newest one.
            targets: if targets.len() + 1 >= tree.resources().count() { vec![] } else { targets },
            paths: vec![],
            parts: vec![],
            unsupported: false,
        };
        let components = components(parameter, by_url)?;
        let compiled = match kind {
            Kind::Composite => composite(tree, base, expression, &components),
            _ => compile::simple(tree, base, kind, code == "patient" && row.targets == ["Patient"], expression),
        };
        match compiled {
            Ok(compiled) => {
                let left = compiled.left.iter();
                self.notes.extend(left.map(|program| format!("not indexed: {base}.{code} ({}): {program}", row.kind)));
                let is_whole = compiled.paths == [format!(":{base}")];
                let definitions = list(parameter, "component").iter().map(|part| by_url.get(text(part, "definition")));
                for ((part, mut paths), definition) in components.iter().zip(compiled.parts).zip(definitions) {
                    if let (true, Some(definition)) = (is_whole, definition) {
                        widen(tree, base, part.kind, text(definition, "expression"), &mut paths);
                    }
                    row.parts.push((part.code.to_owned(), part.kind, paths));
                }
                row.paths = compiled.paths;
            }
            Err(says) => {
                self.notes.push(format!("unsupported: {base}.{code} ({}): {expression}: {}", row.kind, says.english));
                row.unsupported = true;
            }
        }
        Ok(row)
    }
}

/// A component beneath the whole resource stands for all that its parameter stands for: HL7 left sampled data out of
/// Observation's `code-value-quantity`, but not out of `value-quantity`.
fn widen(tree: &Tree, base: &str, kind: Kind, expression: &str, paths: &mut Vec<String>) {
    let whole = compile::simple(tree, base, kind, false, expression).map(|compiled| compiled.paths);
    if let Ok(whole) = whole
        && paths.iter().all(|path| whole.contains(path))
    {
        *paths = whole;
    }
}

/// HL7 gave the two components of DocumentReference's `relationship` each other's expression.
fn composite(
    tree: &Tree,
    base: &str,
    expression: &str,
    components: &[Component<'_>],
) -> std::result::Result<Compiled, Both> {
    let made = compile::composite(tree, base, expression, components);
    match (made, components) {
        (Err(_), [first, second]) => {
            let swapped = [
                Component { expression: second.expression, ..*first },
                Component { expression: first.expression, ..*second },
            ];
            compile::composite(tree, base, expression, &swapped)
        }
        (made, _) => made,
    }
}

/// The components of a composite, with the parameters that they are.
fn components<'a>(parameter: &'a Value, by_url: &BTreeMap<&str, &'a Value>) -> Result<Vec<Component<'a>>> {
    let component = |part: &'a Value| {
        let definition = by_url.get(text(part, "definition")).context("definition of a composite's part")?;
        let kind = Kind::of(text(definition, "type")).context("type of a composite's part")?;
        Ok(Component { code: text(definition, "code"), kind, expression: text(part, "expression") })
    };
    list(parameter, "component").iter().map(component).collect()
}

/// The line about this base type in a description that covers several, or the whole description on one line.
fn about(description: &str, base: &str) -> String {
    let mark = format!("* [{base}](");
    let own = description.lines().find_map(|line| line.trim().strip_prefix(&mark)?.split_once("): ").map(|(_, d)| d));
    own.unwrap_or(description).split_whitespace().collect::<Vec<_>>().join(" ")
}
