//! From names and values to a search of the store; what is unknown or not supported is refused by name.

use meridian_model::definitions::{Definitions, Kind, SearchParam};
use meridian_model::fold::fold;
use meridian_model::outcome::Issue;
use meridian_model::pinyin;
use meridian_model::reference::{Reference, is_id};
use meridian_store::search::{Condition, Cursor, Scope, Search, Sort, SortBy, SystemTest};
use meridian_store::{GOLDEN_PATIENT, Reader, Subject, TypeCode};

use super::{Request, cursor, values};
use crate::EngineError;
use crate::engine::patient_code;
use crate::write::{LONGEST_TEXT, clinical_param, is_partition_param, main_param, param_number, shorten};

/// The system and code of the tag that golden Patients carry.
pub(crate) const RECORD_TAG: &str = "https://meridian.example/record";
pub(crate) const GOLDEN: &str = "golden";

const DEFAULT_COUNT: u32 = 50;
const MOST_COUNT: u32 = 1000;
/// Limits on what one search may ask.
const MOST_PARAMS: usize = 30;
const MOST_VALUES: usize = 500;
/// Values that are ranges (dates, prefixes) cannot be gathered into one list; SQLite's expressions are at most 1,000 deep.
const MOST_RANGES: usize = 100;
const MOST_SORT_KEYS: usize = 8;
const LONGEST_VALUE: usize = 16 << 10;

/// How exact the total must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Total {
    None,
    /// Where counting is cheap.
    Cheap,
    Accurate,
}

/// A reference that a search names: type (if given) and id, or a URL.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    Local(Vec<TypeCode>, String),
    Url(String),
}

/// `_include` or `_revinclude`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Include {
    pub(super) source: &'static str,
    pub(super) param: &'static SearchParam,
    pub(super) target: Option<TypeCode>,
}

/// A search that was understood.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub(super) kind: &'static str,
    pub(super) code: TypeCode,
    conditions: Vec<Condition>,
    /// References by parameter; Patients among them mean the whole person.
    references: Vec<(u32, bool, Vec<Target>)>,
    sort: Vec<Sort>,
    count: u32,
    after: Option<Cursor>,
    pub(super) total: Total,
    pub(super) only_count: bool,
    pub(super) includes: Vec<Include>,
    pub(super) revincludes: Vec<Include>,
    /// What was understood, for the self link, without the cursor.
    pub(super) used: Vec<(String, String)>,
}

pub(super) fn parse(request: &Request) -> Result<Parsed, EngineError> {
    let r4 = Definitions::r4();
    let code = r4.type_code(&request.kind);
    let kind = code.and_then(|code| r4.type_name(code));
    let (Some(code), Some(kind)) = (code, kind) else {
        return Err(EngineError::NotFound(format!("the resource type {}", request.kind)));
    };
    if request.params.len() > MOST_PARAMS {
        return Err(EngineError::invalid("", format!("more than {MOST_PARAMS} parameters")));
    }
    let golden = kind == "Patient" && request.params.iter().any(|(name, value)| name == "_tag" && is_golden(value));
    let mut parsed = Parsed {
        kind,
        code: if golden { GOLDEN_PATIENT } else { code },
        conditions: Vec::new(),
        references: Vec::new(),
        sort: Vec::new(),
        count: DEFAULT_COUNT,
        after: None,
        total: Total::Cheap,
        only_count: false,
        includes: Vec::new(),
        revincludes: Vec::new(),
        used: Vec::new(),
    };
    let mut issues = Vec::new();
    for (name, value) in &request.params {
        match parsed.param(name, value) {
            Ok(()) if name != "_cursor" => parsed.used.push((name.clone(), value.clone())),
            Ok(()) => {}
            Err(issue) if issue.code == "not-supported" && request.lenient => {}
            Err(issue) => issues.push(issue),
        }
    }
    if issues.is_empty() { Ok(parsed) } else { Err(EngineError::Invalid(issues)) }
}

fn is_golden(value: &str) -> bool {
    value.split_once('|').is_some_and(|(system, code)| system == RECORD_TAG && code == GOLDEN)
}

fn wrong(name: &str, says: impl std::fmt::Display) -> Issue {
    Issue::error("invalid", format!("{name}: {says}")).at(format!("http.{name}"))
}

fn unknown(name: &str, says: impl std::fmt::Display) -> Issue {
    Issue::error("not-supported", format!("{name}: {says}")).at(format!("http.{name}"))
}

impl Parsed {
    fn param(&mut self, name: &str, value: &str) -> Result<(), Issue> {
        if value.len() > LONGEST_VALUE {
            return Err(wrong(name, "the value is too long"));
        }
        match name {
            "_count" => {
                let count: u32 = value.parse().map_err(|_| wrong(name, "not a number from 0"))?;
                self.count = count.min(MOST_COUNT);
                self.only_count |= count == 0;
            }
            "_sort" => {
                for key in value.split(',').filter(|key| !key.is_empty()) {
                    if self.sort.len() == MOST_SORT_KEYS {
                        return Err(wrong(name, format!("more than {MOST_SORT_KEYS} keys")));
                    }
                    self.sort.push(self.sort_key(name, key)?);
                }
            }
            "_total" => {
                self.total = match value {
                    "none" => Total::None,
                    "estimate" => Total::Cheap,
                    "accurate" => Total::Accurate,
                    _ => return Err(wrong(name, "none, estimate or accurate")),
                };
            }
            "_summary" => match value {
                "count" => (self.only_count, self.total) = (true, Total::Accurate),
                "false" => {}
                "true" | "text" | "data" => return Err(unknown(name, "only count and false are supported")),
                _ => return Err(wrong(name, "not a kind of summary")),
            },
            "_cursor" => {
                self.after = Some(cursor::read(value).ok_or_else(|| wrong(name, "not a cursor of this server"))?);
            }
            "_include" => self.includes.push(include(name, value)?),
            "_revinclude" => self.revincludes.push(include(name, value)?),
            "_format" | "_pretty" => {}
            _ => self.filter(name, value)?,
        }
        Ok(())
    }

    fn filter(&mut self, name: &str, value: &str) -> Result<(), Issue> {
        let (code, modifier) = name.split_once(':').map_or((name, None), |(code, modifier)| (code, Some(modifier)));
        if code.contains('.') || code == "_has" {
            return Err(unknown(name, "chained searches are not supported yet"));
        }
        let Some(param) = Definitions::r4().search_param(self.kind, code) else {
            return Err(unknown(name, format!("{} has no such parameter", self.kind)));
        };
        let parts = values::split(value, ',');
        let most = if matches!(param.kind, Kind::Date | Kind::String) { MOST_RANGES } else { MOST_VALUES };
        if parts.len() > most {
            return Err(wrong(name, format!("more than {most} values")));
        }
        if parts.iter().any(|part| part.is_empty()) {
            return Err(wrong(name, "an empty value"));
        }
        let narrowed = modifier.and_then(|kind| Definitions::r4().type_code(kind));
        if modifier.is_some() && !(param.kind == Kind::Reference && narrowed.is_some()) {
            return Err(unknown(name, "this modifier is not supported yet"));
        }
        let number = param_number(self.code, param);
        let condition = match (code, param.kind) {
            ("_id", _) => {
                if let Some(bad) = parts.iter().find(|id| !is_id(id)) {
                    return Err(wrong(name, format!("`{bad}` is not an id")));
                }
                Condition::Ids(parts.iter().map(|id| (*id).to_owned()).collect())
            }
            ("_lastUpdated", _) => Condition::Updated(dates(name, &parts)?),
            (_, Kind::Token) => {
                let test =
                    |part: &&str| values::token(part).ok_or_else(|| wrong(name, format!("`{part}` is no token")));
                let any = parts.iter().map(test).collect::<Result<Vec<_>, _>>()?;
                let selective = matches!(code, "identifier" | "phone" | "email" | "telecom");
                let selective =
                    selective || any.iter().any(|t| matches!(&t.system, SystemTest::Uri(u) if u.contains("/id/")));
                Condition::Token { param: number, any, selective }
            }
            (_, Kind::String) => {
                let sought = |part: &&str| {
                    let mut sought = match code {
                        "pinyin" => pinyin::sought(&values::plain(part)),
                        _ => fold(&values::plain(part)),
                    };
                    shorten(&mut sought, LONGEST_TEXT);
                    sought
                };
                Condition::Text { param: number, any: parts.iter().map(sought).collect() }
            }
            (_, Kind::Uri) => Condition::Exact { param: number, any: parts.iter().map(|p| values::plain(p)).collect() },
            (_, Kind::Date) => Condition::Date { param: number, any: dates(name, &parts)? },
            (_, Kind::Reference) => {
                let own = is_partition_param(self.kind, param);
                let targets = parts.iter().map(|part| target(name, param, narrowed, &values::plain(part)));
                self.references.push((number, own, targets.collect::<Result<_, _>>()?));
                return Ok(());
            }
            (_, Kind::Number | Kind::Quantity | Kind::Composite | Kind::Special) => {
                return Err(unknown(name, format!("{} parameters are not supported yet", param.kind.code())));
            }
        };
        self.conditions.push(condition);
        Ok(())
    }

    fn sort_key(&self, name: &str, key: &str) -> Result<Sort, Issue> {
        let (descending, code) = key.strip_prefix('-').map_or((false, key), |code| (true, code));
        let Some(param) = Definitions::r4().search_param(self.kind, code) else {
            return Err(unknown(name, format!("{} has no parameter `{code}`", self.kind)));
        };
        let number = param_number(self.code, param);
        let by = match (code, param.kind) {
            ("_id", _) => SortBy::Id,
            ("_lastUpdated", _) => SortBy::Updated,
            (_, Kind::Date) => SortBy::Date(number),
            (_, Kind::String | Kind::Uri) => SortBy::Text(number),
            (_, Kind::Token) => SortBy::Token(number),
            _ => return Err(unknown(name, format!("sorting by a {} is not supported yet", param.kind.code()))),
        };
        Ok(Sort { by, descending })
    }

    /// Adds conditions that nobody asked for by name.
    pub(super) fn add(&mut self, conditions: Vec<Condition>) {
        self.conditions.extend(conditions);
    }

    /// The search of the store, with patients looked up and widened to persons.
    pub(super) fn search(&self, reader: &Reader<'_>, scope: Scope) -> Result<Search, EngineError> {
        let mut who: Option<Vec<Subject>> = None;
        let mut conditions = self.conditions.clone();
        for (number, own, targets) in &self.references {
            let mut ids: Vec<(TypeCode, String)> = Vec::new();
            let mut urls = Vec::new();
            let mut subjects = Vec::new();
            for target in targets {
                match target {
                    Target::Url(url) => urls.push(url.clone()),
                    Target::Local(kinds, id) => {
                        for kind in kinds {
                            if *kind != patient_code() {
                                ids.push((*kind, id.clone()));
                                continue;
                            }
                            let same = persons(reader, id)?;
                            if *own {
                                subjects.extend(same);
                            } else {
                                ids.extend(patient_ids(reader, id, &same)?);
                            }
                        }
                    }
                }
            }
            let only_patients = *own && urls.is_empty();
            if only_patients && (!subjects.is_empty() || ids.iter().all(|(kind, _)| *kind == patient_code())) {
                who = Some(match who {
                    None => subjects,
                    Some(before) => before.into_iter().filter(|s| subjects.contains(s)).collect(),
                });
            } else if urls.is_empty() {
                conditions.push(Condition::Reference { param: *number, any: ids });
            } else {
                conditions.push(Condition::Exact { param: *number, any: urls });
            }
        }
        Ok(Search {
            kind: self.code,
            scope,
            who,
            conditions,
            main: main_param(self.kind).map(|param| param_number(self.code, param)),
            clinical: clinical_param(self.kind).map(|param| param_number(self.code, param)),
            sort: self.sort.clone(),
            after: self.after.clone(),
            limit: self.count,
        })
    }
}

/// All subjects that are the same person as the Patient with this id.
fn persons(reader: &Reader<'_>, id: &str) -> Result<Vec<Subject>, EngineError> {
    let key = match reader.locate(patient_code(), id)? {
        Some(key) => Some(key),
        None => reader.locate(GOLDEN_PATIENT, id)?,
    };
    Ok(key.map(|key| reader.same_person(key.subject())).transpose()?.unwrap_or_default())
}

/// The ids that references to this person may use.
fn patient_ids(reader: &Reader<'_>, id: &str, subjects: &[Subject]) -> Result<Vec<(TypeCode, String)>, EngineError> {
    let mut ids = vec![(patient_code(), id.to_owned())];
    for subject in subjects {
        if let Some(row) = reader.current(subject.patient())?
            && row.id != id
        {
            ids.push((patient_code(), row.id));
        }
    }
    Ok(ids)
}

fn dates(name: &str, parts: &[&str]) -> Result<Vec<meridian_store::search::DateTest>, Issue> {
    let test = |part: &&str| values::date(part).ok_or_else(|| wrong(name, format!("`{part}` is no date")));
    parts.iter().map(test).collect()
}

fn target(name: &str, param: &'static SearchParam, narrowed: Option<TypeCode>, value: &str) -> Result<Target, Issue> {
    let r4 = Definitions::r4();
    match Reference::parse(value) {
        Reference::Relative { kind, id, .. } => {
            let code = r4.type_code(kind).unwrap_or_default();
            if narrowed.is_some_and(|narrowed| narrowed != code) {
                return Err(wrong(name, format!("`{value}` is of another type than the modifier says")));
            }
            Ok(Target::Local(vec![code], id.to_owned()))
        }
        Reference::Absolute { kind, id, .. } if param.targets.contains(&kind) && kind == "Patient" => {
            Ok(Target::Local(vec![r4.type_code(kind).unwrap_or_default()], id.to_owned()))
        }
        Reference::Absolute { .. } | Reference::Urn(_) => Ok(Target::Url(value.to_owned())),
        _ if is_id(value) => {
            let all = || r4.resource_types().filter_map(|kind| r4.type_code(kind)).collect();
            let kinds = match narrowed {
                Some(code) => vec![code],
                None if param.targets.is_empty() => all(),
                None => param.targets.iter().filter_map(|kind| r4.type_code(kind)).collect(),
            };
            Ok(Target::Local(kinds, value.to_owned()))
        }
        _ if value.contains("://") => Ok(Target::Url(value.to_owned())),
        _ => Err(wrong(name, format!("`{value}` is no reference"))),
    }
}

fn include(name: &str, value: &str) -> Result<Include, Issue> {
    let r4 = Definitions::r4();
    let parts: Vec<&str> = value.split(':').collect();
    let (source, code, target) = match parts.as_slice() {
        [source, code] => (*source, *code, None),
        [source, code, target] => (*source, *code, Some(*target)),
        _ => return Err(unknown(name, "the form is Type:parameter or Type:parameter:Target")),
    };
    let kind = r4.type_code(source).and_then(|code| r4.type_name(code));
    let Some(source) = kind else { return Err(unknown(name, format!("there is no type `{source}`"))) };
    let param = r4.search_param(source, code).filter(|param| param.kind == Kind::Reference);
    let Some(param) = param else {
        return Err(unknown(name, format!("{source} has no reference parameter `{code}`")));
    };
    let target = match target {
        None => None,
        Some(kind) => Some(r4.type_code(kind).ok_or_else(|| unknown(name, format!("there is no type `{kind}`")))?),
    };
    Ok(Include { source, param, target })
}
