//! All official examples of R4: valid, but for those that are known to be wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use meridian_conformance::structure::Structures;
use meridian_conformance::terms::Terms;
use meridian_conformance::validate::Nowhere;

use super::{archive, errors, files, judged, line, parse};

/// Examples that break a rule of R4, with the part of the message by which it is known, and why it is no fault of ours.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "-questionnaire.json",
        "`linkId` is missing",
        "HL7's tool wrote display items without the linkId that R4 asks for",
    ),
    ("-questionnaire.json", "que-1", "the same tool: groups without items, items within display items"),
    ("-questionnaire.json", "que-2", "the same tool: recursive elements give one linkId twice"),
    ("-extensions-", "`base` is missing", "search parameters of extensions without a base, which R4 asks for"),
    ("questionnaireresponse-extensions-", "this is not an id", "an id of 68 letters; R4 allows 64"),
    ("questionnaireresponse-extensions-", "`hasExtension()`", "neither FHIRPath nor R4 has such a function"),
    ("", "txt-2", "a narrative of blanks"),
    ("definition.json", "sdf-4", "a logical model without a base, which sdf-4 asks for"),
    ("event.json", "sdf-4", "a logical model without a base, which sdf-4 asks for"),
    ("fivews.json", "sdf-4", "a logical model without a base, which sdf-4 asks for"),
    ("request.json", "sdf-4", "a logical model without a base, which sdf-4 asks for"),
    ("library-zika-virus", "`urn:oid:`", "`urn:oid:X.Y.Z` stands for an oid to come"),
    ("diagnosticreport-hla", "no part `uri`", "the part is called `url` in the definition"),
    ("contract-example-ins-policy", "RicardianContract", "a word where the code system asks for an address"),
    ("deviceusestatement-example", "not to a Procedure", "the definition allows no Procedure there"),
    ("devicemetric-example", "not to a DeviceDefinition", "the definition allows Device only"),
    ("medicationrequest0301", "not to a Practitioner", "the definition allows Organization only"),
    ("observation-example-clinical-gender", "not to a Encounter", "an Encounter performs nothing"),
    (
        "observation-example-f202-temperature",
        "`effective[x]` is missing",
        "a body temperature without a time; the vital signs ask for it",
    ),
    ("message-response-link", "the fullUrl ends in", "pat12 and pat2 are mixed up"),
    ("message-request-link", "the fullUrl ends in", "pat12 and pat2 are mixed up"),
    ("diagnosticreport-example-lri", "the fullUrl ends in", "the addresses have a prefix that the ids have not"),
    ("", "is no unit of UCUM", "ea, mEq, TAB, drop, mcg, month, ml/hr and tbl are not UCUM's"),
    ("valueset-ucum-common", "unitsofmeasure.org", "annotations with blanks are not UCUM's"),
    ("questionnaire-profile-example-ussg-fht", "[lb_i]", "a unit that UCUM has not"),
];

#[test]
fn every_official_example_is_valid() {
    let Some(folder) = archive("fhir_r4_examples") else { return };
    let mut false_errors = Vec::new();
    let mut by_message: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let (mut count, mut valid, mut known) = (0, 0, 0);
    let mut slowest = (std::time::Duration::ZERO, String::new());
    let from = std::env::var("ONLY").unwrap_or_default();
    for path in files(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.contains(&from) {
            continue;
        }
        let value = parse(&std::fs::read(&path).unwrap()).unwrap();
        if value.get("resourceType").is_none() {
            continue;
        }
        count += 1;
        let start = std::time::Instant::now();
        let issues = judged(&value, &[], Structures::r4(), Terms::embedded(), &Nowhere);
        if start.elapsed() > slowest.0 {
            slowest = (start.elapsed(), name.clone());
        }
        let found = errors(&issues);
        if found.is_empty() {
            valid += 1;
            continue;
        }
        let is_known = |says: &str| WRONG.iter().any(|(file, part, _)| name.contains(file) && says.contains(part));
        let rest: Vec<_> = found.iter().filter(|issue| !is_known(&issue.diagnostics)).collect();
        if rest.is_empty() {
            known += 1;
        }
        for issue in rest {
            let mut head = issue.diagnostics.clone();
            head.truncate(head.char_indices().nth(90).map_or(head.len(), |(at, _)| at));
            by_message.entry(head).or_insert_with(|| (0, format!("{name}: {}", line(issue)))).0 += 1;
            false_errors.push(format!("{name}: {}", line(issue)));
        }
    }
    let mut told = String::new();
    let mut rows: Vec<_> = by_message.into_iter().collect();
    rows.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (_, (count, first)) in &rows {
        let _ = writeln!(told, "{count:5} × {first}");
    }
    println!("{valid} of {count} official examples valid, {known} known to be wrong; slowest {slowest:?}");
    if let Ok(out) = std::env::var("TOLD") {
        std::fs::write(out, false_errors.join("\n")).unwrap();
    }
    assert!(false_errors.is_empty(), "{} false errors:\n{told}", false_errors.len());
}
