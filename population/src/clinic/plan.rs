//! When a resident goes where, and why: the plan of visits, before anything is measured.

use super::acute::{self, Class, ILLNESSES, Illness};
use super::assay::Assay;
use super::body::Tide;
use super::chronic::{Chronic, Disease};
use super::medicine::Medicine;
use super::panel::Panel;
use super::regimen::Care;
use super::study::{self, StudyKind};
use super::visit::{Appointment, Diagnosis, Missed, Outcome, Purpose};
use crate::calendar::{Day, Moment};
use crate::draw::{Rng, between, chance};
use crate::people::person::{Person, Sex};
use crate::registration::membership::{Membership, Service};

/// Years of electronic records at the hospitals and at the centres (assumed).
pub(super) const HOSPITAL_YEARS: f64 = 5.0;
const CENTRE_YEARS: f64 = 4.0;
/// Share of due follow-ups that take place (assumed).
const ATTENDS: f64 = 0.86;
/// Shares of specialist appointments that are missed, and that are called off (assumed).
const MISSED: f64 = 0.05;
const CALLED_OFF: f64 = 0.05;

/// An examination of a plan: on which day of the visit, and what it shows; without words, nothing.
pub(crate) struct Look {
    pub(crate) kind: &'static StudyKind,
    pub(crate) after: i32,
    pub(crate) shows: Option<(String, String)>,
}

impl Look {
    pub(crate) const fn clear(kind: &'static StudyKind) -> Self {
        Self { kind, after: 0, shows: None }
    }

    pub(crate) fn shows(kind: &'static StudyKind, text: &str, conclusion: &str) -> Self {
        Self { kind, after: 0, shows: Some((text.to_owned(), conclusion.to_owned())) }
    }
}

/// Which vital signs are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signs {
    None,
    /// Pressure, pulse, weight.
    Few,
    /// Temperature, pulse, breaths, pressure.
    Fever,
    Full,
    /// Before and after.
    Twice,
}

/// A visit before its values are drawn.
pub(crate) struct Plan {
    pub(crate) day: Day,
    /// Minute of the day, where the rule of the class does not do.
    pub(crate) minute: Option<i32>,
    pub(crate) institution: &'static str,
    pub(crate) class: Class,
    pub(crate) days: i32,
    pub(crate) purpose: Purpose,
    pub(crate) department: &'static str,
    pub(crate) diagnoses: Vec<Diagnosis>,
    pub(crate) complaint: String,
    pub(crate) advice: &'static str,
    pub(crate) story: Option<String>,
    pub(crate) tide: Tide,
    pub(crate) signs: Signs,
    pub(crate) panels: Vec<Panel>,
    /// Tests of the panels that come out positive.
    pub(crate) positive: Vec<&'static Assay>,
    pub(crate) medicines: &'static [&'static Medicine],
    pub(crate) looks: Vec<Look>,
    /// Day of the stay and department of each move.
    pub(crate) moves: Vec<(i32, &'static str)>,
    pub(crate) planned: bool,
    pub(crate) from_emergency: bool,
    /// The resident dies at this moment, which ends the visit.
    pub(crate) dies: Option<Moment>,
}

impl Plan {
    /// A visit to a clinic; the other fields are set by those who need them.
    pub(crate) fn clinic(
        day: Day,
        institution: &'static str,
        department: &'static str,
        diagnosis: Diagnosis,
        complaint: impl Into<String>,
    ) -> Self {
        Self {
            day,
            minute: None,
            institution,
            class: Class::Ambulatory,
            days: 0,
            purpose: Purpose::Illness,
            department,
            diagnoses: vec![diagnosis],
            complaint: complaint.into(),
            advice: "按时复诊，不适随诊",
            story: None,
            tide: Tide::default(),
            signs: Signs::Few,
            panels: Vec::new(),
            positive: Vec::new(),
            medicines: &[],
            looks: Vec::new(),
            moves: Vec::new(),
            planned: false,
            from_emergency: false,
            dies: None,
        }
    }

    /// A stay of some days.
    pub(crate) fn stay(
        day: Day,
        days: i32,
        institution: &'static str,
        department: &'static str,
        diagnosis: Diagnosis,
        complaint: impl Into<String>,
    ) -> Self {
        Self {
            class: Class::Inpatient,
            days,
            signs: Signs::Full,
            ..Self::clinic(day, institution, department, diagnosis, complaint)
        }
    }
}

/// Everything that the rules ask about the resident.
pub(crate) struct Subject<'a> {
    pub(crate) person: &'a Person,
    pub(crate) chronic: &'a [Chronic],
    pub(crate) known: &'a Membership,
    pub(crate) care: &'a Care,
    /// The day on which the hospitals' electronic records begin.
    pub(crate) since: Day,
    /// The day called today, or the day of death when that is earlier.
    pub(crate) until: Day,
}

impl Subject<'_> {
    /// The hospital for this kind of care on a day: children under 14 go to where children go.
    pub(crate) fn hospital(&self, day: Day, service: Service) -> Option<&'static str> {
        let child = self.person.birth.age_on(day) < 14;
        self.known.hospital_for(if child { Service::Child } else { service })
    }
}

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

/// A day in `from..=to`, more often near the peak of the season when there is one (raised cosine).
pub(super) fn day_in(rng: &mut Rng, from: Day, to: Day, season: Option<(i32, f64)>) -> Day {
    let mut day = from.plus(between(rng, 0, to.days_since(from)));
    let Some((peak, strength)) = season else { return day };
    for _ in 0..12 {
        let place = f64::from(day.days_since(Day::of(day.year(), 1, 1)) + 1 - peak) / 365.25;
        // sharper than a cosine where the season is strong
        let wave = (0.5 + 0.5 * (std::f64::consts::TAU * place).cos()).powf(1.0 + 2.0 * strength);
        if rng.f64() < 1.0 - strength + strength * wave {
            break;
        }
        day = from.plus(between(rng, 0, to.days_since(from)));
    }
    day
}

pub(super) fn illnesses(rng: &mut Rng, subject: &Subject<'_>, plans: &mut Vec<Plan>) {
    let Subject { person, since, until, .. } = *subject;
    let from = since.max(person.birth.plus(5));
    if from >= until {
        return;
    }
    for illness in acute::all() {
        // only the years in which the resident has the age of the illness
        let from = from.max(person.birth.plus_years(illness.ages.0));
        let to = until.plus(-1).min(person.birth.plus_years(illness.ages.1));
        if from >= to || (illness.women && person.sex == Sex::Male) {
            continue;
        }
        let middle = from.plus(to.days_since(from) / 2);
        let group = match middle.years_since(person.birth) {
            ..15.0 => 0,
            15.0..65.0 => 1,
            _ => 2,
        };
        let rate = illness.yearly.get(group).copied().unwrap_or(0.0);
        for _ in 0..count(rng, rate * to.years_since(from)) {
            let day = day_in(rng, from, to, illness.season);
            let at_hospital = chance(rng, illness.hospital);
            let emergency = chance(rng, 0.55);
            let service = if illness.class == Class::Emergency { Service::Emergency } else { Service::General };
            let institution = if at_hospital { subject.hospital(day, service) } else { Some(subject.care.on(day)) };
            plans.extend(institution.map(|institution| {
                let mut plan = short(illness, person, day, institution, at_hospital);
                plan.from_emergency = plan.class == Class::Inpatient && emergency && illness.inflammation > 0.1;
                plan.planned = plan.class == Class::Inpatient && illness.inflammation == 0.0;
                plan
            }));
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
    let class = if hospital { illness.class } else { Class::Ambulatory };
    let complaint = if infant { "鼻塞、低热1天，食欲稍差" } else { illness.complaint };
    let looks = illness.studies.iter().filter(|_| hospital).map(|one| {
        if one.text.is_empty() { Look::clear(one.kind) } else { Look::shows(one.kind, one.text, one.conclusion) }
    });
    let mut panels: Vec<Panel> =
        if hospital { illness.panels.to_vec() } else { illness.panels.iter().copied().take(1).collect() };
    panels.extend(illness.proof.filter(|_| hospital).map(|(panel, _)| panel));
    Plan {
        class,
        days: illness.days,
        advice: illness.advice,
        story: (class == Class::Inpatient && !illness.story.is_empty()).then(|| illness.story.to_owned()),
        tide: Tide { acute: illness.inflammation, ..Tide::default() },
        signs: match (class, illness.inflammation > 0.0) {
            (Class::Inpatient, _) => Signs::Full,
            (Class::Emergency, _) | (_, true) => Signs::Fever,
            _ => Signs::None,
        },
        panels,
        positive: illness.proof.map(|(_, assay)| assay).into_iter().collect(),
        medicines: illness.medicines,
        looks: looks.collect(),
        moves: illness.moved.map(|department| (illness.days * 2 / 3, department)).into_iter().collect(),
        ..Plan::clinic(day, institution, department, Diagnosis::once(illness.icd, illness.chinese), complaint)
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

/// What a specialist looks at once in a while, and what it shows in somebody who has the disease.
fn examined(disease: Disease) -> Option<Look> {
    Some(match disease {
        Disease::Hypertension => Look::shows(
            &study::HEART_US,
            "左房内径38mm，室间隔厚度12mm，左室后壁11mm，瓣膜形态及启闭正常，左室射血分数61%，E/A<1。",
            "室间隔增厚，左室舒张功能减低。",
        ),
        Disease::Diabetes | Disease::Stroke => Look::shows(
            &study::CAROTID_US,
            "双侧颈动脉内中膜增厚，右侧颈动脉分叉处见一低回声斑块，大小约9mm×2mm，管腔无明显狭窄。",
            "双侧颈动脉粥样硬化伴右侧斑块形成。",
        ),
        Disease::CoronaryHeartDisease => Look::shows(
            &study::ECG,
            "窦性心律，Ⅱ、Ⅲ、aVF导联T波低平，V5-V6导联ST段水平型压低0.05mV。",
            "窦性心律，ST-T改变。",
        ),
        Disease::Copd => Look::shows(
            &study::LUNG_FUNCTION,
            "吸入支气管舒张剂后FEV1/FVC 58%，FEV1占预计值61%。",
            "中度阻塞性通气功能障碍(GOLD 2级)，舒张试验阴性。",
        ),
        Disease::Osteoporosis => {
            Look::shows(&study::BONE_DENSITY, "腰椎L1-4骨密度T值-2.8，股骨颈T值-2.4。", "骨质疏松。")
        }
        Disease::Hyperlipidaemia => {
            Look::shows(&study::ABDOMEN_US, "肝脏回声增强、后方衰减，胆囊壁光滑，胰脾未见异常。", "脂肪肝。")
        }
        Disease::Hypothyroidism => {
            Look::shows(&study::THYROID_US, "甲状腺体积稍小，回声弥漫性不均，未见明显结节。", "甲状腺弥漫性病变。")
        }
        Disease::Asthma => Look::clear(&study::LUNG_FUNCTION),
        Disease::ChronicKidneyDisease => Look::shows(
            &study::ABDOMEN_US,
            "双肾体积稍小，皮质变薄，回声增强，皮髓质分界欠清。",
            "双肾慢性病变声像图。",
        ),
        Disease::Gout => return None,
    })
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

pub(super) fn clinics(rng: &mut Rng, subject: &Subject<'_>, plans: &mut Vec<Plan>, missed: &mut Vec<Missed>) {
    let Subject { chronic, since, until, .. } = *subject;
    let Some(first) = chronic.first() else { return };
    let start = first.onset.max(since);
    let every = between(rng, 190, 350);
    let mut day = start.plus(between(rng, 0, 30));
    let mut turn = 0;
    while day < until {
        let active: Vec<&Chronic> = begun(chronic, day).collect();
        let (fate, minute) = (rng.f64(), between(rng, 8 * 60, 11 * 60));
        let main = active.get(turn % active.len().max(1));
        if let Some((main, hospital)) = main.zip(subject.hospital(day, Service::General)) {
            let row = main.disease.row();
            let at = Moment::new(day, minute / 15 * 15);
            let booked = Moment::new(day.plus(-between(rng, 3, 20)), between(rng, 7 * 60, 21 * 60));
            let outcome = match fate {
                f if f < MISSED => Outcome::Missed,
                f if f < MISSED + CALLED_OFF => Outcome::Cancelled(Moment::new(day.plus(-1), 20 * 60)),
                _ => Outcome::Kept,
            };
            if outcome != Outcome::Kept {
                let appointment = Appointment { booked, at, moved: None, outcome };
                missed.push(Missed { institution: hospital, department: row.department, appointment });
            } else {
                let mut diagnoses = vec![diagnosis(main)];
                diagnoses.extend(active.iter().filter(|c| c.disease != main.disease).map(|c| diagnosis(c)).take(3));
                plans.push(Plan {
                    purpose: Purpose::Clinic,
                    diagnoses,
                    advice: "继续目前治疗，低盐低脂饮食，规律运动，按时复诊",
                    panels: wanted(active.iter().map(|c| c.disease).take(2)),
                    looks: if turn % 3 == 0 { examined(main.disease).into_iter().collect() } else { Vec::new() },
                    ..Plan::clinic(
                        day,
                        hospital,
                        row.department,
                        diagnosis(main),
                        complaint(row.short, day.years_since(main.onset)),
                    )
                });
            }
        }
        turn += 1;
        day = day.plus(every + between(rng, -25, 25));
    }
}

pub(super) fn follow_ups(rng: &mut Rng, subject: &Subject<'_>, plans: &mut Vec<Plan>) {
    let Subject { chronic, since, until, care, .. } = *subject;
    let Some(first) = chronic.first() else { return };
    let managed = |c: &&Chronic| matches!(c.disease, Disease::Hypertension | Disease::Diabetes);
    let mut day = first.onset.plus(25).max(since.plus_years(HOSPITAL_YEARS - CENTRE_YEARS)).plus(between(rng, 0, 60));
    let mut turn = 0;
    while day < until {
        let active: Vec<&Chronic> = begun(chronic, day).collect();
        // hypertension and diabetes are seen four times a year (national programme), others twice (assumed)
        let quarterly = active.iter().any(managed);
        if chance(rng, ATTENDS)
            && let Some(main) = active.first()
        {
            let diabetes = active.iter().any(|c| c.disease == Disease::Diabetes);
            let panels: &[Panel] = match (diabetes, turn % 2) {
                (true, 0) => &[Panel::Glucose],
                (true, _) => &[Panel::FollowUpGlucose],
                _ => &[],
            };
            let names: Vec<&str> = active.iter().map(|c| c.disease.row().short).take(3).collect();
            plans.push(Plan {
                purpose: Purpose::FollowUp,
                diagnoses: active.iter().map(|c| diagnosis(c)).take(4).collect(),
                advice: "规律服药，限盐限酒，适量运动，三个月内下次随访",
                panels: panels.to_vec(),
                ..Plan::clinic(day, care.on(day), "慢病管理科", diagnosis(main), format!("{}随访", names.join("、")))
            });
        }
        turn += 1;
        day = day.plus(if quarterly { 91 } else { 182 } + between(rng, -12, 12));
    }
}

pub(super) fn check_ups(rng: &mut Rng, subject: &Subject<'_>, plans: &mut Vec<Plan>) {
    let Subject { person, chronic, since, until, care, known } = *subject;
    for back in 0..3 {
        let day = Day::of(until.year() - back, between(rng, 3, 10), between(rng, 1, 28));
        let age = person.birth.age_on(day);
        let due =
            age >= 65 || begun(chronic, day).any(|c| matches!(c.disease, Disease::Hypertension | Disease::Diabetes));
        let (goes, by_work) = (chance(rng, 0.75), chance(rng, 0.13));
        let able = between(rng, 0, 3) + ((age - 75).max(0) / 3);
        if day >= until || day < since || age < 18 {
            continue;
        }
        let institution = match () {
            () if due && goes => care.on(day),
            () if by_work => known.hospital.unwrap_or(care.on(day)),
            () => continue,
        };
        let diabetes = begun(chronic, day).any(|c| c.disease == Disease::Diabetes);
        let mut panels = vec![Panel::BloodCount, Panel::Urinalysis, Panel::Lipids, Panel::Kidney, Panel::Liver];
        panels.push(if diabetes { Panel::Glucose } else { Panel::FollowUpGlucose });
        panels.extend(diabetes.then_some(Panel::UrineAlbumin));
        let at_centre = institution == care.on(day);
        // the programme asks for an electrocardiogram and abdominal ultrasound from 65 years
        let looks =
            if age >= 65 { vec![Look::clear(&study::ECG), Look::clear(&study::ABDOMEN_US)] } else { Vec::new() };
        let degree = match able {
            ..=3 => "可自理",
            4..=8 => "轻度依赖",
            9..=18 => "中度依赖",
            _ => "不能自理",
        };
        plans.push(Plan {
            purpose: Purpose::CheckUp,
            advice: "结果已告知本人，异常项目建议门诊复查",
            signs: Signs::Full,
            story: (age >= 65).then(|| format!("老年人生活自理能力评估{able}分（{degree}）。")),
            panels,
            looks,
            ..Plan::clinic(
                day,
                institution,
                if at_centre { "预防保健科" } else { "健康管理中心" },
                Diagnosis::once("Z00.0", "健康体检"),
                format!("{}年度健康体检", day.year()),
            )
        });
    }
}

/// An institution that knows the resident has seen the resident at least once.
pub(super) fn at_least_once(rng: &mut Rng, subject: &Subject<'_>, plans: &mut Vec<Plan>) {
    let Subject { person, known, until, .. } = *subject;
    for code in known.all() {
        if plans.iter().any(|plan| plan.institution == code) {
            continue;
        }
        let until = known.former.filter(|(former, _)| *former == code).map_or(until, |(_, moved)| moved.min(until));
        let from = until.plus(-700).max(person.birth.plus(3)).min(until.plus(-2)).max(person.birth);
        let mut day = from.plus(between(rng, 0, until.plus(-2).days_since(from)));
        // not while the resident is in hospital
        for _ in 0..20 {
            let away = |plan: &Plan| plan.days > 0 && plan.day <= day && day <= plan.day.plus(plan.days);
            if !plans.iter().any(away) {
                break;
            }
            day = from.plus(between(rng, 0, until.plus(-2).days_since(from)));
        }
        if let Some(illness) = ILLNESSES.first() {
            let hospital = Some(code) != known.centre && known.former.is_none_or(|(former, _)| former != code);
            plans.push(short(illness, person, day, code, hospital));
        }
    }
}
