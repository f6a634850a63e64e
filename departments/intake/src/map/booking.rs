//! SIU: SCH, TQ1, NTE, AIS, AIG, AIL, AIP -> Appointment.

use meridian_hl7v2::{Message, Part, Segment};
use meridian_model::date::{DateRange, Zone};
use serde_json::{Value, json};

use super::{
    bundle, codes,
    context::{Context, clean},
    convert::people,
    identity, observation,
    park::{Park, Reason},
    patient::Patient,
    place::set,
    plan::Plan,
    rows::apply,
    tables::MessageRule,
};

const TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// Maps the appointment of a message.
///
/// # Errors
/// No SCH, or no number in it.
pub(crate) fn map(cx: &mut Context<'_>, rule: &MessageRule, message: &Message, patient: &Patient) -> Result<(), Park> {
    let Some(sch) = message.segment("SCH") else {
        return Err(Park::new(Reason::InvalidValue, "SCH", "the message has no SCH segment"));
    };
    let (placer, filler) = (clean(sch.field(1)), clean(sch.field(2)));
    let Some(owner) = filler.or(placer).map(|number| bundle::percent(&number)) else {
        return Err(Park::new(Reason::InvalidValue, "SCH-2", "no number tells the appointment"));
    };
    let participants = participants(cx, message, patient);
    let mut appointment = cx.resource("Appointment");
    let tables = cx.tables;
    apply(cx, tables.rows("Appointment"), &[sch], &mut appointment);
    let system = cx.feed.system("appointment");
    let mut identifiers = vec![json!({"system": system, "value": owner})];
    for (n, kind) in [(1, "PLAC"), (2, "FILL")] {
        if let Some(mut identifier) = identity::entity(cx, sch.field(n)) {
            set(&mut identifier, "type", json!({"coding": [{"system": TYPES, "code": kind}]}));
            identifiers.push(identifier);
        }
    }
    set(&mut appointment, "identifier", Value::Array(identifiers));
    status(cx, rule, sch, &mut appointment);
    services(cx, message, &mut appointment);
    times(cx, message, sch, &mut appointment);
    let notes = observation::notes(message.all().take_while(|s| s.name() != "RGS").filter(|s| s.name() == "NTE"));
    if let Some(text) = notes.first().and_then(|note| note.get("text")) {
        set(&mut appointment, "comment", text.clone());
    }
    let order = [26, 27].into_iter().find_map(|n| identity::entity(cx, sch.field(n)));
    if let Some(number) = order {
        set(&mut appointment, "basedOn", json!([{"type": "ServiceRequest", "identifier": number}]));
    }
    set(&mut appointment, "participant", Value::Array(participants));
    let url = cx.urn("Appointment", &system, &owner);
    cx.add(Plan::Merge, &url, appointment, &system, &owner);
    Ok(())
}

/// What the event says; SCH-25 where the event says nothing more than that it is booked.
fn status(cx: &mut Context<'_>, rule: &MessageRule, sch: Segment<'_>, appointment: &mut Value) {
    let told = codes::code(cx, "HL70278", sch.field(25), "SCH-25");
    match (rule.status.as_deref(), told) {
        (None | Some("booked"), Some(told)) => set(appointment, "status", told),
        (Some(status), _) => set(appointment, "status", json!(status)),
        (None, None) => {
            cx.default("status");
            set(appointment, "status", json!("booked"));
        }
    }
    if appointment.get("status") == Some(&json!("cancelled"))
        && let Some(reason) = codes::concept(cx, None, sch.field(6), "SCH-6")
    {
        set(appointment, "cancelationReason", reason);
    }
}

fn services(cx: &mut Context<'_>, message: &Message, appointment: &mut Value) {
    let mut services: Vec<Value> = Vec::new();
    for ais in message.segments("AIS") {
        services.extend(codes::concept(cx, None, ais.field(3), "AIS-3").filter(|one| !services.contains(one)));
    }
    if let Some(text) = services.first().and_then(|service| service.get("text")) {
        set(appointment, "description", text.clone());
    }
    if !services.is_empty() {
        set(appointment, "serviceType", Value::Array(services));
    }
}

/// Start and end: of the service (AIS), of the timing (TQ1), of the schedule (SCH-11). FHIR wants both or none.
fn times(cx: &mut Context<'_>, message: &Message, sch: Segment<'_>, appointment: &mut Value) {
    let (ais, tq1) = (message.first("AIS"), message.first("TQ1"));
    let minutes = minutes(ais.field(7), ais.field(8)).or_else(|| minutes(sch.field(9), sch.field(10)));
    if let Some(minutes) = minutes {
        set(appointment, "minutesDuration", json!(minutes));
    }
    let zone = cx.feed.zone;
    let mut instant = |part: Part<'_>, at: &str| {
        let time = cx.time(part, at)?;
        // An instant has seconds; a time to the minute begins with it.
        time.hour.map(|_| time.date_time(zone))
    };
    let ais_start = instant(ais.field(4), "AIS-4");
    let start = ais_start
        .clone()
        .or_else(|| instant(tq1.field(7), "TQ1-7"))
        .or_else(|| instant(sch.field(11).comp(4), "SCH-11"));
    let end = instant(tq1.field(8), "TQ1-8").or_else(|| instant(sch.field(11).comp(5), "SCH-11"));
    let Some(start) = start else { return };
    let length = minutes.and_then(|minutes| later(&start, minutes));
    let end = if ais_start.is_some() { length.or(end) } else { end.or(length) };
    let after = |end: &String| read(end).zip(read(&start)).is_some_and(|(end, start)| end >= start);
    let end = end.filter(after).unwrap_or_else(|| {
        cx.warn("SCH-11", "no end that can be used: it ends as it starts");
        start.clone()
    });
    set(appointment, "start", json!(start));
    set(appointment, "end", json!(end));
}

fn read(text: &str) -> Option<i64> {
    DateRange::parse(text, Zone::CHINA).map(|range| range.lo)
}

fn later(start: &str, minutes: u32) -> Option<String> {
    let at = read(start)? + i64::from(minutes) * 60_000;
    let offset = meridian_hl7v2::Offset::parse(start.get(start.len().checked_sub(6)?..)?)?;
    meridian_hl7v2::Dtm::parse(&meridian_hl7v2::Dtm::from_unix(at.div_euclid(1000), offset))
        .map(|time| time.date_time(offset))
}

fn minutes(number: Part<'_>, unit: Part<'_>) -> Option<u32> {
    let number: f64 = clean(number)?.parse().ok()?;
    let unit = clean(unit).unwrap_or_default().to_lowercase();
    let minutes = match unit.as_str() {
        "" | "m" | "min" | "mins" | "minutes" | "minute" | "分" | "分钟" => number,
        "s" | "sec" | "seconds" => number / 60.0,
        "h" | "hr" | "hour" | "hours" | "小时" => number * 60.0,
        _ => return None,
    };
    let whole = minutes.round();
    // Checked: within a week.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (1.0..=10_080.0).contains(&whole).then_some(whole as u32)
}

/// The resident, and whom and what the appointment needs.
fn participants(cx: &mut Context<'_>, message: &Message, patient: &Patient) -> Vec<Value> {
    let mut all = vec![json!({"actor": patient.reference(), "status": "accepted"})];
    for segment in message.all() {
        let (actor, kind, told) = match segment.name() {
            "AIP" => (people::practitioner(cx, segment.field(3)), segment.field(4), segment.field(12)),
            "AIL" => (place(cx, segment.field(3)), segment.field(4), segment.field(12)),
            "AIG" => (resource(cx, segment.field(3)), segment.field(4), segment.field(14)),
            _ => continue,
        };
        let Some(actor) = actor else { continue };
        let status = codes::code(cx, "HL70278-participant", told, segment.name());
        let mut one = json!({"actor": actor, "status": status.unwrap_or_else(|| json!("accepted"))});
        if let Some(kind) = codes::concept(cx, None, kind, &format!("{}-4", segment.name())) {
            set(&mut one, "type", json!([kind]));
        }
        if !all.iter().any(|known: &Value| known.get("actor") == one.get("actor")) {
            all.push(one);
        }
    }
    all
}

fn place(cx: &Context<'_>, part: Part<'_>) -> Option<Value> {
    people::location(cx, part, "planned").and_then(|place| place.get("location").cloned())
}

/// Equipment: by its words.
fn resource(cx: &Context<'_>, part: Part<'_>) -> Option<Value> {
    let words = clean(part.comp(2)).or_else(|| clean(part))?;
    let mut out = json!({"type": "Device"});
    if let Some(number) = clean(part).filter(|number| *number != words) {
        set(&mut out, "identifier", json!({"system": cx.feed.system("device"), "value": number}));
    }
    set(&mut out, "display", json!(words));
    Some(out)
}
