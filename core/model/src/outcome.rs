//! OperationOutcome: what was wrong, where, and how bad.

use serde_json::{Value, json};

use crate::reader::Fault;

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
    /// A plain sentence for people.
    pub diagnostics: String,
    /// FHIRPath locations, such as `Patient.name[0].family`.
    pub expression: Vec<String>,
}

impl Issue {
    #[must_use]
    pub fn new(severity: Severity, code: &'static str, diagnostics: impl Into<String>) -> Self {
        Self { severity, code, diagnostics: diagnostics.into(), expression: Vec::new() }
    }

    #[must_use]
    pub fn error(code: &'static str, diagnostics: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, diagnostics)
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

    /// The issue as an element of `OperationOutcome.issue`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut issue = json!({"severity": self.severity.code(), "code": self.code});
        if let Some(members) = issue.as_object_mut() {
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
        let mut text = fault.message.clone();
        if let Some(position) = fault.position {
            text.push_str(&format!(" (line {}, column {})", position.line, position.column));
        }
        Self::error(fault.code(), text).at(fault.path.as_str())
    }
}

/// An OperationOutcome with these issues. R4 wants at least one; without any, it says that all went well.
#[must_use]
pub fn outcome(issues: &[Issue]) -> Value {
    let issues: Vec<Value> = if issues.is_empty() {
        vec![Issue::new(Severity::Information, "informational", "All OK").to_value()]
    } else {
        issues.iter().map(Issue::to_value).collect()
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
    }
}
