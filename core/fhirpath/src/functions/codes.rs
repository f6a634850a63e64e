//! `encode()`, `decode()`, `escape()`, `unescape()`.

use meridian_model::base64::{FOR_URLS, STANDARD, decoded, encoded};
use meridian_model::both;

use super::Function;
use crate::ast::Call;
use crate::eval::{Eval, Scope};
use crate::fault::Fault;
use crate::item::{Collection, Item};

impl<'a> Eval<'_, 'a> {
    pub(super) fn coded(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        let Some(text) = self.input_text(call, input)? else { return Ok(Vec::new()) };
        let Some(format) = self.text(call, 0, scope)? else { return Ok(Vec::new()) };
        self.budget.text(text.len().saturating_mul(6).min(1 << 20))?;
        let made = match (call.function, format.str().unwrap_or("")) {
            (Function::Encode, "hex") => Some(text.bytes().map(|b| format!("{b:02x}")).collect()),
            (Function::Encode, "base64") => Some(encoded(text.as_bytes(), STANDARD)),
            (Function::Encode, "urlbase64") => Some(encoded(text.as_bytes(), FOR_URLS)),
            (Function::Encode, "ascii") => Some(text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()),
            (Function::Decode, "hex") => from_hex(text).and_then(|bytes| String::from_utf8(bytes).ok()),
            (Function::Decode, "base64") => {
                decoded(text, STANDARD, false).and_then(|bytes| String::from_utf8(bytes).ok())
            }
            (Function::Decode, "urlbase64") => {
                decoded(text, FOR_URLS, false).and_then(|bytes| String::from_utf8(bytes).ok())
            }
            (Function::Escape, "html") => Some(to_html(text)),
            (Function::Escape, "json") => Some(to_json(text)),
            (Function::Unescape, "html") => Some(from_html(text)),
            (Function::Unescape, "json") => Some(from_json(text)),
            (_, other) => {
                return Err(Fault::execution(
                    call.place,
                    both!("`{other}` is no format that is known here", "不支持格式 `{other}`"),
                ));
            }
        };
        if let Some(made) = &made {
            self.budget.text(made.len())?;
        }
        Ok(made.map(Item::made).into_iter().collect())
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|two| two.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

fn to_html(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '&' => made.push_str("&amp;"),
            '"' => made.push_str("&quot;"),
            '\'' => made.push_str("&#39;"),
            c => made.push(c),
        }
    }
    made
}

fn from_html(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        made.push_str(before);
        // No entity is longer than this.
        let end = from.bytes().take(12).position(|b| b == b';');
        let entity = end.and_then(|end| from.get(1..end));
        match entity.and_then(named) {
            Some(c) => {
                made.push(c);
                rest = from.get(end.unwrap_or(0) + 1..).unwrap_or("");
            }
            None => {
                made.push('&');
                rest = from.get(1..).unwrap_or("");
            }
        }
    }
    made.push_str(rest);
    made
}

fn named(entity: &str) -> Option<char> {
    Some(match entity {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

fn to_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&quoted).to_owned()
}

/// What is no escape stays as it is.
fn from_json(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        made.push_str(before);
        // A pair of surrogates is one escape of twelve characters.
        let escape = [12, 6, 2].iter().filter_map(|length| from.get(..*length)).find_map(|escape| {
            let is_whole = matches!((escape.len(), escape.matches("\\u").count()), (12, 2) | (6, 1) | (2, 0));
            let text = if is_whole { serde_json::from_str::<String>(&format!("\"{escape}\"")).ok() } else { None };
            text.filter(|text| text.chars().count() == 1).map(|text| (text, escape.len()))
        });
        match escape {
            Some((text, length)) => {
                made.push_str(&text);
                rest = from.get(length..).unwrap_or("");
            }
            None => {
                made.push('\\');
                rest = from.get(1..).unwrap_or("");
            }
        }
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_there_and_back() {
        for text in ["", "t", "te", "test", "subjects?_d", "中文😀", "\"1<2\" & 'x'\n\\"] {
            assert_eq!(from_html(&to_html(text)), text);
            assert_eq!(from_json(&to_json(text)), text);
        }
        assert_eq!(from_json(r"\ud83d\ude00\u4e2d\x\"), "😀中\\x\\");
        assert_eq!(from_html("&#x4e2d;&#65;&nope;&"), "中A&nope;&");
    }

    #[test]
    fn what_is_not_encoded_has_no_meaning() {
        assert!(from_hex("0").is_none() && from_hex("0g").is_none());
    }
}
