//! A decimal with its digits: what a laboratory prints, `7.20` and not `7.2`.

use std::fmt;

/// `units / 10^places`. Prints exactly `places` decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed {
    units: i64,
    places: u8,
}

impl Fixed {
    /// `value` rounded to `places` decimals (half away from zero).
    #[must_use]
    pub fn of(value: f64, places: u8) -> Self {
        Self { units: (value * 10_f64.powi(i32::from(places))).round() as i64, places }
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(value: i64) -> Self {
        Self { units: value, places: 0 }
    }

    /// An amount of money in fen, in yuan with two decimals.
    #[must_use]
    pub const fn cents(fen: i64) -> Self {
        Self { units: fen, places: 2 }
    }

    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.units as f64 / 10_f64.powi(i32::from(self.places))
    }

    /// The shortest decimal of a limit: `3.9`, `137`.
    #[must_use]
    pub fn short(value: f64) -> Self {
        (0..=3)
            .map(|places| Self::of(value, places))
            .find(|f| (f.to_f64() - value).abs() < 1e-9)
            .unwrap_or(Self::of(value, 3))
    }

    /// As a JSON number with the same digits.
    #[must_use]
    pub fn json(self) -> serde_json::Value {
        self.to_string().parse::<serde_json::Number>().map_or(serde_json::Value::Null, serde_json::Value::Number)
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_i64.pow(u32::from(self.places));
        let (whole, part) = (self.units.abs() / scale, self.units.abs() % scale);
        let sign = if self.units < 0 { "-" } else { "" };
        if self.places == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{part:0width$}", width = usize::from(self.places))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stay() {
        assert_eq!(Fixed::of(7.2, 2).to_string(), "7.20");
        assert_eq!(Fixed::of(-0.04, 1).to_string(), "0.0");
        assert_eq!(Fixed::of(138.4, 0).to_string(), "138");
        assert_eq!(Fixed::short(3.9).to_string(), "3.9");
        assert_eq!(serde_json::to_string(&Fixed::of(7.0, 1).json()).unwrap(), "7.0");
    }
}
