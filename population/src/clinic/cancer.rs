//! Cancer: incidence by age, sex and site; stage; survival; the course of treatment.
//!
//! Incidence of all sites by age, and the shares of the sites, follow the national estimates for 2022 (4,824,700 new
//! cases, crude 341.75 per 100,000: Han and others, J Natl Cancer Cent 2024;4:47; counts by site and sex); the values
//! by age group are read from memory of its figure and scaled to the crude rates. Five-year survival by site is in the
//! order of the national registries (Zeng and others 2018 and later); survival by stage is assumed.

use super::analyte::Analyte;
use super::study::{self, StudyKind};
use crate::calendar::Day;
use crate::draw::{Rng, Stream, between, rng, weighted};
use crate::people::person::{Person, Sex};

/// A site of cancer.
#[derive(Debug, PartialEq)]
pub struct Site {
    pub icd: &'static str,
    pub chinese: &'static str,
    /// New cases in ten thousands, 2022: men, women.
    pub cases: (f64, f64),
    /// How much more often before 45 years than its share of all ages (assumed).
    young: f64,
    /// Five-year survival.
    pub survival: f64,
    /// Hospital department that operates, and the operation.
    pub department: &'static str,
    pub operation: &'static str,
    pub complaint: &'static str,
    /// Tumour marker, and its level at stage III.
    pub marker: (Analyte, f64),
    pub imaging: &'static StudyKind,
    /// What imaging shows, and what the pathologist says.
    pub seen: &'static str,
    pub pathology: &'static str,
    /// Chemotherapy as written, when there is one.
    pub chemotherapy: Option<&'static str>,
}

pub static SITES: [Site; 14] = [
    Site {
        icd: "C34.9",
        chinese: "支气管和肺恶性肿瘤",
        cases: (65.87, 40.19),
        young: 0.35,
        survival: 0.29,
        department: "心胸外科",
        operation: "胸腔镜下肺叶切除+纵隔淋巴结清扫术",
        complaint: "咳嗽、痰中带血1月",
        marker: (Analyte::Cea, 18.0),
        imaging: &study::CHEST_CT,
        seen: "右肺上叶见一不规则软组织密度结节，约2.6cm×2.1cm，边缘毛刺，邻近胸膜牵拉；纵隔内见稍大淋巴结。",
        pathology: "浸润性腺癌，腺泡型为主，支气管切缘阴性。",
        chemotherapy: Some("培美曲塞+卡铂方案"),
    },
    Site {
        icd: "C18.9",
        chinese: "结肠恶性肿瘤",
        cases: (30.77, 20.94),
        young: 0.6,
        survival: 0.58,
        department: "普通外科",
        operation: "腹腔镜下结肠癌根治术",
        complaint: "大便带血、排便习惯改变2月",
        marker: (Analyte::Cea, 24.0),
        imaging: &study::ABDOMEN_CT,
        seen: "乙状结肠肠壁不规则增厚，最厚约1.8cm，增强明显强化，肠腔狭窄，周围脂肪间隙模糊，见小淋巴结。",
        pathology: "中分化腺癌，侵及肌层，切缘阴性。",
        chemotherapy: Some("奥沙利铂+卡培他滨(XELOX)方案"),
    },
    Site {
        icd: "C16.9",
        chinese: "胃恶性肿瘤",
        cases: (24.66, 11.21),
        young: 0.6,
        survival: 0.36,
        department: "普通外科",
        operation: "腹腔镜下远端胃癌根治术(D2)",
        complaint: "上腹隐痛、消瘦3月",
        marker: (Analyte::Ca199, 60.0),
        imaging: &study::GASTROSCOPY,
        seen: "胃窦小弯侧见一约3.0cm×2.5cm溃疡型肿物，底覆污苔，边缘隆起，质脆易出血。",
        pathology: "低分化腺癌，侵及黏膜下层至肌层。",
        chemotherapy: Some("奥沙利铂+替吉奥(SOX)方案"),
    },
    Site {
        icd: "C22.9",
        chinese: "肝恶性肿瘤",
        cases: (26.79, 9.98),
        young: 0.8,
        survival: 0.14,
        department: "普通外科",
        operation: "肝部分切除术",
        complaint: "右上腹胀痛、乏力1月",
        marker: (Analyte::Afp, 420.0),
        imaging: &study::ABDOMEN_CT,
        seen: "肝右叶见一约4.2cm×3.8cm低密度影，动脉期明显强化，门脉期廓清；肝硬化表现。",
        pathology: "肝细胞癌，中分化。",
        chemotherapy: None,
    },
    Site {
        icd: "C15.9",
        chinese: "食管恶性肿瘤",
        cases: (16.75, 5.6),
        young: 0.2,
        survival: 0.33,
        department: "心胸外科",
        operation: "胸腹腔镜联合食管癌根治术",
        complaint: "进行性吞咽困难2月",
        marker: (Analyte::Cea, 9.0),
        imaging: &study::GASTROSCOPY,
        seen: "距门齿28~32cm食管后壁见不规则隆起性病变，表面糜烂，质脆，管腔狭窄。",
        pathology: "中分化鳞状细胞癌。",
        chemotherapy: Some("紫杉醇+顺铂方案"),
    },
    Site {
        icd: "C50.9",
        chinese: "乳腺恶性肿瘤",
        cases: (0.3, 35.72),
        young: 1.7,
        survival: 0.83,
        department: "普通外科",
        operation: "乳腺癌改良根治术",
        complaint: "发现左乳无痛性肿块1月",
        marker: (Analyte::Cea, 8.0),
        imaging: &study::BREAST_US,
        seen: "左乳外上象限见一低回声结节，约1.9cm×1.5cm，形态不规则，边缘成角，纵横比>1，内见点状强回声。BI-RADS 5类。",
        pathology: "浸润性导管癌Ⅱ级，ER(+)，PR(+)，HER2(1+)，Ki-67约20%。",
        chemotherapy: Some("多柔比星+环磷酰胺序贯紫杉醇(AC-T)方案"),
    },
    Site {
        icd: "C73",
        chinese: "甲状腺恶性肿瘤",
        cases: (12.49, 34.12),
        young: 3.2,
        survival: 0.94,
        department: "普通外科",
        operation: "甲状腺癌根治术",
        complaint: "体检发现甲状腺结节2周",
        marker: (Analyte::Tsh, 2.0),
        imaging: &study::THYROID_US,
        seen: "甲状腺右叶中部见一低回声结节，约0.9cm×0.8cm，边界不清，纵横比>1，内见微钙化。TI-RADS 4c类。",
        pathology: "甲状腺乳头状癌，未侵及被膜。",
        chemotherapy: None,
    },
    Site {
        icd: "C53.9",
        chinese: "宫颈恶性肿瘤",
        cases: (0.0, 15.07),
        young: 1.5,
        survival: 0.61,
        department: "妇产科",
        operation: "广泛性子宫切除+盆腔淋巴结清扫术",
        complaint: "接触性阴道出血1月",
        marker: (Analyte::Ca125, 38.0),
        imaging: &study::ABDOMEN_CT,
        seen: "宫颈增大，见约3.1cm软组织影，增强不均匀强化，宫旁脂肪间隙清晰。",
        pathology: "宫颈鳞状细胞癌，中分化。",
        chemotherapy: Some("顺铂同步放化疗"),
    },
    Site {
        icd: "C54.1",
        chinese: "子宫内膜恶性肿瘤",
        cases: (0.0, 7.77),
        young: 0.7,
        survival: 0.75,
        department: "妇产科",
        operation: "全子宫双附件切除术",
        complaint: "绝经后阴道出血2周",
        marker: (Analyte::Ca125, 45.0),
        imaging: &study::ABDOMEN_CT,
        seen: "子宫增大，内膜增厚约2.0cm，增强强化欠均匀，肌层受累小于1/2。",
        pathology: "子宫内膜样腺癌，G2。",
        chemotherapy: None,
    },
    Site {
        icd: "C56",
        chinese: "卵巢恶性肿瘤",
        cases: (0.0, 6.11),
        young: 1.0,
        survival: 0.39,
        department: "妇产科",
        operation: "卵巢肿瘤细胞减灭术",
        complaint: "腹胀、腹围增大1月",
        marker: (Analyte::Ca125, 480.0),
        imaging: &study::ABDOMEN_CT,
        seen: "盆腔见一囊实性肿块，约9.2cm×7.5cm，实性部分明显强化，少量腹水。",
        pathology: "高级别浆液性癌。",
        chemotherapy: Some("紫杉醇+卡铂方案"),
    },
    Site {
        icd: "C61",
        chinese: "前列腺恶性肿瘤",
        cases: (13.42, 0.0),
        young: 0.02,
        survival: 0.71,
        department: "泌尿外科",
        operation: "腹腔镜前列腺癌根治术",
        complaint: "尿频、夜尿增多，体检发现PSA升高",
        marker: (Analyte::Psa, 32.0),
        imaging: &study::ABDOMEN_CT,
        seen: "前列腺增大，外周带见结节状强化影，包膜局部欠光整。",
        pathology: "前列腺腺癌，Gleason评分4+3=7分。",
        chemotherapy: None,
    },
    Site {
        icd: "C67.9",
        chinese: "膀胱恶性肿瘤",
        cases: (7.32, 1.9),
        young: 0.2,
        survival: 0.67,
        department: "泌尿外科",
        operation: "经尿道膀胱肿瘤电切术",
        complaint: "无痛性肉眼血尿1周",
        marker: (Analyte::Cea, 5.0),
        imaging: &study::ABDOMEN_CT,
        seen: "膀胱右侧壁见乳头状软组织影，约1.7cm，增强明显强化。",
        pathology: "低级别尿路上皮癌。",
        chemotherapy: None,
    },
    Site {
        icd: "C25.9",
        chinese: "胰腺恶性肿瘤",
        cases: (6.71, 5.16),
        young: 0.3,
        survival: 0.08,
        department: "普通外科",
        operation: "胰十二指肠切除术",
        complaint: "上腹痛、皮肤黄染2周",
        marker: (Analyte::Ca199, 680.0),
        imaging: &study::ABDOMEN_CT,
        seen: "胰头见一乏血供肿块，约3.3cm，胆总管及胰管扩张，与肠系膜上静脉分界不清。",
        pathology: "胰腺导管腺癌，中低分化。",
        chemotherapy: Some("吉西他滨+白蛋白紫杉醇方案"),
    },
    Site {
        icd: "C85.9",
        chinese: "非霍奇金淋巴瘤",
        cases: (4.8, 3.7),
        young: 1.4,
        survival: 0.43,
        department: "血液内科",
        operation: "颈部淋巴结活检术",
        complaint: "颈部淋巴结肿大1月",
        marker: (Analyte::Crp, 14.0),
        imaging: &study::CHEST_CT,
        seen: "纵隔及双侧腋窝见多发肿大淋巴结，部分融合，增强轻度强化。",
        pathology: "弥漫大B细胞淋巴瘤，non-GCB型。",
        chemotherapy: Some("R-CHOP方案"),
    },
];

/// Upper ends of age groups and new cases a year per 100,000 men and women.
pub const INCIDENCE: [(f64, f64, f64); 9] = [
    (15.0, 12.0, 12.0),
    (25.0, 20.0, 26.0),
    (35.0, 55.0, 130.0),
    (45.0, 130.0, 285.0),
    (55.0, 305.0, 430.0),
    (65.0, 720.0, 580.0),
    (75.0, 1290.0, 820.0),
    (85.0, 1660.0, 1080.0),
    (200.0, 1500.0, 950.0),
];

/// A cancer of a resident.
#[derive(Clone, Copy, Debug)]
pub struct Cancer {
    pub site: &'static Site,
    pub diagnosed: Day,
    /// I to IV.
    pub stage: u8,
    /// The day on which it kills, when that is before today.
    pub(crate) death: Option<Day>,
}

/// Shares of the four stages at diagnosis (assumed).
const STAGES: [(u8, f64); 4] = [(1, 0.27), (2, 0.25), (3, 0.26), (4, 0.22)];

/// New cases of all sites a year among one.
#[must_use]
pub fn yearly(sex: Sex, age: f64) -> f64 {
    let row = INCIDENCE.iter().find(|(below, _, _)| age < *below);
    row.map_or(0.0, |(_, men, women)| if sex == Sex::Male { *men } else { *women } / 100_000.0)
}

fn site(rng: &mut Rng, sex: Sex, age: f64) -> &'static Site {
    let table: Vec<(&'static Site, f64)> = SITES
        .iter()
        .map(|site| {
            let cases = if sex == Sex::Male { site.cases.0 } else { site.cases.1 };
            (site, cases * if age < 45.0 { site.young } else { 1.0 })
        })
        .collect();
    weighted(rng, &table, &SITES[0])
}

/// Mean survival in years that gives the site's five-year survival, moved by stage.
fn mean_survival(site: &Site, stage: u8) -> f64 {
    let by_stage = match stage {
        1 => 0.18,
        2 => 0.5,
        3 => 1.3,
        _ => 3.2,
    };
    5.0 / (-site.survival.ln() * by_stage).max(0.002)
}

/// The recorded years in which a cancer can begin.
const YEARS: f64 = super::plan::HOSPITAL_YEARS;
/// The heavily treated man of the cast.
const CAST: (u64, f64) = (6, 2.1);

/// The cancer of a person that was found within the recorded years, if there is one.
pub(crate) fn of_person(seed: u64, today: Day, person: &Person) -> Option<Cancer> {
    if person.index == CAST.0 {
        return Some(Cancer { site: &SITES[1], diagnosed: today.plus_years(-CAST.1), stage: 3, death: None });
    }
    if crate::people::casting::cast(person.index).is_some() {
        return None;
    }
    let mut rng = rng(seed, Stream::Cancer, person.index);
    let limit = -(1.0 - rng.f64()).ln();
    let since = today.plus_years(-YEARS).max(person.birth);
    let (mut day, mut risk) = (since, 0.0);
    while day < today {
        risk += yearly(person.sex, day.years_since(person.birth)) / 4.0;
        if risk > limit {
            let diagnosed = day.plus(between(&mut rng, 0, 90));
            let age = diagnosed.years_since(person.birth);
            let site = site(&mut rng, person.sex, age);
            let stage = weighted(&mut rng, &STAGES, 2);
            let years = -(1.0 - rng.f64()).ln() * mean_survival(site, stage);
            // nobody dies of it before it has been treated at all
            let death = diagnosed.plus(40).plus_years(years);
            let death = (death < today.plus(-2)).then_some(death);
            return (diagnosed < today.plus(-3)).then_some(Cancer { site, diagnosed, stage, death });
        }
        day = day.plus(91);
    }
    None
}

impl Cancer {
    /// The stage as a report writes it.
    #[must_use]
    pub const fn stage_text(&self) -> &'static str {
        match self.stage {
            1 => "ⅠA期(pT1N0M0)",
            2 => "ⅡB期(pT2N1M0)",
            3 => "ⅢA期(pT3N2M0)",
            _ => "Ⅳ期(cT3N2M1)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crude_rates_come_near_the_national_ones() {
        // shares of ages in the population of 2022 (rounded)
        let ages = [0.17, 0.11, 0.15, 0.15, 0.16, 0.125, 0.09, 0.035, 0.01];
        let crude = |pick: fn(&(f64, f64, f64)) -> f64| {
            INCIDENCE.iter().zip(ages).map(|(row, share)| pick(row) * share).sum::<f64>()
        };
        assert!((crude(|r| r.1) - 351.0).abs() < 35.0, "{}", crude(|r| r.1));
        assert!((crude(|r| r.2) - 332.0).abs() < 35.0, "{}", crude(|r| r.2));
    }
}
