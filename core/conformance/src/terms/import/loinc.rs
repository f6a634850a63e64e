//! LOINC from the files of a release that a site brings: `Loinc.csv`, `ComponentHierarchyBySystem.csv`, `AnswerList.csv`
//! and a linguistic variant (`zhCN5LinguisticVariant.csv`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::invalid;
use super::table::{Csv, at, columns};
use crate::terms::fault::Fault;

const URL: &str = "http://loinc.org";
const NOTICE: &str = "This material contains content from LOINC (http://loinc.org). LOINC is copyright © Regenstrief \
Institute, Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost \
under the license at http://loinc.org/license. LOINC® is a registered United States trademark of Regenstrief Institute, \
Inc.";
/// Columns of `Loinc.csv` that become properties.
const PROPERTIES: [&str; 11] = [
    "COMPONENT",
    "PROPERTY",
    "TIME_ASPCT",
    "SYSTEM",
    "SCALE_TYP",
    "METHOD_TYP",
    "CLASS",
    "CLASSTYPE",
    "STATUS",
    "ORDER_OBS",
    "EXAMPLE_UCUM_UNITS",
];

/// What was read so far.
#[derive(Default)]
pub(super) struct Release {
    /// In the order of the file.
    terms: Vec<Map<String, Value>>,
    version: String,
    parents: HashMap<String, BTreeSet<String>>,
    parts: BTreeMap<String, String>,
    /// Answer → its text and the lists that it is in.
    answers: BTreeMap<String, (String, BTreeSet<String>)>,
    /// Code → names, by language.
    names: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// Whether a text is one of LOINC's files.
pub(super) fn is_one(text: &str) -> bool {
    let head = text.lines().next().unwrap_or_default().replace('"', "");
    head.starts_with("LOINC_NUM,") || head.starts_with("PATH_TO_ROOT,") || head.starts_with("AnswerListId,")
}

impl Release {
    pub(super) fn add(&mut self, name: &str, text: &str) -> Result<(), Fault> {
        let mut csv = Csv::new(text, 1);
        let Some((_, header)) = csv.next()? else { return Ok(()) };
        let has = |column: &str| header.iter().any(|own| own == column);
        if has("PATH_TO_ROOT") {
            self.hierarchy(&header, csv)
        } else if has("AnswerListId") {
            self.answers(&header, csv)
        } else if has("CLASSTYPE") && has("STATUS") {
            self.terms(&header, csv)
        } else {
            self.variant(name, &header, csv)
        }
    }

    fn terms(&mut self, header: &[String], mut csv: Csv<'_>) -> Result<(), Fault> {
        let [number, long, short, changed] =
            columns(header, ["LOINC_NUM", "LONG_COMMON_NAME", "SHORTNAME", "VersionLastChanged"])?;
        let places = columns(header, PROPERTIES)?;
        while let Some((line, row)) = csv.next()? {
            let code = at(&row, number);
            if code.is_empty() {
                return Err(invalid(format!("line {line} has no LOINC_NUM")));
            }
            let display = [at(&row, long), at(&row, short)].into_iter().find(|text| !text.is_empty()).unwrap_or(code);
            let mut properties = Vec::new();
            for (name, place) in PROPERTIES.iter().zip(places) {
                let value = at(&row, place);
                if !value.is_empty() {
                    properties.push(json!({"code": name, "valueString": value}));
                }
                if *name == "STATUS" && value == "DEPRECATED" {
                    properties.push(json!({"code": "inactive", "valueBoolean": true}));
                }
            }
            let mut concept = Map::new();
            concept.insert("code".to_owned(), code.into());
            concept.insert("display".to_owned(), display.into());
            if !at(&row, short).is_empty() && at(&row, short) != display {
                concept.insert("designation".to_owned(), json!([{"language": "en", "value": at(&row, short)}]));
            }
            concept.insert("property".to_owned(), Value::Array(properties));
            self.terms.push(concept);
            if crate::terms::canonical::compare(Some(at(&row, changed)), Some(&self.version)).is_gt() {
                at(&row, changed).clone_into(&mut self.version);
            }
        }
        Ok(())
    }

    fn hierarchy(&mut self, header: &[String], mut csv: Csv<'_>) -> Result<(), Fault> {
        let [parent, code, text] = columns(header, ["IMMEDIATE_PARENT", "CODE", "CODE_TEXT"])?;
        while let Some((_, row)) = csv.next()? {
            let (parent, code) = (at(&row, parent), at(&row, code));
            if !parent.is_empty() && !code.is_empty() {
                self.parents.entry(code.to_owned()).or_default().insert(parent.to_owned());
            }
            if code.starts_with("LP") {
                self.parts.insert(code.to_owned(), at(&row, text).to_owned());
            }
        }
        Ok(())
    }

    fn answers(&mut self, header: &[String], mut csv: Csv<'_>) -> Result<(), Fault> {
        let [list, answer, text] = columns(header, ["AnswerListId", "AnswerStringId", "DisplayText"])?;
        while let Some((_, row)) = csv.next()? {
            let (list, answer) = (at(&row, list), at(&row, answer));
            if list.is_empty() || answer.is_empty() {
                continue;
            }
            let entry = self.answers.entry(answer.to_owned()).or_default();
            at(&row, text).clone_into(&mut entry.0);
            entry.1.insert(list.to_owned());
        }
        Ok(())
    }

    fn variant(&mut self, name: &str, header: &[String], mut csv: Csv<'_>) -> Result<(), Fault> {
        let [number, component] = columns(header, ["LOINC_NUM", "COMPONENT"])?;
        let language = language_of(name);
        let language = language.ok_or_else(|| invalid("the name of a linguistic variant begins with its language"))?;
        let place = |wanted: &str| header.iter().position(|own| own == wanted).unwrap_or(usize::MAX);
        let names = [place("LinguisticVariantDisplayName"), place("LONG_COMMON_NAME"), place("SHORTNAME"), component];
        while let Some((_, row)) = csv.next()? {
            let mut all: Vec<String> = Vec::new();
            for text in names.iter().map(|place| at(&row, *place).trim()).filter(|text| !text.is_empty()) {
                if !all.iter().any(|own| own == text) {
                    all.push(text.to_owned());
                }
            }
            if !all.is_empty() {
                self.names.entry(language.clone()).or_default().insert(at(&row, number).to_owned(), all);
            }
        }
        Ok(())
    }

    /// The code system, or where only translations came, supplements of it.
    pub(super) fn finish(mut self) -> Result<Vec<Value>, Fault> {
        if self.terms.is_empty() && (!self.parts.is_empty() || !self.answers.is_empty()) {
            return Err(invalid("LOINC's hierarchy and answers come with its Loinc.csv"));
        }
        let mut out = Vec::new();
        if !self.terms.is_empty() {
            out.push(self.system());
        }
        for (language, names) in std::mem::take(&mut self.names) {
            let concepts = names.into_iter().map(|(code, names)| {
                let all: Vec<Value> =
                    names.into_iter().map(|value| json!({"language": language, "value": value})).collect();
                json!({"code": code, "designation": all})
            });
            out.push(json!({
                "resourceType": "CodeSystem",
                "id": format!("loinc-{}", language.to_lowercase()),
                "language": language,
                "url": format!("{URL}/supplement/{language}"),
                "name": format!("LOINC_{}", language.replace('-', "_")),
                "status": "active",
                "copyright": NOTICE,
                "content": "supplement",
                "supplements": URL,
                "concept": concepts.collect::<Vec<_>>(),
            }));
        }
        Ok(out)
    }

    fn system(&mut self) -> Value {
        let mut concepts: Vec<Value> = Vec::with_capacity(self.terms.len());
        for mut concept in std::mem::take(&mut self.terms) {
            let parents = concept.get("code").and_then(Value::as_str).and_then(|code| self.parents.get(code));
            let parents: Vec<Value> = parents.into_iter().flatten().map(|one| parent(one)).collect();
            if let Some(properties) = concept.get_mut("property").and_then(Value::as_array_mut) {
                properties.extend(parents);
            }
            concepts.push(Value::Object(concept));
        }
        for (code, text) in &self.parts {
            let mut properties: Vec<Value> =
                self.parents.get(code).into_iter().flatten().map(|one| parent(one)).collect();
            properties.push(json!({"code": "notSelectable", "valueBoolean": true}));
            concepts.push(json!({"code": code, "display": text, "property": properties}));
        }
        for (code, (text, lists)) in &self.answers {
            let lists: Vec<Value> =
                lists.iter().map(|list| json!({"code": "answer-list", "valueCode": list})).collect();
            concepts.push(json!({"code": code, "display": text, "property": lists}));
        }
        json!({
            "resourceType": "CodeSystem",
            "id": "loinc",
            "language": "en",
            "url": URL,
            "version": self.version,
            "name": "LOINC",
            "title": "Logical Observation Identifiers Names and Codes",
            "status": "active",
            "copyright": NOTICE,
            "caseSensitive": false,
            "content": "complete",
            "hierarchyMeaning": "is-a",
            "valueSet": "http://loinc.org/vs",
            "property": [
                {"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"},
                {"code": "inactive", "uri": "http://hl7.org/fhir/concept-properties#inactive", "type": "boolean"},
                {"code": "notSelectable", "uri": "http://hl7.org/fhir/concept-properties#notSelectable", "type": "boolean"},
            ],
            "concept": concepts,
        })
    }
}

fn parent(code: &str) -> Value {
    json!({"code": "parent", "valueCode": code})
}

/// `zh-CN` of `zhCN5LinguisticVariant.csv`.
fn language_of(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next()?;
    let (language, region) = (file.get(..2)?, file.get(2..4)?);
    let fits = language.bytes().all(|b| b.is_ascii_lowercase()) && region.bytes().all(|b| b.is_ascii_uppercase());
    fits.then(|| format!("{language}-{region}"))
}
