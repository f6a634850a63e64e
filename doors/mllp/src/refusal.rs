//! Answers that the door gives itself: `AR` for what never reaches the handler.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use meridian_hl7v2::{
    Ack, AckCode, AckError, Dtm, Offset,
    ack::{condition, salvage_header},
};

/// Why the door refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Oversize,
    Broken,
    Busy,
    Failed,
}

impl Refusal {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Oversize => "message too large",
            Self::Broken => "incomplete frame",
            Self::Busy => "too much at once, send again later",
            Self::Failed => "internal error, send again later",
        }
    }
}

/// An `AR` for a message of which only the beginning may be there; `None` when it has no header to answer to.
pub(crate) fn answer(head: &[u8], why: Refusal) -> Option<Bytes> {
    let (header, charset) = salvage_header(head)?;
    let error = AckError { code: condition::INTERNAL, text: why.text().to_owned(), ..AckError::default() };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let stamp = Dtm::from_unix(i64::try_from(now.as_secs()).unwrap_or_default(), Offset(0));
    let ack = Ack::refuse(AckCode::Reject, error);
    Some(ack.answer_bytes(&header, charset, &stamp, &control_id(now.as_millis())).into())
}

/// Unique within the process and, by the clock, across restarts; at most 20 characters (MSH-10).
pub(crate) fn control_id(millis: u128) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) % 1_000_000;
    format!("D{:x}{count:06}", millis & 0xfff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_answered_and_rubbish_is_not() {
        let bytes = answer(b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|9|P|2.5", Refusal::Oversize).unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains("MSA|AR|9|message too large\rERR|||207^"), "{text}");
        assert_eq!(answer(b"\x16\x03\x01\x02\x00", Refusal::Broken), None);
    }
}
