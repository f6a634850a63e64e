//! The text of clinical notes, put together from what the visit found.

use super::acute::Class;
use super::analyte::Flag;
use super::panel::{Finding, interval_text};
use super::study::Study;
use super::visit::{Measured, Purpose, Visit};
use crate::calendar::Day;
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
    let Some(Measured { vitals, .. }) = visit.vitals.first() else { return String::new() };
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
    if let Some(value) = vitals.height.filter(|_| vitals.head.is_some() || vitals.weight.is_some()) {
        parts.push(format!("身高(长) {value}cm"));
    }
    if let Some(value) = vitals.head {
        parts.push(format!("头围 {value}cm"));
    }
    if let Some(value) = vitals.saturation {
        parts.push(format!("SpO₂ {value}%"));
    }
    parts.join("，")
}

/// What a document is: LOINC code and English name of its type, Chinese title.
pub(crate) type Sort = (&'static str, &'static str, &'static str);

/// The sort of the note of a visit.
pub(crate) const fn sort(visit: &Visit) -> Sort {
    match (visit.purpose, visit.class) {
        (Purpose::Birth, _) => ("18842-5", "Discharge summary", "新生儿出院小结"),
        (_, Class::Inpatient) => ("18842-5", "Discharge summary", if visit.died { "死亡记录" } else { "出院小结" }),
        (Purpose::FollowUp, _) => ("11506-3", "Progress note", "慢性病随访记录"),
        (Purpose::CheckUp, _) => ("11488-4", "Consult note", "健康体检小结"),
        (Purpose::Antenatal, _) => ("57055-6", "Antepartum summary", "产前检查及产后访视记录"),
        (Purpose::ChildCheck, _) => ("11488-4", "Consult note", "儿童保健记录"),
        (Purpose::Treatment, _) => ("11506-3", "Progress note", "治疗记录"),
        (_, Class::Emergency) => ("34108-1", "Outpatient Note", "急诊病历"),
        _ => ("34108-1", "Outpatient Note", "门诊病历"),
    }
}

/// The sort of the record of an admission, and of the report of an examination.
pub(crate) const ADMISSION: Sort = ("34117-2", "History and physical note", "入院记录");
pub(crate) const EXAMINATION: Sort = ("18748-4", "Diagnostic imaging report", "检查报告");

/// `3岁`, `5月`, `9天`, as Chinese records write an age.
fn age(birth: Day, day: Day) -> String {
    let days = day.days_since(birth);
    match birth.age_on(day) {
        0 if days < 60 => format!("{days}天"),
        0 => format!("{}月", days * 2 / 61),
        years => format!("{years}岁"),
    }
}

/// Mark, institution, title, and who it is about.
fn head(
    text: &mut String,
    resident: &Resident,
    institution: &Institution,
    title: &str,
    (department, day): (&str, Day),
) {
    let truth = &resident.truth;
    let registration = resident.registration(institution.code);
    let name = registration.map_or_else(|| truth.name.text(), |r| r.name.text());
    // writing to a String does not fail, so results are dropped
    let _ = writeln!(text, "{MARK}\n{} {title}\n科别：{department}", institution.name);
    let _ = writeln!(text, "姓名：{name}  性别：{}  年龄：{}", truth.sex.chinese(), age(truth.birth, day));
}

fn sign(text: &mut String, resident: &Resident, institution: &Institution, department: &str) {
    let doctor = institution.doctor(department, resident.truth.index).map_or_else(String::new, |d| d.name.text());
    let _ = writeln!(text, "医师：{doctor}");
}

fn results(text: &mut String, visit: &Visit) {
    for report in &visit.reports {
        let items: Vec<String> = report
            .findings
            .iter()
            .map(finding)
            .chain(report.tests.iter().map(|test| format!("{} {}", test.assay.chinese, test.word.chinese)))
            .collect();
        let day = if visit.class == Class::Inpatient { format!("({})", report.observed.day) } else { String::new() };
        let _ = writeln!(text, "{}{day}：{}。", report.panel.name().1, items.join("，"));
    }
    for study in &visit.studies {
        if let Some(seen) = &study.text {
            let _ = writeln!(text, "{}：{seen}印象：{}", study.kind.chinese, study.conclusion);
        }
    }
}

fn diagnoses(visit: &Visit) -> String {
    let names = visit.diagnoses.iter().enumerate().map(|(place, d)| format!("{}.{}", place + 1, d.chinese));
    names.collect::<Vec<_>>().join(" ")
}

/// The note of a visit, as `institution` would write it.
pub(crate) fn of_visit(resident: &Resident, visit: &Visit, institution: &Institution) -> String {
    let day = visit.start.day;
    let mut text = String::with_capacity(1200);
    head(&mut text, resident, institution, sort(visit).2, (visit.department, day));
    if visit.class == Class::Inpatient {
        let days = visit.end.day.days_since(day);
        let over = if visit.died { "死亡日期" } else { "出院日期" };
        let _ = writeln!(text, "入院日期：{day}  {over}：{}  住院{days}天", visit.end.day);
        for transfer in &visit.transfers {
            let _ = writeln!(text, "转科：{} 转入{}", transfer.at.day, transfer.department);
        }
    } else {
        let _ = writeln!(text, "日期：{}", day.chinese());
    }
    let _ = writeln!(text, "主诉：{}。", visit.complaint);
    if visit.purpose != Purpose::Birth {
        let _ = writeln!(text, "既往史：{}。", history(resident, visit));
        let _ = writeln!(text, "过敏史：{}。", allergies(resident, visit));
    }
    let taken = medicines(resident, visit);
    if !taken.is_empty() {
        let _ = writeln!(text, "目前用药：{}。", taken.join("；"));
    }
    let seen = examination(visit);
    if !seen.is_empty() {
        let _ = writeln!(text, "查体：{seen}。");
    }
    if let Some(story) = &visit.story {
        let name = if visit.class == Class::Inpatient { "诊疗经过" } else { "检查及处理" };
        let _ = writeln!(text, "{name}：{story}");
    }
    results(&mut text, visit);
    let _ = writeln!(text, "诊断：{}", diagnoses(visit));
    let name = if visit.class == Class::Inpatient && !visit.died { "出院医嘱" } else { "处理意见" };
    let _ = writeln!(text, "{name}：{}。", visit.advice);
    sign(&mut text, resident, institution, visit.department);
    text
}

/// The record of the admission that began a stay.
pub(crate) fn admission(resident: &Resident, visit: &Visit, institution: &Institution) -> String {
    let mut text = String::with_capacity(700);
    head(&mut text, resident, institution, ADMISSION.2, (visit.department, visit.start.day));
    let way = match (visit.from_emergency, visit.planned) {
        (true, _) => "急诊",
        (false, true) => "门诊预约",
        (false, false) => "门诊",
    };
    let _ = writeln!(text, "入院日期：{}  入院途径：{way}", visit.start.day);
    let _ = writeln!(text, "主诉：{}。", visit.complaint);
    let _ =
        writeln!(text, "现病史：患者{}，为进一步诊治收入我科。起病以来精神、睡眠尚可，大小便如常。", visit.complaint);
    let _ = writeln!(text, "既往史：{}。", history(resident, visit));
    let _ = writeln!(text, "过敏史：{}。", allergies(resident, visit));
    let _ = writeln!(text, "体格检查：{}。", examination(visit));
    let _ = writeln!(text, "初步诊断：{}", diagnoses(visit));
    let _ = writeln!(text, "诊疗计划：完善相关检查，对症支持治疗，密切观察病情变化。");
    sign(&mut text, resident, institution, visit.department);
    text
}

/// The report of an examination as a document.
pub(crate) fn examined(resident: &Resident, visit: &Visit, study: &Study, institution: &Institution) -> Option<String> {
    let mut text = String::with_capacity(500);
    let done = study.done?;
    head(&mut text, resident, institution, study.kind.chinese, (study.kind.department, done.day));
    let _ = writeln!(text, "检查日期：{}  检查部位：{}", done.day, study.kind.body);
    let _ = writeln!(text, "临床诊断：{}", visit.diagnoses.first()?.chinese);
    let _ = writeln!(text, "检查所见：{}", study.text.as_ref()?);
    let _ = writeln!(text, "印象：{}", study.conclusion);
    Some(text)
}
