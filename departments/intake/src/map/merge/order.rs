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
