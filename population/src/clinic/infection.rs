//! Infections with a season: when they come, how they are proven. Seasons follow the national surveillance in their
//! order (influenza in January, hand-foot-mouth in June, norovirus and RSV in winter); rates of consultation are assumed.

use super::acute::{Class, Illness, PLAIN, seen};
use super::assay;
use super::medicine as m;
use super::panel::Panel;
use super::study;

pub static INFECTIONS: [Illness; 12] = [
    Illness {
        // northern winter peak in January: national influenza centre; consultation rates assumed
        icd: "J10.1",
        chinese: "流行性感冒(甲型)",
        complaint: "高热、头痛、全身肌肉酸痛1天",
        advice: "居家隔离休息，尽早抗病毒治疗，多饮水",
        department: "呼吸与危重症医学科",
        yearly: [0.090, 0.016, 0.020],
        hospital: 0.45,
        inflammation: 0.4,
        panels: &[Panel::BloodCount],
        medicines: &[&m::OSELTAMIVIR, &m::PARACETAMOL],
        proof: Some((Panel::RespiratoryViruses, &assay::INFLUENZA_A)),
        season: Some((15, 0.92)),
        ..PLAIN
    },
    Illness {
        icd: "J10.8",
        chinese: "流行性感冒(乙型)",
        complaint: "发热、咽痛、乏力2天",
        advice: "居家隔离休息，对症退热",
        department: "呼吸与危重症医学科",
        yearly: [0.030, 0.005, 0.005],
        hospital: 0.4,
        inflammation: 0.35,
        panels: &[Panel::BloodCount],
        medicines: &[&m::OSELTAMIVIR, &m::PARACETAMOL],
        proof: Some((Panel::RespiratoryViruses, &assay::INFLUENZA_B)),
        season: Some((60, 0.85)),
        ..PLAIN
    },
    Illness {
        // under six years 2 to 3 % a year are reported, with the peak in June; the rate here holds for the ages below
        icd: "B08.4",
        chinese: "手足口病",
        complaint: "手、足、口腔散在疱疹伴低热1天",
        advice: "居家隔离至症状消失后1周，注意手卫生，观察精神状态",
        department: "儿科",
        yearly: [0.055, 0.0, 0.0],
        hospital: 0.6,
        inflammation: 0.25,
        panels: &[Panel::BloodCount],
        proof: Some((Panel::Enterovirus, &assay::ENTEROVIRUS)),
        ages: (0.5, 6.0),
        season: Some((172, 0.85)),
        ..PLAIN
    },
    Illness {
        icd: "A08.1",
        chinese: "诺如病毒胃肠炎",
        complaint: "呕吐4次、腹泻3次半天",
        advice: "口服补液，隔离至症状消失后72小时，注意消毒",
        department: "消化内科",
        yearly: [0.035, 0.006, 0.006],
        hospital: 0.45,
        inflammation: 0.15,
        panels: &[Panel::BloodCount, Panel::Electrolytes],
        medicines: &[&m::ORAL_SALTS],
        proof: Some((Panel::StoolPathogens, &assay::NOROVIRUS)),
        season: Some((345, 0.85)),
        ..PLAIN
    },
    Illness {
        icd: "A08.0",
        chinese: "轮状病毒肠炎",
        complaint: "蛋花汤样便8次、呕吐、发热1天",
        advice: "口服补液，观察尿量及精神",
        department: "儿科",
        yearly: [0.10, 0.0, 0.0],
        hospital: 0.7,
        inflammation: 0.25,
        panels: &[Panel::BloodCount, Panel::Electrolytes],
        medicines: &[&m::ORAL_SALTS, &m::SMECTITE],
        proof: Some((Panel::StoolPathogens, &assay::ROTAVIRUS)),
        ages: (0.25, 3.0),
        season: Some((350, 0.85)),
        ..PLAIN
    },
    Illness {
        icd: "J21.0",
        chinese: "呼吸道合胞病毒毛细支气管炎",
        complaint: "咳嗽3天，喘息1天",
        advice: "雾化、吸氧等治疗后好转，避免被动吸烟，注意手卫生",
        department: "儿科",
        yearly: [0.055, 0.0, 0.0],
        hospital: 1.0,
        class: Class::Inpatient,
        days: 5,
        inflammation: 0.35,
        panels: &[Panel::BloodCount, Panel::Inflammation, Panel::Electrolytes],
        studies: &[seen(&study::CHEST_FILM, "双肺纹理增多、模糊，双肺透亮度增高，膈面低平。", "毛细支气管炎表现。")],
        proof: Some((Panel::RespiratoryViruses, &assay::RSV)),
        ages: (0.08, 2.0),
        season: Some((5, 0.9)),
        story: "入院后予吸氧、雾化、补液等治疗，喘息逐渐缓解，经皮血氧饱和度维持在95%以上。",
        ..PLAIN
    },
    Illness {
        icd: "A02.0",
        chinese: "沙门菌肠炎",
        complaint: "发热、腹痛、黏液便6次1天",
        advice: "补液，完成抗感染疗程，注意食品卫生",
        department: "消化内科",
        yearly: [0.004, 0.0015, 0.002],
        hospital: 0.7,
        inflammation: 0.5,
        panels: &[Panel::BloodCount, Panel::Inflammation, Panel::Electrolytes],
        medicines: &[&m::LEVOFLOXACIN, &m::ORAL_SALTS],
        proof: Some((Panel::StoolPathogens, &assay::SALMONELLA)),
        season: Some((215, 0.8)),
        ..PLAIN
    },
    Illness {
        icd: "B01.9",
        chinese: "水痘",
        complaint: "全身散在红色斑丘疹、水疱伴瘙痒2天",
        advice: "隔离至疱疹全部结痂，避免搔抓",
        department: "儿科",
        yearly: [0.006, 0.0006, 0.0],
        hospital: 0.6,
        inflammation: 0.15,
        panels: &[Panel::BloodCount],
        ages: (0.5, 30.0),
        season: Some((350, 0.4)),
        ..PLAIN
    },
    Illness {
        icd: "A38",
        chinese: "猩红热",
        complaint: "发热、咽痛、皮疹1天",
        advice: "隔离，完成10天抗感染疗程",
        department: "儿科",
        yearly: [0.003, 0.0, 0.0],
        hospital: 0.8,
        inflammation: 0.5,
        panels: &[Panel::BloodCount],
        medicines: &[&m::AMOXICILLIN],
        ages: (2.0, 12.0),
        season: Some((150, 0.5)),
        ..PLAIN
    },
    Illness {
        icd: "B26.9",
        chinese: "流行性腮腺炎",
        complaint: "右耳下肿痛2天",
        advice: "隔离至腮肿消退，注意腹痛",
        department: "儿科",
        yearly: [0.002, 0.0, 0.0],
        hospital: 0.7,
        inflammation: 0.2,
        panels: &[Panel::BloodCount],
        ages: (2.0, 15.0),
        season: Some((160, 0.4)),
        ..PLAIN
    },
    Illness {
        // 45 to 55 reported cases per 100,000 a year
        icd: "A16.2",
        chinese: "肺结核",
        complaint: "咳嗽、低热、盗汗1月",
        advice: "规律全程抗结核治疗，按月复查，密切接触者筛查",
        department: "感染性疾病科",
        yearly: [0.0, 0.0006, 0.0012],
        hospital: 1.0,
        inflammation: 0.3,
        panels: &[Panel::BloodCount, Panel::Liver],
        studies: &[seen(
            &study::CHEST_CT,
            "右肺上叶尖后段见斑片、结节影及小空洞，周围见卫星灶。",
            "右肺上叶继发性肺结核。",
        )],
        ages: (15.0, 200.0),
        ..PLAIN
    },
    Illness {
        icd: "U07.1",
        chinese: "新型冠状病毒感染",
        complaint: "发热、咽痛、乏力2天",
        advice: "居家休息，对症治疗，症状加重及时就诊",
        department: "呼吸与危重症医学科",
        yearly: [0.035, 0.030, 0.045],
        hospital: 0.35,
        inflammation: 0.35,
        panels: &[Panel::BloodCount],
        medicines: &[&m::PARACETAMOL],
        season: Some((170, 0.4)),
        ..PLAIN
    },
];
