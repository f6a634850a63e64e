//! Which visits of the past can be the pattern of a visit of today: by institution and group.

use super::curve::Group;
use crate::clinic::acute::Class;
use crate::clinic::visit::{Purpose, Visit};
use crate::institution::Kind;
use crate::region::Region;
use crate::resident::Resident;
use std::collections::BTreeMap;

/// Residents that are looked at; in a larger region every so-manieth.
const LOOKED_AT: u64 = 3_000;

/// A visit of somebody: index of the resident, place among the visits.
pub(super) type Pattern = (u64, usize);

pub(super) struct Catalogue {
    patterns: BTreeMap<(&'static str, Group), Vec<Pattern>>,
    /// Stays of newborns.
    births: Vec<Pattern>,
}

impl Catalogue {
    pub(super) fn of(region: &Region) -> Self {
        let step = region.count().div_ceil(LOOKED_AT).max(1);
        let (mut patterns, mut births) = (BTreeMap::<_, Vec<Pattern>>::new(), Vec::new());
        let mut index = 0;
        while index < region.count() {
            let resident = region.resident(index);
            for (place, visit) in resident.visits.iter().enumerate() {
                if visit.purpose == Purpose::Birth && !visit.died {
                    births.push((index, place));
                }
                if let Some(group) = group(region, &resident, visit) {
                    patterns.entry((visit.institution, group)).or_default().push((index, place));
                }
            }
            index += step;
        }
        Self { patterns, births }
    }

    pub(super) fn of_group(&self, institution: &'static str, group: Group) -> &[Pattern] {
        self.patterns.get(&(institution, group)).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn births(&self) -> &[Pattern] {
        &self.births
    }
}

/// The group that a visit can be a pattern of; none when it cannot happen again.
fn group(region: &Region, resident: &Resident, visit: &Visit) -> Option<Group> {
    if resident.death.is_some() || visit.died || visit.open || visit.end.day >= region.today() {
        return None;
    }
    if matches!(visit.purpose, Purpose::Birth | Purpose::Delivery | Purpose::Antenatal | Purpose::ChildCheck) {
        return None;
    }
    let hospital = region.institution(visit.institution)?.kind == Kind::Hospital;
    Some(match visit.class {
        _ if !hospital => Group::Centre,
        Class::Inpatient => Group::Admission,
        Class::Emergency => Group::Emergency,
        Class::Ambulatory if visit.purpose == Purpose::CheckUp => Group::CheckUp,
        Class::Ambulatory if resident.truth.age(region.today()) < 14 => Group::Child,
        Class::Ambulatory => Group::Clinic,
    })
}
