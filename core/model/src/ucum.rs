//! Units of measure after UCUM (Unified Code for Units of Measure): what a unit expression means in base units.
//!
//! The numbers are exact fractions, from the value as written to the last step; only the functions of logarithmic and
//! trigonometric units give a rounded number. So two quantities that are the same are so in every unit.

mod exact;
mod parse;
mod quick;
mod special;
mod table;
#[cfg(test)]
mod tests;
mod unit;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

pub use exact::Exact;
use unit::Unit;

/// The code system of UCUM's units.
pub const SYSTEM: &str = "http://unitsofmeasure.org";

/// The version of UCUM whose table this is.
#[must_use]
pub fn version() -> &'static str {
    table::version()
}

/// Why a unit expression means nothing, or not what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("a unit is needed")]
    Empty,
    #[error("longer than a unit expression may be")]
    TooLong,
    #[error("unexpected at character {at}: {what}")]
    Unexpected { at: usize, what: String },
    #[error("`{0}` is no unit of UCUM")]
    Unknown(String),
    #[error("`{0}` takes no prefix")]
    NotMetric(String),
    #[error("`{0}` can't be multiplied, divided or raised: it is no plain multiple of a unit")]
    Special(String),
    #[error("the number is too large or too small, or its exponent is")]
    TooLarge,
    #[error("`{0}` is not a decimal number")]
    NotANumber(String),
    #[error("`{0}` and `{1}` measure different things")]
    Incommensurable(String, String),
    #[error("the number has no place on the scale of `{0}`")]
    OffScale(String),
}

/// Is `code` a unit expression of UCUM?
///
/// # Errors
/// What is wrong with it.
pub fn validate(code: &str) -> Result<(), Fault> {
    unit(code).map(|_| ())
}

/// Do both measure the same kind of thing, so that one converts into the other?
///
/// # Errors
/// One is no unit.
pub fn commensurable(one: &str, other: &str) -> Result<bool, Fault> {
    Ok(unit(one)?.dims == unit(other)?.dims)
}

/// `value` (a decimal as FHIR writes it) in the unit `from`, expressed in the unit `to`.
///
/// # Errors
/// One is no unit, they measure different things, or the value has no place on the scale.
pub fn convert(value: &str, from: &str, to: &str) -> Result<Exact, Fault> {
    let number = Exact::read(value)?;
    if from == to {
        return validate(from).map(|()| number);
    }
    let (source, target) = (unit(from)?, unit(to)?);
    if source.dims != target.dims {
        return Err(Fault::Incommensurable(from.to_owned(), to.to_owned()));
    }
    target
        .of_base(&source.to_base(&number).ok_or_else(|| Fault::OffScale(from.to_owned()))?)
        .ok_or_else(|| Fault::OffScale(to.to_owned()))
}

/// The canonical form for comparing quantities: the number in base units and the code of these. Grows with `value`, and
/// is the same for all ways to write the same quantity: 1 g/L, 0.1 g/dL and 1000 mg/L are all (1000.0, "m-3.g").
///
/// Logarithmic and trigonometric units (pH, dB) stay on their own scale, since some of them run the other way. `None` for
/// what is no unit of UCUM or no number.
#[must_use]
pub fn canonical(value: &str, code: &str) -> Option<(f64, String)> {
    let unit = unit(code).ok()?;
    let number = match unit.quick(value) {
        Some(number) => number,
        None => unit.canonical(&Exact::read(value).ok()?).to_f64()?,
    };
    Some((number, unit.code().to_owned()))
}

/// The code of the canonical form of a unit: equal for what [`canonical`] makes comparable.
#[must_use]
pub fn canonical_code(code: &str) -> Option<String> {
    Some(unit(code).ok()?.code().to_owned())
}

/// The unit of an expression; each is taken apart once.
fn unit(code: &str) -> Result<Arc<Unit>, Fault> {
    /// Regions use some hundred units; who sends ever new ones does not keep those out for ever.
    const MOST: usize = 4096;
    type Known = HashMap<Box<str>, Result<Arc<Unit>, Fault>>;
    static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);
    if let Some(known) = KNOWN.read().ok().and_then(|known| known.get(code).cloned()) {
        return known;
    }
    let unit = parse::parse(code, &table::resolve).map(Arc::new);
    if let Ok(mut known) = KNOWN.write()
        && code.len() <= parse::LONGEST
    {
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(code.into(), unit.clone());
    }
    unit
}
