//! What the server sets in a resource: its id, its version, when it was written and by which institution.

use meridian_model::both;
use meridian_model::outcome::Issue;
use serde_json::{Map, Value, json};

use crate::EngineError;
use crate::engine::instant;
use crate::meaning::judge::TAG as VALIDATION_TAG;
use crate::search::RECORD_TAG;

/// The system of the tag that names the institution a version came from.
pub(crate) const INSTITUTION_TAG: &str = "https://meridian.example/institution";

/// The institution that a version came from.
pub(crate) fn institution(resource: &Value) -> Option<&str> {
    let tags = resource.pointer("/meta/tag")?.as_array()?;
    let ours = tags.iter().find(|tag| tag.get("system").and_then(Value::as_str) == Some(INSTITUTION_TAG));
    ours?.get("code")?.as_str()
}

/// Takes out the tags that only the server gives: no sender makes a golden record, and none calls a resource valid that
/// was not judged.
pub(super) fn disclaim(resource: &mut Map<String, Value>, is_judged: bool) {
    let Some(meta) = resource.get_mut("meta").and_then(Value::as_object_mut) else { return };
    let Some(Value::Array(tags)) = meta.get_mut("tag") else { return };
    let before = tags.len();
    tags.retain(|tag| match tag.get("system").and_then(Value::as_str) {
        Some(RECORD_TAG) => false,
        Some(VALIDATION_TAG) => is_judged,
        _ => true,
    });
    if tags.is_empty() && before > 0 {
        meta.shift_remove("tag");
    }
}

/// Where a server says that it left something out.
const SUBSETTED: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "SUBSETTED");

/// A resource of which a part was left out when it was read is not written back: the rest would be lost.
///
/// # Errors
/// `Unprocessable` at its tags.
pub(super) fn refuse_subset(kind: &str, resource: &Value) -> Result<(), EngineError> {
    let tags = resource.pointer("/meta/tag").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |tag: &Value, key: &str| tag.get(key).and_then(Value::as_str).map(str::to_owned);
    let (system, code) = SUBSETTED;
    if tags
        .iter()
        .any(|tag| text(tag, "system").as_deref() == Some(system) && text(tag, "code").as_deref() == Some(code))
    {
        let says = both!(
            "this is a part of a resource (SUBSETTED); written back, the rest of it would be lost",
            "这只是资源的一部分（SUBSETTED），写回会丢失其余内容；请先读取完整资源"
        );
        return Err(EngineError::Unprocessable(vec![
            Issue::error("business-rule", says).at(format!("{kind}.meta.tag")),
        ]));
    }
    Ok(())
}

/// Sets `id` and `meta` of a version; what the sender put into `meta` stays, but for what is the server's.
pub(super) fn stamp(resource: &mut Map<String, Value>, id: &str, version: i64, at: i64, institution: &str) {
    let mut meta = match resource.shift_remove("meta") {
        Some(Value::Object(meta)) => meta,
        _ => Map::new(),
    };
    meta.shift_insert(0, "versionId".to_owned(), Value::from(version.to_string()));
    meta.shift_insert(1, "lastUpdated".to_owned(), Value::from(instant(at)));
    let tag = json!({"system": INSTITUTION_TAG, "code": institution});
    match meta.get_mut("tag") {
        Some(Value::Array(tags)) => {
            tags.retain(|tag| tag.get("system").and_then(Value::as_str) != Some(INSTITUTION_TAG));
            tags.push(tag);
        }
        _ => {
            meta.insert("tag".to_owned(), Value::Array(vec![tag]));
        }
    }
    resource.shift_remove("id");
    let place = usize::from(resource.contains_key("resourceType"));
    resource.shift_insert(place, "id".to_owned(), Value::from(id));
    resource.shift_insert(place + 1, "meta".to_owned(), Value::Object(meta));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sender_makes_a_golden_record() {
        let mut resource = json!({"meta": {"tag": [{"code": "a"}, {"system": RECORD_TAG, "code": "golden"}]}});
        disclaim(resource.as_object_mut().unwrap(), true);
        assert_eq!(resource, json!({"meta": {"tag": [{"code": "a"}]}}));
    }

    #[test]
    fn only_who_was_judged_is_called_valid() {
        let mut resource = json!({"meta": {"source": "a", "tag": [{"system": VALIDATION_TAG, "code": "valid"}]}});
        let sent = resource.clone();
        disclaim(resource.as_object_mut().unwrap(), true);
        assert_eq!(resource, sent);
        disclaim(resource.as_object_mut().unwrap(), false);
        assert_eq!(resource, json!({"meta": {"source": "a"}}));
    }

    #[test]
    fn the_senders_tags_stay_and_the_institution_stands_once() {
        let mut resource = json!({"name": [{"text": "x"}], "resourceType": "Patient", "id": "old",
            "meta": {"versionId": "9", "source": "urn:x", "tag": [{"code": "a"}, {"system": INSTITUTION_TAG, "code": "CJ09"}]}});
        stamp(resource.as_object_mut().unwrap(), "new", 2, 0, "CJ01");
        stamp(resource.as_object_mut().unwrap(), "new", 3, 0, "CJ01");
        let meta = &resource["meta"];
        assert_eq!(meta["versionId"], "3");
        assert_eq!(meta["lastUpdated"], "1970-01-01T00:00:00.000Z");
        assert_eq!(meta["source"], "urn:x");
        assert_eq!(meta["tag"], json!([{"code": "a"}, {"system": INSTITUTION_TAG, "code": "CJ01"}]));
        assert_eq!(resource["id"], "new");
        assert_eq!(institution(&resource), Some("CJ01"));
    }
}
