//! Growth of children: median and spread of height, weight and head circumference by sex and age.
//!
//! Height and weight: Li Hui, Ji Chengye and others, standardized growth charts for Chinese children of 0 to 18 years
//! (Zhonghua Er Ke Za Zhi 2009;47:487, PMID 19951507); heights under 7 years agree with the 2009 reference of the
//! Ministry of Health. Head circumference: medians of the WHO child growth standards of 2006. Medians stand at the ages
//! of the tables; between them they are straight lines. Spreads are rounded.

use crate::people::person::Sex;

/// Age in years, median, standard deviation (of the logarithm, for weight).
type Row = (f64, f64, f64);

const HEIGHT_BOYS: [Row; 24] = [
    (0.0, 50.4, 1.8),
    (0.0833, 54.8, 2.0),
    (0.25, 62.0, 2.3),
    (0.5, 68.4, 2.4),
    (0.75, 72.6, 2.5),
    (1.0, 76.5, 2.7),
    (1.5, 82.7, 3.0),
    (2.0, 88.5, 3.4),
    (2.5, 93.3, 3.7),
    (3.0, 97.2, 3.8),
    (4.0, 104.1, 4.0),
    (5.0, 111.3, 4.4),
    (6.0, 117.7, 4.7),
    (7.0, 124.0, 5.0),
    (8.0, 130.0, 5.3),
    (9.0, 135.4, 5.7),
    (10.0, 140.2, 6.1),
    (11.0, 145.3, 6.7),
    (12.0, 151.9, 7.6),
    (13.0, 159.5, 7.9),
    (14.0, 165.9, 7.2),
    (15.0, 169.8, 6.5),
    (16.0, 171.6, 6.1),
    (18.0, 172.7, 6.0),
];
const HEIGHT_GIRLS: [Row; 24] = [
    (0.0, 49.7, 1.7),
    (0.0833, 53.7, 2.0),
    (0.25, 60.6, 2.2),
    (0.5, 66.8, 2.3),
    (0.75, 71.0, 2.5),
    (1.0, 75.0, 2.6),
    (1.5, 81.5, 2.9),
    (2.0, 87.2, 3.3),
    (2.5, 92.1, 3.6),
    (3.0, 96.0, 3.7),
    (4.0, 103.1, 4.0),
    (5.0, 110.2, 4.3),
    (6.0, 116.6, 4.6),
    (7.0, 122.5, 4.9),
    (8.0, 128.5, 5.3),
    (9.0, 134.1, 5.8),
    (10.0, 140.1, 6.4),
    (11.0, 146.6, 6.8),
    (12.0, 152.4, 6.4),
    (13.0, 156.3, 5.9),
    (14.0, 158.6, 5.6),
    (15.0, 159.8, 5.5),
    (16.0, 160.1, 5.4),
    (18.0, 160.6, 5.4),
];
const WEIGHT_BOYS: [Row; 24] = [
    (0.0, 3.32, 0.12),
    (0.0833, 4.51, 0.12),
    (0.25, 6.70, 0.11),
    (0.5, 8.41, 0.105),
    (0.75, 9.33, 0.105),
    (1.0, 10.05, 0.105),
    (1.5, 11.29, 0.105),
    (2.0, 12.54, 0.105),
    (2.5, 13.64, 0.108),
    (3.0, 14.65, 0.11),
    (4.0, 16.64, 0.115),
    (5.0, 18.98, 0.13),
    (6.0, 21.26, 0.145),
    (7.0, 24.06, 0.16),
    (8.0, 27.33, 0.175),
    (9.0, 30.46, 0.19),
    (10.0, 33.74, 0.205),
    (11.0, 37.69, 0.21),
    (12.0, 42.49, 0.21),
    (13.0, 48.08, 0.205),
    (14.0, 53.37, 0.19),
    (15.0, 57.08, 0.175),
    (16.0, 59.35, 0.165),
    (18.0, 61.40, 0.155),
];
const WEIGHT_GIRLS: [Row; 24] = [
    (0.0, 3.21, 0.12),
    (0.0833, 4.20, 0.12),
    (0.25, 6.13, 0.11),
    (0.5, 7.77, 0.105),
    (0.75, 8.69, 0.105),
    (1.0, 9.40, 0.105),
    (1.5, 10.65, 0.105),
    (2.0, 11.92, 0.105),
    (2.5, 13.05, 0.108),
    (3.0, 14.13, 0.11),
    (4.0, 16.17, 0.115),
    (5.0, 18.26, 0.125),
    (6.0, 20.37, 0.135),
    (7.0, 22.64, 0.145),
    (8.0, 25.25, 0.16),
    (9.0, 28.19, 0.17),
    (10.0, 31.76, 0.18),
    (11.0, 36.10, 0.185),
    (12.0, 40.77, 0.18),
    (13.0, 44.79, 0.17),
    (14.0, 47.83, 0.155),
    (15.0, 49.82, 0.145),
    (16.0, 50.81, 0.14),
    (18.0, 51.41, 0.135),
];
const HEAD_BOYS: [Row; 11] = [
    (0.0, 34.5, 1.25),
    (0.0833, 37.3, 1.2),
    (0.25, 40.5, 1.2),
    (0.5, 43.3, 1.25),
    (0.75, 45.0, 1.27),
    (1.0, 46.1, 1.3),
    (1.5, 47.4, 1.34),
    (2.0, 48.3, 1.36),
    (3.0, 49.5, 1.4),
    (4.0, 50.2, 1.43),
    (6.0, 51.3, 1.45),
];
const HEAD_GIRLS: [Row; 11] = [
    (0.0, 33.9, 1.2),
    (0.0833, 36.5, 1.17),
    (0.25, 39.5, 1.23),
    (0.5, 42.2, 1.3),
    (0.75, 43.8, 1.33),
    (1.0, 44.9, 1.35),
    (1.5, 46.2, 1.38),
    (2.0, 47.2, 1.4),
    (3.0, 48.5, 1.43),
    (4.0, 49.3, 1.45),
    (6.0, 50.4, 1.47),
];

fn at(table: &[Row], age: f64) -> (f64, f64) {
    let mut before = table.first().copied().unwrap_or_default();
    for row in table {
        if age <= row.0 {
            let part = if row.0 > before.0 { (age - before.0) / (row.0 - before.0) } else { 0.0 };
            return (before.1 + part * (row.1 - before.1), before.2 + part * (row.2 - before.2));
        }
        before = *row;
    }
    (before.1, before.2)
}

/// What grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// cm.
    Height,
    /// kg.
    Weight,
    /// cm.
    Head,
}

/// The value of a child of this age (years) whose standing among children is `z`.
#[must_use]
pub fn value(measure: Measure, sex: Sex, age: f64, z: f64) -> f64 {
    let table: &[Row] = match (measure, sex) {
        (Measure::Height, Sex::Male) => &HEIGHT_BOYS,
        (Measure::Height, Sex::Female) => &HEIGHT_GIRLS,
        (Measure::Weight, Sex::Male) => &WEIGHT_BOYS,
        (Measure::Weight, Sex::Female) => &WEIGHT_GIRLS,
        (Measure::Head, Sex::Male) => &HEAD_BOYS,
        (Measure::Head, Sex::Female) => &HEAD_GIRLS,
    };
    let (median, spread) = at(table, age.max(0.0));
    if measure == Measure::Weight { median * (spread * z).exp() } else { median + spread * z }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_those_of_the_tables_and_rise() {
        assert!((value(Measure::Height, Sex::Male, 1.0, 0.0) - 76.5).abs() < 1e-9);
        assert!((value(Measure::Weight, Sex::Female, 10.0, 0.0) - 31.76).abs() < 1e-9);
        assert!((value(Measure::Head, Sex::Male, 0.5, 0.0) - 43.3).abs() < 1e-9);
        for measure in [Measure::Height, Measure::Weight] {
            let mut last = 0.0;
            for month in 0..216 {
                let now = value(measure, Sex::Female, f64::from(month) / 12.0, 0.0);
                assert!(now >= last);
                last = now;
            }
        }
    }
}
