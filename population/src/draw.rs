//! Randomness as a parameter: every draw comes from a stream that is named and derived from the region's seed.
//!
//! A stream belongs to one idea of one resident (or household, or visit), so residents do not depend on the order in
//! which they are made, and a new draw in one idea does not move the others.

pub(crate) use fastrand::Rng;

/// What a stream of draws is for. The numbers are part of the region: changing one makes another region.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(crate) enum Stream {
    Block = 1,
    Household = 2,
    Person = 3,
    Registration = 4,
    Disease = 5,
    Body = 6,
    Chronic = 7,
    Acute = 8,
    Vaccine = 9,
    Allergy = 10,
    Values = 11,
    Staff = 13,
    Wire = 14,
    Uuid = 15,
    Mortality = 40,
    Cancer = 41,
    Confinement = 42,
    Outbreak = 43,
    Pregnancy = 44,
    Child = 45,
    Treatment = 46,
    Stay = 47,
    Live = 60,
}

/// The finalizer of SplitMix64: spreads every input bit over the output.
pub(crate) const fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The key of one stream.
pub(crate) const fn key(seed: u64, stream: Stream, index: u64) -> u64 {
    mix(mix(seed ^ mix(stream as u64)) ^ mix(index))
}

/// The generator of one stream.
pub(crate) fn rng(seed: u64, stream: Stream, index: u64) -> Rng {
    Rng::with_seed(key(seed, stream, index))
}

/// True with probability `p`.
pub(crate) fn chance(rng: &mut Rng, p: f64) -> bool {
    rng.f64() < p
}

/// A whole number in `low..=high` (`low` when the two are crossed).
pub(crate) fn between(rng: &mut Rng, low: i32, high: i32) -> i32 {
    if high <= low { low } else { rng.i32(low..=high) }
}

/// A number in `low..high`.
pub(crate) fn range(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.f64()
}

/// A standard normal number (Box and Muller).
pub(crate) fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.f64()).cos()
}

/// One of a table, each alike; the default of `T` when the table is empty.
pub(crate) fn one_of<T: Copy + Default>(rng: &mut Rng, table: &[T]) -> T {
    rng.choice(table).copied().unwrap_or_default()
}

/// One of a table by weight; the last entry takes what rounding leaves.
pub(crate) fn weighted<T: Copy>(rng: &mut Rng, table: &[(T, f64)], otherwise: T) -> T {
    let total: f64 = table.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.f64() * total;
    for (value, weight) in table {
        left -= weight;
        if left < 0.0 {
            return *value;
        }
    }
    table.last().map_or(otherwise, |(value, _)| *value)
}

/// The standard normal distribution function (logistic form of Bowling 2009, error below 2e-4).
pub(crate) fn phi(z: f64) -> f64 {
    1.0 / (1.0 + (-(0.070_56 * z * z * z + 1.597_6 * z)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_apart_and_repeatable() {
        let first: Vec<u64> = (0..4).map(|i| rng(7, Stream::Person, i).u64(..)).collect();
        let again: Vec<u64> = (0..4).rev().map(|i| rng(7, Stream::Person, i).u64(..)).collect();
        assert!(first.iter().eq(again.iter().rev()));
        assert_ne!(rng(7, Stream::Person, 0).u64(..), rng(7, Stream::Body, 0).u64(..));
        assert_ne!(rng(7, Stream::Person, 0).u64(..), rng(8, Stream::Person, 0).u64(..));
    }

    #[test]
    fn the_normal_is_centred_and_of_unit_width() {
        let mut rng = rng(1, Stream::Body, 1);
        let draws: Vec<f64> = (0..20_000).map(|_| normal(&mut rng)).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let spread = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((spread - 1.0).abs() < 0.05, "{spread}");
        assert!((phi(0.0) - 0.5).abs() < 1e-9);
        assert!((phi(1.96) - 0.975).abs() < 1e-3);
    }
}
