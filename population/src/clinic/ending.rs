//! How far a life goes: its diseases and its end.

use super::cancer::{self, Cancer};
use super::chronic::{self, Chronic};
use super::mortality::{self, Death};
use super::plan::Plan;
use super::visit::Diagnosis;
use crate::calendar::Day;
use crate::draw::{Stream, between, key, rng};
use crate::people::person::Person;
use crate::region::Region;
use crate::registration::membership::{Membership, Service};

/// The diseases of a life and its end.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// Those that began before the end.
    pub(crate) chronic: Vec<Chronic>,
    pub(crate) cancer: Option<Cancer>,
    pub(crate) death: Option<Death>,
    /// The day called today, or the day of death.
    pub(crate) until: Day,
}

/// The ending of a person whom `known` institutions know.
pub(crate) fn of_person(region: &Region, person: &Person, known: &Membership) -> Ending {
    let (seed, today) = (region.seed(), region.today());
    let mut chronic = chronic::of_person(seed, today, person);
    let cancer = cancer::of_person(seed, today, person);
    let hospital = known.hospital_for(Service::Emergency);
    let death = mortality::of_person((seed, today), person, &chronic, cancer.as_ref(), hospital);
    let until = death.map_or(today, |death| death.at.day);
    chronic.retain(|chronic| chronic.onset < until.plus(-5));
    let cancer = cancer.filter(|cancer| cancer.diagnosed < until);
    Ending { chronic, cancer, death, until }
}

fn department(icd: &str) -> &'static str {
    match icd.get(..1) {
        Some("C") => "肿瘤科",
        Some("I") if icd.starts_with("I6") => "神经内科",
        Some("I") => "心血管内科",
        Some("J") => "呼吸与危重症医学科",
        Some("N") => "肾脏内科",
        Some("E") => "内分泌科",
        Some("P") => "儿科",
        _ => "重症医学科",
    }
}

/// The stay in which somebody dies, when it is in hospital.
pub(super) fn last_stay(region: &Region, person: &Person, death: &Death) -> Option<Plan> {
    let hospital = death.institution?;
    let mut rng = rng(key(region.seed(), Stream::Mortality, person.index), Stream::Stay, 0);
    let age = death.at.day.days_since(person.birth);
    let days = between(&mut rng, 1, 9).min(age - 1).max(0);
    let main = Diagnosis::once(death.icd, death.chinese);
    Some(Plan {
        minute: Some(between(&mut rng, 6 * 60, 20 * 60).min(if days == 0 {
            (death.at.minute - 60).max(0)
        } else {
            1439
        })),
        advice: "患者临床死亡，家属知情并在场",
        story: Some(
            "入院后病情危重，予抗感染、循环呼吸支持等积极抢救治疗，病情进行性恶化，经抢救无效，宣布临床死亡。"
                .to_owned(),
        ),
        tide: super::body::Tide { acute: 0.8, heart: 0.3, loss: 15.0, ..super::body::Tide::default() },
        panels: vec![
            super::panel::Panel::BloodCount,
            super::panel::Panel::Heart,
            super::panel::Panel::Kidney,
            super::panel::Panel::Electrolytes,
            super::panel::Panel::Liver,
            super::panel::Panel::Coagulation,
        ],
        moves: if days >= 3 { vec![(days - 1, "重症医学科")] } else { Vec::new() },
        from_emergency: true,
        dies: Some(death.at),
        ..Plan::stay(death.at.day.plus(-days), days, hospital, department(death.icd), main, "病情加重1天，急诊入院")
    })
}
