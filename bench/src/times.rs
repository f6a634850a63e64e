//! How long things took.

use std::time::Duration;

/// Samples, in microseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    micros: Vec<u32>,
}

impl Times {
    pub(crate) fn add(&mut self, took: Duration) {
        self.micros.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    pub(crate) fn append(&mut self, other: &Times) {
        self.micros.extend_from_slice(&other.micros);
    }

    pub(crate) fn count(&self) -> usize {
        self.micros.len()
    }

    /// The smallest sample that `share` of all samples do not exceed, in milliseconds.
    pub(crate) fn within(&self, share: f64) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // an index
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.max(1) - 1).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }

    /// `p50 / p95 / p99` in milliseconds.
    pub(crate) fn line(&self) -> String {
        let [half, most, nearly_all] = [0.5, 0.95, 0.99].map(|share| self.within(share));
        format!("{half:.2} / {most:.2} / {nearly_all:.2} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut times = Times::default();
        for millis in (1..=100).rev() {
            times.add(Duration::from_millis(millis));
        }
        assert_eq!([0.5, 0.95, 0.99, 1.0].map(|share| times.within(share)), [50.0, 95.0, 99.0, 100.0]);
        assert!(Times::default().within(0.5).is_nan());
    }
}
