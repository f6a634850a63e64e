//! What each entry of the transaction means for what is there already.

use serde_json::Value;

/// An element that the sender asked to delete by `""`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clear {
    /// Members from the top: `hospitalization`, `admitSource`.
    pub(crate) path: Vec<String>,
    /// In a list that several fields feed: which of its items (see `merge::slot`).
    pub(crate) slot: Option<String>,
}

impl Clear {
    pub(crate) fn whole(element: &str) -> Self {
        Self { path: vec![element.to_owned()], slot: None }
    }
}

/// How an entry meets what is there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plan {
    /// Made when it is unknown, else left alone.
    Make,
    /// Takes the place of what is there: a result is a whole statement.
    Replace,
    /// A report takes the place of the former one; results of earlier messages stay in its list.
    Report,
    /// Element by element: what is not sent stays, what is asked to be deleted goes, what is sent holds.
    Merge,
    /// As `Merge`, and the event moves the visit's status and places.
    Visit(Box<Stay>),
    /// An order of which a result tells: made when unknown, else only its status may go on.
    Reported,
    /// The record that lives on after a merge.
    Survivor,
    /// The record that was merged into another.
    Replaced,
    /// Two records that are no longer one.
    Apart,
}

/// What an event says of a visit beside its elements.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stay {
    pub(crate) act: Act,
    /// The status that the event means for a visit that is not known.
    pub(crate) status: String,
    /// When it happened (EVN-6, else EVN-2, else MSH-7), a FHIR dateTime.
    pub(crate) when: Option<String>,
    /// PV1-44.
    pub(crate) started: Option<String>,
    /// PV1-45.
    pub(crate) ended: Option<String>,
    /// PV1-2 is P.
    pub(crate) planned: bool,
    /// Whether PV1-2 says a class.
    pub(crate) classed: bool,
    /// PV1-3, PV1-6, PV1-11, PV1-42, PV1-43.
    pub(crate) assigned: Option<Value>,
    pub(crate) prior: Option<Value>,
    pub(crate) temporary: Option<Value>,
    pub(crate) pending: Option<Value>,
    pub(crate) left: Option<Value>,
}

/// What happens to a visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Act {
    Admit,
    Register,
    PreAdmit,
    Transfer,
    Discharge,
    /// Outpatient becomes inpatient, or the other way round.
    ChangeClass,
    #[default]
    Update,
    Depart,
    Arrive,
    CancelAdmit,
    CancelTransfer,
    CancelDischarge,
}

/// One entry's plan.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) full_url: String,
    pub(crate) kind: String,
    pub(crate) plan: Plan,
    /// The identifier that finds it.
    pub(crate) system: String,
    pub(crate) value: String,
    pub(crate) clears: Vec<Clear>,
    /// Elements that hold only where nothing is known.
    pub(crate) defaults: Vec<&'static str>,
}
