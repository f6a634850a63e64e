//! MRG: a record that becomes another one; and two PID that are two again.

use meridian_hl7v2::Segment;
use serde_json::{Value, json};

use super::{
    Group,
    context::Context,
    identity,
    park::{Park, Reason},
    patient::{self, Patient},
    place::set,
    plan::Plan,
    rows::apply,
};

/// Maps the resident that lives on and the records that become it (MRG). Each old record keeps what it says; it is no
/// longer active and names the one that stands for it, and that one names it.
///
/// # Errors
/// No MRG, no number in it, or the same record twice.
pub(crate) fn merge(cx: &mut Context<'_>, group: &Group<'_>) -> Result<Patient, Park> {
    let old: Vec<Segment<'_>> = group.all("MRG").collect();
    if old.is_empty() {
        return Err(Park::new(Reason::NoPatientIdentifier, "MRG-1", "the message names no record that is merged"));
    }
    let mut links = Vec::new();
    let (mut resource, system, value) = patient::read(cx, group)?;
    let held = cx.hold();
    let survivor = cx.urn("Patient", &system, &value);
    for mrg in old {
        let (url, replaced, key) = former(cx, mrg, &survivor)?;
        if url == survivor {
            return Err(Park::new(Reason::InvalidValue, "MRG-1", "a record cannot be merged into itself"));
        }
        links.push(cx.link("replaces", &url));
        cx.add(Plan::Replaced, &url, replaced, &key.0, &key.1);
    }
    set(&mut resource, "link", Value::Array(links));
    cx.restore(held);
    Ok(patient::add(cx, Plan::Survivor, resource, &system, &value))
}

type Former = (String, Value, (String, String));

fn former(cx: &mut Context<'_>, mrg: Segment<'_>, survivor: &str) -> Result<Former, Park> {
    let mut resource = cx.resource("Patient");
    let tables = cx.tables;
    apply(cx, tables.rows("Patient.merged"), &[mrg], &mut resource);
    let identifiers = resource.get("identifier").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some((system, value)) = identity::key(cx, &identifiers) else {
        return Err(Park::new(Reason::NoPatientIdentifier, "MRG-1", "no number tells the record that is merged"));
    };
    patient::with_key(&mut resource, &system, &value);
    set(&mut resource, "active", json!(false));
    set(&mut resource, "managingOrganization", patient::manager(cx));
    set(&mut resource, "link", json!([cx.link("replaced-by", survivor)]));
    let url = cx.urn("Patient", &system, &value);
    Ok((url, resource, (system, value)))
}

/// Maps A37: the two residents that the message names are not one.
///
/// # Errors
/// Unless two residents are told.
pub(crate) fn unlink(cx: &mut Context<'_>, groups: &[Group<'_>]) -> Result<String, Park> {
    let [one, other] = groups else {
        return Err(Park::new(Reason::NoPatientSegment, "PID", "two residents are expected"));
    };
    let (mut first, system, value) = patient::read(cx, one)?;
    let (mut second, other_system, other_value) = patient::read(cx, other)?;
    let (url, other_url) = (cx.urn("Patient", &system, &value), cx.urn("Patient", &other_system, &other_value));
    if url == other_url {
        return Err(Park::new(Reason::InvalidValue, "PID-3", "the same record twice"));
    }
    // What the links are is told by what is there.
    set(&mut first, "link", json!([cx.link("seealso", &other_url)]));
    set(&mut second, "link", json!([cx.link("seealso", &url)]));
    cx.add(Plan::Apart, &url, first, &system, &value);
    cx.add(Plan::Apart, &other_url, second, &other_system, &other_value);
    Ok(format!("{system}|{value}"))
}
