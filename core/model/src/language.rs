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
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight(parameters);
            let is_better = weight > best.map_or(0.0, |(_, before)| before);
            if let Some(language) = Language::of(tag.trim()).filter(|_| is_better) {
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

/// The weight among the parameters of a range: 1 without one, 0 if it is no number. Blanks may stand around `;`, and the
/// name of a parameter has no case (RFC 9110 §5.6.6, §12.4.2).
fn weight(parameters: &str) -> f32 {
    let mut parameters = parameters.split(';').filter_map(|one| one.split_once('='));
    let weight = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weight.map_or(1.0, |(_, value)| value.trim().parse().unwrap_or(0.0))
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
alike!(String, str, char, bool, usize, u64, u32, u16, u8, i64, i32, i16, std::borrow::Cow<'_, str>);

impl<T: Tell + ?Sized> Tell for &T {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).tell(language, f)
    }
}

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

    /// What `told` says, in each language.
    pub fn of(told: &(impl Tell + ?Sized)) -> Both {
        Both::new(Told(told, Language::English).to_string(), Told(told, Language::Chinese).to_string())
    }

    /// What is said with the same letters in both languages: a name, a code, what somebody else said.
    pub fn alike(text: impl Into<String>) -> Both {
        let text = text.into();
        Both { chinese: text.clone(), english: text }
    }
}

/// A sentence in both languages: two format strings, and what stands in them. Names that the strings capture are told the
/// same in both; what follows the strings (all with a name, or all without) is a [`Tell`] and is told in each language:
/// `both!("{code}: {}", "{code}：{}", fault)`.
#[macro_export]
macro_rules! both {
    ($english:literal, $chinese:literal $(, $name:ident = $value:expr)+ $(,)?) => {
        $crate::language::Both {
            english: ::std::fmt::format(::std::format_args!(
                $english $(, $name = $crate::language::Told(&$value, $crate::language::Language::English))+
            )),
            chinese: ::std::fmt::format(::std::format_args!(
                $chinese $(, $name = $crate::language::Told(&$value, $crate::language::Language::Chinese))+
            )),
        }
    };
    ($english:literal, $chinese:literal $(, $value:expr)* $(,)?) => {
        $crate::language::Both {
            english: ::std::fmt::format(::std::format_args!(
                $english $(, $crate::language::Told(&$value, $crate::language::Language::English))*
            )),
            chinese: ::std::fmt::format(::std::format_args!(
                $chinese $(, $crate::language::Told(&$value, $crate::language::Language::Chinese))*
            )),
        }
    };
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
        assert_eq!(liked("zh-CN; q=0.2, en; q=0.9"), Some(Language::English));
        assert_eq!(liked("en ;Q=0.3 , zh ; Q = 0.4"), Some(Language::Chinese));
        assert_eq!(liked("en;level=1;q=0.3, zh;q=x"), Some(Language::English));
    }

    #[test]
    fn both_are_told_apart() {
        let both = Both::new("a code", "代码");
        assert_eq!(Told(&both, Language::Chinese).to_string(), "代码");
        assert_eq!(Told(&both, Language::English).to_string(), "a code");
        let code = "x";
        let around = both!("{code}: {what} of {n}", "{code}：{n} 个{what}", what = both, n = 2_u32);
        assert_eq!(around, Both::new("x: a code of 2", "x：2 个代码"));
    }
}
