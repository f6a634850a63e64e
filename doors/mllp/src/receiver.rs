//! The simplest receiver: it takes whatever has a header, and says so.

use bytes::Bytes;
use meridian_hl7v2::{Ack, Dtm, Offset, ack::salvage_header};

use crate::refusal::control_id;

/// An `AA` for a message; empty bytes (which end the connection) for what has no header to answer to. `now` is the time
/// in milliseconds since 1970 UTC.
#[must_use]
pub fn accept(raw: &[u8], now: i64) -> Bytes {
    let Some((header, charset)) = salvage_header(raw) else { return Bytes::new() };
    let stamp = Dtm::from_unix(now.div_euclid(1000), Offset::CHINA);
    let id = control_id(u128::from(now.unsigned_abs()));
    Ack::accept().answer_bytes(&header, charset, &stamp, &id).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_taken_and_rubbish_is_not() {
        let answer = accept(b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|9|P|2.5\rPID|1\r", 0);
        assert!(String::from_utf8(answer.to_vec()).unwrap().contains("MSA|AA|9"));
        assert!(accept(b"GET / HTTP/1.1", 0).is_empty());
    }
}
