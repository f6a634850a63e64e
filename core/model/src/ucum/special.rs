//! The functions of units that are no plain multiples of others.

use super::exact::Exact;

/// How a number on the scale of a special unit becomes a number of its reference unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Function {
    /// The zero of the scale lies so far below the zero of the reference: Celsius, Fahrenheit, Réaumur.
    Offset(Exact),
    /// `base ^ (x / divisor)`: pH, bel, neper, bits, homeopathic potencies.
    Power { base: u32, divisor: i8 },
    /// `e ^ x`
    Exponential,
    /// A hundred times the tangent of an angle in radians.
    Tangent,
    /// The square root.
    Root,
}

impl Function {
    /// By the name that UCUM's table gives it.
    pub(super) fn named(name: &str) -> Option<Self> {
        let offset = |text: &str| Exact::read(text).ok().map(Self::Offset);
        Some(match name {
            "Cel" => offset("273.15")?,
            "degF" => offset("459.67")?,
            "degRe" => offset("218.52")?,
            "pH" | "hpX" => Self::Power { base: 10, divisor: -1 },
            "hpC" => Self::Power { base: 100, divisor: -1 },
            "hpM" => Self::Power { base: 1000, divisor: -1 },
            "hpQ" => Self::Power { base: 50_000, divisor: -1 },
            "lg" => Self::Power { base: 10, divisor: 1 },
            "lgTimes2" => Self::Power { base: 10, divisor: 2 },
            "ld" => Self::Power { base: 2, divisor: 1 },
            "ln" => Self::Exponential,
            "tanTimes100" | "100tan" => Self::Tangent,
            "sqrt" => Self::Root,
            _ => return None,
        })
    }

    /// A shift of the zero only, so that it stays exact and comparable.
    pub(super) fn is_offset(&self) -> bool {
        matches!(self, Self::Offset(_))
    }

    /// From the scale to the reference unit; `None` for what is on no scale or beyond every number.
    pub(super) fn leave(&self, number: &Exact) -> Option<Exact> {
        if let Self::Offset(by) = self {
            return Some(number.plus(by));
        }
        let x = number.to_f64()?;
        Exact::from_f64(match self {
            Self::Offset(_) => return None,
            Self::Power { base, divisor } => f64::from(*base).powf(x / f64::from(*divisor)),
            Self::Exponential => x.exp(),
            Self::Tangent => (x / 100.0).atan(),
            Self::Root => x * x,
        })
    }

    /// From the reference unit to the scale.
    pub(super) fn enter(&self, number: &Exact) -> Option<Exact> {
        if let Self::Offset(by) = self {
            return Some(number.minus(by));
        }
        let y = number.to_f64()?;
        Exact::from_f64(match self {
            Self::Offset(_) => return None,
            Self::Power { base: 10, divisor } => y.log10() * f64::from(*divisor),
            Self::Power { base: 2, divisor } => y.log2() * f64::from(*divisor),
            Self::Power { base, divisor } => y.ln() / f64::from(*base).ln() * f64::from(*divisor),
            Self::Exponential => y.ln(),
            Self::Tangent => y.tan() * 100.0,
            Self::Root => y.sqrt(),
        })
    }
}
