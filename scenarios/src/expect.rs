//! Compares what came with what a scenario expects.

use anyhow::{bail, ensure};
use meridian_testkit::{Acknowledgement, Answer};
use serde_json::Value;

use crate::path::values;
use crate::scenario::{Expect, Outcome};
use crate::words::mismatch;

/// An HTTP answer against its expectation.
pub(crate) fn answer(expect: &Expect, answer: &Answer) -> anyhow::Result<()> {
    match &expect.status {
        Some(wanted) => ensure!(is_status(wanted, answer.status), "expected status {wanted}, but {answer}"),
        // Without a word about it, a step is expected to succeed.
        None => ensure!((200..300).contains(&answer.status), "expected success, but {answer}"),
    }
    for (name, wanted) in &expect.headers {
        if let Some(wrong) = mismatch(wanted, answer.header(&name.to_lowercase())) {
            bail!("header {name}: {wrong}; {answer}");
        }
    }
    for wanted in &expect.text {
        ensure!(answer.text.contains(wanted), "the body has no {wanted:?}; {answer}");
    }
    if expect.body.is_none() && expect.values.is_empty() && expect.outcome.is_none() {
        return Ok(());
    }
    let got = answer.json()?;
    if let Some(Err(wrong)) = expect.body.as_ref().map(|wanted| part(wanted, &got, "body")) {
        bail!("{wrong}; {answer}");
    }
    for (path, wanted) in &expect.values {
        if let Err(wrong) = at(wanted, &got, path) {
            bail!("{path}: {wrong}; {answer}");
        }
    }
    if let Some(wanted) = &expect.outcome {
        ensure!(holds(&got, wanted), "no issue like {wanted:?}; {answer}");
    }
    Ok(())
}

/// An acknowledgement against its expectation; without one, `AA` is expected.
pub(crate) fn acknowledgement(expect: &Expect, got: &Acknowledgement) -> anyhow::Result<()> {
    let wanted = expect.ack.as_deref().unwrap_or("AA");
    ensure!(got.code() == wanted, "expected {wanted}, got {}: {}", got.code(), got.text.replace('\r', "\n"));
    Ok(())
}

fn is_status(wanted: &Value, got: u16) -> bool {
    match wanted {
        Value::Number(number) => number.as_u64() == Some(u64::from(got)),
        Value::String(text) => text.strip_suffix("xx").and_then(|class| class.parse().ok()) == Some(got / 100),
        Value::Array(any) => any.iter().any(|one| is_status(one, got)),
        _ => false,
    }
}

/// Everything of `wanted` is in `got`.
fn part(wanted: &Value, got: &Value, path: &str) -> Result<(), String> {
    match (wanted, got) {
        (Value::Object(wanted), Value::Object(map)) => wanted.iter().try_for_each(|(key, item)| {
            let path = format!("{path}.{key}");
            match (item.as_str(), map.get(key)) {
                (Some("<absent>"), None) => Ok(()),
                (_, Some(got)) => part(item, got, &path),
                (_, None) => Err(format!("{path} is missing")),
            }
        }),
        (Value::Array(wanted), Value::Array(items)) => wanted.iter().enumerate().try_for_each(|(n, item)| {
            let found = items.iter().any(|got| part(item, got, path).is_ok());
            found.then_some(()).ok_or_else(|| format!("{path}: nothing like the expected [{n}]: {item}"))
        }),
        (wanted, got) => one(wanted, Some(got)).map_or(Ok(()), |wrong| Err(format!("{path}: {wrong}"))),
    }
}

/// What stands at a path of `got` is `wanted`.
fn at(wanted: &Value, got: &Value, path: &str) -> Result<(), String> {
    let found = values(got, path);
    match wanted {
        Value::Array(list) if path.contains("[]") => {
            let same = list.len() == found.len() && list.iter().zip(&found).all(|(a, b)| part(a, b, path).is_ok());
            let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
            same.then_some(()).ok_or_else(|| format!("expected {wanted}, got [{}]", shown.join(", ")))
        }
        _ if found.is_empty() => one(wanted, None).map_or(Ok(()), Err),
        _ => {
            let wrong: Vec<String> = found.iter().filter_map(|got| part(wanted, got, path).err()).collect();
            let all_wrong = wrong.len() == found.len();
            wrong.into_iter().next().filter(|_| all_wrong).map_or(Ok(()), Err)
        }
    }
}

/// A single value against a value or a pattern.
fn one(wanted: &Value, got: Option<&Value>) -> Option<String> {
    let items = wanted.as_str().and_then(|text| text.strip_prefix('<')?.strip_suffix(" items>")?.parse::<usize>().ok());
    if let Some(items) = items {
        let length = got.and_then(Value::as_array).map_or(0, Vec::len);
        return (length != items).then(|| format!("expected {items} items, got {length}"));
    }
    match (wanted, got) {
        (Value::String(text), got) => mismatch(text, got.map(plain).as_deref()),
        // The file's 7.20 is the answer's 7.2 here; `<digits 7.20>` asks for the digits.
        (Value::Number(a), Some(Value::Number(b))) if a.as_f64() == b.as_f64() => None,
        (wanted, Some(got)) if wanted == got => None,
        (wanted, got) => Some(format!("expected {wanted}, got {}", got.map_or("nothing".to_owned(), Value::to_string))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn holds(got: &Value, wanted: &Outcome) -> bool {
    let is_outcome = got.get("resourceType").and_then(Value::as_str) == Some("OperationOutcome");
    is_outcome
        && values(got, "issue[]").into_iter().any(|issue| {
            let said = |paths: &[&str], part: &Option<String>| {
                part.as_ref().is_none_or(|part| {
                    paths.iter().flat_map(|path| values(issue, path)).any(|text| plain(text).contains(part.as_str()))
                })
            };
            let code = issue.get("code").and_then(Value::as_str);
            wanted.code.as_deref().is_none_or(|wanted| code == Some(wanted))
                && said(&["expression[]"], &wanted.at)
                && said(&["diagnostics", "details.text"], &wanted.says)
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn expecting(text: serde_json::Value) -> Expect {
        serde_json::from_value(text).unwrap()
    }

    fn answered(status: u16, body: &serde_json::Value) -> Answer {
        let headers = vec![("etag".to_owned(), "W/\"1\"".to_owned())];
        Answer { status, headers, text: body.to_string(), asked: "GET x".to_owned() }
    }

    #[test]
    fn statuses_headers_parts_and_paths_are_judged() {
        let got = answered(200, &json!({"total": 2, "entry": [{"id": "a", "n": 1}, {"id": "b"}]}));
        for good in [
            json!({"status": 200, "headers": {"ETag": "W/\"1\""}}),
            json!({"status": "2xx", "body": {"entry": [{"id": "b"}]}}),
            json!({"status": [200, 201], "values": {"entry[].id": ["a", "b"], "entry": "<2 items>", "entry[0].n": 1.0}}),
            json!({"values": {"entry[].id": "b", "entry[5]": "<absent>", "total": "<at least 2>"}}),
        ] {
            assert!(super::answer(&expecting(good.clone()), &got).is_ok(), "{good}");
        }
        for bad in [
            json!({"status": 201}),
            json!({"status": "4xx"}),
            json!({"headers": {"ETag": "x"}}),
            json!({"headers": {"Location": "<present>"}}),
            json!({"body": {"entry": [{"id": "c"}]}}),
            json!({"body": {"missing": 1}}),
            json!({"values": {"entry[].id": ["b", "a"]}}),
            json!({"values": {"entry": "<3 items>"}}),
            json!({"values": {"entry[5].id": "<present>"}}),
            json!({"outcome": {"code": "invalid"}}),
        ] {
            assert!(super::answer(&expecting(bad.clone()), &got).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_issue_must_hold_all_that_is_asked_of_it() {
        let got = answered(
            400,
            &json!({"resourceType": "OperationOutcome", "issue": [
            {"code": "invalid", "expression": ["Patient.birthDate"], "diagnostics": "no such day"}]}),
        );
        let asked = |code: &str, at: &str| expecting(json!({"status": 400, "outcome": {"code": code, "at": at}}));
        assert!(super::answer(&asked("invalid", "birthDate"), &got).is_ok());
        assert!(super::answer(&asked("invalid", "gender"), &got).is_err());
        assert!(super::answer(&asked("structure", "birthDate"), &got).is_err());
    }
}
