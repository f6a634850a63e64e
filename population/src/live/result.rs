//! One new event for now: what a demo or a test sends while somebody looks.

use crate::calendar::Moment;
use crate::clinic::analyte::Analyte;
use crate::clinic::panel::Finding;
use crate::institution::Protocol;
use crate::region::Region;
use crate::render::hl7v2::dialect::Section;
use crate::render::hl7v2::{Letter, Scene, oru};
use crate::resident::Resident;
use meridian_hl7v2::Charset;

/// An ORU^R01 (UTF-8, no MLLP frame) from the resident's hospital with one laboratory result.
///
/// `value` is printed with the item's decimals and flagged by the resident's reference interval; `at` is local time
/// (+08:00); `control_id` becomes MSH-10 and, with an `L` before it, the filler order number, so another control id is
/// another result and the same one is the same. `None` when no hospital that speaks HL7 v2 knows the resident (ask for
/// one of the first residents: all institutions know them).
#[must_use]
pub fn new_result(
    region: &Region,
    resident: &Resident,
    item: Analyte,
    value: f64,
    at: jiff::civil::DateTime,
    control_id: &str,
) -> Option<Vec<u8>> {
    let known =
        |r: &&crate::Registration| region.institution(r.institution).is_some_and(|i| i.protocol == Protocol::Hl7v2);
    let registration = resident.registrations.iter().find(known)?;
    let institution = region.institution(registration.institution)?;
    let at = Moment::from(at);
    let truth = &resident.truth;
    let age = truth.age(at.day);
    let printed = item.print(value);
    let finding = Finding {
        analyte: item,
        value: printed,
        flag: item.flag(printed.to_f64(), truth.sex, age),
        interval: item.interval(truth.sex, age),
    };
    let scene = Scene { resident, registration, institution };
    let kind = ("ORU", "R01", "ORU_R01");
    let mut letter = Letter::written_in(institution, kind, at, control_id.to_owned(), (Charset::Utf8, true));
    crate::render::hl7v2::patient(&mut letter, &scene);
    let row = item.row();
    let filler = format!("L{control_id}");
    let order = oru::Order {
        placer: "",
        filler: &filler,
        code: (row.loinc, row.chinese),
        section: Section::Laboratory,
        observed: at,
        issued: at,
    };
    oru::obr(&mut letter, 1, &order);
    oru::result(&mut letter, 1, at, &finding);
    Some(letter.bytes())
}
