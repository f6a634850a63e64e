//! Element by element, as chapter 2 of HL7 v2 has it for fields: not sent leaves, `""` deletes, sent holds.

use serde_json::{Map, Value};

use super::super::plan::Clear;

/// Elements whose members are fields of their own.
const GROUPS: [&str; 3] = ["hospitalization", "period", "requestedPeriod"];

/// Elements of which a resource has one form.
const CHOICES: [&str; 6] = ["deceased", "multipleBirth", "onset", "effective", "occurrence", "value"];

/// Which field an item of a list came from, where several fields feed the list; the same for all items else.
pub(crate) fn slot(element: &str, item: &Value) -> String {
    let text = |pointer: &str| item.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    match element {
        "identifier" => text("/system"),
        "extension" => text("/url"),
        "participant" if item.get("actor").is_none() => text("/type/0/coding/0/code"),
        "telecom" => (if text("/use") == "work" { "work" } else { "home" }).to_owned(),
        "name" => (if text("/use") == "nickname" { "nickname" } else { "name" }).to_owned(),
        "generalPractitioner" => {
            (if text("/type") == "Organization" { "Organization" } else { "Practitioner" }).to_owned()
        }
        "link" => format!("{} {}", text("/type"), text("/other/reference")),
        _ => String::new(),
    }
}

/// `before` with what `sent` says.
pub(super) fn merge(before: &Value, sent: Value, clears: &[Clear]) -> Value {
    let mut kept = before.clone();
    for clear in clears {
        remove(&mut kept, &clear.path, clear.slot.as_deref());
    }
    let (Some(members), Value::Object(sent)) = (kept.as_object_mut(), sent) else { return kept };
    for (name, value) in sent {
        if name == "id" {
            continue;
        }
        drop_other_forms(members, &name);
        match (members.get_mut(&name), value) {
            (Some(Value::Object(there)), Value::Object(new)) if GROUPS.contains(&name.as_str()) => {
                for (name, value) in new {
                    there.insert(name, value);
                }
            }
            (Some(Value::Array(there)), Value::Array(new)) => *there = list(&name, std::mem::take(there), new),
            (_, value) => {
                members.insert(name, value);
            }
        }
    }
    kept
}

/// `deceasedBoolean` goes when `deceasedDateTime` comes, and `_birthDate` with the `birthDate` that it was said of.
fn drop_other_forms(members: &mut Map<String, Value>, name: &str) {
    members.shift_remove(&format!("_{name}"));
    let capital = |rest: &str| rest.starts_with(|c: char| c.is_ascii_uppercase());
    let of = |choice: &str, name: &str| name.strip_prefix(choice).is_some_and(capital);
    if let Some(choice) = CHOICES.into_iter().find(|choice| of(choice, name)) {
        members.retain(|other, _| other == name || !of(choice, other.trim_start_matches('_')));
    }
}

/// The items of `new` in the places of those that came from the same fields; the others stay.
fn list(element: &str, before: Vec<Value>, new: Vec<Value>) -> Vec<Value> {
    let mut waiting: Vec<(String, Value)> = new.into_iter().map(|item| (slot(element, &item), item)).collect();
    let told: Vec<String> = waiting.iter().map(|(slot, _)| slot.clone()).collect();
    let mut out = Vec::with_capacity(before.len() + waiting.len());
    for item in before {
        let of = slot(element, &item);
        if !told.contains(&of) {
            out.push(item);
            continue;
        }
        let (same, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(slot, _)| *slot == of);
        out.extend(same.into_iter().map(|(_, item)| item));
        waiting = rest;
    }
    out.extend(waiting.into_iter().map(|(_, item)| item));
    out
}

fn remove(within: &mut Value, path: &[String], slot_of: Option<&str>) {
    let Some(members) = within.as_object_mut() else { return };
    match path {
        [] => {}
        [last] => match (slot_of, members.get_mut(last)) {
            (Some(wanted), Some(Value::Array(items))) => {
                items.retain(|item| slot(last, item) != wanted);
                if items.is_empty() {
                    members.shift_remove(last);
                }
            }
            (Some(_), _) => {}
            (None, _) => {
                members.shift_remove(last);
                members.shift_remove(&format!("_{last}"));
            }
        },
        [first, rest @ ..] => {
            if let Some(next) = members.get_mut(first) {
                remove(next, rest, slot_of);
                if next.as_object().is_some_and(Map::is_empty) {
                    members.shift_remove(first);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn not_sent_stays_sent_holds_and_null_deletes() {
        let before = json!({"resourceType": "Patient", "id": "p", "birthDate": "1957", "_birthDate": {"id": "x"},
            "gender": "female", "deceasedBoolean": false,
            "identifier": [{"system": "mrn", "value": "1"}, {"system": "ni", "value": "old"}, {"system": "hc", "value": "9"}],
            "telecom": [{"use": "home", "value": "1"}, {"use": "work", "value": "2"}],
            "extension": [{"url": "race", "valueString": "a"}, {"url": "religion", "valueString": "b"}]});
        let sent = json!({"resourceType": "Patient", "birthDate": "1958", "deceasedDateTime": "2026",
            "identifier": [{"system": "mrn", "value": "1"}, {"system": "ni", "value": "new"}],
            "telecom": [{"use": "mobile", "value": "3"}], "extension": [{"url": "race", "valueString": "c"}]});
        let clears = [
            Clear::whole("gender"),
            Clear { path: vec!["extension".into()], slot: Some("religion".into()) },
            Clear { path: vec!["hospitalization".into(), "admitSource".into()], slot: None },
        ];
        assert_eq!(
            merge(&before, sent, &clears),
            json!({"resourceType": "Patient", "id": "p", "birthDate": "1958",
                "identifier": [{"system": "mrn", "value": "1"}, {"system": "ni", "value": "new"}, {"system": "hc", "value": "9"}],
                "telecom": [{"use": "mobile", "value": "3"}, {"use": "work", "value": "2"}],
                "extension": [{"url": "race", "valueString": "c"}], "deceasedDateTime": "2026"})
        );
    }
}
