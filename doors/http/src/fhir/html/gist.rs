//! What a resource is about, in a few words: for lists.

use serde_json::Value;

#[derive(Default)]
pub(super) struct Gist {
    pub(super) what: String,
    /// Reference and words.
    pub(super) whose: Option<(String, String)>,
    pub(super) when: String,
    pub(super) status: String,
}

const WHAT: [&str; 18] = [
    "name",
    "code",
    "vaccineCode",
    "medicationCodeableConcept",
    "medicationReference",
    "type",
    "title",
    "class",
    "category",
    "description",
    "purpose",
    "subtype",
    "reasonCode",
    "use",
    "kind",
    "url",
    "comment",
    "text",
];
const WHOSE: [&str; 6] = ["subject", "patient", "beneficiary", "individual", "for", "owner"];
const WHEN: [&str; 20] = [
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "period",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "onsetDateTime",
    "authoredOn",
    "recorded",
    "recordedDate",
    "assertedDate",
    "issued",
    "started",
    "start",
    "date",
    "created",
    "sent",
    "birthDate",
];

pub(super) fn of(resource: &Value) -> Gist {
    let first =
        |keys: &[&str]| keys.iter().find_map(|key| Some(words(resource.get(*key)?)).filter(|text| !text.is_empty()));
    let mut what = first(&WHAT).unwrap_or_default();
    let value = resource.as_object().into_iter().flatten().find(|(key, _)| {
        key.strip_prefix("value").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    });
    if let Some(value) = value.map(|(_, value)| words(value)).filter(|text| !text.is_empty()) {
        what = if what.is_empty() { value } else { format!("{what}: {value}") };
    }
    let whose = WHOSE.iter().find_map(|key| {
        let reference = resource.get(*key)?;
        let to = reference.get("reference")?.as_str()?;
        let name = reference.get("display").and_then(Value::as_str).unwrap_or(to);
        Some((to.to_owned(), name.to_owned()))
    });
    let when = WHEN.iter().find_map(|key| {
        let found = resource.get(*key)?;
        let text = found.as_str().or_else(|| found.get("start")?.as_str()).or_else(|| found.get("end")?.as_str())?;
        Some(time(text))
    });
    let status = resource.get("status").or_else(|| resource.get("clinicalStatus")).map(words);
    Gist { what: short(what), whose, when: when.unwrap_or_default(), status: status.unwrap_or_default() }
}

/// A value in words.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(items) => items.iter().map(words).find(|text| !text.is_empty()).unwrap_or_default(),
        Value::Object(members) => {
            let text = |key: &str| members.get(key).and_then(Value::as_str);
            if let Some(text) = text("text").or_else(|| text("display")) {
                return text.to_owned();
            }
            if members.contains_key("family") || members.contains_key("given") {
                let given = members.get("given").and_then(Value::as_array).into_iter().flatten();
                let given = given.filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
                return format!("{} {given}", text("family").unwrap_or_default()).trim().to_owned();
            }
            if let Some(number) = members.get("value").filter(|value| value.is_number()) {
                let unit = text("unit").or_else(|| text("code")).unwrap_or_default();
                let sign = text("comparator").unwrap_or_default();
                return format!("{sign}{number} {unit}").trim().to_owned();
            }
            let coding = members.get("coding").map(words).filter(|text| !text.is_empty());
            coding.or_else(|| text("code").or_else(|| text("reference")).map(str::to_owned)).unwrap_or_default()
        }
        Value::Null => String::new(),
    }
}

fn short(text: String) -> String {
    if text.chars().count() <= 160 {
        return text;
    }
    let mut cut: String = text.chars().take(159).collect();
    cut.push('…');
    cut
}

/// A time to the minute: `2026-01-05 14:32 +08:00`. What is no time stays as it is.
pub(super) fn time(text: &str) -> String {
    let Some((date, rest)) = text.split_once('T') else { return text.to_owned() };
    let Some(clock) = rest.get(..5) else { return text.to_owned() };
    let zone = rest.find(['Z', '+', '-']).and_then(|at| rest.get(at..)).unwrap_or_default();
    let zone = if zone == "Z" { "UTC" } else { zone };
    format!("{date} {clock} {zone}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_resource_in_a_few_words() {
        let gist = of(
            &json!({"resourceType": "Observation", "status": "final", "code": {"coding": [{"display": "钾"}]},
            "subject": {"reference": "Patient/1", "display": "王秀英"}, "valueQuantity": {"value": 5.1, "unit": "mmol/L"},
            "effectiveDateTime": "2026-01-05T14:32:10+08:00"}),
        );
        assert_eq!((gist.what.as_str(), gist.status.as_str()), ("钾: 5.1 mmol/L", "final"));
        assert_eq!(gist.whose, Some(("Patient/1".to_owned(), "王秀英".to_owned())));
        assert_eq!(gist.when, "2026-01-05 14:32 +08:00");
        let name = of(&json!({"name": [{"family": "Doe", "given": ["Jo", "M"]}], "birthDate": "1970-01"}));
        assert_eq!((name.what.as_str(), name.when.as_str()), ("Doe Jo M", "1970-01"));
        assert_eq!(of(&json!({"name": 1, "subject": [], "status": {}})).what, "1");
        assert_eq!(time("2026-11-23T09:30:00.123Z"), "2026-11-23 09:30 UTC");
    }
}
