//! Short illnesses: how often, how they present, where they are treated, with what.

use super::medicine::{self as m, Medicine};
use super::panel::Panel;

/// How a visit is held: v3-ActCode AMB, EMER, IMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Ambulatory,
    Emergency,
    Inpatient,
}

impl Class {
    /// v3-ActCode.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ambulatory => "AMB",
            Self::Emergency => "EMER",
            Self::Inpatient => "IMP",
        }
    }

    /// HL7 table 0004.
    #[must_use]
    pub const fn hl7(self) -> &'static str {
        match self {
            Self::Ambulatory => "O",
            Self::Emergency => "E",
            Self::Inpatient => "I",
        }
    }

    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Ambulatory => "门诊",
            Self::Emergency => "急诊",
            Self::Inpatient => "住院",
        }
    }
}

/// One row of the table of short illnesses. All rates are assumed.
#[derive(Debug)]
pub struct Illness {
    /// ICD-10.
    pub icd: &'static str,
    pub chinese: &'static str,
    pub complaint: &'static str,
    pub advice: &'static str,
    /// Hospital department.
    pub department: &'static str,
    /// Visits recorded a year, for children, adults, people of 65 and over.
    pub yearly: [f64; 3],
    /// Share that goes to the hospital.
    pub hospital: f64,
    pub class: Class,
    /// Days in hospital when `class` is inpatient.
    pub days: i32,
    /// 0 = no inflammation, 1 = severe: moves CRP, white cells, temperature.
    pub inflammation: f64,
    pub medicines: &'static [&'static Medicine],
    pub panels: &'static [Panel],
    /// A chest film is taken.
    pub film: bool,
    /// Only in women.
    pub women: bool,
    /// Months of the season (first, last), when there is one.
    pub season: Option<(i32, i32)>,
}

const PLAIN: Illness = Illness {
    icd: "",
    chinese: "",
    complaint: "",
    advice: "",
    department: "全科医疗科",
    yearly: [0.0; 3],
    hospital: 0.4,
    class: Class::Ambulatory,
    days: 0,
    inflammation: 0.0,
    medicines: &[],
    panels: &[],
    film: false,
    women: false,
    season: None,
};

pub static ILLNESSES: [Illness; 18] = [
    Illness {
        icd: "J06.9",
        chinese: "急性上呼吸道感染",
        complaint: "咽痛、鼻塞、发热2天",
        advice: "多饮水，注意休息，体温超过38.5℃时对症退热",
        department: "呼吸与危重症医学科",
        yearly: [0.55, 0.20, 0.18],
        hospital: 0.28,
        inflammation: 0.25,
        medicines: &[&m::PARACETAMOL],
        panels: &[Panel::BloodCount],
        season: Some((11, 3)),
        ..PLAIN
    },
    Illness {
        icd: "J20.9",
        chinese: "急性支气管炎",
        complaint: "咳嗽、咳痰5天",
        advice: "清淡饮食，咳嗽加重或气促及时复诊",
        department: "呼吸与危重症医学科",
        yearly: [0.22, 0.08, 0.14],
        hospital: 0.35,
        inflammation: 0.45,
        medicines: &[&m::AMOXICILLIN, &m::AMBROXOL],
        panels: &[Panel::BloodCount, Panel::Inflammation],
        season: Some((10, 4)),
        ..PLAIN
    },
    Illness {
        icd: "A09.9",
        chinese: "急性胃肠炎",
        complaint: "腹泻、腹痛1天，呕吐2次",
        advice: "口服补液，清淡饮食，观察尿量",
        department: "消化内科",
        yearly: [0.16, 0.07, 0.07],
        hospital: 0.40,
        inflammation: 0.30,
        medicines: &[&m::SMECTITE],
        panels: &[Panel::BloodCount, Panel::Electrolytes],
        season: Some((6, 9)),
        ..PLAIN
    },
    Illness {
        icd: "J18.9",
        chinese: "社区获得性肺炎",
        complaint: "发热、咳嗽、咳黄痰4天",
        advice: "抗感染、化痰治疗,1周后复查胸片",
        department: "呼吸与危重症医学科",
        yearly: [0.030, 0.008, 0.035],
        hospital: 1.0,
        class: Class::Inpatient,
        days: 8,
        inflammation: 0.85,
        medicines: &[&m::CEFUROXIME, &m::AMBROXOL],
        panels: &[Panel::BloodCount, Panel::Inflammation, Panel::Electrolytes, Panel::Liver, Panel::Kidney],
        film: true,
        season: Some((11, 4)),
        ..PLAIN
    },
    Illness {
        icd: "K35.8",
        chinese: "急性阑尾炎",
        complaint: "转移性右下腹痛12小时",
        advice: "腹腔镜阑尾切除术后恢复良好,2周内避免剧烈活动",
        department: "普通外科",
        yearly: [0.0020, 0.0018, 0.0010],
        hospital: 1.0,
        class: Class::Inpatient,
        days: 5,
        inflammation: 0.9,
        medicines: &[&m::CEFUROXIME],
        panels: &[Panel::BloodCount, Panel::Inflammation, Panel::Electrolytes, Panel::Kidney],
        ..PLAIN
    },
    Illness {
        icd: "S93.4",
        chinese: "踝关节扭伤",
        complaint: "扭伤后右踝肿痛3小时",
        advice: "制动、冰敷、抬高患肢",
        department: "急诊科",
        yearly: [0.030, 0.025, 0.010],
        hospital: 0.7,
        class: Class::Emergency,
        medicines: &[&m::IBUPROFEN],
        ..PLAIN
    },
    Illness {
        icd: "S61.9",
        chinese: "手部开放性损伤",
        complaint: "切割伤致左手出血1小时",
        advice: "清创缝合，隔日换药，按程序预防破伤风",
        department: "急诊科",
        yearly: [0.015, 0.018, 0.010],
        hospital: 0.75,
        class: Class::Emergency,
        ..PLAIN
    },
    Illness {
        icd: "S52.5",
        chinese: "桡骨远端骨折",
        complaint: "跌倒后右腕肿痛、活动受限2小时",
        advice: "手法复位石膏固定4周,2周后复查X线",
        department: "骨科",
        yearly: [0.008, 0.003, 0.012],
        hospital: 1.0,
        class: Class::Emergency,
        medicines: &[&m::IBUPROFEN],
        panels: &[Panel::BloodCount],
        ..PLAIN
    },
    Illness {
        icd: "N39.0",
        chinese: "泌尿道感染",
        complaint: "尿频、尿急、尿痛2天",
        advice: "多饮水，完成抗感染疗程",
        department: "肾脏内科",
        yearly: [0.010, 0.050, 0.060],
        hospital: 0.45,
        inflammation: 0.35,
        medicines: &[&m::LEVOFLOXACIN],
        panels: &[Panel::BloodCount, Panel::Kidney],
        women: true,
        ..PLAIN
    },
    Illness {
        icd: "K80.2",
        chinese: "胆囊结石",
        complaint: "进食油腻后右上腹痛1天",
        advice: "低脂饮食，普通外科随诊",
        department: "普通外科",
        yearly: [0.0, 0.006, 0.012],
        hospital: 1.0,
        inflammation: 0.2,
        panels: &[Panel::BloodCount, Panel::Liver],
        ..PLAIN
    },
    Illness {
        icd: "K29.5",
        chinese: "慢性胃炎",
        complaint: "上腹隐痛、反酸2周",
        advice: "规律进餐，忌辛辣，必要时胃镜检查",
        department: "消化内科",
        yearly: [0.005, 0.060, 0.070],
        hospital: 0.45,
        medicines: &[&m::OMEPRAZOLE],
        panels: &[Panel::BloodCount],
        ..PLAIN
    },
    Illness {
        icd: "M54.5",
        chinese: "腰痛",
        complaint: "腰部酸痛1周，久坐加重",
        advice: "避免久坐，腰背肌锻炼",
        department: "骨科",
        yearly: [0.002, 0.070, 0.110],
        hospital: 0.35,
        medicines: &[&m::IBUPROFEN],
        ..PLAIN
    },
    Illness {
        icd: "B02.9",
        chinese: "带状疱疹",
        complaint: "右胸背部簇集水疱伴疼痛3天",
        advice: "抗病毒及镇痛治疗，保持局部清洁",
        department: "皮肤科",
        yearly: [0.0005, 0.004, 0.011],
        hospital: 0.8,
        inflammation: 0.1,
        panels: &[Panel::BloodCount],
        ..PLAIN
    },
    Illness {
        icd: "L50.9",
        chinese: "荨麻疹",
        complaint: "全身风团伴瘙痒1天",
        advice: "避免可疑过敏原，抗组胺治疗",
        department: "皮肤科",
        yearly: [0.040, 0.025, 0.015],
        hospital: 0.4,
        medicines: &[&m::LORATADINE],
        ..PLAIN
    },
    Illness {
        icd: "G47.0",
        chinese: "失眠",
        complaint: "入睡困难、早醒1月",
        advice: "睡眠卫生教育，规律作息",
        yearly: [0.0, 0.030, 0.060],
        hospital: 0.2,
        ..PLAIN
    },
    Illness {
        icd: "J30.4",
        chinese: "变应性鼻炎",
        complaint: "阵发性喷嚏、清水样涕1周",
        advice: "避免接触变应原，鼻腔冲洗",
        department: "耳鼻咽喉科",
        yearly: [0.080, 0.040, 0.015],
        hospital: 0.4,
        medicines: &[&m::LORATADINE],
        season: Some((3, 5)),
        ..PLAIN
    },
    Illness {
        icd: "H25.9",
        chinese: "老年性白内障",
        complaint: "双眼视物模糊1年，右眼为著",
        advice: "行超声乳化联合人工晶体植入术，术后按时点药",
        department: "眼科",
        yearly: [0.0, 0.0006, 0.012],
        hospital: 1.0,
        class: Class::Inpatient,
        days: 2,
        panels: &[Panel::BloodCount, Panel::Glucose],
        ..PLAIN
    },
    Illness {
        icd: "K02.9",
        chinese: "龋齿",
        complaint: "左下后牙冷热刺激痛1周",
        advice: "充填治疗，注意口腔卫生",
        department: "口腔科",
        yearly: [0.090, 0.050, 0.040],
        hospital: 0.5,
        ..PLAIN
    },
];
