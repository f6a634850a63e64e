//! Laboratory items: LOINC code, names, UCUM unit, reference interval, critical limits, biological variation.
//!
//! LOINC codes are those for the SI units that Chinese laboratories report. Reference intervals follow WS/T 404
//! (chemistry) and WS/T 405 (blood count) as remembered, not as read: re-check them before any clinical use. Critical
//! limits are house examples. Variation (within one person, percent) is in the order of the EFLM tables, assumed.

use crate::fixed::Fixed;
use crate::people::person::Sex;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Analyte {
    FastingGlucose,
    Hba1c,
    Creatinine,
    Egfr,
    Urea,
    UricAcid,
    Alt,
    Ast,
    Albumin,
    Bilirubin,
    TotalCholesterol,
    Triglycerides,
    Ldl,
    Hdl,
    Potassium,
    Sodium,
    Chloride,
    Wbc,
    NeutrophilShare,
    Haemoglobin,
    Platelets,
    Crp,
    Tsh,
    FreeT4,
    UrineAlbuminCreatinine,
    LymphocyteShare,
    Ggt,
    Alp,
    Calcium,
    Phosphate,
    Pth,
    Ferritin,
    TroponinI,
    NtProBnp,
    DDimer,
    Inr,
    Fibrinogen,
    Cea,
    Ca199,
    Afp,
    Ca125,
    Psa,
    GlucoseAfterLoad,
    SkinBilirubin,
}

/// A lower and an upper limit, either of which may be missing.
pub type Interval = (Option<f64>, Option<f64>);

/// One row of the table.
#[derive(Debug)]
pub struct AnalyteRow {
    pub analyte: Analyte,
    pub loinc: &'static str,
    /// LOINC's English name in short.
    pub english: &'static str,
    pub chinese: &'static str,
    /// UCUM code.
    pub ucum: &'static str,
    /// The unit as a Chinese report prints it.
    pub unit: &'static str,
    /// Decimals printed.
    pub places: u8,
    pub men: Interval,
    pub women: Interval,
    /// Below the first or above the second: critical.
    pub critical: Interval,
    /// Variation within a healthy person and of the method together, percent.
    pub(crate) within: f64,
}

const fn both(low: f64, high: f64) -> Interval {
    (Some(low), Some(high))
}
const fn below(high: f64) -> Interval {
    (None, Some(high))
}
const fn above(low: f64) -> Interval {
    (Some(low), None)
}
const NONE: Interval = (None, None);

macro_rules! row {
    ($analyte:ident $loinc:literal $english:literal $chinese:literal $ucum:literal $unit:literal $places:literal
     $men:expr, $women:expr, $critical:expr, $within:literal) => {
        AnalyteRow {
            analyte: Analyte::$analyte,
            loinc: $loinc,
            english: $english,
            chinese: $chinese,
            ucum: $ucum,
            unit: $unit,
            places: $places,
            men: $men,
            women: $women,
            critical: $critical,
            within: $within,
        }
    };
}

#[rustfmt::skip]
pub static ANALYTES: [AnalyteRow; 44] = [
    row!(FastingGlucose "14771-0" "Fasting glucose [Moles/volume] in Serum or Plasma" "空腹血糖" "mmol/L" "mmol/L" 2 both(3.9, 6.1), both(3.9, 6.1), both(2.8, 22.2), 5.0),
    row!(Hba1c "4548-4" "Hemoglobin A1c/Hemoglobin.total in Blood" "糖化血红蛋白" "%" "%" 1 both(4.0, 6.0), both(4.0, 6.0), NONE, 1.6),
    row!(Creatinine "14682-9" "Creatinine [Moles/volume] in Serum or Plasma" "肌酐" "umol/L" "μmol/L" 0 both(57.0, 97.0), both(41.0, 73.0), below(707.0), 4.5),
    row!(Egfr "62238-1" "Glomerular filtration rate/1.73 sq M.predicted by Creatinine-based formula (CKD-EPI)" "估算肾小球滤过率" "mL/min/{1.73_m2}" "mL/min/1.73m²" 0 above(90.0), above(90.0), NONE, 0.0),
    row!(Urea "22664-7" "Urea [Moles/volume] in Serum or Plasma" "尿素" "mmol/L" "mmol/L" 1 both(3.1, 8.0), both(2.6, 7.5), below(36.0), 12.0),
    row!(UricAcid "14933-6" "Urate [Moles/volume] in Serum or Plasma" "尿酸" "umol/L" "μmol/L" 0 both(208.0, 428.0), both(155.0, 357.0), NONE, 8.0),
    row!(Alt "1742-6" "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma" "丙氨酸氨基转移酶" "U/L" "U/L" 0 both(9.0, 50.0), both(7.0, 40.0), NONE, 11.0),
    row!(Ast "1920-8" "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma" "天门冬氨酸氨基转移酶" "U/L" "U/L" 0 both(15.0, 40.0), both(13.0, 35.0), NONE, 10.0),
    row!(Albumin "1751-7" "Albumin [Mass/volume] in Serum or Plasma" "白蛋白" "g/L" "g/L" 1 both(40.0, 55.0), both(40.0, 55.0), NONE, 3.0),
    row!(Bilirubin "14631-6" "Bilirubin.total [Moles/volume] in Serum or Plasma" "总胆红素" "umol/L" "μmol/L" 1 below(26.0), below(21.0), NONE, 18.0),
    row!(TotalCholesterol "14647-2" "Cholesterol [Moles/volume] in Serum or Plasma" "总胆固醇" "mmol/L" "mmol/L" 2 below(5.2), below(5.2), NONE, 1.0),
    row!(Triglycerides "14927-8" "Triglyceride [Moles/volume] in Serum or Plasma" "甘油三酯" "mmol/L" "mmol/L" 2 below(1.7), below(1.7), NONE, 19.0),
    row!(Ldl "22748-8" "Cholesterol in LDL [Moles/volume] in Serum or Plasma" "低密度脂蛋白胆固醇" "mmol/L" "mmol/L" 2 below(3.4), below(3.4), NONE, 7.5),
    row!(Hdl "14646-4" "Cholesterol in HDL [Moles/volume] in Serum or Plasma" "高密度脂蛋白胆固醇" "mmol/L" "mmol/L" 2 above(1.0), above(1.0), NONE, 5.5),
    row!(Potassium "2823-3" "Potassium [Moles/volume] in Serum or Plasma" "钾" "mmol/L" "mmol/L" 2 both(3.5, 5.3), both(3.5, 5.3), both(2.8, 6.5), 4.0),
    row!(Sodium "2951-2" "Sodium [Moles/volume] in Serum or Plasma" "钠" "mmol/L" "mmol/L" 0 both(137.0, 147.0), both(137.0, 147.0), both(120.0, 160.0), 0.8),
    row!(Chloride "2075-0" "Chloride [Moles/volume] in Serum or Plasma" "氯" "mmol/L" "mmol/L" 0 both(99.0, 110.0), both(99.0, 110.0), NONE, 1.1),
    row!(Wbc "6690-2" "Leukocytes [#/volume] in Blood by Automated count" "白细胞计数" "10*9/L" "×10⁹/L" 2 both(3.5, 9.5), both(3.5, 9.5), both(1.5, 30.0), 10.5),
    row!(NeutrophilShare "770-8" "Neutrophils/100 leukocytes in Blood by Automated count" "中性粒细胞百分比" "%" "%" 1 both(40.0, 75.0), both(40.0, 75.0), NONE, 7.0),
    row!(Haemoglobin "718-7" "Hemoglobin [Mass/volume] in Blood" "血红蛋白" "g/L" "g/L" 0 both(130.0, 175.0), both(115.0, 150.0), above(60.0), 2.8),
    row!(Platelets "777-3" "Platelets [#/volume] in Blood by Automated count" "血小板计数" "10*9/L" "×10⁹/L" 0 both(125.0, 350.0), both(125.0, 350.0), above(30.0), 7.5),
    row!(Crp "1988-5" "C reactive protein [Mass/volume] in Serum or Plasma" "C反应蛋白" "mg/L" "mg/L" 1 below(10.0), below(10.0), NONE, 35.0),
    row!(Tsh "3016-3" "Thyrotropin [Units/volume] in Serum or Plasma" "促甲状腺激素" "m[IU]/L" "mIU/L" 2 both(0.27, 4.2), both(0.27, 4.2), NONE, 18.0),
    row!(FreeT4 "14920-3" "Thyroxine (T4) free [Moles/volume] in Serum or Plasma" "游离甲状腺素" "pmol/L" "pmol/L" 1 both(12.0, 22.0), both(12.0, 22.0), NONE, 5.0),
    row!(UrineAlbuminCreatinine "9318-7" "Albumin/Creatinine [Mass Ratio] in Urine" "尿白蛋白/肌酐比值" "mg/g" "mg/g" 1 below(30.0), below(30.0), NONE, 25.0),
    row!(LymphocyteShare "736-9" "Lymphocytes/100 leukocytes in Blood by Automated count" "淋巴细胞百分比" "%" "%" 1 both(20.0, 50.0), both(20.0, 50.0), NONE, 4.0),
    row!(Ggt "2324-2" "Gamma glutamyl transferase [Enzymatic activity/volume] in Serum or Plasma" "γ-谷氨酰转移酶" "U/L" "U/L" 0 both(10.0, 60.0), both(7.0, 45.0), NONE, 9.0),
    row!(Alp "6768-6" "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma" "碱性磷酸酶" "U/L" "U/L" 0 both(45.0, 125.0), both(50.0, 135.0), NONE, 6.0),
    row!(Calcium "2000-8" "Calcium [Moles/volume] in Serum or Plasma" "钙" "mmol/L" "mmol/L" 2 both(2.11, 2.52), both(2.11, 2.52), both(1.6, 3.5), 1.8),
    row!(Phosphate "14879-1" "Phosphate [Moles/volume] in Serum or Plasma" "无机磷" "mmol/L" "mmol/L" 2 both(0.85, 1.51), both(0.85, 1.51), NONE, 7.0),
    row!(Pth "2731-8" "Parathyrin.intact [Mass/volume] in Serum or Plasma" "全段甲状旁腺激素" "pg/mL" "pg/mL" 1 both(15.0, 65.0), both(15.0, 65.0), NONE, 20.0),
    row!(Ferritin "2276-4" "Ferritin [Mass/volume] in Serum or Plasma" "铁蛋白" "ng/mL" "ng/mL" 1 both(30.0, 400.0), both(13.0, 150.0), NONE, 13.0),
    row!(TroponinI "10839-9" "Troponin I.cardiac [Mass/volume] in Serum or Plasma" "肌钙蛋白I" "ng/mL" "ng/mL" 3 below(0.04), below(0.04), below(15.0), 14.0),
    row!(NtProBnp "33762-6" "Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma" "N末端B型钠尿肽前体" "pg/mL" "pg/mL" 0 below(300.0), below(300.0), NONE, 15.0),
    row!(DDimer "48065-7" "Fibrin D-dimer FEU [Mass/volume] in Platelet poor plasma" "D-二聚体" "ug/mL{FEU}" "μg/mL" 2 below(0.5), below(0.5), NONE, 20.0),
    row!(Inr "6301-6" "INR in Platelet poor plasma by Coagulation assay" "国际标准化比值" "1" "" 2 both(0.8, 1.2), both(0.8, 1.2), below(5.0), 3.5),
    row!(Fibrinogen "3255-7" "Fibrinogen [Mass/volume] in Platelet poor plasma by Coagulation assay" "纤维蛋白原" "g/L" "g/L" 2 both(2.0, 4.0), both(2.0, 4.0), NONE, 9.0),
    row!(Cea "2039-6" "Carcinoembryonic Ag [Mass/volume] in Serum or Plasma" "癌胚抗原" "ng/mL" "ng/mL" 2 below(5.0), below(5.0), NONE, 12.0),
    row!(Ca199 "24108-3" "Cancer Ag 19-9 [Units/volume] in Serum or Plasma" "糖类抗原19-9" "[arb'U]/mL" "U/mL" 2 below(37.0), below(37.0), NONE, 13.0),
    row!(Afp "1834-1" "Alpha-1-Fetoprotein [Mass/volume] in Serum or Plasma" "甲胎蛋白" "ng/mL" "ng/mL" 2 below(7.0), below(7.0), NONE, 12.0),
    row!(Ca125 "10334-1" "Cancer Ag 125 [Units/volume] in Serum or Plasma" "糖类抗原125" "[arb'U]/mL" "U/mL" 2 below(35.0), below(35.0), NONE, 14.0),
    row!(Psa "2857-1" "Prostate specific Ag [Mass/volume] in Serum or Plasma" "总前列腺特异性抗原" "ng/mL" "ng/mL" 3 below(4.0), below(4.0), NONE, 12.0),
    row!(GlucoseAfterLoad "14995-5" "Glucose [Moles/volume] in Serum or Plasma --2 hours post 75 g glucose PO" "口服75g葡萄糖后2小时血糖" "mmol/L" "mmol/L" 2 below(7.8), below(7.8), NONE, 8.0),
    row!(SkinBilirubin "58941-6" "Bilirubin.total [Moles/volume] transcutaneous" "经皮胆红素" "umol/L" "μmol/L" 0 below(220.0), below(220.0), NONE, 6.0),
];

/// How a value stands to its interval: HL7 table 0078.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    Normal,
    Low,
    High,
    CriticalLow,
    CriticalHigh,
}

impl Flag {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Normal => "N",
            Self::Low => "L",
            Self::High => "H",
            Self::CriticalLow => "LL",
            Self::CriticalHigh => "HH",
        }
    }

    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Low => "Low",
            Self::High => "High",
            Self::CriticalLow => "Critical low",
            Self::CriticalHigh => "Critical high",
        }
    }

    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Normal => "正常",
            Self::Low => "偏低 ↓",
            Self::High => "偏高 ↑",
            Self::CriticalLow => "危急低值 ↓↓",
            Self::CriticalHigh => "危急高值 ↑↑",
        }
    }
}

/// Reference intervals of children under 13 where they differ much (assumed, in the order of WS/T 779).
fn child(analyte: Analyte) -> Option<Interval> {
    match analyte {
        Analyte::Wbc => Some(both(4.4, 11.9)),
        Analyte::Haemoglobin => Some(both(112.0, 149.0)),
        Analyte::Platelets => Some(both(188.0, 472.0)),
        Analyte::NeutrophilShare => Some(both(26.0, 70.0)),
        Analyte::Creatinine => Some(both(19.0, 62.0)),
        Analyte::LymphocyteShare => Some(both(23.0, 69.0)),
        Analyte::Alp => Some(both(140.0, 420.0)),
        Analyte::Phosphate => Some(both(1.2, 1.9)),
        _ => None,
    }
}

impl Analyte {
    /// The table's row.
    #[must_use]
    pub fn row(self) -> &'static AnalyteRow {
        ANALYTES.iter().find(|row| row.analyte == self).unwrap_or(&ANALYTES[0])
    }

    /// The reference interval for this sex and age in years.
    #[must_use]
    pub fn interval(self, sex: Sex, age: i32) -> Interval {
        let row = self.row();
        let adult = if sex == Sex::Male { row.men } else { row.women };
        match self {
            _ if age < 13 => child(self).unwrap_or(adult),
            // WS/T 404.5 gives people of 60 and over their own intervals
            Self::Creatinine if age >= 60 => {
                if sex == Sex::Male {
                    both(57.0, 111.0)
                } else {
                    both(41.0, 81.0)
                }
            }
            Self::Urea if age >= 60 => {
                if sex == Sex::Male {
                    both(3.6, 9.5)
                } else {
                    both(3.1, 8.8)
                }
            }
            _ => adult,
        }
    }

    /// The value with this item's decimals.
    #[must_use]
    pub fn print(self, value: f64) -> Fixed {
        Fixed::of(value, self.row().places)
    }

    /// How `value` stands to the interval and the critical limits.
    #[must_use]
    pub fn flag(self, value: f64, sex: Sex, age: i32) -> Flag {
        let (critical_low, critical_high) = self.row().critical;
        let (low, high) = self.interval(sex, age);
        if critical_low.is_some_and(|limit| value <= limit) {
            Flag::CriticalLow
        } else if critical_high.is_some_and(|limit| value >= limit) {
            Flag::CriticalHigh
        } else if low.is_some_and(|limit| value < limit) {
            Flag::Low
        } else if high.is_some_and(|limit| value > limit) {
            Flag::High
        } else {
            Flag::Normal
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Whether the last digit of a LOINC code is its check digit (Luhn).
    pub(crate) fn has_check_digit(loinc: &str) -> bool {
        let (body, check) = loinc.split_once('-').unwrap();
        let sum: u32 = body
            .chars()
            .rev()
            .enumerate()
            .map(|(place, c)| {
                let digit = c.to_digit(10).unwrap() * if place % 2 == 0 { 2 } else { 1 };
                digit / 10 + digit % 10
            })
            .sum();
        ((10 - sum % 10) % 10).to_string() == check
    }

    #[test]
    fn each_item_has_its_row_and_the_codes_have_loinc_check_digits() {
        for row in &ANALYTES {
            assert_eq!(row.analyte.row().loinc, row.loinc);
            assert!(has_check_digit(row.loinc), "{}", row.loinc);
        }
    }

    #[test]
    fn flags() {
        assert_eq!(Analyte::Potassium.flag(6.6, Sex::Male, 40), Flag::CriticalHigh);
        assert_eq!(Analyte::Potassium.flag(5.4, Sex::Male, 40), Flag::High);
        assert_eq!(Analyte::Haemoglobin.flag(120.0, Sex::Male, 40), Flag::Low);
        assert_eq!(Analyte::Haemoglobin.flag(120.0, Sex::Female, 40), Flag::Normal);
        assert_eq!(Analyte::Hdl.flag(0.9, Sex::Female, 40), Flag::Low);
        assert_eq!(Analyte::Ldl.flag(3.4, Sex::Female, 40), Flag::Normal);
    }
}
