//! Behaviour of the synthetic region, from outside: one test program, one file an idea.

// the lint's allowance for tests does not reach their helper functions
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod determinism;
mod distributions;
mod district;
mod fhir;
mod hl7v2;
mod lives;
mod physiology;
mod registers;
mod tour;

use meridian_population::{Region, RegionConfig};

/// A region of the tests; the day is fixed, so that the bytes are.
fn region(seed: u64, residents: u64) -> Region {
    Region::new(RegionConfig { seed, residents, today: jiff::civil::date(2026, 1, 5) })
}
