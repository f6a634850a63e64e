//! The institutions of the district: what they are, which protocol they speak, their departments, wards, devices, staff
//! and services. The tables are data, under `tables/district/`.

mod credit;
pub mod department;
pub mod device;
pub mod roster;
pub mod service;
pub mod staff;
pub mod ward;

use crate::people::names::Names;
use department::Department;
use device::Device;
use service::Service;
use staff::Staff;
use ward::{Bed, Ward};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Hospital,
    /// 社区卫生服务中心.
    Centre,
    /// 疾病预防控制中心.
    DiseaseControl,
}

/// Grade of an institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// 三级.
    Tertiary,
    /// 二级.
    Secondary,
    /// 基层.
    Primary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// HL7 v2 over MLLP.
    Hl7v2,
    /// FHIR transactions over HTTP.
    Fhir,
}

/// Code, name and English name of the regional centre, the receiver of all feeds.
pub const REGIONAL_CENTRE: (&str, &str, &str) =
    ("CJ00", "澄江区区域健康信息中心", "Chengjiang Regional Health Information Centre");

const TABLE: &str = include_str!("../../tables/district/institutions.tsv");

/// An institution of the region.
#[derive(Clone, Debug)]
pub struct Institution {
    pub code: &'static str,
    pub name: &'static str,
    pub english: &'static str,
    pub kind: Kind,
    pub level: Level,
    pub protocol: Protocol,
    /// First letter of its record numbers.
    pub letter: char,
    /// Street and number.
    pub address: &'static str,
    /// 统一社会信用代码: valid by its check characters, in an area that does not exist.
    pub credit_code: String,
    pub departments: Vec<Department>,
    pub wards: Vec<Ward>,
    pub devices: Vec<Device>,
    pub staff: Vec<Staff>,
    pub services: Vec<Service>,
}

/// The rows of a table: comments and empty lines left out.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect())
}

/// Whether a row of a table is about this institution: by its code, or as one of the centres.
fn is_about(place: &str, code: &str, kind: Kind) -> bool {
    place == code || (place == "centre" && kind == Kind::Centre)
}

impl Institution {
    /// The department of this name, or the one that does the work which others call so.
    #[must_use]
    pub fn find_department(&self, name: &str) -> Option<&Department> {
        let known_as = || self.departments.iter().find(|department| department.also.contains(&name));
        self.departments.iter().find(|department| department.name == name).or_else(known_as)
    }

    /// As [`Self::find_department`]; the first department takes what nobody does.
    #[must_use]
    pub fn department(&self, name: &str) -> Option<&Department> {
        self.find_department(name).or_else(|| self.departments.first())
    }

    /// The doctor of `department` that a resident sees: the same one each time. A department that the institution
    /// lacks falls back on the one that does its work.
    #[must_use]
    pub fn doctor(&self, department: &str, resident: u64) -> Option<&Staff> {
        let department = self.department(department)?;
        let (first, count) = department.doctors;
        let place = first + usize::try_from(resident % (count.max(1) as u64)).unwrap_or(0);
        self.staff.get(place).or_else(|| self.staff.first())
    }

    /// Place of a department in the table, from 1; 1 when it is not there.
    #[must_use]
    pub fn department_number(&self, department: &str) -> usize {
        let wanted = self.department(department).map(|found| found.code);
        self.departments.iter().position(|d| Some(d.code) == wanted).unwrap_or(0) + 1
    }

    /// A ward and bed for a stay of `department`, chosen by a number: the same number gets the same bed. `None` when the
    /// institution has no wards.
    #[must_use]
    pub fn bed(&self, department: &str, stay: u64) -> Option<(&Ward, &Bed)> {
        let name = self.department(department).map_or("", |found| found.name);
        let fitting = |ward: &&Ward| ward.departments.contains(&name);
        let mixed = crate::draw::mix(stay);
        let count = self.wards.iter().filter(fitting).count().max(1) as u64;
        let at = usize::try_from(mixed % count).unwrap_or(0);
        let ward = self.wards.iter().filter(fitting).nth(at).or_else(|| self.wards.first())?;
        let place = usize::try_from((mixed >> 16) % (ward.beds.len().max(1) as u64)).unwrap_or(0);
        Some((ward, ward.beds.get(place)?))
    }

    /// All beds of the institution.
    pub fn beds(&self) -> impl Iterator<Item = &Bed> {
        self.wards.iter().flat_map(|ward| &ward.beds)
    }
}

fn kind(word: &str) -> Kind {
    match word {
        "hospital" => Kind::Hospital,
        "disease-control" => Kind::DiseaseControl,
        _ => Kind::Centre,
    }
}

fn level(word: &str) -> Level {
    match word {
        "tertiary" => Level::Tertiary,
        "secondary" => Level::Secondary,
        _ => Level::Primary,
    }
}

/// The institutions with everything that belongs to them.
pub(crate) fn all(seed: u64, names: &Names) -> Vec<Institution> {
    let made = |(place, row): (usize, Vec<&'static str>)| {
        let [code, name, english, word, grade, protocol, letter, address] = *row.as_slice() else { return None };
        let (kind, level) = (kind(word), level(grade));
        let letter = letter.chars().next()?;
        let mut departments = department::of(code, kind);
        let wards = ward::of(code, kind);
        let staff = staff::of(seed, names, (code, letter, kind), &mut departments, &wards);
        let devices = device::of(code, kind, &departments, &wards);
        let mut institution = Institution {
            code,
            name,
            english,
            kind,
            level,
            protocol: if protocol == "hl7v2" { Protocol::Hl7v2 } else { Protocol::Fhir },
            letter,
            address,
            credit_code: credit::code(place + 1),
            departments,
            wards,
            devices,
            staff,
            services: Vec::new(),
        };
        institution.services = service::of(&institution);
        Some(institution)
    };
    rows(TABLE).enumerate().filter_map(made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn district() -> Vec<Institution> {
        all(1, &Names::new())
    }

    #[test]
    fn the_district_is_whole() {
        let all = district();
        let codes: Vec<&str> = all.iter().map(|one| one.code).collect();
        assert_eq!(codes, ["CJ01", "CJ02", "CJ03", "CJ11", "CJ12", "CJ13", "CJ14", "CJ15", "CJ16", "CJ90"]);
        let beds: Vec<usize> = all.iter().map(|one| one.beds().count()).collect();
        assert_eq!(beds, [800, 240, 180, 6, 6, 6, 6, 6, 6, 0]);
        assert_eq!(all.first().map(|one| one.wards.len()), Some(24));
        let letters: HashSet<char> = all.iter().map(|one| one.letter).collect();
        assert_eq!(letters.len(), all.len());
    }

    #[test]
    fn every_row_of_the_tables_finds_its_place() {
        let all = district();
        for one in &all {
            assert!(credit::is_valid(&one.credit_code), "{}", one.credit_code);
            for ward in &one.wards {
                assert!(ward.departments.iter().all(|name| one.departments.iter().any(|d| d.name == *name)));
            }
            for device in &one.devices {
                assert!(one.departments.iter().any(|d| d.name == device.department), "{}", device.department);
            }
            let codes: HashSet<&str> = one.staff.iter().map(|staff| staff.code.as_str()).collect();
            assert_eq!(codes.len(), one.staff.len());
            let names: HashSet<&str> = one.departments.iter().map(|d| d.name).collect();
            assert_eq!(names.len(), one.departments.len());
        }
        let count = |code: &str| all.iter().find(|one| one.code == code).map_or(0, |one| one.services.len());
        assert!(count("CJ01") >= 40 && count("CJ02") >= 20 && count("CJ11") >= 15);
        assert_eq!(count("CJ90"), 0);
        let centre = all.iter().find(|one| one.code == "CJ11").unwrap();
        assert!(centre.services.iter().all(|s| !s.code.starts_with("IMG-CT")), "a centre has no CT");
    }

    #[test]
    fn work_has_a_place_under_whatever_name() {
        let all = district();
        let at = |code: &str| all.iter().find(|one| one.code == code).unwrap();
        assert_eq!(at("CJ02").department("心血管内科").map(|d| d.name), Some("心病科"));
        assert_eq!(at("CJ03").department("妇产科").map(|d| d.name), Some("产科"));
        assert_eq!(at("CJ01").department("产科").map(|d| d.name), Some("妇产科"));
        for stay in 0..500 {
            let (ward, bed) = at("CJ01").bed("心血管内科", stay).unwrap();
            assert!(ward.departments.contains(&"心血管内科") && ward.beds.contains(bed));
            assert_eq!(bed.ward, ward.code);
        }
        let doctor = at("CJ01").doctor("神经内科", 7).unwrap();
        assert_eq!(doctor.department, "神经内科");
        assert_eq!(Some(doctor), at("CJ01").doctor("神经内科", 7));
    }
}
