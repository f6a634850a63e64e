//! Laboratory series behave: items that belong together fit, diseases show, treatment works.

use super::region;
use meridian_population::clinic::chronic::Disease;
use meridian_population::clinic::visit::Visit;
use meridian_population::{Analyte, Day, Resident, ResultFlag, Sex};

fn values(resident: &Resident, wanted: Analyte) -> impl Iterator<Item = (Day, f64)> {
    let of = move |visit: &Visit| {
        let findings = visit.reports.iter().flat_map(|r| &r.findings);
        let day = visit.start.day;
        findings.filter(|f| f.analyte == wanted).map(|f| (day, f.value.to_f64())).collect::<Vec<_>>()
    };
    resident.visits.iter().flat_map(of)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[test]
fn the_four_lipids_fit_one_another() {
    let region = region(9, 120);
    let mut seen = 0;
    for report in region.residents().flat_map(|r| r.visits).flat_map(|v| v.reports) {
        let value = |analyte| report.findings.iter().find(|f| f.analyte == analyte).map(|f| f.value.to_f64());
        let (Some(total), Some(low), Some(high), Some(fat)) =
            (value(Analyte::TotalCholesterol), value(Analyte::Ldl), value(Analyte::Hdl), value(Analyte::Triglycerides))
        else {
            continue;
        };
        seen += 1;
        assert!((total - (low + high + fat.min(4.5) / 2.2)).abs() < 0.45, "{total} {low} {high} {fat}");
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn diabetes_shows_and_treatment_lowers_it() {
    let region = region(13, 3_000);
    let (mut healthy, mut sick, mut treated) = (Vec::new(), Vec::new(), Vec::new());
    for resident in region.residents() {
        let onset = resident.chronic.iter().find(|c| c.disease == Disease::Diabetes).map(|c| c.onset);
        for (day, value) in values(&resident, Analyte::FastingGlucose) {
            match onset.map(|onset| day.days_since(onset)) {
                Some(0..=60) => sick.push(value),
                Some(200..) => treated.push(value),
                Some(_) => {}
                None => healthy.push(value),
            }
        }
    }
    assert!(healthy.len() > 200 && sick.len() > 10 && treated.len() > 200);
    let (healthy, sick, treated) = (mean(&healthy), mean(&sick), mean(&treated));
    assert!((4.6..5.6).contains(&healthy), "{healthy}");
    assert!(sick > 8.5 && treated < sick - 1.0 && treated > 6.3, "{sick} {treated}");
}

#[test]
fn values_stay_within_what_a_body_allows() {
    let region = region(17, 300);
    let bounds = [
        (Analyte::Potassium, 2.8, 6.8),
        (Analyte::Sodium, 125.0, 152.0),
        (Analyte::Haemoglobin, 60.0, 195.0),
        (Analyte::Creatinine, 15.0, 900.0),
        (Analyte::Hba1c, 4.0, 15.0),
        (Analyte::Wbc, 1.4, 28.0),
        (Analyte::Albumin, 28.0, 56.0),
        (Analyte::Hdl, 0.4, 3.0),
    ];
    let (mut all, mut normal, mut critical) = (0_u32, 0_u32, 0_u32);
    for resident in region.residents() {
        for (analyte, low, high) in bounds {
            for (_, value) in values(&resident, analyte) {
                assert!((low..=high).contains(&value), "{analyte:?} {value} of resident {}", resident.truth.index);
            }
        }
        for finding in resident.visits.iter().flat_map(|v| &v.reports).flat_map(|r| &r.findings) {
            all += 1;
            normal += u32::from(finding.flag == ResultFlag::Normal);
            critical += u32::from(matches!(finding.flag, ResultFlag::CriticalLow | ResultFlag::CriticalHigh));
        }
        for vitals in resident.visits.iter().flat_map(|v| &v.vitals).map(|m| m.vitals) {
            assert!(vitals.pressure.is_none_or(|(high, low)| high > low && low >= 45), "{vitals:?}");
        }
    }
    let share = f64::from(normal) / f64::from(all);
    assert!((0.55..0.95).contains(&share), "{share} of {all} normal");
    assert!(f64::from(critical) / f64::from(all) < 0.01, "{critical} of {all} critical");
}

#[test]
fn one_persons_series_is_steadier_than_the_people() {
    let region = region(19, 400);
    let (mut within, mut between) = (Vec::new(), Vec::new());
    for resident in region.residents().filter(|r| r.truth.sex == Sex::Female && r.chronic.is_empty()) {
        let series: Vec<f64> = values(&resident, Analyte::Haemoglobin).map(|(_, v)| v).collect();
        if series.len() >= 3 {
            let centre = mean(&series);
            within.push(mean(&series.iter().map(|v| (v - centre).abs()).collect::<Vec<_>>()));
            between.push(centre);
        }
    }
    let centre = mean(&between);
    let spread = mean(&between.iter().map(|v| (v - centre).abs()).collect::<Vec<_>>());
    assert!(mean(&within) < spread, "{} {spread}", mean(&within));
}
