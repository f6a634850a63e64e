//! Who is told of what: the `[[destination]]` tables of the feed configuration.

use std::collections::HashSet;
use std::time::Duration;

use meridian_hl7v2::{Charset, Offset};
use serde::Deserialize;

/// One receiver: an institution's system that listens for HL7 v2.
#[derive(Clone, Debug, PartialEq)]
pub struct DestinationConfig {
    /// The institution's code, `CJ02`. What it said itself never goes back to it.
    pub institution: String,
    /// Its name, for display.
    pub name: Option<String>,
    /// `host:port` of its listener.
    pub address: String,
    pub charset: Charset,
    /// Whether MSH-18 names the character set; some receivers refuse a message that does.
    pub declare: bool,
    /// MSH-5 and MSH-6.
    pub application: String,
    pub facility: String,
    /// MSH-3 and MSH-4: how the platform calls itself.
    pub from_application: String,
    pub from_facility: String,
    /// The zone in which times are written.
    pub zone: Offset,
    pub triggers: Vec<Trigger>,
    pub residents: Residents,
    /// The institutions whose changes are told; empty for all.
    pub from: Vec<String>,
    /// What happened longer ago than this when it was written down is not told: history that is loaded is no news.
    pub recent: Option<Duration>,
    /// How long an answer is waited for.
    pub patience: Duration,
    /// The first pause after a fault of the line, doubled each time up to `retry_most`.
    pub retry: Duration,
    pub retry_most: Duration,
}

/// A kind of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// Residents and visits.
    Adt,
    /// Results.
    Oru,
}

impl Trigger {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adt => "adt",
            Self::Oru => "oru",
        }
    }
}

/// Whose changes are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Residents {
    /// Those with a registration at the receiver.
    #[default]
    Registered,
    /// Everybody's: for receivers with a duty to know.
    All,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    #[error("destination {institution}: {says}")]
    Wrong { institution: String, says: String },
}

/// Reads the `[[destination]]` tables of a feed configuration, and nothing else of it.
///
/// # Errors
/// [`ConfigError`] names the destination and what is wrong with it.
pub fn destinations(text: &str) -> Result<Vec<DestinationConfig>, ConfigError> {
    let file: File = toml::from_str(text)?;
    let mut seen = HashSet::new();
    let mut all = Vec::with_capacity(file.destination.len());
    for table in file.destination {
        let institution = table.institution.clone();
        let wrong = |says: String| ConfigError::Wrong { institution: institution.clone(), says };
        if !seen.insert(institution.clone()) {
            return Err(wrong("an institution has one line, it stands here twice".to_owned()));
        }
        all.push(table.read().map_err(wrong)?);
    }
    Ok(all)
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    destination: Vec<Table>,
}

/// The tables as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    institution: String,
    name: Option<String>,
    address: String,
    charset: Option<String>,
    declare: Option<bool>,
    application: Option<String>,
    facility: Option<String>,
    from_application: Option<String>,
    from_facility: Option<String>,
    zone: Option<String>,
    triggers: Option<Vec<Trigger>>,
    #[serde(default)]
    residents: Residents,
    #[serde(default)]
    from: Vec<String>,
    recent: Option<String>,
    patience: Option<String>,
    retry: Option<String>,
    retry_most: Option<String>,
}

impl Table {
    fn read(self) -> Result<DestinationConfig, String> {
        let plain =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        if !plain(&self.institution) {
            return Err("an institution is a code of letters, digits, - . _".to_owned());
        }
        if self.address.rsplit_once(':').is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err()) {
            return Err(format!("`{}` is no address host:port", self.address));
        }
        let charset = self.charset.as_deref().unwrap_or("UTF-8");
        let zone = self.zone.as_deref().map_or(Some(Offset::CHINA), Offset::parse);
        Ok(DestinationConfig {
            charset: Charset::from_name(charset).ok_or(format!("`{charset}` is no character set"))?,
            zone: zone.ok_or("zone is written as +08:00")?,
            declare: self.declare.unwrap_or(true),
            application: self.application.unwrap_or_default(),
            facility: self.facility.unwrap_or_else(|| self.institution.clone()),
            from_application: self.from_application.unwrap_or_else(|| "MERIDIAN".to_owned()),
            from_facility: self.from_facility.unwrap_or_else(|| "CJ00".to_owned()),
            triggers: self.triggers.unwrap_or_else(|| vec![Trigger::Adt, Trigger::Oru]),
            recent: self.recent.as_deref().map(duration).transpose()?,
            patience: duration(self.patience.as_deref().unwrap_or("10s"))?,
            retry: duration(self.retry.as_deref().unwrap_or("1s"))?,
            retry_most: duration(self.retry_most.as_deref().unwrap_or("60s"))?,
            institution: self.institution,
            name: self.name,
            address: self.address,
            residents: self.residents,
            from: self.from,
        })
    }
}

/// `250ms`, `10s`, `5m`, `12h`, `30d`; more than nothing and at most ten years.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time such as 250ms, 10s, 5m or 2d");
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    let millis = match unit {
        "ms" => Some(count),
        "s" => count.checked_mul(1000),
        "m" => count.checked_mul(60_000),
        "h" => count.checked_mul(3_600_000),
        "d" => count.checked_mul(86_400_000),
        _ => None,
    };
    millis.filter(|millis| (1..=3_653 * 86_400_000).contains(millis)).map(Duration::from_millis).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_and_the_rest_of_the_file_left_alone() {
        let text = r#"
            [[feed]]
            institution = "CJ01"
            anything = { at = "all" }
            [[destination]]
            institution = "CJ02"
            address = "127.0.0.1:2602"
            charset = "GB 18030"
            declare = false
            triggers = ["oru"]
            from = ["CJ01"]
            recent = "2d"
            patience = "250ms"
            retry_most = "5m"
            [[destination]]
            institution = "CJ90"
            address = "cdc.example:2600"
            residents = "all"
        "#;
        let all = destinations(text).unwrap();
        assert_eq!(all.len(), 2);
        let first = &all[0];
        assert_eq!((first.charset, first.declare, first.facility.as_str()), (Charset::Gb18030, false, "CJ02"));
        assert_eq!((first.triggers.as_slice(), first.residents), ([Trigger::Oru].as_slice(), Residents::Registered));
        assert_eq!((first.patience, first.retry_most), (Duration::from_millis(250), Duration::from_secs(300)));
        assert_eq!((first.recent, all[1].recent), (Some(Duration::from_secs(172_800)), None));
        assert_eq!((all[1].residents, all[1].zone, all[1].declare), (Residents::All, Offset::CHINA, true));
        assert_eq!(destinations("").unwrap(), []);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let table = |more: &str| format!("[[destination]]\ninstitution = \"CJ02\"\naddress = \"h:1\"\n{more}\n");
        for (text, word) in [
            (table("charset = \"EBCDIC\""), "character set"),
            (table("patience = \"soon\""), "no time"),
            (table("patience = \"0s\""), "no time"),
            (table("zone = \"Asia\""), "zone"),
            (table("colour = \"red\""), "colour"),
            (table("triggers = [\"mfn\"]"), "mfn"),
            (table("").replace("h:1", "h"), "host:port"),
            (table("").replace("CJ02", "C/2"), "letters"),
            (format!("{}{}", table(""), table("")), "twice"),
        ] {
            let error = destinations(&text).unwrap_err().to_string();
            assert!(error.contains(word), "{word}: {error}");
        }
    }
}
