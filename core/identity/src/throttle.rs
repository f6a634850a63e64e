//! Guessing is slowed: after some free failures each further one locks the name (or the address) out for longer.
//!
//! Names are counted whether they exist or not, so that being throttled tells nothing. Memory is bounded: when a table
//! is full, what matters least is forgotten first, so a flood of made-up names does not free a name under attack.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

/// How many failures are free, and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Failures without a consequence.
    pub free: u32,
    /// The lock after the first failure beyond; it doubles with every further one.
    pub first_lock: Duration,
    pub longest_lock: Duration,
    /// Failures are forgotten when this has passed since the last one.
    pub forgotten_after: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttling {
    pub by_name: Allowance,
    /// A hospital's people often share one address, hence more room.
    pub by_address: Allowance,
    /// Names, and addresses, that are remembered.
    pub remembered: usize,
}

impl Default for Throttling {
    fn default() -> Throttling {
        let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
        let by_name =
            Allowance { free: 5, first_lock: 2 * second, longest_lock: 15 * minute, forgotten_after: 60 * minute };
        let by_address = Allowance { free: 30, first_lock: second, longest_lock: 5 * minute, ..by_name };
        Throttling { by_name, by_address, remembered: 10_000 }
    }
}

pub(crate) struct Throttle {
    settings: Throttling,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    names: HashMap<[u8; 32], Failures>,
    addresses: HashMap<IpAddr, Failures>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: i64,
}

impl Throttle {
    pub(crate) fn new(settings: Throttling) -> Throttle {
        Throttle { settings, tables: Mutex::default() }
    }

    /// How long this name from this address must still wait, if it must.
    pub(crate) fn wait(&self, name: &str, address: IpAddr, now: i64) -> Option<Duration> {
        let tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let by_name = tables.names.get(&key(name)).map_or(0, |f| f.left(&self.settings.by_name, now));
        let network = network(address);
        let by_address = tables.addresses.get(&network).map_or(0, |f| f.left(&self.settings.by_address, now));
        let left = by_name.max(by_address);
        (left > 0).then(|| Duration::from_millis(left.unsigned_abs()))
    }

    pub(crate) fn failed(&self, name: &str, address: IpAddr, now: i64) {
        let Throttling { by_name, by_address, remembered } = self.settings;
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        count(&mut tables.names, key(name), &by_name, remembered, now);
        count(&mut tables.addresses, network(address), &by_address, remembered, now);
    }

    /// The name starts anew. The address does not: one good account must not pay for guesses at others.
    pub(crate) fn succeeded(&self, name: &str) {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).names.remove(&key(name));
    }
}

impl Failures {
    fn forgotten(&self, allowance: &Allowance, now: i64) -> bool {
        now.saturating_sub(self.last) >= millis(allowance.forgotten_after)
    }

    /// Milliseconds until the lock opens.
    fn left(&self, allowance: &Allowance, now: i64) -> i64 {
        let Some(beyond) = self.count.checked_sub(allowance.free).filter(|n| *n > 0) else { return 0 };
        if self.forgotten(allowance, now) {
            return 0;
        }
        let doubled = millis(allowance.first_lock).saturating_mul(1 << (beyond - 1).min(40));
        let lock = doubled.min(millis(allowance.longest_lock));
        self.last.saturating_add(lock).saturating_sub(now).clamp(0, lock)
    }
}

fn count<K: std::hash::Hash + Eq + Copy>(
    table: &mut HashMap<K, Failures>,
    key: K,
    allowance: &Allowance,
    remembered: usize,
    now: i64,
) {
    if table.len() >= remembered && !table.contains_key(&key) {
        table.retain(|_, failures| !failures.forgotten(allowance, now));
        if table.len() >= remembered
            && let Some(least) = table.iter().min_by_key(|(_, f)| (f.count, f.last)).map(|(key, _)| *key)
        {
            table.remove(&least);
        }
    }
    let failures = table.entry(key).or_insert(Failures { count: 0, last: now });
    if failures.forgotten(allowance, now) {
        failures.count = 0;
    }
    *failures = Failures { count: failures.count.saturating_add(1), last: now };
}

/// A fixed size, whatever name was sent.
fn key(name: &str) -> [u8; 32] {
    Sha256::digest(name).into()
}

/// Whoever holds one address of IPv6 usually holds the 2^64 beside it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        v4 => v4,
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    fn elsewhere(n: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from(0xCB00_7100 + n))
    }

    #[test]
    fn locks_double_up_to_the_longest() {
        let throttle = Throttle::new(Throttling::default());
        let mut now = 1_000_000;
        for _ in 0..5 {
            throttle.failed("li", HERE, now);
            assert_eq!(throttle.wait("li", HERE, now), None);
        }
        for seconds in [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            throttle.failed("li", HERE, now);
            assert_eq!(throttle.wait("li", HERE, now), Some(Duration::from_secs(seconds)));
            assert_eq!(throttle.wait("li", HERE, now + 500), Some(Duration::from_millis(seconds * 1000 - 500)));
            now += i64::try_from(seconds).unwrap() * 1000;
            assert_eq!(throttle.wait("li", elsewhere(1), now), None, "open again after {seconds} s");
        }
        assert_eq!(throttle.wait("li", HERE, now + 3_600_000), None);
        throttle.failed("li", HERE, now + 3_600_000);
        assert_eq!(throttle.wait("li", HERE, now + 3_600_000), None, "forgotten after an hour");
    }

    #[test]
    fn success_frees_the_name_but_not_the_address() {
        let throttle = Throttle::new(Throttling::default());
        for n in 0..31 {
            throttle.failed(&format!("name{n}"), HERE, 0);
        }
        for _ in 0..9 {
            throttle.failed("li", elsewhere(1), 0);
        }
        throttle.succeeded("li");
        assert_eq!(throttle.wait("li", elsewhere(1), 0), None);
        assert_eq!(throttle.wait("li", HERE, 0), Some(Duration::from_secs(1)));
        assert_eq!(throttle.wait("wang", HERE, 0), Some(Duration::from_secs(1)), "spraying many names is slowed");
    }

    #[test]
    fn a_flood_of_names_neither_grows_memory_nor_frees_the_attacked() {
        let throttle = Throttle::new(Throttling { remembered: 50, ..Throttling::default() });
        for _ in 0..8 {
            throttle.failed("li", HERE, 0);
        }
        for n in 0..500 {
            throttle.failed(&format!("made-up {n}"), elsewhere(n), 1);
        }
        let tables = throttle.tables.lock().unwrap();
        assert_eq!((tables.names.len(), tables.addresses.len()), (50, 50));
        drop(tables);
        assert!(throttle.wait("li", elsewhere(9999), 1).is_some());
    }

    #[test]
    fn addresses_of_one_network_count_together() {
        let a: IpAddr = "2001:db8:1:2::1".parse().unwrap();
        let b: IpAddr = "2001:db8:1:2:ffff::9".parse().unwrap();
        let other: IpAddr = "2001:db8:1:3::1".parse().unwrap();
        assert_eq!(network(a), network(b));
        assert_ne!(network(a), network(other));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), HERE);
    }

    #[test]
    fn a_clock_that_goes_back_does_not_lock_for_longer() {
        let throttle = Throttle::new(Throttling::default());
        for _ in 0..6 {
            throttle.failed("li", HERE, 10_000_000);
        }
        assert_eq!(throttle.wait("li", HERE, 0), Some(Duration::from_secs(2)));
    }
}
