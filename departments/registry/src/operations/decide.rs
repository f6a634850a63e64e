//! What somebody says about pairs of Patients: a completed Task for each, from which the registry decides anew.

use std::sync::Arc;

use meridian_engine::operations::Call;
use meridian_engine::{Caller, Class, Engine, EngineError, Sight, Subject, glance, transaction};
use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::outcome::Issue;
use serde_json::{Value, json};

use super::{id, reason};
use crate::matching::Matcher;
use crate::pair::{Pair, State, all_of, asked, decided, is_review, known};
use crate::scene::Source;

/// So many records of the person that it leaves are named when a Patient is unmerged.
const MOST_PARTED: usize = 8;

/// `$merge`.
pub(super) async fn merge(
    engine: &Engine,
    caller: &Caller,
    call: &Call,
    matcher: Arc<Matcher>,
) -> Result<Value, EngineError> {
    let (one, other, reason) = (id(call, "source", "Patient")?, id(call, "target", "Patient")?, reason(call)?);
    if one == other {
        return Err(EngineError::invalid(
            "target",
            both!("a Patient cannot be merged with itself", "患者不能与自己合并"),
        ));
    }
    let query = format!("$merge {one} {other}");
    let who = caller.clone();
    let tasks = glance(engine, caller, "merge", &query, move |sight, _| {
        let (one, other) = (source(sight, &one)?, source(sight, &other)?);
        let (own, their) = (person_of(sight, &one)?, person_of(sight, &other)?);
        may_be_one(&own, &their)?;
        let now = sight.now();
        let mut tasks = Vec::new();
        // What somebody said against it before is taken back, or the rest of the two persons would stay apart.
        for source in &own {
            for said in all_of(source.subject, sight)?.into_iter().filter(|said| said.state == State::Different) {
                let beside = said.pair.beside(source.subject);
                if their.iter().any(|other| other.subject == beside)
                    && said.pair != Pair::of(one.subject, other.subject)
                {
                    tasks.push(decided(&said.task, "same", &reason, &who, now));
                }
            }
        }
        tasks.push(decided(&ordered(sight, &one, &other, "merge", &matcher, now)?, "same", &reason, &who, now));
        let shown = own.iter().chain(&their).map(|source| source.subject).collect();
        Ok((tasks, shown))
    })
    .await?;
    let last = tasks.last().cloned().unwrap_or_default();
    write(engine, caller, tasks).await?;
    Ok(last)
}

/// `$unmerge`.
pub(super) async fn unmerge(
    engine: &Engine,
    caller: &Caller,
    call: &Call,
    matcher: Arc<Matcher>,
) -> Result<Value, EngineError> {
    let (patient, reason) = (id(call, "patient", "Patient")?, reason(call)?);
    let query = format!("$unmerge {patient}");
    let who = caller.clone();
    let tasks = glance(engine, caller, "unmerge", &query, move |sight, _| {
        let one = source(sight, &patient)?;
        let person = person_of(sight, &one)?;
        let others: Vec<&Source> =
            person.iter().filter(|other| other.subject != one.subject).take(MOST_PARTED).collect();
        if others.is_empty() {
            return Err(EngineError::Conflict(both!(
                "Patient/{patient} is a person by itself",
                "Patient/{patient} 没有与别的登记合并"
            )));
        }
        let now = sight.now();
        let mut tasks = Vec::new();
        for other in others {
            let task = ordered(sight, &one, other, "unmerge", &matcher, now)?;
            tasks.push(decided(&task, "different", &reason, &who, now));
        }
        let shown = person.iter().map(|source| source.subject).collect();
        Ok((tasks, shown))
    })
    .await?;
    let ids =
        tasks.iter().filter_map(|task| task.get("id")?.as_str().map(|id| json!({"name": "task", "valueString": id})));
    let ids: Vec<Value> = ids.collect();
    write(engine, caller, tasks).await?;
    Ok(json!({"resourceType": "Parameters", "parameter": ids}))
}

/// `$review-decide`.
pub(super) async fn review(engine: &Engine, caller: &Caller, call: &Call) -> Result<Value, EngineError> {
    let (id, reason) = (id(call, "task", "Task")?, reason(call)?);
    let verdict = match call.param("verdict") {
        Some("same") => "same",
        Some("different") => "different",
        _ => {
            return Err(EngineError::invalid(
                "verdict",
                both!("`same` or `different` is expected", "应为 `same` 或 `different`"),
            ));
        }
    };
    let missing = || EngineError::NotFound(Both::alike(format!("Task/{id}")));
    let pair = Pair::named(&id).ok_or_else(missing)?;
    let who = caller.clone();
    let named = id.clone();
    let task = glance(engine, caller, "review", &format!("$review-decide {id}"), move |sight, _| {
        let known = known(pair, sight)?.ok_or_else(|| EngineError::NotFound(Both::alike(format!("Task/{named}"))))?;
        if matches!(known.state, State::Same | State::Different) {
            return Err(EngineError::Conflict(both!("Task/{named} is decided already", "Task/{named} 已经处理过")));
        }
        let mut persons = Vec::new();
        for subject in pair.both() {
            let patient = sight
                .patient(subject)?
                .ok_or_else(|| EngineError::Conflict(both!("a Patient of it was deleted", "其中的患者已删除")))?;
            persons.push(person_of(sight, &Source::of(subject, patient))?);
        }
        if let ("same", [one, other]) = (verdict, persons.as_slice()) {
            may_be_one(one, other)?;
        }
        let task = decided(&known.task, verdict, &reason, &who, sight.now());
        Ok((task, persons.iter().flatten().map(|source| source.subject).collect()))
    })
    .await?;
    let version = task.pointer("/meta/versionId").and_then(Value::as_str).and_then(|version| version.parse().ok());
    let written = meridian_engine::update(engine, caller, "Task", &id, task, version).await;
    let written = written.map_err(|error| match error {
        error if error.class() == Class::Precondition => {
            EngineError::Conflict(both!("Task/{id} changed meanwhile", "Task/{id} 刚被修改，请重新读取"))
        }
        other => other,
    })?;
    serde_json::from_slice(&written.served.body).map_err(|error| EngineError::Internal(error.to_string()))
}

/// The Task of a pair as an order of somebody's own, with the evidence of now. It takes the place of one that is there,
/// whose versions keep what it said, unless that changes meanwhile.
fn ordered(
    sight: &Sight<'_>,
    one: &Source,
    other: &Source,
    why: &str,
    matcher: &Matcher,
    now: i64,
) -> Result<Value, EngineError> {
    let pair = Pair::of(one.subject, other.subject);
    let score = matcher.score(one.fields(), other.fields());
    let inputs = score.inputs(one.fields(), other.fields());
    let mut task = asked(pair, one, other, why, inputs, now);
    if let Some(members) = task.as_object_mut() {
        members.insert("intent".to_owned(), json!("order"));
        if let Some(there) = known(pair, sight)?
            && let Some(meta) = there.task.get("meta")
        {
            members.insert("meta".to_owned(), meta.clone());
        }
    }
    Ok(task)
}

fn source(sight: &Sight<'_>, id: &str) -> Result<Source, EngineError> {
    let missing = || EngineError::NotFound(Both::alike(format!("Patient/{id}")));
    let subject: Subject = sight.subject_of(id)?.ok_or_else(missing)?;
    Ok(Source::of(subject, sight.patient(subject)?.ok_or_else(missing)?))
}

/// All records of the person of a record.
fn person_of(sight: &Sight<'_>, source: &Source) -> Result<Vec<Source>, EngineError> {
    let Some(person) = sight.person(source.subject)? else { return Ok(vec![source.clone()]) };
    Ok(sight.sources(person)?.into_iter().map(|(subject, patient)| Source::of(subject, patient)).collect())
}

/// Refuses what no word can make one.
fn may_be_one(one: &[Source], other: &[Source]) -> Result<(), EngineError> {
    let number = |sources: &[Source]| sources.iter().find_map(|source| source.evidence.identity.clone());
    match (number(one), number(other)) {
        (Some(one), Some(other)) if one != other => {
            let says = both!(
                "two different valid identity numbers are two people: correct the wrong one at its institution first",
                "两个不同的有效证件号是两个人：请先在原机构更正错误的证件号"
            );
            Err(EngineError::Unprocessable(vec![Issue::error("business-rule", says).at("Patient.identifier")]))
        }
        _ => Ok(()),
    }
}

async fn write(engine: &Engine, caller: &Caller, tasks: Vec<Value>) -> Result<(), EngineError> {
    debug_assert!(tasks.iter().all(is_review));
    let entry = |task: Value| {
        let url = format!("Task/{}", task.get("id").and_then(Value::as_str).unwrap_or_default());
        let mut request = json!({"method": "PUT", "url": url});
        if let (Some(version), Some(members)) = (task.pointer("/meta/versionId"), request.as_object_mut()) {
            members.insert("ifMatch".to_owned(), json!(format!("W/\"{}\"", version.as_str().unwrap_or_default())));
        }
        json!({"resource": task, "request": request})
    };
    let entries: Vec<Value> = tasks.into_iter().map(entry).collect();
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
    match transaction(engine, caller, bundle, meridian_engine::Options::default()).await {
        Ok(_) => Ok(()),
        Err(error) if error.class() == Class::Precondition => {
            Err(EngineError::Conflict(both!("a pair of these changed meanwhile", "其中的配对刚被修改，请重试")))
        }
        Err(error) => Err(error),
    }
}
