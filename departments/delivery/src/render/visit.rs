//! Encounter as PV1, PV2 and DG1.

use meridian_hl7v2::{SegmentWriter, Writer};
use serde_json::Value;

use super::{Material, codes, time::stamp};
use crate::config::DestinationConfig;
use crate::look::{code_in, list, text};

const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const STAFF: &str = "https://meridian.example/id/staff/";

/// The visit with its reasons and diagnoses.
pub(crate) fn put(writer: &mut Writer, encounter: &Value, material: &Material, to: &DestinationConfig) {
    pv1(writer, encounter, material, to);
    let reasons = list(encounter, "/reasonCode");
    if let Some(reason) = reasons.first() {
        codes::concept(writer.segment("PV2"), 3, 1, reason);
    }
    let mut n = 0_u16;
    for diagnosis in list(encounter, "/diagnosis") {
        let Some(condition) = diagnosis.get("condition").and_then(|condition| material.related(condition)) else {
            continue;
        };
        let Some(code) = condition.get("code") else { continue };
        n += 1;
        let dg1 = writer.segment("DG1");
        dg1.put(1, &n.to_string());
        codes::concept(dg1, 3, 1, code);
        let since = text(condition, "/onsetDateTime").and_then(|date| stamp(date, to.zone));
        dg1.put_some(5, since.as_deref());
        let admission = diagnosis.get("use").and_then(|used| text(used, "/coding/0/code")) == Some("AD");
        dg1.put(6, if admission { "A" } else { "F" });
    }
}

/// The visit itself.
pub(crate) fn pv1(writer: &mut Writer, encounter: &Value, material: &Material, to: &DestinationConfig) {
    let pv1 = writer.segment("PV1");
    pv1.put(1, "1").put(2, codes::class(text(encounter, "/class/code").unwrap_or_default()));
    let now = place(encounter, false);
    if let Some(now) = now {
        put_place(pv1, 3, now, material);
    }
    let left = place(encounter, true).or_else(|| {
        let before = material.before.as_ref().filter(|_| material.event == "A02").and_then(|was| place(was, false));
        before.filter(|before| Some(*before) != now)
    });
    if let Some(left) = left {
        put_place(pv1, 6, left, material);
    }
    if let Some(kind) = list(encounter, "/type").first() {
        put_table(pv1, 4, kind);
    }
    if let Some(service) = encounter.get("serviceType") {
        put_table(pv1, 10, service);
    }
    for (role, field) in [("ATND", 7), ("REF", 8), ("CON", 9), ("ADM", 17)] {
        let doctors = list(encounter, "/participant").iter().filter(|one| role_of(one) == role);
        for (rep, doctor) in (1..).zip(doctors.filter_map(|one| one.get("individual"))) {
            put_person(pv1, field, rep, doctor, material);
        }
    }
    if let Some(source) = encounter.pointer("/hospitalization/admitSource") {
        put_table(pv1, 14, source);
    }
    let visit = format!("https://meridian.example/id/visit/{}", material.source);
    let mut numbers = list(encounter, "/identifier").iter();
    let number = numbers.find(|number| text(number, "/system") == Some(&visit));
    let number = number.or_else(|| list(encounter, "/identifier").first()).and_then(|number| text(number, "/value"));
    if let Some(number) = number {
        pv1.put((19, 1), number).put((19, 4), &material.source).put((19, 5), "VN");
    }
    if let Some(leaving) = encounter.pointer("/hospitalization/dischargeDisposition") {
        put_table(pv1, 36, leaving);
    }
    for (field, end) in [(44, "/period/start"), (45, "/period/end")] {
        let time = text(encounter, end).and_then(|time| stamp(time, to.zone));
        pv1.put_some(field, time.as_deref());
    }
}

/// Where somebody is, or was.
fn place(encounter: &Value, left: bool) -> Option<&Value> {
    let mut places = list(encounter, "/location").iter();
    places.find(|place| (text(place, "/status") == Some("completed")) == left)?.get("location")
}

/// A PL: ward, room and bed where the number tells them, else the words.
fn put_place(pv1: &mut SegmentWriter, field: u16, place: &Value, material: &Material) {
    let system = format!("https://meridian.example/id/location/{}", material.source);
    let number = text(place, "/identifier/value").filter(|_| text(place, "/identifier/system") == Some(&system));
    match number {
        Some(number) => {
            for (comp, piece) in (1..=3).zip(number.split('/')) {
                pv1.put((field, 1, comp), &unpercent(piece));
            }
        }
        None => {
            let name = material.related(place).and_then(|place| text(place, "/name"));
            pv1.put_some((field, 1, 9), text(place, "/display").or(name));
        }
    }
    pv1.put((field, 1, 4), &material.source);
}

/// A coded field of PV1 (IS): the code, or the words where there is none.
fn put_table(pv1: &mut SegmentWriter, field: u16, concept: &Value) {
    let code = list(concept, "/coding").iter().find_map(|coding| text(coding, "/code"));
    pv1.put_some(field, code.or_else(|| text(concept, "/text")));
}

fn role_of(participant: &Value) -> &str {
    let mut types = list(participant, "/type").iter();
    types.find_map(|kind| code_in(kind, PARTICIPATION)).unwrap_or("ATND")
}

/// An XCN: number and name of somebody on the staff.
pub(crate) fn put_person(segment: &mut SegmentWriter, field: u16, rep: u16, person: &Value, material: &Material) {
    let record = material.related(person);
    let staff = format!("{STAFF}{}", material.source);
    let numbers = record.map_or(&[][..], |record| list(record, "/identifier"));
    let number = numbers.iter().find(|number| text(number, "/system") == Some(&staff)).or_else(|| numbers.first());
    let number = number.and_then(|number| text(number, "/value")).or_else(|| text(person, "/identifier/value"));
    let name = record.and_then(|record| list(record, "/name").first());
    segment.put_some((field, rep, 1), number);
    match name.filter(|name| text(name, "/family").is_some()) {
        Some(name) => {
            segment.put_some((field, rep, 2), text(name, "/family")).put_some((field, rep, 3), text(name, "/given/0"));
        }
        None => {
            let words = text(person, "/display").or_else(|| name.and_then(|name| text(name, "/text")));
            segment.put_some((field, rep, 2), words);
        }
    }
    if number.is_some() {
        segment.put((field, rep, 9), &material.source);
    }
}

/// Undoes percent encoding.
fn unpercent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
        match code.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_undone() {
        for (encoded, plain) in [("%E5%86%85%E7%A7%91", "内科"), ("3%", "3%"), ("%zz%41", "%zzA"), ("a+b", "a+b")] {
            assert_eq!(unpercent(encoded), plain);
        }
    }
}
