//! Laboratory tests that answer in a word: positive, negative, a blood group.

/// One test.
#[derive(Debug, PartialEq, Eq)]
pub struct Assay {
    pub loinc: &'static str,
    pub english: &'static str,
    pub chinese: &'static str,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// `POS`, `NEG`, or the word itself.
    pub code: &'static str,
    pub chinese: &'static str,
    pub abnormal: bool,
}

pub const NEGATIVE: Word = Word { code: "NEG", chinese: "阴性", abnormal: false };
pub const POSITIVE: Word = Word { code: "POS", chinese: "阳性", abnormal: true };

/// A test with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test {
    pub assay: &'static Assay,
    pub word: Word,
}

impl Test {
    pub(crate) const fn of(assay: &'static Assay, positive: bool) -> Self {
        Self { assay, word: if positive { POSITIVE } else { NEGATIVE } }
    }
}

macro_rules! assays {
    ($($name:ident $loinc:literal $chinese:literal $english:literal;)*) => {
        $(pub static $name: Assay = Assay { loinc: $loinc, english: $english, chinese: $chinese };)*
        /// Every test.
        pub static ASSAYS: &[&Assay] = &[$(&$name),*];
    };
}

assays! {
    INFLUENZA_A "92142-9" "甲型流感病毒核酸" "Influenza virus A RNA [Presence] in Respiratory specimen by NAA with probe detection";
    INFLUENZA_B "92141-1" "乙型流感病毒核酸" "Influenza virus B RNA [Presence] in Respiratory specimen by NAA with probe detection";
    RSV "92131-2" "呼吸道合胞病毒核酸" "Respiratory syncytial virus RNA [Presence] in Respiratory specimen by NAA with probe detection";
    NOROVIRUS "54905-5" "诺如病毒核酸(粪便)" "Norovirus RNA [Presence] in Stool by NAA with probe detection";
    ROTAVIRUS "8014-3" "轮状病毒抗原(粪便)" "Rotavirus Ag [Presence] in Stool by Immunoassay";
    SALMONELLA "20955-1" "沙门氏菌培养(粪便)" "Salmonella sp identified in Stool by Organism specific culture";
    ENTEROVIRUS "29591-5" "肠道病毒核酸" "Enterovirus RNA [Presence] in Specimen by NAA with probe detection";
    URINE_PROTEIN "20454-5" "尿蛋白(干化学)" "Protein [Presence] in Urine by Test strip";
    URINE_GLUCOSE "25428-4" "尿葡萄糖(干化学)" "Glucose [Presence] in Urine by Test strip";
    URINE_KETONES "2514-8" "尿酮体(干化学)" "Ketones [Presence] in Urine by Test strip";
    URINE_BLOOD "5794-3" "尿潜血(干化学)" "Hemoglobin [Presence] in Urine by Test strip";
    URINE_LEUKOCYTES "5799-2" "尿白细胞酯酶" "Leukocyte esterase [Presence] in Urine by Test strip";
    HEPATITIS_B "5196-1" "乙肝表面抗原" "Hepatitis B virus surface Ag [Presence] in Serum or Plasma by Immunoassay";
    HIV "56888-1" "HIV抗原抗体联合检测" "HIV 1+2 Ab+HIV1 p24 Ag [Presence] in Serum or Plasma by Immunoassay";
    SYPHILIS "24110-9" "梅毒螺旋体抗体" "Treponema pallidum Ab [Presence] in Serum by Immunoassay";
    BLOOD_GROUP "883-9" "ABO血型" "ABO group [Type] in Blood";
    RHESUS "10331-7" "RhD血型" "Rh [Type] in Blood";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_check_digits_and_stand_once() {
        for (place, assay) in ASSAYS.iter().enumerate() {
            assert!(ASSAYS.iter().skip(place + 1).all(|other| other.loinc != assay.loinc), "{}", assay.loinc);
            assert!(crate::clinic::analyte::tests::has_check_digit(assay.loinc), "{}", assay.loinc);
        }
    }
}
