//! The languages in which people are told what is wrong, and values that are told in each of them.

use std::fmt;

/// A language of messages and pages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Language {
    Chinese,
    /// For engineers, logs and test suites; for all who ask for none.
    #[default]
    English,
}

impl Language {
    /// The language of a tag such as `en-GB`.
    #[must_use]
    pub fn of(tag: &str) -> Option<Language> {
        let main = tag.split('-').next().unwrap_or_default().trim().to_ascii_lowercase();
        match main.as_str() {
            "zh" => Some(Language::Chinese),
            "en" => Some(Language::English),
            _ => None,
        }
    }

    /// The best of those that a client says it likes (`Accept-Language`, RFC 9110 §12.5.4), if any of them is one of ours.
    pub fn liked<'h>(headers: impl Iterator<Item = &'h str>) -> Option<Language> {
        let mut best: Option<(Language, f32)> = None;
        for range in headers.flat_map(|value| value.split(',')) {
            let (tag, weight) =
                range.split_once(";q=").map_or((range, 1.0), |(tag, q)| (tag, q.trim().parse().unwrap_or(0.0)));
            let is_better = |weight: f32| weight > best.map_or(0.0, |(_, before)| before);
            if let Some(language) = Language::of(tag.trim()).filter(|_| is_better(weight)) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    /// The tag of BCP 47.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        }
    }
}

/// What can be told in each language.
pub trait Tell {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// A value as it is told in one language: what stands in a format string.
pub struct Told<'t, T: ?Sized>(pub &'t T, pub Language);

impl<T: Tell + ?Sized> fmt::Display for Told<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.tell(self.1, f)
    }
}

macro_rules! alike {
    ($($name:ty),*) => {$(
        impl Tell for $name {
            fn tell(&self, _: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    )*};
}

// Names, codes and numbers are the same in all languages.
alike!(String, &'static str, usize, u64, u32);

impl<T: Tell + ?Sized> Tell for Box<T> {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).tell(language, f)
    }
}

/// A sentence or a part of one, in both languages.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Both {
    pub english: String,
    pub chinese: String,
}

impl Both {
    #[must_use]
    pub fn new(english: impl Into<String>, chinese: impl Into<String>) -> Both {
        Both { english: english.into(), chinese: chinese.into() }
    }
}

impl Tell for Both {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match language {
            Language::English => &self.english,
            Language::Chinese => &self.chinese,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_likes_best_is_taken() {
        let liked = |header: &'static str| Language::liked([header].into_iter());
        assert_eq!(liked("zh-CN,zh;q=0.9,en;q=0.8"), Some(Language::Chinese));
        assert_eq!(liked("de, en;q=0.8, zh;q=0.7"), Some(Language::English));
        assert_eq!(liked("zh;q=0, fr"), None);
        assert_eq!(liked("*"), None);
    }

    #[test]
    fn both_are_told_apart() {
        let both = Both::new("a code", "代码");
        assert_eq!(Told(&both, Language::Chinese).to_string(), "代码");
        assert_eq!(Told(&both, Language::English).to_string(), "a code");
    }
}
