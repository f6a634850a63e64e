//! No value that a search parameter reaches is lost silently: a second, slower reader of the path programs goes through
//! every official example, and what it finds must have given a row.

use std::collections::{BTreeMap, BTreeSet};

use meridian_model::Value;
use meridian_model::date::Zone;
use meridian_model::definitions::{Catalogue, Definitions, Kind, Part, SearchParam};
use meridian_model::index::{IndexKind, extract};
use meridian_model::words;

use super::{archive, files, read};

/// The values at the end of a program, without any of the cleverness of the tree that the index walks.
fn reached<'v>(resource: &'v Value, start: &'v Value, program: &str) -> Vec<&'v Value> {
    let (path, _) = program.rsplit_once(':').unwrap();
    let (path, start) = path.strip_prefix('%').map_or((path, start), |path| (path, resource));
    let mut rest = path;
    let mut at = vec![start];
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (key, mut after) = rest.split_at(end);
        let mut next: Vec<&Value> = Vec::new();
        for value in at {
            match value.get(key) {
                Some(Value::Array(items)) => next.extend(items),
                Some(item) => next.push(item),
                None => {}
            }
        }
        if let Some(inside) = after.strip_prefix('[') {
            let (filter, tail) = inside.split_once(']').unwrap();
            after = tail;
            if let Some(kind) = filter.strip_prefix("is ") {
                next.retain(|item| {
                    let link = item["reference"].as_str().unwrap_or_default();
                    link.split('/').rev().nth(1) == Some(kind) || (link.is_empty() && item["type"] == kind)
                });
            } else if let Some((key, text)) = filter.split_once('=') {
                next.retain(|item| item[key] == text);
            } else {
                next = next.into_iter().skip(filter.parse().unwrap()).take(1).collect();
            }
        }
        at = next;
        rest = after.trim_start_matches('.');
    }
    at
}

/// Why R4 indexes nothing of this value, if that is so.
fn reason(param: &SearchParam, item: &Value) -> Option<&'static str> {
    if item.is_null() {
        return Some("nothing but extensions beside it");
    }
    let members = item.as_object()?;
    let has = |keys: &[&str]| keys.iter().any(|key| members.contains_key(*key));
    if members.keys().all(|key| key == "extension" || key == "id") {
        return Some("only extensions");
    }
    match param.kind {
        Kind::Reference if item["reference"].as_str().is_some_and(|link| link.starts_with('#')) => {
            Some("a contained resource")
        }
        Kind::Reference if !has(&["reference", "identifier"]) => Some("a reference with only a display"),
        Kind::Reference if !has(&["reference"]) && item["identifier"].get("value").is_none() => {
            Some("an identifier without value")
        }
        Kind::Token if !has(&["value", "code", "coding", "text", "display"]) => Some("a token without code and text"),
        Kind::Date if !has(&["start", "end", "event"]) && item["repeat"].get("boundsPeriod").is_none() => {
            Some("a period or timing without dates")
        }
        Kind::Quantity if !has(&["value", "low", "high", "origin"]) => Some("a quantity without value"),
        Kind::String if param.code == "pinyin" => Some("a name without Chinese characters"),
        _ => None,
    }
}

/// Has each part of the composite a value? A concept with a text only has nothing that its search could name.
fn is_whole(param: &SearchParam, resource: &Value, anchor: &Value) -> bool {
    let is_there = |item: &&Value| {
        item.as_object()
            .is_none_or(|members| ["coding", "code", "value", "reference"].iter().any(|key| members.contains_key(*key)))
    };
    let every = |part: &Part| part.paths.iter().any(|path| reached(resource, anchor, path).iter().any(is_there));
    !param.parts.is_empty() && param.parts.iter().all(every)
}

fn kind_of(value: &IndexKind) -> &'static str {
    match value {
        IndexKind::Token { .. } => "token",
        IndexKind::Str { .. } => "string",
        IndexKind::Uri(_) => "uri",
        IndexKind::Reference { .. } => "reference",
        IndexKind::ReferenceUrl(_) => "reference by url",
        IndexKind::Date { .. } => "date",
        IndexKind::Number(_) => "number",
        IndexKind::Quantity(amount) if amount.canonical.is_some() => "quantity (canonical)",
        IndexKind::Quantity(_) => "quantity (as written)",
        IndexKind::Pair { .. } => "pair",
        IndexKind::Span(..) => "span",
        IndexKind::Place(_) => "place",
    }
}

#[test]
fn every_parameter_finds_what_its_path_reaches() {
    let Some(folder) = archive("fhir_r4_examples") else { return };
    let (mut by_kind, mut silent) = (BTreeMap::<_, usize>::new(), BTreeMap::<_, usize>::new());
    let (mut lost, mut found, mut texts) = (Vec::new(), BTreeSet::new(), [0; 2]);
    for path in files(&folder) {
        let resource = read(&path);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(kind) = resource["resourceType"].as_str() else { continue };
        let values = extract(&resource, Zone::CHINA, Catalogue::r4());
        for value in &values {
            *by_kind.entry((value.param.kind.code(), kind_of(&value.value))).or_default() += 1;
            found.insert((value.param.base, value.param.code));
        }
        for param in Catalogue::r4().params(kind) {
            let has_rows = values.iter().any(|value| value.param.number == param.number);
            for path in param.paths.iter().filter(|path| !path.contains('?')) {
                for item in reached(&resource, &resource, path) {
                    let expected = match param.kind {
                        Kind::Composite => is_whole(param, &resource, item),
                        _ => match reason(param, item) {
                            Some(reason) => {
                                *silent.entry((param.kind.code(), reason)).or_default() += 1;
                                false
                            }
                            None => true,
                        },
                    };
                    if expected && !has_rows {
                        lost.push(format!("{name} {}.{} at {path}: {item:.200}", param.base, param.code));
                    }
                }
            }
        }
        let words = words::of_resource(&resource);
        assert!(
            !words.narrative.is_empty() || resource["text"]["div"].as_str().is_none_or(|div| !div.contains("<p>")),
            "{name}"
        );
        texts[0] += words.narrative.len();
        texts[1] += words.content.len();
    }
    for ((kind, value), count) in &by_kind {
        println!("{kind}: {count} × {value}");
    }
    for ((kind, reason), count) in &silent {
        println!("{kind}: {count} × nothing, for it is {reason}");
    }
    println!("{texts:?} words of narratives and of contents");
    let every = Definitions::r4().resource_types().flat_map(|kind| Catalogue::r4().params(kind));
    let all: BTreeSet<_> = every.map(|param| (param.base, param.code)).collect();
    println!("{} of {} parameters found something", found.len(), all.len());
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
    for kind in ["token", "string", "uri", "reference", "date", "number", "quantity", "composite", "special"] {
        assert!(by_kind.keys().any(|(of, _)| *of == kind), "{kind}");
    }
}
