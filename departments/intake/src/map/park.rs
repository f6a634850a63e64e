//! Why a message waits for a person, and what was noticed on the way.

use std::fmt;

/// The closed list of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Not readable as HL7 v2.
    Unparseable,
    /// Bytes without a meaning in the character set that the message names: text would be damaged.
    WrongCharset,
    /// No feed is configured for its sender.
    UnknownSender,
    /// A kind of message that is not mapped.
    UnsupportedMessage,
    /// No PID segment.
    NoPatientSegment,
    /// Nothing in it tells the resident.
    NoPatientIdentifier,
    /// A mapped resource breaks the rules of FHIR.
    InvalidValue,
    /// Several records answer to the key of a resource.
    AmbiguousKey,
    /// It would bind a resource of one person to another's record.
    OtherPerson,
    /// The record refused it for another reason.
    Refused,
    /// The mapping itself failed: a fault of ours.
    Internal,
}

impl Reason {
    pub const ALL: [Self; 11] = [
        Self::Unparseable,
        Self::WrongCharset,
        Self::UnknownSender,
        Self::UnsupportedMessage,
        Self::NoPatientSegment,
        Self::NoPatientIdentifier,
        Self::InvalidValue,
        Self::AmbiguousKey,
        Self::OtherPerson,
        Self::Refused,
        Self::Internal,
    ];

    /// As it is stored and shown: `no-patient-identifier`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unparseable => "unparseable",
            Self::WrongCharset => "wrong-charset",
            Self::UnknownSender => "unknown-sender",
            Self::UnsupportedMessage => "unsupported-message",
            Self::NoPatientSegment => "no-patient-segment",
            Self::NoPatientIdentifier => "no-patient-identifier",
            Self::InvalidValue => "invalid-value",
            Self::AmbiguousKey => "ambiguous-key",
            Self::OtherPerson => "other-person",
            Self::Refused => "refused",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A message that could not be made into a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Park {
    pub reason: Reason,
    /// The place in the message: `PID-3`, `MSH-9`; or a FHIR path when the record refused.
    pub at: String,
    /// For people; holds nothing about a person.
    pub detail: String,
}

impl Park {
    #[must_use]
    pub fn new(reason: Reason, at: &str, detail: &str) -> Self {
        Self { reason, at: at.to_owned(), detail: detail.to_owned() }
    }
}

/// Something that was sent and could not be used, or not as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The place in the message: `PID-7`.
    pub at: String,
    pub what: &'static str,
}
