//! Identifier systems, code systems and tags, written once.

pub const IDENTITY_NUMBER: &str = "urn:oid:2.16.156.10011.1.3";
pub const HEALTH_RECORD_NUMBER: &str = "urn:oid:2.16.156.10011.1.2";
pub const INSURANCE_NUMBER: &str = "https://meridian.example/id/insurance";
pub const INSTITUTION: &str = "https://meridian.example/id/institution";
/// An institution's own record numbers: add the institution's code.
pub const RECORD_NUMBER: &str = "https://meridian.example/id/mrn/";
/// Numbers of an institution's other records (visits, results, documents): add the institution's code.
pub const RECORD: &str = "https://meridian.example/id/record/";
/// Numbers of an institution's staff: add the institution's code.
pub const STAFF: &str = "https://meridian.example/id/staff/";
/// Numbers of an institution's departments (`D05`), wards (`W05`), rooms (`W05-0503`) and beds (`W05-0503-07`): add the
/// institution's code.
pub const LOCATION: &str = "https://meridian.example/id/location/";
/// Numbers of an institution's devices: add the institution's code.
pub const DEVICE: &str = "https://meridian.example/id/device/";
/// Our own codes for kinds of devices that are no DICOM modality.
pub const DEVICE_KIND: &str = "https://meridian.example/code/device-kind";
/// 统一社会信用代码.
pub const CREDIT_CODE: &str = "https://meridian.example/id/credit-code";
/// Our own codes of services; the same in every institution.
pub const SERVICE: &str = "https://meridian.example/code/service";
/// Canonical URLs of prices: add the institution's code and the service's.
pub const PRICE: &str = "https://meridian.example/price/";

/// Tag on every resource that comes from here: system and code.
pub const SYNTHETIC_TAG: (&str, &str) = ("https://meridian.example/tag", "synthetic");

pub const LOINC: &str = "http://loinc.org";
pub const UCUM: &str = "http://unitsofmeasure.org";
pub const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";
pub const ATC: &str = "http://www.whocc.no/atc";
pub const CVX: &str = "http://hl7.org/fhir/sid/cvx";
/// Our own codes for what ATC does not hold: food and inhaled allergens.
pub const ALLERGEN: &str = "https://meridian.example/code/allergen";
pub const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
pub const OBSERVATION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
pub const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
pub const IDENTIFIER_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
