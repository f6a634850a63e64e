//! ADT: who somebody is (A28, A31, A40) and where somebody lies (A01 to A13).

use super::segments::{Bedside, al1, dg1, in1, nk1, pid, pv1};
use super::{Letter, Scene};
use crate::clinic::visit::Visit;
use crate::registration::Registration;

/// The structure that an event is sent in.
pub(super) fn structure(event: &str) -> &'static str {
    match event {
        "A02" => "ADT_A02",
        "A03" => "ADT_A03",
        "A05" | "A28" | "A31" => "ADT_A05",
        "A06" | "A07" => "ADT_A06",
        "A11" => "ADT_A09",
        "A12" => "ADT_A12",
        "A40" => "ADT_A39",
        _ => "ADT_A01",
    }
}

fn begin(letter: &mut Letter<'_>, event: &str) {
    let time = letter.dialect.time(letter.at);
    letter.writer.segment("EVN").put(1, event).put(2, &time);
}

/// A28 or A31: the person alone.
pub(super) fn person(letter: &mut Letter<'_>, scene: &Scene<'_>, event: &str) {
    begin(letter, event);
    pid(letter, scene);
    nk1(letter, scene);
    // PV1 is required; N: there is no visit
    letter.writer.segment("PV1").put(1, "1").put(2, "N");
    in1(letter, scene);
}

/// A40: the number in `old` is the resident of the scene.
pub(super) fn merge(letter: &mut Letter<'_>, scene: &Scene<'_>, old: &Registration) {
    begin(letter, "A40");
    pid(letter, scene);
    let segment = letter.writer.segment("MRG");
    segment.put((1, 1), &old.record_number).put((1, 4), scene.institution.code).put((1, 5), "MR");
    segment.put((7, 1), &old.name.text());
}

/// A visit's event. `diagnosis` is the kind of diagnosis that comes along, with allergies and insurance.
pub(super) fn visit(
    letter: &mut Letter<'_>,
    scene: &Scene<'_>,
    event: &str,
    (visit, side): (&Visit, &Bedside),
    diagnosis: Option<char>,
) {
    begin(letter, event);
    pid(letter, scene);
    if diagnosis.is_some() {
        nk1(letter, scene);
    }
    pv1(letter, scene, visit, side);
    if let Some(kind) = diagnosis {
        al1(letter, scene, visit);
        dg1(letter, scene, visit, kind);
        in1(letter, scene);
    }
}
