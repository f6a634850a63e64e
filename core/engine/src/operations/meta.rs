//! `$meta`, `$meta-add`, `$meta-delete`: the tags, security labels and profiles of a resource; `$meta` also tells which are
//! in use in a type and in the whole record.

use std::collections::HashSet;
use std::sync::Arc;

use meridian_access::{Act as Right, Caller, Role};
use meridian_model::both;
use meridian_model::definitions::{Catalogue, Definitions};
use meridian_store::search::{Scope, Search};
use meridian_store::{GOLDEN_PATIENT, Reader, Token, TypeCode};
use serde_json::{Map, Value, json};

use super::{Act, Answering, Call, EVERY_TYPE, Effect, Level, Operation};
use crate::create::one;
use crate::engine::type_name;
use crate::meaning::judge::TAG as VALIDATION_TAG;
use crate::search::among;
use crate::served::value_in;
use crate::sight::{look, permission};
use crate::write::{Ask, Edit, param_number};
use crate::{Engine, EngineError, incoming, read, vread};

/// The lists of a Meta that are added to and taken from.
const LISTS: [&str; 3] = ["profile", "security", "tag"];
/// Most marks of one call.
const MOST: usize = 1_000;

pub(super) fn operations() -> Vec<Operation> {
    let looks = |on, level, versions| Operation {
        on,
        name: "meta",
        level,
        effect: Effect::Looks,
        roles: &[Role::Doctor, Role::Nurse],
        input: &[],
        output: "Meta",
        says: "Tags, security labels and profiles: of a resource or version, or all that are in use.",
        versions,
        act: Box::new(Show),
    };
    let changes = |name, says, add| Operation {
        on: EVERY_TYPE,
        name,
        level: Level::Instance,
        effect: Effect::Changes,
        roles: &[Role::Doctor, Role::Nurse],
        input: &[("meta", "Meta", true)],
        output: "Meta",
        says,
        versions: false,
        act: Box::new(Change { add }),
    };
    vec![
        looks("", Level::System, false),
        looks(EVERY_TYPE, Level::Type, false),
        looks(EVERY_TYPE, Level::Instance, true),
        changes("meta-add", "Adds tags, security labels and profiles; makes a new version.", true),
        changes("meta-delete", "Takes tags, security labels and profiles away; makes a new version.", false),
    ]
}

fn answer(meta: &Value) -> Value {
    json!({"resourceType": "Parameters", "parameter": [{"name": "return", "valueMeta": meta}]})
}

struct Show;

impl Act for Show {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            let meta = match (&call.id, &call.version) {
                (Some(id), None) => meta_of(&read(engine, caller, &call.kind, id).await?.body)?,
                (Some(id), Some(version)) => meta_of(&vread(engine, caller, &call.kind, id, version).await?.body)?,
                (None, _) => in_use(engine, caller, &call.kind).await?,
            };
            Ok(answer(&meta))
        })
    }
}

fn meta_of(body: &[u8]) -> Result<Value, EngineError> {
    Ok(value_in(body)?.get("meta").cloned().unwrap_or_else(|| json!({})))
}

/// What is in use in a type, or in all that the caller may read. Counting it walks the search rows of the tags: over many
/// millions of resources that may take longer than a search may.
async fn in_use(engine: &Engine, caller: &Caller, kind: &str) -> Result<Value, EngineError> {
    let r4 = Definitions::r4();
    let kinds: Vec<TypeCode> = if kind.is_empty() {
        #[allow(clippy::redundant_closure_for_method_calls)] // the method has one lifetime, the reader any
        engine.store().read(|reader| reader.changed_kinds())?
    } else {
        permission(caller, Right::Look, kind)?;
        let code = r4
            .type_code(kind)
            .ok_or_else(|| EngineError::NotFound(both!("the resource type {kind}", "资源类型 {kind}")))?;
        if kind == "Patient" { vec![code, GOLDEN_PATIENT] } else { vec![code] }
    };
    // One statement for each scope, and for each type of which something is withheld; there is one scope today.
    let mut parts: Vec<(Scope, Vec<TypeCode>, Option<Search>)> = Vec::new();
    for code in kinds {
        let Ok(may) = permission(caller, Right::Look, type_name(code)) else { continue };
        let (scope, conditions) = (may.filter(), may.conditions());
        if !conditions.is_empty() {
            let shown = among(vec![code], conditions, scope.clone());
            parts.push((scope, vec![code], Some(shown)));
            continue;
        }
        match parts.iter_mut().find(|(known, _, shown)| *known == scope && shown.is_none()) {
            Some((_, codes, _)) => codes.push(code),
            None => parts.push((scope, vec![code], None)),
        }
    }
    let catalogue = engine.catalogue();
    let gather = move |reader: &Reader<'_>| {
        let (mut security, mut tag, mut profile) = (Vec::new(), Vec::new(), Vec::new());
        for (scope, codes, shown) in &parts {
            let params = |name: &str| numbers(&catalogue, codes, name);
            security.extend(reader.codes_in_use(&params("_security"), scope, shown.as_ref())?);
            tag.extend(reader.codes_in_use(&params("_tag"), scope, shown.as_ref())?);
            profile.extend(reader.uris_in_use(&params("_profile"), scope, shown.as_ref())?);
        }
        Ok::<_, EngineError>((security, tag, profile))
    };
    let (security, tag, mut profile) = engine.store().search(gather).await?;
    let mut look = look(caller, "meta", kind);
    "all".clone_into(&mut look.query);
    engine.looked(look).await?;
    let mut meta = Map::new();
    profile.sort();
    profile.dedup();
    if !profile.is_empty() {
        meta.insert("profile".to_owned(), profile.into());
    }
    for (name, mut tokens) in [("security", security), ("tag", tag)] {
        tokens.sort();
        tokens.dedup();
        if !tokens.is_empty() {
            meta.insert(name.to_owned(), tokens.iter().map(coding).collect());
        }
    }
    Ok(Value::Object(meta))
}

fn numbers(catalogue: &Catalogue, kinds: &[TypeCode], name: &str) -> Vec<u32> {
    let number = |code: &TypeCode| Some(param_number(*code, catalogue.param(type_name(*code), name)?));
    kinds.iter().filter_map(number).collect()
}

fn coding(token: &Token) -> Value {
    match &token.system {
        Some(system) => json!({"system": system, "code": token.code}),
        None => json!({"code": token.code}),
    }
}

struct Change {
    add: bool,
}

impl Act for Change {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            let kind = incoming::type_name(&call.kind)?;
            let id = call.id.clone().unwrap_or_default();
            let meta = call.value("meta").and_then(Value::as_object).cloned();
            let meta = meta.ok_or_else(|| EngineError::invalid("meta", both!("a Meta is expected", "缺少 Meta")))?;
            if let Some(name) = meta.keys().find(|name| !LISTS.contains(&name.as_str())) {
                return Err(EngineError::invalid(
                    "meta",
                    both!(
                        "`{name}` is the server's; {} are changed",
                        "`{name}` 由服务器维护，可以改的有 {}",
                        LISTS.join(", ")
                    ),
                ));
            }
            if meta.values().filter_map(Value::as_array).map(Vec::len).sum::<usize>() > MOST {
                return Err(EngineError::invalid("meta", both!("more than {MOST} at once", "一次最多 {MOST} 个")));
            }
            let tags = meta.get("tag").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            if tags.iter().any(|tag| tag.get("system").and_then(Value::as_str) == Some(VALIDATION_TAG)) {
                return Err(EngineError::invalid(
                    "meta.tag",
                    both!(
                        "`{VALIDATION_TAG}` is the server's own word",
                        "`{VALIDATION_TAG}` 是服务器自己的标签，不能使用"
                    ),
                ));
            }
            let edit = Arc::new(Marks { add: self.add, meta });
            let outcome = one(engine, caller, Ask::Edit { kind, id, edit, if_match: None }).await?;
            Ok(answer(&meta_of(&outcome.served.body)?))
        })
    }
}

/// Adds the marks of a Meta, or takes them away.
#[derive(Debug)]
struct Marks {
    add: bool,
    meta: Map<String, Value>,
}

impl Edit for Marks {
    fn edit(&self, mut resource: Value) -> Result<Value, EngineError> {
        let meta = resource.as_object_mut().map(|members| members.entry("meta").or_insert_with(|| json!({})));
        let Some(Value::Object(meta)) = meta else { return Ok(resource) };
        for (name, marks) in &self.meta {
            let Some(marks) = marks.as_array() else {
                return Err(EngineError::invalid(format!("meta.{name}"), both!("a list is expected", "此处应是数组")));
            };
            let mut there = meta.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
            if self.add {
                let mut known: HashSet<_> = there.iter().map(name_of).collect();
                let new: Vec<Value> = marks.iter().filter(|mark| known.insert(name_of(mark))).cloned().collect();
                there.extend(new);
            } else {
                let named: HashSet<_> = marks.iter().map(name_of).collect();
                there.retain(|one| !named.contains(&name_of(one)));
            }
            if there.is_empty() {
                meta.shift_remove(name);
            } else {
                meta.insert(name.clone(), there.into());
            }
        }
        Ok(resource)
    }

    fn word(&self) -> &'static str {
        if self.add { "meta-add" } else { "meta-delete" }
    }
}

/// What two marks are the same by: a profile its text; a coding its system and code.
fn name_of(mark: &Value) -> (Option<&str>, &str) {
    let part = |key: &str| mark.get(key).and_then(Value::as_str).unwrap_or_default();
    match mark {
        Value::Object(_) => (Some(part("system")), part("code")),
        other => (None, other.as_str().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(add: bool, meta: &Value, resource: Value) -> Value {
        let meta = meta.as_object().unwrap().clone();
        Marks { add, meta }.edit(resource).unwrap()["meta"].clone()
    }

    #[test]
    fn marks_are_added_once_and_taken_away() {
        let tag = |code: &str| json!({"system": "urn:t", "code": code});
        let resource = json!({"meta": {"tag": [tag("a")], "profile": ["http://p"]}});
        let meta = json!({"tag": [{"system": "urn:t", "code": "a", "display": "A"}, tag("b")], "security": [tag("r")]});
        let added = marked(true, &meta, resource.clone());
        assert_eq!(added, json!({"tag": [tag("a"), tag("b")], "profile": ["http://p"], "security": [tag("r")]}));
        let taken = marked(false, &json!({"tag": [tag("a")], "profile": ["http://p", "http://q"]}), resource);
        assert_eq!(taken, json!({}));
    }
}
