//! The values of search parameters: escapes, tokens, references, dates.

use meridian_model::both;
use meridian_model::date::{DateRange, Prefix, Zone};
use meridian_store::search::{DateTest, Op, SystemTest, TokenTest};

use crate::EngineError;
use crate::engine::now;

/// The pairs of a query string, percent-decoded.
///
/// # Errors
/// As [`decode`].
pub fn split_query(query: &str) -> Result<Vec<(String, String)>, EngineError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Percent-decodes a part of an address.
///
/// # Errors
/// `Invalid` for what is not UTF-8 then, or holds a NUL.
pub fn decode(text: &str) -> Result<String, EngineError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(EngineError::invalid(
            "",
            both!("a part of the address is not plain text in UTF-8", "地址中有一部分不是 UTF-8 文字"),
        )),
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Splits at `mark` where it is not escaped by `\`; escapes stay.
pub(super) fn split(text: &str, mark: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == mark {
            parts.push(text.get(from..at).unwrap_or_default());
            from = at + c.len_utf8();
        }
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}

/// Takes the escapes `\,` `\|` `\$` `\\` off.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(next @ (',' | '|' | '$' | '\\'))) => {
                out.push(*next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// `system|code`, `code`, `|code`, `system|`.
pub(super) fn token(text: &str) -> Option<TokenTest> {
    let parts = split(text, '|');
    let full = |text: &str| Some(plain(text)).filter(|text| !text.is_empty());
    match parts.as_slice() {
        [code] => Some(TokenTest { system: SystemTest::Any, code: Some(full(code)?) }),
        [system, code] => {
            let system = full(system);
            let code = full(code);
            match (system, code) {
                (None, None) => None,
                (None, code) => Some(TokenTest { system: SystemTest::None, code }),
                (Some(uri), code) => Some(TokenTest { system: SystemTest::Uri(uri), code }),
            }
        }
        _ => None,
    }
}

/// A date with its prefix. `ap` is widened by a tenth of its distance from now.
pub(super) fn date(text: &str) -> Option<DateTest> {
    let (prefix, rest) = Prefix::split(text);
    let range = DateRange::parse(rest, Zone::CHINA)?;
    let (op, range) = match prefix {
        Prefix::Eq => (Op::Eq, range),
        Prefix::Ne => (Op::Ne, range),
        Prefix::Gt => (Op::Gt, range),
        Prefix::Lt => (Op::Lt, range),
        Prefix::Ge => (Op::Ge, range),
        Prefix::Le => (Op::Le, range),
        Prefix::Sa => (Op::StartsAfter, range),
        Prefix::Eb => (Op::EndsBefore, range),
        Prefix::Ap => (Op::Overlaps, range.widened(now())),
    };
    Some(DateTest { op, lo: range.lo, hi: range.hi })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_that_is_escaped_does_not_split() {
        assert_eq!(split(r"a\,b,c", ','), [r"a\,b", "c"]);
        assert_eq!(plain(r"a\,b\|c\\d\x"), r"a,b|c\d\x");
    }

    #[test]
    fn each_form_of_token_is_told_apart() {
        let test = |text| token(text).unwrap();
        assert_eq!(test("a").system, SystemTest::Any);
        assert_eq!(test("|a").system, SystemTest::None);
        assert_eq!(test("s|a").system, SystemTest::Uri("s".into()));
        assert_eq!(test("s|").code, None);
        assert!(token("").is_none() && token("|").is_none() && token("a|b|c").is_none());
    }

    #[test]
    fn a_query_is_decoded() {
        let pairs = split_query("name=%E7%8E%8B+x&_id=%zz").unwrap();
        assert_eq!(pairs, [("name".into(), "王 x".into()), ("_id".into(), "%zz".into())]);
        assert!(split_query("name=%ff%fe").is_err() && split_query("name=a%00").is_err());
    }
}
