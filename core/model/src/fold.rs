//! Folding: the form in which strings are compared by searches.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Lower case, without accents on letters, full-width forms made half-width, white space collapsed to single blanks
/// and cut off at both ends. Han characters stay; compatibility forms of them become the common ones.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return ascii(text);
    }
    let mut folded = String::with_capacity(text.len());
    let letters =
        text.nfkd().filter(|c| !is_latin_mark(*c)).flat_map(char::to_lowercase).filter(|c| !is_latin_mark(*c));
    for c in letters {
        match c {
            // Letters that Unicode does not take apart, as people without that keyboard type them.
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'þ' => folded.push_str("th"),
            c if c.is_whitespace() => blank(&mut folded),
            c => folded.push(c),
        }
    }
    let end = folded.trim_end().len();
    folded.truncate(end);
    // Taken apart above, Hangul and kana with marks are put together again.
    if folded.is_ascii() { folded } else { folded.nfc().collect() }
}

fn ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_whitespace() || c.is_ascii_control() {
            blank(&mut folded);
        } else {
            folded.push(c.to_ascii_lowercase());
        }
    }
    let end = folded.trim_end().len();
    folded.truncate(end);
    folded
}

fn blank(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// The combining marks of Latin, Greek and Cyrillic letters; those of kana and of Indic scripts change the sound.
fn is_latin_mark(c: char) -> bool {
    is_combining_mark(c) && matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_sounds_the_same_folds_the_same() {
        for (text, folded) in [
            ("  Müller\t\n Straße ", "muller strasse"),
            ("ＡＢＣ１２３　王", "abc123 王"),
            ("Łódź Ørsted Ñandú İ", "lodz orsted nandu i"),
            ("王秀英", "王秀英"),
            ("がぎ 한국", "がぎ 한국"),
            ("", ""),
            (" \u{3000} ", ""),
            ("吕 lǚ", "吕 lu"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,20}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
