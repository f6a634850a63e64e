//! The form of a scenario file.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;

/// One rule, told in steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The rule that the steps prove, as one sentence.
    pub rule: String,
    /// Where the rule comes from.
    pub source: Option<String>,
    pub steps: Vec<Step>,
}

/// One act and what must come of it. Just one of `get`, `post`, `put`, `patch`, `delete`, `mllp`, `receiver`, `together` is
/// given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// What happens, for the reader and for the message of a failure.
    pub say: Option<String>,
    /// `operator` (the default: bearer token), `nobody`, or `role` or `role@institution` (session cookie).
    pub r#as: Option<String>,
    /// The institution that the operator writes for.
    pub at: Option<String>,
    /// A path under `/fhir/`, or from the root where it begins with `/`.
    pub get: Option<String>,
    pub post: Option<String>,
    pub put: Option<String>,
    pub patch: Option<String>,
    pub delete: Option<String>,
    pub headers: BTreeMap<String, String>,
    /// A body, sent as JSON.
    pub body: Option<Value>,
    /// A body, sent as it stands.
    pub raw: Option<String>,
    /// A body of this many kilobytes: `[` repeated.
    pub deep: Option<usize>,
    /// An HL7 v2 message, a segment a line.
    pub mllp: Option<String>,
    /// The character set in which the message is sent (a name of table 0211); UTF-8 if silent.
    pub charset: Option<String>,
    /// The listening system of this institution: what came to it, or how it behaves from now on.
    pub receiver: Option<String>,
    /// Only messages that hold this are meant (with `receiver`).
    pub about: Option<String>,
    /// What the receiver does with each new message of those, the last for ever: `AA`, `AE`, `AR`, `silence`, `close`,
    /// `garbage`. A message that comes again counts as the same.
    pub answers: Option<Vec<String>>,
    /// Takes the receiver's listener `down` or `up`.
    pub line: Option<String>,
    /// Steps that run at the same time.
    pub together: Option<Vec<Step>>,
    pub expect: Expect,
    /// Names for later steps: `id`, `header etag`, or a path into the body.
    pub keep: BTreeMap<String, String>,
    /// Repeat until the expectation holds, for at most so many seconds.
    pub within: Option<u64>,
}

/// What must come of a step. Strings may be patterns: see `words.rs` and the README.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// `200`, `[200, 201]` or `4xx`.
    pub status: Option<Value>,
    pub headers: BTreeMap<String, String>,
    /// Everything here must be in the body; more may be.
    pub body: Option<Value>,
    /// Values at paths of the body; `[]` goes through a list.
    pub values: BTreeMap<String, Value>,
    /// Each is part of the body's text, which need not be JSON.
    pub text: Vec<String>,
    /// An issue of an `OperationOutcome`.
    pub outcome: Option<Outcome>,
    /// MSA-1 of the acknowledgement.
    pub ack: Option<String>,
    /// The messages that came to a receiver, each once and in order: fields as they were written, `PID-3`.
    pub messages: Option<Vec<BTreeMap<String, String>>>,
    /// How often messages came, those that came again included.
    pub arrivals: Option<String>,
    /// The statuses of `together`, in any order.
    pub statuses: Option<Vec<u16>>,
}

/// An issue that an `OperationOutcome` must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outcome {
    pub code: Option<String>,
    /// Part of one of its expressions.
    pub at: Option<String>,
    /// Part of its diagnostics or details.
    pub says: Option<String>,
}

/// Reads every scenario under a folder, sorted by path; names are paths without the ending.
///
/// # Errors
/// When a file can't be read or is not of this form.
pub fn read_all(folder: &Path) -> anyhow::Result<Vec<(String, Scenario)>> {
    meridian_testkit::materials::files(folder, ".yaml")?
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let scenario = serde_saphyr::from_str(&text).with_context(|| path.display().to_string())?;
            let name = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
            Ok((name.to_string_lossy().into_owned(), scenario))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_as_it_is_meant() {
        let text = "rule: r\nsteps:\n  - post: Patient\n    body: {resourceType: Patient, active: true, n: 1.5, birthDate: '1970-01-01'}\n    \
                    expect: {status: 201, values: {'name[0].family': 王}}\n    keep: {patient: id}\n";
        let scenario: Scenario = serde_saphyr::from_str(text).unwrap();
        let body = scenario.steps[0].body.as_ref().unwrap();
        assert_eq!(body.to_string(), r#"{"resourceType":"Patient","active":true,"n":1.5,"birthDate":"1970-01-01"}"#);
        assert_eq!(scenario.steps[0].expect.status, Some(serde_json::json!(201)));
        assert!(serde_saphyr::from_str::<Scenario>("rule: r\nsteps: [{pots: x}]\n").is_err(), "a typing error is told");
    }

    #[test]
    fn every_told_scenario_reads() {
        let told = Path::new(env!("CARGO_MANIFEST_DIR")).join("told");
        assert!(!read_all(&told).unwrap().is_empty());
    }
}
