//! Segments that several messages share: PID, NK1, PV1, AL1, DG1, IN1.

use super::dialect::Relation;
use super::{Letter, Scene};
use crate::calendar::{Day, Moment};
use crate::clinic::acute::Class;
use crate::clinic::visit::Visit;
use crate::institution::Institution;
use crate::institution::staff::Staff;
use crate::people::address::{CITY, DISTRICT, POSTAL_CODE};
use crate::people::person::{Name, Relative, Role, Sex};
use meridian_hl7v2::SegmentWriter;

/// A place in PV1-3: ward or department, room, bed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) point: String,
    pub(crate) room: String,
    pub(crate) bed: String,
}

/// A person's name into a field. A name with a middle dot goes whole into the family part, as registers do it, and the
/// hospital of Chinese medicine does so with every name.
fn put_name(segment: &mut SegmentWriter, field: u16, name: &Name, whole: bool) {
    if name.dotted || whole || name.family.is_empty() {
        segment.put((field, 1), &name.text());
    } else {
        segment.put((field, 1), &name.family).put((field, 2), &name.given);
    }
    segment.put((field, 7), "L");
}

/// A member of staff into a field (XCN).
pub(super) fn put_staff(segment: &mut SegmentWriter, field: u16, staff: Option<&Staff>) {
    if let Some(staff) = staff {
        segment.put((field, 1), &staff.code).put((field, 2), &staff.name.family).put((field, 3), &staff.name.given);
    }
}

pub(crate) fn pid(letter: &mut Letter<'_>, scene: &Scene<'_>) {
    let (registration, dialect) = (scene.registration, letter.dialect);
    let death = scene.resident.death.as_ref().filter(|death| death.at <= letter.at).map(|death| dialect.time(death.at));
    let corrected = registration.corrected.is_some_and(|day| day <= letter.at.day);
    let truth = &scene.resident.truth;
    let segment = letter.writer.segment("PID");
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
    put_name(segment, 5, &registration.name, dialect.own_tables);
    segment.put(7, &registration.birth.compact()).put(8, dialect.sex(registration.sex));
    let address = if corrected { &truth.address } else { &registration.address };
    segment.put((11, 1), &address.line()).put((11, 3), CITY).put((11, 5), POSTAL_CODE).put((11, 6), "CHN");
    segment.put((11, 7), "H").put((11, 9), DISTRICT);
    let phone = if corrected { Some(&truth.phone) } else { registration.phone.as_ref() };
    if let Some(phone) = phone {
        segment.put((13, 1), phone).put((13, 2), "PRN").put((13, 3), "CP");
    }
    if truth.married || truth.role == Role::Child {
        segment.put(16, dialect.married(truth.married));
    }
    if truth.twin.is_some() && truth.age(letter.at.day) < 1 {
        segment.put(24, "Y").put(25, if truth.twin > Some(truth.index) { "1" } else { "2" });
    }
    if let Some(death) = death {
        segment.put(29, &death).put(30, "Y");
    }
}

/// Who the next of kin is, seen from the resident.
fn relation(own: Role, relative: &Relative) -> Relation {
    match (own, relative.role) {
        (Role::Head | Role::Spouse, Role::Head | Role::Spouse) => Relation::Spouse,
        (Role::Child, Role::Head | Role::Spouse) if relative.sex == Sex::Female => Relation::Mother,
        (Role::Child, Role::Head | Role::Spouse) => Relation::Parent,
        (_, Role::Child) if relative.sex == Sex::Male => Relation::Son,
        (_, Role::Child) => Relation::Daughter,
        _ => Relation::Other,
    }
}

/// The next of kin, when the household has another adult; of a child at the hospital for mothers the mother.
pub(crate) fn nk1(letter: &mut Letter<'_>, scene: &Scene<'_>) {
    let own = scene.resident.truth.role;
    let adults = || scene.resident.truth.relatives.iter().filter(|r| r.age >= 18);
    let mother = || adults().find(|r| relation(own, r) == Relation::Mother);
    let Some(relative) = mother().or_else(|| adults().next()) else { return };
    let dialect = letter.dialect;
    let (code, text) = dialect.relation(relation(own, relative));
    let segment = letter.writer.segment("NK1");
    segment.put(1, "1");
    put_name(segment, 2, &relative.name, dialect.own_tables);
    segment.put((3, 1), code).put((3, 2), text).put((5, 1), &relative.phone);
}

/// Number of a visit in the institution's books.
pub(crate) fn visit_number(institution: &Institution, resident: u64, visit: &Visit) -> String {
    format!("{}V{resident:07}{:04}", institution.code, visit.number)
}

/// What PV1 says of a visit at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Bedside {
    /// `None` for an admission that is only arranged.
    pub(crate) class: Option<Class>,
    pub(crate) place: Place,
    /// PV1-6.
    pub(crate) prior: Option<Place>,
    pub(crate) department: &'static str,
    pub(crate) end: Option<Moment>,
    /// Added to the visit number: a slip that was taken back has a number of its own.
    pub(crate) suffix: &'static str,
}

fn put_place(segment: &mut SegmentWriter, field: u16, place: &Place, facility: &str) {
    segment.put((field, 1), &place.point).put((field, 2), &place.room).put((field, 3), &place.bed);
    segment.put((field, 4), facility);
}

pub(crate) fn pv1(letter: &mut Letter<'_>, scene: &Scene<'_>, visit: &Visit, side: &Bedside) {
    let (institution, dialect) = (scene.institution, letter.dialect);
    let index = scene.resident.truth.index;
    let department = institution.department(side.department);
    let urgent = visit.class == Class::Emergency || visit.from_emergency;
    let segment = letter.writer.segment("PV1");
    segment.put(1, "1").put(2, side.class.map_or("P", |class| dialect.class(class)));
    put_place(segment, 3, &side.place, institution.code);
    segment.put(4, if urgent { "E" } else { "R" });
    if let Some(prior) = &side.prior {
        put_place(segment, 6, prior, institution.code);
    }
    put_staff(segment, 7, institution.doctor(side.department, index));
    if scene.resident.sent_by(visit).is_some() {
        segment.put(14, "2");
    }
    segment.put(10, department.map_or(side.department, |found| found.name));
    segment.put(19, &format!("{}{}", visit_number(institution, index, visit), side.suffix));
    if visit.died && side.end.is_some() {
        segment.put(36, "20");
    }
    segment.put(44, &dialect.time(visit.start));
    if let Some(end) = side.end {
        segment.put(45, &dialect.time(end));
    }
}

pub(crate) fn al1(letter: &mut Letter<'_>, scene: &Scene<'_>, visit: &Visit) {
    let dialect = letter.dialect;
    let known = scene.resident.allergies.iter().filter(|allergy| allergy.recorded <= visit.start.day);
    for (place, allergy) in (1..).zip(known) {
        let allergen = allergy.allergen;
        let (kind, system) = dialect.allergen(allergen.kind);
        let segment = letter.writer.segment("AL1");
        segment.put(1, &place.to_string()).put(2, kind);
        segment.put((3, 1), allergen.code).put((3, 2), allergen.chinese).put((3, 3), system);
        segment.put(4, dialect.severity(allergy.severity)).put(5, allergen.reaction);
        segment.put(6, &allergy.recorded.compact());
    }
}

/// DG1; `kind` is A (admitting), W (working) or F (final). DG1-20 stays the same for a chronic disease and within a
/// visit, so that the receiver can tell a repetition from a second diagnosis.
pub(crate) fn dg1(letter: &mut Letter<'_>, scene: &Scene<'_>, visit: &Visit, kind: char) {
    let (institution, dialect) = (scene.institution, letter.dialect);
    let index = scene.resident.truth.index;
    for (place, diagnosis) in (1..).zip(&visit.diagnoses) {
        let since = diagnosis.onset.map_or_else(|| dialect.time(visit.start), Day::compact);
        let number = match diagnosis.onset {
            Some(_) => format!("{}P{index:07}", institution.code),
            None => visit_number(institution, index, visit),
        };
        let segment = letter.writer.segment("DG1");
        segment.put(1, &place.to_string());
        segment.put((3, 1), diagnosis.icd).put((3, 2), diagnosis.chinese).put((3, 3), dialect.icd());
        segment.put(5, &since).put(6, dialect.diagnosis(kind)).put(19, &dialect.time(visit.start));
        segment.put((20, 1), &format!("{number}-{}", diagnosis.icd)).put((20, 2), institution.code);
    }
}

pub(crate) fn in1(letter: &mut Letter<'_>, scene: &Scene<'_>) {
    let scheme = scene.resident.truth.scheme;
    let segment = letter.writer.segment("IN1");
    segment.put(1, "1").put((2, 1), scheme.code()).put((2, 2), scheme.chinese());
    segment.put((3, 1), "990100").put((4, 1), "澄江区医疗保障局(合成)");
    segment.put_some(36, scene.registration.insurance_number.as_deref());
}
