//! Distances between short texts.

use rapidfuzz::distance::{damerau_levenshtein, jaro_winkler};

/// The first `most` characters. Whatever is compared is cut or left out before, so that no text, however long, holds up the
/// transaction that it is compared in.
pub(super) fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// Whether two texts differ by at most one letter put in, left out, changed, or exchanged with its neighbour.
pub(super) fn one_edit(a: &str, b: &str) -> bool {
    within(a, b, 1)
}

/// Whether two texts differ by at most `most` such edits.
pub(super) fn within(a: &str, b: &str, most: usize) -> bool {
    let args = damerau_levenshtein::Args::default().score_cutoff(most);
    damerau_levenshtein::distance_with_args(a.chars(), b.chars(), &args).is_some()
}

/// Jaro–Winkler similarity, from 0 to 1.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    jaro_winkler::similarity(a.chars(), b.chars())
}

/// A code of how a Latin name sounds (Soundex): its first letter and up to three digits.
pub(super) fn soundex(text: &str) -> String {
    let mut code = String::new();
    let mut last = ' ';
    for c in text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()) {
        let digit = match c {
            'b' | 'f' | 'p' | 'v' => '1',
            'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => '2',
            'd' | 't' => '3',
            'l' => '4',
            'm' | 'n' => '5',
            'r' => '6',
            'h' | 'w' => continue,
            _ => '0',
        };
        if code.is_empty() {
            code.push(c);
        } else if digit != '0' && digit != last {
            code.push(digit);
        }
        last = digit;
        if code.len() == 4 {
            break;
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_of_neighbours_is_one_edit() {
        assert!(one_edit("15400001234", "15400002134") && one_edit("ab", "abc") && one_edit("", "a"));
        assert!(!one_edit("15400001234", "15400004321") && !one_edit("ab", "bca"));
        assert!(within("秀英", "秀瑛", 1) && !within("秀英", "建国", 1));
    }

    #[test]
    fn a_cut_is_between_characters() {
        assert_eq!((cut("王秀英", 2), cut("王秀英", 3), cut("ab", 9), cut("ab", 0)), ("王秀", "王秀英", "ab", ""));
    }

    #[test]
    fn names_that_sound_alike_have_one_code() {
        assert_eq!(soundex("Robert"), soundex("Rupert"));
        assert_eq!(soundex("Tymczak"), "t522");
        assert_ne!(soundex("Meier"), soundex("Bauer"));
        assert_eq!(soundex("王"), "");
    }
}
