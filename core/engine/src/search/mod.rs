//! Search one type: `GET /fhir/{type}?…`.

mod answer;
mod cursor;
mod include;
mod parse;
mod values;

use meridian_access::{Act, Caller};
use meridian_store::search::Scope;
use meridian_store::{Reader, Stored};

pub use answer::{Answer, Hit, Mode};
pub(crate) use parse::RECORD_TAG;
use parse::{Parsed, Total};
pub use values::{decode, split_query};

use crate::served::Served;
use crate::sight::{look, people, permission};
use crate::{Engine, EngineError};

/// The most that is counted when nobody asks for an exact total.
const COUNTED: u64 = 10_000;

/// A search as it was asked.
#[derive(Clone, Debug)]
pub struct Request {
    pub kind: String,
    /// Names (with modifiers) and values, decoded, in their order.
    pub params: Vec<(String, String)>,
    /// Unknown parameters are left out instead of refused.
    pub lenient: bool,
}

/// One page of a search, with what it includes.
///
/// # Errors
/// `Invalid` naming the parameter that is unknown, misspelt or not supported.
pub async fn search(engine: &Engine, caller: &Caller, request: &Request) -> Result<Answer, EngineError> {
    let may = permission(caller, Act::Look, &request.kind)?;
    let parsed = parse::parse(request)?;
    let mut look = look(caller, "search", &request.kind);
    look.query = request.params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");

    let (filter, mut wanted) = (may.filter(), parsed.clone());
    wanted.add(may.conditions());
    let mut ran = engine.store().search(move |reader| run(reader, &wanted, filter)).await?;
    may.check_all(&ran.rows, caller)?;
    // What is included must be readable by itself; what is not is left out, as if it were not there.
    ran.included.retain(|row| {
        permission(caller, Act::Look, crate::engine::type_name(row.kind)).is_ok_and(|may| may.shows(row))
    });
    let mut seen = people(ran.rows.iter().chain(&ran.included));
    seen.extend(ran.asked.iter().copied().filter(|subject| !seen.contains(subject)).collect::<Vec<_>>());
    look.subjects = seen;
    engine.looked(look).await?;
    Answer::of(&parsed, &ran)
}

/// What the statement gave.
struct Ran {
    rows: Vec<Stored>,
    included: Vec<Stored>,
    total: Option<u64>,
    next: Option<meridian_store::search::Cursor>,
    /// Whose record was asked for, whether or not anything was found.
    asked: Vec<meridian_store::Subject>,
}

fn run(reader: &Reader<'_>, parsed: &Parsed, scope: Scope) -> Result<Ran, EngineError> {
    let search = parsed.search(reader, scope)?;
    let asked = search.who.clone().unwrap_or_default();
    let count = || {
        Ok::<_, EngineError>(match parsed.total {
            Total::None => None,
            Total::Accurate => Some(reader.count(&search, None)?),
            Total::Cheap => Some(reader.count(&search, Some(COUNTED))?).filter(|count| *count <= COUNTED),
        })
    };
    if parsed.only_count {
        return Ok(Ran { rows: Vec::new(), included: Vec::new(), total: count()?, next: None, asked });
    }
    let page = reader.search(&search)?;
    // A first page that is the last one too has counted what there is.
    let whole = parsed.total != Total::None && search.after.is_none() && page.next.is_none();
    let total = if whole { Some(page.rows.len() as u64) } else { count()? };
    let included = include::included(reader, parsed, &page.rows)?;
    Ok(Ran { rows: page.rows, included, total, next: page.next, asked })
}

/// What a condition that should meet at most one resource found.
pub(crate) enum Found {
    None,
    One(Box<Stored>),
    Many,
}

/// Runs the condition of a conditional create, update or reference, on the state that `reader` sees. What the caller may
/// not see is neither found nor counted.
pub(crate) fn where_one(reader: &Reader<'_>, caller: &Caller, kind: &str, query: &str) -> Result<Found, EngineError> {
    let may = permission(caller, Act::Look, kind)?;
    let params = values::split_query(query)?;
    if params.is_empty() {
        return Err(EngineError::invalid("", format!("the condition {kind}?{query} names no parameter")));
    }
    let parsed = parse::parse(&Request { kind: kind.to_owned(), params, lenient: false })?;
    let mut search = parsed.search(reader, may.filter())?;
    if search.conditions.is_empty() && search.who.is_none() {
        return Err(EngineError::invalid("", format!("the condition {kind}?{query} would meet every {kind}")));
    }
    (search.limit, search.after) = (1, None);
    search.conditions.extend(may.conditions());
    let page = reader.search(&search)?;
    may.check_all(&page.rows, caller)?;
    let more = page.next.is_some();
    Ok(match page.rows.into_iter().next() {
        None => Found::None,
        Some(_) if more => Found::Many,
        Some(row) => Found::One(Box::new(row)),
    })
}

impl Hit {
    fn of(row: &Stored, mode: Mode) -> Result<Hit, EngineError> {
        Ok(Hit { served: Served::of(row)?, mode })
    }
}
