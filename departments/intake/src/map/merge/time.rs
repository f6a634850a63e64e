//! When the sender recorded what a version says: an older event must not undo a newer one.

use meridian_model::date::{DateRange, Zone};
use serde_json::{Value, json};

/// In `meta.extension`: the time of recording (EVN-2, else MSH-7) of the event that a version came from.
pub(crate) const EVENT_TIME: &str = "https://meridian.example/extension/event-time";

/// The text and the range of the event's time.
fn read(resource: &Value) -> Option<(&str, DateRange)> {
    told_at(resource.get("meta")?)
}

/// The event's time among the extensions of an element.
pub(super) fn told_at(element: &Value) -> Option<(&str, DateRange)> {
    let extensions = element.get("extension")?.as_array()?;
    let ours = extensions.iter().find(|one| one.get("url").and_then(Value::as_str) == Some(EVENT_TIME))?;
    let text = ours.get("valueDateTime")?.as_str()?;
    Some((text, DateRange::parse(text, Zone::CHINA)?))
}

/// The extension for a time.
pub(crate) fn event_time(time: &str) -> Value {
    json!({"url": EVENT_TIME, "valueDateTime": time})
}

/// Whether `sent` is wholly before what `before` came from. A time without a clock is a day long, and not older than
/// an hour of that day.
pub(super) fn is_older(sent: &Value, before: &Value) -> bool {
    is_before(read(sent), read(before))
}

/// Whether one time is wholly before the other.
pub(super) fn is_before(one: Option<(&str, DateRange)>, other: Option<(&str, DateRange)>) -> bool {
    matches!((one, other), (Some((_, one)), Some((_, other))) if one.hi <= other.lo)
}

/// The later of the two times.
pub(super) fn newest(sent: &Value, before: &Value) -> Option<String> {
    match (read(sent), read(before)) {
        (Some((sent, of_sent)), Some((before, of_before))) => {
            Some(if of_before.lo > of_sent.lo { before } else { sent }.to_owned())
        }
        (sent, before) => sent.or(before).map(|(text, _)| text.to_owned()),
    }
}

pub(super) fn put(resource: &mut Value, time: &str) {
    let extension = event_time(time);
    let Some(members) = resource.as_object_mut() else { return };
    let meta = members.entry("meta").or_insert_with(|| json!({}));
    let Some(meta) = meta.as_object_mut() else { return };
    match meta.get_mut("extension").and_then(Value::as_array_mut) {
        Some(list) => {
            list.retain(|one| one.get("url").and_then(Value::as_str) != Some(EVENT_TIME));
            list.push(extension);
        }
        None => {
            meta.insert("extension".to_owned(), json!([extension]));
        }
    }
}

/// Whether a period may go from `start` to `end`.
pub(super) fn in_order(start: &str, end: &str) -> bool {
    let read = |text| DateRange::parse(text, Zone::CHINA);
    match (read(start), read(end)) {
        (Some(start), Some(end)) => start.lo < end.hi,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Value {
        let mut resource = json!({"resourceType": "Patient"});
        put(&mut resource, time);
        resource
    }

    #[test]
    fn older_is_what_ended_before() {
        let noon = at("2026-01-05T12:00:00+08:00");
        assert!(is_older(&at("2026-01-05T11:59:59+08:00"), &noon));
        assert!(is_older(&at("2026-01-05T03:59:59+00:00"), &noon));
        assert!(!is_older(&at("2026-01-05T12:00:00+08:00"), &noon), "in the order in which they came");
        assert!(!is_older(&at("2026-01-05"), &noon), "of that day");
        assert!(is_older(&at("2026-01-04"), &noon));
        assert!(!is_older(&json!({}), &noon));
        assert_eq!(newest(&at("2026-01-05"), &noon).as_deref(), Some("2026-01-05T12:00:00+08:00"));
        assert_eq!(newest(&json!({}), &noon).as_deref(), Some("2026-01-05T12:00:00+08:00"));
    }
}
