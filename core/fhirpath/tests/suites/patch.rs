//! `fhir-patch-tests.xml`: a resource, a patch, and what comes of it.

use meridian_fhirpath::patch;
use meridian_model::Value;
use meridian_xml::{Limits, tree};

use crate::material;

const SUITE: &str = "fhir_test_cases/r4/patch/fhir-patch-tests.xml";

#[test]
fn the_official_patches() {
    let Some(file) = material(SUITE) else { return };
    let suite = tree::read(&std::fs::read(&file).unwrap(), &Limits::default()).unwrap();
    let (mut all, mut passed) = (0, 0);
    for case in suite.all("case") {
        let resource = |name: &str| -> Option<Value> {
            let holder = case.child(name)?;
            let element = holder.nodes.iter().find_map(|node| match node {
                tree::Node::Element(element) => Some(element),
                _ => None,
            })?;
            Some(meridian_xml::read(element.to_xml().as_bytes(), &Limits::default()).unwrap())
        };
        let mut value = resource("input").unwrap();
        let done = patch::apply(&resource("diff").unwrap(), &mut value);
        let wanted = resource("output");
        let fits = match (&done, &wanted) {
            (Ok(()), Some(wanted)) => without_empty(&value) == without_empty(wanted),
            (Err(_), None) => true,
            _ => false,
        };
        all += 1;
        passed += usize::from(fits);
        if !fits {
            let name = case.attribute("name").unwrap_or("?");
            println!("  {name}: {done:?}\n    {value}\n    {}", wanted.unwrap_or(Value::Null));
        }
    }
    println!("FHIRPath Patch R4: {passed} of {all}");
    assert_eq!(passed, all);
}

/// Objects without members mean nothing; XML may or may not show them.
fn without_empty(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().map(|(key, value)| (key.clone(), without_empty(value)));
            Value::Object(kept.filter(|(_, value)| !matches!(value, Value::Object(map) if map.is_empty())).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_empty).collect()),
        other => other.clone(),
    }
}
