//! OBX (and the NTE after it) -> Observation, or DocumentReference for embedded documents.

use meridian_hl7v2::Segment;
use serde_json::{Value, json};

use super::{
    bundle, codes,
    context::{Context, clean, clean_flat},
    patient::Patient,
    place::set,
    plan::Plan,
    rows::apply,
    value::{self, Given},
    visit::Visit,
};

/// An OBX with what belongs to it: further lines of the same text, notes.
pub(crate) struct ObxGroup<'m> {
    obx: Segment<'m>,
    lines: Vec<Segment<'m>>,
    notes: Vec<Segment<'m>>,
}

/// What the observations of one order share.
pub(crate) struct About<'a> {
    pub(crate) patient: &'a Patient,
    pub(crate) visit: Option<&'a Visit>,
    /// `basedOn`.
    pub(crate) order: Option<Value>,
    /// OBR-24, upper case.
    pub(crate) section: Option<String>,
    /// OBR-7 and OBR-22 for observations that bring no times.
    pub(crate) time: Option<String>,
    pub(crate) issued: Option<String>,
    /// OBR-4 for observations that bring no code.
    pub(crate) code: Option<Value>,
    pub(crate) specimen: Option<String>,
}

/// What became of an OBX.
pub(crate) enum Made {
    Observation { url: String, conclusion: Option<String> },
    Document,
}

/// OBX segments with their notes. Text sent line by line (the same code and sub-id again and again) is one value.
pub(crate) fn groups<'m>(segments: impl Iterator<Item = Segment<'m>>) -> Vec<ObxGroup<'m>> {
    let mut groups: Vec<ObxGroup<'m>> = Vec::new();
    let mut open = false;
    for segment in segments {
        match segment.name() {
            "OBX" => {
                match groups.last_mut().filter(|last| last.notes.is_empty() && same_text(last.obx, segment)) {
                    Some(last) => last.lines.push(segment),
                    None => groups.push(ObxGroup { obx: segment, lines: Vec::new(), notes: Vec::new() }),
                }
                open = true;
            }
            "NTE" if open => {
                if let Some(last) = groups.last_mut() {
                    last.notes.push(segment);
                }
            }
            _ => open = false,
        }
    }
    groups
}

fn same_text(one: Segment<'_>, other: Segment<'_>) -> bool {
    let text = |obx: Segment<'_>| matches!(obx.field(2).raw(), "TX" | "FT" | "ST") && obx.field(6).is_empty();
    let raw = |obx: Segment<'_>, n| obx.field(n).raw().to_owned();
    text(one) && text(other) && (2..=4).all(|n| raw(one, n) == raw(other, n)) && raw(one, 11) == raw(other, 11)
}

/// Maps all groups. `owner` makes their keys unique: the filler's order and service, or visit or resident.
pub(crate) fn map_all(cx: &mut Context<'_>, groups: &[ObxGroup<'_>], about: &About<'_>, owner: &str) -> Vec<Made> {
    groups.iter().filter_map(|group| map(cx, group, about, owner)).collect()
}

fn map(cx: &mut Context<'_>, group: &ObxGroup<'_>, about: &About<'_>, owner: &str) -> Option<Made> {
    let obx = group.obx;
    let mut resource = cx.resource("Observation");
    let tables = cx.tables;
    apply(cx, tables.rows("Observation"), &[obx], &mut resource);
    let code = resource.get("code").cloned();
    let key = key(cx, obx, about, owner);
    let unit = value::unit(cx, obx, code.as_ref());
    let given = value::read(cx, obx, &group.lines, &unit);
    if code.is_none() && matches!(given, Given::Nothing) {
        cx.warn("OBX-3", "neither code nor value");
        return None;
    }
    if let Given::Attachment(attachment) = given {
        document(cx, obx, about, code, &attachment, &key);
        return Some(Made::Document);
    }
    set(&mut resource, "code", code.or_else(|| about.code.clone()).unwrap_or_else(|| json!({"text": "unknown"})));
    set(&mut resource, "subject", about.patient.reference());
    if let Some(visit) = about.visit {
        set(&mut resource, "encounter", visit.reference());
    }
    for (element, shared) in [("effectiveDateTime", &about.time), ("issued", &about.issued)] {
        if let (None, Some(shared)) = (resource.get(element), shared) {
            set(&mut resource, element, json!(shared));
        }
    }
    if let Some(order) = &about.order {
        set(&mut resource, "basedOn", json!([order]));
    }
    if let Some(specimen) = &about.specimen {
        set(&mut resource, "specimen", json!({"reference": specimen}));
    }
    let numeric = matches!(given, Given::Value("valueQuantity" | "valueRange" | "valueRatio", _));
    let conclusion = conclusion(cx, &resource, &given);
    put_value(cx, &mut resource, obx, given);
    if let Some(category) = category(cx, &resource, about.section.as_deref(), numeric) {
        set(&mut resource, "category", json!([{"coding": [category]}]));
    }
    if let Some(range) = value::reference_range(obx.field(7), &unit) {
        set(&mut resource, "referenceRange", json!([range]));
    }
    let notes = notes(group.notes.iter().copied());
    if !notes.is_empty() {
        set(&mut resource, "note", Value::Array(notes));
    }
    if resource.get("status").is_none() {
        set(
            &mut resource,
            "status",
            json!(if about.section.is_some() || about.order.is_some() { "unknown" } else { "final" }),
        );
    }
    let system = cx.feed.system("result");
    let identifier = json!({"system": system, "value": key});
    match resource.get_mut("identifier").and_then(Value::as_array_mut) {
        Some(list) => list.push(identifier),
        None => set(&mut resource, "identifier", json!([identifier])),
    }
    let url = cx.urn("Observation", &system, &key);
    cx.add(Plan::Replace, &url, resource, &system, &key);
    Some(Made::Observation { url, conclusion })
}

/// The same owner, code and sub-id again, in a later message, is the same observation; in the same message it is
/// the next one.
fn key(cx: &mut Context<'_>, obx: Segment<'_>, about: &About<'_>, owner: &str) -> String {
    let raw = |n| obx.field(n).comp(1).raw().trim().to_owned();
    let code = if raw(3).is_empty() { obx.field(3).raw().to_owned() } else { raw(3) };
    let mut key = format!("{owner}/{}", bundle::percent(&code));
    let sub = obx.field(4).raw().trim();
    if !sub.is_empty() {
        key.push('/');
        key.push_str(&bundle::percent(sub));
    }
    if about.order.is_none() && about.section.is_none() && about.time.is_none() {
        // Not part of an order: told apart by its time, else by its message.
        let time = clean(obx.field(14)).unwrap_or_else(|| cx.control.clone());
        key = bundle::fingerprint(&[&key, &time]);
    }
    key = cx.nth(key);
    // An identifier is searched by: keep it short enough for any index.
    if key.len() > 200 { bundle::fingerprint(&[&key]) } else { key }
}

fn put_value(cx: &mut Context<'_>, resource: &mut Value, obx: Segment<'_>, given: Given) {
    match given {
        Given::Value(element, value) => resource[element] = value,
        Given::Several(values) => {
            let code = resource.get("code").cloned().unwrap_or_default();
            let parts: Vec<Value> =
                values.into_iter().map(|(element, value)| json!({"code": code, element: value})).collect();
            set(resource, "component", Value::Array(parts));
        }
        Given::Nothing | Given::Attachment(_) => {
            let status = clean(obx.field(11)).unwrap_or_default();
            let reason = match status.as_str() {
                "X" => "not-performed",
                "N" => "not-asked",
                _ => "unknown",
            };
            if !obx.field(5).is_empty() {
                cx.warn("OBX-5", "value not usable");
            }
            let system = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
            set(resource, "dataAbsentReason", json!({"coding": [{"system": system, "code": reason}]}));
        }
    }
}

/// By the section of the order; vital signs by their code wherever they come from; numbers of an order without a
/// section are taken for laboratory results.
fn category(cx: &Context<'_>, resource: &Value, section: Option<&str>, numeric: bool) -> Option<Value> {
    let system = "http://terminology.hl7.org/CodeSystem/observation-category";
    let codings = resource.pointer("/code/coding").and_then(Value::as_array);
    let vital = codings.into_iter().flatten().any(|coding| {
        coding.get("system").and_then(Value::as_str) == Some("http://loinc.org")
            && coding
                .get("code")
                .and_then(Value::as_str)
                .is_some_and(|code| cx.tables.code("vital-signs", code).is_some())
    });
    if vital {
        return Some(json!({"system": system, "code": "vital-signs", "display": "Vital Signs"}));
    }
    match section {
        Some(section) if !section.is_empty() => {
            let code = cx.tables.code("HL70074-category", section)?;
            Some(json!({"system": code.system, "code": code.code, "display": code.display}))
        }
        Some(_) if numeric => Some(json!({"system": system, "code": "laboratory", "display": "Laboratory"})),
        _ => None,
    }
}

/// The text of an observation that is the conclusion of its report.
fn conclusion(cx: &Context<'_>, resource: &Value, given: &Given) -> Option<String> {
    let Given::Value("valueString", text) = given else { return None };
    let codes = resource.pointer("/code/coding").and_then(Value::as_array).into_iter().flatten();
    let codes = codes.filter_map(|coding| coding.get("code").and_then(Value::as_str));
    let words = resource.pointer("/code/text").and_then(Value::as_str);
    let concludes = codes.chain(words).any(|code| cx.tables.code("conclusion", code).is_some());
    text.as_str().filter(|_| concludes).map(str::to_owned)
}

/// NTE-3, all repetitions, one note for each segment; empty ones are spacing and left out.
pub(crate) fn notes<'m>(segments: impl Iterator<Item = Segment<'m>>) -> Vec<Value> {
    let lines: Vec<String> = segments
        .map(|nte| nte.field(3).reps().filter_map(clean_flat).collect::<Vec<_>>().join("\n"))
        .filter(|text| !text.is_empty())
        .collect();
    // A comment is usually one text cut into lines.
    if lines.is_empty() { Vec::new() } else { vec![json!({"text": lines.join("\n")})] }
}

fn document(
    cx: &mut Context<'_>,
    obx: Segment<'_>,
    about: &About<'_>,
    code: Option<Value>,
    attachment: &Value,
    key: &str,
) {
    let mut resource = cx.resource("DocumentReference");
    let status = codes::code(cx, "HL70085", obx.field(11), "OBX-11");
    let wrong = status == Some(json!("entered-in-error"));
    set(&mut resource, "status", json!(if wrong { "entered-in-error" } else { "current" }));
    match status.as_ref().and_then(Value::as_str) {
        Some("final") => set(&mut resource, "docStatus", json!("final")),
        Some("preliminary") => set(&mut resource, "docStatus", json!("preliminary")),
        Some("amended" | "corrected") => set(&mut resource, "docStatus", json!("amended")),
        _ => {}
    }
    if let Some(code) = code.or_else(|| about.code.clone()) {
        set(&mut resource, "type", code);
    }
    set(&mut resource, "subject", about.patient.reference());
    if let Some(time) = &about.issued {
        set(&mut resource, "date", json!(time));
    }
    set(&mut resource, "content", json!([{"attachment": attachment}]));
    if let Some(visit) = about.visit {
        set(&mut resource, "context", json!({"encounter": [visit.reference()]}));
    }
    let system = cx.feed.system("document");
    set(&mut resource, "identifier", json!([{"system": system, "value": key}]));
    let url = cx.urn("DocumentReference", &system, key);
    cx.add(Plan::Replace, &url, resource, &system, key);
}
