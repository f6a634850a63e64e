//! Acute turns of chronic diseases that bring a resident into hospital.

use super::acute::Class;
use super::chronic::{Chronic, Disease};
use super::panel::Panel;
use super::plan::Plan;
use super::visit::{Diagnosis, Purpose};
use crate::calendar::Day;
use crate::draw::{Rng, between, chance};

/// One row of the table of turns.
pub(crate) struct TurnRow {
    disease: Disease,
    icd: &'static str,
    chinese: &'static str,
    complaint: &'static str,
    advice: &'static str,
    department: &'static str,
    days: i32,
    inflammation: f64,
    panels: &'static [Panel],
    /// Comes with the onset of the disease.
    at_onset: bool,
    /// Chance in a later year (assumed).
    yearly: f64,
}

static TURNS: [TurnRow; 5] = [
    TurnRow {
        disease: Disease::Stroke,
        icd: "I63.9",
        chinese: "急性脑梗死",
        complaint: "突发左侧肢体无力、言语不清4小时",
        advice: "规范抗血小板及降脂治疗，康复训练,2周后神经内科门诊复诊",
        department: "神经内科",
        days: 12,
        inflammation: 0.1,
        panels: &[Panel::BloodCount, Panel::Glucose, Panel::Lipids, Panel::Kidney, Panel::Electrolytes, Panel::Liver],
        at_onset: true,
        yearly: 0.03,
    },
    TurnRow {
        disease: Disease::CoronaryHeartDisease,
        icd: "I20.0",
        chinese: "不稳定型心绞痛",
        complaint: "反复胸骨后压榨样疼痛3天，加重2小时",
        advice: "坚持抗血小板、降脂及抗缺血治疗，胸痛发作及时就诊",
        department: "心血管内科",
        days: 7,
        inflammation: 0.05,
        panels: &[Panel::BloodCount, Panel::Lipids, Panel::Kidney, Panel::Electrolytes, Panel::Liver],
        at_onset: true,
        yearly: 0.05,
    },
    TurnRow {
        disease: Disease::Copd,
        icd: "J44.1",
        chinese: "慢性阻塞性肺疾病急性加重",
        complaint: "咳嗽、咳痰、气促加重5天",
        advice: "戒烟，规律吸入治疗，家庭氧疗，接种流感及肺炎疫苗",
        department: "呼吸与危重症医学科",
        days: 9,
        inflammation: 0.6,
        panels: &[Panel::BloodCount, Panel::Inflammation, Panel::Electrolytes, Panel::Kidney],
        at_onset: false,
        yearly: 0.18,
    },
    TurnRow {
        disease: Disease::Diabetes,
        icd: "E11.6",
        chinese: "2型糖尿病，血糖控制不佳",
        complaint: "口干、多饮、多尿1月，空腹血糖升高",
        advice: "糖尿病饮食，监测血糖，按方案调整降糖药",
        department: "内分泌科",
        days: 7,
        inflammation: 0.0,
        panels: &[
            Panel::Glucose,
            Panel::Lipids,
            Panel::Kidney,
            Panel::UrineAlbumin,
            Panel::Electrolytes,
            Panel::BloodCount,
        ],
        at_onset: false,
        yearly: 0.06,
    },
    TurnRow {
        disease: Disease::Gout,
        icd: "M10.0",
        chinese: "痛风性关节炎急性发作",
        complaint: "左第一跖趾关节红肿热痛1天",
        advice: "低嘌呤饮食，多饮水，急性期后规范降尿酸",
        department: "急诊科",
        days: 0,
        inflammation: 0.35,
        panels: &[Panel::BloodCount, Panel::Inflammation, Panel::Kidney],
        at_onset: true,
        yearly: 0.25,
    },
];

/// A turn on a day.
pub(crate) struct Turn {
    pub(crate) day: Day,
    pub(crate) row: &'static TurnRow,
}

/// The turns of a resident between two days.
pub(crate) fn of_person(rng: &mut Rng, chronic: &[Chronic], since: Day, today: Day) -> Vec<Turn> {
    let mut turns = Vec::new();
    for row in &TURNS {
        let Some(disease) = chronic.iter().find(|c| c.disease == row.disease) else { continue };
        if row.at_onset {
            turns.push(Turn { day: disease.onset, row });
        }
        for year in 0..12 {
            let day = today.plus(-365 * year - between(rng, 20, 360));
            if chance(rng, row.yearly) && day > disease.onset.plus(40) {
                turns.push(Turn { day, row });
            }
        }
    }
    turns.retain(|turn| turn.day >= since && turn.day.plus(turn.row.days) < today);
    turns
}

impl TurnRow {
    /// The stay (or the emergency visit, when it has no days).
    pub(crate) fn plan(&self, day: Day, hospital: &'static str) -> Plan {
        Plan {
            day,
            institution: hospital,
            class: if self.days > 0 { Class::Inpatient } else { Class::Emergency },
            days: self.days,
            purpose: Purpose::Illness,
            department: self.department,
            diagnoses: vec![Diagnosis { icd: self.icd, chinese: self.chinese, onset: None }],
            complaint: self.complaint.to_owned(),
            advice: self.advice,
            inflammation: self.inflammation,
            panels: self.panels.to_vec(),
            medicines: &[],
            film: None,
        }
    }
}
