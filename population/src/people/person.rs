//! A person as he or she truly is: what every register should say and does not always.

use crate::calendar::Day;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sex {
    Male,
    Female,
}

impl Sex {
    /// FHIR administrative gender.
    #[must_use]
    pub const fn fhir(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }

    /// HL7 table 0001.
    #[must_use]
    pub const fn hl7(self) -> &'static str {
        match self {
            Self::Male => "M",
            Self::Female => "F",
        }
    }

    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }

    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Male => Self::Female,
            Self::Female => Self::Male,
        }
    }
}

/// A name in parts. Names of minorities are written given·second with a middle dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    pub family: String,
    pub given: String,
    /// Written `given·family` instead of `family` and `given` run together.
    pub dotted: bool,
}

impl Name {
    /// The name as it is written.
    #[must_use]
    pub fn text(&self) -> String {
        if self.dotted { format!("{}·{}", self.given, self.family) } else { format!("{}{}", self.family, self.given) }
    }
}

/// Where somebody lives in the fictional district.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    pub street: &'static str,
    /// 街道.
    pub subdistrict: &'static str,
    /// 社区.
    pub committee: &'static str,
    /// The house: `12号3栋402室`.
    pub house: String,
    /// Code of the community health centre that serves the street.
    pub centre: &'static str,
}

impl Address {
    /// Street and house in one line.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{}{}", self.street, self.house)
    }
}

/// A person's place in the household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Head,
    Spouse,
    Child,
    Grandparent,
}

/// Medical insurance scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// 职工基本医疗保险.
    Employee,
    /// 城乡居民基本医疗保险.
    Resident,
}

impl Scheme {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Employee => "310",
            Self::Resident => "390",
        }
    }

    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Employee => "职工基本医疗保险",
            Self::Resident => "城乡居民基本医疗保险",
        }
    }
}

/// Another member of the household, as a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// The resident's number in the region.
    pub index: u64,
    pub birth: Day,
    pub name: Name,
    pub role: Role,
    pub sex: Sex,
    pub phone: String,
    pub age: i32,
}

/// The truth about one resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The resident's number in the region, from 0: the key of the truth.
    pub index: u64,
    pub household: u64,
    pub role: Role,
    pub name: Name,
    pub sex: Sex,
    pub birth: Day,
    pub identity_number: String,
    pub insurance_number: String,
    pub scheme: Scheme,
    pub phone: String,
    pub address: Address,
    pub married: bool,
    /// Number of the twin, when there is one.
    pub twin: Option<u64>,
    pub relatives: Vec<Relative>,
}

impl Person {
    /// Completed years on `at`.
    #[must_use]
    pub const fn age(&self, at: Day) -> i32 {
        self.birth.age_on(at)
    }
}
