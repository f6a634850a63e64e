//! Which event a change is, if it is one: pure rules from what was to what is.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::look::{code_in, list, local, text};

/// Statuses of a visit that goes on.
const OPEN: &[&str] = &["arrived", "triaged", "in-progress", "onleave"];
/// Statuses of results that others may act on.
const REPORTED: &[&str] = &["final", "amended", "corrected", "appended"];
const WITHDRAWN: &[&str] = &["cancelled", "entered-in-error"];

/// Where a visit stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nobody was told of it yet, or it is no visit any more.
    Absent,
    Open,
    Ended,
}

fn stage(visit: Option<&Value>) -> Stage {
    match visit.and_then(|visit| text(visit, "/status")) {
        Some("finished") => Stage::Ended,
        Some(status) if OPEN.contains(&status) => Stage::Open,
        _ => Stage::Absent,
    }
}

/// Whether somebody stays overnight: admitted and discharged rather than registered.
pub(crate) fn is_inpatient(visit: &Value) -> bool {
    matches!(text(visit, "/class/code"), Some("IMP" | "ACUTE" | "NONAC" | "OBSENC" | "SS"))
}

/// The event of a change of an Encounter.
pub(crate) fn visit(before: Option<&Value>, after: Option<&Value>) -> Option<&'static str> {
    let opening = |visit: &Value| if is_inpatient(visit) { "A01" } else { "A04" };
    match (stage(before), stage(after), before, after) {
        (Stage::Absent, Stage::Open, _, Some(after)) => Some(opening(after)),
        (Stage::Absent | Stage::Open, Stage::Ended, ..) => Some("A03"),
        (Stage::Open | Stage::Ended, Stage::Absent, ..) => Some("A11"),
        (Stage::Ended, Stage::Open, ..) => Some("A13"),
        (_, Stage::Open | Stage::Ended, Some(before), Some(after)) => changed(before, after),
        _ => None,
    }
}

fn changed(before: &Value, after: &Value) -> Option<&'static str> {
    if content(before) == content(after) {
        return None;
    }
    Some(match (is_inpatient(before), is_inpatient(after)) {
        (false, true) => "A06",
        (true, false) => "A07",
        (true, true) if bed(before) != bed(after) && bed(after).is_some() => "A02",
        _ => "A08",
    })
}

/// Where somebody lies now.
fn bed(visit: &Value) -> Option<&Value> {
    let mut places = list(visit, "/location").iter();
    places.find(|place| text(place, "/status") != Some("completed")).and_then(|place| place.get("location"))
}

/// The event of a change of a Patient. `known` says whether the receiver has a registration of the person.
pub(crate) fn resident(before: Option<&Value>, after: Option<&Value>, known: bool) -> Option<&'static str> {
    let after = after?;
    if survivor(after).is_some() {
        return (before.and_then(survivor) != survivor(after)).then_some("A40");
    }
    match before {
        None if known => Some("A31"),
        None => Some("A28"),
        Some(before) if demographics(before) != demographics(after) => Some("A31"),
        Some(_) => None,
    }
}

/// The Patient that stands for this one since it was merged.
pub(crate) fn survivor(patient: &Value) -> Option<&str> {
    let mut links = list(patient, "/link").iter();
    links.find(|link| text(link, "/type") == Some("replaced-by")).and_then(|link| local(link.get("other")?))
}

/// The event of a change of a DiagnosticReport.
pub(crate) fn results(before: Option<&Value>, after: Option<&Value>) -> Option<&'static str> {
    let status = |report: Option<&Value>, of: &[&str]| {
        report.and_then(|report| text(report, "/status")).is_some_and(|status| of.contains(&status))
    };
    let (told, reported) = (status(before, REPORTED), status(after, REPORTED));
    let withdrawn = status(after, WITHDRAWN) || after.is_none();
    match (before, after) {
        // What was told and is no longer so must be told as well.
        _ if told && withdrawn => Some("R01"),
        (Some(before), Some(after)) if reported && told => (content(before) != content(after)).then_some("R01"),
        _ => reported.then_some("R01"),
    }
}

/// All but what the server and each message set anew.
fn content(resource: &Value) -> Map<String, Value> {
    let mut content = resource.as_object().cloned().unwrap_or_default();
    content.shift_remove("meta");
    content
}

/// What a message about a resident would say. Numbers of third parties are not in it: two institutions that learn
/// each other's numbers would else tell each other for ever.
fn demographics(patient: &Value) -> Map<String, Value> {
    let mut said = content(patient);
    said.retain(|name, _| {
        let first = ["name", "birthDate", "gender", "telecom", "address", "maritalStatus", "contact", "identifier"];
        first.contains(&name.as_str()) || name.starts_with("deceased") || name.starts_with("multipleBirth")
    });
    if let Some(numbers) = said.get_mut("identifier").and_then(Value::as_array_mut) {
        numbers.retain(|number| !text(number, "/system").is_some_and(|system| system.contains("/id/local/")));
    }
    said
}

/// Whether a registration says all of what is new in a version of another one.
pub(crate) fn says_already(own: &Value, before: Option<&Value>, after: &Value) -> bool {
    let (own, after) = (demographics(own), demographics(after));
    let before = before.map(demographics).unwrap_or_default();
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).all(|name| {
        if name != "identifier" {
            return words(own.get(name)) == words(after.get(name));
        }
        let (own, before, after) = (numbers(&own), numbers(&before), numbers(&after));
        after.difference(&before).all(|new| own.contains(new))
            && before.difference(&after).all(|old| !own.contains(old))
    })
}

fn numbers(said: &Map<String, Value>) -> BTreeSet<(&str, &str)> {
    let all = said.get("identifier").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|number| Some((text(number, "/system")?, text(number, "/value")?))).collect()
}

/// What an element says, whichever way it is put: its texts without those that only classify them.
fn words(element: Option<&Value>) -> BTreeSet<String> {
    const WAYS: &[&str] = &["use", "rank", "period", "extension", "id", "type", "system", "display"];
    let (mut words, mut open) = (BTreeSet::new(), Vec::from_iter(element));
    while let Some(value) = open.pop() {
        match value {
            Value::Null => {}
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                let in_parts = ["family", "line", "coding"].iter().any(|part| members.contains_key(*part));
                let said = members
                    .iter()
                    .filter(|(name, _)| !(WAYS.contains(&name.as_str()) || in_parts && name.as_str() == "text"));
                open.extend(said.map(|(_, value)| value));
            }
            Value::String(word) => drop(words.insert(word.clone())),
            other => drop(words.insert(other.to_string())),
        }
    }
    words
}

/// Whether a version tells of something that happened at most `recent` before it was written. What names no time, and
/// what was deleted, is news.
pub(crate) fn is_news(after: Option<&Value>, recent: Duration) -> bool {
    let Some(after) = after else { return true };
    let times = ["/issued", "/effectiveDateTime", "/effectivePeriod/end", "/period/end", "/period/start"];
    let of_patient = text(after, "/resourceType") == Some("Patient");
    let happened = times.iter().find_map(|time| text(after, time)).and_then(moment).filter(|_| !of_patient);
    match (happened, text(after, "/meta/lastUpdated").and_then(moment)) {
        (Some(happened), Some(written)) => written.duration_since(happened).as_secs() <= seconds(recent),
        _ => true,
    }
}

/// The moment of a `dateTime`; a day counts to its end.
fn moment(fhir: &str) -> Option<Timestamp> {
    match fhir.split_once('T') {
        Some(_) => fhir.parse().ok(),
        None => format!("{fhir}T23:59:59Z").parse().ok(),
    }
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// Another institution's number on a visit or report: it is that institution's word come back, and is not told again.
pub(crate) fn copied_from<'v>(
    resource: &'v Value,
    source: &str,
    is_institution: impl Fn(&str) -> bool,
) -> Option<&'v str> {
    let numbers = list(resource, "/identifier").iter();
    let mut others = numbers.filter_map(|number| match text(resource, "/resourceType") {
        Some("Encounter") => text(number, "/assigner/display"),
        Some("DiagnosticReport") => {
            let kind =
                number.get("type").and_then(|kind| code_in(kind, "http://terminology.hl7.org/CodeSystem/v2-0203"));
            let assigner = text(number, "/system").and_then(|system| system.rsplit_once("/id/local/"));
            assigner.filter(|_| kind == Some("FILL")).and_then(|(_, rest)| rest.split_once('/')).map(|(_, name)| name)
        }
        _ => None,
    });
    others.find(|other| *other != source && is_institution(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stay(status: &str, class: &str, bed: &str) -> Value {
        json!({"resourceType": "Encounter", "meta": {"versionId": status}, "status": status, "class": {"code": class},
            "location": [{"location": {"display": bed}, "status": "active"}]})
    }

    #[test]
    fn a_stay_is_told_event_by_event() {
        let steps = [
            (None, Some(stay("in-progress", "IMP", "1")), Some("A01")),
            (None, Some(stay("in-progress", "AMB", "1")), Some("A04")),
            (None, Some(stay("planned", "IMP", "1")), None),
            (None, Some(stay("finished", "AMB", "1")), Some("A03")),
            (None, Some(stay("cancelled", "AMB", "1")), None),
            (Some(stay("planned", "IMP", "1")), Some(stay("in-progress", "IMP", "1")), Some("A01")),
            (Some(stay("in-progress", "IMP", "1")), Some(stay("in-progress", "IMP", "2")), Some("A02")),
            (Some(stay("in-progress", "EMER", "1")), Some(stay("in-progress", "IMP", "2")), Some("A06")),
            (Some(stay("in-progress", "IMP", "1")), Some(stay("in-progress", "AMB", "1")), Some("A07")),
            (Some(stay("in-progress", "AMB", "1")), Some(stay("in-progress", "AMB", "2")), Some("A08")),
            (Some(stay("in-progress", "IMP", "1")), Some(stay("in-progress", "IMP", "1")), None),
            (Some(stay("in-progress", "IMP", "1")), Some(stay("finished", "IMP", "1")), Some("A03")),
            (Some(stay("finished", "IMP", "1")), Some(stay("in-progress", "IMP", "1")), Some("A13")),
            (Some(stay("in-progress", "IMP", "1")), Some(stay("cancelled", "IMP", "1")), Some("A11")),
            (Some(stay("in-progress", "IMP", "1")), Some(stay("entered-in-error", "IMP", "1")), Some("A11")),
            (Some(stay("finished", "IMP", "1")), None, Some("A11")),
            (Some(stay("cancelled", "IMP", "1")), None, None),
        ];
        for (before, after, event) in steps {
            assert_eq!(visit(before.as_ref(), after.as_ref()), event, "{before:?} -> {after:?}");
        }
    }

    #[test]
    fn results_are_told_when_they_may_be_acted_on_and_when_they_may_no_longer() {
        let report = |status: &str, text: &str| json!({"status": status, "conclusion": text, "meta": {"source": text}});
        let steps = [
            (None, Some(report("preliminary", "a")), None),
            (None, Some(report("final", "a")), Some("R01")),
            (Some(report("preliminary", "a")), Some(report("final", "a")), Some("R01")),
            (Some(report("final", "a")), Some(report("corrected", "a")), Some("R01")),
            (Some(report("final", "a")), Some(report("final", "a")), None),
            (Some(report("final", "a")), Some(report("entered-in-error", "a")), Some("R01")),
            (Some(report("final", "a")), None, Some("R01")),
            (Some(report("preliminary", "a")), Some(report("cancelled", "a")), None),
            (Some(report("preliminary", "a")), None, None),
        ];
        for (before, after, event) in steps {
            assert_eq!(results(before.as_ref(), after.as_ref()), event, "{before:?} -> {after:?}");
        }
    }

    #[test]
    fn a_resident_is_told_when_something_is_new() {
        let one = json!({"meta": {"source": "1"}, "name": [{"text": "王"}], "identifier": [{"system": "https://meridian.example/id/mrn/CJ01"}]});
        let mut other = one.clone();
        other["meta"]["source"] = json!("2");
        other["identifier"]
            .as_array_mut()
            .unwrap()
            .push(json!({"system": "https://meridian.example/id/local/CJ01/CJ02"}));
        assert_eq!(resident(None, Some(&one), true), Some("A31"));
        assert_eq!(resident(None, Some(&one), false), Some("A28"));
        assert_eq!(resident(Some(&one), Some(&other), true), None, "a number of a third party");
        other["name"][0]["text"] = json!("张");
        assert_eq!(resident(Some(&one), Some(&other), true), Some("A31"));
        assert_eq!(resident(Some(&one), None, true), None);
        other["link"] = json!([{"type": "replaced-by", "other": {"reference": "Patient/p2"}}]);
        assert_eq!(resident(Some(&one), Some(&other), true), Some("A40"));
        assert_eq!(resident(Some(&other), Some(&other), true), None);
    }

    #[test]
    fn history_is_no_news() {
        let visit = |end: &str| {
            json!({"resourceType": "Encounter", "period": {"start": "2020-01-01", "end": end},
                "meta": {"lastUpdated": "2026-01-05T08:00:00.000Z"}})
        };
        let news = |value: Value| is_news(Some(&value), Duration::from_secs(86_400));
        assert!(
            news(visit("2026-01-05T15:00:00+08:00"))
                && news(visit("2026-01-04"))
                && news(visit("2027-01-01T00:00:00Z"))
        );
        assert!(!news(visit("2026-01-03")) && !news(visit("2026-01-04T07:59:00Z")));
        assert!(news(json!({"meta": {"lastUpdated": "2026-01-05T08:00:00.000Z"}})) && is_news(None, Duration::ZERO));
    }

    #[test]
    fn a_word_that_came_back_is_known() {
        let types = "http://terminology.hl7.org/CodeSystem/v2-0203";
        let report = |system: &str| {
            json!({"resourceType": "DiagnosticReport", "identifier": [{"type": {"coding": [{"system": types, "code": "FILL"}]},
                "system": system, "value": "1"}]})
        };
        let one_of_us = |name: &str| name.starts_with("CJ");
        let copy = report("https://meridian.example/id/local/CJ02/CJ01");
        assert_eq!(copied_from(&copy, "CJ02", one_of_us), Some("CJ01"));
        assert_eq!(copied_from(&report("https://meridian.example/id/local/CJ02/LIS"), "CJ02", one_of_us), None);
        let visit = |name: &str| json!({"resourceType": "Encounter", "identifier": [{"assigner": {"display": name}}]});
        assert_eq!(copied_from(&visit("CJ01"), "CJ02", one_of_us), Some("CJ01"));
        assert_eq!(copied_from(&visit("CJ02"), "CJ02", one_of_us), None);
    }
}
