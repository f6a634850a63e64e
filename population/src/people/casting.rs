//! The first residents of every region are cast, so that the tour has good examples; all else about them is drawn.

use super::person::Sex;
use crate::clinic::chronic::Disease;

/// What is fixed about one cast resident.
pub(crate) struct Cast {
    pub(crate) sex: Sex,
    /// Completed years today.
    pub(crate) age: i32,
    /// Chronic diseases with the years since onset; others are still drawn by the rules.
    pub(crate) diseases: &'static [(Disease, f64)],
    /// Code of an allergen of the table.
    pub(crate) allergen: Option<&'static str>,
    /// Registered without any error at the general hospital and at two centres.
    pub(crate) everywhere: bool,
    /// Known besides to these hospitals.
    pub(crate) also: &'static [&'static str],
}

/// Household sizes of the first block, so that the cast live together.
pub(crate) const FIRST_HOUSEHOLDS: &[u8] = &[2, 3, 1, 1];

const CAST: &[Cast] = &[
    // 0: the resident of the tour
    Cast {
        sex: Sex::Female,
        age: 68,
        diseases: &[
            (Disease::Hypertension, 14.2),
            (Disease::Diabetes, 9.4),
            (Disease::Hyperlipidaemia, 6.3),
            (Disease::Osteoporosis, 2.6),
        ],
        allergen: Some("J01C"),
        everywhere: true,
        also: &[],
    },
    // 1: her husband
    Cast {
        sex: Sex::Male,
        age: 71,
        diseases: &[
            (Disease::Hypertension, 18.0),
            (Disease::CoronaryHeartDisease, 4.1),
            (Disease::Copd, 7.5),
            (Disease::Hyperlipidaemia, 8.0),
        ],
        allergen: None,
        everywhere: true,
        also: &["CJ02"],
    },
    // 2, 3, 4: a young family
    Cast {
        sex: Sex::Male,
        age: 45,
        diseases: &[(Disease::Gout, 3.2), (Disease::Hyperlipidaemia, 2.5)],
        allergen: Some("J01E"),
        everywhere: true,
        also: &[],
    },
    Cast {
        sex: Sex::Female,
        age: 43,
        diseases: &[(Disease::Hypothyroidism, 5.2)],
        allergen: None,
        everywhere: true,
        also: &["CJ03"],
    },
    Cast {
        sex: Sex::Female,
        age: 12,
        diseases: &[(Disease::Asthma, 5.0)],
        allergen: Some("F-SEAFOOD"),
        everywhere: true,
        also: &["CJ03"],
    },
    // 5: an old man alone, with the most of everything
    Cast {
        sex: Sex::Male,
        age: 79,
        diseases: &[
            (Disease::Hypertension, 24.0),
            (Disease::Diabetes, 15.5),
            (Disease::ChronicKidneyDisease, 5.2),
            (Disease::Stroke, 3.1),
        ],
        allergen: Some("J01D"),
        everywhere: true,
        also: &[],
    },
    // 6: a man alone on dialysis, with a cancer
    Cast {
        sex: Sex::Male,
        age: 63,
        diseases: &[(Disease::Hypertension, 21.0), (Disease::Diabetes, 19.0), (Disease::ChronicKidneyDisease, 9.0)],
        allergen: None,
        everywhere: true,
        also: &["CJ02"],
    },
];

/// The casting of resident `index`, if there is one.
pub(crate) fn cast(index: u64) -> Option<&'static Cast> {
    CAST.get(usize::try_from(index).ok()?)
}
