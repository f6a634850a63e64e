//! Death: when, by the life table of the district, and of what.
//!
//! The shape of the life table by age is assumed in the order of the 2020 census; its level is set so that expectation
//! of life at birth is that of the 2020 census (men 75.37, women 80.88 years, tested). Cancer kills by its own rule
//! (`cancer`), so its share is taken out of the table.

use super::cancer::Cancer;
use super::chronic::{Chronic, Disease};
use crate::calendar::{Day, Moment};
use crate::draw::{Stream, between, chance, rng, weighted};
use crate::people::casting;
use crate::people::person::{Person, Sex};

/// Ages at which the table is given; between them its logarithm is a straight line.
const AGES: [f64; 14] = [0.0, 1.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0];
/// Deaths a year among a thousand, before the level is set.
const MEN: [f64; 14] = [5.2, 0.6, 0.3, 0.3, 0.4, 0.55, 0.85, 1.75, 4.2, 10.0, 25.0, 68.0, 170.0, 380.0];
const WOMEN: [f64; 14] = [4.6, 0.5, 0.2, 0.18, 0.2, 0.25, 0.38, 0.75, 1.9, 4.9, 14.0, 45.0, 135.0, 340.0];
/// The levels that give the census' expectations of life.
const LEVEL: (f64, f64) = (1.133, 1.165);
/// Share of deaths that are due to a cancer of the record by age. About a quarter of all deaths are due to cancer, some
/// of them to one that was found before the recorded years, which is not told here (assumed by age).
const CANCER_SHARE: [(f64, f64); 5] = [(30.0, 0.08), (50.0, 0.20), (70.0, 0.25), (80.0, 0.16), (200.0, 0.07)];
/// Years of life that are recorded: nobody died before them.
pub(crate) const RECORDED_YEARS: f64 = super::plan::HOSPITAL_YEARS;
/// Share of deaths that happen in hospital (assumed).
const IN_HOSPITAL: f64 = 0.42;

/// The end of a life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Death {
    pub at: Moment,
    /// ICD-10 of the underlying cause.
    pub icd: &'static str,
    pub chinese: &'static str,
    /// The institution in which the resident died; nothing when at home.
    pub institution: Option<&'static str>,
}

/// Deaths a year among one, of this sex and age.
#[must_use]
pub fn yearly(sex: Sex, age: f64) -> f64 {
    let (table, level) = match sex {
        Sex::Male => (&MEN, LEVEL.0),
        Sex::Female => (&WOMEN, LEVEL.1),
    };
    let mut before = (AGES[0], table[0]);
    for (at, rate) in AGES.iter().copied().zip(table.iter().copied()).skip(1) {
        if age < at {
            let part = (age - before.0) / (at - before.0);
            return (before.1.ln() * (1.0 - part) + rate.ln() * part).exp() * level / 1000.0;
        }
        before = (at, rate);
    }
    before.1 * level / 1000.0
}

/// Expectation of life at birth by [`yearly`].
#[must_use]
pub fn expectation(sex: Sex) -> f64 {
    const STEP: f64 = 0.1;
    let (mut alive, mut years, mut age) = (1.0, 0.0, 0.0);
    while age < 115.0 {
        let next = alive * (-yearly(sex, age) * STEP).exp();
        years += (alive + next) / 2.0 * STEP;
        alive = next;
        age += STEP;
    }
    years
}

fn cancer_share(age: f64) -> f64 {
    CANCER_SHARE.iter().find(|(below, _)| age < *below).map_or(0.1, |(_, share)| *share)
}

/// How much more than others of their age people with a disease die (assumed; the healthy die less).
const fn times(disease: Disease) -> f64 {
    match disease {
        Disease::ChronicKidneyDisease => 1.7,
        Disease::Stroke => 1.6,
        Disease::Copd => 1.5,
        Disease::CoronaryHeartDisease => 1.4,
        Disease::Diabetes => 1.25,
        Disease::Hypertension => 1.05,
        _ => 1.0,
    }
}

struct Cause {
    icd: &'static str,
    chinese: &'static str,
}

const HEART: Cause = Cause { icd: "I21.9", chinese: "急性心肌梗死" };
const STROKE: Cause = Cause { icd: "I64", chinese: "脑卒中" };
const BLEEDING: Cause = Cause { icd: "I61.9", chinese: "脑出血" };
const LUNGS: Cause = Cause { icd: "J44.1", chinese: "慢性阻塞性肺疾病急性加重" };
const PNEUMONIA: Cause = Cause { icd: "J18.9", chinese: "肺炎" };
const KIDNEY: Cause = Cause { icd: "N18.5", chinese: "慢性肾脏病5期" };
const FAILURE: Cause = Cause { icd: "I50.9", chinese: "心力衰竭" };
const DIABETES: Cause = Cause { icd: "E11.9", chinese: "2型糖尿病" };
const TRAFFIC: Cause = Cause { icd: "V89.2", chinese: "道路交通伤害" };
const FALL: Cause = Cause { icd: "W19", chinese: "跌倒" };
const BIRTH: Cause = Cause { icd: "P07.3", chinese: "早产及低出生体重" };

/// The underlying cause by age and diseases: weights in the order of the causes of death in China (assumed).
fn cause(rng: &mut crate::draw::Rng, age: f64, chronic: &[Chronic], day: Day) -> &'static Cause {
    let has = |disease| chronic.iter().any(|c| c.disease == disease && c.onset < day);
    let if_has = |disease, weight: f64| if has(disease) { weight } else { 0.0 };
    let old = if age >= 65.0 { 1.0 } else { 0.0 };
    let adult = if age >= 40.0 { 1.0 } else { 0.0 };
    let table: [(&'static Cause, f64); 11] = [
        (&BIRTH, if age < 1.0 { 8.0 } else { 0.0 }),
        (&TRAFFIC, if age < 65.0 { 1.2 } else { 0.3 }),
        (&FALL, 0.25 + 0.3 * old),
        (&HEART, 1.2 * adult + if_has(Disease::CoronaryHeartDisease, 4.0)),
        (&STROKE, 1.0 * adult + if_has(Disease::Stroke, 3.5)),
        (&BLEEDING, 0.6 * adult + if_has(Disease::Hypertension, 0.6)),
        (&LUNGS, if_has(Disease::Copd, 4.0)),
        (&KIDNEY, if_has(Disease::ChronicKidneyDisease, 2.0)),
        (&DIABETES, if_has(Disease::Diabetes, 0.7)),
        (&FAILURE, 0.9 * old),
        (&PNEUMONIA, 0.15 + 0.7 * old),
    ];
    weighted(rng, &table, &HEART)
}

/// The death of a person within the recorded years, if there is one; `hospital` is where a hospital death happens.
pub(crate) fn of_person(
    (seed, today): (u64, Day),
    person: &Person,
    chronic: &[Chronic],
    cancer: Option<&Cancer>,
    hospital: Option<&'static str>,
) -> Option<Death> {
    if casting::cast(person.index).is_some() {
        return None;
    }
    let mut rng = rng(seed, Stream::Mortality, person.index);
    let limit = -(1.0 - rng.f64()).ln();
    let minute = between(&mut rng, 0, 1439);
    let in_hospital = hospital.filter(|_| chance(&mut rng, IN_HOSPITAL));
    let since = today.plus_years(-RECORDED_YEARS).max(person.birth.plus(1));
    let mut day = since;
    let mut risk = 0.0;
    // a month at a time
    while day < today {
        let age = day.years_since(person.birth);
        let sick: f64 =
            chronic.iter().filter(|c| c.onset < day).map(|c| times(c.disease)).product::<f64>().clamp(0.82, 4.0);
        let others = yearly(person.sex, age) * (1.0 - cancer_share(age));
        risk += others * if sick <= 1.0 { 0.82 } else { sick * 0.82 } / 12.0;
        if risk > limit {
            break;
        }
        day = day.plus(30);
    }
    let natural = (risk > limit).then(|| day.plus(between(&mut rng, 0, 29))).filter(|day| *day < today.plus(-2));
    let by_cancer = cancer.and_then(|cancer| cancer.death.map(|day| (day, cancer)));
    let at = |day| Moment::new(day, minute);
    match (natural, by_cancer) {
        (Some(day), Some((earlier, _))) if earlier > day => {
            let cause = cause(&mut rng, day.years_since(person.birth), chronic, day);
            Some(Death { at: at(day), icd: cause.icd, chinese: cause.chinese, institution: in_hospital })
        }
        (_, Some((day, cancer))) => {
            Some(Death { at: at(day), icd: cancer.site.icd, chinese: cancer.site.chinese, institution: in_hospital })
        }
        (Some(day), None) => {
            let cause = cause(&mut rng, day.years_since(person.birth), chronic, day);
            Some(Death { at: at(day), icd: cause.icd, chinese: cause.chinese, institution: in_hospital })
        }
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectation_of_life_is_that_of_the_census() {
        assert!((expectation(Sex::Male) - 75.37).abs() < 0.15, "{}", expectation(Sex::Male));
        assert!((expectation(Sex::Female) - 80.88).abs() < 0.15, "{}", expectation(Sex::Female));
    }
}
