//! The official suites, where `MERIDIAN_MATERIALS` holds them: FHIRPath and FHIRPath Patch of FHIR R4.

#![cfg(test)]

mod fhirpath;
mod invariants;
mod patch;
mod speed;

use std::path::PathBuf;

use meridian_model::Value;
use meridian_xml::Limits;

/// A file of the materials; `None` says SKIPPED.
pub(crate) fn material(path: &str) -> Option<PathBuf> {
    let file = std::env::var_os("MERIDIAN_MATERIALS").map(|root| PathBuf::from(root).join(path));
    let file = file.filter(|file| file.exists());
    if file.is_none() {
        println!("SKIPPED: {path} is not there (MERIDIAN_MATERIALS)");
    }
    file
}

pub(crate) fn resource(file: &std::path::Path) -> Value {
    let bytes = std::fs::read(file).unwrap();
    if file.extension().is_some_and(|kind| kind == "xml") {
        meridian_xml::read(&bytes, &Limits::default())
            .or_else(|_| meridian_xml::read(&in_order(&bytes), &Limits::default()))
            .unwrap_or_else(|fault| panic!("{}: {fault:?}", file.display()))
    } else {
        let limits = meridian_model::reader::Limits::default();
        meridian_model::reader::parse(&bytes, &limits).unwrap_or_else(|fault| panic!("{}: {fault:?}", file.display()))
    }
}

/// One of the suite's own inputs has its elements in another order than FHIR's, which the reader refuses.
fn in_order(bytes: &[u8]) -> Vec<u8> {
    let mut root = meridian_xml::tree::read(bytes, &Limits::default()).unwrap();
    let group = meridian_model::definitions::Definitions::r4().group(&root.name).unwrap();
    root.nodes.sort_by_key(|node| match node {
        meridian_xml::tree::Node::Element(element) => group
            .child(&element.name)
            .and_then(|child| group.elements().iter().position(|one| one.name == child.element.name)),
        meridian_xml::tree::Node::Text(_) => None,
    });
    root.to_xml().into_bytes()
}
