//! Text → dates and times, as FHIR and FHIRPath write them.

use super::arithmetic::days_in;
use super::{Precision, Temporal};

impl Temporal {
    /// `2015`, `2015-02`, `2015-02-04`.
    pub(crate) fn read_date(text: &str) -> Option<Self> {
        let (date, rest) = date(text)?;
        rest.is_empty().then_some(date)
    }

    /// A date, or one with a time behind `T`: hours, minutes, seconds, fraction, offset. A bare `T` at the end is allowed
    /// as in FHIRPath's literals.
    pub(crate) fn read_date_time(text: &str) -> Option<Self> {
        let (date, rest) = date(text)?;
        let Some(rest) = rest.strip_prefix('T') else { return rest.is_empty().then_some(date) };
        if rest.is_empty() {
            return Some(date);
        }
        if date.precision != Precision::Day {
            return None;
        }
        let (time, rest) = clock(date, rest)?;
        Some(Self { offset: offset(rest)?, ..time })
    }

    /// `14`, `14:34`, `14:34:28.123`.
    pub(crate) fn read_time(text: &str) -> Option<Self> {
        let (time, rest) = clock(Self::start(1), text)?;
        rest.is_empty().then_some(time)
    }
}

/// A number of exactly so many digits, and what follows.
fn number(text: &str, digits: usize) -> Option<(u16, &str)> {
    let (head, rest) = text.split_at_checked(digits)?;
    if !head.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((head.parse().ok()?, rest))
}

fn pair(text: &str, most: u16) -> Option<(u8, &str)> {
    let (number, rest) = number(text, 2)?;
    if number > most {
        return None;
    }
    Some((u8::try_from(number).ok()?, rest))
}

fn date(text: &str) -> Option<(Temporal, &str)> {
    let (year, rest) = number(text, 4)?;
    if year == 0 {
        return None;
    }
    let mut made = Temporal::start(year);
    let Some(rest) = rest.strip_prefix('-') else { return Some((made, rest)) };
    let (month, rest) = pair(rest, 12)?;
    if month == 0 {
        return None;
    }
    (made.month, made.precision) = (month, Precision::Month);
    let Some(rest) = rest.strip_prefix('-') else { return Some((made, rest)) };
    let (day, rest) = pair(rest, 31)?;
    if day == 0 || day > days_in(year, month) {
        return None;
    }
    (made.day, made.precision) = (day, Precision::Day);
    Some((made, rest))
}

fn clock(mut made: Temporal, text: &str) -> Option<(Temporal, &str)> {
    let (hour, rest) = pair(text, 23)?;
    (made.hour, made.precision) = (hour, Precision::Hour);
    let Some(rest) = rest.strip_prefix(':') else { return Some((made, rest)) };
    let (minute, rest) = pair(rest, 59)?;
    (made.minute, made.precision) = (minute, Precision::Minute);
    let Some(rest) = rest.strip_prefix(':') else { return Some((made, rest)) };
    // A leap second is allowed by FHIR's text; it counts as the last moment of its minute does.
    let (second, rest) = pair(rest, 60)?;
    (made.second, made.precision) = (second, Precision::Second);
    let Some(rest) = rest.strip_prefix('.') else { return Some((made, rest)) };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, rest) = rest.split_at_checked(length)?;
    if fraction.is_empty() {
        return None;
    }
    let kept = fraction.get(..9).unwrap_or(fraction);
    made.digits = u8::try_from(kept.len()).ok()?;
    made.nanos = kept.parse::<u32>().ok()? * 10_u32.pow(9 - u32::from(made.digits));
    Some((made, rest))
}

/// `Z`, `+08:00`, `-05:30` or nothing.
fn offset(text: &str) -> Option<Option<i16>> {
    if text.is_empty() {
        return Some(None);
    }
    if text == "Z" {
        return Some(Some(0));
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, rest) = pair(rest, 14)?;
    let (minutes, rest) = pair(rest.strip_prefix(':')?, 59)?;
    rest.is_empty().then(|| Some(sign * (i16::from(hours) * 60 + i16::from(minutes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_the_same() {
        for text in [
            "2015",
            "2015-02",
            "2015-02-04",
            "2015-02-04T14",
            "2015-02-04T14:34",
            "2015-02-04T14:34:28",
            "2015-02-04T14:34:28.1",
            "2015-02-04T14:34:28.123Z",
            "2015-02-04T14:34:28.123456789+05:45",
        ] {
            let mut written = String::new();
            Temporal::read_date_time(text).unwrap().write_date_time(&mut written).unwrap();
            assert_eq!(written, text);
        }
        for text in ["14", "14:34", "14:34:28", "14:34:28.120"] {
            let mut written = String::new();
            Temporal::read_time(text).unwrap().write_time(&mut written).unwrap();
            assert_eq!(written, text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "0000", "20", "2015-13", "2015-00", "2015-02-30", "2015-2-4", "2015-02-04T", "2015-02-04x"] {
            assert!(Temporal::read_date(text).is_none(), "{text}");
        }
        for text in [
            "2015-02T10",
            "2015-02-04T24:00",
            "2015-02-04T10:60",
            "2015-02-04T10:00:00.",
            "2015-02-04T10:00+15:00",
            "2015-02-04T10:00+0800",
        ] {
            assert!(Temporal::read_date_time(text).is_none(), "{text}");
        }
        for text in ["", "1", "14:3", "14:34Z", "25", "14:34:28+01:00"] {
            assert!(Temporal::read_time(text).is_none(), "{text}");
        }
    }
}
