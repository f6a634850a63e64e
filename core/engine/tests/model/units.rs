//! A few units of UCUM by hand: what they measure, and how many of the base unit one of them is.

use crate::decimal::Decimal;

pub(crate) const UCUM: &str = "http://unitsofmeasure.org";

const UNITS: &[(&str, &str, &str)] = &[
    ("g", "mass", "1"),
    ("mg", "mass", "0.001"),
    ("kg", "mass", "1000"),
    ("ug", "mass", "0.000001"),
    ("mol/L", "substance/volume", "1"),
    ("mmol/L", "substance/volume", "0.001"),
    ("umol/L", "substance/volume", "0.000001"),
    ("g/L", "mass/volume", "1"),
    ("mg/dL", "mass/volume", "0.01"),
    ("g/dL", "mass/volume", "10"),
    ("%", "part", "0.01"),
    ("1", "part", "1"),
    ("mm[Hg]", "pressure", "133.322"),
    ("kPa", "pressure", "1000"),
    ("/min", "frequency", "1"),
    ("/h", "frequency, sixtieths", "1"),
    ("a", "years", "1"),
    ("min", "time", "60"),
    ("h", "time", "3600"),
    ("d", "time", "86400"),
    ("Cel", "temperature, Celsius", "1"),
];

/// What a code of UCUM measures, and its factor; `None` for units that this table lacks.
pub(crate) fn unit(code: &str) -> Option<(&'static str, Decimal)> {
    let (_, what, factor) = UNITS.iter().find(|(of, ..)| *of == code)?;
    Some((what, Decimal::parse(factor)?))
}
