//! Resources that define how others are searched for and stated: SearchParameter and CapabilityStatement. What they say
//! of a search parameter has to agree with its definition.

use meridian_fhirpath::Expression;
use meridian_model::definitions::{Definitions, SearchParam};
use serde_json::Value;

use super::place::{Frame, Place};
use super::response::item_place;
use super::run::Run;
use crate::json::{list, text};
use crate::structure::canonical;

impl Run<'_> {
    pub(super) fn search_parameter(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let own = frame.resource;
        let bases: Vec<&str> = list(own, "base").iter().filter_map(Value::as_str).collect();
        if let Some(expression) = text(own, "expression") {
            if let Err(fault) = Expression::parse(expression) {
                self.error("invalid", place, format!("the expression is not one of FHIRPath: {}", fault.says));
            } else {
                self.roots(place, expression, &bases);
            }
        }
        if text(own, "type") == Some("composite") && list(own, "component").len() < 2 {
            self.error("required", place, "a composite parameter has two components or more");
        }
        let Some(address) = text(own, "derivedFrom") else { return };
        let found = self.parameter(address);
        let Some(above) = found else {
            return self.note("not-found", place, format!("{address} is not here, so that it is not compared"));
        };
        for base in bases.iter().filter(|base| !above.bases.iter().any(|one| is_under(base, one))) {
            let says = format!("{address} is not for {base}; what is derived from it can't be");
            self.error("invalid", place, says);
        }
        if let Some(kind) = text(own, "type").filter(|kind| *kind != above.kind) {
            let says = format!("the type is {kind}, that of {address} is {}", above.kind);
            self.error("invalid", place, says);
        }
    }

    /// `Organization.name` finds nothing in a Patient: each alternative begins with a type that the parameter is for.
    fn roots(&mut self, place: &Place<'_>, expression: &str, bases: &[&str]) {
        let model = Definitions::r4();
        for part in expression.split('|') {
            let part = part.trim_start_matches(|c: char| c == '(' || c.is_whitespace());
            let name = part.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            let is_base = bases.iter().any(|base| is_under(base, name) || is_under(name, base));
            if model.is_resource_type(name) && !bases.is_empty() && !is_base {
                let says = format!("the expression speaks of {name}, and the parameter is for {}", bases.join(", "));
                self.warning("invalid", place, says);
            }
        }
    }

    pub(super) fn capability_statement(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        for (index, rest) in list(frame.resource, "rest").iter().enumerate() {
            let at = item_place(place, "rest", Some(index), rest);
            self.stated(&at, rest);
            for (index, resource) in list(rest, "resource").iter().enumerate() {
                let at = item_place(&at, "resource", Some(index), resource);
                self.stated(&at, resource);
            }
        }
    }

    /// The search parameters that a server says to have are of the type of their definitions; R4 only says that these tell
    /// what is meant, and HL7's own statements differ from them.
    fn stated(&mut self, place: &Place<'_>, around: &Value) {
        for (index, said) in list(around, "searchParam").iter().enumerate() {
            let (Some(address), Some(kind)) = (text(said, "definition"), text(said, "type")) else { continue };
            if !self.step() {
                return;
            }
            if let Some(found) = self.parameter(address)
                && found.kind != kind
            {
                let at = item_place(place, "searchParam", Some(index), said);
                self.warning("invalid", &at, format!("the type is {kind}, that of {address} is {}", found.kind));
            }
        }
    }

    /// What is known of a search parameter: R4's own, or one that is at hand.
    fn parameter(&self, address: &str) -> Option<Known> {
        let (url, _) = canonical(address);
        if let Some(found) = self.with.lookup.canonical(address).filter(|one| is_parameter(one)) {
            let bases = list(found, "base").iter().filter_map(Value::as_str).map(str::to_owned).collect();
            return Some(Known { kind: text(found, "type")?.to_owned(), bases });
        }
        let model = Definitions::r4();
        let own: Vec<&SearchParam> = model
            .resource_types()
            .flat_map(|kind| model.search_params(kind).iter().copied())
            .filter(|one| one.url == url)
            .collect();
        let bases = own.iter().map(|one| one.base.to_owned()).collect();
        Some(Known { kind: own.first()?.kind.code().to_owned(), bases })
    }
}

struct Known {
    kind: String,
    bases: Vec<String>,
}

fn is_parameter(resource: &Value) -> bool {
    text(resource, "resourceType") == Some("SearchParameter")
}

/// `Patient` is a DomainResource and a Resource.
fn is_under(kind: &str, base: &str) -> bool {
    kind == base || base == "Resource" || Definitions::r4().is_a(kind, base)
}
