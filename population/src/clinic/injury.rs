//! Injuries: falls, fractures, cuts. Rates are assumed where no source stands beside them.

use super::acute::{Class, Illness, PLAIN, seen};
use super::medicine as m;
use super::panel::Panel;
use super::study;

pub static INJURIES: [Illness; 9] = [
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
        studies: &[seen(&study::ANKLE_FILM, "", "")],
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
        studies: &[seen(
            &study::WRIST_FILM,
            "右桡骨远端骨皮质中断，断端向背侧、桡侧移位，关节面未受累。",
            "右桡骨远端骨折(Colles骨折)。",
        )],
        ..PLAIN
    },
    Illness {
        icd: "S72.0",
        chinese: "股骨颈骨折",
        complaint: "跌倒后左髋部疼痛、不能站立3小时",
        advice: "术后早期康复，规范抗骨质疏松治疗，防跌倒，1月后复查",
        department: "骨科",
        // women of 55 and over about 177, men 99 per 100,000 a year (national insurance data, JAMA Netw Open 2020)
        yearly: [0.0, 0.0003, 0.0036],
        hospital: 1.0,
        class: Class::Inpatient,
        days: 14,
        inflammation: 0.35,
        medicines: &[&m::IBUPROFEN],
        panels: &[Panel::BloodCount, Panel::Coagulation, Panel::Kidney, Panel::Electrolytes, Panel::Liver],
        studies: &[
            seen(
                &study::HIP_FILM,
                "左股骨颈骨皮质不连续，断端移位，股骨头向内下方旋转。",
                "左股骨颈骨折(Garden Ⅲ型)。",
            ),
            seen(&study::ECG, "", ""),
            seen(&study::CHEST_FILM, "", ""),
        ],
        ages: (55.0, 200.0),
        season: Some((10, 0.3)),
        story: "完善术前检查后于入院第3天在腰硬联合麻醉下行人工股骨头置换术，术后予抗凝、镇痛，转康复医学科功能锻炼。",
        moved: Some("康复医学科"),
        ..PLAIN
    },
    Illness {
        icd: "S22.0",
        chinese: "胸椎压缩性骨折",
        complaint: "弯腰提物后腰背痛2天",
        advice: "卧床休息，支具保护，抗骨质疏松治疗",
        department: "骨科",
        yearly: [0.0, 0.0004, 0.0070],
        hospital: 1.0,
        inflammation: 0.1,
        medicines: &[&m::IBUPROFEN],
        panels: &[Panel::BloodCount, Panel::MineralBone],
        studies: &[
            seen(
                &study::SPINE_FILM,
                "T12椎体楔形变扁，前缘高度约为后缘的1/2，诸椎体骨质疏松。",
                "T12椎体压缩性骨折，骨质疏松。",
            ),
            seen(&study::BONE_DENSITY, "腰椎L1-4骨密度T值-3.1，股骨颈T值-2.6。", "骨质疏松。"),
        ],
        ages: (55.0, 200.0),
        ..PLAIN
    },
    Illness {
        icd: "S06.0",
        chinese: "脑震荡",
        complaint: "跌倒撞伤头部后头痛、恶心2小时",
        advice: "卧床休息，24小时内如呕吐、嗜睡立即就诊",
        department: "急诊科",
        yearly: [0.012, 0.004, 0.008],
        hospital: 1.0,
        class: Class::Emergency,
        studies: &[seen(&study::HEAD_CT, "", "")],
        ..PLAIN
    },
    Illness {
        icd: "S52.4",
        chinese: "尺桡骨骨折",
        complaint: "玩耍时跌伤致左前臂肿痛2小时",
        advice: "石膏固定6周，抬高患肢，1周后复查",
        department: "骨科",
        yearly: [0.007, 0.0, 0.0],
        hospital: 1.0,
        class: Class::Emergency,
        medicines: &[],
        studies: &[seen(&study::WRIST_FILM, "左桡骨中下段青枝骨折，尺骨骨皮质皱折，轻度成角。", "左尺桡骨青枝骨折。")],
        ages: (3.0, 15.0),
        season: Some((200, 0.4)),
        ..PLAIN
    },
    Illness {
        icd: "T30.0",
        chinese: "烫伤",
        complaint: "热水烫伤右前臂半小时",
        advice: "创面清洁换药，预防感染，隔日复诊",
        department: "急诊科",
        yearly: [0.008, 0.003, 0.003],
        hospital: 0.8,
        class: Class::Emergency,
        ..PLAIN
    },
    Illness {
        icd: "W19",
        chinese: "跌倒",
        complaint: "家中跌倒，双膝皮肤擦伤1小时",
        advice: "清创，评估跌倒风险，改造居家环境",
        department: "急诊科",
        yearly: [0.0, 0.0, 0.035],
        hospital: 0.4,
        class: Class::Emergency,
        ages: (65.0, 200.0),
        season: Some((20, 0.3)),
        ..PLAIN
    },
];
