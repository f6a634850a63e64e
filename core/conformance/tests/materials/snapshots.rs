//! Snapshots made from HL7's differentials against those that HL7 published.

use std::collections::BTreeMap;

use meridian_conformance::snapshot::made;
use meridian_conformance::structure::{MANY, Node, Structures};
use meridian_model::Value;

use super::{archive, parse};

#[test]
fn snapshots_are_those_that_hl7_published() {
    let Some(folder) = archive("fhir_r4_definitions") else { return };
    let (mut whole, mut same, mut told) = (0, 0, Vec::new());
    for file in ["profiles-others.json", "extension-definitions.json"] {
        let bundle = parse(&std::fs::read(folder.join("r4").join(file)).unwrap()).unwrap();
        for entry in bundle["entry"].as_array().unwrap() {
            let definition = &entry["resource"];
            if definition["fhirVersion"] != "4.0.1" || definition["resourceType"] != "StructureDefinition" {
                continue;
            }
            whole += 1;
            let url = definition["url"].as_str().unwrap();
            let ours = match made(definition, Structures::r4()) {
                Ok(made) => lines(&made.root),
                Err(fault) => {
                    told.push(format!("{url}: {fault}"));
                    continue;
                }
            };
            let differences = compare(&ours, definition);
            if differences.is_empty() {
                same += 1;
            } else {
                told.push(format!("{url}: {}", differences.join("; ")));
            }
        }
    }
    println!("{same} of {whole} snapshots are as published (cardinality, types, slices, fixed values, bindings)");
    for line in told.iter().take(60) {
        println!("  {}", line.chars().take(300).collect::<String>());
    }
    assert!(same * 100 >= whole * 90, "{same} of {whole}");
}

/// Path with slices → what is said there.
fn lines(root: &Node) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(root, &root.element.path, &mut found);
    found
}

fn walk(node: &Node, id: &str, found: &mut BTreeMap<String, String>) {
    let element = &node.element;
    let max = if element.most() == MANY { "*".to_owned() } else { element.most().to_string() };
    let types: Vec<&str> = element.types.iter().map(|one| one.code.as_str()).collect();
    let fixed = element.fixed.as_ref().map(|one| one.value.to_string()).unwrap_or_default();
    let pattern = element.pattern.as_ref().map(|one| one.value.to_string()).unwrap_or_default();
    let binding = element.binding.as_ref().map(|one| {
        format!("{} {}", one.strength.code(), one.value_set.as_deref().unwrap_or_default().trim_end_matches("|4.0.1"))
    });
    let line =
        format!("{}..{max} {} {fixed}{pattern} {}", element.least(), types.join("|"), binding.unwrap_or_default());
    found.insert(id.to_owned(), line);
    for child in &node.children {
        let last = if child.element.is_choice { "[x]" } else { "" };
        let below = format!("{id}.{}{last}", child.element.name);
        walk(child, &below, found);
        slices(child, &below, found);
    }
}

fn slices(node: &Node, id: &str, found: &mut BTreeMap<String, String>) {
    for slice in &node.slices {
        let own = format!("{id}:{}", slice.element.slice.as_deref().unwrap_or_default());
        walk(slice, &own, found);
        slices(slice, id, found);
    }
}

fn compare(ours: &BTreeMap<String, String>, definition: &Value) -> Vec<String> {
    let mut without = definition.clone();
    without.as_object_mut().unwrap().shift_remove("differential");
    let Ok(published) = published(&without) else { return vec!["the published snapshot can't be read".to_owned()] };
    let mut differences = Vec::new();
    for (id, line) in &published {
        match ours.get(id) {
            None => differences.push(format!("{id} is missing")),
            // The id of a resource is written as a string there.
            Some(own) if own != line && !id.ends_with(".id") => differences.push(format!("{id}: {own} ≠ {line}")),
            Some(_) => {}
        }
    }
    differences.extend(ours.keys().filter(|id| !published.contains_key(*id)).map(|id| format!("{id} is too much")));
    differences
}

fn published(definition: &Value) -> Result<BTreeMap<String, String>, String> {
    let structures = Structures::r4().with([definition]);
    let url = definition["url"].as_str().ok_or("no url")?;
    let structure = structures.get(url).map_err(|missing| format!("{missing:?}"))?;
    Ok(lines(&structure.root))
}
