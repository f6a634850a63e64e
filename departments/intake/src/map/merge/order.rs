//! An order meets the result that answers it.

use serde_json::{Value, json};

/// Whether a result takes the order on: a final one completes what is open; what was withdrawn stays so.
pub(super) fn goes_on(before: &Value, sent: &Value) -> bool {
    let status = |of: &Value| of.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
    let open = matches!(status(before).as_str(), "draft" | "active" | "on-hold" | "unknown");
    open && status(sent) == "completed"
}

/// The order as it was, completed.
pub(super) fn reported(before: &Value, sent: &Value) -> Value {
    let mut kept = before.clone();
    if let Some(members) = kept.as_object_mut() {
        members.insert("status".to_owned(), json!("completed"));
        super::with_meta(members, sent);
    }
    kept
}

/// What was answered is not open again because a message of its order comes late; it may still be withdrawn.
pub(super) fn stay_answered(before: &Value, sent: &mut Value) {
    let status = |of: &Value| of.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
    let open = matches!(status(sent).as_str(), "draft" | "active" | "on-hold" | "unknown");
    if let (true, "completed", Some(members)) = (open, status(before).as_str(), sent.as_object_mut()) {
        members.shift_remove("status");
    }
}
