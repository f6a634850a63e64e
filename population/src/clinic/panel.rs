//! Laboratory panels: which items are reported together, under which LOINC code.

use super::analyte::{Analyte, Flag, Interval};
use super::assay::Test;
use crate::calendar::Moment;
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
    Urinalysis,
    Coagulation,
    Heart,
    TumourMarkersMen,
    TumourMarkersWomen,
    MineralBone,
    GlucoseTolerance,
    Haemoglobin,
    SkinBilirubin,
    PrenatalScreen,
    RespiratoryViruses,
    StoolPathogens,
    Enterovirus,
}

/// Every panel.
pub static PANELS: [Panel; 23] = [
    Panel::BloodCount,
    Panel::Glucose,
    Panel::FollowUpGlucose,
    Panel::Lipids,
    Panel::Kidney,
    Panel::Liver,
    Panel::Electrolytes,
    Panel::Inflammation,
    Panel::Thyroid,
    Panel::UrineAlbumin,
    Panel::Urinalysis,
    Panel::Coagulation,
    Panel::Heart,
    Panel::TumourMarkersMen,
    Panel::TumourMarkersWomen,
    Panel::MineralBone,
    Panel::GlucoseTolerance,
    Panel::Haemoglobin,
    Panel::SkinBilirubin,
    Panel::PrenatalScreen,
    Panel::RespiratoryViruses,
    Panel::StoolPathogens,
    Panel::Enterovirus,
];

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
            Self::Urinalysis => ("24356-8", "尿常规"),
            Self::Coagulation => ("34528-0", "凝血功能"),
            Self::Heart => ("33762-6", "心肌标志物"),
            Self::TumourMarkersMen | Self::TumourMarkersWomen => ("2039-6", "肿瘤标志物"),
            Self::MineralBone => ("2731-8", "钙磷代谢及铁蛋白"),
            Self::GlucoseTolerance => ("14995-5", "口服葡萄糖耐量试验"),
            Self::Haemoglobin => ("718-7", "血红蛋白测定"),
            Self::SkinBilirubin => ("58941-6", "经皮胆红素测定"),
            Self::PrenatalScreen => ("5196-1", "产前感染筛查及血型"),
            Self::RespiratoryViruses => ("92142-9", "呼吸道病毒核酸检测"),
            Self::StoolPathogens => ("54905-5", "粪便病原检测"),
            Self::Enterovirus => ("29591-5", "肠道病毒核酸检测"),
        }
    }

    /// The items, in the order in which they are computed (and printed).
    #[must_use]
    pub const fn items(self) -> &'static [Analyte] {
        use Analyte as A;
        match self {
            Self::BloodCount => &[A::Wbc, A::NeutrophilShare, A::LymphocyteShare, A::Haemoglobin, A::Platelets],
            Self::Glucose => &[A::FastingGlucose, A::Hba1c],
            Self::FollowUpGlucose => &[A::FastingGlucose],
            Self::Lipids => &[A::Triglycerides, A::Hdl, A::Ldl, A::TotalCholesterol],
            Self::Kidney => &[A::Creatinine, A::Egfr, A::Urea, A::UricAcid],
            Self::Liver => &[A::Alt, A::Ast, A::Albumin, A::Ggt, A::Bilirubin],
            Self::Electrolytes => &[A::Potassium, A::Sodium, A::Chloride, A::Calcium],
            Self::Inflammation => &[A::Crp],
            Self::Thyroid => &[A::Tsh, A::FreeT4],
            Self::UrineAlbumin => &[A::UrineAlbuminCreatinine],
            Self::Coagulation => &[A::Inr, A::Fibrinogen, A::DDimer],
            Self::Heart => &[A::TroponinI, A::NtProBnp],
            Self::TumourMarkersMen => &[A::Cea, A::Afp, A::Ca199, A::Psa],
            Self::TumourMarkersWomen => &[A::Cea, A::Afp, A::Ca199, A::Ca125],
            Self::MineralBone => &[A::Phosphate, A::Alp, A::Pth, A::Ferritin],
            Self::GlucoseTolerance => &[A::FastingGlucose, A::GlucoseAfterLoad],
            Self::Haemoglobin => &[A::Haemoglobin],
            Self::SkinBilirubin => &[A::SkinBilirubin],
            // these answer in words
            Self::Urinalysis
            | Self::PrenatalScreen
            | Self::RespiratoryViruses
            | Self::StoolPathogens
            | Self::Enterovirus => &[],
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
    pub ordered: Moment,
    /// When the sample was taken.
    pub observed: Moment,
    pub issued: Moment,
    pub findings: Vec<Finding>,
    /// Results in words.
    pub tests: Vec<Test>,
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
