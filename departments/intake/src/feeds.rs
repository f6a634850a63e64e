//! The feeds file: what an institution's systems send and how, as data (TOML).
//!
//! ```toml
//! [[feed]]
//! institution = "CJ02"
//! name = "澄江区中医医院"
//! facility = "CJ02"                  # MSH-4; else the institution's code
//! application = "SYNTHETIC-TCM"      # MSH-3, where several systems share a facility
//! zone = "+08:00"                    # of time stamps that name none
//! charset = "GB 18030"               # of messages that name none in MSH-18
//! force_charset = false              # true: whatever MSH-18 says
//! own = ["TCM"]                      # namespaces (CX.4) that mean the institution itself
//! silence = "30m"                    # after which the feed counts as silent: s, m, h, d
//! [feed.assigners]                   # other namespaces or universal ids -> identifier system
//! [feed.types]                       # identifier types (CX.5) -> identifier system
//! [feed.systems]                     # names of code systems -> FHIR system
//! [feed.units]                       # units as printed -> UCUM
//! [feed.tables.HL70001]              # the sender's code -> HL7 code, or [code, display, system] of FHIR
//! [feed.codes.99CJ02]                # codes of a local system (or of a field: "OBX-3") -> [code, display, system]
//! [feed.rows]                        # rows in the form of maps/*.toml, in the place of the common ones of that field
//! ```
//!
//! An unknown key is an error that names its line. Other tables at the top belong to other readers of the file.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use meridian_hl7v2::{Charset, Offset};
use serde::Deserialize;
use thiserror::Error;

use crate::map::{FeedConfig, Local, TableError, Target, dialect};

/// What is wrong with a feeds file; names the place.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FeedError {
    /// Not of this form: line, column and what was expected.
    #[error("{0}")]
    Form(String),
    /// A value that means nothing.
    #[error("feed {feed}, {key}: {says}")]
    Value { feed: String, key: String, says: String },
}

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    feed: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    institution: String,
    name: Option<String>,
    facility: Option<String>,
    application: Option<String>,
    zone: Option<String>,
    charset: Option<String>,
    #[serde(default)]
    force_charset: bool,
    silence: Option<String>,
    #[serde(default)]
    own: Vec<String>,
    #[serde(default)]
    assigners: BTreeMap<String, String>,
    #[serde(default)]
    types: BTreeMap<String, String>,
    #[serde(default)]
    tables: BTreeMap<String, BTreeMap<String, Target>>,
    #[serde(default)]
    codes: BTreeMap<String, BTreeMap<String, Target>>,
    #[serde(default)]
    systems: BTreeMap<String, String>,
    #[serde(default)]
    units: BTreeMap<String, String>,
    #[serde(default)]
    rows: BTreeMap<String, String>,
}

/// Reads a feeds file.
///
/// # Errors
/// [`FeedError`] for the first thing that cannot be meant: an unknown key, a zone, character set, table or duration
/// that does not exist, two feeds for the same sender.
pub fn read(text: &str) -> Result<Vec<FeedConfig>, FeedError> {
    let file: File = toml::from_str(text).map_err(|error| FeedError::Form(error.to_string().trim().to_owned()))?;
    let mut feeds: Vec<FeedConfig> = Vec::with_capacity(file.feed.len());
    for entry in file.feed {
        let feed = feed(entry)?;
        let same = |other: &&FeedConfig| {
            other.facility() == feed.facility()
                && (other.application == feed.application || other.application.is_none() || feed.application.is_none())
        };
        if feeds.iter().any(|other| same(&other)) {
            let says = "another feed takes the messages of this sender already";
            return Err(fault(&feed.institution, "facility", says));
        }
        feeds.push(feed);
    }
    Ok(feeds)
}

fn fault(feed: &str, key: &str, says: &str) -> FeedError {
    FeedError::Value { feed: feed.to_owned(), key: key.to_owned(), says: says.to_owned() }
}

fn feed(entry: Entry) -> Result<FeedConfig, FeedError> {
    let code = entry.institution.trim().to_owned();
    if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
        return Err(fault(&code, "institution", "a code of letters, digits, - . _ is expected"));
    }
    let mut feed = FeedConfig::for_institution(&code);
    if let Some(zone) = &entry.zone {
        let says = || format!("`{zone}` is no zone such as +08:00");
        feed.zone = Offset::parse(zone).ok_or_else(|| fault(&code, "zone", &says()))?;
    }
    if let Some(name) = &entry.charset {
        let says = || format!("`{name}` is no character set of table 0211");
        feed.charset = Some(Charset::from_name(name).ok_or_else(|| fault(&code, "charset", &says()))?);
    }
    if entry.force_charset && feed.charset.is_none() {
        return Err(fault(&code, "force_charset", "there is no charset to force"));
    }
    feed.force_charset = entry.force_charset;
    if let Some(text) = &entry.silence {
        let says = || format!("`{text}` is no duration such as 90s, 30m, 12h or 2d");
        feed.silence = Some(duration(text).ok_or_else(|| fault(&code, "silence", &says()))?);
    }
    (feed.name, feed.facility, feed.application) = (entry.name, entry.facility, entry.application);
    (feed.own, feed.assigners, feed.types) = (entry.own, entry.assigners, entry.types);
    let Entry { tables, codes, systems, units, rows, .. } = entry;
    let local = Local { tables, codes, systems, units, rows };
    if !local.is_empty() {
        let spoken = dialect(&local);
        let spoken = spoken.map_err(|TableError { table, problem }| fault(&code, &table, &problem))?;
        feed.dialect = Some(Arc::new(spoken));
    }
    Ok(feed)
}

fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let number: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    number.checked_mul(seconds).filter(|n| *n > 0).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read() {
        let feeds = read(
            "[[feed]]\ninstitution = \"CJ01\"\nsilence = \"90s\"\n[[feed]]\ninstitution = \"CJ02\"\ncharset = \"GB 18030\"\n\
             zone = \"+0900\"\n[feed.tables.HL70001]\n\"甲\" = \"M\"\n[feed.units]\n\"单位\" = \"U\"\n\
             [[destination]]\ninstitution = \"CJ11\"\n",
        )
        .unwrap();
        assert_eq!(feeds.len(), 2);
        assert_eq!((feeds[0].silence, feeds[0].dialect.is_some()), (Some(Duration::from_secs(90)), false));
        assert_eq!((feeds[1].zone, feeds[1].charset), (Offset(540), Some(Charset::Gb18030)));
        assert!(feeds[1].dialect.is_some());
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let one = |rest: &str| read(&format!("[[feed]]\ninstitution = \"CJ09\"\n{rest}\n")).unwrap_err().to_string();
        assert!(one("zon = \"+08:00\"").contains("zon"), "{}", one("zon = 1"));
        for (wrong, says) in [
            ("zone = \"Asia\"", "feed CJ09, zone: `Asia`"),
            ("charset = \"klingon\"", "feed CJ09, charset"),
            ("force_charset = true", "feed CJ09, force_charset"),
            ("silence = \"30\"", "feed CJ09, silence"),
            ("[feed.tables.HL79999]\na = \"b\"", "feed CJ09, tables.HL79999: no such table"),
            ("[feed.rows]\nPatient = \"PID-3 => x\"", "feed CJ09, rows.Patient"),
            ("[feed.rows]\nPerson = \"PID-3 -> x : string\"", "feed CJ09, rows.Person"),
            ("[[feed]]\ninstitution = \"CJ09\"", "feed CJ09, facility: another feed"),
        ] {
            assert!(one(wrong).starts_with(says), "{wrong}: {}", one(wrong));
        }
    }
}
