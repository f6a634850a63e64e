//! `Patient/{id}/$who-looked`: who looked at this resident's record, newest first, as AuditEvents.

use meridian_model::language::Both;

use meridian_access::{Caller, Role};
use meridian_store::{LookRow, Subject};
use serde_json::{Value, json};

use super::audit_event::of_look;
use super::{Act, Answering, Call, Effect, Level, Operation};
use crate::engine::patient_code;
use crate::sight::{find, look};
use crate::{Engine, EngineError};

const MOST: u32 = 500;

pub(super) fn operation() -> Operation {
    Operation {
        on: "Patient",
        name: "who-looked",
        level: Level::Instance,
        effect: Effect::Looks,
        roles: &[Role::Doctor, Role::Nurse],
        input: &[("_count", "integer", false)],
        output: "Bundle",
        says: "Who looked at this person's record, newest first.",
        versions: false,
        act: Box::new(WhoLooked),
    }
}

struct WhoLooked;

impl Act for WhoLooked {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(who_looked(engine, caller, call))
    }
}

async fn who_looked(engine: &Engine, caller: &Caller, call: Call) -> Result<Value, EngineError> {
    let id = call.id.clone().unwrap_or_default();
    let count = call.number("_count", 50_u32)?.clamp(1, MOST);
    let subjects = engine.store().read(|reader| {
        let row = find(reader, patient_code(), &id)?
            .ok_or_else(|| EngineError::NotFound(Both::alike(format!("Patient/{id}"))))?;
        Ok::<_, EngineError>(reader.same_person(row.key.subject())?)
    })?;
    let rows = looks(engine, &subjects, count).await?;
    let mut look = look(caller, "who-looked", "Patient");
    look.id.clone_from(&id);
    look.subjects = subjects;
    engine.looked(look).await?;
    let entries: Vec<Value> =
        rows.iter().map(|row| json!({"resource": of_look(row, std::slice::from_ref(&id))})).collect();
    let total = entries.len();
    let mut bundle = json!({"resourceType": "Bundle", "type": "searchset", "total": total, "entry": entries});
    if let Some(members) = bundle.as_object_mut().filter(|_| total == 0) {
        // JSON of FHIR has no empty lists.
        members.shift_remove("entry");
    }
    Ok(bundle)
}

async fn looks(engine: &Engine, subjects: &[Subject], count: u32) -> Result<Vec<LookRow>, EngineError> {
    let (log, subjects) = (engine.store().audit().clone(), subjects.to_vec());
    let looks = tokio::task::spawn_blocking(move || log.looks_at(&subjects, count));
    Ok(looks.await.map_err(|error| EngineError::Internal(error.to_string()))??)
}
