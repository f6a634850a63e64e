//! Places on the globe as unit vectors, so that "near" is a comparison of a dot product.

use std::f64::consts::PI;

use serde_json::Value;

/// Mean radius of the earth in metres (IUGG).
pub const RADIUS: f64 = 6_371_008.8;

/// The unit vector of a latitude and a longitude in degrees (WGS84); `None` outside -90 to 90 and -180 to 180.
#[must_use]
pub fn vector(latitude: f64, longitude: f64) -> Option<[f64; 3]> {
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        return None;
    }
    let (north, east) = (latitude.to_radians(), longitude.to_radians());
    Some([north.cos() * east.cos(), north.cos() * east.sin(), north.sin()])
}

/// The vector of a `Location.position`.
#[must_use]
pub fn of_position(position: &Value) -> Option<[f64; 3]> {
    let degrees = |key: &str| match position.get(key) {
        Some(Value::Number(number)) => number.to_string().parse::<f64>().ok(),
        _ => None,
    };
    vector(degrees("latitude")?, degrees("longitude")?)
}

/// The least dot product with a point that lies at most `metres` away over the surface.
#[must_use]
pub fn least_dot(metres: f64) -> f64 {
    (metres.max(0.0) / RADIUS).min(PI).cos()
}

/// Metres over the surface between two unit vectors.
#[must_use]
pub fn metres(a: [f64; 3], b: [f64; 3]) -> f64 {
    let chord = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    2.0 * (chord / 2.0).min(1.0).asin() * RADIUS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn distances_are_those_of_the_globe() {
        let beijing = vector(39.9042, 116.4074).unwrap();
        let shanghai = of_position(&json!({"latitude": 31.2304, "longitude": 121.4737})).unwrap();
        assert!((metres(beijing, shanghai) - 1_067_000.0).abs() < 3_000.0);
        assert!(metres(vector(90.0, 0.0).unwrap(), vector(90.0, 77.0).unwrap()) < 0.001);
        assert_eq!((vector(90.1, 0.0), vector(0.0, -181.0), vector(f64::NAN, 0.0)), (None, None, None));
        assert_eq!(of_position(&json!({"latitude": "31"})), None);
    }

    proptest! {
        #[test]
        fn the_dot_product_says_how_near(a in -90.0..90.0_f64, b in -180.0..180.0_f64, c in -90.0..90.0_f64, d in -180.0..180.0_f64, by in 0.9..1.1_f64) {
            let (one, other) = (vector(a, b).unwrap(), vector(c, d).unwrap());
            let dot: f64 = one.iter().zip(other).map(|(x, y)| x * y).sum();
            let far = metres(one, other);
            // Within centimetres of the border the cosine decides nothing.
            prop_assume!(far > 1.0 && (by - 1.0).abs() * far > 0.5 && far * by < PI * RADIUS * 0.99);
            prop_assert_eq!(dot >= least_dot(far * by), by > 1.0, "{} {}", far, by);
        }
    }
}
