//! References: how they are written, where they lead, and whether what is there may be pointed to.

use meridian_model::definitions::Definitions;
use meridian_model::reference::is_id;
use serde_json::{Map, Value};

use super::entries::{self, Bundles};
use super::items::Item;
use super::place::{Frame, Place, Within};
use super::profile::base_type;
use super::run::Run;
use crate::structure::{Aggregation, Type};

/// Depth from which profiles of targets are followed no further.
const FARTHEST: usize = 48;

/// Where a reference led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Contained,
    Bundled,
    Outside,
}

impl<'r> Run<'r> {
    /// What holds for every Reference.
    pub(super) fn reference(&mut self, frame: &Frame<'_>, place: &Place<'_>, map: &Map<String, Value>) {
        let said = map.get("type").and_then(Value::as_str);
        let Some(text) = map.get("reference").and_then(Value::as_str) else { return };
        match is_written(text) {
            Ok(()) => {}
            Err(says @ (BLANK | TYPE | SCHEME)) => {
                let shown = super::pinned::short(&Value::from(text));
                return self.error("value", place, format!("{shown} is not a reference: {says}"));
            }
            Err(says) => return self.warning("value", place, format!("`{text}` is an unusual reference: {says}")),
        }
        if let Some(id) = text.strip_prefix('#') {
            let holder = frame.holder();
            if !id.is_empty() && contained(holder.resource, id).is_none() {
                let says = format!("`{text}` points to a contained resource, and none has this id");
                self.error("not-found", place, says);
            }
        }
        let found = self.find(frame, text);
        if let (None, Some(severity)) = (found, self.with.habits.missing_targets)
            && !text.starts_with('#')
        {
            self.tell(severity, "not-found", place, format!("what `{text}` leads to is not here"));
        }
        let found = found.and_then(|found| found.get("resourceType")?.as_str());
        if let (Some(found), Some(written)) = (found, typed(text))
            && found != written
        {
            self.error("structure", place, format!("`{text}` leads to a {found}"));
        }
        let actual = found.or_else(|| typed(text));
        if let (Some(said), Some(actual)) = (said, actual)
            && said.rsplit('/').next() != Some(actual)
        {
            self.error("structure", place, format!("`type` says {said}, the reference leads to a {actual}"));
        }
    }

    /// What an element allows a reference or canonical to lead to.
    pub(super) fn targets(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, kind: &Type) {
        if kind.code != "Reference" || (kind.targets.is_empty() && kind.aggregation.is_empty()) {
            return;
        }
        let text = item.value.get("reference").and_then(Value::as_str).unwrap_or_default();
        let found = if text.is_empty() { None } else { self.find_where(frame, text) };
        if let Some((_, at)) = found
            && !kind.aggregation.is_empty()
        {
            self.aggregation(place, kind, at);
        }
        let actual = found.and_then(|(value, _)| value.get("resourceType")?.as_str());
        let Some(actual) = actual.or_else(|| type_of(text, item.value)) else { return };
        if kind.targets.is_empty() {
            return;
        }
        let mut types = Vec::new();
        let mut is_typed = false;
        let mut profiles = Vec::new();
        for target in &kind.targets {
            match base_type(target) {
                Some(base) => {
                    types.push(base.to_owned());
                    is_typed |= Definitions::r4().is_a(actual, base);
                }
                None => match self.structure(target) {
                    Ok(one) => {
                        let is_right = Definitions::r4().is_a(actual, &one.type_name);
                        types.push(format!("{} ({})", one.type_name, one.url));
                        if is_right {
                            profiles.push(one);
                        }
                    }
                    // A profile that is not here may be of any type.
                    Err(_) => return,
                },
            }
        }
        if is_typed {
            return;
        }
        if profiles.is_empty() {
            let says = format!("this may lead to {}, not to a {actual}", types.join(", "));
            return self.error("structure", place, says);
        }
        let Some((value, at)) = found else { return };
        let target = Item::of(value);
        let kept = profiles.iter().any(|one| self.is_kept_by_target(frame, place, target, &one.url, actual, at));
        if !kept {
            let names: Vec<&str> = profiles.iter().map(|one| one.url.as_str()).collect();
            let says = format!("what `{text}` leads to does not keep {}", names.join(" or "));
            self.error("structure", place, says);
        }
    }

    fn is_kept_by_target(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        target: Item<'_>,
        profile: &str,
        kind: &str,
        at: Where,
    ) -> bool {
        // A chain of references goes on from resource to resource; each of them is judged by its own profiles too.
        if place.depth > FARTHEST {
            self.note("informational", place, "what lies further along this chain of references is not followed");
            return true;
        }
        let within = match at {
            Where::Contained => Within::Resource,
            Where::Bundled => Within::Entry(None),
            Where::Outside => Within::Nothing,
        };
        let holder = frame.holder();
        let around = if at == Where::Contained { Some(holder) } else { holder.around };
        let inner = Frame { resource: target.value, kind, around, within };
        let place = Place { kind, is_resource: true, item: target, depth: place.depth + 1, ..*place };
        self.is_kept(&inner, &place, target, profile)
    }

    fn aggregation(&mut self, place: &Place<'_>, kind: &Type, at: Where) {
        let is_allowed = kind.aggregation.iter().any(|one| {
            matches!(
                (one, at),
                (Aggregation::Contained, Where::Contained)
                    | (Aggregation::Bundled, Where::Bundled)
                    | (Aggregation::Referenced, Where::Outside | Where::Bundled)
            )
        });
        if !is_allowed {
            let says = "the target is not where this reference may lead: contained, in the same Bundle or outside";
            self.error("structure", place, says);
        }
    }

    /// What a reference leads to, as far as it is at hand.
    pub(super) fn find<'a>(&self, frame: &Frame<'a>, reference: &str) -> Option<&'a Value>
    where
        'r: 'a,
    {
        self.find_where(frame, reference).map(|(value, _)| value)
    }

    fn find_where<'a>(&self, frame: &Frame<'a>, reference: &str) -> Option<(&'a Value, Where)>
    where
        'r: 'a,
    {
        let holder = frame.holder();
        if let Some(id) = reference.strip_prefix('#') {
            let found = if id.is_empty() { Some(holder.resource) } else { contained(holder.resource, id) };
            return found.map(|value| (value, Where::Contained));
        }
        // From the innermost Bundle outwards.
        let mut own = holder;
        let mut full_url = None;
        loop {
            if let Within::Entry(url) = own.within {
                full_url = url.or(full_url);
            }
            let Some(around) = own.around else { break };
            if around.kind == "Bundle"
                && let Some(found) = in_bundle(&self.bundles, around.resource, full_url, reference)
            {
                return Some((found, Where::Bundled));
            }
            own = around;
        }
        self.with.lookup.resolve(reference).map(|value| (value, Where::Outside))
    }
}

/// The contained resource of this id.
fn contained<'a>(holder: &'a Value, id: &str) -> Option<&'a Value> {
    let all = holder.get("contained").and_then(Value::as_array)?;
    all.iter().find(|one| one.get("id").and_then(Value::as_str) == Some(id))
}

/// The resource in a Bundle that a reference leads to, from a resource with `full_url`.
pub(super) fn in_bundle<'a>(
    bundles: &Bundles,
    bundle: &'a Value,
    full_url: Option<&str>,
    reference: &str,
) -> Option<&'a Value> {
    let entries = bundles.of(bundle);
    let (reference, version) = split_version(reference);
    let reference = reference.split('#').next().unwrap_or(reference);
    let is_version = |entry: &Value| {
        version.is_none_or(|version| entry.pointer("/resource/meta/versionId").and_then(Value::as_str) == Some(version))
    };
    let resource = |place: Option<usize>| bundle.get("entry")?.get(place?)?.get("resource");
    let by_url = |wanted: &str| resource(entries.at(bundle, wanted, is_version));
    if reference.contains(':') {
        return by_url(reference);
    }
    // A relative reference is relative to where its resource stands.
    if let Some(base) = full_url.and_then(base_of) {
        return by_url(&format!("{base}{reference}"));
    }
    let (kind, id) = reference.split_once('/')?;
    // Beside a `urn:uuid:…` the id is that of another.
    if full_url.is_some_and(|own| own.starts_with("urn:")) {
        return by_url(&format!("urn:uuid:{id}")).or_else(|| by_url(&format!("urn:oid:{id}")));
    }
    let is_near = |entry: &Value| entries::url(entry).is_none_or(|url| url.ends_with(reference)) && is_version(entry);
    resource(entries.named(bundle, (kind, id), is_near))
}

/// `http://a/fhir/` of `http://a/fhir/Patient/1`.
pub(super) fn base_of(url: &str) -> Option<&str> {
    if !url.starts_with("http") {
        return None;
    }
    let (rest, id) = url.rsplit_once('/')?;
    let (base, kind) = rest.rsplit_once('/')?;
    (is_id(id) && Definitions::r4().is_resource_type(kind)).then(|| url.get(..=base.len())).flatten()
}

fn split_version(reference: &str) -> (&str, Option<&str>) {
    reference.split_once("/_history/").map_or((reference, None), |(reference, version)| (reference, Some(version)))
}

/// The type that a reference says of its target, by its text or by its `type`.
pub(super) fn type_of<'a>(text: &'a str, value: &'a Value) -> Option<&'a str> {
    typed(text).or_else(|| {
        let said = value.get("type").and_then(Value::as_str)?;
        let said = said.rsplit('/').next()?;
        Definitions::r4().is_resource_type(said).then_some(said)
    })
}

/// `Patient` of `Patient/1` and of `http://a/fhir/Patient/1/_history/2`.
fn typed(text: &str) -> Option<&str> {
    if text.starts_with('#') || text.starts_with("urn:") {
        return None;
    }
    let (text, _) = split_version(text);
    let mut parts = text.rsplit('/');
    let (id, kind) = (parts.next()?, parts.next()?);
    (is_id(id) && Definitions::r4().is_resource_type(kind)).then_some(kind)
}

const BLANK: &str = "it has blanks or is empty";
const SCHEME: &str = "it begins like an address, and is none";
const TYPE: &str = "a relative reference is `Type/id`, with a resource type of R4";

/// Is this text a reference?
fn is_written(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err(BLANK);
    }
    if let Some(id) = text.strip_prefix('#') {
        return if id.is_empty() || is_id(id) {
            Ok(())
        } else {
            Err("behind `#` stands the id of a contained resource")
        };
    }
    if text.contains(':') {
        let scheme = text.split(':').next().unwrap_or_default();
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        return if is_scheme || text.contains('?') { Ok(()) } else { Err(SCHEME) };
    }
    if text.contains('?') {
        return Ok(());
    }
    let (plain, _) = split_version(text);
    match plain.split('#').next().unwrap_or(plain).split('/').collect::<Vec<_>>().as_slice() {
        [kind, id] if Definitions::r4().is_resource_type(kind) && is_id(id) => Ok(()),
        [_, _] => Err(TYPE),
        _ => Err("it is written as `Type/id`, as an address, as `urn:uuid:…` or as `#id`"),
    }
}
