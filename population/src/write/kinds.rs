//! The kinds of CSV: which resources, which columns, found where.

use crate::render::systems;

/// One file.
pub(super) struct Kind {
    pub(super) file: &'static str,
    /// The resource type.
    pub(super) of: &'static str,
    /// A row for each component, where there are any.
    pub(super) by_component: bool,
    /// Written for demographics too.
    pub(super) demographic: bool,
    pub(super) columns: &'static [(&'static str, Column)],
}

/// Where a cell comes from.
pub(super) enum Column {
    /// Code of the institution that wrote it.
    Institution,
    /// A JSON pointer into the resource.
    At(&'static str),
    /// The same into a component, or into the resource when it has none.
    Part(&'static str),
    /// The id of what is referred to there.
    Reference(&'static str),
    /// The first of several places that holds something.
    First(&'static [&'static str]),
    /// The identifier of the system that begins so.
    Identifier(&'static str),
}

use Column::{At, First, Identifier, Institution, Part, Reference};

const PLAIN: Kind = Kind { file: "", of: "", by_component: false, demographic: false, columns: &[] };
const ID: (&str, Column) = ("id", At("/id"));
const PLACE: (&str, Column) = ("institution", Institution);
const PATIENT: (&str, Column) = ("patient", Reference("/subject/reference"));
const VISIT: (&str, Column) = ("visit", Reference("/encounter/reference"));

pub(super) static KINDS: &[Kind] = &[
    Kind {
        file: "organizations",
        of: "Organization",
        demographic: true,
        columns: &[ID, PLACE, ("name", At("/name")), ("name_en", At("/alias/0")), ("kind", At("/type/0/text"))],
        ..PLAIN
    },
    Kind {
        file: "practitioners",
        of: "Practitioner",
        demographic: true,
        columns: &[
            ID,
            PLACE,
            ("code", Identifier(systems::STAFF)),
            ("name", At("/name/0/text")),
            ("gender", At("/gender")),
            ("title", At("/qualification/0/code/text")),
        ],
        ..PLAIN
    },
    Kind {
        file: "locations",
        of: "Location",
        demographic: true,
        columns: &[
            ID,
            PLACE,
            ("name", At("/name")),
            ("kind", First(&["/physicalType/text", "/physicalType/coding/0/code", "/type/0/text"])),
            ("part_of", Reference("/partOf/reference")),
            ("status", At("/status")),
        ],
        ..PLAIN
    },
    Kind {
        file: "patients",
        of: "Patient",
        demographic: true,
        columns: &[
            ID,
            PLACE,
            ("record_number", Identifier(systems::RECORD_NUMBER)),
            ("identity_number", Identifier(systems::IDENTITY_NUMBER)),
            ("insurance_number", Identifier(systems::INSURANCE_NUMBER)),
            ("health_record_number", Identifier(systems::HEALTH_RECORD_NUMBER)),
            ("name", At("/name/0/text")),
            ("gender", At("/gender")),
            ("birth_date", At("/birthDate")),
            ("deceased", First(&["/deceasedDateTime", "/deceasedBoolean"])),
            ("phone", At("/telecom/0/value")),
            ("address", At("/address/0/text")),
            ("marital_status", At("/maritalStatus/coding/0/code")),
            ("contact", At("/contact/0/name/text")),
            ("contact_phone", At("/contact/0/telecom/0/value")),
        ],
        ..PLAIN
    },
    Kind {
        file: "visits",
        of: "Encounter",
        columns: &[
            ID,
            PLACE,
            PATIENT,
            ("number", At("/identifier/0/value")),
            ("class", At("/class/code")),
            ("status", At("/status")),
            ("start", At("/period/start")),
            ("end", At("/period/end")),
            ("department", First(&["/serviceType/text", "/location/0/location/display"])),
            ("doctor", At("/participant/0/individual/display")),
            ("purpose", First(&["/type/0/text", "/type/0/coding/0/display"])),
            ("complaint", First(&["/reasonCode/0/text", "/reasonCode/0/coding/0/display"])),
        ],
        ..PLAIN
    },
    Kind {
        file: "diagnoses",
        of: "Condition",
        columns: &[
            ID,
            PLACE,
            PATIENT,
            VISIT,
            ("code", At("/code/coding/0/code")),
            ("name", First(&["/code/text", "/code/coding/0/display"])),
            ("status", At("/clinicalStatus/coding/0/code")),
            ("onset", First(&["/onsetDateTime", "/onsetPeriod/start"])),
            ("recorded", At("/recordedDate")),
        ],
        ..PLAIN
    },
    Kind {
        file: "results",
        of: "Observation",
        by_component: true,
        columns: &[
            ID,
            PLACE,
            PATIENT,
            VISIT,
            ("category", At("/category/0/coding/0/code")),
            ("code", Part("/code/coding/0/code")),
            ("name", Part("/code/text")),
            ("time", First(&["/effectiveDateTime", "/effectivePeriod/start"])),
            ("value", Part("/valueQuantity/value")),
            ("unit", Part("/valueQuantity/code")),
            ("text", First(&["/valueCodeableConcept/text", "/valueString"])),
            ("flag", Part("/interpretation/0/coding/0/code")),
            ("low", Part("/referenceRange/0/low/value")),
            ("high", Part("/referenceRange/0/high/value")),
            ("status", At("/status")),
        ],
        ..PLAIN
    },
    Kind {
        file: "reports",
        of: "DiagnosticReport",
        columns: &[
            ID,
            PLACE,
            PATIENT,
            VISIT,
            ("category", First(&["/category/0/coding/0/code", "/category/0/text"])),
            ("code", At("/code/coding/0/code")),
            ("name", First(&["/code/text", "/code/coding/0/display"])),
            ("time", At("/effectiveDateTime")),
            ("issued", At("/issued")),
            ("conclusion", At("/conclusion")),
            ("status", At("/status")),
        ],
        ..PLAIN
    },
    Kind {
        file: "orders",
        of: "ServiceRequest",
        columns: &[
            ID,
            PLACE,
            PATIENT,
            VISIT,
            ("code", At("/code/coding/0/code")),
            ("name", First(&["/code/text", "/code/coding/0/display"])),
            ("ordered", At("/authoredOn")),
            ("status", At("/status")),
        ],
        ..PLAIN
    },
    Kind {
        file: "medicines",
        of: "MedicationRequest",
        columns: &[
            ID,
            PLACE,
            PATIENT,
            VISIT,
            ("code", At("/medicationCodeableConcept/coding/0/code")),
            ("name", First(&["/medicationCodeableConcept/text", "/medicationCodeableConcept/coding/0/display"])),
            ("authored", At("/authoredOn")),
            ("status", At("/status")),
            ("dosage", At("/dosageInstruction/0/text")),
            ("reason", First(&["/reasonCode/0/text", "/reasonCode/0/coding/0/display"])),
        ],
        ..PLAIN
    },
    Kind {
        file: "vaccinations",
        of: "Immunization",
        columns: &[
            ID,
            PLACE,
            ("patient", Reference("/patient/reference")),
            ("code", At("/vaccineCode/coding/0/code")),
            ("name", First(&["/vaccineCode/text", "/vaccineCode/coding/0/display"])),
            ("time", At("/occurrenceDateTime")),
            ("dose", First(&["/protocolApplied/0/doseNumberPositiveInt", "/protocolApplied/0/doseNumberString"])),
            ("lot", At("/lotNumber")),
            ("status", At("/status")),
        ],
        ..PLAIN
    },
    Kind {
        file: "allergies",
        of: "AllergyIntolerance",
        columns: &[
            ID,
            PLACE,
            ("patient", Reference("/patient/reference")),
            ("code", At("/code/coding/0/code")),
            ("name", First(&["/code/text", "/code/coding/0/display"])),
            ("category", At("/category/0")),
            ("criticality", At("/criticality")),
            ("reaction", First(&["/reaction/0/manifestation/0/text", "/reaction/0/description"])),
            ("recorded", At("/recordedDate")),
        ],
        ..PLAIN
    },
    Kind {
        file: "procedures",
        of: "Procedure",
        columns: &[
            ID,
            PLACE,
            PATIENT,
            VISIT,
            ("code", At("/code/coding/0/code")),
            ("name", First(&["/code/text", "/code/coding/0/display"])),
            ("time", First(&["/performedDateTime", "/performedPeriod/start"])),
            ("status", At("/status")),
        ],
        ..PLAIN
    },
    Kind {
        file: "documents",
        of: "DocumentReference",
        columns: &[
            ID,
            PLACE,
            PATIENT,
            ("visit", Reference("/context/encounter/0/reference")),
            ("kind", First(&["/type/text", "/type/coding/0/display"])),
            ("title", First(&["/content/0/attachment/title", "/description"])),
            ("time", At("/date")),
            ("status", At("/status")),
        ],
        ..PLAIN
    },
];
