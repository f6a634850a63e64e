//! `cargo xtask structures`: compiles all StructureDefinitions of HL7's R4 package into the one compact file
//! `definitions/structures.json`: types, resources, extensions and profiles, a line for each element.
//!
//! The file is read by `core/conformance/src/structure/table.rs`, which finds a structure by its line and decodes it when
//! it is first asked for.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use crate::definitions::{self, list, text, texts};
use crate::task::Task;

const OUTPUT: &str = "definitions/structures.json";
const FILES: &[&str] =
    &["profiles-types.json", "profiles-resources.json", "extension-definitions.json", "profiles-others.json"];
/// R4 as published; the package adds a few structures of later releases.
const RELEASE: &str = "4.0.1";
const STRUCTURE: &str = "http://hl7.org/fhir/StructureDefinition/";
const VALUE_SET: &str = "http://hl7.org/fhir/ValueSet/";
const MAX_VALUE_SET: &str = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";
const FHIR_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

/// Places where HL7's own definitions use an extension although its definition does not name them.
const WIDER: &[(&str, &str)] = &[
    ("structuredefinition-fhir-type", "ElementDefinition.type"),
    ("regex", "ElementDefinition.type"),
    ("structuredefinition-normative-version", "ElementDefinition"),
    ("structuredefinition-normative-version", "CanonicalResource"),
    ("valueset-concept-comments", "CodeSystem.concept"),
];
/// Expressions that can't be true as they are written: key, what is written, what is meant.
const MEANT: &[(&str, &str, &str)] = &[("que-7", "answer is Boolean", "answer is boolean")];

/// Runs the command. `root` is the workspace root; `args` are `[--from DIR] [--check]`.
///
/// # Errors
/// Unknown arguments, a failing `npm pack`, input of an unexpected shape, or (with `--check`) a stale output file.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let task = Task::read("structures", OUTPUT, args)?;
    let made = compile(&task.input(|| definitions::fetch(root))?)?;
    task.settle(root, &made, &[])
}

/// Constraints by the name under which elements refer to them: the key, or `key#2` where R4 uses one key twice.
#[derive(Default)]
struct Constraints {
    names: BTreeMap<String, Value>,
}

impl Constraints {
    fn name(&mut self, key: &str, row: &Value) -> String {
        let mut number = 1;
        loop {
            let name = if number == 1 { key.to_owned() } else { format!("{key}#{number}") };
            match self.names.get(&name) {
                Some(present) if present == row => return name,
                Some(_) => number += 1,
                None => {
                    self.names.insert(name.clone(), row.clone());
                    return name;
                }
            }
        }
    }
}

fn compile(folder: &Path) -> Result<String> {
    let mut constraints = Constraints::default();
    let mut structures = BTreeMap::new();
    for file in FILES {
        let bundle = definitions::read(&folder.join(file))?;
        for definition in definitions::entries(&bundle) {
            if text(definition, "resourceType") != "StructureDefinition" || text(definition, "fhirVersion") != RELEASE {
                continue;
            }
            let mut out = head(definition)?;
            out.truncate(out.len() - 1);
            out.push_str(",\"elements\":[\n");
            let elements = definition.get("snapshot").map_or(&[][..], |snapshot| list(snapshot, "element"));
            let root = text(definition, "type");
            let is_resource = text(definition, "kind") == "resource";
            let rows =
                elements.iter().map(|row| element(row, root, is_resource, &mut constraints).map(|row| row.to_string()));
            out.push_str(&rows.collect::<Result<Vec<_>>>()?.join(",\n"));
            out.push_str("\n]}");
            structures.insert(text(definition, "url").to_owned(), out);
        }
    }
    if structures.len() < 600 {
        bail!("R4 has more than 600 structures, the input has {}", structures.len());
    }
    let mut out = String::from("{\n");
    writeln!(out, "\"fhirVersion\":\"{RELEASE}\",")?;
    writeln!(out, "\"source\":{},", json!(format!("npm {}, content HL7, CC0", definitions::PACKAGE)))?;
    let rows = constraints.names.iter().map(|(name, row)| format!("{}:{row}", json!(name)));
    writeln!(out, "\"constraints\":{{\n{}\n}},", rows.collect::<Vec<_>>().join(",\n"))?;
    let structures: Vec<String> = structures.into_values().collect();
    writeln!(out, "\"structures\":[\n{}\n]\n}}", structures.join(",\n"))?;
    Ok(out)
}

/// What is said of the structure itself; `url` comes first, by which a reader of lines finds it.
fn head(definition: &Value) -> Result<String> {
    let mut head = Map::new();
    head.insert("url".into(), text(definition, "url").into());
    for key in ["name", "kind", "type"] {
        head.insert(key.into(), text(definition, key).into());
    }
    for key in ["title", "status", "date", "description"] {
        if let Some(said) = definition.get(key).and_then(Value::as_str) {
            head.insert(key.into(), said.into());
        }
    }
    if text(definition, "version") != RELEASE {
        head.insert("version".into(), text(definition, "version").into());
    }
    if definition.get("abstract").and_then(Value::as_bool) == Some(true) {
        head.insert("abstract".into(), true.into());
    }
    if let Some(base) = definition.get("baseDefinition").and_then(Value::as_str) {
        head.insert("base".into(), short(base, STRUCTURE).into());
    }
    if text(definition, "derivation") == "constraint" {
        head.insert("constraint".into(), true.into());
    }
    let context = list(definition, "context").iter();
    let context: Vec<String> =
        context.map(|one| format!("{} {}", text(one, "type"), text(one, "expression"))).collect();
    let mut context = context;
    context.extend(
        WIDER.iter().filter(|(id, _)| *id == text(definition, "id")).map(|(_, path)| format!("element {path}")),
    );
    if !context.is_empty() {
        head.insert("context".into(), json!(context));
    }
    let invariants = texts(definition, "contextInvariant");
    if !invariants.is_empty() {
        head.insert("contextInvariant".into(), json!(invariants));
    }
    Ok(serde_json::to_string(&head)?)
}

/// One element: only what is not the rule. `ele-1` holds for every element and is not written.
fn element(element: &Value, root: &str, is_resource: bool, constraints: &mut Constraints) -> Result<Value> {
    let mut row = Map::new();
    let path = text(element, "path");
    let below = path.strip_prefix(root).with_context(|| format!("{path} is not an element of {root}"))?;
    row.insert("p".into(), below.into());
    if let Some(name) = element.get("sliceName") {
        row.insert("s".into(), name.clone());
    }
    row.insert("c".into(), cardinality(element)?.into());
    let mut types: Vec<String> = list(element, "type").iter().map(kind).collect();
    // A resource's id is written as a string of FHIRPath, and is an id.
    if below == ".id" && is_resource {
        types = vec!["id".to_owned()];
    }
    if !types.is_empty() {
        row.insert("t".into(), types.join("|").into());
    }
    if let Some(content) = element.get("contentReference").and_then(Value::as_str) {
        row.insert("r".into(), content.into());
    }
    if let Some(binding) = element.get("binding") {
        let set = short(text(binding, "valueSet"), VALUE_SET);
        let set = set.strip_suffix("|4.0.1").unwrap_or(set);
        let widest = list(binding, "extension").iter().find(|one| text(one, "url") == MAX_VALUE_SET);
        let widest = widest.map(|one| short(text(one, "valueCanonical"), VALUE_SET));
        let words = [Some(text(binding, "strength")), Some(set).filter(|set| !set.is_empty()), widest];
        row.insert("b".into(), words.iter().flatten().copied().collect::<Vec<_>>().join(" ").into());
    }
    if let Some(slicing) = element.get("slicing") {
        let by = list(slicing, "discriminator").iter();
        let by: Vec<String> = by.map(|one| format!("{} {}", text(one, "type"), text(one, "path"))).collect();
        let ordered = slicing.get("ordered").and_then(Value::as_bool) == Some(true);
        row.insert("l".into(), json!([text(slicing, "rules"), ordered, by]));
    }
    let flags: String = [("isModifier", 'm'), ("mustSupport", 'k'), ("isSummary", 's')]
        .iter()
        .filter_map(|(key, flag)| (element.get(*key).and_then(Value::as_bool) == Some(true)).then_some(*flag))
        .collect();
    if !flags.is_empty() {
        row.insert("f".into(), flags.into());
    }
    let keys: Vec<String> = list(element, "constraint")
        .iter()
        .filter(|one| text(one, "key") != "ele-1")
        .map(|one| {
            let mut expression = text(one, "expression").to_owned();
            for (_, written, meant) in MEANT.iter().filter(|(key, ..)| *key == text(one, "key")) {
                expression = expression.replace(written, meant);
            }
            let said = json!([text(one, "severity"), text(one, "human"), expression]);
            constraints.name(text(one, "key"), &said)
        })
        .collect();
    if !keys.is_empty() {
        row.insert("i".into(), keys.join(" ").into());
    }
    for (key, value) in element.as_object().into_iter().flatten() {
        let is_kept = ["fixed", "pattern", "minValue", "maxValue", "maxLength"].iter().any(|one| key.starts_with(one));
        if is_kept {
            row.insert(key.clone(), value.clone());
        }
    }
    Ok(Value::Object(row))
}

fn cardinality(element: &Value) -> Result<String> {
    let min = element.get("min").and_then(Value::as_u64).context("an element of a snapshot has a min")?;
    Ok(format!("{min}..{}", text(element, "max")))
}

/// `code`, `Extension<profile,profile`, `Reference>target,target`.
fn kind(value: &Value) -> String {
    let code = match text(value, "code") {
        // The FHIRPath system types stand where R4 has the value of a primitive or an id.
        code if code.starts_with("http://hl7.org/fhirpath/") => {
            let said = list(value, "extension").iter().find(|one| text(one, "url") == FHIR_TYPE);
            said.map_or("string", |one| text(one, "valueUrl"))
        }
        code => code,
    };
    let mut out = code.to_owned();
    for (mark, key) in [('<', "profile"), ('>', "targetProfile")] {
        let urls: Vec<&str> = texts(value, key).into_iter().map(|url| short(url, STRUCTURE)).collect();
        if !urls.is_empty() {
            out.push(mark);
            out.push_str(&urls.join(","));
        }
    }
    out
}

fn short<'a>(url: &'a str, base: &str) -> &'a str {
    url.strip_prefix(base).unwrap_or(url)
}
