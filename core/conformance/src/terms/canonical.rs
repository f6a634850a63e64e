//! Canonical addresses: `url|version`, and which of several resources is meant.
//!
//! R4 (references, canonical URLs) lets a server take the latest version where a reference names none. So here, of code
//! systems, value sets, maps and structures alike: what is active goes before a draft, and that before what is retired; of
//! these the newest version, whatever was written last. A version that is named is found whatever its status.

use std::cmp::Ordering;

use serde_json::Value;

/// How far a resource may speak for its address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Standing {
    Retired,
    Draft,
    Active,
}

impl Standing {
    /// By the resource's `status`; what comes with the program or says none is active.
    pub(crate) fn of(resource: &Value) -> Standing {
        match resource.get("status").and_then(Value::as_str) {
            Some("active") | None => Standing::Active,
            Some("retired") => Standing::Retired,
            Some(_) => Standing::Draft,
        }
    }
}

/// The url, and the version behind the last `|`.
pub(super) fn split(canonical: &str) -> (&str, Option<&str>) {
    match canonical.rsplit_once('|') {
        Some((url, version)) if !url.is_empty() => (url, Some(version).filter(|version| !version.is_empty())),
        _ => (canonical, None),
    }
}

pub(super) fn join(url: &str, version: Option<&str>) -> String {
    match version {
        Some(version) => format!("{url}|{version}"),
        None => url.to_owned(),
    }
}

/// Orders versions: numbers as numbers, so that 4.10 is newer than 4.9; no version is older than any.
pub(crate) fn compare(one: Option<&str>, other: Option<&str>) -> Ordering {
    let (Some(one), Some(other)) = (one, other) else { return one.is_some().cmp(&other.is_some()) };
    let parts = |text: &str| text.split(['.', '-', '/', '_']).map(str::to_owned).collect::<Vec<_>>();
    for (one, other) in parts(one).iter().zip(&parts(other)) {
        let order = match (one.parse::<u64>(), other.parse::<u64>()) {
            (Ok(one), Ok(other)) => one.cmp(&other),
            _ => one.cmp(other),
        };
        if order.is_ne() {
            return order;
        }
    }
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_falls_into_url_and_version() {
        assert_eq!(split("http://a|1"), ("http://a", Some("1")));
        assert_eq!(split("http://a|"), ("http://a", None));
        assert_eq!((split("|1"), split("a")), (("|1", None), ("a", None)));
    }

    #[test]
    fn versions_are_ordered_as_numbers() {
        let newer = |one, other| compare(Some(one), Some(other)).is_gt();
        assert!(newer("4.10.1", "4.9") && newer("2024-10-01", "2024-09-30") && newer("1.0.1", "1.0"));
        assert!(compare(Some("1"), None).is_gt() && compare(None, None).is_eq());
    }
}
