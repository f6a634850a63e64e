//! Short illnesses: how often, how they present, where they are treated, with what.

use super::assay::Assay;
use super::medicine::{self as m, Medicine};
use super::panel::Panel;
use super::study::{self, StudyKind};

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
    /// What is examined, and what is seen.
    pub studies: &'static [Seen],
    /// A test that comes out positive.
    pub proof: Option<(Panel, &'static Assay)>,
    /// Only in women.
    pub women: bool,
    /// Only between these ages, in years.
    pub ages: (f64, f64),
    /// When there is a season: day of the year of its peak, and how much of the year's even flow moves into it (0 to 1).
    pub season: Option<(i32, f64)>,
    /// What was done, for the note of a stay.
    pub story: &'static str,
    /// Department that the patient is moved to within the stay.
    pub moved: Option<&'static str>,
}

/// An examination and what it shows; without words, nothing.
#[derive(Debug)]
pub struct Seen {
    pub kind: &'static StudyKind,
    pub text: &'static str,
    pub conclusion: &'static str,
}

pub(super) const fn seen(kind: &'static StudyKind, text: &'static str, conclusion: &'static str) -> Seen {
    Seen { kind, text, conclusion }
}

/// All rows of all tables.
pub(crate) fn all() -> impl Iterator<Item = &'static Illness> {
    ILLNESSES.iter().chain(&super::infection::INFECTIONS).chain(&super::injury::INJURIES)
}

pub(super) const PLAIN: Illness = Illness {
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
    studies: &[],
    proof: None,
    women: false,
    ages: (0.0, 200.0),
    season: None,
    story: "",
    moved: None,
};

pub static ILLNESSES: [Illness; 25] = [
    Illness {
        icd: "J06.9",
        chinese: "急性上呼吸道感染",
        complaint: "咽痛、鼻塞、发热2天",
        advice: "多饮水，注意休息，体温超过38.5℃时对症退热",
        department: "呼吸与危重症医学科",
        yearly: [0.45, 0.16, 0.15],
        hospital: 0.28,
        inflammation: 0.25,
        medicines: &[&m::PARACETAMOL],
        panels: &[Panel::BloodCount],
        season: Some((12, 0.75)),
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
        season: Some((15, 0.6)),
        ..PLAIN
    },
    Illness {
        icd: "A09.9",
        chinese: "急性胃肠炎",
        complaint: "腹泻、腹痛1天，呕吐2次",
        advice: "口服补液，清淡饮食，观察尿量",
        department: "消化内科",
        yearly: [0.12, 0.05, 0.05],
        hospital: 0.40,
        inflammation: 0.30,
        medicines: &[&m::SMECTITE],
        panels: &[Panel::BloodCount, Panel::Electrolytes],
        season: Some((205, 0.6)),
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
        studies: &[seen(
            &study::CHEST_FILM,
            "双肺纹理增粗，右下肺见斑片状密度增高影，边缘模糊；心影大小形态正常；双膈面光整，肋膈角锐利。",
            "右下肺炎症，建议治疗后复查。",
        )],
        story: "入院后予抗感染、化痰、吸氧等治疗，体温第3天降至正常，咳嗽咳痰明显减轻，复查炎症指标下降。",
        season: Some((20, 0.65)),
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
        yearly: [0.005, 0.045, 0.060],
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
        yearly: [0.002, 0.055, 0.085],
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
        season: Some((105, 0.8)),
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
        yearly: [0.070, 0.035, 0.030],
        hospital: 0.5,
        ..PLAIN
    },
    Illness {
        icd: "G45.9",
        chinese: "短暂性脑缺血发作",
        complaint: "一过性右侧肢体麻木2小时",
        advice: "完善颅脑磁共振，控制血压血脂，神经内科随诊",
        department: "急诊科",
        yearly: [0.0, 0.001, 0.008],
        hospital: 1.0,
        class: Class::Emergency,
        panels: &[Panel::BloodCount, Panel::Electrolytes, Panel::Coagulation],
        studies: &[seen(&study::HEAD_CT, "", ""), seen(&study::ECG, "", "")],
        ages: (45.0, 200.0),
        ..PLAIN
    },
    Illness {
        icd: "R42",
        chinese: "眩晕",
        complaint: "发作性头晕、视物旋转半天",
        advice: "避免头位剧烈变动，神经内科门诊随诊",
        department: "神经内科",
        yearly: [0.0, 0.020, 0.060],
        hospital: 0.6,
        panels: &[Panel::BloodCount],
        studies: &[seen(&study::HEAD_CT, "", "")],
        ages: (20.0, 200.0),
        ..PLAIN
    },
    Illness {
        icd: "N20.1",
        chinese: "输尿管结石",
        complaint: "突发左腰部绞痛2小时",
        advice: "多饮水、解痉止痛，排石治疗，泌尿外科随诊",
        department: "急诊科",
        yearly: [0.0, 0.008, 0.005],
        hospital: 1.0,
        class: Class::Emergency,
        inflammation: 0.1,
        panels: &[Panel::BloodCount, Panel::Kidney, Panel::Urinalysis],
        studies: &[seen(
            &study::ABDOMEN_US,
            "左肾集合系统分离约1.2cm，左侧输尿管上段扩张，内见强回声约0.6cm，后伴声影。",
            "左侧输尿管上段结石伴左肾轻度积水。",
        )],
        ages: (18.0, 200.0),
        season: Some((205, 0.5)),
        ..PLAIN
    },
    Illness {
        icd: "K63.5",
        chinese: "结肠息肉",
        complaint: "体检便潜血阳性，要求肠镜检查",
        advice: "息肉已镜下切除，1年后复查肠镜",
        department: "消化内科",
        yearly: [0.0, 0.010, 0.020],
        hospital: 1.0,
        panels: &[Panel::BloodCount, Panel::Coagulation],
        studies: &[
            seen(
                &study::COLONOSCOPY,
                "横结肠及乙状结肠见数枚扁平及亚蒂息肉，最大约0.8cm，予冷圈套切除。",
                "结肠多发息肉，已切除。",
            ),
            seen(&study::PATHOLOGY, "送检结肠息肉：管状腺瘤，低级别上皮内瘤变。", "管状腺瘤。"),
        ],
        ages: (40.0, 85.0),
        ..PLAIN
    },
    Illness {
        icd: "K21.0",
        chinese: "胃食管反流病",
        complaint: "反酸、烧心2月",
        advice: "抬高床头，睡前3小时禁食，抑酸治疗",
        department: "消化内科",
        yearly: [0.0, 0.020, 0.020],
        hospital: 0.7,
        medicines: &[&m::OMEPRAZOLE],
        studies: &[seen(&study::GASTROSCOPY, "", "")],
        ages: (20.0, 200.0),
        ..PLAIN
    },
    Illness {
        icd: "E04.1",
        chinese: "甲状腺结节",
        complaint: "体检发现甲状腺结节1周",
        advice: "结节良性可能大，每年复查超声",
        department: "内分泌科",
        yearly: [0.0, 0.025, 0.025],
        hospital: 0.9,
        panels: &[Panel::Thyroid],
        studies: &[seen(
            &study::THYROID_US,
            "甲状腺左叶见一囊实性结节，约0.7cm×0.5cm，边界清，未见微钙化。",
            "甲状腺左叶结节，TI-RADS 3类。",
        )],
        ages: (25.0, 90.0),
        ..PLAIN
    },
    Illness {
        icd: "I50.9",
        chinese: "心力衰竭",
        complaint: "活动后气促加重、双下肢水肿1周",
        advice: "限盐限水，每日监测体重，规律服药，2周后复诊",
        department: "心血管内科",
        yearly: [0.0, 0.0003, 0.012],
        hospital: 1.0,
        class: Class::Inpatient,
        days: 9,
        inflammation: 0.15,
        panels: &[
            Panel::BloodCount,
            Panel::Heart,
            Panel::Electrolytes,
            Panel::Kidney,
            Panel::Liver,
            Panel::Coagulation,
        ],
        studies: &[
            seen(
                &study::HEART_US,
                "左房、左室增大，左室壁运动普遍减低，二尖瓣少量反流，左室射血分数42%。",
                "左房左室增大，左室收缩功能减低。",
            ),
            seen(&study::ECG, "窦性心律，左室高电压，V4-V6导联ST段压低0.05mV，T波低平。", "窦性心律，ST-T改变。"),
        ],
        ages: (55.0, 200.0),
        season: Some((15, 0.4)),
        story: "入院后予利尿、扩血管、改善心功能治疗，气促及水肿逐渐缓解，体重下降3kg。",
        ..PLAIN
    },
    Illness {
        icd: "N40",
        chinese: "前列腺增生",
        complaint: "排尿费力、尿线变细1年",
        advice: "坚持服药，避免憋尿，半年后复查",
        department: "泌尿外科",
        yearly: [0.0, 0.004, 0.040],
        hospital: 0.8,
        panels: &[Panel::TumourMarkersMen, Panel::Urinalysis],
        studies: &[],
        ages: (50.0, 200.0),
        ..PLAIN
    },
    Illness {
        icd: "F03",
        chinese: "老年性认知障碍",
        complaint: "记忆力进行性减退1年，家属陪诊",
        advice: "认知训练，照护者教育，防走失，神经内科随诊",
        department: "神经内科",
        yearly: [0.0, 0.0, 0.018],
        hospital: 0.8,
        panels: &[Panel::Thyroid, Panel::BloodCount],
        studies: &[seen(
            &study::BRAIN_MR,
            "双侧海马体积缩小，侧脑室颞角增宽，脑沟增宽，双侧侧脑室旁见斑片状T2高信号。",
            "脑萎缩，以颞叶内侧为著；脑白质慢性缺血改变。",
        )],
        ages: (75.0, 200.0),
        ..PLAIN
    },
    Illness {
        icd: "R54",
        chinese: "衰弱综合征",
        complaint: "乏力、体重下降、步速减慢半年",
        advice: "营养支持，抗阻锻炼，防跌倒评估，多重用药梳理",
        department: "老年医学科",
        yearly: [0.0, 0.0, 0.020],
        hospital: 0.6,
        panels: &[Panel::BloodCount, Panel::Liver, Panel::Thyroid],
        studies: &[seen(&study::BONE_DENSITY, "腰椎L1-4骨密度T值-2.7，股骨颈T值-2.5。", "骨质疏松。")],
        ages: (78.0, 200.0),
        ..PLAIN
    },
];
