//! How often registers err. Frozen before any matcher is measured on them; a change makes another region.
//!
//! Published anchors: 18 % of records are duplicates in practice (Verato primer, over institutions of one system), the
//! goal is 0.5 % (ONC); of a hundred labelled pairs of Chinese names 31 keep their characters, 34 their sound, and
//! birth dates agree in 97 (measured on a public sample); twins and temporary names of newborns are what a matcher of a
//! non-Latin register missed (Lao SCHR 2025, PMC12474658). The single rates are assumed.

/// A hospital record without an identity number (emergency, forgotten card). Assumed.
pub const HOSPITAL_NO_IDENTITY: f64 = 0.05;
/// A centre's record without an identity number. Assumed.
pub const CENTRE_NO_IDENTITY: f64 = 0.03;
/// A record at the centre before the move that knows the insurance number only. Assumed.
pub const FORMER_CENTRE_INSURANCE_ONLY: f64 = 0.35;
/// A record of any centre that holds the insurance number besides the identity number. Assumed.
pub const CENTRE_INSURANCE: f64 = 0.45;
/// A typing error in the identity number; the check character then no longer fits. Assumed.
pub const IDENTITY_MISTYPED: f64 = 0.015;
/// A hospital record with the old number of 15 digits, of those born before [`IDENTITY_OLD_BEFORE`]. Assumed.
pub const IDENTITY_OLD: f64 = 0.06;
/// Cards with 15 digits were given until 1999, from the age of 16.
pub const IDENTITY_OLD_BEFORE: i32 = 1983;
/// A character of the given name written with another of the same sound. Assumed.
pub const NAME_MISHEARD: f64 = 0.02;
/// A character written with another that looks alike. Assumed.
pub const NAME_MISREAD: f64 = 0.008;
/// A character in its traditional or variant form. Assumed.
pub const NAME_VARIANT: f64 = 0.006;
/// The last character of a name of three or more lost. Assumed.
pub const NAME_CUT: f64 = 0.002;
/// A blank in the name, half or full width. Assumed.
pub const NAME_SPACED: f64 = 0.01;
/// The middle dot of a name written with another dot, of the names that have one. Assumed.
pub const NAME_DOT: f64 = 0.4;
/// Month and day of birth exchanged, where that makes a date. Assumed; in all 3 % of birth dates of the sample differ.
pub const BIRTH_SWAPPED: f64 = 0.004;
/// The other sex. Assumed.
pub const SEX_WRONG: f64 = 0.002;
/// A telephone that is no longer the resident's, or none. Assumed.
pub const PHONE_STALE: f64 = 0.10;
/// A telephone written with full-width digits. Assumed.
pub const PHONE_WIDE: f64 = 0.005;
/// Of those who moved: the hospital still has the address before. Assumed.
pub const ADDRESS_OLD: f64 = 0.35;
/// A newborn written down under the mother's name where it was born. Assumed.
pub const NEWBORN_NAME: f64 = 0.6;
/// Of those: later registered under the own name, with a new number. Assumed.
pub const NEWBORN_NAMED: f64 = 0.7;
/// A second number of the same resident at one hospital. Assumed; with the records of one person at several
/// institutions the district comes to far more than the published 18 %.
pub const SECOND_AT_HOSPITAL: f64 = 0.06;
/// A second number of the same resident at one centre. Assumed.
pub const SECOND_AT_CENTRE: f64 = 0.02;
/// Of second records: without an identity number, which is how they come about. Assumed.
pub const SECOND_NO_IDENTITY: f64 = 0.6;
/// Of second numbers at hospitals: found and merged (ADT^A40). Assumed.
pub const SECOND_MERGED: f64 = 0.55;
/// Of hospital records with a stale telephone or a former address: corrected later (ADT^A31). Assumed.
pub const CORRECTED: f64 = 0.3;
