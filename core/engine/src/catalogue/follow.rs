//! What a written SearchParameter changes, in its own transaction.

use meridian_access::{Caller, Denied, Role};
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::definitions::posted::{Posted, is_active};
use meridian_model::outcome::Issue;
use meridian_store::{TypeCode, WriteTx};
use serde_json::Value;

use super::FhirPath;
use super::load::{Source, sources};
use super::registry::{Entry, Registry, State, fresh, places, put_places};
use crate::EngineError;

pub(crate) const SEARCH_PARAMETER: &str = "SearchParameter";

/// The most posted parameters of one store that are in force.
const MOST: usize = 1_000;

pub(super) fn code() -> TypeCode {
    Definitions::r4().type_code(SEARCH_PARAMETER).unwrap_or_default()
}

/// Follows the write of a SearchParameter: puts it in force, changes what it means, or takes it out of force.
///
/// # Errors
/// `Unprocessable` naming the element for which it cannot be in force; `Denied` to all but operators.
pub(crate) fn follow(
    tx: &mut WriteTx<'_>,
    caller: &Caller,
    id: &str,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Result<(), EngineError> {
    let mut registry = Registry::read(tx)?;
    let was = registry.in_force(id).cloned();
    let after = after.filter(|resource| is_active(resource));
    if was.is_none() && after.is_none() {
        return Ok(());
    }
    if caller.role != Role::Operator {
        let what = both!("change which search parameters are in force", "改变生效的检索参数");
        return Err(Denied { role: caller.role, what }.into());
    }
    let all = sources(tx, &registry, was.as_ref().and(before).map(|before| (id, before)))?;
    let (own, others): (Vec<Source>, Vec<Source>) = all.into_iter().partition(|source| source.entry.id == id);
    let known: Vec<Posted> = others.iter().filter_map(|other| other.posted.as_ref().ok()).cloned().collect();
    let posted = match after {
        Some(resource) => Some(Posted::read(resource, &known, Some(&FhirPath)).map_err(EngineError::Unprocessable)?),
        None => None,
    };
    if let Some(was) = &was {
        still_whole(was, posted.as_ref(), &known)?;
    }
    let meant = own.into_iter().find_map(|source| source.posted.ok());
    let same = posted.as_ref().zip(meant).is_some_and(|(posted, meant)| posted.means_the_same(&meant));
    match (was.and_then(|was| registry.number(was.number)), &posted) {
        (Some(entry), Some(posted)) if same && entry.state.is_in_force() => entry.says(posted),
        (was, _) => {
            if let Some(entry) = was {
                (entry.state, entry.since) = (State::Dropping, tx.at());
                let mut places = places(tx)?;
                places.remove(&entry.number);
                put_places(tx, &places)?;
            }
            if let Some(posted) = &posted {
                put_in_force(tx, &mut registry, id, posted, &others)?;
            }
        }
    }
    registry.write(tx)
}

fn put_in_force(
    tx: &mut WriteTx<'_>,
    registry: &mut Registry,
    id: &str,
    posted: &Posted,
    others: &[Source],
) -> Result<(), EngineError> {
    if others.len() >= MOST {
        return Err(EngineError::NotSupported(both!(
            "{MOST} search parameters of its own are all that one store has",
            "自定义检索参数最多 {MOST} 个"
        )));
    }
    registry.entries.push(Entry::new(fresh(tx)?, id, posted, tx.at()));
    Ok(())
}

/// A parameter that posted composites are made of stays as they know it.
fn still_whole(was: &Entry, posted: Option<&Posted>, others: &[Posted]) -> Result<(), EngineError> {
    let Some(whole) = others.iter().find(|other| other.definitions.contains(&was.url)) else { return Ok(()) };
    let stays = posted.is_some_and(|posted| {
        (&posted.url, &posted.code, posted.kind.code()) == (&was.url, &was.code, was.kind.as_str())
            && was.bases.iter().all(|base| posted.bases().any(|own| own == base))
    });
    if stays {
        return Ok(());
    }
    let says = both!(
        "the composite {} is made of it: change or delete that first",
        "组合参数 {} 用到了它，请先改或删那一个",
        whole.url
    );
    Err(EngineError::Unprocessable(vec![Issue::error("business-rule", says).at("SearchParameter")]))
}
