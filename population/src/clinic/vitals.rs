//! Vital signs as they are measured at a visit.

use crate::fixed::Fixed;

/// What was measured; what was not is missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vitals {
    /// Systolic and diastolic pressure, mmHg.
    pub pressure: Option<(i64, i64)>,
    /// Beats a minute.
    pub pulse: Option<i64>,
    /// °C.
    pub temperature: Option<Fixed>,
    /// kg.
    pub weight: Option<Fixed>,
    /// cm.
    pub height: Option<Fixed>,
    /// Head circumference of a small child, cm.
    pub head: Option<Fixed>,
    /// Breaths a minute.
    pub breaths: Option<i64>,
    /// Oxygen saturation, percent.
    pub saturation: Option<i64>,
}

/// A vital sign that is one number.
#[derive(Clone, Copy, Debug)]
pub struct Sign {
    pub loinc: &'static str,
    pub english: &'static str,
    pub chinese: &'static str,
    pub ucum: &'static str,
    pub unit: &'static str,
    pub value: Fixed,
}

impl Vitals {
    /// The signs that are one number each (all but the pressure).
    pub fn signs(&self) -> impl Iterator<Item = Sign> {
        let sign = |loinc, english, chinese, ucum, unit, value: Option<Fixed>| {
            value.map(|value| Sign { loinc, english, chinese, ucum, unit, value })
        };
        [
            sign("8867-4", "Heart rate", "心率", "/min", "次/分", self.pulse.map(Fixed::whole)),
            sign("8310-5", "Body temperature", "体温", "Cel", "℃", self.temperature),
            sign("29463-7", "Body weight", "体重", "kg", "kg", self.weight),
            sign("8302-2", "Body height", "身高", "cm", "cm", self.height),
            sign("9843-4", "Head Occipital-frontal circumference", "头围", "cm", "cm", self.head),
            sign("9279-1", "Respiratory rate", "呼吸", "/min", "次/分", self.breaths.map(Fixed::whole)),
            sign(
                "2708-6",
                "Oxygen saturation in Arterial blood",
                "血氧饱和度",
                "%",
                "%",
                self.saturation.map(Fixed::whole),
            ),
        ]
        .into_iter()
        .flatten()
    }
}
