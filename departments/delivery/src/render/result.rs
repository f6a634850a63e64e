//! DiagnosticReport and its Observations as OBR, NTE and OBX.

use std::collections::HashMap;

use meridian_hl7v2::Writer;
use serde_json::Value;

use super::{Material, codes, time::stamp, value, visit};
use crate::config::DestinationConfig;
use crate::look::{code_in, list, text};

const TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// The order with its results.
pub(crate) fn put(writer: &mut Writer, material: &Material, to: &DestinationConfig) {
    let report = &material.subject;
    let status = text(report, "/status").unwrap_or_default();
    let results = results(report, material);
    obr(writer, material, to);
    conclusion(writer, report, &results);
    let mut lines = Lines { writer, material, to, withdrawn: withdrawn(status), n: 0, seen: HashMap::new() };
    for result in results {
        lines.put(result);
    }
}

/// The results, each with its members behind it and each once.
fn results<'m>(report: &'m Value, material: &'m Material) -> Vec<&'m Value> {
    let mut results: Vec<&Value> = Vec::new();
    for result in list(report, "/result").iter().filter_map(|reference| material.related(reference)) {
        let members = list(result, "/hasMember").iter().filter_map(|member| material.related(member));
        for one in std::iter::once(result).chain(members) {
            // A panel without a value of its own is only its members.
            let panel = value::of(one).is_none() && !list(one, "/hasMember").is_empty();
            if !panel && !results.iter().any(|there| std::ptr::eq(*there, one)) {
                results.push(one);
            }
        }
    }
    results
}

/// The status of the results of a report that is taken back.
fn withdrawn(status: &str) -> Option<&'static str> {
    matches!(status, "entered-in-error" | "cancelled").then(|| codes::result_status(status))
}

fn obr(writer: &mut Writer, material: &Material, to: &DestinationConfig) {
    let report = &material.subject;
    let obr = writer.segment("OBR");
    obr.put(1, "1");
    let numbers = list(report, "/identifier");
    let of_type = |wanted: &str| {
        let fits = |number: &&Value| number.get("type").and_then(|kind| code_in(kind, TYPES)) == Some(wanted);
        numbers.iter().find(fits).and_then(|number| text(number, "/value"))
    };
    let placer = of_type("PLAC").or_else(|| text(report, "/basedOn/0/identifier/value"));
    if let Some(placer) = placer {
        obr.put((2, 1), placer).put((2, 2), &material.source);
    }
    let filler = of_type("FILL").or_else(|| numbers.first().and_then(|number| text(number, "/value")));
    obr.put_some((3, 1), filler.or_else(|| text(report, "/id"))).put((3, 2), &material.source);
    if let Some(code) = report.get("code") {
        codes::concept(obr, 4, 1, code);
    }
    let time = |pointer: &str| text(report, pointer).and_then(|time| stamp(time, to.zone));
    obr.put_some(7, time("/effectiveDateTime").or_else(|| time("/effectivePeriod/start")).as_deref());
    obr.put_some(8, time("/effectivePeriod/end").as_deref());
    obr.put_some(22, time("/issued").as_deref());
    let section = list(report, "/category").iter();
    let section = section
        .filter_map(|category| code_in(category, "http://terminology.hl7.org/CodeSystem/v2-0074"))
        .next()
        .or(Some("LAB").filter(|_| list(report, "/category").is_empty()));
    obr.put_some(24, section);
    obr.put(25, codes::report_status(text(report, "/status").unwrap_or_default()));
    if let Some(reader) = list(report, "/resultsInterpreter").first() {
        obr.put_some((32, 1, 1, 1), text(reader, "/identifier/value"));
        obr.put_some((32, 1, 1, 2), text(reader, "/display"));
    }
}

/// The conclusion, but for what the results themselves say already.
fn conclusion(writer: &mut Writer, report: &Value, results: &[&Value]) {
    let Some(whole) = text(report, "/conclusion") else { return };
    let said: Vec<&str> = results.iter().filter_map(|result| text(result, "/valueString")).collect();
    let rest: Vec<&str> =
        whole.lines().filter(|line| !said.iter().any(|text| text.lines().any(|one| one == *line))).collect();
    if !rest.is_empty() {
        writer.segment("NTE").put(1, "1").put(2, "L").put(3, &rest.join("\n"));
    }
}

/// The OBX of one report.
struct Lines<'a> {
    writer: &'a mut Writer,
    material: &'a Material,
    to: &'a DestinationConfig,
    withdrawn: Option<&'static str>,
    n: u16,
    /// How often each code has come: the same again has a sub-id, or it would pass for a further line of the first.
    seen: HashMap<String, u16>,
}

impl Lines<'_> {
    /// One Observation: its value, and one line for each component.
    fn put(&mut self, result: &Value) {
        let parts = list(result, "/component");
        let bare = parts.iter().any(|part| part.get("code") == result.get("code"));
        if value::of(result).is_some() || parts.is_empty() || bare {
            self.line(result, result, if bare { parts } else { &[] });
        }
        if !bare {
            for part in parts {
                self.line(result, part, &[]);
            }
        }
        let notes: Vec<&str> = list(result, "/note").iter().filter_map(|note| text(note, "/text")).collect();
        if !notes.is_empty() {
            self.writer.segment("NTE").put(1, "1").put(2, "L").put(3, &notes.join("\n"));
        }
    }

    /// `about` has code, value, range and flags; `several` are the repetitions of a value that has several.
    fn line(&mut self, whole: &Value, about: &Value, several: &[Value]) {
        self.n = self.n.saturating_add(1);
        let (n, zone) = (self.n.to_string(), self.to.zone);
        let code = about.get("code").map(ToString::to_string).unwrap_or_default();
        let count = self.seen.entry(code).or_insert(0);
        *count += 1;
        let again = (*count > 1).then(|| count.to_string());
        let obx = self.writer.segment("OBX");
        obx.put(1, &n);
        if let Some(code) = about.get("code") {
            codes::concept(obx, 3, 1, code);
        }
        obx.put_some(4, again.as_deref());
        if several.is_empty() {
            value::put(obx, 1, about, zone);
        }
        for (rep, part) in (1..).zip(several) {
            value::put(obx, rep, part, zone);
        }
        value::put_range(obx, about);
        for (rep, flag) in (1..).zip(list(about, "/interpretation")) {
            obx.put_some((8, rep, 1), text(flag, "/coding/0/code").or_else(|| text(flag, "/text")));
        }
        let status = text(whole, "/status").map(codes::result_status).unwrap_or("F");
        obx.put(11, self.withdrawn.unwrap_or(status));
        let when = text(whole, "/effectiveDateTime").or_else(|| text(whole, "/effectivePeriod/start"));
        obx.put_some(14, when.and_then(|when| stamp(when, zone)).as_deref());
        obx.put((15, 1), &self.material.source);
        let people = list(whole, "/performer").iter().filter(|one| text(one, "/type") != Some("Organization"));
        for (rep, person) in (1..).zip(people) {
            visit::put_person(obx, 16, rep, person, self.material);
        }
        if let Some(method) = whole.get("method") {
            codes::concept(obx, 17, 1, method);
        }
        obx.put_some(19, text(whole, "/issued").and_then(|when| stamp(when, zone)).as_deref());
    }
}
