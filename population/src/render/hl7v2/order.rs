//! Orders: OML^O21 for the laboratory, ORM^O01 for examinations; the hospital of Chinese medicine writes ORM^O01 for both.

use super::dialect::Section;
use super::segments::{Bedside, pid, put_staff, pv1, visit_number};
use super::{Letter, Scene};
use crate::calendar::Moment;
use crate::clinic::acute::Class;
use crate::clinic::visit::Visit;

/// Numbers of an order: the placer's and the filler's.
pub(super) struct Numbers {
    pub(super) placer: String,
    pub(super) filler: String,
}

/// The numbers of the `place`th order of its kind in a visit: `L` laboratory, `R` examination, `N` nursing.
pub(super) fn numbers(scene: &Scene<'_>, visit: &Visit, kind: char, place: usize) -> Numbers {
    let filler = format!("{}{kind}{place:02}", visit_number(scene.institution, scene.resident.truth.index, visit));
    Numbers { placer: format!("P{filler}"), filler }
}

/// Code, name and coding system of what is ordered, with its section and the moment of the order.
struct Wanted {
    numbers: Numbers,
    code: (String, &'static str),
    name: &'static str,
    section: Section,
    ordered: Moment,
}

fn put(letter: &mut Letter<'_>, scene: &Scene<'_>, visit: &Visit, control: &str, place: usize, wanted: &Wanted) {
    let dialect = letter.dialect;
    let doctor = scene.institution.doctor(visit.department, scene.resident.truth.index);
    let urgent = visit.class == Class::Emergency;
    let Numbers { placer, filler } = &wanted.numbers;
    let ordered = dialect.time(wanted.ordered);
    let status = if control == "CA" { "CA" } else { "SC" };
    let segment = letter.writer.segment("ORC");
    segment.put(1, control).put((2, 1), placer).put((2, 2), "HIS").put((3, 1), filler).put((3, 2), "LIS");
    segment.put(5, status).put(9, &ordered);
    put_staff(segment, 12, doctor);
    let segment = letter.writer.segment("OBR");
    segment.put(1, &place.to_string()).put((2, 1), placer).put((2, 2), "HIS").put((3, 1), filler).put((3, 2), "LIS");
    segment.put((4, 1), &wanted.code.0).put((4, 2), wanted.name).put((4, 3), wanted.code.1);
    segment.put(6, &ordered);
    put_staff(segment, 16, doctor);
    segment.put(24, dialect.section(wanted.section)).put((27, 6), if urgent { "S" } else { "R" });
}

/// What `letter` orders (NW) or cancels (CA): reports and studies of the visit by their places.
pub(super) fn orders(
    letter: &mut Letter<'_>,
    scene: &Scene<'_>,
    (visit, side): (&Visit, &Bedside),
    control: &str,
    (reports, studies): (&[usize], &[usize]),
) {
    pid(letter, scene);
    pv1(letter, scene, visit, side);
    let dialect = letter.dialect;
    let tests = reports.iter().filter_map(|at| {
        let report = visit.reports.get(*at)?;
        let (loinc, name) = report.panel.name();
        let numbers = numbers(scene, visit, 'L', *at);
        let code = dialect.item(loinc);
        Some(Wanted { numbers, code, name, section: Section::Laboratory, ordered: report.ordered })
    });
    let looks = studies.iter().filter_map(|at| {
        let study = visit.studies.get(*at)?;
        let numbers = numbers(scene, visit, 'R', *at);
        let code = dialect.item(study.kind.loinc);
        Some(Wanted { numbers, code, name: study.kind.chinese, section: Section::Imaging, ordered: study.ordered })
    });
    for (place, wanted) in (1..).zip(tests.chain(looks).collect::<Vec<_>>()) {
        put(letter, scene, visit, control, place, &wanted);
    }
}
