//! MeasureReports: are these the groups and populations of the Measure, and is the score one that it may have?

use serde_json::Value;

use super::place::{Frame, Place};
use super::response::item_place;
use super::run::Run;
use crate::json::{list, text};

/// Populations whose members a report of the type `subject-list` names.
const SUBJECTS: &str = "subjectResults";

impl Run<'_> {
    pub(super) fn measure_report(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let report = frame.resource;
        let kind = text(report, "type").unwrap_or_default();
        for (index, group) in list(report, "group").iter().enumerate() {
            let at = item_place(place, "group", Some(index), group);
            for (index, population) in list(group, "population").iter().enumerate() {
                let at = item_place(&at, "population", Some(index), population);
                self.subjects(frame, &at, population, kind);
            }
        }
        let Some(address) = text(report, "measure") else { return };
        let found = match address.strip_prefix('#') {
            Some(id) => list(report, "contained").iter().find(|one| text(one, "id") == Some(id)),
            None => self.with.lookup.canonical(address),
        };
        let Some(measure) = found.filter(|one| text(one, "resourceType") == Some("Measure")) else {
            return self.note(
                "not-found",
                place,
                format!("the measure {address} is not here; the report is not compared"),
            );
        };
        self.groups(place, report, measure, kind);
    }

    /// Who is counted is named in lists of subjects only, and as many as are counted.
    fn subjects(&mut self, frame: &Frame<'_>, place: &Place<'_>, population: &Value, kind: &str) {
        let Some(subjects) = population.get(SUBJECTS) else { return };
        if kind != "subject-list" {
            let says = "only a report of the type `subject-list` names its subjects";
            return self.error("invalid", place, says);
        }
        let found = text(subjects, "reference").and_then(|text| self.find(frame, text));
        let entries = found.filter(|one| text(one, "resourceType") == Some("List"));
        if let (Some(entries), Some(count)) =
            (entries.map(|list_of| list(list_of, "entry").len()), population.get("count").and_then(Value::as_u64))
            && u64::try_from(entries).is_ok_and(|entries| entries != count)
        {
            self.error("invalid", place, format!("{count} are counted, and {entries} subjects are listed"));
        }
    }

    fn groups(&mut self, place: &Place<'_>, report: &Value, measure: &Value, kind: &str) {
        let (defined, given) = (list(measure, "group"), list(report, "group"));
        let scoring =
            measure.get("scoring").and_then(|one| list(one, "coding").first()).and_then(|one| text(one, "code"));
        let mut seen: Vec<usize> = Vec::new();
        for (index, group) in given.iter().enumerate() {
            let at = item_place(place, "group", Some(index), group);
            // Where a measure has one group, that of the report needs no code.
            let found = match (defined, group.get("code")) {
                ([_], None) => Some(0),
                (_, None) => None,
                (_, Some(code)) => defined.iter().position(|one| is_same(one.get("code"), code)),
            };
            let Some(found) = found else {
                self.error("invalid", &at, "a group has the code of a group of the measure");
                continue;
            };
            if seen.contains(&found) {
                self.error("duplicate", &at, "the report has this group of the measure twice");
                continue;
            }
            seen.push(found);
            let Some(definition) = defined.get(found) else { continue };
            self.populations(&at, group, definition);
            self.score(&at, group, scoring, kind);
        }
        // A report on one subject, or data alone, may leave groups out only where there are none at all.
        for (index, group) in defined.iter().enumerate().filter(|_| !given.is_empty()) {
            if !seen.contains(&index) {
                self.error("required", place, format!("the group {} of the measure is missing", called(group, index)));
            }
        }
    }

    fn populations(&mut self, place: &Place<'_>, group: &Value, definition: &Value) {
        let defined = list(definition, "population");
        let mut seen: Vec<usize> = Vec::new();
        for (index, population) in list(group, "population").iter().enumerate() {
            let at = item_place(place, "population", Some(index), population);
            let found = match (defined, population.get("code")) {
                ([_], None) => Some(0),
                (_, None) => None,
                (_, Some(code)) => defined.iter().position(|one| is_same(one.get("code"), code)),
            };
            match found {
                None => self.error("invalid", &at, "a population has the code of one of the group of the measure"),
                Some(found) if seen.contains(&found) => {
                    self.error("duplicate", &at, "the report has this population twice");
                }
                Some(found) => seen.push(found),
            }
        }
        for (index, population) in defined.iter().enumerate() {
            // What nobody is counted in after (stratifiers and the like) has no code.
            if !seen.contains(&index) && population.get("code").is_some() {
                let says = format!("the population {} of the measure is missing", called(population, index));
                self.error("required", place, says);
            }
        }
    }

    /// A cohort has no score; proportions, ratios and continuous variables have one, a proportion between 0 and 1.
    fn score(&mut self, place: &Place<'_>, group: &Value, scoring: Option<&str>, kind: &str) {
        let score = group.get("measureScore");
        match (kind, scoring) {
            ("data-collection", _) if score.is_some() => {
                self.error("invalid", place, "a report that collects data has no score");
            }
            (_, Some("cohort")) if score.is_some() => {
                self.error("invalid", place, "a measure of a cohort has no score");
            }
            ("summary" | "subject-list" | "individual", Some("proportion")) => {
                let value = score.and_then(|score| score.get("value")).and_then(Value::as_f64);
                if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
                    self.error("value", place, format!("a proportion lies between 0 and 1, this is {value}"));
                }
            }
            _ => {}
        }
    }
}

/// Two CodeableConcepts with one code of one system, or without codes of one text.
fn is_same(one: Option<&Value>, other: &Value) -> bool {
    let Some(one) = one else { return false };
    let key = |coding: &Value| (text(coding, "system").map(str::to_owned), text(coding, "code").map(str::to_owned));
    let (ours, theirs) = (list(one, "coding"), list(other, "coding"));
    if ours.is_empty() || theirs.is_empty() {
        return text(one, "text").is_some() && text(one, "text") == text(other, "text");
    }
    ours.iter().any(|one| theirs.iter().any(|other| key(one) == key(other)))
}

/// How a group or population is called in a message.
fn called(part: &Value, index: usize) -> String {
    let code = part.get("code");
    let coded = code.and_then(|code| list(code, "coding").first()).and_then(|coding| text(coding, "code"));
    match coded.or_else(|| code.and_then(|code| text(code, "text"))) {
        Some(name) => format!("`{name}`"),
        None => format!("number {}", index + 1),
    }
}
