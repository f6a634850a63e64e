//! How long a line rests after a fault: twice as long each time, up to a bound, and never quite as long as another's.

use std::time::Duration;

/// The pause after the attempt with this number (from 1). `now` is the caller's clock in milliseconds, whose last
/// digits spread lines that failed together: between three quarters of the pause and all of it.
pub(crate) fn after(attempt: i64, first: Duration, most: Duration, now: i64) -> Duration {
    let doublings = u32::try_from(attempt.clamp(1, 32) - 1).unwrap_or(31);
    let whole = first.saturating_mul(2_u32.saturating_pow(doublings)).min(most);
    // The low bits of a clock are not evenly spread; those of a product with a large odd number are.
    let spread = now.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let quarter = u64::try_from(whole.as_millis() / 4).unwrap_or(u64::MAX);
    whole - Duration::from_millis(if quarter == 0 { 0 } else { spread % (quarter + 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_the_bound_and_is_spread() {
        let (first, most) = (Duration::from_secs(1), Duration::from_secs(60));
        for (attempt, whole) in [(1, 1000), (2, 2000), (4, 8000), (7, 60_000), (1000, 60_000), (i64::MAX, 60_000)] {
            let all: Vec<u128> =
                (0..500).map(|n| after(attempt, first, most, 1_790_000_000_000 + n * 7).as_millis()).collect();
            assert!(all.iter().all(|ms| (whole * 3 / 4..=whole).contains(ms)), "{attempt}");
            let (low, high) = (*all.iter().min().unwrap(), *all.iter().max().unwrap());
            assert!(high - low > whole / 8, "{attempt}: {low}..{high}");
        }
        assert_eq!(after(0, Duration::from_millis(1), most, 5), Duration::from_millis(1));
    }
}
