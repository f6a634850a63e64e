//! The formats of primitive types, after the table of R4's data types page. Looser than its regular expressions where
//! well-known data is: white space inside base64, any scheme in a uri.

use crate::both;
use crate::language::Both;
use serde_json::Value;

use super::shape;
use crate::date::{Precision, precision};
use crate::reference::is_id;

/// What is wrong with `value` as a primitive of this type: a code of `issue-type` and a sentence.
#[must_use]
pub fn fault(kind: &str, value: &Value) -> Option<(&'static str, Both)> {
    let is_right = match (kind, value) {
        ("boolean", Value::Bool(_)) | ("decimal", Value::Number(_)) => true,
        ("integer" | "positiveInt" | "unsignedInt", Value::Number(number)) => integer(kind, &number.to_string()),
        ("boolean" | "decimal" | "integer" | "positiveInt" | "unsignedInt", _) => {
            return Some(wrong_shape(kind, value));
        }
        (_, Value::String(text)) => is_text_of(kind, text),
        (_, _) => return Some(wrong_shape(kind, value)),
    };
    (!is_right).then(|| ("value", wrong_value(kind)))
}

fn wrong_shape(kind: &str, value: &Value) -> (&'static str, Both) {
    let expected = match kind {
        "boolean" => both!("a boolean", " true 或 false（不加引号）"),
        "decimal" | "integer" | "positiveInt" | "unsignedInt" => both!("a number", "数字（不加引号）"),
        _ => both!("a string", "字符串（加引号）"),
    };
    let says = both!("{} is expected, this is {}", "此处应是{}，现在是{}", expected, shape(value));
    ("structure", says)
}

fn wrong_value(kind: &str) -> Both {
    let (english, chinese) = match kind {
        "id" => ("an id (1 to 64 letters, digits, `-` and `.`)", "不是合法的 id（1 至 64 个字母、数字、`-` 或 `.`）"),
        "code" => (
            "a code (no white space at its ends, single blanks inside)",
            "不是合法的代码（首尾不能有空白，中间只能有单个空格）",
        ),
        "date" => ("a date (YYYY, YYYY-MM or YYYY-MM-DD)", "不是合法的日期（应为 YYYY、YYYY-MM 或 YYYY-MM-DD）"),
        "dateTime" => (
            "a dateTime (a date, or YYYY-MM-DDThh:mm:ss with a zone)",
            "不是合法的日期时间（应为日期，或带时区的 YYYY-MM-DDThh:mm:ss）",
        ),
        "instant" => {
            ("an instant (YYYY-MM-DDThh:mm:ss with a zone)", "不是合法的时刻（应为带时区的 YYYY-MM-DDThh:mm:ss）")
        }
        "time" => ("a time (hh:mm:ss)", "不是合法的时间（应为 hh:mm:ss）"),
        "base64Binary" => ("base64", "不是合法的 base64"),
        "oid" => ("an oid (urn:oid:…)", "不是合法的 oid（应为 urn:oid:…）"),
        "uuid" => ("a uuid (urn:uuid:…)", "不是合法的 uuid（应为 urn:uuid:…）"),
        "integer" => ("an integer of 32 bits", "不是 32 位整数"),
        "positiveInt" => ("a positive integer of 32 bits", "不是 32 位正整数"),
        "unsignedInt" => ("an unsigned integer of 31 bits", "不是 31 位非负整数"),
        "uri" | "url" | "canonical" => ("a uri (no white space)", "不是合法的地址（不能有空白）"),
        _ => ("a text (it may not be empty)", "文字不能为空"),
    };
    Both::new(format!("this is not {english}"), chinese)
}

fn integer(kind: &str, text: &str) -> bool {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-') && text != "-0";
    let number = text.parse::<i32>().ok().filter(|_| is_plain);
    number.is_some_and(|number| match kind {
        "positiveInt" => number > 0,
        "unsignedInt" => number >= 0,
        _ => true,
    })
}

fn is_text_of(kind: &str, text: &str) -> bool {
    match kind {
        "id" => is_id(text),
        "code" => {
            !text.is_empty() && text.split(' ').all(|word| !word.is_empty() && !word.contains(char::is_whitespace))
        }
        "date" => matches!(precision(text), Some((Precision::Year | Precision::Month | Precision::Day, _))),
        "dateTime" => match precision(text) {
            Some((Precision::Year | Precision::Month | Precision::Day, _)) => true,
            Some((Precision::Second | Precision::Fraction, has_zone)) => has_zone,
            _ => false,
        },
        "instant" => matches!(precision(text), Some((Precision::Second | Precision::Fraction, true))),
        "time" => is_time(text),
        "base64Binary" => is_base64(text),
        "oid" => text.strip_prefix("urn:oid:").is_some_and(is_oid),
        "uuid" => text.strip_prefix("urn:uuid:").is_some_and(is_uuid),
        "uri" | "url" | "canonical" => !text.contains(char::is_whitespace),
        _ => !text.is_empty(),
    }
}

fn is_time(text: &str) -> bool {
    let moment = text.len() >= 8 && text.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.');
    moment && matches!(precision(&format!("2000-01-01T{text}")), Some((Precision::Second | Precision::Fraction, _)))
}

fn is_base64(text: &str) -> bool {
    let letters = text.bytes().filter(|b| !b.is_ascii_whitespace());
    let mut count = 0_usize;
    let mut padding = 0_usize;
    for letter in letters {
        count += 1;
        match letter {
            b'=' => padding += 1,
            b'+' | b'/' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' if padding == 0 => {}
            _ => return false,
        }
    }
    count.is_multiple_of(4) && padding <= 2
}

fn is_oid(text: &str) -> bool {
    text.starts_with(['0', '1', '2'])
        && text.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}
