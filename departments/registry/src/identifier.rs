//! Which identifiers tell who somebody is: the table of trusted systems, each with the reader of its numbers.
//!
//! A number that its reader refuses is no evidence: it stays in the record as it was sent and is never claimed.

use crate::resident::ResidentNumber;

/// The kind of claim by which a person holds a resident identity number. A person holds one at most.
pub const IDENTITY: &str = "resident-identity";
/// The kind of claim by which a person holds a medical insurance number.
pub const INSURANCE: &str = "insurance";

/// A system whose valid numbers belong to one person.
#[derive(Clone, Copy, Debug)]
pub struct Trusted {
    /// `Identifier.system`.
    pub system: &'static str,
    /// The kind of claim by which a person holds a number of this system.
    pub claim: &'static str,
    /// A number as it was sent, in its one form; `None` when it is not valid.
    pub read: fn(&str) -> Option<String>,
}

/// All trusted systems, the strongest first.
pub const TRUSTED: &[Trusted] = &[
    Trusted { system: "urn:oid:2.16.156.10011.1.3", claim: IDENTITY, read: identity },
    Trusted { system: "https://meridian.example/id/insurance", claim: INSURANCE, read: insurance },
];

/// `Identifier.use` of numbers that their sender no longer, or not yet, vouches for.
const NOT_IN_FORCE: [&str; 2] = ["old", "temp"];

/// The row of a system.
#[must_use]
pub fn trusted(system: &str) -> Option<&'static Trusted> {
    TRUSTED.iter().find(|row| row.system == system)
}

/// Whether an identifier with this `use` says who somebody is now.
#[must_use]
pub fn in_force(usage: Option<&str>) -> bool {
    usage.is_none_or(|usage| !NOT_IN_FORCE.contains(&usage))
}

fn identity(text: &str) -> Option<String> {
    ResidentNumber::read(text).map(|number| number.as_str().to_owned())
}

/// 6 to 30 letters and digits, upper case. Insurance schemes number differently from province to province, so the form
/// can't be checked more closely; what forms are commonly filled with is refused, because it would join strangers: one
/// character repeated, digits that count up, words without a digit.
fn insurance(text: &str) -> Option<String> {
    let number = plain(text);
    let well_formed = (6..=30).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let repeated = number.bytes().zip(number.bytes().skip(1)).all(|(one, next)| one == next);
    let counts_up = "01234567890123456789".contains(&number);
    let has_digit = number.bytes().any(|byte| byte.is_ascii_digit());
    (well_formed && !repeated && !counts_up && has_digit).then_some(number)
}

/// Upper case, full-width forms made half-width, blanks taken out.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            other => other,
        })
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_insurance_number_has_one_form() {
        for typed in ["yb99000123", " YB99000123\t", "ＹＢ９９０００１２３", "YB99 000 123"] {
            assert_eq!(insurance(typed).as_deref(), Some("YB99000123"), "{typed}");
        }
    }

    #[test]
    fn what_would_join_strangers_is_no_insurance_number() {
        let long = "1A".repeat(16);
        for text in [
            "",
            "12345",
            "000000",
            "999999999",
            "12345678",
            "0123456789",
            "UNKNOWN",
            "YB-99000123",
            "医保99000123",
            &long,
        ] {
            assert_eq!(insurance(text), None, "{text}");
        }
    }

    #[test]
    fn every_reader_of_the_table_reads_its_own_form() {
        for (row, text) in TRUSTED.iter().zip(["990101194912310028", "yb99000123"]) {
            let once = (row.read)(text).unwrap();
            assert_eq!((row.read)(&once).as_ref(), Some(&once));
            assert_eq!(trusted(row.system).unwrap().claim, row.claim);
        }
        assert!(trusted("urn:oid:2.16.156.10011.1.19").is_none());
        assert!(in_force(None) && in_force(Some("official")) && !in_force(Some("old")));
    }
}
