//! Rust text without what the rules must not judge: comments, the insides of strings, and test modules.

use std::iter::Peekable;
use std::str::Chars;

/// `text` with comments, string contents and `#[cfg(test)]` items blanked; lines keep their numbers.
pub(crate) fn bare(text: &str) -> String {
    without_tests(&without_words(text))
}

/// The first line (from 1) of bare code that names `path`, as `a::b` or inside `a::{…}`.
pub(crate) fn line_naming(bare: &str, path: &str) -> Option<usize> {
    let direct = find_whole(bare, path);
    let grouped = path.rsplit_once("::").and_then(|(parent, leaf)| {
        let opener = format!("{parent}::{{");
        let mut from = 0;
        loop {
            let at = from + bare.get(from..)?.find(&opener)?;
            let group = balanced(bare.get(at + opener.len()..)?);
            if find_whole(group, leaf).is_some() {
                return Some(at);
            }
            from = at + opener.len();
        }
    });
    let at = [direct, grouped].into_iter().flatten().min()?;
    Some(1 + bare.get(..at)?.matches('\n').count())
}

/// Where `word` stands with no identifier character on either side.
fn find_whole(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|t| t.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text up to the brace that closes an already opened one.
fn balanced(text: &str) -> &str {
    let mut depth = 1usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(..at).unwrap_or(text);
        }
    }
    text
}

fn without_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => skip_line(&mut rest, &mut out),
            '/' if rest.peek() == Some(&'*') => skip_block(&mut rest, &mut out),
            '"' => skip_string(&mut rest, &mut out),
            'r' if !out.ends_with(is_word) || out.ends_with('b') => match raw_hashes(&rest) {
                Some(hashes) => skip_raw(&mut rest, hashes, &mut out),
                None => out.push(c),
            },
            '\'' => skip_character(&mut rest, &mut out),
            _ => out.push(c),
        }
    }
    out
}

fn skip_line(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    if rest.any(|c| c == '\n') {
        out.push('\n');
    }
}

fn skip_block(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    let mut depth = 0usize;
    let mut last = '/';
    for c in rest.by_ref() {
        match (last, c) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth = depth.saturating_sub(1),
            (_, '\n') => out.push('\n'),
            _ => {}
        }
        if depth == 0 {
            return;
        }
        last = c;
    }
}

fn skip_string(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('"');
    while let Some(c) = rest.next() {
        match c {
            '"' => break,
            '\\' => keep_newline(rest.next(), out),
            _ => keep_newline(Some(c), out),
        }
    }
    out.push('"');
}

fn keep_newline(c: Option<char>, out: &mut String) {
    if c == Some('\n') {
        out.push('\n');
    }
}

/// How many `#` stand between an `r` and its `"`; `None` when this is no raw string.
fn raw_hashes(rest: &Peekable<Chars<'_>>) -> Option<usize> {
    let mut ahead = rest.clone();
    let mut hashes = 0;
    while ahead.peek() == Some(&'#') {
        ahead.next();
        hashes += 1;
    }
    (ahead.next() == Some('"')).then_some(hashes)
}

fn skip_raw(rest: &mut Peekable<Chars<'_>>, hashes: usize, out: &mut String) {
    out.push('"');
    rest.by_ref().take(hashes + 1).for_each(drop);
    let mut seen = None;
    for c in rest.by_ref() {
        seen = match (c, seen) {
            ('"', _) => Some(0),
            ('#', Some(n)) => Some(n + 1),
            _ => None,
        };
        keep_newline(Some(c), out);
        if seen == Some(hashes) {
            break;
        }
    }
    out.push('"');
}

/// After a `'`: skips a character literal, keeps a lifetime.
fn skip_character(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    let mut ahead = rest.clone();
    match (ahead.next(), ahead.next()) {
        (Some('\\'), _) => {
            rest.by_ref().take(2).for_each(drop);
            for c in rest.by_ref() {
                if c == '\'' {
                    break;
                }
            }
        }
        (Some(_), Some('\'')) => rest.by_ref().take(2).for_each(drop),
        _ => out.push('\''),
    }
}

fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, after)) = rest.split_once(MARK) {
        out.push_str(before);
        let (item, following) = after.split_at(item_end(after));
        out.extend(item.chars().filter(|c| *c == '\n'));
        rest = following;
    }
    out.push_str(rest);
    out
}

/// Where the item that starts here ends: past its `;`, or past the brace that closes its first one.
fn item_end(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_strings_and_tests_are_not_judged() {
        let text = "//! std::fs\nuse a; /* std::net /* nested */ */\nlet s = \"std::fs\\\" std::fs\";\nlet r = r#\"std::fs\" \"#;\n\
                    #[cfg(test)]\nmod tests {\n    use std::fs; fn x() { {} }\n}\nfn after() {}\n";
        let code = bare(text);
        assert_eq!(line_naming(&code, "std::fs"), None, "{code}");
        assert!(code.contains("fn after"), "{code}");
        assert_eq!(code.matches('\n').count(), text.matches('\n').count());
    }

    #[test]
    fn what_is_named_is_found_with_its_line() {
        let code = bare(
            "use x;\nuse std::{collections::{BTreeMap}, fs};\nfn f<'a>(c: char) -> bool { c == '\"' }\nstd::net::x",
        );
        assert_eq!(line_naming(&code, "std::fs"), Some(2));
        assert_eq!(line_naming(&code, "std::net"), Some(4));
        assert_eq!(line_naming(&code, "std::env"), None);
        assert_eq!(line_naming("my_std::fs", "std::fs"), None);
        assert_eq!(line_naming("std::fsx", "std::fs"), None);
    }
}
