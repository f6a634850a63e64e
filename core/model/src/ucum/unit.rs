//! A unit as its factor to base units.

use super::exact::Exact;
use super::quick::Quick;
use super::special::Function;
use super::{Fault, table};

/// Exponents of base units (and of arbitrary units, which are bases of their own), by their place in the table.
pub(super) type Dims = Vec<(u16, i32)>;

/// Largest exponent of one base unit.
const EXPONENT: i32 = 999;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) factor: Exact,
    /// In order of the place, without zeros.
    pub(super) dims: Dims,
    /// A scale that is no plain multiple; `factor` and `dims` are those of the unit that its function refers to.
    special: Option<Scale>,
    /// Code of the canonical form.
    code: String,
    quick: Option<Quick>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Scale {
    function: Function,
    /// Prefix and numbers before the unit.
    times: Exact,
    code: &'static str,
}

impl Unit {
    pub(super) fn number(factor: Exact) -> Self {
        Self { factor, dims: Dims::new(), special: None, code: "1".to_owned(), quick: None }.coded()
    }

    pub(super) fn base(place: u16) -> Self {
        Self { factor: Exact::one(), dims: vec![(place, 1)], special: None, code: String::new(), quick: None }.coded()
    }

    pub(super) fn special(function: Function, reference: Self, code: &'static str) -> Self {
        let scale = Scale { function, times: Exact::one(), code };
        Self { special: Some(scale), ..reference }.coded()
    }

    /// With what follows from its parts.
    fn coded(mut self) -> Self {
        self.quick = if self.special.is_none() { Quick::new(&self.factor) } else { None };
        self.code = match &self.special {
            Some(Scale { function, code, .. }) if !function.is_offset() => (*code).to_owned(),
            _ if self.dims.is_empty() => "1".to_owned(),
            _ => {
                let part = |(place, exponent): &(u16, i32)| match exponent {
                    1 => table::base(*place).to_owned(),
                    exponent => format!("{}{exponent}", table::base(*place)),
                };
                self.dims.iter().map(part).collect::<Vec<_>>().join(".")
            }
        };
        self
    }

    pub(super) fn scaled(self, by: &Exact) -> Result<Self, Fault> {
        Ok(match self.special {
            Some(scale) => {
                let times = scale.times.times(by).bounded()?;
                Self { special: Some(Scale { times, ..scale }), ..self }
            }
            None => Self { factor: self.factor.times(by).bounded()?, ..self }.coded(),
        })
    }

    pub(super) fn times(self, other: Self) -> Result<Self, Fault> {
        match (&self.special, &other.special) {
            (Some(_), None) if other.dims.is_empty() => self.scaled(&other.factor),
            (None, Some(_)) if self.dims.is_empty() => other.scaled(&self.factor),
            (Some(scale), _) | (_, Some(scale)) => Err(Fault::Special(scale.code.to_owned())),
            (None, None) => {
                let dims = add(self.dims, &other.dims, 1)?;
                let factor = self.factor.times(&other.factor).bounded()?;
                Ok(Self { factor, dims, special: None, code: String::new(), quick: None }.coded())
            }
        }
    }

    pub(super) fn over(self, other: Self) -> Result<Self, Fault> {
        self.times(other.raised(-1)?)
    }

    pub(super) fn raised(self, exponent: i32) -> Result<Self, Fault> {
        if let Some(scale) = &self.special {
            return if exponent == 1 { Ok(self) } else { Err(Fault::Special(scale.code.to_owned())) };
        }
        let dims = self.dims.iter().map(|(place, by)| {
            let by = by.checked_mul(exponent).filter(|by| by.abs() <= EXPONENT);
            Ok((*place, by.ok_or(Fault::TooLarge)?))
        });
        let mut dims = dims.collect::<Result<Dims, Fault>>()?;
        dims.retain(|(_, by)| *by != 0);
        Ok(Self { factor: self.factor.to_the(exponent)?, dims, special: None, code: String::new(), quick: None }
            .coded())
    }

    /// A number of this unit in base units; `None` off its scale.
    pub(super) fn to_base(&self, number: &Exact) -> Option<Exact> {
        let number = match &self.special {
            Some(scale) => scale.function.leave(&number.times(&scale.times))?,
            None => number.clone(),
        };
        Some(number.times(&self.factor))
    }

    /// A number of base units in this unit; `None` off its scale.
    pub(super) fn of_base(&self, number: &Exact) -> Option<Exact> {
        let number = number.over(&self.factor)?;
        match &self.special {
            Some(scale) => scale.function.enter(&number)?.over(&scale.times),
            None => Some(number),
        }
    }

    /// The number of the canonical form, where no long arithmetic is needed for it.
    pub(super) fn quick(&self, value: &str) -> Option<f64> {
        self.quick?.times(value)
    }

    pub(super) fn code(&self) -> &str {
        &self.code
    }

    /// The number of the canonical form; its unit is [`Self::code`].
    pub(super) fn canonical(&self, number: &Exact) -> Exact {
        let number = match &self.special {
            Some(scale) if !scale.function.is_offset() => Some(number.times(&scale.times)),
            _ => self.to_base(number),
        };
        number.unwrap_or_else(Exact::one)
    }
}

fn add(mut dims: Dims, other: &Dims, sign: i32) -> Result<Dims, Fault> {
    for (place, by) in other {
        match dims.binary_search_by_key(place, |(place, _)| *place) {
            Ok(at) => {
                if let Some((_, sum)) = dims.get_mut(at) {
                    *sum += sign * by;
                    if sum.abs() > EXPONENT {
                        return Err(Fault::TooLarge);
                    }
                }
            }
            Err(at) => dims.insert(at, (*place, sign * by)),
        }
    }
    dims.retain(|(_, by)| *by != 0);
    Ok(dims)
}
