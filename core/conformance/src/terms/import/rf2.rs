//! SNOMED CT from the RF2 snapshot files of a release that a site brings: concepts, descriptions, relationships, simple
//! and language reference sets. Which file is which its first line tells.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::invalid;
use super::table::{at, columns};
use crate::terms::fault::Fault;

const URL: &str = "http://snomed.info/sct";
const IS_A: &str = "116680003";
const FULL_NAME: &str = "900000000000003001";
const SYNONYM: &str = "900000000000013009";
const PREFERRED: &str = "900000000000548007";
const INFERRED: &str = "900000000000011006";
const NOTICE: &str = "SNOMED CT is owned by SNOMED International; its use needs an affiliate licence.";

/// A name of a concept.
struct Name {
    id: String,
    language: String,
    kind: String,
    term: String,
}

/// What was read so far.
#[derive(Default)]
pub(super) struct Snapshot {
    /// Whether it is active.
    concepts: BTreeMap<u64, bool>,
    names: HashMap<u64, Vec<Name>>,
    parents: HashMap<u64, BTreeSet<String>>,
    attributes: HashMap<u64, BTreeSet<(String, String)>>,
    sets: HashMap<u64, BTreeSet<String>>,
    /// Descriptions that some language prefers.
    preferred: HashSet<String>,
    modules: BTreeMap<String, usize>,
    latest: String,
}

/// Whether a text is an RF2 file.
pub(super) fn is_one(text: &str) -> bool {
    text.starts_with("id\teffectiveTime\tactive\tmoduleId\t")
}

impl Snapshot {
    pub(super) fn add(&mut self, text: &str) -> Result<(), Fault> {
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().trim_end().split('\t').collect();
        let has = |column: &str| header.contains(&column);
        let rows = lines.zip(2_usize..).filter(|(line, _)| !line.is_empty());
        let rows = rows.map(|(line, nth)| (line.trim_end_matches('\r').split('\t').collect::<Vec<_>>(), nth));
        let number = |text: &str, nth: usize| -> Result<u64, Fault> {
            text.parse()
                .map_err(|_| invalid(format!("line {nth}: `{}` is no identifier", crate::terms::fault::shown(text))))
        };
        if has("definitionStatusId") {
            let [id, time, active, module] = columns(&header, ["id", "effectiveTime", "active", "moduleId"])?;
            for (row, nth) in rows {
                self.concepts.insert(number(at(&row, id), nth)?, at(&row, active) == "1");
                *self.modules.entry(at(&row, module).to_owned()).or_default() += 1;
                if at(&row, time) > self.latest.as_str() {
                    at(&row, time).clone_into(&mut self.latest);
                }
            }
        } else if has("caseSignificanceId") {
            let [id, active, concept, language, kind, term] =
                columns(&header, ["id", "active", "conceptId", "languageCode", "typeId", "term"])?;
            for (row, nth) in rows.filter(|(row, _)| at(row, active) == "1") {
                let own = |place: usize| at(&row, place).to_owned();
                let name = Name { id: own(id), language: own(language), kind: own(kind), term: own(term) };
                self.names.entry(number(at(&row, concept), nth)?).or_default().push(name);
            }
        } else if has("destinationId") {
            let [active, source, target, kind, how] =
                columns(&header, ["active", "sourceId", "destinationId", "typeId", "characteristicTypeId"])?;
            for (row, nth) in rows.filter(|(row, _)| at(row, active) == "1" && at(row, how) == INFERRED) {
                let (source, target) = (number(at(&row, source), nth)?, at(&row, target).to_owned());
                match at(&row, kind) {
                    IS_A => self.parents.entry(source).or_default().insert(target),
                    kind => self.attributes.entry(source).or_default().insert((kind.to_owned(), target)),
                };
            }
        } else if has("acceptabilityId") {
            let [active, name, how] = columns(&header, ["active", "referencedComponentId", "acceptabilityId"])?;
            for (row, _) in rows.filter(|(row, _)| at(row, active) == "1" && at(row, how) == PREFERRED) {
                self.preferred.insert(at(&row, name).to_owned());
            }
        } else if has("refsetId") && header.len() == 6 {
            let [active, set, member] = columns(&header, ["active", "refsetId", "referencedComponentId"])?;
            for (row, nth) in rows.filter(|(row, _)| at(row, active) == "1") {
                self.sets.entry(number(at(&row, member), nth)?).or_default().insert(at(&row, set).to_owned());
            }
        } else {
            return Err(invalid("an RF2 file of a kind that is not read"));
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Option<Value>, Fault> {
        if self.concepts.is_empty() {
            let nothing = self.names.is_empty() && self.parents.is_empty() && self.sets.is_empty();
            return if nothing { Ok(None) } else { Err(invalid("RF2: the file of the concepts is missing")) };
        }
        let module = self.modules.iter().max_by_key(|(_, count)| **count).map_or("", |(module, _)| module.as_str());
        let version = format!("{URL}/{module}/version/{}", self.latest);
        let concepts: Vec<Value> = self.concepts.iter().map(|(id, active)| self.concept(*id, *active)).collect();
        Ok(Some(json!({
            "resourceType": "CodeSystem",
            "id": "snomed-ct",
            "language": "en",
            "url": URL,
            "version": version,
            "name": "SNOMED_CT",
            "title": "SNOMED CT",
            "status": "active",
            "copyright": NOTICE,
            "caseSensitive": true,
            "content": "complete",
            "hierarchyMeaning": "is-a",
            "valueSet": format!("{URL}?fhir_vs"),
            "property": [
                {"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"},
                {"code": "inactive", "uri": "http://hl7.org/fhir/concept-properties#inactive", "type": "boolean"},
                {"code": "refset", "type": "code", "description": "A reference set that the concept is a member of"},
            ],
            "concept": concepts,
        })))
    }

    fn concept(&self, id: u64, active: bool) -> Value {
        let names = self.names.get(&id).map_or(&[][..], Vec::as_slice);
        let is_preferred = |name: &&Name| self.preferred.contains(&name.id);
        let english = |name: &&Name| name.language == "en" && name.kind == SYNONYM;
        let full = || names.iter().find(|name| name.kind == FULL_NAME);
        let display = names.iter().find(|name| english(name) && is_preferred(name)).or_else(full).or(names.first());
        let mut all: Vec<&Name> = names.iter().collect();
        all.sort_by_key(|name| (!is_preferred(name), name.id.clone()));
        let designations = all.iter().map(|name| {
            let usage = if name.kind == FULL_NAME { "Fully specified name" } else { "Synonym" };
            json!({"language": name.language, "use": {"system": URL, "code": name.kind, "display": usage}, "value": name.term})
        });
        let mut properties: Vec<Value> = Vec::new();
        if !active {
            properties.push(json!({"code": "inactive", "valueBoolean": true}));
        }
        let of = |code: &str, value: &str| json!({"code": code, "valueCode": value});
        properties.extend(self.parents.get(&id).into_iter().flatten().map(|parent| of("parent", parent)));
        properties.extend(self.attributes.get(&id).into_iter().flatten().map(|(kind, value)| of(kind, value)));
        properties.extend(self.sets.get(&id).into_iter().flatten().map(|set| of("refset", set)));
        let code = id.to_string();
        let display = display.map_or(code.as_str(), |name| name.term.as_str());
        let mut concept = json!({"code": code, "display": display});
        if let Some(members) = concept.as_object_mut() {
            let designations: Vec<Value> = designations.collect();
            for (key, list) in [("designation", designations), ("property", properties)] {
                if !list.is_empty() {
                    members.insert(key.to_owned(), Value::Array(list));
                }
            }
        }
        concept
    }
}
