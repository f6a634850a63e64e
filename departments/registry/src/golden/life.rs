//! Sex, birth and death.

use serde_json::Value;

use super::{ResidentNumber, Source, most_said};

/// `Patient.gender`: the identity number's where a record says the same or none says anything; else what most say.
pub(super) fn gender(newest: &[&Source], number: Option<&ResidentNumber>) -> Option<Value> {
    let known = |gender: &str| matches!(gender, "male" | "female" | "other");
    let proved = |gender: &str| number.is_some_and(|number| number.gender() == gender);
    let rank = |gender: &str| (proved(gender), known(gender));
    let said = most_said(newest, |view| view.gender().filter(|gender| known(gender)), |a, b| a == b, rank);
    let said_proved =
        newest.iter().any(|source| source.patient.get("gender").and_then(Value::as_str).is_some_and(proved));
    match (number, said) {
        (Some(number), None) => Some(Value::from(number.gender())),
        (Some(number), Some(_)) if said_proved => Some(Value::from(number.gender())),
        (_, Some(said)) => Some(Value::from(said)),
        (None, None) => newest.iter().find_map(|source| source.patient.get("gender").cloned()),
    }
}

/// `Patient.birthDate`: the identity number's; else what most records say, where a partial date supports a whole one.
pub(super) fn birth_date(newest: &[&Source], number: Option<&ResidentNumber>) -> Option<Value> {
    if let Some(number) = number {
        return Some(Value::from(number.birth_date()));
    }
    most_said(newest, |view| view.birth_date(), |said, date| date.starts_with(said), str::len).map(Value::from)
}

/// `deceasedDateTime`, the most precise and newest, else `deceasedBoolean`. One record that knows of the death is
/// enough: nobody writes to the others any more.
pub(super) fn deceased(newest: &[&Source]) -> Option<(&'static str, Value)> {
    let at = newest.iter().rev().filter_map(|source| source.patient.get("deceasedDateTime"));
    let at = at.filter(|at| at.as_str().is_some_and(|at| at.len() <= 40)).max_by_key(|at| at.as_str().map(str::len));
    if let Some(at) = at {
        return Some(("deceasedDateTime", at.clone()));
    }
    let said: Vec<bool> = newest.iter().filter_map(|source| source.patient.get("deceasedBoolean")?.as_bool()).collect();
    let any = said.iter().any(|died| *died);
    (!said.is_empty()).then_some(("deceasedBoolean", Value::from(any)))
}
