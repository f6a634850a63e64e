//! Dates from text and to text.

use super::{DateRange, Zone, calendar};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

/// How much of a moment a text gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    Year,
    Month,
    Day,
    Minute,
    Second,
    /// Seconds with a fraction.
    Fraction,
}

/// A text taken apart; nothing is checked against the calendar but by `range`.
struct Parts {
    precision: Precision,
    year: i64,
    month: i64,
    day: i64,
    /// Since midnight, in milliseconds.
    time: i64,
    /// Length of what the text leaves open, in milliseconds (from the minute down).
    width: i64,
    zone: Option<i64>,
}

pub(super) fn parse(text: &str, zone: Zone) -> Option<DateRange> {
    let parts = take_apart(text)?;
    let first = calendar::days(parts.year, parts.month, parts.day)?;
    let days = match parts.precision {
        Precision::Year => calendar::days(parts.year, 12, 31)? - first + 1,
        Precision::Month => calendar::length(parts.year, parts.month),
        _ => 1,
    };
    let offset = parts.zone.unwrap_or(i64::from(zone.0)) * MINUTE;
    let lo = first * DAY + parts.time - offset;
    let hi = lo + if parts.precision <= Precision::Day { days * DAY } else { parts.width };
    Some(DateRange { lo, hi })
}

/// The precision of a date that exists, and whether it names its zone.
#[must_use]
pub fn precision(text: &str) -> Option<(Precision, bool)> {
    let parts = take_apart(text)?;
    calendar::days(parts.year, parts.month, parts.day)?;
    Some((parts.precision, parts.zone.is_some()))
}

fn take_apart(text: &str) -> Option<Parts> {
    let mut rest = text.as_bytes();
    let mut parts = Parts { precision: Precision::Year, year: 0, month: 1, day: 1, time: 0, width: 0, zone: None };
    parts.year = number(&mut rest, 4)?;
    if !skip(&mut rest, b'-') {
        return rest.is_empty().then_some(parts);
    }
    parts.precision = Precision::Month;
    parts.month = number(&mut rest, 2)?;
    if !skip(&mut rest, b'-') {
        return rest.is_empty().then_some(parts);
    }
    parts.precision = Precision::Day;
    parts.day = number(&mut rest, 2)?;
    if !skip(&mut rest, b'T') {
        return rest.is_empty().then_some(parts);
    }
    clock(&mut rest, &mut parts)?;
    parts.zone = zone(&mut rest)?;
    rest.is_empty().then_some(parts)
}

/// `hh:mm[:ss[.fff]]`
fn clock(rest: &mut &[u8], parts: &mut Parts) -> Option<()> {
    let hour = number(rest, 2).filter(|hour| *hour < 24)?;
    skip(rest, b':').then_some(())?;
    let minute = number(rest, 2).filter(|minute| *minute < 60)?;
    (parts.precision, parts.width) = (Precision::Minute, MINUTE);
    parts.time = (hour * 60 + minute) * MINUTE;
    if !skip(rest, b':') {
        return Some(());
    }
    parts.time += number(rest, 2).filter(|second| *second <= 60)? * SECOND;
    (parts.precision, parts.width) = (Precision::Second, SECOND);
    if skip(rest, b'.') {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let (fraction, after) = rest.split_at_checked(digits).filter(|_| digits > 0)?;
        *rest = after;
        for digit in fraction.iter().take(3) {
            parts.width /= 10;
            parts.time += i64::from(digit - b'0') * parts.width;
        }
        parts.precision = Precision::Fraction;
    }
    Some(())
}

/// `Z`, `+hh:mm`, `-hh:mm` up to 14 hours, or nothing. The outer `None` is a zone that is none.
fn zone(rest: &mut &[u8]) -> Option<Option<i64>> {
    let sign = match rest.first() {
        None => return Some(None),
        Some(b'Z') => {
            skip(rest, b'Z');
            return Some(Some(0));
        }
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    *rest = rest.get(1..)?;
    let hours = number(rest, 2)?;
    skip(rest, b':').then_some(())?;
    let minutes = number(rest, 2).filter(|minutes| *minutes < 60)?;
    let offset = hours * 60 + minutes;
    (offset <= 14 * 60).then_some(Some(sign * offset))
}

fn skip(rest: &mut &[u8], byte: u8) -> bool {
    let is_there = rest.first() == Some(&byte);
    if is_there {
        *rest = rest.get(1..).unwrap_or_default();
    }
    is_there
}

fn number(rest: &mut &[u8], digits: usize) -> Option<i64> {
    let (text, after) = rest.split_at_checked(digits)?;
    *rest = after;
    text.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

/// The `instant` of a moment, to the millisecond, in a zone: `2026-11-23T11:24:08.123+08:00`; `Z` for UTC.
#[must_use]
pub fn format_instant(ms: i64, zone: Zone) -> String {
    let local = ms.saturating_add(i64::from(zone.0) * MINUTE);
    let (year, month, day) = calendar::date(local.div_euclid(DAY));
    let time = local.rem_euclid(DAY);
    let (hour, minute, second, milli) = (time / (60 * MINUTE), time / MINUTE % 60, time / SECOND % 60, time % SECOND);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}");
    match zone.0 {
        0 => text.push('Z'),
        offset => {
            let sign = if offset < 0 { '-' } else { '+' };
            text.push_str(&format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60));
        }
    }
    text
}
