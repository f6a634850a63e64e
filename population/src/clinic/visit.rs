//! One contact of a resident with an institution, with all that was found and done.

use super::acute::Class;
use super::panel::Report;
use super::study::Study;
use super::vitals::Vitals;
use crate::calendar::{Day, Moment};

/// A coded diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// ICD-10.
    pub icd: &'static str,
    pub chinese: &'static str,
    /// Set for a chronic disease: when it began.
    pub onset: Option<Day>,
}

impl Diagnosis {
    /// One of this visit only.
    pub(crate) const fn once(icd: &'static str, chinese: &'static str) -> Self {
        Self { icd, chinese, onset: None }
    }
}

/// Why the resident came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A short illness, an injury, or the acute turn of a chronic disease.
    Illness,
    /// A chronic disease seen by a specialist.
    Clinic,
    /// The quarterly follow-up of the public-health programme.
    FollowUp,
    /// The yearly check-up.
    CheckUp,
    /// A visit of a pregnancy, or after it.
    Antenatal,
    /// The mother's stay for the birth.
    Delivery,
    /// The newborn's stay.
    Birth,
    /// A child's check-up of the public-health programme.
    ChildCheck,
    /// A course of treatment: chemotherapy, dialysis, acupuncture.
    Treatment,
}

/// Vital signs and when they were taken.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub at: Moment,
    pub vitals: Vitals,
}

/// A move to another department within a stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    pub at: Moment,
    pub department: &'static str,
}

/// What became of an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Kept,
    /// Called off at this moment.
    Cancelled(Moment),
    Missed,
}

/// An appointment that was made beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appointment {
    pub booked: Moment,
    pub at: Moment,
    /// When it was moved, and from which time.
    pub moved: Option<(Moment, Moment)>,
    pub outcome: Outcome,
}

/// An appointment that came to no visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    pub institution: &'static str,
    pub department: &'static str,
    pub appointment: Appointment,
}

/// A visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Number among the resident's visits, from 0, in order of time.
    pub number: usize,
    pub institution: &'static str,
    pub class: Class,
    pub purpose: Purpose,
    pub start: Moment,
    pub end: Moment,
    /// Name of the department, at the beginning.
    pub department: &'static str,
    /// The first is the main one.
    pub diagnoses: Vec<Diagnosis>,
    pub complaint: String,
    pub advice: &'static str,
    /// What was found and done, in words, where the visit has more to tell than its numbers.
    pub story: Option<String>,
    /// In order of time; a stay has one a day.
    pub vitals: Vec<Measured>,
    /// In order of time; a stay may hold the same panel several times.
    pub reports: Vec<Report>,
    pub studies: Vec<Study>,
    pub transfers: Vec<Transfer>,
    pub appointment: Option<Appointment>,
    /// The admission was arranged beforehand.
    pub planned: bool,
    /// The stay began in the emergency room.
    pub from_emergency: bool,
    /// The visit ended with the resident's death.
    pub died: bool,
    /// Not over on the day called today.
    pub open: bool,
    /// A clinical note is kept.
    pub noted: bool,
}
