//! Regular expressions of those who write data and definitions: bounded in size, and each match says what it costs.
//!
//! The engine takes time in proportion to the text, but at worst also to the size of the program, which a counted
//! repetition makes large. `\d`, `\w` and `\s` mean the characters of ASCII, as in Java and JavaScript, by whose engines
//! the rules of FHIR were written.

use meridian_model::both;
use meridian_model::language::Both;

use regex::{Regex, RegexBuilder};

/// Longest pattern, in bytes.
const LONGEST: usize = 8 * 1024;
/// Largest program of a pattern, in KiB.
const LARGEST: usize = 256;
const NESTING: u32 = 50;

/// A pattern that has been read. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pattern {
    regex: Regex,
    /// The size of its program, rounded up to a power of two.
    kib: usize,
}

/// How a pattern is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Meaning {
    /// It is to match the whole of a text and not a part of it.
    pub whole: bool,
    pub ignores_case: bool,
    /// `^` and `$` are the bounds of lines.
    pub lines: bool,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence whose subject is the pattern.
    pub fn read(text: &str, meaning: Meaning) -> Result<Self, Both> {
        if text.len() > LONGEST {
            return Err(both!("is longer than {LONGEST} bytes", "超过 {LONGEST} 字节"));
        }
        let text = ascii(text);
        let alone = Self::sized(&text, meaning, 1)?;
        if !meaning.whole {
            return Ok(alone);
        }
        // Read alone before, so that it can't close the group around it.
        Self::sized(&format!(r"\A(?:{text})\z"), meaning, alone.kib)
    }

    /// Compiles with the least limit that will do, beginning with this: the engine does not say how large a program is.
    fn sized(text: &str, meaning: Meaning, least: usize) -> Result<Self, Both> {
        let mut kib = least;
        loop {
            let built = RegexBuilder::new(text)
                .dot_matches_new_line(true)
                .case_insensitive(meaning.ignores_case)
                .multi_line(meaning.lines)
                .size_limit(kib * 1024)
                .dfa_size_limit(1 << 20)
                .nest_limit(NESTING)
                .build();
            match built {
                Ok(regex) => return Ok(Self { regex, kib }),
                Err(regex::Error::CompiledTooBig(_)) if kib < LARGEST => kib = (kib * 2).min(LARGEST),
                Err(regex::Error::CompiledTooBig(_)) => return Err(both!("is too large", "太大")),
                Err(error) => {
                    let says = error.to_string();
                    return Err(both!("can't be used: {}", "不能使用：{}", says.lines().last().unwrap_or_default()));
                }
            }
        }
    }

    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Steps that looking for it once in a text of this length costs, at most.
    #[must_use]
    pub fn cost(&self, length: usize) -> u64 {
        u64::try_from(length.saturating_mul(self.kib)).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// Steps that reading it cost.
    #[must_use]
    pub fn reading(&self) -> u64 {
        500 + 64 * u64::try_from(self.kib).unwrap_or(u64::MAX)
    }

    pub(crate) fn regex(&self) -> &Regex {
        &self.regex
    }
}

/// The classes of characters as those of ASCII.
fn ascii(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            made.push(c);
            continue;
        }
        match chars.next() {
            Some('d') => made.push_str("[0-9]"),
            Some('D') => made.push_str("[^0-9]"),
            Some('w') => made.push_str("[0-9A-Za-z_]"),
            Some('W') => made.push_str("[^0-9A-Za-z_]"),
            Some('s') => made.push_str(r"[\t-\r ]"),
            Some('S') => made.push_str(r"[^\t-\r ]"),
            Some(other) => made.extend(['\\', other]),
            None => made.push('\\'),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Meaning = Meaning { whole: true, ignores_case: false, lines: false };

    #[test]
    fn patterns_that_would_explode_do_not() {
        let read = |text: &str| Pattern::read(text, Meaning::default());
        assert!(!read("(a+)+b").unwrap().is_match(&"a".repeat(100_000)));
        for pattern in ["(", "[", "(?=x)", r"(a)\1", "((a{1,1000}){1,1000}){1,1000}", "a{1000000}", &"(".repeat(1_000)]
        {
            assert!(read(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn a_match_costs_by_text_and_program() {
        let cost = |pattern: &str| Pattern::read(pattern, Meaning::default()).unwrap().cost(1 << 20);
        assert!(cost("^[a-z]+$") < 2_000_000, "{}", cost("^[a-z]+$"));
        assert!(cost("(a|b)*a(a|b){300}c") > 10_000_000, "{}", cost("(a|b)*a(a|b){300}c"));
        assert!(Pattern::read("(a|b)*a(a|b){30000}c", Meaning::default()).is_err());
    }

    #[test]
    fn classes_are_those_of_ascii() {
        for (pattern, yes, no) in [
            (r"\d", "7", "٣"),
            (r"[\d\s]", "\t", "\u{a0}"),
            (r"\w", "_", "é"),
            (r"[^\w]", "é", "x"),
            (r"\S", "\u{a0}", " "),
            (r"\\d", r"\d", "7"),
            (r"[\w-.]", ".", "+"),
            (r"[ \r\n\t\S]", " ", "\u{b}"),
        ] {
            let pattern = Pattern::read(pattern, WHOLE).unwrap_or_else(|says| panic!("{pattern} {says:?}"));
            assert!(pattern.is_match(yes) && !pattern.is_match(no), "{pattern:?}");
        }
    }

    #[test]
    fn the_whole_is_matched_and_no_group_is_left() {
        assert!(Pattern::read("a)|(?:zzz", WHOLE).is_err());
        let either = Pattern::read("a|ab", WHOLE).unwrap();
        assert!(either.is_match("ab") && !either.is_match("abc") && !either.is_match("ab\n"));
    }
}
