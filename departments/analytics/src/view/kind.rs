//! What a column holds: the FHIR type that the view gives it, and how a table calls that.

use meridian_fhirpath::Item;
use meridian_model::Value;
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::language::Both;

/// The types of columns, as far as tables tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Boolean,
    /// `integer`, `positiveInt`, `unsignedInt`.
    Integer,
    Integer64,
    Decimal,
    /// A moment with its zone.
    Instant,
    /// `base64Binary`.
    Binary,
    /// What is written as text: strings, codes, links, and dates and times, which may be partial.
    Text,
    /// A type with elements, written as JSON.
    Complex,
    /// The view says nothing: any primitive, written as text where a table needs one type.
    Unsaid,
}

const PREFIX: &str = "http://hl7.org/fhir/StructureDefinition/";
/// FHIRPath's own types go by these names too.
const SYSTEM: &str = "http://hl7.org/fhirpath/System.";

impl Kind {
    /// The kind behind the `type` of a column; `None` for what R4 doesn't know.
    #[must_use]
    pub fn of(uri: &str) -> Option<Self> {
        let name = uri.strip_prefix(PREFIX).or_else(|| uri.strip_prefix(SYSTEM)).unwrap_or(uri);
        Some(match name {
            "boolean" | "Boolean" => Self::Boolean,
            "integer" | "positiveInt" | "unsignedInt" | "Integer" => Self::Integer,
            "integer64" | "Long" => Self::Integer64,
            "decimal" | "Decimal" => Self::Decimal,
            "instant" => Self::Instant,
            "base64Binary" => Self::Binary,
            "string" | "code" | "id" | "uri" | "url" | "canonical" | "markdown" | "oid" | "uuid" | "date"
            | "dateTime" | "time" | "xhtml" | "String" | "Date" | "DateTime" | "Time" => Self::Text,
            name if Definitions::r4().group(name).is_some() || matches!(name, "Resource" | "DomainResource") => {
                Self::Complex
            }
            _ => return None,
        })
    }

    /// Whether a column of this kind may hold the item.
    pub(crate) fn holds(self, item: &Item<'_>) -> bool {
        let shape = match item {
            Item::Node(node) => match node.value() {
                Value::Bool(_) => Self::Boolean,
                Value::Number(number) if number.as_str().contains(['.', 'e', 'E']) => Self::Decimal,
                Value::Number(_) => Self::Integer,
                Value::String(_) => Self::Text,
                Value::Object(_) => Self::Complex,
                // A primitive that has only an id or extensions.
                Value::Null => return true,
                Value::Array(_) => return false,
            },
            Item::Boolean(_) => Self::Boolean,
            Item::Integer(_) | Item::Long(_) => Self::Integer,
            Item::Decimal(_) => Self::Decimal,
            Item::Quantity(_) | Item::Type(..) | Item::Terminologies => Self::Complex,
            Item::Text(_) | Item::Shared(_) | Item::Date(_) | Item::DateTime(_) | Item::Time(_) => Self::Text,
        };
        match self {
            Self::Boolean | Self::Complex => shape == self,
            Self::Integer | Self::Integer64 => shape == Self::Integer,
            Self::Decimal => matches!(shape, Self::Integer | Self::Decimal),
            Self::Instant | Self::Binary | Self::Text => shape == Self::Text,
            Self::Unsaid => shape != Self::Complex,
        }
    }

    /// How a message calls it.
    pub(crate) fn name(self) -> Both {
        match self {
            Self::Boolean => both!("a boolean", "布尔值"),
            Self::Integer | Self::Integer64 => both!("an integer", "整数"),
            Self::Decimal => both!("a decimal", "小数"),
            Self::Instant => both!("an instant", "时刻"),
            Self::Binary => both!("base64", "base64 编码"),
            Self::Text => both!("a text", "文字"),
            Self::Complex => both!("a value with elements", "带下级元素的值"),
            Self::Unsaid => {
                both!("a primitive (of others, the column says the type)", "简单值（其他类型要在列中写明 type）")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_names_or_addresses() {
        assert_eq!(Kind::of("code"), Some(Kind::Text));
        assert_eq!(Kind::of("http://hl7.org/fhir/StructureDefinition/positiveInt"), Some(Kind::Integer));
        assert_eq!(Kind::of("http://hl7.org/fhirpath/System.Boolean"), Some(Kind::Boolean));
        assert_eq!(Kind::of("Observation.referenceRange"), Some(Kind::Complex));
        assert_eq!(Kind::of("HumanName"), Some(Kind::Complex));
        assert_eq!(Kind::of("integer64"), Some(Kind::Integer64));
        assert_eq!((Kind::of("int"), Kind::of("")), (None, None));
    }
}
