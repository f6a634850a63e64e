//! FHIR's codes in the tables of HL7 v2, and concepts as CE.

use meridian_hl7v2::SegmentWriter;
use serde_json::Value;

use crate::look::{list, text};

/// Table 0001.
pub(crate) fn sex(gender: &str) -> &'static str {
    match gender {
        "male" => "M",
        "female" => "F",
        "other" => "O",
        _ => "U",
    }
}

/// Table 0004.
pub(crate) fn class(code: &str) -> &'static str {
    match code {
        "IMP" | "ACUTE" | "NONAC" | "OBSENC" | "SS" => "I",
        "EMER" => "E",
        "PRENC" => "P",
        "AMB" | "FLD" | "HH" | "VR" => "O",
        _ => "U",
    }
}

/// Table 0002, from the codes of v3-MaritalStatus.
pub(crate) fn marital(code: &str) -> &str {
    match code {
        "L" => "A",
        "T" => "P",
        "U" => "B",
        "UNK" => "U",
        "OTH" => "O",
        "NAVU" => "T",
        other => other,
    }
}

/// Table 0123 for OBR-25. What the table of 2.5.1 has no word for is a correction.
pub(crate) fn report_status(status: &str) -> &'static str {
    match status {
        "final" => "F",
        "amended" | "corrected" | "appended" => "C",
        "partial" => "A",
        "preliminary" => "P",
        "registered" => "O",
        "cancelled" | "entered-in-error" => "X",
        _ => "Z",
    }
}

/// Table 0085 for OBX-11.
pub(crate) fn result_status(status: &str) -> &'static str {
    match status {
        "final" => "F",
        "amended" | "corrected" => "C",
        "preliminary" => "P",
        "registered" => "I",
        "cancelled" => "X",
        "entered-in-error" => "W",
        _ => "F",
    }
}

/// Table 0200.
pub(crate) fn name_type(used: &str) -> &'static str {
    match used {
        "official" => "L",
        "usual" => "D",
        "maiden" => "M",
        "nickname" => "N",
        "anonymous" => "MSK",
        "old" => "BAD",
        "temp" => "TEMP",
        _ => "",
    }
}

/// Table 0190.
pub(crate) fn address_type(used: &str) -> &'static str {
    match used {
        "home" => "H",
        "work" => "B",
        "temp" => "C",
        "old" => "BA",
        "billing" => "BI",
        _ => "",
    }
}

/// Table 0063, from the codes of v3-RoleCode; None for what it does not know.
pub(crate) fn relationship(code: &str) -> Option<&'static str> {
    Some(match code {
        "ONESELF" => "SEL",
        "SPS" => "SPO",
        "SIGOTHR" => "DOM",
        "CHILD" | "SONC" | "DAUC" => "CHD",
        "GRNDCHILD" => "GCH",
        "NCHILD" => "NCH",
        "PRN" => "PAR",
        "MTH" => "MTH",
        "FTH" => "FTH",
        "GRPRN" => "GRP",
        "EXT" => "EXF",
        "SIB" => "SIB",
        "BRO" => "BRO",
        "SIS" => "SIS",
        "FRND" => "FND",
        _ => return None,
    })
}

/// The name of a code system in CE.3 (table 0396): the short one where there is one, `99` and the institution for its
/// local codes, else the system's own URI, which is better than no word.
pub(crate) fn system(uri: &str) -> String {
    let short = match uri {
        "http://loinc.org" => "LN",
        "http://snomed.info/sct" => "SCT",
        "http://hl7.org/fhir/sid/icd-10" => "I10",
        "http://hl7.org/fhir/sid/icd-10-cm" => "I10C",
        "http://hl7.org/fhir/sid/icd-9-cm" => "I9C",
        "http://unitsofmeasure.org" => "UCUM",
        "http://www.whocc.no/atc" => "ATC",
        "http://www.nlm.nih.gov/research/umls/rxnorm" => "RXNORM",
        "http://hl7.org/fhir/sid/cvx" => "CVX",
        _ => "",
    };
    if !short.is_empty() {
        return short.to_owned();
    }
    if let Some(table) = uri.strip_prefix("http://terminology.hl7.org/CodeSystem/v2-") {
        return format!("HL7{table}");
    }
    match uri.strip_prefix("https://meridian.example/code/").and_then(|rest| rest.split('/').next()) {
        Some(institution) => format!("99{institution}"),
        None => uri.to_owned(),
    }
}

/// A CodeableConcept as CE: the best known coding first, a second one beside it, and the words that people read.
pub(crate) fn concept(segment: &mut SegmentWriter, field: u16, rep: u16, concept: &Value) {
    let mut codings: Vec<&Value> =
        list(concept, "/coding").iter().filter(|coding| text(coding, "/code").is_some()).collect();
    // A stable sort: known systems before local ones, otherwise as they were written.
    codings.sort_by_key(|coding| system(text(coding, "/system").unwrap_or_default()).starts_with("99"));
    let words = text(concept, "/text");
    if codings.is_empty() {
        let display = list(concept, "/coding").iter().find_map(|coding| text(coding, "/display"));
        segment.put_some((field, rep, 2), words.or(display));
    }
    for (first, coding) in [1, 4].into_iter().zip(codings) {
        let shown = words.filter(|_| first == 1).or_else(|| text(coding, "/display"));
        segment
            .put_some((field, rep, first), text(coding, "/code"))
            .put_some((field, rep, first + 1), shown)
            .put((field, rep, first + 2), &text(coding, "/system").map(system).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_hl7v2::{Header, Writer};
    use serde_json::json;

    #[test]
    fn a_concept_is_two_codes_and_the_words() {
        let mut writer = Writer::new(&Header::default());
        let value = json!({"text": "葡萄糖", "coding": [
            {"system": "https://meridian.example/code/CJ01/LIS", "code": "GLU", "display": "血糖"},
            {"system": "http://loinc.org", "code": "2345-7", "display": "Glucose"}]});
        concept(writer.segment("OBX"), 3, 1, &value);
        concept(writer.segment("OBX"), 3, 1, &json!({"text": "只有字"}));
        concept(writer.segment("OBX"), 3, 1, &json!({"coding": [{"system": "urn:x", "code": "1"}]}));
        let text = writer.finish().text().to_owned();
        assert!(text.contains("OBX|||2345-7^葡萄糖^LN^GLU^血糖^99CJ01\r"), "{text}");
        assert!(text.contains("OBX|||^只有字\r") && text.contains("OBX|||1^^urn:x\r"), "{text}");
    }
}
