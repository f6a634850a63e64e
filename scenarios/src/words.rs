//! Names and patterns in scenario text.
//!
//! `<patient>` stands for what an earlier step kept under that name, `<unique>` for a word of this run alone and
//! `<identity a>` for an identity number that belongs to nobody. In expectations `<present>`, `<absent>`, `<any>`,
//! `<3 items>`, `<contains text>`, `<begins text>`, `<at least 3>` and `<digits 1.50>` are patterns.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use meridian_testkit::identity;
use serde_json::Value;

/// Numbers that no two scenarios of a run share.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// What the steps of one scenario have kept.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    kept: BTreeMap<String, String>,
}

impl Names {
    pub(crate) fn new() -> Self {
        let unique = format!("u{}x{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self { kept: BTreeMap::from([("unique".to_owned(), unique)]) }
    }

    pub(crate) fn keep(&mut self, name: &str, value: String) {
        self.kept.insert(name.to_owned(), value);
    }

    /// `text` with every known name replaced; what is no known name stays.
    pub(crate) fn fill(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('<') {
            out.push_str(before);
            match after.split_once('>').and_then(|(name, following)| Some((self.value(name)?, following))) {
                Some((value, following)) => {
                    out.push_str(&value);
                    rest = following;
                }
                None => {
                    out.push('<');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// The same in every string of a JSON value.
    pub(crate) fn fill_value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.fill_value(item)).collect()),
            Value::Object(map) => {
                Value::Object(map.iter().map(|(key, item)| (self.fill(key), self.fill_value(item))).collect())
            }
            other => other.clone(),
        }
    }

    fn value(&mut self, name: &str) -> Option<String> {
        if name.starts_with("identity ") && !self.kept.contains_key(name) {
            let number = identity::number(NEXT.fetch_add(1, Ordering::Relaxed));
            self.kept.insert(name.to_owned(), number);
        }
        self.kept.get(name).cloned()
    }
}

/// What is wrong with `got` where `wanted` was expected; `None` when nothing is.
pub(crate) fn mismatch(wanted: &str, got: Option<&str>) -> Option<String> {
    let pattern = wanted.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let good = match (pattern, got) {
        (Some("absent"), got) => got.is_none(),
        (Some("present" | "any"), got) => got.is_some(),
        (Some(pattern), Some(got)) => match pattern.split_once(' ') {
            Some(("contains", part)) => got.contains(part),
            Some(("begins", part)) => got.starts_with(part),
            Some(("digits", digits)) => got == digits,
            Some(("at", least)) => {
                let least = least.strip_prefix("least ").and_then(|number| number.parse::<f64>().ok());
                least.is_some_and(|least| got.parse::<f64>().is_ok_and(|got| got >= least))
            }
            _ => got == wanted,
        },
        (None, Some(got)) => got == wanted,
        (_, None) => false,
    };
    (!good).then(|| format!("expected {wanted}, got {}", got.unwrap_or("nothing")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_and_the_rest_stays() {
        let mut names = Names::new();
        names.keep("patient", "p1".to_owned());
        assert_eq!(names.fill("Patient/<patient>?x=<0.1"), "Patient/p1?x=<0.1");
        assert_eq!(names.fill("<present> <patient>"), "<present> p1");
        let first = names.fill("<identity a>");
        assert_eq!(first.len(), 18);
        assert_eq!(names.fill("<identity a>"), first);
        assert_ne!(names.fill("<identity b>"), first);
    }

    #[test]
    fn patterns_match_what_they_say() {
        assert_eq!(mismatch("<absent>", None), None);
        assert_eq!(mismatch("<contains b>", Some("abc")), None);
        assert_eq!(mismatch("<at least 2>", Some("3")), None);
        assert!(mismatch("<at least 2>", Some("1")).is_some());
        assert!(mismatch("<present>", None).is_some());
        assert!(mismatch("a", Some("b")).is_some());
        assert_eq!(mismatch("<digits 1.50>", Some("1.50")), None);
    }
}
