//! What the references of a resource say, and what they say once it is known what they point to.

use std::collections::HashMap;
use std::convert::Infallible;

use meridian_model::reference::Reference;
use meridian_model::rewrite::rewrite;
use serde_json::Value;

/// Shows the text of every `Reference.reference`.
pub(super) fn visit(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if key == "reference" => see(text),
                    other => visit(other, see),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, see)),
        _ => {}
    }
}

/// Where in a resource the reference `text` stands: `Observation.performer[0]`.
pub(super) fn place_of(resource: &Value, text: &str) -> Option<String> {
    let kind = resource.get("resourceType").and_then(Value::as_str)?;
    Some(format!("{kind}{}", below(resource, text)?))
}

fn below(value: &Value, text: &str) -> Option<String> {
    match value {
        Value::Object(members) => members.iter().find_map(|(key, member)| match member {
            Value::String(found) if key == "reference" => (found == text).then(String::new),
            other => below(other, text).map(|rest| format!(".{key}{rest}")),
        }),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(nth, item)| below(item, text).map(|rest| format!("[{nth}]{rest}")))
        }
        _ => None,
    }
}

/// Puts `targets` in the place of the texts that they are found by. Relative references are read from the resource's
/// own place `full_url`, as R4 says (bundle.html#references): in `http://x/Observation/2`, `Patient/1` means
/// `http://x/Patient/1`.
pub(super) fn replace(resource: &mut Value, targets: &HashMap<String, String>, full_url: Option<&str>) {
    if targets.is_empty() {
        return;
    }
    let base = full_url.and_then(base);
    let target = |text: &str| {
        let absolute = || match Reference::parse(text) {
            Reference::Relative { kind, id, .. } => targets.get(&format!("{}/{kind}/{id}", base?)),
            _ => None,
        };
        targets.get(text).or_else(absolute).filter(|target| *target != text).cloned()
    };
    let found: Result<(), _> = rewrite(resource, &mut |_, text| Ok::<_, Infallible>(target(text)));
    debug_assert!(found.is_ok());
}

/// `http://x` of `http://x/Observation/2`.
fn base(full_url: &str) -> Option<&str> {
    let full_url = full_url.strip_prefix("http").map(|_| full_url)?;
    Some(full_url.rsplit_once('/')?.0.rsplit_once('/')?.0)
}
