//! What is at hand while one message is mapped.

use std::collections::{HashMap, HashSet};

use meridian_hl7v2::{Dtm, Message, Part};
use serde_json::{Value, json};

use super::{
    bundle,
    feed::FeedConfig,
    merge::{self, event_time},
    park::Warning,
    place::set,
    plan::{Clear, Plan, Step},
    tables::Tables,
};

/// Collects entries and warnings.
pub(crate) struct Context<'a> {
    pub(crate) feed: &'a FeedConfig,
    pub(crate) tables: &'a Tables,
    /// MSH-4.1, else the institution's code.
    pub(crate) facility: String,
    /// MSH-10, else a fingerprint of the message.
    pub(crate) control: String,
    /// EVN-2, else MSH-7: a FHIR dateTime.
    recorded: Option<String>,
    /// EVN-6, else `recorded`.
    pub(crate) happened: Option<String>,
    /// `urn:meridian:hl7v2:<facility>:<control id>`.
    source: String,
    entries: Vec<Value>,
    steps: Vec<Step>,
    seen: HashSet<String>,
    /// How often a key was asked for in this message.
    keys: HashMap<String, usize>,
    warnings: Vec<Warning>,
    /// Elements that the resource being built should lose.
    pending_clears: Vec<Clear>,
    /// Elements of the resource being built that hold only where nothing is known.
    defaults: Vec<&'static str>,
}

/// What was noted of a resource that is set aside.
#[derive(Default)]
pub(crate) struct Held {
    clears: Vec<Clear>,
    defaults: Vec<&'static str>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(message: &Message, feed: &'a FeedConfig, tables: &'a Tables) -> Self {
        let facility = message.get("MSH-4").map(|f| f.trim().to_owned()).filter(|f| !f.is_empty());
        let facility = facility.unwrap_or_else(|| feed.institution.clone());
        let control = message.control_id().unwrap_or_else(|| bundle::fingerprint(&[message.text()]));
        let source = format!("urn:meridian:hl7v2:{}:{}", bundle::percent(&facility), bundle::percent(&control));
        let stamp = |path: &str| Some(Dtm::parse(&message.get(path)?)?.date_time(feed.zone));
        let recorded = stamp("EVN-2").or_else(|| stamp("MSH-7"));
        Self {
            happened: stamp("EVN-6").or_else(|| recorded.clone()),
            recorded,
            feed,
            tables,
            facility,
            control,
            source,
            entries: Vec::new(),
            steps: Vec::new(),
            seen: HashSet::new(),
            keys: HashMap::new(),
            warnings: Vec::new(),
            pending_clears: Vec::new(),
            defaults: Vec::new(),
        }
    }

    /// Notes what could not be used. Once is enough for one place.
    pub(crate) fn warn(&mut self, at: &str, what: &'static str) {
        let warning = Warning { at: at.to_owned(), what };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    pub(crate) fn clear(&mut self, clear: Clear) {
        self.pending_clears.push(clear);
    }

    /// An element of the resource being built that says nothing where something is known.
    pub(crate) fn default(&mut self, element: &'static str) {
        self.defaults.push(element);
    }

    /// An empty resource that knows its message.
    pub(crate) fn resource(&mut self, kind: &str) -> Value {
        self.pending_clears.clear();
        self.defaults.clear();
        let mut meta = json!({"source": self.source});
        if let Some(time) = &self.recorded {
            set(&mut meta, "extension", json!([event_time(time)]));
        }
        json!({"resourceType": kind, "meta": meta})
    }

    /// A link between two records that this message tells of.
    pub(crate) fn link(&self, kind: &str, url: &str) -> Value {
        merge::link(kind, url, self.recorded.as_deref())
    }

    /// `meta.source` of everything in this message.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Sets what was noted of the resource being built aside while another one is added.
    pub(crate) fn hold(&mut self) -> Held {
        Held { clears: std::mem::take(&mut self.pending_clears), defaults: std::mem::take(&mut self.defaults) }
    }

    pub(crate) fn restore(&mut self, held: Held) {
        (self.pending_clears, self.defaults) = (held.clears, held.defaults);
    }

    /// A name for a resource within the bundle.
    pub(crate) fn urn(&self, kind: &str, system: &str, value: &str) -> String {
        bundle::uuid(&[&self.feed.institution, kind, system, value])
    }

    /// Whether an entry with this name is there already.
    pub(crate) fn has(&self, full_url: &str) -> bool {
        self.seen.contains(full_url)
    }

    /// The key itself the first time it is asked for in this message, then `key/2`, `key/3` …: what is sent twice
    /// under one number is two things.
    pub(crate) fn nth(&mut self, key: String) -> String {
        let count = self.keys.entry(key.clone()).or_insert(0);
        *count += 1;
        if *count > 1 { format!("{key}/{count}") } else { key }
    }

    /// Adds an entry that is found again by its identifier; a second one of the same name is left out.
    pub(crate) fn add(&mut self, plan: Plan, full_url: &str, mut resource: Value, system: &str, value: &str) {
        if !self.seen.insert(full_url.to_owned()) {
            return;
        }
        // What is made in passing is no statement: whatever its own messages say is newer.
        if matches!(plan, Plan::Make | Plan::Reported)
            && let Some(meta) = resource.get_mut("meta").and_then(Value::as_object_mut)
        {
            meta.shift_remove("extension");
        }
        let make = plan == Plan::Make;
        self.steps.push(Step {
            full_url: full_url.to_owned(),
            kind: resource.get("resourceType").and_then(Value::as_str).unwrap_or_default().to_owned(),
            system: system.to_owned(),
            value: value.to_owned(),
            clears: std::mem::take(&mut self.pending_clears),
            defaults: std::mem::take(&mut self.defaults),
            plan,
        });
        self.entries.push(if make {
            bundle::post(full_url, resource, system, value)
        } else {
            bundle::put(full_url, resource, system, value)
        });
    }

    pub(crate) fn finish(self) -> (Vec<Value>, Vec<Step>, Vec<Warning>) {
        (self.entries, self.steps, self.warnings)
    }

    /// The time stamp in a part; a warning when it is none.
    pub(crate) fn time(&mut self, part: Part<'_>, at: &str) -> Option<Dtm> {
        let text = clean(part)?;
        let time = Dtm::parse(&text);
        if time.is_none() {
            self.warn(at, "not a date or time");
        }
        time
    }

    pub(crate) fn date_time(&mut self, part: Part<'_>, at: &str) -> Option<String> {
        let zone = self.feed.zone;
        self.time(part, at).map(|time| time.date_time(zone))
    }
}

/// The text of a part's first leaf, trimmed, without control characters; `None` when nothing is left.
pub(crate) fn clean(part: Part<'_>) -> Option<String> {
    tidy(&part.text()?)
}

/// The text of a whole part, separators left in: for free text.
pub(crate) fn clean_flat(part: Part<'_>) -> Option<String> {
    tidy(&part.flat()?)
}

fn tidy(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}
