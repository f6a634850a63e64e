//! `$validate` on a type and on an instance: does a resource keep the rules of its type and of profiles? Nothing is stored.

use meridian_access::{Act as Right, Caller, Role, decide};
use meridian_conformance::validate::{Limits, Lookup};
use meridian_model::outcome::{Issue, outcome};
use meridian_store::Reader;
use serde_json::Value;

use super::judge::{Judge, is_wrong};
use crate::operations::{Act, Answering, Call, EVERY_TYPE, Effect, Level, Operation};
use crate::search::where_some;
use crate::served::{value_in, value_of};
use crate::{Engine, EngineError, read};

/// Everybody who reads the record may ask.
const EVERYBODY: &[Role] = &[Role::Doctor, Role::Nurse];

pub(crate) fn operations() -> Vec<Operation> {
    let on = |level, says| Operation {
        on: EVERY_TYPE,
        name: "validate",
        level,
        effect: Effect::Looks,
        roles: EVERYBODY,
        input: &[("resource", "Resource", false), ("mode", "code", false), ("profile", "uri", false)],
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
}

impl Lookup for Beside {
    fn canonical(&self, address: &str) -> Option<&Value> {
        let url = address.split(['|', '#']).next().unwrap_or(address);
        self.found.iter().find(|one| one.get("url").and_then(Value::as_str) == Some(url))
    }
}

impl Act for Validate {
    fn raw(&self) -> bool {
        true
    }

    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            decide(caller, Right::Look, &call.kind)?;
            let mode = call.param("mode").unwrap_or_default().to_owned();
            if !matches!(mode.as_str(), "" | "create" | "update" | "delete" | "profile") {
                return Err(EngineError::invalid(
                    "mode",
                    format!("`{mode}` is none of create, update, delete, profile"),
                ));
            }
            if matches!(mode.as_str(), "update" | "delete") && call.id.is_none() {
                let says = format!("what is to be {mode}d is named by its address: Type/id/$validate");
                return Err(EngineError::invalid("mode", says));
            }
            let mut issues: Vec<Issue> = refused(caller, &mode, &call.kind).into_iter().collect();
            // What is to take its place is judged by itself, whatever stands there, if anything does.
            let stored = match &call.id {
                Some(id) if call.body.is_none() || mode == "delete" => {
                    Some(read(engine, caller, &call.kind, id).await?)
                }
                _ => None,
            };
            if mode == "delete" {
                return Ok(outcome(&issues));
            }
            let resource = match (call.body, stored) {
                (Some(body), _) => body,
                (None, Some(stored)) => value_in(&stored.body)?,
                (None, None) => return Err(EngineError::invalid("resource", "the resource to be validated is needed")),
            };
            if matches!(mode.as_str(), "create" | "update") {
                // What could not be in force is refused when it is written.
                let checks =
                    [super::structures::check(&call.kind, &resource), super::terms::check(&call.kind, &resource)];
                issues.extend(checks.into_iter().filter_map(Result::err).flat_map(|error| error.issues()));
            }
            fits(&resource, &call.kind, call.id.as_deref().filter(|_| mode != "profile"), &mut issues);
            let profiles: Vec<String> =
                call.params.iter().filter(|(name, _)| name == "profile").map(|(_, profile)| profile.clone()).collect();
            let (engine, caller) = (engine.clone(), caller.clone());
            let own = engine.clone();
            let work = move |reader: &Reader<'_>| {
                let judge = Judge::of(&own, reader)?;
                let beside = Beside { found: beside(&own, reader, &caller, &resource)? };
                let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
                Ok::<_, EngineError>(judge.issues(&resource, &profiles, &beside, Limits::default()))
            };
            issues.extend(engine.store().search(work).await?);
            if !issues.iter().any(is_wrong) {
                issues.push(Issue::new(
                    meridian_model::outcome::Severity::Information,
                    "informational",
                    "no error was found",
                ));
            }
            Ok(outcome(&issues))
        })
    }
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
    Some(Issue::error("forbidden", denied.to_string()).at(kind))
}

/// Is the resource what the address says?
fn fits(resource: &Value, kind: &str, id: Option<&str>, issues: &mut Vec<Issue>) {
    let text = |key: &str| resource.get(key).and_then(Value::as_str);
    let own = text("resourceType").unwrap_or_default();
    if own != kind {
        issues.push(Issue::error("invalid", format!("the address is for {kind}, the resource is a {own}")).at(own));
    } else if let Some(id) = id
        && text("id").is_some_and(|own| own != id)
    {
        issues.push(
            Issue::error("invalid", format!("the resource must have the id of its address, `{id}`"))
                .at(format!("{own}.id")),
        );
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
