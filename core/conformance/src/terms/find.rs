//! Finding concepts by text: code, display, designations, and Chinese ones also by pinyin and its initials.
//!
//! All texts of a system lie folded in one string, a line for each concept: its code, its display and how that sounds, then
//! its other names. A question is looked for in that string as a whole, which needs no other index and costs some
//! milliseconds for a hundred thousand concepts.
//!
//! The best come first: a code or a name that is just what was asked for; then what the display has, a whole word before
//! the beginning of one, and that before its inside; then what only another name has, in the same order. Chinese is
//! written without blanks: there, as with its sound, a name that begins or ends with what was asked for has it as a word
//! (糖尿病 in 2型糖尿病, which is a kind of it, before 糖尿病 in 2型糖尿病肾病). Of equals the shorter display is first, and then
//! what has more beneath it: the more general.

use memchr::memchr;
use memchr::memmem::Finder;
use meridian_model::both;
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
    /// How many concepts are right beneath each, as far as that is counted.
    beneath: Vec<u8>,
}

/// What stands before each field of the display, and before each other name.
const OF_DISPLAY: char = '\t';
const OF_NAMES: char = '\u{b}';
/// Places in one line that are looked at.
const MOST_PLACES: usize = 32;

/// What a question meets in a line; the first is the best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hit {
    Code,
    Display,
    Name,
    /// Also the beginning of the code.
    WordOfDisplay,
    BeginningInDisplay,
    InDisplay,
    WordOfName,
    BeginningInName,
    InName,
}

/// What somebody looks for.
pub(super) struct Question {
    whole: Finder<'static>,
    is_han: bool,
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
            let says = both!(
                "the filter `{}` is longer than {LONGEST} bytes or {MOST_WORDS} words",
                "filter `{}` 超过 {LONGEST} 字节或 {MOST_WORDS} 个词",
                shown(text)
            );
            return Err(Fault::invalid(says));
        }
        let is_han = whole.chars().any(is_han);
        let whole = Finder::new(&whole).into_owned();
        Ok(if tokens.is_empty() { None } else { Some(Question { whole, is_han, tokens }) })
    }

    /// How well a line answers; `None` where a word is missing. `known`: the word that was found in it already.
    fn rank(&self, line: &str, beneath: u8, known: Option<usize>) -> Option<Rank> {
        let others = self.tokens.iter().enumerate().filter(|(nth, _)| known != Some(*nth));
        if !others.map(|(_, token)| token).all(|token| token.is_in(line)) {
            return None;
        }
        let bytes = line.as_bytes();
        let code = memchr(OF_DISPLAY as u8, bytes).unwrap_or(bytes.len());
        let names = memchr(OF_NAMES as u8, bytes).unwrap_or(bytes.len());
        let display = line.get(code + 1..names).unwrap_or_default();
        let length = memchr(OF_DISPLAY as u8, display.as_bytes()).unwrap_or(display.len());
        let places = self.whole.find_iter(bytes).take(MOST_PLACES);
        let best = places.map(|at| self.hit(line, at, code, code + 1 + length, names)).min();
        let best = best.unwrap_or_else(|| {
            // Its words stand apart.
            if self.tokens.iter().all(|token| token.is_in(display)) { Hit::InDisplay } else { Hit::InName }
        });
        let length = u32::try_from(length).unwrap_or(u32::MAX).min(0xF_FFFF);
        Some((best as u32) << 28 | length << 8 | u32::from(u8::MAX - beneath))
    }

    /// What the whole question meets at a place: before `code` the code ends, before `display` the display, and before
    /// `names` how that sounds.
    fn hit(&self, line: &str, at: usize, code: usize, display: usize, names: usize) -> Hit {
        let end = at + self.whole.needle().len();
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        let after = line.get(end..).and_then(|rest| rest.chars().next());
        let is_edge = |c: Option<char>| c.is_none_or(|c| matches!(c, OF_DISPLAY | OF_NAMES));
        let is_apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() || is_han(c));
        let (begins, ends) = (is_edge(before), is_edge(after));
        if at < code {
            return match (begins, ends) {
                (true, true) => Hit::Code,
                (true, false) => Hit::WordOfDisplay,
                _ => Hit::InDisplay,
            };
        }
        if at < names {
            // What is not Han is a word between what is no letter.
            let by_letters = at < display && !self.is_han;
            return match (begins, ends) {
                (true, true) => Hit::Display,
                _ if by_letters && is_apart(before) && is_apart(after) => Hit::WordOfDisplay,
                (true, _) | (_, true) if !by_letters => Hit::WordOfDisplay,
                _ if is_apart(before) && !self.is_han => Hit::BeginningInDisplay,
                _ => Hit::InDisplay,
            };
        }
        match (begins, ends) {
            (true, true) => Hit::Name,
            (true, _) | (_, true) => Hit::WordOfName,
            _ if is_apart(before) && !self.is_han => Hit::BeginningInName,
            _ => Hit::InName,
        }
    }

    /// The name by which a concept answers that neither its code nor what is `shown` of it answers by: the best of its own.
    /// `None` where no name alone answers.
    pub(super) fn found_by<'t>(
        &self,
        code: &str,
        shown: Option<&str>,
        names: impl Iterator<Item = &'t str>,
    ) -> Option<&'t str> {
        if self.rank_of(code, shown, std::iter::empty()).is_some() {
            return None;
        }
        let ranked = names.filter_map(|name| Some((self.rank_of("", Some(name), std::iter::empty())?, name)));
        ranked.min().map(|(_, name)| name)
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
        self.rank(&line, 0, None)
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

    /// What is in every line that this token is in.
    fn needle(&self) -> &str {
        self.words.iter().max_by_key(|word| word.len()).unwrap_or(&self.text)
    }
}

/// The line of a concept, without its end.
fn write<'t>(line: &mut String, code: &str, display: Option<&'t str>, others: impl Iterator<Item = &'t str>) {
    // Folding leaves no tab and no end of line.
    let field = |before: char, text: &str, line: &mut String| {
        line.push(before);
        line.push_str(text);
    };
    let name = |before: char, text: &str, line: &mut String| {
        field(before, &fold(text), line);
        if let Some((full, initials)) = sound::of(text) {
            if full.contains('v') {
                field(before, &full.replace('v', "u"), line);
            }
            field(before, &full, line);
            field(before, &initials, line);
        }
    };
    line.push_str(&fold(code));
    name(OF_DISPLAY, display.unwrap_or_default(), line);
    for text in others.filter(|text| display != Some(*text)) {
        name(OF_NAMES, text, line);
    }
}

impl Find {
    pub(super) fn of(system: &CodeSystem) -> Find {
        let mut text = String::new();
        let mut starts = Vec::with_capacity(system.len() as usize);
        let mut beneath = Vec::with_capacity(system.len() as usize);
        for at in 0..system.len() {
            beneath.push(u8::try_from(system.children(at).len()).unwrap_or(u8::MAX));
            starts.push(text.len());
            write(&mut text, system.code(at), system.display(at), system.designations(at).map(|one| one.value));
            text.push('\n');
        }
        Find { text, starts, beneath }
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
            let beneath = self.beneath.get(concept).copied().unwrap_or_default();
            if let (Some(rank), Ok(concept)) = (question.rank(line, beneath, known), u32::try_from(concept)) {
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
        question.rank_of("I10", Some(display), ["Hypertension", "血压高"].into_iter()).map(|rank| rank >> 28)
    }

    #[test]
    fn a_concept_is_found_by_code_words_and_sound() {
        for (question, hit) in [
            ("i10", Hit::Code),
            ("原发性高血压", Hit::Display),
            ("yfxgxy", Hit::Display),
            ("hypertension", Hit::Name),
            ("xyg", Hit::Name),
            ("i1", Hit::WordOfDisplay),
            ("原发性", Hit::WordOfDisplay),
            ("yfx", Hit::WordOfDisplay),
            ("高血压", Hit::WordOfDisplay),
            ("gxy", Hit::WordOfDisplay),
            ("gaoxueya", Hit::WordOfDisplay),
            ("发性", Hit::InDisplay),
            ("fxg", Hit::InDisplay),
            ("血压原发", Hit::InDisplay),
            ("hyper", Hit::WordOfName),
            ("血压高 原发", Hit::InName),
            ("ＨＹＰＥＲ 原发", Hit::InName),
        ] {
            assert_eq!(rank(question, "原发性高血压"), Some(hit as u32), "{question}");
        }
        assert_eq!(rank("低血压", "原发性高血压"), None);
        assert_eq!(rank("hyper i11", "原发性高血压"), None);
    }

    #[test]
    fn words_of_letters_stand_between_blanks() {
        for (question, hit) in [
            ("ear", Hit::WordOfDisplay),
            ("Pain", Hit::WordOfDisplay),
            ("ea", Hit::BeginningInDisplay),
            ("ain", Hit::InDisplay),
            ("ear pain", Hit::Display),
        ] {
            assert_eq!(rank(question, "Ear pain"), Some(hit as u32), "{question}");
        }
    }

    #[test]
    fn a_question_is_bounded() {
        assert!(Question::read(" \t").unwrap().is_none());
        assert!(Question::read(&"a".repeat(2000)).is_err() && Question::read(&"a ".repeat(40)).is_err());
    }
}
