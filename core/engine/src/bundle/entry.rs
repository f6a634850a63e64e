//! An entry of a Bundle: its method and address, taken apart.

use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::language::Both;
use meridian_model::outcome::Issue;
use serde_json::{Map, Value};

use super::binary;
use super::read::BundleLimits;
use crate::write::{Ask, Entry, NOT_YET, Sent};
use crate::{EngineError, incoming};

/// Reads that one Bundle may ask for.
const MOST_READS: usize = 200;

/// What an entry asks for.
pub(super) enum Wanted {
    Write(Entry),
    Read(Read),
}

/// A read inside a Bundle.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) path: String,
    pub(super) query: String,
    /// The version that the client has.
    pub(super) if_none_match: Option<String>,
    pub(super) place: String,
}

/// The entries so far.
pub(super) struct Taken {
    pub(super) entries: Vec<Result<Wanted, EngineError>>,
    most: usize,
    reads: usize,
}

impl Taken {
    pub(super) fn new(most: usize) -> Taken {
        Taken { entries: Vec::new(), most, reads: 0 }
    }

    /// Takes an entry apart; its resource is moved, or packed.
    ///
    /// # Errors
    /// When the Bundle asks for too much; a fault of the entry itself stands in its place.
    pub(super) fn add(&mut self, entry: Value, pack: bool) -> Result<(), EngineError> {
        if self.entries.len() == self.most {
            let says = both!("more than {} entries", "条目超过 {} 个，请分几次发送", self.most);
            return Err(EngineError::Invalid(vec![Issue::error("too-costly", says).at("Bundle.entry")]));
        }
        let place = format!("Bundle.entry[{}]", self.entries.len());
        let wanted = wanted(entry, place.clone(), pack).map_err(|error| error.within(&place));
        if matches!(wanted, Ok(Wanted::Read(_))) {
            self.reads += 1;
            if self.reads > MOST_READS {
                return Err(EngineError::invalid(
                    "Bundle.entry",
                    both!("more than {MOST_READS} reads", "读取超过 {MOST_READS} 个，请分几次发送"),
                ));
            }
        }
        self.entries.push(wanted);
        Ok(())
    }
}

/// Takes the entries out of a Bundle; resources are moved, not copied.
pub(super) fn take(mut bundle: Value) -> Result<Vec<Result<Wanted, EngineError>>, EngineError> {
    let entries = match bundle.as_object_mut().and_then(|members| members.remove("entry")) {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err(EngineError::invalid("Bundle.entry", both!("a list is expected", "此处应是数组"))),
    };
    let mut taken = Taken::new(BundleLimits::default().entries);
    for entry in entries {
        taken.add(entry, false)?;
    }
    Ok(taken.entries)
}

fn wanted(entry: Value, place: String, pack: bool) -> Result<Wanted, EngineError> {
    let invalid = |at: &str, says: Both| EngineError::invalid(format!("{place}{at}"), says);
    let Value::Object(mut entry) = entry else {
        return Err(invalid("", both!("an object is expected", "此处应是对象")));
    };
    let Some(Value::Object(request)) = entry.remove("request") else {
        return Err(invalid(
            ".request",
            both!("an entry of a transaction or batch has a request", "transaction 或 batch 的每个条目都要有 request"),
        ));
    };
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    let Some(url) = text("url") else {
        return Err(invalid(".request.url", both!("an address is expected", "缺少地址 url")));
    };
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let full_url = entry.get("fullUrl").and_then(Value::as_str).map(str::to_owned);
    let method = text("method").unwrap_or_default();
    if path.split('/').any(|segment| segment.starts_with('$')) {
        let says = both!(
            "operations are not run inside Bundles: call `{method} {url}` by itself",
            "Bundle 中不能调用操作，请单独发送 `{method} {url}`"
        );
        return Err(EngineError::NotSupported(says).within(&place));
    }
    if matches!(method, "GET" | "HEAD") {
        let (path, query) = (path.to_owned(), query.to_owned());
        return Ok(Wanted::Read(Read { path, query, if_none_match: text("ifNoneMatch").map(str::to_owned), place }));
    }
    let (kind, id) = address(path)
        .ok_or_else(|| invalid(".request.url", both!("`{url}` is no address of R4", "`{url}` 不是 R4 的地址")))?;
    let if_match = text("ifMatch").map(|tag| {
        version_of_tag(tag).ok_or_else(|| {
            invalid(".request.ifMatch", both!("`{tag}` is no version", "`{tag}` 不是版本，应写成 W/\"1\""))
        })
    });
    let if_match = match text("ifNoneMatch") {
        Some("*") => Some(NOT_YET),
        _ => if_match.transpose()?,
    };
    let ask = match (method, id) {
        ("POST", None) => {
            let if_none_exist = text("ifNoneExist").map(|query| condition(query, kind).to_owned());
            let resource = resource(&mut entry, kind, &place, pack)?;
            Ask::Create { kind, resource, if_none_exist }
        }
        ("PUT", Some(id)) => {
            let sent = resource_in(&mut entry, kind, &place)?;
            if sent.get("id").and_then(Value::as_str) != Some(id.as_str()) {
                return Err(invalid(
                    ".resource.id",
                    both!("the resource must have the id of its address, `{id}`", "资源的 id 必须与地址一致：`{id}`"),
                ));
            }
            Ask::Update { kind, id, resource: held(sent, pack)?, if_match }
        }
        ("PUT", None) if !query.is_empty() => {
            let (query, resource) = (query.to_owned(), resource(&mut entry, kind, &place, pack)?);
            Ask::UpdateWhere { kind, query, resource, if_match }
        }
        ("PATCH", id) if id.is_some() != query.is_empty() => {
            return Err(invalid(
                ".request.url",
                both!(
                    "`{url}` names both a resource and a condition, or neither",
                    "`{url}` 应写明资源或条件，两者只能有一个"
                ),
            ));
        }
        ("PATCH", id) => {
            let sent = entry.remove("resource");
            let sent = sent.ok_or_else(|| {
                invalid(
                    ".resource",
                    both!("the patch is expected: a Binary or Parameters", "缺少补丁：应是 Binary 或 Parameters"),
                )
            })?;
            let edit = binary::patch(&sent)?;
            match id {
                Some(id) => Ask::Edit { kind, id, edit, if_match },
                None => Ask::EditWhere { kind, query: query.to_owned(), edit, if_match },
            }
        }
        ("DELETE", Some(id)) if query.is_empty() => Ask::Delete { kind, id, if_match },
        ("DELETE", None) if !query.is_empty() => {
            let (query, most) = crate::delete::several(query, if_match).map_err(|error| error.within(&place))?;
            Ask::DeleteWhere { kind, query, most, if_match }
        }
        _ => {
            return Err(invalid(
                ".request",
                both!("`{method} {url}` is no interaction of R4", "`{method} {url}` 不是 R4 的交互"),
            ));
        }
    };
    Ok(Wanted::Write(Entry { ask, full_url, place, unfit: None }))
}

fn resource(entry: &mut Map<String, Value>, kind: &str, place: &str, pack: bool) -> Result<Sent, EngineError> {
    held(resource_in(entry, kind, place)?, pack)
}

fn held(resource: Value, pack: bool) -> Result<Sent, EngineError> {
    if pack { Sent::packed(&resource) } else { Ok(resource.into()) }
}

fn resource_in(entry: &mut Map<String, Value>, kind: &str, place: &str) -> Result<Value, EngineError> {
    let Some(resource) = entry.remove("resource") else {
        return Err(EngineError::invalid(
            format!("{place}.resource"),
            both!("a resource is expected", "缺少资源 resource"),
        ));
    };
    incoming::resource_of(&resource, kind)?;
    Ok(resource)
}

/// `Type`, `Type/id`.
fn address(path: &str) -> Option<(&'static str, Option<String>)> {
    let path = path.trim_matches('/');
    let (kind, id) = path.split_once('/').map_or((path, None), |(kind, id)| (kind, Some(id.to_owned())));
    let r4 = Definitions::r4();
    let kind = r4.type_name(r4.type_code(kind)?)?;
    match &id {
        Some(id) if id.contains('/') => None,
        _ => Some((kind, id)),
    }
}

/// The query of an `ifNoneExist`, which some senders write as a whole address.
pub fn condition<'a>(text: &'a str, kind: &str) -> &'a str {
    text.strip_prefix(kind).unwrap_or(text).trim_start_matches('?')
}

/// The number in `W/"3"`.
pub fn version_of_tag(tag: &str) -> Option<i64> {
    tag.trim().trim_start_matches("W/").trim_matches('"').parse().ok().filter(|version| *version > 0)
}
