//! Gathers what a message is made of, from the record as it stood when the change was written.

use std::collections::BTreeMap;

use meridian_engine::{EngineError, Then};
use serde_json::{Value, json};

use crate::look::{institution, list, local, name, text};
use crate::order::Order;
use crate::render::Material;
use crate::trigger::survivor;

/// Most results of one message; a report with more is left to people.
const MOST_RESULTS: usize = 2000;

/// Why no message can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    NoContent,
    NoResident,
    NoSurvivor,
    TooManyResults,
    /// What would be told is not the whole of it.
    MissingResult,
    /// The receiver's registration, or the record that stands for this one, turned out to be somebody else's.
    Parted,
}

impl Unfit {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Parted => "no-longer-same-person",
            _ => "unrenderable",
        }
    }

    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::NoContent => "the version has no content to tell",
            Self::NoResident => "the resident that it is about is not in the record",
            Self::NoSurvivor => "the record that it was merged into is not there",
            Self::TooManyResults => "more results than one message holds",
            Self::MissingResult => "a result of the report is not in the record",
            Self::Parted => "the registration under whose number it would be told is another person's by now",
        }
    }
}

/// The material of an order for a receiver, and the Patients who must be one person for it to be told.
pub(crate) fn gather(
    then: &Then<'_>,
    order: &Order,
    to: &str,
) -> Result<Result<(Material, Vec<String>), Unfit>, EngineError> {
    let Some(mut subject) = then.version.clone().or_else(|| then.before.clone()) else {
        return Ok(Err(Unfit::NoContent));
    };
    let about = match order.kind.as_str() {
        "Patient" => format!("Patient/{}", order.id),
        _ => subject.get("subject").and_then(local).unwrap_or_default().to_owned(),
    };
    let persons = then.patients(&about)?;
    let patient = match order.kind.as_str() {
        "Patient" => Some(subject.clone()),
        _ => then.resource(&about)?,
    };
    let at_source = || persons.iter().find(|one| institution(one) == Some(&order.source)).or(persons.first()).cloned();
    let Some(patient) = patient.or_else(at_source) else { return Ok(Err(Unfit::NoResident)) };
    let mut survives = None;
    if order.event == "A40" {
        survives = survivor(&subject).map(|reference| then.resource(reference)).transpose()?.flatten();
        if survives.is_none() {
            return Ok(Err(Unfit::NoSurvivor));
        }
    }
    let registrations: Vec<Value> = persons.iter().filter(|one| institution(one) == Some(to)).cloned().collect();
    // What was true then is told under a number only as long as the number is still this person's.
    let named = registrations.iter().chain(survives.iter().filter(|one| persons.contains(one)));
    let named = named.map(|one| format!("Patient/{}", text(one, "/id").unwrap_or_default()));
    let mut one: Vec<String> = std::iter::once(about.clone()).chain(named).collect();
    if one.len() == 1 {
        one.clear(); // nobody's number is in it but the resident's own
    }
    if !then.are_one_today(&one)? {
        return Ok(Err(Unfit::Parted));
    }
    if order.kind == "DiagnosticReport"
        && then.version.is_none()
        && let Some(members) = subject.as_object_mut()
    {
        members.insert("status".to_owned(), json!("entered-in-error")); // deleted: what was told is taken back
    }
    let encounter = match order.kind.as_str() {
        "Encounter" => Some(subject.clone()),
        _ => subject.get("encounter").and_then(local).map(|visit| then.resource(visit)).transpose()?.flatten(),
    };
    let mut related = Related { then, found: BTreeMap::new() };
    if let Some(unfit) = related.report(&subject)? {
        return Ok(Err(unfit));
    }
    if let Some(encounter) = &encounter {
        related.visit(encounter)?;
    }
    let material = Material {
        event: order.event.clone(),
        source: order.source.clone(),
        at: then.at,
        before: then.before.clone(),
        related: related.found,
        registrations,
        survivor: survives,
        subject,
        patient,
        encounter,
    };
    Ok(Ok((material, one)))
}

struct Related<'a> {
    then: &'a Then<'a>,
    found: BTreeMap<String, Value>,
}

impl Related<'_> {
    fn add(&mut self, reference: &Value) -> Result<(), EngineError> {
        if let Some(reference) = local(reference)
            && !self.found.contains_key(reference)
            && let Some(resource) = self.then.resource(reference)?
        {
            self.found.insert(reference.to_owned(), resource);
        }
        Ok(())
    }

    /// Results, their members and who made them; or why they are not whole.
    fn report(&mut self, report: &Value) -> Result<Option<Unfit>, EngineError> {
        let results = list(report, "/result");
        if results.len() > MOST_RESULTS {
            return Ok(Some(Unfit::TooManyResults));
        }
        for contained in list(report, "/contained") {
            if let Some(id) = text(contained, "/id") {
                self.found.insert(format!("#{id}"), contained.clone());
            }
        }
        for result in results {
            self.add(result)?;
            if !name(result).is_some_and(|name| self.found.contains_key(name)) {
                return Ok(Some(Unfit::MissingResult));
            }
        }
        let panels: Vec<Value> = self.found.values().flat_map(|result| list(result, "/hasMember")).cloned().collect();
        if panels.len() > MOST_RESULTS {
            return Ok(Some(Unfit::TooManyResults));
        }
        for member in &panels {
            self.add(member)?;
            if !name(member).is_some_and(|name| self.found.contains_key(name)) {
                return Ok(Some(Unfit::MissingResult));
            }
        }
        let people: Vec<Value> = self.found.values().flat_map(|result| list(result, "/performer")).cloned().collect();
        for person in &people {
            self.add(person)?;
        }
        Ok(None)
    }

    fn visit(&mut self, encounter: &Value) -> Result<(), EngineError> {
        for (all, one) in [("/participant", "individual"), ("/location", "location"), ("/diagnosis", "condition")] {
            for reference in list(encounter, all).iter().filter_map(|item| item.get(one)) {
                self.add(reference)?;
            }
        }
        Ok(())
    }
}
