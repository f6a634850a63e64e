//! ADT: A04 when somebody comes to a clinic or the emergency room, A01 when admitted, A08 after the discharge.

use super::segments::{al1, dg1, in1, nk1, pid, pv1};
use super::{Scene, begin};
use crate::calendar::Moment;
use crate::clinic::acute::Class;
use crate::clinic::visit::Visit;
use meridian_hl7v2::{Charset, Writer};

fn start(scene: &Scene<'_>, event: &str, at: Moment, control_id: &str, charset: Charset) -> Writer {
    let mut w = begin(scene.institution, ("ADT", event, "ADT_A01"), at, control_id, charset);
    w.segment("EVN").put(1, event).put(2, &at.compact());
    pid(&mut w, scene);
    nk1(&mut w, scene);
    w
}

/// Registration or admission.
pub(crate) fn begin_visit(scene: &Scene<'_>, visit: &Visit, control_id: &str, charset: Charset) -> Writer {
    let inpatient = visit.class == Class::Inpatient;
    let event = if inpatient { "A01" } else { "A04" };
    let mut w = start(scene, event, visit.start, control_id, charset);
    pv1(&mut w, scene, visit, false);
    al1(&mut w, scene, visit);
    dg1(&mut w, scene, visit, if inpatient { "A" } else { "W" });
    in1(&mut w, scene);
    w
}

/// The update that closes a stay.
pub(crate) fn end_visit(scene: &Scene<'_>, visit: &Visit, control_id: &str, charset: Charset) -> Writer {
    let mut w = start(scene, "A08", visit.end, control_id, charset);
    pv1(&mut w, scene, visit, true);
    al1(&mut w, scene, visit);
    dg1(&mut w, scene, visit, "F");
    in1(&mut w, scene);
    w
}
