//! Staff: doctors, family doctors, nurses, technicians, pharmacists. Every one of them is invented.

use super::Kind;
use super::department::{Department, Work};
use super::ward::Ward;
use crate::draw::{Rng, Stream, chance, key, rng};
use crate::people::names::Names;
use crate::people::person::{Name, Sex};

/// Beds for one nurse of a ward (assumed; the national floor for wards is 0.4 nurses a bed, here they are thinner so
/// that master data stay small).
const BEDS_A_NURSE: usize = 5;

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Job {
    Doctor,
    /// 家庭医生: a doctor of general practice at a centre.
    FamilyDoctor,
    Nurse,
    Technician,
    Pharmacist,
    PublicHealth,
}

impl Job {
    /// Code and display of the common code system `practitioner-role`, where it has one.
    #[must_use]
    pub const fn code(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Doctor | Self::FamilyDoctor | Self::PublicHealth => Some(("doctor", "Doctor")),
            Self::Nurse => Some(("nurse", "Nurse")),
            Self::Pharmacist => Some(("pharmacist", "Pharmacist")),
            Self::Technician => None,
        }
    }

    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Doctor => "医师",
            Self::FamilyDoctor => "家庭医生",
            Self::Nurse => "护士",
            Self::Technician => "技师",
            Self::Pharmacist => "药师",
            Self::PublicHealth => "公共卫生医师",
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Doctor | Self::FamilyDoctor => 'D',
            Self::Nurse => 'N',
            Self::Technician => 'T',
            Self::Pharmacist => 'P',
            Self::PublicHealth => 'G',
        }
    }

    /// Titles by seniority.
    fn title(self, born: i32) -> &'static str {
        let step = match born {
            ..1975 => 0,
            1975..1985 => 1,
            1985..1992 => 2,
            _ => 3,
        };
        let titles = match self {
            Self::Doctor | Self::FamilyDoctor => ["主任医师", "副主任医师", "主治医师", "住院医师"],
            Self::PublicHealth => ["主任医师", "副主任医师", "主管医师", "医师"],
            Self::Nurse => ["主任护师", "副主任护师", "主管护师", "护师"],
            Self::Technician => ["主任技师", "副主任技师", "主管技师", "技师"],
            Self::Pharmacist => ["主任药师", "副主任药师", "主管药师", "药师"],
        };
        titles.get(step).copied().unwrap_or("医师")
    }
}

/// A synthetic member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// `CJ11-D001`.
    pub code: String,
    pub name: Name,
    pub sex: Sex,
    pub job: Job,
    pub department: &'static str,
    /// Code of the ward, for nurses of a ward.
    pub ward: Option<&'static str>,
    pub title: &'static str,
    /// Place among those of the same job and department or ward, from 0: the roster turns on it.
    pub place: usize,
}

struct Hall<'a> {
    seed: u64,
    names: &'a Names,
    code: &'static str,
    letter: char,
    staff: Vec<Staff>,
}

impl Hall<'_> {
    fn engage(&mut self, job: Job, department: &'static str, ward: Option<&'static str>, count: usize) {
        let women = if job == Job::Nurse { 0.95 } else { 0.5 };
        for place in 0..count {
            let number = self.staff.iter().filter(|staff| staff.job.letter() == job.letter()).count() + 1;
            let stream = key(self.seed, Stream::Staff, u64::from(self.letter));
            let mut rng: Rng = rng(stream, Stream::Staff, (number as u64) << 8 | u64::from(job.letter() as u32 & 0xff));
            let sex = if chance(&mut rng, women) { Sex::Female } else { Sex::Male };
            let family = self.names.surname(&mut rng);
            let born = 1964 + rng.i32(0..37);
            let name = self.names.full(&mut rng, family, sex, born);
            let title = job.title(born);
            let code = format!("{}-{}{number:03}", self.code, job.letter());
            self.staff.push(Staff { code, name, sex, job, department, ward, title, place });
        }
    }
}

/// Engages the staff of an institution; notes with each department where its doctors stand.
pub(super) fn of(
    seed: u64,
    names: &Names,
    (code, letter, kind): (&'static str, char, Kind),
    departments: &mut [Department],
    wards: &[Ward],
) -> Vec<Staff> {
    let mut hall = Hall { seed, names, code, letter, staff: Vec::new() };
    for department in departments.iter_mut() {
        let job = match kind {
            Kind::DiseaseControl => Job::PublicHealth,
            Kind::Centre if department.name == "全科医疗科" => Job::FamilyDoctor,
            Kind::Centre | Kind::Hospital => Job::Doctor,
        };
        department.doctors = (hall.staff.len(), department.strength.0);
        hall.engage(job, department.name, None, department.strength.0);
    }
    for department in departments.iter() {
        let pharmacy = department.also.iter().chain([&department.name]).any(|name| name.starts_with("药"));
        let job = if pharmacy { Job::Pharmacist } else { Job::Technician };
        hall.engage(job, department.name, None, department.strength.1);
        let clinic = department.work == Work::Clinical && kind != Kind::DiseaseControl;
        hall.engage(Job::Nurse, department.name, None, usize::from(clinic));
    }
    for ward in wards {
        let leading = ward.departments.first().copied().unwrap_or_default();
        hall.engage(Job::Nurse, leading, Some(ward.code), ward.beds.len().div_ceil(BEDS_A_NURSE));
    }
    hall.staff
}
