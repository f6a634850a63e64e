//! Patient as PID, MRG and NK1.

use meridian_hl7v2::{SegmentWriter, Writer};
use serde_json::Value;

use super::{Material, codes, time::stamp};
use crate::config::DestinationConfig;
use crate::look::{code_in, institution, list, text};

const IDENTITY: &str = "urn:oid:2.16.156.10011.1.3";
const HEALTH_CARD: &str = "urn:oid:2.16.156.10011.1.19";
const INSURANCE: &str = "https://meridian.example/id/insurance";
const RECORD_NUMBER: &str = "https://meridian.example/id/mrn/";
const TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
const MARITAL: &str = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus";
const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

/// The resident, under the receiver's own number where it has given one.
pub(crate) fn pid(writer: &mut Writer, patient: &Value, material: &Material, to: &DestinationConfig) {
    let pid = writer.segment("PID");
    pid.put(1, "1");
    let mut rep = 1;
    for registration in &material.registrations {
        let own = institution(registration).unwrap_or_default();
        let numbers = list(registration, "/identifier").iter();
        for number in numbers.filter(|number| text(number, "/system") == Some(&record_number(own))) {
            put_number(pid, 3, &mut rep, number);
        }
    }
    let receivers = record_number(&to.institution);
    for number in list(patient, "/identifier").iter().filter(|number| text(number, "/system") != Some(&receivers)) {
        put_number(pid, 3, &mut rep, number);
    }
    for (rep, name) in (1..).zip(list(patient, "/name")) {
        put_name(pid, 5, rep, name);
    }
    let birth = text(patient, "/birthDate").and_then(|date| stamp(date, to.zone));
    pid.put_some(7, birth.as_deref());
    pid.put_some(8, text(patient, "/gender").map(codes::sex));
    for (rep, address) in (1..).zip(list(patient, "/address")) {
        put_address(pid, 11, rep, address);
    }
    let (work, home): (Vec<&Value>, Vec<&Value>) =
        list(patient, "/telecom").iter().partition(|contact| text(contact, "/use") == Some("work"));
    for (field, contacts) in [(13, home), (14, work)] {
        for (rep, contact) in (1..).zip(contacts) {
            put_telecom(pid, field, rep, contact);
        }
    }
    if let Some(status) = patient.get("maritalStatus") {
        let code = code_in(status, MARITAL).or_else(|| text(status, "/coding/0/code"));
        pid.put_some((16, 1), code.map(codes::marital)).put_some((16, 2), text(status, "/text"));
        pid.put((16, 3), if code.is_some() { "HL70002" } else { "" });
    }
    match patient.get("multipleBirthBoolean").and_then(Value::as_bool) {
        Some(several) => pid.put(24, if several { "Y" } else { "N" }),
        None => pid.put_some(25, crate::look::number(patient, "/multipleBirthInteger").as_deref()),
    };
    let died = text(patient, "/deceasedDateTime").and_then(|date| stamp(date, to.zone));
    pid.put_some(29, died.as_deref());
    if let Some(dead) = patient.get("deceasedBoolean").and_then(Value::as_bool).or(died.map(|_| true)) {
        pid.put(30, if dead { "Y" } else { "N" });
    }
}

/// The numbers that stand for somebody else's from now on.
pub(crate) fn mrg(writer: &mut Writer, merged: &Value, material: &Material) {
    let own = record_number(&material.source);
    let mrg = writer.segment("MRG");
    let mut rep = 1;
    for number in list(merged, "/identifier").iter().filter(|number| text(number, "/system") == Some(&own)) {
        put_number(mrg, 1, &mut rep, number);
    }
    if let Some(name) = list(merged, "/name").first() {
        put_name(mrg, 7, 1, name);
    }
}

pub(crate) fn nk1(writer: &mut Writer, patient: &Value) {
    for (n, contact) in (1_u16..).zip(list(patient, "/contact")) {
        let nk1 = writer.segment("NK1");
        nk1.put(1, &n.to_string());
        if let Some(name) = contact.get("name") {
            put_name(nk1, 2, 1, name);
        }
        for relation in list(contact, "/relationship") {
            let role = code_in(relation, "http://terminology.hl7.org/CodeSystem/v2-0131");
            let code = text(relation, "/coding/0/code").and_then(codes::relationship);
            match (role, code) {
                (Some(role), _) => {
                    nk1.put((7, 1), role).put_some((7, 2), text(relation, "/text")).put((7, 3), "HL70131")
                }
                (None, Some(code)) => {
                    nk1.put((3, 1), code).put_some((3, 2), text(relation, "/text")).put((3, 3), "HL70063")
                }
                (None, None) => nk1.put_some((3, 2), text(relation, "/text")),
            };
        }
        if let Some(address) = contact.get("address") {
            put_address(nk1, 4, 1, address);
        }
        for (rep, telecom) in (1..).zip(list(contact, "/telecom")) {
            put_telecom(nk1, 5, rep, telecom);
        }
        nk1.put_some(15, text(contact, "/gender").map(codes::sex));
    }
}

fn record_number(institution: &str) -> String {
    format!("{RECORD_NUMBER}{institution}")
}

/// An identifier as CX; what no receiver can know (a sender's local numbers) is left out.
fn put_number(segment: &mut SegmentWriter, field: u16, rep: &mut u16, number: &Value) {
    let (Some(value), Some(system)) = (text(number, "/value"), text(number, "/system")) else { return };
    let kind = number.get("type").and_then(|kind| code_in(kind, TYPES));
    let mut put = |namespace: &str, universal: (&str, &str), kind: &str| {
        segment
            .put((field, *rep, 1), value)
            .put((field, *rep, 4, 1), namespace)
            .put((field, *rep, 4, 2), universal.0)
            .put((field, *rep, 4, 3), universal.1)
            .put((field, *rep, 5), kind);
        *rep += 1;
    };
    if let Some(institution) = system.strip_prefix(RECORD_NUMBER) {
        put(institution, ("", ""), "MR");
    } else if let Some(oid) = system.strip_prefix("urn:oid:") {
        let known = match system {
            IDENTITY => "NI",
            HEALTH_CARD => "JHN",
            _ => kind.unwrap_or_default(),
        };
        put("", (oid, "ISO"), known);
    } else if system == INSURANCE {
        put("", ("", ""), "SN");
    } else if !system.starts_with("https://meridian.example/id/") {
        put("", (system, "URI"), kind.unwrap_or_default());
    }
}

/// A HumanName as XPN. A name that is known as a whole alone stands in the place of the family name.
pub(crate) fn put_name(segment: &mut SegmentWriter, field: u16, rep: u16, name: &Value) {
    let given = list(name, "/given");
    let whole = text(name, "/text").filter(|_| given.is_empty());
    let family = text(name, "/family").or(whole);
    let further: Vec<&str> = given.iter().skip(1).filter_map(Value::as_str).collect();
    segment
        .put_some((field, rep, 1), family)
        .put_some((field, rep, 2), given.first().and_then(Value::as_str))
        .put((field, rep, 3), &further.join(" "))
        .put_some((field, rep, 4), text(name, "/suffix/0"))
        .put_some((field, rep, 5), text(name, "/prefix/0"))
        .put((field, rep, 7), text(name, "/use").map(codes::name_type).unwrap_or_default());
    let mut extensions = list(name, "/extension").iter();
    let form = extensions.find(|extension| text(extension, "/url") == Some(REPRESENTATION));
    let form = match form.and_then(|form| text(form, "/valueCode")) {
        Some("ABC") => "A",
        Some("IDE") => "I",
        Some("SYL") => "P",
        _ => "",
    };
    segment.put((field, rep, 8), form);
}

fn put_address(segment: &mut SegmentWriter, field: u16, rep: u16, address: &Value) {
    let lines = list(address, "/line");
    let first = lines.first().and_then(Value::as_str);
    let parts = ["/city", "/state", "/postalCode", "/country", "/district"];
    let in_parts = parts.iter().any(|part| text(address, part).is_some());
    let further: Vec<&str> = lines.iter().skip(1).filter_map(Value::as_str).collect();
    segment
        .put_some((field, rep, 1), first.or_else(|| text(address, "/text").filter(|_| !in_parts)))
        .put((field, rep, 2), &further.join(" "))
        .put_some((field, rep, 3), text(address, "/city"))
        .put_some((field, rep, 4), text(address, "/state"))
        .put_some((field, rep, 5), text(address, "/postalCode"))
        .put_some((field, rep, 6), text(address, "/country"))
        .put((field, rep, 7), text(address, "/use").map(codes::address_type).unwrap_or_default())
        .put_some((field, rep, 9), text(address, "/district"));
}

fn put_telecom(segment: &mut SegmentWriter, field: u16, rep: u16, contact: &Value) {
    let Some(value) = text(contact, "/value") else { return };
    let (used, kind) = (text(contact, "/use"), text(contact, "/system"));
    if kind == Some("email") {
        segment.put((field, rep, 2), "NET").put((field, rep, 3), "Internet").put((field, rep, 4), value);
        return;
    }
    let equipment = match (used, kind) {
        (Some("mobile"), _) => "CP",
        (_, Some("fax")) => "FX",
        (_, Some("pager")) => "BP",
        _ => "PH",
    };
    let purpose = match used {
        Some("work") => "WPN",
        Some("temp" | "old") => "VHN",
        _ => "PRN",
    };
    segment.put((field, rep, 1), value).put((field, rep, 2), purpose).put((field, rep, 3), equipment);
}
