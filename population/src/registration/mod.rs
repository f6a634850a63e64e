//! How institutions wrote a resident down: the truth with the errors that registers have, and sometimes twice.

pub mod membership;
pub mod rates;
pub(crate) mod second;
mod slip;
pub(crate) mod write;

use crate::calendar::Day;
use crate::people::person::{Address, Name, Person, Sex};
use crate::region::Region;

pub use membership::{Membership, Needs, Service};

/// What is wrong with a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    NoIdentityNumber,
    IdentityNumberMistyped,
    /// The number of 15 digits.
    IdentityNumberOld,
    NameMisheard,
    /// A character that looks alike.
    NameMisread,
    /// A traditional or variant character.
    NameVariant,
    NameCut,
    NameSpaced,
    /// Another dot in the middle.
    NameDot,
    BirthSwapped,
    SexWrong,
    PhoneStale,
    PhoneWide,
    AddressFormer,
    /// 某某之子, 某某之女.
    NewbornName,
    /// A further number of the same resident at the same institution.
    SecondNumber,
}

impl Flaw {
    /// The word of the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoIdentityNumber => "no-identity-number",
            Self::IdentityNumberMistyped => "identity-number-mistyped",
            Self::IdentityNumberOld => "identity-number-15-digits",
            Self::NameMisheard => "name-misheard",
            Self::NameMisread => "name-misread",
            Self::NameVariant => "name-variant-character",
            Self::NameCut => "name-cut",
            Self::NameSpaced => "name-spaced",
            Self::NameDot => "name-other-dot",
            Self::BirthSwapped => "birth-day-month-swapped",
            Self::SexWrong => "sex-wrong",
            Self::PhoneStale => "phone-stale",
            Self::PhoneWide => "phone-full-width",
            Self::AddressFormer => "address-former",
            Self::NewbornName => "newborn-name",
            Self::SecondNumber => "second-number",
        }
    }
}

/// A resident as one institution has him or her.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub institution: &'static str,
    /// The institution's own record number.
    pub record_number: String,
    pub name: Name,
    pub sex: Sex,
    pub birth: Day,
    pub identity_number: Option<String>,
    pub insurance_number: Option<String>,
    pub phone: Option<String>,
    pub address: Address,
    /// A further number of somebody whom the institution has already.
    pub second: bool,
    /// Of a second number: the days (from, until) on which visits were made under it.
    pub window: Option<(Day, Day)>,
    /// Of a second number: the day on which it was merged into the first.
    pub merged: Option<Day>,
    /// The day on which a hospital corrected telephone and address (ADT^A31).
    pub corrected: Option<Day>,
    pub flaws: Vec<Flaw>,
}

impl Registration {
    /// Whether a visit that began on `day` was made under this second number.
    #[must_use]
    pub fn takes(&self, day: Day) -> bool {
        self.window.is_some_and(|(from, until)| from <= day && day < until)
    }
}

/// Everything that was written down about a person, in the order of [`Membership::all`]; second numbers follow the
/// first of their institution.
pub(crate) fn of_person(region: &Region, person: &Person, known: &Membership) -> Vec<Registration> {
    let mut all = Vec::new();
    for code in known.all() {
        let Some(institution) = region.institution(code) else { continue };
        let former = known.former.is_some_and(|(former, _)| former == code);
        let first = write::first(region, person, institution, known, former);
        all.extend(second::numbers(region, person, institution, first));
    }
    all
}

/// Who knows a person.
pub(crate) fn memberships(region: &Region, person: &Person, needs: Needs) -> Membership {
    membership::of_person(region, person, needs)
}
