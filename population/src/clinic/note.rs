//! The text of clinical notes, put together from what the visit found.

use super::acute::Class;
use super::analyte::Flag;
use super::panel::{Finding, interval_text};
use super::visit::{Purpose, Visit};
use crate::institution::Institution;
use crate::resident::Resident;
use std::fmt::Write;

/// First line of every note.
pub const MARK: &str = "【合成数据 非真实患者】";

fn history(resident: &Resident, visit: &Visit) -> String {
    let day = visit.start.day;
    let past: Vec<String> = resident
        .chronic
        .iter()
        .filter(|c| c.onset < day)
        .map(|c| {
            let years = day.years_since(c.onset);
            let row = c.disease.row();
            if years < 1.0 {
                format!("{}病史{}月", row.short, (years * 12.0).ceil())
            } else {
                format!("{}病史{}年", row.short, years.round())
            }
        })
        .collect();
    if past.is_empty() { "既往体健".to_owned() } else { past.join("；") }
}

fn allergies(resident: &Resident, visit: &Visit) -> String {
    let known: Vec<String> = resident
        .allergies
        .iter()
        .filter(|a| a.recorded <= visit.start.day)
        .map(|a| format!("{}过敏（{}）", a.allergen.chinese, a.allergen.reaction))
        .collect();
    if known.is_empty() { "否认药物及食物过敏史".to_owned() } else { known.join("；") }
}

fn medicines(resident: &Resident, visit: &Visit) -> Vec<String> {
    let day = visit.start.day;
    resident
        .courses
        .iter()
        .filter(|c| c.start <= day && c.end.is_none_or(|end| day < end))
        .map(|c| format!("{} {}", c.medicine.chinese, c.medicine.dose))
        .collect()
}

fn arrow(flag: Flag) -> &'static str {
    match flag {
        Flag::Normal => "",
        Flag::Low => " ↓",
        Flag::High => " ↑",
        Flag::CriticalLow => " ↓↓(危急值)",
        Flag::CriticalHigh => " ↑↑(危急值)",
    }
}

fn finding(finding: &Finding) -> String {
    let row = finding.analyte.row();
    let reference = interval_text(finding.interval);
    format!("{} {}{}{} （参考 {reference}）", row.chinese, finding.value, row.unit, arrow(finding.flag))
}

fn examination(visit: &Visit) -> String {
    let Some(vitals) = visit.vitals else { return String::new() };
    let mut parts = Vec::new();
    if let Some(value) = vitals.temperature {
        parts.push(format!("T {value}℃"));
    }
    if let Some(value) = vitals.pulse {
        parts.push(format!("P {value}次/分"));
    }
    if let Some(value) = vitals.breaths {
        parts.push(format!("R {value}次/分"));
    }
    if let Some((systolic, diastolic)) = vitals.pressure {
        parts.push(format!("BP {systolic}/{diastolic}mmHg"));
    }
    if let Some(value) = vitals.weight {
        parts.push(format!("体重 {value}kg"));
    }
    if let Some(value) = vitals.saturation {
        parts.push(format!("SpO₂ {value}%"));
    }
    parts.join("，")
}

const fn title(visit: &Visit) -> &'static str {
    match (visit.purpose, visit.class) {
        (_, Class::Inpatient) => "出院小结",
        (Purpose::FollowUp, _) => "慢性病随访记录",
        (Purpose::CheckUp, _) => "健康体检小结",
        (_, Class::Emergency) => "急诊病历",
        _ => "门诊病历",
    }
}

/// The note of a visit, as `institution` would write it.
pub(crate) fn of_visit(resident: &Resident, visit: &Visit, institution: &Institution) -> String {
    let truth = &resident.truth;
    let registration = resident.registration(institution.code);
    let name = registration.map_or_else(|| truth.name.text(), |r| r.name.text());
    let day = visit.start.day;
    let doctor = institution.doctor(visit.department, truth.index).map_or_else(String::new, |d| d.name.text());
    let mut text = String::with_capacity(900);
    // writing to a String does not fail, so results are dropped
    let _ = writeln!(text, "{MARK}\n{} {}\n科别：{}", institution.name, title(visit), visit.department);
    let _ = writeln!(text, "姓名：{name}  性别：{}  年龄：{}岁", truth.sex.chinese(), truth.birth.age_on(day));
    if visit.class == Class::Inpatient {
        let days = visit.end.day.days_since(day);
        let _ = writeln!(text, "入院日期：{day}  出院日期：{}  住院{days}天", visit.end.day);
    } else {
        let _ = writeln!(text, "日期：{}", day.chinese());
    }
    let _ = writeln!(text, "主诉：{}。", visit.complaint);
    let _ = writeln!(text, "既往史：{}。", history(resident, visit));
    let _ = writeln!(text, "过敏史：{}。", allergies(resident, visit));
    let taken = medicines(resident, visit);
    if !taken.is_empty() {
        let _ = writeln!(text, "目前用药：{}。", taken.join("；"));
    }
    let _ = writeln!(text, "查体：{}。", examination(visit));
    for report in &visit.reports {
        let items: Vec<String> = report.findings.iter().map(finding).collect();
        let _ = writeln!(text, "{}：{}。", report.panel.name().1, items.join("，"));
    }
    if let Some(film) = visit.film {
        let _ = writeln!(text, "胸部X线：{film}");
    }
    let names: Vec<String> =
        visit.diagnoses.iter().enumerate().map(|(place, d)| format!("{}.{}", place + 1, d.chinese)).collect();
    let _ = writeln!(text, "诊断：{}", names.join(" "));
    let _ = writeln!(text, "处理意见：{}。", visit.advice);
    let _ = writeln!(text, "医师：{doctor}");
    text
}
