//! `Observation/$lastn`: the last observations of a person, some of each code.
//!
//! Every search parameter of Observation narrows it. Groups are by the first coding of `Observation.code`; observations of
//! one time are not parted, so that there may be more than `max` of a code.

use meridian_access::{Act as Right, Caller, Role};
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::outcome::Issue;
use meridian_store::{Reader, Stored, Subject};

use super::bundle::{Link, searchset};
use super::{Act, Answering, Call, Effect, Level, Operation, Sending};
use crate::search::{Meant, Request, gather};
use crate::sight::{look, people, permission};
use crate::{Engine, EngineError};

/// Most observations of each code.
const MOST_OF_EACH: u32 = 1_000;
/// Most in all.
const MOST: usize = 10_000;

pub(super) fn operation() -> Operation {
    Operation {
        on: "Observation",
        name: "lastn",
        level: Level::Type,
        effect: Effect::Looks,
        roles: &[Role::Doctor, Role::Nurse],
        input: &[
            ("max", "positiveInt", false),
            ("patient", "reference", false),
            ("subject", "reference", false),
            ("category", "token", false),
            ("code", "token", false),
        ],
        output: "Bundle",
        says: "The last observations of a person, `max` (1 if silent) of each code, newest first; every search parameter \
               of Observation narrows them.",
        versions: false,
        act: Box::new(LastN),
    }
}

struct LastN;

impl Act for LastN {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            let json = last(engine, caller, call).await?;
            serde_json::from_slice(&json).map_err(|error| EngineError::Internal(error.to_string()))
        })
    }

    fn reads_all(&self) -> bool {
        true
    }

    fn bytes<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Sending<'a> {
        Box::pin(last(engine, caller, call))
    }
}

async fn last(engine: &Engine, caller: &Caller, call: Call) -> Result<Vec<u8>, EngineError> {
    let each: u32 = call.number("max", 1)?;
    if !(1..=MOST_OF_EACH).contains(&each) {
        return Err(EngineError::invalid(
            "max",
            both!("a number from 1 to {MOST_OF_EACH} is expected", "应是 1 到 {MOST_OF_EACH} 之间的数"),
        ));
    }
    let params: Vec<_> = call.params.iter().filter(|(name, _)| name != "max").cloned().collect();
    let may = permission(caller, Right::Look, "Observation")?;
    let request = Request { kind: "Observation".to_owned(), params, lenient: false };
    let gathered = gather(engine, caller, request, move |reader: &Reader<'_>, meant: Meant| {
        let whose = meant.search.who.clone();
        let whose = whose.ok_or_else(|| {
            EngineError::invalid(
                "patient",
                both!(
                    "whose observations: a Patient is expected",
                    "缺少 `patient` 或 `subject`：请写明是哪位患者的检查结果"
                ),
            )
        })?;
        let code = Definitions::r4().type_code("Observation").unwrap_or_default();
        let (rows, more) = reader.newest_of_each(&meant.search, &whose, code, each, MOST)?;
        Ok::<(Vec<Stored>, bool, Vec<Subject>), EngineError>((rows, more, [whose, meant.named].concat()))
    });
    let (rows, more, named) = gathered.await?;
    may.check_all(&rows, caller)?;

    let mut look = look(caller, "lastn", "Observation");
    look.query = call.params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    look.subjects = people(rows.iter());
    look.subjects.extend(named);
    look.subjects.sort_unstable();
    look.subjects.dedup();
    engine.looked(look).await?;
    if more {
        let says = both!(
            "more than {MOST} observations, or more than one answer holds: ask for fewer of each code",
            "结果超过 {MOST} 条或一次应答的容量，请减小 max"
        );
        return Err(EngineError::Unprocessable(vec![Issue::error("too-costly", says).at("max")]));
    }
    let link = Link { address: "Observation/$lastn", params: &call.params, cursor: None };
    searchset(&call.base, &link, Some(rows.len()), (&rows, &[]), &[])
}
