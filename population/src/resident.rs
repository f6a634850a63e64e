//! A resident: the truth, what the institutions wrote down, and the life.

use crate::clinic::acute::Class;
use crate::clinic::allergy::{self, Allergy};
use crate::clinic::cancer::Cancer;
use crate::clinic::chronic::Chronic;
use crate::clinic::life;
use crate::clinic::medicine::Course;
use crate::clinic::mortality::Death;
use crate::clinic::pregnancy;
use crate::clinic::regimen::Care;
use crate::clinic::vaccine::{self, Dose};
use crate::clinic::visit::{Missed, Purpose, Visit};
use crate::demographic;
use crate::feed::Feed;
use crate::institution::Protocol;
use crate::people::make;
use crate::people::person::{Name, Person};
use crate::region::Region;
use crate::registration::Registration;
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
    /// Appointments that came to no visit.
    pub missed: Vec<Missed>,
    pub death: Option<Death>,
    /// A cancer that was found within the recorded years.
    pub cancer: Option<Cancer>,
    /// The mother, for a child that was born within the recorded years.
    pub mother: Option<Mother>,
}

/// The mother of a child whose birth is in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mother {
    /// Her number in the region.
    pub index: u64,
    pub name: Name,
    pub identity_number: String,
    /// The hospital of the birth.
    pub born_at: &'static str,
}

fn mother(region: &Region, person: &Person) -> Option<Mother> {
    let birth = pregnancy::own_birth(region.seed(), region.today(), person)?;
    let mother = make::person(region, pregnancy::mother(person)?.index);
    Some(Mother {
        index: mother.index,
        name: mother.name,
        identity_number: mother.identity_number,
        born_at: birth.hospital,
    })
}

/// Whether a code is a community health centre's.
fn is_centre(code: &str) -> bool {
    code.starts_with("CJ1")
}

impl Resident {
    pub(crate) fn make(region: &Region, index: u64) -> Self {
        let (seed, today) = (region.seed(), region.today());
        let truth = make::person(region, index);
        let allergies = allergy::of_person(seed, today, &truth);
        let known = demographic::known(region, &truth);
        let care = Care { home: truth.address.centre, before: known.former };
        let life = life::of_person(region, &truth, &allergies, &known);
        let doses = vaccine::of_person(seed, life.ending.until, &truth, |day| care.on(day));
        let registrations = demographic::registrations(region, &truth, &known, life.ending.until);
        let doses =
            doses.into_iter().filter(|d| registrations.iter().any(|r| r.institution == d.institution)).collect();
        let ending = life.ending;
        let mother = mother(region, &truth);
        let allergies = allergies.into_iter().filter(|allergy| allergy.recorded < ending.until).collect();
        Self {
            truth,
            registrations,
            chronic: ending.chronic,
            cancer: ending.cancer,
            allergies,
            courses: life.courses,
            doses,
            visits: life.visits,
            missed: life.missed,
            death: ending.death,
            mother,
        }
    }

    /// How `institution` first wrote this resident down, if it did.
    #[must_use]
    pub fn registration(&self, institution: &str) -> Option<&Registration> {
        self.registrations.iter().find(|registration| registration.institution == institution)
    }

    /// The registration under which a visit was made.
    #[must_use]
    pub fn registration_of(&self, visit: &Visit) -> Option<&Registration> {
        let own = || self.registrations.iter().filter(|one| one.institution == visit.institution);
        own().find(|one| one.takes(visit.start.day)).or_else(|| own().next())
    }

    /// The contact with a centre that sent the resident to this visit of a hospital: the latest of the fourteen days
    /// before it (assumed), unless it was an emergency.
    #[must_use]
    pub fn sent_by(&self, visit: &Visit) -> Option<&Visit> {
        let urgent = visit.class == Class::Emergency || visit.from_emergency;
        let asked = matches!(visit.purpose, Purpose::Illness | Purpose::Clinic);
        let centre = |code: &str| self.registrations.iter().any(|one| one.institution == code && is_centre(code));
        if urgent || !asked || is_centre(visit.institution) {
            return None;
        }
        let end = self.visits.partition_point(|one| one.start < visit.start);
        let recent = self.visits.get(..end)?.iter().rev().take_while(|one| one.start.day >= visit.start.day.plus(-14));
        let sends = |one: &&Visit| matches!(one.purpose, Purpose::Illness | Purpose::FollowUp | Purpose::CheckUp);
        recent.filter(|one| one.end < visit.start && centre(one.institution)).find(sends)
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
                // one line of messages an institution, under all its numbers
                Protocol::Hl7v2 if registration.second => {}
                Protocol::Hl7v2 => hl7v2::messages(region, self, institution, &mut feeds),
                Protocol::Fhir => feeds.push(Feed::Fhir {
                    institution: institution.code,
                    bundle: fhir::bundle(region, self, registration, institution),
                }),
            }
        }
        feeds
    }
}
