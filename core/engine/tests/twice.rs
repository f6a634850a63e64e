//! R4's own search parameters twice: by the path programs that the tables hold, and by FHIRPath as posted ones are found
//! that are beyond paths. In every official example both find the same values. Neither knows of the other, so each proves
//! the other. Where the tables put right what HL7 wrote, the twin is of the expression as it is put right, with the reason.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a fault of the set-up may stop a test

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use meridian_engine::FhirPath;
use meridian_model::Value;
use meridian_model::date::Zone;
use meridian_model::definitions::compile::Component;
use meridian_model::definitions::{
    Catalogue, Custom, Definitions, Evaluator, Expressions, Kind, Part, SearchParam, Standing,
};
use meridian_model::index::{IndexKind, extract_telling};
use meridian_model::reader::{Limits, parse};

/// What is added to a parameter's number for its twin's.
const TWIN: u16 = 30_000;

/// Parameters that have no twin, with the reason.
const ALONE: [(&str, &str); 1] = [("pinyin", "found by the sound of names, which no expression says")];

/// The expressions of components as the tables understand them, with the reason.
const PUT_RIGHT: [(&str, [&str; 2], &str); 3] = [
    ("DocumentReference.relationship", ["target", "code"], "HL7 gave each component the expression of the other"),
    (
        "Observation.code-value-date",
        ["code", "value.as(dateTime) | value.as(Period)"],
        "HL7 wrote `DateTime`, which is FHIRPath's own type, and no element of FHIR is of it",
    ),
    (
        "Observation.code-value-string",
        ["code", "value.as(string) | value.as(CodeableConcept).text"],
        "a component beneath the whole resource means all that its parameter means, the text of a concept too",
    ),
];

fn archive(name: &str) -> Option<PathBuf> {
    let folder =
        std::env::var_os("MERIDIAN_MATERIALS").map(|root| PathBuf::from(root).join(name)).filter(|f| f.is_dir());
    if folder.is_none() {
        meridian_testkit::say(format_args!("SKIPPED {name}: MERIDIAN_MATERIALS does not hold it"));
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ext| ext == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Value {
    let limits = Limits { bytes: 64 << 20, ..Limits::default() };
    parse(&std::fs::read(path).unwrap(), &limits).unwrap()
}

/// The expressions of the components of HL7's composites, by URL.
fn components(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let bundle = read(&folder.join("r4/search-parameters.json"));
    let resources = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
    let expressions = |param: &Value| {
        let parts = param["component"].as_array().map_or(&[][..], Vec::as_slice);
        parts.iter().map(|part| part["expression"].as_str().unwrap().to_owned()).collect()
    };
    resources.map(|param| (param["url"].as_str().unwrap().to_owned(), expressions(param))).collect()
}

/// The same parameter by FHIRPath.
fn twin(param: &'static SearchParam, evaluator: Evaluator) -> &'static SearchParam {
    let part = |part: &Part| Part { code: part.code, kind: part.kind, paths: Vec::new() };
    Box::leak(Box::new(SearchParam {
        number: param.number + TWIN,
        code: String::leak(format!("twin-{}", param.code)),
        base: param.base,
        kind: param.kind,
        url: param.url,
        description: Cow::Borrowed(""),
        expression: param.expression,
        targets: param.targets.clone(),
        paths: Vec::new(),
        parts: param.parts.iter().map(part).collect(),
        evaluator: Some(evaluator),
        unsupported: None,
    }))
}

/// All parameters of R4 with their twins.
fn both(components: &BTreeMap<String, Vec<String>>) -> Catalogue {
    let r4 = Definitions::r4();
    let all: BTreeMap<u16, &'static SearchParam> =
        r4.resource_types().flat_map(|kind| r4.search_params(kind)).map(|param| (param.number, *param)).collect();
    let mut twins = Vec::new();
    for param in all.into_values() {
        let is_alone = ALONE.iter().any(|(code, _)| *code == param.code);
        if is_alone || param.unsupported.is_some() || param.kind == Kind::Special {
            continue;
        }
        let name = format!("{}.{}", param.base, param.code);
        let right =
            PUT_RIGHT.iter().find(|(of, ..)| *of == name).map(|(_, right, _)| right.map(str::to_owned).to_vec());
        let own = right.or_else(|| components.get(param.url).cloned()).unwrap_or_default();
        assert_eq!(own.len(), param.parts.len(), "{name}");
        let parts: Vec<Component<'_>> = param
            .parts
            .iter()
            .zip(&own)
            .map(|(part, expression)| Component { code: part.code, kind: part.kind, expression })
            .collect();
        let made = FhirPath.compile(param.base, param.expression, &parts);
        let evaluator = made.unwrap_or_else(|says| panic!("{name}: {says:?}"));
        twins.push(Custom { param: twin(param, evaluator), standing: Standing::Ready });
    }
    meridian_testkit::say(format_args!("{} parameters twice", twins.len()));
    Catalogue::with(1, twins)
}

#[test]
fn paths_and_fhirpath_find_the_same_in_all_examples() {
    let (Some(examples), Some(definitions)) = (archive("fhir_r4_examples"), archive("fhir_r4_definitions")) else {
        return;
    };
    let catalogue = both(&components(&definitions));
    let mut different: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let (mut looked, mut values, mut used) = (0, 0, BTreeSet::new());
    for path in files(&examples) {
        let resource = read(&path);
        let Some(kind) = resource["resourceType"].as_str() else { continue };
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut note = |param: &SearchParam, says: String| {
            let (count, _) = different
                .entry(format!("{}.{}", param.base, param.code.trim_start_matches("twin-")))
                .or_insert((0, format!("{name}: {says}")));
            *count += 1;
        };
        let found = extract_telling(&resource, Zone::CHINA, &catalogue, &mut |param, says| note(param, says));
        let mut sets: BTreeMap<u16, BTreeSet<IndexKind>> = BTreeMap::new();
        for value in found {
            sets.entry(value.param.number).or_default().insert(value.value);
        }
        let none = BTreeSet::new();
        for param in catalogue.params(kind).iter().filter(|param| param.evaluator.is_none()) {
            if catalogue.param(kind, &format!("twin-{}", param.code)).is_none() {
                continue;
            }
            let of = |number: u16| sets.get(&number).unwrap_or(&none);
            let (paths, twin) = (of(param.number), of(param.number + TWIN));
            values += paths.len();
            if !paths.is_empty() {
                used.insert(param.number);
            }
            if paths != twin {
                let less: Vec<_> = paths.difference(twin).collect();
                let more: Vec<_> = twin.difference(paths).collect();
                note(param, format!("by paths alone {less:.300?}, by FHIRPath alone {more:.300?}"));
            }
        }
        looked += 1;
    }
    meridian_testkit::say(format_args!("{looked} examples, {values} values of {} parameters", used.len()));
    for (param, (count, first)) in &different {
        meridian_testkit::say(format_args!("{param}: different in {count}, first in {first:.1000}"));
    }
    assert!(looked > 2_000 && values > 30_000 && used.len() > 600, "{looked} {values} {}", used.len());
    assert!(different.is_empty(), "{} parameters find something else", different.len());
}
