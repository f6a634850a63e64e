//! Bad input at the doors of meaning: XML, profiles, views, patches and expressions made to explode. Each is refused with
//! 4xx and a word about the place, nothing of it is kept, and the server stays within its memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use meridian_testkit::{Answer, Fhir, Options, Server, resident_bytes, say};
use serde_json::{Value, json};

/// What the server may hold at any moment of this.
const BOUND: u64 = 900 << 20;
/// What an answer may take, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);
const XML: &str = "application/fhir+xml";
const JSON: &str = "application/fhir+json";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_to_explode_is_refused_in_bounded_memory() -> anyhow::Result<()> {
    let server = Server::start(Options::default()).await?;
    let fhir = server.operator();
    let process = server.id().context("the process")?;
    let most = Arc::new(AtomicU64::new(0));
    let watch = tokio::spawn(watch(process, Arc::clone(&most)));
    let mut wrong = Wrong::default();

    documents(&fhir, &mut wrong).await?;
    encodings(&fhir, &mut wrong).await?;
    long_texts(&fhir, &mut wrong).await?;
    views(&fhir, &mut wrong).await?;
    products(&fhir, &mut wrong).await?;
    patches(&fhir, &mut wrong).await?;
    definitions(&fhir, &mut wrong).await?;

    watch.abort();
    let peak = most.load(Ordering::Relaxed);
    say(format_args!("{} inputs; memory: {} MB at most", wrong.asked, peak >> 20));
    ensure!(
        wrong.found.is_empty(),
        "{} inputs did not end as they should:\n{}",
        wrong.found.len(),
        wrong.found.join("\n")
    );
    ensure!(peak < BOUND, "the server held {} MB", peak >> 20);
    let kept = fhir.count("Patient?identifier=urn:bad|x").await? + fhir.count("Basic?identifier=urn:bad|x").await?;
    ensure!(kept == 0, "{kept} resources of what was refused were written");
    fhir.create(&json!({"resourceType": "Basic", "code": {"text": "x"}})).await?.expect(201)?;
    Ok(())
}

async fn watch(process: u32, most: Arc<AtomicU64>) {
    while let Ok(now) = resident_bytes(process) {
        most.fetch_max(now, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What did not end as it should.
#[derive(Default)]
struct Wrong {
    asked: u32,
    found: Vec<String>,
}

impl Wrong {
    /// Sends a body, and wants 4xx with an OperationOutcome that says this.
    async fn refuse(
        &mut self,
        fhir: &Fhir,
        what: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
        says: &str,
    ) -> anyhow::Result<()> {
        let answer = self.send(fhir, what, path, kind, body).await?;
        let Some(answer) = answer else { return Ok(()) };
        let is_outcome = answer.text.contains("OperationOutcome");
        if !(400..500).contains(&answer.status) || !is_outcome || !answer.text.contains(says) {
            self.found.push(format!("{what}: expected 4xx and {says:?}, but {answer}"));
        }
        Ok(())
    }

    /// Sends a body, and wants an answer in time that is no fault of the server's.
    async fn send(
        &mut self,
        fhir: &Fhir,
        what: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Option<Answer>> {
        self.asked += 1;
        let (method, path) = path.split_once(' ').unwrap_or(("POST", path));
        let began = Instant::now();
        let headers = [("Content-Type", kind), ("Accept", JSON)];
        let path = format!("/fhir/{path}");
        let sent = fhir.request(method, &path, &headers, Some(body));
        let answer = match tokio::time::timeout(PATIENCE, sent).await {
            Ok(answer) => answer.with_context(|| what.to_owned())?,
            Err(_) => {
                self.found.push(format!("{what}: no answer after {PATIENCE:?}"));
                return Ok(None);
            }
        };
        if began.elapsed() > Duration::from_secs(5) {
            say(format_args!("  {what}: {:.1} s", began.elapsed().as_secs_f64()));
        }
        if answer.status >= 500 {
            self.found.push(format!("{what}: {answer}"));
        }
        Ok(Some(answer))
    }
}

const MARK: &str = r#"<identifier><system value="urn:bad"/><value value="x"/></identifier>"#;

fn patient(inside: &str) -> String {
    format!("<Patient xmlns=\"http://hl7.org/fhir\">{MARK}{inside}</Patient>")
}

/// XML that is none, or more than it seems.
async fn documents(fhir: &Fhir, wrong: &mut Wrong) -> anyhow::Result<()> {
    let entities: String =
        (1..12).map(|n| format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10))).collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY a0 \"ha\">{entities}]>{}", patient("<language value=\"&a11;\"/>"));
    let plain = patient("");
    for (what, text, says) in [
        ("a billion laughs", laughs, "DOCTYPE"),
        ("an external entity", format!("<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\">{plain}"), "DOCTYPE"),
        ("a parameter entity", format!("<!DOCTYPE x [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]>{plain}"), "DOCTYPE"),
        ("an empty document type", format!("<!doctype Patient>{plain}"), ""),
        ("an entity of nobody", patient("<language value=\"&nobody;\"/>"), "Patient"),
        ("a character that is none", patient("<language value=\"a&#0;\"/>"), "Patient"),
        ("a number of no character", patient("<language value=\"&#x110000;\"/>"), "Patient"),
        ("another namespace", plain.replace("hl7.org/fhir", "hl7.org/fhir2"), "http://hl7.org/fhir2"),
        ("no namespace", plain.replace(" xmlns=\"http://hl7.org/fhir\"", ""), "namespace"),
        ("a namespace in the middle", patient("<active xmlns=\"urn:x\" value=\"true\"/>"), "namespace"),
        ("an attribute of another namespace", patient("<active xmlns:x=\"urn:x\" x:value=\"true\"/>"), "Patient.active"),
        ("a prefix of nobody", patient("<x:active value=\"true\"/>"), "line 1"),
        ("an element twice that is one", patient("<active value=\"true\"/><active value=\"false\"/>"), "Patient.active"),
        ("elements out of order", patient("<active value=\"true\"/><id value=\"x\"/>"), "Patient"),
        ("an attribute twice", patient("<active value=\"true\" value=\"false\"/>"), "line 1"),
        ("text between elements", patient("hello"), "Patient"),
        ("two roots", format!("{plain}{plain}"), "root"),
        ("a root that is not closed", plain.replace("</Patient>", ""), "ends"),
        ("tags that cross", patient("<name><family></name></family>"), "line 1"),
        ("a script in the narrative", patient("").replace(MARK, &format!(
            "<text><status value=\"generated\"/><div xmlns=\"http://www.w3.org/1999/xhtml\"><![CDATA[<script>]]><x></div></text>{MARK}")), "line 1"),
        ("a hundred thousand levels", "<a>".repeat(100_000), ""),
        ("levels of extensions", patient("").replace(MARK, &deep(300)), "deep"),
        ("levels in a narrative", format!(
            "<Patient xmlns=\"http://hl7.org/fhir\"><text><status value=\"generated\"/><div xmlns=\"http://www.w3.org/1999/xhtml\">{}{}</div></text></Patient>",
            "<b>".repeat(5_000), "</b>".repeat(5_000)), "deep"),
        ("a hundred thousand attributes", format!("<Patient xmlns=\"http://hl7.org/fhir\" {}/>",
            (0..100_000).map(|n| format!("a{n}=\"\" ")).collect::<String>()), "attributes"),
        ("a hundred thousand namespaces", format!("<Patient xmlns=\"http://hl7.org/fhir\" {}/>",
            (0..100_000).map(|n| format!("xmlns:a{n}=\"urn:{n}\" ")).collect::<String>()), ""),
        ("a million elements", patient(&"<given/>".repeat(1_000_000)), "Patient.given"),
        ("a comment without an end", format!("<!--{plain}"), ""),
        ("a stylesheet and nothing else", "<?xml-stylesheet href=\"http://127.0.0.1:1/x\"?>".to_owned(), ""),
        ("XML 1.1", format!("<?xml version=\"1.1\"?>{plain}"), "1.0"),
        ("nothing", String::new(), ""),
    ] {
        wrong.refuse(fhir, what, "Patient", XML, text.into_bytes(), says).await?;
    }
    // Inside of a Bundle and of an operation it is no better.
    let inside = format!(
        "<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"transaction\"/><entry><resource>{}</resource>\
        <request><method value=\"POST\"/><url value=\"Patient\"/></request></entry></Bundle>",
        patient("<shoe value=\"42\"/>")
    );
    wrong.refuse(fhir, "a Bundle with a stranger", "", XML, inside.into_bytes(), "shoe").await?;
    let asks = "<!DOCTYPE x><Parameters xmlns=\"http://hl7.org/fhir\"/>";
    wrong.refuse(fhir, "an operation with a document type", "Patient/$validate", XML, asks.into(), "DOCTYPE").await
}

fn deep(levels: usize) -> String {
    format!("{}{}", "<extension url=\"urn:x\">".repeat(levels), "</extension>".repeat(levels))
}

/// Bytes that are not what they say.
async fn encodings(fhir: &Fhir, wrong: &mut Wrong) -> anyhow::Result<()> {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let named = patient("<name><family value=\"王\"/></name>");
    for (what, bytes, says) in [
        ("UTF-16 without a mark", wide(&named), "UTF-16"),
        ("UTF-16 that says UTF-8", [vec![0xff, 0xfe], wide(&format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{named}"))].concat(), "utf-8"),
        ("half of a UTF-16 pair", [vec![0xff, 0xfe], wide(&named), vec![0x00, 0xd8, 0x20, 0x00]].concat(), "UTF-16"),
        ("Latin-1 that says so", b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Patient xmlns=\"http://hl7.org/fhir\"><language value=\"caf\xe9\"/></Patient>".to_vec(), "ISO-8859-1"),
        ("Latin-1 that says nothing", b"<Patient xmlns=\"http://hl7.org/fhir\">\n<language value=\"caf\xe9\"/></Patient>".to_vec(), "line 2"),
        ("UTF-8 that says UTF-16", format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{named}").into_bytes(), "UTF-16"),
        ("UTF-32", [vec![0xff, 0xfe, 0, 0], wide(&named)].concat(), "UTF-32"),
        ("too long a way to write a slash", b"<Patient xmlns=\"http://hl7.org/fhir\">\n\n<language value=\"\xc0\xaf\"/></Patient>".to_vec(), "line 3"),
    ] {
        wrong.refuse(fhir, what, "Patient", XML, bytes, says).await?;
    }
    for (what, bytes, says) in [
        ("JSON in UTF-16", wide(r#"{"resourceType":"Patient"}"#), ""),
        ("JSON in Latin-1", b"{\"resourceType\":\"Patient\",\n\"language\":\"caf\xe9\"}".to_vec(), "line 2"),
        ("half of a surrogate pair", br#"{"resourceType":"Patient","language":"\ud800"}"#.to_vec(), "line 1"),
    ] {
        wrong.refuse(fhir, what, "Patient", JSON, bytes, says).await?;
    }
    // A byte order mark before JSON or XML says what is there anyway; UTF-16 with one is a form of XML.
    let mark = [0xef, 0xbb, 0xbf];
    for (what, kind, bytes) in [
        ("JSON with a mark", JSON, [&mark[..], br#"{"resourceType":"Patient","gender":"male"}"#].concat()),
        ("XML with a mark", XML, [&mark[..], patient("").replace("urn:bad", "urn:good").as_bytes()].concat()),
        ("XML in UTF-16", XML, [vec![0xff, 0xfe], wide(&named.replace("urn:bad", "urn:good"))].concat()),
    ] {
        let answer = wrong.send(fhir, what, "Patient", kind, bytes).await?.context(what)?;
        answer.expect(201).context(what)?;
    }
    let kept = fhir.all("Patient?identifier=urn:good|x&family=王").await?;
    ensure!(kept.len() == 1, "the name in UTF-16 is not found");
    Ok(())
}

/// Texts of megabytes: R4 allows one.
async fn long_texts(fhir: &Fhir, wrong: &mut Wrong) -> anyhow::Result<()> {
    let long = "王".repeat((5 << 20) / 3);
    let json = json!({"resourceType": "Patient", "gender": "male", "name": [{"text": long}]}).to_string();
    let xml = format!("<Patient xmlns=\"http://hl7.org/fhir\"><name><text value=\"{long}\"/></name></Patient>");
    for (kind, body) in [(JSON, json.clone()), (XML, xml)] {
        let answer = wrong.send(fhir, "5 MB to judge", "Patient/$validate", kind, body.into_bytes()).await?;
        let answer = answer.context("5 MB to judge")?;
        ensure!(answer.text.contains("Patient.name[0].text") && answer.text.contains("error"), "{kind}: {answer}");
        ensure!(answer.text.len() < 10_000, "the text came back: {} bytes", answer.text.len());
    }
    // What an institution sends is kept as it was sent, and comes back so.
    if let Some(answer) = wrong.send(fhir, "5 MB to keep", "Patient", JSON, json.into_bytes()).await?
        && answer.status == 201
    {
        let back = fhir.get(&format!("Patient/{}", answer.id()?)).await?.good()?;
        ensure!(back.pointer("/name/0/text") == Some(&json!(long)), "5 MB were changed");
    }
    let code = json!({"resourceType": "Parameters", "parameter": [{"name": "url",
        "valueUri": "http://hl7.org/fhir/ValueSet/administrative-gender"}, {"name": "code", "valueCode": "m".repeat(900_000)}]});
    let answer =
        wrong.send(fhir, "a megabyte code", "ValueSet/$validate-code", JSON, code.to_string().into_bytes()).await?;
    ensure!(answer.is_some_and(|answer| answer.text.len() < 10_000), "the code came back");
    Ok(())
}

fn asked(view: &Value, resources: &[Value]) -> Vec<u8> {
    let mut parameter = vec![json!({"name": "viewResource", "resource": view})];
    parameter.extend(resources.iter().map(|one| json!({"name": "resource", "resource": one})));
    json!({"resourceType": "Parameters", "parameter": parameter}).to_string().into_bytes()
}

fn columns(paths: impl IntoIterator<Item = String>) -> Value {
    let column = |(n, path): (usize, String)| json!({"name": format!("c{n}"), "path": path});
    let columns: Vec<Value> = paths.into_iter().enumerate().map(column).collect();
    json!({"resourceType": "ViewDefinition", "status": "active", "resource": "Patient", "select": [{"column": columns}]})
}

/// Views that no resource need reach.
async fn views(fhir: &Fhir, wrong: &mut Wrong) -> anyhow::Result<()> {
    let one = json!({"resourceType": "Patient", "id": "x", "gender": "male"});
    let mut nested = json!({"column": [{"name": "a", "path": "id"}]});
    for _ in 0..20 {
        nested = json!({"select": [nested]});
    }
    let nested =
        json!({"resourceType": "ViewDefinition", "status": "active", "resource": "Patient", "select": [nested]});
    let branch = json!({"column": [{"name": "a", "path": "id"}]});
    let union = json!({"resourceType": "ViewDefinition", "status": "active", "resource": "Patient",
        "select": [{"unionAll": vec![branch; 3_000]}]});
    for (what, view, says) in [
        ("10,000 columns", columns((0..10_000).map(|_| "id".to_owned())), "at most"),
        (
            "parentheses without end",
            columns([format!("{}id{}", "(".repeat(50_000), ")".repeat(50_000))]),
            "column[0].path",
        ),
        ("signs without end", columns(["-".repeat(50_000) + "1"]), "column[0].path"),
        ("a path of a megabyte", columns([format!("id{}", ".id".repeat(200_000))]), ""),
        (
            "a type that there is not",
            columns(["id".to_owned()]).to_string().replace("\"Patient\"", "\"Dog\"").parse()?,
            "Dog",
        ),
    ] {
        wrong.refuse(fhir, what, "ViewDefinition/$run", JSON, asked(&view, std::slice::from_ref(&one)), says).await?;
    }
    for (what, view) in [("selects in selects", nested), ("3,000 branches", union)] {
        wrong.send(fhir, what, "ViewDefinition/$run", JSON, asked(&view, std::slice::from_ref(&one))).await?;
    }
    Ok(())
}

/// Views that are harmless until a resource comes.
async fn products(fhir: &Fhir, wrong: &mut Wrong) -> anyhow::Result<()> {
    let names: Vec<Value> = (0..200).map(|n| json!({"family": format!("f{n}")})).collect();
    let many = json!({"resourceType": "Patient", "id": "many", "name": names});
    let each = |n: usize| json!({"forEach": "name", "column": [{"name": format!("c{n}"), "path": "family"}]});
    let side = json!({"resourceType": "ViewDefinition", "status": "active", "resource": "Patient",
        "select": (0..8).map(each).collect::<Vec<_>>()});
    let mut inner = json!({"column": [{"name": "a", "path": "family"}]});
    for _ in 0..6 {
        inner = json!({"forEach": "%resource.name", "select": [inner]});
    }
    let within =
        json!({"resourceType": "ViewDefinition", "status": "active", "resource": "Patient", "select": [inner]});
    let wide = {
        let columns: Vec<Value> = (0..2_000).map(|n| json!({"name": format!("c{n}"), "path": "%rowIndex"})).collect();
        json!({"resourceType": "ViewDefinition", "status": "active", "resource": "Patient",
            "select": [{"forEach": "%resource.name | %resource.name.family | %resource.name.select($this.family & '2') \
                | %resource.name.select($this.family & '3')", "select": [{"forEachOrNull": "%resource.name", "column": columns}]}]})
    };
    let grown = |path: &str| columns([path.to_owned()]);
    let round = json!({"resourceType": "ViewDefinition", "status": "active", "resource": "Patient",
        "select": [{"repeat": ["%resource"], "column": [{"name": "a", "path": "id"}]}]});
    let twice = "select($this & $this)".to_owned();
    let doubled = format!("id.{}.length()", vec![twice; 60].join("."));
    let pairs = "%resource.name.select(%resource.name.select(%resource.name.select(%resource.name.family))).count()";
    for (what, view, says) in [
        ("a product of forEach", side, "cells"),
        ("forEach in forEach", within, "cells"),
        ("forEach over 2,000 columns", wide, "cells"),
        ("a repeat that leads to itself", round, "on and on"),
        ("texts that double", grown(&doubled), "select[0].column[0].path"),
        ("a walk of walks", grown(pairs), "steps"),
    ] {
        wrong.refuse(fhir, what, "ViewDefinition/$run", JSON, asked(&view, std::slice::from_ref(&many)), says).await?;
    }
    // These may be answered, in time.
    for (what, path) in [
        ("descendants of descendants", "descendants().descendants().descendants().descendants().count()"),
        (
            "an aggregate that grows",
            "name.aggregate($total | name.select(family & $index.toString() & id), {}).count()",
        ),
        ("a pattern that backtracks elsewhere", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('((a+)+)+((a+)+)+$')"),
        ("a pattern that is large", "'a'.matches('(((a{1,200}){1,200}){1,200}){1,200}')"),
        ("a number of many digits", "(2.0).power(100000).toString().length()"),
    ] {
        wrong.send(fhir, what, "ViewDefinition/$run", JSON, asked(&grown(path), std::slice::from_ref(&many))).await?;
    }
    // A long text in many columns and rows.
    let long = json!({"resourceType": "Patient", "id": "long", "name": vec![json!({"text": "x"}); 300],
        "address": [{"text": "y".repeat(1 << 20)}]});
    let paths = (0..1_000).map(|_| "%resource.address.text".to_owned());
    let answer = wrong
        .send(
            fhir,
            "a gigabyte in a row",
            "ViewDefinition/$run?_format=csv",
            JSON,
            asked(&columns(paths), std::slice::from_ref(&long)),
        )
        .await?;
    ensure!(answer.is_some_and(|answer| answer.status == 422), "a row of a gigabyte");
    Ok(())
}

/// Patches that grow, or lead nowhere.
async fn patches(fhir: &Fhir, wrong: &mut Wrong) -> anyhow::Result<()> {
    let names: Vec<Value> = (0..200).map(|n| json!({"family": format!("f{n}")})).collect();
    let made = fhir.create(&json!({"resourceType": "Patient", "name": names})).await?.expect(201)?.id()?;
    let operation = |kind: &str, path: &str| {
        json!({"name": "operation", "part": [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path},
            {"name": "name", "valueString": "name"}, {"name": "value", "valueHumanName": {"text": "x"}}]})
    };
    let moved = |kind: &str, path: &str, places: [(&str, i64); 2]| {
        let mut one = operation(kind, path);
        let parts = one.get_mut("part").and_then(Value::as_array_mut);
        parts.into_iter().for_each(|parts| {
            parts.extend(places.map(|(name, place)| json!({"name": name, "valueInteger": place})));
        });
        one
    };
    let document = |operations: Vec<Value>| {
        json!({"resourceType": "Parameters", "parameter": operations}).to_string().into_bytes()
    };
    let path = format!("PATCH Patient/{made}");
    let pairs = "Patient.name.where(%resource.name.select(%resource.name.select(%resource.name)).count() > 0)";
    for (what, body) in [
        ("an index beyond all", document(vec![moved("insert", "Patient.name", [("index", 2_000_000_000), ("x", 0)])])),
        ("an index before all", document(vec![moved("insert", "Patient.name", [("index", -1), ("x", 0)])])),
        (
            "a move beyond all",
            document(vec![moved("move", "Patient.name", [("source", 0), ("destination", 2_000_000_000)])]),
        ),
        ("a move from before all", document(vec![moved("move", "Patient.name", [("source", -5), ("destination", 0)])])),
        ("an operation that there is not", document(vec![operation("steal", "Patient.name")])),
        ("a path that explodes", document(vec![operation("delete", pairs)])),
        ("a path that is none", document(vec![operation("delete", "Patient.name.where(")])),
        ("a path of parentheses", document(vec![operation("delete", &format!("{}name", "(".repeat(20_000)))])),
        ("a path to everything", document(vec![operation("delete", "descendants()")])),
        ("the resource itself", document(vec![operation("delete", "Patient")])),
        (
            "parts of another shape",
            br#"{"resourceType":"Parameters","parameter":[{"name":"operation","valueString":"x"}]}"#.to_vec(),
        ),
    ] {
        wrong.refuse(fhir, what, &path, JSON, body, "").await?;
    }
    let many = document((0..3_000).map(|_| operation("add", "Patient")).collect());
    wrong.send(fhir, "3,000 operations", &path, JSON, many).await?;
    let now = fhir.get(&format!("Patient/{made}")).await?.good()?;
    let version = now.pointer("/meta/versionId").and_then(Value::as_str).unwrap_or_default();
    ensure!(["1", "2"].contains(&version), "half of a patch was written: version {version}");
    Ok(())
}

/// What is posted to be in force and would break whatever it is asked of.
async fn definitions(fhir: &Fhir, wrong: &mut Wrong) -> anyhow::Result<()> {
    let parameter = |code: &str, expression: &str| {
        json!({"resourceType": "SearchParameter", "url": format!("http://bad.example/{code}"), "name": code, "status": "active",
            "description": "x", "code": code, "base": ["Patient"], "type": "string", "expression": expression})
    };
    for (what, expression) in [
        ("a parameter that is no path", "Patient.name.(".to_owned()),
        ("a parameter of parentheses", format!("{}Patient.name.family{}", "(".repeat(20_000), ")".repeat(20_000))),
        ("a parameter of signs", "-".repeat(20_000) + "Patient.name"),
    ] {
        let body = parameter("bad-path", &expression).to_string().into_bytes();
        wrong.refuse(fhir, what, "SearchParameter", JSON, body, "").await?;
    }
    // One that costs more than it may, where somebody has many names: it may be refused, but what it is asked of is not lost.
    let walk = "Patient.name.select(%resource.name.select(%resource.name.select(%resource.name.family)))";
    let posted = wrong
        .send(
            fhir,
            "a parameter that explodes",
            "SearchParameter",
            JSON,
            parameter("explodes", walk).to_string().into_bytes(),
        )
        .await?;
    let names: Vec<Value> = (0..300).map(|n| json!({"family": format!("f{n}")})).collect();
    let many = json!({"resourceType": "Patient", "name": names}).to_string().into_bytes();
    let answer = wrong.send(fhir, "a Patient for it", "Patient", JSON, many).await?;
    if let (Some(posted), Some(answer)) = (posted, answer) {
        say(format_args!("  a parameter that explodes: {}, a Patient for it: {}", posted.status, answer.status));
        ensure!(answer.status < 500, "{answer}");
        if posted.status == 201 {
            ensure!(fhir.delete(&format!("SearchParameter/{}", posted.id()?)).await?.status < 300, "delete");
        }
    }
    // A profile whose rule explodes says so, and judges the rest.
    let names: Vec<Value> = (0..300).map(|n| json!({"family": format!("f{n}")})).collect();
    let profile = json!({"resourceType": "StructureDefinition", "id": "explodes", "url": "http://bad.example/explodes", "name": "X",
        "status": "active", "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient", "differential": {"element": [{"id": "Patient",
            "path": "Patient", "constraint": [{"key": "bad-1", "severity": "error", "human": "x", "expression":
                "name.select(%resource.name.select(%resource.name.select(%resource.name.family))).count() > 0"}]}]}});
    fhir.put("StructureDefinition/explodes", &profile).await?.expect(201)?;
    let body = json!({"resourceType": "Patient", "name": names, "gender": "dog"}).to_string().into_bytes();
    let path = "Patient/$validate?profile=http://bad.example/explodes";
    if let Some(answer) = wrong.send(fhir, "a rule that explodes", path, JSON, body).await? {
        ensure!(answer.text.contains("bad-1") && answer.text.contains("Patient.gender"), "{answer}");
    }
    ensure!(fhir.delete("StructureDefinition/explodes").await?.status < 300, "delete");
    // More faults than anybody reads.
    let links: Vec<Value> = (0..20_000).map(|_| json!({"other": {"reference": "x"}, "type": "dog"})).collect();
    let body = json!({"resourceType": "Patient", "link": links}).to_string().into_bytes();
    if let Some(answer) = wrong.send(fhir, "20,000 faults", "Patient/$validate", JSON, body).await? {
        ensure!(answer.text.len() < 2 << 20, "{} bytes of faults", answer.text.len());
    }
    Ok(())
}
