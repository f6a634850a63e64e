//! A question as it comes: the names and values of a Parameters resource, or of an address.

use meridian_model::both;
use meridian_model::language::Language;

use serde_json::Value;

use super::codes::Coded;
use super::fault::{Fault, shown};
use super::json::{list, text};
use super::versions::Versions;

/// What an operation is called with.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Primitive parameters, as text.
    pub params: &'a [(String, String)],
    /// The others: a Coding, a CodeableConcept, a resource; parts as a list under `part`.
    pub values: &'a [(String, Value)],
    /// When it is asked, as a FHIR instant.
    pub now: &'a str,
    /// Of the messages that an answer has for people.
    pub language: Language,
}

/// A code that is asked for, with its texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) system: Option<String>,
    pub(super) version: Option<String>,
    pub(super) code: String,
    pub(super) display: Option<String>,
}

impl Code {
    pub(super) fn coded(&self) -> Coded<'_> {
        Coded {
            system: self.system.as_deref(),
            version: self.version.as_deref(),
            code: &self.code,
            display: self.display.as_deref(),
        }
    }

    /// Of a Coding; `None` where it has no code.
    pub(super) fn of(coding: &Value) -> Option<Code> {
        let part = |key: &str| super::json::owned(coding, key);
        Some(Code { system: part("system"), version: part("version"), code: part("code")?, display: part("display") })
    }
}

impl<'a> Asked<'a> {
    /// The first parameter of a name.
    pub(super) fn one(&self, name: &str) -> Option<&'a str> {
        let found = self.params.iter().find(|(found, value)| found == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn all(&self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.params.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.values.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    pub(super) fn every(&self, name: &'a str) -> impl Iterator<Item = &'a Value> {
        self.values.iter().filter(move |(found, _)| found == name).map(|(_, value)| value)
    }

    pub(super) fn need(&self, name: &str) -> Result<&'a str, Fault> {
        self.one(name)
            .ok_or_else(|| Fault::invalid(both!("the parameter `{name}` is missing", "缺少参数 `{name}`")).of(name))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        match self.one(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(Fault::invalid(both!(
                "`{name}` is true or false, and not `{}`",
                "`{name}` 应为 true 或 false，不能是 `{}`",
                shown(other)
            ))
            .of(name)),
        }
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<usize>, Fault> {
        let Some(text) = self.one(name) else { return Ok(None) };
        let number = text.parse().map(Some);
        number.map_err(|_| {
            Fault::invalid(both!(
                "`{name}` is a number from 0, and not `{}`",
                "`{name}` 应是从 0 起的整数，不能是 `{}`",
                shown(text)
            ))
            .of(name)
        })
    }

    pub(super) fn versions(&self) -> Result<Versions, Fault> {
        let mut versions = Versions::default();
        for (name, value) in self.params {
            if matches!(name.as_str(), "system-version" | "check-system-version" | "force-system-version") {
                versions.put(name, value).map_err(|fault| fault.of(name))?;
            }
        }
        Ok(versions)
    }

    /// The code that is asked for by `code` and `system`, or by `coding`.
    ///
    /// # Errors
    /// `Invalid` where there is none, or both.
    pub(super) fn code(&self) -> Result<Code, Fault> {
        match (self.one("code"), self.value("coding")) {
            (Some(_), Some(_)) => Err(Fault::invalid(both!(
                "either `code` or `coding` is given, not both",
                "`code` 与 `coding` 只能给一个"
            ))
            .of("code")),
            (Some(code), None) => Ok(Code {
                system: self.one("system").map(str::to_owned),
                version: self.one("version").or(self.one("systemVersion")).map(str::to_owned),
                code: code.to_owned(),
                display: self.one("display").map(str::to_owned),
            }),
            (None, Some(coding)) => Code::of(coding).ok_or_else(|| {
                Fault::invalid(both!("the parameter `coding` has no code", "参数 `coding` 中没有 code")).of("coding")
            }),
            (None, None) => {
                Err(Fault::invalid(both!("the parameter `code` or `coding` is missing", "缺少参数 `code` 或 `coding`"))
                    .of("code"))
            }
        }
    }

    /// The codes that are asked for: also those of a CodeableConcept.
    pub(super) fn codes(&self) -> Result<Vec<Code>, Fault> {
        let Some(concept) = self.value("codeableConcept") else { return Ok(vec![self.code()?]) };
        if self.one("code").is_some() || self.value("coding").is_some() {
            let says = both!(
                "one of `code`, `coding` and `codeableConcept` is given, not more",
                "`code`、`coding`、`codeableConcept` 只能给一个"
            );
            return Err(Fault::invalid(says).of("codeableConcept"));
        }
        let codes: Vec<Code> = list(concept, "coding").iter().filter_map(Code::of).collect();
        if codes.is_empty() {
            return Err(Fault::invalid(both!(
                "the parameter `codeableConcept` has no coding with a code",
                "参数 `codeableConcept` 中没有带 code 的 coding"
            ))
            .of("codeableConcept"));
        }
        Ok(codes)
    }
}

/// A part of a parameter that has parts: its value, whatever its type.
pub(super) fn part<'v>(parameter: &'v Value, name: &str) -> Option<&'v Value> {
    let part = list(parameter, "part").iter().find(|part| text(part, "name") == Some(name))?;
    part.as_object()?.iter().find(|(key, _)| key.starts_with("value")).map(|(_, value)| value)
}
