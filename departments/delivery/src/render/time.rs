//! FHIR's dates and times as HL7 writes them.

use jiff::Timestamp;
use meridian_hl7v2::{Dtm, Offset};

/// A `date`, `dateTime` or `instant` as TS, as precise as it is; a time of day is told in `zone`.
pub(crate) fn stamp(fhir: &str, zone: Offset) -> Option<String> {
    let Some((_, clock)) = fhir.split_once('T') else {
        let digits: String = fhir.chars().filter(|c| *c != '-').collect();
        let fits = matches!(digits.len(), 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_digit());
        return fits.then_some(digits);
    };
    let moment: Timestamp = fhir.parse().ok()?;
    let whole = Dtm::from_unix(moment.as_millisecond().div_euclid(1000), zone);
    let fraction: String = clock.split_once('.').map_or("", |(_, rest)| rest).chars().take(4).collect();
    let fraction: String = fraction.chars().take_while(char::is_ascii_digit).collect();
    match whole.split_at_checked(14) {
        Some((seconds, zone)) if !fraction.is_empty() => Some(format!("{seconds}.{fraction}{zone}")),
        _ => Some(whole),
    }
}

/// A FHIR `time` as TM.
pub(crate) fn clock(fhir: &str) -> String {
    fhir.replace(':', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_is_kept_and_the_zone_is_the_receivers() {
        for (fhir, hl7) in [
            ("2026", "2026"),
            ("2026-03", "202603"),
            ("2026-03-01", "20260301"),
            ("2026-03-01T08:30:15+08:00", "20260301083015+0800"),
            ("2026-03-01T00:30:15Z", "20260301083015+0800"),
            ("2026-02-28T23:30:15.25Z", "20260301073015.25+0800"),
            ("1969-12-31T23:59:59.5Z", "19700101075959.5+0800"),
        ] {
            assert_eq!(stamp(fhir, Offset::CHINA).as_deref(), Some(hl7), "{fhir}");
        }
        for wrong in ["", "yesterday", "2026-3", "2026-03-01T25:00:00Z"] {
            assert_eq!(stamp(wrong, Offset::CHINA), None, "{wrong}");
        }
        assert_eq!(clock("08:30:00"), "083000");
    }
}
