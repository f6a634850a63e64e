//! `_include` (what matches point to) and `_revinclude` (what points to matches).

use std::collections::HashSet;

use meridian_model::date::Zone;
use meridian_model::definitions::Definitions;
use meridian_model::index::{IndexKind, extract};
use meridian_store::search::{Condition, Scope, Search};
use meridian_store::{Key, Reader, Stored, Subject};

use super::parse::{Include, Parsed};
use crate::EngineError;
use crate::engine::patient_code;
use crate::served::value_of;
use crate::sight::find;
use crate::write::{is_partition_param, param_number};

/// The most that one answer includes.
const MOST: usize = 1000;
/// What one answer includes weighs little more than this, in bytes.
const HEAVIEST: usize = 32 << 20;

pub(super) fn included(reader: &Reader<'_>, parsed: &Parsed, matches: &[Stored]) -> Result<Vec<Stored>, EngineError> {
    if parsed.includes.is_empty() && parsed.revincludes.is_empty() {
        return Ok(Vec::new());
    }
    let mut there: HashSet<Key> = matches.iter().map(|row| row.key).collect();
    let mut rows = Vec::new();
    for row in matches {
        forward(reader, parsed, row, &mut there, &mut rows)?;
    }
    for include in &parsed.revincludes {
        for row in backward(reader, include, matches)? {
            if there.insert(row.key) {
                rows.push(row);
            }
        }
    }
    rows.truncate(MOST);
    Ok(rows)
}

fn forward(
    reader: &Reader<'_>,
    parsed: &Parsed,
    row: &Stored,
    there: &mut HashSet<Key>,
    rows: &mut Vec<Stored>,
) -> Result<(), EngineError> {
    let wanted: Vec<&Include> = parsed.includes.iter().filter(|include| include.source == parsed.kind).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let mut weight: usize = rows.iter().map(|row| row.body.weight()).sum();
    for value in extract(&value_of(&row.body)?, Zone::CHINA) {
        let IndexKind::Reference { target_type: Some(target), id } = value.value else { continue };
        let asked = wanted.iter().any(|include| {
            include.param.number == value.param.number && include.target.is_none_or(|only| only == target)
        });
        if asked
            && rows.len() < MOST
            && weight < HEAVIEST
            && let Some(found) = find(reader, target, &id)?
            && !found.deleted
            && there.insert(found.key)
        {
            weight += found.body.weight();
            rows.push(found);
        }
    }
    Ok(())
}

fn backward(reader: &Reader<'_>, include: &Include, matches: &[Stored]) -> Result<Vec<Stored>, EngineError> {
    let r4 = Definitions::r4();
    let Some(code) = r4.type_code(include.source) else { return Ok(Vec::new()) };
    let name = |row: &Stored| crate::engine::type_name(row.kind);
    let fits = |row: &&Stored| include.target.is_none_or(|only| r4.type_name(only) == Some(name(row)));
    let targets: Vec<&Stored> = matches.iter().filter(fits).collect();
    let mut search = Search {
        kind: code,
        scope: Scope::All,
        who: None,
        conditions: Vec::new(),
        main: None,
        clinical: None,
        sort: Vec::new(),
        after: None,
        limit: u32::try_from(MOST).unwrap_or(u32::MAX),
    };
    let patients = targets.iter().any(|row| name(row) == "Patient");
    if patients && is_partition_param(include.source, include.param) {
        let mut who: Vec<Subject> = Vec::new();
        for row in targets {
            who.extend(reader.same_person(row.key.subject())?);
        }
        who.sort_unstable();
        who.dedup();
        search.who = Some(who);
    } else {
        let ids = targets.iter().map(|row| (r4.type_code(name(row)).unwrap_or(patient_code()), row.id.clone()));
        let any: Vec<_> = ids.collect();
        if any.is_empty() {
            return Ok(Vec::new());
        }
        search.conditions.push(Condition::Reference { param: param_number(code, include.param), any });
    }
    Ok(reader.search(&search)?.rows)
}
