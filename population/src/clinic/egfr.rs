//! CKD-EPI 2009 creatinine equation and its inverse (Levey 2009; without the race factor). Creatinine in µmol/L.

use crate::people::person::Sex;

/// µmol/L of creatinine in 1 mg/dL.
const MICROMOLES: f64 = 88.4;

const fn constants(sex: Sex) -> (f64, f64, f64) {
    match sex {
        Sex::Female => (0.7, -0.329, 1.018),
        Sex::Male => (0.9, -0.411, 1.0),
    }
}

/// Estimated glomerular filtration rate in mL/min/1.73 m².
pub(crate) fn from_creatinine(creatinine: f64, age: f64, sex: Sex) -> f64 {
    let (kappa, alpha, factor) = constants(sex);
    let ratio = creatinine / MICROMOLES / kappa;
    141.0 * ratio.min(1.0).powf(alpha) * ratio.max(1.0).powf(-1.209) * 0.993_f64.powf(age) * factor
}

/// The creatinine at which the equation gives `rate`.
pub(crate) fn to_creatinine(rate: f64, age: f64, sex: Sex) -> f64 {
    let (kappa, alpha, factor) = constants(sex);
    let part = rate.max(1.0) / (141.0 * 0.993_f64.powf(age) * factor);
    let ratio = if part < 1.0 { part.powf(-1.0 / 1.209) } else { part.powf(1.0 / alpha) };
    ratio * kappa * MICROMOLES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_comes_back() {
        for sex in [Sex::Male, Sex::Female] {
            for rate in [12.0, 45.0, 88.0, 110.0] {
                let creatinine = to_creatinine(rate, 63.0, sex);
                assert!((from_creatinine(creatinine, 63.0, sex) - rate).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn a_known_pair() {
        // 60-year-old woman, 1.0 mg/dL: 141 * (1/0.7)^-1.209 * 0.993^60 * 1.018 = 61.2
        assert!((from_creatinine(88.4, 60.0, Sex::Female) - 61.2).abs() < 0.2);
    }
}
