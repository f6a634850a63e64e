//! When a resident goes where, and why: the plan of visits, before anything is measured.

use super::acute::{Class, ILLNESSES, Illness};
use super::chronic::{Chronic, Disease};
use super::medicine::Medicine;
use super::panel::Panel;
use super::regimen::Care;
use super::visit::{Diagnosis, Purpose};
use crate::calendar::Day;
use crate::draw::{Rng, between, chance};
use crate::people::person::{Person, Sex};
use crate::registration::Membership;

/// Years of electronic records at the hospital and at the centres (assumed).
pub(super) const HOSPITAL_YEARS: f64 = 6.0;
const CENTRE_YEARS: f64 = 5.0;
/// Share of due follow-ups that take place (assumed).
const ATTENDS: f64 = 0.86;

/// A visit before its values are drawn.
pub(crate) struct Plan {
    pub(crate) day: Day,
    pub(crate) institution: &'static str,
    pub(crate) class: Class,
    pub(crate) days: i32,
    pub(crate) purpose: Purpose,
    pub(crate) department: &'static str,
    pub(crate) diagnoses: Vec<Diagnosis>,
    pub(crate) complaint: String,
    pub(crate) advice: &'static str,
    pub(crate) inflammation: f64,
    pub(crate) panels: Vec<Panel>,
    pub(crate) medicines: &'static [&'static Medicine],
    pub(crate) film: Option<&'static str>,
}

const FILM_PNEUMONIA: &str = "双肺纹理增粗，右下肺见斑片状密度增高影，边缘模糊；心影大小形态正常；双膈面光整，肋膈角锐利。印象:右下肺炎症，建议治疗后复查。";

pub(super) fn diagnosis(chronic: &Chronic) -> Diagnosis {
    let row = chronic.disease.row();
    Diagnosis { icd: row.icd, chinese: row.chinese, onset: Some(chronic.onset) }
}

/// The chronic diseases that are known on a day: the acute stay at the onset comes first.
pub(super) fn begun(chronic: &[Chronic], day: Day) -> impl Iterator<Item = &Chronic> {
    chronic.iter().filter(move |c| c.onset.plus(14) <= day)
}

/// A count with mean `mean` (Poisson, by multiplication).
pub(super) fn count(rng: &mut Rng, mean: f64) -> u32 {
    let (limit, mut product, mut count) = ((-mean).exp(), rng.f64(), 0);
    while product > limit && count < 40 {
        product *= rng.f64();
        count += 1;
    }
    count
}

/// A day in `from..=to`, in the season when there is one.
pub(super) fn day_in(rng: &mut Rng, from: Day, to: Day, season: Option<(i32, i32)>) -> Day {
    let mut day = from.plus(between(rng, 0, to.days_since(from)));
    for _ in 0..3 {
        let fits = season.is_none_or(|(first, last)| {
            let month = day.month();
            if first <= last { (first..=last).contains(&month) } else { month >= first || month <= last }
        });
        if fits {
            break;
        }
        day = from.plus(between(rng, 0, to.days_since(from)));
    }
    day
}

pub(super) fn illnesses(
    rng: &mut Rng,
    person: &Person,
    today: Day,
    known: &Membership,
    care: &Care,
    plans: &mut Vec<Plan>,
) {
    let from = today.plus_years(-HOSPITAL_YEARS).max(person.birth);
    let years = today.years_since(from);
    let group = match person.age(today) {
        ..15 => 0,
        15..65 => 1,
        _ => 2,
    };
    for illness in &ILLNESSES {
        let rate = illness.yearly.get(group).copied().unwrap_or(0.0);
        for _ in 0..count(rng, rate * years) {
            let day = day_in(rng, from, today.plus(-1), illness.season);
            let at_hospital = chance(rng, illness.hospital);
            if illness.women && person.sex == Sex::Male {
                continue;
            }
            let institution = if at_hospital { known.hospital } else { Some(care.on(day)) };
            plans.extend(institution.map(|institution| short(illness, person, day, institution, at_hospital)));
        }
    }
}

pub(super) fn short(
    illness: &'static Illness,
    person: &Person,
    day: Day,
    institution: &'static str,
    hospital: bool,
) -> Plan {
    let child = person.birth.age_on(day) < 14;
    // an infant does not complain of a sore throat
    let infant = illness.icd == "J06.9" && person.birth.age_on(day) < 2;
    let department = match () {
        () if !hospital => "全科医疗科",
        () if child && illness.class == Class::Ambulatory => "儿科",
        () => illness.department,
    };
    Plan {
        day,
        institution,
        class: if hospital { illness.class } else { Class::Ambulatory },
        days: illness.days,
        purpose: Purpose::Illness,
        department,
        diagnoses: vec![Diagnosis { icd: illness.icd, chinese: illness.chinese, onset: None }],
        complaint: if infant { "鼻塞、低热1天，食欲稍差" } else { illness.complaint }.to_owned(),
        advice: illness.advice,
        inflammation: illness.inflammation,
        panels: if hospital { illness.panels.to_vec() } else { illness.panels.iter().copied().take(1).collect() },
        medicines: illness.medicines,
        film: illness.film.then_some(FILM_PNEUMONIA),
    }
}

/// What a specialist or a check-up asks of the laboratory for these diseases.
pub(super) fn wanted(diseases: impl Iterator<Item = Disease>) -> Vec<Panel> {
    let mut panels = Vec::new();
    for disease in diseases {
        let more: &[Panel] = match disease {
            Disease::Hypertension => &[Panel::Kidney, Panel::Electrolytes],
            Disease::Diabetes => &[Panel::Glucose, Panel::Kidney, Panel::UrineAlbumin],
            Disease::Hyperlipidaemia => &[Panel::Lipids, Panel::Liver],
            Disease::CoronaryHeartDisease | Disease::Stroke => &[Panel::Lipids, Panel::BloodCount, Panel::Liver],
            Disease::Copd | Disease::Asthma => &[Panel::BloodCount, Panel::Inflammation],
            Disease::ChronicKidneyDisease => &[Panel::Kidney, Panel::Electrolytes, Panel::BloodCount],
            Disease::Gout => &[Panel::Kidney, Panel::Inflammation],
            Disease::Hypothyroidism => &[Panel::Thyroid],
            Disease::Osteoporosis => &[],
        };
        panels.extend(more.iter().copied().filter(|p| !panels.contains(p)).collect::<Vec<_>>());
    }
    panels
}

pub(super) fn complaint(disease: &str, years: f64) -> String {
    if years < 0.2 {
        format!("初诊{disease}")
    } else if years < 1.0 {
        format!("{disease}{}月，专科复诊", (years * 12.0).round())
    } else {
        format!("{disease}{}年，专科复诊", years.round())
    }
}

pub(super) fn clinics(rng: &mut Rng, chronic: &[Chronic], today: Day, hospital: &'static str, plans: &mut Vec<Plan>) {
    let Some(first) = chronic.first() else { return };
    let start = first.onset.max(today.plus_years(-HOSPITAL_YEARS));
    let every = between(rng, 170, 330);
    let mut day = start.plus(between(rng, 0, 30));
    let mut turn = 0;
    while day < today {
        let active: Vec<&Chronic> = begun(chronic, day).collect();
        if let Some(main) = active.get(turn % active.len().max(1)) {
            let row = main.disease.row();
            let mut diagnoses = vec![diagnosis(main)];
            diagnoses.extend(active.iter().filter(|c| c.disease != main.disease).map(|c| diagnosis(c)).take(3));
            plans.push(Plan {
                day,
                institution: hospital,
                class: Class::Ambulatory,
                days: 0,
                purpose: Purpose::Clinic,
                department: row.department,
                diagnoses,
                complaint: complaint(row.short, day.years_since(main.onset)),
                advice: "继续目前治疗，低盐低脂饮食，规律运动，按时复诊",
                inflammation: 0.0,
                panels: wanted(active.iter().map(|c| c.disease).take(4)),
                medicines: &[],
                film: None,
            });
        }
        turn += 1;
        day = day.plus(every + between(rng, -25, 25));
    }
}

pub(super) fn follow_ups(rng: &mut Rng, chronic: &[Chronic], today: Day, care: &Care, plans: &mut Vec<Plan>) {
    let Some(first) = chronic.first() else { return };
    let managed = |c: &&Chronic| matches!(c.disease, Disease::Hypertension | Disease::Diabetes);
    let mut day = first.onset.plus(25).max(today.plus_years(-CENTRE_YEARS)).plus(between(rng, 0, 60));
    let mut turn = 0;
    while day < today {
        let active: Vec<&Chronic> = begun(chronic, day).collect();
        // hypertension and diabetes are seen four times a year (national programme), others twice (assumed)
        let quarterly = active.iter().any(managed);
        if chance(rng, ATTENDS) && !active.is_empty() {
            let diabetes = active.iter().any(|c| c.disease == Disease::Diabetes);
            let panels: &[Panel] = match (diabetes, turn % 2) {
                (true, 0) => &[Panel::Glucose],
                (true, _) => &[Panel::FollowUpGlucose],
                _ => &[],
            };
            let names: Vec<&str> = active.iter().map(|c| c.disease.row().short).take(3).collect();
            plans.push(Plan {
                day,
                institution: care.on(day),
                class: Class::Ambulatory,
                days: 0,
                purpose: Purpose::FollowUp,
                department: "慢病管理科",
                diagnoses: active.iter().map(|c| diagnosis(c)).take(4).collect(),
                complaint: format!("{}随访", names.join("、")),
                advice: "规律服药，限盐限酒，适量运动，三个月内下次随访",
                inflammation: 0.0,
                panels: panels.to_vec(),
                medicines: &[],
                film: None,
            });
        }
        turn += 1;
        day = day.plus(if quarterly { 91 } else { 182 } + between(rng, -12, 12));
    }
}

pub(super) fn check_ups(
    rng: &mut Rng,
    person: &Person,
    chronic: &[Chronic],
    today: Day,
    known: &Membership,
    care: &Care,
    plans: &mut Vec<Plan>,
) {
    for back in 0..4 {
        let day = Day::of(today.year() - back, between(rng, 3, 10), between(rng, 1, 28));
        let age = person.birth.age_on(day);
        let due =
            age >= 65 || begun(chronic, day).any(|c| matches!(c.disease, Disease::Hypertension | Disease::Diabetes));
        let (goes, by_work) = (chance(rng, 0.75), chance(rng, 0.16));
        if day >= today || age < 18 {
            continue;
        }
        let institution = match () {
            () if due && goes => care.on(day),
            () if by_work => known.hospital.unwrap_or(care.on(day)),
            () => continue,
        };
        let diabetes = begun(chronic, day).any(|c| c.disease == Disease::Diabetes);
        let mut panels = vec![Panel::BloodCount, Panel::Lipids, Panel::Kidney, Panel::Liver];
        panels.push(if diabetes { Panel::Glucose } else { Panel::FollowUpGlucose });
        panels.extend(diabetes.then_some(Panel::UrineAlbumin));
        let at_centre = institution == care.on(day);
        plans.push(Plan {
            day,
            institution,
            class: Class::Ambulatory,
            days: 0,
            purpose: Purpose::CheckUp,
            department: if at_centre { "预防保健科" } else { "健康管理中心" },
            diagnoses: vec![Diagnosis { icd: "Z00.0", chinese: "健康体检", onset: None }],
            complaint: format!("{}年度健康体检", day.year()),
            advice: "结果已告知本人，异常项目建议门诊复查",
            inflammation: 0.0,
            panels,
            medicines: &[],
            film: None,
        });
    }
}

/// An institution that knows the resident has seen the resident at least once.
pub(super) fn at_least_once(rng: &mut Rng, known: &Membership, person: &Person, today: Day, plans: &mut Vec<Plan>) {
    let places = [known.hospital.map(|code| (code, today)), known.centre.map(|code| (code, today)), known.former];
    for (code, until) in places.into_iter().flatten() {
        if plans.iter().any(|plan| plan.institution == code) {
            continue;
        }
        let from = until.plus(-700).max(person.birth.plus(3)).min(until.plus(-2)).max(person.birth);
        let day = from.plus(between(rng, 0, until.plus(-2).days_since(from)));
        if let Some(illness) = ILLNESSES.first() {
            plans.push(short(illness, person, day, code, known.hospital == Some(code)));
        }
    }
}
