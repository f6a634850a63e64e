//! From names and values to what a search wants; what is unknown, misspelt or not supported is refused by name.

mod coded;
mod filter;
mod include;
mod join;
mod leaf;
pub(super) mod missing;
mod modifier;
mod near;
mod number;
mod pair;
mod quantity;
mod refer;
mod sort;
mod step;
mod text;
mod uri;
mod words;

use meridian_access::Caller;
use meridian_model::both;
use meridian_model::definitions::Catalogue;
use meridian_model::outcome::Issue;
use meridian_store::search::{DateTest, Sort, TokenTest};
use meridian_store::{GOLDEN_PATIENT, TypeCode};

pub(super) use self::include::Include;
use self::near::Point;
use super::compartment::{self, Compartment, Where};
use super::cursor::Further;
use super::fault::{Fault, shown};
use super::ground::{Ground, Of};
use super::sights::Sights;
use super::wish::Wish;
use super::{Request, cursor, values};
use crate::EngineError;

/// The system and code of the tag that golden Patients carry.
pub(crate) const RECORD_TAG: &str = "https://meridian.example/record";
pub(crate) const GOLDEN: &str = "golden";

const DEFAULT_COUNT: u32 = 50;
const MOST_COUNT: u32 = 1000;
/// Limits on what one search may ask.
const MOST_PARAMS: usize = 50;
const MOST_INCLUDES: usize = 30;
const LONGEST_VALUE: usize = 16 << 10;
const LONGEST_NAME: usize = 4000;

/// How exact the total must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Total {
    None,
    /// Where counting is cheap.
    Cheap,
    Accurate,
}

/// A search that was understood.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    /// The types that are searched.
    pub(super) of: Vec<Of>,
    /// All must hold.
    pub(super) wishes: Vec<Wish>,
    pub(super) sort: Vec<Sort>,
    pub(super) count: u32,
    pub(super) from: Further,
    pub(super) total: Total,
    pub(super) only_count: bool,
    pub(super) explain: bool,
    /// No type was named: all are meant.
    pub(super) all: bool,
    /// It relies on a parameter that somebody posted.
    pub(super) posted: bool,
    pub(super) includes: Vec<Include>,
    pub(super) revincludes: Vec<Include>,
    /// What was understood, for the self link, without the cursor.
    pub(super) used: Vec<(String, String)>,
}

/// Reads a search of one type, of a compartment, or (with no type) of several or all types. The types are those that the
/// caller may look at; of all types only those of `present`, if it is known which there are.
pub(super) fn parse(
    request: &Request,
    place: &Where,
    caller: &Caller,
    catalogue: &Catalogue,
    present: Option<&[TypeCode]>,
) -> Result<(Parsed, Sights), EngineError> {
    if request.params.len() > MOST_PARAMS {
        return Err(EngineError::invalid("", both!("more than {MOST_PARAMS} parameters", "参数超过 {MOST_PARAMS} 个")));
    }
    let compartment = place.compartment.as_ref();
    let (mut of, sights) = types(request, compartment, caller, present)?;
    let golden = request.params.iter().any(|(name, value)| name == "_tag" && is_golden(value));
    for one in of.iter_mut().filter(|one| golden && one.kind == "Patient") {
        one.code = GOLDEN_PATIENT;
    }
    let ground = Ground::new(caller, catalogue, &place.base);
    let mut wishes = Vec::new();
    if let Some(compartment) = compartment {
        let wish = compartment::wish(&ground, compartment, &of);
        wishes.push(wish.or_else(|fault| Err(EngineError::Invalid(vec![fault.of("compartment")?])))?);
    }
    let near = request.params.iter().find(|(name, _)| name == "near");
    let reading = Reading {
        ground,
        system: request.kind.is_empty(),
        near: near.and_then(|(_, value)| near::read_place(value).ok()).map(|(point, _)| point),
    };
    let mut parsed = Parsed {
        of,
        wishes,
        sort: Vec::new(),
        count: DEFAULT_COUNT,
        from: Further::default(),
        total: Total::Cheap,
        only_count: false,
        explain: false,
        all: request.kind.is_empty() && !request.params.iter().any(|(name, _)| name == "_type"),
        posted: false,
        includes: Vec::new(),
        revincludes: Vec::new(),
        used: Vec::new(),
    };
    let mut issues = once(&request.params);
    let mut cursor = None;
    for (name, value) in &request.params {
        if name == "_cursor" {
            cursor = Some(value);
            continue;
        }
        match reading.param(&mut parsed, name, value) {
            Ok(()) => parsed.used.push((name.clone(), value.clone())),
            Err(Fault::Unknown(_)) if request.lenient => {}
            Err(fault) => issues.push(fault.of(name)?),
        }
    }
    if parsed.only_count {
        parsed.total = Total::Accurate; // nothing else is told
    }
    if let Some(text) = cursor {
        match cursor::read(text, &sorted_by(&parsed.used)) {
            Some(from) => parsed.from = from,
            None => {
                issues.extend(
                    Fault::wrong(both!(
                        "not a cursor that this server gave for this search",
                        "不是本机为这次检索给出的翻页游标，请从第一页重新检索"
                    ))
                    .of("_cursor")
                    .ok(),
                );
            }
        }
    }
    if !issues.is_empty() {
        return Err(EngineError::Invalid(issues));
    }
    join::join(&reading.ground, &parsed.of, &mut parsed.wishes);
    parsed.posted = reading.ground.posted.get();
    Ok((parsed, sights))
}

/// The types that are searched, and what the caller may see of them. A type that was named must be one that the caller
/// may look at; where none was named, those are meant that he may.
fn types(
    request: &Request,
    compartment: Option<&Compartment>,
    caller: &Caller,
    present: Option<&[TypeCode]>,
) -> Result<(Vec<Of>, Sights), EngineError> {
    let known = |kind: &str| {
        Of::named(kind).ok_or_else(|| EngineError::NotFound(both!("the resource type {}", "资源类型 {}", shown(kind))))
    };
    if let Some(compartment) = compartment {
        compartment.permitted(caller)?;
    }
    if !request.kind.is_empty() {
        let of = vec![known(&request.kind)?];
        let sights = Sights::of(caller, &of)?;
        return Ok((of, sights));
    }
    let mut named: Vec<Of> = Vec::new();
    for (_, value) in request.params.iter().filter(|(name, _)| name == "_type") {
        for kind in value.split(',') {
            let of = Of::named(kind).ok_or_else(|| {
                let says = both!("_type: there is no type `{}`", "_type：没有资源类型 `{}`", shown(kind));
                EngineError::Invalid(vec![Issue::error("invalid", says).at("http._type")])
            })?;
            if !named.contains(&of) {
                named.push(of);
            }
        }
    }
    if !named.is_empty() {
        let sights = Sights::of(caller, &named)?;
        return Ok((named, sights));
    }
    let held = |of: &Of| compartment.is_none_or(|compartment| compartment.holds(*of));
    let there = |of: &Of| present.is_none_or(|present| present.contains(&of.code));
    let every = Of::every().filter(|of| held(of) && there(of)).collect();
    Ok(Sights::among(caller, every))
}

/// The wish for order, as it was sent.
pub(super) fn sorted_by(used: &[(String, String)]) -> String {
    let keys = used.iter().filter(|(name, _)| name == "_sort").map(|(_, value)| value.as_str());
    keys.collect::<Vec<_>>().join(",")
}

fn is_golden(value: &str) -> bool {
    value.split_once('|').is_some_and(|(system, code)| system == RECORD_TAG && code == GOLDEN)
}

/// What says how the answer shall be may be said once.
fn once(params: &[(String, String)]) -> Vec<Issue> {
    let single = ["_count", "_total", "_summary", "_cursor", "_explain"];
    let twice = |name: &str| {
        let mut values = params.iter().filter(|(found, _)| found == name).map(|(_, value)| value);
        let first = values.next()?;
        values.find(|value| *value != first)?;
        Fault::wrong(both!("it is given twice, with different values", "给了两次，值却不同，请只留一个")).of(name).ok()
    };
    single.iter().filter_map(|name| twice(name)).collect()
}

struct Reading<'a> {
    ground: Ground<'a>,
    /// Nothing but the parameters says which types are searched.
    system: bool,
    /// Where the search is, to sort by distance.
    near: Option<Point>,
}

impl Reading<'_> {
    fn param(&self, parsed: &mut Parsed, name: &str, value: &str) -> Result<(), Fault> {
        if name.len() > LONGEST_NAME {
            return Err(Fault::wrong(both!("the name is too long", "参数名太长")));
        }
        if value.len() > LONGEST_VALUE {
            return Err(Fault::wrong(both!("the value is too long", "参数值太长")));
        }
        match name {
            "_count" => {
                let count: u32 = value.parse().map_err(|_| {
                    Fault::wrong(both!("`{}` is not a number from 0", "`{}` 不是从 0 起的整数", shown(value)))
                })?;
                parsed.count = count.min(MOST_COUNT);
                parsed.only_count |= count == 0;
            }
            "_sort" => parsed.sort.extend(sort::read(&self.ground, &parsed.of, self.near, value)?),
            "_total" => {
                parsed.total = match value {
                    "none" => Total::None,
                    "estimate" => Total::Cheap,
                    "accurate" => Total::Accurate,
                    _ => {
                        return Err(Fault::wrong(both!(
                            "none, estimate or accurate is expected",
                            "应为 none、estimate 或 accurate"
                        )));
                    }
                };
            }
            // The door shapes what is served; here a count is all that a summary can change.
            "_summary" => match value {
                "count" => parsed.only_count = true,
                "true" | "text" | "data" | "false" => {}
                other => {
                    return Err(Fault::wrong(both!(
                        "`{}` is not a kind of summary",
                        "`{}` 不是摘要种类",
                        shown(other)
                    )));
                }
            },
            "_elements" | "_format" | "_pretty" => {}
            "_explain" => parsed.explain = missing::truth(value)?,
            "_type" if self.system => {}
            "_type" => {
                return Err(Fault::wrong(both!(
                    "it belongs to searches over several types, at the base of the service",
                    "它只用于跨类型检索（在服务的根地址）"
                )));
            }
            _ => match name.split_once(':').map_or((name, None), |(code, modifier)| (code, Some(modifier))) {
                ("_include", modifier) => parsed.includes.push(include::read(&self.ground, modifier, value)?),
                ("_revinclude", modifier) => parsed.revincludes.push(include::read(&self.ground, modifier, value)?),
                _ => parsed.wishes.push(step::read(&self.ground, &parsed.of, name, value, 0)?),
            },
        }
        if parsed.includes.len() + parsed.revincludes.len() > MOST_INCLUDES {
            return Err(Fault::wrong(both!("more than {MOST_INCLUDES} includes", "_include 超过 {MOST_INCLUDES} 个")));
        }
        Ok(())
    }
}

fn dates(parts: &[&str]) -> Result<Vec<DateTest>, Fault> {
    parts.iter().map(|part| date(part)).collect()
}

fn date(part: &str) -> Result<DateTest, Fault> {
    values::date(part).ok_or_else(|| Fault::wrong(both!("`{}` is no date", "`{}` 不是日期", shown(part))))
}

fn token(part: &str) -> Result<TokenTest, Fault> {
    values::token(part)
        .ok_or_else(|| Fault::wrong(both!("`{}` is no token", "`{}` 不是代码值（形式为 system|code）", shown(part))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_is_all_that_is_told_is_exact() {
        let caller = Caller::system("test", "CJ01", "t");
        let total = |query: &str| {
            let params = values::split_query(query).unwrap();
            let request = Request { kind: "Basic".into(), params, lenient: false };
            parse(&request, &Where::default(), &caller, Catalogue::r4(), None).unwrap().0.total
        };
        for query in
            ["_summary=count", "_summary=count&_total=estimate", "_count=0&_total=estimate", "_total=none&_count=0"]
        {
            assert_eq!(total(query), Total::Accurate, "{query}");
        }
        assert_eq!(total("_total=estimate"), Total::Cheap);
    }
}
