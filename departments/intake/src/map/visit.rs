//! PV1, PV2 -> Encounter.

use meridian_hl7v2::Segment;
use serde_json::{Value, json};

use super::{
    Group, bundle,
    context::{Context, clean},
    identity,
    patient::{Patient, drop_backward_period},
    place::set,
    rows::apply,
    tables::{MessageRule, Write},
};

/// The visit of a message. It is added last, because diagnoses belong into it.
pub(crate) struct Visit {
    pub(crate) url: String,
    /// What makes the visit's diagnoses its own.
    pub(crate) key: String,
    pub(crate) resource: Value,
    write: Write,
    system: String,
    value: String,
    clears: Vec<String>,
}

impl Visit {
    pub(crate) fn reference(&self) -> Value {
        json!({"reference": self.url})
    }
}

/// Maps the visit; `None` when the message has none, or none that can be found again.
pub(crate) fn map(cx: &mut Context<'_>, rule: &MessageRule, group: &Group<'_>, patient: &Patient) -> Option<Visit> {
    let pv1 = group.first("PV1").filter(|_| rule.visit != Write::None)?;
    let (identifier, system, value) = key(cx, rule, pv1, patient)?;
    let mut resource = cx.resource("Encounter");
    set(&mut resource, "identifier", json!([identifier]));
    set(&mut resource, "status", json!(rule.status.as_deref().unwrap_or("unknown")));
    let scope: Vec<Segment<'_>> = [Some(pv1), group.first("PV2")].into_iter().flatten().collect();
    let tables = cx.tables;
    apply(cx, tables.rows("Encounter"), &scope, &mut resource);
    set(&mut resource, "subject", patient.reference());
    let status = status(rule, pv1, &resource);
    set(&mut resource, "status", json!(status));
    if resource.get("class").is_none() {
        // The element is required; the null flavour says that nothing was said.
        let system = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
        set(&mut resource, "class", json!({"system": system, "code": "UNK", "display": "unknown"}));
    }
    drop_backward_period(cx, &mut resource, "PV1-45");
    let institution = json!({"system": "https://meridian.example/id/institution", "value": cx.feed.institution});
    set(&mut resource, "serviceProvider", json!({"type": "Organization", "identifier": institution}));
    if let Some(name) = &cx.feed.name {
        set(&mut resource, "serviceProvider.display", json!(name));
    }
    if clean(pv1.field(2)).as_deref() == Some("P")
        && let Some(place) = resource.pointer_mut("/location/0/status")
    {
        *place = json!("planned");
    }
    let url = cx.urn("Encounter", &system, &value);
    let clears = cx.hold_clears();
    // What only says that there is a visit must not overwrite what another message said of it.
    let write = rule.visit;
    if write == Write::Create {
        cx.add(write, &url, resource.clone(), &system, &value);
    }
    Some(Visit { url, key: format!("{system}|{value}"), resource, write, system, value, clears })
}

/// Adds the visit of an ADT message, with its diagnoses.
pub(crate) fn finish(cx: &mut Context<'_>, visit: Option<Visit>, diagnoses: Vec<Value>) {
    if let Some(mut visit) = visit.filter(|visit| visit.write == Write::Update) {
        if !diagnoses.is_empty() {
            set(&mut visit.resource, "diagnosis", Value::Array(diagnoses));
        }
        cx.restore_clears(visit.clears);
        cx.add(visit.write, &visit.url, visit.resource, &visit.system, &visit.value);
    }
}

/// The visit number; else resident and time of admission; else, for a message that begins a visit, the message.
fn key(
    cx: &mut Context<'_>,
    rule: &MessageRule,
    pv1: Segment<'_>,
    patient: &Patient,
) -> Option<(Value, String, String)> {
    if let Some(mut identifier) = identity::identifier(cx, pv1.field(19), Some("VN"), "PV1-19") {
        let text = |name: &str| identifier.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let value = text("value");
        // A visit number is the institution's whatever its assigner is called: the system must be its own.
        let system = cx.feed.system("visit");
        set(&mut identifier, "system", json!(system));
        return Some((identifier, system, value));
    }
    if rule.visit != Write::Update {
        return None;
    }
    let admitted = clean(pv1.field(44));
    let parts = match (&admitted, rule.opens) {
        (Some(admitted), _) => vec![patient.key.as_str(), admitted.as_str()],
        (None, true) => vec![patient.key.as_str(), cx.control.as_str()],
        (None, false) => {
            cx.warn("PV1-19", "no visit number: the visit is left out");
            return None;
        }
    };
    let value = bundle::fingerprint(&parts);
    cx.warn("PV1-19", "no visit number");
    let system = cx.feed.system("visit-unnumbered");
    Some((json!({"use": "secondary", "system": system, "value": value}), system, value))
}

fn status(rule: &MessageRule, pv1: Segment<'_>, resource: &Value) -> String {
    let by_event = rule.status.as_deref().unwrap_or("unknown");
    let cancelled = by_event == "cancelled";
    let ended = resource.pointer("/period/end").is_some();
    let planned = clean(pv1.field(2)).is_some_and(|class| class.eq_ignore_ascii_case("P"));
    match (cancelled, ended, planned) {
        (true, _, _) => "cancelled",
        (_, true, _) => "finished",
        (_, _, true) => "planned",
        _ => by_event,
    }
    .to_owned()
}
