//! The clock, parts of dates and times, and what lies between two of them.

use meridian_model::both;

use super::Function;
use crate::ast::Call;
use crate::decimal::Decimal;
use crate::eval::{Eval, Scope, single, wrong};
use crate::fault::Fault;
use crate::item::{Collection, Item};
use crate::temporal::{Between, Precision, Step, Temporal};

/// Longest text or template of a date, in bytes.
const LONGEST: usize = 256;

impl<'a> Eval<'_, 'a> {
    pub(super) fn dates(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        use Function as F;
        if matches!(call.function, F::Now | F::Today | F::TimeOfDay) {
            let Some(now) = self.context.now else {
                return Err(Fault::execution(
                    call.place,
                    both!("what time it is has not been said", "没有给出当前时间"),
                ));
            };
            let now = Temporal::moment(now.millis, now.offset_minutes);
            return Ok(match call.function {
                F::Now => vec![Item::DateTime(now)],
                F::Today => vec![Item::Date(now.date())],
                _ => now.time().map(Item::Time).into_iter().collect(),
            });
        }
        let Some(item) = single(input, call.place, ("the input", "输入"))? else { return Ok(Vec::new()) };
        let value = item.scalar();
        if matches!(call.function, F::Duration | F::Difference) {
            return self.between(call, item, value, scope);
        }
        let (date, time) = match value {
            Some(Item::Date(date)) => (Some(date), None),
            Some(Item::DateTime(both)) => (Some(both), both.time()),
            Some(Item::Time(time)) => (None, Some(time)),
            _ => return Ok(Vec::new()),
        };
        let part = |of: Option<Temporal>, precision: Precision, part: fn(Temporal) -> u32| {
            of.filter(|of| of.precision >= precision).map(|of| Item::integer(i64::from(part(of))))
        };
        let found = match call.function {
            F::YearOf => part(date, Precision::Year, |it| it.year.into()),
            F::MonthOf => part(date, Precision::Month, |it| it.month.into()),
            F::DayOf => part(date, Precision::Day, |it| it.day.into()),
            F::HourOf => part(time, Precision::Hour, |it| it.hour.into()),
            F::MinuteOf => part(time, Precision::Minute, |it| it.minute.into()),
            F::SecondOf => part(time, Precision::Second, |it| it.second.into()),
            F::MillisecondOf => part(time.filter(|it| it.digits > 0), Precision::Second, |it| it.nanos / 1_000_000),
            F::TimezoneOffsetOf => date.and_then(|it| it.offset).and_then(|minutes| {
                let hours = Decimal::from(i64::from(minutes)).over(60.into())?;
                Some(Item::Decimal(if hours.scale() == 0 { hours.padded(1)? } else { hours }))
            }),
            F::DateOf => date.map(|it| Item::Date(it.date())),
            // A time alone is none of a DateTime.
            _ => date.and(time).map(Item::Time),
        };
        Ok(found.into_iter().collect())
    }

    fn between(
        &mut self,
        call: &Call,
        item: &Item<'a>,
        from: Option<Item<'a>>,
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        let (Some(to), Some(unit)) = (self.one(call, 0, scope)?, self.text(call, 1, scope)?) else {
            return Ok(Vec::new());
        };
        let unit = unit.str().unwrap_or("");
        let (one, two, allowed) = match (from, to.scalar()) {
            (Some(Item::Date(one)), Some(Item::Date(two))) => (one, two, Step::Year..=Step::Day),
            (Some(Item::Time(one)), Some(Item::Time(two))) => (one, two, Step::Hour..=Step::Millisecond),
            (Some(Item::DateTime(one) | Item::Date(one)), Some(Item::DateTime(two) | Item::Date(two))) => {
                (one, two, Step::Year..=Step::Millisecond)
            }
            _ => {
                return Err(wrong(
                    item,
                    ("a date or time, and another of its type", "两个同类型的日期或时间"),
                    call.place,
                ));
            }
        };
        let step = Step::named(unit).filter(|step| allowed.contains(step));
        let Some(step) = step else {
            return Err(Fault::execution(
                call.place,
                both!("`{unit}` is no unit between these two", "这两者之间不能用单位 `{unit}`"),
            ));
        };
        let how = if call.function == Function::Duration { Between::Whole } else { Between::Crossed };
        Ok(one.between(two, step, how).map(Item::integer).into_iter().collect())
    }
}

/// Reads a text by a template: `dd-MM-yyyy`, `yyyyMMddHHmmss`. Other letters and marks stand for themselves.
pub(super) fn by_format(text: &str, format: &str) -> Option<Temporal> {
    // Nobody writes a date so long.
    if text.len().max(format.len()) > LONGEST {
        return None;
    }
    let mut parts = Parts::default();
    let mut rest = text;
    let mut template = format;
    while let Some(letter) = template.chars().next() {
        let run = template.chars().take_while(|c| *c == letter).count();
        let (code, after) = template.split_at_checked(run * letter.len_utf8())?;
        template = after;
        if !"yMdHhmsSaZ".contains(letter) {
            rest = rest.strip_prefix(code)?;
            continue;
        }
        rest = parts.take(letter, run, rest)?;
    }
    if rest.is_empty() { parts.made() } else { None }
}

#[derive(Default)]
struct Parts {
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    hour: Option<u32>,
    minute: Option<u32>,
    second: Option<u32>,
    fraction: Option<String>,
    afternoon: Option<bool>,
    offset: Option<String>,
}

impl Parts {
    /// Takes what a code stands for from the text, and gives what follows.
    fn take<'t>(&mut self, letter: char, run: usize, text: &'t str) -> Option<&'t str> {
        match letter {
            'a' => {
                let afternoon = text.starts_with(['P', 'p', '下']);
                let length = ["AM", "PM", "am", "pm", "上午", "下午", "A", "P", "a", "p"]
                    .iter()
                    .find(|mark| text.starts_with(**mark))?
                    .len();
                self.afternoon = Some(afternoon);
                return text.get(length..);
            }
            'Z' => {
                let length =
                    if text.starts_with('Z') { 1 } else { text.len().min(if text.contains(':') { 6 } else { 5 }) };
                let offset = text.get(..length)?;
                self.offset = Some(match (offset.len(), offset.split_at_checked(3)) {
                    (5, Some((hours, minutes))) => format!("{hours}:{minutes}"),
                    _ => offset.to_owned(),
                });
                return text.get(length..);
            }
            _ => {}
        }
        // One letter stands for one digit or two; several for as many digits.
        let digits =
            text.bytes().take_while(u8::is_ascii_digit).take(if run == 1 && letter != 'S' { 2 } else { run }).count();
        if digits == 0 || (run > 1 && digits < run) {
            return None;
        }
        let (number, rest) = text.split_at_checked(digits)?;
        let value: u32 = if letter == 'S' { 0 } else { number.parse().ok()? };
        match (letter, run) {
            ('y', 4) => self.year = Some(value),
            // Two digits are those of the years 1950 to 2049.
            ('y', 2) => self.year = Some(if value < 50 { 2000 + value } else { 1900 + value }),
            ('M', 1 | 2) => self.month = Some(value),
            ('d', 1 | 2) => self.day = Some(value),
            ('H' | 'h', 1 | 2) => self.hour = Some(value),
            ('m', 1 | 2) => self.minute = Some(value),
            ('s', 1 | 2) => self.second = Some(value),
            ('S', _) => self.fraction = Some(number.to_owned()),
            _ => return None,
        }
        Some(rest)
    }

    fn made(self) -> Option<Temporal> {
        use std::fmt::Write as _;
        let mut text = format!("{:04}", self.year?);
        let hour = match (self.hour, self.afternoon) {
            (Some(hour), Some(afternoon)) if (1..=12).contains(&hour) => {
                Some(hour % 12 + if afternoon { 12 } else { 0 })
            }
            (_, Some(_)) => return None,
            (hour, None) => hour,
        };
        let parts = [("-", self.month), ("-", self.day), ("T", hour), (":", self.minute), (":", self.second)];
        let mut ended = false;
        for (separator, part) in parts {
            match part {
                // A part without the one before it says nothing.
                Some(_) if ended => return None,
                Some(part) => write!(text, "{separator}{part:02}").ok()?,
                None => ended = true,
            }
        }
        if let Some(fraction) = self.fraction {
            write!(text, ".{fraction}").ok()?;
        }
        if let Some(offset) = self.offset {
            text.push_str(&offset);
        }
        Temporal::read_date_time(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_read_what_they_describe() {
        let read = |text, format| {
            let mut written = String::new();
            by_format(text, format)?.write_date_time(&mut written).ok()?;
            Some(written)
        };
        assert_eq!(read("150124", "ddMMyy").unwrap(), "2024-01-15");
        assert_eq!(read("15-01-2024", "dd-MM-yyyy").unwrap(), "2024-01-15");
        assert_eq!(read("12-27", "MM-yy").unwrap(), "2027-12");
        assert_eq!(read("5/1/2024 3:07 PM", "d/M/yyyy h:mm a").unwrap(), "2024-01-05T15:07");
        assert_eq!(read("20240105150709.5+0800", "yyyyMMddHHmmss.SZ").unwrap(), "2024-01-05T15:07:09.5+08:00");
        assert_eq!(read("2024年01月05日", "yyyy年MM月dd日").unwrap(), "2024-01-05");
        for (text, format) in
            [("1-1-2024", "dd-MM-yyyy"), ("2024", "yyyy-MM"), ("2024-31", "yyyy-dd"), ("x", "yyyy"), ("13 PM", "hh a")]
        {
            assert_eq!(read(text, format), None, "{text} {format}");
        }
    }
}
