//! Intake (采集): what institutions send becomes transactions on the record.
//!
//! [`map`] is pure: an HL7 v2 message in, a FHIR transaction Bundle out, by the tables in `maps/`.

pub mod map;
