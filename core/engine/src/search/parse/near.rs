//! `near`: `latitude|longitude|distance|units`.

use meridian_model::both;
use meridian_model::place;
use meridian_store::search::{Condition, Op};

use crate::search::fault::{Fault, shown};
use crate::search::values;

/// What is near for who gives no distance, in metres.
const NEAR: f64 = 10_000.0;
/// Half around the earth, in metres.
const FARTHEST: f64 = 20_015_000.0;
/// Nothing is told apart below this, in metres.
const LEAST: f64 = 1.0;

/// A point on the unit sphere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::search) struct Point {
    pub(in crate::search) x: f64,
    pub(in crate::search) y: f64,
    pub(in crate::search) z: f64,
}

pub(super) fn read(text: &str) -> Result<Condition, Fault> {
    let (Point { x, y, z }, distance) = read_place(text)?;
    // The whole earth is near, whatever was rounded on the way there.
    let least = if distance > FARTHEST { -2.0 } else { place::least_dot(distance.max(LEAST)) };
    Ok(Condition::Near { x, y, z, least })
}

/// Where, and how far from there in metres.
pub(super) fn read_place(text: &str) -> Result<(Point, f64), Fault> {
    let parts: Vec<String> = values::split(text, '|').into_iter().map(values::plain).collect();
    let form = || {
        Fault::wrong(both!(
            "`{}` is not latitude|longitude|distance|units",
            "`{}` 不是 纬度|经度|距离|单位",
            shown(text)
        ))
    };
    let (latitude, longitude, distance, units) = match parts.as_slice() {
        [latitude, longitude] => (latitude, longitude, "", ""),
        [latitude, longitude, distance] => (latitude, longitude, distance.as_str(), ""),
        [latitude, longitude, distance, units] => (latitude, longitude, distance.as_str(), units.as_str()),
        _ => return Err(form()),
    };
    let number = |text: &str, most: f64| {
        let number = super::number::test(Op::Gt, text)?.lo;
        if number.abs() <= most {
            Ok(number)
        } else {
            Err(Fault::wrong(both!("`{}` is not on earth", "`{}` 超出了经纬度的范围", shown(text))))
        }
    };
    let there = place::vector(number(latitude, 90.0)?, number(longitude, 180.0)?);
    let [x, y, z] = there.ok_or_else(form)?;
    let distance = match (distance, units) {
        ("", "") => NEAR,
        ("", _) => return Err(form()),
        (distance, units) => {
            let distance = number(distance, f64::MAX)? * metres(units)?;
            if distance < 0.0 {
                return Err(Fault::wrong(both!("the distance is less than nothing", "距离不能小于 0")));
            }
            distance
        }
    };
    Ok((Point { x, y, z }, distance))
}

fn metres(units: &str) -> Result<f64, Fault> {
    Ok(match units {
        "" | "km" => 1000.0,
        "m" => 1.0,
        "[mi_i]" | "mi" => 1609.344,
        "[mi_us]" => 1_609.347_219,
        "[nmi_i]" => 1852.0,
        "[ft_i]" => 0.3048,
        other => {
            return Err(Fault::wrong(both!(
                "`{}` is no unit of distance that is known here",
                "不支持距离单位 `{}`",
                shown(other)
            )));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_point_and_a_distance() {
        let (point, distance) = read_place("0|90|2|[mi_i]").unwrap();
        assert!(point.x.abs() < 1e-12 && (point.y - 1.0).abs() < 1e-12 && point.z.abs() < 1e-12);
        assert!((distance - 3218.688).abs() < 1e-9);
        assert!((read_place("31.2|121.5").unwrap().1 - NEAR).abs() < 1e-9);
        assert!((read_place("31.2|121.5|3").unwrap().1 - 3000.0).abs() < 1e-9);
        for wrong in ["", "1", "91|0", "0|181", "a|b", "1|2|-3|km", "1|2|3|parsec", "1|2||km", "1|2|3|km|x"] {
            assert!(read_place(wrong).is_err(), "{wrong}");
        }
    }
}
