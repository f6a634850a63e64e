//! PV1, PV2 -> Encounter.

use meridian_hl7v2::Segment;
use serde_json::{Value, json};

use super::{
    Group, bundle,
    context::{Context, Held, clean},
    identity, merge,
    patient::{Patient, drop_backward_period},
    place::set,
    plan::{Plan, Stay},
    rows::apply,
    tables::{MessageRule, Write},
};

/// The visit of a message. It is added last, because diagnoses belong into it.
pub(crate) struct Visit {
    pub(crate) url: String,
    /// What makes the visit's diagnoses its own.
    pub(crate) key: String,
    pub(crate) resource: Value,
    stay: Stay,
    write: Write,
    system: String,
    value: String,
    held: Held,
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
    let stay = stay(cx, rule, pv1, &mut resource);
    if !stay.classed {
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
    merge::begin(&mut resource, &stay);
    let url = cx.urn("Encounter", &system, &value);
    let held = cx.hold();
    // What only says that there is a visit must not overwrite what another message said of it.
    let write = rule.visit;
    if write == Write::Create {
        cx.add(Plan::Make, &url, resource.clone(), &system, &value);
    }
    Some(Visit { url, key: format!("{system}|{value}"), resource, stay, write, system, value, held })
}

/// What the event says of status and places; those leave the resource.
fn stay(cx: &Context<'_>, rule: &MessageRule, pv1: Segment<'_>, resource: &mut Value) -> Stay {
    let places = resource.as_object_mut().and_then(|members| members.shift_remove("location"));
    let place = |kind: &str| {
        let all = places.as_ref().and_then(Value::as_array).into_iter().flatten();
        let mut of = all.filter(|one| one.get("status").and_then(Value::as_str) == Some(kind));
        of.next().and_then(|one| one.get("location").cloned())
    };
    Stay {
        act: rule.act,
        status: rule.status.clone().unwrap_or_else(|| "unknown".to_owned()),
        when: cx.happened.clone(),
        started: resource.pointer("/period/start").and_then(Value::as_str).map(str::to_owned),
        ended: resource.pointer("/period/end").and_then(Value::as_str).map(str::to_owned),
        planned: clean(pv1.field(2)).is_some_and(|class| class.eq_ignore_ascii_case("P")),
        classed: resource.get("class").is_some(),
        assigned: place("assigned"),
        prior: place("prior"),
        temporary: place("temporary"),
        pending: place("pending"),
        left: place("left"),
    }
}

/// Adds the visit of an ADT message, with its diagnoses.
pub(crate) fn finish(cx: &mut Context<'_>, visit: Option<Visit>, diagnoses: Vec<Value>) {
    if let Some(mut visit) = visit.filter(|visit| visit.write == Write::Update) {
        if !diagnoses.is_empty() {
            set(&mut visit.resource, "diagnosis", Value::Array(diagnoses));
        }
        cx.restore(visit.held);
        let plan = Plan::Visit(Box::new(visit.stay));
        cx.add(plan, &visit.url, visit.resource, &visit.system, &visit.value);
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
