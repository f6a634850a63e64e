//! Quantities: units of UCUM, and comparing two of them.

use std::cmp::Ordering;

use meridian_model::language::Both;
use meridian_model::ucum::{self, Exact};
use serde_json::{Map, Value};

use super::place::Place;
use super::run::Run;
use crate::says::Says;

impl Run<'_> {
    /// The unit of a quantity that says that it is UCUM's.
    pub(super) fn quantity(&mut self, place: &Place<'_>, map: &Map<String, Value>) {
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        if text("system") == Some(ucum::SYSTEM)
            && let Some(code) = text("code")
            && let Err(fault) = ucum::validate(code)
        {
            self.error("code-invalid", place, Says::NoUnit { code: code.to_owned(), why: why(code, &fault) });
        }
    }
}

/// What is wrong with a unit, where it is more than that there is none of the name.
fn why(code: &str, fault: &ucum::Fault) -> Both {
    use ucum::Fault;
    let chinese = match fault {
        Fault::Unknown(name) if name == code => return Both::new("", ""),
        Fault::Unknown(name) => format!("没有单位 `{name}`"),
        Fault::Empty => "没有单位".to_owned(),
        Fault::TooLong => "写法太长".to_owned(),
        Fault::Unexpected { at, .. } => format!("第 {at} 个字符不合语法"),
        Fault::NotMetric(name) => format!("`{name}` 不能带前缀"),
        Fault::Special(name) => format!("`{name}` 不能相乘、相除或乘方"),
        Fault::TooLarge | Fault::NotANumber(_) | Fault::Incommensurable(..) | Fault::OffScale(_) => {
            "其中的数字或指数不能用".to_owned()
        }
    };
    Both::new(format!(" ({fault})"), format!("（{chinese}）"))
}

/// How two quantities compare; `None` where they can't be.
pub(super) fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    let number = |value: &Value| value.get("value").map(Value::to_string);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let (left, right) = (number(one)?, number(other)?);
    let units = |value: &Value| (text(value, "system"), text(value, "code"));
    let (ours, theirs) = (units(one), units(other));
    if ours == theirs && (ours.1.is_some() || text(one, "unit") == text(other, "unit")) {
        return Some(Exact::read(&left).ok()?.cmp(&Exact::read(&right).ok()?));
    }
    let is_ucum = |units: &(Option<String>, Option<String>)| units.0.as_deref() == Some(ucum::SYSTEM);
    if !is_ucum(&ours) || !is_ucum(&theirs) {
        return None;
    }
    let converted = ucum::convert(&left, &ours.1?, &theirs.1?).ok()?;
    Some(converted.cmp(&Exact::read(&right).ok()?))
}
