//! The answer to a sender: accepted, parked (`AE`), or not understood (`AR`).

use std::sync::atomic::{AtomicU64, Ordering};

use meridian_hl7v2::{
    Ack, AckCode, AckError, Charset, Dtm, Message, Offset, Path,
    ack::{condition, salvage_header},
};

use crate::map::{Park, Reason};

/// An acknowledgement as bytes in the sender's character set.
pub(crate) fn answer(to: &Message, charset: Charset, parked: Option<&Park>, now: i64) -> Vec<u8> {
    let ack = match parked {
        None => Ack::accept(),
        Some(park) => Ack::refuse(code(park.reason), error(park)),
    };
    let stamp = Dtm::from_unix(now.div_euclid(1000), Offset::CHINA);
    ack.answer_bytes(to, charset, &stamp, &control_id(now))
}

/// The answer to bytes that are no message; empty when not even a header can be seen.
pub(crate) fn salvage(raw: &[u8], park: &Park, now: i64) -> Vec<u8> {
    salvage_header(raw).map(|(header, charset)| answer(&header, charset, Some(park), now)).unwrap_or_default()
}

/// What is unreadable or unknown is rejected; what was read and cannot be applied is an error of its content.
fn code(reason: Reason) -> AckCode {
    match reason {
        Reason::Unparseable | Reason::UnknownSender | Reason::UnsupportedMessage => AckCode::Reject,
        _ => AckCode::Error,
    }
}

fn error(park: &Park) -> AckError {
    let place = Path::parse(&park.at);
    let code = match park.reason {
        Reason::Unparseable | Reason::NoPatientSegment => condition::SEGMENT_SEQUENCE,
        Reason::UnsupportedMessage => condition::UNSUPPORTED_EVENT,
        Reason::NoPatientIdentifier => condition::REQUIRED_FIELD_MISSING,
        Reason::WrongCharset | Reason::InvalidValue => condition::DATA_TYPE,
        Reason::UnknownSender | Reason::AmbiguousKey | Reason::OtherPerson => condition::UNKNOWN_KEY,
        Reason::Refused | Reason::Internal => condition::INTERNAL,
    };
    AckError {
        segment: place.as_ref().map(|place| place.segment.clone()).unwrap_or_default(),
        ordinal: usize::from(place.is_some()),
        field: place.as_ref().map_or(0, |place| place.field),
        component: place.and_then(|place| place.comp).unwrap_or(0),
        code,
        text: park.reason.as_str().to_owned(),
    }
}

/// Unique within the process and, by the clock, across restarts; at most 20 characters (MSH-10).
fn control_id(now: i64) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) % 1_000_000;
    format!("M{:x}{count:06}", now & 0xfff_ffff_ffff)
}
