//! ORM, OML, OMG, OMP, RDE: orders (ORC with OBR, ODS or a medicine; TQ1, NTE, OBX, SPM) -> ServiceRequest; and the order
//! that a result answers.

use serde_json::{Value, json};

use super::{
    Group, bundle,
    context::{Context, clean},
    identity, medicine,
    observation::{self, About, Made},
    park::{Park, Reason},
    patient::Patient,
    place::set,
    plan::Plan,
    report::{self, Order},
    rows::apply,
    visit::Visit,
};

const TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// Maps all orders of a message.
///
/// # Errors
/// `UnsupportedMessage` when it orders nothing of a kind that is mapped: no order is lost in silence.
pub(crate) fn map(
    cx: &mut Context<'_>,
    group: &Group<'_>,
    patient: &Patient,
    visit: Option<&Visit>,
) -> Result<(), Park> {
    let orders = report::orders(group);
    // ORC alone may change an order that is known; with RQD and the like it orders something else.
    let other = ["RQD", "RQ1"].into_iter().find(|name| group.first(name).is_some());
    if orders.is_empty() || other.is_some() {
        let says = "no order of a kind that is mapped (OBR, RXE, RXO, ODS)";
        return Err(Park::new(Reason::UnsupportedMessage, other.unwrap_or("ORC"), says));
    }
    for (index, order) in orders.iter().enumerate() {
        one(cx, order, index, patient, visit);
    }
    Ok(())
}

fn one(cx: &mut Context<'_>, order: &Order<'_>, index: usize, patient: &Patient, visit: Option<&Visit>) {
    let owner = match number(order) {
        Some(number) => number,
        None => {
            cx.warn("ORC-2", "an order without number");
            format!("{}.{}", bundle::percent(&cx.control), index + 1)
        }
    };
    let owner = cx.nth(owner);
    if order.encoded.or(order.asked).is_some() {
        return medicine::map(cx, order, &owner, patient, visit);
    }
    let specimens: Vec<String> =
        order.specimens.iter().map(|spm| report::specimen(cx, *spm, &format!("order/{owner}"), patient)).collect();
    let information = prior(cx, order, patient, visit, &owner);
    let mut request = cx.resource("ServiceRequest");
    let scope: Vec<_> = [order.orc, order.obr, order.diet, order.timing].into_iter().flatten().collect();
    let tables = cx.tables;
    apply(cx, tables.rows("ServiceRequest"), &scope, &mut request);
    set(&mut request, "identifier", Value::Array(identifiers(cx, order, &owner)));
    match status(cx, order) {
        Some(status) => set(&mut request, "status", json!(status)),
        None => {
            cx.default("status");
            set(&mut request, "status", json!("unknown"));
        }
    }
    set(&mut request, "intent", json!("order"));
    if let Some(categories) = categories(cx, order) {
        set(&mut request, "category", categories);
    }
    set(&mut request, "subject", patient.reference());
    if let Some(visit) = visit {
        set(&mut request, "encounter", visit.reference());
    }
    for (element, urls) in [("specimen", &specimens), ("supportingInfo", &information)] {
        if !urls.is_empty() {
            set(&mut request, element, urls.iter().map(|url| json!({"reference": url})).collect());
        }
    }
    let notes = observation::notes(order.notes.iter().copied());
    if !notes.is_empty() {
        let there = request.get("note").and_then(Value::as_array).cloned().unwrap_or_default();
        set(&mut request, "note", there.into_iter().chain(notes).collect());
    }
    let system = cx.feed.system("order");
    let url = cx.urn("ServiceRequest", &system, &owner);
    cx.add(Plan::Merge, &url, request, &system, &owner);
}

/// The placer's number, else the filler's: what all messages about an order share.
fn number(order: &Order<'_>) -> Option<String> {
    let found = report::number(order, 2).or_else(|| report::number(order, 3));
    found.map(|(number, _)| bundle::percent(&number))
}

pub(crate) fn identifiers(cx: &Context<'_>, order: &Order<'_>, owner: &str) -> Vec<Value> {
    let mut all = vec![json!({"system": cx.feed.system("order"), "value": owner})];
    for (n, kind) in [(2, "PLAC"), (3, "FILL")] {
        let sent = report::number(order, n).and_then(|(_, part)| identity::entity(cx, part));
        if let Some(mut identifier) = sent {
            set(&mut identifier, "type", json!({"coding": [{"system": TYPES, "code": kind}]}));
            all.push(identifier);
        }
    }
    all
}

/// ORC-5, else ORC-1; `None` where neither says how the order stands.
pub(crate) fn status(cx: &Context<'_>, order: &Order<'_>) -> Option<String> {
    let orc = order.orc?;
    [(5, "HL70038"), (1, "HL70119")]
        .into_iter()
        .find_map(|(n, table)| cx.tables.code(table, &clean(orc.field(n))?))
        .map(|code| code.code.clone())
}

/// OBR-24 as what kind of service it is, and as it was sent.
fn categories(cx: &mut Context<'_>, order: &Order<'_>) -> Option<Value> {
    let section = report::section(cx, order)?;
    let kind = cx.tables.code("HL70074-order", &section).cloned();
    let sent = super::codes::concept(cx, Some("HL70074"), order.obr?.field(24), "OBR-24");
    let kind = kind.map(|kind| {
        let coding = json!({"system": kind.system, "code": kind.code, "display": kind.display});
        json!({"coding": [coding]})
    });
    let all: Vec<Value> = kind.into_iter().chain(sent).collect();
    (!all.is_empty()).then_some(Value::Array(all))
}

/// OBX of an order: what was known when it was placed.
fn prior(
    cx: &mut Context<'_>,
    order: &Order<'_>,
    patient: &Patient,
    visit: Option<&Visit>,
    owner: &str,
) -> Vec<String> {
    let about =
        About { patient, visit, order: None, section: None, time: None, issued: None, code: None, specimen: None };
    let groups = observation::groups(order.results.iter().copied());
    let made = observation::map_all(cx, &groups, &about, &format!("order/{owner}"));
    let urls = made.into_iter().filter_map(|one| match one {
        Made::Observation { url, .. } => Some(url),
        Made::Document => None,
    });
    urls.collect()
}

/// `basedOn` of a result: the order with its placer's number, which is made if it is not known. A final result
/// completes it.
pub(crate) fn answered(
    cx: &mut Context<'_>,
    order: &Order<'_>,
    patient: &Patient,
    visit: Option<&Visit>,
) -> Option<Value> {
    let (number, part) = report::number(order, 2)?;
    let placer = identity::entity(cx, part);
    let owner = bundle::percent(&number);
    let system = cx.feed.system("order");
    let url = cx.urn("ServiceRequest", &system, &owner);
    let mut based_on = json!({"reference": url, "type": "ServiceRequest"});
    if let Some(placer) = placer {
        set(&mut based_on, "identifier", placer);
    }
    if cx.has(&url) {
        return Some(based_on);
    }
    let mut request = cx.resource("ServiceRequest");
    set(&mut request, "identifier", Value::Array(identifiers(cx, order, &owner)));
    let said = order.orc.and_then(|orc| clean(orc.field(5)));
    let last = order.obr.and_then(|obr| clean(obr.field(25)));
    let over = matches!(said.as_deref(), Some("CM")) || matches!(last.as_deref(), Some("F" | "C" | "M"));
    set(&mut request, "status", json!(if over { "completed" } else { "active" }));
    set(&mut request, "intent", json!("order"));
    let scope: Vec<_> = order.obr.into_iter().collect();
    let tables = cx.tables;
    apply(cx, tables.rows("ServiceRequest"), &scope, &mut request);
    if let Some(categories) = categories(cx, order) {
        set(&mut request, "category", categories);
    }
    set(&mut request, "subject", patient.reference());
    if let Some(visit) = visit {
        set(&mut request, "encounter", visit.reference());
    }
    let _ = cx.hold();
    cx.add(Plan::Reported, &url, request, &system, &owner);
    Some(based_on)
}
