//! Snapshots of small profiles.

use serde_json::{Value, json};

use super::*;
use crate::structure::MANY;

#[allow(clippy::needless_pass_by_value)] // json!() is written where it is used
fn definition(url: &str, base: &str, elements: Value) -> Value {
    json!({"resourceType": "StructureDefinition", "url": url, "name": "A", "kind": "resource", "type": "Observation",
        "derivation": "constraint", "baseDefinition": base, "differential": {"element": elements}})
}

const OBSERVATION: &str = "http://hl7.org/fhir/StructureDefinition/Observation";

fn find<'n>(root: &'n Arc<Node>, path: &str) -> &'n Arc<Node> {
    follow(root, path).unwrap_or_else(|| panic!("there is no {path}"))
}

#[test]
fn a_differential_is_laid_over_its_base() {
    let made = made(&definition("http://a", OBSERVATION, json!([
        {"path": "Observation"},
        {"path": "Observation.subject", "min": 1, "type": [{"code": "Reference", "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Patient"]}]},
        {"path": "Observation.code.coding", "min": 1},
        {"path": "Observation.component.referenceRange.low", "min": 1},
    ])), Structures::r4()).unwrap();
    let subject = &find(&made.root, "Observation.subject").element;
    assert_eq!((subject.least(), subject.most(), subject.types[0].targets.len()), (1, 1, 1));
    let coding = find(&made.root, "Observation.code.coding");
    assert_eq!((coding.element.least(), coding.element.most()), (1, MANY));
    assert_eq!(find(&made.root, "Observation.component.referenceRange.low").element.least(), 1);
    // What the reference led to stays as it was.
    assert_eq!(find(&made.root, "Observation.referenceRange.low").element.least(), 0);
    assert_eq!(find(&made.root, "Observation.status").element.least(), 1);
}

#[test]
fn slices_of_slices_and_of_bases_are_found() {
    let first = definition(
        "http://a",
        OBSERVATION,
        json!([
            {"path": "Observation.category", "slicing": {"discriminator": [{"type": "pattern", "path": "$this"}], "rules": "open"}},
            {"path": "Observation.category", "sliceName": "x", "min": 1, "patternCodeableConcept": {"text": "x"}},
        ]),
    );
    let second = definition(
        "http://b",
        "http://a",
        json!([
            {"path": "Observation.category", "sliceName": "x", "max": "3", "slicing": {"discriminator": [{"type": "value", "path": "text"}], "rules": "open"}},
            {"path": "Observation.category", "sliceName": "x/y", "min": 1},
            {"path": "Observation.valueQuantity", "min": 1},
        ]),
    );
    let structures = Structures::r4().with([&first, &second]);
    let made = structures.get("http://b").unwrap();
    let slice = find(&made.root, "Observation.category:x");
    assert_eq!((slice.element.least(), slice.element.most(), slice.slices.len()), (1, 3, 1));
    assert!(slice.slices[0].element.pattern.is_some());
    let value = find(&made.root, "Observation.value");
    // Where `valueQuantity` is all that is said, no other type is left.
    assert_eq!((value.element.types.len(), value.element.least()), (1, 0));
    assert_eq!(value.slices[0].element.types[0].code, "Quantity");
}

#[test]
fn what_can_t_be_is_named() {
    let says = |elements: Value| {
        made(&definition("http://a", OBSERVATION, elements), Structures::r4()).unwrap_err().to_string()
    };
    assert!(says(json!([{"path": "Observation.colour"}])).contains("no element `colour`"));
    assert!(says(json!([{"path": "Patient.name"}])).contains("not of Observation"));
    assert!(says(json!([{"path": "Observation.status", "max": "0"}])).contains("at least 1 and at most 0"));
    assert!(says(json!([{"path": "Observation..status"}])).contains("is not one"));
    assert!(
        says(json!([{"path": "Observation.code", "type": [{"code": "Nothing"}]}, {"path": "Observation.code.x"}]))
            .contains("Nothing is not here")
    );
    let unknown = definition("http://a", "http://nowhere", json!([{"path": "Observation"}]));
    assert!(made(&unknown, Structures::r4()).unwrap_err().to_string().contains("http://nowhere is not here"));
    let one = definition("http://a", "http://b", json!([{"path": "Observation"}]));
    let other = definition("http://b", "http://a", json!([{"path": "Observation"}]));
    let structures = Structures::r4().with([&one, &other]);
    assert!(format!("{:?}", structures.get("http://a").unwrap_err()).contains("rests on itself"));
}

#[test]
fn slices_of_slices_have_an_end() {
    let nested = |levels: usize| {
        let names = (1..=levels).map(|level| vec!["a"; level].join("/"));
        let slices = names.map(|name| json!({"path": "Observation.category", "sliceName": name}));
        let first = ["Observation", "Observation.category"].map(|path| json!({"path": path}));
        definition("http://deep", OBSERVATION, first.into_iter().chain(slices).collect())
    };
    let eight = made(&nested(8), Structures::r4()).unwrap();
    let (mut node, mut levels) = (find(&eight.root, "Observation.category"), 0);
    while let Some(slice) = node.slices.first() {
        (node, levels) = (slice, levels + 1);
    }
    assert_eq!(levels, 8);
    // On the stack that a thread of the server has, 1,200 were too many.
    let fault = std::thread::spawn(move || super::made(&nested(5_000), Structures::r4()).unwrap_err().to_string());
    let fault = fault.join().unwrap();
    assert!(fault.contains("more than 8 deep"), "{fault}");
}
