//! The live day: what the institutions send on a day of today or later, event by event.
//!
//! People come by the hour to clinics, emergency rooms, wards and centres; each visit is modelled on one that a resident
//! has had, with values that vary as that body's do, and is rendered as history is. New residents register, some of
//! them so that nobody can be sure who they are; children are born; and a frozen share of messages has the faults of
//! real life. Pure: the same configuration gives the same events, so that whoever was stopped can go on.

mod arrival;
mod catalogue;
mod curve;
mod episode;
mod fault;
mod newcomer;
mod result;

use crate::calendar::{Day, Moment};
use crate::feed::Feed;
use crate::region::Region;
use catalogue::Catalogue;
use std::collections::BTreeMap;

pub use fault::Fault;
pub use result::new_result;

/// For so many days after its beginning a stay still sends something.
const LONGEST: i32 = 14;
/// The same of all other visits.
const OVER: i32 = 2;
/// For so many days before its beginning a visit has sent something already (an appointment).
const AHEAD: i32 = 2;

/// What live days are made from.
#[derive(Clone, Copy, Debug)]
pub struct LiveConfig {
    pub seed: u64,
    /// Arrivals on a working day in the whole region.
    pub arrivals: u32,
    /// When life begins: nothing that happened earlier is told. The wards are not empty then.
    pub from: Moment,
}

impl LiveConfig {
    /// Visits in China were about 6.8 a person and year in 2023 (health statistics of that year, as remembered).
    const A_YEAR: f64 = 6.8;

    /// The arrivals of a working day that a region of this size truly has.
    #[must_use]
    pub fn natural(residents: u64) -> u32 {
        // a working day takes what the ends of weeks do not: about 310 full days a year
        (residents as f64 * Self::A_YEAR / 310.0).ceil() as u32
    }
}

/// Something that an institution sends.
#[derive(Clone, Debug)]
pub struct Event {
    /// The minute in which it is sent.
    pub at: Moment,
    /// The second within that minute.
    pub second: u8,
    /// The same for everything that must keep its order.
    pub about: u64,
    pub feed: Feed,
    /// What is wrong with it, on purpose.
    pub fault: Option<Fault>,
    /// It belongs to an admission or a birth, which go on for days.
    pub stay: bool,
}

/// Live days, one after the other.
pub struct Live<'r> {
    region: &'r Region,
    config: LiveConfig,
    catalogue: Catalogue,
    /// Visits that begin before this day are made.
    made: Day,
    next: Day,
    waiting: BTreeMap<Day, Vec<Event>>,
}

impl<'r> Live<'r> {
    /// Days from `day` on; earlier ones are told by no event, though stays that began on them go on.
    #[must_use]
    pub fn new(region: &'r Region, config: LiveConfig, day: Day) -> Self {
        let day = day.max(config.from.day);
        let made = day.plus(-LONGEST);
        Self { region, config, catalogue: Catalogue::of(region), made, next: day, waiting: BTreeMap::new() }
    }

    /// The next day and its events in order of time.
    pub fn next_day(&mut self) -> (Day, Vec<Event>) {
        let day = self.next;
        while self.made <= day.plus(AHEAD) {
            let stays_alone = self.made < day.plus(-OVER);
            for event in arrival::of_day(self.region, &self.config, &self.catalogue, self.made, stays_alone) {
                // what a later beginning would not know of is not told by an earlier one either
                let known = event.at.day <= self.made.plus(if event.stay { LONGEST } else { OVER });
                if known && event.at >= self.config.from && event.at.day >= day {
                    self.waiting.entry(event.at.day).or_default().push(event);
                }
            }
            self.made = self.made.plus(1);
        }
        self.next = day.plus(1);
        let mut events = self.waiting.remove(&day).unwrap_or_default();
        events.sort_by_key(|event| (event.at, event.second));
        (day, events)
    }
}

#[cfg(test)]
mod tests;
