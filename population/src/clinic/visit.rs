//! One contact of a resident with an institution, with all that was found and done.

use super::acute::Class;
use super::panel::Report;
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

/// Why the resident came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A short illness, or the acute turn of a chronic one.
    Illness,
    /// A chronic disease seen by a specialist.
    Clinic,
    /// The quarterly follow-up of the public-health programme.
    FollowUp,
    /// The yearly check-up.
    CheckUp,
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
    /// Name of the department.
    pub department: &'static str,
    /// The first is the main one.
    pub diagnoses: Vec<Diagnosis>,
    pub complaint: String,
    pub advice: &'static str,
    pub vitals: Option<Vitals>,
    pub reports: Vec<Report>,
    /// Text of a chest film, when one was taken.
    pub film: Option<&'static str>,
    /// A clinical note is kept.
    pub noted: bool,
}
