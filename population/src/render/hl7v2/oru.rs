//! ORU^R01: vital signs, laboratory panels and the text of examinations.

use super::dialect::Section;
use super::order::{Numbers, numbers};
use super::segments::{Bedside, pid, pv1};
use super::{Letter, Scene};
use crate::calendar::Moment;
use crate::clinic::panel::{Finding, Report, interval_text};
use crate::clinic::study::Study;
use crate::clinic::visit::{Measured as Signs, Visit};

/// LOINC code and Chinese name of the vital signs and their panel.
pub(super) const SIGNS: [(&str, &str); 10] = [
    ("85353-1", "生命体征"),
    ("8480-6", "收缩压"),
    ("8462-4", "舒张压"),
    ("8867-4", "心率"),
    ("8310-5", "体温"),
    ("29463-7", "体重"),
    ("8302-2", "身高"),
    ("9843-4", "头围"),
    ("9279-1", "呼吸"),
    ("2708-6", "血氧饱和度"),
];

/// What OBR says.
pub(crate) struct Order<'a> {
    pub(crate) placer: &'a str,
    pub(crate) filler: &'a str,
    pub(crate) code: (&'a str, &'a str),
    pub(crate) section: Section,
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

pub(crate) fn obr(letter: &mut Letter<'_>, place: usize, order: &Order<'_>) {
    let dialect = letter.dialect;
    let holder = |number: &str| if number.is_empty() { "" } else { "HIS" };
    let segment = letter.writer.segment("ORC");
    segment.put(1, "RE").put((2, 1), order.placer).put((2, 2), holder(order.placer));
    segment.put((3, 1), order.filler).put((3, 2), "LIS");
    let segment = letter.writer.segment("OBR");
    segment.put(1, &place.to_string()).put((2, 1), order.placer).put((2, 2), holder(order.placer));
    segment.put((3, 1), order.filler).put((3, 2), "LIS");
    let (code, system) = dialect.item(order.code.0);
    segment.put((4, 1), &code).put((4, 2), order.code.1).put((4, 3), system);
    segment.put(7, &dialect.time(order.observed)).put(22, &dialect.time(order.issued));
    segment.put(24, dialect.section(order.section)).put(25, "F");
}

fn obx(letter: &mut Letter<'_>, place: usize, at: Moment, measured: &Measured<'_>) {
    let dialect = letter.dialect;
    let (code, system) = dialect.item(measured.code.0);
    let segment = letter.writer.segment("OBX");
    segment.put(1, &place.to_string()).put(2, "NM");
    segment.put((3, 1), &code).put((3, 2), measured.code.1).put((3, 3), system);
    segment.put(5, &measured.value);
    if dialect.own_tables {
        segment.put((6, 1), measured.unit.1);
    } else {
        segment.put((6, 1), measured.unit.0).put((6, 2), measured.unit.1).put((6, 3), "UCUM");
    }
    segment.put(7, &measured.range).put(8, measured.flag).put(11, "F").put(14, &dialect.time(at));
}

/// An OBX with a word or a text.
fn worded(
    letter: &mut Letter<'_>,
    place: usize,
    at: Moment,
    (kind, code): (&str, (&str, &str)),
    (text, flag): (&str, &str),
) {
    let dialect = letter.dialect;
    let (own, system) = dialect.item(code.0);
    let segment = letter.writer.segment("OBX");
    segment.put(1, &place.to_string()).put(2, kind);
    segment.put((3, 1), &own).put((3, 2), code.1).put((3, 3), system);
    segment.put(5, text).put(8, flag).put(11, "F").put(14, &dialect.time(at));
}

/// One laboratory result.
pub(crate) fn result(letter: &mut Letter<'_>, place: usize, at: Moment, finding: &Finding) {
    let row = finding.analyte.row();
    let measured = Measured {
        code: (row.loinc, row.chinese),
        value: finding.value.to_string(),
        unit: (row.ucum, row.unit),
        range: interval_text(finding.interval),
        flag: letter.dialect.flag(finding.flag),
    };
    obx(letter, place, at, &measured);
}

fn vital_signs(letter: &mut Letter<'_>, place: usize, measured: &Signs, filler: &str) {
    let (at, vitals) = (measured.at, &measured.vitals);
    let code = ("85353-1", "生命体征");
    obr(letter, place, &Order { placer: "", filler, code, section: Section::Nursing, observed: at, issued: at });
    let plain = |code, value, unit| Measured { code, value, unit, range: String::new(), flag: "" };
    let pressure = vitals.pressure.into_iter().flat_map(|(systolic, diastolic)| {
        [
            plain(("8480-6", "收缩压"), systolic.to_string(), ("mm[Hg]", "mmHg")),
            plain(("8462-4", "舒张压"), diastolic.to_string(), ("mm[Hg]", "mmHg")),
        ]
    });
    let signs = vitals.signs().map(|s| plain((s.loinc, s.chinese), s.value.to_string(), (s.ucum, s.unit)));
    for (number, measured) in (1..).zip(pressure.chain(signs)) {
        obx(letter, number, at, &measured);
    }
}

fn laboratory(letter: &mut Letter<'_>, place: usize, report: &Report, numbers: &Numbers) {
    let order = Order {
        placer: &numbers.placer,
        filler: &numbers.filler,
        code: report.panel.name(),
        section: Section::Laboratory,
        observed: report.observed,
        issued: report.issued,
    };
    obr(letter, place, &order);
    for (number, finding) in (1..).zip(&report.findings) {
        result(letter, number, report.observed, finding);
    }
    for (number, test) in (report.findings.len() + 1..).zip(&report.tests) {
        let flag = letter.dialect.judged(test.word.abnormal);
        let code = (test.assay.loinc, test.assay.chinese);
        worded(letter, number, report.observed, ("ST", code), (test.word.chinese, flag));
    }
}

fn examination(letter: &mut Letter<'_>, place: usize, study: &Study, numbers: &Numbers) {
    let (Some(observed), Some(issued), Some(text)) = (study.done, study.issued, &study.text) else { return };
    let code = (study.kind.loinc, study.kind.chinese);
    let (placer, filler) = (numbers.placer.as_str(), numbers.filler.as_str());
    obr(letter, place, &Order { placer, filler, code, section: Section::Imaging, observed, issued });
    let flag = letter.dialect.judged(study.abnormal);
    let whole = format!("{text} 结论：{}", study.conclusion);
    worded(letter, 1, observed, ("TX", code), (&whole, flag));
}

/// What of a visit a message reports, by places.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The orders were sent before.
    pub(super) ordered: bool,
    pub(super) vitals: Vec<usize>,
    pub(super) reports: Vec<usize>,
    pub(super) studies: Vec<usize>,
}

/// Results of a visit.
pub(super) fn results(letter: &mut Letter<'_>, scene: &Scene<'_>, (visit, side): (&Visit, &Bedside), found: &Found) {
    pid(letter, scene);
    pv1(letter, scene, visit, side);
    let mut place = 0;
    let mut next = || {
        place += 1;
        place
    };
    let numbered = |kind, at| {
        let numbers = numbers(scene, visit, kind, at);
        if found.ordered { numbers } else { Numbers { placer: String::new(), ..numbers } }
    };
    for at in &found.vitals {
        if let Some(measured) = visit.vitals.get(*at) {
            vital_signs(letter, next(), measured, &numbered('N', *at).filler);
        }
    }
    for at in &found.reports {
        if let Some(report) = visit.reports.get(*at) {
            laboratory(letter, next(), report, &numbered('L', *at));
        }
    }
    for at in &found.studies {
        if let Some(study) = visit.studies.get(*at) {
            examination(letter, next(), study, &numbered('R', *at));
        }
    }
}
