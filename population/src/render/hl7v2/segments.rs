//! Segments that several messages share: PID, NK1, PV1, AL1, DG1, IN1.

use super::Scene;
use crate::calendar::Day;
use crate::clinic::acute::Class;
use crate::clinic::allergy::{AllergenKind, Severity};
use crate::clinic::visit::Visit;
use crate::institution::{Institution, Staff};
use crate::people::address::{CITY, DISTRICT, POSTAL_CODE};
use crate::people::person::{Name, Role};
use meridian_hl7v2::{SegmentWriter, Writer};

/// A person's name into a field. A name with a middle dot goes whole into the family part, as registers do it.
fn put_name(segment: &mut SegmentWriter, field: u16, name: &Name) {
    if name.dotted {
        segment.put((field, 1), &name.text());
    } else {
        segment.put((field, 1), &name.family).put((field, 2), &name.given);
    }
    segment.put((field, 7), "L");
}

/// A member of staff into a field (XCN).
fn put_staff(segment: &mut SegmentWriter, field: u16, staff: Option<&Staff>) {
    if let Some(staff) = staff {
        segment.put((field, 1), &staff.code).put((field, 2), &staff.name.family).put((field, 3), &staff.name.given);
    }
}

pub(crate) fn pid(w: &mut Writer, scene: &Scene<'_>) {
    let registration = scene.registration;
    let segment = w.segment("PID");
    segment.put(1, "1");
    let numbers = [
        (Some(&registration.record_number), scene.institution.code, "MR"),
        (registration.identity_number.as_ref(), "", "NI"),
        (registration.insurance_number.as_ref(), "", "HC"),
    ];
    let held = numbers.into_iter().filter_map(|(number, authority, kind)| number.map(|n| (n, authority, kind)));
    for (place, (number, authority, kind)) in (1_u16..).zip(held) {
        segment.put((3, place, 1), number).put((3, place, 4), authority).put((3, place, 5), kind);
    }
    put_name(segment, 5, &registration.name);
    segment.put(7, &registration.birth.compact()).put(8, registration.sex.hl7());
    let address = &registration.address;
    segment.put((11, 1), &address.line()).put((11, 3), CITY).put((11, 5), POSTAL_CODE).put((11, 6), "CHN");
    segment.put((11, 7), "H").put((11, 9), DISTRICT);
    if let Some(phone) = &registration.phone {
        segment.put((13, 1), phone).put((13, 2), "PRN").put((13, 3), "CP");
    }
    let truth = &scene.resident.truth;
    if truth.married || truth.role == Role::Child {
        segment.put(16, if truth.married { "M" } else { "S" });
    }
}

/// The next of kin, when the household has another adult.
pub(crate) fn nk1(w: &mut Writer, scene: &Scene<'_>) {
    let Some(relative) = scene.resident.truth.relatives.iter().find(|r| r.age >= 18) else { return };
    let own = scene.resident.truth.role;
    let (code, text) = match (own, relative.role) {
        (Role::Head | Role::Spouse, Role::Head | Role::Spouse) => ("SPO", "配偶"),
        (Role::Child, Role::Head | Role::Spouse) => ("PAR", "父母"),
        (_, Role::Child) => ("CHD", "子女"),
        _ => ("FAM", "家属"),
    };
    let segment = w.segment("NK1");
    segment.put(1, "1");
    put_name(segment, 2, &relative.name);
    segment.put((3, 1), code).put((3, 2), text).put((5, 1), &relative.phone);
}

/// Number of a visit in the institution's books.
pub(crate) fn visit_number(institution: &Institution, resident: u64, visit: &Visit) -> String {
    format!("{}V{resident:07}{:04}", institution.code, visit.number)
}

/// PV1; `over` adds the end.
pub(crate) fn pv1(w: &mut Writer, scene: &Scene<'_>, visit: &Visit, over: bool) {
    let institution = scene.institution;
    let index = scene.resident.truth.index;
    let department = institution.department_number(visit.department);
    let segment = w.segment("PV1");
    segment.put(1, "1").put(2, visit.class.hl7());
    if visit.class == Class::Inpatient {
        let (room, bed) = (index % 12 + 1, index % 3 + 1);
        segment.put((3, 1), &format!("W{department:02}")).put((3, 2), &format!("{department:02}{room:02}"));
        segment.put((3, 3), &bed.to_string()).put((3, 4), institution.code);
    } else {
        segment.put((3, 1), &format!("C{department:02}")).put((3, 4), institution.code);
    }
    segment.put(4, if visit.class == Class::Emergency { "E" } else { "R" });
    put_staff(segment, 7, institution.doctor(visit.department, index));
    segment.put(10, visit.department).put(19, &visit_number(institution, index, visit));
    segment.put(44, &visit.start.compact());
    if over || visit.class != Class::Inpatient {
        segment.put(45, &visit.end.compact());
    }
}

pub(crate) fn al1(w: &mut Writer, scene: &Scene<'_>, visit: &Visit) {
    let known = scene.resident.allergies.iter().filter(|allergy| allergy.recorded <= visit.start.day);
    for (place, allergy) in (1..).zip(known) {
        let allergen = allergy.allergen;
        let (kind, system) = match allergen.kind {
            AllergenKind::Medication => ("DA", "ATC"),
            AllergenKind::Food => ("FA", "L"),
            AllergenKind::Environment => ("EA", "L"),
        };
        let severity = match allergy.severity {
            Severity::Mild => "MI",
            Severity::Moderate => "MO",
            Severity::Severe => "SV",
        };
        let segment = w.segment("AL1");
        segment.put(1, &place.to_string()).put(2, kind);
        segment.put((3, 1), allergen.code).put((3, 2), allergen.chinese).put((3, 3), system);
        segment.put(4, severity).put(5, allergen.reaction).put(6, &allergy.recorded.compact());
    }
}

/// DG1; `kind` is A (admitting), W (working) or F (final). DG1-20 stays the same for a chronic disease and within a
/// visit, so that the receiver can tell a repetition from a second diagnosis.
pub(crate) fn dg1(w: &mut Writer, scene: &Scene<'_>, visit: &Visit, kind: &str) {
    let institution = scene.institution;
    let index = scene.resident.truth.index;
    for (place, diagnosis) in (1..).zip(&visit.diagnoses) {
        let since = diagnosis.onset.map_or_else(|| visit.start.compact(), Day::compact);
        let segment = w.segment("DG1");
        segment.put(1, &place.to_string());
        segment.put((3, 1), diagnosis.icd).put((3, 2), diagnosis.chinese).put((3, 3), "I10");
        let number = match diagnosis.onset {
            Some(_) => format!("{}P{index:07}", institution.code),
            None => visit_number(institution, index, visit),
        };
        segment.put(5, &since).put(6, kind).put(19, &visit.start.compact());
        segment.put((20, 1), &format!("{number}-{}", diagnosis.icd)).put((20, 2), institution.code);
    }
}

pub(crate) fn in1(w: &mut Writer, scene: &Scene<'_>) {
    let scheme = scene.resident.truth.scheme;
    let segment = w.segment("IN1");
    segment.put(1, "1").put((2, 1), scheme.code()).put((2, 2), scheme.chinese());
    segment.put((3, 1), "990100").put((4, 1), "澄江区医疗保障局(合成)");
    segment.put_some(36, scene.registration.insurance_number.as_deref());
}
