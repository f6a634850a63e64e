//! Allergies: rates, what they are to, how severe.

use crate::calendar::Day;
use crate::draw::{Stream, between, chance, range, rng, weighted};
use crate::people::casting;
use crate::people::person::Person;

/// One row of the allergen table.
#[derive(Debug)]
pub struct Allergen {
    /// ATC class for medicines, else a code of our own.
    pub code: &'static str,
    pub chinese: &'static str,
    pub kind: AllergenKind,
    pub reaction: &'static str,
    /// Share of residents in percent. Assumed; penicillin in the order of what patients report themselves.
    percent: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllergenKind {
    Medication,
    Food,
    Environment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Mild,
    Moderate,
    Severe,
}

pub static ALLERGENS: [Allergen; 9] = [
    Allergen {
        code: "J01C",
        chinese: "青霉素类",
        kind: AllergenKind::Medication,
        reaction: "全身皮疹、呼吸困难",
        percent: 4.5,
    },
    Allergen {
        code: "J01D", chinese: "头孢菌素类", kind: AllergenKind::Medication, reaction: "荨麻疹", percent: 1.6
    },
    Allergen { code: "J01E", chinese: "磺胺类", kind: AllergenKind::Medication, reaction: "药疹", percent: 1.5 },
    Allergen {
        code: "M01A",
        chinese: "非甾体抗炎药",
        kind: AllergenKind::Medication,
        reaction: "喘息、面部水肿",
        percent: 0.8,
    },
    Allergen {
        code: "F-SEAFOOD", chinese: "海鲜", kind: AllergenKind::Food, reaction: "皮肤瘙痒、风团", percent: 2.2
    },
    Allergen { code: "F-EGG", chinese: "鸡蛋", kind: AllergenKind::Food, reaction: "湿疹", percent: 0.7 },
    Allergen { code: "F-PEANUT", chinese: "花生", kind: AllergenKind::Food, reaction: "口周红肿", percent: 0.5 },
    Allergen {
        code: "E-MITE", chinese: "尘螨", kind: AllergenKind::Environment, reaction: "喷嚏、流涕", percent: 3.0
    },
    Allergen {
        code: "E-POLLEN",
        chinese: "花粉",
        kind: AllergenKind::Environment,
        reaction: "鼻痒、流泪",
        percent: 2.6,
    },
];

/// An allergy of a resident.
#[derive(Clone, Copy, Debug)]
pub struct Allergy {
    pub allergen: &'static Allergen,
    pub severity: Severity,
    pub recorded: Day,
}

/// The allergies of a person.
pub(crate) fn of_person(seed: u64, today: Day, person: &Person) -> Vec<Allergy> {
    let mut rng = rng(seed, Stream::Allergy, person.index);
    let age = today.years_since(person.birth);
    let cast = casting::cast(person.index);
    let mut found = Vec::new();
    for allergen in &ALLERGENS {
        let forced = cast.is_some_and(|c| c.allergen == Some(allergen.code));
        let drawn = chance(&mut rng, allergen.percent / 100.0 * (age / 12.0).min(1.0));
        let severity = weighted(
            &mut rng,
            &[(Severity::Mild, 0.55), (Severity::Moderate, 0.33), (Severity::Severe, 0.12)],
            Severity::Mild,
        );
        let back = range(&mut rng, 0.1, 0.6) * age;
        let shift = between(&mut rng, 0, 20);
        if forced || (drawn && cast.is_none()) {
            let severity = if forced && person.index == 0 { Severity::Severe } else { severity };
            found.push(Allergy {
                allergen,
                severity,
                recorded: today.plus_years(-back).plus(-shift).max(person.birth),
            });
        }
    }
    found
}
