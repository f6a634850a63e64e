//! Which messages a visit gives, and when: the stay's movements, its orders and results, its appointment, and the slips
//! of the admission desk that are taken back.

use super::oru::Found;
use super::segments::{Bedside, Place};
use super::siu::Slot;
use super::{Scene, segments};
use crate::calendar::{Day, Moment};
use crate::clinic::acute::Class;
use crate::clinic::visit::{Appointment, Outcome, Visit};
use crate::draw::{Rng, between, chance};
use crate::registration::Registration;

/// An admission entered for the wrong visit and cancelled (A11). Assumed, as all rates of slips.
const ADMISSION_TAKEN_BACK: f64 = 0.015;
/// A transfer to the wrong ward and cancelled (A12).
const TRANSFER_TAKEN_BACK: f64 = 0.06;
/// A discharge cancelled for some hours (A13).
const DISCHARGE_TAKEN_BACK: f64 = 0.025;
/// A stay of at most two days that becomes a day case (A07).
const MADE_DAY_CASE: f64 = 0.04;
/// A stay whose diagnoses are updated on the second day (A08).
const UPDATED: f64 = 0.3;

/// Days since the hospitals send orders and appointments; of what was before only results are told (assumed).
pub(super) const ORDERS_SINCE: i32 = 540;

/// Visits of the live day have numbers from here on; their beginning and end are told apart.
pub(crate) const LIVE: usize = 100_000;

/// What a message says.
pub(super) enum What<'a> {
    /// A28, A31.
    Person(&'static str),
    /// A40.
    Merge(&'a Registration),
    /// A01 to A13, with the kind of diagnosis that comes along.
    Move {
        event: &'static str,
        visit: &'a Visit,
        side: Bedside,
        diagnosis: Option<char>,
    },
    /// NW or CA; the laboratory's apart from the examinations'.
    Order {
        control: &'static str,
        visit: &'a Visit,
        side: Bedside,
        reports: Vec<usize>,
        studies: Vec<usize>,
    },
    Results {
        visit: &'a Visit,
        side: Bedside,
        found: Found,
    },
    Appointment {
        event: &'static str,
        slot: Slot,
    },
}

/// One message to be written.
pub(super) struct Step<'a> {
    pub(super) at: Moment,
    pub(super) registration: &'a Registration,
    pub(super) what: What<'a>,
}

/// The steps of one visit as they are gathered.
pub(super) struct Steps<'a, 'b> {
    pub(super) scene: &'b Scene<'a>,
    pub(super) steps: Vec<Step<'a>>,
    /// Orders and appointments of this day and later are sent.
    pub(super) since: Day,
}

/// Where somebody is during a visit.
struct Course<'a, 'b> {
    scene: &'b Scene<'a>,
    visit: &'a Visit,
    /// From when, in which department, as what.
    legs: Vec<(Moment, &'static str, Class)>,
}

impl<'a> Course<'a, '_> {
    fn place(&self, leg: usize) -> Place {
        let (_, department, class) = self.legs.get(leg).copied().unwrap_or((self.visit.start, "", self.visit.class));
        let institution = self.scene.institution;
        let index = self.scene.resident.truth.index;
        let stay = index * 31 + self.visit.number as u64 * 7 + leg as u64;
        let bed = institution.bed(department, stay).filter(|_| class == Class::Inpatient);
        match bed {
            Some((ward, bed)) => Place { point: ward.code.to_owned(), room: bed.room.clone(), bed: bed.number.clone() },
            None => {
                let point = institution.department(department).map_or("", |found| found.code).to_owned();
                Place { point, ..Place::default() }
            }
        }
    }

    fn side(&self, leg: usize) -> Bedside {
        let (_, department, class) = self.legs.get(leg).copied().unwrap_or((self.visit.start, "", self.visit.class));
        Bedside { class: Some(class), place: self.place(leg), prior: None, department, end: None, suffix: "" }
    }

    /// The leg that holds at a moment.
    fn leg_at(&self, at: Moment) -> usize {
        self.legs.iter().rposition(|(from, ..)| *from <= at).unwrap_or(0)
    }

    fn over(&self, leg: usize) -> Bedside {
        Bedside { end: (!self.visit.open).then_some(self.visit.end), ..self.side(leg) }
    }
}

impl<'a> Steps<'a, '_> {
    fn add(&mut self, at: Moment, what: What<'a>) {
        self.steps.push(Step { at, registration: self.scene.registration, what });
    }

    fn movement(&mut self, at: Moment, event: &'static str, visit: &'a Visit, side: Bedside, diagnosis: Option<char>) {
        self.add(at, What::Move { event, visit, side, diagnosis });
    }

    /// Whether the orders and the appointment of a visit are sent.
    fn told(&self, visit: &Visit) -> bool {
        visit.start.day >= self.since
    }

    /// All messages of a visit.
    pub(super) fn visit(&mut self, visit: &'a Visit, dice: &mut Rng) {
        if let Some(appointment) = &visit.appointment
            && self.told(visit)
        {
            let number = segments::visit_number(self.scene.institution, self.scene.resident.truth.index, visit);
            self.appointment(&format!("{number}A"), visit.department, appointment);
        }
        let mut legs = Vec::new();
        if visit.class == Class::Inpatient {
            if visit.from_emergency {
                legs.push((visit.start, "急诊科", Class::Emergency));
                legs.push((visit.start.plus_minutes(between(dice, 40, 150)), visit.department, Class::Inpatient));
            } else {
                legs.push((visit.start, visit.department, Class::Inpatient));
            }
            legs.extend(visit.transfers.iter().map(|leg| (leg.at, leg.department, Class::Inpatient)));
            legs.sort_by_key(|(from, ..)| *from);
            let course = Course { scene: self.scene, visit, legs };
            self.stay(&course, dice);
            self.findings(&course);
        } else {
            legs.push((visit.start, visit.department, visit.class));
            let course = Course { scene: self.scene, visit, legs };
            // a contact of the past is told once; of the live day its beginning and its end
            let live = visit.number >= LIVE;
            let side = if live { course.side(0) } else { course.over(0) };
            self.movement(visit.start, "A04", visit, side, Some('W'));
            if live {
                self.movement(visit.end, "A08", visit, course.over(0), Some('F'));
            }
            self.findings(&course);
        }
    }

    /// The movements of a stay.
    fn stay(&mut self, course: &Course<'a, '_>, dice: &mut Rng) {
        let visit = course.visit;
        let draws: [f64; 4] = std::array::from_fn(|_| dice.f64());
        let [taken_back, updated, day_case, kept] = draws;
        if visit.planned {
            let arranged = visit.start.plus_minutes(-between(dice, 1, 9) * 1440);
            let side = Bedside { class: None, ..course.side(0) };
            self.movement(arranged, "A05", visit, side, Some('A'));
        }
        let mut begun = 0;
        if visit.from_emergency {
            self.movement(visit.start, "A04", visit, course.side(0), Some('W'));
            let at = course.legs.get(1).map_or(visit.start, |(at, ..)| *at);
            let side = Bedside { prior: Some(course.place(0)), ..course.side(1) };
            self.movement(at, "A06", visit, side, Some('A'));
            begun = 1;
        } else {
            if taken_back < ADMISSION_TAKEN_BACK {
                let wrong = || Bedside { suffix: "X", ..course.side(0) };
                self.movement(visit.start.plus_minutes(-25), "A01", visit, wrong(), None);
                self.movement(visit.start.plus_minutes(-18), "A11", visit, wrong(), None);
            }
            self.movement(visit.start, "A01", visit, course.side(0), Some('A'));
        }
        let days = visit.end.day.days_since(visit.start.day);
        if updated < UPDATED && days > 2 {
            let at = Moment::new(visit.start.day.plus(1), 9 * 60 + 40);
            self.movement(at, "A08", visit, course.side(course.leg_at(at)), Some('W'));
        }
        for leg in begun + 1..course.legs.len() {
            let Some((at, ..)) = course.legs.get(leg).copied() else { continue };
            if chance(dice, TRANSFER_TAKEN_BACK) {
                let before = course.side(leg - 1);
                let wrong =
                    Bedside { place: course.place(leg + 40), prior: Some(before.place.clone()), ..course.side(leg) };
                self.movement(at.plus_minutes(-30), "A02", visit, wrong, None);
                self.movement(at.plus_minutes(-20), "A12", visit, before, None);
            }
            let side = Bedside { prior: Some(course.place(leg - 1)), ..course.side(leg) };
            self.movement(at, "A02", visit, side, None);
        }
        if visit.open {
            return;
        }
        let last = course.legs.len().saturating_sub(1);
        if day_case < MADE_DAY_CASE && days <= 2 && !visit.died && last == 0 {
            let department = visit.department;
            let place = course.scene.institution.department(department).map_or("", |found| found.code).to_owned();
            let place = Place { point: place, ..Place::default() };
            let side = Bedside { class: Some(Class::Ambulatory), place, ..course.over(last) };
            self.movement(visit.end, "A07", visit, side, Some('F'));
            return;
        }
        if kept < DISCHARGE_TAKEN_BACK && days > 1 && !visit.died {
            let at = visit.end.plus_minutes(-200);
            let early = Bedside { end: Some(at), ..course.side(last) };
            self.movement(at, "A03", visit, early, None);
            self.movement(visit.end.plus_minutes(-150), "A13", visit, course.side(last), None);
        }
        self.movement(visit.end, "A03", visit, course.over(last), Some('F'));
    }

    /// Orders and results: of a stay a message a day, of a contact one, of the live day one for each as it comes.
    fn findings(&mut self, course: &Course<'a, '_>) {
        let visit = course.visit;
        let live = visit.number >= LIVE;
        let side = |at: Moment| {
            let leg = course.leg_at(at);
            if visit.class == Class::Inpatient || live { course.side(leg) } else { course.over(leg) }
        };
        let mut groups: Vec<(Day, usize)> = Vec::new();
        let mut group = |day: Day, place: usize| {
            let key = match (live, visit.class) {
                (true, _) => (day, place),
                (false, Class::Inpatient) => (day, 0),
                (false, _) => (visit.start.day, 0),
            };
            groups.iter().position(|known| *known == key).unwrap_or_else(|| {
                groups.push(key);
                groups.len() - 1
            })
        };
        let mut found: Vec<(Moment, Found)> = Vec::new();
        let mut ordered: Vec<(Moment, Vec<usize>, Vec<usize>)> = Vec::new();
        let mut place_of = |at: Moment, place: usize| {
            let at_group = group(at.day, place);
            while found.len() <= at_group {
                found.push((at, Found::default()));
                ordered.push((at, Vec::new(), Vec::new()));
            }
            at_group
        };
        // places of the three kinds are kept apart by hundreds in the live day
        let mut entries: Vec<(usize, Moment, char, usize)> = Vec::new();
        for (at, signs) in visit.vitals.iter().enumerate() {
            entries.push((place_of(signs.at, at), signs.at, 'N', at));
        }
        for (at, report) in visit.reports.iter().enumerate() {
            entries.push((place_of(report.issued, 1_000 + at), report.issued, 'L', at));
        }
        for (at, study) in visit.studies.iter().enumerate() {
            let issued = study.issued.filter(|_| study.done.is_some() && study.text.is_some());
            if let Some(issued) = issued {
                entries.push((place_of(issued, 2_000 + at), issued, 'R', at));
            }
        }
        for (group, at, kind, place) in entries {
            let Some((latest, found)) = found.get_mut(group) else { continue };
            *latest = (*latest).max(at);
            match kind {
                'N' => found.vitals.push(place),
                'L' => found.reports.push(place),
                _ => found.studies.push(place),
            }
        }
        let ordered = self.told(visit);
        if ordered {
            self.orders(course, live, &side);
        }
        for (at, found) in found {
            self.add(at, What::Results { visit, side: side(at), found: Found { ordered, ..found } });
        }
    }

    fn orders(&mut self, course: &Course<'a, '_>, live: bool, side: &impl Fn(Moment) -> Bedside) {
        let visit = course.visit;
        let mut laboratory: Vec<(Day, Moment, Vec<usize>)> = Vec::new();
        for (at, report) in visit.reports.iter().enumerate() {
            let day = report.ordered.day;
            match laboratory.iter_mut().find(|(known, when, _)| *known == day && (!live || *when == report.ordered)) {
                Some((_, when, places)) => {
                    *when = (*when).min(report.ordered);
                    places.push(at);
                }
                None => laboratory.push((day, report.ordered, vec![at])),
            }
        }
        for (_, at, reports) in laboratory {
            let what = What::Order { control: "NW", visit, side: side(at), reports, studies: Vec::new() };
            self.add(at, what);
        }
        for (place, study) in visit.studies.iter().enumerate() {
            let order =
                |control, at| What::Order { control, visit, side: side(at), reports: Vec::new(), studies: vec![place] };
            self.add(study.ordered, order("NW", study.ordered));
            if study.cancelled {
                let at = study.ordered.plus_minutes(95);
                self.add(at, order("CA", at));
            }
        }
    }

    /// The messages of an appointment.
    pub(super) fn appointment(&mut self, number: &str, department: &'static str, booked: &Appointment) {
        let first = booked.moved.map_or(booked.at, |(_, from)| from);
        let slot = |at| Slot { number: number.to_owned(), department, at };
        self.add(booked.booked, What::Appointment { event: "S12", slot: slot(first) });
        if let Some((moved, _)) = booked.moved {
            self.add(moved, What::Appointment { event: "S14", slot: slot(booked.at) });
        }
        match booked.outcome {
            Outcome::Kept => {}
            Outcome::Cancelled(at) => self.add(at, What::Appointment { event: "S15", slot: slot(booked.at) }),
            Outcome::Missed => {
                let at = booked.at.plus_minutes(240);
                self.add(at, What::Appointment { event: "S26", slot: slot(booked.at) });
            }
        }
    }
}
