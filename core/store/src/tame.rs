//! Texts that fit into an index: PostgreSQL's b-tree takes 2,700 bytes a row and no NUL.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// Longest text of a row that has one long text, in bytes.
pub(crate) const LONG: usize = 1000;
/// The same where several stand in one row.
pub(crate) const SHORT: usize = 400;

/// What stands for a hash inside a text.
const DIGEST: usize = 64;

/// The text itself; a longer one, or one with control characters that the store uses itself, becomes its beginning and
/// the hash of the whole. What is asked for is treated in the same way as what is kept.
pub(crate) fn tame(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest && !text.bytes().any(reserved) {
        return Cow::Borrowed(text);
    }
    let mut out = beginning(text, longest).replace(|c: char| u32::from(c) < 8, " ");
    out.extend(Sha256::digest(text.as_bytes()).into_iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit));
    Cow::Owned(out)
}

/// A capital: what is looked for inside of texts has none, so that nobody finds a hash by a part of it.
fn digit(value: u8) -> char {
    char::from(b'A' + value)
}

/// A prefix as it must be asked for: no longer than what is kept of a long text.
pub(crate) fn tame_prefix(text: &str, longest: usize) -> Cow<'_, str> {
    let short = if text.len() > longest - DIGEST { beginning(text, longest) } else { text };
    if short.bytes().any(reserved) {
        Cow::Owned(short.replace(|c: char| u32::from(c) < 8, " "))
    } else {
        Cow::Borrowed(short)
    }
}

fn beginning(text: &str, longest: usize) -> &str {
    let most = (longest - DIGEST).min(text.len());
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

fn reserved(byte: u8) -> bool {
    byte < 8
}

/// Words without the blanks that part them.
pub(crate) fn words<'t>(words: impl IntoIterator<Item = &'t String>) -> Vec<Cow<'t, str>> {
    let parts =
        words.into_iter().flat_map(|word| word.split(|c: char| c.is_ascii_whitespace() || c.is_ascii_control()));
    parts.filter(|word| !word.is_empty()).map(|word| tame(word, SHORT)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_text_stays_and_a_long_one_fits() {
        assert_eq!(tame("王秀英", LONG), "王秀英");
        let long = "王".repeat(400);
        let kept = tame(&long, LONG);
        assert!(kept.len() <= LONG && kept.starts_with("王王"));
        assert_ne!(kept, tame(&"王".repeat(401), LONG));
        assert!(!tame("a\0b", LONG).contains('\0'));
        assert!(kept.starts_with(&*tame_prefix(&long, LONG)));
    }

    #[test]
    fn nobody_finds_a_hash_by_a_part_of_it() {
        let kept = tame(&"王".repeat(400), LONG).into_owned();
        let hash = &kept[kept.len() - DIGEST..];
        assert!(hash.chars().all(|c| c.is_ascii_uppercase()), "{hash}");
    }

    proptest! {
        #[test]
        fn it_fits_and_keeps_its_beginning(text in ".{0,60}", prefix in 0usize..60) {
            let kept = tame(&text, 100);
            prop_assert!(kept.len() <= 100);
            let begins: String = text.chars().take(prefix).collect();
            prop_assert!(kept.starts_with(&*tame_prefix(&begins, 100)));
        }
    }
}
