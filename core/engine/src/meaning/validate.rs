//! `$validate` on a type and on an instance: does a resource keep the rules of its type and of profiles? Nothing is stored.

use std::sync::Arc;
use std::time::{Duration, Instant};

use meridian_access::{Act as Right, Caller, Role, decide};
use meridian_conformance::says::{Article, Says};
use meridian_conformance::validate::{Limits, Lookup};
use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::outcome::{Issue, Severity, outcome_in};
use meridian_store::Reader;
use serde_json::Value;

use super::judge::{Judge, is_wrong};
use super::structures::issue;
use crate::operations::{Act, Answering, Call, EVERY_TYPE, Effect, Level, Operation};
use crate::search::where_some;
use crate::served::{value_in, value_of};
use crate::{Engine, EngineError, read};

/// Everybody who reads the record may ask.
const EVERYBODY: &[Role] = &[Role::Doctor, Role::Nurse];
/// Longer than this no validation takes, with its waiting: who asked has gone.
const LONGEST: Duration = Duration::from_secs(20);
/// So long somebody waits for a place, with all that he sent; then he is told to come again.
const WAIT: Duration = Duration::from_secs(5);

/// Name, type and whether it must be given.
const INPUT: &[(&str, &str, bool)] =
    &[("resource", "Resource", false), ("mode", "code", false), ("profile", "uri", false)];

pub(crate) fn operations() -> Vec<Operation> {
    let on = |level, says| Operation {
        on: EVERY_TYPE,
        name: "validate",
        level,
        effect: Effect::Looks,
        roles: EVERYBODY,
        input: INPUT,
        output: "OperationOutcome",
        says,
        versions: false,
        act: Box::new(Validate),
    };
    vec![
        on(
            Level::Type,
            "Whether a resource is valid: by its type, by the profiles that it names and by `profile`. Nothing is stored.",
        ),
        on(
            Level::Instance,
            "The same of what is stored, or of what it is to become. With `mode=delete` whether it is there.",
        ),
    ]
}

struct Validate;

/// What the validation may ask of the store.
struct Beside {
    found: Vec<Value>,
    until: Instant,
}

impl Lookup for Beside {
    fn canonical(&self, address: &str) -> Option<&Value> {
        let url = address.split(['|', '#']).next().unwrap_or(address);
        self.found.iter().find(|one| one.get("url").and_then(Value::as_str) == Some(url))
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }
}

impl Act for Validate {
    fn raw(&self) -> bool {
        true
    }

    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            decide(caller, Right::Look, &call.kind)?;
            let language = call.language;
            let mode = call.param("mode").unwrap_or_default().to_owned();
            if !matches!(mode.as_str(), "" | "create" | "update" | "delete" | "profile") {
                return Err(EngineError::invalid(
                    "mode",
                    both!(
                        "`{mode}` is none of create, update, delete, profile",
                        "`{mode}` 不可用，应是 create、update、delete、profile 之一"
                    ),
                ));
            }
            if matches!(mode.as_str(), "update" | "delete") && call.id.is_none() {
                let says = both!(
                    "what is to be {mode}d is named by its address: Type/id/$validate",
                    "mode={mode} 时要在地址中写明资源：类型/id/$validate"
                );
                return Err(EngineError::invalid("mode", says));
            }
            let mut issues: Vec<Issue> = refused(caller, &mode, &call.kind).into_iter().collect();
            issues.extend(call.faults);
            // What is to take its place is judged by itself, whatever stands there, if anything does.
            let stored = match &call.id {
                Some(id) if call.body.is_none() || mode == "delete" => {
                    Some(read(engine, caller, &call.kind, id).await?)
                }
                _ => None,
            };
            if mode == "delete" {
                if issues.is_empty() {
                    issues.push(well(both!("it is there, and may be deleted", "资源存在，可以删除")));
                }
                return Ok(outcome_in(&issues, language));
            }
            let resource = match (call.body, stored) {
                (Some(body), _) => body,
                (None, Some(stored)) => value_in(&stored.body)?,
                (None, None) => {
                    return Err(EngineError::invalid(
                        "resource",
                        both!(
                            "the resource to be validated is needed",
                            "缺少要校验的资源：请放在请求内容或参数 `resource` 中"
                        ),
                    ));
                }
            };
            if matches!(mode.as_str(), "create" | "update") {
                // What could not be in force is refused when it is written; of structures it is told below.
                let check = super::terms::check(&call.kind, &resource);
                issues.extend(check.err().into_iter().flat_map(|error| error.issues()));
            }
            fits(&resource, &call.kind, call.id.as_deref().filter(|_| mode != "profile"), &mut issues);
            let profiles: Vec<String> =
                call.params.iter().filter(|(name, _)| name == "profile").map(|(_, profile)| profile.clone()).collect();
            issues.extend(judged(engine, caller, resource, profiles).await?);
            if !issues.iter().any(is_wrong) {
                issues.push(well(both!("no error was found", "没有发现错误")));
            }
            Ok(outcome_in(&issues, language))
        })
    }
}

/// What is needed is read on a snapshot, which is let go before the judging begins.
async fn judged(
    engine: &Engine,
    caller: &Caller,
    resource: Value,
    profiles: Vec<String>,
) -> Result<Vec<Issue>, EngineError> {
    let until = Instant::now() + LONGEST;
    let resource = Arc::new(resource);
    let (own, who, of) = (engine.clone(), caller.clone(), Arc::clone(&resource));
    let look =
        move |reader: &Reader<'_>| Ok::<_, EngineError>((Judge::of(&own, reader)?, beside(&own, reader, &who, &of)?));
    let (judge, found) = engine.store().search(look).await?;
    let full = || {
        EngineError::Full(both!(
            "as many validations are under way as may at one time, or as many of yours; try again in a moment",
            "同时进行的校验已达上限（全部的，或您自己的），请稍后再试"
        ))
    };
    let place = engine.inner.judging.take(&caller.actor, WAIT).await.ok_or_else(full)?;
    let work = move || {
        // Held as long as it works, also when nobody waits any more.
        let _place = place;
        let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
        let beside = Beside { found, until };
        judge.issues(&resource, &profiles, &beside, Limits::default())
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| EngineError::Internal(error.to_string()))
}

fn well(says: Both) -> Issue {
    Issue::new(Severity::Information, "informational", says)
}

/// Why the caller may not do what the mode names.
fn refused(caller: &Caller, mode: &str, kind: &str) -> Option<Issue> {
    let right = match mode {
        "create" => Right::Create,
        "update" => Right::Update,
        "delete" => Right::Delete,
        _ => return None,
    };
    let denied = decide(caller, right, kind).err()?;
    Some(Issue::error("forbidden", Both::of(&denied)).at(kind))
}

/// Is the resource what the address says?
fn fits(resource: &Value, kind: &str, id: Option<&str>, issues: &mut Vec<Issue>) {
    let text = |key: &str| resource.get(key).and_then(Value::as_str);
    let own = text("resourceType").unwrap_or_default();
    if own.is_empty() {
        // What is no resource is told by the validation.
    } else if own != kind {
        let says = match kind {
            "Parameters" => Says::OtherThanParameters { own: Article(own.to_owned()) },
            _ => Says::OtherThanAddress { kind: kind.to_owned(), own: Article(own.to_owned()) },
        };
        issues.push(issue(Severity::Error, "invalid", &says).at(own));
    } else if let Some(id) = id
        && text("id").is_some_and(|own| own != id)
    {
        let says = Says::OtherId { id: id.to_owned() };
        issues.push(issue(Severity::Error, "invalid", &says).at(format!("{own}.id")));
    }
}

/// The Questionnaire that a response answers, as far as the caller may see it.
fn beside(engine: &Engine, reader: &Reader<'_>, caller: &Caller, resource: &Value) -> Result<Vec<Value>, EngineError> {
    let Some(address) = resource.get("questionnaire").and_then(Value::as_str) else { return Ok(Vec::new()) };
    let url = address.split(['|', '#']).next().unwrap_or(address);
    if url.is_empty() || decide(caller, Right::Look, "Questionnaire").is_err() {
        return Ok(Vec::new());
    }
    let mut query = String::from("url=");
    for byte in url.bytes() {
        if byte.is_ascii_alphanumeric() {
            query.push(char::from(byte));
        } else {
            query.push_str(&format!("%{byte:02X}"));
        }
    }
    let (rows, _) = where_some(reader, caller, &engine.catalogue(), "Questionnaire", &query, 5)?;
    rows.iter().map(|row| value_of(&row.body)).collect()
}
