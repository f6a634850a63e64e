//! Real resources: every official R4 example crosses to XML and back and is the same; the pairs of XML and JSON that the
//! materials hold say the same.

use std::path::{Path, PathBuf};

use meridian_model::Value;
use meridian_model::reader::{self, parse};
use meridian_xml::{Limits, read, tree, write};

fn archive(name: &str) -> Option<PathBuf> {
    let folder =
        std::env::var_os("MERIDIAN_MATERIALS").map(|root| PathBuf::from(root).join(name)).filter(|f| f.is_dir());
    if folder.is_none() {
        println!("SKIPPED {name}: MERIDIAN_MATERIALS does not hold it");
    }
    folder
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|ext| ext == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn json(path: &Path) -> Value {
    parse(&std::fs::read(path).unwrap(), &reader::Limits { bytes: 64 << 20, ..reader::Limits::default() }).unwrap()
}

fn limits() -> Limits {
    Limits { bytes: 64 << 20, ..Limits::default() }
}

#[test]
fn the_official_examples_cross_and_come_back_the_same() {
    let Some(folder) = archive("fhir_r4_examples") else { return };
    let (mut equal, mut others, mut bytes) = (0, Vec::new(), 0);
    for path in files(&folder, "json") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let value = json(&path);
        let back = write(&value).and_then(|xml| {
            bytes += xml.len();
            read(xml.as_bytes(), &limits())
        });
        match back {
            Ok(back) if back == value => equal += 1,
            Ok(back) => others.push(format!("{name}: it came back different: {}", first_difference(&value, &back))),
            Err(fault) => others.push(format!("{name}: {fault}")),
        }
    }
    println!("JSON→XML→JSON: {equal} of {} equal ({bytes} bytes of XML)", equal + others.len());
    for other in &others {
        println!("{other}");
    }
    // The description of a package is no resource.
    assert!(others.len() == 1 && others[0].starts_with("package-min-ver.json"), "{} differ", others.len());
    assert!(equal >= 2_905, "{equal}");
}

#[test]
fn bundles_of_synthea_cross_and_come_back_the_same() {
    for name in ["synthea_r4_bundles", "synthea_r4_blaze"] {
        let Some(folder) = archive(name) else { continue };
        for path in files(&folder, "json").into_iter().take(10) {
            let value = json(&path);
            let xml = write(&value).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            assert!(read(xml.as_bytes(), &limits()).unwrap() == value, "{}", path.display());
        }
    }
}

/// Pairs lie beside each other, or the JSON among the official examples.
#[test]
fn pairs_of_xml_and_json_say_the_same() {
    let Some(folder) = archive("fhir_test_cases") else { return };
    let examples = archive("fhir_r4_examples");
    let (mut pairs, mut differ) = (0, Vec::new());
    for path in files(&folder, "xml") {
        let beside = path.with_extension("json");
        let in_r4 = path.strip_prefix(&folder).is_ok_and(|inner| inner.starts_with("r4"));
        let official = examples.as_ref().map(|dir| dir.join(beside.file_name().unwrap())).filter(|_| in_r4);
        let Some(other) = [Some(beside), official].into_iter().flatten().find(|path| path.is_file()) else { continue };
        let Ok(theirs) = parse(&std::fs::read(&other).unwrap(), &reader::Limits::default()) else { continue };
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        pairs += 1;
        match read(&std::fs::read(&path).unwrap(), &Limits::default()) {
            Ok(ours) if plain(&ours) == plain(&theirs) => {}
            Ok(ours) => differ.push(format!("{name}: {}", first_difference(&plain(&ours), &plain(&theirs)))),
            Err(fault) => differ.push(format!("{name}: {fault}")),
        }
    }
    println!("XML→JSON: {} of {pairs} pairs say the same", pairs - differ.len());
    for one in &differ {
        println!("{one}");
    }
    assert!(pairs >= 18 && differ.len() <= DIFFERENT.len(), "{}", differ.len());
    for one in &differ {
        assert!(DIFFERENT.iter().any(|name| one.starts_with(name)), "{one}");
    }
}

/// Pairs that are none: files that changed apart from each other, cases that must fail, one that is JSON by another name.
const DIFFERENT: [&str; 10] = [
    "r4/codesystem-example.xml",
    "r4/examples/observation-decimal.xml",
    "r4/examples/observation-example.xml",
    "r4/medicationdispenseexample8.xml",
    "r4/observation-example.xml",
    "validator/group-choice-bad3.xml",
    "validator/list-contained-bad.xml",
    "validator/list-wrong-order.xml",
    "validator/list-xhtml-wrongns1.xml",
    "validator/obs-unit-profile.xml",
];

/// What two files of one resource may differ in: the layout of narratives, which different programs printed, comments
/// that an old JSON had (and the `_id` that held them), and `meta`: the examples got a tag as JSON only.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept =
                members.iter().filter(|(key, _)| !matches!(key.as_str(), "div" | "fhir_comments" | "_id" | "meta"));
            Value::Object(kept.map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn first_difference(ours: &Value, theirs: &Value) -> String {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys()) {
                if a.get(key) != b.get(key) {
                    let (x, y) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                    return format!("{key}.{}", first_difference(x, y));
                }
            }
            String::new()
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let at = a.iter().zip(b).position(|(x, y)| x != y).unwrap_or(0);
            format!("[{at}].{}", first_difference(&a[at], &b[at]))
        }
        (a, b) => format!("{a} and {b}"),
    }
}

/// Every XML of the materials gets an answer, and what is a resource comes back the same through JSON.
#[test]
fn every_xml_of_the_test_cases_is_read_or_refused() {
    let Some(folder) = archive("fhir_test_cases") else { return };
    let (mut resources, mut refused) = (0, 0);
    for path in files(&folder, "xml") {
        let bytes = std::fs::read(&path).unwrap();
        match read(&bytes, &limits()) {
            Ok(value) => {
                let xml = write(&value).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
                assert_eq!(read(xml.as_bytes(), &limits()).unwrap(), value, "{}", path.display());
                resources += 1;
            }
            Err(fault) => {
                refused += 1;
                println!("{}: {fault}", path.strip_prefix(&folder).unwrap().display());
            }
        }
        if let Ok(root) = tree::read(&bytes, &limits()) {
            let again = tree::read(root.to_xml().as_bytes(), &limits()).unwrap();
            assert_eq!(again.to_xml(), root.to_xml(), "{}", path.display());
        }
    }
    println!("{resources} resources read, {refused} documents refused");
    assert!(resources > 100);
}

#[test]
fn the_suite_of_fhirpath_is_read_as_a_tree() {
    let Some(folder) = archive("fhir_test_cases") else { return };
    let root = tree::read(&std::fs::read(folder.join("r4/fhirpath/tests-fhir-r4.xml")).unwrap(), &limits()).unwrap();
    let tests = root.all("group").flat_map(|group| group.all("test").collect::<Vec<_>>()).count();
    // Two more stand in comments.
    assert_eq!(tests, 935);
}
