//! How lives leave the institutions: FHIR transactions from the centres, HL7 v2 messages from the hospital.

pub(crate) mod base64;
pub(crate) mod fhir;
pub(crate) mod hl7v2;
pub mod systems;
