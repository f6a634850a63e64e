//! Coded values: CE, CWE, CNE, CF, IS, ID.

use meridian_conformance::terms::{Spelled, Terms};
use meridian_hl7v2::Part;
use serde_json::{Map, Value, json};

use super::{
    bundle,
    context::{Context, clean},
    tables::{Code, CodeTable},
};

/// Where HL7's tables begin.
pub(super) const HL7: &str = "http://terminology.hl7.org/CodeSystem/v2-";

/// A code for an element of FHIR's type `code`; `None` (with a warning) when the table does not know it.
pub(crate) fn code(cx: &mut Context<'_>, table: &str, part: Part<'_>, at: &str) -> Option<Value> {
    let sent = clean(part)?;
    let tables = cx.tables;
    let table = tables.codes(table)?;
    if let Some(found) = table.get(&sent).or_else(|| clean(part.comp(2)).and_then(|text| table.get(&text))) {
        return Some(json!(found.code));
    }
    if !table.quiet {
        cx.warn(at, "code not in its table");
    }
    table.other.as_ref().map(|other| json!(other))
}

/// A `Coding`: the table's, else the sender's own.
pub(crate) fn coding(cx: &mut Context<'_>, table: &str, part: Part<'_>, at: &str) -> Option<Value> {
    let tables = cx.tables;
    let known = tables.codes(table);
    let bare = table_of(cx, Some(table));
    match mapped(known, part) {
        Some(found) => Some(standard(found)),
        None => own(cx, bare, part, 1, at).or_else(|| {
            let display = clean(part.comp(2))?;
            Some(json!({"display": display}))
        }),
    }
}

/// A `CodeableConcept`: the table's coding when it knows the code, and always what was sent that the table's coding
/// does not say: unknown and local codes under their system, and the words.
pub(crate) fn concept(cx: &mut Context<'_>, table: Option<&str>, part: Part<'_>, at: &str) -> Option<Value> {
    let tables = cx.tables;
    let known = table.and_then(|table| tables.codes(table));
    let from_table = mapped(known, part);
    let mut codings: Vec<Value> = Vec::new();
    if let Some(found) = from_table {
        codings.push(standard(found));
    } else {
        codings.extend(translated(cx, part, 1, at));
        let bare = table_of(cx, table);
        codings.extend(own(cx, bare, part, 1, at));
    }
    for first in [4, 10] {
        codings.extend(translated(cx, part, first, at).filter(|coding| !codings.contains(coding)));
        codings.extend(own(cx, None, part, first, at).filter(|coding| !codings.contains(coding)));
    }
    codings.extend(known.and_then(|table| called(table, part)).filter(|coding| !codings.contains(coding)));
    let words = [9, 2, 5, 11].into_iter().find_map(|n| clean(part.comp(n)));
    let text = words.or_else(|| from_table.and_then(|found| found.display.clone())).or_else(|| clean(part));
    let mut out = Map::new();
    if !codings.is_empty() {
        out.insert("coding".into(), Value::Array(codings));
    }
    if let Some(text) = text {
        out.insert("text".into(), json!(text));
    }
    (!out.is_empty()).then_some(Value::Object(out))
}

/// DG1-3 with the coding method of DG1-2 for codes that come without a system.
pub(crate) fn diagnosis(cx: &mut Context<'_>, code: Part<'_>, method: Option<&str>, at: &str) -> Option<Value> {
    let mut concept = concept(cx, None, code, at)?;
    let system = method.filter(|_| code.comp(3).is_empty()).and_then(|method| cx.tables.system(method));
    if let (Some(system), Some(coding)) = (system, concept.pointer_mut("/coding/0/system")) {
        *coding = json!(system);
    }
    Some(concept)
}

/// A concept of words alone.
pub(crate) fn text(part: Part<'_>) -> Option<Value> {
    // CWE in later versions: the words are in 2 or 9, before that the field is a plain string.
    let words = [9, 2, 1].into_iter().find_map(|n| clean(part.comp(n)))?;
    Some(json!({"text": words}))
}

fn mapped<'t>(table: Option<&'t CodeTable>, part: Part<'_>) -> Option<&'t Code> {
    let table = table?;
    let sent = clean(part).or_else(|| clean(part.comp(2)))?;
    table.get(&sent)
}

fn standard(code: &Code) -> Value {
    let mut out = Map::new();
    if let Some(system) = &code.system {
        out.insert("system".into(), json!(system));
    }
    out.insert("code".into(), json!(code.code));
    if let Some(display) = &code.display {
        out.insert("display".into(), json!(display));
    }
    Value::Object(out)
}

/// What the feed's configuration says of a code of the sender's own system.
fn translated(cx: &Context<'_>, part: Part<'_>, first: usize, at: &str) -> Option<Value> {
    let code = clean(part.comp(first))?;
    let system = clean(part.comp(first + 2));
    cx.tables.translation(system.as_deref().unwrap_or(at), &code).map(standard)
}

/// The coding of the system by whose names the table's words are known, for what was sent in words.
fn called(table: &CodeTable, part: Part<'_>) -> Option<Value> {
    let system = table.names.as_ref()?;
    let named = |n| Terms::embedded().called(system, &table.among, &clean(part.comp(n))?);
    let named = [1, 2, 9, 5].into_iter().find_map(named)?;
    Some(standard(&Code { code: named.code, display: named.display, system: Some(system.clone()) }))
}

/// The system of a table's bare codes; a table without a map of its own still names it.
fn table_of(cx: &Context<'_>, table: Option<&str>) -> Option<String> {
    let table = table?;
    match cx.tables.codes(table) {
        Some(known) => known.from.clone(),
        None => cx.tables.system(table),
    }
}

/// The sender's own coding in components `first` … `first + 2` (code, words, system); bare codes are of `table`. A code
/// that the system has not is not said to be one of it: it stays what it is, the institution's own.
fn own(cx: &mut Context<'_>, table: Option<String>, part: Part<'_>, first: usize, at: &str) -> Option<Value> {
    let sent = clean(part.comp(first)).filter(|code| is_code(code))?;
    let named = clean(part.comp(first + 2));
    // CWE.14: the system's OID, for the first triplet.
    let oid = (first == 1).then(|| clean(part.comp(14))).flatten().filter(|oid| is_oid(oid));
    let claimed = match &named {
        Some(name) if is_oid(name) => Some(format!("urn:oid:{name}")),
        Some(name) if name.contains("://") || name.starts_with("urn:") => Some(name.clone()),
        Some(name) => cx.tables.system(name),
        None => oid.map(|oid| format!("urn:oid:{oid}")).or(table),
    };
    let (system, code) = match claimed.and_then(|system| spelled(system, &sent)) {
        Some(known) => known,
        None => {
            if named.as_ref().is_some_and(|name| cx.tables.system(name).is_some()) {
                cx.warn(at, "code not in the system that it names");
            }
            (local(cx, named.as_deref().unwrap_or(at)), sent)
        }
    };
    let mut out = Map::new();
    out.insert("system".into(), json!(system));
    out.insert("code".into(), json!(code));
    if let Some(words) = clean(part.comp(first + 1)) {
        out.insert("display".into(), json!(words));
    }
    Some(Value::Object(out))
}

/// A code as its system writes it; `None` where the system has no such code. Of a system that is not here nothing is
/// known, but that no table of HL7 has codes beyond ASCII.
fn spelled(system: String, sent: &str) -> Option<(String, String)> {
    match Terms::embedded().spelled(&system, sent) {
        Spelled::As(named) => Some((system, named.code)),
        Spelled::Unknown if sent.is_ascii() || !system.starts_with(HL7) => Some((system, sent.to_owned())),
        Spelled::Unknown | Spelled::Wrong => None,
    }
}

/// A code system of the institution: by the name it uses, or by the field in which it sends bare codes.
fn local(cx: &Context<'_>, name: &str) -> String {
    format!("https://meridian.example/code/{}/{}", cx.feed.institution, bundle::percent(name))
}

/// What FHIR lets stand as a code: no blanks but single ones inside, and nothing that is plainly a sentence.
fn is_code(text: &str) -> bool {
    text.chars().count() <= 64 && !text.contains("  ") && !text.contains(['\n', '\t'])
}

pub(crate) fn is_oid(text: &str) -> bool {
    text.contains('.')
        && text.starts_with(['0', '1', '2'])
        && text.split('.').all(|arc| {
            !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'))
        })
}
