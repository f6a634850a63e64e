//! `Patient/{id}/$everything` and `Encounter/{id}/$everything`: the compartment, and what it refers to.
//!
//! A Patient means the whole person. Pages follow the numbers of the resources: first those of the record itself, then
//! those that point into it from elsewhere; bodies leave as they are stored.

use std::collections::{HashMap, HashSet};

use meridian_access::{Act as Right, Caller, Role};
use meridian_model::both;
use meridian_model::date::{DateRange, Zone};
use meridian_model::definitions::{Catalogue, Definitions, Kind};
use meridian_model::facts::facts;
use meridian_model::language::Both;
use meridian_model::outcome::{Issue, Severity};
use meridian_model::reference::Reference;
use meridian_store::{GOLDEN_PATIENT, Key, Part, Reader, Stored, Subject, TypeCode};

use super::bundle::{Link, searchset};
use super::{Act, Answering, Call, Effect, Level, Operation, Sending};
use crate::engine::{patient_code, type_name};
use crate::served::value_of;
use crate::sight::{find, look, people, permission};
use crate::write::param_number;
use crate::{Engine, EngineError};

/// Most resources of one page, besides what they refer to.
const MOST: usize = 1_000;
/// Most that points into a record from elsewhere.
const MOST_BESIDE: usize = 10_000;
/// Most that one page refers to.
const MOST_REFERRED: usize = 1_000;
/// What one page refers to weighs little more than this, in bytes.
const HEAVIEST_REFERRED: usize = 32 << 20;
/// So many of them are brought at a time.
const AT_ONCE: usize = 256;
/// Most references of one page that are looked up, found or not.
const MOST_SOUGHT: usize = 10_000;

pub(super) fn operations() -> [Operation; 2] {
    let row = |on: &'static str, input, says| Operation {
        on,
        name: "everything",
        level: Level::Instance,
        effect: Effect::Looks,
        roles: &[Role::Doctor, Role::Nurse],
        input,
        output: "Bundle",
        says,
        versions: false,
        act: Box::new(Everything),
    };
    let patient = &[
        ("start", "date", false),
        ("end", "date", false),
        ("_since", "instant", false),
        ("_type", "code", false),
        ("_count", "integer", false),
    ];
    let encounter = &[("_since", "instant", false), ("_type", "code", false), ("_count", "integer", false)];
    [
        row("Patient", patient, "The whole record of this person, and what it refers to, page by page."),
        row("Encounter", encounter, "What belongs to this visit, and what it refers to, page by page."),
    ]
}

struct Everything;

impl Act for Everything {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            let json = everything(engine, caller, call).await?;
            serde_json::from_slice(&json).map_err(|error| EngineError::Internal(error.to_string()))
        })
    }

    fn bytes<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Sending<'a> {
        Box::pin(everything(engine, caller, call))
    }
}

/// Where a page begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum After {
    /// In the record itself, behind this one.
    Own(i64),
    /// In what points to it from elsewhere.
    Beside(i64),
}

#[derive(Clone, Debug)]
struct Asked {
    part: Part,
    /// The care dates that are wanted.
    care: Option<DateRange>,
    count: usize,
    after: After,
}

struct Page {
    matches: Vec<Stored>,
    referred: Referred,
    next: Option<After>,
    /// Whose record it is.
    subjects: Vec<Subject>,
}

/// What the matches of a page refer to.
#[derive(Default)]
struct Referred {
    rows: Vec<Stored>,
    /// Whether there was more.
    cut: bool,
}

async fn everything(engine: &Engine, caller: &Caller, call: Call) -> Result<Vec<u8>, EngineError> {
    let id = call.id.clone().unwrap_or_default();
    let asked = read(&call)?;
    let missing = || EngineError::NotFound(Both::alike(format!("{}/{id}", call.kind)));
    let code = Definitions::r4().type_code(&call.kind).ok_or_else(missing)?;
    let may = permission(caller, Right::Look, &call.kind)?;
    let row = engine.store().read(|reader| find(reader, code, &id))?;
    let row = row.filter(|row| may.shows(row) && !row.deleted).ok_or_else(missing)?;

    let (who, catalogue, wanted) = (caller.clone(), engine.catalogue(), asked.clone());
    let is_patient = code == patient_code();
    let gather = move |reader: &Reader<'_>| {
        if is_patient {
            of_person(reader, &who, &catalogue, &row, &wanted)
        } else {
            of_visit(reader, &who, &catalogue, &row, &wanted)
        }
    };
    let page = engine.store().search(gather).await?;

    let mut look = look(caller, "everything", &call.kind);
    look.id.clone_from(&id);
    look.subjects = people(page.matches.iter().chain(&page.referred.rows));
    look.subjects.extend(page.subjects.iter().copied().filter(|subject| *subject != Subject::COMMON));
    look.subjects.sort_unstable();
    look.subjects.dedup();
    engine.looked(look).await?;

    let address = format!("{}/{id}/$everything", call.kind);
    let own: Vec<(String, String)> = call.params.iter().filter(|(name, _)| name != "_cursor").cloned().collect();
    let first = asked.after == After::Own(0);
    let total = (first && page.next.is_none()).then_some(page.matches.len());
    let cursor = page.next.map(After::write);
    let link = Link { address: &address, params: &own, cursor: cursor.as_deref() };
    let says = both!(
        "what this page refers to is more than one answer holds; the rest is read by its references",
        "本页引用的资源超过一次应答的容量，其余请按引用读取"
    );
    let notes: Vec<Issue> =
        page.referred.cut.then(|| Issue::new(Severity::Warning, "too-costly", says)).into_iter().collect();
    searchset(&call.base, &link, total, (&page.matches, &page.referred.rows), &notes)
}

fn read(call: &Call) -> Result<Asked, EngineError> {
    let count = call.number("_count", MOST)?.clamp(1, MOST);
    let kinds = call.params.iter().filter(|(name, _)| name == "_type").flat_map(|(_, value)| value.split(','));
    let mut wanted = Vec::new();
    for name in kinds.map(str::trim).filter(|name| !name.is_empty()) {
        let code = Definitions::r4().type_code(name);
        let code = code.ok_or_else(|| {
            EngineError::invalid("_type", both!("`{name}` is no resource type", "`{name}` 不是资源类型"))
        })?;
        wanted.push(code);
        if code == patient_code() {
            wanted.push(GOLDEN_PATIENT);
        }
    }
    let time = |name: &'static str| match call.param(name) {
        None => Ok(None),
        Some(text) => {
            let range = DateRange::parse(&text.replace(' ', "+"), Zone::CHINA);
            range.map(Some).ok_or_else(|| {
                EngineError::invalid(name, both!("`{text}` is no date or time", "`{text}` 不是日期或时间"))
            })
        }
    };
    let (start, end) = (time("start")?, time("end")?);
    let care = (start.is_some() || end.is_some()).then(|| DateRange {
        lo: start.map_or(i64::MIN, |range| range.lo),
        hi: end.map_or(i64::MAX, |range| range.hi),
    });
    let after = match call.param("_cursor") {
        None => After::Own(0),
        Some(text) => After::read(text).ok_or_else(|| {
            EngineError::invalid("_cursor", both!("not a cursor of this answer", "不是这份应答的翻页游标"))
        })?,
    };
    let part = Part {
        kinds: (!wanted.is_empty()).then_some(wanted),
        since: time("_since")?.map(|range| range.lo),
        begins_before: end.map(|range| range.hi),
    };
    Ok(Asked { part, care, count, after })
}

impl After {
    fn write(self) -> String {
        match self {
            After::Own(key) => format!("o{key}"),
            After::Beside(key) => format!("b{key}"),
        }
    }

    fn read(text: &str) -> Option<After> {
        let (place, key) = text.split_at_checked(1)?;
        let key = key.parse().ok().filter(|key| *key >= 0)?;
        match place {
            "o" => Some(After::Own(key)),
            "b" => Some(After::Beside(key)),
            _ => None,
        }
    }
}

fn of_person(
    reader: &Reader<'_>,
    caller: &Caller,
    catalogue: &Catalogue,
    row: &Stored,
    asked: &Asked,
) -> Result<Page, EngineError> {
    let mut subjects = reader.same_person(row.key.subject())?;
    subjects.sort_unstable();
    let mut rows = Vec::new();
    let mut next = None;
    if let After::Own(after) = asked.after {
        let (own, more) = reader.records(&subjects, &asked.part, Some(Key(after)), asked.count)?;
        next = own.last().filter(|_| more).map(|last| After::Own(last.key.0));
        rows = own;
    }
    if next.is_none() {
        let mut ids = Vec::new();
        for subject in &subjects {
            ids.extend(reader.current(subject.patient())?.map(|row| row.id));
        }
        let after = if let After::Beside(after) = asked.after { after } else { 0 };
        let room = asked.count - rows.len();
        let beside = pointing(reader, catalogue, "Patient", &ids)?;
        let beside = beside.into_iter().filter(|key| !subjects.contains(&key.subject()) && key.0 > after);
        let mut beside: Vec<Key> = beside.collect();
        if beside.len() > room {
            beside.truncate(room);
            next = Some(After::Beside(beside.last().map_or(after, |last| last.0)));
        }
        let own = rows.len();
        let (all, heavy) = reader.numbered(&beside, &asked.part, rows)?;
        rows = all;
        if heavy {
            let last = rows.get(own..).and_then(<[Stored]>::last);
            next = Some(After::Beside(last.map_or(after, |last| last.key.0)));
        }
    }
    let matches = permitted(caller, asked, rows)?;
    let referred = referred(reader, caller, asked, &matches, &[])?; // the record's own come on its pages
    Ok(Page { matches, referred, next, subjects })
}

fn of_visit(
    reader: &Reader<'_>,
    caller: &Caller,
    catalogue: &Catalogue,
    row: &Stored,
    asked: &Asked,
) -> Result<Page, EngineError> {
    let mut keys = pointing(reader, catalogue, "Encounter", std::slice::from_ref(&row.id))?;
    keys.push(row.key);
    keys.sort_unstable();
    keys.dedup();
    let (After::Own(after) | After::Beside(after)) = asked.after;
    keys.retain(|key| key.0 > after);
    let more = keys.len() > asked.count;
    keys.truncate(asked.count);
    let mut next = keys.last().filter(|_| more).map(|last| After::Beside(last.0));
    let (rows, heavy) = reader.numbered(&keys, &asked.part, Vec::new())?;
    if heavy {
        next = rows.last().map(|last| After::Beside(last.key.0));
    }
    let matches = permitted(caller, asked, rows)?;
    let subjects = vec![row.key.subject()];
    let referred = referred(reader, caller, asked, &matches, &subjects)?;
    Ok(Page { matches, referred, next, subjects })
}

/// The resources that are in a compartment by a reference.
fn pointing(
    reader: &Reader<'_>,
    catalogue: &Catalogue,
    compartment: &str,
    ids: &[String],
) -> Result<Vec<Key>, EngineError> {
    let r4 = Definitions::r4();
    let mut params = Vec::new();
    for kind in r4.resource_types() {
        let Some(code) = r4.type_code(kind) else { continue };
        for name in r4.compartment_params(compartment, kind) {
            let param = catalogue.param(kind, name).filter(|param| param.kind == Kind::Reference);
            params.extend(param.map(|param| param_number(code, param)));
        }
    }
    let target = r4.type_code(compartment).unwrap_or_default();
    let keys = reader.pointing(&params, target, ids, MOST_BESIDE + 1)?;
    if keys.len() > MOST_BESIDE {
        return Err(EngineError::Store(meridian_store::StoreError::TooLong));
    }
    Ok(keys)
}

/// What the caller may see of these, and what the care dates leave.
fn permitted(caller: &Caller, asked: &Asked, rows: Vec<Stored>) -> Result<Vec<Stored>, EngineError> {
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        let may = permission(caller, Right::Look, type_name(row.kind)).is_ok_and(|may| may.shows(&row));
        if may && in_care(asked, &row)? {
            kept.push(row);
        }
    }
    Ok(kept)
}

/// Whether care of these dates is told. What has no date of care (a Patient, an allergy) always is.
fn in_care(asked: &Asked, row: &Stored) -> Result<bool, EngineError> {
    let Some(wanted) = &asked.care else { return Ok(true) };
    let resource = value_of(&row.body)?;
    Ok(facts(&resource, Zone::CHINA).clinical_date.is_none_or(|date| date.lo < wanted.hi && date.hi > wanted.lo))
}

/// What the matches refer to: resources of nobody's, and of the records `within`; never of another person's.
fn referred(
    reader: &Reader<'_>,
    caller: &Caller,
    asked: &Asked,
    matches: &[Stored],
    within: &[Subject],
) -> Result<Referred, EngineError> {
    let mut there: HashSet<Key> = matches.iter().map(|row| row.key).collect();
    let mut referred = Referred::default();
    let (sought, cut) = sought(asked, matches)?;
    referred.cut = cut;
    let persons = sought.iter().filter(|(code, _)| *code == patient_code());
    let persons: Vec<_> = persons.map(|(_, id)| (GOLDEN_PATIENT, id.clone())).collect();
    let places = reader.places_of(&[sought.as_slice(), persons.as_slice()].concat())?;
    let golden = |(code, id): &(TypeCode, String)| {
        (*code == patient_code()).then(|| places.get(&(GOLDEN_PATIENT, id.clone()))).flatten()
    };
    let keys = sought.iter().filter_map(|one| places.get(one).or_else(|| golden(one)).copied());
    let ours = |key: &Key| key.subject() == Subject::COMMON || within.contains(&key.subject());
    let keys: Vec<Key> = keys.filter(|key| ours(key) && there.insert(*key)).collect();
    let mut weight = 0;
    for some in keys.chunks(AT_ONCE) {
        let mut sorted = some.to_vec();
        sorted.sort_unstable();
        let (rows, heavy) = reader.numbered(&sorted, &Part::default(), Vec::new())?;
        let mut found: HashMap<Key, Stored> = rows.into_iter().map(|row| (row.key, row)).collect();
        for row in some.iter().filter_map(|key| found.remove(key)) {
            if !permission(caller, Right::Look, type_name(row.kind)).is_ok_and(|may| may.shows(&row)) {
                continue;
            }
            if referred.rows.len() == MOST_REFERRED || weight > HEAVIEST_REFERRED {
                referred.cut = true;
                return Ok(referred);
            }
            weight += row.body.weight();
            referred.rows.push(row);
        }
        if heavy {
            referred.cut = true;
            return Ok(referred);
        }
    }
    Ok(referred)
}

/// What the matches refer to by type and id, each once, and whether there was more.
fn sought(asked: &Asked, matches: &[Stored]) -> Result<(Vec<(TypeCode, String)>, bool), EngineError> {
    let (mut seen, mut sought) = (HashSet::new(), Vec::new());
    for row in matches {
        let json = row.body.json()?;
        let text = std::str::from_utf8(&json).unwrap_or_default();
        for reference in references(text) {
            let Reference::Relative { kind, id, .. } = Reference::parse(reference) else { continue };
            let Some(code) = Definitions::r4().type_code(kind) else { continue };
            let one = (code, id.to_owned());
            if asked.part.kinds.as_ref().is_some_and(|kinds| !kinds.contains(&code)) || seen.contains(&one) {
                continue;
            }
            if sought.len() == MOST_SOUGHT {
                return Ok((sought, true));
            }
            seen.insert(one.clone());
            sought.push(one);
        }
    }
    Ok((sought, false))
}

/// The texts of references, without reading the rest. Quotes inside texts are escaped, so that this is found nowhere else.
fn references(json: &str) -> impl Iterator<Item = &str> {
    const MARK: &str = "\"reference\":\"";
    json.match_indices(MARK).filter_map(|(at, _)| json.get(at + MARK.len()..)?.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_the_text() {
        let json = serde_json::json!({"a": {"reference": "Patient/1"}, "b": [{"reference": "#x", "display": "y"}],
            "text": "\"reference\":\"Patient/2\"", "reference": {"reference": "Basic/3"}})
        .to_string();
        assert_eq!(references(&json).collect::<Vec<_>>(), ["Patient/1", "#x", "Basic/3"]);
    }

    #[test]
    fn what_is_asked_wrongly_is_named() {
        let read = |name: &str, value: &str| {
            read(&Call { params: vec![(name.to_owned(), value.to_owned())], ..Call::default() })
        };
        for (name, value) in [
            ("_type", "Dog"),
            ("_since", "x"),
            ("start", "2026-13"),
            ("end", ""),
            ("_count", "x"),
            ("_cursor", "q1"),
            ("_cursor", "o-1"),
        ] {
            assert_eq!(read(name, value).unwrap_err().issues()[0].expression, [name], "{value}");
        }
        assert_eq!(read("_cursor", "b17").unwrap().after, After::Beside(17));
        assert_eq!(read("_type", "Patient,Observation").unwrap().part.kinds.unwrap().len(), 3);
    }
}
