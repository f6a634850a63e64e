//! Acute turns of chronic diseases that bring a resident into hospital.

use super::acute::Class;
use super::body::Tide;
use super::chronic::{Chronic, Disease};
use super::panel::Panel;
use super::plan::{Look, Plan, Signs};
use super::study::{self, StudyKind};
use super::visit::Diagnosis;
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
    /// What is examined, what it shows, the conclusion.
    looks: &'static [(&'static StudyKind, &'static str, &'static str)],
    story: &'static str,
    /// Injury of the heart muscle.
    heart: f64,
    /// Day of the stay and department of a move.
    moved: Option<(i32, &'static str)>,
    /// Peak of its season (day of the year), when it has one.
    peak: Option<i32>,
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
        panels: &[
            Panel::BloodCount,
            Panel::Coagulation,
            Panel::Glucose,
            Panel::Lipids,
            Panel::Kidney,
            Panel::Electrolytes,
            Panel::Liver,
        ],
        looks: &[
            (
                &study::HEAD_CT,
                "右侧基底节区见斑片状稍低密度影，边界欠清，脑室系统未见扩张，中线居中。",
                "右侧基底节区低密度影，考虑脑梗死，建议MR检查。",
            ),
            (
                &study::BRAIN_MR,
                "右侧基底节区及放射冠见斑片状DWI高信号、ADC低信号，双侧侧脑室旁散在缺血灶。",
                "右侧基底节区及放射冠急性脑梗死。",
            ),
            (
                &study::CAROTID_US,
                "双侧颈动脉内中膜增厚伴多发斑块，右侧颈内动脉起始段狭窄约40%。",
                "双侧颈动脉粥样硬化伴多发斑块。",
            ),
        ],
        story: "入院后评估超出溶栓时间窗，予抗血小板、强化降脂、改善循环治疗，病情稳定后转康复医学科行肢体及言语康复，出院时左侧肢体肌力4级，NIHSS评分由8分降至3分。",
        heart: 0.0,
        moved: Some((7, "康复医学科")),
        peak: Some(15),
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
        panels: &[
            Panel::BloodCount,
            Panel::Heart,
            Panel::Coagulation,
            Panel::Lipids,
            Panel::Kidney,
            Panel::Electrolytes,
            Panel::Liver,
        ],
        looks: &[
            (&study::ECG, "窦性心律，V2-V5导联ST段压低0.1mV，T波倒置。", "窦性心律，前壁ST-T改变，提示心肌缺血。"),
            (&study::HEART_US, "左室前壁中下段运动减低，各瓣膜启闭正常，左室射血分数54%。", "节段性室壁运动异常。"),
        ],
        story: "入院后予抗血小板、抗凝、调脂、抗缺血治疗，完善冠状动脉造影示前降支中段狭窄85%，植入支架1枚，术后转回普通病房，胸痛未再发作。",
        heart: 0.25,
        moved: Some((1, "重症医学科")),
        peak: Some(15),
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
        panels: &[Panel::BloodCount, Panel::Inflammation, Panel::Electrolytes, Panel::Kidney, Panel::Heart],
        looks: &[(
            &study::CHEST_CT,
            "双肺透亮度增高，见多发肺大疱，双肺下叶支气管壁增厚，散在斑片影；心影不大。",
            "慢性支气管炎、肺气肿，双肺下叶少许炎症。",
        )],
        story: "入院后予控制性氧疗、支气管舒张剂雾化、全身糖皮质激素5天及抗感染治疗，气促逐渐缓解。",
        heart: 0.05,
        moved: None,
        peak: Some(20),
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
            Panel::Urinalysis,
        ],
        looks: &[(&study::CAROTID_US, "双侧颈动脉内中膜稍增厚，未见斑块。", "双侧颈动脉内中膜增厚。")],
        story: "入院后予胰岛素强化治疗，监测七点血糖，行糖尿病教育及饮食运动指导，筛查并发症，出院前空腹血糖降至7mmol/L左右。",
        heart: 0.0,
        moved: None,
        peak: None,
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
        looks: &[],
        story: "",
        heart: 0.0,
        moved: None,
        peak: None,
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
        for year in 0..7 {
            let (drawn, near) = (between(rng, 20, 360), between(rng, -75, 75));
            // half of them come near the peak of the season
            let day = match row.peak.filter(|_| near % 2 == 0) {
                Some(peak) => Day::of(today.year() - year, 1, 1).plus(peak + near),
                None => today.plus(-365 * year - drawn),
            };
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
        let once = Diagnosis::once(self.icd, self.chinese);
        let looks = self.looks.iter().map(|(kind, text, conclusion)| Look::shows(kind, text, conclusion));
        let moves = self.moved.iter().flat_map(|(after, department)| {
            // from intensive care the patient comes back to the ward
            let back = (*department == "重症医学科").then_some((after + 2, self.department));
            [Some((*after, *department)), back].into_iter().flatten()
        });
        Plan {
            class: if self.days > 0 { Class::Inpatient } else { Class::Emergency },
            days: self.days,
            advice: self.advice,
            story: (!self.story.is_empty()).then(|| self.story.to_owned()),
            tide: Tide { acute: self.inflammation, heart: self.heart, ..Tide::default() },
            signs: Signs::Full,
            panels: self.panels.to_vec(),
            looks: looks.collect(),
            moves: moves.collect(),
            from_emergency: self.days > 0 && self.disease != Disease::Diabetes,
            ..Plan::clinic(day, hospital, self.department, once, self.complaint)
        }
    }
}
