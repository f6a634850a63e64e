//! A Patient as the registry and the pages see one.

use serde_json::Value;

/// A Patient resource. Any value may be viewed; what is not there reads as nothing.
#[derive(Debug, Clone, Copy)]
pub struct PatientView<'a>(pub &'a Value);

/// One `identifier` that has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentifierView<'a> {
    pub system: Option<&'a str>,
    pub value: &'a str,
    /// `official`, `usual`, `old`, …
    pub usage: Option<&'a str>,
}

/// One `telecom` that has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactView<'a> {
    /// `phone`, `email`, …
    pub system: Option<&'a str>,
    pub value: &'a str,
    pub usage: Option<&'a str>,
}

/// One `name`.
#[derive(Debug, Clone, Copy)]
pub struct NameView<'a>(&'a Value);

impl<'a> PatientView<'a> {
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        text(self.0, "id")
    }

    pub fn identifiers(&self) -> impl Iterator<Item = IdentifierView<'a>> + use<'a> {
        list(self.0, "identifier").iter().filter_map(|item| {
            Some(IdentifierView { system: text(item, "system"), value: text(item, "value")?, usage: text(item, "use") })
        })
    }

    /// The value of the first identifier of a system.
    #[must_use]
    pub fn identifier(&self, system: &str) -> Option<&'a str> {
        self.identifiers().find(|identifier| identifier.system == Some(system)).map(|identifier| identifier.value)
    }

    pub fn names(&self) -> impl Iterator<Item = NameView<'a>> + use<'a> {
        list(self.0, "name").iter().map(NameView)
    }

    /// The name to show: the official one, else the usual one, else the first.
    #[must_use]
    pub fn name(&self) -> Option<NameView<'a>> {
        let with = |usage| self.names().find(|name| text(name.0, "use") == Some(usage));
        with("official").or_else(|| with("usual")).or_else(|| self.names().next())
    }

    /// `male`, `female`, `other` or `unknown`.
    #[must_use]
    pub fn gender(&self) -> Option<&'a str> {
        text(self.0, "gender")
    }

    /// As written: `1970`, `1970-03` or `1970-03-05`.
    #[must_use]
    pub fn birth_date(&self) -> Option<&'a str> {
        text(self.0, "birthDate")
    }

    pub fn contacts(&self) -> impl Iterator<Item = ContactView<'a>> + use<'a> {
        list(self.0, "telecom").iter().filter_map(|item| {
            Some(ContactView { system: text(item, "system"), value: text(item, "value")?, usage: text(item, "use") })
        })
    }

    pub fn phones(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.contacts().filter(|contact| contact.system == Some("phone")).map(|contact| contact.value)
    }

    /// Has this record died? True for a date of death and for `deceasedBoolean: true`.
    #[must_use]
    pub fn is_deceased(&self) -> bool {
        let flag = self.0.get("deceasedBoolean").and_then(Value::as_bool).unwrap_or(false);
        flag || text(self.0, "deceasedDateTime").is_some()
    }
}

impl<'a> NameView<'a> {
    #[must_use]
    pub fn family(&self) -> Option<&'a str> {
        text(self.0, "family")
    }

    pub fn given(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        list(self.0, "given").iter().filter_map(Value::as_str)
    }

    /// `text` where it is there; else family and given name in one piece for Han names, given before family otherwise.
    #[must_use]
    pub fn full(&self) -> String {
        if let Some(whole) = text(self.0, "text") {
            return whole.to_owned();
        }
        if let Some(whole) = crate::pinyin::whole_name(self.0) {
            return whole;
        }
        self.given().chain(self.family()).collect::<Vec<_>>().join(" ")
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patient_is_read_by_names() {
        let patient = json!({
            "resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1970-03",
            "identifier": [{"system": "s", "value": "1"}, {"system": "t"}],
            "name": [{"use": "old", "text": "王小英"}, {"use": "official", "family": "王", "given": ["秀英"]}],
            "telecom": [{"system": "phone", "value": "19900000001"}, {"system": "email", "value": "a@example.org"}]
        });
        let view = PatientView(&patient);
        assert_eq!((view.id(), view.gender(), view.birth_date()), (Some("p"), Some("female"), Some("1970-03")));
        assert_eq!(view.identifier("s"), Some("1"));
        assert_eq!(view.identifiers().count(), 1);
        assert_eq!(view.name().unwrap().full(), "王秀英");
        assert_eq!(view.phones().collect::<Vec<_>>(), ["19900000001"]);
        assert!(!view.is_deceased());
        assert_eq!(PatientView(&json!(1)).names().count(), 0);
    }
}
