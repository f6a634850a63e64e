//! OperationOutcome: what was wrong, where, and how bad.

use serde_json::{Value, json};

use crate::language::Language;
use crate::reader::{Fault, FaultKind};

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
    /// The same for who reads Chinese, where there is one.
    pub chinese: Option<String>,
    /// FHIRPath locations, such as `Patient.name[0].family`.
    pub expression: Vec<String>,
}

impl Issue {
    #[must_use]
    pub fn new(severity: Severity, code: &'static str, diagnostics: impl Into<String>) -> Self {
        Self { severity, code, diagnostics: diagnostics.into(), chinese: None, expression: Vec::new() }
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

    /// The same issue with its sentence in Chinese.
    #[must_use]
    pub fn in_chinese(mut self, sentence: impl Into<String>) -> Self {
        self.chinese = Some(sentence.into());
        self
    }

    /// The issue as an element of `OperationOutcome.issue`. Who asks for another language than that of `diagnostics` finds
    /// the sentence in `details.text`.
    #[must_use]
    pub fn to_value(&self, language: Language) -> Value {
        let mut issue = json!({"severity": self.severity.code(), "code": self.code});
        if let Some(members) = issue.as_object_mut() {
            if let (Language::Chinese, Some(sentence)) = (language, &self.chinese) {
                members.insert("details".to_owned(), json!({"text": sentence}));
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
        let mut text = fault.message.clone();
        let mut chinese = unreadable(fault.kind).to_owned();
        if let Some(position) = fault.position {
            text.push_str(&format!(" (line {}, column {})", position.line, position.column));
            chinese.push_str(&format!("（第 {} 行第 {} 列）", position.line, position.column));
        }
        chinese.push_str(&format!("：{}", fault.message));
        Self::error(fault.code(), text).in_chinese(chinese).at(fault.path.as_str())
    }
}

/// What makes a document unreadable, and what to do.
fn unreadable(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::TooLong => "内容太长，请分开发送",
        FaultKind::TooDeep => "内容嵌套太深",
        FaultKind::Utf8 => "内容不是 UTF-8 编码，请转换编码后再发",
        FaultKind::Syntax => "内容不是合法的 JSON，请检查此处的括号、引号和逗号",
        FaultKind::DuplicateKey => "同一个对象里有两个相同的键，请只留一个",
        FaultKind::ReservedKey => "键名是保留的名称，请换一个",
        FaultKind::Xml => "内容不是合法的 XML，请检查此处的标签和引号",
        FaultKind::Encoding => "不支持这种字符编码，请用 UTF-8",
        FaultKind::Doctype => "XML 中不能有 DOCTYPE 或实体，请删去",
        FaultKind::Unknown => "R4 在此处没有这个元素或属性，请核对拼写和位置",
        FaultKind::Value => "值不符合它的数据类型",
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
        let well = Issue::new(Severity::Information, "informational", "All OK").in_chinese("没有问题");
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
        assert!(told["issue"][0]["details"]["text"].as_str().unwrap().starts_with("同一个对象里有两个相同的键"));
        assert_eq!(told["issue"][0]["diagnostics"], value["issue"][0]["diagnostics"]);
    }
}
