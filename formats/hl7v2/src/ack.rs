//! Acknowledgements: `ACK` with MSA, and ERR where there is something to point at.

use crate::{Assumed, Charset, Delimiters, Header, Message, Writer, charset};

/// MSA-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckCode {
    /// Accepted: the message is on disk.
    Accept,
    /// Error: the message was understood and its content refused.
    Error,
    /// Rejected: the message was not understood, or cannot be taken now.
    Reject,
}

impl AckCode {
    /// `AA`, `AE` or `AR`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "AA",
            Self::Error => "AE",
            Self::Reject => "AR",
        }
    }
}

/// One ERR segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AckError {
    /// ERR-2: segment name, its ordinal among its name, field, component; empty or 0 when not known.
    pub segment: String,
    pub ordinal: usize,
    pub field: usize,
    pub component: usize,
    /// ERR-3, table 0357: code and text, e.g. `("101", "Required field missing")`.
    pub code: (&'static str, &'static str),
    /// ERR-8: for people. Must hold nothing about a person.
    pub text: String,
}

/// Table 0357, the codes that we answer with.
pub mod condition {
    pub const SEGMENT_SEQUENCE: (&str, &str) = ("100", "Segment sequence error");
    pub const REQUIRED_FIELD_MISSING: (&str, &str) = ("101", "Required field missing");
    pub const DATA_TYPE: (&str, &str) = ("102", "Data type error");
    pub const UNSUPPORTED_MESSAGE: (&str, &str) = ("200", "Unsupported message type");
    pub const UNSUPPORTED_EVENT: (&str, &str) = ("201", "Unsupported event code");
    pub const UNKNOWN_KEY: (&str, &str) = ("204", "Unknown key identifier");
    pub const INTERNAL: (&str, &str) = ("207", "Application internal error");
}

/// An answer to be built.
#[derive(Clone, Debug)]
pub struct Ack {
    pub code: AckCode,
    /// MSA-3, a short text for people; nothing about a person.
    pub text: String,
    pub errors: Vec<AckError>,
}

impl Ack {
    /// `AA`.
    #[must_use]
    pub fn accept() -> Self {
        Self { code: AckCode::Accept, text: String::new(), errors: Vec::new() }
    }

    /// `AE` or `AR` with one error.
    #[must_use]
    pub fn refuse(code: AckCode, error: AckError) -> Self {
        Self { code, text: error.text.clone(), errors: vec![error] }
    }

    /// The answer to `to`, whose separators, version, processing id and character set it echoes, with the
    /// parties exchanged. `now` is MSH-7 and `control_id` MSH-10 of the answer; MSA-2 is the sender's MSH-10.
    #[must_use]
    pub fn answer(&self, to: &Message, now: &str, control_id: &str) -> Message {
        let msh = to.first("MSH");
        // A party is an HD with components: its raw form is copied component by component.
        let text = |n: usize| msh.field(n).text().unwrap_or_default().into_owned();
        let (_, event) = to.kind();
        let version = text(12);
        let header = Header {
            time: now,
            kind: ("ACK", &event, if event.is_empty() { "" } else { "ACK" }),
            control_id,
            processing: &text(11),
            version: &version,
            ..Header::default()
        };
        let mut w = Writer::with_delimiters(&header, *to.delimiters());
        for (from, into) in [(5, 3), (6, 4), (3, 5), (4, 6)] {
            for (index, comp) in (1u16..).zip(msh.field(from).comps()).take(3) {
                w.header().put((into, index), &comp.text().unwrap_or_default());
            }
        }
        w.header().put(18, &text(18));
        w.segment("MSA").put(1, self.code.as_str()).put(2, &text(10)).put(3, self.text.get(..80).unwrap_or(&self.text));
        for error in &self.errors {
            write_error(&mut w, error, &version);
        }
        w.finish()
    }

    /// The answer as bytes, in the character set in which the message came.
    #[must_use]
    pub fn answer_bytes(&self, to: &Message, charset: Charset, now: &str, control_id: &str) -> Vec<u8> {
        self.answer(to, now, control_id).to_bytes(charset).0
    }
}

fn write_error(w: &mut Writer, error: &AckError, version: &str) {
    let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
    let mut place = vec![error.segment.clone(), number(error.ordinal), number(error.field)];
    // ERR as of 2.5 has a place and a code of their own; before, both are in ERR-1.
    let old = ["2.1", "2.2", "2.3", "2.4"].iter().any(|v| version.starts_with(v));
    let err = w.segment("ERR");
    if old {
        for (index, part) in (1u16..).zip(&place) {
            err.put((1, index), part);
        }
        err.put((1, 1, 4, 1), error.code.0).put((1, 1, 4, 2), error.code.1).put((1, 1, 4, 3), "HL70357");
        return;
    }
    // ERR-2: segment, ordinal, field, repetition, component.
    place.push(if error.component > 0 { "1".to_owned() } else { String::new() });
    place.push(number(error.component));
    for (index, part) in (1u16..).zip(&place) {
        err.put((2, index), part);
    }
    err.put((3, 1), error.code.0).put((3, 2), error.code.1).put((3, 3), "HL70357").put(4, "E").put(8, &error.text);
}

/// The header of something that is not a whole message, enough to answer it: `None` when no MSH can be seen.
#[must_use]
pub fn salvage_header(bytes: &[u8]) -> Option<(Message, Charset)> {
    let start = bytes.windows(4).take(4096).position(|w| w.starts_with(b"MSH") && !w.ends_with(b"\r"))?;
    let header = bytes.get(start..)?;
    let end = header.iter().position(|b| *b == b'\r' || *b == b'\n').unwrap_or(header.len()).min(4096);
    let (text, decoded) = charset::decode(header.get(..end)?, Assumed::Nothing);
    let delims = Delimiters::sniff(&text)?;
    let mut message = Message { text: String::new(), spans: Vec::new(), delims, remarks: Vec::new() };
    message.push_segment(&text);
    Some((message, decoded.used))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, parse};

    const NOW: &str = "20260301083015+0800";

    fn message(version: &str) -> Message {
        let text = format!(
            "MSH|^~\\&|LIS|CJ01^1.2^ISO|MERIDIAN|CJ00|20260301||ORU^R01^ORU_R01|42|T|{version}||||||UNICODE UTF-8\rPID|1\r"
        );
        parse(&text, &Limits::default()).unwrap()
    }

    #[test]
    fn accept_exchanges_the_parties_and_echoes() {
        let ack = Ack::accept().answer(&message("2.5.1"), NOW, "A1");
        assert_eq!(
            ack.text(),
            "MSH|^~\\&|MERIDIAN|CJ00|LIS|CJ01^1.2^ISO|20260301083015+0800||ACK^R01^ACK|A1|T|2.5.1||||||UNICODE UTF-8\r\
             MSA|AA|42\r"
        );
    }

    #[test]
    fn errors_point_at_their_place() {
        let error = AckError {
            segment: "PID".into(),
            ordinal: 1,
            field: 3,
            component: 1,
            code: condition::REQUIRED_FIELD_MISSING,
            text: "no identifier".into(),
        };
        let new = Ack::refuse(AckCode::Error, error.clone()).answer(&message("2.5.1"), NOW, "A1");
        assert!(new.text().contains(
            "MSA|AE|42|no identifier\rERR||PID^1^3^1^1|101^Required field missing^HL70357|E||||no identifier\r"
        ));
        let old = Ack::refuse(AckCode::Reject, error).answer(&message("2.3.1"), NOW, "A1");
        assert!(old.text().contains("MSA|AR|42|no identifier\rERR|PID^1^3^101&Required field missing&HL70357\r"));
    }

    #[test]
    fn a_header_can_be_salvaged_from_a_wreck() {
        let (header, charset) = salvage_header(b"\x00\x01MSH|^~\\&|A|B|C|D|2026||ADT^A01|9|P|2.4").unwrap();
        let ack = Ack { code: AckCode::Reject, text: "broken".into(), errors: vec![] };
        let bytes = ack.answer_bytes(&header, charset, NOW, "A1");
        assert!(String::from_utf8(bytes).unwrap().contains("MSA|AR|9|broken\r"));
        assert!(salvage_header(b"GET / HTTP/1.1").is_none());
        assert!(salvage_header(b"MSH").is_none());
        assert!(salvage_header(b"MSH\r|||").is_none());
    }
}
