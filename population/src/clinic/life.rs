//! A resident's life as the registers hold it: the planned visits with their values and prescriptions, in order of time.

use super::acute::Class;
use super::allergy::Allergy;
use super::body::Body;
use super::chronic::Chronic;
use super::medicine::{self as m, Course, Medicine, forbidden};
use super::plan::{self, Plan};
use super::regimen::{self, Care};
use super::turn::{self, Turn};
use super::visit::{Purpose, Visit};
use crate::calendar::Moment;
use crate::draw::{Stream, between, chance, key, rng};
use crate::people::person::Person;
use crate::region::Region;
use crate::registration::Membership;

/// What a life leaves in the registers.
pub(crate) struct Life {
    pub(crate) care: Care,
    pub(crate) courses: Vec<Course>,
    pub(crate) visits: Vec<Visit>,
}

/// The visit with its times and values.
fn realise(stream: u64, place: usize, body: &Body<'_>, plan: &Plan) -> Visit {
    let mut rng = rng(stream, Stream::Values, place as u64);
    let minute = match plan.class {
        Class::Ambulatory if chance(&mut rng, 0.65) => between(&mut rng, 8 * 60, 11 * 60 + 20),
        Class::Ambulatory => between(&mut rng, 14 * 60, 16 * 60 + 30),
        _ => between(&mut rng, 7 * 60, 22 * 60),
    };
    let start = Moment::new(plan.day, minute);
    let end = match plan.class {
        Class::Inpatient => Moment::new(plan.day.plus(plan.days), 10 * 60 + between(&mut rng, 0, 59)),
        Class::Emergency => start.plus_minutes(between(&mut rng, 60, 240)),
        Class::Ambulatory => start.plus_minutes(between(&mut rng, 12, 50)),
    };
    let full = plan.purpose == Purpose::CheckUp || plan.inflammation > 0.0 || plan.class != Class::Ambulatory;
    let measured = full || plan.purpose != Purpose::Illness;
    let vitals = measured.then(|| body.vitals(plan.day, plan.inflammation, full, &mut rng));
    let reports = plan.panels.iter().map(|p| body.report(*p, plan.day, plan.inflammation, &mut rng)).collect();
    let noted = match plan.purpose {
        Purpose::FollowUp => chance(&mut rng, 0.35),
        Purpose::CheckUp => chance(&mut rng, 0.5),
        Purpose::Illness | Purpose::Clinic => true,
    };
    Visit {
        number: 0,
        institution: plan.institution,
        class: plan.class,
        purpose: plan.purpose,
        start,
        end,
        department: plan.department,
        diagnoses: plan.diagnoses.clone(),
        complaint: plan.complaint.clone(),
        advice: plan.advice,
        vitals,
        reports,
        film: plan.film,
        noted,
    }
}

/// The short courses that a visit prescribes, with a substitute for what an allergy forbids.
fn prescribed(plan: &Plan, allergies: &[Allergy]) -> Vec<Course> {
    let reason = plan.diagnoses.first().map_or("", |d| d.chinese);
    let safe = |medicine: &'static Medicine| {
        [medicine, &m::AZITHROMYCIN, &m::LEVOFLOXACIN, &m::PARACETAMOL]
            .into_iter()
            .filter(|candidate| {
                medicine.atc.starts_with('J') || candidate.atc == medicine.atc || medicine.atc.starts_with("M01")
            })
            .find(|candidate| !forbidden(candidate, allergies))
    };
    plan.medicines
        .iter()
        .filter_map(|medicine| safe(medicine))
        .map(|medicine| Course {
            medicine,
            start: plan.day,
            end: Some(plan.day.plus(if medicine.daily == 0 { 3 } else { 7 })),
            reason,
            institution: plan.institution,
            disease: None,
            stopped: None,
        })
        .collect()
}

/// The life of a person until today.
pub(crate) fn of_person(
    region: &Region,
    person: &Person,
    chronic: &[Chronic],
    allergies: &[Allergy],
    known: &Membership,
) -> Life {
    let (seed, today) = (region.seed(), region.today());
    let care = Care { home: person.address.centre, before: known.former };
    let mut steady = rng(seed, Stream::Chronic, person.index);
    let mut courses = regimen::courses(&mut steady, chronic, allergies, (person.sex, person.birth), &care, today);
    let mut plans = Vec::new();
    plan::illnesses(&mut rng(seed, Stream::Acute, person.index), person, today, known, &care, &mut plans);
    if let Some(hospital) = known.hospital {
        plan::clinics(&mut steady, chronic, today, hospital, &mut plans);
        let since = today.plus_years(-plan::HOSPITAL_YEARS);
        let turns = turn::of_person(&mut steady, chronic, since, today);
        plans.extend(turns.into_iter().map(|Turn { day, row }| row.plan(day, hospital)));
    }
    plan::follow_ups(&mut steady, chronic, today, &care, &mut plans);
    plan::check_ups(&mut steady, person, chronic, today, known, &care, &mut plans);
    let member = |code: &str| {
        known.hospital == Some(code)
            || known.centre == Some(code)
            || known.former.is_some_and(|(former, _)| former == code)
    };
    plans.retain(|plan| member(plan.institution) && plan.day.plus(plan.days) < today && plan.day >= person.birth);
    plan::at_least_once(&mut steady, known, person, today, &mut plans);
    courses.extend(plans.iter().flat_map(|plan| prescribed(plan, allergies)));
    courses.retain(|course| member(course.institution));
    courses.sort_by_key(|course| (course.start, course.medicine.atc));
    let body = Body::new(seed, person, chronic, &courses);
    let stream = key(seed, Stream::Values, person.index);
    plans.sort_by_key(|plan| (plan.day, plan.institution));
    let mut visits: Vec<Visit> =
        plans.iter().enumerate().map(|(place, plan)| realise(stream, place, &body, plan)).collect();
    visits.sort_by_key(|visit| (visit.start, visit.institution));
    for (number, visit) in visits.iter_mut().enumerate() {
        visit.number = number;
    }
    Life { care, courses, visits }
}
