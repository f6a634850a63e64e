//! Chronic diseases: who has which, and since when.
//!
//! Each resident has one hidden number per disease, drawn once; the disease begins at the age at which the prevalence
//! curve of the resident's sex passes that number. So prevalence rises with age by construction, and onset is a date.

use crate::calendar::Day;
use crate::draw::{Stream, key, normal, phi, rng};
use crate::people::casting;
use crate::people::person::{Person, Sex};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Disease {
    Hypertension,
    Diabetes,
    Hyperlipidaemia,
    Copd,
    CoronaryHeartDisease,
    Stroke,
    ChronicKidneyDisease,
    Gout,
    Hypothyroidism,
    Asthma,
    Osteoporosis,
}

/// One row of the disease table.
#[derive(Debug)]
pub struct DiseaseRow {
    pub disease: Disease,
    /// ICD-10 code (WHO edition).
    pub icd: &'static str,
    pub chinese: &'static str,
    pub short: &'static str,
    /// Hospital department that treats it.
    pub department: &'static str,
    /// Recorded prevalence in percent of men at the ages of [`AGES`].
    men: [f64; 7],
    women: [f64; 7],
}

/// Ages at which the prevalence curves are given; between them they are straight lines.
const AGES: [f64; 7] = [3.0, 25.0, 40.0, 50.0, 60.0, 70.0, 80.0];

/// Share of the resident's risk that all diseases have in common (assumed).
const SHARED_RISK: f64 = 0.30;

/// Prevalence is of people *with a recorded diagnosis*. Hypertension: adults 2018, men 30.8 %, women 24.2 % (national
/// surveillance, PMID 34814612), taken as recorded in full because the public-health programme screens from 35 years;
/// its shape by age and every other number are assumed, in the order of published Chinese surveys.
pub static DISEASES: [DiseaseRow; 11] = [
    DiseaseRow {
        disease: Disease::Hypertension,
        icd: "I10",
        chinese: "原发性高血压",
        short: "高血压",
        department: "心血管内科",
        men: [0.0, 6.0, 21.0, 35.0, 48.0, 57.0, 62.0],
        women: [0.0, 2.0, 11.0, 25.0, 43.0, 58.0, 64.0],
    },
    DiseaseRow {
        disease: Disease::Diabetes,
        icd: "E11.9",
        chinese: "2型糖尿病",
        short: "糖尿病",
        department: "内分泌科",
        men: [0.0, 0.8, 6.0, 12.0, 17.0, 19.0, 18.0],
        women: [0.0, 0.5, 3.0, 8.0, 15.0, 20.0, 20.0],
    },
    DiseaseRow {
        disease: Disease::Hyperlipidaemia,
        icd: "E78.5",
        chinese: "高脂血症",
        short: "高脂血症",
        department: "心血管内科",
        men: [0.0, 3.0, 14.0, 20.0, 22.0, 21.0, 18.0],
        women: [0.0, 1.0, 5.0, 13.0, 23.0, 26.0, 23.0],
    },
    DiseaseRow {
        disease: Disease::Copd,
        icd: "J44.9",
        chinese: "慢性阻塞性肺疾病",
        short: "慢阻肺",
        department: "呼吸与危重症医学科",
        men: [0.0, 0.0, 0.8, 2.5, 6.0, 9.5, 12.0],
        women: [0.0, 0.0, 0.3, 0.8, 1.8, 3.0, 4.5],
    },
    DiseaseRow {
        disease: Disease::CoronaryHeartDisease,
        icd: "I25.1",
        chinese: "冠状动脉粥样硬化性心脏病",
        short: "冠心病",
        department: "心血管内科",
        men: [0.0, 0.0, 0.9, 3.0, 7.0, 12.5, 17.0],
        women: [0.0, 0.0, 0.4, 1.6, 5.0, 10.5, 16.0],
    },
    DiseaseRow {
        disease: Disease::Stroke,
        icd: "I69.3",
        chinese: "脑梗死后遗症",
        short: "脑卒中",
        department: "神经内科",
        men: [0.0, 0.0, 0.5, 1.8, 4.2, 7.0, 9.0],
        women: [0.0, 0.0, 0.3, 1.1, 2.9, 5.2, 7.5],
    },
    DiseaseRow {
        disease: Disease::ChronicKidneyDisease,
        icd: "N18.3",
        chinese: "慢性肾脏病3期",
        short: "慢性肾脏病",
        department: "肾脏内科",
        men: [0.0, 0.1, 0.5, 1.2, 2.5, 4.8, 8.0],
        women: [0.0, 0.1, 0.5, 1.2, 2.6, 5.0, 8.5],
    },
    DiseaseRow {
        disease: Disease::Gout,
        icd: "M10.9",
        chinese: "痛风",
        short: "痛风",
        department: "风湿免疫科",
        men: [0.0, 0.8, 3.0, 3.8, 4.2, 4.5, 4.5],
        women: [0.0, 0.0, 0.2, 0.4, 1.0, 1.6, 2.0],
    },
    DiseaseRow {
        disease: Disease::Hypothyroidism,
        icd: "E03.9",
        chinese: "甲状腺功能减退症",
        short: "甲减",
        department: "内分泌科",
        men: [0.0, 0.2, 0.5, 0.7, 1.0, 1.2, 1.4],
        women: [0.0, 1.0, 2.2, 3.0, 3.6, 4.0, 4.2],
    },
    DiseaseRow {
        disease: Disease::Asthma,
        icd: "J45.9",
        chinese: "支气管哮喘",
        short: "哮喘",
        department: "呼吸与危重症医学科",
        men: [1.5, 2.6, 3.0, 3.4, 4.2, 5.0, 5.2],
        women: [1.0, 2.2, 2.8, 3.2, 3.9, 4.6, 4.8],
    },
    DiseaseRow {
        disease: Disease::Osteoporosis,
        icd: "M81.9",
        chinese: "骨质疏松症",
        short: "骨质疏松",
        department: "骨科",
        men: [0.0, 0.0, 0.1, 0.6, 1.6, 3.0, 5.0],
        women: [0.0, 0.0, 0.3, 2.5, 11.0, 21.0, 28.0],
    },
];

impl Disease {
    /// The table's row.
    #[must_use]
    pub fn row(self) -> &'static DiseaseRow {
        DISEASES.iter().find(|row| row.disease == self).unwrap_or(&DISEASES[0])
    }
}

/// A chronic disease of a resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chronic {
    pub disease: Disease,
    pub onset: Day,
}

impl DiseaseRow {
    /// Age at which the curve passes `share` (0..1), if it does before the last age.
    fn age_at(&self, sex: Sex, share: f64) -> Option<f64> {
        let curve = if sex == Sex::Male { &self.men } else { &self.women };
        let wanted = share * 100.0;
        let mut before = (AGES[0], curve[0]);
        if wanted < before.1 {
            return Some(AGES[0] * wanted / before.1.max(1e-9));
        }
        for (age, level) in AGES.iter().copied().zip(curve.iter().copied()).skip(1) {
            if wanted < level {
                let slope = (level - before.1) / (age - before.0);
                return Some(before.0 + (wanted - before.1) / slope.max(1e-9));
            }
            if level > before.1 {
                before = (age, level);
            } else {
                before.0 = age;
            }
        }
        None
    }
}

/// The chronic diseases of a person today, the oldest first.
pub(crate) fn of_person(seed: u64, today: Day, person: &Person) -> Vec<Chronic> {
    let stream = key(seed, Stream::Disease, person.index);
    let frailty = normal(&mut rng(stream, Stream::Disease, 0));
    let cast = casting::cast(person.index);
    let mut found = Vec::new();
    for (place, row) in DISEASES.iter().enumerate() {
        let given = cast.and_then(|c| c.diseases.iter().find(|(disease, _)| *disease == row.disease));
        let onset = if let Some((_, years)) = given {
            Some(today.plus_years(-years))
        } else {
            let own = normal(&mut rng(stream, Stream::Disease, 1 + place as u64));
            // a low number falls early below the curve: the frail have low numbers
            let share = phi((1.0 - SHARED_RISK).sqrt() * own - SHARED_RISK.sqrt() * frailty);
            row.age_at(person.sex, share).map(|age| person.birth.plus_years(age))
        };
        if let Some(onset) = onset.filter(|onset| *onset < today.plus(-20)) {
            found.push(Chronic { disease: row.disease, onset });
        }
    }
    found.sort_by_key(|chronic| chronic.onset);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn onset_is_where_the_curve_passes() {
        let row = Disease::Hypertension.row();
        assert!((row.age_at(Sex::Male, 0.21).unwrap() - 40.0).abs() < 0.01);
        assert!((row.age_at(Sex::Male, 0.28).unwrap() - 45.0).abs() < 0.01);
        assert_eq!(row.age_at(Sex::Male, 0.9), None);
        assert!(Disease::Asthma.row().age_at(Sex::Male, 0.0075).unwrap() < 3.0);
    }
}
