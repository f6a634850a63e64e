//! Identifiers: CX and EI, and the key by which a resource is found again.

use meridian_hl7v2::Part;
use serde_json::{Map, Value, json};

use super::{
    bundle,
    codes::is_oid,
    context::{Context, clean},
};

const TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// A CX as `Identifier`. `assumed` is the type of a field that names none (PID-19 is a social number).
pub(crate) fn identifier(cx: &mut Context<'_>, part: Part<'_>, assumed: Option<&str>, at: &str) -> Option<Value> {
    let value = clean(part)?;
    let kind = clean(part.comp(5)).or_else(|| assumed.map(str::to_owned));
    let assigner = part.comp(4);
    let (system, value) = resolve(cx, &value, assigner, kind.as_deref());
    let mut out = Map::new();
    if let Some(kind) = &kind {
        let standard = cx.tables.code("HL70203-system", kind).is_some() && kind.is_ascii();
        let coded = standard || (kind.len() <= 5 && kind.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
        let concept = if coded { json!({"coding": [{"system": TYPES, "code": kind}]}) } else { json!({"text": kind}) };
        out.insert("type".into(), concept);
    }
    out.insert("system".into(), json!(system));
    out.insert("value".into(), json!(value));
    let mut period = Map::new();
    for (name, n) in [("start", 7), ("end", 8)] {
        if let Some(time) = cx.time(part.comp(n), at) {
            period.insert(name.into(), json!(time.date_time(cx.feed.zone)));
        }
    }
    if !period.is_empty() && in_order(&period) {
        out.insert("period".into(), Value::Object(period));
    }
    if let Some(name) = clean(part.comp(6)).or_else(|| clean(assigner)) {
        out.insert("assigner".into(), json!({"display": name}));
    }
    Some(Value::Object(out))
}

/// An EI (number, namespace, universal id, its type) as `Identifier`.
pub(crate) fn entity(cx: &Context<'_>, part: Part<'_>) -> Option<Value> {
    let value = clean(part)?;
    let system = match universal(clean(part.comp(3)), clean(part.comp(4))) {
        Some(system) => system,
        None => match clean(part.comp(2)) {
            Some(name) if !is_own(cx, &name) => format!("{}/{}", cx.feed.system("local"), bundle::percent(&name)),
            _ => cx.feed.system("local"),
        },
    };
    Some(json!({"system": system, "value": value}))
}

/// The system of a number, and the number as the record keeps it. In this order: what the feed's configuration says
/// of the assigner, the assigner's universal id, what the type says, the institution's own numbers, the rest under
/// the assigner's or the type's name.
fn resolve(cx: &Context<'_>, value: &str, assigner: Part<'_>, kind: Option<&str>) -> (String, String) {
    let feed = cx.feed;
    let namespace = clean(assigner.sub(1));
    let (id, id_type) = (clean(assigner.sub(2)), clean(assigner.sub(3)));
    let configured = [&namespace, &id].into_iter().flatten().find_map(|name| feed.assigners.get(name));
    let universal = universal(id.clone(), id_type);
    let by_type = kind.and_then(|kind| {
        let common = cx.tables.code("HL70203-system", kind).map(|code| code.code.clone());
        feed.types.get(kind).cloned().or(common)
    });
    let own = match &namespace {
        Some(name) => is_own(cx, name),
        None => id.is_none(),
    };
    let local = |name: &str| format!("{}/{}", feed.system("local"), bundle::percent(name));
    let system = match (configured, universal, by_type.as_deref()) {
        (Some(system), _, _) => system.clone(),
        (None, Some(system), _) if !own => system,
        // Whoever wrote it: an identity number has its form, or it is none.
        (None, _, Some(system)) if system == IDENTITY && identity_number(value).is_none() => local("not-18-digits"),
        (None, _, Some("MRN")) | (None, _, None) if own => feed.system("mrn"),
        (None, _, Some("VISIT")) if own => feed.system("visit"),
        (None, _, Some("ACCOUNT")) if own => feed.system("account"),
        (None, _, Some("MRN" | "VISIT" | "ACCOUNT") | None) => {
            local(namespace.as_deref().or(id.as_deref()).or(kind).unwrap_or("unknown"))
        }
        (None, _, Some(system)) => system.to_owned(),
    };
    let value = if system == IDENTITY { identity_number(value) } else { None }.unwrap_or_else(|| value.to_owned());
    (system, value)
}

/// The system of the numbers that a repetition without a number means; only by type or assigner, and never the key's.
pub(crate) fn deleted_system(cx: &Context<'_>, part: Part<'_>, assumed: Option<&str>) -> Option<String> {
    let kind = clean(part.comp(5)).or_else(|| assumed.map(str::to_owned));
    if kind.is_none() && part.comp(4).is_empty() {
        return None;
    }
    // Any number of the right form: only the system is asked for.
    let (system, _) = resolve(cx, "000000000000000000", part.comp(4), kind.as_deref());
    Some(system).filter(|system| *system != cx.feed.system("mrn"))
}

/// Whether a namespace means the institution itself.
fn is_own(cx: &Context<'_>, namespace: &str) -> bool {
    namespace == cx.feed.institution || namespace == cx.facility || cx.feed.own.iter().any(|own| own == namespace)
}

/// The system of the resident identity number (GB 11643).
const IDENTITY: &str = "urn:oid:2.16.156.10011.1.3";

/// Seventeen digits and a digit or X, without blanks, X in capitals. The check digit is the registry's affair.
fn identity_number(value: &str) -> Option<String> {
    let plain: String = value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let fits = plain.len() == 18
        && plain.bytes().take(17).all(|b| b.is_ascii_digit())
        && plain.ends_with(|c: char| c.is_ascii_digit() || c == 'X');
    fits.then_some(plain)
}

fn universal(id: Option<String>, id_type: Option<String>) -> Option<String> {
    let id = id?;
    match id_type.unwrap_or_default().to_ascii_uppercase().as_str() {
        "ISO" | "OID" | "" if is_oid(&id) => Some(format!("urn:oid:{id}")),
        "UUID" | "GUID" if id.len() == 36 => Some(format!("urn:uuid:{}", id.to_ascii_lowercase())),
        _ if id.contains("://") || id.starts_with("urn:") => Some(id),
        _ => None,
    }
}

/// A period whose end lies before its start is refused by FHIR. Comparing the texts is enough: both are ISO forms
/// of the same zone in all but odd messages, and those only lose the period.
pub(crate) fn in_order(period: &Map<String, Value>) -> bool {
    let text = |name| period.get(name).and_then(Value::as_str).unwrap_or_default();
    let (start, end) = (text("start"), text("end"));
    let shared = start.len().min(end.len()).min(19);
    start.get(..shared) <= end.get(..shared)
}

/// The key of a Patient among its identifiers. Only a system of the institution itself may be a key: a national
/// number would find the record that another institution keeps of the same resident.
pub(crate) fn key(cx: &Context<'_>, identifiers: &[Value]) -> Option<(String, String)> {
    let pair = |identifier: &Value| {
        let text = |name| identifier.get(name).and_then(Value::as_str).map(str::to_owned);
        Some((text("system")?, text("value")?))
    };
    let pairs: Vec<(String, String)> = identifiers.iter().filter_map(pair).collect();
    let mrn = cx.feed.system("mrn");
    if let Some(own) = pairs.iter().find(|(system, _)| *system == mrn) {
        return Some(own.clone());
    }
    let local = format!("{}/", cx.feed.system("local"));
    let (system, value) = pairs.first()?;
    if system.starts_with(&local) || *system == cx.feed.system("account") {
        return Some((system.clone(), value.clone()));
    }
    // A number of somebody else's: the institution's key is made from it.
    Some((cx.feed.system("source"), bundle::fingerprint(&[system, value])))
}
