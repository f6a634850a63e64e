//! The search parameters of a dozen types, written out by hand from R4's list.

use serde_json::Value;

use crate::values::{As, Found, at, take};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Text,
    Token,
    Date,
    Reference,
    Uri,
    Number,
    Quantity,
    Near,
}

/// One parameter: its code, its kind, where its values stand, and for references to which types they may lead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    pub(crate) code: &'static str,
    pub(crate) kind: Kind,
    pub(crate) paths: &'static [(&'static str, As)],
    pub(crate) targets: &'static [&'static str],
}

/// A composite: where its pairs stand, the part that is a token, and the other one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) code: &'static str,
    pub(crate) anchors: &'static [&'static str],
    pub(crate) first: (&'static str, As),
    pub(crate) second: &'static [(&'static str, As)],
    pub(crate) kind: Kind,
}

const fn p(code: &'static str, kind: Kind, paths: &'static [(&'static str, As)]) -> Param {
    Param { code, kind, paths, targets: &[] }
}

const fn r(code: &'static str, paths: &'static [(&'static str, As)], targets: &'static [&'static str]) -> Param {
    Param { code, kind: Kind::Reference, paths, targets }
}

use As::{
    Address, Bool, Code, Coding, Concept, Contact, HumanName, Identifier, Money, Position, Range, Reference, Str, To,
};
use Kind::{Date, Near, Number, Quantity, Text, Token, Uri};

const COMMON: &[Param] = &[
    p("_id", Token, &[("id", Code)]),
    p("_lastUpdated", Date, &[("meta.lastUpdated", As::Date)]),
    p("_profile", Uri, &[("meta.profile", As::Canonical)]),
    p("_security", Token, &[("meta.security", Coding)]),
    p("_source", Uri, &[("meta.source", As::Uri)]),
    p("_tag", Token, &[("meta.tag", Coding)]),
];

const PATIENT: &[Param] = &[
    p("active", Token, &[("active", Bool)]),
    p("address", Text, &[("address", Address)]),
    p("address-city", Text, &[("address.city", Str)]),
    p("address-postalcode", Text, &[("address.postalCode", Str)]),
    p("address-use", Token, &[("address.use", Code)]),
    p("birthdate", Date, &[("birthDate", As::Date)]),
    p("deceased", Token, &[("", As::Deceased)]),
    p("death-date", Date, &[("deceasedDateTime", As::Date)]),
    p("email", Token, &[("telecom", Contact("email"))]),
    p("family", Text, &[("name.family", Str)]),
    p("gender", Token, &[("gender", Code)]),
    r(
        "general-practitioner",
        &[("generalPractitioner", Reference)],
        &["Practitioner", "Organization", "PractitionerRole"],
    ),
    p("given", Text, &[("name.given", Str)]),
    p("identifier", Token, &[("identifier", Identifier)]),
    p("language", Token, &[("communication.language", Concept)]),
    r("link", &[("link.other", Reference)], &["Patient", "RelatedPerson"]),
    p("name", Text, &[("name", HumanName)]),
    r("organization", &[("managingOrganization", Reference)], &["Organization"]),
    p("phone", Token, &[("telecom", Contact("phone"))]),
    p("telecom", Token, &[("telecom", Contact(""))]),
];

const PRACTITIONER: &[Param] = &[
    p("active", Token, &[("active", Bool)]),
    p("address-city", Text, &[("address.city", Str)]),
    p("communication", Token, &[("communication", Concept)]),
    p("email", Token, &[("telecom", Contact("email"))]),
    p("family", Text, &[("name.family", Str)]),
    p("gender", Token, &[("gender", Code)]),
    p("given", Text, &[("name.given", Str)]),
    p("identifier", Token, &[("identifier", Identifier)]),
    p("name", Text, &[("name", HumanName)]),
    p("phone", Token, &[("telecom", Contact("phone"))]),
    p("address", Text, &[("address", Address)]),
    p("address-postalcode", Text, &[("address.postalCode", Str)]),
    p("address-use", Token, &[("address.use", Code)]),
    p("telecom", Token, &[("telecom", Contact(""))]),
];

const ORGANIZATION: &[Param] = &[
    p("active", Token, &[("active", Bool)]),
    p("address", Text, &[("address", Address)]),
    p("identifier", Token, &[("identifier", Identifier)]),
    p("name", Text, &[("name", Str), ("alias", Str)]),
    r("partof", &[("partOf", Reference)], &["Organization"]),
    p("type", Token, &[("type", Concept)]),
    p("address-city", Text, &[("address.city", Str)]),
    p("address-postalcode", Text, &[("address.postalCode", Str)]),
    p("address-use", Token, &[("address.use", Code)]),
];

const LOCATION: &[Param] = &[
    p("address", Text, &[("address", Address)]),
    p("address-city", Text, &[("address.city", Str)]),
    p("identifier", Token, &[("identifier", Identifier)]),
    p("name", Text, &[("name", Str), ("alias", Str)]),
    p("near", Near, &[("position", Position)]),
    p("operational-status", Token, &[("operationalStatus", Coding)]),
    r("organization", &[("managingOrganization", Reference)], &["Organization"]),
    r("partof", &[("partOf", Reference)], &["Location"]),
    p("status", Token, &[("status", Code)]),
    p("type", Token, &[("type", Concept)]),
    p("address-postalcode", Text, &[("address.postalCode", Str)]),
    p("address-use", Token, &[("address.use", Code)]),
];

const ENCOUNTER: &[Param] = &[
    p("class", Token, &[("class", Coding)]),
    p("date", Date, &[("period", As::Date)]),
    r("diagnosis", &[("diagnosis.condition", Reference)], &["Condition", "Procedure"]),
    p("identifier", Token, &[("identifier", Identifier)]),
    p("length", Quantity, &[("length", As::Quantity)]),
    r("location", &[("location.location", Reference)], &["Location"]),
    p("location-period", Date, &[("location.period", As::Date)]),
    r("part-of", &[("partOf", Reference)], &["Encounter"]),
    r("participant", &[("participant.individual", Reference)], &["Practitioner", "PractitionerRole", "RelatedPerson"]),
    p("participant-type", Token, &[("participant.type", Concept)]),
    r("patient", &[("subject", To("Patient"))], &["Patient"]),
    r("practitioner", &[("participant.individual", To("Practitioner"))], &["Practitioner"]),
    p("reason-code", Token, &[("reasonCode", Concept)]),
    r("service-provider", &[("serviceProvider", Reference)], &["Organization"]),
    p("status", Token, &[("status", Code)]),
    r("subject", &[("subject", Reference)], &["Group", "Patient"]),
    p("type", Token, &[("type", Concept)]),
];

const OBSERVATION: &[Param] = &[
    p("category", Token, &[("category", Concept)]),
    p("code", Token, &[("code", Concept)]),
    p("combo-code", Token, &[("code", Concept), ("component.code", Concept)]),
    p("combo-value-concept", Token, &[("valueCodeableConcept", Concept), ("component.valueCodeableConcept", Concept)]),
    p("combo-value-quantity", Quantity, &[("valueQuantity", As::Quantity), ("component.valueQuantity", As::Quantity)]),
    p("component-code", Token, &[("component.code", Concept)]),
    p("component-value-quantity", Quantity, &[("component.valueQuantity", As::Quantity)]),
    p("data-absent-reason", Token, &[("dataAbsentReason", Concept)]),
    p(
        "date",
        Date,
        &[
            ("effectiveDateTime", As::Date),
            ("effectivePeriod", As::Date),
            ("effectiveInstant", As::Date),
            ("effectiveTiming", As::Date),
        ],
    ),
    r(
        "derived-from",
        &[("derivedFrom", Reference)],
        &["DocumentReference", "ImagingStudy", "Media", "MolecularSequence", "Observation", "QuestionnaireResponse"],
    ),
    r("encounter", &[("encounter", Reference)], &["Encounter", "EpisodeOfCare"]),
    r("has-member", &[("hasMember", Reference)], &["Observation", "MolecularSequence", "QuestionnaireResponse"]),
    p("identifier", Token, &[("identifier", Identifier)]),
    r("patient", &[("subject", To("Patient"))], &["Patient"]),
    r(
        "performer",
        &[("performer", Reference)],
        &["Practitioner", "Organization", "CareTeam", "Patient", "PractitionerRole", "RelatedPerson"],
    ),
    p("status", Token, &[("status", Code)]),
    r("subject", &[("subject", Reference)], &["Group", "Device", "Patient", "Location"]),
    p("value-concept", Token, &[("valueCodeableConcept", Concept)]),
    p("value-date", Date, &[("valueDateTime", As::Date), ("valuePeriod", As::Date)]),
    p("value-quantity", Quantity, &[("valueQuantity", As::Quantity)]),
    p("value-string", Text, &[("valueString", Str), ("valueCodeableConcept.text", Str)]),
    p("method", Token, &[("method", Concept)]),
    r(
        "part-of",
        &[("partOf", Reference)],
        &[
            "Immunization",
            "MedicationDispense",
            "MedicationAdministration",
            "Procedure",
            "ImagingStudy",
            "MedicationStatement",
        ],
    ),
];

const CONDITION: &[Param] = &[
    p("abatement-date", Date, &[("abatementDateTime", As::Date), ("abatementPeriod", As::Date)]),
    r("asserter", &[("asserter", Reference)], &["Practitioner", "Patient", "PractitionerRole", "RelatedPerson"]),
    p("category", Token, &[("category", Concept)]),
    p("clinical-status", Token, &[("clinicalStatus", Concept)]),
    p("code", Token, &[("code", Concept)]),
    r("encounter", &[("encounter", Reference)], &["Encounter"]),
    p("onset-age", Quantity, &[("onsetAge", As::Quantity), ("onsetRange", Range)]),
    p("onset-date", Date, &[("onsetDateTime", As::Date), ("onsetPeriod", As::Date)]),
    p("onset-info", Text, &[("onsetString", Str)]),
    r("patient", &[("subject", To("Patient"))], &["Patient"]),
    p("recorded-date", Date, &[("recordedDate", As::Date)]),
    r("subject", &[("subject", Reference)], &["Group", "Patient"]),
    p("identifier", Token, &[("identifier", Identifier)]),
];

const REPORT: &[Param] = &[
    p("category", Token, &[("category", Concept)]),
    p("code", Token, &[("code", Concept)]),
    p("conclusion", Token, &[("conclusionCode", Concept)]),
    p("date", Date, &[("effectiveDateTime", As::Date), ("effectivePeriod", As::Date)]),
    r("encounter", &[("encounter", Reference)], &["Encounter", "EpisodeOfCare"]),
    p("identifier", Token, &[("identifier", Identifier)]),
    p("issued", Date, &[("issued", As::Date)]),
    r("patient", &[("subject", To("Patient"))], &["Patient"]),
    r("performer", &[("performer", Reference)], &["Practitioner", "Organization", "CareTeam", "PractitionerRole"]),
    r("result", &[("result", Reference)], &["Observation"]),
    p("status", Token, &[("status", Code)]),
    r("subject", &[("subject", Reference)], &["Group", "Device", "Patient", "Location"]),
];

const PRESCRIPTION: &[Param] = &[
    p("authoredon", Date, &[("authoredOn", As::Date)]),
    p("category", Token, &[("category", Concept)]),
    p("code", Token, &[("medicationCodeableConcept", Concept)]),
    p("date", Date, &[("dosageInstruction.timing.event", As::Date)]),
    r("encounter", &[("encounter", Reference)], &["Encounter"]),
    p("intent", Token, &[("intent", Code)]),
    r("patient", &[("subject", To("Patient"))], &["Patient"]),
    p("priority", Token, &[("priority", Code)]),
    r(
        "requester",
        &[("requester", Reference)],
        &["Practitioner", "Organization", "Patient", "PractitionerRole", "RelatedPerson", "Device"],
    ),
    p("status", Token, &[("status", Code)]),
    r("subject", &[("subject", Reference)], &["Group", "Patient"]),
    p("identifier", Token, &[("identifier", Identifier)]),
];

const LIST: &[Param] = &[
    p("code", Token, &[("code", Concept)]),
    p("date", Date, &[("date", As::Date)]),
    r("item", &[("entry.item", Reference)], &[]),
    p("notes", Text, &[("note.text", Str)]),
    r("patient", &[("subject", To("Patient"))], &["Patient"]),
    r("source", &[("source", Reference)], &["Practitioner", "Patient", "Device", "PractitionerRole"]),
    p("status", Token, &[("status", Code)]),
    r("subject", &[("subject", Reference)], &["Group", "Device", "Patient", "Location"]),
    p("title", Text, &[("title", Str)]),
    r("encounter", &[("encounter", Reference)], &["Encounter", "EpisodeOfCare"]),
    p("identifier", Token, &[("identifier", Identifier)]),
];

const VALUE_SET: &[Param] = &[
    p("code", Token, &[("compose.include.concept.code", Code)]),
    p("context-quantity", Quantity, &[("useContext.valueQuantity", As::Quantity), ("useContext.valueRange", Range)]),
    p("context-type", Token, &[("useContext.code", Coding)]),
    p("date", Date, &[("date", As::Date)]),
    p("description", Text, &[("description", Str)]),
    p("identifier", Token, &[("identifier", Identifier)]),
    p("jurisdiction", Token, &[("jurisdiction", Concept)]),
    p("name", Text, &[("name", Str)]),
    p("reference", Uri, &[("compose.include.system", As::Uri)]),
    p("status", Token, &[("status", Code)]),
    p("title", Text, &[("title", Str)]),
    p("url", Uri, &[("url", As::Uri)]),
    p("version", Token, &[("version", As::AnyCase)]),
    p("context", Token, &[("useContext.valueCodeableConcept", Concept)]),
];

const RISK: &[Param] = &[
    r("condition", &[("condition", Reference)], &["Condition"]),
    p("date", Date, &[("occurrenceDateTime", As::Date)]),
    p("method", Token, &[("method", Concept)]),
    r("patient", &[("subject", To("Patient"))], &["Patient"]),
    p("probability", Number, &[("prediction.probabilityDecimal", As::Number)]),
    p("risk", Token, &[("prediction.qualitativeRisk", Concept)]),
    r("subject", &[("subject", Reference)], &["Group", "Patient"]),
    r("encounter", &[("encounter", Reference)], &["Encounter", "EpisodeOfCare"]),
    p("identifier", Token, &[("identifier", Identifier)]),
    r("performer", &[("performer", Reference)], &["Practitioner", "Device", "PractitionerRole"]),
];

const CHARGE: &[Param] = &[
    p("code", Token, &[("code", Concept)]),
    r("context", &[("context", Reference)], &["EpisodeOfCare", "Encounter"]),
    p("entered-date", Date, &[("enteredDate", As::Date)]),
    p("factor-override", Number, &[("factorOverride", As::Number)]),
    p("occurrence", Date, &[("occurrenceDateTime", As::Date), ("occurrencePeriod", As::Date)]),
    r("patient", &[("subject", To("Patient"))], &["Patient"]),
    p("price-override", Quantity, &[("priceOverride", Money)]),
    p("quantity", Quantity, &[("quantity", As::Quantity)]),
    r("subject", &[("subject", Reference)], &["Group", "Patient"]),
    p("identifier", Token, &[("identifier", Identifier)]),
];

const QUESTIONNAIRE: &[Param] = &[
    p("code", Token, &[("item.code", Coding)]),
    p("definition", Uri, &[("item.definition", As::Uri)]),
    p("effective", Date, &[("effectivePeriod", As::Date)]),
    p("name", Text, &[("name", Str)]),
    p("status", Token, &[("status", Code)]),
    p("subject-type", Token, &[("subjectType", Code)]),
    p("title", Text, &[("title", Str)]),
    p("url", Uri, &[("url", As::Uri)]),
    p("context", Token, &[("useContext.valueCodeableConcept", Concept)]),
    p("context-quantity", Quantity, &[("useContext.valueQuantity", As::Quantity), ("useContext.valueRange", Range)]),
    p("context-type", Token, &[("useContext.code", Coding)]),
    p("date", Date, &[("date", As::Date)]),
    p("description", Text, &[("description", Str)]),
    p("identifier", Token, &[("identifier", Identifier)]),
    p("jurisdiction", Token, &[("jurisdiction", Concept)]),
    p("version", Token, &[("version", As::AnyCase)]),
];

const PAIRS: &[(&str, Pair)] = &[
    ("Questionnaire", CONTEXT),
    ("Observation", pair("code-value-concept", &[""], "code", &[("valueCodeableConcept", Concept)], Token)),
    (
        "Observation",
        pair("code-value-date", &[""], "code", &[("valueDateTime", As::Date), ("valuePeriod", As::Date)], Date),
    ),
    ("Observation", pair("code-value-quantity", &[""], "code", &[("valueQuantity", As::Quantity)], Quantity)),
    ("Observation", pair("code-value-string", &[""], "code", &[("valueString", Str)], Text)),
    (
        "Observation",
        pair("combo-code-value-concept", &["", "component"], "code", &[("valueCodeableConcept", Concept)], Token),
    ),
    (
        "Observation",
        pair("combo-code-value-quantity", &["", "component"], "code", &[("valueQuantity", As::Quantity)], Quantity),
    ),
    (
        "Observation",
        pair("component-code-value-quantity", &["component"], "code", &[("valueQuantity", As::Quantity)], Quantity),
    ),
    (
        "ValueSet",
        Pair {
            code: "context-type-quantity",
            anchors: &["useContext"],
            first: ("code", Coding),
            second: &[("valueQuantity", As::Quantity), ("valueRange", Range)],
            kind: Quantity,
        },
    ),
];

const CONTEXT: Pair = Pair {
    code: "context-type-value",
    anchors: &["useContext"],
    first: ("code", Coding),
    second: &[("valueCodeableConcept", Concept)],
    kind: Token,
};

const fn pair(
    code: &'static str,
    anchors: &'static [&'static str],
    first: &'static str,
    second: &'static [(&'static str, As)],
    kind: Kind,
) -> Pair {
    Pair { code, anchors, first: (first, Concept), second, kind }
}

/// The types of the model, with those that others point to first.
pub(crate) const TYPES: &[(&str, &[Param])] = &[
    ("Organization", ORGANIZATION),
    ("Practitioner", PRACTITIONER),
    ("Location", LOCATION),
    ("Patient", PATIENT),
    ("Encounter", ENCOUNTER),
    ("Condition", CONDITION),
    ("Observation", OBSERVATION),
    ("DiagnosticReport", REPORT),
    ("MedicationRequest", PRESCRIPTION),
    ("RiskAssessment", RISK),
    ("ChargeItem", CHARGE),
    ("ValueSet", VALUE_SET),
    ("Questionnaire", QUESTIONNAIRE),
    ("List", LIST),
];

/// The parameters of a type, the common ones behind its own.
pub(crate) fn params(kind: &str) -> impl Iterator<Item = &'static Param> {
    let own = TYPES.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, params)| params);
    own.iter().chain(COMMON)
}

pub(crate) fn common() -> impl Iterator<Item = &'static Param> {
    COMMON.iter()
}

pub(crate) fn param(kind: &str, code: &str) -> Option<&'static Param> {
    params(kind).find(|param| param.code == code)
}

pub(crate) fn pairs(kind: &str) -> impl Iterator<Item = &'static Pair> {
    PAIRS.iter().filter(move |(of, _)| *of == kind).map(|(_, pair)| pair)
}

impl Param {
    pub(crate) fn values(&self, resource: &Value) -> Vec<Found> {
        let all = self.paths.iter().flat_map(|(path, shape)| at(resource, path).into_iter().map(move |v| (v, *shape)));
        all.flat_map(|(value, shape)| take(value, shape)).collect()
    }
}

impl Pair {
    /// Each first value with each second one of the same place.
    pub(crate) fn values(&self, resource: &Value) -> Vec<(Found, Found)> {
        let mut found = Vec::new();
        for place in self.anchors.iter().flat_map(|anchor| at(resource, anchor)) {
            let firsts = at(place, self.first.0).into_iter().flat_map(|value| take(value, self.first.1));
            let seconds: Vec<Found> = self
                .second
                .iter()
                .flat_map(|(path, shape)| at(place, path).into_iter().flat_map(|value| take(value, *shape)))
                .collect();
            for first in firsts {
                found.extend(seconds.iter().map(|second| (first.clone(), second.clone())));
            }
        }
        found
    }
}
