//! A resident's life as the registers hold it: the planned visits with their values and prescriptions, in order of time.

use super::acute::Class;
use super::allergy::Allergy;
use super::body::{Body, Tide};
use super::chronic::Disease;
use super::ending::{self, Ending};
use super::medicine::{self as m, Course, Medicine, forbidden};
use super::panel::{Panel, Report};
use super::plan::{self, Look, Plan, Signs, Subject};
use super::regimen::{self, Care};
use super::study::Study;
use super::turn::{self, Turn};
use super::visit::{Appointment, Measured, Missed, Outcome, Purpose, Transfer, Visit};
use super::vitals::Vitals;
use super::{child, outbreak, pregnancy, treatment};
use crate::calendar::{Day, Moment};
use crate::draw::{Rng, Stream, between, chance, key, rng};
use crate::people::person::Person;
use crate::region::Region;
use crate::registration::membership::{Membership, Service};

/// What a life leaves in the registers.
pub(crate) struct Life {
    pub(crate) ending: Ending,
    pub(crate) courses: Vec<Course>,
    pub(crate) visits: Vec<Visit>,
    pub(crate) missed: Vec<Missed>,
}

/// How the inflammation of a stay has gone down after some days.
fn calmer(tide: &Tide, days: i32) -> Tide {
    let fall = (-f64::from(days) / 3.2).exp();
    Tide { acute: tide.acute * fall, heart: tide.heart * fall, sweet: false, ..*tide }
}

/// What realising a visit needs beside its plan.
struct Scene<'a> {
    body: &'a Body<'a>,
    plan: &'a Plan,
    start: Moment,
    end: Moment,
    /// Nothing is known of this moment and later.
    horizon: Moment,
}

impl Scene<'_> {
    fn vitals(&self, rng: &mut Rng) -> Vec<Measured> {
        let Scene { body, plan, start, end, .. } = *self;
        let take = |at: Moment, tide: &Tide, full: bool, rng: &mut Rng| Measured {
            at,
            vitals: body.vitals(at.day, tide, full, rng),
        };
        let mut all = match plan.signs {
            Signs::None => Vec::new(),
            Signs::Few => vec![take(start.plus_minutes(5), &plan.tide, false, rng)],
            Signs::Fever => {
                let mut measured = take(start.plus_minutes(5), &plan.tide, true, rng);
                ward(&mut measured.vitals);
                vec![measured]
            }
            Signs::Full => vec![take(start.plus_minutes(5), &plan.tide, true, rng)],
            Signs::Twice => {
                let after = Tide { water: 0.0, ..plan.tide };
                let before = take(start.plus_minutes(5), &plan.tide, false, rng);
                vec![before, take(end.plus_minutes(-5), &after, false, rng)]
            }
        };
        if plan.class == Class::Inpatient {
            for day in 1..=plan.days {
                let at = Moment::new(start.day.plus(day), 7 * 60 + between(rng, 0, 40));
                let mut measured = take(at, &calmer(&plan.tide, day), true, rng);
                // a newborn is weighed every day
                let weight = measured.vitals.weight.filter(|_| plan.purpose == Purpose::Birth);
                ward(&mut measured.vitals);
                measured.vitals.weight = weight;
                all.push(measured);
            }
        }
        all.retain(|measured| measured.at < self.horizon && measured.at <= end);
        all
    }

    /// When the reports of some day of the visit are ordered, taken, issued.
    fn times(&self, day: i32, place: usize, rng: &mut Rng) -> [Moment; 3] {
        let apart = i32::try_from(place).unwrap_or(0);
        if day > 0 {
            let observed = Moment::new(self.start.day.plus(day), 6 * 60 + 20 + apart);
            return [observed.plus_minutes(-14 * 60), observed, observed.plus_minutes(between(rng, 110, 240))];
        }
        // blood is drawn at the bedside on admission, in the clinic after the doctor has ordered it
        let wait = if self.plan.class == Class::Inpatient { 25 } else { 16 };
        let observed = self.start.plus_minutes(wait + apart);
        [self.start.plus_minutes(8), observed, observed.plus_minutes(between(rng, 45, 130))]
    }

    fn reports(&self, rng: &mut Rng) -> Vec<Report> {
        let Scene { body, plan, .. } = *self;
        let mut rounds: Vec<(i32, Panel)> = plan.panels.iter().map(|panel| (0, *panel)).collect();
        if plan.class == Class::Inpatient && plan.days >= 4 {
            let again = |panel: &&Panel| matches!(panel, Panel::BloodCount | Panel::Inflammation | Panel::Electrolytes);
            for day in [2, plan.days - 1] {
                rounds.extend(plan.panels.iter().filter(again).map(|panel| (day, *panel)));
            }
        }
        let mut all = Vec::with_capacity(rounds.len());
        for (place, (day, panel)) in rounds.into_iter().enumerate() {
            let times = self.times(day, place, rng);
            let [_, observed, issued] = times;
            let tide = if day > 0 { calmer(&plan.tide, day) } else { plan.tide };
            let mut report = body.report(panel, times, &tide, rng);
            report.tests = body.words(panel, observed.day, &plan.positive);
            if issued < self.horizon && (issued <= self.end || plan.class != Class::Inpatient) {
                all.push(report);
            }
        }
        all
    }

    fn studies(&self, rng: &mut Rng) -> Vec<Study> {
        let plan = self.plan;
        let mut all = Vec::new();
        for (place, look) in plan.looks.iter().enumerate() {
            let apart = i32::try_from(place).unwrap_or(0) * 25;
            let after = look.after.min((plan.days - 1).max(0));
            let begun = if after == 0 {
                self.start.plus_minutes(12)
            } else {
                Moment::new(self.start.day.plus(after), 8 * 60 + 20)
            };
            let done = begun.plus_minutes(between(rng, 30, 120) + apart);
            // pathology takes days, the others the length of a reading
            let reading = if look.kind.modality == "SM" { between(rng, 2, 4) * 1440 } else { between(rng, 20, 75) };
            let issued = done.plus_minutes(reading);
            if issued >= self.horizon || (plan.dies.is_some() && issued >= self.end) {
                continue;
            }
            all.push(study(look, [begun, done, issued]));
        }
        all
    }
}

/// What is taken on a ward and in a fever clinic: temperature, pulse, breaths, pressure.
const fn ward(vitals: &mut Vitals) {
    (vitals.height, vitals.head, vitals.saturation, vitals.weight) = (None, None, None, None);
}

fn study(look: &Look, [ordered, done, issued]: [Moment; 3]) -> Study {
    let (text, conclusion, abnormal) = match &look.shows {
        Some((text, conclusion)) => (text.clone(), conclusion.clone(), true),
        None => (look.kind.normal.0.to_owned(), look.kind.normal.1.to_owned(), false),
    };
    Study {
        kind: look.kind,
        ordered,
        done: Some(done),
        issued: Some(issued),
        cancelled: false,
        text: Some(text),
        conclusion,
        abnormal,
    }
}

/// The appointment of a visit to a hospital, when it was made beforehand (shares assumed).
fn appointment(rng: &mut Rng, plan: &Plan, start: Moment) -> Option<Appointment> {
    let share = match plan.purpose {
        Purpose::Clinic => 0.75,
        Purpose::Antenatal => 0.85,
        Purpose::CheckUp => 0.5,
        Purpose::Illness => 0.2,
        _ => 0.0,
    };
    let (drawn, back, minute) = (chance(rng, share), between(rng, 1, 14), between(rng, 7 * 60, 22 * 60));
    let (moves, other) = (chance(rng, 0.06), between(rng, 1, 3));
    if !drawn || plan.class != Class::Ambulatory || !plan.institution.starts_with("CJ0") {
        return None;
    }
    let at = Moment::new(start.day, start.minute / 10 * 10);
    let booked = Moment::new(start.day.plus(-back), minute);
    let moved = (moves && back > 1).then(|| (booked.plus_minutes(720), Moment::new(start.day.plus(other), at.minute)));
    Some(Appointment { booked, at, moved, outcome: Outcome::Kept })
}

/// The visit with its times and values.
fn realise(rng: &mut Rng, body: &Body<'_>, plan: &Plan, today: Day) -> Visit {
    let minute = plan.minute.unwrap_or_else(|| match plan.class {
        Class::Ambulatory if chance(rng, 0.65) => between(rng, 8 * 60, 11 * 60 + 20),
        Class::Ambulatory => between(rng, 14 * 60, 16 * 60 + 30),
        _ if plan.planned => between(rng, 9 * 60, 11 * 60),
        _ => between(rng, 7 * 60, 22 * 60),
    });
    let start = Moment::new(plan.day, minute);
    let end = match plan.class {
        Class::Inpatient => Moment::new(plan.day.plus(plan.days), 10 * 60 + between(rng, 0, 59)),
        Class::Emergency => start.plus_minutes(between(rng, 60, 240)),
        Class::Ambulatory if plan.signs == Signs::Twice => start.plus_minutes(between(rng, 245, 262)),
        Class::Ambulatory => start.plus_minutes(between(rng, 12, 50)),
    };
    let end = plan.dies.unwrap_or(end).max(start.plus_minutes(10));
    let horizon = plan.dies.unwrap_or(Moment::new(today, 0));
    let scene = Scene { body, plan, start, end, horizon };
    let vitals = scene.vitals(rng);
    let reports = scene.reports(rng);
    let studies = scene.studies(rng);
    let transfers = plan
        .moves
        .iter()
        .map(|(day, department)| Transfer {
            at: Moment::new(plan.day.plus(*day), 14 * 60 + between(rng, 0, 150)),
            department,
        })
        .filter(|transfer| transfer.at > start && transfer.at < end && transfer.at < horizon)
        .collect();
    let noted = match plan.purpose {
        Purpose::FollowUp => chance(rng, 0.35),
        Purpose::CheckUp => chance(rng, 0.5),
        Purpose::Treatment => plan.story.is_some(),
        _ => true,
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
        story: plan.story.clone(),
        vitals,
        reports,
        studies,
        transfers,
        appointment: appointment(rng, plan, start),
        planned: plan.planned,
        from_emergency: plan.from_emergency,
        died: plan.dies.is_some(),
        open: plan.class == Class::Inpatient && plan.dies.is_none() && end.day >= today,
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
    let days = |medicine: &Medicine| match plan.purpose {
        Purpose::Antenatal => 84,
        Purpose::ChildCheck => 360,
        _ if medicine.daily == 0 => 3,
        _ => 7,
    };
    plan.medicines
        .iter()
        .filter_map(|medicine| safe(medicine))
        .map(|medicine| Course {
            medicine,
            start: plan.day,
            end: Some(plan.day.plus(days(medicine))),
            reason,
            institution: plan.institution,
            disease: None,
            stopped: None,
        })
        .collect()
}

/// What somebody on dialysis takes.
fn renal_courses(since: Day, care: &Care) -> impl Iterator<Item = Course> {
    let institution = care.on(since);
    [&m::ERYTHROPOIETIN, &m::PHOSPHATE_BINDER].into_iter().map(move |medicine| Course {
        medicine,
        start: since,
        end: None,
        reason: "慢性肾脏病5期",
        institution,
        disease: Some(Disease::ChronicKidneyDisease),
        stopped: None,
    })
}

/// Takes out what cannot be: two stays at a time, a clinic while in hospital.
fn untangle(plans: &mut Vec<Plan>) {
    let weight = |plan: &Plan| match plan.purpose {
        _ if plan.dies.is_some() => 0,
        Purpose::Delivery | Purpose::Birth => 1,
        Purpose::Treatment => 3,
        _ => 2,
    };
    plans.sort_by_key(|plan| (plan.class != Class::Inpatient, weight(plan), plan.day, plan.institution));
    let mut stays: Vec<(Day, Day)> = Vec::new();
    plans.retain(|plan| {
        let end = plan.day.plus(plan.days);
        let free = stays.iter().all(|(from, to)| end < *from || plan.day > *to);
        if free && plan.class == Class::Inpatient {
            stays.push((plan.day, end));
        }
        free
    });
}

fn chronic_care(steady: &mut Rng, subject: &Subject<'_>, plans: &mut Vec<Plan>, missed: &mut Vec<Missed>) {
    let Subject { chronic, since, until, .. } = *subject;
    plan::clinics(steady, subject, plans, missed);
    let turns = turn::of_person(steady, chronic, since, until);
    plans.extend(
        turns
            .into_iter()
            .filter_map(|Turn { day, row }| Some(row.plan(day, subject.hospital(day, Service::Emergency)?))),
    );
    plan::follow_ups(steady, subject, plans);
    plan::check_ups(steady, subject, plans);
}

/// The life of a person until today, or until death.
pub(crate) fn of_person(region: &Region, person: &Person, allergies: &[Allergy], known: &Membership) -> Life {
    let (seed, today) = (region.seed(), region.today());
    let ending = ending::of_person(region, person, known);
    let Ending { chronic, cancer, death, until } = &ending;
    let until = *until;
    let care = Care { home: person.address.centre, before: known.former };
    let since = today.plus_years(-plan::HOSPITAL_YEARS);
    let subject = Subject { person, chronic, known, care: &care, since, until };
    let mut steady = rng(seed, Stream::Chronic, person.index);
    let mut courses = regimen::courses(&mut steady, chronic, allergies, (person.sex, person.birth), &care, until);
    let (mut plans, mut missed) = (Vec::new(), Vec::new());
    plan::illnesses(&mut rng(seed, Stream::Acute, person.index), &subject, &mut plans);
    chronic_care(&mut steady, &subject, &mut plans, &mut missed);
    child::plans(seed, &subject, &mut plans);
    pregnancy::plans(seed, today, &subject, &mut plans);
    pregnancy::newborn(seed, today, &subject, &mut plans);
    outbreak::plans(region, person, known, (&care, until), &mut plans);
    treatment::chinese_medicine(seed, &subject, &mut plans);
    if let Some(cancer) = cancer {
        treatment::cancer(seed, &subject, cancer, &mut plans);
    }
    let dialysis = treatment::dialysis_since(seed, until, person, chronic);
    if let Some(since) = dialysis {
        treatment::dialysis(seed, &subject, since, &mut plans);
        courses.extend(renal_courses(since, &care));
    }
    let open = |plan: &Plan| plan.class == Class::Inpatient && death.is_none() && plan.day < today;
    plans.retain(|plan| {
        known.knows(plan.institution)
            && plan.day >= person.birth
            && (plan.day.plus(plan.days.max(1)) < until || open(plan))
    });
    plans.extend(death.as_ref().and_then(|death| ending::last_stay(region, person, death)));
    untangle(&mut plans);
    plan::at_least_once(&mut steady, &subject, &mut plans);
    courses.extend(plans.iter().flat_map(|plan| prescribed(plan, allergies)));
    courses.retain(|course| known.knows(course.institution) && course.start < until);
    if death.is_some() {
        for course in &mut courses {
            course.end = Some(course.end.map_or(until, |end| end.min(until)));
        }
    }
    courses.sort_by_key(|course| (course.start, course.medicine.atc));
    let body = Body::new(seed, person, chronic, &courses);
    plans.sort_by_key(|plan| (plan.day, plan.minute, plan.institution));
    let stream = key(seed, Stream::Values, person.index);
    let mut visits: Vec<Visit> = plans
        .iter()
        .enumerate()
        .map(|(place, plan)| realise(&mut rng(stream, Stream::Values, place as u64), &body, plan, today))
        .collect();
    visits.sort_by_key(|visit| (visit.start, visit.institution));
    for (number, visit) in visits.iter_mut().enumerate() {
        visit.number = number;
    }
    missed.retain(|missed| known.knows(missed.institution) && missed.appointment.at.day < until);
    Life { ending, courses, visits, missed }
}
