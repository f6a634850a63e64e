//! Terminology on data that nobody here wrote: R4's value sets and bindings, the official examples, ICD-10-CM.
//!
//! Needs `MERIDIAN_MATERIALS`; without it each test says SKIPPED. `speed` prints numbers: run it optimised.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

use meridian_conformance::terms::{Asked, Coded, Codes, Terms, Verdict, import};
use meridian_model::language::Language;
use serde_json::{Value, json};

fn materials(folder: &str) -> Option<PathBuf> {
    let path = std::env::var_os("MERIDIAN_MATERIALS").map(|root| PathBuf::from(root).join(folder));
    let found = path.filter(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: MERIDIAN_MATERIALS has no {folder}");
    }
    found
}

fn params(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn expand(terms: &Terms, pairs: &[(&str, &str)]) -> Result<Value, String> {
    terms
        .expand(&Asked { params: &params(pairs), values: &[], now: "", language: Language::English })
        .map_err(|fault| fault.says.english)
}

/// The required bindings of R4: value set → nothing.
fn required(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(binding) = members.get("binding").filter(|binding| binding["strength"] == "required") {
                found.extend(binding["valueSet"].as_str().map(str::to_owned));
            }
            members.values().for_each(|value| required(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| required(value, found)),
        _ => {}
    }
}

#[test]
fn every_value_set_of_r4_that_is_complete_expands() {
    let terms = Terms::embedded();
    let (mut expanded, mut absent, mut wrong) = (0, BTreeMap::new(), Vec::new());
    for line in terms.list().iter().filter(|line| line.kind == "ValueSet") {
        match expand(terms, &[("url", &line.url), ("count", "10000")]) {
            Ok(value) => {
                expanded += 1;
                // What is expanded is a member, with its display.
                for one in value["expansion"]["contains"].as_array().into_iter().flatten() {
                    let coded = Coded {
                        system: one["system"].as_str(),
                        version: one["version"].as_str(),
                        code: one["code"].as_str().unwrap(),
                        display: one["display"].as_str(),
                    };
                    let verdict = terms.in_value_set(&line.url, coded);
                    if !matches!(verdict, Verdict::Yes { wrong_display: None, .. }) {
                        wrong.push(format!("{} {coded:?}: {verdict:?}", line.url));
                    }
                }
            }
            Err(says) => drop(absent.insert(line.url.clone(), says)),
        }
    }
    // What does not expand rests on systems that are not R4's, or has no end.
    let own =
        |says: &str| ["http://hl7.org/fhir/", "terminology.hl7.org/CodeSystem"].iter().any(|own| says.contains(own));
    let mut unexpected = absent.clone();
    unexpected.retain(|_, says| own(says) && !says.contains("only a part"));
    eprintln!("{expanded} value sets expand, {} rest on systems that are not here", absent.len());
    for (url, says) in &absent {
        eprintln!("  {url}: {says}");
    }
    assert!(
        wrong.is_empty(),
        "{} codes are in an expansion and no members: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(20)]
    );
    assert!(unexpected.len() < 12, "{unexpected:#?}");
}

#[test]
fn every_code_of_the_required_bindings_validates() {
    let Some(folder) = materials("fhir_r4_definitions/r4") else { return };
    let mut sets = BTreeSet::new();
    for file in ["profiles-resources.json", "profiles-types.json"] {
        required(&serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap(), &mut sets);
    }
    let terms = Terms::embedded();
    let (mut count, mut endless, mut absent) = (0, 0, Vec::new());
    for set in &sets {
        match expand(terms, &[("url", set)]) {
            Ok(value) => {
                for one in value["expansion"]["contains"].as_array().into_iter().flatten() {
                    // As in a `code` element, without its system.
                    let coded = Coded { code: one["code"].as_str().unwrap(), ..Coded::default() };
                    let verdict = terms.in_value_set(set, coded);
                    assert!(matches!(verdict, Verdict::Yes { .. }), "{set} {coded:?}: {verdict:?}");
                    count += 1;
                }
                let none = terms.in_value_set(set, Coded { code: "no such code", ..Coded::default() });
                assert!(matches!(none, Verdict::No { .. }), "{set}: {none:?}");
            }
            Err(says) if says.contains("have no end") => endless += 1,
            Err(says) => absent.push(format!("{set}: {says}")),
        }
    }
    eprintln!("{} required value sets, {count} codes, {endless} by grammar; absent: {absent:#?}", sets.len());
    assert!(absent.len() <= 5, "{absent:#?}");
}

/// Every Coding of a resource with a system.
fn codings<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) => {
            if members.get("system").is_some_and(Value::is_string)
                && members.get("code").is_some_and(Value::is_string)
                && !members.contains_key("value")
            {
                found.push(value);
            }
            members.values().for_each(|value| codings(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| codings(value, found)),
        _ => {}
    }
}

#[test]
fn the_terms_of_the_official_examples() {
    let Some(folder) = materials("fhir_r4_examples") else { return };
    let terms = Terms::embedded();
    let (mut read, mut expanded, mut refused, mut yes, mut unknown, mut no) = (0, 0, Vec::new(), 0, 0, BTreeSet::new());
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let Ok(resource) = serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap_or_default()) else { continue };
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        if matches!(kind, "CodeSystem" | "ValueSet" | "ConceptMap") {
            match terms.with([&resource]) {
                Ok(with) => {
                    read += 1;
                    if kind == "ValueSet"
                        && expand(&with, &[("url", resource["url"].as_str().unwrap()), ("count", "100")]).is_ok()
                    {
                        expanded += 1;
                    }
                }
                Err(fault) => refused.push(format!("{}: {fault}", path.file_name().unwrap().to_string_lossy())),
            }
            continue;
        }
        let mut all = Vec::new();
        codings(&resource, &mut all);
        for coding in all {
            let coded =
                Coded { system: coding["system"].as_str(), code: coding["code"].as_str().unwrap(), ..Coded::default() };
            match terms.in_code_system(coded) {
                Verdict::Yes { .. } => yes += 1,
                Verdict::Unknown { .. } => unknown += 1,
                Verdict::No { says } => drop(no.insert(says.to_string())),
            }
        }
    }
    eprintln!(
        "{read} terminology examples come into force, {expanded} value sets of them expand; refused: {refused:#?}"
    );
    eprintln!("codings: {yes} known, {unknown} of systems that are not here, not in their system: {no:#?}");
    assert!(read > 900 && refused.len() < 20, "{read}");
}

#[test]
fn every_code_of_icd_10_cm_is_read() {
    // `pip download simple-icd-10-cm==1.5.0`, unpacked.
    let Some(folder) = materials("icd_10_cm").or_else(|| std::env::var_os("MERIDIAN_ICD10CM").map(PathBuf::from))
    else {
        return;
    };
    let mut files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>();
    files.sort();
    let with = |end: &str| {
        files.iter().find(|path| path.to_string_lossy().ends_with(end)).map(|path| std::fs::read(path).unwrap())
    };
    let (Some(tabular), Some(list)) = (with(".xml"), with(".txt")) else { return };
    let start = Instant::now();
    let resources = import::read(&[import::File { name: "tabular.xml", bytes: &tabular }]).unwrap();
    let parsed = start.elapsed();
    let start = Instant::now();
    let terms = Terms::embedded().with(&resources).unwrap();
    eprintln!(
        "ICD-10-CM: {} codes, read in {parsed:?}, in force in {:?}",
        resources[0]["concept"].as_array().unwrap().len(),
        start.elapsed()
    );
    let list = String::from_utf8(list).unwrap();
    let missing: Vec<&str> = list
        .lines()
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .filter(|code| {
            let coded = |code: &str| {
                terms.in_code_system(Coded {
                    system: Some("http://hl7.org/fhir/sid/icd-10-cm"),
                    code,
                    ..Coded::default()
                })
            };
            let own = match code.split_at_checked(3) {
                _ if code.bytes().all(|b| b.is_ascii_digit()) => format!("Chapter {code}"),
                Some((head, tail)) if !tail.is_empty() && !code.contains('-') => format!("{head}.{tail}"),
                _ => (*code).to_owned(),
            };
            !matches!(coded(&own), Verdict::Yes { .. })
        })
        .collect();
    assert!(
        missing.is_empty(),
        "{} of {}: {:?}",
        missing.len(),
        list.lines().count(),
        &missing[..missing.len().min(40)]
    );
}

#[test]
fn speed() {
    let nouns =
        ["高血压", "糖尿病", "肺炎", "骨折", "肿瘤", "Hypertension", "Fracture of radius", "心肌梗死", "哮喘", "贫血"];
    let concepts: Vec<Value> = (0..70_000).map(|nth| {
        let display = format!("{} {}型 {}", nouns[nth % nouns.len()], nth / 10, nouns[(nth / 7) % nouns.len()]);
        json!({"code": format!("C{nth:05}"), "display": display, "designation": [{"language": "en", "value": format!("disorder number {nth}")}],
               "property": [{"code": "parent", "valueCode": format!("C{:05}", nth / 10)}, {"code": "class", "valueString": nouns[nth % 3]}]})
    }).collect();
    let mut concepts = concepts;
    concepts[0]["property"] = json!([]);
    let resource =
        json!({"resourceType": "CodeSystem", "url": "http://x/many", "content": "complete", "concept": concepts});
    let text = resource.to_string();
    let start = Instant::now();
    let _ = Terms::embedded();
    eprintln!("embedded index: {:?}", start.elapsed());
    let start = Instant::now();
    let resource: Value = serde_json::from_str(&text).unwrap();
    let parsed = start.elapsed();
    let terms = Terms::embedded().with([&resource]).unwrap();
    eprintln!("70,000 concepts ({} MB JSON): parse {parsed:?}, with load {:?}", text.len() >> 20, start.elapsed());
    let vs = ("url", "http://x/many?fhir_vs");
    let start = Instant::now();
    expand(&terms, &[vs, ("filter", "x"), ("count", "1")]).unwrap();
    eprintln!("text index made in {:?}", start.elapsed());
    for filter in ["gxy", "高血压", "肺炎 123", "disorder number 6999", "e", "高血压骨折", "c00001", "fracture radius"]
    {
        let start = Instant::now();
        let mut total = Value::Null;
        for _ in 0..10 {
            total = expand(&terms, &[vs, ("filter", filter), ("count", "20")]).unwrap()["expansion"]["total"].clone();
        }
        eprintln!("filter {filter}: {total} found in {:?}", start.elapsed() / 10);
    }
    let start = Instant::now();
    for nth in 0..100_000_u32 {
        let code = format!("C{:05}", nth % 70_000);
        let coded = Coded { system: Some("http://x/many"), code: &code, ..Coded::default() };
        assert!(matches!(terms.in_value_set("http://x/many?fhir_vs=isa/C00000", coded), Verdict::Yes { .. }));
    }
    eprintln!("membership by hierarchy: {:?} each", start.elapsed() / 100_000);
    let start = Instant::now();
    for _ in 0..100_000 {
        let coded = Coded { code: "male", ..Coded::default() };
        assert!(matches!(
            terms.in_value_set("http://hl7.org/fhir/ValueSet/administrative-gender", coded),
            Verdict::Yes { .. }
        ));
    }
    eprintln!("membership in a list: {:?} each", start.elapsed() / 100_000);
    let start = Instant::now();
    let query = params(&[vs, ("system", "http://x/many"), ("code", "C12345")]);
    for _ in 0..100_000 {
        terms.validate_in_set(&Asked { params: &query, values: &[], now: "", language: Language::English }).unwrap();
    }
    eprintln!("$validate-code: {:?} each", start.elapsed() / 100_000);
}
