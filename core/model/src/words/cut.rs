//! A text cut into words.

use std::sync::LazyLock;

use jieba_rs::Jieba;
use pinyin::ToPinyin as _;

use crate::fold::fold;
use crate::pinyin::is_han;

/// Longest word in bytes; of a longer one the beginning counts.
const LONGEST: usize = 64;
/// Chinese characters of a question or an index entry that are read in one piece.
const RUN: usize = 2000;
/// A piece of Chinese text up to so many characters is also found by the initials of all of it.
const NAME: usize = 16;

/// The dictionary: 33 MB and a fifth of a second, once, when the first Chinese text comes.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// All words that a text may be found by. May give a word several times.
pub(super) fn index(text: &str, found: &mut dyn FnMut(&str)) {
    pieces(&fold(text), &mut |piece, han| {
        if han {
            words(piece, &mut |word, _| found(word));
            initials(piece, &mut |word| {
                if !word.is_empty() {
                    found(word);
                }
            });
        } else {
            found(cut(piece));
        }
    });
}

/// The words of a question, each once; a text that answers it has all of them. Empty where it holds no word.
#[must_use]
pub fn question(text: &str) -> Vec<String> {
    let mut words_of: Vec<String> = Vec::new();
    let mut keep = |word: &str| {
        if !words_of.iter().any(|present| present == word) {
            words_of.push(word.to_owned());
        }
    };
    pieces(&fold(text), &mut |piece, han| {
        if han {
            words(piece, &mut |word, is_needed| {
                if is_needed {
                    keep(word);
                }
            });
        } else {
            keep(cut(piece));
        }
    });
    words_of
}

/// The runs of Chinese characters and the runs of other letters and digits.
fn pieces(text: &str, found: &mut dyn FnMut(&str, bool)) {
    let kind = |c: char| if is_han(c) { Some(true) } else { c.is_alphanumeric().then_some(false) };
    let mut open: Option<(usize, bool)> = None;
    for (at, c) in text.char_indices() {
        let now = kind(c);
        if open.map(|(_, han)| han) != now {
            if let Some((start, han)) = open {
                found(text.get(start..at).unwrap_or_default(), han);
            }
            open = now.map(|han| (at, han));
        }
    }
    if let Some((start, han)) = open {
        found(text.get(start..).unwrap_or_default(), han);
    }
}

/// Every dictionary word in a Chinese piece and every character of it. A character that is part of a word of the piece is
/// not needed (`false`) to find the piece.
fn words(piece: &str, found: &mut dyn FnMut(&str, bool)) {
    let chars: Vec<(usize, char)> = piece.char_indices().take(RUN).collect();
    let piece = piece.get(..chars.last().map_or(0, |(at, c)| at + c.len_utf8())).unwrap_or_default();
    let mut free = vec![true; chars.len()];
    for token in JIEBA.cut_all(piece) {
        if token.end > token.start + 1 {
            free.iter_mut().take(token.end).skip(token.start).for_each(|free| *free = false);
            found(cut(token.word), true);
        }
    }
    for ((at, c), free) in chars.iter().zip(free) {
        found(piece.get(*at..at + c.len_utf8()).unwrap_or_default(), free);
    }
}

/// The initials of the words as one reads them, and of a short piece as a whole: gxy for 高血压. Of two letters only for
/// a piece that is no longer: half of all texts would be found by any two.
fn initials(piece: &str, found: &mut dyn FnMut(&str)) {
    let sound = |text: &str| -> String {
        text.chars().take(NAME).filter_map(|c| c.to_pinyin()?.plain().chars().next()).collect()
    };
    if piece.chars().nth(1).is_some() && piece.chars().nth(NAME).is_none() {
        found(&sound(piece));
    }
    for token in JIEBA.cut(piece.get(..end_of(piece)).unwrap_or_default(), false) {
        if token.end > token.start + 2 {
            found(&sound(token.word));
        }
    }
}

/// Where a piece ends for the dictionary.
fn end_of(piece: &str) -> usize {
    piece.char_indices().nth(RUN).map_or(piece.len(), |(at, _)| at)
}

fn cut(word: &str) -> &str {
    let end = (0..=LONGEST.min(word.len())).rev().find(|end| word.is_char_boundary(*end)).unwrap_or(0);
    word.get(..end).unwrap_or_default()
}
