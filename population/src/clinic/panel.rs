//! Laboratory panels: which items are reported together, under which LOINC code.

use super::analyte::{Analyte, Flag, Interval};
use crate::fixed::Fixed;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Panel {
    BloodCount,
    Glucose,
    FollowUpGlucose,
    Lipids,
    Kidney,
    Liver,
    Electrolytes,
    Inflammation,
    Thyroid,
    UrineAlbumin,
}

impl Panel {
    /// LOINC code of the panel (or of its one item) and the Chinese name on the report.
    #[must_use]
    pub const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::BloodCount => ("58410-2", "血常规"),
            Self::Glucose => ("4548-4", "糖化血红蛋白及空腹血糖"),
            Self::FollowUpGlucose => ("14771-0", "空腹血糖"),
            Self::Lipids => ("24331-1", "血脂四项"),
            Self::Kidney => ("24362-6", "肾功能"),
            Self::Liver => ("24325-3", "肝功能"),
            Self::Electrolytes => ("24326-1", "电解质"),
            Self::Inflammation => ("1988-5", "C反应蛋白测定"),
            Self::Thyroid => ("3016-3", "甲状腺功能"),
            Self::UrineAlbumin => ("9318-7", "尿微量白蛋白/肌酐"),
        }
    }

    /// The items, in the order in which they are computed (and printed).
    #[must_use]
    pub const fn items(self) -> &'static [Analyte] {
        use Analyte as A;
        match self {
            Self::BloodCount => &[A::Wbc, A::NeutrophilShare, A::Haemoglobin, A::Platelets],
            Self::Glucose => &[A::FastingGlucose, A::Hba1c],
            Self::FollowUpGlucose => &[A::FastingGlucose],
            Self::Lipids => &[A::Triglycerides, A::Hdl, A::Ldl, A::TotalCholesterol],
            Self::Kidney => &[A::Creatinine, A::Egfr, A::Urea, A::UricAcid],
            Self::Liver => &[A::Alt, A::Ast, A::Albumin, A::Bilirubin],
            Self::Electrolytes => &[A::Potassium, A::Sodium, A::Chloride],
            Self::Inflammation => &[A::Crp],
            Self::Thyroid => &[A::Tsh, A::FreeT4],
            Self::UrineAlbumin => &[A::UrineAlbuminCreatinine],
        }
    }

    /// Letter of the panel in record numbers.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::BloodCount => 'b',
            Self::Glucose => 'g',
            Self::FollowUpGlucose => 'f',
            Self::Lipids => 'l',
            Self::Kidney => 'k',
            Self::Liver => 'h',
            Self::Electrolytes => 'e',
            Self::Inflammation => 'i',
            Self::Thyroid => 't',
            Self::UrineAlbumin => 'u',
        }
    }
}

/// One printed result.
#[derive(Clone, Copy, Debug)]
pub struct Finding {
    pub analyte: Analyte,
    pub value: Fixed,
    pub flag: Flag,
    pub interval: Interval,
}

/// A panel with its results.
#[derive(Clone, Debug)]
pub struct Report {
    pub panel: Panel,
    pub findings: Vec<Finding>,
}

/// An interval as a report prints it: `3.9-6.1`, `<5.2`, `>=90`.
#[must_use]
pub fn interval_text(interval: Interval) -> String {
    match interval {
        (Some(low), Some(high)) => format!("{}-{}", Fixed::short(low), Fixed::short(high)),
        (None, Some(high)) => format!("<={}", Fixed::short(high)),
        (Some(low), None) => format!(">={}", Fixed::short(low)),
        (None, None) => String::new(),
    }
}
