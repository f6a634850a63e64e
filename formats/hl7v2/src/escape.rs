//! Escape sequences: `\F\ \S\ \T\ \R\ \E\`, hexadecimal data, formatting commands.

use std::borrow::Cow;

use crate::Delimiters;

/// Resolves the escape sequences of one value.
///
/// Separators (`\F\ \S\ \T\ \R\ \E\ \P\`) and hexadecimal data (`\Xhh..\`, as UTF-8 where it is that, else
/// Latin-1) become characters, line and paragraph commands (`\.br\ \.sp\ \.ce\ \.sk\ \.in\ \.ti\ …`) become
/// line breaks or spaces, highlighting (`\H\ \N\`) vanishes. What is not known, or has no end, stays as written.
#[must_use]
pub fn unescape<'a>(value: &'a str, d: &Delimiters) -> Cow<'a, str> {
    if !value.contains(d.escape) {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once(d.escape) {
        out.push_str(before);
        // A sequence is short; a lone escape character must not swallow the text up to the next one.
        let sequence = after.split_once(d.escape).filter(|(body, _)| body.starts_with(['X', 'x']) || body.len() <= 12);
        if let Some((body, tail)) = sequence
            && resolve(body, d, &mut out)
        {
            rest = tail;
        } else {
            out.push(d.escape);
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Writes what `body` (between two escape characters) stands for; false when it is unknown.
fn resolve(body: &str, d: &Delimiters, out: &mut String) -> bool {
    match body {
        "F" => out.push(d.field),
        "S" => out.push(d.component),
        "T" => out.push(d.sub_component),
        "R" => out.push(d.repetition),
        "E" => out.push(d.escape),
        "P" => out.push(d.truncation.unwrap_or('#')),
        "H" | "N" | ".fi" | ".nf" => {}
        _ => {
            if let Some(command) = body.strip_prefix('.') {
                return format_command(command, out);
            }
            let Some(bytes) = body.strip_prefix(['X', 'x']).and_then(hexadecimal) else { return false };
            match std::str::from_utf8(&bytes) {
                Ok(text) => out.push_str(text),
                Err(_) => out.extend(bytes.iter().map(|b| char::from(*b))),
            }
        }
    }
    true
}

fn format_command(command: &str, out: &mut String) -> bool {
    let (name, argument) = match command.get(..2) {
        Some(name) => (name, command.get(2..).unwrap_or_default().trim()),
        None => return false,
    };
    // Bounded: a message may ask for a million blank lines.
    let count = argument.trim_start_matches('+').parse::<usize>().ok().map(|n| n.min(100));
    match name {
        "br" | "ce" => out.push('\n'),
        "sp" => out.extend(std::iter::repeat_n('\n', count.unwrap_or(1).max(1))),
        "sk" => out.extend(std::iter::repeat_n(' ', count.unwrap_or(1))),
        "in" | "ti" => {}
        _ => return false,
    }
    true
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    if digits.is_empty() || !digits.len().is_multiple_of(2) || !digits.is_ascii() {
        return None;
    }
    digits
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

/// Escapes one value so that it survives as a single leaf of a message.
///
/// Line ends (LF, CR, CRLF) become `\.br\`, other control characters `\Xhh\`.
#[must_use]
pub fn escape<'a>(value: &'a str, d: &Delimiters) -> Cow<'a, str> {
    let special =
        |c: char| c.is_control() || [d.field, d.component, d.repetition, d.escape, d.sub_component].contains(&c);
    if !value.contains(special) {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len() + 16);
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let name = if c == d.field {
            "F"
        } else if c == d.component {
            "S"
        } else if c == d.sub_component {
            "T"
        } else if c == d.repetition {
            "R"
        } else if c == d.escape {
            "E"
        } else if c == '\n' || c == '\r' {
            if c == '\r' && chars.peek() == Some(&'\n') {
                chars.next();
            }
            ".br"
        } else if c.is_control() {
            out.push(d.escape);
            out.push('X');
            let mut utf8 = [0; 4];
            for byte in c.encode_utf8(&mut utf8).bytes() {
                out.push_str(&format!("{byte:02X}"));
            }
            out.push(d.escape);
            continue;
        } else {
            out.push(c);
            continue;
        };
        out.push(d.escape);
        out.push_str(name);
        out.push(d.escape);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(value: &str) -> String {
        unescape(value, &Delimiters::default()).into_owned()
    }

    #[test]
    fn sequences_become_characters() {
        assert_eq!(plain(r"A\T\E \F\ \S\ \R\ \E\"), r"A&E | ^ ~ \");
        assert_eq!(plain(r"one\.br\two\.sp2\three"), "one\ntwo\n\nthree");
        assert_eq!(plain(r"\H\bold\N\ \X4D6564\ \XE58CBB\ \XE9\"), "bold Med 医 é");
    }

    #[test]
    fn unknown_and_unfinished_sequences_stay() {
        for same in [r"\Z12\", r"\", r"a\b", r"C:\temp\new folder with a long name\x", r"\X4\", r"\.zz\"] {
            assert_eq!(plain(same), same);
        }
    }

    #[test]
    fn escape_is_undone_by_unescape() {
        let d = Delimiters::default();
        let value = "10^9/L | a~b \\ c&d\nnext\u{1c}\u{0b}\u{85}";
        assert_eq!(unescape(&escape(value, &d), &d), value);
        assert_eq!(escape("plain 中文", &d), "plain 中文");
    }
}
