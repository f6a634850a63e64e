//! What a change says in HL7 v2.5.1. Pure: the same material for the same receiver is the same message, byte for byte.

mod codes;
mod person;
mod result;
mod time;
mod value;
mod visit;

use std::collections::BTreeMap;

use meridian_hl7v2::{Dtm, Header, Message, Writer};
use serde_json::Value;

use crate::config::DestinationConfig;

/// All that a message is made of, as it stood when the change was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Material {
    /// `A02`, `R01`.
    pub event: String,
    /// The institution whose change it is.
    pub source: String,
    /// When it was written, in milliseconds since 1970 UTC.
    pub at: i64,
    /// The Patient, Encounter or DiagnosticReport; what was there before, when it was deleted.
    pub subject: Value,
    /// Where the visit was before, for a transfer.
    pub before: Option<Value>,
    /// The source Patient that it is about.
    pub patient: Value,
    /// The Patient that stands for it since they were merged.
    pub survivor: Option<Value>,
    /// The registrations of the same person at the receiver.
    pub registrations: Vec<Value>,
    pub encounter: Option<Value>,
    /// What those refer to, by reference: Observations, Practitioners, Conditions.
    pub related: BTreeMap<String, Value>,
}

impl Material {
    fn related(&self, reference: &Value) -> Option<&Value> {
        self.related.get(crate::look::name(reference)?)
    }
}

/// The message for a receiver. `control` is its MSH-10; `queued` is when it was put into the outbox, in milliseconds
/// since 1970 UTC.
#[must_use]
pub fn message(material: &Material, to: &DestinationConfig, control: &str, queued: i64) -> Message {
    let time = Dtm::from_unix(queued.div_euclid(1000), to.zone);
    let results = material.event == "R01";
    let header = Header {
        sending_application: &to.from_application,
        sending_facility: &to.from_facility,
        receiving_application: &to.application,
        receiving_facility: &to.facility,
        time: &time,
        kind: (if results { "ORU" } else { "ADT" }, &material.event, structure(&material.event)),
        control_id: control,
        processing: "P",
        version: "2.5.1",
        charset: to.declare.then_some(to.charset),
    };
    let mut writer = Writer::new(&header);
    if !results {
        event(&mut writer, material, to);
    }
    match &material.survivor {
        Some(survivor) if material.event == "A40" => {
            person::pid(&mut writer, survivor, material, to);
            person::mrg(&mut writer, &material.patient, material);
        }
        _ => person::pid(&mut writer, &material.patient, material, to),
    }
    if results {
        if let Some(encounter) = &material.encounter {
            visit::pv1(&mut writer, encounter, material, to);
        }
        result::put(&mut writer, material, to);
    } else if material.event != "A40" {
        person::nk1(&mut writer, &material.patient);
        match &material.encounter {
            Some(encounter) => visit::put(&mut writer, encounter, material, to),
            // The structure asks for a visit; `N` says that there is none.
            None => {
                writer.segment("PV1").put(1, "1").put(2, "N");
            }
        }
    }
    writer.finish()
}

/// MSH-9.3.
fn structure(event: &str) -> &'static str {
    match event {
        "R01" => "ORU_R01",
        "A02" => "ADT_A02",
        "A03" => "ADT_A03",
        "A06" | "A07" => "ADT_A06",
        "A11" => "ADT_A09",
        "A28" | "A31" => "ADT_A05",
        "A40" => "ADT_A39",
        _ => "ADT_A01",
    }
}

fn event(writer: &mut Writer, material: &Material, to: &DestinationConfig) {
    let recorded = Dtm::from_unix(material.at.div_euclid(1000), to.zone);
    writer.segment("EVN").put(1, &material.event).put(2, &recorded).put(7, &material.source);
}
