//! Values of a view as values of Parquet. One that does not fit the type that its column asks for is a fault, never
//! another value.

use ::parquet::data_type::{ByteArray, FixedLenByteArray};
use meridian_fhirpath::Item;
use meridian_model::Value;
use meridian_model::base64;
use meridian_model::both;
use meridian_model::date::{Precision, Zone, precision};
use meridian_model::language::Both;

use super::super::super::Cell;
use super::super::json;
use super::sort::Sort;

/// The values of a column, without nulls.
pub(super) enum Cells {
    Bool(Vec<bool>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F64(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Wide(Vec<FixedLenByteArray>),
}

impl Cells {
    pub(super) fn of(sort: Sort) -> Self {
        use ::parquet::basic::Type as Physical;
        match sort.physical() {
            Physical::BOOLEAN => Self::Bool(Vec::new()),
            Physical::INT32 => Self::I32(Vec::new()),
            Physical::INT64 => Self::I64(Vec::new()),
            Physical::DOUBLE | Physical::FLOAT => Self::F64(Vec::new()),
            Physical::FIXED_LEN_BYTE_ARRAY => Self::Wide(Vec::new()),
            Physical::BYTE_ARRAY | Physical::INT96 => Self::Bytes(Vec::new()),
        }
    }

    /// Adds a value and says how many bytes are held for it; `None` for a primitive without a value, of which nothing is added.
    pub(super) fn push(&mut self, sort: Sort, item: &Item<'_>) -> Result<Option<usize>, Both> {
        if item.as_node().is_some_and(|node| node.value().is_null()) {
            return Ok(None);
        }
        let text = || item.to_text().ok_or_else(|| both!("a primitive is expected", "应是简单值"));
        let odd = |text: &str, of: &str| {
            both!("`{}` is no {of}", "`{}` 不是 {of}", text.chars().take(60).collect::<String>())
        };
        match self {
            Self::Bool(values) => {
                values.push(truth(item).ok_or_else(|| both!("true or false is expected", "应为 true 或 false"))?);
            }
            Self::I32(values) => {
                let text = text()?;
                let number = if sort == Sort::Date { day(&text) } else { text.parse().ok() };
                values.push(number.ok_or_else(|| odd(&text, if sort == Sort::Date { "DATE" } else { "INTEGER" }))?);
            }
            Self::I64(values) => {
                let text = text()?;
                let (number, of) = match sort {
                    Sort::Time => (time(&text), "TIME"),
                    Sort::Timestamp(zoned) => (timestamp(&text, zoned), "TIMESTAMP"),
                    Sort::Decimal(digits, scale) => (
                        scaled(&text, digits, scale).and_then(|number| i64::try_from(number).ok()),
                        "DECIMAL of its size",
                    ),
                    _ => (text.parse().ok(), "BIGINT"),
                };
                values.push(number.ok_or_else(|| odd(&text, of))?);
            }
            Self::F64(values) => {
                let text = text()?;
                let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
                values.push(number.ok_or_else(|| odd(&text, "DOUBLE"))?);
            }
            Self::Wide(values) => {
                let text = text()?;
                let number = if let Sort::Decimal(digits, scale) = sort { scaled(&text, digits, scale) } else { None };
                let number = number.ok_or_else(|| odd(&text, "DECIMAL of its size"))?;
                values.push(FixedLenByteArray::from(number.to_be_bytes().to_vec()));
                return Ok(Some(16 + size_of::<FixedLenByteArray>() + 32));
            }
            Self::Bytes(values) => {
                let bytes = match sort {
                    Sort::Binary => {
                        let text = text()?;
                        base64::decoded(&text, base64::STANDARD, true).ok_or_else(|| odd(&text, "base64"))?
                    }
                    Sort::Json => as_json(item),
                    _ => item.to_text().map_or_else(|| as_json(item), |text| text.into_owned().into_bytes()),
                };
                let length = bytes.len();
                values.push(ByteArray::from(bytes));
                return Ok(Some(length + size_of::<ByteArray>() + 32));
            }
        }
        Ok(Some(8))
    }
}

fn truth(item: &Item<'_>) -> Option<bool> {
    match item {
        Item::Boolean(value) => Some(*value),
        Item::Node(node) => match node.value() {
            Value::Bool(value) => Some(*value),
            _ => None,
        },
        _ => None,
    }
}

fn as_json(item: &Item<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    json::value(&Cell::One(item.clone()), &mut out);
    out
}

const DAY: i64 = 86_400_000;

/// The day of a full date, since 1970.
fn day(text: &str) -> Option<i32> {
    let (known, _) = precision(text)?;
    if !matches!(known, Precision::Day) {
        return None;
    }
    let lo = meridian_model::date::DateRange::parse(text, Zone::UTC)?.lo;
    i32::try_from(lo.div_euclid(DAY)).ok()
}

/// Microseconds since 1970. With a zone the moment itself, else as the clock showed it.
fn timestamp(text: &str, zoned: bool) -> Option<i64> {
    let (known, has_zone) = precision(text)?;
    if !matches!(known, Precision::Second | Precision::Fraction) || (zoned && !has_zone) {
        return None;
    }
    let text = if zoned || !has_zone { text } else { without_zone(text) };
    let (whole, below) = without_fraction(text)?;
    let lo = meridian_model::date::DateRange::parse(&whole, Zone::UTC)?.lo;
    lo.checked_mul(1_000)?.checked_add(below)
}

/// Microseconds since midnight.
fn time(text: &str) -> Option<i64> {
    timestamp(&format!("1970-01-01T{text}Z"), true).filter(|micros| (0..DAY * 1_000).contains(micros))
}

fn without_zone(text: &str) -> &str {
    let (date, clock) = text.split_once('T').unwrap_or((text, ""));
    let end = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    text.get(..date.len() + 1 + end).unwrap_or(text)
}

/// The text to the second, and the microseconds beyond; nothing where those don't say all.
fn without_fraction(text: &str) -> Option<(String, i64)> {
    let Some((before, after)) = text.split_once('.') else { return Some((text.to_owned(), 0)) };
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let (digits, zone) = after.split_at_checked(end).unwrap_or((after, ""));
    if digits.bytes().skip(6).any(|digit| digit != b'0') {
        return None;
    }
    let micros = digits.bytes().map(|b| i64::from(b - b'0')).chain(std::iter::repeat(0)).take(6);
    Some((format!("{before}{zone}"), micros.fold(0, |sum, digit| sum * 10 + digit)))
}

/// A decimal as a whole number of units of its scale, exactly or not at all.
fn scaled(text: &str, digits: i32, scale: i32) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let negative = whole.starts_with('-');
    let all = format!("{}{fraction}", whole.trim_start_matches(['-', '+']));
    let mut shift = scale.checked_add(exponent)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let mut all = all.trim_start_matches('0').to_owned();
    while shift < 0 && all.ends_with('0') {
        all.pop();
        shift += 1;
    }
    if all.is_empty() {
        return Some(0);
    }
    let length = i32::try_from(all.len()).ok()?.checked_add(shift)?;
    if shift < 0 || length > digits {
        return None;
    }
    let number = all.parse::<i128>().ok()?.checked_mul(10_i128.checked_pow(u32::try_from(shift).ok()?)?)?;
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_or_refused() {
        assert_eq!(scaled("1.10", 18, 4), Some(11_000));
        assert_eq!(scaled("-1.5e2", 18, 0), Some(-150));
        assert_eq!(scaled("1.500", 18, 1), Some(15));
        assert_eq!(scaled("0.00", 5, 1), Some(0));
        assert_eq!((scaled("1.25", 18, 1), scaled("123456", 5, 0), scaled("1e99999", 18, 0)), (None, None, None));
        assert_eq!(scaled("x", 18, 1), None);
    }

    #[test]
    fn times_are_full_or_refused() {
        assert_eq!((day("1970-01-02"), day("1969-12-31"), day("1970-01")), (Some(1), Some(-1), None));
        assert_eq!(timestamp("1970-01-01T08:00:00.123456+08:00", true), Some(123_456));
        assert_eq!(timestamp("1970-01-01T08:00:00+08:00", false), Some(8 * 3_600_000_000));
        assert_eq!((timestamp("1970-01-01", true), timestamp("1970-01-01T08:00:00", true)), (None, None));
        // Microseconds are all that there is room for.
        assert_eq!(timestamp("1970-01-01T00:00:00.1234560Z", true), Some(123_456));
        assert_eq!(timestamp("1970-01-01T00:00:00.1234567Z", true), None);
        assert_eq!((time("00:00:01.5"), time("25:00:00")), (Some(1_500_000), None));
    }
}
