//! Links: which records of an institution are one (A40), and which are so no longer (A37).
//!
//! Each link says when it was told, and two records that were parted remember when. So messages that come late, or are
//! tried again, end where they would have ended in order: an older link never undoes a newer one between the same two
//! records, and is not lost because the record has heard of other things since.

use serde_json::{Map, Value, json};

use super::{
    super::plan::{Plan, Step},
    time::{event_time, is_before, told_at},
    with_meta,
};

/// In `Patient.extension`: the record that this one was parted from; its reference says when.
const PARTED: &str = "https://meridian.example/extension/parted-from";

/// A link to `url`, told at `time`.
pub(crate) fn link(kind: &str, url: &str, time: Option<&str>) -> Value {
    let mut link = json!({"other": {"reference": url}, "type": kind});
    if let (Some(time), Some(members)) = (time, link.as_object_mut()) {
        members.insert("extension".to_owned(), json!([event_time(time)]));
    }
    link
}

/// Takes from `sent` the links that are older than what is known of the same two records. Whether any is left.
pub(super) fn says_something(step: &Step, before: &Value, sent: &mut Value) -> bool {
    let known = links(before);
    let is_news = |one: &Value| {
        let newer = |known: &Value| is_before(told_at(one), told_at(known));
        let same = |known: &&Value| other(known) == other(one);
        let moved_on = |known: &&Value| step.plan == Plan::Replaced && link_type(known) == "replaced-by";
        !known.iter().filter(|known| same(known) || moved_on(known)).any(newer)
            && !parted(before).filter(|from| reference(from) == other(one)).any(newer)
    };
    let Some(told) = sent.get_mut("link").and_then(Value::as_array_mut) else { return false };
    told.retain(is_news);
    !told.is_empty()
}

/// The survivor is a record again, whatever an earlier merge said of it.
pub(super) fn survivor(before: &Value, mut kept: Value, sent: &Value) -> Value {
    let told = links(sent).iter().find_map(told_at);
    let Some(members) = kept.as_object_mut() else { return kept };
    if let Some(there) = members.get_mut("link").and_then(Value::as_array_mut) {
        let count = there.len();
        let stands_in = |link: &Value| link_type(link) == "replaced-by" && !is_before(told, told_at(link));
        // One link between two records: the one of this message.
        let now = |link: &Value| links(sent).iter().any(|new| other(new) == other(link) && new != link);
        there.retain(|link| !stands_in(link) && !now(link));
        let replaced = there.iter().any(|link| link_type(link) == "replaced-by");
        if there.len() < count && !replaced && before.get("active") == Some(&json!(false)) {
            members.shift_remove("active");
        }
    }
    joined(members, sent);
    kept
}

/// The old record keeps all it says; it is only no longer used.
pub(super) fn replaced(before: &Value, sent: &Value) -> Value {
    let mut kept = before.clone();
    let Some(members) = kept.as_object_mut() else { return kept };
    let mut all = links(before).to_vec();
    let named = |link: &Value| links(sent).iter().any(|new| other(new) == other(link));
    all.retain(|link| link_type(link) != "replaced-by" && !named(link));
    all.extend(links(sent).iter().cloned());
    members.insert("active".to_owned(), json!(false));
    members.insert("link".to_owned(), Value::Array(all));
    joined(members, sent);
    with_meta(members, sent);
    kept
}

/// The links between the two go, and who was replaced is a record again.
pub(super) fn apart(before: &Value, sent: &Value) -> Value {
    let mut kept = before.clone();
    let Some(members) = kept.as_object_mut() else { return kept };
    if let Some(there) = members.get_mut("link").and_then(Value::as_array_mut) {
        let was_replaced = |link: &Value| link_type(link) == "replaced-by";
        let before = there.iter().any(was_replaced);
        there.retain(|link| !links(sent).iter().any(|one| other(one) == other(link)));
        let (now, empty) = (there.iter().any(was_replaced), there.is_empty());
        if empty {
            members.shift_remove("link");
        }
        if before && !now {
            members.shift_remove("active");
        }
    }
    joined(members, sent);
    for one in links(sent) {
        let Some(mut from) = one.get("other").cloned() else { continue };
        if let (Some(told), Some(members)) = (one.get("extension"), from.as_object_mut()) {
            members.insert("extension".to_owned(), told.clone());
        }
        let all = members.entry("extension").or_insert_with(|| json!([]));
        if let Some(all) = all.as_array_mut() {
            all.push(json!({"url": PARTED, "valueReference": from}));
        }
    }
    with_meta(members, sent);
    kept
}

/// What was remembered of a parting from the records that `sent` names is answered.
fn joined(members: &mut Map<String, Value>, sent: &Value) {
    let Some(all) = members.get_mut("extension").and_then(Value::as_array_mut) else { return };
    all.retain(|one| {
        let from = one.get("valueReference").filter(|_| one.get("url") == Some(&json!(PARTED)));
        from.is_none_or(|from| !links(sent).iter().any(|new| other(new) == reference(from)))
    });
    if all.is_empty() {
        members.shift_remove("extension");
    }
}

fn parted(patient: &Value) -> impl Iterator<Item = &Value> {
    let all = patient.get("extension").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    all.iter().filter(|one| one.get("url") == Some(&json!(PARTED))).filter_map(|one| one.get("valueReference"))
}

fn links(patient: &Value) -> &[Value] {
    patient.get("link").and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
}

fn link_type(link: &Value) -> &str {
    link.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn other(link: &Value) -> Option<&str> {
    reference(link.get("other")?)
}

fn reference(of: &Value) -> Option<&str> {
    of.get("reference").and_then(Value::as_str)
}

/// The id of the Patient that this one was merged into.
pub(crate) fn merged_into(patient: &Value) -> Option<String> {
    let link = links(patient).iter().find(|link| link_type(link) == "replaced-by")?;
    other(link)?.strip_prefix("Patient/").map(str::to_owned)
}
