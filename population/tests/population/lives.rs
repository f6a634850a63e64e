//! Lives follow their sources: 2,000 residents in one pass, more by `POPULATION=20000` in release.

use super::region;
use meridian_population::clinic::acute::Class;
use meridian_population::clinic::chronic::Disease;
use meridian_population::clinic::growth::{self, Measure};
use meridian_population::clinic::medicine::forbidden;
use meridian_population::clinic::visit::Purpose;
use meridian_population::clinic::{cancer, mortality};
use meridian_population::{Analyte, Day, Feed, Region, Resident, Sex};

const RECORDED: f64 = 5.0;

/// What a pass over the lives counts.
#[derive(Default)]
struct Counts {
    adults: f64,
    hypertension: f64,
    diabetes: f64,
    deaths: f64,
    expected_deaths: f64,
    cancers: f64,
    expected_cancers: f64,
    births: f64,
    deliveries: f64,
    sweet: f64,
    caesarean: f64,
    winter: [f64; 2],
    summer: [f64; 2],
    heights: Vec<f64>,
    visits: f64,
    children_seen: f64,
    /// Results of adults: LDL, HbA1c and fasting glucose without diabetes, creatinine of men and of women.
    results: [Vec<f64>; 5],
}

fn add(counts: &mut Counts, resident: &Resident, today: Day) {
    let truth = &resident.truth;
    let end = resident.death.map_or(today, |death| death.at.day);
    let has = |disease| resident.chronic.iter().any(|chronic| chronic.disease == disease);
    if truth.age(today) >= 18 && resident.death.is_none() {
        counts.adults += 1.0;
        counts.hypertension += f64::from(u8::from(has(Disease::Hypertension)));
        counts.diabetes += f64::from(u8::from(has(Disease::Diabetes)));
    }
    let mut day = today.plus_years(-RECORDED).max(truth.birth);
    while day < end {
        let age = day.years_since(truth.birth);
        counts.expected_deaths += mortality::yearly(truth.sex, age) / 4.0;
        counts.expected_cancers += cancer::yearly(truth.sex, age) / 4.0;
        day = day.plus(91);
    }
    counts.deaths += f64::from(u8::from(resident.death.is_some()));
    counts.cancers += f64::from(u8::from(resident.cancer.is_some()));
    for visit in &resident.visits {
        counts.visits += 1.0;
        counts.births += f64::from(u8::from(visit.purpose == Purpose::Birth));
        counts.children_seen += f64::from(u8::from(visit.purpose == Purpose::ChildCheck));
        if visit.purpose == Purpose::Delivery {
            counts.deliveries += 1.0;
            counts.sweet += f64::from(u8::from(visit.diagnoses.iter().any(|d| d.icd == "O24.4")));
            let caesarean = visit.story.as_ref().is_some_and(|story| story.contains("剖宫产"));
            counts.caesarean += f64::from(u8::from(caesarean));
        }
        let old = visit.start.day.years_since(truth.birth) >= 18.0 && visit.purpose != Purpose::Antenatal;
        for finding in visit.reports.iter().flat_map(|report| &report.findings).filter(|_| old) {
            let place = match finding.analyte {
                Analyte::Ldl => 0,
                Analyte::Hba1c if !has(Disease::Diabetes) => 1,
                Analyte::FastingGlucose if !has(Disease::Diabetes) => 2,
                Analyte::Creatinine => 3 + usize::from(truth.sex == Sex::Female),
                _ => continue,
            };
            counts.results[place].push(finding.value.to_f64());
        }
        let month = visit.start.day.month();
        let kind = match visit.diagnoses.first().map(|d| d.icd) {
            Some("J10.1") => Some(0),
            Some("B08.4") => Some(1),
            _ => None,
        };
        if let Some(kind) = kind {
            counts.winter[kind] += f64::from(u8::from(matches!(month, 11 | 12 | 1 | 2 | 3)));
            counts.summer[kind] += f64::from(u8::from(matches!(month, 4..=9)));
        }
        for measured in &visit.vitals {
            let age = measured.at.day.years_since(truth.birth);
            if let Some(height) = measured.vitals.height.filter(|_| age < 6.5) {
                let (median, above) = (
                    growth::value(Measure::Height, truth.sex, age, 0.0),
                    growth::value(Measure::Height, truth.sex, age, 1.0),
                );
                counts.heights.push((height.to_f64() - median) / (above - median));
            }
        }
    }
}

/// Nothing is told after death, and what a life holds fits together.
fn sound(resident: &Resident, today: Day) {
    let truth = &resident.truth;
    let index = truth.index;
    let end = resident.death.map(|death| death.at);
    for visit in &resident.visits {
        assert!(visit.start.day >= truth.birth && visit.start.day < today, "{index}");
        assert!(visit.end >= visit.start && (visit.open || visit.end.day <= today), "{index} {:?}", visit.purpose);
        assert!(!visit.died || end == Some(visit.end), "{index}");
        let moments = visit
            .vitals
            .iter()
            .map(|one| one.at)
            .chain(visit.reports.iter().flat_map(|one| [one.ordered, one.observed, one.issued]))
            .chain(visit.studies.iter().flat_map(|one| [Some(one.ordered), one.done, one.issued]).flatten())
            .chain(visit.transfers.iter().map(|one| one.at));
        for at in moments {
            assert!(at.day < today, "{index}: {at} is not before today");
            assert!(end.is_none_or(|end| at <= end), "{index}: {at} after death");
        }
        if let Some(end) = end {
            assert!(visit.start <= end && (visit.end <= end), "{index}: visit after death");
        }
        for report in &visit.reports {
            assert!(report.ordered <= report.observed && report.observed < report.issued, "{index}");
            assert!(!report.findings.is_empty() || !report.tests.is_empty(), "{index} {:?}", report.panel);
        }
        assert!(resident.registration(visit.institution).is_some(), "{index} at {}", visit.institution);
        assert!(
            truth.sex == Sex::Female || !matches!(visit.purpose, Purpose::Antenatal | Purpose::Delivery),
            "{index}"
        );
    }
    for pair in resident.visits.windows(2) {
        let stay = &pair[0];
        assert!(
            stay.class != Class::Inpatient || stay.open || pair[1].start.day >= stay.end.day,
            "{index}: two places at once"
        );
    }
    for course in &resident.courses {
        assert!(!forbidden(course.medicine, &resident.allergies), "{index} {}", course.medicine.chinese);
        assert!(
            end.is_none_or(|end| course.start < end.day && course.end.is_some_and(|last| last <= end.day)),
            "{index}"
        );
    }
    assert!(end.is_none_or(|end| resident.doses.iter().all(|dose| dose.day <= end.day)), "{index}");
    assert!(end.is_none_or(|end| resident.allergies.iter().all(|one| one.recorded <= end.day)), "{index}");
}

fn near(name: &str, found: f64, low: f64, high: f64) {
    assert!((low..=high).contains(&found), "{name}: {found:.3}, wanted {low}..{high}");
}

#[test]
fn two_thousand_lives_follow_their_sources() {
    let residents = std::env::var("POPULATION").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000);
    let region = region(11, residents);
    let today = region.today();
    let mut counts = Counts::default();
    let half = |from: u64| {
        let mut counts = Counts::default();
        for index in (7 + from..region.count()).step_by(2) {
            let resident = region.resident(index);
            sound(&resident, today);
            add(&mut counts, &resident, today);
        }
        counts
    };
    let [one, two] = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        [half(0), other.join().unwrap()]
    });
    for part in [one, two] {
        counts.adults += part.adults;
        counts.hypertension += part.hypertension;
        counts.diabetes += part.diabetes;
        counts.deaths += part.deaths;
        counts.expected_deaths += part.expected_deaths;
        counts.cancers += part.cancers;
        counts.expected_cancers += part.expected_cancers;
        counts.births += part.births;
        counts.deliveries += part.deliveries;
        counts.sweet += part.sweet;
        counts.caesarean += part.caesarean;
        counts.visits += part.visits;
        counts.children_seen += part.children_seen;
        for kind in 0..2 {
            counts.winter[kind] += part.winter[kind];
            counts.summer[kind] += part.summer[kind];
        }
        counts.heights.extend(part.heights);
        for (all, some) in counts.results.iter_mut().zip(part.results) {
            all.extend(some);
        }
    }
    let percent = |part: f64, whole: f64| part / whole * 100.0;
    // 27.5 % of adults in 2018 (PMID 34814612)
    near("hypertension", percent(counts.hypertension, counts.adults), 22.0, 33.0);
    // between those who know it (4.6 %) and those found by a test (12.4 %): JAMA 2021;326:2498
    near("diabetes", percent(counts.diabetes, counts.adults), 5.0, 12.4);
    near("deaths against the life table", counts.deaths / counts.expected_deaths, 0.70, 1.30);
    near("cancers against the incidence", counts.cancers / counts.expected_cancers, 0.60, 1.40);
    near("births a mother's stay", counts.births / counts.deliveries, 0.85, 1.25);
    near("births a year, per 1,000", counts.births / RECORDED / residents as f64 * 1000.0, 5.0, 16.0);
    near("gestational diabetes", percent(counts.sweet, counts.deliveries), 7.0, 24.0);
    near("caesarean sections", percent(counts.caesarean, counts.deliveries), 30.0, 56.0);
    near("influenza, winter to summer", counts.winter[0] / counts.summer[0].max(1.0), 2.5, 60.0);
    near("hand-foot-mouth, summer to winter", counts.summer[1] / counts.winter[1].max(1.0), 2.5, 60.0);
    let middle = |values: &[f64]| {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let [ldl, hba1c, glucose, men, women] = counts.results.each_ref().map(|values| middle(values));
    // mean of adults in China 2.87 mmol/L; of people without diabetes about 5.4 % and 5.1 mmol/L; the upper reference
    // limits are 97 and 73 µmol/L, and those who are tested are older than others
    near("LDL, median", ldl, 2.5, 3.2);
    near("HbA1c without diabetes, median", hba1c, 5.1, 5.7);
    near("fasting glucose without diabetes, median", glucose, 4.7, 5.4);
    near("creatinine of men, median", men, 68.0, 90.0);
    near("creatinine of women, median", women, 50.0, 70.0);
    let mean = counts.heights.iter().sum::<f64>() / counts.heights.len() as f64;
    let spread = (counts.heights.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / counts.heights.len() as f64).sqrt();
    near("heights of small children, mean z", mean, -0.25, 0.25);
    near("heights of small children, spread of z", spread, 0.75, 1.2);
    near("visits a resident", counts.visits / residents as f64, 8.0, 25.0);
    assert!(counts.children_seen > 100.0);
}

#[test]
fn the_man_on_dialysis_fills_a_screen() {
    let region = region(42, 10);
    let resident = region.resident(6);
    assert_eq!((resident.truth.sex, resident.truth.age(region.today())), (Sex::Male, 63));
    let places: std::collections::HashSet<_> = resident.visits.iter().map(|visit| visit.institution).collect();
    assert!(places.len() >= 4, "{places:?}");
    let sessions = resident.visits.iter().filter(|v| v.department == "血液净化中心").count();
    assert!(sessions > 150, "{sessions}");
    assert!(resident.cancer.is_some_and(|cancer| cancer.site.icd == "C18.9"));
    let told: usize = resident
        .visits
        .iter()
        .map(|v| {
            1 + v.vitals.len() * 4 + v.reports.iter().map(|r| r.findings.len() + 2).sum::<usize>() + 3 * v.studies.len()
        })
        .sum();
    assert!(told >= 2_000, "{told}");
}

#[test]
fn mothers_and_newborns_belong_together() {
    let region = region(5, 400);
    let mut pairs = 0;
    for resident in region.residents() {
        let Some(mother) = &resident.mother else { continue };
        if resident.death.is_some() {
            continue;
        }
        let her = region.resident(mother.index);
        let own = resident.visits.iter().find(|v| v.purpose == Purpose::Birth);
        let hers = her.visits.iter().filter(|v| v.purpose == Purpose::Delivery);
        let Some(own) = own else { continue };
        let same = hers.clone().find(|v| v.start.day <= own.start.day && own.start.day.days_since(v.start.day) <= 1);
        if her.death.is_none() {
            assert!(same.is_some_and(|v| v.institution == own.institution), "child {}", resident.truth.index);
        }
        assert_eq!(mother.name, her.truth.name);
        pairs += 1;
    }
    assert!(pairs >= 8, "{pairs}");
}

fn sent_to(region: &Region, resident: &Resident, institution: &str) -> bool {
    resident.feeds(region).iter().any(|feed| match feed {
        Feed::Fhir { institution: at, .. } | Feed::Hl7v2 { institution: at, .. } => *at == institution,
    })
}

#[test]
fn outbreaks_are_planted_and_seen_among_the_visits() {
    let region = region(42, 1_500);
    let outbreaks = region.outbreaks();
    assert_eq!(outbreaks.len(), 4);
    for outbreak in &outbreaks {
        assert!(outbreak.cases.len() >= 3, "{}: {} cases", outbreak.kind.word(), outbreak.cases.len());
        let row = outbreak.to_json();
        assert_eq!(row["cases"].as_array().map(Vec::len), Some(outbreak.cases.len()));
        let mut shown = 0;
        for case in outbreak.cases.iter().filter(|case| case.seen.is_some()).take(4) {
            let resident = region.resident(case.resident);
            let (day, institution) = case.seen.unwrap();
            let of = |v: &&meridian_population::clinic::visit::Visit| {
                v.institution == institution && v.start.day == day && v.diagnoses.iter().any(|d| d.icd == outbreak.icd)
            };
            shown += usize::from(resident.visits.iter().any(|v| of(&v)) && sent_to(&region, &resident, institution));
        }
        assert!(shown >= 1 || outbreak.cases.iter().all(|case| case.seen.is_none()), "{}", outbreak.kind.word());
    }
}

/// Every text of a resource that looks like a date, except those of its period of validity to come.
fn dates(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => {
            let digits = text.as_bytes();
            let dated = digits.len() >= 10
                && digits[4] == b'-'
                && digits[7] == b'-'
                && digits[..4].iter().all(u8::is_ascii_digit);
            found.extend(dated.then(|| text.chars().take(10).collect()));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| dates(value, found)),
        serde_json::Value::Object(map) => map.values().for_each(|value| dates(value, found)),
        _ => {}
    }
}

#[test]
fn nothing_is_dated_after_death() {
    let region = region(21, 900);
    let mut dead = 0;
    for index in 7..region.count() {
        let resident = region.resident(index);
        let Some(death) = resident.death else { continue };
        dead += 1;
        for feed in resident.feeds(&region) {
            match feed {
                Feed::Fhir { bundle, .. } => {
                    let mut found = Vec::new();
                    dates(&bundle, &mut found);
                    let last = death.at.day.to_string();
                    assert!(found.iter().all(|date| *date <= last), "{index} died {last}: {:?}", found.iter().max());
                }
                // the word of a death may come some days later
                Feed::Hl7v2 { at, bytes, .. } => {
                    let head = String::from_utf8_lossy(bytes.get(..110).unwrap_or_default()).into_owned();
                    assert!(at.day <= death.at.day.plus(30), "{index} died {}: {at} {head}", death.at);
                }
            }
        }
    }
    assert!(dead >= 8, "{dead}");
}
