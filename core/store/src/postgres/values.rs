//! Values on the wire. Numbers go as text, because the server knows best of which kind each must be.

use bytes::{BufMut, BytesMut};

use crate::StoreError;
use crate::db::Value;

const BOOL: u32 = 16;
const BYTEA: u32 = 17;
const NAME: u32 = 19;
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const JSON: u32 = 114;
const FLOAT4: u32 = 700;
const FLOAT8: u32 = 701;
const UNKNOWN: u32 = 705;
const VARCHAR: u32 = 1043;
const NUMERIC: u32 = 1700;
const VOID: u32 = 2278;

/// The number of a type that columns have.
pub(super) fn kind_of(name: &str) -> u32 {
    match name {
        "bigint" => INT8,
        "double precision" => FLOAT8,
        "bytea" => BYTEA,
        _ => TEXT,
    }
}

/// A parameter: bytes as they are, everything else as text.
pub(super) fn write(value: Value<'_>, out: &mut BytesMut) {
    use std::fmt::Write;
    match value {
        Value::Null => {}
        Value::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Real(number) => {
            let _ = write!(out, "{number:?}"); // "inf" and "NaN" are what PostgreSQL reads too
        }
        Value::Text(text) => put_text(text, out),
        Value::Blob(bytes) => out.put_slice(bytes),
    }
}

/// PostgreSQL knows no NUL: it becomes the sign for what cannot be shown.
fn put_text(text: &str, out: &mut impl BufMut) {
    if text.as_bytes().contains(&0) {
        out.put_slice(text.replace('\0', "\u{FFFD}").as_bytes());
    } else {
        out.put_slice(text.as_bytes());
    }
}

/// An element of an array whose type is known.
pub(super) fn write_element(kind: u32, value: Value<'_>, out: &mut Vec<u8>) {
    let at = out.len();
    out.put_i32(0);
    match (value, kind) {
        (Value::Null, _) => {}
        #[allow(clippy::cast_precision_loss)] // the column says so
        (Value::Int(number), FLOAT8) => out.put_f64(number as f64),
        (Value::Int(number), _) => out.put_i64(number),
        (Value::Real(number), _) => out.put_f64(number),
        (Value::Text(text), _) => put_text(text, out),
        (Value::Blob(bytes), _) => out.put_slice(bytes),
    }
    let length = match value {
        Value::Null => -1,
        _ => i32::try_from(out.len() - at - 4).unwrap_or(i32::MAX),
    };
    if let Some(place) = out.get_mut(at..at + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
}

/// A cell in its binary form.
pub(super) fn read(kind: u32, bytes: &[u8]) -> Result<Value<'_>, StoreError> {
    let damaged = || StoreError::Database(format!("a cell of type {kind} cannot be read"));
    Ok(match kind {
        INT8 => Value::Int(i64::from_be_bytes(bytes.try_into().map_err(|_| damaged())?)),
        INT4 => Value::Int(i32::from_be_bytes(bytes.try_into().map_err(|_| damaged())?).into()),
        INT2 => Value::Int(i16::from_be_bytes(bytes.try_into().map_err(|_| damaged())?).into()),
        BOOL => Value::Int(bytes.first().copied().map_or(0, i64::from)),
        FLOAT8 => Value::Real(f64::from_be_bytes(bytes.try_into().map_err(|_| damaged())?)),
        FLOAT4 => Value::Real(f32::from_be_bytes(bytes.try_into().map_err(|_| damaged())?).into()),
        NUMERIC => numeric(bytes).ok_or_else(damaged)?,
        BYTEA => Value::Blob(bytes),
        TEXT | VARCHAR | NAME | JSON | UNKNOWN => Value::Text(std::str::from_utf8(bytes).map_err(|_| damaged())?),
        VOID => Value::Null,
        _ => return Err(damaged()),
    })
}

/// Digits of four places each, and where the point stands among them: what sums of whole numbers come as.
fn numeric(bytes: &[u8]) -> Option<Value<'static>> {
    let part = |nth: usize| Some(i16::from_be_bytes(bytes.get(nth * 2..nth * 2 + 2)?.try_into().ok()?));
    let (digits, weight, sign) = (part(0)?, part(1)?, part(2)?);
    let mut value = 0_f64;
    let mut whole = Some(0_i64);
    for nth in 0..digits {
        let digit = part(4 + usize::try_from(nth).ok()?)?;
        let place = i32::from(weight) - i32::from(nth);
        value += f64::from(digit) * 10_000_f64.powi(place);
        let worth = u32::try_from(place).ok().and_then(|place| 10_000_i64.checked_pow(place));
        whole = whole.zip(worth).and_then(|(sum, worth)| sum.checked_add(worth.checked_mul(digit.into())?));
    }
    let negative = sign != 0;
    Some(match whole {
        Some(whole) => Value::Int(if negative { -whole } else { whole }),
        None => Value::Real(if negative { -value } else { value }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_whole_numbers() {
        let of = |parts: &[i16]| parts.iter().flat_map(|part| part.to_be_bytes()).collect::<Vec<u8>>();
        assert_eq!(read(NUMERIC, &of(&[2, 1, 0, 0, 123, 4567])).unwrap(), Value::Int(1_234_567));
        assert_eq!(read(NUMERIC, &of(&[1, 0, 0x4000, 0, 5])).unwrap(), Value::Int(-5));
        assert_eq!(read(NUMERIC, &of(&[0, 0, 0, 0])).unwrap(), Value::Int(0));
        assert_eq!(read(NUMERIC, &of(&[1, -1, 0, 1, 5000])).unwrap(), Value::Real(0.5));
        assert!(read(NUMERIC, &[1]).is_err());
    }

    #[test]
    fn a_nul_is_no_text() {
        let mut out = BytesMut::new();
        write(Value::Text("a\0b"), &mut out);
        assert_eq!(&out[..], "a\u{FFFD}b".as_bytes());
    }
}
