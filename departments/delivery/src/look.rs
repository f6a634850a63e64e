//! Looking things up in resources: texts and lists by their places, institutions by their tags.

use serde_json::Value;

const INSTITUTION_TAG: &str = "https://meridian.example/institution";

/// The text at a JSON pointer; None when it is not there or empty.
pub(crate) fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
}

/// The list at a JSON pointer, empty when there is none.
pub(crate) fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A number as it was written.
pub(crate) fn number(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_number().map(ToString::to_string)
}

/// The institution that a version came from.
pub(crate) fn institution(resource: &Value) -> Option<&str> {
    let tags = list(resource, "/meta/tag").iter();
    tags.filter(|tag| text(tag, "/system") == Some(INSTITUTION_TAG)).find_map(|tag| text(tag, "/code"))
}

/// A reference `Type/id` of this server: without the version, None for any other.
pub(crate) fn local(reference: &Value) -> Option<&str> {
    let reference = text(reference, "/reference")?;
    let plain = reference.split("/_history/").next().unwrap_or(reference);
    let (kind, id) = plain.split_once('/')?;
    let fits = kind.starts_with(|c: char| c.is_ascii_uppercase()) && !id.is_empty() && !id.contains('/');
    fits.then_some(plain)
}

/// What a resource is known by within a message: `Type/id`, or `#id` for a contained one.
pub(crate) fn name(reference: &Value) -> Option<&str> {
    text(reference, "/reference").filter(|name| name.starts_with('#')).or_else(|| local(reference))
}

/// The codes of a concept that are in this system.
pub(crate) fn code_in<'v>(concept: &'v Value, system: &str) -> Option<&'v str> {
    let codings = list(concept, "/coding").iter();
    codings.filter(|coding| text(coding, "/system") == Some(system)).find_map(|coding| text(coding, "/code"))
}
