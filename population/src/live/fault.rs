//! The faults of real life: a small share of messages that are cut, mislabelled, unknown, sent twice or late.
//!
//! The rates are assumed and frozen; with them an operator of a district sees a parked message every hour or so.

use super::Event;
use crate::draw::{Rng, between};
use crate::feed::Feed;
use meridian_hl7v2::{Assumed, Charset, Limits, read};

/// Share of messages that lost everything behind their first segments.
const CUT: f64 = 0.003;
/// Share of messages whose bytes are not in the character set that MSH-18 names.
const MISLABELLED: f64 = 0.003;
/// Share of messages about an event that nobody agreed upon.
const UNKNOWN: f64 = 0.002;
/// Share of messages that are sent again although they were answered.
const TWICE: f64 = 0.010;
/// Share of messages that a queue at the sender held back.
const LATE: f64 = 0.005;

/// What is wrong with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// No patient in it any more.
    Cut,
    Mislabelled,
    Unknown,
    /// The second sending of something that was sent.
    Twice,
    Late,
}

impl Fault {
    /// Whether the platform should set it aside.
    #[must_use]
    pub const fn parks(self) -> bool {
        matches!(self, Self::Cut | Self::Mislabelled | Self::Unknown)
    }
}

/// Adds the event to the others, perhaps with a fault.
pub(super) fn befall(mut event: Event, dice: &mut Rng, events: &mut Vec<Event>) {
    let (lot, wait) = (dice.f64(), between(dice, 20, 240));
    let mut below = 0.0;
    let mut falls = |share: f64| {
        below += share;
        lot < below
    };
    let Feed::Hl7v2 { bytes, .. } = &mut event.feed else { return events.push(event) };
    if falls(CUT) {
        *bytes = cut(bytes);
        event.fault = Some(Fault::Cut);
    } else if falls(MISLABELLED) {
        if let Some(wrong) = mislabelled(bytes) {
            *bytes = wrong;
            event.fault = Some(Fault::Mislabelled);
        }
    } else if falls(UNKNOWN) {
        *bytes = unknown(bytes);
        event.fault = Some(Fault::Unknown);
    } else if falls(TWICE) {
        let at = event.at.plus_minutes(1 + wait % 5);
        let again = Event { at, fault: Some(Fault::Twice), ..event.clone() };
        events.push(event);
        return events.push(again);
    } else if falls(LATE) {
        event.at = event.at.plus_minutes(wait);
        event.fault = Some(Fault::Late);
    }
    events.push(event);
}

/// The header alone, as a line that broke leaves it.
fn cut(bytes: &[u8]) -> Vec<u8> {
    let header = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    [header, b"\r"].concat()
}

/// GB 18030 under the name of UTF-8; none where the message names no set or has nothing but ASCII.
fn mislabelled(bytes: &[u8]) -> Option<Vec<u8>> {
    let message = read(bytes, &Limits::default(), Assumed::Nothing).ok()?.message;
    let names_utf8 = message.get("MSH-18").is_some_and(|name| name.contains("UTF-8"));
    let (wrong, _) = message.to_bytes(Charset::Gb18030);
    (names_utf8 && std::str::from_utf8(&wrong).is_err()).then_some(wrong)
}

/// The same with an event of the sender's own.
fn unknown(bytes: &[u8]) -> Vec<u8> {
    let mut fields = bytes.splitn(10, |byte| *byte == b'|');
    let head: Vec<&[u8]> = fields.by_ref().take(8).collect();
    let rest = fields.nth(1).unwrap_or_default();
    [head.join(&b'|').as_slice(), b"ZZZ^Z99^ZZZ_Z99", rest].join(&b'|')
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] =
        b"MSH|^~\\&|HIS|CJ01|M|CJ00|20260105||ADT^A01^ADT_A01|7|P|2.5.1||||||UNICODE UTF-8\rPID|1||9";

    #[test]
    fn faults_keep_the_header() {
        assert!(cut(MESSAGE).ends_with(b"UNICODE UTF-8\r"));
        let unknown = String::from_utf8(unknown(MESSAGE)).unwrap();
        assert!(unknown.starts_with("MSH|^~\\&|HIS|CJ01|M|CJ00|20260105||ZZZ^Z99^ZZZ_Z99|7|P|"), "{unknown}");
        assert_eq!(mislabelled(MESSAGE), None, "ASCII is the same in both");
    }
}
