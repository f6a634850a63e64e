//! One visit of a live day: modelled on one that the resident has had, rendered as history is.

use super::Event;
use super::catalogue::Pattern;
use crate::calendar::Moment;
use crate::clinic::visit::{Appointment, Outcome, Visit};
use crate::draw::{Rng, normal};
use crate::feed::Feed;
use crate::institution::{Institution, Protocol};
use crate::people::person::Person;
use crate::region::Region;
use crate::registration::Registration;
use crate::render::{fhir, hl7v2};
use crate::resident::Resident;

/// Visits of live days are numbered from here, so that they never meet those of the past.
const NUMBERS: usize = 100_000;
/// An appointment is made at most so long before, in minutes.
const BOOKED: i32 = 2 * 24 * 60;

/// A visit with everybody that its messages speak of.
pub(super) struct Episode {
    /// The resident, with this one visit.
    resident: Resident,
    registration: Registration,
    /// The beginning of its control ids.
    prefix: String,
    /// The institution did not know the resident.
    new: bool,
}

/// One of the patterns, for whoever it is of, at another time.
pub(super) fn again(
    region: &Region,
    institution: &Institution,
    patterns: &[Pattern],
    start: Moment,
    number: u32,
    lot: u64,
) -> Option<Episode> {
    let (index, place) = pick(patterns, lot)?;
    let resident = region.resident(index);
    let visit = resident.visits.get(place)?;
    // a number that was merged into another is not used again
    let registration = resident.registration(institution.code)?.clone();
    let visit = moved(visit, &resident.truth, start, number, lot);
    Some(Episode::of(resident, registration, visit, number))
}

pub(super) fn pick(patterns: &[Pattern], lot: u64) -> Option<Pattern> {
    let place = usize::try_from(lot % (patterns.len().max(1) as u64)).ok()?;
    patterns.get(place).copied()
}

/// The visit at another time, with values that vary as they do from day to day in one body.
pub(super) fn moved(pattern: &Visit, person: &Person, start: Moment, number: u32, lot: u64) -> Visit {
    let by = start.minutes_since(pattern.start);
    let shift = |at: Moment| at.plus_minutes(by);
    let mut dice = Rng::with_seed(lot);
    let mut visit = pattern.clone();
    visit.number = NUMBERS + usize::try_from(start.day.number() % 10_000).unwrap_or(0) * 10_000 + number as usize;
    (visit.start, visit.end) = (start, shift(visit.end));
    for measured in &mut visit.vitals {
        measured.at = shift(measured.at);
    }
    let age = person.age(start.day);
    for report in &mut visit.reports {
        (report.ordered, report.observed, report.issued) =
            (shift(report.ordered), shift(report.observed), shift(report.issued));
        for finding in &mut report.findings {
            let factor = 1.0 + finding.analyte.row().within / 100.0 * normal(&mut dice).clamp(-3.0, 3.0);
            finding.value = finding.analyte.print(finding.value.to_f64() * factor);
            finding.flag = finding.analyte.flag(finding.value.to_f64(), person.sex, age);
        }
    }
    for study in &mut visit.studies {
        study.ordered = shift(study.ordered);
        (study.done, study.issued) = (study.done.map(shift), study.issued.map(shift));
    }
    for transfer in &mut visit.transfers {
        transfer.at = shift(transfer.at);
    }
    visit.appointment = visit.appointment.map(|appointment| booked(&appointment, shift));
    visit
}

/// The appointment moved with its visit, made not long before.
fn booked(appointment: &Appointment, shift: impl Fn(Moment) -> Moment) -> Appointment {
    let at = shift(appointment.at);
    let latest = |moment: Moment| moment.max(at.plus_minutes(-BOOKED));
    Appointment {
        booked: latest(shift(appointment.booked)),
        at,
        moved: appointment.moved.map(|(when, from)| (latest(shift(when)), shift(from))),
        outcome: match appointment.outcome {
            Outcome::Cancelled(when) => Outcome::Cancelled(latest(shift(when))),
            other => other,
        },
    }
}

impl Episode {
    pub(super) fn of(mut resident: Resident, registration: Registration, visit: Visit, number: u32) -> Self {
        let day = visit.start.day.compact();
        let prefix = format!("{}-L{}{number:04}", registration.institution, day.get(2..).unwrap_or_default());
        resident.visits = vec![visit];
        // what was prescribed and given long ago is known
        resident.courses.clear();
        resident.doses.clear();
        Self { resident, registration, prefix, new: false }
    }

    /// The same for somebody whom the institution sees for the first time.
    pub(super) fn of_new(resident: Resident, registration: Registration, visit: Visit, number: u32) -> Self {
        Self { new: true, ..Self::of(resident, registration, visit, number) }
    }

    /// Everything that the institution sends because of it, in order of time.
    pub(super) fn events(self, region: &Region) -> Vec<Event> {
        let Some(institution) = region.institution(self.registration.institution) else { return Vec::new() };
        let Some(visit) = self.resident.visits.first() else { return Vec::new() };
        let feeds = match institution.protocol {
            Protocol::Hl7v2 => self.messages(region, institution, visit),
            // a centre sends when the visit is over and what was found is there
            Protocol::Fhir => {
                let bundle = fhir::bundle(region, &self.resident, &self.registration, institution);
                vec![(over(visit), Feed::Fhir { institution: institution.code, bundle })]
            }
        };
        let about = self.resident.truth.index;
        let base = u8::try_from(crate::draw::mix(about) % 40).unwrap_or(0);
        let mut events: Vec<Event> = Vec::new();
        for (at, feed) in feeds {
            let same = events.iter().filter(|event| event.at == at).count();
            let second = base.saturating_add(u8::try_from(same).unwrap_or(u8::MAX)).min(59);
            events.push(Event { at, second, about, feed, fault: None, stay: false });
        }
        events
    }

    fn messages(&self, region: &Region, institution: &Institution, visit: &Visit) -> Vec<(Moment, Feed)> {
        let who = (&self.resident, &self.registration, institution);
        let first = self.new.then(|| {
            let at = visit.start.plus_minutes(-3);
            (at, hl7v2::person_message(who, "A28", at, format!("{}-0", self.prefix)))
        });
        let of_visit = hl7v2::visit_messages(region, who, visit, &self.prefix).into_iter();
        let with_time = of_visit.map(|feed| match &feed {
            Feed::Hl7v2 { at, .. } => (*at, feed),
            Feed::Fhir { .. } => (visit.start, feed),
        });
        first.into_iter().chain(with_time).collect()
    }
}

/// When everything about a visit is known.
fn over(visit: &Visit) -> Moment {
    visit.reports.iter().map(|report| report.issued).fold(visit.end, Ord::max)
}
