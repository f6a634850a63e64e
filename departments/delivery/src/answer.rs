//! Reading an acknowledgement: taken, refused with a reason, or no answer to this message.

use meridian_hl7v2::{Assumed, Charset, Limits, charset::decode, read};

/// The longest text that is kept of an answer.
const MOST: usize = 500;

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    /// It is kept safely (CA); what came of it may be told by a second answer.
    Committed,
    /// `error` (AE) or `rejected` (AR), and what the receiver says.
    Refused(&'static str, String),
    /// It is about another message: an answer that came late.
    Other,
    /// It cannot be read, or says nothing about this message.
    Garbled(&'static str),
}

/// What an answer to the message with this control id means; `charset` is the one that the receiver speaks. `alone` says
/// that no answer to any other message can still come on this line.
pub(crate) fn verdict(answer: &[u8], control: &str, charset: Charset, alone: bool) -> Verdict {
    let limits = Limits::default();
    let Ok(read) = read(answer, &limits, Assumed::Unless(charset)) else {
        return Verdict::Garbled("the answer cannot be read");
    };
    let text = |path: &str| read.message.get(path).unwrap_or_default().trim().to_owned();
    let about = text("MSA-2");
    if !about.is_empty() && about != control {
        return Verdict::Other;
    }
    // Some receivers leave MSA-2 empty. That is an answer to this message where no other can be meant, and nowhere else.
    if about.is_empty() && !alone {
        return Verdict::Garbled("the answer does not say which message it is about");
    }
    let reason = match text("MSA-1").to_ascii_uppercase().as_str() {
        "AA" => return Verdict::Accepted,
        "CA" => return Verdict::Committed,
        "AE" | "CE" => "error",
        "AR" | "CR" => "rejected",
        _ => return Verdict::Garbled("the answer has no acknowledgement code"),
    };
    let mut says: Vec<String> = Vec::new();
    for path in ["MSA-3", "ERR-3.2", "ERR-7", "ERR-8", "ERR-2"] {
        let word = text(path);
        if !word.is_empty() && !says.contains(&word) {
            says.push(word);
        }
    }
    Verdict::Refused(reason, cut(&says.join("; ")))
}

/// The text of an answer for those who look later.
pub(crate) fn shown(answer: &[u8], charset: Charset) -> String {
    cut(&decode(answer, Assumed::Unless(charset)).0.replace('\r', "\n"))
}

fn cut(text: &str) -> String {
    text.trim().chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ack(msa: &str, more: &str) -> Vec<u8> {
        format!("MSH|^~\\&|HIS|CJ02|||20260101||ACK|1|P|2.5.1\rMSA|{msa}\r{more}").into_bytes()
    }

    #[test]
    fn codes_are_told_apart() {
        let verdict = |answer: &[u8], control: &str, charset| verdict(answer, control, charset, true);
        for good in ["AA|C1", "aa|C1", "AA"] {
            assert_eq!(verdict(&ack(good, ""), "C1", Charset::Utf8), Verdict::Accepted, "{good}");
        }
        assert_eq!(verdict(&ack("CA|C1", ""), "C1", Charset::Utf8), Verdict::Committed);
        assert_eq!(verdict(&ack("AE|C2", ""), "C1", Charset::Utf8), Verdict::Other);
        let unnamed = super::verdict(&ack("AA", ""), "C1", Charset::Utf8, false);
        assert!(matches!(unnamed, Verdict::Garbled(_)), "somebody else's, perhaps");
        let refused =
            verdict(&ack("AE|C1|no such patient", "ERR|||204^Unknown key identifier|E\r"), "C1", Charset::Utf8);
        assert_eq!(refused, Verdict::Refused("error", "no such patient; Unknown key identifier".into()));
        assert_eq!(verdict(&ack("AR|C1", ""), "C1", Charset::Utf8), Verdict::Refused("rejected", String::new()));
        let (gb, _) = Charset::Gb18030.encode("MSH|^~\\&|HIS|CJ02|||20260101||ACK|1|P|2.4\rMSA|AE|C1|查无此人\r");
        assert_eq!(verdict(&gb, "C1", Charset::Gb18030), Verdict::Refused("error", "查无此人".into()));
        assert!(shown(&gb, Charset::Gb18030).contains("查无此人"));
        for bad in [ack("XX|C1", ""), ack("", ""), b"hello".to_vec(), Vec::new()] {
            assert!(matches!(verdict(&bad, "C1", Charset::Utf8), Verdict::Garbled(_)), "{bad:?}");
        }
    }
}
