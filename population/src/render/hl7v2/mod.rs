//! HL7 v2 messages of the hospitals, each in its own dialect: who somebody is, where somebody lies, what was ordered,
//! booked and found.

mod adt;
pub(crate) mod dialect;
mod letter;
mod order;
pub(crate) mod oru;
mod segments;
mod siu;
mod step;

pub(crate) use letter::Letter;
pub(crate) use segments::pid as patient;

use crate::calendar::Moment;
use crate::clinic::visit::Visit;
use crate::draw::{Rng, Stream, key, rng};
use crate::feed::Feed;
use crate::institution::Institution;
use crate::region::Region;
use crate::registration::Registration;
use crate::resident::Resident;
use step::{Step, Steps, What};

/// Everything that a message is written from.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) resident: &'a Resident,
    pub(crate) registration: &'a Registration,
    pub(crate) institution: &'a Institution,
}

fn write(scene: &Scene<'_>, step: &Step<'_>, control_id: String, dice: &mut Rng) -> Feed {
    let at = step.at;
    let scene = &Scene { registration: step.registration, ..*scene };
    let own = dialect::of(scene.institution.code).own_tables;
    let kind = match &step.what {
        What::Person(event) => ("ADT", *event, adt::structure(event)),
        What::Merge(_) => ("ADT", "A40", adt::structure("A40")),
        What::Move { event, .. } => ("ADT", *event, adt::structure(event)),
        What::Order { reports, .. } if !own && !reports.is_empty() => ("OML", "O21", "OML_O21"),
        What::Order { .. } => ("ORM", "O01", "ORM_O01"),
        What::Results { .. } => ("ORU", "R01", "ORU_R01"),
        What::Appointment { event, .. } => ("SIU", *event, "SIU_S12"),
    };
    let mut letter = Letter::new(scene.institution, kind, at, control_id, dice);
    match &step.what {
        What::Person(event) => adt::person(&mut letter, scene, event),
        What::Merge(old) => adt::merge(&mut letter, scene, old),
        What::Move { event, visit, side, diagnosis } => {
            adt::visit(&mut letter, scene, event, (visit, side), *diagnosis);
        }
        What::Order { control, visit, side, reports, studies } => {
            order::orders(&mut letter, scene, (visit, side), control, (reports, studies));
        }
        What::Results { visit, side, found } => oru::results(&mut letter, scene, (visit, side), found),
        What::Appointment { event, slot } => siu::appointment(&mut letter, scene, event, slot),
    }
    letter.feed()
}

/// All messages of ONE visit, in order of time; `prefix` begins their control ids.
pub(crate) fn visit_messages(
    region: &Region,
    (resident, registration, institution): (&Resident, &Registration, &Institution),
    visit: &Visit,
    prefix: &str,
) -> Vec<Feed> {
    let scene = Scene { resident, registration, institution };
    let name = prefix.bytes().fold(0, |sum, byte| crate::draw::mix(sum ^ u64::from(byte)));
    let mut dice = rng(key(region.seed(), Stream::Wire, resident.truth.index), Stream::Wire, name);
    let mut steps = Steps { scene: &scene, steps: Vec::new(), since: visit.start.day };
    steps.visit(visit, &mut dice);
    let mut steps = steps.steps;
    steps.sort_by_key(|step| step.at);
    (1..).zip(&steps).map(|(number, step)| write(&scene, step, format!("{prefix}-{number}"), &mut dice)).collect()
}

/// The message that tells of a person alone: A28 when new, A31 when changed.
pub(crate) fn person_message(
    (resident, registration, institution): (&Resident, &Registration, &Institution),
    event: &'static str,
    at: Moment,
    control_id: String,
) -> Feed {
    let scene = Scene { resident, registration, institution };
    let name = control_id.bytes().fold(0, |sum, byte| crate::draw::mix(sum ^ u64::from(byte)));
    let mut dice = rng(name, Stream::Wire, resident.truth.index);
    write(&scene, &Step { at, registration, what: What::Person(event) }, control_id, &mut dice)
}

/// The steps of one registration: first the person, then the visits under its number.
fn steps_of<'a>(scene: &Scene<'a>, dice: &mut Rng, today: Moment) -> Vec<Step<'a>> {
    let (resident, registration) = (scene.resident, scene.registration);
    let since = today.day.plus(-step::ORDERS_SINCE);
    let mut steps = Steps { scene, steps: Vec::new(), since };
    let own = |visit: &&Visit| {
        resident.registration_of(visit).is_some_and(|one| one.record_number == registration.record_number)
    };
    for visit in resident.visits_to(scene.institution.code).filter(own) {
        steps.visit(visit, dice);
    }
    if !registration.second {
        let missed = resident.missed.iter().filter(|missed| missed.institution == scene.institution.code);
        for (place, missed) in missed.filter(|missed| missed.appointment.booked.day >= since).enumerate() {
            let number = format!("{}V{:07}M{place:03}", scene.institution.code, resident.truth.index);
            steps.appointment(&number, missed.department, &missed.appointment);
        }
    }
    let mut steps = steps.steps;
    let merged = registration.merged.map(|day| Moment::new(day, 10 * 60 + 20));
    let window = registration.window.map(|(from, _)| Moment::new(from, 9 * 60 + 10));
    let first = steps.iter().map(|step| step.at).chain(window).min();
    let first = first.map_or_else(|| today.plus_minutes(-400 * 1440), |at| at.plus_minutes(-4));
    steps.push(Step { at: first, registration, what: What::Person("A28") });
    if let Some(day) = registration.corrected {
        let at = Moment::new(day, 15 * 60 + 5).max(first.plus_minutes(30));
        steps.push(Step { at, registration, what: What::Person("A31") });
    }
    let elsewhere = resident.death.as_ref().filter(|death| death.institution != Some(scene.institution.code));
    if let Some(death) = elsewhere.filter(|_| !registration.second) {
        // the death register tells the hospitals a day later
        let at = Moment::new(death.at.day.plus(1), 11 * 60).max(first.plus_minutes(45));
        steps.push(Step { at, registration, what: What::Person("A31") });
    }
    if let (Some(at), Some(into)) = (merged, resident.registration(scene.institution.code)) {
        steps.push(Step { at, registration: into, what: What::Merge(registration) });
    }
    steps
}

/// Adds all messages that the institution sends about the resident, in order of time, under all numbers that it knows.
pub(crate) fn messages(region: &Region, resident: &Resident, institution: &Institution, feeds: &mut Vec<Feed>) {
    let mut dice =
        rng(key(region.seed(), Stream::Wire, resident.truth.index), Stream::Wire, u64::from(institution.letter));
    let today = Moment::new(region.today(), 0);
    let own = || resident.registrations.iter().filter(|one| one.institution == institution.code);
    let mut steps = Vec::new();
    for registration in own() {
        let scene = Scene { resident, registration, institution };
        let mut more = steps_of(&scene, &mut dice, today);
        // who takes the other's number must be known before
        let merge = own().filter(|_| !registration.second).filter_map(|one| one.merged).min();
        let person = more.iter_mut().find(|step| matches!(step.what, What::Person("A28")));
        if let (Some(day), Some(step)) = (merge, person) {
            step.at = step.at.min(Moment::new(day, 8 * 60));
        }
        steps.extend(more);
    }
    steps.retain(|step| step.at < today);
    steps.sort_by_key(|step| step.at);
    let Some(registration) = own().next() else { return };
    let scene = Scene { resident, registration, institution };
    for (number, step) in (1..).zip(&steps) {
        let control_id = format!("{}-{:07}-{number:04}", institution.code, resident.truth.index);
        feeds.push(write(&scene, step, control_id, &mut dice));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinic::acute::Class;
    use crate::clinic::visit::Transfer;
    use crate::region::RegionConfig;
    use std::collections::HashMap;

    /// Events of all messages of one visit, under many control ids, by control id.
    fn events(visit: &Visit, region: &Region, resident: &Resident) -> Vec<Vec<String>> {
        let institution = region.institution(visit.institution).unwrap();
        let registration = resident.registration_of(visit).unwrap();
        let told = |n: u32| visit_messages(region, (resident, registration, institution), visit, &format!("T{n}"));
        let event = |feed: Feed| match feed {
            Feed::Hl7v2 { bytes, .. } => {
                String::from_utf8_lossy(&bytes).split('|').nth(8).unwrap_or_default().to_owned()
            }
            Feed::Fhir { .. } => String::new(),
        };
        (0..160).map(|n| told(n).into_iter().map(event).filter(|kind| kind.starts_with("ADT")).collect()).collect()
    }

    #[test]
    fn slips_of_the_desk_are_taken_back_in_order() {
        let today = jiff::civil::date(2026, 1, 5);
        let region = Region::new(RegionConfig { seed: 42, residents: 400, today });
        let stay = |visit: &&Visit| visit.class == Class::Inpatient && visit.institution == "CJ01" && !visit.died;
        let resident = region.residents().find(|r| r.visits.iter().any(|v| stay(&v))).unwrap();
        let mut visit = resident.visits.iter().find(stay).unwrap().clone();
        (visit.from_emergency, visit.planned, visit.open) = (false, true, false);
        (visit.end, visit.transfers) = (visit.start.plus_minutes(2_880), Vec::new());
        (visit.vitals, visit.reports, visit.studies) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen: HashMap<String, u32> = HashMap::new();
        let mut count = |lists: Vec<Vec<String>>| {
            for list in lists {
                let at = |event: &str| list.iter().position(|kind| kind.contains(event));
                if let (Some(cancel), Some(real)) = (at("A11"), list.iter().rposition(|kind| kind.contains("A01"))) {
                    assert!(cancel < real && list[cancel - 1].contains("A01"), "{list:?}");
                }
                if let Some(cancel) = at("A12") {
                    assert!(list[cancel - 1].contains("A02") && list[cancel + 1].contains("A02"), "{list:?}");
                }
                if let Some(cancel) = at("A13") {
                    assert!(list[cancel - 1].contains("A03") && list.last().unwrap().contains("A03"), "{list:?}");
                }
                for kind in list {
                    *seen.entry(kind.chars().skip(4).take(3).collect()).or_default() += 1;
                }
            }
        };
        count(events(&visit, &region, &resident));
        visit.transfers.push(Transfer { at: visit.start.plus_minutes(600), department: "重症医学科" });
        count(events(&visit, &region, &resident));
        (visit.from_emergency, visit.planned) = (true, false);
        count(events(&visit, &region, &resident));
        for event in ["A01", "A02", "A03", "A04", "A05", "A06", "A07", "A11", "A12", "A13"] {
            assert!(seen.contains_key(event), "no {event} in {seen:?}");
        }
        let share = f64::from(seen["A12"]) / f64::from(seen["A02"]);
        assert!((0.02..0.12).contains(&share), "{share}");
    }
}
