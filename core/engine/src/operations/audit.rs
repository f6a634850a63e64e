//! `$audit`: who looked at or wrote what, when and at whom, newest first. The search is itself a look that is recorded.

use std::collections::{BTreeSet, HashMap};

use meridian_access::Caller;
use meridian_model::both;
use meridian_model::date::{DateRange, Zone};
use meridian_model::language::Both;
use meridian_store::{AuditAct, AuditFilter, AuditPlace, AuditRow, Reader, StoreError, Subject};
use serde_json::{Value, json};

use super::audit_event::{of_look, of_write};
use super::{Act, Answering, Call, Effect, Operation};
use crate::engine::patient_code;
use crate::sight::{find, look};
use crate::{Engine, EngineError};

/// Most rows of one page.
const MOST: u32 = 200;
/// Longest text that is looked for.
const LONGEST: usize = 200;
/// Persons of one row that are named; a search may have met many.
const NAMED: usize = 5;

pub(super) fn operation() -> Operation {
    let input = &[
        ("actor", "string", false),
        ("patient", "reference", false),
        ("institution", "code", false),
        ("act", "code", false),
        ("from", "dateTime", false),
        ("to", "dateTime", false),
        ("text", "string", false),
        ("after", "string", false),
        ("_count", "integer", false),
    ];
    let says = "Looks and writes, newest first: by actor, patient, institution, act (look, write, create, update, delete, \
               or the name of a look), time, and text of the query or of what was written.";
    Operation { output: "Bundle", ..Operation::of_the_system("audit", Effect::Looks, input, says, Audit) }
}

struct Audit;

impl Act for Audit {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(audit(engine, caller, call))
    }
}

async fn audit(engine: &Engine, caller: &Caller, call: Call) -> Result<Value, EngineError> {
    let count = call.number("_count", 50_u32)?.clamp(1, MOST);
    let filter = filter(engine, &call)?;
    let mut rows = engine.store().search_audit(filter, count + 1).await?;
    let more = rows.len() > count as usize;
    rows.truncate(count as usize);
    let next = rows.last().filter(|_| more).map(|row| link(&call, row.place()));
    let persons = engine.store().read(|reader| persons(reader, &rows))?;
    let shown: BTreeSet<Subject> = rows.iter().flat_map(|row| about(row).into_iter().take(NAMED)).collect();

    let mut look = look(caller, "audit", "AuditEvent");
    look.query = asked(&call).collect::<Vec<_>>().join("&");
    if look.query.is_empty() {
        "all".clone_into(&mut look.query);
    }
    look.subjects = shown.into_iter().collect();
    engine.looked(look).await?;

    let entries = rows.iter().map(|row| json!({"resource": event(row, &persons)}));
    let entries: Vec<Value> = entries.collect();
    let links: Vec<Value> = next.iter().map(|url| json!({"relation": "next", "url": url})).collect();
    let mut bundle = json!({"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries});
    if let Some(members) = bundle.as_object_mut() {
        // JSON of FHIR has no empty lists.
        members.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    }
    Ok(bundle)
}

fn filter(engine: &Engine, call: &Call) -> Result<AuditFilter, EngineError> {
    let given = |name| call.param(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let text = given("text");
    if text.as_ref().is_some_and(|text| text.len() > LONGEST) {
        return Err(EngineError::invalid("text", both!("at most {LONGEST} bytes", "最长 {LONGEST} 字节")));
    }
    let subjects = given("patient").map(|patient| {
        let id = patient.strip_prefix("Patient/").unwrap_or(&patient);
        engine.store().read(|reader| {
            let row = find(reader, patient_code(), id)?;
            let row = row.ok_or_else(|| EngineError::NotFound(Both::alike(format!("Patient/{id}"))))?;
            Ok::<_, EngineError>(reader.same_person(row.key.subject())?)
        })
    });
    let time = |name| {
        let parsed = given(name).map(|text| DateRange::parse(&text, Zone::CHINA).ok_or(text));
        parsed
            .transpose()
            .map_err(|text| EngineError::invalid(name, both!("`{text}` is no date or time", "`{text}` 不是日期或时间")))
    };
    let after = given("after").map(|text| place(&text).ok_or(text)).transpose();
    Ok(AuditFilter {
        actor: given("actor"),
        institution: given("institution"),
        subjects: subjects.transpose()?,
        act: acts(given("act").as_deref()),
        from: time("from")?.map(|range| range.lo),
        to: time("to")?.map(|range| range.hi),
        text,
        after: after.map_err(|text| {
            EngineError::invalid("after", both!("`{text}` is no place of this list", "`{text}` 不是这份清单的位置"))
        })?,
    })
}

fn acts(word: Option<&str>) -> AuditAct {
    match word {
        None | Some("all") => AuditAct::All,
        Some("look") => AuditAct::Looks(None),
        Some("write") => AuditAct::Writes(None),
        Some("create") => AuditAct::Writes(Some('C')),
        Some("update") => AuditAct::Writes(Some('U')),
        Some("delete") => AuditAct::Writes(Some('D')),
        Some(name) => AuditAct::Looks(Some(name.to_owned())),
    }
}

/// What was asked for, as it is logged and put into links.
fn asked(call: &Call) -> impl Iterator<Item = String> {
    let named =
        call.params.iter().filter(|(name, value)| name != "after" && !name.starts_with('_') && !value.is_empty());
    named.map(|(name, value)| format!("{name}={value}"))
}

fn link(call: &Call, at: AuditPlace) -> String {
    let mut url = format!("{}/$audit?", call.base);
    for (name, value) in call.params.iter().filter(|(name, _)| name != "after") {
        url.push_str(&format!("{}={}&", encode(name), encode(value)));
    }
    url.push_str(&format!("after={}.{}.{}", at.at, if at.look { 'l' } else { 'w' }, at.seq));
    url
}

fn place(text: &str) -> Option<AuditPlace> {
    let mut parts = text.split('.');
    let (at, look, seq) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?.parse().ok()?);
    (matches!(look, "l" | "w") && parts.next().is_none()).then_some(AuditPlace { at, look: look == "l", seq })
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Whom a row is about.
fn about(row: &AuditRow) -> Vec<Subject> {
    let subjects = match row {
        AuditRow::Look(row) => row.look.subjects.clone(),
        AuditRow::Write(row) => vec![Subject(row.subject)],
    };
    subjects.into_iter().filter(|subject| *subject != Subject::COMMON).collect()
}

/// The id of the person that each subject of the rows is, or of its own Patient when it belongs to none.
fn persons(reader: &Reader<'_>, rows: &[AuditRow]) -> Result<HashMap<Subject, String>, StoreError> {
    let mut persons = HashMap::new();
    for subject in rows.iter().flat_map(about) {
        if persons.contains_key(&subject) || persons.len() >= NAMED * MOST as usize {
            continue;
        }
        let person = reader.person(subject)?.unwrap_or(subject);
        if let Some(row) = reader.current(person.patient())? {
            persons.insert(subject, row.id);
        }
    }
    Ok(persons)
}

fn event(row: &AuditRow, persons: &HashMap<Subject, String>) -> Value {
    let mut ids: Vec<String> = Vec::new();
    let subjects = about(row);
    for subject in &subjects {
        if let Some(id) = persons.get(subject)
            && !ids.contains(id)
        {
            ids.push(id.clone());
        }
    }
    let all = ids.len();
    ids.truncate(NAMED);
    let mut event = match row {
        AuditRow::Look(row) => of_look(row, &ids),
        AuditRow::Write(row) => of_write(row, &ids),
    };
    if all > NAMED
        && let Some(entity) = event.get_mut("entity").and_then(Value::as_array_mut)
    {
        let more = all - NAMED;
        entity.push(json!({"description": format!("{more} more persons"),
            "detail": [{"type": "more-persons", "valueString": more.to_string()}]}));
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let at = AuditPlace { at: 1_700_000_000_123, look: false, seq: 42 };
        let call =
            Call { base: "http://x/fhir".into(), params: vec![("text".into(), "a b&c".into())], ..Call::default() };
        let url = link(&call, at);
        assert_eq!(url, "http://x/fhir/$audit?text=a%20b%26c&after=1700000000123.w.42");
        assert_eq!(place("1700000000123.w.42"), Some(at));
        for bad in ["", "1.x.2", "1.l", "1.l.2.3", "a.l.2"] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }
}
