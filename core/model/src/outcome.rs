//! OperationOutcome: what was wrong, where, and how bad.

use serde_json::{Value, json};

use crate::both;
use crate::language::{Both, Language};
use crate::reader::{Fault, Position};

/// How bad an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Fatal,
    Error,
    Warning,
    Information,
}

impl Severity {
    /// The code of R4's value set `issue-severity`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

/// One issue of an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub severity: Severity,
    /// A code of R4's value set `issue-type`, such as `structure` or `not-found`.
    pub code: &'static str,
    /// A plain sentence, in English: for engineers, logs and test suites too.
    pub diagnostics: String,
    /// The same for who reads Chinese.
    pub chinese: String,
    /// FHIRPath locations, such as `Patient.name[0].family`.
    pub expression: Vec<String>,
}

impl Issue {
    #[must_use]
    pub fn new(severity: Severity, code: &'static str, says: impl Into<Both>) -> Self {
        let Both { english, chinese } = says.into();
        Self { severity, code, diagnostics: english, chinese, expression: Vec::new() }
    }

    #[must_use]
    pub fn error(code: &'static str, says: impl Into<Both>) -> Self {
        Self::new(Severity::Error, code, says)
    }

    /// The same issue with a location; an empty one is not added.
    #[must_use]
    pub fn at(mut self, expression: impl Into<String>) -> Self {
        let expression = expression.into();
        if !expression.is_empty() {
            self.expression.push(expression);
        }
        self
    }

    /// The issue as an element of `OperationOutcome.issue`. Who asks for another language than that of `diagnostics` finds
    /// the sentence in `details.text`.
    #[must_use]
    pub fn to_value(&self, language: Language) -> Value {
        let mut issue = json!({"severity": self.severity.code(), "code": self.code});
        if let Some(members) = issue.as_object_mut() {
            if language == Language::Chinese && !self.chinese.is_empty() {
                members.insert("details".to_owned(), json!({"text": self.chinese}));
            }
            if !self.diagnostics.is_empty() {
                members.insert("diagnostics".to_owned(), self.diagnostics.as_str().into());
            }
            if !self.expression.is_empty() {
                members.insert("expression".to_owned(), self.expression.clone().into());
            }
        }
        issue
    }
}

impl From<&Fault> for Issue {
    fn from(fault: &Fault) -> Self {
        let says = match fault.position {
            Some(Position { line, column }) => {
                both!("{} (line {line}, column {column})", "{}（第 {line} 行第 {column} 列）", fault.message)
            }
            None => fault.message.clone(),
        };
        Self::error(fault.code(), says).at(fault.path.as_str())
    }
}

/// An OperationOutcome with these issues, as [`outcome_in`] English.
#[must_use]
pub fn outcome(issues: &[Issue]) -> Value {
    outcome_in(issues, Language::English)
}

/// An OperationOutcome with these issues for who reads `language`. R4 wants at least one issue; without any, it says that
/// all went well.
#[must_use]
pub fn outcome_in(issues: &[Issue], language: Language) -> Value {
    let issues: Vec<Value> = if issues.is_empty() {
        let well = Issue::new(Severity::Information, "informational", both!("All OK", "没有问题"));
        vec![well.to_value(language)]
    } else {
        issues.iter().map(|issue| issue.to_value(language)).collect()
    };
    json!({"resourceType": "OperationOutcome", "issue": issues})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Limits, parse};

    #[test]
    fn a_fault_becomes_an_issue_with_its_path() {
        let fault = parse(br#"{"resourceType":"Patient","id":1,"id":2}"#, &Limits::default()).unwrap_err();
        let value = outcome(&[Issue::from(&fault)]);
        assert_eq!(value["issue"][0]["code"], "structure");
        assert_eq!(value["issue"][0]["expression"][0], "Patient");
        assert_eq!(value["issue"][0]["severity"], "error");
        assert!(value["issue"][0].get("details").is_none());
        let told = outcome_in(&[Issue::from(&fault)], Language::Chinese);
        assert!(told["issue"][0]["details"]["text"].as_str().unwrap().starts_with("键 `id` 出现了两次"));
        assert_eq!(told["issue"][0]["diagnostics"], value["issue"][0]["diagnostics"]);
    }
}
