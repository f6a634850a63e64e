//! HL7 v2 to FHIR, driven by tables that are data (`maps/*.toml`).
//!
//! Pure: the same message under the same [`FeedConfig`] always gives the same [`Mapped`], down to its `urn:uuid`s.
//! Rather little is mapped than nothing: a message is parked only when the resident cannot be told or the message
//! cannot be read; everything else that cannot be used becomes a warning that names its place and never its value.

mod attachment;
mod booking;
mod bundle;
mod clinical;
mod codes;
mod context;
mod convert;
mod feed;
mod identity;
mod local;
mod medicine;
pub(crate) mod merge;
mod merged;
mod observation;
mod order;
mod park;
mod patient;
mod place;
mod plan;
mod report;
mod rows;
mod tables;
mod value;
mod visit;

use meridian_hl7v2::{Message, Segment};
use serde_json::Value;

use context::Context;
use plan::{Plan, Step};
use tables::{Body, MessageRule, Tables};

pub use feed::FeedConfig;
pub(crate) use local::{Local, dialect};
pub use merge::Met;
pub use park::{Park, Reason, Warning};
pub use tables::TableError;
pub(crate) use tables::Target;

/// A message that became a transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped {
    /// A FHIR `Bundle` of type `transaction`.
    pub bundle: Value,
    /// `ADT^A01`.
    pub kind: String,
    /// The identifier by which the (first) resident is written: `system|value`.
    pub patient_key: String,
    /// How each entry meets what is there.
    pub(crate) steps: Vec<Step>,
    pub warnings: Vec<Warning>,
}

impl Mapped {
    /// What is kept of `before` and what this message says in its entry `entry` (from 0), its references resolved.
    #[must_use]
    pub fn meet(&self, entry: usize, before: &Value, sent: Value) -> Met {
        match self.steps.get(entry) {
            Some(step) => merge::meet(step, before, sent),
            None => Met::Kept(sent, Vec::new()),
        }
    }

    /// The id of the Patient into which `found`, which entry `entry` means, was merged. A message that merges or parts
    /// records means them as they are.
    #[must_use]
    pub fn stands_for(&self, entry: usize, found: &Value) -> Option<String> {
        let plan = self.steps.get(entry).map(|step| &step.plan);
        match plan {
            Some(Plan::Survivor | Plan::Replaced | Plan::Apart) => None,
            _ => merge::merged_into(found),
        }
    }

    pub(crate) fn kind_of(&self, entry: usize) -> &str {
        self.steps.get(entry).map_or("", |step| &step.kind)
    }
}

/// The mapping with its tables read.
#[derive(Debug)]
pub struct Mapper {
    tables: Tables,
}

impl Mapper {
    /// Reads the tables that are compiled into this crate.
    ///
    /// # Errors
    /// [`TableError`] names the table and the row; a test proves that the tables of this build are well.
    pub fn load() -> Result<Self, TableError> {
        Ok(Self { tables: Tables::load()? })
    }

    /// Whether messages of this kind are mapped.
    #[must_use]
    pub fn knows(&self, code: &str, event: &str) -> bool {
        self.tables.message(code, event).is_some()
    }

    /// All kinds that are mapped, `ADT^A01` …, in order.
    pub fn kinds(&self) -> impl Iterator<Item = String> + '_ {
        self.tables.messages.keys().map(|(code, event)| format!("{code}^{event}"))
    }

    /// Maps one message of one feed.
    ///
    /// # Errors
    /// [`Park`] with a reason of a closed list.
    pub fn map(&self, message: &Message, feed: &FeedConfig) -> Result<Mapped, Park> {
        let (code, event) = message.kind();
        let kind = format!("{code}^{event}");
        let tables = feed.dialect.as_deref().unwrap_or(&self.tables);
        let Some(rule) = tables.message(&code, &event) else {
            return Err(Park::new(Reason::UnsupportedMessage, "MSH-9", "no mapping for this message type"));
        };
        let mut cx = Context::new(message, feed, tables);
        let mut patient_key = None;
        let groups = groups(message)?;
        if rule.body == Body::Unlink {
            patient_key = Some(merged::unlink(&mut cx, &groups)?);
        } else {
            for group in &groups {
                let key = map_group(&mut cx, rule, message, group)?;
                patient_key.get_or_insert(key);
            }
        }
        let patient_key = patient_key.unwrap_or_default();
        let (entries, steps, warnings) = cx.finish();
        Ok(Mapped { bundle: bundle::transaction(entries), kind, patient_key, steps, warnings })
    }
}

/// The segments about one resident.
struct Group<'m> {
    pid: Segment<'m>,
    segments: Vec<Segment<'m>>,
}

impl<'m> Group<'m> {
    fn all<'g>(&'g self, name: &'g str) -> impl Iterator<Item = Segment<'m>> + 'g {
        self.segments.iter().copied().filter(move |segment| segment.name() == name)
    }

    fn first(&self, name: &str) -> Option<Segment<'m>> {
        self.segments.iter().copied().find(|segment| segment.name() == name)
    }
}

/// One group for each PID: results of several residents may come in one message.
fn groups(message: &Message) -> Result<Vec<Group<'_>>, Park> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for segment in message.all() {
        if segment.name() == "PID" {
            groups.push(Group { pid: segment, segments: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.segments.push(segment);
        }
    }
    if groups.is_empty() {
        return Err(Park::new(Reason::NoPatientSegment, "PID", "the message has no PID segment"));
    }
    Ok(groups)
}

fn map_group(cx: &mut Context<'_>, rule: &MessageRule, message: &Message, group: &Group<'_>) -> Result<String, Park> {
    if rule.body == Body::Merge {
        return Ok(merged::merge(cx, group)?.key);
    }
    let patient = patient::map(cx, rule, group)?;
    let visit = visit::map(cx, rule, group, &patient);
    match rule.body {
        Body::Results => report::map(cx, group, &patient, visit.as_ref()),
        Body::Orders => {
            order::map(cx, group, &patient, visit.as_ref())?;
            clinical::map(cx, group, &patient, visit.as_ref(), false);
        }
        Body::Booking => {
            booking::map(cx, rule, message, &patient)?;
            clinical::map(cx, group, &patient, visit.as_ref(), true);
        }
        Body::Clinical | Body::Merge | Body::Unlink => {
            let diagnoses = clinical::map(cx, group, &patient, visit.as_ref(), true);
            visit::finish(cx, visit, diagnoses);
        }
    }
    Ok(patient.key)
}
