//! Check-ups of children: the schedule of the national public-health programme (third edition, 2017).

use super::medicine as m;
use super::panel::Panel;
use super::plan::{Look, Plan, Signs, Subject};
use super::study;
use super::visit::{Diagnosis, Purpose};
use crate::draw::{Stream, between, chance, rng};

/// Months of age of the check-ups: within a week at home, at one month, and so on to six years.
const MONTHS: [i32; 13] = [0, 1, 3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72];
static VITAMIN: [&m::Medicine; 1] = [&m::VITAMIN_D];
/// Share of due check-ups that take place (assumed).
const ATTENDS: f64 = 0.92;

const fn development(month: i32) -> &'static str {
    match month {
        ..=1 => "面色红润，前囟平软，脐带已脱落，心肺听诊无异常，新生儿反射可引出。",
        3 => "抬头稳，逗笑出声，视物追随，前囟1.5cm×1.5cm。",
        6 => "能翻身，扶坐，伸手取物，出牙0颗，听力筛查通过。",
        8 => "独坐稳，会换手，认生，出牙2颗。",
        12 => "扶走，会叫爸爸妈妈，前囟0.5cm×0.5cm，出牙6颗，听力筛查通过。",
        18 => "独走稳，能说十余个词，会用杯喝水，出牙12颗。",
        24 => "会跑，说短句，听力筛查通过，出牙16颗。",
        30 => "双脚跳，能说出自己名字，出牙20颗。",
        36 => "会骑三轮车，能说儿歌，视力筛查通过，听力筛查通过。",
        _ => "生长发育良好，视力筛查通过，口腔检查未见明显龋齿。",
    }
}

/// Adds the check-ups of a child.
pub(super) fn plans(seed: u64, subject: &Subject<'_>, plans: &mut Vec<Plan>) {
    let Subject { person, since, until, care, .. } = *subject;
    let mut rng = rng(seed, Stream::Child, person.index);
    for month in MONTHS {
        let days = if month == 0 { 6 } else { month * 61 / 2 };
        let day = person.birth.plus(days + between(&mut rng, 0, if month < 2 { 3 } else { 14 }));
        let comes = chance(&mut rng, ATTENDS);
        if !comes || day >= until || day < since.plus_years(-2.0) {
            continue;
        }
        let mut panels = Vec::new();
        // haemoglobin at 6 to 8, 18 and 30 months, then yearly
        if matches!(month, 8 | 18 | 30 | 48 | 60 | 72) {
            panels.push(Panel::Haemoglobin);
        }
        if month == 1 {
            panels.push(Panel::SkinBilirubin);
        }
        let name = if month < 36 { format!("{month}月龄") } else { format!("{}岁", month / 12) };
        let complaint = if month == 0 { "新生儿家庭访视".to_owned() } else { format!("{name}健康检查") };
        plans.push(Plan {
            purpose: Purpose::ChildCheck,
            advice: if month < 24 {
                "合理喂养，补充维生素D，注意安全，按时接种疫苗"
            } else {
                "均衡膳食，户外活动每天2小时，注意用眼与口腔卫生"
            },
            story: Some(format!("{}发育评估：正常。", development(month))),
            signs: Signs::Full,
            panels,
            medicines: if month == 1 { &VITAMIN } else { &[] },
            looks: if month == 3 { vec![Look::clear(&study::HIP_US)] } else { Vec::new() },
            ..Plan::clinic(day, care.on(day), "妇幼保健科", Diagnosis::once("Z00.1", "儿童常规健康检查"), complaint)
        });
    }
}
