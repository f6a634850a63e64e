//! What a resource holds, as one text: an entry for each of its tokens in the order of their codes, and a mark for each
//! other parameter that has a value.
//!
//! `␁param␂code␃system`, and `␁param␄code␃` again for the greatest of several codes; `␁param` for the others; `␁` ends the
//! list. Parameters take five letters each, so that none begins as another does.

use std::fmt::Write;

use crate::rows::Index;
use crate::tame::{LONG, tame};

/// What begins an entry.
const ENTRY: char = '\u{1}';
const CODE: char = '\u{2}';
/// What ends a code.
pub(crate) const END: char = '\u{3}';
const GREATEST: char = '\u{4}';

fn param(out: &mut String, number: u32) {
    out.push(ENTRY);
    for place in [85 * 85 * 85 * 85, 85 * 85 * 85, 85 * 85, 85, 1] {
        let digit = u8::try_from(number / place % 85).unwrap_or_default();
        out.push(char::from(b'(' + digit));
    }
}

/// The list of `index`; `system` gives the number of the system of its nth token.
pub(crate) fn list(index: &Index, systems: &[i64]) -> String {
    let mut tokens: Vec<(u32, String, i64)> = (index.tokens.iter().zip(systems))
        .map(|((param, token), system)| (*param, tame(&token.code, LONG).into_owned(), *system))
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    let mut out = String::with_capacity(tokens.len() * 20 + 64);
    for (nth, (number, code, system)) in tokens.iter().enumerate() {
        param(&mut out, *number);
        let _ = write!(out, "{CODE}{code}{END}{system}");
        let another = |at: usize| tokens.get(at).filter(|other| other.0 == *number);
        let last = another(nth + 1).is_none();
        let first = tokens.iter().find(|other| other.0 == *number);
        if last && first.is_some_and(|first| first.1 != *code) {
            param(&mut out, *number);
            let _ = write!(out, "{GREATEST}{code}{END}");
        }
    }
    let mut others: Vec<u32> = (index.strings.iter().map(|row| row.0))
        .chain(index.dates.iter().map(|row| row.0))
        .chain(index.references.iter().map(|row| row.0))
        .chain(index.numbers.iter().map(|row| row.0))
        .chain(index.quantities.iter().map(|row| row.0))
        .chain(index.pairs.iter().map(|row| row.0))
        .filter(|number| tokens.binary_search_by(|token| token.0.cmp(number)).is_err())
        .collect();
    others.sort_unstable();
    others.dedup();
    others.into_iter().for_each(|number| param(&mut out, number));
    out.push(ENTRY);
    out
}

/// What the list of a resource holds that has a value of this parameter.
pub(crate) fn present(number: u32) -> String {
    let mut out = String::new();
    param(&mut out, number);
    out
}

/// What it holds when it has a token of this parameter.
pub(crate) fn present_token(number: u32) -> String {
    before_code(number, false)
}

/// What it holds for this token; of any system when `system` is not given.
pub(crate) fn token(number: u32, code: &str, system: Option<i64>) -> String {
    let mut out = present(number);
    let _ = write!(out, "{CODE}{}{END}", tame(code, LONG));
    if let Some(system) = system {
        let _ = write!(out, "{system}{ENTRY}");
    }
    out
}

/// What stands before the least code of a parameter, and before the greatest if that is another.
pub(crate) fn before_code(number: u32, greatest: bool) -> String {
    let mut out = present(number);
    out.push(if greatest { GREATEST } else { CODE });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intern::NO_SYSTEM;
    use crate::rows::Token;

    #[test]
    fn each_token_is_found_and_no_other() {
        let of = |code: &str| Token { system: None, code: code.to_owned() };
        let tokens = vec![(7, of("b")), (7, of("a")), (8, of("c"))];
        let index = Index { tokens, dates: vec![(9, 1, 2)], ..Index::default() };
        let list = list(&index, &[1, NO_SYSTEM, 12]);
        for held in
            [token(7, "a", None), token(7, "a", Some(NO_SYSTEM)), token(7, "b", Some(1)), token(8, "c", Some(12))]
        {
            assert!(list.contains(&held), "{list:?}");
        }
        for not in
            [token(7, "a", Some(1)), token(8, "c", Some(1)), token(8, "a", None), present(10), token(7, "", None)]
        {
            assert!(!list.contains(&not), "{list:?}");
        }
        assert!([7, 8, 9].into_iter().all(|number| list.contains(&present(number))));
        assert!(list.contains(&format!("{}b{END}", before_code(7, true))));
        assert!(!list.contains(&before_code(8, true)));
    }
}
