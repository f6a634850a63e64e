//! What was made to explode: each is refused by name, in a time that nobody notices.

use std::time::{Duration, Instant};

use super::*;

/// Longer than this no single validation may take, also unoptimised on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

#[track_caller]
fn soon<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
    done
}

/// All issues as texts.
fn all(value: &Value, profiles: &[&str], structures: &Structures) -> Vec<String> {
    validate(value, profiles, &with(structures))
        .into_iter()
        .map(|issue| format!("{}: {}", issue.code, issue.diagnostics))
        .collect()
}

#[test]
fn regular_expressions_of_invariants_take_linear_time_or_are_refused() {
    let invariant = |key: &str, expression: &str| json!({"path": "Patient.name.family", "constraint": [{"key": key, "severity": "error", "human": key, "expression": expression}]});
    let long = json!({"resourceType": "Patient", "name": [{"family": format!("{}b", "a".repeat(200_000))}]});
    for (key, expression) in [
        ("slow-1", "matches('^(a+)+$')"),
        ("slow-2", "matches('^(a|aa)+$')"),
        ("slow-3", "matches('^(.*a){40}$')"),
        ("slow-4", "replaceMatches('(a*)*c', 'x') = ''"),
    ] {
        let structure = profile("slow", "Patient", json!([invariant(key, expression)]));
        let found = soon(|| all(&long, &["http://p/slow"], &Structures::r4().with([&structure])));
        one(&found, &[key]);
    }
    // One that would not fit into memory when compiled.
    let structure = profile("large", "Patient", json!([invariant("large-1", "matches('((a{1000}){1000}){1000}')")]));
    let found = soon(|| all(&long, &["http://p/large"], &Structures::r4().with([&structure])));
    one(&found, &["processing", "large-1", "can't be evaluated"]);
    // One that never ends by itself.
    let structure = profile("turns", "Patient", json!([invariant("turns-1", "repeatAll($this).exists()")]));
    soon(|| all(&long, &["http://p/turns"], &Structures::r4().with([&structure])));
    let structure =
        profile("turns", "Patient", json!([invariant("turns-2", "(1|2|3|4|5|6|7|8|9).repeat($this + 1).exists()")]));
    let found = soon(|| all(&long, &["http://p/turns"], &Structures::r4().with([&structure])));
    one(&found, &["turns-2"]);
}

#[test]
fn regular_expressions_of_elements_are_bounded() {
    let regex = |text: &str| json!([{"path": "Patient.name.family", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/regex", "valueString": text}]}]);
    let patient = |family: &str| json!({"resourceType": "Patient", "name": [{"family": family}]});
    let plain = profile("plain", "Patient", regex("[A-Z]+"));
    let structures = Structures::r4().with([&plain]);
    assert_eq!(errors(&patient("AB"), &["http://p/plain"], &structures), [] as [&str; 0]);
    one(&errors(&patient("AbC"), &["http://p/plain"], &structures), &["has to match [A-Z]+", "family"]);
    let large = profile("large", "Patient", regex("((a{1000}){1000}){1000}"));
    let structures = Structures::r4().with([&large]);
    assert!(soon(|| errors(&patient("a"), &["http://p/large"], &structures)).is_empty());
}

#[test]
fn texts_and_codes_of_megabytes_are_named_briefly() {
    let long = "c".repeat(2 << 20);
    let observation = json!({"resourceType": "Observation", "status": long, "code": {"coding": [{"system": long, "code": long}]},
        "subject": {"reference": long}, "valueString": long});
    let issues = soon(|| validate(&observation, &[], &with(Structures::r4())));
    assert!(issues.iter().any(|issue| issue.code == "too-long"), "{:?}", issues.first().map(|issue| &issue.code));
    let told: usize = issues.iter().map(|issue| issue.diagnostics.len()).sum();
    assert!(told < 64 << 10, "{told} bytes are told of {} issues", issues.len());
}

/// Ten thousand levels: extensions within extensions, with a contained resource so that invariants look at all of them.
#[test]
fn depth_is_refused_by_name_whatever_is_nested() {
    let work = || {
        let mut extension = json!({"url": "http://a/b", "valueString": "x"});
        for _ in 0..5_000 {
            let mut around = json!({"url": "http://a/b"});
            // `json!` would copy what is within, at each level anew.
            around["extension"] = Value::Array(vec![extension]);
            extension = around;
        }
        let contained = json!({"resourceType": "Patient", "id": "c"});
        let mut patient =
            json!({"resourceType": "Patient", "contained": [contained], "managingOrganization": {"reference": "#c"}});
        patient["extension"] = Value::Array(vec![extension]);
        let limits = meridian_model::reader::Limits::default();
        let fault = meridian_model::reader::parse(patient.to_string().as_bytes(), &limits).unwrap_err();
        assert!(
            fault.message.english.contains("deep") || fault.message.english.contains("nest"),
            "{}",
            fault.message.english
        );
        // And where it did not come through the reader.
        one(&all(&patient, &[], Structures::r4()), &["too-costly"]);
    };
    // To write and to drop such a value alone takes more than the stack of a test.
    std::thread::Builder::new().stack_size(256 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn snapshots_that_would_never_end_are_refused() {
    // Two extensions, each made of the other.
    let extension = |name: &str, other: &str| {
        profile(
            name,
            "Extension",
            json!([
                {"path": "Extension.extension", "sliceName": "x", "type": [{"code": "Extension", "profile": [format!("http://p/{other}")]}]},
                {"path": "Extension.extension.extension", "sliceName": "x", "min": 1},
            ]),
        )
    };
    let (one_way, other_way) = (extension("one", "other"), extension("other", "one"));
    let structures = Structures::r4().with([&one_way, &other_way]);
    assert!(format!("{:?}", soon(|| structures.get("http://p/one")).unwrap_err()).contains("RestsOnItself"));
    // Slices, each of which opens another copy of the same elements.
    let mut elements = vec![
        json!({"path": "Observation.component", "slicing": {"discriminator": [{"type": "value", "path": "code"}], "rules": "open"}}),
    ];
    for at in 0..6_000 {
        elements.push(json!({"path": "Observation.component", "sliceName": format!("s{at}")}));
        elements.push(json!({"path": "Observation.component.code.coding.display", "min": 1}));
    }
    let wide = profile("wide", "Observation", Value::Array(elements));
    let structures = Structures::r4().with([&wide]);
    let made = soon(|| structures.get("http://p/wide").map(|one| one.url.clone()));
    let fault = format!("{:?}", made.unwrap_err());
    assert!(fault.contains("more than 50000 elements"), "{fault}");
    // A base that is its own, and one that is its base's base.
    let mut own = profile("self", "Patient", json!([{"path": "Patient"}]));
    own["baseDefinition"] = json!("http://p/self");
    one(&base(&own), &["can't be made from itself"]);
    assert!(format!("{:?}", Structures::r4().with([&own]).get("http://p/self").unwrap_err()).contains("RestsOnItself"));
}

#[test]
fn profiles_that_ask_for_each_other_end() {
    // A patient whose links lead to patients of the same profile, in a ring.
    let ring = profile(
        "ring",
        "Patient",
        json!([
            {"path": "Patient.link.other", "type": [{"code": "Reference", "targetProfile": ["http://p/ring"]}]},
            {"path": "Patient.name", "min": 1},
        ]),
    );
    let structures = Structures::r4().with([&ring]);
    let entry = |at: usize, is_named: bool| {
        let mut patient = json!({"resourceType": "Patient", "id": at.to_string(), "link": [{"other": {"reference": format!("Patient/{}", (at + 1) % 60)}, "type": "seealso"}]});
        if is_named {
            patient["name"] = json!([{"family": "A"}]);
        }
        json!({"fullUrl": format!("http://a/fhir/Patient/{at}"), "resource": patient})
    };
    let bundle = |all_named: bool| {
        let mut entries: Vec<Value> = (0..60).map(|at| entry(at, all_named || at != 2)).collect();
        entries[0]["resource"]["meta"] = json!({"profile": ["http://p/ring"]});
        json!({"resourceType": "Bundle", "type": "collection", "entry": entries})
    };
    assert_eq!(soon(|| errors(&bundle(true), &[], &structures)), [] as [&str; 0]);
    one(&soon(|| errors(&bundle(false), &[], &structures)), &["does not keep http://p/ring"]);
}

#[test]
fn a_large_bundle_is_asked_for_each_reference_in_one_step() {
    let entry = |nth: usize| {
        let other = |step: usize| json!({"reference": format!("Observation/o{}", (nth + step) % 6_000)});
        json!({"fullUrl": format!("http://x/fhir/Observation/o{nth}"), "resource": {"resourceType": "Observation",
            "id": format!("o{nth}"), "status": "final", "code": {"text": "x"},
            "hasMember": [other(1), other(10), other(100), other(1_000)]}})
    };
    let bundle =
        json!({"resourceType": "Bundle", "type": "collection", "entry": (0..6_000).map(entry).collect::<Vec<_>>()});
    let limits = Limits { steps: u64::MAX, expressions: u64::MAX, ..Limits::default() };
    let structures = Structures::r4();
    let validator = Validator { limits, ..with(structures) };
    let found = soon(|| validate(&bundle, &[], &validator));
    assert!(found.iter().all(|issue| issue.severity != Severity::Error), "{found:?}");
}

#[test]
fn all_invariants_of_a_validation_draw_from_one_purse() {
    let constraint = |nth: usize| {
        json!({"key": format!("slow-{nth}"), "severity": "error", "human": "x",
            "expression": format!("name.all(%resource.name.given.where($this.length() > {nth}).count() > 0)")})
    };
    let constraints: Vec<Value> = (0..400).map(constraint).collect();
    let slow = profile("slow", "Patient", json!([{"path": "Patient", "constraint": constraints}]));
    let name = json!({"given": ["a".repeat(500)]});
    let patient = json!({"resourceType": "Patient", "name": vec![name; 300]});
    let found = soon(|| all(&patient, &["http://p/slow"], &Structures::r4().with([&slow])));
    one(&found, &["too-costly", "too many steps"]);
    // What is asked for in turn pays from the same.
    let asks = profile(
        "asks",
        "Patient",
        json!([{"path": "Patient.name", "constraint": [
        {"key": "asks-1", "severity": "error", "human": "x", "expression": "%resource.conformsTo('http://p/slow')"}]}]),
    );
    let found = soon(|| all(&patient, &["http://p/asks"], &Structures::r4().with([&slow, &asks])));
    one(&found, &["too-costly", "too many steps"]);
}

#[test]
fn long_questionnaires_are_read_through_once() {
    let when = |nth: usize| json!([{"question": format!("q{}", nth / 2), "operator": "exists", "answerBoolean": true}]);
    let question = |nth: usize| json!({"linkId": format!("q{nth}"), "type": "string", "enableWhen": when(nth)});
    let group = json!({"linkId": "g", "type": "group", "item": (0..20_000).map(question).collect::<Vec<_>>(),
        "enableWhen": (0..2_000).map(|nth| when(nth)[0].clone()).collect::<Vec<_>>()});
    let questionnaire = json!({"resourceType": "Questionnaire", "id": "q", "status": "active", "item": [group]});
    soon(|| all(&questionnaire, &[], Structures::r4()));
    let answer = |nth: usize| json!({"linkId": format!("q{nth}"), "answer": [{"valueString": "x"}]});
    let response = json!({"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "#q",
        "contained": [questionnaire], "item": [{"linkId": "g", "item": (0..20_000).map(answer).collect::<Vec<_>>()}]});
    let found = soon(|| all(&response, &[], Structures::r4()));
    one(&found, &["too-costly"]);
}
