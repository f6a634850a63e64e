//! HL7 time stamps (TS, DTM, DT, TM) and what they are in FHIR.

use std::fmt;

/// A fixed distance from UTC in minutes, east positive. Pure rooms know no time zone database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Offset(pub i16);

impl Offset {
    /// China Standard Time, +08:00.
    pub const CHINA: Self = Self(480);

    /// Reads `+0800`, `+08:00`, `-1000`, `Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "Z" {
            return Some(Self(0));
        }
        let (sign, digits) = match text.strip_prefix('+') {
            Some(digits) => (1, digits),
            None => (-1, text.strip_prefix('-')?),
        };
        let digits: String = digits.chars().filter(|c| *c != ':').collect();
        if digits.len() != 4 {
            return None;
        }
        let (hours, minutes) = (number(digits.get(..2)?)?, number(digits.get(2..)?)?);
        // FHIR allows -12:00 … +14:00; everything else is a mistake of the sender.
        (hours <= 14 && minutes < 60).then(|| Self(sign * i16::try_from(hours * 60 + minutes).unwrap_or(0)))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// A point in time as precise as it was sent: year, month, day, hour, minute, second, fraction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dtm {
    pub year: u16,
    pub month: Option<u8>,
    pub day: Option<u8>,
    pub hour: Option<u8>,
    pub minute: Option<u8>,
    pub second: Option<u8>,
    /// Digits after the second, up to four in HL7; kept as sent.
    pub fraction: Option<String>,
    pub zone: Option<Offset>,
}

impl Dtm {
    /// Reads `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][±ZZZZ]`, and the ISO forms that some senders write
    /// (`2026-03-01`, `2026/03/01 08:30:00`, `2026-03-01T08:30:00+08:00`). A month or day of `00` counts as
    /// not sent. `None` when it is no time stamp or no such day exists.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (stamp, zone) = split_zone(text)?;
        let digits: String = match stamp.get(4..5) {
            Some("-" | "/") => compact(stamp)?,
            _ => stamp.to_owned(),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits.as_str(), None),
        };
        if !matches!(whole.len(), 4 | 6 | 8 | 10 | 12 | 14) {
            return None;
        }
        let at = |range: std::ops::Range<usize>| match whole.get(range) {
            Some(piece) => number(piece).map(Some),
            None => Some(None),
        };
        let small = |value: Option<u16>| value.and_then(|v| u8::try_from(v).ok());
        let mut this = Self {
            year: number(whole.get(..4)?)?,
            month: small(at(4..6)?),
            day: small(at(6..8)?),
            hour: small(at(8..10)?),
            minute: small(at(10..12)?),
            second: small(at(12..14)?),
            fraction: fraction.filter(|f| !f.is_empty()).map(str::to_owned),
            zone,
        };
        if this.fraction.as_ref().is_some_and(|f| f.len() > 9 || !f.bytes().all(|b| b.is_ascii_digit())) {
            return None;
        }
        if this.second.is_none() {
            this.fraction = None;
        }
        this.drop_zeroes();
        this.exists().then_some(this)
    }

    /// Month or day 00 means "not known": what comes after it cannot be meant either.
    fn drop_zeroes(&mut self) {
        if self.month == Some(0) {
            (self.month, self.day) = (None, None);
        }
        if self.day == Some(0) {
            self.day = None;
        }
        if self.day.is_none() {
            (self.hour, self.minute, self.second, self.fraction) = (None, None, None, None);
        }
    }

    fn exists(&self) -> bool {
        let month_ok = self.month.is_none_or(|m| (1..=12).contains(&m));
        let day_ok = self.day.is_none_or(|d| d >= 1 && d <= days(self.year, self.month.unwrap_or(1)));
        let clock_ok = self.hour.is_none_or(|h| h < 24)
            && self.minute.is_none_or(|m| m < 60)
            && self.second.is_none_or(|s| s < 60);
        self.year > 0 && month_ok && day_ok && clock_ok
    }

    /// A FHIR `date`: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; the clock is left out.
    #[must_use]
    pub fn date(&self) -> String {
        match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", self.year),
            (Some(month), None) => format!("{:04}-{month:02}", self.year),
            _ => format!("{:04}", self.year),
        }
    }

    /// A FHIR `dateTime`: as `date`, or with clock and zone (`default` where none was sent). FHIR has no hour
    /// without minutes and no minute without seconds: those are zero-filled.
    #[must_use]
    pub fn date_time(&self, default: Offset) -> String {
        let Some(clock) = self.clock() else { return self.date() };
        format!("{}T{clock}{}", self.date(), self.zone.unwrap_or(default))
    }

    /// A FHIR `instant`; `None` unless the seconds were sent.
    #[must_use]
    pub fn instant(&self, default: Offset) -> Option<String> {
        self.second.map(|_| self.date_time(default))
    }

    fn clock(&self) -> Option<String> {
        let clock = format!("{:02}:{:02}:{:02}", self.hour?, self.minute.unwrap_or(0), self.second.unwrap_or(0));
        Some(match &self.fraction {
            Some(fraction) => format!("{clock}.{fraction}"),
            None => clock,
        })
    }

    /// The time stamp of a Unix time (seconds), as HL7 writes it in zone `offset`: `20260301083000+0800`.
    #[must_use]
    pub fn from_unix(seconds: i64, offset: Offset) -> String {
        let local = seconds.saturating_add(i64::from(offset.0) * 60);
        let (day, clock) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        // Days to civil date, counting years from 1 March so that the leap day comes last.
        let shifted = day + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_index = (5 * of_year + 2) / 153;
        let date = of_year - (153 * month_index + 2) / 5 + 1;
        let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let zone = offset.to_string().replace(':', "");
        format!("{year:04}{month:02}{date:02}{:02}{:02}{:02}{zone}", clock / 3600, clock / 60 % 60, clock % 60)
    }
}

/// A FHIR `time` from an HL7 TM: `HH[MM[SS[.S…]]]`; a zone is dropped, as FHIR has none there.
#[must_use]
pub fn time_of_day(text: &str) -> Option<String> {
    let text = text.trim().replace(':', "");
    let end = text.find(['+', '-', 'Z']).unwrap_or(text.len());
    let stamp = format!("20000101{}", text.get(..end)?);
    let parsed = Dtm::parse(&stamp).filter(|_| end >= 2)?;
    parsed.clock()
}

fn split_zone(text: &str) -> Option<(&str, Option<Offset>)> {
    if let Some(stamp) = text.strip_suffix('Z') {
        return Some((stamp, Some(Offset(0))));
    }
    let sign = text.rfind('+').or_else(|| {
        // A minus is a zone only after a clock or in the compact form, else it belongs to an ISO date.
        let at = text.rfind('-')?;
        let iso = text.get(4..5) == Some("-");
        (!iso || at > 10).then_some(at)
    });
    match sign {
        Some(at) => Some((text.get(..at)?, Some(Offset::parse(text.get(at..)?)?))),
        None => Some((text, None)),
    }
}

/// `2026-3-1 8:30` style to digits; every part is padded to two.
fn compact(text: &str) -> Option<String> {
    let mut out = String::new();
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    for (index, piece) in whole.split(['-', '/', ' ', 'T', ':']).enumerate() {
        if piece.is_empty() || piece.len() > if index == 0 { 4 } else { 2 } {
            return None;
        }
        if piece.len() == 1 {
            out.push('0');
        }
        out.push_str(piece);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    Some(out)
}

fn number(text: &str) -> Option<u16> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) { None } else { text.parse().ok() }
}

fn days(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fhir(text: &str) -> Option<String> {
        Dtm::parse(text).map(|t| t.date_time(Offset::CHINA))
    }

    #[test]
    fn precision_is_kept() {
        for (hl7, expected) in [
            ("2026", "2026"),
            ("202603", "2026-03"),
            ("20260301", "2026-03-01"),
            ("2026030108", "2026-03-01T08:00:00+08:00"),
            ("202603010830", "2026-03-01T08:30:00+08:00"),
            ("20260301083015", "2026-03-01T08:30:15+08:00"),
            ("20260301083015.123-1000", "2026-03-01T08:30:15.123-10:00"),
            ("198908181126+0215", "1989-08-18T11:26:00+02:15"),
            ("19800000", "1980"),
            ("19800500", "1980-05"),
            ("2026-03-01", "2026-03-01"),
            ("2026/3/1 8:30", "2026-03-01T08:30:00+08:00"),
            ("2026-03-01T08:30:15.5+08:00", "2026-03-01T08:30:15.5+08:00"),
            ("2026-03-01T08:30:15Z", "2026-03-01T08:30:15+00:00"),
            ("20240229", "2024-02-29"),
        ] {
            assert_eq!(fhir(hl7).as_deref(), Some(expected), "{hl7}");
        }
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        for text in [
            "",
            "0000",
            "20261301",
            "20230229",
            "202",
            "2026030125",
            "20260301083060",
            "yesterday",
            "1900010A",
            "20260301+9900",
            "2026-3-1-1-1-1-1",
            "Patient^Alias",
            "２０２６",
        ] {
            assert_eq!(fhir(text), None, "{text}");
        }
    }

    #[test]
    fn instants_need_seconds_and_times_drop_the_zone() {
        assert_eq!(Dtm::parse("202603010830").unwrap().instant(Offset::CHINA), None);
        assert_eq!(
            Dtm::parse("20260301083015").unwrap().instant(Offset(0)).as_deref(),
            Some("2026-03-01T08:30:15+00:00")
        );
        assert_eq!(time_of_day("0830").as_deref(), Some("08:30:00"));
        assert_eq!(time_of_day("08:30:15.5+0800").as_deref(), Some("08:30:15.5"));
        assert_eq!(time_of_day("25"), None);
        assert_eq!(time_of_day(""), None);
    }

    #[test]
    fn unix_time_is_written_as_hl7_does() {
        assert_eq!(Dtm::from_unix(0, Offset(0)), "19700101000000+0000");
        assert_eq!(Dtm::from_unix(1_772_325_015, Offset::CHINA), "20260301083015+0800");
        assert_eq!(Dtm::from_unix(951_782_400, Offset(0)), "20000229000000+0000");
        assert_eq!(Dtm::from_unix(-1, Offset(-600)), "19691231135959-1000");
    }
}
