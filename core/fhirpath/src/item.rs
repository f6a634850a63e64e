//! What an expression works on: nodes of a resource, which are borrowed, and values of FHIRPath's own types.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Number, Value};

use crate::decimal::Decimal;
use crate::quantity::Quantity;
use crate::temporal::Temporal;
use crate::types::{Form, Kind, System, types};

/// An ordered collection. Everything in FHIRPath is one.
pub type Collection<'a> = Vec<Item<'a>>;

/// One thing in a collection.
#[derive(Debug, Clone)]
pub enum Item<'a> {
    /// A part of a resource.
    Node(Node<'a>),
    Boolean(bool),
    Integer(i32),
    Long(i64),
    Decimal(Decimal),
    /// A String that stands in a resource.
    Text(&'a str),
    /// A String that was made.
    Shared(Arc<str>),
    Date(Temporal),
    DateTime(Temporal),
    Time(Temporal),
    Quantity(Arc<Quantity>),
    /// What `type()` gives.
    Type(Arc<TypeInfo>),
    /// `%terminologies`
    Terminologies,
}

/// A type by its model (`FHIR`, `System`) and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeInfo {
    pub model: &'static str,
    pub name: &'static str,
}

/// A part of a resource: its JSON value and its type.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    value: &'a Value,
    /// `_birthDate` of a primitive.
    sibling: Option<&'a Value>,
    kind: Kind,
}

impl<'a> Node<'a> {
    /// A value of the FHIR type of this name: `HumanName`, `Patient.contact`, `date`. Of a resource the type is what it
    /// says itself.
    #[must_use]
    pub fn of(value: &'a Value, type_name: &str) -> Self {
        let types = types();
        let kind = types.named(type_name);
        if types.table(kind).form == Form::Resource {
            return Self::resource(value);
        }
        Self { value, sibling: None, kind }
    }

    /// A resource; its type is what it says.
    #[must_use]
    pub fn resource(value: &'a Value) -> Self {
        // It usually stands first.
        let name = value.as_object().and_then(|map| match map.iter().next() {
            Some((key, name)) if key == "resourceType" => Some(name),
            _ => map.get("resourceType"),
        });
        let kind = name.and_then(Value::as_str).map_or(Kind::UNKNOWN, |name| types().named(name));
        Self { value, sibling: None, kind }
    }

    /// A value of a type that has been looked up before ([`Kind::named`]).
    #[must_use]
    pub fn typed(value: &'a Value, sibling: Option<&'a Value>, kind: Kind) -> Self {
        Self { value, sibling, kind }
    }

    /// With what stands beside a primitive under its name with an underscore.
    #[must_use]
    pub fn with_sibling(self, sibling: Option<&'a Value>) -> Self {
        Self { sibling, ..self }
    }

    /// The JSON value; null where only identity or extensions are there.
    #[must_use]
    pub fn value(&self) -> &'a Value {
        self.value
    }

    #[must_use]
    pub fn sibling(&self) -> Option<&'a Value> {
        self.sibling
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// `HumanName`, `Patient.contact`, `code`, `Patient`; empty where the definitions know none.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        types().table(self.kind).name
    }

    /// The object in which this node's own elements stand: of a primitive, its sibling.
    pub(crate) fn object(&self) -> Option<&'a serde_json::Map<String, Value>> {
        match self.value {
            Value::Object(map) => Some(map),
            _ => self.sibling.and_then(Value::as_object),
        }
    }

    /// The address by which a node is the same as another.
    pub(crate) fn address(&self) -> *const Value {
        match (self.value, self.sibling) {
            (Value::Null, Some(sibling)) => std::ptr::from_ref(sibling),
            _ => std::ptr::from_ref(self.value),
        }
    }

    /// A primitive as a value of FHIRPath's own types.
    fn scalar(&self) -> Option<Item<'a>> {
        let system = types().table(self.kind).system();
        match self.value {
            Value::Null | Value::Object(_) | Value::Array(_) => None,
            Value::Bool(value) => Some(Item::Boolean(*value)),
            Value::Number(number) => number_item(number, system),
            Value::String(text) => Some(match system {
                Some(System::Date) => Temporal::read_date(text).map_or(Item::Text(text), Item::Date),
                Some(System::DateTime) => Temporal::read_date_time(text).map_or(Item::Text(text), Item::DateTime),
                Some(System::Time) => Temporal::read_time(text).map_or(Item::Text(text), Item::Time),
                _ => Item::Text(text),
            }),
        }
    }
}

fn number_item(number: &Number, system: Option<System>) -> Option<Item<'static>> {
    let text = number.as_str();
    let decimal = || Decimal::read(text).map(Item::Decimal);
    if system == Some(System::Decimal) {
        return decimal();
    }
    match text.parse::<i64>() {
        Ok(whole) => Some(i32::try_from(whole).map_or(Item::Long(whole), Item::Integer)),
        Err(_) => decimal(),
    }
}

impl<'a> Item<'a> {
    /// A resource, typed by what it says.
    #[must_use]
    pub fn resource(value: &'a Value) -> Self {
        Self::Node(Node::resource(value))
    }

    #[must_use]
    pub fn node(node: Node<'a>) -> Self {
        Self::Node(node)
    }

    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(text)
    }

    #[must_use]
    pub fn boolean(value: bool) -> Self {
        Self::Boolean(value)
    }

    #[must_use]
    pub fn integer(value: i64) -> Self {
        i32::try_from(value).map_or(Self::Long(value), Self::Integer)
    }

    /// A decimal as FHIR writes it.
    #[must_use]
    pub fn decimal(text: &str) -> Option<Self> {
        Decimal::read(text).map(Self::Decimal)
    }

    /// A date as FHIR writes it.
    #[must_use]
    pub fn date(text: &str) -> Option<Self> {
        Temporal::read_date(text).map(Self::Date)
    }

    /// A date with a time as FHIR writes it.
    #[must_use]
    pub fn date_time(text: &str) -> Option<Self> {
        Temporal::read_date_time(text).map(Self::DateTime)
    }

    /// A time as FHIR writes it.
    #[must_use]
    pub fn time(text: &str) -> Option<Self> {
        Temporal::read_time(text).map(Self::Time)
    }

    pub(crate) fn made(text: impl Into<Arc<str>>) -> Self {
        Self::Shared(text.into())
    }

    #[must_use]
    pub fn as_node(&self) -> Option<&Node<'a>> {
        match self {
            Self::Node(node) => Some(node),
            _ => None,
        }
    }

    /// The value in FHIRPath's own types: that of a primitive node, or the item itself. `None` for what has children.
    pub(crate) fn scalar(&self) -> Option<Item<'a>> {
        match self {
            Self::Node(node) => match node.value {
                Value::Object(_) if types().is_a(node.kind, quantity_kind()) => {
                    Quantity::of_fhir(node.value).map(|quantity| Item::Quantity(Arc::new(quantity)))
                }
                _ => node.scalar(),
            },
            Self::Type(_) | Self::Terminologies => None,
            other => Some(other.clone()),
        }
    }

    /// The String that it is, without a copy.
    pub(crate) fn str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Shared(text) => Some(text),
            Self::Node(Node { value: Value::String(text), kind, .. }) => match types().table(*kind).form {
                Form::Primitive(System::String) | Form::Unknown => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    pub(crate) fn bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) | Self::Node(Node { value: Value::Bool(value), .. }) => Some(*value),
            _ => None,
        }
    }

    /// FHIRPath's type of the item's value.
    pub(crate) fn system(&self) -> Option<System> {
        Some(match self {
            Self::Node(_) => return self.scalar().and_then(|scalar| scalar.system()),
            Self::Boolean(_) => System::Boolean,
            Self::Integer(_) => System::Integer,
            Self::Long(_) => System::Long,
            Self::Decimal(_) => System::Decimal,
            Self::Text(_) | Self::Shared(_) => System::String,
            Self::Date(_) => System::Date,
            Self::DateTime(_) => System::DateTime,
            Self::Time(_) => System::Time,
            Self::Quantity(_) => System::Quantity,
            Self::Type(_) => System::TypeInfo,
            Self::Terminologies => System::Any,
        })
    }

    /// The model and the name of its type: `("FHIR", "HumanName")`, `("System", "Boolean")`.
    #[must_use]
    pub fn type_name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Node(node) => ("FHIR", node.type_name()),
            other => ("System", other.system().map_or("Any", System::name)),
        }
    }

    /// The text of a primitive or a value of FHIRPath's own types.
    #[must_use]
    pub fn to_text(&self) -> Option<Cow<'a, str>> {
        let mut text = String::new();
        let written = match self {
            Self::Text(text) => return Some(Cow::Borrowed(text)),
            Self::Shared(text) => return Some(Cow::Owned(text.to_string())),
            Self::Node(Node { value: Value::String(text), .. }) => return Some(Cow::Borrowed(text)),
            Self::Node(Node { value: Value::Number(number), .. }) => return Some(Cow::Owned(number.to_string())),
            Self::Node(_) => return self.scalar()?.to_text(),
            Self::Boolean(value) => return Some(Cow::Borrowed(if *value { "true" } else { "false" })),
            Self::Integer(number) => return Some(Cow::Owned(number.to_string())),
            Self::Long(number) => return Some(Cow::Owned(number.to_string())),
            Self::Decimal(number) => return Some(Cow::Owned(number.to_string())),
            Self::Quantity(quantity) => return Some(Cow::Owned(quantity.to_string())),
            Self::Date(date) => date.write_date(&mut text),
            Self::DateTime(date) => date.write_date_time(&mut text),
            Self::Time(time) => time.write_time(&mut text),
            Self::Type(_) | Self::Terminologies => return None,
        };
        written.ok().map(|()| Cow::Owned(text))
    }

    /// As JSON: a node as it stands, other values as the JSON that FHIR writes them in.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Node(node) => node.value.clone(),
            Self::Boolean(value) => Value::Bool(*value),
            Self::Integer(number) => Value::from(*number),
            Self::Long(number) => Value::from(*number),
            Self::Decimal(number) => decimal_json(*number),
            Self::Quantity(quantity) => {
                let mut map = serde_json::Map::new();
                map.insert("value".to_owned(), decimal_json(quantity.value));
                map.insert("unit".to_owned(), Value::from(quantity.unit.text()));
                if let crate::quantity::Unit::Ucum { code, .. } = &quantity.unit {
                    map.insert("system".to_owned(), Value::from(meridian_model::ucum::SYSTEM));
                    map.insert("code".to_owned(), Value::from(&**code));
                }
                Value::Object(map)
            }
            Self::Type(of) => serde_json::json!({ "namespace": of.model, "name": of.name }),
            other => other.to_text().map_or(Value::Null, |text| Value::from(text.as_ref())),
        }
    }
}

fn decimal_json(number: Decimal) -> Value {
    number.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}

pub(crate) fn quantity_kind() -> Kind {
    static KIND: std::sync::LazyLock<Kind> = std::sync::LazyLock::new(|| types().named("Quantity"));
    *KIND
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_is_small() {
        assert!(size_of::<Item<'_>>() <= 32, "{}", size_of::<Item<'_>>());
    }

    #[test]
    fn primitives_become_values_by_their_type() {
        let value = json!("2020-01");
        assert!(matches!(Item::node(Node::of(&value, "date")).scalar(), Some(Item::Date(_))));
        assert!(matches!(Item::node(Node::of(&value, "dateTime")).scalar(), Some(Item::DateTime(_))));
        assert!(matches!(Item::node(Node::of(&value, "string")).scalar(), Some(Item::Text("2020-01"))));
        let value = json!(1);
        assert!(matches!(Item::node(Node::of(&value, "decimal")).scalar(), Some(Item::Decimal(_))));
        assert!(matches!(Item::node(Node::of(&value, "positiveInt")).scalar(), Some(Item::Integer(1))));
        let value = json!({"value": 1.50, "unit": "x"});
        assert_eq!(Item::node(Node::of(&value, "Age")).scalar().unwrap().to_text().unwrap(), "1.5 'x'");
    }

    #[test]
    fn values_become_json() {
        assert_eq!(Item::decimal("1.50").unwrap().to_json().to_string(), "1.50");
        assert_eq!(Item::date_time("2020-01-01T00:00:00+08:00").unwrap().to_json(), json!("2020-01-01T00:00:00+08:00"));
        assert_eq!(Item::integer(7).to_json(), json!(7));
    }
}
