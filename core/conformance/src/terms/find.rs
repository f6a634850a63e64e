//! Finding concepts by text: code, display, designations, and Chinese ones also by pinyin and its initials.
//!
//! All texts of a system lie folded in one string, a line for each concept, its fields between tabs. A question is looked
//! for in that string as a whole, which needs no other index and costs some milliseconds for a hundred thousand concepts.

use memchr::memchr;
use memchr::memmem::Finder;
use meridian_model::fold::fold;
use meridian_model::pinyin::is_han;
use meridian_model::words;

use super::fault::{Fault, shown};
use super::sound;
use super::system::CodeSystem;

/// Longest question, in bytes, and most words of it.
const LONGEST: usize = 1000;
const MOST_WORDS: usize = 20;

/// The texts of a system.
#[derive(Debug)]
pub(super) struct Find {
    text: String,
    /// Where the line of each concept begins.
    starts: Vec<usize>,
}

/// What somebody looks for.
pub(super) struct Question {
    whole: String,
    /// Finds a field that begins with the whole.
    field: Finder<'static>,
    tokens: Vec<Token>,
}

/// A word between blanks.
struct Token {
    text: String,
    /// Made once: a question is tried on every line that its needle is in.
    finder: Finder<'static>,
    /// The words of a Chinese one: where it does not stand as it is, all of these must.
    words: Vec<String>,
}

/// How well a concept answers: less is better.
pub(super) type Rank = u32;

impl Question {
    /// # Errors
    /// `Invalid` for one that is too long. `None` where there is nothing to look for.
    pub(super) fn read(text: &str) -> Result<Option<Question>, Fault> {
        let whole = fold(text);
        let tokens: Vec<Token> = whole.split_whitespace().map(Token::of).collect();
        if whole.len() > LONGEST || tokens.len() > MOST_WORDS {
            let says = format!("the filter `{}` is longer than {LONGEST} bytes or {MOST_WORDS} words", shown(text));
            return Err(Fault::invalid(says));
        }
        let field = Finder::new(&format!("\t{whole}")).into_owned();
        Ok(if tokens.is_empty() { None } else { Some(Question { whole, field, tokens }) })
    }

    /// How well a line answers; `None` where a word is missing. `known`: the word that was found in it already.
    fn rank(&self, line: &str, known: Option<usize>) -> Option<Rank> {
        let others = self.tokens.iter().enumerate().filter(|(nth, _)| known != Some(*nth));
        if !others.map(|(_, token)| token).all(|token| token.is_in(line)) {
            return None;
        }
        let (code, rest) = line.split_once('\t').unwrap_or((line, ""));
        let (display, fields) = rest.split_at(memchr(b'\t', rest.as_bytes()).unwrap_or(rest.len()));
        let whole = self.whole.as_str();
        let class = if code == whole {
            0
        } else if display == whole {
            1
        } else {
            // Each of the others stands behind its tab.
            let (mut begins, mut is_one) = (false, false);
            for at in self.field.find_iter(fields.as_bytes()) {
                begins = true;
                let next = fields.as_bytes().get(at + self.field.needle().len());
                is_one = is_one || next.is_none_or(|next| *next == b'\t');
            }
            if is_one {
                2
            } else if display.starts_with(whole) {
                3
            } else if begins || code.starts_with(whole) {
                4
            } else if self.tokens.first().is_some_and(|token| token.begins_a_word(line)) {
                5
            } else {
                6
            }
        };
        // Among equals the shorter name is the more general, and likelier to be meant.
        Some(class << 24 | u32::try_from(display.len()).unwrap_or(u32::MAX).min(0xFF_FFFF))
    }

    /// How well a concept that stands in a value set alone answers.
    pub(super) fn rank_of<'t>(
        &self,
        code: &str,
        display: Option<&'t str>,
        others: impl Iterator<Item = &'t str>,
    ) -> Option<Rank> {
        let mut line = String::new();
        write(&mut line, code, display, others);
        self.rank(&line, None)
    }
}

impl Token {
    fn of(text: &str) -> Token {
        let words = if text.chars().any(is_han) { words::question(text) } else { Vec::new() };
        Token { text: text.to_owned(), finder: Finder::new(text).into_owned(), words }
    }

    fn is_in(&self, line: &str) -> bool {
        self.finder.find(line.as_bytes()).is_some()
            || (!self.words.is_empty() && self.words.iter().all(|word| line.contains(word)))
    }

    /// Whether some word of the line begins with it.
    fn begins_a_word(&self, line: &str) -> bool {
        let before = |at: usize| line.get(..at).and_then(|head| head.chars().next_back());
        let mut places = self.finder.find_iter(line.as_bytes());
        places.any(|at| before(at).is_none_or(|c| !c.is_alphanumeric() || is_han(c)))
    }

    /// What is in every line that this token is in.
    fn needle(&self) -> &str {
        self.words.iter().max_by_key(|word| word.len()).unwrap_or(&self.text)
    }
}

/// The line of a concept, without its end.
fn write<'t>(line: &mut String, code: &str, display: Option<&'t str>, others: impl Iterator<Item = &'t str>) {
    let field = |text: &str, line: &mut String| {
        // Folding leaves no tab and no end of line.
        line.push('\t');
        line.push_str(text);
    };
    line.push_str(&fold(code));
    field(&fold(display.unwrap_or_default()), line);
    for text in display.into_iter().chain(others) {
        if display != Some(text) {
            field(&fold(text), line);
        }
        if let Some((full, initials)) = sound::of(text) {
            if full.contains('v') {
                field(&full.replace('v', "u"), line);
            }
            field(&full, line);
            field(&initials, line);
        }
    }
}

impl Find {
    pub(super) fn of(system: &CodeSystem) -> Find {
        let mut text = String::new();
        let mut starts = Vec::with_capacity(system.len() as usize);
        for at in 0..system.len() {
            starts.push(text.len());
            write(&mut text, system.code(at), system.display(at), system.designations(at).map(|one| one.value));
            text.push('\n');
        }
        Find { text, starts }
    }

    /// The concepts that answer, with how well; in the order of the system.
    pub(super) fn search(&self, question: &Question) -> Vec<(u32, Rank)> {
        let needles = question.tokens.iter().enumerate().map(|(nth, token)| (nth, token.needle()));
        let Some((nth, needle)) = needles.max_by_key(|(_, needle)| needle.len()) else { return Vec::new() };
        // A word that stands as it is found needs no second look.
        let known = question.tokens.get(nth).filter(|token| token.words.is_empty()).map(|_| nth);
        let finder = Finder::new(needle);
        let mut found = Vec::new();
        let (mut from, mut concept) = (0, 0);
        while let Some(at) = self.text.as_bytes().get(from..).and_then(|rest| finder.find(rest)) {
            // Places come in order, and so do the lines.
            while self.starts.get(concept + 1).is_some_and(|next| *next <= from + at) {
                concept += 1;
            }
            let start = self.starts.get(concept).copied().unwrap_or_default();
            let end = self.starts.get(concept + 1).copied().unwrap_or(self.text.len());
            let line = self.text.get(start..end.saturating_sub(1)).unwrap_or_default();
            if let (Some(rank), Ok(concept)) = (question.rank(line, known), u32::try_from(concept)) {
                found.push((concept, rank));
            }
            from = end;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(question: &str, display: &str) -> Option<u32> {
        let question = Question::read(question).unwrap().unwrap();
        question.rank_of("I10", Some(display), ["Hypertension", "血压高"].into_iter()).map(|rank| rank >> 24)
    }

    #[test]
    fn a_concept_is_found_by_code_words_and_sound() {
        for (question, class) in [
            ("i10", 0),
            ("原发性高血压", 1),
            ("hypertension", 2),
            ("原发性", 3),
            ("hyper", 4),
            ("yfx", 4),
            ("高血压", 5),
            ("gxy", 6),
            ("gaoxueya", 6),
            ("血压原发", 6),
            ("ＨＹＰＥＲ 原发", 5),
        ] {
            assert_eq!(rank(question, "原发性高血压"), Some(class), "{question}");
        }
        assert_eq!(rank("低血压", "原发性高血压"), None);
        assert_eq!(rank("hyper i11", "原发性高血压"), None);
    }

    #[test]
    fn a_question_is_bounded() {
        assert!(Question::read(" \t").unwrap().is_none());
        assert!(Question::read(&"a".repeat(2000)).is_err() && Question::read(&"a ".repeat(40)).is_err());
    }
}
