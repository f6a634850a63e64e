//! Which type of Parquet a column has.

use meridian_model::both;

use ::parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use ::parquet::errors::ParquetError;
use ::parquet::schema::types::Type;

use super::super::super::{Column, Fault, Kind};

/// The digits of the largest DECIMAL.
const WIDEST: i32 = 38;
/// The digits of a DECIMAL that an INT64 holds.
const NARROW: i32 = 18;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Boolean,
    Int32,
    Int64,
    Double,
    /// Precision and scale.
    Decimal(i32, i32),
    Date,
    Time,
    /// Whether it has a zone.
    Timestamp(bool),
    Text,
    Json,
    Binary,
}

impl Sort {
    pub(super) fn of(column: &Column) -> Result<Self, Fault> {
        if let Some((_, name)) = column.tags.iter().find(|(name, _)| name == "ansi/type") {
            let unknown = || {
                Fault::new(
                    "",
                    both!(
                        "column `{}`: the `ansi/type` {name} is not known",
                        "列 `{}`：不支持 `ansi/type` {name}",
                        column.name
                    ),
                )
            };
            return ansi(name).ok_or_else(unknown);
        }
        // SQL on FHIR's default mapping: decimals keep their digits as text, dates their precision.
        Ok(match column.kind {
            Kind::Boolean => Self::Boolean,
            Kind::Integer => Self::Int32,
            Kind::Integer64 => Self::Int64,
            Kind::Instant => Self::Timestamp(true),
            Kind::Binary => Self::Binary,
            Kind::Decimal | Kind::Text | Kind::Unsaid => Self::Text,
            Kind::Complex => Self::Json,
        })
    }

    pub(super) fn physical(self) -> Physical {
        match self {
            Self::Boolean => Physical::BOOLEAN,
            Self::Int32 | Self::Date => Physical::INT32,
            Self::Int64 | Self::Time | Self::Timestamp(_) => Physical::INT64,
            Self::Decimal(precision, _) if precision <= NARROW => Physical::INT64,
            Self::Decimal(..) => Physical::FIXED_LEN_BYTE_ARRAY,
            Self::Double => Physical::DOUBLE,
            Self::Text | Self::Json | Self::Binary => Physical::BYTE_ARRAY,
        }
    }

    pub(super) fn field(self, name: &str) -> Result<Type, ParquetError> {
        let micros = TimeUnit::MICROS;
        let logical = match self {
            Self::Date => Some(LogicalType::Date),
            Self::Time => Some(LogicalType::time(false, micros)),
            Self::Timestamp(zoned) => Some(LogicalType::timestamp(zoned, micros)),
            Self::Decimal(precision, scale) => Some(LogicalType::decimal(scale, precision)),
            Self::Text => Some(LogicalType::String),
            Self::Json => Some(LogicalType::Json),
            Self::Boolean | Self::Int32 | Self::Int64 | Self::Double | Self::Binary => None,
        };
        let mut builder = Type::primitive_type_builder(name, self.physical())
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        if let Self::Decimal(precision, scale) = self {
            builder = builder.with_precision(precision).with_scale(scale);
            if precision > NARROW {
                builder = builder.with_length(16);
            }
        }
        builder.build()
    }
}

/// A type of ISO/IEC 9075.
fn ansi(name: &str) -> Option<Sort> {
    let upper = name.to_ascii_uppercase();
    let (name, rest) = upper.split_once('(').unwrap_or((&upper, ""));
    let (inner, behind) = rest.split_once(')').unwrap_or((rest, ""));
    let words: Vec<&str> = name.split_whitespace().chain(behind.split_whitespace()).collect();
    Some(match words.join(" ").as_str() {
        "BOOLEAN" => Sort::Boolean,
        "TINYINT" | "SMALLINT" | "INT" | "INTEGER" => Sort::Int32,
        "BIGINT" => Sort::Int64,
        "REAL" | "FLOAT" | "DOUBLE" | "DOUBLE PRECISION" => Sort::Double,
        "DECIMAL" | "NUMERIC" | "DEC" => {
            let mut digits = inner.split(',').map(|part| part.trim().parse::<i32>());
            let (precision, scale) = match (inner.trim(), digits.next(), digits.next()) {
                ("", _, _) => (WIDEST, 9),
                (_, Some(Ok(precision)), None) => (precision, 0),
                (_, Some(Ok(precision)), Some(Ok(scale))) => (precision, scale),
                _ => return None,
            };
            let fits = (1..=WIDEST).contains(&precision) && (0..=precision).contains(&scale);
            return fits.then_some(Sort::Decimal(precision, scale));
        }
        "DATE" => Sort::Date,
        "TIME" | "TIME WITHOUT TIME ZONE" => Sort::Time,
        "TIMESTAMP" | "TIMESTAMP WITHOUT TIME ZONE" => Sort::Timestamp(false),
        "TIMESTAMP WITH TIME ZONE" => Sort::Timestamp(true),
        "CHARACTER VARYING"
        | "VARCHAR"
        | "CHARACTER"
        | "CHAR"
        | "TEXT"
        | "CHARACTER LARGE OBJECT"
        | "CLOB"
        | "NATIONAL CHARACTER VARYING"
        | "NVARCHAR" => Sort::Text,
        "BINARY" | "BINARY VARYING" | "VARBINARY" | "BINARY LARGE OBJECT" | "BLOB" => Sort::Binary,
        "JSON" => Sort::Json,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_names_are_read() {
        assert_eq!(ansi("decimal(18, 4)"), Some(Sort::Decimal(18, 4)));
        assert_eq!(ansi("NUMERIC"), Some(Sort::Decimal(38, 9)));
        assert_eq!(ansi("DECIMAL(5)"), Some(Sort::Decimal(5, 0)));
        assert_eq!(ansi("Character Varying (255)"), Some(Sort::Text));
        assert_eq!(ansi("TIMESTAMP(6) WITH TIME ZONE"), Some(Sort::Timestamp(true)));
        for wrong in ["DECIMAL(99,1)", "DECIMAL(4,5)", "DECIMAL(x)", "GEOMETRY", ""] {
            assert_eq!(ansi(wrong), None, "{wrong}");
        }
    }
}
