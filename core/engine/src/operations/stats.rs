//! `Observation/$stats`: statistics of one person's numbers by code.

use std::collections::HashSet;

use meridian_access::{Act as Right, Caller, Role};
use meridian_model::both;
use meridian_model::date::{DateRange, Zone};
use meridian_model::outcome::Issue;
use meridian_model::ucum;
use meridian_store::search::Start;
use meridian_store::{Reader, Stored, Subject};
use serde_json::{Value, json};

use super::statistic::Statistic;
use super::{Act, Answering, Call, Effect, Level, Operation};
use crate::engine::{instant, now};
use crate::search::{Meant, Request, gather};
use crate::served::value_of;
use crate::sight::{look, people, permission};
use crate::{Engine, EngineError};

/// Most observations that one call computes with.
const MOST: usize = 20_000;
/// Most codes of one call.
const MOST_CODES: usize = 20;
/// Most bytes of observations that come with the statistics.
const HEAVIEST: usize = 32 << 20;
/// Most bytes of observations that one code is computed with.
const HEAVIEST_READ: usize = 64 << 20;
/// Observations of one page of the search.
const PAGE: u32 = 500;
const UCUM: &str = "http://unitsofmeasure.org";
const STATISTICS: &str = "http://terminology.hl7.org/CodeSystem/observation-statistics";

pub(super) fn operation() -> Operation {
    Operation {
        on: "Observation",
        name: "stats",
        level: Level::Type,
        effect: Effect::Looks,
        roles: &[Role::Doctor, Role::Nurse],
        input: &[
            ("subject", "uri", true),
            ("code", "string", false),
            ("system", "uri", false),
            ("coding", "Coding", false),
            ("duration", "decimal", false),
            ("period", "Period", false),
            ("statistic", "code", true),
            ("include", "boolean", false),
            ("limit", "positiveInt", false),
        ],
        output: "Parameters",
        says: "Statistics over the numbers of one person's observations and components of a code, in one unit. (Of R4's \
               statistics, `regression` is not computed.)",
        versions: false,
        act: Box::new(Stats),
    }
}

struct Stats;

impl Act for Stats {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(stats(engine, caller, call))
    }
}

/// What is computed.
struct Asked {
    patient: String,
    /// System (empty for any) and code.
    codes: Vec<(String, String)>,
    period: Option<DateRange>,
    statistics: Vec<Statistic>,
    include: bool,
    limit: Option<usize>,
}

async fn stats(engine: &Engine, caller: &Caller, call: Call) -> Result<Value, EngineError> {
    let asked = read(&call)?;
    let may = permission(caller, Right::Look, "Observation")?;
    let (mut results, mut sources, mut subjects) = (Vec::new(), Vec::new(), Vec::new());
    let (mut included, mut weight) = (HashSet::new(), 0);
    // Why it ends early tells of the record too.
    let done = async {
        for (system, code) in &asked.codes {
            let token = if system.is_empty() { code.clone() } else { format!("{system}|{code}") };
            let Found { rows, more, whose } = found(engine, caller, &asked, &token).await?;
            may.check_all(&rows, caller)?;
            subjects.extend(people(rows.iter()));
            subjects.extend(whose);
            if more {
                let says = both!(
                    "more than {MOST} observations, or {HEAVIEST_READ} bytes: narrow the time",
                    "检查结果超过 {MOST} 条或 {HEAVIEST_READ} 字节，请缩小时间范围"
                );
                return Err(EngineError::Unprocessable(vec![Issue::error("too-costly", says).at("period")]));
            }
            let numbers = Numbers::of(&rows, (system.as_str(), code.as_str()), asked.limit)?;
            results.push(
                json!({"name": "statistics", "resource": numbers.told(&asked, (system.as_str(), code.as_str()))}),
            );
            if asked.include {
                let used: HashSet<i64> = numbers.used.iter().copied().collect();
                for row in rows.iter().filter(|row| used.contains(&row.key.0)) {
                    if !included.insert(row.key.0) {
                        continue;
                    }
                    weight += row.body.weight();
                    if weight > HEAVIEST {
                        let says = both!(
                            "the observations are longer than {HEAVIEST} bytes: narrow the time",
                            "检查结果超过 {HEAVIEST} 字节，请缩小时间范围"
                        );
                        let issue = Issue::error("too-costly", says).at("include");
                        return Err(EngineError::Unprocessable(vec![issue]));
                    }
                    sources.push(json!({"name": "source", "resource": value_of(&row.body)?}));
                }
            }
        }
        Ok::<_, EngineError>(())
    };
    let done = done.await;
    let mut look = look(caller, "stats", "Observation");
    look.query = call.params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    subjects.sort_unstable();
    subjects.dedup();
    look.subjects = subjects;
    engine.looked(look).await?;
    done?;
    results.extend(sources);
    Ok(json!({"resourceType": "Parameters", "parameter": results}))
}

fn read(call: &Call) -> Result<Asked, EngineError> {
    let all = |name: &'static str| {
        let named = call.params.iter().filter(move |(found, _)| found == name);
        named.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|value| !value.is_empty())
    };
    let subject = call.param("subject").unwrap_or_default();
    let patient = subject.rsplit_once("Patient/").map_or("", |(_, id)| id);
    if !meridian_model::reference::is_id(patient) {
        return Err(EngineError::invalid("subject", both!("`{subject}` is no Patient", "`{subject}` 不是 Patient")));
    }
    let system = call.param("system").unwrap_or_default();
    let mut codes: Vec<(String, String)> = all("code").map(|code| (system.to_owned(), code.to_owned())).collect();
    for (_, coding) in call.values.iter().filter(|(name, _)| name == "coding") {
        let text = |key: &str| coding.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        codes.push((text("system"), text("code")));
    }
    codes.extend(all("coding").filter_map(|text| text.split_once('|')).map(|(s, c)| (s.to_owned(), c.to_owned())));
    let mut seen = HashSet::new();
    codes.retain(|code| seen.insert(code.clone()));
    if codes.len() > MOST_CODES {
        return Err(EngineError::invalid("code", both!("more than {MOST_CODES} codes", "代码超过 {MOST_CODES} 个")));
    }
    if codes.is_empty() || codes.iter().any(|(_, code)| code.is_empty()) {
        return Err(EngineError::invalid("code", both!("a code, or a coding, is expected", "缺少 `code` 或 `coding`")));
    }
    let statistics = all("statistic").map(|code| {
        let says = || both!("`{code}` is no statistic that is computed here", "不支持统计量 `{code}`");
        Statistic::of(code).ok_or_else(|| EngineError::invalid("statistic", says()))
    });
    let include = match call.param("include") {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            return Err(EngineError::invalid(
                "include",
                both!("`{other}` is neither true nor false", "`{other}` 应为 true 或 false"),
            ));
        }
    };
    let limit = call.param("limit").map(|_| call.number("limit", 0_usize)).transpose()?;
    Ok(Asked {
        patient: patient.to_owned(),
        codes,
        period: period(call)?,
        statistics: statistics.collect::<Result<_, _>>()?,
        include,
        limit: limit.filter(|limit| *limit > 0),
    })
}

/// The time of `duration` (hours until now) or `period`.
fn period(call: &Call) -> Result<Option<DateRange>, EngineError> {
    if call.param("duration").is_some() {
        let hours: f64 = call.number("duration", 0.0)?;
        if !(hours > 0.0 && hours < 10_000_000.0) {
            return Err(EngineError::invalid("duration", both!("hours are expected", "`duration` 应是小时数")));
        }
        let hi = now();
        #[allow(clippy::cast_possible_truncation)] // some thousand years at most
        return Ok(Some(DateRange { lo: hi - (hours * 3_600_000.0) as i64, hi: hi + 1 }));
    }
    let (start, end) = match (call.value("period"), call.param("period")) {
        (Some(period), _) => {
            let text = |key: &str| period.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            (text("start"), text("end"))
        }
        (None, Some(text)) => {
            let (start, end) = text.split_once('/').unwrap_or((text, text));
            (start.to_owned(), end.to_owned())
        }
        (None, None) => return Ok(None),
    };
    let time = |text: &str| match text {
        "" => Ok(None),
        text => {
            let range = DateRange::parse(text, Zone::CHINA);
            range.map(Some).ok_or_else(|| {
                EngineError::invalid("period", both!("`{text}` is no date or time", "`{text}` 不是日期或时间"))
            })
        }
    };
    let (start, end) = (time(&start)?, time(&end)?);
    Ok(Some(DateRange { lo: start.map_or(i64::MIN, |s| s.lo), hi: end.map_or(i64::MAX, |e| e.hi) }))
}

/// The observations of one code.
struct Found {
    /// Newest first.
    rows: Vec<Stored>,
    /// Whether there are more than are computed with.
    more: bool,
    /// Whose record was asked.
    whose: Vec<Subject>,
}

async fn found(engine: &Engine, caller: &Caller, wanted: &Asked, token: &str) -> Result<Found, EngineError> {
    let mut params = vec![
        ("patient".to_owned(), wanted.patient.clone()),
        ("combo-code".to_owned(), token.replace(',', "\\,")),
        ("_sort".to_owned(), "-date".to_owned()),
    ];
    if let Some(period) = wanted.period {
        params.extend((period.lo > i64::MIN).then(|| ("date".to_owned(), format!("ge{}", instant(period.lo)))));
        params.extend((period.hi < i64::MAX).then(|| ("date".to_owned(), format!("lt{}", instant(period.hi)))));
    }
    let request = Request { kind: "Observation".to_owned(), params, lenient: false };
    let read = |reader: &Reader<'_>, Meant { mut search, named }: Meant| {
        search.limit = PAGE;
        let mut found = Found { rows: Vec::new(), more: false, whose: named };
        found.whose.extend(search.who.iter().flatten());
        let mut weight = 0;
        loop {
            let page = reader.search(&search)?;
            weight += page.rows.iter().map(|row| row.body.weight()).sum::<usize>();
            found.rows.extend(page.rows);
            let Some(next) = page.next else { return Ok(found) };
            if found.rows.len() >= MOST || weight > HEAVIEST_READ {
                found.more = true;
                return Ok(found);
            }
            search.start = Start::After(next);
        }
    };
    gather(engine, caller, request, read).await
}

/// Numbers of one code, in one unit.
struct Numbers {
    /// In ascending order.
    values: Vec<f64>,
    /// The unit: text, system, code.
    unit: Option<(String, String, String)>,
    /// Observations of the code, whether they have a number or not.
    total: usize,
    /// First and last time.
    times: Option<(i64, i64)>,
    /// The numbers of the observations that count.
    used: Vec<i64>,
}

impl Numbers {
    fn of(rows: &[Stored], code: (&str, &str), limit: Option<usize>) -> Result<Numbers, EngineError> {
        let mut numbers = Numbers { values: Vec::new(), unit: None, total: 0, times: None, used: Vec::new() };
        for row in rows {
            let observation = value_of(&row.body)?;
            let status = observation.get("status").and_then(Value::as_str).unwrap_or_default();
            if matches!(status, "cancelled" | "entered-in-error")
                || limit.is_some_and(|limit| numbers.used.len() >= limit)
            {
                continue;
            }
            let components =
                observation.get("component").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let parts = std::iter::once(&observation).chain(components).filter(|part| is_of(part, code));
            let before = numbers.values.len();
            for part in parts {
                numbers.total += 1;
                // What is below or above a number is none.
                let quantity = part.get("valueQuantity").filter(|quantity| quantity.get("comparator").is_none());
                if let Some(quantity) = quantity {
                    numbers.add(quantity, &row.id)?;
                }
            }
            if numbers.values.len() > before {
                numbers.used.push(row.key.0);
                let date = meridian_model::facts::facts(&observation, Zone::CHINA).clinical_date;
                if let Some(date) = date {
                    let (first, last) = numbers.times.unwrap_or((date.lo, date.lo));
                    numbers.times = Some((first.min(date.lo), last.max(date.lo)));
                }
            }
        }
        numbers.values.sort_by(f64::total_cmp);
        Ok(numbers)
    }

    fn add(&mut self, quantity: &Value, id: &str) -> Result<(), EngineError> {
        let text = |key: &str| quantity.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(number) = quantity.get("value").filter(|value| value.is_number()).map(Value::to_string) else {
            return Ok(());
        };
        let own = (text("unit"), text("system"), text("code"));
        let unit = self.unit.get_or_insert_with(|| own.clone());
        let name =
            |(unit, _, code): &(String, String, String)| if code.is_empty() { unit.clone() } else { code.clone() };
        let value = if (&own.1, name(&own)) == (&unit.1, name(unit)) {
            number.parse().ok()
        } else if own.1 == UCUM && unit.1 == UCUM {
            ucum::convert(&number, &own.2, &unit.2).ok().and_then(|exact| exact.to_f64())
        } else {
            None
        };
        let value: f64 = value.filter(|value: &f64| value.is_finite()).ok_or_else(|| {
            let says = both!(
                "Observation/{id} is in `{}`, others are in `{}`: they are not of one kind",
                "Observation/{id} 的单位是 `{}`，其他的是 `{}`，不能一起统计",
                name(&own),
                name(unit)
            );
            EngineError::Unprocessable(vec![Issue::error("business-rule", says).at("code")])
        })?;
        self.values.push(value);
        Ok(())
    }

    /// The Observation that tells them.
    fn told(&self, asked: &Asked, (system, code): (&str, &str)) -> Value {
        let mut coding = json!({"code": code});
        if !system.is_empty() {
            coding = json!({"system": system, "code": code});
        }
        let component = |statistic: &Statistic| {
            let what =
                json!({"coding": [{"system": STATISTICS, "code": statistic.code, "display": statistic.display}]});
            let Some(value) = statistic.over(&self.values, self.total) else {
                let absent = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
                let reason = json!({"coding": [{"system": absent, "code": "not-applicable"}]});
                return json!({"code": what, "dataAbsentReason": reason});
            };
            let mut quantity = serde_json::Map::new();
            quantity.insert("value".to_owned(), rounded(value));
            if let Some((unit, system, code)) = self.unit.as_ref().filter(|_| statistic.has_unit) {
                for (key, text) in [("unit", unit), ("system", system), ("code", code)] {
                    if !text.is_empty() {
                        quantity.insert(key.to_owned(), text.as_str().into());
                    }
                }
            }
            json!({"code": what, "valueQuantity": quantity})
        };
        let mut told = json!({
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [coding]},
            "subject": {"reference": format!("Patient/{}", asked.patient)}
        });
        let first =
            asked.period.map(|period| period.lo).filter(|lo| *lo > i64::MIN).or(self.times.map(|times| times.0));
        let last = asked.period.map(|period| period.hi).filter(|hi| *hi < i64::MAX).or(self.times.map(|times| times.1));
        if let Some(members) = told.as_object_mut() {
            if let (Some(first), Some(last)) = (first, last) {
                members.insert("effectivePeriod".to_owned(), json!({"start": instant(first), "end": instant(last)}));
            }
            members.insert("component".to_owned(), asked.statistics.iter().map(component).collect());
        }
        told
    }
}

fn is_of(part: &Value, (system, code): (&str, &str)) -> bool {
    let codings = part.pointer("/code/coding").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |coding: &Value, key: &str| coding.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    codings.iter().any(|one| text(one, "code") == code && (system.is_empty() || text(one, "system") == system))
}

/// A number without the dust of binary fractions: twelve significant digits.
fn rounded(value: f64) -> Value {
    let text = format!("{value:.11e}");
    let value: f64 = text.parse().unwrap_or(value);
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}
