//! What a comparison can come to: one level a field, each with the rates that its weight rests on.
//!
//! `m` is the share of pairs of one person that come to the level, `u` the share of pairs of two strangers, `h` the share
//! of pairs of two members of one household, who have telephone, address and family name in common and are sometimes
//! twins. The weight against strangers is log2(m/u), that against relatives log2(m/h). These are the constants of the first form: `m` is set from published error rates of registers where there
//! are any (names 2 to 5 % miswritten, telephones 10 to 20 % changed, sex below 1 % wrong) and is assumed otherwise; `u`
//! is counted from what the field can say (365 days by 80 years, half of all people are women), or assumed; `h` is assumed
//! (one person in a hundred is a twin).

/// One level of one field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Level {
    IdentityEqual,
    IdentityNear,
    IdentityTypedDifferent,
    IdentityConflict,
    CardEqual,
    CardNear,
    CardDifferent,
    FamilyEqual,
    FamilyClose,
    FamilySound,
    FamilyNear,
    FamilyFar,
    FamilyDifferent,
    GivenEqual,
    GivenClose,
    GivenSound,
    GivenAlike,
    GivenSoundNear,
    GivenNear,
    GivenOneCharacter,
    GivenFar,
    GivenDifferent,
    NameEqual,
    NameClose,
    NameSwapped,
    NameRomanised,
    NameDifferent,
    NewbornAndNamed,
    NewbornsOfOneMother,
    NewbornsOfTwoMothers,
    NewbornOrderDiffers,
    BirthEqual,
    BirthMonth,
    BirthYear,
    BirthSwapped,
    BirthOneDigit,
    BirthYearOff,
    BirthSameMonth,
    BirthSameYear,
    BirthDifferent,
    GenderEqual,
    GenderDifferent,
    PhoneEqual,
    PhoneNear,
    PhoneDifferent,
    EmailEqual,
    EmailNear,
    EmailDifferent,
    AddressEqual,
    AddressSpelt,
    AddressBuilding,
    AddressNumber,
    AddressStreet,
    AddressDifferent,
    LocalityEqual,
    LocalityNear,
    LocalityDifferent,
}

/// A level with its field, its name, and its rates.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub level: Level,
    pub field: &'static str,
    pub name: &'static str,
    pub m: f64,
    pub u: f64,
    /// The rate among two members of one household.
    pub h: f64,
}

const fn row(level: Level, field: &'static str, name: &'static str, m: f64, u: f64, h: f64) -> Row {
    Row { level, field, name, m, u, h }
}

use Level as L;

/// All levels, in the order of [`Level`]. Where a field is compared by the frequency of its value, `u` here is that of a
/// value of which nothing is known.
pub const ROWS: &[Row] = &[
    row(L::IdentityEqual, "identity", "equal", 0.95, 1e-6, 1e-6),
    row(L::IdentityNear, "identity", "one-digit", 0.03, 2e-6, 1e-4),
    row(L::IdentityTypedDifferent, "identity", "mistyped-different", 0.02, 0.99, 0.99),
    row(L::IdentityConflict, "identity", "two-valid-numbers", 1e-9, 0.99, 0.99),
    row(L::CardEqual, "card", "equal", 0.90, 3e-6, 1e-4),
    row(L::CardNear, "card", "one-digit", 0.04, 5e-5, 1e-3),
    row(L::CardDifferent, "card", "different", 0.06, 0.999, 0.99),
    row(L::FamilyEqual, "family", "equal", 0.96, 0.002, 0.6),
    row(L::FamilyClose, "family", "close", 0.025, 0.002, 0.02),
    row(L::FamilySound, "family", "pinyin-equal", 0.006, 0.01, 0.01),
    row(L::FamilyNear, "family", "near", 0.012, 0.005, 0.02),
    row(L::FamilyFar, "family", "far", 0.012, 0.08, 0.05),
    row(L::FamilyDifferent, "family", "different", 0.012, 0.91, 0.3),
    row(L::GivenEqual, "given", "equal", 0.90, 0.002, 5e-4),
    row(L::GivenClose, "given", "close", 0.03, 0.002, 0.003),
    row(L::GivenSound, "given", "pinyin-equal", 0.03, 0.002, 0.001),
    row(L::GivenAlike, "given", "shape-alike", 0.01, 0.0005, 0.0005),
    row(L::GivenSoundNear, "given", "pinyin-near", 0.008, 0.002, 0.003),
    row(L::GivenNear, "given", "near", 0.012, 0.005, 0.01),
    row(L::GivenOneCharacter, "given", "one-character", 0.012, 0.02, 0.12),
    row(L::GivenFar, "given", "far", 0.015, 0.08, 0.1),
    row(L::GivenDifferent, "given", "different", 0.02, 0.91, 0.75),
    row(L::NameEqual, "name", "equal", 0.90, 1e-5, 5e-4),
    row(L::NameClose, "name", "close", 0.06, 2e-4, 0.01),
    row(L::NameSwapped, "name", "swapped", 0.01, 1e-5, 1e-4),
    row(L::NameRomanised, "name", "romanised", 0.02, 5e-5, 1e-4),
    row(L::NameDifferent, "name", "different", 0.02, 0.99, 0.98),
    row(L::NewbornAndNamed, "newborn", "named-later", 0.5, 0.5, 0.5),
    row(L::NewbornsOfOneMother, "newborn", "one-mother", 0.9, 0.002, 0.5),
    row(L::NewbornsOfTwoMothers, "newborn", "two-mothers", 0.05, 0.99, 0.5),
    row(L::NewbornOrderDiffers, "newborn", "other-child", 0.001, 0.9, 0.9),
    row(L::BirthEqual, "birthDate", "equal", 0.95, 3.4e-5, 0.006),
    row(L::BirthMonth, "birthDate", "partial-month", 0.96, 0.00104, 0.01),
    row(L::BirthYear, "birthDate", "partial-year", 0.97, 0.0125, 0.03),
    row(L::BirthSwapped, "birthDate", "swapped", 0.005, 2e-5, 1e-4),
    row(L::BirthOneDigit, "birthDate", "one-digit", 0.015, 0.0014, 0.004),
    row(L::BirthYearOff, "birthDate", "other-year", 0.006, 0.0025, 0.003),
    row(L::BirthSameMonth, "birthDate", "other-day", 0.006, 0.001, 0.002),
    row(L::BirthSameYear, "birthDate", "same-year", 0.005, 0.012, 0.025),
    row(L::BirthDifferent, "birthDate", "different", 0.013, 0.98, 0.95),
    row(L::GenderEqual, "gender", "equal", 0.99, 0.5, 0.5),
    row(L::GenderDifferent, "gender", "different", 0.01, 0.5, 0.5),
    row(L::PhoneEqual, "phone", "equal", 0.80, 1e-4, 0.5),
    row(L::PhoneNear, "phone", "one-digit", 0.03, 2e-4, 0.01),
    row(L::PhoneDifferent, "phone", "different", 0.17, 0.9997, 0.49),
    row(L::EmailEqual, "email", "equal", 0.75, 1e-4, 0.3),
    row(L::EmailNear, "email", "one-character", 0.10, 2e-4, 0.02),
    row(L::EmailDifferent, "email", "different", 0.15, 0.9997, 0.68),
    row(L::AddressEqual, "address", "equal", 0.65, 1e-4, 0.92),
    row(L::AddressSpelt, "address", "street-close", 0.06, 1e-4, 0.03),
    row(L::AddressBuilding, "address", "same-building", 0.05, 5e-4, 0.02),
    row(L::AddressNumber, "address", "same-number", 0.03, 0.01, 0.005),
    row(L::AddressStreet, "address", "same-street", 0.04, 0.01, 0.005),
    row(L::AddressDifferent, "address", "different", 0.17, 0.98, 0.02),
    row(L::LocalityEqual, "locality", "equal", 0.88, 0.30, 0.97),
    row(L::LocalityNear, "locality", "one-character", 0.05, 0.02, 0.01),
    row(L::LocalityDifferent, "locality", "different", 0.07, 0.68, 0.02),
];

impl Level {
    /// The row of this level.
    #[must_use]
    pub fn row(self) -> Row {
        ROWS.get(self as usize).copied().unwrap_or(row(self, "", "", 0.5, 0.5, 0.5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_its_row() {
        for (nth, row) in ROWS.iter().enumerate() {
            assert_eq!(row.level as usize, nth, "{row:?}");
            assert!([row.m, row.u, row.h].iter().all(|rate| *rate > 0.0 && *rate < 1.0));
        }
        assert_eq!(ROWS.len(), L::LocalityDifferent as usize + 1);
    }
}
