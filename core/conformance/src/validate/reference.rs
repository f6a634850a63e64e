//! References: how they are written, where they lead, and whether what is there may be pointed to.

use meridian_model::definitions::Definitions;
use meridian_model::reference::{Sought, is_id};
use serde_json::{Map, Value};

use super::entries::Bundles;
use super::items::Item;
use super::place::{Frame, Place, Within};
use super::profile::base_type;
use super::run::Run;
use crate::says::{Article, List, Says, Shown};
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
            Err(why @ (Says::ReferenceBlank | Says::ReferenceType | Says::ReferenceScheme)) => {
                let text = Shown::of(&Value::from(text));
                return self.error("value", place, Says::NotAReference { text, why: Box::new(why) });
            }
            Err(why) => {
                let says = Says::UnusualReference { text: text.to_owned(), why: Box::new(why) };
                return self.warning("value", place, says);
            }
        }
        if let Some(id) = text.strip_prefix('#') {
            let holder = frame.holder();
            if !id.is_empty() && contained(holder.resource, id).is_none() {
                self.error("not-found", place, Says::NotContained { text: text.to_owned() });
            }
        }
        let found = self.find(frame, text);
        if let (None, Some(severity)) = (found, self.with.habits.missing_targets)
            && !text.starts_with('#')
        {
            self.tell(severity, "not-found", place, &Says::NotHere { text: text.to_owned() });
        }
        let found = found.and_then(|found| found.get("resourceType")?.as_str());
        if let (Some(found), Some(written)) = (found, typed(text))
            && found != written
        {
            let says = Says::LeadsTo { text: text.to_owned(), found: Article(found.to_owned()) };
            self.error("structure", place, says);
        }
        let actual = found.or_else(|| typed(text));
        if let (Some(said), Some(actual)) = (said, actual)
            && said.rsplit('/').next() != Some(actual)
        {
            let says = Says::OtherType { said: said.to_owned(), actual: Article(actual.to_owned()) };
            self.error("structure", place, says);
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
            let says = Says::WrongTarget { types: List(types), actual: Article(actual.to_owned()) };
            return self.error("structure", place, says);
        }
        let Some((value, at)) = found else { return };
        let target = Item::of(value);
        let kept = profiles.iter().any(|one| self.is_kept_by_target(frame, place, target, &one.url, actual, at));
        if !kept {
            let names = profiles.iter().map(|one| one.url.as_str()).collect();
            self.error("structure", place, Says::TargetBroken { text: text.to_owned(), names });
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
            self.note("informational", place, Says::ChainEnds);
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
            self.error("structure", place, Says::WrongAggregation);
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
    let sought = Sought::of(full_url, reference);
    let is_it = |entry: &Value| sought.is(entry);
    let by_url = sought.urls().find_map(|url| entries.at(bundle, url, is_it));
    let place = by_url.or_else(|| entries.named(bundle, sought.named()?, is_it))?;
    bundle.get("entry")?.get(place)?.get("resource")
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

/// Is this text a reference?
fn is_written(text: &str) -> Result<(), Says> {
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err(Says::ReferenceBlank);
    }
    if let Some(id) = text.strip_prefix('#') {
        return if id.is_empty() || is_id(id) { Ok(()) } else { Err(Says::ReferenceContained) };
    }
    if text.contains(':') {
        let scheme = text.split(':').next().unwrap_or_default();
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        return if is_scheme || text.contains('?') { Ok(()) } else { Err(Says::ReferenceScheme) };
    }
    if text.contains('?') {
        return Ok(());
    }
    let (plain, _) = split_version(text);
    match plain.split('#').next().unwrap_or(plain).split('/').collect::<Vec<_>>().as_slice() {
        [kind, id] if Definitions::r4().is_resource_type(kind) && is_id(id) => Ok(()),
        [_, _] => Err(Says::ReferenceType),
        _ => Err(Says::ReferenceForm),
    }
}
