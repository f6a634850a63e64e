//! `_include` (what matches point to) and `_revinclude` (what points to matches), over several steps with `:iterate`.

use std::collections::{HashMap, HashSet};

use meridian_access::{Act, Caller};
use meridian_model::date::Zone;
use meridian_model::definitions::{Catalogue, Definitions, Kind, SearchParam};
use meridian_model::index::{IndexKind, extract};
use meridian_store::search::Condition;
use meridian_store::{Key, Reader, Stored, Subject, TypeCode};

use super::ground::Of;
use super::parse::{Include, Parsed};
use super::wish::plain;
use crate::EngineError;
use crate::engine::type_name;
use crate::served::value_of;
use crate::sight::{Permission, find, permission};
use crate::write::{is_partition_param, param_number};

/// The most that one answer includes.
const MOST: usize = 1000;
/// What one answer includes weighs little more than this, in bytes.
const HEAVIEST: usize = 32 << 20;
/// Steps of `:iterate`.
const MOST_STEPS: usize = 20;

/// What was brought along, and whether there was more.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) rows: Vec<Stored>,
    pub(super) cut: bool,
}

/// Only what the caller may see is brought, and nothing is reached over what he may not see.
pub(super) fn included(
    reader: &Reader<'_>,
    parsed: &Parsed,
    caller: &Caller,
    catalogue: &Catalogue,
    matches: &[Stored],
) -> Result<Brought, EngineError> {
    if parsed.includes.is_empty() && parsed.revincludes.is_empty() {
        return Ok(Brought::default());
    }
    let there = matches.iter().map(|row| row.key).collect();
    let walk = Walk {
        reader,
        caller,
        catalogue,
        there,
        may: HashMap::new(),
        fresh: Vec::new(),
        weight: 0,
        count: 0,
        cut: false,
    };
    walk.run(parsed, matches)
}

struct Walk<'a, 'r> {
    reader: &'a Reader<'r>,
    caller: &'a Caller,
    catalogue: &'a Catalogue,
    there: HashSet<Key>,
    may: HashMap<&'static str, Option<Permission>>,
    /// Found in this step.
    fresh: Vec<Stored>,
    weight: usize,
    count: usize,
    cut: bool,
}

impl Walk<'_, '_> {
    fn run(mut self, parsed: &Parsed, matches: &[Stored]) -> Result<Brought, EngineError> {
        let mut rows: Vec<Stored> = Vec::new();
        let mut from = 0;
        for step in 0..MOST_STEPS {
            let ground = if step == 0 { matches } else { rows.get(from..).unwrap_or_default() };
            let asked = |include: &&Include| step == 0 || include.iterate;
            let forward: Vec<&Include> = parsed.includes.iter().filter(asked).collect();
            let backward: Vec<&Include> = parsed.revincludes.iter().filter(asked).collect();
            if ground.is_empty() || (forward.is_empty() && backward.is_empty()) {
                return Ok(Brought { rows, cut: self.cut });
            }
            for row in ground {
                self.forward(&forward, row)?;
            }
            for include in backward {
                self.backward(include, ground)?;
            }
            from = rows.len();
            rows.append(&mut self.fresh);
        }
        let cut = self.cut || rows.len() > from;
        Ok(Brought { rows, cut })
    }

    /// Whether another one still has room.
    fn room(&mut self) -> bool {
        let room = self.count < MOST && self.weight < HEAVIEST;
        self.cut |= !room;
        room
    }

    fn may(&mut self, kind: &'static str) -> Option<&Permission> {
        let caller = self.caller;
        self.may.entry(kind).or_insert_with(|| permission(caller, Act::Look, kind).ok()).as_ref()
    }

    /// Takes a row in that is not there yet and that the caller may see.
    fn take(&mut self, row: Stored) {
        if row.deleted
            || self.there.contains(&row.key)
            || !self.may(type_name(row.kind)).is_some_and(|may| may.shows(&row))
        {
            return;
        }
        if self.room() {
            self.there.insert(row.key);
            self.weight += row.body.weight();
            self.count += 1;
            self.fresh.push(row);
        }
    }

    /// What the references of `row` point to.
    fn forward(&mut self, includes: &[&Include], row: &Stored) -> Result<(), EngineError> {
        let kind = type_name(row.kind);
        let fits = |include: &&&Include| include.source.is_none_or(|source| source.kind == kind);
        let wanted: Vec<&Include> = includes.iter().filter(fits).copied().collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let values = extract(&value_of(&row.body)?, Zone::CHINA, self.catalogue);
        // A canonical with a version is a value without it too, to be found by; it points to that version alone.
        let links = values.iter().filter_map(|value| match &value.value {
            IndexKind::ReferenceUrl(url) => url.split_once('|').map(|(bare, _)| (value.param.number, bare.to_owned())),
            _ => None,
        });
        let bare: HashSet<(u16, String)> = links.collect();
        for value in values {
            if value.param.kind != Kind::Reference {
                continue;
            }
            let named: Vec<&Include> = wanted
                .iter()
                .filter(|include| include.param.is_none_or(|code| code == value.param.code))
                .copied()
                .collect();
            if named.is_empty() {
                continue;
            }
            match value.value {
                IndexKind::Reference { target_type: target, id } => {
                    let asked = named.iter().any(|include| include.target.is_none_or(|only| only.code == target));
                    if asked && let Some(found) = find(self.reader, target, &id)? {
                        self.take(found);
                    }
                }
                IndexKind::ReferenceUrl(url) if !bare.contains(&(value.param.number, url.clone())) => {
                    for target in canonical_targets(value.param) {
                        if named.iter().any(|include| include.target.is_none_or(|only| only == target)) {
                            self.canonical(target, &url)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What is known by a canonical address.
    fn canonical(&mut self, of: Of, link: &str) -> Result<(), EngineError> {
        let (url, version) = link.split_once('|').map_or((link, None), |(url, version)| (url, Some(version)));
        let Some(param) = self.catalogue.param(of.kind, "url").filter(|param| param.kind == Kind::Uri) else {
            return Ok(());
        };
        let condition = Condition::Exact { params: vec![param_number(of.code, param)], any: vec![url.to_owned()] };
        for row in self.search(of.code, of.kind, vec![condition])? {
            let same = match version {
                None => true,
                Some(version) => {
                    value_of(&row.body)?.get("version").and_then(serde_json::Value::as_str) == Some(version)
                }
            };
            if same {
                self.take(row);
            }
        }
        Ok(())
    }

    /// What points to `rows`.
    fn backward(&mut self, include: &Include, rows: &[Stored]) -> Result<(), EngineError> {
        let fits = |row: &&Stored| include.target.is_none_or(|only| only.kind == type_name(row.kind));
        let targets: Vec<&Stored> = rows.iter().filter(fits).collect();
        if targets.is_empty() {
            return Ok(());
        }
        let sources: Vec<Of> = match include.source {
            Some(of) => vec![of],
            None => {
                let present = self.reader.kinds()?;
                Of::every().filter(|of| present.contains(&of.code)).collect()
            }
        };
        let here = Here { persons: self.persons(&targets)?, urls: urls(&targets)?, targets };
        for of in sources {
            for way in self.ways(of, include, &here) {
                if !self.room() {
                    return Ok(());
                }
                for row in self.search(of.code, of.kind, vec![way])? {
                    self.take(row);
                }
            }
        }
        Ok(())
    }

    /// How resources of a type may point here; parameters that may point to the same are asked together.
    fn ways(&self, of: Of, include: &Include, here: &Here<'_>) -> Vec<Condition> {
        let mut by_ids: Vec<(Ids, Vec<u32>)> = Vec::new();
        let mut by_url: Vec<u32> = Vec::new();
        let mut own = false;
        let named = |param: &&&SearchParam| {
            param.kind == Kind::Reference && include.param.is_none_or(|code| code == param.code)
        };
        for param in self.catalogue.params(of.kind).iter().filter(named) {
            let number = param_number(of.code, param);
            let partition = is_partition_param(of.kind, param);
            let points = |kind: &str| param.targets.is_empty() || param.targets.contains(&kind);
            own |= partition && points("Patient");
            let rows = here.targets.iter().filter(|row| points(type_name(row.kind)));
            let rows = rows.filter(|row| !(partition && type_name(row.kind) == "Patient"));
            let code = |row: &Stored| Of::named(type_name(row.kind)).map_or(row.kind, |of| of.code);
            let ids: Ids = rows.map(|row| (code(row), row.id.clone())).collect();
            if !ids.is_empty() {
                match by_ids.iter_mut().find(|(same, _)| *same == ids) {
                    Some((_, params)) => params.push(number),
                    None => by_ids.push((ids, vec![number])),
                }
            }
            if !here.urls.is_empty() && is_canonical(param) {
                by_url.push(number);
            }
        }
        let mut ways = Vec::new();
        if own && !here.persons.is_empty() {
            ways.push(Condition::Who(here.persons.clone()));
        }
        ways.extend(by_ids.into_iter().map(|(any, params)| Condition::Reference { params, any }));
        if !by_url.is_empty() {
            ways.push(Condition::Exact { params: by_url, any: here.urls.clone() });
        }
        ways
    }

    /// Everybody who is one person with one of these Patients.
    fn persons(&self, rows: &[&Stored]) -> Result<Vec<Subject>, EngineError> {
        let mut persons = Vec::new();
        for row in rows.iter().filter(|row| type_name(row.kind) == "Patient") {
            persons.extend(self.reader.same_person(row.key.subject())?);
        }
        persons.sort_unstable();
        persons.dedup();
        Ok(persons)
    }

    /// A search for what the caller may see, by one way; one row more than there is room for.
    fn search(
        &mut self,
        code: TypeCode,
        kind: &'static str,
        mut conditions: Vec<Condition>,
    ) -> Result<Vec<Stored>, EngineError> {
        let Some(may) = self.may(kind) else { return Ok(Vec::new()) };
        let scope = may.filter();
        conditions.extend(may.conditions());
        let limit = u32::try_from(MOST + 1 - self.count.min(MOST)).unwrap_or(u32::MAX);
        let mut search = plain(vec![code], conditions, limit);
        search.scope = scope;
        if let Some(Condition::Who(who)) = search.conditions.first() {
            search.who = Some(who.clone());
            search.conditions.remove(0);
        }
        let page = self.reader.search(&search)?;
        self.cut |= page.next.is_some();
        Ok(page.rows)
    }
}

/// Types and ids.
type Ids = Vec<(TypeCode, String)>;

/// What others may point to, and by what.
struct Here<'r> {
    targets: Vec<&'r Stored>,
    persons: Vec<Subject>,
    /// The canonical addresses.
    urls: Vec<String>,
}

/// The canonical addresses of those that have one.
fn urls(rows: &[&Stored]) -> Result<Vec<String>, EngineError> {
    let mut urls = Vec::new();
    for row in rows.iter().filter(|row| Definitions::r4().element(type_name(row.kind), "url").is_some()) {
        let value = value_of(&row.body)?;
        urls.extend(value.get("url").and_then(serde_json::Value::as_str).map(str::to_owned));
    }
    Ok(urls)
}

fn is_canonical(param: &SearchParam) -> bool {
    param.may_end_in("canonical")
}

/// The types that a canonical of this parameter may mean.
fn canonical_targets(param: &SearchParam) -> Vec<Of> {
    if !is_canonical(param) {
        return Vec::new();
    }
    param.targets.iter().filter_map(|kind| Of::named(kind)).collect()
}
