//! Compartments: what belongs to a Patient (the whole person), an Encounter, a Practitioner, a RelatedPerson, a Device.

use meridian_access::{Act, Caller};
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::language::Both;
use meridian_model::reference::is_id;

use super::fault::{Fault, shown};
use super::ground::{Ground, Of, Slot};
use super::wish::{Target, Wish};
use crate::EngineError;
use crate::sight::permission;

const KINDS: &[&str] = &["Patient", "Encounter", "RelatedPerson", "Practitioner", "Device"];

/// `Patient/1`, as the place of a search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compartment {
    of: Of,
    id: String,
}

/// Where a search is asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Where {
    pub compartment: Option<Compartment>,
    /// The address of the FHIR service without a slash at its end, under which local resources may be named; may be
    /// empty.
    pub base: String,
}

impl Compartment {
    /// # Errors
    /// `NotFound` for a type that has no compartment and for what is no id.
    pub fn new(kind: &str, id: &str) -> Result<Compartment, EngineError> {
        let of = Of::named(kind).filter(|of| KINDS.contains(&of.kind));
        match of {
            Some(of) if is_id(id) => Ok(Compartment { of, id: id.to_owned() }),
            Some(of) => Err(EngineError::NotFound(Both::alike(format!("{}/{}", of.kind, shown(id))))),
            None => Err(EngineError::NotFound(both!("a compartment of {}", "{} 的区间（compartment）", shown(kind)))),
        }
    }

    /// Whether resources of this type may belong to it.
    pub(super) fn holds(&self, of: Of) -> bool {
        of.kind == self.of.kind || !self.params(of).is_empty()
    }

    fn params(&self, of: Of) -> &'static [&'static str] {
        Definitions::r4().compartment_params(self.of.kind, of.kind)
    }

    /// Refuses whoever may not look at what the compartment is of.
    pub(super) fn permitted(&self, caller: &Caller) -> Result<(), EngineError> {
        permission(caller, Act::Look, self.of.kind).map(|_| ())
    }

    /// `Patient/1`.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.of.kind, self.id)
    }
}

/// That a resource belongs to the compartment.
pub(super) fn wish(ground: &Ground<'_>, compartment: &Compartment, of: &[Of]) -> Result<Wish, Fault> {
    let mut slots: Vec<Slot> = Vec::new();
    let mut ways = Vec::new();
    for of in of {
        if !compartment.holds(*of) {
            return Err(Fault::wrong(both!(
                "{} is not in the compartment of a {}",
                "{} 不在 {} 的区间（compartment）中",
                of.kind,
                compartment.of.kind
            )));
        }
        // `{def}` is the resource itself.
        for code in compartment.params(*of).iter().filter(|code| !code.starts_with('{')) {
            slots.extend(ground.slots(std::slice::from_ref(of), code)?);
        }
        if of.kind == compartment.of.kind {
            ways.push(Wish::Itself(of.code, compartment.id.clone()));
        }
    }
    if !slots.is_empty() {
        let target = Target::Local(vec![compartment.of.code], compartment.id.clone());
        ways.insert(0, Wish::Refers { slots, targets: vec![target] });
    }
    Ok(Wish::any(ways))
}
