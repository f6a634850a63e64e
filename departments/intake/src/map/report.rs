//! ORU: orders (ORC, OBR, NTE, OBX, SPM) -> DiagnosticReport, Observation, Specimen.

use meridian_hl7v2::{Part, Segment};
use serde_json::{Value, json};

use super::{
    Group, bundle,
    context::{Context, clean},
    identity,
    observation::{self, About, Made},
    order,
    patient::Patient,
    place::set,
    plan::Plan,
    rows::apply,
    visit::Visit,
};

/// The segments of one ORDER_OBSERVATION group. Results without an OBR make one as well.
#[derive(Default)]
pub(crate) struct Order<'m> {
    pub(crate) orc: Option<Segment<'m>>,
    pub(crate) obr: Option<Segment<'m>>,
    /// RXE, RXO, RXR: a medicine as the pharmacy encoded it, as it was asked for, and its route.
    pub(crate) encoded: Option<Segment<'m>>,
    pub(crate) asked: Option<Segment<'m>>,
    pub(crate) route: Option<Segment<'m>>,
    /// ODS: a diet.
    pub(crate) diet: Option<Segment<'m>>,
    /// The first TQ1.
    pub(crate) timing: Option<Segment<'m>>,
    /// NTE before the first OBX.
    pub(crate) notes: Vec<Segment<'m>>,
    /// OBX and the NTE among them.
    pub(crate) results: Vec<Segment<'m>>,
    pub(crate) specimens: Vec<Segment<'m>>,
}

pub(crate) fn map(cx: &mut Context<'_>, group: &Group<'_>, patient: &Patient, visit: Option<&Visit>) {
    for (index, order) in orders(group).iter().enumerate() {
        map_order(cx, order, index, patient, visit);
    }
}

pub(crate) fn orders<'m>(group: &Group<'m>) -> Vec<Order<'m>> {
    let mut orders: Vec<Order<'m>> = Vec::new();
    let mut begun = false; // an order group is open
    for segment in group.segments.iter().copied() {
        match segment.name() {
            "ORC" => {
                orders.push(Order { orc: Some(segment), ..Order::default() });
                begun = true;
            }
            "OBR" => {
                match orders.last_mut().filter(|last| last.obr.is_none() && last.results.is_empty()) {
                    Some(last) => last.obr = Some(segment),
                    None => orders.push(Order { obr: Some(segment), ..Order::default() }),
                }
                begun = true;
            }
            "OBX" => {
                if !begun {
                    orders.push(Order::default());
                    begun = true;
                }
                if let Some(last) = orders.last_mut() {
                    last.results.push(segment);
                }
            }
            "NTE" if begun => {
                if let Some(last) = orders.last_mut() {
                    let list = if last.results.is_empty() { &mut last.notes } else { &mut last.results };
                    list.push(segment);
                }
            }
            name @ ("TQ1" | "RXE" | "RXO" | "RXR" | "ODS") if begun => {
                if let Some(last) = orders.last_mut() {
                    let slot = match name {
                        "TQ1" => &mut last.timing,
                        "RXE" => &mut last.encoded,
                        "RXO" => &mut last.asked,
                        "RXR" => &mut last.route,
                        _ => &mut last.diet,
                    };
                    slot.get_or_insert(segment);
                }
            }
            "SPM" if begun => {
                if let Some(last) = orders.last_mut() {
                    last.specimens.push(segment);
                }
            }
            _ => {}
        }
    }
    orders
}

fn map_order(cx: &mut Context<'_>, order: &Order<'_>, index: usize, patient: &Patient, visit: Option<&Visit>) {
    let (placer, filler) = (number(order, 2), number(order, 3));
    let service = order.obr.and_then(|obr| clean(obr.field(4)).or_else(|| clean(obr.field(4).comp(2))));
    // A filler's number is unique to it; a placer's to it; without either the order is known by its message.
    let known = filler.as_ref().or(placer.as_ref()).map(|(value, _)| value.clone());
    let base = known.unwrap_or_else(|| format!("{}.{}", cx.control, index + 1));
    let owner = cx.nth(match &service {
        Some(service) => format!("{}/{}", bundle::percent(&base), bundle::percent(service)),
        None => bundle::percent(&base),
    });
    let mut report = cx.resource("DiagnosticReport");
    let tables = cx.tables;
    if let Some(obr) = order.obr {
        apply(cx, tables.rows("DiagnosticReport"), &[obr], &mut report);
    }
    let clears = cx.hold();
    let time = effective(cx, order, &mut report);
    let specimens: Vec<String> = order.specimens.iter().map(|spm| specimen(cx, *spm, &owner, patient)).collect();
    let section = section(cx, order);
    // Vital signs are measured, not reported; nobody ordered them.
    let vital =
        section.as_deref().and_then(|s| tables.code("HL70074-category", s)).is_some_and(|c| c.code == "vital-signs");
    let based_on = if vital { None } else { order::answered(cx, order, patient, visit) };
    let text = |name: &str| report.get(name).and_then(Value::as_str).map(str::to_owned);
    let about = About {
        patient,
        visit,
        order: based_on.clone(),
        section: section.clone(),
        time,
        issued: text("issued"),
        code: report.get("code").cloned(),
        specimen: specimens.first().cloned().filter(|_| specimens.len() == 1),
    };
    let groups = observation::groups(order.results.iter().copied());
    let made = observation::map_all(cx, &groups, &about, &owner);
    if order.obr.is_none() || vital {
        return;
    }
    finish_report(&mut report, order, &about, &made, &specimens);
    let system = cx.feed.system("report");
    let mut identifiers = vec![json!({"system": system, "value": owner})];
    for (kind, sent) in [("PLAC", &placer), ("FILL", &filler)] {
        if let Some(mut identifier) = sent.as_ref().and_then(|(_, part)| identity::entity(cx, *part)) {
            set(
                &mut identifier,
                "type",
                json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": kind}]}),
            );
            identifiers.push(identifier);
        }
    }
    set(&mut report, "identifier", Value::Array(identifiers));
    let url = cx.urn("DiagnosticReport", &system, &owner);
    cx.restore(clears);
    cx.add(Plan::Report, &url, report, &system, &owner);
}

/// OBR-24 by the table's word, else as sent in capitals; `None` without an OBR.
pub(crate) fn section(cx: &Context<'_>, order: &Order<'_>) -> Option<String> {
    let sent = clean(order.obr?.field(24)).unwrap_or_default().to_uppercase();
    Some(cx.tables.code("HL70074", &sent).map_or(sent, |known| known.code.clone()))
}

/// OBR-n, else ORC-n: the value with its part.
pub(crate) fn number<'m>(order: &Order<'m>, n: usize) -> Option<(String, Part<'m>)> {
    [order.obr, order.orc].into_iter().flatten().find_map(|segment| {
        let part = segment.field(n);
        Some((clean(part)?, part))
    })
}

fn finish_report(report: &mut Value, order: &Order<'_>, about: &About<'_>, made: &[Made], specimens: &[String]) {
    set(report, "subject", about.patient.reference());
    if let Some(visit) = about.visit {
        set(report, "encounter", visit.reference());
    }
    if report.get("status").is_none() {
        set(report, "status", json!("unknown"));
    }
    if report.get("code").is_none() {
        set(report, "code", json!({"text": "unknown"}));
    }
    if let Some(based_on) = &about.order {
        set(report, "basedOn", json!([based_on]));
    }
    if !specimens.is_empty() {
        set(report, "specimen", specimens.iter().map(|url| json!({"reference": url})).collect());
    }
    let mut results = Vec::new();
    let mut conclusions: Vec<String> = Vec::new();
    for one in made {
        if let Made::Observation { url, conclusion } = one {
            results.push(json!({"reference": url}));
            conclusions.extend(conclusion.clone());
        }
    }
    if !results.is_empty() {
        set(report, "result", Value::Array(results));
    }
    let notes = observation::notes(order.notes.iter().copied());
    conclusions.extend(notes.iter().filter_map(|note| note.get("text").and_then(Value::as_str)).map(str::to_owned));
    if !conclusions.is_empty() {
        set(report, "conclusion", json!(conclusions.join("\n")));
    }
}

/// OBR-7 and OBR-8: a point in time, or a period. Gives the time for observations that bring none.
fn effective(cx: &mut Context<'_>, order: &Order<'_>, report: &mut Value) -> Option<String> {
    let obr = order.obr?;
    let start = cx.date_time(obr.field(7), "OBR-7");
    let end = cx.date_time(obr.field(8), "OBR-8");
    match (&start, end) {
        (Some(start), Some(end)) => {
            let mut period = json!({"start": start, "end": end});
            let backward = period.as_object().is_some_and(|period| !identity::in_order(period));
            if backward {
                cx.warn("OBR-8", "ends before it begins");
                period = json!({"start": start});
            }
            set(report, "effectivePeriod", period);
        }
        (Some(start), None) => set(report, "effectiveDateTime", json!(start)),
        (None, Some(end)) => set(report, "effectiveDateTime", json!(end)),
        (None, None) => {}
    }
    start
}

/// SPM -> Specimen. SPM-2 holds the placer's and the filler's number; many senders write one plain number.
pub(crate) fn specimen(cx: &mut Context<'_>, spm: Segment<'_>, owner: &str, patient: &Patient) -> String {
    let mut resource = cx.resource("Specimen");
    let tables = cx.tables;
    apply(cx, tables.rows("Specimen"), &[spm], &mut resource);
    set(&mut resource, "subject", patient.reference());
    collected(cx, spm, &mut resource);
    let number = clean(spm.field(1)).unwrap_or_else(|| "1".to_owned());
    let assigned = clean(spm.field(2).comp(2)).or_else(|| clean(spm.field(2)));
    // A number that was plainly never filled in differs from one order to the next only by the order.
    let value = cx.nth(format!("{owner}/specimen/{}", bundle::percent(&assigned.clone().unwrap_or(number))));
    let system = cx.feed.system("specimen");
    let mut identifiers = vec![json!({"system": system, "value": value})];
    if let Some(number) = assigned {
        identifiers.push(json!({"system": cx.feed.system("specimen-number"), "value": number}));
    }
    set(&mut resource, "identifier", Value::Array(identifiers));
    let url = cx.urn("Specimen", &system, &value);
    cx.add(Plan::Replace, &url, resource, &system, &value);
    url
}

/// SPM-17, a DR.
fn collected(cx: &mut Context<'_>, spm: Segment<'_>, resource: &mut Value) {
    let part = spm.field(17);
    let start = cx.date_time(part, "SPM-17");
    let end = cx.date_time(part.comp(2), "SPM-17");
    let Some(start) = start.or_else(|| end.clone()) else { return };
    match end.filter(|end| *end > start) {
        Some(end) => set(resource, "collection.collectedPeriod", json!({"start": start, "end": end})),
        None => set(resource, "collection.collectedDateTime", json!(start)),
    }
}
