//! ORU^R01: vital signs, laboratory panels and the text of a chest film.

use super::segments::{pid, pv1, visit_number};
use super::{Scene, begin};
use crate::calendar::Moment;
use crate::clinic::acute::Class;
use crate::clinic::panel::{Finding, Report, interval_text};
use crate::clinic::visit::Visit;
use meridian_hl7v2::{Charset, Writer};

/// What OBR says.
pub(crate) struct Order<'a> {
    pub(crate) filler: &'a str,
    pub(crate) code: (&'a str, &'a str),
    /// LAB, RAD or NUR.
    pub(crate) section: &'a str,
    pub(crate) observed: Moment,
    pub(crate) issued: Moment,
}

/// One OBX with a number.
struct Measured<'a> {
    code: (&'a str, &'a str),
    value: String,
    /// UCUM code and the unit as printed.
    unit: (&'a str, &'a str),
    range: String,
    flag: &'a str,
}

pub(crate) fn obr(w: &mut Writer, place: usize, order: &Order<'_>) {
    w.segment("ORC").put(1, "RE").put((3, 1), order.filler);
    let segment = w.segment("OBR");
    segment.put(1, &place.to_string()).put((3, 1), order.filler).put((3, 2), "LIS");
    segment.put((4, 1), order.code.0).put((4, 2), order.code.1).put((4, 3), "LN");
    segment.put(7, &order.observed.compact()).put(22, &order.issued.compact());
    segment.put(24, order.section).put(25, "F");
}

fn obx(w: &mut Writer, place: usize, at: Moment, measured: &Measured<'_>) {
    let segment = w.segment("OBX");
    segment.put(1, &place.to_string()).put(2, "NM");
    segment.put((3, 1), measured.code.0).put((3, 2), measured.code.1).put((3, 3), "LN");
    segment.put(5, &measured.value);
    segment.put((6, 1), measured.unit.0).put((6, 2), measured.unit.1).put((6, 3), "UCUM");
    segment.put(7, &measured.range).put(8, measured.flag).put(11, "F").put(14, &at.compact());
}

/// One laboratory result.
pub(crate) fn result(w: &mut Writer, place: usize, at: Moment, finding: &Finding) {
    let row = finding.analyte.row();
    let measured = Measured {
        code: (row.loinc, row.chinese),
        value: finding.value.to_string(),
        unit: (row.ucum, row.unit),
        range: interval_text(finding.interval),
        flag: finding.flag.code(),
    };
    obx(w, place, at, &measured);
}

fn vital_signs(w: &mut Writer, place: usize, visit: &Visit, filler: &str) {
    let Some(vitals) = visit.vitals else { return };
    let at = visit.start.plus_minutes(5);
    let order = Order { filler, code: ("85353-1", "生命体征"), section: "NUR", observed: at, issued: at };
    obr(w, place, &order);
    let plain = |code, value, unit| Measured { code, value, unit, range: String::new(), flag: "" };
    let pressure = vitals.pressure.into_iter().flat_map(|(systolic, diastolic)| {
        [
            plain(("8480-6", "收缩压"), systolic.to_string(), ("mm[Hg]", "mmHg")),
            plain(("8462-4", "舒张压"), diastolic.to_string(), ("mm[Hg]", "mmHg")),
        ]
    });
    let signs = vitals.signs().map(|s| plain((s.loinc, s.chinese), s.value.to_string(), (s.ucum, s.unit)));
    for (number, measured) in (1..).zip(pressure.chain(signs)) {
        obx(w, number, at, &measured);
    }
}

fn laboratory(w: &mut Writer, place: usize, visit: &Visit, report: &Report, filler: &str) {
    // blood is drawn at the bedside on admission, in the clinic after the doctor has ordered it
    let wait = if visit.class == Class::Inpatient { 0 } else { 15 };
    let observed = visit.start.plus_minutes(wait);
    let order =
        Order { filler, code: report.panel.name(), section: "LAB", observed, issued: observed.plus_minutes(80) };
    obr(w, place, &order);
    for (number, finding) in (1..).zip(&report.findings) {
        result(w, number, observed, finding);
    }
}

fn film(w: &mut Writer, place: usize, visit: &Visit, text: &str, filler: &str) {
    let observed = visit.start.plus_minutes(60);
    let code = ("36643-5", "胸部X线正侧位");
    obr(w, place, &Order { filler, code, section: "RAD", observed, issued: observed.plus_minutes(45) });
    let segment = w.segment("OBX");
    segment.put(1, "1").put(2, "TX").put((3, 1), code.0).put((3, 2), code.1).put((3, 3), "LN");
    segment.put(5, text).put(11, "F").put(14, &observed.compact());
}

/// All results of a visit in one message.
pub(crate) fn results(scene: &Scene<'_>, visit: &Visit, control_id: &str, charset: Charset) -> Writer {
    let sent = visit.start.plus_minutes(if visit.film.is_some() { 110 } else { 100 });
    let mut w = begin(scene.institution, ("ORU", "R01", "ORU_R01"), sent, control_id, charset);
    pid(&mut w, scene);
    pv1(&mut w, scene, visit, false);
    let number = visit_number(scene.institution, scene.resident.truth.index, visit);
    let mut place = 0;
    if visit.vitals.is_some() {
        place += 1;
        vital_signs(&mut w, place, visit, &format!("{number}N"));
    }
    for report in &visit.reports {
        place += 1;
        laboratory(&mut w, place, visit, report, &format!("{number}{}", report.panel.letter()));
    }
    if let Some(text) = visit.film {
        film(&mut w, place + 1, visit, text, &format!("{number}R"));
    }
    w
}
