//! Medicines: generic Chinese name, ATC code, how it is taken.

use super::allergy::Allergy;
use super::chronic::Disease;
use crate::calendar::Day;

/// One row of the medicine table.
#[derive(Debug, PartialEq, Eq)]
pub struct Medicine {
    /// WHO ATC code.
    pub atc: &'static str,
    pub chinese: &'static str,
    /// 剂型与规格.
    pub form: &'static str,
    /// How it is taken, as the prescription prints it.
    pub dose: &'static str,
    /// Times a day; 0 for 'when needed' or weekly.
    pub daily: u8,
    pub route: &'static str,
}

macro_rules! medicines {
    ($($name:ident $atc:literal $chinese:literal $form:literal $dose:literal $daily:literal $route:literal;)*) => {
        $(pub static $name: Medicine = Medicine {
            atc: $atc, chinese: $chinese, form: $form, dose: $dose, daily: $daily, route: $route,
        };)*
        /// Every medicine.
        pub static MEDICINES: &[&Medicine] = &[$(&$name),*];
    };
}

medicines! {
    AMLODIPINE "C08CA01" "苯磺酸氨氯地平片" "5mg/片" "5mg 口服 每日1次" 1 "口服";
    NIFEDIPINE "C08CA05" "硝苯地平控释片" "30mg/片" "30mg 口服 每日1次" 1 "口服";
    VALSARTAN "C09CA03" "缬沙坦胶囊" "80mg/粒" "80mg 口服 每日1次" 1 "口服";
    IRBESARTAN "C09CA04" "厄贝沙坦片" "150mg/片" "150mg 口服 每日1次" 1 "口服";
    HYDROCHLOROTHIAZIDE "C03AA03" "氢氯噻嗪片" "25mg/片" "12.5mg 口服 每日1次" 1 "口服";
    METOPROLOL "C07AB02" "琥珀酸美托洛尔缓释片" "47.5mg/片" "47.5mg 口服 每日1次" 1 "口服";
    METFORMIN "A10BA02" "盐酸二甲双胍片" "0.5g/片" "0.5g 口服 每日3次 随餐" 3 "口服";
    GLICLAZIDE "A10BB09" "格列齐特缓释片" "30mg/片" "60mg 口服 每日1次 早餐时" 1 "口服";
    ACARBOSE "A10BF01" "阿卡波糖片" "50mg/片" "50mg 口服 每日3次 随第一口饭嚼服" 3 "口服";
    DAPAGLIFLOZIN "A10BK01" "达格列净片" "10mg/片" "10mg 口服 每日1次" 1 "口服";
    INSULIN_GLARGINE "A10AE04" "甘精胰岛素注射液" "300单位/3ml" "14单位 皮下注射 每晚1次" 1 "皮下注射";
    ATORVASTATIN "C10AA05" "阿托伐他汀钙片" "20mg/片" "20mg 口服 每晚1次" 1 "口服";
    ROSUVASTATIN "C10AA07" "瑞舒伐他汀钙片" "10mg/片" "10mg 口服 每晚1次" 1 "口服";
    ASPIRIN "B01AC06" "阿司匹林肠溶片" "100mg/片" "100mg 口服 每日1次" 1 "口服";
    CLOPIDOGREL "B01AC04" "硫酸氢氯吡格雷片" "75mg/片" "75mg 口服 每日1次" 1 "口服";
    ISOSORBIDE "C01DA14" "单硝酸异山梨酯缓释片" "40mg/片" "40mg 口服 每日1次" 1 "口服";
    TIOTROPIUM "R03BB04" "噻托溴铵吸入粉雾剂" "18μg/粒" "18μg 吸入 每日1次" 1 "吸入";
    BUDESONIDE_FORMOTEROL "R03AK07" "布地奈德福莫特罗吸入粉雾剂" "160μg/4.5μg" "1吸 每日2次" 2 "吸入";
    SALBUTAMOL "R03AC02" "沙丁胺醇气雾剂" "100μg/揿" "必要时 1~2揿" 0 "吸入";
    MONTELUKAST "R03DC03" "孟鲁司特钠咀嚼片" "5mg/片" "5mg 口服 每晚1次" 1 "口服";
    ALLOPURINOL "M04AA01" "别嘌醇片" "0.1g/片" "0.1g 口服 每日2次" 2 "口服";
    FEBUXOSTAT "M04AA03" "非布司他片" "40mg/片" "40mg 口服 每日1次" 1 "口服";
    LEVOTHYROXINE "H03AA01" "左甲状腺素钠片" "50μg/片" "75μg 口服 每日1次 晨起空腹" 1 "口服";
    CALCIUM_D "A12AX" "碳酸钙D3片" "600mg/片" "600mg 口服 每日1次" 1 "口服";
    ALENDRONATE "M05BA04" "阿仑膦酸钠片" "70mg/片" "70mg 口服 每周1次 晨起空腹" 0 "口服";
    AMOXICILLIN "J01CA04" "阿莫西林胶囊" "0.5g/粒" "0.5g 口服 每8小时1次" 3 "口服";
    CEFUROXIME "J01DC02" "头孢呋辛酯片" "0.25g/片" "0.25g 口服 每日2次" 2 "口服";
    AZITHROMYCIN "J01FA10" "阿奇霉素片" "0.25g/片" "0.5g 口服 每日1次" 1 "口服";
    LEVOFLOXACIN "J01MA12" "左氧氟沙星片" "0.5g/片" "0.5g 口服 每日1次" 1 "口服";
    IBUPROFEN "M01AE01" "布洛芬缓释胶囊" "0.3g/粒" "0.3g 口服 每日2次" 2 "口服";
    PARACETAMOL "N02BE01" "对乙酰氨基酚片" "0.5g/片" "0.5g 口服 必要时" 0 "口服";
    OMEPRAZOLE "A02BC01" "奥美拉唑肠溶胶囊" "20mg/粒" "20mg 口服 每日1次" 1 "口服";
    SMECTITE "A07BC05" "蒙脱石散" "3g/袋" "3g 口服 每日3次" 3 "口服";
    LORATADINE "R06AX13" "氯雷他定片" "10mg/片" "10mg 口服 每日1次" 1 "口服";
    OSELTAMIVIR "J05AH02" "磷酸奥司他韦胶囊" "75mg/粒" "75mg 口服 每日2次 共5天" 2 "口服";
    ORAL_SALTS "A07CA" "口服补液盐散Ⅲ" "5.125g/袋" "1袋 温水250ml冲服 少量多次" 0 "口服";
    FOLIC_ACID "B03BB01" "叶酸片" "0.4mg/片" "0.4mg 口服 每日1次" 1 "口服";
    IRON "B03AA07" "硫酸亚铁片" "0.3g/片" "0.3g 口服 每日1次 餐后" 1 "口服";
    INSULIN_ASPART "A10AB05" "门冬胰岛素注射液" "300单位/3ml" "6单位 餐前皮下注射 每日3次" 3 "皮下注射";
    VITAMIN_D "A11CC05" "维生素D滴剂" "400单位/粒" "400单位 口服 每日1次" 1 "口服";
    ERYTHROPOIETIN "B03XA01" "重组人促红素注射液" "10000单位/支" "10000单位 皮下注射 每周1次" 0 "皮下注射";
    PHOSPHATE_BINDER "V03AE02" "碳酸司维拉姆片" "0.8g/片" "0.8g 口服 每日3次 随餐" 3 "口服";
    TAMOXIFEN "L02BA01" "枸橼酸他莫昔芬片" "10mg/片" "10mg 口服 每日2次" 2 "口服";
    MORPHINE "N02AA01" "硫酸吗啡缓释片" "30mg/片" "30mg 口服 每12小时1次" 2 "口服";
    AMBROXOL "R05CB06" "盐酸氨溴索片" "30mg/片" "30mg 口服 每日3次" 3 "口服";
}

/// A medicine that a resident takes or took.
#[derive(Clone, Debug)]
pub struct Course {
    pub medicine: &'static Medicine,
    pub start: Day,
    /// The last day, when it is over.
    pub end: Option<Day>,
    pub reason: &'static str,
    /// Code of the institution that prescribed it.
    pub institution: &'static str,
    /// The chronic disease, or nothing for a short course.
    pub disease: Option<Disease>,
    /// Why it was stopped, when it was stopped before its time.
    pub stopped: Option<&'static str>,
}

/// Whether one of the allergies forbids the medicine: the allergen's ATC class begins the medicine's code.
#[must_use]
pub fn forbidden(medicine: &Medicine, allergies: &[Allergy]) -> bool {
    allergies.iter().any(|allergy| medicine.atc.starts_with(allergy.allergen.code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinic::allergy::{ALLERGENS, Severity};

    #[test]
    fn penicillin_allergy_forbids_amoxicillin_only() {
        let allergies =
            [Allergy { allergen: &ALLERGENS[0], severity: Severity::Severe, recorded: Day::of(2010, 3, 2) }];
        let banned: Vec<_> = MEDICINES.iter().filter(|m| forbidden(m, &allergies)).map(|m| m.atc).collect();
        assert_eq!(banned, ["J01CA04"]);
    }

    #[test]
    fn atc_codes_have_their_shape() {
        for medicine in MEDICINES {
            let form = |c: char| if c.is_ascii_digit() { '0' } else { 'A' };
            let shape: String = medicine.atc.chars().map(form).collect();
            assert!(["A00AA00", "A00AA"].contains(&shape.as_str()), "{}", medicine.atc);
        }
    }
}
