//! Where a page begins or ends: the sort values of a row and its number.

use serde::{Deserialize, Serialize};

use super::order::{By, SortKey};
use crate::StoreError;
use crate::db::{Row, Value};

/// The sort values of a row and its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(rename = "v")]
    pub values: Vec<CursorValue>,
    #[serde(rename = "k")]
    pub key: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CursorValue {
    #[serde(rename = "n")]
    Number(i64),
    /// As its bits: each digit counts.
    #[serde(rename = "r", with = "bits")]
    Real(f64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "b", with = "hexadecimal")]
    Bytes(Vec<u8>),
}

impl Cursor {
    /// That of a row whose sort values stand in the columns from `first` on.
    pub(super) fn of(row: &Row<'_>, first: usize, keys: &[SortKey]) -> Result<Cursor, StoreError> {
        let mut values = Vec::with_capacity(keys.len());
        for (nth, key) in keys.iter().enumerate() {
            values.push(match (row.value(first + nth)?, key.by) {
                #[allow(clippy::cast_precision_loss)]
                (Value::Int(number), By::Number(_) | By::Quantity(_) | By::Distance(..)) => {
                    CursorValue::Real(number as f64)
                }
                (Value::Int(number), _) => CursorValue::Number(number),
                (Value::Real(number), _) => CursorValue::Real(number),
                (Value::Text(text), _) => CursorValue::Text(text.to_owned()),
                (Value::Blob(bytes), _) => CursorValue::Bytes(bytes.to_vec()),
                (Value::Null, _) => return Err(StoreError::BadCursor),
            });
        }
        Ok(Cursor { values, key: row.get(0)? })
    }
}

mod bits {
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde asks for
    pub(super) fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{:x}", value.to_bits()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        let text = String::deserialize(from)?;
        let bits = u64::from_str_radix(&text, 16).map_err(serde::de::Error::custom)?;
        Some(f64::from_bits(bits))
            .filter(|value| !value.is_nan())
            .ok_or_else(|| serde::de::Error::custom("not a number"))
    }
}

mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(value))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        hex::decode(String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}
