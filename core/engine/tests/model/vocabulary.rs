//! The words that resources and searches are made of: few, so that they meet. Chinese and accented names, mixed case, marks that searches
//! must escape, partial dates, numbers beside the ends of each other's ranges.

pub(crate) const SYSTEMS: [&str; 3] = ["urn:s1", "http://s2.example/codes", "http://s2.example/codes/more"];
pub(crate) const CODES: [&str; 6] = ["a", "A", "b", "x,y", "p|q", "d$e"];
/// The codes of the second system, with those above each.
pub(crate) const HIERARCHY: [(&str, &[&str]); 5] =
    [("a", &[]), ("A", &["a"]), ("b", &["a"]), ("x,y", &["b", "A"]), ("p|q", &[])];
/// Value sets: what each means. None is a resource: the whole of a system, or what stands below a code.
pub(crate) const MEANT: [(&str, &[(&str, &str)]); 4] = [
    ("http://model.example/vs/s1", &[("urn:s1", "a"), ("urn:s1", "p|q")]),
    ("http://s2.example/codes?fhir_vs=isa/b", &[("http://s2.example/codes", "b"), ("http://s2.example/codes", "x,y")]),
    (
        "http://s2.example/codes?fhir_vs=isa/a",
        &[
            ("http://s2.example/codes", "a"),
            ("http://s2.example/codes", "A"),
            ("http://s2.example/codes", "b"),
            ("http://s2.example/codes", "x,y"),
        ],
    ),
    ("http://model.example/vs/nothing", &[]),
];
pub(crate) const DISPLAYS: [&str; 5] = ["Glucose", "glucose in blood", "Größe", "血糖", "Pain, severe"];
pub(crate) const FAMILIES: [&str; 8] = ["王", "李", "Müller", "MULLER", "O'Neil", "van der Berg", "欧阳", "Zoë"];
pub(crate) const GIVEN: [&str; 8] = ["秀英", "伟", "Anna", "anna-Maria", "José", "jose", "Li", "a%b_c"];
pub(crate) const CITIES: [&str; 5] = ["澄江", "München", "munchen", "New  York", "new york"];
pub(crate) const TEXTS: [&str; 7] =
    ["Fever and cough", "fever", "No fever", "Müdigkeit", "咳嗽", "cough, dry; since May", "Ωmega 3"];
pub(crate) const DATES: [&str; 14] = [
    "2023",
    "2024",
    "2024-02",
    "2024-03",
    "2024-02-28",
    "2024-02-29",
    "2024-03-01",
    "2024-02-29T08:00:00+08:00",
    "2024-02-29T00:00:00Z",
    "2024-02-29T07:59:59.999+08:00",
    "2024-02-29T23:30:00-05:00",
    "2024-12-31T23:59:59Z",
    "1969-12-31",
    "2031-07-04T12:00:00+08:00",
];
/// Canonicals may name a version.
pub(crate) const PROFILES: [&str; 4] = [
    "http://acme.example/fhir/ValueSet/123|2.0",
    "http://acme.example/fhir/ValueSet/123",
    "http://acme.example/fhir/ValueSet/123/history/5",
    "http://acme.example/fhir",
];
pub(crate) const URIS: [&str; 6] = [
    "http://acme.example/fhir",
    "http://acme.example/fhir/ValueSet/123",
    "http://acme.example/fhir/ValueSet/123/history/5",
    "http://acme.example/fhirless",
    "urn:oid:1.2.3.4.5",
    "http://acme.example/FHIR",
];
pub(crate) const NUMBERS: [&str; 17] = [
    "1e2", "1.00e2", "5.4e-3", "0.5", "0.50", "0.54", "0.55", "1", "1.0", "5.4", "5.35", "5.45", "100", "99.5",
    "100.5", "-3", "0",
];
pub(crate) const UNITS: [&str; 8] = ["mg", "g", "kg", "mmol/L", "umol/L", "%", "mm[Hg]", "/min"];
/// Half a million kilometres in small: a town, its neighbour, the other side of the date line, a pole.
pub(crate) const PLACES: [(f64, f64); 6] =
    [(24.67, 102.91), (24.70, 102.95), (24.0, 103.5), (52.52, 13.40), (-17.8, 179.9), (-17.8, -179.9)];

pub(crate) const COUNTS: [(&str, usize); 14] = [
    ("Organization", 6),
    ("Practitioner", 8),
    ("Location", 9),
    ("Patient", 14),
    ("Encounter", 14),
    ("Condition", 14),
    ("Observation", 40),
    ("DiagnosticReport", 9),
    ("MedicationRequest", 9),
    ("RiskAssessment", 9),
    ("ChargeItem", 8),
    ("ValueSet", 7),
    ("Questionnaire", 5),
    ("List", 6),
];

/// What makes a resource sensitive.
pub(crate) const LEVELS: &str = "https://meridian.example/fhir/CodeSystem/sensitivity";
pub(crate) const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
