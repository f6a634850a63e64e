//! The texts of primitive values: what stands in `value="…"` and its JSON.

use meridian_model::language::Both;
use meridian_model::{Number, Value, both};

/// Longest number in characters, as in JSON.
const LONGEST_NUMBER: usize = 256;

/// The JSON value of a text, or what it should have been. Formats beyond JSON's own are the business of the check.
pub(crate) fn value(kind: &str, text: &str) -> Result<Value, Both> {
    match kind {
        "boolean" => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(both!("`true` or `false`", " `true` 或 `false`")),
        },
        "decimal" if is_number(text) => Ok(Value::Number(Number::from_string_unchecked(text.to_owned()))),
        "decimal" => Err(both!("a decimal", "数字")),
        "integer" | "positiveInt" | "unsignedInt" => {
            let is_whole = !text.contains(['.', 'e', 'E']) && is_number(text);
            is_whole
                .then(|| Value::Number(Number::from_string_unchecked(text.to_owned())))
                .ok_or_else(|| both!("an integer", "整数"))
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// JSON's numbers, which are also R4's decimals.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    text.len() <= LONGEST_NUMBER
        && digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// Whether values of the type are texts in JSON.
pub(crate) fn is_text(kind: &str) -> bool {
    !matches!(kind, "boolean" | "decimal" | "integer" | "positiveInt" | "unsignedInt")
}

/// The text of a boolean or a number, or `None` where the value is none of this type.
pub(crate) fn text(kind: &str, value: &Value) -> Option<String> {
    match (kind, value) {
        ("boolean", Value::Bool(value)) => Some(value.to_string()),
        ("decimal", Value::Number(number)) => Some(number.to_string()),
        ("integer" | "positiveInt" | "unsignedInt", Value::Number(number)) => {
            Some(number.to_string()).filter(|text| !text.contains(['.', 'e', 'E']))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for digits in ["0", "-0", "1.10", "1e3", "1E+3", "0.00", "123456789012345678901234567890.12345"] {
            let read = value("decimal", digits).unwrap();
            assert_eq!(read.to_string(), digits);
            assert_eq!(text("decimal", &read).unwrap(), digits);
        }
        for digits in ["01", "1.", ".5", "+1", "-", "1e", "1e+", "NaN", "0x1", "--1", "", " 1", "1 ", "١"] {
            assert!(value("decimal", digits).is_err(), "{digits}");
        }
        assert!(value("integer", "1.0").is_err() && value("integer", "1e3").is_err());
        assert!(value("decimal", &"1".repeat(300)).is_err());
        assert!(value("boolean", "1").is_err());
    }
}
