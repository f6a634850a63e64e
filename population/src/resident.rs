//! A resident: the truth, what the institutions wrote down, and the life.

use crate::clinic::allergy::{self, Allergy};
use crate::clinic::chronic::{self, Chronic};
use crate::clinic::life;
use crate::clinic::medicine::Course;
use crate::clinic::vaccine::{self, Dose};
use crate::clinic::visit::Visit;
use crate::feed::Feed;
use crate::institution::Protocol;
use crate::people::person::Person;
use crate::people::{casting, make};
use crate::region::Region;
use crate::registration::{self, Registration};
use crate::render::{fhir, hl7v2};

/// One synthetic resident with the whole recorded life.
#[derive(Clone, Debug)]
pub struct Resident {
    /// What is true, whatever was written down; `truth.index` is the key for measuring a matcher.
    pub truth: Person,
    /// What each institution wrote down, one a register.
    pub registrations: Vec<Registration>,
    pub chronic: Vec<Chronic>,
    pub allergies: Vec<Allergy>,
    pub courses: Vec<Course>,
    pub doses: Vec<Dose>,
    /// In order of time.
    pub visits: Vec<Visit>,
}

impl Resident {
    pub(crate) fn make(region: &Region, index: u64) -> Self {
        let (seed, today) = (region.seed(), region.today());
        let truth = make::person(region, index);
        let chronic = chronic::of_person(seed, today, &truth);
        let allergies = allergy::of_person(seed, today, &truth);
        let everywhere = casting::cast(index).is_some_and(|cast| cast.everywhere);
        let known = registration::memberships(region, &truth, !chronic.is_empty(), everywhere);
        let life = life::of_person(region, &truth, &chronic, &allergies, &known);
        let doses = vaccine::of_person(seed, today, &truth, |day| life.care.on(day));
        let write = |code: &'static str, former| {
            let institution = region.institution(code)?;
            Some(registration::write_down(region, &truth, institution, former, everywhere))
        };
        let registrations = [
            known.hospital.and_then(|code| write(code, false)),
            known.centre.and_then(|code| write(code, false)),
            known.former.and_then(|(code, _)| write(code, true)),
        ];
        let registrations: Vec<Registration> = registrations.into_iter().flatten().collect();
        let doses =
            doses.into_iter().filter(|d| registrations.iter().any(|r| r.institution == d.institution)).collect();
        Self { truth, registrations, chronic, allergies, courses: life.courses, doses, visits: life.visits }
    }

    /// How `institution` wrote this resident down, if it did.
    #[must_use]
    pub fn registration(&self, institution: &str) -> Option<&Registration> {
        self.registrations.iter().find(|registration| registration.institution == institution)
    }

    /// The visits to one institution, in order of time.
    pub fn visits_to(&self, institution: &str) -> impl Iterator<Item = &Visit> {
        self.visits.iter().filter(move |visit| visit.institution == institution)
    }

    /// Everything that the institutions send about this resident, ready for their doors: HL7 v2 messages in order of
    /// time from those that speak it, one transaction Bundle from each of the others.
    #[must_use]
    pub fn feeds(&self, region: &Region) -> Vec<Feed> {
        let mut feeds = Vec::new();
        for registration in &self.registrations {
            let Some(institution) = region.institution(registration.institution) else { continue };
            match institution.protocol {
                Protocol::Hl7v2 => hl7v2::messages(region, self, registration, institution, &mut feeds),
                Protocol::Fhir => feeds.push(Feed::Fhir {
                    institution: institution.code,
                    bundle: fhir::bundle(region, self, registration, institution),
                }),
            }
        }
        feeds
    }
}
