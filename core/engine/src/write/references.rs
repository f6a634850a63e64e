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

/// What the texts of references become.
#[derive(Default)]
pub(super) struct Targets {
    /// From what references say (`urn:uuid:…`, `Practitioner?identifier=…`) to what they will say.
    pub(super) texts: HashMap<String, String>,
    /// Of what other entries are called by, the version that was sent and the one that is written.
    pub(super) versions: HashMap<String, (String, i64)>,
}

impl Targets {
    /// What `text` becomes in a resource that stands below `base`. Relative references are read from the resource's own
    /// place, as R4 says (bundle.html#references): in `http://x/Observation/2`, `Patient/1` means `http://x/Patient/1`.
    /// One that names a version names it where it goes to, or stays as it was sent.
    fn of(&self, text: &str, base: Option<&str>) -> Option<String> {
        let (plain, version) = match text.rsplit_once("/_history/") {
            Some((plain, version)) => (plain, Some(version)),
            None => (text, None),
        };
        let found = |called: &str| {
            let target = self.texts.get(called)?;
            let Some(version) = version else { return Some(target.clone()) };
            let (sent, written) = self.versions.get(called)?;
            (sent == version).then(|| format!("{target}/_history/{written}"))
        };
        let absolute = || match Reference::parse(text) {
            Reference::Relative { kind, id, .. } => found(&format!("{}/{kind}/{id}", base?)),
            _ => None,
        };
        found(plain).or_else(absolute).filter(|target| target != text)
    }
}

/// Puts `targets` in the place of the texts that they are found by.
pub(super) fn replace(resource: &mut Value, targets: &Targets, full_url: Option<&str>) {
    if targets.texts.is_empty() {
        return;
    }
    let base = full_url.and_then(base);
    let found: Result<(), _> = rewrite(resource, &mut |_, text| Ok::<_, Infallible>(targets.of(text, base)));
    debug_assert!(found.is_ok());
}

/// `http://x` of `http://x/Observation/2`.
fn base(full_url: &str) -> Option<&str> {
    let full_url = full_url.strip_prefix("http").map(|_| full_url)?;
    Some(full_url.rsplit_once('/')?.0.rsplit_once('/')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_named_where_it_goes_to() {
        let (patient, other) = ("http://x/Patient/1".to_owned(), "http://x/Patient/2".to_owned());
        let texts = [
            (patient.clone(), "Patient/new".to_owned()),
            (other, "Patient/two".to_owned()),
            ("urn:uuid:a".to_owned(), "Basic/b".to_owned()),
        ];
        let versions = [(patient, ("3".to_owned(), 1))];
        let targets = Targets { texts: texts.into(), versions: versions.into() };
        let becomes = |text: &str| targets.of(text, Some("http://x"));
        assert_eq!(becomes("Patient/1").as_deref(), Some("Patient/new"));
        assert_eq!(becomes("Patient/1/_history/3").as_deref(), Some("Patient/new/_history/1"));
        assert_eq!(becomes("http://x/Patient/1/_history/3").as_deref(), Some("Patient/new/_history/1"));
        assert_eq!(becomes("Patient/1/_history/2"), None, "another version than the one that was sent");
        assert_eq!(becomes("Patient/2/_history/1"), None, "nobody said which version it was");
        assert_eq!(becomes("Observation/1/_history/1"), None);
        assert_eq!(becomes("urn:uuid:a").as_deref(), Some("Basic/b"));
        assert_eq!(targets.of("Patient/1", None), None);
    }
}
