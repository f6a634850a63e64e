//! How long work takes: by the processor that this thread had, and by the clock.

use std::time::{Duration, Instant};

use crate::args::Args;

/// Seconds that a round of work took, the best of several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) processor: f64,
    pub(crate) clock: f64,
}

impl Pace {
    /// What a core does of it in a second, by processor.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn each_second(self, count: usize) -> f64 {
        count as f64 / self.processor
    }

    /// The lesser of the two: of a program that works on several threads, or of one that had to wait.
    pub(crate) fn least(self) -> f64 {
        self.processor.min(self.clock)
    }
}

/// Does the work again and again, in samples of a third of a second, and gives the best round of each.
pub(crate) fn best(args: &Args, mut work: impl FnMut()) -> Pace {
    let (samples, long) = if args.quick { (2, 50) } else { (7, 300) };
    let mut best = Pace { processor: f64::INFINITY, clock: f64::INFINITY };
    work();
    for _ in 0..samples {
        let (began, before) = (Instant::now(), processor());
        let mut rounds = 0.0;
        while began.elapsed() < Duration::from_millis(long) {
            work();
            rounds += 1.0;
        }
        let clock = began.elapsed().as_secs_f64();
        let used = processor().zip(before).map_or(clock, |(now, before)| now - before);
        best.clock = best.clock.min(clock / rounds);
        best.processor = best.processor.min(used / rounds);
    }
    best
}

/// Seconds of processor that this thread has had, as Linux counts them: to the nanosecond.
fn processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_processor_and_sleep_takes_none() {
        let before = processor();
        std::thread::sleep(Duration::from_millis(50));
        let slept = processor().zip(before).map(|(now, before)| now - before);
        assert!(slept.is_none_or(|seconds| seconds < 0.04), "{slept:?}");
        let began = Instant::now();
        let before = processor();
        while processor().zip(before).is_some_and(|(now, before)| now - before < 0.02) {
            assert!(began.elapsed() < Duration::from_secs(20), "a busy thread gets no processor");
        }
    }
}
