//! People, organisations and places that a message names in passing.

use meridian_hl7v2::Part;
use serde_json::{Map, Value, json};

use super::{
    super::{
        bundle,
        codes::is_oid,
        context::{Context, clean},
        place::set,
        plan::Plan,
    },
    name,
};

/// An XCN as reference: to a Practitioner that is made when unknown if the sender gives a number, else a display.
pub(crate) fn practitioner(cx: &mut Context<'_>, part: Part<'_>) -> Option<Value> {
    let display = name::display(cx, part, 2);
    let number = clean(part).filter(|number| {
        // A name in the place of the number is a name.
        display.is_some() || (number.is_ascii() && number.chars().any(|c| c.is_ascii_digit()))
    });
    let Some(number) = number else {
        return display.or_else(|| clean(part)).map(|display| json!({"display": display}));
    };
    let system = practitioner_system(cx, part);
    let full_url = cx.urn("Practitioner", &system, &number);
    if !cx.has(&full_url) {
        let mut resource = json!({
            "resourceType": "Practitioner",
            "meta": {"source": cx.source()},
            "identifier": [{"system": system, "value": number}],
        });
        if let Some(name) = practitioner_name(cx, part) {
            set(&mut resource, "name", json!([name]));
        }
        cx.add_quietly(&full_url, resource, &system, &number);
    }
    let mut reference = json!({"reference": full_url});
    if let Some(display) = display {
        set(&mut reference, "display", json!(display));
    }
    Some(reference)
}

/// The name in an XCN: the components of an XPN, one further to the right.
fn practitioner_name(cx: &Context<'_>, part: Part<'_>) -> Option<Value> {
    let mut out = Map::new();
    out.insert("text".into(), json!(name::display(cx, part, 2)?));
    if let Some(family) = clean(part.comp(2)) {
        out.insert("family".into(), json!(family));
    }
    let given: Vec<String> = [3, 4].into_iter().filter_map(|n| clean(part.comp(n))).collect();
    if !given.is_empty() {
        out.insert("given".into(), json!(given));
    }
    Some(Value::Object(out))
}

fn practitioner_system(cx: &Context<'_>, part: Part<'_>) -> String {
    let assigner = part.comp(9);
    if let Some(system) = clean(assigner.sub(1)).and_then(|name| cx.feed.assigners.get(&name)) {
        return system.clone();
    }
    match (clean(part.comp(13)).as_deref(), clean(assigner.sub(2))) {
        (Some("NPI"), _) => "http://hl7.org/fhir/sid/us-npi".to_owned(),
        (_, Some(id)) if is_oid(&id) => format!("urn:oid:{id}"),
        _ => cx.feed.system("staff"),
    }
}

/// An XCN as `Encounter.participant`.
pub(super) fn participant(cx: &mut Context<'_>, part: Part<'_>, code: &str, display: &str) -> Option<Value> {
    let who = practitioner(cx, part)?;
    let system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
    Some(json!({
        "type": [{"coding": [{"system": system, "code": code, "display": display}]}],
        "individual": who,
    }))
}

/// An NDL: its first component is a person whose pieces are sub-components (number, family, given, middle).
pub(super) fn interpreter(cx: &mut Context<'_>, part: Part<'_>) -> Option<Value> {
    let person = part.comp(1);
    if person.subs().count() < 2 {
        return practitioner(cx, part);
    }
    let piece = |n| clean(person.sub(n));
    let words: Vec<String> = [3, 4, 2].into_iter().filter_map(piece).collect();
    let chinese = words.iter().all(|word| !word.is_ascii());
    let words: Vec<String> = if chinese { [2, 3, 4].into_iter().filter_map(piece).collect() } else { words };
    let display = words.join(if chinese { "" } else { " " });
    let number = piece(1).filter(|_| !display.is_empty());
    let mut out = Map::new();
    if let Some(number) = number {
        let system = cx.feed.system("staff");
        out.insert("type".into(), json!("Practitioner"));
        out.insert("identifier".into(), json!({"system": system, "value": number}));
    }
    if !display.is_empty() {
        out.insert("display".into(), json!(display));
    }
    (!out.is_empty()).then_some(Value::Object(out))
}

/// An XON (or CE) as a reference by name and number; no Organization is made from a mention.
pub(super) fn organization(cx: &Context<'_>, part: Part<'_>) -> Option<Value> {
    let name = clean(part)?;
    let mut out = Map::new();
    out.insert("type".into(), json!("Organization"));
    if let Some(number) = clean(part.comp(10)).or_else(|| clean(part.comp(3)).filter(|n| n.contains(char::is_numeric)))
    {
        let system = match clean(part.comp(6).sub(2)).filter(|id| is_oid(id)) {
            Some(oid) => format!("urn:oid:{oid}"),
            None => cx.feed.system("organization"),
        };
        out.insert("identifier".into(), json!({"system": system, "value": number}));
    }
    out.insert("display".into(), json!(name));
    Some(Value::Object(out))
}

pub(super) fn payer_number(cx: &Context<'_>, part: Part<'_>) -> Option<Value> {
    let number = clean(part)?;
    let identifier = json!({"system": cx.feed.system("payer"), "value": number});
    Some(json!({"type": "Organization", "identifier": identifier, "display": number}))
}

/// A reference that is only words: the second component where the first is a code, else the first.
pub(super) fn label(part: Part<'_>) -> Option<Value> {
    let display = clean(part.comp(2)).or_else(|| clean(part))?;
    Some(json!({"display": display}))
}

pub(super) fn device(cx: &Context<'_>, part: Part<'_>) -> Option<Value> {
    let identifier = super::super::identity::entity(cx, part)?;
    let display = clean(part)?;
    Some(json!({"type": "Device", "identifier": identifier, "display": display}))
}

/// A PL as `Encounter.location`: point of care, room, bed, facility, building, floor; free text where only that was
/// sent. A number of the place makes it comparable: `ward^room^bed` within the institution.
pub(in super::super) fn location(cx: &Context<'_>, part: Part<'_>, status: &str) -> Option<Value> {
    let piece = |n| clean(part.comp(n));
    let near: Vec<String> = [1, 2, 3].into_iter().filter_map(piece).collect();
    let far: Vec<String> = [9, 7, 8, 4].into_iter().filter_map(piece).collect();
    let words = if near.is_empty() { far } else { near.clone() };
    if words.is_empty() {
        return None;
    }
    let mut place = Map::new();
    place.insert("type".into(), json!("Location"));
    if !near.is_empty() {
        let number: Vec<String> = near.iter().map(|piece| bundle::percent(piece)).collect();
        let identifier = json!({"system": cx.feed.system("location"), "value": number.join("/")});
        place.insert("identifier".into(), identifier);
    }
    place.insert("display".into(), json!(words.join(" ")));
    Some(json!({"location": place, "status": status}))
}

impl Context<'_> {
    /// Adds a resource met in passing: made when unknown, never changed.
    fn add_quietly(&mut self, full_url: &str, resource: Value, system: &str, value: &str) {
        let clears = self.hold();
        self.add(Plan::Make, full_url, resource, system, value);
        self.restore(clears);
    }
}
