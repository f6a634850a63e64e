//! Bundles: addresses of entries, references between them, documents and messages.

use meridian_model::definitions::Definitions;
use serde_json::Value;

use super::items::Item;
use super::place::{Frame, Place, Within};
use super::reference::base_of;
use super::run::Run;

/// More entries than this are not looked through for duplicates and references.
const MOST: usize = 100_000;

impl Run<'_> {
    pub(super) fn bundle(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let Some(entries) = frame.resource.get("entry").and_then(Value::as_array) else { return };
        let kind = frame.resource.get("type").and_then(Value::as_str).unwrap_or_default();
        for (index, entry) in entries.iter().enumerate().take(MOST) {
            let below = entry_place(place, index, entry);
            self.full_url(&below, entry, kind);
            let mode = entry.pointer("/search/mode").and_then(Value::as_str);
            let own = entry.pointer("/resource/resourceType").and_then(Value::as_str);
            if mode == Some("outcome") && own.is_some_and(|own| own != "OperationOutcome") {
                self.error("invalid", &below, "what is sent with the mode `outcome` is an OperationOutcome");
            }
            let is_found = kind == "searchset" && entry.pointer("/search/mode").is_none_or(|mode| mode != "outcome");
            let is_found =
                is_found && entry.pointer("/resource/resourceType").is_some_and(|kind| kind != "OperationOutcome");
            if is_found && entry.get("resource").is_some_and(|one| one.get("id").is_none()) {
                self.error("required", &below, "what a search finds has an id");
            }
        }
        if kind == "searchset" {
            self.matches(frame, place, entries);
        }
        match kind {
            "document" => self.document(frame, place, entries),
            "message" => self.message(frame, place, entries),
            _ => {}
        }
    }

    fn full_url(&mut self, place: &Place<'_>, entry: &Value, kind: &str) {
        let resource = entry.get("resource");
        let text = |key: &str| resource.and_then(|one| one.get(key)).and_then(Value::as_str);
        let Some(url) = entry.get("fullUrl").and_then(Value::as_str) else {
            if resource.is_some() && matches!(kind, "document" | "message") {
                self.error("required", place, format!("each entry of a {kind} needs a fullUrl"));
            }
            return;
        };
        if url.is_empty() {
            return;
        }
        if !url.contains(':') {
            let says =
                format!("a fullUrl is an absolute address, `{url}` is none; use `urn:uuid:…` where there is no server");
            return self.error("invalid", place, says);
        }
        if url.contains("/_history/") {
            return self.error("invalid", place, "a fullUrl names no version; that is what meta.versionId is for");
        }
        let (Some(own), id) = (text("resourceType"), text("id")) else { return };
        let Some(base) = base_of(url) else { return };
        let said = url.get(base.len()..).unwrap_or_default();
        if id.is_none() && !matches!(kind, "transaction" | "batch") {
            self.error("invalid", place, format!("the fullUrl says that this is `{said}`, and the resource has no id"));
        }
        if let Some(id) = id
            && said != format!("{own}/{id}")
        {
            let says = format!("the fullUrl ends in `{said}`, the resource is {own}/{id}: they have to agree");
            self.error("invalid", place, says);
        }
    }

    /// What a search of one type matched is of that type; what it includes and tells is marked so.
    fn matches(&mut self, frame: &Frame<'_>, place: &Place<'_>, entries: &[Value]) {
        let links = frame.resource.get("link").and_then(Value::as_array).into_iter().flatten();
        let own = links.filter(|link| link.get("relation").and_then(Value::as_str) == Some("self"));
        let Some(url) = own.filter_map(|link| link.get("url").and_then(Value::as_str)).next() else { return };
        let path = url.split('?').next().unwrap_or(url);
        let Some(wanted) = path.rsplit('/').next().filter(|name| Definitions::r4().is_resource_type(name)) else {
            return;
        };
        for (index, entry) in entries.iter().enumerate().take(MOST) {
            let kind = entry.pointer("/resource/resourceType").and_then(Value::as_str);
            let is_match = entry.pointer("/search/mode").is_some_and(|mode| mode == "match");
            if let Some(kind) = kind.filter(|kind| is_match && *kind != wanted && *kind != "OperationOutcome") {
                let says = format!("a search of {wanted} matches no {kind}; what is sent along has the mode `include`");
                self.error("invalid", &entry_place(place, index, entry), says);
            }
        }
    }

    fn document(&mut self, frame: &Frame<'_>, bundle: &Place<'_>, entries: &[Value]) {
        let place = bundle;
        let Some(first) = entries.first() else {
            return self.error("required", place, "a document has a Composition as its first entry");
        };
        let Some(composition) = first.get("resource") else { return };
        let own = composition.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        if own != "Composition" {
            return self.error("invalid", place, format!("a document begins with a Composition, not with a {own}"));
        }
        let base = entry_place(place, 0, first);
        let inner = inside(frame, first, composition, own);
        let place = resource_place(&base, composition, own);
        for key in ["subject", "encounter", "custodian"] {
            self.is_here(&inner, &place, composition.get(key), key);
        }
        for author in composition.get("author").and_then(Value::as_array).into_iter().flatten() {
            self.is_here(&inner, &place, Some(author), "author");
        }
        for attester in composition.get("attester").and_then(Value::as_array).into_iter().flatten() {
            self.is_here(&inner, &place, attester.get("party"), "attester.party");
        }
        let sections = composition.get("section").and_then(Value::as_array);
        self.sections(&inner, &place, sections, 0);
        self.reached(frame, bundle, entries);
    }

    fn sections(&mut self, frame: &Frame<'_>, place: &Place<'_>, sections: Option<&Vec<Value>>, depth: usize) {
        if depth > 32 {
            return;
        }
        for section in sections.into_iter().flatten() {
            for author in section.get("author").and_then(Value::as_array).into_iter().flatten() {
                self.is_here(frame, place, Some(author), "section.author");
            }
            self.is_here(frame, place, section.get("focus"), "section.focus");
            for entry in section.get("entry").and_then(Value::as_array).into_iter().flatten() {
                self.is_here(frame, place, Some(entry), "section.entry");
            }
            self.sections(frame, place, section.get("section").and_then(Value::as_array), depth + 1);
        }
    }

    fn message(&mut self, frame: &Frame<'_>, place: &Place<'_>, entries: &[Value]) {
        let Some(first) = entries.first() else {
            return self.error("required", place, "a message has a MessageHeader as its first entry");
        };
        let Some(header) = first.get("resource") else { return };
        let own = header.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        if own != "MessageHeader" {
            return self.error("invalid", place, format!("a message begins with a MessageHeader, not with a {own}"));
        }
        let base = entry_place(place, 0, first);
        let inner = inside(frame, first, header, own);
        let place = resource_place(&base, header, own);
        for focus in header.get("focus").and_then(Value::as_array).into_iter().flatten() {
            self.is_here(&inner, &place, Some(focus), "focus");
        }
    }

    /// What a document or message rests on has to be in it.
    fn is_here(&mut self, frame: &Frame<'_>, place: &Place<'_>, reference: Option<&Value>, name: &str) {
        let Some(text) = reference.and_then(|one| one.get("reference")).and_then(Value::as_str) else { return };
        if !text.starts_with('#') && self.find(frame, text).is_none() {
            let says = format!(
                "`{name}` points to `{text}`, which is not in the Bundle; add it as an entry, and let its fullUrl agree"
            );
            self.error("not-found", place, says);
        }
    }
}

pub(super) fn entry_place<'p>(place: &'p Place<'p>, index: usize, entry: &'p Value) -> Place<'p> {
    Place {
        above: Some(place),
        name: "entry",
        chosen: None,
        index: Some(index),
        kind: "Bundle.entry",
        is_resource: false,
        depth: place.depth + 1,
        item: Item::of(entry),
    }
}

fn resource_place<'p>(place: &'p Place<'p>, resource: &'p Value, kind: &'p str) -> Place<'p> {
    Place {
        above: Some(place),
        name: "resource",
        chosen: None,
        index: None,
        kind,
        is_resource: true,
        depth: place.depth + 1,
        item: Item::of(resource),
    }
}

pub(super) fn inside<'a>(frame: &'a Frame<'a>, entry: &'a Value, resource: &'a Value, kind: &'a str) -> Frame<'a> {
    let url = entry.get("fullUrl").and_then(Value::as_str);
    Frame { resource, kind, around: Some(frame), within: Within::Entry(url) }
}
