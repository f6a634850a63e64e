//! Search: one type, a compartment, several types or all. What was asked is read (`parse`), looked up (`wish`) and run as
//! one statement of the store.

mod answer;
mod compartment;
mod cursor;
mod explain;
mod fault;
mod fixed;
mod ground;
mod include;
mod meaning;
mod parse;
mod sights;
mod values;
mod wish;

use std::sync::Arc;

use meridian_access::Caller;
use meridian_model::both;
use meridian_model::definitions::Catalogue;
use meridian_model::outcome::Issue;
use meridian_store::search::{Condition, Scope, Search, Start};
use meridian_store::{Reader, StoreError, Stored, Subject};
use serde_json::Value;

pub use answer::{Answer, Hit, Mode};
pub use compartment::{Compartment, Where};
pub(crate) use parse::RECORD_TAG;
use parse::{Parsed, Total};
pub use values::{decode, split_query};

use self::cursor::Further;
use self::ground::Of;
use self::include::Brought;
use self::wish::Resolver;
pub(crate) use self::wish::among;
use crate::served::Served;
use crate::sight::{look, people};
use crate::write::{clinical_param, main_param, param_number};
use crate::{Engine, EngineError};

/// The most that is counted when nobody asks for an exact total.
const COUNTED: u64 = 10_000;

/// A search as it was asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Empty where `_type` says which types are searched, or all are.
    pub kind: String,
    /// Names (with modifiers) and values, decoded, in their order.
    pub params: Vec<(String, String)>,
    /// Unknown parameters are left out instead of refused.
    pub lenient: bool,
}

/// One page of a search, with what it includes.
///
/// # Errors
/// `Invalid` naming the parameter that is unknown, misspelt or not supported; `Denied`.
pub async fn search(engine: &Engine, caller: &Caller, request: &Request) -> Result<Answer, EngineError> {
    search_in(engine, caller, &Where::default(), request).await
}

/// The same at a place. In a compartment an empty type means all types that it holds.
///
/// # Errors
/// As [`search`].
pub async fn search_in(
    engine: &Engine,
    caller: &Caller,
    place: &Where,
    request: &Request,
) -> Result<Answer, EngineError> {
    match once(engine, caller, place, request).await? {
        Some(answer) => Ok(answer),
        None => {
            // Another process changed the search parameters a moment ago.
            engine.renew_catalogue()?;
            once(engine, caller, place, request).await?.ok_or(EngineError::Busy)
        }
    }
}

/// `None`: the search relies on a posted parameter, and the parameters in force are others by now.
async fn once(
    engine: &Engine,
    caller: &Caller,
    place: &Where,
    request: &Request,
) -> Result<Option<Answer>, EngineError> {
    let catalogue = engine.catalogue();
    let (mut parsed, mut sights) = parse::parse(request, place, caller, &catalogue, None)?;
    if parsed.all {
        // What is known to no type is refused above; of the types only those take part that there are.
        let present = engine.store().search::<_, EngineError>(|reader| Ok(reader.kinds()?)).await?;
        (parsed, sights) = parse::parse(request, place, caller, &catalogue, Some(&present))?;
    }
    let compartment = place.compartment.as_ref();
    if parsed.explain {
        explain::permitted(caller)?;
    }
    let mut look = look(caller, "search", &request.kind);
    let within = compartment.map(|compartment| format!("compartment={}", compartment.path()));
    let asked = request.params.iter().map(|(name, value)| format!("{name}={value}"));
    look.query = within.into_iter().chain(asked).collect::<Vec<_>>().join("&");

    let (scope, conditions) = (sights.scope(), sights.conditions());
    let (wanted, who) = (parsed.clone(), caller.clone());
    // What the server has by itself is in nobody's compartment, and no part of all there is.
    let own = (place.compartment.is_none() && !parsed.all).then(|| engine.clone());
    let work = move |reader: &Reader<'_>| run(reader, &wanted, &who, &catalogue, scope, conditions, own.as_ref());
    let ran = match engine.store().search(work).await {
        Ok(Some(ran)) => ran,
        Ok(None) => return Ok(None),
        Err(error) => return Err(told(error)),
    };
    sights.check_all(&ran.rows, caller)?;
    let mut seen = people(ran.rows.iter().chain(&ran.brought.rows));
    seen.extend(&ran.asked);
    seen.sort_unstable();
    seen.dedup();
    look.subjects = seen;
    engine.looked(look).await?;
    let path = match compartment {
        None => request.kind.clone(),
        Some(place) if request.kind.is_empty() => format!("{}/*", place.path()),
        Some(place) => format!("{}/{}", place.path(), request.kind),
    };
    let answer = Answer::of(parsed, &ran, path)?;
    Ok(Some(if ran.missed { answer.without_own() } else { answer }))
}

/// What is the asker's fault among the faults of the store.
fn told(error: EngineError) -> EngineError {
    /// How the databases say that a statement is too large for them.
    const TOO_WIDE: &[&str] =
        &["too many SQL variables", "Expression tree is too large", "parser stack overflow", "64 tables in a join"];
    match error {
        EngineError::Store(StoreError::BadCursor) => EngineError::invalid(
            "http._cursor",
            both!(
                "_cursor: not a cursor that this server gave for this search",
                "_cursor：不是本机为这次检索给出的翻页游标，请从第一页重新检索"
            ),
        ),
        EngineError::Store(StoreError::Database(says)) if TOO_WIDE.iter().any(|wide| says.contains(wide)) => {
            EngineError::Invalid(vec![Issue::error(
                "too-costly",
                both!("the search asks for too much at once; name fewer types", "检索一次要求的太多，请减少类型或条件"),
            )])
        }
        other => other,
    }
}

/// What the statement gave.
#[derive(Default)]
struct Ran {
    rows: Vec<Stored>,
    /// What the server has by itself, with its places on the page.
    own: Vec<(usize, Served)>,
    /// Only what is stored could be asked.
    missed: bool,
    brought: Brought,
    total: Option<u64>,
    next: Option<Further>,
    previous: Option<Further>,
    /// Whose record was asked for, whether or not anything was found.
    asked: Vec<Subject>,
    explained: Option<Value>,
}

fn run(
    reader: &Reader<'_>,
    parsed: &Parsed,
    caller: &Caller,
    catalogue: &Catalogue,
    scope: Scope,
    besides: Vec<Condition>,
    of_server: Option<&Engine>,
) -> Result<Option<Ran>, EngineError> {
    if parsed.posted && !crate::catalogue::is_in_force(reader, catalogue)? {
        return Ok(None);
    }
    let (mut search, mut resolver) = resolved(reader, parsed, scope)?;
    // What one condition alone names is found with it, or is not there.
    let alone = match search.conditions.as_slice() {
        [Condition::Ids(_) | Condition::Token { .. } | Condition::Pair { .. }] => {
            search.who.is_none() && !parsed.only_count
        }
        _ => false,
    };
    let own = search.conditions.clone();
    if !alone {
        resolver.note(&search.kinds, &own)?;
    }
    // Where the answer does not show whom the question describes.
    if parsed.only_count || parsed.explain || !own.iter().all(wish::is_own) {
        resolver.described(&search.kinds, &own, false)?;
    }
    search.conditions.extend(besides);
    if parsed.explain {
        let asked = resolver.asked;
        return Ok(Some(Ran { asked, explained: Some(explain::told(reader, &search)?), ..Ran::default() }));
    }
    let own_ones = match of_server {
        Some(engine) => fixed::Own::found(engine, reader, catalogue, &search)?,
        None => fixed::Own::default(),
    };
    let count = |search: &Search| {
        let stored = match parsed.total {
            Total::None => None,
            Total::Accurate => Some(reader.count(search, None)?),
            Total::Cheap => Some(reader.count(search, Some(COUNTED))?).filter(|count| *count <= COUNTED),
        };
        Ok::<_, EngineError>(stored.map(|stored| stored + own_ones.count()))
    };
    if parsed.only_count {
        let (total, asked) = (count(&search)?, resolver.asked);
        return Ok(Some(Ran { total, asked, missed: own_ones.missed, ..Ran::default() }));
    }
    let page = own_ones.page(reader, catalogue, &mut search, &parsed.from)?;
    if page.rows.is_empty() && !alone {
        // A caller who may see all has seen already that nobody is there.
        let all = search.scope == Scope::All && search.conditions == own && search.who.is_none();
        resolver.described(&search.kinds, &own, all && parsed.from == Further::default())?;
    }
    // A first page that is the last one too has counted what there is.
    let whole = parsed.total != Total::None && parsed.from == Further::default() && page.next.is_none();
    let total = if whole { Some((page.rows.len() + page.own.len()) as u64) } else { count(&search)? };
    let brought = include::included(reader, parsed, caller, catalogue, &page.rows)?;
    Ok(Some(Ran {
        rows: page.rows,
        own: page.own,
        missed: own_ones.missed,
        brought,
        total,
        next: page.next,
        previous: page.previous,
        asked: resolver.asked,
        explained: None,
    }))
}

/// The search of the store, with patients looked up and widened to persons; and who looked them up.
fn resolved<'r>(reader: &'r Reader<'r>, parsed: &Parsed, scope: Scope) -> Result<(Search, Resolver<'r>), EngineError> {
    let one = match parsed.of.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let number = |param: fn(&str) -> Option<&'static meridian_model::definitions::SearchParam>| {
        one.and_then(|Of { kind, code }| Some(param_number(code, param(kind)?)))
    };
    let mut search = Search {
        kinds: parsed.of.iter().map(|of| of.code).collect(),
        scope,
        who: None,
        conditions: Vec::new(),
        main: number(main_param),
        clinical: number(clinical_param),
        sort: parsed.sort.clone(),
        start: parsed.from.start.clone(),
        limit: parsed.count,
    };
    let mut resolver = Resolver::new(reader);
    resolver.fill(&parsed.wishes, &mut search)?;
    if parsed.of.is_empty() {
        search.scope = Scope::Nothing;
    }
    Ok((search, resolver))
}

/// What a condition that should meet at most one resource found.
pub(crate) enum Found {
    None,
    One(Box<Stored>),
    Many,
}

/// Runs the condition of a conditional create, update or reference, on the state that `reader` sees. What the caller may
/// not see is neither found nor counted.
pub(crate) fn where_one(
    reader: &Reader<'_>,
    caller: &Caller,
    catalogue: &Catalogue,
    kind: &str,
    query: &str,
) -> Result<Found, EngineError> {
    let (rows, more) = where_some(reader, caller, catalogue, kind, query, 1)?;
    Ok(match rows.into_iter().next() {
        None => Found::None,
        Some(_) if more => Found::Many,
        Some(row) => Found::One(Box::new(row)),
    })
}

/// The same for up to `most` resources; and whether there are more.
pub(crate) fn where_some(
    reader: &Reader<'_>,
    caller: &Caller,
    catalogue: &Catalogue,
    kind: &str,
    query: &str,
    most: u32,
) -> Result<(Vec<Stored>, bool), EngineError> {
    let (search, sights) = meant(reader, caller, catalogue, kind, query, most)?;
    let page = reader.search(&search)?;
    sights.check_all(&page.rows, caller)?;
    Ok((page.rows, page.next.is_some()))
}

/// Says which conditions will be looked at next, each for one resource. What is wrong with one is told then.
pub(crate) fn foresee<'q>(
    reader: &Reader<'_>,
    caller: &Caller,
    catalogue: &Catalogue,
    conditions: impl Iterator<Item = (&'q str, &'q str)>,
) -> Result<(), EngineError> {
    let searches: Vec<_> = conditions
        .filter_map(|(kind, query)| meant(reader, caller, catalogue, kind, query, 1).ok())
        .map(|(search, _)| search)
        .collect();
    Ok(reader.foresee(searches)?)
}

fn meant(
    reader: &Reader<'_>,
    caller: &Caller,
    catalogue: &Catalogue,
    kind: &str,
    query: &str,
    most: u32,
) -> Result<(Search, sights::Sights), EngineError> {
    let params = values::split_query(query)?;
    if params.is_empty() {
        return Err(EngineError::invalid(
            "",
            both!("the condition {kind}?{query} names no parameter", "条件 {kind}?{query} 没有写参数"),
        ));
    }
    let request = Request { kind: kind.to_owned(), params, lenient: false };
    let (parsed, sights) = parse::parse(&request, &Where::default(), caller, catalogue, None)?;
    if parsed.wishes.is_empty() {
        return Err(EngineError::invalid(
            "",
            both!("the condition {kind}?{query} would meet every {kind}", "条件 {kind}?{query} 会匹配所有 {kind}"),
        ));
    }
    let (mut search, _) = resolved(reader, &parsed, sights.scope())?;
    (search.limit, search.start) = (most, Start::First);
    search.conditions.extend(sights.conditions());
    Ok((search, sights))
}

/// Whose records a condition names.
pub(crate) fn named(
    reader: &Reader<'_>,
    caller: &Caller,
    catalogue: &Catalogue,
    kind: &str,
    query: &str,
) -> Result<Vec<Subject>, EngineError> {
    let request = Request { kind: kind.to_owned(), params: values::split_query(query)?, lenient: false };
    let (parsed, sights) = parse::parse(&request, &Where::default(), caller, catalogue, None)?;
    let (search, mut resolver) = resolved(reader, &parsed, sights.scope())?;
    resolver.note_hidden(&search.kinds, &search.conditions)?;
    Ok(resolver.asked)
}

/// The search of the store that a request means, with what must hold for the caller, and whose records it names.
pub(crate) struct Meant {
    pub(crate) search: Search,
    pub(crate) named: Vec<Subject>,
}

/// Runs `work` with what a request means, for operations that count and gather by the parameters of a search.
pub(crate) async fn gather<T: Send + 'static>(
    engine: &Engine,
    caller: &Caller,
    request: Request,
    work: impl Fn(&Reader<'_>, Meant) -> Result<T, EngineError> + Send + Sync + 'static,
) -> Result<T, EngineError> {
    let (request, work) = (Arc::new(request), Arc::new(work));
    for _ in 0..2 {
        let (who, catalogue) = (caller.clone(), engine.catalogue());
        let (request, work) = (Arc::clone(&request), Arc::clone(&work));
        let once = move |reader: &Reader<'_>| {
            let (parsed, sights) = parse::parse(&request, &Where::default(), &who, &catalogue, None)?;
            if parsed.posted && !crate::catalogue::is_in_force(reader, &catalogue)? {
                return Ok(None);
            }
            let (mut search, mut resolver) = resolved(reader, &parsed, sights.scope())?;
            resolver.note_hidden(&search.kinds, &search.conditions)?;
            search.conditions.extend(sights.conditions());
            work(reader, Meant { search, named: resolver.asked }).map(Some)
        };
        if let Some(gathered) = engine.store().search(once).await.map_err(told)? {
            return Ok(gathered);
        }
        // Another process changed the search parameters a moment ago.
        engine.renew_catalogue()?;
    }
    Err(EngineError::Busy)
}

impl Hit {
    fn of(row: &Stored, mode: Mode) -> Result<Hit, EngineError> {
        Ok(Hit { served: Served::of(row)?, mode })
    }
}
