//! The statistics of R4's code system `observation-statistics`, over numbers.

/// One statistic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Statistic {
    pub(super) code: &'static str,
    pub(super) display: &'static str,
    /// Whether it has the unit of the values; a count and a shape have none.
    pub(super) has_unit: bool,
}

const fn row(code: &'static str, display: &'static str, has_unit: bool) -> Statistic {
    Statistic { code, display, has_unit }
}

/// Those that are computed. (`regression` of the code system is not: it has two results.)
pub(super) const ALL: [Statistic; 20] = [
    row("average", "Average", true),
    row("maximum", "Maximum", true),
    row("minimum", "Minimum", true),
    row("count", "Count", false),
    row("total-count", "Total Count", false),
    row("median", "Median", true),
    row("std-dev", "Standard Deviation", true),
    row("sum", "Sum", true),
    row("variance", "Variance", false),
    row("20-percent", "20th Percentile", true),
    row("80-percent", "80th Percentile", true),
    row("4-lower", "Lower Quartile", true),
    row("4-upper", "Upper Quartile", true),
    row("4-dev", "Quartile Deviation", true),
    row("5-1", "1st Quintile", true),
    row("5-2", "2nd Quintile", true),
    row("5-3", "3rd Quintile", true),
    row("5-4", "4th Quintile", true),
    row("skew", "Skew", false),
    row("kurtosis", "Kurtosis", false),
];

impl Statistic {
    pub(super) fn of(code: &str) -> Option<Statistic> {
        ALL.into_iter().find(|statistic| statistic.code == code)
    }

    /// Of `values` in ascending order, out of `total` observations. None where it is not defined: of no values, or of too
    /// few. Deviation and variance are those of a sample; percentiles lie between two values in proportion; skew and
    /// kurtosis are the third and the fourth standardised moment (of a normal distribution 0 and 3).
    #[allow(clippy::cast_precision_loss)] // there are some thousands
    pub(super) fn over(self, values: &[f64], total: usize) -> Option<f64> {
        let n = values.len() as f64;
        let sum: f64 = values.iter().sum();
        let mean = || (!values.is_empty()).then(|| sum / n);
        let moment =
            |power: i32| mean().map(|mean| values.iter().map(|value| (value - mean).powi(power)).sum::<f64>() / n);
        let variance = || (values.len() > 1).then(|| moment(2).map(|moment| moment * n / (n - 1.0))).flatten();
        let shape = |power: i32| {
            let second = moment(2).filter(|second| *second > 0.0)?;
            Some(moment(power)? / second.powf(f64::from(power) / 2.0))
        };
        match self.code {
            "count" => Some(n),
            "total-count" => Some(total as f64),
            "sum" => mean().map(|_| sum),
            "average" => mean(),
            "maximum" => values.last().copied(),
            "minimum" => values.first().copied(),
            "median" => percentile(values, 0.5),
            "std-dev" => variance().map(f64::sqrt),
            "variance" => variance(),
            "20-percent" | "5-1" => percentile(values, 0.2),
            "5-2" => percentile(values, 0.4),
            "5-3" => percentile(values, 0.6),
            "80-percent" | "5-4" => percentile(values, 0.8),
            "4-lower" => percentile(values, 0.25),
            "4-upper" => percentile(values, 0.75),
            "4-dev" => Some((percentile(values, 0.75)? - percentile(values, 0.25)?) / 2.0),
            "skew" => shape(3),
            "kurtosis" => shape(4),
            _ => None,
        }
    }
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it is within the list
fn percentile(values: &[f64], part: f64) -> Option<f64> {
    let place = values.len().checked_sub(1)? as f64 * part;
    let below = values.get(place.floor() as usize)?;
    let above = values.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_book() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        let over = |code: &str| Statistic::of(code).unwrap().over(&values, 10).unwrap();
        for (code, expected) in [
            ("count", 8.0),
            ("total-count", 10.0),
            ("sum", 40.0),
            ("average", 5.0),
            ("minimum", 2.0),
            ("maximum", 9.0),
            ("median", 4.5),
            ("variance", 32.0 / 7.0),
            ("std-dev", (32.0_f64 / 7.0).sqrt()),
            ("4-lower", 4.0),
            ("4-upper", 5.5),
            ("4-dev", 0.75),
            ("5-2", 4.0),
            ("80-percent", 6.2),
            ("skew", 0.65625),
            ("kurtosis", 2.78125),
        ] {
            assert!((over(code) - expected).abs() < 1e-9, "{code}: {}", over(code));
        }
    }

    #[test]
    fn of_nothing_there_is_just_a_count() {
        for statistic in ALL {
            let found = statistic.over(&[], 0);
            assert_eq!(found, statistic.code.ends_with("count").then_some(0.0), "{}", statistic.code);
        }
        assert_eq!(Statistic::of("std-dev").unwrap().over(&[1.0], 1), None);
        assert_eq!(Statistic::of("skew").unwrap().over(&[1.0, 1.0], 2), None);
    }
}
