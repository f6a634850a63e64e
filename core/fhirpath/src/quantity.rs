//! Quantities: an exact decimal with a unit of UCUM, of the calendar, or none that is known.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use meridian_model::ucum::{self, Exact};
use serde_json::Value;

use crate::decimal::Decimal;
use crate::temporal::Step;

/// The code system of FHIRPath's calendar units.
const CALENDAR: &str = "http://hl7.org/fhirpath/CodeSystem/calendar-units";
/// Digits that a conversion which does not end keeps.
const DIGITS: u32 = 28;
/// Longest unit of a FHIR Quantity that is reckoned with, in bytes.
const LONGEST_UNIT: usize = 1024;

#[derive(Debug, Clone)]
pub struct Quantity {
    pub(crate) value: Decimal,
    pub(crate) unit: Unit,
}

#[derive(Debug, Clone)]
pub(crate) enum Unit {
    /// A keyword, as it was written (`day`, `days`).
    Calendar(Step, Arc<str>),
    /// A code of UCUM. In FHIR's data `a` and `mo` mean the years and months of the calendar too.
    Ucum { code: Arc<str>, of_fhir: bool },
    /// What stands as the unit of a FHIR quantity without UCUM: the same only as itself.
    Other(Arc<str>),
}

impl Unit {
    /// What stands in quotes behind a number.
    pub(crate) fn read(code: &str) -> Self {
        match Step::named(code) {
            Some(step) => Self::calendar(step, code),
            None => Self::Ucum { code: Arc::from(code), of_fhir: false },
        }
    }

    pub(crate) fn calendar(step: Step, written: &str) -> Self {
        Self::Calendar(step, Arc::from(written))
    }

    pub(crate) fn one() -> Self {
        Self::Ucum { code: Arc::from("1"), of_fhir: false }
    }

    pub(crate) fn is_one(&self) -> bool {
        matches!(self, Self::Ucum { code, .. } if &**code == "1")
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Calendar(_, text) | Self::Ucum { code: text, .. } | Self::Other(text) => text,
        }
    }

    /// The unit of the calendar, where time is added by it.
    pub(crate) fn step(&self) -> Option<Step> {
        match self {
            Self::Calendar(step, _) => Some(*step),
            Self::Ucum { code, of_fhir } => {
                Step::of_ucum(code).filter(|step| *of_fhir || !matches!(step, Step::Year | Step::Month))
            }
            Self::Other(_) => None,
        }
    }

    /// The code of UCUM; of a calendar year and month only where `roughly`.
    fn ucum(&self, roughly: bool) -> Option<&str> {
        match self {
            Self::Calendar(Step::Year | Step::Month, _) if !roughly => None,
            Self::Calendar(step, _) => Some(step.ucum()),
            Self::Ucum { code, .. } => Some(code),
            Self::Other(_) => None,
        }
    }

    /// Both as units of the calendar, where at least one is a year or month and so not definite.
    fn calendars(&self, other: &Self) -> Option<(Step, Step)> {
        let steps = (self.step()?, other.step()?);
        let is_plain = |unit: &Self| matches!(unit, Self::Calendar(..));
        let is_long = |step| matches!(step, Step::Year | Step::Month);
        // A code of UCUM meets a calendar year only where FHIR's data lets it mean that.
        let meets = |unit: &Self, step| is_plain(unit) || is_long(step);
        ((is_long(steps.0) || is_long(steps.1))
            && (is_plain(self) || is_plain(other))
            && meets(self, steps.0)
            && meets(other, steps.1))
        .then_some(steps)
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Calendar(one, _), Self::Calendar(two, _)) => one == two,
            (Self::Ucum { code: one, .. }, Self::Ucum { code: two, .. }) => one == two,
            (Self::Other(one), Self::Other(two)) => one == two,
            _ => false,
        }
    }
}

impl Quantity {
    /// A FHIR Quantity; `None` without a value, and with a comparator, since then it says no single value.
    pub(crate) fn of_fhir(value: &Value) -> Option<Self> {
        let map = value.as_object()?;
        if map.contains_key("comparator") {
            return None;
        }
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        if ["code", "unit"].iter().any(|key| text(key).is_some_and(|text| text.len() > LONGEST_UNIT)) {
            return None;
        }
        let unit = match (text("system"), text("code")) {
            (Some(ucum::SYSTEM), Some(code)) => Unit::Ucum { code: Arc::from(code), of_fhir: true },
            (Some(CALENDAR), Some(code)) => Unit::read(code),
            (_, Some(code)) => Unit::Other(Arc::from(code)),
            _ => text("unit").map_or_else(Unit::one, |unit| Unit::Other(Arc::from(unit))),
        };
        let Value::Number(number) = map.get("value")? else { return None };

        Some(Self { value: Decimal::read(number.as_str())?, unit })
    }

    pub(crate) fn number(value: Decimal) -> Self {
        Self { value, unit: Unit::one() }
    }

    /// As text says it: `4 days`, `10 'mg'`, `1.5`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let length = text.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.')).count();
        let (number, rest) = text.split_at_checked(length)?;
        let value = Decimal::read(number)?;
        let unit = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        if unit.is_empty() {
            return Some(Self { value, unit: Unit::one() });
        }
        let unit = match unit.strip_prefix('\'') {
            Some(quoted) => {
                let code = quoted.strip_suffix('\'').filter(|code| !code.is_empty() && !code.contains('\''))?;
                ucum::validate(code).ok()?;
                Unit::read(code)
            }
            None => Unit::calendar(Step::named(unit)?, unit),
        };
        Some(Self { value, unit })
    }

    /// The order; `None` for units that can't be compared.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        if self.unit.same(&other.unit) {
            return Some(self.value.cmp(&other.value));
        }
        if let Some((one, two)) = self.unit.calendars(&other.unit) {
            let (by_one, by_two) = factors(one, two);
            return Some(self.value.times(by_one)?.cmp(&other.value.times(by_two)?));
        }
        let (one, two) = (self.unit.ucum(false)?, other.unit.ucum(false)?);
        let converted = ucum::convert(&self.value.to_string(), one, two).ok()?;
        Some(converted.cmp(&Exact::read(&other.value.to_string()).ok()?))
    }

    /// The same but for precision, in the coarser of both units.
    pub(crate) fn is_equivalent(&self, other: &Self) -> bool {
        if self.unit.same(&other.unit) {
            return equivalent(self.value, other.value);
        }
        let (Some(one), Some(two)) = (self.unit.ucum(true), other.unit.ucum(true)) else { return false };
        let is_coarser = match (ucum::convert("1", one, two), Exact::read("1")) {
            (Ok(factor), Ok(unit)) => factor >= unit,
            _ => return false,
        };
        let both = if is_coarser {
            other.converted(two, one).map(|value| (self.value, value))
        } else {
            self.converted(one, two).map(|value| (value, other.value))
        };
        both.is_some_and(|(one, two)| equivalent(one, two))
    }

    fn converted(&self, from: &str, to: &str) -> Option<Decimal> {
        Decimal::read(&ucum::convert(&self.value.to_string(), from, to).ok()?.to_text(DIGITS))
    }

    /// In another unit; as given where the unit is none yet (`45.toQuantity('m')`).
    pub(crate) fn to_unit(&self, unit: &str) -> Option<Self> {
        let target = Unit::read(unit);
        if self.unit.is_one() || self.unit.same(&target) {
            ucum::validate(target.ucum(true)?).ok()?;
            return Some(Self { value: self.value, unit: target });
        }
        // Asked for in so many words, years and months meet those of the other kind.
        let value =
            match (self.unit.step().or(self.calendar_like()), Unit::step(&target).or_else(|| Step::of_ucum(unit))) {
                (Some(one), Some(two)) if matches!(self.unit, Unit::Calendar(..)) => {
                    let (by_one, by_two) = factors(one, two);
                    self.value.times(by_one)?.over(by_two)?
                }
                _ => self.converted(self.unit.ucum(true)?, target.ucum(true)?)?,
            };
        Some(Self { value, unit: target })
    }

    fn calendar_like(&self) -> Option<Step> {
        Step::of_ucum(self.unit.text())
    }

    /// The sum, in the unit of the left one.
    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        let value = if self.unit.same(&other.unit) {
            other.value
        } else if let (Unit::Calendar(one, _), Unit::Calendar(two, _)) = (&self.unit, &other.unit) {
            // Years and months have no definite length: who adds them converts them first.
            if [one, two].iter().any(|step| matches!(step, Step::Year | Step::Month)) {
                return None;
            }
            let (by_one, by_two) = factors(*one, *two);
            other.value.times(by_two)?.over(by_one)?
        } else {
            other.converted(other.unit.ucum(false)?, self.unit.ucum(false)?)?
        };
        Some(Self { value: self.value.plus(value)?, unit: self.unit.clone() })
    }

    pub(crate) fn negated(&self) -> Option<Self> {
        Some(Self { value: self.value.negated()?, unit: self.unit.clone() })
    }

    pub(crate) fn times(&self, other: &Self) -> Option<Self> {
        Some(Self { value: self.value.times(other.value)?, unit: combined(&self.unit, &other.unit, 1)? })
    }

    pub(crate) fn over(&self, other: &Self) -> Option<Self> {
        Some(Self { value: self.value.over(other.value)?, unit: combined(&self.unit, &other.unit, -1)? })
    }

    pub(crate) fn with(&self, value: Decimal) -> Self {
        Self { value, unit: self.unit.clone() }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unit {
            Unit::Calendar(_, text) => write!(f, "{} {text}", self.value),
            unit => write!(f, "{} '{}'", self.value, unit.text()),
        }
    }
}

/// Equal when rounded to the lesser precision.
pub(crate) fn equivalent(one: Decimal, two: Decimal) -> bool {
    let scale = one.trimmed().scale().min(two.trimmed().scale());
    one.rounded(scale) == two.rounded(scale)
}

/// Two units of the calendar in a common one.
fn factors(one: Step, two: Step) -> (Decimal, Decimal) {
    let of = |step: Step| {
        Decimal::from(match step {
            Step::Year => 365 * 86_400_000,
            Step::Month => 30 * 86_400_000,
            Step::Week => 7 * 86_400_000,
            Step::Day => 86_400_000,
            Step::Hour => 3_600_000,
            Step::Minute => 60_000,
            Step::Second => 1_000,
            Step::Millisecond => 1,
        })
    };
    match (one, two) {
        (Step::Year, Step::Month) => (Decimal::from(12), Decimal::from(1)),
        (Step::Month, Step::Year) => (Decimal::from(1), Decimal::from(12)),
        _ => (of(one), of(two)),
    }
}

/// The unit of a product, or of a quotient where `sign` is -1.
fn combined(one: &Unit, two: &Unit, sign: i32) -> Option<Unit> {
    if two.is_one() {
        return Some(one.clone());
    }
    if one.is_one() && sign > 0 {
        return Some(two.clone());
    }
    let (Unit::Ucum { code: left, .. }, Unit::Ucum { code: right, .. }) = (one, two) else { return None };
    ucum::validate(left).ok()?;
    ucum::validate(right).ok()?;
    let code = match (terms(left), terms(right)) {
        (Some(mut all), Some(more)) => {
            for (base, exponent) in more {
                match all.iter_mut().find(|(known, _)| *known == base) {
                    Some((_, sum)) => *sum += sign * exponent,
                    None => all.push((base, sign * exponent)),
                }
            }
            written(&all)
        }
        _ => format!("({left}){}({right})", if sign > 0 { '.' } else { '/' }),
    };
    Some(Unit::Ucum { code: code.into(), of_fhir: false })
}

/// `kg.m/s2` as units with exponents; `None` for what has parentheses, annotations or numbers.
fn terms(code: &str) -> Option<Vec<(&str, i32)>> {
    if code == "1" {
        return Some(Vec::new());
    }
    if code.contains(['(', '{', '*', '^']) || code.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut all: Vec<(&str, i32)> = Vec::new();
    let (mut rest, mut sign) = match code.strip_prefix('/') {
        Some(rest) => (rest, -1),
        None => (code, 1),
    };
    loop {
        let end = rest.find(['.', '/']).unwrap_or(rest.len());
        let (term, more) = rest.split_at_checked(end)?;
        let split = term.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['-', '+']).len();
        let (base, exponent) = term.split_at_checked(split)?;
        let exponent = if exponent.is_empty() { 1 } else { exponent.parse().ok()? };
        if base.is_empty() {
            return None;
        }
        match all.iter_mut().find(|(known, _)| *known == base) {
            Some((_, sum)) => *sum += sign * exponent,
            None => all.push((base, sign * exponent)),
        }
        let Some(separator) = more.chars().next() else { return Some(all) };
        sign = if separator == '/' { -1 } else { 1 };
        rest = more.get(1..)?;
    }
}

fn written(terms: &[(&str, i32)]) -> String {
    let part = |base: &str, exponent: i32| if exponent == 1 { base.to_owned() } else { format!("{base}{exponent}") };
    let above: Vec<String> = terms.iter().filter(|(_, e)| *e > 0).map(|(base, e)| part(base, *e)).collect();
    let mut code = above.join(".");
    for (base, exponent) in terms.iter().filter(|(_, exponent)| *exponent < 0) {
        code.push('/');
        code.push_str(&part(base, -exponent));
    }
    if code.is_empty() { "1".to_owned() } else { code }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(text: &str) -> Quantity {
        Quantity::read(text).unwrap()
    }

    #[test]
    fn units_meet_where_they_measure_the_same() {
        assert_eq!(q("4.0000 'g'").order(&q("4000.0 'mg'")), Some(Ordering::Equal));
        assert_eq!(q("1 'cm'").order(&q("1 's'")), None);
        assert_eq!(q("7 days").order(&q("1 'wk'")), Some(Ordering::Equal));
        assert_eq!(q("1 year").order(&q("12 months")), Some(Ordering::Equal));
        assert_eq!(q("1 year").order(&q("1 'a'")), None);
        assert_eq!(q("1 month").order(&q("1 'mo'")), None);
        assert!(q("4 'g'").is_equivalent(&q("4040 'mg'")) && q("1 year").is_equivalent(&q("1 'a'")));
        assert!(q("21 'mm'").is_equivalent(&q("2 'cm'")) && !q("1 'cm'").is_equivalent(&q("1 's'")));
    }

    #[test]
    fn fhir_years_are_those_of_the_calendar_too() {
        let value = serde_json::json!({"value": 2, "system": ucum::SYSTEM, "code": "a"});
        let age = Quantity::of_fhir(&value).unwrap();
        assert_eq!(age.order(&q("2 years")), Some(Ordering::Equal));
        assert_eq!(age.order(&q("2 'a'")), Some(Ordering::Equal));
        assert_eq!(age.unit.step(), Some(Step::Year));
    }

    #[test]
    fn products_have_the_unit_of_both() {
        let unit = |quantity: Option<Quantity>| quantity.unwrap().unit.text().to_owned();
        assert_eq!(unit(q("12 'cm'").times(&q("3 'cm'"))), "cm2");
        assert_eq!(unit(q("10 'm/s'").times(&q("10 's'"))), "m");
        assert_eq!(unit(q("12 'cm2'").over(&q("3 'cm'"))), "cm");
        assert_eq!(unit(q("60").over(&q("1 's'"))), "/s");
        assert_eq!(unit(q("1.0 'm'").over(&q("1.0 'm'"))), "1");
        assert_eq!(unit(q("1 '{a}'").times(&q("1 's'"))), "({a}).(s)");
        assert_eq!(q("2.0 'cm'").times(&q("2.0 'm'")).unwrap().order(&q("0.040 'm2'")), Some(Ordering::Equal));
        assert!(q("12 days").times(&q("45 'm'")).is_none());
    }

    #[test]
    fn sums_keep_the_left_unit() {
        assert_eq!(q("3 'm'").plus(&q("3 'cm'")).unwrap().to_string(), "3.03 'm'");
        assert_eq!(q("2 minutes").plus(&q("60 seconds")).unwrap().to_string(), "3 minutes");
        assert!(q("1 year").plus(&q("12 months")).is_none() && q("1 'm'").plus(&q("1 'kg'")).is_none());
        assert_eq!(q("52 'cm'").to_unit("m").unwrap().to_string(), "0.52 'm'");
        assert_eq!(q("1 year").to_unit("month").unwrap().to_string(), "12 month");
        assert_eq!(q("182.5 days").to_unit("a").unwrap().to_string(), "0.5 'a'");
        assert!(q("24 'm'").to_unit("kg").is_none());
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "1 wk", "1.a", "1 'wk", "1 ''", "x", "1 'no such unit'", "1 days later"] {
            assert!(Quantity::read(text).is_none(), "{text}");
        }
    }
}
