//! DG1 -> Condition, AL1 -> AllergyIntolerance, IN1 -> Coverage, and OBX of an ADT message.

use meridian_hl7v2::Segment;
use serde_json::{Value, json};

use super::{
    Group, bundle, codes,
    context::{Context, clean},
    observation::{self, About},
    patient::{Patient, drop_backward_period},
    place::set,
    plan::{Clear, Plan},
    rows::apply,
    visit::Visit,
};

/// Maps them all; gives the entries of `Encounter.diagnosis`. `values` tells whether OBX are the visit's.
pub(crate) fn map(
    cx: &mut Context<'_>,
    group: &Group<'_>,
    patient: &Patient,
    visit: Option<&Visit>,
    values: bool,
) -> Vec<Value> {
    let mut diagnoses = Vec::new();
    for dg1 in group.all("DG1") {
        diagnoses.extend(diagnosis(cx, dg1, patient, visit));
    }
    for al1 in group.all("AL1") {
        allergy(cx, al1, patient);
    }
    for in1 in group.all("IN1") {
        coverage(cx, in1, patient);
    }
    if !values {
        return diagnoses;
    }
    let owner = visit.map_or_else(|| patient.key.clone(), |visit| visit.key.clone());
    let about =
        About { patient, visit, order: None, section: None, time: None, issued: None, code: None, specimen: None };
    // A value of a visit without a time of its own is known by its message.
    let groups = observation::groups(group.segments.iter().copied());
    observation::map_all(cx, &groups, &about, &owner);
    diagnoses
}

/// One diagnosis; gives its entry in `Encounter.diagnosis`.
fn diagnosis(cx: &mut Context<'_>, dg1: Segment<'_>, patient: &Patient, visit: Option<&Visit>) -> Option<Value> {
    let mut resource = cx.resource("Condition");
    let tables = cx.tables;
    apply(cx, tables.rows("Condition"), &[dg1], &mut resource);
    // The coding method of DG1-2 names the system of a bare code.
    let method = clean(dg1.field(2));
    let at = "DG1-3";
    if let Some(code) = codes::diagnosis(cx, dg1.field(3), method.as_deref(), at) {
        let words = resource.pointer("/code/text").cloned();
        set(&mut resource, "code", code);
        if let Some(words) = words.filter(|_| dg1.field(3).comp(2).is_empty()) {
            set(&mut resource, "code.text", words);
        }
    }
    let Some(code) = resource.get("code").cloned() else {
        cx.warn(at, "a diagnosis without code or words");
        return None;
    };
    set(&mut resource, "subject", patient.reference());
    if let Some(visit) = visit {
        set(&mut resource, "encounter", visit.reference());
    }
    let withdrawn = clean(dg1.field(21)).as_deref() == Some("D");
    cx.clear(Clear::whole(if withdrawn { "clinicalStatus" } else { "verificationStatus" }));
    if withdrawn {
        let system = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
        set(&mut resource, "verificationStatus", json!({"coding": [{"system": system, "code": "entered-in-error"}]}));
    } else {
        let system = "http://terminology.hl7.org/CodeSystem/condition-clinical";
        set(&mut resource, "clinicalStatus", json!({"coding": [{"system": system, "code": "active"}]}));
    }
    let system = "http://terminology.hl7.org/CodeSystem/condition-category";
    set(
        &mut resource,
        "category",
        json!([{"coding": [{"system": system, "code": "encounter-diagnosis", "display": "Encounter Diagnosis"}]}]),
    );
    let owner = visit.map_or(patient.key.as_str(), |visit| visit.key.as_str());
    // A sender that numbers its diagnoses (DG1-20) says which one is meant in whatever visit; else it is the visit's.
    let numbered = resource.get("identifier").map(ToString::to_string);
    let value = match &numbered {
        Some(number) => bundle::fingerprint(&[number]),
        None => bundle::fingerprint(&[owner, &named(&code)]),
    };
    let url = add(cx, "diagnosis", "Condition", resource, &value);
    let mut entry = json!({"condition": {"reference": url}});
    if let Some(role) = codes::concept(cx, Some("HL70052"), dg1.field(6), "DG1-6") {
        set(&mut entry, "use", role);
    }
    let rank = clean(dg1.field(15)).and_then(|rank| rank.parse::<u32>().ok()).filter(|rank| *rank > 0);
    if let Some(rank) = rank {
        set(&mut entry, "rank", json!(rank));
    }
    Some(entry).filter(|_| !withdrawn)
}

fn allergy(cx: &mut Context<'_>, al1: Segment<'_>, patient: &Patient) {
    let mut resource = cx.resource("AllergyIntolerance");
    let tables = cx.tables;
    apply(cx, tables.rows("AllergyIntolerance"), &[al1], &mut resource);
    let Some(code) = resource.get("code").cloned() else {
        cx.warn("AL1-3", "an allergy without code or words");
        return;
    };
    if resource.get("category").is_none()
        && let Some(kind) = clean(al1.field(2).comp(2)).or_else(|| clean(al1.field(2)))
    {
        cx.warn("AL1-2", "kind of allergy not in its table");
        set(&mut resource, "note", json!([{"text": kind}]));
    }
    let system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
    set(&mut resource, "clinicalStatus", json!({"coding": [{"system": system, "code": "active"}]}));
    set(&mut resource, "patient", patient.reference());
    let value = bundle::fingerprint(&[&patient.key, &named(&code)]);
    add(cx, "allergy", "AllergyIntolerance", resource, &value);
}

fn coverage(cx: &mut Context<'_>, in1: Segment<'_>, patient: &Patient) {
    let mut resource = cx.resource("Coverage");
    let tables = cx.tables;
    apply(cx, tables.rows("Coverage"), &[in1], &mut resource);
    drop_backward_period(cx, &mut resource, "IN1-13");
    let Some(payor) = resource.pointer("/payor/0/display").and_then(Value::as_str).map(str::to_owned) else {
        cx.warn("IN1-4", "an insurance without a payer");
        return;
    };
    set(&mut resource, "status", json!("active"));
    set(&mut resource, "beneficiary", patient.reference());
    let plan = clean(in1.field(2)).unwrap_or_default();
    let value = bundle::fingerprint(&[&patient.key, &payor, &plan]);
    add(cx, "coverage", "Coverage", resource, &value);
}

/// What a concept is called in a key: its first code, else its words.
fn named(concept: &Value) -> String {
    let text = |pointer| concept.pointer(pointer).and_then(Value::as_str);
    match (text("/coding/0/system"), text("/coding/0/code")) {
        (system, Some(code)) => format!("{}|{code}", system.unwrap_or_default()),
        _ => text("/text").unwrap_or_default().to_owned(),
    }
}

fn add(cx: &mut Context<'_>, what: &str, kind: &str, mut resource: Value, value: &str) -> String {
    let system = cx.feed.system(what);
    let identifier = json!({"system": system, "value": value});
    match resource.get_mut("identifier").and_then(Value::as_array_mut) {
        Some(list) => list.push(identifier),
        None => set(&mut resource, "identifier", json!([identifier])),
    }
    let url = cx.urn(kind, &system, value);
    cx.add(Plan::Merge, &url, resource, &system, value);
    url
}
