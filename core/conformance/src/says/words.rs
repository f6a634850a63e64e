//! Parts of messages that the two languages put differently.

use std::fmt;

use meridian_model::language::{Language, Tell};
use serde_json::Value;

/// How often something is there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Times(pub usize);

impl Tell for Times {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (language, self.0) {
            (Language::English, 1) => f.write_str("once"),
            (Language::English, 2) => f.write_str("twice"),
            (Language::English, count) => write!(f, "{count} times"),
            (Language::Chinese, count) => write!(f, "{count} 次"),
        }
    }
}

/// The slice that is spoken of, if one is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Slice(pub Option<String>);

impl Tell for Slice {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (language, &self.0) {
            (_, None) => Ok(()),
            (Language::English, Some(name)) => write!(f, " (slice `{name}`)"),
            (Language::Chinese, Some(name)) => write!(f, "（切片 `{name}`）"),
        }
    }
}

/// The shape of a JSON value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shape {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Shape {
    #[must_use]
    pub fn of(value: &Value) -> Shape {
        match value {
            Value::Null => Shape::Null,
            Value::Bool(_) => Shape::Boolean,
            Value::Number(_) => Shape::Number,
            Value::String(_) => Shape::String,
            Value::Array(_) => Shape::Array,
            Value::Object(_) => Shape::Object,
        }
    }
}

impl Tell for Shape {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (english, chinese) = match self {
            Shape::Null => ("null", "null"),
            Shape::Boolean => ("a boolean", "布尔值"),
            Shape::Number => ("a number", "数字"),
            Shape::String => ("a string", "字符串"),
            Shape::Array => ("an array", "数组"),
            Shape::Object => ("an object", "对象"),
        };
        f.write_str(if language == Language::Chinese { chinese } else { english })
    }
}

/// A value as a message shows it, not longer than one looks at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Shown(Option<String>);

impl Shown {
    #[must_use]
    pub fn of(value: &Value) -> Shown {
        Shown(match value {
            Value::String(text) => Some(short(format!("`{text}`"))),
            Value::Null => None,
            other => Some(short(other.to_string())),
        })
    }
}

fn short(text: String) -> String {
    match text.char_indices().nth(160) {
        Some(_) => text.chars().take(157).chain("…".chars()).collect(),
        None => text,
    }
}

impl Tell for Shown {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (&self.0, language) {
            (Some(text), _) => text,
            (None, Language::English) => "without a value",
            (None, Language::Chinese) => "没有值",
        })
    }
}

/// All of several.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct List(pub Vec<String>);

/// One of several.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Or(pub Vec<String>);

impl<T: Into<String>> FromIterator<T> for List {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> List {
        List(all.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<String>> FromIterator<T> for Or {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Or {
        Or(all.into_iter().map(Into::into).collect())
    }
}

impl Tell for List {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(if language == Language::Chinese { "、" } else { ", " }))
    }
}

impl Tell for Or {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(if language == Language::Chinese { "或 " } else { " or " }))
    }
}

/// A name with its article: `an Observation`, `a Patient`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Article(pub String);

impl Tell for Article {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if language == Language::English {
            let is_vowel = self.0.starts_with(|c: char| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o'));
            f.write_str(if is_vowel { "an " } else { "a " })?;
        }
        f.write_str(&self.0)
    }
}

/// What an invariant asks for: its own words, and ours in Chinese for those of R4.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Human {
    pub own: String,
    pub chinese: Option<&'static str>,
}

impl Tell for Human {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (language, self.chinese) {
            (Language::English, _) => f.write_str(&self.own),
            (Language::Chinese, Some(chinese)) => f.write_str(chinese),
            (Language::Chinese, None) => {
                // Profiles of China are written in both: 中文 (English).
                let is_han = |text: &str| text.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
                let begins =
                    self.own.match_indices(" (").map(|(at, _)| at).find(|at| !is_han(self.own.split_at(*at).1));
                let first =
                    begins.filter(|_| self.own.ends_with(')')).map_or(self.own.as_str(), |at| self.own.split_at(at).0);
                if is_han(first) {
                    f.write_str(first)
                } else {
                    write!(f, "不符合这条规则（原文：{}）", self.own)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use meridian_model::language::Told;

    use super::*;

    fn told(what: &dyn Tell) -> [String; 2] {
        [Told(what, Language::English).to_string(), Told(what, Language::Chinese).to_string()]
    }

    #[test]
    fn articles_numbers_and_lists() {
        assert_eq!(told(&Article("Observation".into())), ["an Observation", "Observation"]);
        assert_eq!(told(&Article("Patient".into())), ["a Patient", "Patient"]);
        assert_eq!(told(&Times(2)), ["twice", "2 次"]);
        assert_eq!(told(&["a", "b"].into_iter().collect::<List>()), ["a, b", "a、b"]);
        assert_eq!(told(&Shown::of(&Value::Null)), ["without a value", "没有值"]);
    }

    #[test]
    fn a_rule_is_told_in_chinese_if_anybody_wrote_it_so() {
        let human = |own: &str, chinese| Human { own: own.to_owned(), chinese };
        assert_eq!(told(&human("a", Some("甲")))[1], "甲");
        assert_eq!(told(&human("应有名称(name) (it has a name)", None))[1], "应有名称(name)");
        assert_eq!(
            told(&human("应成对 (收缩压和舒张压),并写明 (in (one) go)", None))[1],
            "应成对 (收缩压和舒张压),并写明"
        );
        assert_eq!(told(&human("应成对 (both) 写明", None))[1], "应成对 (both) 写明");
        assert_eq!(told(&human("it has (at least) one", None))[1], "不符合这条规则（原文：it has (at least) one）");
    }
}
