//! Reading: bytes or text to a [`Message`], tolerant in form and strict in size.

use thiserror::Error;

use crate::{
    Decoded, Delimiters, Message, Remark,
    charset::{self, Assumed},
};

/// Bounds of the reader.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one message or batch.
    pub bytes: usize,
    /// Segments of one message.
    pub segments: usize,
    /// Bytes of one field with all its repetitions (embedded documents are fields).
    pub field_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 20 << 20, segments: 50_000, field_bytes: 16 << 20 }
    }
}

/// Why something is not a message.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    #[error("nothing but blanks")]
    Empty,
    #[error("more than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("does not begin with MSH")]
    NoHeader,
    #[error("the separators cannot be told from MSH-1 and MSH-2")]
    BadDelimiters,
    #[error("more than {limit} segments")]
    TooManySegments { limit: usize },
    #[error("{segment}-{field} of segment {ordinal} is longer than {limit} bytes")]
    FieldTooLong { segment: String, ordinal: usize, field: usize, limit: usize },
    #[error("{count} messages where one was expected")]
    SeveralMessages { count: usize },
}

/// A message with the way its bytes became text.
#[derive(Debug)]
pub struct Read {
    pub message: Message,
    pub decoded: Decoded,
}

/// Decodes and parses one message. `assumed` is what is known of the sender's character set.
///
/// # Errors
/// As [`parse`].
pub fn read(bytes: &[u8], limits: &Limits, assumed: Assumed) -> Result<Read, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::TooLarge { limit: limits.bytes });
    }
    let (text, decoded) = charset::decode(bytes, assumed);
    Ok(Read { message: parse(&text, limits)?, decoded })
}

/// Parses exactly one message. A batch header around it is tolerated.
///
/// # Errors
/// [`ReadError`]; several messages are an error here, see [`parse_batch`].
pub fn parse(text: &str, limits: &Limits) -> Result<Message, ReadError> {
    let mut messages = parse_batch(text, limits)?;
    match (messages.len(), messages.pop()) {
        (1, Some(message)) => Ok(message),
        (count, _) => Err(ReadError::SeveralMessages { count }),
    }
}

/// Parses all messages of a text: one after the other, or within FHS/BHS … BTS/FTS. Never empty.
///
/// Segments may end with CR, LF or CRLF. A line that does not begin with a segment name continues the segment
/// before it (the break is kept as `\.br\`). Blank lines, a byte order mark and stray frame characters are skipped.
///
/// # Errors
/// [`ReadError`] for the first thing that cannot be used.
pub fn parse_batch(text: &str, limits: &Limits) -> Result<Vec<Message>, ReadError> {
    // Decoding may enlarge (Latin-1 to UTF-8): twice the bytes that came is still bounded.
    if text.len() > limits.bytes.saturating_mul(2) {
        return Err(ReadError::TooLarge { limit: limits.bytes });
    }
    let mut messages: Vec<Message> = Vec::new();
    let mut batch_header = false;
    for line in text.split(['\r', '\n']) {
        let line = line.trim_start_matches(['\u{feff}', '\u{0b}', '\u{1c}', ' ', '\t']).trim_end_matches('\u{1c}');
        if line.trim().is_empty() {
            continue;
        }
        match line.get(..3) {
            Some("MSH") if line.chars().nth(3).is_none_or(|c| !c.is_alphanumeric()) => {
                let delims = Delimiters::sniff(line).ok_or(ReadError::BadDelimiters)?;
                let remarks = if batch_header { vec![Remark::BatchHeader] } else { Vec::new() };
                messages.push(Message { text: String::new(), spans: Vec::new(), delims, remarks });
            }
            Some("FHS" | "BHS" | "BTS" | "FTS") => {
                batch_header = true;
                continue;
            }
            _ => {}
        }
        let Some(message) = messages.last_mut() else { return Err(ReadError::NoHeader) };
        message.push_line(line, limits)?;
    }
    if messages.is_empty() {
        return Err(if batch_header { ReadError::NoHeader } else { ReadError::Empty });
    }
    Ok(messages)
}

impl Message {
    fn push_line(&mut self, line: &str, limits: &Limits) -> Result<(), ReadError> {
        if begins_segment(line, self.delims.field) {
            if self.spans.len() >= limits.segments {
                return Err(ReadError::TooManySegments { limit: limits.segments });
            }
            self.push_segment(line);
        } else {
            let ordinal = self.spans.len();
            let Some(span) = self.spans.last_mut() else { return Err(ReadError::NoHeader) };
            self.text.pop(); // the CR of the segment that goes on
            for piece in [self.delims.escape.to_string().as_str(), ".br", self.delims.escape.to_string().as_str(), line]
            {
                self.text.push_str(piece);
            }
            span.1 = self.text.len();
            self.text.push('\r');
            self.remarks.push(Remark::Continued(ordinal));
        }
        self.check_fields(limits)
    }

    pub(crate) fn push_segment(&mut self, raw: &str) {
        let start = self.text.len();
        self.text.push_str(raw);
        self.spans.push((start, self.text.len()));
        self.text.push('\r');
    }

    /// The segment read last keeps the field limit. Cheap in the usual case: the whole segment does.
    fn check_fields(&self, limits: &Limits) -> Result<(), ReadError> {
        let Some((start, end)) = self.spans.last() else { return Ok(()) };
        if end - start <= limits.field_bytes {
            return Ok(());
        }
        let raw = self.text.get(*start..*end).unwrap_or_default();
        let long = raw.split(self.delims.field).position(|field| field.len() > limits.field_bytes);
        long.map_or(Ok(()), |field| {
            Err(ReadError::FieldTooLong {
                segment: raw.get(..3).unwrap_or_default().to_owned(),
                ordinal: self.spans.len(),
                field: if raw.starts_with("MSH") { field + 1 } else { field },
                limit: limits.field_bytes,
            })
        })
    }
}

/// Three capitals or digits, the first a capital, then the field separator or nothing.
fn begins_segment(line: &str, separator: char) -> bool {
    let mut bytes = line.bytes();
    let named = bytes.next().is_some_and(|b| b.is_ascii_uppercase())
        && bytes.by_ref().take(2).filter(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count() == 2;
    named && line.get(3..).is_some_and(|rest| rest.trim_end().is_empty() || rest.starts_with(separator))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Message {
        parse(text, &Limits::default()).unwrap()
    }

    #[test]
    fn any_line_end_gives_the_same_message() {
        let cr = one("MSH|^~\\&|A\rPID|1||7\rZPD|x\r");
        assert_eq!(cr, one("MSH|^~\\&|A\nPID|1||7\nZPD|x"));
        assert_eq!(cr, one("\u{feff}MSH|^~\\&|A\r\n\r\nPID|1||7\r\nZPD|x\r\n"));
        assert_eq!(cr.get("ZPD-1").as_deref(), Some("x"));
    }

    #[test]
    fn header_fields_keep_the_standard_numbers() {
        let message = one("MSH|^~\\&|APP|FAC|||20260101||ADT^A01^ADT_A01|77|P|2.5.1\rPID|1\r");
        let msh = message.first("MSH");
        assert_eq!(msh.field(1).text().as_deref(), Some("|"));
        assert_eq!(msh.field(2).text().as_deref(), Some("^~\\&"));
        assert_eq!(message.get("MSH-9.3").as_deref(), Some("ADT_A01"));
        assert_eq!(message.kind(), ("ADT".into(), "A01".into()));
        assert_eq!(message.control_id().as_deref(), Some("77"));
        assert_eq!(msh.fields(), 12);
    }

    #[test]
    fn broken_lines_continue_their_segment() {
        let message = one("MSH|^~\\&|A\rOBX|1|TX|c||first\nsecond line\nOBX-like words\rOBX|2\r");
        assert_eq!(message.get("OBX-5").as_deref(), Some("first\nsecond line\nOBX-like words"));
        assert_eq!(message.remarks(), [Remark::Continued(2), Remark::Continued(2)]);
        assert_eq!(message.segments("OBX").count(), 2);
    }

    #[test]
    fn batches_are_unpacked() {
        let text = "FHS|^~\\&|\rBHS|^~\\&|\rMSH|^~\\&|A\rPID|1\rMSH#^~\\&#B\rPID#2\rBTS|2\rFTS|1\r";
        let messages = parse_batch(text, &Limits::default()).unwrap();
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[1].get("PID-1").as_deref(), Some("2"));
        assert_eq!(parse(text, &Limits::default()), Err(ReadError::SeveralMessages { count: 2 }));
        assert_eq!(messages[0].remarks(), [Remark::BatchHeader]);
    }

    #[test]
    fn limits_hold() {
        let small = Limits { bytes: 64, segments: 2, field_bytes: 8 };
        assert_eq!(parse("MSH|^~\\&|A\rPID|1\rPV1|1\r", &small), Err(ReadError::TooManySegments { limit: 2 }));
        let long = parse("MSH|^~\\&|A\rPID|1||123456789|\r", &small);
        assert_eq!(long, Err(ReadError::FieldTooLong { segment: "PID".into(), ordinal: 2, field: 3, limit: 8 }));
        assert!(matches!(read(&[b'x'; 65], &small, Assumed::Nothing), Err(ReadError::TooLarge { limit: 64 })));
    }

    #[test]
    fn what_is_no_message_says_why() {
        let error = |text| parse(text, &Limits::default()).unwrap_err();
        assert_eq!(error(" \r\n"), ReadError::Empty);
        assert_eq!(error("PID|1\r"), ReadError::NoHeader);
        assert_eq!(error("GET / HTTP/1.1\r\n"), ReadError::NoHeader);
        assert_eq!(error("MSH \r"), ReadError::BadDelimiters);
    }
}
