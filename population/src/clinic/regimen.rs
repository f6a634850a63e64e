//! Which medicines a chronic disease is treated with, step by step.

use super::chronic::{Chronic, Disease};
use super::medicine::{self as m, Course, Medicine, forbidden};
use crate::calendar::Day;
use crate::clinic::allergy::Allergy;
use crate::draw::{Rng, between, chance};
use crate::people::person::Sex;

/// Where the chronic disease of a resident was looked after, and until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Care {
    /// The centre of today.
    pub(crate) home: &'static str,
    /// The centre before the resident moved, and the day of moving.
    pub(crate) before: Option<(&'static str, Day)>,
}

impl Care {
    /// The centre that looked after the resident on a day.
    pub(crate) fn on(&self, day: Day) -> &'static str {
        match self.before {
            Some((centre, moved)) if day < moved => centre,
            _ => self.home,
        }
    }
}

/// Share of courses that are not tolerated, of the medicines for which [`trouble`] knows a reason (assumed).
const NOT_TOLERATED: f64 = 0.15;

/// Steps of one disease: alternatives of the first line, then additions with years after onset.
fn lines(rng: &mut Rng, disease: Disease, sex: Sex, young: bool) -> Vec<(&'static Medicine, f64)> {
    let mut first = |table: &[&'static Medicine]| rng.choice(table).copied().unwrap_or(&m::AMLODIPINE);
    match disease {
        Disease::Hypertension => vec![
            (first(&[&m::AMLODIPINE, &m::NIFEDIPINE, &m::VALSARTAN]), 0.0),
            (first(&[&m::IRBESARTAN, &m::HYDROCHLOROTHIAZIDE, &m::METOPROLOL]), 5.5),
        ],
        Disease::Diabetes => vec![
            (&m::METFORMIN, 0.0),
            (first(&[&m::GLICLAZIDE, &m::ACARBOSE, &m::DAPAGLIFLOZIN]), 4.0),
            (&m::INSULIN_GLARGINE, 12.0),
        ],
        Disease::Hyperlipidaemia => vec![(first(&[&m::ATORVASTATIN, &m::ROSUVASTATIN]), 0.1)],
        Disease::Copd => vec![(&m::TIOTROPIUM, 0.2), (&m::BUDESONIDE_FORMOTEROL, 3.0)],
        Disease::CoronaryHeartDisease => {
            vec![(&m::ASPIRIN, 0.0), (&m::ATORVASTATIN, 0.0), (&m::METOPROLOL, 0.1), (&m::ISOSORBIDE, 0.5)]
        }
        Disease::Stroke => vec![(first(&[&m::ASPIRIN, &m::CLOPIDOGREL]), 0.0), (&m::ATORVASTATIN, 0.0)],
        Disease::ChronicKidneyDisease => vec![(first(&[&m::VALSARTAN, &m::IRBESARTAN]), 0.2)],
        Disease::Gout => vec![(first(&[&m::ALLOPURINOL, &m::FEBUXOSTAT]), 0.3)],
        Disease::Hypothyroidism => vec![(&m::LEVOTHYROXINE, 0.1)],
        Disease::Asthma if young => vec![(&m::MONTELUKAST, 0.1), (&m::SALBUTAMOL, 0.0)],
        Disease::Asthma => vec![(&m::BUDESONIDE_FORMOTEROL, 0.1), (&m::SALBUTAMOL, 0.0)],
        Disease::Osteoporosis if sex == Sex::Female => vec![(&m::CALCIUM_D, 0.0), (&m::ALENDRONATE, 0.6)],
        Disease::Osteoporosis => vec![(&m::CALCIUM_D, 0.0)],
    }
}

/// The courses of all chronic diseases of a resident until today, in order of start.
pub(crate) fn courses(
    rng: &mut Rng,
    chronic: &[Chronic],
    allergies: &[Allergy],
    (sex, birth): (Sex, Day),
    care: &Care,
    today: Day,
) -> Vec<Course> {
    let mut found: Vec<Course> = Vec::new();
    for disease in chronic {
        let reason = disease.disease.row().chinese;
        let young = disease.onset.years_since(birth) < 15.0;
        for (medicine, years) in lines(rng, disease.disease, sex, young) {
            let start = disease.onset.plus_years(years).plus(between(rng, 0, 40));
            let stays = !chance(rng, NOT_TOLERATED);
            let held = between(rng, 120, 900);
            let same = |course: &Course| course.medicine == medicine && course.end.is_none();
            let replaced = found.iter().any(|c| c.end.is_none() && same_class(c.medicine, medicine));
            if start > today || forbidden(medicine, allergies) || found.iter().any(same) || replaced {
                continue;
            }
            // a few first lines are not tolerated and end early; the rest goes on until today
            let trouble = trouble(medicine).filter(|_| !stays && start.plus(held) < today);
            let end = trouble.map(|_| start.plus(held));
            let institution = care.on(start);
            let course = |medicine, start, end, stopped, institution| Course {
                medicine,
                start,
                end,
                reason,
                institution,
                disease: Some(disease.disease),
                stopped,
            };
            found.push(course(medicine, start, end, trouble.map(|(why, _)| why), institution));
            match (trouble.zip(end), care.before) {
                // what was not tolerated has a successor
                (Some(((_, next), end)), _) => found.push(course(next, end, None, None, care.on(end))),
                // after the move the new centre prescribes the same again
                (None, Some((_, moved))) if start < moved => {
                    if let Some(old) = found.last_mut() {
                        old.end = Some(moved);
                    }
                    found.push(course(medicine, moved, None, None, care.home));
                }
                _ => {}
            }
        }
    }
    found.sort_by_key(|course| course.start);
    found
}

/// What makes people stop a medicine, and what takes its place.
fn trouble(medicine: &Medicine) -> Option<(&'static str, &'static Medicine)> {
    match medicine.atc {
        "C08CA01" | "C08CA05" => Some(("踝部水肿", &m::VALSARTAN)),
        "A10BA02" => Some(("胃肠道不适", &m::DAPAGLIFLOZIN)),
        "M04AA01" => Some(("皮疹", &m::FEBUXOSTAT)),
        _ => None,
    }
}

/// Two medicines of one therapeutic class (ATC to the fourth level): never both at a time.
fn same_class(one: &Medicine, other: &Medicine) -> bool {
    one.atc.get(..5) == other.atc.get(..5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, rng};

    #[test]
    fn nobody_takes_two_of_a_class_at_once() {
        let today = Day::of(2026, 1, 5);
        let birth = Day::of(1950, 1, 1);
        let diseases = [
            Disease::Hypertension,
            Disease::CoronaryHeartDisease,
            Disease::Stroke,
            Disease::ChronicKidneyDisease,
            Disease::Hyperlipidaemia,
        ];
        let chronic: Vec<Chronic> =
            diseases.iter().map(|d| Chronic { disease: *d, onset: Day::of(2012, 5, 1) }).collect();
        let care = Care { home: "CJ11", before: Some(("CJ12", Day::of(2022, 5, 1))) };
        for seed in 0..200 {
            let mut rng = rng(seed, Stream::Chronic, 0);
            let courses = courses(&mut rng, &chronic, &[], (Sex::Male, birth), &care, today);
            let current: Vec<_> = courses.iter().filter(|c| c.end.is_none()).collect();
            for (place, course) in current.iter().enumerate() {
                assert!(current.iter().skip(place + 1).all(|other| !same_class(course.medicine, other.medicine)));
                assert!(course.start <= today);
            }
        }
    }
}
