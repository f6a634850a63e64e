//! A visit meets an event: its status, its class and its places go on, and what they were is kept.

use serde_json::{Value, json};

use super::{
    super::{
        place::set,
        plan::{Act, Clear, Stay},
    },
    elements,
    place::Places,
    time,
};

/// A visit that was not known before this event.
pub(crate) fn begin(visit: &mut Value, stay: &Stay) {
    let mut remarks = Vec::new();
    event(visit, &Value::Null, stay, &mut remarks);
}

/// A known visit after this event.
pub(super) fn go_on(
    before: &Value,
    mut sent: Value,
    clears: &[Clear],
    stay: &Stay,
    remarks: &mut Vec<&'static str>,
) -> Value {
    if let Some(members) = sent.as_object_mut() {
        for name in ["status", "location", "statusHistory", "classHistory"] {
            members.shift_remove(name);
        }
        if !stay.classed && before.get("class").is_some() {
            members.shift_remove("class");
        }
        if let Some(period) = members.get_mut("period").and_then(Value::as_object_mut) {
            period.shift_remove("end");
            if stay.started.is_none() {
                period.shift_remove("start");
            }
        }
    }
    let mut kept = elements::merge(before, sent, clears);
    event(&mut kept, before, stay, remarks);
    kept
}

/// Moves `visit`, whose elements are merged already, on from `before` (null when it was unknown).
fn event(visit: &mut Value, before: &Value, stay: &Stay, remarks: &mut Vec<&'static str>) {
    let old = before.get("status").and_then(Value::as_str).filter(|status| *status != "unknown");
    let status = status(old, stay, remarks);
    period(visit, &status, stay, remarks);
    let when = stay.when.as_deref();
    if let Some(old) = old.filter(|old| *old != status) {
        let since = before.pointer("/period/start").cloned();
        history(visit, "statusHistory", json!({"status": old}), since, when);
    }
    if matches!(stay.act, Act::Admit | Act::Register | Act::ChangeClass)
        && let Some(class) = before.get("class").filter(|class| class.get("code") != visit.pointer("/class/code"))
        && class.get("code").and_then(Value::as_str) != Some("UNK")
    {
        let since = before.pointer("/period/start").cloned();
        history(visit, "classHistory", json!({"class": class}), since, when);
    }
    set(visit, "status", json!(status));
    places(visit, &status, stay);
}

/// The status after the event.
fn status(old: Option<&str>, stay: &Stay, remarks: &mut Vec<&'static str>) -> String {
    let over = matches!(old, Some("finished" | "cancelled" | "entered-in-error"));
    let ended = stay.ended.is_some();
    let new = match stay.act {
        Act::CancelAdmit => "cancelled",
        Act::CancelDischarge => "in-progress",
        Act::Discharge if !matches!(old, Some("cancelled" | "entered-in-error")) => "finished",
        Act::Admit | Act::Register if ended => "finished",
        Act::Admit | Act::Register if stay.planned => "planned",
        Act::Admit | Act::Register => "in-progress",
        Act::Update if over => old.unwrap_or_default(),
        Act::Update if ended => "finished",
        Act::Update if stay.planned && old.is_none() => "planned",
        Act::Update | Act::CancelTransfer => old.unwrap_or(&stay.status),
        Act::PreAdmit if matches!(old, None | Some("planned")) => "planned",
        Act::PreAdmit => old.unwrap_or("planned"),
        _ if over => {
            remarks.push("the visit was over: its status stays");
            old.unwrap_or_default()
        }
        _ if ended => "finished",
        Act::Depart => "onleave",
        Act::Transfer | Act::ChangeClass | Act::Arrive | Act::Discharge => "in-progress",
    };
    new.to_owned()
}

fn period(visit: &mut Value, status: &str, stay: &Stay, remarks: &mut Vec<&'static str>) {
    if visit.get("period").is_none() {
        set(visit, "period", json!({}));
    }
    let Some(period) = visit.get_mut("period").and_then(Value::as_object_mut) else { return };
    if matches!(stay.act, Act::Admit | Act::Register)
        && status != "planned"
        && !period.contains_key("start")
        && let Some(when) = &stay.when
    {
        period.insert("start".to_owned(), json!(when));
    }
    let end = match stay.act {
        Act::CancelDischarge => None,
        _ if status != "finished" => {
            period.get("end").and_then(Value::as_str).map(str::to_owned).filter(|_| status == "cancelled")
        }
        Act::Discharge => stay.ended.clone().or_else(|| stay.when.clone()),
        _ => stay.ended.clone().or_else(|| period.get("end").and_then(Value::as_str).map(str::to_owned)),
    };
    period.shift_remove("end");
    let start = period.get("start").and_then(Value::as_str).map(str::to_owned);
    match end {
        Some(end) if start.is_none_or(|start| time::in_order(&start, &end)) => {
            period.insert("end".to_owned(), json!(end));
        }
        Some(_) => remarks.push("the visit would end before it begins: its end is left out"),
        None => {}
    }
    let empty = period.is_empty();
    if let (true, Some(members)) = (empty, visit.as_object_mut()) {
        members.shift_remove("period");
    }
    if stay.act == Act::CancelDischarge
        && let Some(stay) = visit.get_mut("hospitalization").and_then(Value::as_object_mut)
    {
        stay.shift_remove("dischargeDisposition");
        stay.shift_remove("destination");
        let empty = stay.is_empty();
        if let (true, Some(members)) = (empty, visit.as_object_mut()) {
            members.shift_remove("hospitalization");
        }
    }
}

/// Adds what was to `statusHistory` or `classHistory`, from the end of its last entry to the event.
fn history(visit: &mut Value, name: &str, mut was: Value, since: Option<Value>, when: Option<&str>) {
    let last = visit.get(name).and_then(Value::as_array).and_then(|all| all.last());
    let start = last.and_then(|last| last.pointer("/period/end").cloned()).or(since);
    let mut period = json!({});
    if let Some(start) = &start {
        set(&mut period, "start", start.clone());
    }
    if let Some(when) = when
        && start.as_ref().and_then(Value::as_str).is_none_or(|start| time::in_order(start, when))
    {
        set(&mut period, "end", json!(when));
    }
    set(&mut was, "period", period);
    match visit.get_mut(name).and_then(Value::as_array_mut) {
        Some(all) => all.push(was),
        None => set(visit, name, json!([was])),
    }
}

fn places(visit: &mut Value, status: &str, stay: &Stay) {
    let mut places = Places::of(visit);
    let text = |pointer: &str| visit.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let (from, to) = (text("/period/start"), text("/period/end"));
    let when = stay.when.as_deref();
    // The first place of a visit is where it began.
    let start = if places.is_empty() { from.as_deref().or(when) } else { when };
    let assigned = stay.assigned.as_ref();
    if let Some(pending) = &stay.pending {
        places.expect(pending, "reserved");
    }
    match (stay.act, assigned) {
        (Act::CancelAdmit, _) => places.leave(when),
        (Act::CancelTransfer, place) => places.undo_move(place, from.as_deref()),
        (Act::CancelDischarge, place) => places.return_to(place, from.as_deref()),
        (Act::PreAdmit, Some(place)) if status == "planned" => places.expect(place, "planned"),
        (_, Some(place)) if status == "planned" => places.expect(place, "planned"),
        (_, Some(place)) if matches!(status, "finished" | "cancelled" | "entered-in-error") => {
            if places.is_empty() {
                places.was_at(place, from.as_deref(), to.as_deref());
            } else if stay.act == Act::Discharge {
                places.move_to(place, when, start);
            }
        }
        (_, Some(place)) => {
            let moved = !places.is_empty() || stay.act == Act::Transfer || stay.prior.is_some();
            places.move_to(place, when, if moved { when } else { start });
            if let Some(prior) = &stay.prior {
                places.came_from(prior, when);
            }
        }
        (_, None) => {}
    }
    match (&stay.temporary, stay.act) {
        (Some(place), Act::Depart) => places.depart_to(place),
        (Some(place), Act::CancelAdmit | Act::Discharge) => places.back_from(Some(place), when),
        (Some(place), _) => places.arrive_at(place, when),
        (None, Act::Arrive | Act::Transfer) => places.back_from(stay.left.as_ref(), when),
        (None, _) => {}
    }
    if status == "finished" {
        places.leave(to.as_deref().or(when));
    }
    places.put(visit);
}
