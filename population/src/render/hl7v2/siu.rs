//! SIU: an appointment is made (S12), changed (S14), called off (S15), not kept (S26).

use super::segments::{pid, put_staff};
use super::{Letter, Scene};
use crate::calendar::Moment;

/// One appointment as its messages tell it.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// The number of the appointment.
    pub(super) number: String,
    pub(super) department: &'static str,
    pub(super) at: Moment,
}

/// Minutes of a slot (assumed).
const MINUTES: i32 = 15;

const fn status(event: &str) -> &'static str {
    match event.as_bytes() {
        b"S15" => "Cancelled",
        b"S26" => "Noshow",
        _ => "Booked",
    }
}

/// Writes the appointment.
pub(super) fn appointment(letter: &mut Letter<'_>, scene: &Scene<'_>, event: &str, slot: &Slot) {
    let (institution, dialect) = (scene.institution, letter.dialect);
    let department = institution.department(slot.department);
    let name = department.map_or(slot.department, |found| found.name);
    let doctor = institution.doctor(slot.department, scene.resident.truth.index);
    let (from, to) = (dialect.time(slot.at), dialect.time(slot.at.plus_minutes(MINUTES)));
    let segment = letter.writer.segment("SCH");
    segment.put((1, 1), &format!("P{}", slot.number)).put((1, 2), "HIS");
    segment.put((2, 1), &slot.number).put((2, 2), "HIS");
    segment.put((6, 2), if event == "S12" { "预约" } else { "变更" });
    segment.put((7, 2), &format!("{name}门诊")).put((8, 1), "Normal");
    segment.put(9, &MINUTES.to_string()).put((10, 1), "min");
    segment.put((11, 4), &from).put((11, 5), &to);
    put_staff(segment, 16, doctor);
    segment.put((25, 1), status(event));
    pid(letter, scene);
    letter.writer.segment("PV1").put(1, "1").put(2, dialect.class(crate::clinic::acute::Class::Ambulatory));
    letter.writer.segment("RGS").put(1, "1");
    let segment = letter.writer.segment("AIS");
    segment.put(1, "1").put((3, 1), department.map_or("", |found| found.code)).put((3, 2), &format!("{name}门诊"));
    segment.put((3, 3), "L").put(4, &from).put(7, &MINUTES.to_string()).put((8, 1), "min");
    let segment = letter.writer.segment("AIP");
    segment.put(1, "1");
    put_staff(segment, 3, doctor);
    let segment = letter.writer.segment("AIL");
    segment.put(1, "1").put((3, 1), department.map_or("", |found| found.code)).put((3, 4), institution.code);
}
