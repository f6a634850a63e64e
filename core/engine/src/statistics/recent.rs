//! How often something happened in each second of the last hour. Pure: the time is a parameter.

use std::collections::BTreeMap;

/// Seconds that are remembered: whole minutes, the running one included.
const KEPT: i64 = 3600;

#[derive(Clone, Debug, Default)]
pub(crate) struct Recent {
    /// By second since 1970 UTC.
    seconds: BTreeMap<i64, u32>,
}

impl Recent {
    /// Counts `times` at `at`, in milliseconds since 1970 UTC.
    pub(crate) fn add(&mut self, at: i64, times: u32) {
        let second = at.div_euclid(1000);
        if self.seconds.last_key_value().is_some_and(|(newest, _)| second < newest - KEPT) {
            return;
        }
        *self.seconds.entry(second).or_default() += times;
        while self.seconds.first_key_value().is_some_and(|(oldest, _)| *oldest < second - KEPT) {
            self.seconds.pop_first();
        }
    }

    /// In each of the last 60 minutes, oldest first; the last one is the running minute.
    pub(crate) fn minutes(&self, now: i64) -> [u32; 60] {
        let this = now.div_euclid(60_000);
        let mut minutes = [0; 60];
        for (second, times) in &self.seconds {
            let ago = this - second.div_euclid(60);
            if let Ok(at) = usize::try_from(59 - ago)
                && let Some(minute) = minutes.get_mut(at)
            {
                *minute += times;
            }
        }
        minutes
    }

    /// In the last `seconds` seconds that are over.
    pub(crate) fn last(&self, now: i64, seconds: i64) -> u32 {
        let this = now.div_euclid(1000);
        self.seconds.range(this - seconds..this).map(|(_, times)| times).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_045_500; // 25.5 seconds into its minute

    #[test]
    fn minutes_are_counted_where_they_fall() {
        let mut recent = Recent::default();
        recent.add(NOW - 3_700_000, 9); // forgotten once something newer comes
        recent.add(NOW - 60_000, 2);
        recent.add(NOW, 3);
        let minutes = recent.minutes(NOW);
        assert_eq!((minutes[59], minutes[58], minutes[0]), (3, 2, 0));
        assert_eq!(minutes.iter().sum::<u32>(), 5);
        assert_eq!(recent.minutes(NOW + 3_600_000).iter().sum::<u32>(), 0, "an hour later nothing of it is left");
    }

    #[test]
    fn the_last_minute_is_sixty_whole_seconds() {
        let mut recent = Recent::default();
        for ago in [0, 1, 60, 61] {
            recent.add(NOW - ago * 1000, 1);
        }
        assert_eq!(recent.last(NOW, 60), 2, "the running second and what is older do not count");
    }

    #[test]
    fn what_is_late_by_more_than_an_hour_is_not_counted() {
        let mut recent = Recent::default();
        recent.add(NOW, 1);
        recent.add(NOW - 4_000_000, 1);
        assert_eq!(recent.minutes(NOW - 4_000_000).iter().sum::<u32>(), 0);
    }
}
