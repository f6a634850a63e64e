//! Partial dates as ranges, and R4's prefixes over ranges (§3.1.1.5.5). What has no zone is taken at +08:00, the zone of
//! the region.

use serde_json::Value;

const HOUR: i64 = 3_600_000;

/// Milliseconds since 1970 UTC, the end not included.
pub(crate) type Span = (i64, i64);

/// Days from 1970-01-01, after the well-known count of days in the era of 400 years.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month > 2 { year } else { year - 1 };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

pub(crate) fn span(text: &str) -> Option<Span> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let at = |year, month, day| days(year, month, day) * 24 * HOUR;
    let east = 8 * HOUR;
    let year = number(0..4)?;
    Some(match text.len() {
        4 => (at(year, 1, 1) - east, at(year + 1, 1, 1) - east),
        7 => {
            let month = number(5..7)?;
            let next = if month == 12 { at(year + 1, 1, 1) } else { at(year, month + 1, 1) };
            (at(year, month, 1) - east, next - east)
        }
        10 => {
            let start = at(year, number(5..7)?, number(8..10)?) - east;
            (start, start + 24 * HOUR)
        }
        _ => {
            let (clock, zone) = match text.rfind(['Z', '+', '-']) {
                Some(place) if place > 10 => text.split_at(place),
                _ => (text, "+08:00"),
            };
            let offset = match zone {
                "Z" => 0,
                zone => {
                    let hours: i64 = zone.get(1..3)?.parse().ok()?;
                    let minutes: i64 = zone.get(4..6)?.parse().ok()?;
                    (hours * HOUR + minutes * 60_000) * if zone.starts_with('-') { -1 } else { 1 }
                }
            };
            let midnight = at(year, number(5..7)?, number(8..10)?);
            let minutes = number(11..13)? * HOUR + number(14..16)? * 60_000;
            let (seconds, width) = match clock.get(16..) {
                None | Some("") => (0, 60_000),
                Some(seconds) => {
                    let (whole, fraction) =
                        seconds.get(1..)?.split_once('.').map_or((seconds.get(1..)?, ""), |(w, f)| (w, f));
                    let shown: String = fraction.chars().chain("000".chars()).take(3).collect();
                    let width = match fraction.len() {
                        0 => 1000,
                        1 => 100,
                        2 => 10,
                        _ => 1,
                    };
                    (whole.parse::<i64>().ok()? * 1000 + shown.parse::<i64>().ok()?, width)
                }
            };
            let start = midnight + minutes + seconds - offset;
            (start, start + width)
        }
    })
}

/// The instant of a moment of this century or so.
pub(crate) fn instant(moment: i64) -> Option<String> {
    let day = moment.div_euclid(24 * HOUR);
    let year = (1969..2100).rev().find(|year| days(*year, 1, 1) <= day)?;
    let month = (1..=12).rev().find(|month| days(year, *month, 1) <= day)?;
    let (date, rest) = (day - days(year, month, 1) + 1, moment.rem_euclid(24 * HOUR));
    let (hour, minute, second) = (rest / HOUR, rest / 60_000 % 60, rest / 1000 % 60);
    (moment > i64::MIN / 2)
        .then(|| format!("{year}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", rest % 1000))
}

/// A date, dateTime, instant, Period or Timing of a resource.
pub(crate) fn of(value: &Value) -> Option<Span> {
    if let Some(text) = value.as_str() {
        return span(text);
    }
    let bound = |key: &str| value.get(key).and_then(Value::as_str).and_then(span);
    let (start, end) = (bound("start"), bound("end"));
    if start.is_some() || end.is_some() {
        return Some((start.map_or(i64::MIN, |s| s.0), end.map_or(i64::MAX, |e| e.1)));
    }
    let events = value.get("event")?.as_array()?.iter().filter_map(|event| span(event.as_str()?));
    events.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    None,
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
    Ap,
}

impl Prefix {
    pub(crate) const ALL: [Prefix; 10] = [
        Prefix::None,
        Prefix::Eq,
        Prefix::Ne,
        Prefix::Gt,
        Prefix::Lt,
        Prefix::Ge,
        Prefix::Le,
        Prefix::Sa,
        Prefix::Eb,
        Prefix::Ap,
    ];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Prefix::None => "",
            Prefix::Eq => "eq",
            Prefix::Ne => "ne",
            Prefix::Gt => "gt",
            Prefix::Lt => "lt",
            Prefix::Ge => "ge",
            Prefix::Le => "le",
            Prefix::Sa => "sa",
            Prefix::Eb => "eb",
            Prefix::Ap => "ap",
        }
    }

    /// Whether a resource's range answers. `sought` is widened already for `ap`.
    pub(crate) fn fits(self, target: Span, sought: Span) -> bool {
        let contained = sought.0 <= target.0 && target.1 <= sought.1;
        let above = target.1 > sought.1;
        let below = target.0 < sought.0;
        match self {
            Prefix::None | Prefix::Eq => contained,
            Prefix::Ne => !contained,
            Prefix::Gt => above,
            Prefix::Lt => below,
            Prefix::Ge => above || contained,
            Prefix::Le => below || contained,
            Prefix::Sa => target.0 >= sought.1,
            Prefix::Eb => target.1 <= sought.0,
            Prefix::Ap => target.0 < sought.1 && sought.0 < target.1,
        }
    }
}

/// What `ap` means: a tenth of the time between now and the date, on both sides.
pub(crate) fn about(sought: Span, now: i64) -> Span {
    let by = (sought.0 - now).abs() / 10;
    (sought.0 - by, sought.1 + by)
}

#[test]
fn partial_dates_are_ranges() {
    assert_eq!(span("1970-01-01T08:00:00+08:00"), Some((0, 1000)));
    assert_eq!(instant(1_709_164_800_123).as_deref(), Some("2024-02-29T00:00:00.123Z"));
    assert_eq!(span("1970-01-01T00:00Z"), Some((0, 60_000)));
    assert_eq!(span("1970-01-01T00:00:00.25Z"), Some((250, 260)));
    assert_eq!(span("1970"), Some((-8 * HOUR, (365 * 24 - 8) * HOUR)));
    assert_eq!(span("2024-02").map(|(lo, hi)| (hi - lo) / HOUR / 24), Some(29));
}
