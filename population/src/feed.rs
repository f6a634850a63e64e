//! What goes out of an institution's door.

use crate::calendar::Moment;
use serde_json::Value;

/// One thing to send.
#[derive(Clone, Debug, PartialEq)]
pub enum Feed {
    /// An HL7 v2 message: segments ended by CR, in the character set that MSH-18 names (GB 18030 where it names none),
    /// without the MLLP frame. `at` is the moment of sending.
    Hl7v2 { institution: &'static str, control_id: String, at: Moment, bytes: Vec<u8> },
    /// A FHIR transaction Bundle for `POST /fhir`. Sending it again creates nothing.
    Fhir { institution: &'static str, bundle: Value },
}

impl Feed {
    /// Code of the institution that sends.
    #[must_use]
    pub const fn institution(&self) -> &'static str {
        match self {
            Self::Hl7v2 { institution, .. } | Self::Fhir { institution, .. } => institution,
        }
    }

    /// Resources in a Bundle; a message counts the segments that become resources (PID, PV1, AL1, DG1, OBR, OBX).
    #[must_use]
    pub fn resources(&self) -> usize {
        match self {
            Self::Fhir { bundle, .. } => bundle.get("entry").and_then(Value::as_array).map_or(0, Vec::len),
            Self::Hl7v2 { bytes, .. } => bytes
                .split(|byte| *byte == b'\r')
                .filter_map(|segment| segment.get(..3))
                .filter(|name| matches!(*name, b"PID" | b"PV1" | b"AL1" | b"DG1" | b"OBR" | b"OBX"))
                .count(),
        }
    }
}
