//! PID, PD1, NK1 -> Patient.

use meridian_hl7v2::Segment;
use serde_json::{Value, json};

use super::{
    Group, bundle,
    context::{Context, clean},
    identity,
    park::{Park, Reason},
    place::set,
    plan::Plan,
    rows::apply,
    tables::{MessageRule, Write},
};

/// The resident of a message as the other resources see it.
pub(crate) struct Patient {
    /// `urn:uuid:…`.
    pub(crate) url: String,
    /// `system|value` of the identifier that finds the record again.
    pub(crate) key: String,
    pub(crate) display: Option<String>,
}

impl Patient {
    pub(crate) fn reference(&self) -> Value {
        let mut reference = json!({"reference": self.url});
        if let Some(display) = &self.display {
            set(&mut reference, "display", json!(display));
        }
        reference
    }
}

/// Maps the resident.
///
/// Without any number in PID the resident is told, with a warning, by the visit; or by name and order together.
/// Such a record is provisional: no number joins it to a person.
///
/// # Errors
/// `NoPatientIdentifier` when nothing tells the resident.
pub(crate) fn map(cx: &mut Context<'_>, rule: &MessageRule, group: &Group<'_>) -> Result<Patient, Park> {
    let (resource, system, value) = read(cx, group)?;
    let plan = if rule.patient == Write::Update { Plan::Merge } else { Plan::Make };
    Ok(add(cx, plan, resource, &system, &value))
}

/// The resident with the identifier that finds the record again.
///
/// # Errors
/// As [`map`].
pub(crate) fn read(cx: &mut Context<'_>, group: &Group<'_>) -> Result<(Value, String, String), Park> {
    let mut resource = cx.resource("Patient");
    let scope: Vec<Segment<'_>> = [Some(group.pid), group.first("PD1")].into_iter().flatten().collect();
    let tables = cx.tables;
    apply(cx, tables.rows("Patient"), &scope, &mut resource);
    let identifiers = resource.get("identifier").and_then(Value::as_array).cloned().unwrap_or_default();
    let (system, value) = match identity::key(cx, &identifiers) {
        Some(key) => key,
        None => provisional(cx, group)?,
    };
    with_key(&mut resource, &system, &value);
    contacts(cx, group, &mut resource);
    set(&mut resource, "managingOrganization", manager(cx));
    Ok((resource, system, value))
}

/// Adds the resident to the transaction.
pub(crate) fn add(cx: &mut Context<'_>, plan: Plan, resource: Value, system: &str, value: &str) -> Patient {
    let display = resource.pointer("/name/0/text").and_then(Value::as_str).map(str::to_owned);
    let url = cx.urn("Patient", system, value);
    cx.add(plan, &url, resource, system, value);
    Patient { url, key: format!("{system}|{value}"), display }
}

/// The identifier that finds it is always among its identifiers.
pub(crate) fn with_key(resource: &mut Value, system: &str, value: &str) {
    let list = resource.get_mut("identifier").and_then(Value::as_array_mut);
    if list.as_ref().is_some_and(|list| list.iter().any(|known| known.get("system") == Some(&json!(system)))) {
        return;
    }
    let added = json!({"use": "secondary", "system": system, "value": value});
    match list {
        Some(list) => list.push(added),
        None => set(resource, "identifier", json!([added])),
    }
}

/// The institution whose record it is.
pub(crate) fn manager(cx: &Context<'_>) -> Value {
    let institution = json!({"system": "https://meridian.example/id/institution", "value": cx.feed.institution});
    let mut manager = json!({"type": "Organization", "identifier": institution});
    if let Some(name) = &cx.feed.name {
        set(&mut manager, "display", json!(name));
    }
    manager
}

fn provisional(cx: &mut Context<'_>, group: &Group<'_>) -> Result<(String, String), Park> {
    let visit = group.first("PV1").and_then(|pv1| clean(pv1.field(19)));
    if let Some(visit) = visit {
        cx.warn("PID-3", "no identifier: the resident is told by the visit");
        return Ok((cx.feed.system("visit-patient"), visit));
    }
    let order = group.all("OBR").chain(group.all("ORC")).find_map(|s| clean(s.field(3)).or_else(|| clean(s.field(2))));
    let named = !group.pid.field(5).is_empty();
    if let (true, Some(order)) = (named, order) {
        cx.warn("PID-3", "no identifier: the resident is told by name and order");
        let name = group.pid.field(5).raw();
        return Ok((cx.feed.system("order-patient"), bundle::fingerprint(&[&order, name])));
    }
    Err(Park::new(Reason::NoPatientIdentifier, "PID-3", "neither a number nor a visit tells the resident"))
}

/// NK1 -> Patient.contact. FHIR wants a name, a telephone, an address or an organisation in each.
fn contacts(cx: &mut Context<'_>, group: &Group<'_>, resource: &mut Value) {
    let tables = cx.tables;
    let mut contacts: Vec<Value> = Vec::new();
    for nk1 in group.all("NK1") {
        let mut contact = json!({});
        apply(cx, tables.rows("Patient.contact"), &[nk1], &mut contact);
        drop_backward_period(cx, &mut contact, "NK1-9");
        let usable = ["name", "telecom", "address", "organization"].iter().any(|name| contact.get(name).is_some());
        if usable && !contacts.contains(&contact) {
            contacts.push(contact);
        } else if !usable {
            cx.warn("NK1", "a contact without name, telephone or address");
        }
    }
    if !contacts.is_empty() {
        set(resource, "contact", Value::Array(contacts));
    }
}

/// Takes the end from a period that would end before it starts.
pub(crate) fn drop_backward_period(cx: &mut Context<'_>, within: &mut Value, at: &str) {
    if let Some(period) = within.get_mut("period").and_then(Value::as_object_mut)
        && !identity::in_order(period)
        && period.contains_key("start")
        && period.remove("end").is_some()
    {
        cx.warn(at, "ends before it begins");
    }
}
