//! The institutions of the district: what they are, which protocol they speak, their departments and staff.

use crate::draw::{Stream, chance, key, rng};
use crate::people::names::Names;
use crate::people::person::{Name, Sex};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Hospital,
    /// 社区卫生服务中心.
    Centre,
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

/// One row of the table of institutions.
struct Row {
    code: &'static str,
    name: &'static str,
    english: &'static str,
    kind: Kind,
    protocol: Protocol,
    letter: char,
    departments: &'static [&'static str],
}

const HOSPITAL_DEPARTMENTS: &[&str] = &[
    "心血管内科",
    "内分泌科",
    "呼吸与危重症医学科",
    "神经内科",
    "肾脏内科",
    "消化内科",
    "风湿免疫科",
    "普通外科",
    "骨科",
    "儿科",
    "急诊科",
    "皮肤科",
    "眼科",
    "耳鼻咽喉科",
    "口腔科",
    "健康管理中心",
    "全科医疗科",
];
const CENTRE_DEPARTMENTS: &[&str] = &["全科医疗科", "慢病管理科", "预防保健科", "检验室"];

/// The first form of the district: one hospital, two centres. Larger forms add rows.
const TABLE: &[Row] = &[
    Row {
        code: "CJ01",
        name: "澄江区第一人民医院",
        english: "Chengjiang First People's Hospital",
        kind: Kind::Hospital,
        protocol: Protocol::Hl7v2,
        letter: 'H',
        departments: HOSPITAL_DEPARTMENTS,
    },
    Row {
        code: "CJ11",
        name: "康宁社区卫生服务中心",
        english: "Kangning Community Health Centre",
        kind: Kind::Centre,
        protocol: Protocol::Fhir,
        letter: 'K',
        departments: CENTRE_DEPARTMENTS,
    },
    Row {
        code: "CJ12",
        name: "东湖社区卫生服务中心",
        english: "Donghu Community Health Centre",
        kind: Kind::Centre,
        protocol: Protocol::Fhir,
        letter: 'D',
        departments: CENTRE_DEPARTMENTS,
    },
];

/// A synthetic member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// `CJ11-D01`.
    pub code: String,
    pub name: Name,
    pub sex: Sex,
    pub department: &'static str,
    pub title: &'static str,
}

/// An institution of the region.
#[derive(Clone, Debug)]
pub struct Institution {
    pub code: &'static str,
    pub name: &'static str,
    pub english: &'static str,
    pub kind: Kind,
    pub protocol: Protocol,
    /// First letter of its record numbers.
    pub letter: char,
    pub departments: &'static [&'static str],
    pub staff: Vec<Staff>,
}

impl Institution {
    /// The doctor of `department` that a resident sees: the same one each time. A department that the institution
    /// lacks falls back on its first.
    #[must_use]
    pub fn doctor(&self, department: &str, resident: u64) -> Option<&Staff> {
        let mut own = self.staff.iter().filter(|s| s.department == department);
        let count = own.clone().count().max(1);
        own.nth((resident % count as u64) as usize).or_else(|| self.staff.first())
    }

    /// Place of a department in the table, from 1; 1 when it is not there.
    #[must_use]
    pub fn department_number(&self, department: &str) -> usize {
        self.departments.iter().position(|d| *d == department).unwrap_or(0) + 1
    }
}

/// The institutions with their staff.
pub(crate) fn all(seed: u64, names: &Names) -> Vec<Institution> {
    let staffed = |row: &Row| {
        let stream = key(seed, Stream::Staff, u64::from(row.letter));
        let doctors = if row.kind == Kind::Hospital { 2 } else { 3 };
        let staff = (0..row.departments.len() * doctors).map(|place| {
            let mut rng = rng(stream, Stream::Staff, place as u64);
            let sex = if chance(&mut rng, 0.5) { Sex::Male } else { Sex::Female };
            let family = names.surname(&mut rng);
            let born = 1964 + rng.i32(0..32);
            let department = row.departments.get(place / doctors).copied().unwrap_or("全科医疗科");
            let title = match born {
                ..1975 => "主任医师",
                1975..1985 => "副主任医师",
                1985..1992 => "主治医师",
                _ => "住院医师",
            };
            let name = names.full(&mut rng, family, sex, born);
            Staff { code: format!("{}-D{:02}", row.code, place + 1), name, sex, department, title }
        });
        Institution {
            code: row.code,
            name: row.name,
            english: row.english,
            kind: row.kind,
            protocol: row.protocol,
            letter: row.letter,
            departments: row.departments,
            staff: staff.collect(),
        }
    };
    TABLE.iter().map(staffed).collect()
}
