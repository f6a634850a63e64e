//! Who asks in Chinese is told in Chinese: a list of wrong requests through the real door, and in what each issue says a
//! sentence in Chinese without an English tail. A refusal without Chinese does not compile (`Both`); this keeps watch
//! that none is English in both.

#![allow(clippy::indexing_slicing)] // members of JSON objects are set

use anyhow::{Context as _, ensure};
use meridian_testkit::{Answer, Fhir, Options, Server, say};
use serde_json::{Value, json};

const JSON: &str = "application/fhir+json";
const XML: &str = "application/fhir+xml";
const JSON_PATCH: &str = "application/json-patch+json";

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_is_told_in_chinese() -> anyhow::Result<()> {
    let server = Server::start(Options::default()).await?;
    let fhir = server.operator().with("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8");
    let doctor = server.signed_in("doctor", None).await?.with("Accept-Language", "zh");
    fhir.put("Patient/told", &json!({"resourceType": "Patient", "id": "told", "gender": "female"})).await?.good()?;
    fhir.create(&json!({"resourceType": "Patient", "gender": "female"})).await?.expect(201)?;

    let mut english = Vec::new();
    let mut asked = 0;
    for (method, path, kind, body) in wrong() {
        let headers: Vec<(&str, &str)> = if kind.is_empty() { vec![] } else { vec![("Content-Type", kind)] };
        let answer = fhir.request(method, &format!("/fhir/{path}"), &headers, Some(body.into_bytes())).await?;
        ensure!((400..500).contains(&answer.status), "{method} {path} answered {}: {}", answer.status, answer.text);
        asked += 1;
        english.extend(untold(&answer).with_context(|| format!("{method} {path}"))?);
    }
    for (name, value) in [("If-Match", "W/\"77\""), ("If-Match", "seven"), ("Content-Encoding", "br")] {
        let body = json!({"resourceType": "Patient", "id": "told"}).to_string().into_bytes();
        let headers = [("Content-Type", JSON), (name, value)];
        english.extend(untold(&fhir.request("PUT", "/fhir/Patient/told", &headers, Some(body)).await?)?);
    }
    for (who, method, path) in [
        (&doctor, "GET", "AuditEvent?_count=1"),
        (&doctor, "DELETE", "Patient/told"),
        (&doctor, "POST", "Patient/told/$purge"),
        (&server.nobody().with("Accept-Language", "zh"), "GET", "Patient"),
    ] {
        let body = (method == "POST").then(|| b"{}".to_vec());
        let answer = who.request(method, &format!("/fhir/{path}"), &[("Content-Type", JSON)], body).await?;
        ensure!(matches!(answer.status, 401 | 403), "{path} answered {}", answer.status);
        english.extend(untold(&answer)?);
    }
    says_what_is_wrong(&fhir).await?;
    say(format_args!("{asked} wrong requests; told in English: {}", english.len()));
    for line in &english {
        say(format_args!("  {line}"));
    }
    ensure!(english.is_empty(), "{} issues are not told in Chinese:\n{}", english.len(), english.join("\n"));
    Ok(())
}

/// Sentences of which somebody said that they told another fault, or that they ended in English.
async fn says_what_is_wrong(fhir: &Fhir) -> anyhow::Result<()> {
    for (path, kind, body, part) in [
        ("Patient", XML, "<Patient><gender value=\"male\"/></Patient>", "缺少命名空间 xmlns=\"http://hl7.org/fhir\""),
        ("Patient", JSON, "{\"resourceType\":\"Patient\",\"active\":true,}", "多了逗号"),
        ("Patient", JSON, "{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"b\"}", "键 `id` 出现了两次"),
        ("Patient", JSON, "{\"resourceType\":\"Patient\",\"birthDate\":\"x\"}", "不是合法的日期"),
        ("CodeSystem/$validate-code?url=http://hl7.org/fhir/administrative-gender&code=nix", JSON, "", "不在代码系统"),
    ] {
        let method = if path.contains('$') { "GET" } else { "POST" };
        let answer =
            fhir.request(method, &format!("/fhir/{path}"), &[("Content-Type", kind)], Some(body.into())).await?;
        ensure!(answer.text.contains(&part.replace('"', "\\\"")), "{body}: {part} is not in {}", answer.text);
        ensure!(answer.header("vary").is_some_and(|vary| vary.contains("Accept-Language")), "{path}: no Vary");
    }
    let weighed = fhir.clone().with("Accept-Language", "zh-CN; q=0.2, en; q=0.9");
    let answer = weighed.get("Patient?nam=x").await?;
    ensure!(!answer.text.contains("details"), "English is liked better: {}", answer.text);
    Ok(())
}

/// The issues of an answer without a sentence in Chinese, or with one that ends in English.
fn untold(answer: &Answer) -> anyhow::Result<Vec<String>> {
    let outcome: Value = answer.json().with_context(|| answer.text.clone())?;
    let issues = outcome["issue"].as_array().with_context(|| format!("no issue: {}", answer.text))?;
    let text = |issue: &Value| issue["details"]["text"].as_str().unwrap_or_default().to_owned();
    let bad = issues.iter().map(|issue| (text(issue), issue)).filter(|(text, _)| !is_chinese(text));
    Ok(bad.map(|(text, issue)| format!("{}: «{text}» {}", answer.asked, issue["diagnostics"])).collect())
}

/// Has Chinese letters, and no three English words one behind the other outside of what is quoted.
fn is_chinese(text: &str) -> bool {
    let plain: String = text.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let mut run = 0;
    let is_word = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let has_run = plain.split(' ').any(|word| {
        run = if is_word(word.trim_matches(|c: char| c.is_ascii_punctuation())) { run + 1 } else { 0 };
        run >= 3
    });
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && !has_run
}

type Wrong = (&'static str, String, &'static str, String);

fn wrong() -> Vec<Wrong> {
    let mut all = searches();
    all.extend(writes());
    all.extend(bundles());
    all.extend(patches());
    all.extend(operations());
    all.extend(terms());
    all.extend(definitions());
    all
}

fn searches() -> Vec<Wrong> {
    [
        "Patient?nam=x",
        "Patient?name:frob=x",
        "Patient?birthdate=x",
        "Patient?birthdate:exact=2020",
        "Patient?gender:in=urn:no",
        "Patient?general-practitioner:Device=x",
        "Patient?_id=a%20b",
        "Patient?_id:exact=a",
        "Patient?active:missing=maybe",
        "Patient?_sort=nope",
        "Patient?_sort=_score",
        "Patient?_count=x",
        "Patient?_total=all",
        "Patient?_summary=some",
        "Patient?_elements=nope",
        "Patient?_include=x",
        "Patient?_include=Patient:name",
        "Patient?_include=Foo:x",
        "Patient?_revinclude=Observation:nope",
        "Patient?_has:x=1",
        "Patient?_has:Observation:subject:nope=1",
        "Patient?_has:Observation:encounter:code=1",
        "Patient?_list=$current-problems",
        "Patient?_pretty=maybe",
        "Patient?_format=pdf",
        "Patient?_cursor=zz",
        "Patient?link.nope=x",
        "Patient?name.family=x",
        "Patient?organization.foo=1",
        "Patient?_filter=name",
        "Patient?_filter=gender%20eq",
        "Patient?_filter=gender%20frob%20x",
        "Patient?_filter=(gender%20eq%20male",
        "Patient?_filter=not%20gender",
        "Patient?_filter=nope%20eq%201",
        "Patient?_filter=birthdate%20eq%20x",
        "Observation?value-quantity=x",
        "Observation?value-quantity=1%7Cu",
        "Observation?code-value-quantity=a",
        "Observation?date=2020-99",
        "Observation?code:in=http://nope",
        "Observation?subject:nope=1",
        "Observation?subject=%20",
        "Observation?code:of-type=a",
        "Observation?_type=Patient",
        "Location?near=1%7C2%7C3%7Cmiles",
        "Location?near=99%7C2",
        "Location?_sort=near",
        "Foo",
        "Foo?x=1",
        "Foo/1",
        "Patient/nope",
        "Patient/told/_history/9",
        "Patient/told/_history/x",
        "Patient/told/_history?x=1",
        "Patient/told/_history?_count=x",
        "Patient/told/_history?_since=x",
        "Patient/told/_history?_cursor=x",
        "Patient/told/Foo",
        "a/b/c/d/e/f",
        "?_type=Foo",
        "?_sort=name&_type=Patient,Practitioner",
        "metadata?mode=x",
        "Patient?_summary=true&_summary=count",
        "Patient?a%ff=1",
        "ValueSet?url:below=%00",
        "Patient?identifier:of-type=a",
    ]
    .map(|search| ("GET", search.to_owned(), "", String::new()))
    .into()
}

fn writes() -> Vec<Wrong> {
    let post = |path: &str, kind, body: &str| ("POST", path.to_owned(), kind, body.to_owned());
    let mut all = vec![
        post("Patient", "text/csv", "a,b"),
        post("Patient", "", "{}"),
        post("Patient", "application/fhir+json; charset=gb18030", "{}"),
        post("Patient/_search", "application/json", "{}"),
        post("Patient/_search", "application/x-www-form-urlencoded", "nam=x"),
        post("Foo", JSON, "{\"resourceType\":\"Foo\"}"),
        post("Patient?x=1", JSON, "{\"resourceType\":\"Patient\"}"),
        ("PUT", "Patient/other".into(), JSON, "{\"resourceType\":\"Patient\",\"id\":\"x\"}".into()),
        ("PUT", "Patient/a%20b".into(), JSON, "{\"resourceType\":\"Patient\",\"id\":\"a b\"}".into()),
        ("PUT", "Patient".into(), JSON, "{\"resourceType\":\"Patient\"}".into()),
        ("PUT", "Patient?gender=female".into(), JSON, "{\"resourceType\":\"Patient\"}".into()),
        ("DELETE", "Patient?gender=female".into(), "", String::new()),
        ("DELETE", "Patient?_count=2".into(), "", String::new()),
        ("DELETE", "Patient?gender=female&_count=x".into(), "", String::new()),
        ("PATCH", "Patient/told".into(), JSON_PATCH, "{}".into()),
        ("POST", "Patient/told".into(), JSON, "{}".into()),
        ("PUT", "metadata/x/y/z".into(), JSON, "{}".into()),
    ];
    let bodies = [
        "",
        "{",
        "[]",
        "{}",
        "{\"a\"}",
        "{\"a\":tru}",
        "{\"a\":1}x",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":01}",
        "{\"a\":\"\n\"}",
        "{\"resourceType\":\"Patient\",\"active\":true,}",
        "{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"b\"}",
        "{\"resourceType\":\"Observation\"}",
        "{\"resourceType\":\"Patient\",\"birthDate\":\"x\"}",
        "{\"resourceType\":\"Patient\",\"active\":1}",
        "{\"resourceType\":\"Patient\",\"name\":{}}",
        "{\"resourceType\":\"Patient\",\"name\":[1]}",
        "{\"resourceType\":\"Patient\",\"_name\":{}}",
        "{\"resourceType\":\"Patient\",\"deceasedDateTime\":\"x\",\"multipleBirthInteger\":1.5}",
        "{\"resourceType\":\"Patient\",\"photo\":[{\"data\":\"=\",\"size\":-1,\"url\":\"a b\"}]}",
        "{\"resourceType\":\"Patient\",\"meta\":{\"lastUpdated\":\"x\",\"profile\":[\" \"],\"tag\":[{\"code\":\" x\"}]}}",
        "{\"resourceType\":\"Patient\",\"meta\":{\"tag\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\",\"code\":\"SUBSETTED\"}]}}",
        "{\"resourceType\":\"Patient\",\"generalPractitioner\":[{\"reference\":\"Practitioner?name=nobody-has-this\"}]}",
    ];
    all.extend(bodies.map(|body| post("Patient", JSON, body)));
    let head = "<Patient xmlns=\"http://hl7.org/fhir\">";
    let bodies = [
        "",
        "x",
        "<Patient>",
        "<Patient/>",
        "<a xmlns=\"http://hl7.org/fhir\"/>",
        "<Patient xmlns=\"urn:x\"/>",
        "<!DOCTYPE a><a/>",
        "<?xml version=\"1.0\" encoding=\"GB18030\"?><Patient xmlns=\"http://hl7.org/fhir\"/>",
    ];
    all.extend(bodies.map(|body| post("Patient", XML, body)));
    let bodies = [
        "<foo/></Patient>",
        "<active value=\"x\"/></Patient>",
        "<active/></Patient>",
        "<active value=\"true\"/><id value=\"a\"/></Patient>",
        "<id value=\"a\"/><id value=\"b\"/></Patient>",
        "text</Patient>",
        "<name></family></Patient>",
        "&nbsp;</Patient>",
        "<name",
        "<gender a=\"1\"/></Patient>",
        "<contained/></Patient>",
        "<b:x/></Patient>",
        "</Patient><Patient/>",
        "<text><div>a</div></text></Patient>",
    ];
    all.extend(bodies.map(|body| post("Patient", XML, &format!("{head}{body}"))));
    all
}

fn bundles() -> Vec<Wrong> {
    let entry = |request: Value, resource: Value| json!({"resourceType": "Bundle", "type": "transaction", "entry": [{"request": request, "resource": resource}]});
    let patient = || json!({"resourceType": "Patient", "id": "x"});
    let bundles = [
        json!({"resourceType": "Patient"}),
        json!({}),
        json!([]),
        json!({"resourceType": "Bundle", "type": "collection"}),
        json!({"resourceType": "Bundle", "type": "transaction", "entry": {}}),
        json!({"resourceType": "Bundle", "type": "transaction", "entry": [1]}),
        json!({"resourceType": "Bundle", "type": "transaction", "entry": [{}]}),
        entry(json!({"method": "POST"}), patient()),
        entry(json!({"method": "FROB", "url": "Patient"}), patient()),
        entry(json!({"method": "PUT", "url": "Patient/y"}), patient()),
        entry(json!({"method": "PUT", "url": "Patient"}), patient()),
        entry(json!({"method": "PUT", "url": "Patient/x", "ifMatch": "x"}), patient()),
        entry(json!({"method": "POST", "url": "Observation"}), patient()),
        entry(json!({"method": "POST", "url": "Patient"}), Value::Null),
        entry(json!({"method": "POST", "url": "Patient/$validate"}), patient()),
        entry(json!({"method": "PATCH", "url": "Patient/told"}), patient()),
        entry(json!({"method": "POST", "url": "Patient", "ifNoneExist": "gender=female"}), patient()),
        entry(json!({"method": "DELETE", "url": "Patient?nope=1"}), Value::Null),
        entry(json!({"method": "POST", "url": "Patient"}), json!({"resourceType": "Patient", "birthDate": 1})),
    ];
    bundles.map(|bundle| ("POST", String::new(), JSON, bundle.to_string())).into()
}

fn patches() -> Vec<Wrong> {
    let json_patches = [
        json!({}),
        json!([1]),
        json!([{"op": "frob", "path": "/a"}]),
        json!([{"op": "add", "path": "a", "value": 1}]),
        json!([{"op": "add", "path": "/a"}]),
        json!([{"op": "remove", "path": "/nope"}]),
        json!([{"op": "test", "path": "/gender", "value": "x"}]),
        json!([{"op": "add", "path": "/name/9", "value": {}}]),
        json!([{"op": "move", "from": "/a", "path": "/a/b"}]),
        json!([{"op": "add", "path": "/gender/x", "value": 1}]),
        json!([{"op": "replace", "path": "/id", "value": "y"}]),
        json!([{"op": "replace", "path": "/gender", "value": 1}]),
    ];
    let mut all: Vec<Wrong> =
        json_patches.map(|patch| ("PATCH", "Patient/told".to_owned(), JSON_PATCH, patch.to_string())).into();
    let operation =
        |parts: Value| json!({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]});
    let part = |name: &str, value: &str| json!({"name": name, "valueString": value});
    let patch = |kind: &str, path: &str, rest: Vec<Value>| {
        let mut parts = vec![json!({"name": "type", "valueCode": kind}), part("path", path)];
        parts.extend(rest);
        operation(Value::Array(parts))
    };
    let value = || json!({"name": "value", "valueCode": "male"});
    let patches = [
        json!({"resourceType": "Patient"}),
        json!({"resourceType": "Parameters", "parameter": [{"name": "x", "valueCode": "a"}]}),
        operation(json!([])),
        operation(json!([{"name": "type", "valueCode": "add"}])),
        operation(json!([{"name": "nope", "valueCode": "add"}])),
        patch("frob", "Patient.gender", vec![]),
        patch("add", "Patient", vec![]),
        patch("add", "Patient", vec![part("name", "nope"), value()]),
        patch("add", "Patient.name.where(", vec![part("name", "x")]),
        patch("add", "Patient.foo()", vec![part("name", "x")]),
        patch("replace", "Patient.nope", vec![value()]),
        patch("replace", "Patient.birthDate", vec![value()]),
        patch("replace", "Patient.gender", vec![]),
        patch("insert", "Patient.name", vec![value()]),
        patch("insert", "Patient.gender", vec![json!({"name": "index", "valueInteger": 0}), value()]),
        patch("move", "Patient.name", vec![]),
        patch("delete", "Patient", vec![]),
        patch("replace", "'a' + 1", vec![value()]),
        patch("replace", "Patient.gender + %x", vec![value()]),
    ];
    all.extend(patches.map(|patch| ("PATCH", "Patient/told".to_owned(), JSON, patch.to_string())));
    all
}

fn operations() -> Vec<Wrong> {
    let get = |path: &str| ("GET", path.to_owned(), "", String::new());
    let post = |path: &str, body: Value| ("POST", path.to_owned(), JSON, body.to_string());
    vec![
        get("$nope"),
        get("Patient/$nope"),
        get("Foo/$validate"),
        get("$validate"),
        get("Patient/nope/$validate"),
        get("Patient/told/$validate?profle=x"),
        get("Patient/told/$validate?mode=frob"),
        post("Patient/$validate?mode=delete", json!({"resourceType": "Patient"})),
        post("Patient/$validate", json!({"resourceType": "Parameters", "parameter": [{"name": "resource"}]})),
        get("Patient/nope/$everything"),
        get("Patient/told/$everything?_type=Foo"),
        get("Patient/told/$everything?start=x"),
        get("Patient/told/$everything?_count=x"),
        get("Observation/$lastn"),
        get("Observation/$lastn?max=x&patient=told"),
        get("Observation/$stats?subject=x"),
        get("Observation/$stats?subject=Patient/told&code=a&statistic=frob"),
        get("Patient/told/$diff?from=9"),
        get("$audit?patient=nope"),
        get("$audit?from=x"),
        get("$store?tables=x"),
        get("$inbox?state=x"),
        get("$outbox?state=x"),
        post("Patient/$match", json!({"resourceType": "Parameters"})),
        post(
            "Patient/$match",
            json!({"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": {"resourceType": "Patient"}}]}),
        ),
        post("Patient/told/$meta-add", json!({"resourceType": "Parameters"})),
        post("$purge", json!({})),
        post("Patient/told/$purge", json!({"resourceType": "Parameters"})),
        post("$viewdefinition-run", json!({"resourceType": "Parameters"})),
        post(
            "$viewdefinition-run",
            json!({"resourceType": "Parameters", "parameter": [{"name": "viewResource", "resource": {"resourceType": "ViewDefinition", "resource": "Foo", "select": [{"column": [{"name": "1", "path": "a("}]}]}}]}),
        ),
    ]
}

fn terms() -> Vec<Wrong> {
    [
        "CodeSystem/$lookup",
        "CodeSystem/$lookup?code=x",
        "CodeSystem/$lookup?system=urn:no&code=x",
        "CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=nix",
        "CodeSystem/$lookup?nope=1",
        "CodeSystem/$validate-code",
        "CodeSystem/$validate-code?url=urn:no&code=x",
        "CodeSystem/$subsumes",
        "CodeSystem/$subsumes?system=urn:no&codeA=a&codeB=b",
        "CodeSystem/$subsumes?codeA=a&codeB=b",
        "ValueSet/$expand",
        "ValueSet/$expand?url=http://nope",
        "ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&count=x",
        "ValueSet/$expand?context=x",
        "ValueSet/$validate-code?url=http://nope&code=a",
        "ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender",
        "ValueSet/nope/$expand",
        "ConceptMap/$translate",
        "ConceptMap/$translate?code=x",
        "ConceptMap/$translate?url=http://nope&code=x&system=urn:x",
        "CodeSystem/$closure",
        "ValueSet/$expand?filter=x",
        "ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&activeOnly=maybe",
    ]
    .map(|path| ("GET", path.to_owned(), "", String::new()))
    .into_iter()
    // What is not asked with GET is refused as well.
    .chain([(
        "POST",
        "$closure".to_owned(),
        JSON,
        json!({"resourceType": "Parameters", "parameter": [{"name": "name", "valueString": "a b"}]}).to_string(),
    )])
    .collect()
}

fn definitions() -> Vec<Wrong> {
    let parameter = |changes: Value| {
        let mut all = json!({"resourceType": "SearchParameter", "url": "urn:told:p", "name": "p", "status": "active", "description": "p", "code": "told-p",
            "base": ["Patient"], "type": "string", "expression": "Patient.name.text"});
        if let (Some(all), Some(changes)) = (all.as_object_mut(), changes.as_object()) {
            all.extend(changes.clone());
        }
        ("POST", "SearchParameter".to_owned(), JSON, all.to_string())
    };
    let mut all: Vec<Wrong> = [
        json!({"code": "1x"}), json!({"type": "special"}), json!({"type": "frob"}), json!({"base": []}), json!({"base": ["Foo"]}), json!({"expression": ""}), json!({"url": ""}), json!({"code": "name"}),
        json!({"url": "http://hl7.org/fhir/SearchParameter/Patient-active"}), json!({"expression": "Patient.nope"}), json!({"expression": "Patient.name.where("}), json!({"expression": "Patient.foo()"}),
        json!({"expression": "Observation.code"}), json!({"type": "date"}), json!({"type": "composite"}), json!({"expression": "Patient.name.where(now() > today())"}), json!({"expression": "Patient.link.other.resolve().name"}),
        json!({"type": "composite", "component": [{"definition": "urn:no", "expression": "a"}, {"definition": "urn:no2", "expression": "b"}]}), json!({"expression": "x".repeat(9000)}),
        json!({"base": ["Patient", "Practitioner"], "expression": "Patient.name.text"}),
    ]
    .map(parameter)
    .into();
    let structure = |changes: Value| {
        let mut all = json!({"resourceType": "StructureDefinition", "url": "urn:told:s", "name": "S", "status": "active", "kind": "resource", "abstract": false, "type": "Patient",
            "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient", "derivation": "constraint", "differential": {"element": [{"id": "Patient", "path": "Patient"}]}});
        if let (Some(all), Some(changes)) = (all.as_object_mut(), changes.as_object()) {
            all.extend(changes.clone());
        }
        ("POST", "StructureDefinition".to_owned(), JSON, all.to_string())
    };
    let element =
        |element: Value| json!({"differential": {"element": [{"id": "Patient", "path": "Patient"}, element]}});
    all.extend(
        [
            json!({"type": "Patiend"}), json!({"type": "Observation"}), json!({"differential": {"element": [{"id": "Observation", "path": "Observation"}]}}), json!({"kind": "frob"}),
            element(json!({"id": "Patient.nope", "path": "Patient.nope"})), element(json!({"id": "Patient.name", "path": ""})), element(json!({"id": "Patient.gender", "path": "Patient.gender", "max": "x"})),
            element(json!({"id": "Patient.gender", "path": "Patient.gender", "constraint": [{"key": "a-1", "severity": "error", "human": "x", "expression": "foo()"}]})),
            element(json!({"id": "Patient.gender", "path": "Patient.gender", "constraint": [{"key": "a-1", "severity": "error", "human": "x", "expression": "a and"}]})),
            element(json!({"id": "Patient.name", "path": "Patient.name", "slicing": {"rules": "open", "discriminator": [{"type": "frob", "path": "use"}]}})), json!({"baseDefinition": "urn:told:s"}),
        ]
        .map(structure),
    );
    let post = |kind: &str, body: Value| ("POST", kind.to_owned(), JSON, body.to_string());
    all.extend([
        post("CodeSystem", json!({"resourceType": "CodeSystem", "url": "urn:t:c", "status": "active", "content": "complete", "concept": [{"code": "a"}, {"code": "a"}]})),
        post("CodeSystem", json!({"resourceType": "CodeSystem", "url": "urn:t:c", "status": "active"})),
        post("CodeSystem", json!({"resourceType": "CodeSystem", "url": "urn:t:c", "status": "active", "content": "complete", "concept": [{"display": "a"}]})),
        post("ValueSet", json!({"resourceType": "ValueSet", "url": "urn:t:v", "status": "active", "compose": {"include": [{}]}})),
        post("ValueSet", json!({"resourceType": "ValueSet", "url": "urn:t:v", "status": "active", "compose": {"include": [{"system": "urn:x", "filter": [{"property": "a", "op": "frob", "value": "b"}]}]}})),
        post("ValueSet", json!({"resourceType": "ValueSet", "url": "urn:t:v", "status": "active", "compose": {"include": [{"system": "urn:x", "filter": [{"property": "a", "op": "regex", "value": "("}]}]}})),
        post("ConceptMap", json!({"resourceType": "ConceptMap", "url": "urn:t:m", "status": "active", "group": [{"element": [{"code": "a", "target": [{"code": "b", "equivalence": "frob"}]}]}]})),
    ]);
    all
}
