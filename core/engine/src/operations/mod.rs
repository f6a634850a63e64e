//! Acts that departments offer as FHIR operations, declared as data: routes, CapabilityStatement and authorisation are
//! made from the same table.

mod audit;
mod audit_event;
mod bundle;
mod diff;
mod everything;
mod lastn;
mod meta;
mod purge;
mod queues;
mod statistic;
mod stats;
mod store;
mod who_looked;

use std::future::Future;
use std::pin::Pin;

use meridian_access::{Caller, Role};
use meridian_model::both;
use meridian_model::language::{Both, Language};
use meridian_model::outcome::Issue;
use serde_json::Value;

use crate::{Engine, EngineError};

/// What an operation is called on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    System,
    Type,
    Instance,
}

/// Whether an operation changes anything; one that does not may be called by `GET`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    Looks,
    Changes,
}

/// A call.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The resource type of the address, empty on the system level.
    pub kind: String,
    /// The instance, on that level.
    pub id: Option<String>,
    /// The version of it that the address names.
    pub version: Option<String>,
    /// Query parameters, or the primitive parameters of a Parameters resource.
    pub params: Vec<(String, String)>,
    /// The parameters of a Parameters resource that are no primitives: a Meta, a Coding, a Period.
    pub values: Vec<(String, Value)>,
    /// The body, when it is another resource than Parameters; else what its parameter `resource` holds.
    pub body: Option<Value>,
    /// What of the body no value can say, where it is to be judged: the order of elements in XML.
    pub faults: Vec<Issue>,
    /// The parameters that hold resources, but the first that is named `resource`: name and resource, those of types that
    /// R4 doesn't have among them ([`Act::foreign`]).
    pub resources: Vec<(String, Value)>,
    /// The media types that the client takes, as it said them.
    pub accept: String,
    /// The language that messages for people are told in.
    pub language: Language,
    /// The address of the FHIR service.
    pub base: String,
}

impl Call {
    /// The first parameter of this name.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The first value of this name that is no primitive.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// Refuses a parameter that is none of `input` and none of those that every call has: a filter that is misspelt would
    /// be no filter.
    ///
    /// # Errors
    /// `Invalid` naming the parameter.
    fn only(&self, input: &[(&str, &str, bool)]) -> Result<(), EngineError> {
        const ALWAYS: [&str; 5] = ["_format", "_pretty", "_summary", "_elements", "_cursor"];
        let sent = self.params.iter().map(|(name, _)| name);
        let sent = sent.chain(self.values.iter().chain(&self.resources).map(|(name, _)| name));
        let is_known = |name: &str| ALWAYS.contains(&name) || input.iter().any(|(input, ..)| *input == name);
        match sent.into_iter().find(|name| !is_known(name)) {
            None => Ok(()),
            Some(name) => {
                let known: Vec<&str> = input.iter().map(|(name, ..)| *name).collect();
                let says = both!(
                    "this operation has no such parameter; it has {}",
                    "这个操作没有这个参数，可用的有 {}",
                    Both::new(known.join(", "), known.join("、"))
                );
                Err(EngineError::invalid(name.as_str(), says))
            }
        }
    }

    /// A number, or what stands for it when it is not given.
    ///
    /// # Errors
    /// `Invalid` naming the parameter when it is no number.
    pub fn number<T: std::str::FromStr>(&self, name: &str, default: T) -> Result<T, EngineError> {
        match self.param(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| EngineError::invalid(name, both!("`{text}` is not a number", "`{text}` 不是数字"))),
        }
    }
}

/// The answer to come.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Value, EngineError>> + Send + 'a>>;

/// The same, as it is sent.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, EngineError>> + Send + 'a>>;

/// An answer that is not FHIR: a table, an archive.
pub struct Sent {
    pub media_type: &'static str,
    /// Piece by piece; one that failed ends the answer. Whoever stops listening stops the work.
    pub pieces: tokio::sync::mpsc::Receiver<Result<Vec<u8>, EngineError>>,
}

/// The same, to come.
pub type Streaming<'a> = Pin<Box<dyn Future<Output = Result<Sent, EngineError>> + Send + 'a>>;

/// What carries an operation out.
pub trait Act: Send + Sync {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a>;

    /// The answer as JSON text. Who answers with many bodies as they are stored makes it without reading them.
    fn bytes<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Sending<'a> {
        Box::pin(async move { Ok(self.run(engine, caller, call).await?.to_string().into_bytes()) })
    }

    /// For an operation that answers in forms of its own: it reads `_format` and [`Call::accept`] itself. `None` for the
    /// others, which answer with FHIR.
    fn stream<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Option<Streaming<'a>> {
        let _ = (engine, caller, call);
        None
    }

    /// The media types of such an operation, the first one where nobody asks for any.
    fn forms(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether it takes a resource as it is, whatever its shape: to judge it.
    fn raw(&self) -> bool {
        false
    }

    /// Whether it reads each parameter itself, and refuses those that it has no use for: a search, or forms of its own.
    fn reads_all(&self) -> bool {
        false
    }

    /// Types of resources that R4 doesn't have and that this operation takes as parameters.
    fn foreign(&self) -> &'static [&'static str] {
        &[]
    }
}

/// The `on` of an operation that every type has.
pub const EVERY_TYPE: &str = "Resource";

/// An operation: one row of the table.
pub struct Operation {
    /// The resource type, empty on the system level; [`EVERY_TYPE`] for all.
    pub on: &'static str,
    pub name: &'static str,
    pub level: Level,
    pub effect: Effect,
    /// Who may call it, besides operators and systems of the platform.
    pub roles: &'static [Role],
    /// Name, type and whether it must be given, of each input.
    pub input: &'static [(&'static str, &'static str, bool)],
    pub output: &'static str,
    pub says: &'static str,
    /// Whether it may be called on a version too.
    pub versions: bool,
    pub act: Box<dyn Act>,
}

impl Operation {
    /// An operation of the whole platform that answers with Parameters and is the operators' alone.
    pub fn of_the_system(
        name: &'static str,
        effect: Effect,
        input: &'static [(&'static str, &'static str, bool)],
        says: &'static str,
        act: impl Act + 'static,
    ) -> Operation {
        let (on, level, output) = ("", Level::System, "Parameters");
        Operation { on, name, level, effect, roles: &[], input, output, says, versions: false, act: Box::new(act) }
    }
}

/// Whether a caller may call `operation`.
///
/// # Errors
/// `Denied` when its role is not among those of the row.
pub fn permitted(caller: &Caller, operation: &Operation) -> Result<(), EngineError> {
    Ok(meridian_access::operation(caller, operation.name, operation.roles)?)
}

/// Whether a call has what `operation` needs, and nothing that it doesn't know.
///
/// # Errors
/// `Invalid` naming the parameter.
pub fn complete(call: &Call, operation: &Operation) -> Result<(), EngineError> {
    if !operation.act.reads_all() {
        call.only(operation.input)?;
    }
    let is_given = |name: &str| call.param(name).is_some() || call.value(name).is_some();
    match operation.input.iter().find(|(name, _, required)| *required && !is_given(name)) {
        None => Ok(()),
        Some((name, ..)) => Err(EngineError::invalid(*name, both!("this parameter is needed", "缺少这个参数"))),
    }
}

/// The operations of the record itself.
pub fn table() -> Vec<Operation> {
    let mut all = vec![
        who_looked::operation(),
        audit::operation(),
        queues::operation(),
        store::operation(),
        crate::catalogue::operation(),
        lastn::operation(),
        stats::operation(),
        diff::operation(),
    ];
    all.extend(everything::operations());
    all.extend(meta::operations());
    all.extend(purge::operations());
    all.extend(crate::meaning::terms::operations());
    all.extend(crate::meaning::validate::operations());
    all
}
