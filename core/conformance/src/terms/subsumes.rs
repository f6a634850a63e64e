//! `$subsumes`: how two codes of one system stand to each other.

use meridian_model::both;

use serde_json::Value;

use super::asked::{Asked, Code};
use super::codes::Subsumes;
use super::fault::Fault;
use super::json::{parameter, parameters};
use super::member::System;
use super::system::Content;
use super::{Terms, canonical};

impl Terms {
    /// `$subsumes`: a Parameters resource with the outcome.
    ///
    /// # Errors
    /// `NotFound` for a code or system that is not here; `Invalid` where the codes are of different systems.
    pub fn subsumes_of(&self, asked: &Asked<'_>) -> Result<Value, Fault> {
        let one = |code: &str, coding: &str| -> Result<Code, Fault> {
            if let Some(coding) = asked.value(coding).and_then(Code::of) {
                return Ok(coding);
            }
            let text = asked.one(code);
            let text = text.ok_or_else(|| {
                Fault::invalid(both!(
                    "the parameter `{code}` or `{coding}` is missing",
                    "缺少参数 `{code}` 或 `{coding}`"
                ))
                .of(code)
            })?;
            let (system, version) = (asked.one("system"), asked.one("version"));
            Ok(Code {
                system: system.map(str::to_owned),
                version: version.map(str::to_owned),
                code: text.to_owned(),
                display: None,
            })
        };
        let (a, b) = (one("codeA", "codingA")?, one("codeB", "codingB")?);
        let system = a.system.as_deref().or(b.system.as_deref());
        let system = system.ok_or_else(|| {
            Fault::invalid(both!("the parameter `system` is missing", "缺少参数 `system`")).of("system")
        })?;
        if b.system.as_deref().is_some_and(|other| self.url_of(other) != self.url_of(system)) {
            return Err(Fault::invalid(both!(
                "both codes must be of one code system",
                "两个代码必须属于同一个代码系统"
            ))
            .of("codingB"));
        }
        let version = a.version.as_deref().or(b.version.as_deref()).or(asked.one("version"));
        let outcome = self.relation(system, version, &a.code, &b.code)?;
        Ok(parameters(vec![parameter("outcome", "valueCode", outcome.code())]))
    }

    pub(super) fn relation(&self, system: &str, version: Option<&str>, a: &str, b: &str) -> Result<Subsumes, Fault> {
        let (url, behind) = canonical::split(self.url_of(system));
        let version = version.or(behind);
        let table = match self.system(url, version)? {
            Some(System::Table(table)) => table,
            Some(System::Grammar(grammar)) => {
                let wrong = [a, b].into_iter().find(|code| !grammar.holds(code));
                return match wrong {
                    Some(code) => Err(Fault::no_code(code, url, Content::Complete)),
                    None if a == b => Ok(Subsumes::Equivalent),
                    None => Ok(Subsumes::NotSubsumed),
                };
            }
            None => return Err(Fault::not_found(self.missing(url, version)).of("system")),
        };
        let find = |code: &str| {
            let found = table.find(code);
            found.ok_or_else(|| Fault::no_code(code, url, table.head.content))
        };
        let (a, b) = (find(a)?, find(b)?);
        Ok(if a == b {
            Subsumes::Equivalent
        } else if table.is_a(b, a) {
            Subsumes::Subsumes
        } else if table.is_a(a, b) {
            Subsumes::SubsumedBy
        } else {
            Subsumes::NotSubsumed
        })
    }
}
