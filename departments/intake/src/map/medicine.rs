//! Orders of medicines (RXE, RXO, RXR) -> MedicationRequest.

use meridian_hl7v2::Part;
use serde_json::{Value, json};

use super::{
    context::{Context, clean},
    convert::quantity::{Unit, decimal, quantity},
    observation, order,
    patient::Patient,
    place::set,
    plan::Plan,
    report::Order,
    rows::apply,
    visit::Visit,
};

/// Maps the medicine of an order; `owner` is the order's key.
pub(crate) fn map(cx: &mut Context<'_>, order: &Order<'_>, owner: &str, patient: &Patient, visit: Option<&Visit>) {
    let mut request = cx.resource("MedicationRequest");
    let scope: Vec<_> =
        [order.orc, order.encoded, order.asked, order.route, order.timing].into_iter().flatten().collect();
    let tables = cx.tables;
    apply(cx, tables.rows("MedicationRequest"), &scope, &mut request);
    if request.get("medicationCodeableConcept").is_none() {
        cx.warn("RXE-2", "a medicine without code or words");
        set(&mut request, "medicationCodeableConcept", json!({"text": "unknown"}));
    }
    set(&mut request, "identifier", Value::Array(order::identifiers(cx, order, owner)));
    match order::status(cx, order) {
        Some(status) => set(&mut request, "status", json!(medicine_status(order, &status))),
        None => {
            cx.default("status");
            set(&mut request, "status", json!("unknown"));
        }
    }
    set(&mut request, "intent", json!("order"));
    set(&mut request, "subject", patient.reference());
    if let Some(visit) = visit {
        set(&mut request, "encounter", visit.reference());
    }
    amounts(cx, order, &mut request);
    let notes = observation::notes(order.notes.iter().copied());
    if !notes.is_empty() {
        set(&mut request, "note", Value::Array(notes));
    }
    let system = cx.feed.system("order");
    let url = cx.urn("MedicationRequest", &system, owner);
    cx.add(Plan::Merge, &url, request, &system, owner);
}

/// A request that was withdrawn before anything was given is cancelled; one that was ended is stopped.
fn medicine_status(order: &Order<'_>, status: &str) -> String {
    let control = order.orc.and_then(|orc| clean(orc.field(1))).unwrap_or_default();
    let told = order.orc.and_then(|orc| clean(orc.field(5))).unwrap_or_default();
    let status = match status {
        "revoked" if told == "CA" || matches!(control.as_str(), "CA" | "OC" | "CR") => "cancelled",
        "revoked" => "stopped",
        other => other,
    };
    status.to_owned()
}

/// How much at a time (RXE-3 to 5, RXO-2 to 4) in which words (RXE-7, RXO-7), and how much altogether (RXE-10, RXO-11).
fn amounts(cx: &mut Context<'_>, order: &Order<'_>, request: &mut Value) {
    let field = |rxe: usize, rxo: usize| {
        let told = order.encoded.map(|segment| segment.field(rxe)).filter(|part| !part.is_empty());
        told.or_else(|| order.asked.map(|segment| segment.field(rxo))).filter(|part| !part.is_empty())
    };
    let amount = |cx: &Context<'_>, number: Option<Part<'_>>, unit: Option<Part<'_>>| {
        let unit = unit.map_or_else(Unit::default, |unit| Unit::read(cx, unit));
        Some(quantity(decimal(&clean(number?)?)?, None, &unit))
    };
    let (least, most) = (amount(cx, field(3, 2), field(5, 4)), amount(cx, field(4, 3), field(5, 4)));
    let dose = match (least, most) {
        (Some(low), Some(high)) if low != high => Some(("doseRange", json!({"low": low, "high": high}))),
        (low, high) => low.or(high).map(|dose| ("doseQuantity", dose)),
    };
    let words = field(7, 7).and_then(|part| clean(part.comp(2)).or_else(|| clean(part)));
    let mut dosage = request.pointer("/dosageInstruction/0").cloned().unwrap_or_else(|| json!({}));
    if let Some((element, dose)) = dose {
        set(&mut dosage, "doseAndRate", json!([{element: dose}]));
    }
    if let Some(words) = words {
        set(&mut dosage, "text", json!(words));
    }
    if dosage.as_object().is_some_and(|dosage| !dosage.is_empty()) {
        set(request, "dosageInstruction", json!([dosage]));
    }
    if let Some(supply) = amount(cx, field(10, 11), field(11, 12)) {
        set(request, "dispenseRequest.quantity", supply);
    }
    let repeats = field(12, 13).and_then(clean).and_then(|text| text.parse::<u16>().ok());
    if let Some(repeats) = repeats {
        set(request, "dispenseRequest.numberOfRepeatsAllowed", json!(repeats));
    }
}
