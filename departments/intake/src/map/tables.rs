//! The tables of `maps/`, read once.

use std::collections::{BTreeMap, HashMap};

use meridian_conformance::terms::{Spelled, Terms};
use serde::Deserialize;
use thiserror::Error;

use super::{
    codes::HL7,
    plan::Act,
    rows::{Row, parse_rows},
};

const ROWS: [(&str, &str); 6] = [
    ("patient", include_str!("../../maps/patient.toml")),
    ("visit", include_str!("../../maps/visit.toml")),
    ("clinical", include_str!("../../maps/clinical.toml")),
    ("results", include_str!("../../maps/results.toml")),
    ("orders", include_str!("../../maps/orders.toml")),
    ("booking", include_str!("../../maps/booking.toml")),
];

/// A table that cannot be used; only a fault of this build can cause it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("table {table}: {problem}")]
pub struct TableError {
    pub table: String,
    pub problem: String,
}

impl TableError {
    pub(crate) fn new(table: &str, problem: &impl ToString) -> Self {
        Self { table: table.to_owned(), problem: problem.to_string() }
    }
}

/// Whether a message changes a resource or only makes it when it is unknown.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Write {
    #[default]
    None,
    Create,
    Update,
}

/// What one kind of message means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageRule {
    pub(crate) patient: Write,
    pub(crate) visit: Write,
    #[serde(default)]
    pub(crate) opens: bool,
    #[serde(default)]
    pub(crate) act: Act,
    #[serde(default)]
    pub(crate) body: Body,
    /// Of the visit, or of the appointment.
    #[serde(default)]
    pub(crate) status: Option<String>,
}

/// What comes after the resident and the visit.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Body {
    /// Diagnoses, allergies, insurances, values of the visit.
    #[default]
    Clinical,
    Results,
    Orders,
    Booking,
    /// MRG: another record becomes this one.
    Merge,
    /// Two PID that are no longer one.
    Unlink,
}

/// What a code becomes: an HL7 or FHIR code, or code, display and system.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Target {
    Code(String),
    Full(Vec<String>),
}

#[derive(Clone, Debug, Deserialize)]
struct CodesFile {
    system: Option<String>,
    from: Option<String>,
    names: Option<String>,
    #[serde(default)]
    among: String,
    other: Option<String>,
    #[serde(default)]
    quiet: bool,
    #[serde(default)]
    map: BTreeMap<String, Target>,
}

/// What a sender's code becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) display: Option<String>,
    pub(crate) system: Option<String>,
}

impl Code {
    /// Refuses what cannot be a code of its system.
    pub(crate) fn checked(self) -> Result<Self, &'static str> {
        match self.system.as_deref().map(|system| Terms::embedded().spelled(system, &self.code)) {
            Some(Spelled::Wrong) => Err("its system has no such code"),
            _ => Ok(self),
        }
    }
}

/// One code table.
#[derive(Clone, Debug, Default)]
pub(crate) struct CodeTable {
    /// The system of the codes that it gives.
    system: Option<String>,
    /// The system under which an unknown code is kept.
    pub(crate) from: Option<String>,
    /// The system whose codes are added to what was sent in its words.
    pub(crate) names: Option<String>,
    /// What those codes begin with.
    pub(crate) among: String,
    /// The code for everything unknown, where an element needs one.
    pub(crate) other: Option<String>,
    /// An unknown code is no reason for a warning: the element is one of several for the same field.
    pub(crate) quiet: bool,
    codes: HashMap<String, Code>,
}

impl CodeTable {
    /// What `code` becomes; case and surrounding spaces do not matter.
    pub(crate) fn get(&self, code: &str) -> Option<&Code> {
        self.codes.get(&code.trim().to_uppercase())
    }
}

#[derive(Debug, Deserialize)]
struct SystemsFile {
    systems: HashMap<String, String>,
    units: HashMap<String, String>,
    surnames: SurnamesFile,
}

#[derive(Debug, Deserialize)]
struct SurnamesFile {
    double: String,
}

/// All tables.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    pub(crate) messages: BTreeMap<(String, String), MessageRule>,
    rows: HashMap<String, Vec<Row>>,
    codes: HashMap<String, CodeTable>,
    /// Codes of a sender's own systems: (system's name or field, code) -> standard code.
    translations: HashMap<(String, String), Code>,
    systems: HashMap<String, String>,
    units: HashMap<String, String>,
    double_surnames: Vec<String>,
}

impl Tables {
    pub(crate) fn load() -> Result<Self, TableError> {
        let codes = load_codes()?;
        let mut rows = HashMap::new();
        for (name, text) in ROWS {
            let file: BTreeMap<String, String> = read(name, text)?;
            for (resource, text) in file {
                let parsed = parse_rows(&resource, &text)?;
                for row in &parsed {
                    row.check(&resource, &codes)?;
                }
                rows.insert(resource, parsed);
            }
        }
        let messages: BTreeMap<String, BTreeMap<String, MessageRule>> =
            read("messages", include_str!("../../maps/messages.toml"))?;
        let systems: SystemsFile = read("systems", include_str!("../../maps/systems.toml"))?;
        Ok(Self {
            messages: messages
                .into_iter()
                .flat_map(|(code, events)| events.into_iter().map(move |(event, rule)| ((code.clone(), event), rule)))
                .collect(),
            rows,
            codes,
            translations: HashMap::new(),
            systems: systems.systems,
            units: systems.units,
            double_surnames: systems.surnames.double.split_whitespace().map(str::to_owned).collect(),
        })
    }

    pub(crate) fn message(&self, code: &str, event: &str) -> Option<&MessageRule> {
        self.messages.get(&(code.to_owned(), event.to_owned()))
    }

    /// The rows of a resource; none for a name that no table has.
    pub(crate) fn rows(&self, resource: &str) -> &[Row] {
        self.rows.get(resource).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn codes(&self, table: &str) -> Option<&CodeTable> {
        self.codes.get(table)
    }

    /// What `code` becomes in `table`.
    pub(crate) fn code(&self, table: &str, code: &str) -> Option<&Code> {
        self.codes(table)?.get(code)
    }

    /// The standard code for a code of the sender's own system (or of a field without system).
    pub(crate) fn translation(&self, system: &str, code: &str) -> Option<&Code> {
        if self.translations.is_empty() {
            return None;
        }
        self.translations.get(&(plain(system), code.trim().to_uppercase()))
    }

    /// What a feed's table says: an HL7 code becomes what the common table makes of it; one that it does not list
    /// stays under HL7's own system; a whole coding is taken as it is. A code that its system has not is refused.
    pub(crate) fn target(&self, table: &str, target: &Target) -> Result<Code, &'static str> {
        let Some(table) = self.codes.get(table) else { return Err("no such table") };
        match target {
            Target::Code(code) => match table.get(code) {
                Some(known) => Ok(known.clone()),
                None => {
                    let system = table.from.clone().or_else(|| table.system.clone());
                    Code { code: code.clone(), display: None, system }.checked()
                }
            },
            Target::Full(parts) => {
                let mut parts = parts.iter().cloned();
                let code = parts.next().ok_or("a code is expected")?;
                let display = parts.next();
                let system = parts.next().map(|name| self.system(&name).unwrap_or(name));
                Code { code, display, system: system.or_else(|| table.system.clone()) }.checked()
            }
        }
    }

    pub(crate) fn add_system(&mut self, name: &str, system: &str) {
        self.systems.insert(plain(name), system.to_owned());
    }

    pub(crate) fn add_unit(&mut self, unit: &str, ucum: &str) {
        self.units.insert(unit.to_owned(), ucum.to_owned());
    }

    pub(crate) fn add_code(&mut self, table: &str, from: &str, code: Code) {
        if let Some(table) = self.codes.get_mut(table) {
            table.codes.insert(from.trim().to_uppercase(), code);
        }
    }

    pub(crate) fn add_translation(&mut self, system: &str, from: &str, code: Code) {
        self.translations.insert((plain(system), from.trim().to_uppercase()), code);
    }

    pub(crate) fn check(&self, resource: &str, row: &Row) -> Result<(), TableError> {
        row.check(resource, &self.codes)
    }

    /// Rows of a feed stand in the place of the common ones of the same field.
    pub(crate) fn put_rows(&mut self, resource: &str, rows: Vec<Row>) -> Result<(), TableError> {
        let there = self.rows.get_mut(resource).ok_or_else(|| TableError::new(resource, &"no such resource"))?;
        there.retain(|row| !rows.iter().any(|new| new.same_field(row)));
        there.extend(rows);
        Ok(())
    }

    /// The FHIR system for a code system's name as senders write it.
    pub(crate) fn system(&self, name: &str) -> Option<String> {
        let plain = plain(name);
        if let Some(system) = self.systems.get(&plain) {
            return Some(system.clone());
        }
        let table = plain.strip_prefix("HL7").filter(|n| n.len() == 4 && n.bytes().all(|b| b.is_ascii_digit()))?;
        Some(format!("{HL7}{table}"))
    }

    /// The UCUM code for a unit as laboratories write it.
    pub(crate) fn unit(&self, unit: &str) -> Option<&str> {
        self.units.get(unit).map(String::as_str)
    }

    pub(crate) fn is_double_surname(&self, surname: &str) -> bool {
        self.double_surnames.iter().any(|known| known == surname)
    }
}

/// Names are compared without case, spaces, hyphens, underscores and dots.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '.')).collect::<String>().to_uppercase()
}

fn load_codes() -> Result<HashMap<String, CodeTable>, TableError> {
    let file: BTreeMap<String, CodesFile> = read("codes", include_str!("../../maps/codes.toml"))?;
    file.into_iter()
        .map(|(name, table)| {
            let codes = table
                .map
                .into_iter()
                .map(|(from, target)| {
                    let mut parts = match target {
                        Target::Code(code) => vec![code].into_iter(),
                        Target::Full(parts) => parts.into_iter(),
                    };
                    let code = parts.next().ok_or_else(|| TableError::new(&name, &format!("{from} has no code")))?;
                    let (display, system) = (parts.next(), parts.next().or_else(|| table.system.clone()));
                    Ok((from.to_uppercase(), Code { code, display, system }))
                })
                .collect::<Result<_, TableError>>()?;
            Ok((
                name.clone(),
                CodeTable {
                    system: table.system,
                    from: table.from,
                    names: table.names,
                    among: table.among,
                    other: table.other,
                    quiet: table.quiet,
                    codes,
                },
            ))
        })
        .collect()
}

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, TableError> {
    toml::from_str(text).map_err(|error| TableError::new(name, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_this_build_are_well() {
        let tables = Tables::load().unwrap();
        assert!(tables.message("ADT", "A08").is_some() && tables.message("ADT", "A40").is_some());
        assert_eq!(tables.code("HL70001", " f ").map(|c| c.code.as_str()), Some("female"));
        assert_eq!(tables.system("icd-10").as_deref(), Some("http://hl7.org/fhir/sid/icd-10"));
        assert_eq!(tables.system("HL70189").as_deref(), Some("http://terminology.hl7.org/CodeSystem/v2-0189"));
        assert_eq!(tables.system("99LOCAL"), None);
        for resource in [
            "Patient",
            "Patient.contact",
            "Encounter",
            "Condition",
            "AllergyIntolerance",
            "Coverage",
            "DiagnosticReport",
            "Observation",
            "Specimen",
        ] {
            assert!(!tables.rows(resource).is_empty(), "{resource}");
        }
        assert!(tables.is_double_surname("欧阳"));
    }

    #[test]
    fn what_the_tables_give_are_codes_of_their_systems() {
        let tables = Tables::load().unwrap();
        let mut wrong = Vec::new();
        for (name, table) in &tables.codes {
            wrong.extend(table.codes.values().filter(|code| (*code).clone().checked().is_err()).map(|c| (name, c)));
            for system in table.system.iter().chain(&table.from).chain(&table.names) {
                assert!(system.contains(':'), "{name}: {system}");
            }
            let names =
                table.names.as_ref().filter(|system| Terms::embedded().spelled(system, "?") == Spelled::Unknown);
            assert_eq!(names, None, "{name} names a system that is not here");
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(tables.codes.values().filter(|table| table.names.is_some()).count() >= 4);
    }
}
