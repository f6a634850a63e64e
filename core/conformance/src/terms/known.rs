//! The OIDs by which other standards name the code systems that are used everywhere.

const OIDS: [(&str, &str); 12] = [
    ("urn:oid:2.16.840.1.113883.6.96", "http://snomed.info/sct"),
    ("urn:oid:2.16.840.1.113883.6.1", "http://loinc.org"),
    ("urn:oid:2.16.840.1.113883.6.8", "http://unitsofmeasure.org"),
    ("urn:oid:2.16.840.1.113883.6.88", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("urn:oid:2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"),
    ("urn:oid:2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("urn:oid:2.16.840.1.113883.6.42", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("urn:oid:2.16.840.1.113883.6.73", "http://www.whocc.no/atc"),
    ("urn:oid:2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"),
    ("urn:oid:1.2.840.10008.2.16.4", "http://dicom.nema.org/resources/ontology/DCM"),
    ("urn:oid:2.16.840.1.113883.6.24", "urn:iso:std:iso:11073:10101"),
    ("urn:oid:1.0.3166.1.2.2", "urn:iso:std:iso:3166"),
];

pub(super) fn url_of(oid: &str) -> Option<&'static str> {
    OIDS.iter().find(|(known, _)| *known == oid).map(|(_, url)| *url)
}
