//! The resident of the tour is a good example in every region, and a live result can be sent for her.

use super::region;
use meridian_hl7v2::{Assumed, Charset, Limits, read};
use meridian_population::clinic::allergy::Severity;
use meridian_population::clinic::chronic::Disease;
use meridian_population::{Analyte, Sex, live};

#[test]
fn she_has_what_the_tour_shows() {
    for seed in [1, 2, 42, 20_260_105] {
        let region = region(seed, 10);
        let resident = region.tour_resident();
        let truth = &resident.truth;
        assert_eq!((truth.sex, truth.age(region.today())), (Sex::Female, 68));
        for disease in [Disease::Hypertension, Disease::Diabetes] {
            assert!(resident.chronic.iter().any(|c| c.disease == disease));
        }
        let penicillin = resident.allergies.iter().find(|a| a.allergen.code == "J01C").unwrap();
        assert_eq!(penicillin.severity, Severity::Severe);
        for institution in ["CJ01", "CJ11", "CJ12"] {
            let registration = resident.registration(institution).unwrap();
            assert_eq!(registration.name, truth.name);
            assert!(resident.visits_to(institution).count() >= 2, "seed {seed}, {institution}");
        }
        let numbers: Vec<_> = resident.registrations.iter().map(|r| r.identity_number.is_some()).collect();
        assert_eq!(numbers, [true, true, false], "the former centre knows the insurance number only");
        assert!(
            resident.registrations[0].insurance_number.is_some()
                && resident.registrations[2].insurance_number.is_some()
        );
        let current = resident.courses.iter().filter(|c| c.end.is_none()).count();
        assert!(current >= 3, "seed {seed}: {current} current medicines");
        assert!(resident.courses.iter().all(|c| !c.medicine.atc.starts_with("J01C")));
        assert!(resident.doses.len() >= 3);
        let sugars = resident.visits.iter().flat_map(|v| &v.reports).flat_map(|r| &r.findings);
        assert!(sugars.filter(|f| f.analyte == Analyte::Hba1c).count() >= 12);
    }
}

#[test]
fn a_live_result_is_an_oru_for_her() {
    let region = region(42, 10);
    let resident = region.tour_resident();
    let at = jiff::civil::date(2026, 1, 5).at(10, 30, 0, 0);
    let bytes = live::new_result(&region, &resident, Analyte::Potassium, 6.7, at, "LIVE-1").unwrap();
    let message = read(&bytes, &Limits::default(), Assumed::Always(Charset::Utf8)).unwrap().message;
    assert_eq!(message.control_id().as_deref(), Some("LIVE-1"));
    assert_eq!(message.get("OBX-3").as_deref(), Some("2823-3"));
    assert_eq!(message.get("OBX-5").as_deref(), Some("6.70"));
    assert_eq!(message.get("OBX-8").as_deref(), Some("HH"));
    assert_eq!(message.get("OBX-14").as_deref(), Some("20260105103000+0800"));
    assert_eq!(message.get("PID-3").as_deref(), Some(resident.registration("CJ01").unwrap().record_number.as_str()));
}
