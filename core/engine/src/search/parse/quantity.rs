//! Quantities of searches: `[prefix]number|system|code`, `number||code`, `number`.

use meridian_model::both;
use meridian_model::date::Prefix;
use meridian_model::ucum;
use meridian_store::search::{NumberTest, Op, QuantityTest, SystemTest, Unit};

use super::number;
use crate::search::fault::{Fault, shown};
use crate::search::values;

const UCUM: &str = "http://unitsofmeasure.org";

pub(super) fn read(text: &str) -> Result<QuantityTest, Fault> {
    let (prefix, rest) = Prefix::split(text);
    test(number::op(prefix), rest)
}

/// With a unit of UCUM the number is taken to the canonical unit, where every unit of that dimension meets.
pub(super) fn test(op: Op, text: &str) -> Result<QuantityTest, Fault> {
    let parts: Vec<String> = values::split(text, '|').into_iter().map(values::plain).collect();
    let (value, unit) = match parts.as_slice() {
        [value] => (value, None),
        [value, system, code] if system.is_empty() && code.is_empty() => (value, None),
        [value, system, code] => (value, Some((system, code))),
        _ => {
            return Err(Fault::wrong(both!(
                "`{}` is not number|system|code",
                "`{}` 的形式应为 number|system|code",
                shown(text)
            )));
        }
    };
    let number = number::test(op, value)?;
    let Some((system, code)) = unit else { return Ok(QuantityTest { number, unit: Unit::Any }) };
    if code.is_empty() {
        return Err(Fault::wrong(both!(
            "`{}` names a system of units and no unit",
            "`{}` 写了单位系统，却没有单位",
            shown(text)
        )));
    }
    if system.is_empty() {
        let unit = Unit::Code { system: SystemTest::Any, code: code.clone() };
        return Ok(QuantityTest { number, unit });
    }
    if system == UCUM
        && let Some((number, code)) = canonical(op, value, code)?
    {
        return Ok(QuantityTest { number, unit: Unit::Canonical { code } });
    }
    let unit = Unit::Code { system: SystemTest::Uri(system.clone()), code: code.clone() };
    Ok(QuantityTest { number, unit })
}

/// The bounds are taken there as decimals: what is the same quantity is then the same number.
fn canonical(op: Op, value: &str, code: &str) -> Result<Option<(NumberTest, String)>, Fault> {
    let (from, to) = number::bounds(op, value)?;
    let (from, to) = (ucum::canonical(&from, code), ucum::canonical(&to, code));
    Ok(from.zip(to).map(|((one, unit), (other, _))| {
        // A scale may run the other way round.
        (NumberTest { op, lo: one.min(other), hi: one.max(other) }, unit)
    }))
}
