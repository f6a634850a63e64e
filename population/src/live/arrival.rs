//! Who comes on a day: how many to which institution, for what, and when.

use super::catalogue::Catalogue;
use super::curve::{GROUPS, Group};
use super::episode::{self, Episode};
use super::{Event, LiveConfig, fault, newcomer};
use crate::calendar::{Day, Moment};
use crate::draw::{Rng, Stream, chance, key, mix, rng};
use crate::institution::{Institution, Kind, Level};
use crate::region::Region;

/// Shares of all visits: hospitals 45 %, primary care 52 % (health statistics of 2023, as remembered); how the hospitals
/// share theirs is assumed.
const TERTIARY: f64 = 0.30;
const SECONDARY: f64 = 0.09;
const CENTRES: f64 = 0.52;
/// What people come to a hospital for. Admissions are near the 7 to 100 visits of the statistics, emergencies near 9.
const AT_HOSPITAL: [(Group, f64); 5] = [
    (Group::Clinic, 0.70),
    (Group::Child, 0.10),
    (Group::Emergency, 0.09),
    (Group::CheckUp, 0.04),
    (Group::Admission, 0.07),
];
/// Arrivals of people who are new to the region (assumed).
const NEW: f64 = 0.02;
/// Arrivals of residents at a place that did not know them, without a number that says who they are (assumed; the
/// share of hospital records without one is 5 %).
const UNSURE: f64 = 0.02;
/// Births in each hospital for each thousand arrivals of the region (9 million births and 9.5 billion visits a year would
/// give one in the whole region).
const BIRTHS: f64 = 0.5;

/// Everything that is sent because of visits that begin on `day`; only of stays where the rest is long over.
pub(super) fn of_day(
    region: &Region,
    config: &LiveConfig,
    catalogue: &Catalogue,
    day: Day,
    stays_alone: bool,
) -> Vec<Event> {
    let day_key = key(config.seed ^ region.seed(), Stream::Live, u64::from(day.number().unsigned_abs()));
    let mut events = Vec::new();
    for institution in region.institutions() {
        let mut dice = rng(day_key, Stream::Live, u64::from(institution.letter));
        let (mut number, mut new) = (0, 0);
        for group in GROUPS {
            let expected = group.on(day, f64::from(config.arrivals) * share(region, institution, group));
            for _ in 0..count(&mut dice, expected) {
                number += 1;
                let start = Moment::new(day, group.minute(&mut dice));
                let (drawn, lot) = (dice.f64(), dice.u64(..));
                new += u32::from(drawn < NEW);
                if stays_alone && group != Group::Admission {
                    continue;
                }
                let patterns = catalogue.of_group(institution.code, group);
                let episode = if drawn < NEW {
                    newcomer::new(region, institution, start, number, (new, lot))
                } else if drawn < NEW + UNSURE {
                    newcomer::unsure(region, institution, patterns, start, number, lot)
                } else {
                    episode::again(region, institution, patterns, start, number, lot)
                };
                tell(region, episode, lot, group == Group::Admission, &mut events);
            }
        }
        if institution.kind == Kind::Hospital {
            for nth in 0..count(&mut dice, f64::from(config.arrivals) * BIRTHS / 1_000.0) {
                number += 1;
                let start = Moment::new(day, dice.i32(0..1440));
                let lot = dice.u64(..);
                let episode = newcomer::born(region, institution, catalogue.births(), start, number, (nth, lot));
                tell(region, episode, lot, true, &mut events);
            }
        }
    }
    events
}

fn tell(region: &Region, episode: Option<Episode>, lot: u64, stay: bool, events: &mut Vec<Event>) {
    let mut dice = Rng::with_seed(mix(lot ^ 0xfa17));
    for event in episode.map(|episode| episode.events(region)).unwrap_or_default() {
        fault::befall(Event { stay, ..event }, &mut dice, events);
    }
}

/// The share of the region's arrivals that comes to `institution` for `group`.
fn share(region: &Region, institution: &Institution, group: Group) -> f64 {
    let centres = region.institutions().iter().filter(|i| i.kind == Kind::Centre).count().max(1);
    let of_group = AT_HOSPITAL.iter().find(|(of, _)| *of == group).map_or(0.0, |(_, share)| *share);
    match (institution.kind, institution.level) {
        (Kind::Hospital, Level::Tertiary) => TERTIARY * of_group,
        (Kind::Hospital, _) => SECONDARY * of_group,
        (Kind::Centre, _) if group == Group::Centre => CENTRES / centres as f64,
        _ => 0.0,
    }
}

/// A whole number with this mean: what is left over is drawn for.
fn count(rng: &mut Rng, mean: f64) -> u32 {
    // the square root of the mean is how much such counts vary from day to day
    let varied = (mean + mean.sqrt() * 0.5 * crate::draw::normal(rng)).max(0.0);
    varied.floor() as u32 + u32::from(chance(rng, varied.fract()))
}
