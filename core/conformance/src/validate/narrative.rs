//! Narratives: what is wrong with one is said beside it (txt-1, txt-2).

use meridian_fhirpath::narrative::faults;
use serde_json::{Map, Value};

use super::place::Place;
use super::run::Run;

impl Run<'_> {
    pub(super) fn narrative(&mut self, place: &Place<'_>, map: &Map<String, Value>) {
        let Some(div) = map.get("div").and_then(Value::as_str) else { return };
        if !self.pay(u64::try_from(div.len() / 256).unwrap_or_default() + 1) {
            return;
        }
        for says in faults(div) {
            self.error("invalid", place, format!("`div`: {says}"));
        }
    }
}
